// SPDX-License-Identifier: BSD-2-Clause
/* What another hart or the walker does between load and swap, one by one (I7). */
#include "machine.h"

static nacc_u64 root, mid, table;
static int times;		/* races left */
static nacc_u64 flip;		/* bits that each race flips */

static int setup_tables(void **state)
{
	setup_sv39(state);
	root = new_as();
	table = new_table(root, 0);
	mid = new_table(root, 1);
	return 0;
}

static int teardown_race(void **state)
{
	race = NULL;
	return teardown(state);
}

static void flip_bits(unsigned long *entry)
{
	if (times-- > 0)
		*entry ^= flip;
	else
		race = NULL;
}

static void race_for(int n, nacc_u64 bits)
{
	times = n;
	flip = bits;
	race = flip_bits;
}

/* The store comes after the race: it replaces what the race left. */
static void store_after_race(void **state)
{
	static const nacc_u8 ops[] = {
		NACC_OP_STORE, NACC_OP_SWAP, NACC_OP_AND, NACC_OP_OR, NACC_OP_ADD,
	};
	nacc_u64 pte = PTE(DATA_PAGE, V | R | W | U), old;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		for (int n = 1; n < 8; n++) {
			nacc_u64 raced = n & 1 ? pte | A | D : pte;
			nacc_u64 operand = pte, val = pte;

			if (ops[i] == NACC_OP_AND) {
				operand = ~W;
				val = raced & ~W;
			} else if (ops[i] == NACC_OP_OR) {
				operand = 0x100;
				val = raced | 0x100;
			} else if (ops[i] == NACC_OP_ADD) {
				operand = PTE(PAGE, 0);
				val = raced + operand;
			}
			sd(table, pte);
			race_for(n, A | D);
			assert_int_equal(amo(ops[i], table, operand, &old), 0);
			assert_int_equal(old, raced);
			assert_int_equal(entry(table, 0), val);
			sd(table, 0);
			assert_int_equal(frame_of(table)->live, 0);
		}
	}
}

static void always_lost(void **state)
{
	nacc_u64 pte = PTE(DATA_PAGE, V | R | W | U), traps, at[2], old;

	(void)state;
	at[0] = table;
	at[1] = mid + 8;
	for (int i = 0; i < 2; i++) {
		sd(at[i], pte);
		traps = stat(NACC_STAT_TRAPS);
		race_for(1000, A);
		assert_int_equal(amo(NACC_OP_SWAP, at[i], 0, &old),
				 NACC_STORE_RETRY);
		race = NULL;
		assert_int_equal(*page_at(at[i]) & ~A, pte);
		assert_int_equal(stat(NACC_STAT_TRAPS), traps + 1);
		assert_int_equal(stat(NACC_STAT_REFUSED), 0);
		assert_machine_ok();
		sd(at[i], pte);
	}
}

/* Another store wins the entry: its twin stays, ours waits for a fence. */
static void adoption_lost(void **state)
{
	nacc_u64 page = page_alloc(), old;

	(void)state;
	race_for(2, 2);
	assert_int_equal(amo(NACC_OP_STORE, mid + 8, LINK(page), &old), 0);
	assert_int_equal(old, 0);
	assert_int_equal(stat(NACC_STAT_FRAMES_RELEASED), 2);
	assert_machine_ok();
	race_for(100, 2);
	assert_int_equal(amo(NACC_OP_STORE, mid + 16, LINK(page), &old),
			 NACC_STORE_RETRY);
	race = NULL;
	assert_int_equal(stat(NACC_STAT_FRAMES_RELEASED), 10);
	assert_machine_ok();
}

static void link_turns(unsigned long *entry)
{
	race = NULL;
	*entry = PTE(DATA_PAGE, USER_RW);
}

/* A race that makes the value illegal is seen: what counts is the last old. */
static void illegal_after_race(void **state)
{
	nacc_u64 old;

	(void)state;
	sd(table, PTE(VDSO_BASE, USER_RO) & ~V);
	race = link_turns;
	assert_int_equal(amo(NACC_OP_XOR, table, U, &old), NACC_REASON_NOT_USER);
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RW));
}

static void set_ad_races(void **state)
{
	nacc_u64 satp = (nacc_u64)m.mode << 60 | root >> 12;

	(void)state;
	sd(table, PTE(DATA_PAGE, V | R | W | U));
	race_for(1, A | D);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 1, 0), NACC_AD_SETTLED);
	sd(table, PTE(DATA_PAGE, V | R | W | U));
	race_for(1, 0x100);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 1, 0), NACC_AD_SET);
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RW | 0x100));
	sd(table, PTE(DATA_PAGE, V | R | W | U));
	race_for(100, 0x100);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 1, 0), NACC_AD_NONE);
	race_for(1, V);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 1, 0), NACC_AD_NONE);
	race = NULL;
}

static void merge_races(void **state)
{
	nacc_u64 pte = PTE(DATA_PAGE, V | R | W | U), src = page_alloc();

	(void)state;
	sd(table, pte);
	page_at(src)[0] = pte | A;
	race_for(1, D);
	assert_int_equal(must(call(NACC_SBI_MERGE_AD, table, src, 0)), 1);
	assert_int_equal(entry(table, 0), pte | A | D);
	sd(table, pte);
	race_for(1, W);
	assert_int_equal(must(call(NACC_SBI_MERGE_AD, table, src, 0)), 0);
	assert_int_equal(entry(table, 0), pte & ~W);
	sd(table, pte);
	race_for(100, D);
	assert_int_equal(must(call(NACC_SBI_MERGE_AD, table, src, 0)), 0);
	race = NULL;
}

/* The walk leaves no pool and skips no level, whatever memory holds. */
static void damaged_walk(void **state)
{
	nacc_u64 satp = (nacc_u64)m.mode << 60 | root >> 12, good = entry(mid, 0);

	(void)state;
	sd(table, PTE(DATA_PAGE, V | R | W | U));
	page_at(mid)[0] = LINK(HEAP_BASE);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 0, 0), NACC_AD_NONE);
	page_at(mid)[0] = LINK(root);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 0, 0), NACC_AD_NONE);
	page_at(mid)[0] = LINK(mid);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 0, 0), NACC_AD_NONE);
	page_at(mid)[0] = good;
	page_at(table)[0] = LINK(table);
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 0, 0), NACC_AD_NONE);
	page_at(table)[0] = 0;
	sd(table, 0);
	frame_of(table)->live = 0;
	assert_int_equal(nacc_set_ad(&m.core, satp, 0, 0, 0), NACC_AD_NONE);
}

/* Released between the first look and the lock. */
static nacc_u64 victim;

static void release_now(nacc_u64 pa)
{
	if (pa != victim)
		return;
	m.on_phys = NULL;
	must(call(NACC_SBI_TABLE_RELEASE, victim, 0, 0));
}

static void released_meanwhile(void **state)
{
	nacc_u64 link = entry(mid, 0);

	(void)state;
	sd(mid, 0);
	victim = table;
	m.on_phys = release_now;
	/* The long way: one that the short way never takes. */
	assert_int_equal(amo(NACC_OP_XOR, table + 8, 2, &link),
			 NACC_REASON_NOT_A_TABLE);
	m.on_phys = NULL;
	assert_int_equal(frame_of(table)->type, NACC_FRAME_RELEASED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown_race)
static const struct CMUnitTest tests[] = {
	TEST(store_after_race),
	TEST(always_lost),
	TEST(adoption_lost),
	TEST(illegal_after_race),
	TEST(set_ad_races),
	TEST(merge_races),
	TEST(damaged_walk),
	TEST(released_meanwhile),
};

const struct suite race_suite = {
	"race", tests, ARRAY_SIZE(tests)
};
