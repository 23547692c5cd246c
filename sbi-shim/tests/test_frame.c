// SPDX-License-Identifier: BSD-2-Clause
/* Life of a frame: armed, table, released, fenced, free (I2, I8). */
#include "frame.h"
#include "lock.h"
#include "machine.h"
#include "state.h"

static unsigned int type_of(nacc_u64 pa)
{
	return frame_of(pa)->type;
}

static nacc_u64 index_of(nacc_u64 pa)
{
	return (pa - m.core.frame_base) / PAGE;
}

static void arm_and_disarm(void **state)
{
	nacc_u64 nr = m.core.nr_frames, left = nr;

	(void)state;
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), nr);
	/* From the middle, the head and the tail of the list. */
	assert_int_equal(must(call(NACC_SBI_DISARM, nr / 2, 3, 0)), 3);
	assert_int_equal(must(call(NACC_SBI_DISARM, nr - 1, 1, 0)), 1);
	assert_int_equal(must(call(NACC_SBI_DISARM, 0, 1, 0)), 1);
	assert_machine_ok();
	assert_int_equal(must(call(NACC_SBI_DISARM, 0, 1, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_ARMED, 0, 0)),
			 nr - 5);
	for (nacc_u64 i = 0; i < nr; i++)
		left -= must(call(NACC_SBI_DISARM, i, 1, 0));
	assert_int_equal(left, 5);
	assert_machine_ok();
	assert_int_equal(must(call(NACC_SBI_ARM, 0, nr, 0)), nr);
	assert_int_equal(must(call(NACC_SBI_ARM, 0, nr, 0)), 0);
	assert_machine_ok();
}

static void root_life(void **state)
{
	nacc_u64 root = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
	nacc_u64 i = index_of(root);

	(void)state;
	assert_int_equal(type_of(root), NACC_FRAME_ROOT);
	assert_int_equal(frame_of(root)->flags, NACC_FRAME_FLAG_BUILDING);
	assert_machine_ok();
	assert_false(nacc_root_released(&m.core, root));
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)),
			 NACC_SBI_RETIRE_DONE);
	assert_int_equal(type_of(root), NACC_FRAME_RELEASED);
	assert_true(nacc_root_released(&m.core, root));
	assert_false(nacc_root_released(&m.core, HEAP_BASE));
	/* The kernel half stays readable until it is reclaimed. */
	assert_int_equal(entry(root, 258), entry(KERNEL_ROOT, 258));
	assert_int_equal(must(call(NACC_SBI_RECLAIM, i, 1, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_ARM, i, 1, 0)), 0);
	assert_call(call(NACC_SBI_AS_RETIRE, root, 0, 0),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	refuse_sd(root, 0, NACC_REASON_NOT_A_TABLE);
	fence();
	assert_int_equal(must(call(NACC_SBI_RECLAIM, i, 1, 0)), 1);
	assert_int_equal(type_of(root), NACC_FRAME_FREE);
	assert_int_equal(must(call(NACC_SBI_RECLAIM, i, 1, 0)), 0);
	assert_int_equal(stat(NACC_STAT_RECLAIMED), 1);
	assert_int_equal(stat(NACC_STAT_FENCES), 1);
}

/* A fence that began before the release covers nothing. */
static void fence_epochs(void **state)
{
	nacc_u64 root = new_as(), table = new_table(root, 0);
	nacc_u64 before, between, after;

	(void)state;
	must(call(NACC_SBI_DRAIN, page_alloc(), 0, 0));
	sd(new_table(root, 1), 0);
	before = nacc_fence_begin(&m.core);
	must(call(NACC_SBI_TABLE_RELEASE, table, 0, 0));
	nacc_fence_end(&m.core, before);
	assert_int_equal(must(call(NACC_SBI_RECLAIM, index_of(table), 1, 0)), 0);
	between = nacc_fence_begin(&m.core);
	after = nacc_fence_begin(&m.core);
	assert_int_equal(must(call(NACC_SBI_RECLAIM, index_of(table), 1, 0)), 0);
	/* The later one ends first; the earlier one must not take it back. */
	nacc_fence_end(&m.core, after);
	nacc_fence_end(&m.core, between);
	assert_int_equal(m.core.fenced, after);
	assert_int_equal(must(call(NACC_SBI_RECLAIM, index_of(table), 1, 0)), 1);
}

static void table_life(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);
	nacc_u64 table = new_table(root, 0), i = index_of(table);

	(void)state;
	assert_int_equal(sd(table + 8, PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(frame_of(table)->live, 1);
	assert_call(call(NACC_SBI_TABLE_RELEASE, table, 0, 0),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_LINKED);
	assert_int_equal(sd(mid, 0), 0);
	assert_int_equal(stat(NACC_STAT_UNLINKED), 1);
	/* Unlinked it is still a table of its address space. */
	assert_int_equal(sd(table + 16, PTE(DATA_PAGE, USER_RW)), 0);
	must(call(NACC_SBI_TABLE_RELEASE, table, 0, 0));
	assert_int_equal(stat(NACC_STAT_UNLINKED), 0);
	assert_int_equal(entry(table, 1), PTE(DATA_PAGE, USER_RW));
	refuse_sd(table, 0, NACC_REASON_NOT_A_TABLE);
	refuse_sd(mid, LINK(table), NACC_REASON_NOT_A_TABLE);
	fence();
	/* Its adoption has not been drained. */
	assert_int_equal(must(call(NACC_SBI_RECLAIM, i, 1, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_DRAIN, page_alloc(), 0, 0)), 2);
	assert_int_equal(must(call(NACC_SBI_RECLAIM, i, 1, 0)), 1);
	assert_int_equal(entry(table, 1), 0);
	refuse_sd(table, 0, NACC_REASON_NOT_A_TABLE);
	assert_int_equal(must(call(NACC_SBI_ARM, i, 1, 0)), 1);
	refuse_sd(table, 0, NACC_REASON_NOT_A_TABLE);
}

static void released_middle_orphans(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);
	nacc_u64 table = new_table(root, 0);

	(void)state;
	assert_int_equal(sd(root, 0), 0);
	must(call(NACC_SBI_TABLE_RELEASE, mid, 0, 0));
	assert_int_equal(type_of(table), NACC_FRAME_TABLE);
	assert_int_equal(frame_of(table)->parent, NACC_FRAME_NONE);
	assert_machine_ok();
	/* It can be linked elsewhere now. */
	mid = new_table(root, 1);
	assert_int_equal(sd(mid + 8, LINK(table)), 0);
	assert_machine_ok();
}

static nacc_u64 table_in(nacc_u64 slot)
{
	assert_int_equal(sd(slot, LINK(page_alloc())), 0);
	return PTE_TO_PA(entry(slot & -PAGE, slot % PAGE / 8));
}

/* The set names what lies behind the table; all of it or nothing is released. */
static void release_set(void **state)
{
	nacc_u64 last = m.core.nr_frames - 1, first = ~0ULL, set = 0;
	nacc_u64 root, mid, table[4];

	(void)state;
	assert_int_equal(must(call(NACC_SBI_DISARM, last, 1, 0)), 1);
	root = new_as();
	mid = new_table(root, 1);
	for (int i = 0; i < 4; i++) {
		table[i] = table_in(mid + 8 * i);
		first = table[i] < first ? table[i] : first;
	}
	for (int i = 0; i < 4; i++) {
		set |= 1ULL << (index_of(table[i]) - index_of(first));
		if (i)
			assert_int_equal(sd(mid + 8 * i, 0), 0);
	}
	assert_call(call(NACC_SBI_TABLE_RELEASE, first, set, 0),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_LINKED);
	assert_int_equal(sd(mid, 0), 0);
	assert_call(call(NACC_SBI_TABLE_RELEASE, first,
			 set | 1ULL << (index_of(root) - index_of(first)), 0),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	for (int i = 0; i < 4; i++)
		assert_int_equal(type_of(table[i]), NACC_FRAME_TABLE);
	must(call(NACC_SBI_TABLE_RELEASE, first, set & ~1ULL, 0));
	for (int i = 0; i < 4; i++)
		assert_int_equal(type_of(table[i]), NACC_FRAME_RELEASED);
	assert_int_equal(type_of(mid), NACC_FRAME_TABLE);
	assert_machine_ok();

	/* What would lie behind the pool */
	assert_int_equal(must(call(NACC_SBI_ARM, last, 1, 0)), 1);
	for (int i = 8; i == 8 || index_of(first) != last; i++) {
		first = table_in(mid + 8 * i);
		assert_int_equal(sd(mid + 8 * i, 0), 0);
	}
	assert_call(call(NACC_SBI_TABLE_RELEASE, first, 3, 0),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_TABLE_RELEASE, first, 1ULL << 63, 0),
		    NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_machine_ok();
}

/* All frames that were of one owner, each once, in a list of RETIRE. */
static void assert_list(const nacc_u32 *list, nacc_u64 root, nacc_u32 nr)
{
	static nacc_u8 seen[4096];

	memset(seen, 0, sizeof(seen));
	assert_int_equal(list[0], nr);
	for (nacc_u32 i = 1; i <= nr; i++) {
		nacc_u32 index = list[i] & ((1U << NACC_SBI_LEVEL_SHIFT) - 1);
		const struct nacc_frame *frame = &m.core.frames[index];

		assert_int_equal(frame->type, NACC_FRAME_RELEASED);
		assert_int_equal(frame->owner, frame_of(root)->owner);
		assert_int_equal(frame->level, list[i] >> NACC_SBI_LEVEL_SHIFT);
		assert_int_equal(seen[index]++, 0);
	}
}

/* More tables than one call retires */
#define TABLES	(3 + 3 * 400U)

static void grow(nacc_u64 root)
{
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sd(root + i * 8, LINK(page_alloc())), 0);
		m.heap -= PAGE;
		for (int s = 0; s < 400; s++) {
			assert_int_equal(sd(PTE_TO_PA(entry(root, i)) + s * 8,
					    LINK(page_alloc())), 0);
			m.heap -= PAGE;
		}
	}
}

static void retire_in_batches(void **state)
{
	nacc_u64 root, other, mid, list;

	(void)state;
	machine_off();
	machine_ready(SV39, 8 << 20);
	assert_true(TABLES > NACC_SBI_RETIRE_BATCH);
	root = new_as();
	other = new_as();
	mid = new_table(other, 1);
	list = page_alloc();
	grow(root);
	assert_int_equal(frame_of(root)->tables, TABLES);
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, list, 0)), 0);
	assert_list((nacc_u32 *)page_at(list), root, NACC_SBI_RETIRE_BATCH);
	assert_int_equal(frame_of(root)->flags, NACC_FRAME_FLAG_RETIRING);
	assert_machine_ok();
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, list, 0)), NACC_SBI_RETIRE_DONE);
	assert_list((nacc_u32 *)page_at(list), root, TABLES + 1 - NACC_SBI_RETIRE_BATCH);
	assert_machine_ok();
	assert_int_equal(type_of(root), NACC_FRAME_RELEASED);
	assert_int_equal(stat(NACC_STAT_FRAMES_RELEASED), TABLES + 1);
	assert_int_equal(type_of(mid), NACC_FRAME_TABLE);
	while (must(call(NACC_SBI_DRAIN, page_alloc(), 0, 0)))
		;
	fence();
	for (nacc_u64 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_RECLAIM, i, 1, 0));
	assert_int_equal(stat(NACC_STAT_FRAMES_RELEASED), 0);
	assert_int_equal(stat(NACC_STAT_RECLAIMED), TABLES + 1);
}

/* Tables without a parent, as the module asks for them. */
static void list_unlinked(void **state)
{
	nacc_u64 root = new_as(), list = page_alloc(), mid = new_table(root, 1);
	nacc_u32 *nr = (nacc_u32 *)page_at(list);

	(void)state;
	assert_int_equal(must(call(NACC_SBI_UNLINKED, list, 0, 0)), 0);
	assert_int_equal(nr[0], 0);
	for (int s = 0; s < 3; s++)
		assert_int_equal(sd(mid + s * 8, LINK(page_alloc())), 0);
	for (int s = 0; s < 3; s += 2) {
		nr[4 + s] = frame_of(PTE_TO_PA(entry(mid, s))) - m.core.frames;
		assert_int_equal(sd(mid + s * 8, 0), 0);
	}
	assert_machine_ok();
	assert_int_equal(must(call(NACC_SBI_UNLINKED, list, 0, 0)), 2);
	assert_int_equal(nr[0], 2);
	assert_true(nr[1] == nr[6] ? nr[2] == nr[4] : nr[1] == nr[4] && nr[2] == nr[6]);
	/* From the middle of the list, and relinked. */
	assert_int_equal(sd(mid + 5 * 8, LINK(frame_address(nr[4]))), 0);
	assert_int_equal(must(call(NACC_SBI_UNLINKED, list, 0, 0)), 1);
	assert_int_equal(nr[1], nr[6]);
	assert_machine_ok();
	assert_call(call(NACC_SBI_UNLINKED, POOL_BASE, 0, 0), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
}

/* More than fit into a page: the rest comes when these have gone. */
static void list_many_unlinked(void **state)
{
	nacc_u64 root, list;

	(void)state;
	machine_off();
	machine_ready(SV39, 8 << 20);
	root = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
	list = page_alloc();
	for (int i = 0; i < 1030; i++)
		must(call(NACC_SBI_TABLE_ADOPT, root, 0, list));
	assert_machine_ok();
	assert_int_equal(must(call(NACC_SBI_UNLINKED, list, 0, 0)), 1030);
	assert_int_equal(((nacc_u32 *)page_at(list))[0], NACC_SBI_UNLINKED_MAX);
}

/* What a retiring table still names may be another's by now, and stays so. */
static void retiring_names_others(void **state)
{
	nacc_u64 root, other, mid, child, buf;

	(void)state;
	machine_off();
	machine_ready(SV39, 8 << 20);
	buf = page_alloc();
	other = new_as();
	root = new_as();
	grow(root);
	mid = PTE_TO_PA(entry(root, 0));
	child = PTE_TO_PA(entry(mid, 399));
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)), 0);
	assert_int_equal(type_of(child), NACC_FRAME_RELEASED);
	assert_int_equal(type_of(mid), NACC_FRAME_TABLE);
	while (must(call(NACC_SBI_DRAIN, buf, 0, 0)))
		;
	fence();
	assert_int_equal(must(call(NACC_SBI_RECLAIM, index_of(child), 1, 0)), 1);
	for (nacc_u64 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_DISARM, i, 1, 0));
	assert_int_equal(must(call(NACC_SBI_ARM, index_of(child), 1, 0)), 1);
	assert_int_equal(must(call(NACC_SBI_TABLE_LINK, other, 0, 0)), child);
	assert_int_equal(entry(mid, 399), LINK(child));
	assert_int_equal(sd(mid + 399 * 8, 0), NACC_REASON_NONE);
	assert_int_equal(frame_of(child)->parent, index_of(other));
	assert_int_equal(stat(NACC_STAT_UNLINKED), 0);
	assert_machine_ok();
}

/* From the first call on nothing below the root can be walked to. */
static void retiring_root_lets_go(void **state)
{
	nacc_u64 root, mid, child;

	(void)state;
	machine_off();
	machine_ready(SV39, 8 << 20);
	root = new_as();
	grow(root);
	mid = PTE_TO_PA(entry(root, 0));
	child = PTE_TO_PA(entry(mid, 399));
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	assert_int_equal(type_of(root), NACC_FRAME_ROOT);
	assert_int_equal(entry(root, 0), 0);
	refuse_sd(root, LINK(mid), NACC_REASON_AS_STATE);
	refuse_sd(root, LINK(page_alloc()), NACC_REASON_AS_STATE);
	refuse_sd(mid, PTE(DATA_PAGE & ~0x1fffffUL, USER_RO),
		  NACC_REASON_AS_STATE);
	assert_int_equal(sd(mid, 0), 0);
	assert_int_equal(sd(root, 0), 0);
	/* What it links is released already. */
	assert_int_equal(type_of(child), NACC_FRAME_RELEASED);
	assert_int_equal(sd(mid + 399 * 8, 0), 0);
	assert_int_equal(sd(root + 258 * 8, entry(KERNEL_ROOT, 258)), 0);
	assert_call(call(NACC_SBI_TABLE_CHECK, root, 0, 0),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_MERGE_AD, root, page_alloc(), 0),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_AS_FILL, root, page_alloc(), 0),
		    NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)), NACC_SBI_RETIRE_DONE);
}

/* Defect (n): few address spaces. Here every frame may be one. */
static void many_address_spaces(void **state)
{
	nacc_u32 nr = m.core.nr_frames;

	(void)state;
	for (nacc_u32 i = 0; i < nr; i++)
		new_as();
	assert_int_equal(stat(NACC_STAT_FRAMES_ROOT), nr);
	assert_call(call(NACC_SBI_AS_CREATE, 0, 0, 0), NACC_SBI_ERR_NO_SHMEM,
		    NACC_REASON_EXHAUSTED);
	assert_machine_ok();
	for (nacc_u32 i = 0; i < nr; i++)
		must(call(NACC_SBI_AS_RETIRE, frame_address(i), 0, 0));
	fence();
	assert_int_equal(must(call(NACC_SBI_RECLAIM, 0, 64, 0)), 64);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_sv39, teardown)
static const struct CMUnitTest tests[] = {
	TEST(arm_and_disarm),
	TEST(root_life),
	TEST(fence_epochs),
	TEST(table_life),
	TEST(released_middle_orphans),
	TEST(release_set),
	TEST(retire_in_batches),
	TEST(list_unlinked),
	TEST(list_many_unlinked),
	TEST(retiring_root_lets_go),
	TEST(retiring_names_others),
	TEST(many_address_spaces),
};

const struct suite frame_suite = {
	"frame", tests, ARRAY_SIZE(tests)
};
