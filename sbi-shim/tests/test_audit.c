// SPDX-License-Identifier: BSD-2-Clause
/* What is remembered of refused stores. */
#include "machine.h"
#include "tables.h"

static void audit_record(void **state)
{
	struct nacc_sbi_audit *rec = (void *)page_at(page_alloc());
	struct nacc_access a = access_of(NACC_OP_OR, table + 8, W);
	nacc_u64 old, buf = m.heap - PAGE;

	(void)state;
	sd(table + 8, PTE(VDSO_BASE, USER_RO));
	assert_int_equal(store(&a, &old), NACC_REASON_LEAF_KERNEL);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 1);
	assert_int_equal(rec->seq, 0);
	assert_int_equal(rec->time, 4711);
	assert_int_equal(rec->pc, WRITER_PC + 0x10);
	assert_int_equal(rec->addr, a.va);
	assert_int_equal(rec->old, PTE(VDSO_BASE, USER_RO));
	assert_int_equal(rec->val, PTE(VDSO_BASE, USER_RO | W));
	assert_int_equal(rec->root, root);
	assert_int_equal(rec->owner_pa, table);
	assert_int_equal(rec->reason, NACC_REASON_LEAF_KERNEL);
	assert_int_equal(rec->insn, a.insn);
	assert_int_equal(rec->hart, 1);
	assert_int_equal(rec->level, 0);
	/* One that could not be decoded. */
	a.decode_reason = NACC_REASON_NOT_A_STORE;
	store(&a, &old);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 1, buf, 0)), 1);
	assert_int_equal(rec->seq, 1);
	assert_int_equal(rec->val, 0);
}

static void audit_ring(void **state)
{
	struct nacc_sbi_audit *rec = (void *)page_at(page_alloc());
	nacc_u64 buf = m.heap - PAGE, seq = 0, n, total = 0;

	(void)state;
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 0);
	for (int i = 0; i < 700; i++)
		sd(table, PTE(FW_BASE, USER_RO));
	assert_int_equal(m.core.audit_next, 700);
	/* The ring keeps the last 256, without gaps. */
	while ((n = must(call(NACC_SBI_AUDIT, seq, buf, 0)))) {
		assert_true(n <= NACC_SBI_AUDIT_MAX);
		if (!total)
			seq = rec[0].seq;
		for (nacc_u64 i = 0; i < n; i++)
			assert_int_equal(rec[i].seq, seq++);
		total += n;
	}
	assert_int_equal(total, NACC_AUDIT_RECORDS);
	assert_int_equal(seq, 700);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 700, buf, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_AUDIT, ~0UL, buf, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 699, buf, 0)), 1);
	must(call(NACC_SBI_STATS, buf, 0, 0));
	assert_int_equal(page_at(buf)[NACC_STAT_AUDIT_NEXT], 700);
	assert_int_equal(page_at(buf)[NACC_STAT_REFUSED], 700);
	assert_int_equal(page_at(buf)[NACC_STAT_MAX +
				      NACC_REASON_LEAF_FIRMWARE], 700);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown)

static const struct CMUnitTest tests[] = {
	TEST(audit_record),
	TEST(audit_ring),
};

const struct suite audit_suite = {
	"audit", tests, ARRAY_SIZE(tests)
};
