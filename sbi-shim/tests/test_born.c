// SPDX-License-Identifier: BSD-2-Clause
/*
 * Address spaces that are never built elsewhere (I13): live from birth, their tables
 * made and let go of in place.
 */
#include "machine.h"

#define RANGE(first, nr)	((first) | (nacc_u64)(nr) << 16)
#define VALUE(done, left)	((done) | (nacc_u64)(left) << 16)

static nacc_u64 root;

static int setup_root(void **state)
{
	setup_sv39(state);
	root = must(call(NACC_SBI_AS_CREATE, 7, NACC_SBI_AS_LIVE, 0));
	return 0;
}

static nacc_u64 link(nacc_u64 table, unsigned int slot)
{
	return must(call(NACC_SBI_TABLE_LINK, table, slot, 0));
}

static nacc_u32 index_of(nacc_u64 pa)
{
	return (pa - m.core.frame_base) / PAGE;
}

static void live_at_once(void **state)
{
	nacc_u64 page = page_alloc();

	(void)state;
	assert_int_equal(frame_of(root)->flags, 0);
	assert_int_equal(frame_of(root)->tag, 7);
	for (int s = 0; s < 512; s++)
		assert_int_equal(entry(root, s), s < 256 ? 0 : entry(KERNEL_ROOT, s));
	assert_machine_ok();
	assert_int_equal(sd(root, LINK(page)), NACC_REASON_NONE);
	/* It has been built. */
	assert_call(call(NACC_SBI_AS_FILL, root, page, 0), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_TABLE_ADOPT, root, 0, page), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_AS_STATE);
}

static void no_other_flag(void **state)
{
	nacc_u64 armed = stat(NACC_STAT_FRAMES_ARMED);

	(void)state;
	for (int bit = 1; bit < 64; bit++) {
		assert_call(call(NACC_SBI_AS_CREATE, 0, 1UL << bit, 0),
			    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		assert_call(call(NACC_SBI_AS_CREATE, 0, 1UL << bit | NACC_SBI_AS_LIVE, 0),
			    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	}
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), armed);
}

static void tables_from_the_pool(void **state)
{
	nacc_u64 links = stat(NACC_STAT_ADOPTED_CALL), mid, low;

	(void)state;
	mid = link(root, 255);
	assert_int_equal(entry(root, 255), LINK(mid));
	assert_int_equal(frame_of(mid)->type, NACC_FRAME_TABLE);
	assert_int_equal(frame_of(mid)->level, 1);
	assert_int_equal(frame_of(mid)->owner, index_of(root));
	assert_int_equal(frame_of(mid)->parent, index_of(root));
	assert_int_equal(frame_of(mid)->slot, 255);
	assert_int_equal(frame_of(root)->live, 1);
	low = link(mid, 511);
	assert_int_equal(entry(mid, 511), LINK(low));
	assert_int_equal(frame_of(low)->level, 0);
	assert_int_equal(frame_of(mid)->live, 1);
	assert_int_equal(stat(NACC_STAT_ADOPTED_CALL), links + 2);
	assert_int_equal(stat(NACC_STAT_UNLINKED), 0);
	assert_int_equal(stat(NACC_STAT_UNDRAINED), 0);
	assert_machine_ok();
	/* Tables as any other */
	assert_int_equal(sd(low, PTE(DATA_PAGE, USER_RW)), NACC_REASON_NONE);
	refuse_sd(mid, LINK(low), NACC_REASON_DOUBLE_LINK);
	assert_int_equal(sd(mid + 511 * 8, 0), NACC_REASON_NONE);
	assert_int_equal(sd(mid, LINK(low)), NACC_REASON_NONE);
}

/* Who comes second learns so, and nobody takes it for an attack. */
static void somebody_was_faster(void **state)
{
	nacc_u64 mid = link(root, 3), armed = stat(NACC_STAT_FRAMES_ARMED);
	nacc_u64 counted = m.core.reasons[NACC_REASON_TAKEN];
	nacc_u64 records = stat(NACC_STAT_AUDIT_NEXT);
	const nacc_u64 held[] = { LINK(mid), PTE(DATA_PAGE & -(1UL << 21), USER_RW), 0xabcd00 };

	(void)state;
	assert_call(call(NACC_SBI_TABLE_LINK, root, 3, 0), NACC_SBI_ERR_ALREADY_AVAILABLE,
		    NACC_REASON_TAKEN);
	for (int i = 1; i < 3; i++) {
		assert_int_equal(sd(mid + i * 8, held[i]), NACC_REASON_NONE);
		assert_call(call(NACC_SBI_TABLE_LINK, mid, i, 0), NACC_SBI_ERR_ALREADY_AVAILABLE,
			    NACC_REASON_TAKEN);
		assert_int_equal(entry(mid, i), held[i]);
	}
	/* Also where there is no frame to be had. */
	must(call(NACC_SBI_DISARM, 0, m.core.nr_frames, 0));
	assert_call(call(NACC_SBI_TABLE_LINK, root, 3, 0), NACC_SBI_ERR_ALREADY_AVAILABLE,
		    NACC_REASON_TAKEN);
	must(call(NACC_SBI_ARM, 0, m.core.nr_frames, 0));
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), armed);
	assert_int_equal(m.core.reasons[NACC_REASON_TAKEN], counted);
	assert_int_equal(stat(NACC_STAT_REFUSED), 0);
	assert_int_equal(stat(NACC_STAT_AUDIT_NEXT), records);
	link(mid, 0);
}

static void refuse_link(nacc_u64 table, nacc_u64 slot, long error, unsigned int reason)
{
	nacc_u64 armed = stat(NACC_STAT_FRAMES_ARMED);

	assert_call(call(NACC_SBI_TABLE_LINK, table, slot, 0), error, reason);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), armed);
}

static void links_nowhere_else(void **state)
{
	nacc_u64 mid = link(root, 0), low = link(mid, 0);
	nacc_u64 building = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));

	(void)state;
	for (nacc_u64 slot = 256; slot < 512; slot++)
		refuse_link(root, slot, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	refuse_link(mid, 512, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	refuse_link(mid, ~0UL, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	refuse_link(mid, 1UL << 61, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	refuse_link(mid, 1UL << 32, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	refuse_link(low, 0, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	refuse_link(mid + 8, 0, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	refuse_link(frame_address(0), 0, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	refuse_link(HEAP_BASE, 0, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	refuse_link(KERNEL_ROOT, 0, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	refuse_link(building, 0, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	must(call(NACC_SBI_DISARM, 0, m.core.nr_frames, 0));
	refuse_link(mid, 1, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	assert_int_equal(entry(mid, 1), 0);
	must(call(NACC_SBI_ARM, 0, 1, 0));
	link(mid, 1);
	assert_machine_ok();
}

static nacc_u32 *list_of(nacc_u64 page)
{
	return (nacc_u32 *)page_at(page);
}

/* Empty tables go, others stay, and the caller learns which. */
static void unlink_what_is_empty(void **state)
{
	nacc_u64 mid = link(root, 0), empty = link(mid, 1), used = link(mid, 2);
	nacc_u64 late = link(mid, 9), page = page_alloc();
	nacc_u64 huge = PTE(DATA_PAGE & -(1UL << 21), USER_RW);

	(void)state;
	assert_int_equal(sd(used, PTE(DATA_PAGE, USER_RW)), NACC_REASON_NONE);
	assert_int_equal(sd(mid + 4 * 8, huge), NACC_REASON_NONE);
	assert_int_equal(must(call(NACC_SBI_UNLINK, mid, RANGE(0, 9), page)), VALUE(1, 2));
	assert_int_equal(list_of(page)[0], 1);
	assert_int_equal(list_of(page)[1], index_of(empty));
	assert_int_equal(entry(mid, 1), 0);
	assert_int_equal(entry(mid, 2), LINK(used));
	assert_int_equal(entry(mid, 4), huge);
	assert_int_equal(entry(mid, 9), LINK(late));
	assert_int_equal(frame_of(empty)->type, NACC_FRAME_TABLE);
	assert_int_equal(frame_of(empty)->parent, NACC_FRAME_NONE);
	assert_int_equal(frame_of(mid)->live, 3);
	assert_int_equal(stat(NACC_STAT_UNLINKED), 1);
	assert_int_equal(stat(NACC_STAT_UNLINKS), 1);
	assert_machine_ok();
	must(call(NACC_SBI_TABLE_RELEASE, empty, 0, 0));
	/* From the bottom up, all of it. */
	assert_int_equal(sd(used, 0), NACC_REASON_NONE);
	assert_int_equal(sd(mid + 4 * 8, 0), NACC_REASON_NONE);
	assert_int_equal(must(call(NACC_SBI_UNLINK, root, RANGE(0, 256), page)), VALUE(0, 1));
	assert_int_equal(list_of(page)[0], 0);
	assert_int_equal(must(call(NACC_SBI_UNLINK, mid, RANGE(0, 512), page)), VALUE(2, 0));
	assert_int_equal(must(call(NACC_SBI_UNLINK, root, RANGE(0, 256), page)), VALUE(1, 0));
	assert_int_equal(list_of(page)[1], index_of(mid) | 1U << NACC_SBI_LEVEL_SHIFT);
	assert_int_equal(frame_of(root)->live, 0);
	assert_machine_ok();
}

static void refuse_unlink(nacc_u64 table, nacc_u64 range, nacc_u64 page, long error,
			  unsigned int reason)
{
	assert_call(call(NACC_SBI_UNLINK, table, range, page), error, reason);
	assert_int_equal(stat(NACC_STAT_UNLINKED), 0);
}

static void unlink_hostile(void **state)
{
	nacc_u64 mid = link(root, 0), low = link(mid, 0), page = page_alloc();
	const nacc_u64 ranges[] = {
		RANGE(0, 0), RANGE(512, 1), RANGE(511, 2), RANGE(0, 513), RANGE(0xffff, 1),
		RANGE(1, 0xffff), ~0UL, RANGE(0, 1UL << 47),
	};
	const nacc_u64 buffers[] = {
		0, POOL_BASE, mid, FW_BASE, IMAGE_BASE, page + 8, RAM_BASE + RAM_SIZE,
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(ranges); i++)
		refuse_unlink(mid, ranges[i], page, NACC_SBI_ERR_INVALID_PARAM,
			      NACC_REASON_BAD_COUNT);
	for (unsigned int i = 0; i < ARRAY_SIZE(buffers); i++)
		refuse_unlink(mid, RANGE(0, 512), buffers[i], NACC_SBI_ERR_INVALID_ADDRESS,
			      NACC_REASON_BAD_ADDRESS);
	/* The kernel half is none of the caller's. */
	refuse_unlink(root, RANGE(0, 257), page, NACC_SBI_ERR_INVALID_PARAM,
		      NACC_REASON_BAD_COUNT);
	refuse_unlink(root, RANGE(256, 1), page, NACC_SBI_ERR_INVALID_PARAM,
		      NACC_REASON_BAD_COUNT);
	refuse_unlink(low, RANGE(0, 1), page, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	refuse_unlink(mid + 8, RANGE(0, 1), page, NACC_SBI_ERR_INVALID_ADDRESS,
		      NACC_REASON_BAD_ADDRESS);
	refuse_unlink(must(call(NACC_SBI_AS_CREATE, 0, 0, 0)), RANGE(0, 1), page,
		      NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	assert_int_equal(entry(mid, 0), LINK(low));
	assert_int_equal(must(call(NACC_SBI_UNLINK, mid, RANGE(0, 512), page)), VALUE(1, 0));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_root, teardown)
static const struct CMUnitTest tests[] = {
	TEST(live_at_once),
	TEST(no_other_flag),
	TEST(tables_from_the_pool),
	TEST(somebody_was_faster),
	TEST(links_nowhere_else),
	TEST(unlink_what_is_empty),
	TEST(unlink_hostile),
};

const struct suite born_suite = { "born", tests, ARRAY_SIZE(tests) };
