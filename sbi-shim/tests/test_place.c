// SPDX-License-Identifier: BSD-2-Clause
/* Where the page of a program stands: there, or nothing does, whoever writes what. */
#include "machine.h"
#include "page.h"
#include "race.h"

#define TAG		7
#define VA		0xffe00000UL
#define SPECIAL		0x100UL		/* Linux: _PAGE_SPECIAL */
#define DENIED		NACC_SBI_ERR_DENIED
#define BAD_STATE	NACC_SBI_ERR_INVALID_STATE
#define RANGE(first, nr) ((first) | (nacc_u64)(nr) << 16)

static nacc_u64 root, page, leaf, way_end;

static nacc_u64 slot_of(unsigned int level)
{
	return VA >> (12 + 9 * level) & 511;
}

static nacc_u64 new_root(nacc_u64 tag)
{
	return must(call(NACC_SBI_AS_CREATE, tag, NACC_SBI_AS_LIVE, 0));
}

/* Tables on the way, down to this level, made as Linux has them made */
static nacc_u64 way(nacc_u64 from, unsigned int level)
{
	nacc_u64 at = from, pte;

	for (unsigned int l = top(); l > level; l--) {
		pte = entry(at, slot_of(l));
		at = pte ? PTE_TO_PA(pte) : must(call(NACC_SBI_TABLE_LINK, at, slot_of(l), 0));
	}
	return at;
}

/* The entry of this level on the way; all above are there */
static nacc_u64 entry_pa(nacc_u64 from, unsigned int level)
{
	return way(from, level) + 8 * slot_of(level);
}

static void begin(nacc_u32 mode)
{
	machine_ready(mode, 1 << 20);
	root = new_root(TAG);
	page = must(call(NACC_SBI_PAGE_OPEN, TAG, 0, 0));
	leaf = PTE(page, V | R | U | A | D) | SPECIAL;
}

static nacc_u64 have_it(void)
{
	way(root, 1);
	return must(call(NACC_SBI_AS_PAGE, root, page, SPECIAL));
}

static int setup_page(void **state)
{
	(void)state;
	begin(SV39);
	have_it();
	return 0;
}

static int setup_none(void **state)
{
	(void)state;
	begin(SV39);
	return 0;
}

/* By the hart's own walk */
static void in_every_mode(void **state)
{
	(void)state;
	for (nacc_u32 mode = SV39; mode <= SV57; mode++) {
		nacc_u64 table, tables;

		begin(mode);
		assert_call(call(NACC_SBI_AS_PAGE, root, page, SPECIAL), BAD_STATE,
			    NACC_REASON_AS_STATE);
		way(root, 1);
		tables = frame_of(root)->tables;
		table = must(call(NACC_SBI_AS_PAGE, root, page, SPECIAL));
		assert_int_equal(way(root, 0), table);
		assert_int_equal(entry(table, 0), leaf);
		for (int i = 1; i < 512; i++)
			assert_int_equal(entry(table, i), 0);
		assert_int_equal(frame_of(root)->tables, tables + 1);
		assert_int_equal(frame_of(table)->flags, NACC_FRAME_FLAG_PAGE);
		assert_machine_ok();
		must(call(NACC_SBI_TABLE_CHECK, table, 0, 0));
		must(call(NACC_SBI_TABLE_CHECK, way(root, 1), 0, 0));
		/* Once more changes nothing. */
		assert_int_equal(must(call(NACC_SBI_AS_PAGE, root, page, 0)), table);
		assert_int_equal(entry(table, 0), leaf);
		assert_machine_ok();
		machine_off();
	}
}

static void bad_arguments(void **state)
{
	const nacc_u64 no_page[] = {
		0, 1, ~0UL, root, page + 8, page + 1, KERNEL_ROOT, m.core.frame_base - PAGE,
		frame_address(m.core.nr_frames), frame_address(m.core.nr_frames - 1), HEAP_BASE,
	};
	nacc_u64 other = new_root(TAG + 1);

	(void)state;
	way(root, 1);
	way(other, 1);
	for (size_t i = 0; i < ARRAY_SIZE(no_page); i++) {
		assert_call(call(NACC_SBI_AS_PAGE, root, no_page[i], 0),
			    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		assert_call(call(NACC_SBI_PAGE_CLOSE, no_page[i], 0, 0),
			    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		if (no_page[i] != root)
			assert_call(call(NACC_SBI_AS_PAGE, no_page[i], page, 0),
				    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	}
	for (int bit = 0; bit < 64; bit++)
		if (bit != 8 && bit != 9)
			assert_call(call(NACC_SBI_AS_PAGE, root, page, 1UL << bit),
				    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_AS_PAGE, other, page, 0), DENIED, NACC_REASON_OWNER);
	assert_int_equal(entry(way(other, 1), slot_of(1)), 0);
	assert_call(call(NACC_SBI_AS_PAGE, create(), page, 0), BAD_STATE, NACC_REASON_AS_STATE);
	assert_machine_ok();
}

static void no_frame(void **state)
{
	nacc_u64 table;

	(void)state;
	table = way(root, 1);
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		call(NACC_SBI_DISARM, i, 1, 0);
	assert_call(call(NACC_SBI_AS_PAGE, root, page, 0), NACC_SBI_ERR_NO_SHMEM,
		    NACC_REASON_EXHAUSTED);
	assert_call(call(NACC_SBI_PAGE_OPEN, TAG, 0, 0), NACC_SBI_ERR_NO_SHMEM,
		    NACC_REASON_EXHAUSTED);
	assert_null(nacc_frame_page(frame_of(root)));
	/* A table whose owner ends in another's hands is asked like a root. */
	assert_null(nacc_frame_page(frame_of(table)));
	assert_machine_ok();
}

static void taken(void **state)
{
	nacc_u64 own;

	(void)state;
	own = way(root, 0);
	assert_call(call(NACC_SBI_AS_PAGE, root, page, 0), NACC_SBI_ERR_ALREADY_AVAILABLE,
		    NACC_REASON_TAKEN);
	assert_int_equal(sd(own, PTE(DATA_PAGE, USER_RO)), 0);
	/* A leaf of the level above */
	root = new_root(TAG);
	assert_int_equal(sd(entry_pa(root, 1), PTE(0x81800000UL, USER_RO)), 0);
	assert_call(call(NACC_SBI_AS_PAGE, root, page, 0), NACC_SBI_ERR_ALREADY_AVAILABLE,
		    NACC_REASON_TAKEN);
	root = new_root(TAG);
	assert_int_equal(sd(entry_pa(root, 2), PTE(0x40000000UL, USER_RO)), 0);
	assert_call(call(NACC_SBI_AS_PAGE, root, page, 0), BAD_STATE, NACC_REASON_AS_STATE);
	assert_machine_ok();
}

/* Another hart closes the page when this one has seen it, and has looked for its table. */
static void close_it(nacc_u64 pa)
{
	if (pa != way_end)
		return;
	m.on_phys = NULL;
	must(call(NACC_SBI_PAGE_CLOSE, page, 0, 0));
}

static void closed_meanwhile(void **state)
{
	(void)state;
	way_end = way(root, 1);
	m.on_phys = close_it;
	assert_call(call(NACC_SBI_AS_PAGE, root, page, 0), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_null(m.on_phys);
	assert_null(nacc_frame_page(frame_of(root)));
	assert_int_equal(entry(way_end, slot_of(1)), 0);
	assert_machine_ok();
}

/* One page at a time, and it stays that one. */
static void another_page(void **state)
{
	nacc_u64 second = must(call(NACC_SBI_PAGE_OPEN, TAG, 0, 0));

	(void)state;
	assert_call(call(NACC_SBI_AS_PAGE, root, second, 0), BAD_STATE, NACC_REASON_AS_STATE);
	assert_int_equal(entry(way(root, 0), 0), leaf);
	assert_machine_ok();
}

/* Whoever writes: no entry of that table becomes anything but zero. */
static void stores(void **state)
{
	const nacc_u64 wish[] = {
		leaf | W, leaf | X, leaf & ~A, leaf & ~D, leaf & ~U, leaf | G, leaf & ~SPECIAL,
		leaf & ~V, PTE(DATA_PAGE, USER_RO), PTE(DATA_PAGE, USER_RW), LINK(HEAP_BASE),
		PTE(page + PAGE, USER_RO), 1, 0x7000, 1UL << 63,
	};
	nacc_u64 table = way(root, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wish); i++) {
		refuse_sd(table, wish[i], NACC_REASON_PAGE);
		refuse_sd(table + 8, wish[i], NACC_REASON_PAGE);
	}
	/* The same value is no change; in another place it is. */
	assert_int_equal(sd(table, leaf), 0);
	refuse_sd(table + 8, leaf, NACC_REASON_PAGE);
	/* Linux takes it away when the process ends, and nothing comes back but the page. */
	assert_int_equal(sd(table, 0), 0);
	assert_int_equal(frame_of(table)->live, 0);
	for (size_t i = 0; i < ARRAY_SIZE(wish); i++)
		refuse_sd(table, wish[i], NACC_REASON_PAGE);
	refuse_sd(table, leaf, NACC_REASON_PAGE);
	assert_int_equal(must(call(NACC_SBI_AS_PAGE, root, page, SPECIAL)), table);
	assert_int_equal(entry(table, 0), leaf);
	assert_int_equal(frame_of(table)->live, 1);
	assert_machine_ok();
}

/* In no other table, of no address space */
static void leaf_elsewhere(void **state)
{
	nacc_u64 table = new_table(root, 0), other = new_root(TAG), stranger = new_root(TAG + 1);

	(void)state;
	refuse_sd(table, leaf, NACC_REASON_LEAF_POOL);
	refuse_sd(table + 8, leaf | W, NACC_REASON_LEAF_POOL);
	refuse_sd(new_table(other, 0), leaf, NACC_REASON_LEAF_POOL);
	refuse_sd(way(other, 0), leaf, NACC_REASON_LEAF_POOL);
	refuse_sd(way(stranger, 0), leaf, NACC_REASON_LEAF_POOL);
	/* The legal twins: another page there, of who has no page; and the page, by the call. */
	assert_int_equal(sd(way(stranger, 0), PTE(DATA_PAGE, USER_RW)), 0);
	other = new_root(TAG);
	way(other, 1);
	must(call(NACC_SBI_AS_PAGE, other, page, 0));
	assert_int_equal(entry(way(other, 0), 0), leaf & ~SPECIAL);
	/* The page is nothing that a link names. */
	refuse_sd(way(root, 1), LINK(page), NACC_REASON_NOT_A_TABLE);
	refuse_sd(page + 24, 1, NACC_REASON_NOT_A_TABLE);
	assert_machine_ok();
}

static void calls_on_the_table(void **state)
{
	nacc_u64 table = way(root, 0), buffer = page_alloc(), other = new_table(root, 0);
	nacc_u64 pair = page_alloc();

	(void)state;
	assert_int_equal(page_alloc(), pair + PAGE);
	assert_call(call(NACC_SBI_WRITE_PROTECT, table, RANGE(0, 512), 0), DENIED,
		    NACC_REASON_PAGE);
	assert_call(call(NACC_SBI_PROTECT, table, RANGE(0, 512), V | R | W | U), DENIED,
		    NACC_REASON_PAGE);
	page_at(pair)[0] = leaf | W;
	page_at(pair + PAGE)[0] = leaf;
	assert_call(call(NACC_SBI_EXCHANGE, table, RANGE(0, 1), pair), DENIED, NACC_REASON_PAGE);
	/* Neither from there to another table, nor from that one to there. */
	page_at(buffer)[0] = leaf;
	assert_call(call4(NACC_SBI_FORK, other, RANGE(0, 512), buffer, table), DENIED,
		    NACC_REASON_PAGE);
	assert_int_equal(sd(other + 8, PTE(DATA_PAGE, USER_RO)), 0);
	page_at(buffer)[1] = PTE(DATA_PAGE, USER_RO);
	assert_call(call4(NACC_SBI_FORK, table, RANGE(1, 1), buffer, other), DENIED,
		    NACC_REASON_PAGE);
	must(call(NACC_SBI_MERGE_AD, table, buffer, 0));
	assert_int_equal(entry(table, 0), leaf);
	assert_int_equal(entry(table, 1), 0);
	/* It is taken away as any is. */
	assert_int_equal(must(call(NACC_SBI_TAKE, table, RANGE(0, 512), buffer)), 1);
	assert_int_equal(page_at(buffer)[0], leaf);
	assert_int_equal(entry(table, 0), 0);
	assert_machine_ok();
}

/* Above, at each level: nothing else comes to lead there. */
static void links(void **state)
{
	(void)state;
	for (nacc_u32 mode = SV39; mode <= SV57; mode++) {
		nacc_u64 full, at;

		begin(mode);
		have_it();
		for (unsigned int level = top(); level; level--) {
			at = entry_pa(root, level);
			/* Something that is legal elsewhere */
			refuse_sd(at, 0, NACC_REASON_PAGE);
			refuse_sd(at, PTE(0, USER_RO), NACC_REASON_PAGE);
			refuse_sd(at, LINK(page_alloc()), NACC_REASON_PAGE);
			refuse_sd(at, 0x7000, NACC_REASON_PAGE);
			assert_int_equal(sd(at, *page_at(at)), 0);
		}
		/* A table of the same address space that holds something */
		full = must(call(NACC_SBI_TABLE_NEW, root, 0, 0));
		assert_int_equal(sd(full, PTE(DATA_PAGE, USER_RW)), 0);
		refuse_sd(entry_pa(root, 1), LINK(full), NACC_REASON_PAGE);
		/* Its legal twin: beside it */
		assert_int_equal(sd(entry_pa(root, 1) - 8, LINK(full)), 0);
		assert_machine_ok();
		machine_off();
	}
}

/* Linux takes a process apart from below, and may begin anew. */
static void taken_apart(void **state)
{
	(void)state;
	for (nacc_u32 mode = SV39; mode <= SV57; mode++) {
		nacc_u64 full, at, empty, again;

		begin(mode);
		assert_int_equal(sd(have_it(), 0), 0);
		at = entry_pa(root, 1);
		assert_int_equal(sd(at, 0), 0);
		refuse_sd(at, LINK(must(call(NACC_SBI_TABLE_NEW, root, 0, 0))), NACC_REASON_PAGE);
		refuse_sd(at, LINK(page_alloc()), NACC_REASON_PAGE);
		assert_call(call(NACC_SBI_TABLE_LINK, at & -PAGE, slot_of(1), 0), DENIED,
			    NACC_REASON_PAGE);
		for (unsigned int level = 2; level <= top(); level++) {
			at = entry_pa(root, level);
			full = way(root, level - 1);
			assert_int_equal(sd(full + (level == 2 ? 0 : 8),
					    level == 2 ? PTE(0x81800000UL, USER_RO) :
					    LINK(page_alloc())), 0);
			/* What it holds does not matter, but what leads there. */
			assert_int_equal(sd(at, 0), 0);
			refuse_sd(at, LINK(full), NACC_REASON_PAGE);
			refuse_sd(at, PTE(0, USER_RO), NACC_REASON_PAGE);
			/* The legal twin: an empty one, by a store and by a call */
			assert_int_equal(sd(full + (level == 2 ? 0 : 8), 0), 0);
			assert_int_equal(sd(at, LINK(full)), 0);
			assert_int_equal(sd(at, 0), 0);
			empty = page_alloc();
			assert_int_equal(sd(at, LINK(empty)), 0);
			page_at(empty)[3] = PTE(1UL << 40, USER_RO);
			assert_int_equal(sd(at, 0), 0);
			refuse_sd(at, LINK(empty), NACC_REASON_BAD_ADDRESS);
			must(call(NACC_SBI_TABLE_LINK, at & -PAGE, slot_of(level), 0));
			assert_int_equal(sd(at, 0), 0);
		}
		way(root, 1);
		again = must(call(NACC_SBI_AS_PAGE, root, page, SPECIAL));
		assert_int_equal(entry(again, 0), leaf);
		assert_machine_ok();
		machine_off();
	}
}

/* Tables that are not on the way are not held to it: same numbers, elsewhere. */
static void beside(void **state)
{
	nacc_u64 side, low;

	(void)state;
	assert_int_not_equal(slot_of(2), 4);
	side = must(call(NACC_SBI_TABLE_LINK, root, 4, 0));
	assert_int_equal(sd(side + 8 * slot_of(1), PTE(0x81800000UL, USER_RO)), 0);
	/* Unlinked, it is on no way. */
	assert_int_equal(sd(root + 8 * 4, 0), 0);
	low = must(call(NACC_SBI_TABLE_NEW, root, 0, 0));
	assert_int_equal(sd(side + 8 * slot_of(1), 0), 0);
	assert_int_equal(sd(side + 8 * slot_of(1), LINK(low)), 0);
	assert_int_equal(sd(low, PTE(DATA_PAGE, USER_RW)), 0);
	assert_machine_ok();
}

/* A store that has read the entry before it was zeroed by another hart */
static nacc_u64 raced_at;

static void zero_it(unsigned long *e)
{
	race = NULL;
	assert_ptr_equal(e, page_at(raced_at));
	*e = 0;
	m.core.frames[frame_number(raced_at & -PAGE)].live--;
}

static void races(void **state)
{
	nacc_u64 table = way(root, 0);

	(void)state;
	raced_at = table;
	race = zero_it;
	assert_int_equal(sd(table, leaf), NACC_REASON_PAGE);
	race = NULL;
	assert_int_equal(entry(table, 0), 0);
	assert_machine_ok();
}

/* What cannot come to be, asked for all the same */
static void impossible(void **state)
{
	const struct nacc_frame *table = frame_of(way(root, 0)), *above = frame_of(way(root, 1));
	const struct nacc_frame *other = frame_of(way(new_root(TAG), 0));

	(void)state;
	assert_int_equal(nacc_page_entry(&m.core, table, 0, leaf, leaf), NACC_REASON_NONE);
	assert_int_equal(nacc_page_entry(&m.core, table, 1, leaf, leaf), NACC_REASON_PAGE);
	assert_int_equal(nacc_page_entry(&m.core, table, 0, leaf | W, leaf | W), NACC_REASON_PAGE);
	assert_int_equal(nacc_page_entry(&m.core, other, 0, leaf, leaf), NACC_REASON_PAGE);
	assert_int_equal(nacc_page_link(&m.core, above, (nacc_u32)slot_of(1), 0x7000, 0, NULL),
			 NACC_REASON_NONE);
}

static void retired(void **state)
{
	nacc_u64 table = way(root, 0), buffer = page_alloc();

	(void)state;
	assert_call(call(NACC_SBI_PAGE_CLOSE, page, 0, 0), BAD_STATE, NACC_REASON_AS_STATE);
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, buffer, 0)), NACC_SBI_RETIRE_DONE);
	assert_int_equal(frame_of(table)->type, NACC_FRAME_RELEASED);
	assert_int_equal(frame_of(page)->type, NACC_FRAME_PAGE);
	must(call(NACC_SBI_PAGE_CLOSE, page, 0, 0));
	assert_int_equal(frame_of(page)->type, NACC_FRAME_RELEASED);
	assert_int_equal(must(call(NACC_SBI_RECLAIM, frame_number(page), 1, 0)), 0);
	assert_machine_ok();
	fence();
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_RECLAIM, i, 1, 0));
	for (int i = 0; i < 512; i++)
		assert_int_equal(entry(page, i), 0);
	assert_int_equal(stat(NACC_STAT_FRAMES_RELEASED), 0);
	assert_machine_ok();
}

#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, teardown)
static const struct CMUnitTest tests[] = {
	cmocka_unit_test(in_every_mode),
	TEST(bad_arguments, setup_none),
	TEST(no_frame, setup_none),
	TEST(taken, setup_none),
	TEST(closed_meanwhile, setup_none),
	TEST(another_page, setup_page),
	TEST(stores, setup_page),
	TEST(leaf_elsewhere, setup_page),
	TEST(calls_on_the_table, setup_page),
	cmocka_unit_test(links),
	cmocka_unit_test(taken_apart),
	TEST(beside, setup_page),
	TEST(races, setup_page),
	TEST(impossible, setup_page),
	TEST(retired, setup_page),
};

const struct suite place_suite = {
	"place", tests, ARRAY_SIZE(tests)
};
