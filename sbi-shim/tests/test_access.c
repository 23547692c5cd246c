// SPDX-License-Identifier: BSD-2-Clause
/* Who may store where, and what comes of it: value, counters (I4, I6). */
#include "machine.h"
#include "tables.h"

static struct nacc_access good(void)
{
	return access_of(NACC_OP_STORE, table, PTE(DATA_PAGE, USER_RW));
}

static void refuse(struct nacc_access *access, unsigned int reason)
{
	nacc_u64 before = entry(table, 0), old;

	assert_int_equal(store(access, &old), reason);
	assert_int_equal(entry(table, 0), before);
	assert_int_equal(old, before);
	*access = good();
	assert_int_equal(store(access, &old), 0);
	sd(table, 0);
}

/* Everything about the access itself, in the order of the checks. */
static void the_access(void **state)
{
	struct nacc_access a = good();
	nacc_u64 old;

	(void)state;
	a.decode_reason = NACC_REASON_NOT_A_STORE;
	refuse(&a, NACC_REASON_NOT_A_STORE);
	for (unsigned int width = 1; width <= 4; width *= 2) {
		a.decoded.width = width;
		refuse(&a, NACC_REASON_WIDTH);
	}
	for (unsigned int off = 1; off < 8; off++) {
		a.pa += off;
		refuse(&a, NACC_REASON_MISALIGNED);
	}
	a.supervisor = 0;
	refuse(&a, NACC_REASON_PRIVILEGE);
	/* Several wrongs: the first check names the reason. */
	a.supervisor = 0;
	a.pa += 1;
	a.decoded.width = 4;
	refuse(&a, NACC_REASON_WIDTH);
	a.supervisor = 0;
	a.pa += 1;
	refuse(&a, NACC_REASON_MISALIGNED);
	a.pc = OTHER_PC;
	a.operand = PTE(FW_BASE, USER_RW);
	refuse(&a, NACC_REASON_LEAF_FIRMWARE);
	/* Narrow AMOs and misaligned stores at the end of the region. */
	a.decoded.width = 4;
	a.decoded.op = NACC_OP_OR;
	refuse(&a, NACC_REASON_WIDTH);
	a.pa = POOL_BASE + m.layout.region_size - 1;
	assert_int_equal(store(&a, &old), NACC_REASON_MISALIGNED);
}

/*
 * The end of a store that begins in an ordinary page: all that the fault tells is
 * the address of the first byte in the pool, which is aligned.
 */
static void the_end_of_a_store(void **state)
{
	static const short offsets[] = { 0, 1, 8, 504, 2047, -1, -8, -2048 };
	const struct nacc_sbi_audit *record;
	struct nacc_access a;
	nacc_u64 old;

	(void)state;
	for (unsigned int op = NACC_OP_STORE; op <= NACC_OP_MAXU; op++)
		for (unsigned int i = 0; i < 8 * ARRAY_SIZE(offsets); i++) {
			a = good();
			a.decoded.op = op;
			a.decoded.imm = offsets[i / 8];
			a.base -= a.decoded.imm;
			a.base -= i % 8;
			if (i % 8)
				refuse(&a, NACC_REASON_MISALIGNED);
			else
				assert_int_equal(store(&a, &old), 0);
			assert_int_equal(sd(table, 0), 0);
		}
	a = good();
	a.base -= 4;
	assert_int_equal(store(&a, &old), NACC_REASON_MISALIGNED);
	record = &m.core.audit[(m.core.audit_next - 1) % NACC_AUDIT_RECORDS];
	assert_int_equal(record->addr, a.va);
	assert_int_equal(record->owner_pa, table);
}

/* Defect (a): the destination must be a table. */
static void the_destination(void **state)
{
	nacc_u64 val = PTE(DATA_PAGE, USER_RW), old;

	(void)state;
	accept_sd(table, val);
	refuse_sd(POOL_BASE, val, NACC_REASON_NOT_A_TABLE);
	refuse_sd(m.core.frame_base - 8, val, NACC_REASON_NOT_A_TABLE);
	refuse_sd(frame_address(0), val, NACC_REASON_NOT_A_TABLE);
	refuse_sd(POOL_BASE + m.layout.region_size - 8, val,
		  NACC_REASON_NOT_A_TABLE);
	/* Outside the region nothing is even read. */
	assert_int_equal(amo(NACC_OP_STORE, HEAP_BASE, val, &old),
			 NACC_REASON_NOT_A_TABLE);
	assert_int_equal(amo(NACC_OP_STORE, FW_BASE, val, &old),
			 NACC_REASON_NOT_A_TABLE);
	assert_int_equal(old, 0);
	assert_int_equal(amo(NACC_OP_STORE, ~7UL, val, &old),
			 NACC_REASON_NOT_A_TABLE);
}

/* Nobody reads the records by way of a store that is refused. */
static void the_records(void **state)
{
	nacc_u64 records = POOL_BASE + m.layout.region_size * 63 / 64, old = 1;

	(void)state;
	assert_true(*page_at(records));
	assert_int_equal(amo(NACC_OP_OR, records, 0, &old), NACC_REASON_NOT_A_TABLE);
	assert_int_equal(old, 0);
	assert_int_equal(m.core.audit[(m.core.audit_next - 1) % NACC_AUDIT_RECORDS].old, 0);
	/* The legal twin: a frame that is no table, which S-mode may read. */
	*page_at(frame_address(0)) = 5;
	assert_int_equal(amo(NACC_OP_OR, frame_address(0), 0, &old), NACC_REASON_NOT_A_TABLE);
	assert_int_equal(old, 5);
	*page_at(frame_address(0)) = 0;
}

/* Defect (j): the first and the last entry and frame are checked too. */
static void the_edges(void **state)
{
	nacc_u64 bad = PTE(FW_BASE, USER_RO), ok = PTE(DATA_PAGE, USER_RO);
	nacc_u64 first = ~0UL, taken;

	(void)state;
	refuse_sd(table, bad, NACC_REASON_LEAF_FIRMWARE);
	refuse_sd(table + 4088, bad, NACC_REASON_LEAF_FIRMWARE);
	accept_sd(table, ok);
	accept_sd(table + 4088, ok);
	/* Take all frames: frame 0 among them. */
	do {
		taken = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
		first = taken < first ? taken : first;
	} while (stat(NACC_STAT_FRAMES_ARMED));
	assert_int_equal(first, m.core.frame_base);
	must(call(NACC_SBI_AS_FILL, first, page_alloc(), 0));
	refuse_sd(first, bad, NACC_REASON_LEAF_POOL);
	accept_sd(first, PTE(0x40000000, USER_RO));
	refuse_sd(table, PTE(m.core.frame_base, USER_RO), NACC_REASON_LEAF_POOL);
	refuse_sd(table, PTE(frame_address(m.core.nr_frames - 1), USER_RO),
		  NACC_REASON_LEAF_POOL);
}

static void provenance(void **state)
{
	static const struct {
		nacc_u64 pc;
		int ok;
	} pcs[] = {
		{ WRITER_PC - 0x1001, 0 }, { WRITER_PC - 0x1000, 1 },
		{ WRITER_PC - 0xf01, 1 }, { WRITER_PC - 0xf00, 0 },
		{ WRITER_PC - 1, 0 }, { WRITER_PC, 1 }, { WRITER_PC + 0xff, 1 },
		{ WRITER_PC + 0x100, 1 }, { WRITER_PC + 0x101, 1 },
		{ WRITER_PC + 0x102, 0 }, { OTHER_PC, 0 }, { 0, 0 },
		{ ~0UL, 0 },
	};
	struct nacc_access a;
	nacc_u64 armed, old;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pcs); i++) {
		a = good();
		a.pc = pcs[i].pc;
		assert_int_equal(store(&a, &old), pcs[i].ok ?
				 NACC_REASON_NONE : NACC_REASON_PROVENANCE);
		assert_int_equal(entry(table, 0), pcs[i].ok ? a.operand : 0);
		sd(table, 0);
	}
	/* Before any side effect: nothing is adopted, linked or dropped. */
	armed = stat(NACC_STAT_FRAMES_ARMED);
	a = access_of(NACC_OP_STORE, mid + 8, LINK(page_alloc()));
	a.pc = OTHER_PC;
	assert_int_equal(store(&a, &old), NACC_REASON_PROVENANCE);
	a.pa = mid;
	a.operand = 0;
	assert_int_equal(store(&a, &old), NACC_REASON_PROVENANCE);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), armed);
	assert_int_equal(frame_of(table)->parent, frame_of(mid) - m.core.frames);
}

/* Exchange semantics are exact: old value out, new value in. */
static void amo_results(void **state)
{
	static const struct {
		nacc_u8 op;
		nacc_u64 old, operand, val;
	} cases[] = {
		{ NACC_OP_STORE, 2, 4, 4 },
		{ NACC_OP_SWAP, 2, 4, 4 },
		{ NACC_OP_ADD, 0x10, 0x22, 0x32 },
		{ NACC_OP_ADD, ~1UL, 4, 2 },
		{ NACC_OP_XOR, 0xf0, 0x3c, 0xcc },
		{ NACC_OP_AND, 0xf0, 0x3c, 0x30 },
		{ NACC_OP_OR, 0xf0, 0x3c, 0xfc },
		{ NACC_OP_MIN, -4UL, 6, -4UL },
		{ NACC_OP_MIN, 8, 6, 6 },
		{ NACC_OP_MAX, -4UL, 6, 6 },
		{ NACC_OP_MAX, 8, -6UL, 8 },
		{ NACC_OP_MINU, -4UL, 6, 6 },
		{ NACC_OP_MINU, 4, 6, 4 },
		{ NACC_OP_MAXU, -4UL, 6, -4UL },
		{ NACC_OP_MAXU, 4, 6, 6 },
	};
	nacc_u64 old, amos = stat(NACC_STAT_AMOS), stores;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(sd(table, cases[i].old), 0);
		assert_int_equal(amo(cases[i].op, table, cases[i].operand, &old),
				 0);
		assert_int_equal(old, cases[i].old);
		assert_int_equal(entry(table, 0), cases[i].val);
	}
	assert_int_equal(stat(NACC_STAT_AMOS), amos + 14);
	stores = stat(NACC_STAT_STORES);
	sd(table, 0);
	assert_int_equal(stat(NACC_STAT_STORES), stores + 1);
}

/* What the trap vector has performed is counted with the rest, and by itself. */
static void fast_counts(void **state)
{
	nacc_u64 stores = stat(NACC_STAT_STORES), amos = stat(NACC_STAT_AMOS);
	nacc_u64 traps = stat(NACC_STAT_TRAPS);

	(void)state;
	assert_int_equal(stat(NACC_STAT_FAST), 0);
	m.core.percpu[0].done[NACC_DONE_FAST_STORE] += 100;
	m.core.percpu[NACC_PERCPU - 1].done[NACC_DONE_FAST_AMO] += 20;
	sd(table, 0);
	assert_int_equal(stat(NACC_STAT_FAST), 120);
	assert_int_equal(stat(NACC_STAT_STORES), stores + 101);
	assert_int_equal(stat(NACC_STAT_AMOS), amos + 20);
	assert_int_equal(stat(NACC_STAT_TRAPS), traps + 121);
}

static void live_counts(void **state)
{
	nacc_u64 old;

	(void)state;
	assert_int_equal(frame_of(table)->live, 0);
	sd(table, 2);
	assert_int_equal(frame_of(table)->live, 1);
	sd(table, PTE(DATA_PAGE, USER_RW));
	assert_int_equal(frame_of(table)->live, 1);
	amo(NACC_OP_SWAP, table, 0, &old);
	assert_int_equal(frame_of(table)->live, 0);
	amo(NACC_OP_AND, table, 0, &old);
	assert_int_equal(frame_of(table)->live, 0);
	for (int s = 0; s < 512; s++)
		sd(table + s * 8, PTE(DATA_PAGE, USER_RO));
	assert_int_equal(frame_of(table)->live, 512);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown)

static const struct CMUnitTest tests[] = {
	TEST(the_access),
	TEST(the_end_of_a_store),
	TEST(the_destination),
	TEST(the_records),
	TEST(the_edges),
	TEST(provenance),
	TEST(amo_results),
	TEST(fast_counts),
	TEST(live_counts),
};

const struct suite access_suite = {
	"access", tests, ARRAY_SIZE(tests)
};
