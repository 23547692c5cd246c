// SPDX-License-Identifier: BSD-2-Clause
/* The SBI calls: their arguments, all hostile (I9), and what they describe. */
#include "machine.h"

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
	assert_call(call(NACC_SBI_GUARD, 1, 0, 0), NACC_SBI_ERR_NOT_SUPPORTED, 0);
	assert_call(call(NACC_SBI_SWITCH, 0, 0, 0), NACC_SBI_ERR_NOT_SUPPORTED, 0);
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
	assert_int_equal(must(call(NACC_SBI_FRAMES, frame_number(mid), 2, buf)), 2);
	assert_int_equal(f[0].type, NACC_FRAME_TABLE);
	assert_int_equal(f[0].level, 1);
	assert_int_equal(f[0].live, 0);
	assert_int_equal(f[0].owner, frame_number(root));
	assert_int_equal(f[0].parent, frame_number(root));
	assert_int_equal(f[0].slot, 0);
	assert_int_equal(f[0].flags, NACC_FRAME_FLAG_UNDRAINED);
	assert_int_equal(f[1].type, NACC_FRAME_ROOT);
	assert_int_equal(f[1].live, 1);
	assert_int_equal(f[1].owner, frame_number(root));
	assert_int_equal(f[1].parent, NACC_FRAME_NONE);
	assert_int_equal(must(call(NACC_SBI_FRAMES, 0, 1, buf)), 1);
	assert_int_equal(f[0].type, NACC_FRAME_ARMED);
	assert_int_equal(f[0].owner, NACC_FRAME_NONE);
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
	TEST(bad_pointers),
	TEST(bad_frames),
	TEST(bad_counts),
	TEST(buffer_rules),
	TEST(frames_described),
	TEST(stats_call),
};

const struct suite call_suite = {
	"call", tests, ARRAY_SIZE(tests)
};
