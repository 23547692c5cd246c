// SPDX-License-Identifier: BSD-2-Clause
/*
 * Seals (I17): what is refused, each way, and what goes on beside it. A sealed page is at
 * TEXT, its neighbour at TEXT + 16 pages is not; both in one table.
 */
#include "audit.h"
#include "machine.h"
#include "roots.h"
#include "seals.h"

#define MM		0xff60000004711000UL
#define TEXT		0x00410000UL		/* slot 16 of its table, which is slot 2 */
#define SLOT		16
#define NR		4			/* pages */
#define BESIDE		32			/* slot of a page that is not sealed */
#define N		(1UL << 63)
#define NAPOT(pa, bits)	(PTE((pa) | 0x8000UL, bits) | N)
#define RANGE(first, nr) ((first) | (nacc_u64)(nr) << 16)

static nacc_u64 root, mid, table, spare;

static nacc_u64 at(unsigned int slot)
{
	return table + 8 * slot;
}

static struct nacc_ret seal(nacc_u64 start, nacc_u64 end)
{
	return call(NACC_SBI_SEAL, root, start, end);
}

static void bind(nacc_u64 how)
{
	must(call(NACC_SBI_AS_BIND, root, MM, how));
}

/* A page of text, and what is beside it, in an address space that is bound. */
static void setup_mode(nacc_u32 mode)
{
	machine_ready(mode, 1 << 20);
	m.core.layout.leaves |= NACC_LEAF_NAPOT;
	m.layout.leaves |= NACC_LEAF_NAPOT;
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, 0, 0), NACC_REASON_NONE);
	root = must(call(NACC_SBI_AS_CREATE, 7, NACC_SBI_AS_LIVE, 0));
	mid = new_table(root, 1);
	table = must(call(NACC_SBI_TABLE_LINK, mid, 2, 0));
	spare = must(call(NACC_SBI_TABLE_NEW, root, 0, 0));
	for (unsigned int i = 0; i < NR; i++)
		assert_int_equal(sd(at(SLOT + i), PTE(DATA_PAGE + i * PAGE, USER_RX)), 0);
	assert_int_equal(sd(at(BESIDE), PTE(DATA_PAGE, USER_RW)), 0);
}

static int setup_text(void **state)
{
	(void)state;
	setup_mode(SV39);
	bind(NACC_BOUND);
	return 0;
}

static int setup_sealed(void **state)
{
	setup_text(state);
	must(seal(TEXT, TEXT + NR * PAGE));
	assert_machine_ok();
	return 0;
}

static void sealed_call(struct nacc_ret ret)
{
	nacc_u64 content[512];

	memcpy(content, page_at(table), sizeof(content));
	assert_call(ret, NACC_SBI_ERR_DENIED, NACC_REASON_SEALED);
	assert_memory_equal(content, page_at(table), sizeof(content));
	assert_machine_ok();
}

static void stores(void **state)
{
	nacc_u64 pte = entry(table, SLOT), old;

	(void)state;
	refuse_sd(at(SLOT), 0, NACC_REASON_SEALED);
	refuse_sd(at(SLOT), PTE(DATA_PAGE + 8 * PAGE, USER_RX), NACC_REASON_SEALED);
	refuse_sd(at(SLOT + NR - 1), PTE(DATA_PAGE + (NR - 1) * PAGE, USER_RO), NACC_REASON_SEALED);
	refuse_sd(at(SLOT), pte | W, NACC_REASON_SEALED);
	refuse_sd(at(SLOT), pte & ~V, NACC_REASON_SEALED);
	refuse_sd(at(SLOT), pte | 0x100, NACC_REASON_SEALED);
	assert_int_equal(amo(NACC_OP_AND, at(SLOT + 1), ~X, &old), NACC_REASON_SEALED);
	assert_int_equal(amo(NACC_OP_SWAP, at(SLOT + 1), 0, &old), NACC_REASON_SEALED);
	/* The kernel ages pages, and stores what is there already. */
	assert_int_equal(amo(NACC_OP_AND, at(SLOT), ~A, &old), 0);
	assert_int_equal(sd(at(SLOT), pte | A | D), 0);
	assert_int_equal(sd(at(SLOT), pte), 0);
	/* Beside it all is as ever. */
	assert_int_equal(sd(at(SLOT - 1), PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(sd(at(SLOT + NR), PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(sd(at(BESIDE), 0), 0);
	assert_int_equal(sd(spare, PTE(DATA_PAGE, USER_RW)), 0);
	assert_machine_ok();
}

/* A leaf of 64 KiB is good for its neighbours. */
static void napot(void **state)
{
	(void)state;
	assert_int_equal(sd(at(BESIDE), NAPOT(DATA_PAGE, USER_RO)), 0);
	refuse_sd(at(SLOT + 15), NAPOT(DATA_PAGE, USER_RO), NACC_REASON_SEALED);
	assert_int_equal(sd(at(SLOT + 15), PTE(DATA_PAGE, USER_RO)), 0);
	/* What is not valid may hold anything. */
	assert_int_equal(sd(at(SLOT + 14), N | 0x100), 0);
	assert_call(seal(TEXT + 16 * PAGE, TEXT + 17 * PAGE), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
}

static void links(void **state)
{
	nacc_u64 link = entry(mid, 2), page = page_alloc();

	(void)state;
	refuse_sd(mid + 16, 0, NACC_REASON_SEALED);
	refuse_sd(mid + 16, LINK(spare), NACC_REASON_SEALED);
	refuse_sd(mid + 16, LINK(page), NACC_REASON_SEALED);
	refuse_sd(mid + 16, PTE(DATA_PAGE, USER_RX), NACC_REASON_SEALED);
	refuse_sd(root, 0, NACC_REASON_SEALED);
	refuse_sd(root, LINK(page), NACC_REASON_SEALED);
	assert_int_equal(sd(mid + 16, link), 0);
	assert_int_equal(sd(mid + 24, LINK(spare)), 0);
	assert_int_equal(sd(mid + 24, 0), 0);
	assert_int_equal(sd(root + 8, LINK(page)), 0);
	assert_int_equal(sd(root + 8, 0), 0);
	/* Of the kernel's half nothing is sealed. */
	assert_int_equal(sd(root + 8 * 511, entry(KERNEL_ROOT, 511)), 0);
	assert_machine_ok();
}

static void batches(void **state)
{
	nacc_u64 buffer = page_alloc(), second = page_alloc(), other, live;

	(void)state;
	assert_int_equal(second, buffer + PAGE);
	memcpy(page_at(buffer), page_at(table), PAGE);
	memcpy(page_at(second), page_at(table), PAGE);
	sealed_call(call(NACC_SBI_TAKE, table, RANGE(SLOT, 1), page_alloc()));
	sealed_call(call(NACC_SBI_TAKE, table, RANGE(0, 512), page_alloc()));
	sealed_call(call(NACC_SBI_WRITE_PROTECT, table, RANGE(SLOT + NR - 1, 40), 0));
	sealed_call(call(NACC_SBI_PROTECT, table, RANGE(SLOT, NR), USER_RO));
	page_at(buffer)[SLOT] &= ~X;
	sealed_call(call(NACC_SBI_EXCHANGE, table, RANGE(SLOT, 1), buffer));
	/* Beside it they do what they do. */
	assert_int_equal(must(call(NACC_SBI_WRITE_PROTECT, table, RANGE(SLOT + NR, 40), 0)), 1);
	page_at(second)[BESIDE] = page_at(buffer)[BESIDE] = entry(table, BESIDE);
	page_at(buffer)[BESIDE] |= W;
	assert_int_equal(must(call(NACC_SBI_EXCHANGE, table, RANGE(BESIDE, 1), buffer)), 1);
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, RANGE(BESIDE, 1), USER_RO)), 1);
	assert_int_equal(must(call(NACC_SBI_TAKE, table, RANGE(SLOT + NR, 40), page_alloc())), 1);
	/* A child's table is filled before anything of it is sealed. */
	other = must(call(NACC_SBI_AS_CREATE, 7, NACC_SBI_AS_LIVE, 0));
	other = new_table(other, 0);
	memset(page_at(buffer), 0, PAGE);
	page_at(buffer)[SLOT] = entry(table, SLOT);
	assert_int_equal(must(call4(NACC_SBI_FORK, other, RANGE(SLOT, 1), buffer, table)), 1);
	live = frame_of(table)->live;
	sealed_call(call4(NACC_SBI_FORK, table, RANGE(BESIDE, 1), buffer, other));
	assert_int_equal(frame_of(table)->live, live);
}

/* UNLINK believes a count, which a store of another hart may be ahead of. */
static void unlinks(void **state)
{
	nacc_u64 buffer = page_alloc(), empty;

	(void)state;
	empty = must(call(NACC_SBI_TABLE_LINK, mid, 7, 0));
	frame_of(table)->live -= NR + 1;
	assert_call(call(NACC_SBI_UNLINK, mid, RANGE(2, 1), buffer), NACC_SBI_ERR_DENIED,
		    NACC_REASON_SEALED);
	assert_call(call(NACC_SBI_UNLINK, root, RANGE(0, 1), buffer), NACC_SBI_ERR_DENIED,
		    NACC_REASON_SEALED);
	frame_of(table)->live += NR + 1;
	assert_int_equal(must(call(NACC_SBI_UNLINK, mid, RANGE(3, 10), buffer)), 1);
	assert_int_equal(frame_of(empty)->parent, NACC_FRAME_NONE);
	assert_int_equal(must(call(NACC_SBI_UNLINK, root, RANGE(1, 10), buffer)), 0);
	assert_call(call(NACC_SBI_TABLE_RELEASE, table, 0, 0), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_LINKED);
	assert_machine_ok();
}

/* What the walker has set in a copy comes here, and nothing else. */
static void merge(void **state)
{
	nacc_u64 source = page_alloc();

	(void)state;
	page_at(source)[SLOT] = entry(table, SLOT) | D;
	page_at(source)[SLOT + 1] = PTE(DATA_PAGE + 9 * PAGE, USER_RX | D);
	assert_int_equal(must(call(NACC_SBI_MERGE_AD, table, source, 0)), 1);
	assert_int_equal(entry(table, SLOT), PTE(DATA_PAGE, USER_RX | D));
	assert_int_equal(entry(table, SLOT + 1), PTE(DATA_PAGE + PAGE, USER_RX));
	assert_machine_ok();
}

static void which_ranges(void **state)
{
	const struct { nacc_u64 start, end; } bad[] = {
		{ TEXT, TEXT }, { TEXT + PAGE, TEXT }, { TEXT + 8, TEXT + PAGE },
		{ TEXT, TEXT + 8 }, { TEXT, TEXT + 0x200000 }, { 0, ~0UL << 12 },
		{ 1UL << 38, (1UL << 38) + PAGE }, { ~0UL << 12, 0 },
		{ ~0UL << 13, ~0UL << 12 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_call(seal(bad[i].start, bad[i].end), NACC_SBI_ERR_INVALID_PARAM,
			    NACC_REASON_BAD_COUNT);
	/* A hole, before it, behind it; a page that can be written; no table. */
	assert_call(seal(TEXT - PAGE, TEXT + PAGE), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_call(seal(TEXT, TEXT + (NR + 1) * PAGE), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_call(seal(TEXT + 16 * PAGE, TEXT + 17 * PAGE), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_call(seal(TEXT + 0x40000000, TEXT + 0x40001000), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_SEAL, table, TEXT, TEXT + PAGE), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_int_equal(frame_of(root)->parent, NACC_FRAME_NONE);
	assert_int_equal(stat(NACC_STAT_FRAMES_CONTEXT), 0);
	/* The last table that there may be. */
	assert_int_equal(sd(at(511), PTE(DATA_PAGE, USER_RO)), 0);
	must(seal(0x5ff000, 0x600000));
	refuse_sd(at(511), 0, NACC_REASON_SEALED);
	assert_int_equal(sd(at(510), PTE(DATA_PAGE, USER_RO)), 0);
	assert_machine_ok();
}

static const struct nacc_sbi_seals *seals(void)
{
	return (void *)page_at(frame_address(frame_of(root)->parent));
}

static void the_list(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(seals()->nr, 1);
	must(seal(TEXT + PAGE, TEXT + 2 * PAGE));
	assert_int_equal(seals()->nr, 1);
	assert_int_equal(sd(at(SLOT + NR), PTE(DATA_PAGE, USER_RO)), 0);
	must(seal(TEXT + NR * PAGE, TEXT + (NR + 1) * PAGE));
	assert_int_equal(seals()->nr, 1);
	assert_int_equal(seals()->ranges[0].end, TEXT + (NR + 1) * PAGE);
	refuse_sd(at(SLOT + NR), 0, NACC_REASON_SEALED);
	/* Below all that there are */
	assert_int_equal(sd(at(1), PTE(DATA_PAGE, USER_RO)), 0);
	must(seal(0x401000, 0x402000));
	assert_int_equal(seals()->nr, 2);
	/* More than there is room for: no two adjoin. */
	for (i = 0; i < 256; i++)
		assert_int_equal(sd(spare + 16 * i, PTE(DATA_PAGE, USER_RO)), 0);
	assert_int_equal(sd(mid + 32, LINK(spare)), 0);
	for (i = 0; i < NACC_SBI_SEALS_MAX - 2; i++)
		must(seal(0x800000 + 2 * i * PAGE, 0x801000 + 2 * i * PAGE));
	assert_call(seal(0x800000 + 2 * i * PAGE, 0x801000 + 2 * i * PAGE),
		    NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	assert_int_equal(sd(spare + 16 * i, 0), 0);
	refuse_sd(spare + 16 * (i - 1), 0, NACC_REASON_SEALED);
	assert_int_equal(stat(NACC_STAT_FRAMES_CONTEXT), 1);
	assert_machine_ok();
}

static void huge_leaf(void **state)
{
	(void)state;
	assert_int_equal(sd(mid + 40, PTE(DATA_PAGE, USER_RX)), 0);
	must(seal(0xa03000, 0xa04000));
	refuse_sd(mid + 40, 0, NACC_REASON_SEALED);
	/* No split, to whatever. */
	refuse_sd(mid + 40, LINK(spare), NACC_REASON_SEALED);
	refuse_sd(mid + 40, LINK(page_alloc()), NACC_REASON_SEALED);
	assert_int_equal(sd(mid + 40, PTE(DATA_PAGE, USER_RX) & ~A), 0);
	assert_int_equal(sd(mid + 48, PTE(DATA_PAGE, USER_RX)), 0);
	assert_int_equal(sd(mid + 48, 0), 0);
	/* Above level 0 the trap vector performs nothing. */
	assert_int_equal(*frame_of(table)->gate, 0);
	assert_machine_ok();
}

static void who_can_be_sealed(void **state)
{
	(void)state;
	setup_mode(SV39);
	assert_call(seal(TEXT, TEXT + PAGE), NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	bind(NACC_BOUND_JOINING);
	bind(NACC_BOUND_LEAVING);
	assert_call(seal(TEXT, TEXT + PAGE), NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	machine_off();

	setup_mode(SV39);
	bind(NACC_BOUND_JOINING);
	must(seal(TEXT, TEXT + PAGE));
	bind(NACC_BOUND);
	assert_call(call(NACC_SBI_AS_BIND, root, MM, NACC_BOUND_LEAVING), NACC_SBI_ERR_DENIED,
		    NACC_REASON_SEALED);
	assert_int_equal(frame_of(root)->slot, NACC_BOUND);
	machine_off();

	setup_mode(SV39);
	bind(NACC_BOUND);
	while (nacc_frame_take(&m.core, NACC_FRAME_NONE, 0))
		;
	assert_call(seal(TEXT, TEXT + PAGE), NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	assert_int_equal(frame_of(root)->parent, NACC_FRAME_NONE);
	assert_int_equal(sd(at(SLOT), 0), 0);
	machine_off();
}

/* Seals fall with the address space, which is not ended while a hart has it. */
static void the_end(void **state)
{
	nacc_u64 record = frame_address(frame_of(root)->parent);
	nacc_u64 pte = entry(table, SLOT);
	struct nacc_sbi_frame *list;

	(void)state;
	m.loaded = root;
	assert_call(call(NACC_SBI_AS_RETIRE, root, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_ROOT_IN_USE);
	refuse_sd(at(SLOT), 0, NACC_REASON_SEALED);
	m.loaded = 0;
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)), NACC_SBI_RETIRE_DONE);
	assert_int_equal(entry(table, SLOT), pte);
	assert_int_equal(frame_of(record)->type, NACC_FRAME_RELEASED);
	refuse_sd(at(SLOT), 0, NACC_REASON_NOT_A_TABLE);
	must(call(NACC_SBI_DRAIN, page_alloc(), 0, 0));
	fence();
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_RECLAIM, i, 1, 0));
	assert_int_equal(stat(NACC_STAT_FRAMES_RELEASED), 0);
	assert_machine_ok();
	/* The frames have forgotten it. */
	for (nacc_u32 i = 0; i < m.core.nr_frames; i += NACC_SBI_FRAMES_MAX) {
		nacc_u64 page = page_alloc(), nr = must(call(NACC_SBI_FRAMES, i, 256, page));

		list = (void *)page_at(page);
		for (nacc_u64 k = 0; k < nr; k++)
			assert_false(list[k].flags & NACC_FRAME_FLAG_SEALED);
	}
}

/* Retiring takes more than one call: what is left of it is sealed no more. */
static void a_large_end(void **state)
{
	nacc_u64 other;

	(void)state;
	machine_ready(SV39, 8 << 20);
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, 0, 0), NACC_REASON_NONE);
	root = must(call(NACC_SBI_AS_CREATE, 7, NACC_SBI_AS_LIVE, 0));
	mid = new_table(root, 1);
	table = must(call(NACC_SBI_TABLE_LINK, mid, 2, 0));
	assert_int_equal(sd(at(SLOT), PTE(DATA_PAGE, USER_RX)), 0);
	bind(NACC_BOUND);
	must(seal(TEXT, TEXT + PAGE));
	for (unsigned int i = 0; i < NACC_SBI_RETIRE_BATCH; i++)
		must(call(NACC_SBI_TABLE_NEW, root, 0, 0));
	other = must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	assert_int_equal(other, 0);
	assert_int_equal(frame_of(table)->type, NACC_FRAME_TABLE);
	refuse_sd(at(SLOT), PTE(DATA_PAGE, USER_RO), NACC_REASON_AS_STATE);
	assert_int_equal(sd(at(SLOT), 0), 0);
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)), NACC_SBI_RETIRE_DONE);
}

/* Another hart releases the table just now: that is no matter of ours. */
static void being_released(void **state)
{
	(void)state;
	frame_of(table)->parent = NACC_FRAME_NONE;
	assert_int_equal(nacc_seals_meet(&m.core, frame_of(table), SLOT, 1), 1);
	frame_of(table)->parent = frame_number(mid);
	assert_int_equal(nacc_seals_meet(&m.core, frame_of(table), SLOT, 1), 1);
	assert_int_equal(nacc_seals_meet(&m.core, frame_of(table), SLOT + NR, 400), 0);
	assert_int_equal(nacc_seals_meet(&m.core, frame_of(table), 0, SLOT), 0);
}

static void every_mode(void **state)
{
	nacc_u64 end;

	for (nacc_u32 mode = SV39; mode <= SV57; mode++) {
		setup_mode(mode);
		bind(NACC_BOUND);
		must(seal(TEXT, TEXT + NR * PAGE));
		stores(state);
		refuse_sd(root, 0, NACC_REASON_SEALED);
		end = 1UL << (11 + 9 * (mode - 5));
		assert_call(seal(end, end + PAGE), NACC_SBI_ERR_INVALID_PARAM,
			    NACC_REASON_BAD_COUNT);
		machine_off();
	}
}

/* The record of a refused call says whose it was and who made it. */
static void refused_calls_are_recorded(void **state)
{
	const struct nacc_call take = { .fid = NACC_SBI_TAKE, .arg = { table, RANGE(SLOT, 1) } };
	const struct nacc_call stray = { .fid = NACC_SBI_TAKE, .arg = { DATA_PAGE } };
	const struct nacc_call idle = { .fid = NACC_SBI_TAKE, .arg = { frame_address(99) } };
	struct nacc_sbi_audit audit = { .reason = NACC_REASON_SEALED, .pc = OTHER_PC, .hart = 3 };
	const struct nacc_sbi_audit *got = &m.core.calls[m.core.audit_calls];

	(void)state;
	nacc_audit_call(&m.core, &take, &audit);
	assert_int_equal(got->reason, NACC_REASON_SEALED);
	assert_int_equal(got->flags, NACC_AUDIT_CALL);
	assert_int_equal(got->insn, NACC_SBI_TAKE);
	assert_int_equal(got->old, NACC_SBI_EID);
	assert_int_equal(got->addr, table);
	assert_int_equal(got->owner_pa, table);
	assert_int_equal(got->val, RANGE(SLOT, 1));
	assert_int_equal(got->root, root);
	assert_int_equal(got->tag, 7);
	assert_int_equal(got->level, 0);
	assert_int_equal(got->pc, OTHER_PC);
	assert_int_equal(got->hart, 3);
	audit = (struct nacc_sbi_audit){ .reason = NACC_REASON_SEALED };
	nacc_audit_call(&m.core, &stray, &audit);
	assert_int_equal(got[1].root, 0);
	audit = (struct nacc_sbi_audit){ .reason = NACC_REASON_SEALED };
	nacc_audit_call(&m.core, &idle, &audit);
	assert_int_equal(got[2].root, 0);
	assert_int_equal(got[2].addr, frame_address(99));
}

#define TEXT_TEST(f) cmocka_unit_test_setup_teardown(f, setup_text, teardown)
#define SEALED(f) cmocka_unit_test_setup_teardown(f, setup_sealed, teardown)
static const struct CMUnitTest tests[] = {
	SEALED(stores),
	SEALED(napot),
	SEALED(links),
	SEALED(batches),
	SEALED(unlinks),
	SEALED(merge),
	TEXT_TEST(which_ranges),
	SEALED(the_list),
	TEXT_TEST(huge_leaf),
	cmocka_unit_test(who_can_be_sealed),
	SEALED(the_end),
	cmocka_unit_test_teardown(a_large_end, teardown),
	SEALED(being_released),
	cmocka_unit_test(every_mode),
	SEALED(refused_calls_are_recorded),
};

const struct suite seals_suite = {
	"seals", tests, ARRAY_SIZE(tests)
};
