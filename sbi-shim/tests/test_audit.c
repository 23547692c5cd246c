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
	assert_int_equal(rec->task, a.task);
	assert_int_equal(rec->tag, 0);
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

static struct nacc_sbi_audit last_record(void)
{
	return m.core.audit[(m.core.audit_next - 1) % NACC_AUDIT_RECORDS];
}

static nacc_u64 last_tag(void)
{
	return must(call(NACC_SBI_GET_INFO, NACC_INFO_LAST_TAG, 0, 0));
}

/* A record carries what its address space was created with, and of no other. */
static void record_tag(void **state)
{
	nacc_u64 tags[] = { 7, 0xfedcba9876543210, 3, 0 }, roots[4], tables[4];

	(void)state;
	assert_int_equal(last_tag(), 0);
	for (int i = 0; i < 4; i++) {
		roots[i] = must(call(NACC_SBI_AS_CREATE, tags[i], 0, 0));
		/* Also while it is being built */
		refuse_sd(roots[i], 0, NACC_REASON_AS_STATE);
		assert_int_equal(last_record().tag, tags[i]);
		must(call(NACC_SBI_AS_FILL, roots[i], page_alloc(), 0));
		tables[i] = new_table(roots[i], 0);
		/* The highest, not the last. */
		assert_int_equal(last_tag(), i ? tags[1] : tags[0]);
	}
	for (int i = 0; i < 4; i++) {
		refuse_sd(tables[i], PTE(FW_BASE, USER_RO), NACC_REASON_LEAF_FIRMWARE);
		assert_int_equal(last_record().root, roots[i]);
		assert_int_equal(last_record().tag, tags[i]);
		refuse_sd(roots[i] + 511 * 8, 1, NACC_REASON_KERNEL_HALF);
		assert_int_equal(last_record().tag, tags[i]);
	}
	/* Of no address space: a free frame, the shim's own records, what was released */
	must(call(NACC_SBI_AS_RETIRE, roots[1], 0, 0));
	refuse_sd(tables[1], 0, NACC_REASON_NOT_A_TABLE);
	assert_int_equal(last_record().tag, 0);
	refuse_sd(POOL_BASE, 0, NACC_REASON_NOT_A_TABLE);
	assert_int_equal(last_record().tag, 0);
	/* The frame has another life, and the old tag is not in it. */
	fence();
	must(call(NACC_SBI_RECLAIM, (roots[1] - m.core.frame_base) / PAGE, 1, 0));
	assert_int_equal(frame_of(roots[1])->tag, 0);
	assert_int_equal(last_tag(), tags[1]);
}

static void tag_of_none(void **state)
{
	(void)state;
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		call(NACC_SBI_DISARM, i, 1, 0);
	assert_call(call(NACC_SBI_AS_CREATE, 12, 0, 0), NACC_SBI_ERR_NO_SHMEM,
		    NACC_REASON_EXHAUSTED);
	assert_int_equal(last_tag(), 0);
}

/* The page for self-tests: always refused, never on record, and no way to hide. */
static void selftest(void **state)
{
	nacc_u64 page = must(call(NACC_SBI_GET_INFO, NACC_INFO_SELFTEST, 0, 0)), buf = page_alloc();
	struct nacc_access a = access_of(NACC_OP_STORE, page, 5);

	(void)state;
	/* It is of the region, no frame, and nothing of the core's is in it. */
	assert_int_equal(page, m.core.frame_base - PAGE);
	assert_true(page >= m.core.shared + NACC_SHARED_SIZE);
	a.pc = OTHER_PC;
	for (int i = 1; i <= 3; i++) {
		a.pa = page + (i == 2 ? PAGE - 8 : 0);
		a.decode_reason = i == 3 ? NACC_REASON_NOT_A_STORE : 0;
		assert_int_not_equal(store(&a, NULL), 0);
		assert_int_equal(stat(NACC_STAT_SELFTESTS), i);
	}
	assert_int_equal(*page_at(page), 0);
	assert_int_equal(stat(NACC_STAT_REFUSED), 0);
	assert_int_equal(m.core.audit_next, 0);
	must(call(NACC_SBI_STATS, buf, 0, 0));
	for (int i = 0; i < NACC_REASON_MAX; i++)
		assert_int_equal(page_at(buf)[NACC_STAT_MAX + i], 0);
	/* Not a self-test: by a page-table writer, from U-mode, one byte beside it */
	a = access_of(NACC_OP_STORE, page, 5);
	assert_int_equal(store(&a, NULL), NACC_REASON_NOT_A_TABLE);
	a.pc = OTHER_PC;
	a.supervisor = 0;
	assert_int_equal(store(&a, NULL), NACC_REASON_PRIVILEGE);
	a.supervisor = 1;
	a.pa = page - 8;
	a.va = a.pa;
	a.base = a.pa;
	assert_int_equal(store(&a, NULL), NACC_REASON_NOT_A_TABLE);
	a.pa = page + PAGE;
	a.va = a.pa;
	a.base = a.pa;
	assert_int_equal(store(&a, NULL), NACC_REASON_NOT_A_TABLE);
	assert_int_equal(stat(NACC_STAT_SELFTESTS), 3);
	assert_int_equal(stat(NACC_STAT_REFUSED), 4);
	assert_int_equal(m.core.audit_next, 4);
}

/* The same store made again at once is not another refusal; if it is legal, it is done. */
static void once(void **state)
{
	struct nacc_access a = access_of(NACC_OP_STORE, table, PTE(FW_BASE, USER_RO));
	struct nacc_verdict verdict;

	(void)state;
	a.pc = OTHER_PC;
	assert_int_equal(store(&a, NULL), NACC_REASON_LEAF_FIRMWARE);
	a.again = 1;
	assert_int_equal(nacc_store(&m.core, &a, &verdict), NACC_REASON_LEAF_FIRMWARE);
	assert_int_equal(verdict.skip, 0);
	assert_int_equal(verdict.old, 0);
	assert_int_equal(stat(NACC_STAT_REFUSED), 1);
	assert_int_equal(stat(NACC_STAT_RETRIED), 1);
	assert_int_equal(stat(NACC_STAT_TRAPS), 2 + stat(NACC_STAT_STORES));
	assert_int_equal(m.core.reasons[NACC_REASON_LEAF_FIRMWARE], 1);
	assert_int_equal(m.core.audit_next, 1);
	a.again = 0;
	assert_int_equal(store(&a, NULL), NACC_REASON_LEAF_FIRMWARE);
	assert_int_equal(m.core.audit_next, 2);
	a = access_of(NACC_OP_STORE, table, PTE(DATA_PAGE, USER_RW));
	a.again = 1;
	assert_int_equal(store(&a, NULL), 0);
	assert_int_equal(*page_at(table), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(stat(NACC_STAT_RETRIED), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown)

static const struct CMUnitTest tests[] = {
	TEST(audit_record),
	TEST(audit_ring),
	TEST(record_tag),
	TEST(tag_of_none),
	TEST(selftest),
	TEST(once),
};

const struct suite audit_suite = {
	"audit", tests, ARRAY_SIZE(tests)
};
