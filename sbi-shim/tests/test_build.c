// SPDX-License-Identifier: BSD-2-Clause
/* The SBI calls: building an address space, and what its tables hold then. */
#include "machine.h"

static nacc_u64 adopt(nacc_u64 root, unsigned int level, nacc_u64 page)
{
	return must(call(NACC_SBI_TABLE_ADOPT, root, level, page));
}

/* Promotion: leaves first, then what links them, then the root. */
static void build_bottom_up(void **state)
{
	nacc_u64 root = create(), src = page_alloc(), low, mid;

	(void)state;
	for (int i = 256; i < 512; i++)
		assert_int_equal(entry(root, i), entry(KERNEL_ROOT, i));
	page_at(src)[5] = PTE(DATA_PAGE, USER_RW);
	low = adopt(root, 0, src);
	assert_int_equal(entry(low, 5), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(stat(NACC_STAT_UNLINKED), 1);
	page_at(src)[5] = LINK(low);
	page_at(src)[6] = PTE(DATA_PAGE, USER_RW);
	mid = adopt(root, 1, src);
	assert_int_equal(frame_of(low)->parent, frame_number(mid));
	assert_int_equal(frame_of(low)->slot, 5);
	assert_int_equal(frame_of(mid)->flags, 0);
	page_at(src)[5] = LINK(mid);
	page_at(src)[6] = 0;
	/* The kernel half of the source is not looked at. */
	page_at(src)[300] = PTE(FW_BASE, USER_RW | G);
	assert_int_equal(must(call(NACC_SBI_AS_FILL, root, src, 0)), 0);
	assert_int_equal(frame_of(root)->flags, 0);
	assert_int_equal(entry(root, 300), entry(KERNEL_ROOT, 300));
	assert_int_equal(frame_of(mid)->parent, frame_number(root));
	assert_int_equal(frame_of(root)->tables, 2);
	assert_int_equal(stat(NACC_STAT_ADOPTED_CALL), 2);
	assert_int_equal(stat(NACC_STAT_UNDRAINED), 0);
	assert_machine_ok();
	/* Once. */
	assert_call(call(NACC_SBI_AS_FILL, root, src, 0),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_TABLE_ADOPT, root, 0, page_alloc()),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
}

static void refuse_both(nacc_u64 root, nacc_u64 src, unsigned int reason)
{
	struct nacc_frame before = *frame_of(root);

	assert_call(call(NACC_SBI_TABLE_ADOPT, root, 1, src),
		    NACC_SBI_ERR_DENIED, reason);
	assert_machine_ok();
	assert_memory_equal(frame_of(root), &before, sizeof(before));
	assert_int_equal(m.core.reasons[reason] > 0, 1);
}

static void build_refuses(void **state)
{
	nacc_u64 root = create(), other = create(), src = page_alloc();
	nacc_u64 low = adopt(root, 0, page_alloc());
	nacc_u64 theirs = adopt(other, 0, page_alloc());
	nacc_u64 *e = page_at(src);

	(void)state;
	/* Good ones first: they must come undone. */
	e[0] = LINK(low);
	e[1] = PTE(DATA_PAGE, USER_RW);
	e[511] = LINK(theirs);
	refuse_both(root, src, NACC_REASON_OWNER);
	assert_int_equal(frame_of(low)->parent, NACC_FRAME_NONE);
	e[511] = LINK(low);
	refuse_both(root, src, NACC_REASON_DOUBLE_LINK);
	e[511] = LINK(page_alloc());
	refuse_both(root, src, NACC_REASON_NESTED);
	e[511] = LINK(FW_BASE);
	refuse_both(root, src, NACC_REASON_LINK_NOT_RAM);
	e[511] = LINK(root);
	refuse_both(root, src, NACC_REASON_NOT_A_TABLE);
	e[511] = LINK(frame_address(0));
	refuse_both(root, src, NACC_REASON_NOT_A_TABLE);
	e[511] = LINK(POOL_BASE);
	refuse_both(root, src, NACC_REASON_NOT_A_TABLE);
	e[511] = PTE(DATA_PAGE, USER_RW | G);
	refuse_both(root, src, NACC_REASON_RESERVED_BITS);
	e[511] = PTE(FW_BASE, USER_RW);
	refuse_both(root, src, NACC_REASON_LEAF_FIRMWARE);
	assert_call(call(NACC_SBI_TABLE_ADOPT, root, 0, src),
		    NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	/* AS_FILL wants tables of the next level, and undoes as well. */
	e[511] = 0;
	assert_call(call(NACC_SBI_AS_FILL, root, src, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_LEVEL);
	e[0] = LINK(adopt(root, 1, page_alloc()));
	assert_call(call(NACC_SBI_AS_FILL, root, src, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_SUPERPAGE);
	assert_int_equal(entry(root, 0), 0);
	assert_int_equal(frame_of(root)->flags, NACC_FRAME_FLAG_BUILDING);
	assert_machine_ok();
	/* The legal twins. */
	e[1] = 0;
	must(call(NACC_SBI_AS_FILL, root, src, 0));
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_TABLES, frame_number(root), 0)), 2);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_TABLES, frame_number(low), 0)), 0);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_TABLES, ~0ULL, 0)), 0);
	e[0] = LINK(theirs);
	adopt(other, 1, src);
}

/* A table that is kept for later, empty and linked by nothing. */
static void new_tables(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1), building = create(), table;
	nacc_u32 before = stat(NACC_STAT_FRAMES_ARMED);

	(void)state;
	table = must(call(NACC_SBI_TABLE_NEW, root, ~0UL, ~0UL));
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), before - 1);
	assert_int_equal(stat(NACC_STAT_UNLINKED), 1);
	assert_int_equal(frame_of(table)->level, 0);
	assert_int_equal(frame_of(table)->owner, frame_number(root));
	assert_int_equal(frame_of(table)->parent, NACC_FRAME_NONE);
	for (int i = 0; i < 512; i++)
		assert_int_equal(entry(table, i), 0);
	assert_machine_ok();
	/* A link to it needs no armed frame. */
	must(call(NACC_SBI_DISARM, 0, m.core.nr_frames, 0));
	assert_call(call(NACC_SBI_TABLE_NEW, root, 0, 0), NACC_SBI_ERR_NO_SHMEM,
		    NACC_REASON_EXHAUSTED);
	assert_int_equal(sd(mid, LINK(table)), 0);
	assert_int_equal(entry(mid, 0), LINK(table));
	assert_int_equal(sd(mid + 8, LINK(table)), NACC_REASON_DOUBLE_LINK);
	assert_machine_ok();
	must(call(NACC_SBI_ARM, 0, m.core.nr_frames, 0));
	/* For no table of another, and for what is live only. */
	assert_call(call(NACC_SBI_TABLE_NEW, building, 0, 0), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_TABLE_NEW, table, 0, 0), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	must(call(NACC_SBI_AS_FILL, building, page_alloc(), 0));
	table = must(call(NACC_SBI_TABLE_NEW, building, 0, 0));
	assert_int_equal(sd(mid + 8, LINK(table)), NACC_REASON_OWNER);
	assert_machine_ok();
}

/* Each record names its page and its twin, once, in whatever order. */
static void drain_all(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1), buf = page_alloc();
	const struct nacc_sbi_adoption *rec = (void *)page_at(buf);
	nacc_u64 first = m.heap, slot;
	int seen[200] = { 0 };

	(void)state;
	must(call(NACC_SBI_DRAIN, buf, 0, 0));
	for (int s = 0; s < 200; s++)
		assert_int_equal(sd(mid + s * 8, LINK(page_alloc())), 0);
	assert_machine_ok();
	for (int left = 200; left; left -= left > 128 ? 128 : left) {
		assert_int_equal(must(call(NACC_SBI_DRAIN, buf, 0, 0)), left > 128 ? 128 : left);
		assert_machine_ok();
		for (int n = 0; n < left && n < 128; n++) {
			slot = (rec[n].original - first) / PAGE;
			assert_true(slot < 200 && !seen[slot]++);
			assert_int_equal(rec[n].twin, PTE_TO_PA(entry(mid, slot)));
			assert_int_equal(rec[n].root, root);
		}
	}
	assert_int_equal(must(call(NACC_SBI_DRAIN, buf, 0, 0)), 0);
}

static void table_check(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);
	nacc_u64 table = new_table(root, 0);
	nacc_u64 *raw = page_at(table), *kernel = page_at(KERNEL_ROOT);

	(void)state;
	sd(table, PTE(DATA_PAGE, USER_RW));
	sd(table + 8, 2);
	assert_int_equal(must(call(NACC_SBI_TABLE_CHECK, table, 0, 0)), 2);
	assert_int_equal(must(call(NACC_SBI_TABLE_CHECK, mid, 0, 0)), 1);
	assert_int_equal(must(call(NACC_SBI_TABLE_CHECK, root, 0, 0)), 1);
	/* Damage that no store can do. */
	raw[511] = PTE(FW_BASE, USER_RO);
	assert_call(call(NACC_SBI_TABLE_CHECK, table, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_LEAF_FIRMWARE);
	raw[511] = 2;
	assert_call(call(NACC_SBI_TABLE_CHECK, table, 0, 0), NACC_SBI_ERR_FAILED,
		    NACC_REASON_AS_STATE);
	raw[511] = 0;
	page_at(mid)[1] = LINK(table);
	assert_call(call(NACC_SBI_TABLE_CHECK, mid, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_DOUBLE_LINK);
	page_at(mid)[1] = LINK(HEAP_BASE);
	assert_call(call(NACC_SBI_TABLE_CHECK, mid, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_LINK_NOT_RAM);
	page_at(mid)[1] = 0;
	frame_of(table)->level = 1;
	assert_call(call(NACC_SBI_TABLE_CHECK, mid, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_LEVEL);
	frame_of(table)->level = 0;
	frame_of(table)->parent = NACC_FRAME_NONE;
	assert_call(call(NACC_SBI_TABLE_CHECK, mid, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_DOUBLE_LINK);
	frame_of(table)->parent = frame_number(mid);
	kernel[300] ^= 1UL << 12;
	assert_call(call(NACC_SBI_TABLE_CHECK, root, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_KERNEL_HALF);
	kernel[300] ^= 1UL << 12;
	assert_int_equal(must(call(NACC_SBI_TABLE_CHECK, root, 0, 0)), 1);
}

static void merge_ad(void **state)
{
	nacc_u64 root = new_as(), table = new_table(root, 0);
	nacc_u64 src = page_alloc(), ro = PTE(DATA_PAGE, V | R | W | U);
	nacc_u64 *e = page_at(src);

	(void)state;
	for (int s = 0; s < 8; s++)
		sd(table + s * 8, ro);
	sd(table + 64, 2);
	sd(table + 72, ro | A | D);
	e[0] = ro | A;
	e[1] = ro | A | D;
	e[2] = ro;
	e[3] = (ro | A) & ~W;			/* differs in more */
	e[4] = PTE(DATA_PAGE + PAGE, V | R | W | U | A);
	e[5] = (ro | A) & ~V;
	e[6] = 0;
	e[7] = ro | A | D | 0x100;
	e[8] = 2 | A;
	e[9] = ro;				/* nothing is taken away */
	assert_int_equal(must(call(NACC_SBI_MERGE_AD, table, src, 0)), 2);
	assert_int_equal(entry(table, 0), ro | A);
	assert_int_equal(entry(table, 1), ro | A | D);
	for (int s = 2; s < 8; s++)
		assert_int_equal(entry(table, s), ro);
	assert_int_equal(entry(table, 8), 2);
	assert_int_equal(entry(table, 9), ro | A | D);
	assert_int_equal(must(call(NACC_SBI_MERGE_AD, table, src, 0)), 0);
	/* Of a root, the user half only; links are no leaves. */
	memcpy(e, page_at(root), PAGE);
	for (int s = 0; s < 512; s++)
		e[s] |= A | D;
	assert_int_equal(must(call(NACC_SBI_MERGE_AD, root, src, 0)), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_sv39, teardown)
static const struct CMUnitTest tests[] = {
	TEST(build_bottom_up),
	TEST(build_refuses),
	TEST(new_tables),
	TEST(drain_all),
	TEST(table_check),
	TEST(merge_ad),
};

const struct suite build_suite = {
	"build", tests, ARRAY_SIZE(tests)
};
