// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ranges that are sealed: those that meet are one, and who looks while they become one
 * misses none.
 */
#include "machine.h"
#include "roots.h"
#include "seals.h"

#define MM		0xff60000004711000UL
#define TEXT		0x00800000UL		/* a table of pages that can be sealed */
#define BEHIND		0x00a00000UL		/* the next */
#define PAGES(first, end)	{ (first) * PAGE, (end) * PAGE }

static nacc_u64 root, table, behind;

static int setup_pages(void **state)
{
	nacc_u64 mid;

	(void)state;
	machine_ready(SV39, 1 << 20);
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, 0, 0), NACC_REASON_NONE);
	root = must(call(NACC_SBI_AS_CREATE, 7, NACC_SBI_AS_LIVE, 0));
	mid = new_table(root, 1);
	table = must(call(NACC_SBI_TABLE_LINK, mid, 4, 0));
	behind = must(call(NACC_SBI_TABLE_LINK, mid, 5, 0));
	for (unsigned int i = 0; i < 512; i++) {
		assert_int_equal(sd(table + 8 * i, PTE(DATA_PAGE + i * PAGE, USER_RX)), 0);
		assert_int_equal(sd(behind + 8 * i, PTE(DATA_PAGE + i * PAGE, USER_RX)), 0);
	}
	must(call(NACC_SBI_AS_BIND, root, MM, NACC_BOUND));
	return 0;
}

static struct nacc_ret seal(nacc_u64 first, nacc_u64 end)
{
	return call(NACC_SBI_SEAL, root, TEXT + first * PAGE, TEXT + end * PAGE);
}

static const struct nacc_sbi_seals *seals(void)
{
	return (void *)page_at(frame_address(frame_of(root)->parent));
}

/* The list is that, and what is in it is what cannot be taken away. */
static void assert_pages(const struct nacc_sbi_range *ranges, nacc_u32 nr)
{
	assert_int_equal(seals()->nr, nr);
	for (nacc_u32 i = 0; i < nr; i++) {
		assert_int_equal(seals()->ranges[i].start, TEXT + ranges[i].start);
		assert_int_equal(seals()->ranges[i].end, TEXT + ranges[i].end);
	}
	for (unsigned int slot = 0; slot < 16; slot++) {
		nacc_u64 pte = entry(table, slot), val = pte & ~X;
		int sealed = 0;

		for (nacc_u32 i = 0; i < nr; i++)
			sealed |= slot * PAGE >= ranges[i].start && slot * PAGE < ranges[i].end;
		assert_int_equal(sd(table + 8 * slot, val), sealed ? NACC_REASON_SEALED : 0);
		assert_int_equal(sd(table + 8 * slot, pte), 0);
	}
	assert_machine_ok();
}

#define SEAL_GIVES(first, end, ...) do { \
	const struct nacc_sbi_range ranges[] = { __VA_ARGS__ }; \
	must(seal(first, end)); \
	assert_pages(ranges, ARRAY_SIZE(ranges)); \
} while (0)

/* Those that overlap or adjoin, on whichever side, become one; none else does. */
static void meeting_ones(void **state)
{
	(void)state;
	SEAL_GIVES(2, 4, PAGES(2, 4));
	SEAL_GIVES(6, 8, PAGES(2, 4), PAGES(6, 8));
	SEAL_GIVES(12, 14, PAGES(2, 4), PAGES(6, 8), PAGES(12, 14));
	/* Behind one, before one, across an end, across a start */
	SEAL_GIVES(4, 5, PAGES(2, 5), PAGES(6, 8), PAGES(12, 14));
	SEAL_GIVES(11, 12, PAGES(2, 5), PAGES(6, 8), PAGES(11, 14));
	SEAL_GIVES(13, 15, PAGES(2, 5), PAGES(6, 8), PAGES(11, 15));
	SEAL_GIVES(10, 13, PAGES(2, 5), PAGES(6, 8), PAGES(10, 15));
	/* It, once more; part of it, at each end and between */
	SEAL_GIVES(10, 15, PAGES(2, 5), PAGES(6, 8), PAGES(10, 15));
	SEAL_GIVES(10, 11, PAGES(2, 5), PAGES(6, 8), PAGES(10, 15));
	SEAL_GIVES(14, 15, PAGES(2, 5), PAGES(6, 8), PAGES(10, 15));
	SEAL_GIVES(12, 13, PAGES(2, 5), PAGES(6, 8), PAGES(10, 15));
	/* What is between two: the last comes to stand where one was. */
	SEAL_GIVES(5, 6, PAGES(2, 8), PAGES(10, 15));
	/* More than there is of all of them */
	SEAL_GIVES(1, 16, PAGES(1, 16));
}

static void across_several(void **state)
{
	(void)state;
	SEAL_GIVES(14, 15, PAGES(14, 15));
	SEAL_GIVES(0, 1, PAGES(14, 15), PAGES(0, 1));
	SEAL_GIVES(5, 6, PAGES(14, 15), PAGES(0, 1), PAGES(5, 6));
	SEAL_GIVES(10, 11, PAGES(14, 15), PAGES(0, 1), PAGES(5, 6), PAGES(10, 11));
	SEAL_GIVES(2, 3, PAGES(14, 15), PAGES(0, 1), PAGES(5, 6), PAGES(10, 11), PAGES(2, 3));
	SEAL_GIVES(3, 12, PAGES(14, 15), PAGES(0, 1), PAGES(2, 12));
	SEAL_GIVES(12, 14, PAGES(2, 15), PAGES(0, 1));
	SEAL_GIVES(1, 2, PAGES(0, 15));
}

/* A call has pages of one table; those of two tables adjoin all the same. */
static void two_tables(void **state)
{
	const nacc_u64 pte = entry(behind, 0);

	(void)state;
	must(call(NACC_SBI_SEAL, root, BEHIND, BEHIND + 2 * PAGE));
	must(call(NACC_SBI_SEAL, root, BEHIND - 3 * PAGE, BEHIND));
	assert_int_equal(seals()->nr, 1);
	assert_int_equal(seals()->ranges[0].start, BEHIND - 3 * PAGE);
	assert_int_equal(seals()->ranges[0].end, BEHIND + 2 * PAGE);
	refuse_sd(table + 8 * 511, 0, NACC_REASON_SEALED);
	refuse_sd(behind, 0, NACC_REASON_SEALED);
	assert_int_equal(sd(table + 8 * 508, 0), 0);
	assert_int_equal(sd(behind + 16, 0), 0);
	assert_int_equal(sd(behind, pte), 0);
	assert_machine_ok();
}

/* S-mode reads it, and that is all. */
static void nobody_writes_it(void **state)
{
	nacc_u64 list, old;

	(void)state;
	must(seal(2, 4));
	list = frame_address(frame_of(root)->parent);
	for (unsigned int i = 0; i < 4; i++)
		refuse_sd(list + 8 * i, 0, NACC_REASON_NOT_A_TABLE);
	assert_int_equal(amo(NACC_OP_SWAP, list + 24, 0, &old), NACC_REASON_NOT_A_TABLE);
	assert_int_equal(seals()->nr, 1);
	refuse_sd(table + 8 * 2, 0, NACC_REASON_SEALED);
	assert_int_equal(sd(table + 8 * 4, 0), 0);
}

/* A table that is full takes what meets one of its ranges, and has room afterwards. */
static void a_full_list(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NACC_SBI_SEALS_MAX; i++)
		must(seal(2 * i, 2 * i + 1));
	assert_call(seal(511, 512), NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	assert_int_equal(sd(table + 8 * 511, 0), 0);
	assert_int_equal(sd(table + 8 * 511, PTE(DATA_PAGE, USER_RX)), 0);
	must(seal(100, 101));
	must(seal(508, 510));
	assert_int_equal(seals()->nr, NACC_SBI_SEALS_MAX);
	must(seal(1, 2));
	assert_int_equal(seals()->nr, NACC_SBI_SEALS_MAX - 1);
	must(seal(511, 512));
	assert_int_equal(seals()->nr, NACC_SBI_SEALS_MAX);
	refuse_sd(table + 8 * 511, 0, NACC_REASON_SEALED);
	must(seal(0, 512));
	assert_int_equal(seals()->nr, 1);
	for (unsigned int slot = 0; slot < 512; slot++)
		refuse_sd(table + 8 * slot, 0, NACC_REASON_SEALED);
	assert_machine_ok();
}

/*
 * One hart changes the list, and another looks meanwhile, which may see each step of the first
 * before any of its own, in all the ways that there are.
 */
#define STEPS	40
static struct nacc_sbi_seals list, seen, was[STEPS];
static unsigned int nr_was, at[STEPS], nr_at;

/* Each word of it that somebody else may see */
static void note(void)
{
	assert_in_range(nr_was, 0, STEPS - 1);
	if (!nr_was || memcmp(&list, &was[nr_was - 1], 128))
		memcpy(&was[nr_was++], &list, 128);
}

static void look(void)
{
	assert_in_range(nr_at, 0, STEPS - 1);
	memcpy(&seen, &was[at[nr_at++]], 128);
}

/* The next way: each look is at what was there then, or later than the one before it. */
static int next_way(void)
{
	while (nr_at && at[nr_at - 1] == nr_was - 1)
		nr_at--;
	if (!nr_at)
		return 0;
	at[nr_at - 1]++;
	for (unsigned int i = nr_at; i < STEPS; i++)
		at[i] = at[i - 1];
	nr_at = 0;
	return 1;
}

/* Return: in how many ways. */
static unsigned int always(nacc_u64 page, int sealed)
{
	unsigned int ways = 0;

	memset(at, 0, sizeof(at));
	do {
		nr_at = 0;
		assert_int_equal(nacc_seals_have(&seen, page * PAGE, (page + 1) * PAGE), sealed);
		ways++;
	} while (next_way());
	return ways;
}

static int in_list(nacc_u64 page)
{
	int sealed = 0;

	for (nacc_u32 i = 0; i < list.nr; i++)
		sealed |= page * PAGE >= list.ranges[i].start && page * PAGE < list.ranges[i].end;
	return sealed;
}

static void change(const struct nacc_sbi_range *before, nacc_u32 nr,
		   const struct nacc_sbi_range *adds, unsigned int nr_adds)
{
	unsigned int ways = 0;

	memset(&list, 0, sizeof(list));
	memcpy(list.ranges, before, nr * sizeof(*before));
	list.nr = nr;
	nr_was = 0;
	seals_race = note;
	for (unsigned int i = 0; i < nr_adds; i++)
		assert_int_equal(nacc_seals_add(&list, adds[i].start, adds[i].end), 1);
	note();
	seals_race = look;
	for (nacc_u32 i = 0; i < nr; i++)
		ways += always(before[i].start / PAGE, 1);
	for (nacc_u64 page = 0; page < 10; page++)
		if (!in_list(page))
			always(page, 0);
	seals_race = NULL;
	assert_in_range(ways, 100, ~0U);
}

static void looked_at_meanwhile(void **state)
{
	static const struct nacc_sbi_range low = PAGES(0, 1), mid = PAGES(2, 3), high = PAGES(5, 6);
	const struct nacc_sbi_range orders[][3] = {
		{ low, mid, high }, { low, high, mid }, { mid, low, high },
		{ mid, high, low }, { high, low, mid }, { high, mid, low },
	};
	static const struct nacc_sbi_range adds[][2] = {
		/* Two become one, and another one comes. */
		{ PAGES(1, 2), PAGES(8, 9) },
		{ PAGES(3, 5), PAGES(8, 9) },
		/* All become one, at once and one by one. */
		{ PAGES(0, 6), PAGES(8, 9) },
		{ PAGES(1, 2), PAGES(3, 5) },
		{ PAGES(3, 5), PAGES(1, 2) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		for (size_t k = 0; k < ARRAY_SIZE(adds); k++)
			change(orders[i], 3, adds[k], 2);
}

/* Somebody who moves a start at each look gets no more of them than a few. */
static void move_it(void)
{
	list.ranges[0].start = ++nr_at % 5 * PAGE;
}

static void no_endless_look(void **state)
{
	(void)state;
	memset(&list, 0, sizeof(list));
	list.nr = 1;
	list.ranges[0] = (struct nacc_sbi_range)PAGES(2, 9);
	nr_at = 0;
	seals_race = move_it;
	assert_int_equal(nacc_seals_have(&list, 5 * PAGE, 6 * PAGE), 1);
	assert_in_range(nr_at, 3, 3 * 8 + 1);
	assert_int_equal(nacc_seals_have(&list, 9 * PAGE, 12 * PAGE), 0);
	seals_race = NULL;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_pages, teardown)
static const struct CMUnitTest tests[] = {
	TEST(meeting_ones),
	TEST(across_several),
	TEST(two_tables),
	TEST(nobody_writes_it),
	TEST(a_full_list),
	cmocka_unit_test(looked_at_meanwhile),
	cmocka_unit_test(no_endless_look),
};

const struct suite ranges_suite = {
	"ranges", tests, ARRAY_SIZE(tests)
};
