// SPDX-License-Identifier: BSD-2-Clause
/* What the page of a program says, and that it is so of all who have it. */
#include "gated.h"
#include "page.h"
#include "roots.h"

static nacc_u64 page;

static int setup_page(void **state)
{
	setup_gated(state);
	page = must(call(NACC_SBI_PAGE_OPEN, TAG, 0, 0));
	return 0;
}

static const struct nacc_sbi_page *shown(void)
{
	return (void *)page_at(page);
}

/* An address space has it, with whatever tables that takes. */
static struct nacc_ret give(nacc_u64 root, nacc_u64 which)
{
	nacc_u64 pte = entry(root, 3);

	if (!pte)
		must(call(NACC_SBI_TABLE_LINK, root, 3, 0));
	return call(NACC_SBI_AS_PAGE, root, which, 0);
}

static void assert_says(nacc_u32 spaces, nacc_u32 with_gate, nacc_u32 mode)
{
	assert_int_equal(shown()->address_spaces / 2, spaces);
	assert_int_equal(shown()->gated / 2, with_gate);
	assert_int_equal(shown()->gate / 2, mode);
	assert_machine_ok();
}

static void opened(void **state)
{
	(void)state;
	assert_memory_equal(page_at(page), "naccpage", 8);
	assert_int_equal(shown()->layout / 2, 1);
	assert_int_equal(shown()->abi / 2, NACC_SBI_ABI_VERSION);
	assert_int_equal(shown()->domain / 2, TAG);
	assert_int_equal(shown()->generation, 0);
	assert_says(0, 0, NACC_GATE_OFF);
	for (int i = 3; i < 512; i++)
		assert_int_equal(page_at(page)[i], 0);
	assert_int_equal(frame_of(page)->type, NACC_FRAME_PAGE);
	assert_int_equal(stat(NACC_STAT_FRAMES_PAGE), 1);
	/* Nobody writes it, whatever he is. */
	refuse_sd(page, 0, NACC_REASON_NOT_A_TABLE);
	refuse_sd(page + 40, 1, NACC_REASON_NOT_A_TABLE);
}

/* The gate first, then the page; a mode that changes is told, once for each change. */
static void gate_before(void **state)
{
	nacc_u64 before;

	(void)state;
	set_mode(NACC_GATE_AUDIT);
	must(give(gated, page));
	assert_says(1, 1, NACC_GATE_AUDIT);
	before = shown()->generation;
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_LIST);
	assert_says(1, 1, NACC_GATE_ENFORCE | NACC_GATE_LIST);
	assert_int_equal(shown()->generation, before + 2);
	set_mode(NACC_GATE_OFF);
	assert_says(1, 1, NACC_GATE_OFF);
	assert_int_equal(shown()->generation, before + 4);
	/* A call that is refused changes nothing. */
	assert_call(call(NACC_SBI_GATE_SET, record, 3, 0), BAD_PARAM, NACC_REASON_BAD_COUNT);
	assert_int_equal(shown()->generation, before + 4);
}

/* The page first. While one of them has no gate nobody is told that there is one. */
static void gate_after(void **state)
{
	nacc_u64 root = more_root(TAG), third = more_root(TAG);

	(void)state;
	must(give(root, page));
	assert_says(1, 0, NACC_GATE_OFF);
	must(give(gated, page));
	assert_says(2, 1, NACC_GATE_OFF);
	set_mode(NACC_GATE_AUDIT);
	assert_says(2, 1, NACC_GATE_OFF);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_says(2, 2, NACC_GATE_AUDIT);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_says(2, 2, NACC_GATE_AUDIT);
	must(give(third, page));
	assert_says(3, 2, NACC_GATE_OFF);
	must(call(NACC_SBI_AS_RETIRE, third, 0, 0));
	assert_says(2, 2, NACC_GATE_AUDIT);
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	assert_says(1, 1, NACC_GATE_AUDIT);
}

/* A second record, or a second page, of the same tag: each says what is so. */
static void two_of_a_tag(void **state)
{
	nacc_u64 second = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0)), root = more_root(TAG);
	nacc_u64 other = must(call(NACC_SBI_PAGE_OPEN, TAG, 0, 0)), third = more_root(TAG);
	const struct nacc_sbi_page *says = (void *)page_at(other);

	(void)state;
	must(call(NACC_SBI_GATE_SET, second, NACC_GATE_AUDIT, 0));
	must(give(gated, page));
	must(call(NACC_SBI_AS_GATE, root, second, 0));
	must(give(root, page));
	assert_says(2, 1, NACC_GATE_OFF);
	/* The record belongs to the first page. */
	must(call(NACC_SBI_AS_GATE, third, record, 0));
	must(give(third, other));
	assert_int_equal(says->gate / 2, NACC_GATE_OFF);
	assert_int_equal(says->address_spaces / 2, 1);
	assert_int_equal(says->gated / 2, 0);
	assert_machine_ok();
	/* Once one of a pair has gone the other gets none. */
	must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	must(call(NACC_SBI_PAGE_CLOSE, page, 0, 0));
	assert_int_equal(frame_of(record)->parent, NACC_FRAME_GONE);
	set_mode(NACC_GATE_AUDIT);
	root = more_root(TAG);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	must(give(root, other));
	assert_int_equal(says->gate / 2, NACC_GATE_OFF);
	assert_int_equal(says->gated / 2, 0);
	assert_machine_ok();
}

static void record_closes(void **state)
{
	nacc_u64 root = more_root(TAG), third;

	(void)state;
	must(give(root, page));
	must(give(gated, page));
	must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
	must(call(NACC_SBI_GATE_CLOSE, record, 0, 0));
	assert_says(1, 0, NACC_GATE_OFF);
	assert_int_equal(frame_of(page)->parent, NACC_FRAME_GONE);
	record = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0));
	set_mode(NACC_GATE_ENFORCE);
	third = more_root(TAG);
	must(call(NACC_SBI_AS_GATE, third, record, 0));
	must(give(third, page));
	assert_says(2, 0, NACC_GATE_OFF);
	assert_int_equal(frame_of(record)->parent, NACC_FRAME_NONE);
}

static void seal_at(nacc_u64 root, unsigned int slot)
{
	nacc_u64 va = 0x200000 + slot * PAGE;

	must(call(NACC_SBI_SEAL, root, va, va + PAGE));
}

/* A root with text at 2 MiB, bound */
static nacc_u64 with_text(nacc_u64 mm)
{
	nacc_u64 root = more_gated(mm), mid = new_table(root, 1);
	nacc_u64 table = must(call(NACC_SBI_TABLE_LINK, mid, 1, 0));

	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(sd(table + 8 * i, PTE(DATA_PAGE + i * PAGE, USER_RX)), 0);
	return root;
}

static void assert_seals(nacc_u32 nr, nacc_u64 changes)
{
	static nacc_u64 before;

	assert_int_equal(shown()->seals / 2, nr);
	if (changes)
		assert_int_equal(shown()->generation, before + 2 * changes);
	before = shown()->generation;
	assert_machine_ok();
}

/* Ranges of all that have it: before they have it, from then on, and until they end. */
static void seals(void **state)
{
	nacc_u64 one = with_text(OTHER_MM), two = with_text(OTHER_MM + PAGE);

	(void)state;
	seal_at(one, 0);
	seal_at(one, 2);
	assert_seals(0, 0);
	must(give(one, page));
	assert_seals(2, 0);
	seal_at(one, 4);
	assert_seals(3, 1);
	/* What adjoins is one; what is sealed already is no more. */
	seal_at(one, 5);
	seal_at(one, 4);
	assert_int_equal(shown()->generation, 4);
	assert_seals(3, 0);
	/* What is between two makes them one. */
	seal_at(one, 3);
	assert_seals(2, 1);
	seal_at(one, 7);
	assert_seals(3, 1);
	must(give(two, page));
	assert_seals(3, 1);
	seal_at(two, 7);
	assert_seals(4, 1);
	must(call(NACC_SBI_AS_RETIRE, one, 0, 0));
	assert_seals(1, 1);
	must(call(NACC_SBI_AS_RETIRE, two, 0, 0));
	assert_seals(0, 1);
}

/* The page is closed by one hart, while another sets the mode. */
static nacc_u64 racing;

static void close_page(nacc_u64 pa)
{
	if (pa != record)
		return;
	m.on_phys = NULL;
	must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
	must(call(NACC_SBI_PAGE_CLOSE, racing, 0, 0));
}

static void mode_of_closed(void **state)
{
	struct nacc_frame *frame = frame_of(page);

	(void)state;
	must(give(gated, page));
	racing = page;
	m.on_phys = close_page;
	set_mode(NACC_GATE_AUDIT);
	assert_null(m.on_phys);
	assert_int_equal(frame->type, NACC_FRAME_RELEASED);
	assert_int_equal(frame_of(record)->parent, NACC_FRAME_GONE);
	/* Seen by who has found it just before */
	frame_of(record)->parent = frame_number(page);
	nacc_page_gate_set(&m.core, frame_of(record), 1);
	frame_of(record)->parent = NACC_FRAME_GONE;
	assert_int_equal(frame->parent, NACC_FRAME_NONE);
	assert_machine_ok();
}

/* Each count, by what it counts; before the page none of it is lost that the record has. */
static void counters(void **state)
{
	nacc_u64 root = more_root(TAG), stranger = more_root(TAG + 1);
	nacc_u64 table = new_table(root, 0);

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	t.x[NACC_REG_PC] += 64;
	assert_int_equal(go(), NACC_TURN_RESTORED);
	assert_int_equal(come(PAGE_FAULT), 1);
	assert_int_equal(gate()->refused, 1);
	must(give(gated, page));
	assert_int_equal(shown()->refused_returns / 2, 1);
	t.x[NACC_REG_PC] += 64;
	assert_int_equal(go(), NACC_TURN_RESTORED);
	assert_int_equal(shown()->refused_returns / 2, 2);
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_LIST);
	t.x[NACC_REG_A7] = 64;
	assert_int_equal(come(ECALL), 0);
	assert_int_equal(shown()->refused_calls / 2, 1);
	t.task = OTHER_TASK;
	assert_int_equal(go(), NACC_TURN_REFUSED);
	assert_int_equal(shown()->refused_returns / 2, 3);

	/* Stores: of who has the page. */
	refuse_sd(table, 1UL << 54 | V | R, NACC_REASON_RESERVED_BITS);
	assert_int_equal(shown()->refused / 2, 0);
	must(give(root, page));
	refuse_sd(table, 1UL << 54 | V | R, NACC_REASON_RESERVED_BITS);
	assert_int_equal(shown()->refused / 2, 1);
	refuse_sd(new_table(stranger, 0), 1UL << 54 | V | R, NACC_REASON_RESERVED_BITS);
	refuse_sd(page, 1, NACC_REASON_NOT_A_TABLE);
	assert_int_equal(shown()->refused / 2, 1);
}

/* A root that another names, or that is named in place of another */
static void refused_roots(void **state)
{
	struct nacc_load load = {
		.want = satp_of(gated), .now = satp_of(KERNEL_ROOT), .mm = OTHER_MM,
	};
	nacc_u64 satp;

	(void)state;
	must(give(gated, page));
	assert_int_equal(nacc_load_root(&m.core, &load, &satp), NACC_REASON_ROOT_FOREIGN);
	assert_int_equal(shown()->refused / 2, 1);
	load.mm = MM;
	assert_int_equal(nacc_load_root(&m.core, &load, &satp), NACC_REASON_NONE);
	load.want = satp_of(KERNEL_ROOT);
	assert_int_equal(nacc_load_root(&m.core, &load, &satp), NACC_REASON_ROOT_FORGED);
	assert_int_equal(shown()->refused / 2, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_page, teardown)
static const struct CMUnitTest tests[] = {
	TEST(opened),
	TEST(gate_before),
	TEST(gate_after),
	TEST(two_of_a_tag),
	TEST(record_closes),
	TEST(seals),
	TEST(mode_of_closed),
	TEST(counters),
	TEST(refused_roots),
};

const struct suite page_suite = {
	"page", tests, ARRAY_SIZE(tests)
};
