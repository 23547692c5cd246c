// SPDX-License-Identifier: BSD-2-Clause
/* The SBI calls: building an address space, and hostile arguments (I9). */
#include "machine.h"

static nacc_u32 index_of(nacc_u64 pa)
{
	return (pa - m.core.frame_base) / PAGE;
}

static nacc_u64 create(void)
{
	return must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
}

static nacc_u64 adopt(nacc_u64 root, unsigned int level, nacc_u64 page)
{
	return must(call(NACC_SBI_TABLE_ADOPT, root, level, page));
}

static void get_info(void **state)
{
	/* What only the glue knows never comes from here. */
	static const unsigned int others[] = {
		NACC_INFO_AD, NACC_INFO_HARTS, NACC_INFO_WALKER, NACC_INFO_INVAL,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_call(call(NACC_SBI_GET_INFO, others[i], 0, 0),
			    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_ABI_VERSION, 0, 0)),
			 NACC_SBI_ABI_VERSION);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_REGION_BASE, 0, 0)),
			 POOL_BASE);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_REGION_SIZE, 0, 0)),
			 1 << 20);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_FRAME_BASE, 0, 0)),
			 m.core.frame_base);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_NR_FRAMES, 0, 0)),
			 m.core.nr_frames);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_ARMED, 0, 0)),
			 m.core.nr_frames);
	assert_call(call(NACC_SBI_GET_INFO, NACC_INFO_MAX, 0, 0),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_GET_INFO, ~0UL, 0, 0),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
}

static void unknown_functions(void **state)
{
	(void)state;
	assert_call(call(NACC_SBI_FID_MAX, 0, 0, 0),
		    NACC_SBI_ERR_NOT_SUPPORTED, 0);
	assert_call(call(~0UL, 0, 0, 0), NACC_SBI_ERR_NOT_SUPPORTED, 0);
	/* 2^32: not FID 0. */
	assert_call(call(1UL << 32, 0, 0, 0), NACC_SBI_ERR_NOT_SUPPORTED, 0);
	assert_call(call(NACC_SBI_FENCE, 0, 0, 0), NACC_SBI_ERR_NOT_SUPPORTED, 0);
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
	assert_int_equal(frame_of(low)->parent, index_of(mid));
	assert_int_equal(frame_of(low)->slot, 5);
	assert_int_equal(frame_of(mid)->flags, 0);
	page_at(src)[5] = LINK(mid);
	page_at(src)[6] = 0;
	/* The kernel half of the source is not looked at. */
	page_at(src)[300] = PTE(FW_BASE, USER_RW | G);
	assert_int_equal(must(call(NACC_SBI_AS_FILL, root, src, 0)), 0);
	assert_int_equal(frame_of(root)->flags, 0);
	assert_int_equal(entry(root, 300), entry(KERNEL_ROOT, 300));
	assert_int_equal(frame_of(mid)->parent, index_of(root));
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
	e[511] = LINK(frame_address(m.core.armed_head));
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
	e[0] = LINK(theirs);
	adopt(other, 1, src);
}

/* Defects (c), (e), (f): no pointer goes unchecked. */
static void bad_pointers(void **state)
{
	static const struct {
		nacc_u64 fid;
		unsigned int arg;	/* which one is the buffer */
	} calls[] = {
		{ NACC_SBI_TABLE_ADOPT, 2 }, { NACC_SBI_AS_FILL, 1 },
		{ NACC_SBI_MERGE_AD, 1 }, { NACC_SBI_DRAIN, 0 },
		{ NACC_SBI_FRAMES, 2 }, { NACC_SBI_STATS, 0 },
		{ NACC_SBI_AUDIT, 1 },
	};
	nacc_u64 bad[] = {
		0, 8, HEAP_BASE + 8, HEAP_BASE + 1, FW_BASE,
		FW_BASE + FW_SIZE - PAGE, IMAGE_BASE, KERNEL_ROOT,
		IMAGE_BASE + IMAGE_SIZE - PAGE, POOL_BASE, m.core.frame_base,
		POOL_BASE + m.layout.region_size - PAGE, RAM_BASE + RAM_SIZE,
		RAM_BASE - PAGE, ~0UL, -PAGE, 1UL << 63, VDSO_BASE,
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(calls); c++) {
		nacc_u64 args[3] = { create(), 1, 0 };

		if (calls[c].fid == NACC_SBI_MERGE_AD)
			args[0] = new_as();
		if (calls[c].fid == NACC_SBI_TABLE_ADOPT)
			args[1] = 0;
		if (calls[c].fid == NACC_SBI_FRAMES)
			args[0] = 0;
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			args[calls[c].arg] = bad[i];
			assert_call(call(calls[c].fid, args[0], args[1], args[2]),
				    NACC_SBI_ERR_INVALID_ADDRESS,
				    NACC_REASON_BAD_ADDRESS);
		}
		args[calls[c].arg] = page_alloc();
		must(call(calls[c].fid, args[0], args[1], args[2]));
	}
}

static void bad_frames(void **state)
{
	nacc_u64 live = new_as(), table = new_table(live, 0), root = create();
	nacc_u64 bad[] = {
		0, HEAP_BASE, FW_BASE, POOL_BASE, m.core.frame_base - PAGE,
		frame_address(0), frame_address(m.core.nr_frames), root + 8,
		root + 1, ~0UL, -PAGE, table + 8,
	};
	nacc_u64 buf = page_alloc();
	static const nacc_u64 fids[] = {
		NACC_SBI_TABLE_ADOPT, NACC_SBI_AS_FILL, NACC_SBI_MERGE_AD,
		NACC_SBI_AS_RETIRE, NACC_SBI_TABLE_RELEASE, NACC_SBI_TABLE_CHECK,
		NACC_SBI_TABLE_NEW,
	};

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(fids); f++)
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			nacc_u64 a1 = fids[f] == NACC_SBI_AS_FILL ||
				      fids[f] == NACC_SBI_MERGE_AD ? buf : 0;

			assert_call(call(fids[f], bad[i], a1, buf),
				    NACC_SBI_ERR_INVALID_ADDRESS,
				    NACC_REASON_BAD_ADDRESS);
		}
	/* A table is no root and a root no table. */
	assert_call(call(NACC_SBI_TABLE_ADOPT, table, 0, buf),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_AS_FILL, table, buf, 0),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_AS_RETIRE, table, 0, 0),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_TABLE_RELEASE, root, 0, 0),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_MERGE_AD, root, buf, 0),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	must(call(NACC_SBI_AS_FILL, root, buf, 0));
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
	assert_int_equal(frame_of(table)->owner, index_of(root));
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

static void bad_counts(void **state)
{
	static const struct {
		nacc_u64 fid, max;
	} ranges[] = {
		{ NACC_SBI_ARM, NACC_SBI_ARM_MAX },
		{ NACC_SBI_DISARM, NACC_SBI_ARM_MAX },
		{ NACC_SBI_RECLAIM, NACC_SBI_RECLAIM_MAX },
	};
	nacc_u64 nr = m.core.nr_frames, buf = page_alloc();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		nacc_u64 fid = ranges[i].fid;

		assert_call(call(fid, 0, 0, 0), NACC_SBI_ERR_INVALID_PARAM,
			    NACC_REASON_BAD_COUNT);
		assert_call(call(fid, 0, ranges[i].max + 1, 0),
			    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		assert_call(call(fid, 0, ~0UL, 0),
			    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		assert_call(call(fid, nr, 1, 0), NACC_SBI_ERR_BAD_RANGE,
			    NACC_REASON_BAD_COUNT);
		assert_call(call(fid, nr - 1, 2, 0), NACC_SBI_ERR_BAD_RANGE,
			    NACC_REASON_BAD_COUNT);
		assert_call(call(fid, ~0UL, 2, 0), NACC_SBI_ERR_BAD_RANGE,
			    NACC_REASON_BAD_COUNT);
		assert_call(call(fid, 1UL << 32, 1, 0), NACC_SBI_ERR_BAD_RANGE,
			    NACC_REASON_BAD_COUNT);
		must(call(fid, nr - 1, 1, 0));
	}
	assert_call(call(NACC_SBI_FRAMES, 0, 0, buf), NACC_SBI_ERR_INVALID_PARAM,
		    NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_FRAMES, 0, NACC_SBI_FRAMES_MAX + 1, buf),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_FRAMES, nr + 1, 1, buf),
		    NACC_SBI_ERR_BAD_RANGE, NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_FRAMES, ~0UL, 1, buf),
		    NACC_SBI_ERR_BAD_RANGE, NACC_REASON_BAD_COUNT);
	assert_int_equal(must(call(NACC_SBI_FRAMES, nr, 1, buf)), 0);
	assert_int_equal(must(call(NACC_SBI_FRAMES, nr - 3, 256, buf)), 3);
	assert_call(call(NACC_SBI_AS_RETIRE, new_as(), nr, 0),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_TABLE_ADOPT, create(), top(), buf),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_TABLE_ADOPT, create(), ~0UL, buf),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_TABLE_ADOPT, create(), 1UL << 32, buf),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
}

static void buffer_rules(void **state)
{
	nacc_u64 end = RAM_BASE + RAM_SIZE;

	(void)state;
	assert_true(nacc_buffer_ok(&m.core, HEAP_BASE, 1));
	assert_true(nacc_buffer_ok(&m.core, HEAP_BASE, POOL_BASE - HEAP_BASE));
	assert_false(nacc_buffer_ok(&m.core, HEAP_BASE,
				    POOL_BASE - HEAP_BASE + 1));
	assert_false(nacc_buffer_ok(&m.core, HEAP_BASE, 0));
	assert_true(nacc_buffer_ok(&m.core, end - PAGE, PAGE));
	assert_false(nacc_buffer_ok(&m.core, end - PAGE, PAGE + 1));
	assert_false(nacc_buffer_ok(&m.core, HEAP_BASE, ~0UL));
	assert_false(nacc_buffer_ok(&m.core, HEAP_BASE, -HEAP_BASE));
	assert_false(nacc_buffer_ok(&m.core, -PAGE, PAGE));
	assert_false(nacc_buffer_ok(&m.core, -PAGE, 2 * PAGE));
	assert_false(nacc_buffer_ok(&m.core, IMAGE_BASE - PAGE, PAGE + 1));
	assert_true(nacc_buffer_ok(&m.core, IMAGE_BASE - PAGE, PAGE));
}

static void frames_described(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1), buf = page_alloc();
	struct nacc_sbi_frame *f = (void *)page_at(buf);

	(void)state;
	assert_int_equal(must(call(NACC_SBI_FRAMES, index_of(mid), 2, buf)), 2);
	assert_int_equal(f[0].type, NACC_FRAME_TABLE);
	assert_int_equal(f[0].level, 1);
	assert_int_equal(f[0].live, 0);
	assert_int_equal(f[0].owner, index_of(root));
	assert_int_equal(f[0].parent, index_of(root));
	assert_int_equal(f[0].slot, 0);
	assert_int_equal(f[0].flags, NACC_FRAME_FLAG_UNDRAINED);
	assert_int_equal(f[1].type, NACC_FRAME_ROOT);
	assert_int_equal(f[1].live, 1);
	assert_int_equal(f[1].owner, index_of(root));
	assert_int_equal(f[1].parent, NACC_FRAME_NONE);
	assert_int_equal(must(call(NACC_SBI_FRAMES, 0, 1, buf)), 1);
	assert_int_equal(f[0].type, NACC_FRAME_ARMED);
	assert_int_equal(f[0].owner, NACC_FRAME_NONE);
}

static void drain_in_order(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1), buf = page_alloc();
	struct nacc_sbi_adoption *rec = (void *)page_at(buf);
	nacc_u64 first = m.heap;

	(void)state;
	must(call(NACC_SBI_DRAIN, buf, 0, 0));
	for (int s = 0; s < 200; s++)
		assert_int_equal(sd(mid + s * 8, LINK(page_alloc())), 0);
	assert_machine_ok();
	assert_int_equal(must(call(NACC_SBI_DRAIN, buf, 0, 0)), 128);
	for (int s = 0; s < 128; s++)
		assert_int_equal(rec[s].original, first + s * PAGE);
	assert_machine_ok();
	assert_int_equal(must(call(NACC_SBI_DRAIN, buf, 0, 0)), 72);
	assert_int_equal(rec[0].original, first + 128 * PAGE);
	assert_int_equal(rec[71].twin, PTE_TO_PA(entry(mid, 199)));
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
	frame_of(table)->parent = index_of(mid);
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

static void stats_call(void **state)
{
	nacc_u64 buf = page_alloc(), ecalls = stat(NACC_STAT_ECALLS);

	(void)state;
	new_table(new_as(), 0);
	assert_int_equal(must(call(NACC_SBI_STATS, buf, 0, 0)),
			 NACC_STAT_MAX + NACC_REASON_MAX);
	assert_int_equal(page_at(buf)[NACC_STAT_ECALLS], ecalls + 3);
	assert_int_equal(page_at(buf)[NACC_STAT_FRAMES_TABLE], 2);
	assert_int_equal(page_at(buf)[NACC_STAT_TRAPS], 2);
	assert_int_equal(page_at(buf)[NACC_STAT_STORES], 2);
	assert_int_equal(page_at(buf)[NACC_STAT_MAX + NACC_REASON_BAD_COUNT], 0);
	call(NACC_SBI_ARM, 0, 0, 0);
	must(call(NACC_SBI_STATS, buf, 0, 0));
	assert_int_equal(page_at(buf)[NACC_STAT_MAX + NACC_REASON_BAD_COUNT], 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_sv39, teardown)
static const struct CMUnitTest tests[] = {
	TEST(get_info),
	TEST(unknown_functions),
	TEST(build_bottom_up),
	TEST(build_refuses),
	TEST(new_tables),
	TEST(bad_pointers),
	TEST(bad_frames),
	TEST(bad_counts),
	TEST(buffer_rules),
	TEST(frames_described),
	TEST(drain_in_order),
	TEST(table_check),
	TEST(merge_ad),
	TEST(stats_call),
};

const struct suite call_suite = {
	"call", tests, ARRAY_SIZE(tests)
};
