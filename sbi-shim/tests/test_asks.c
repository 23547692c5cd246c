// SPDX-License-Identifier: BSD-2-Clause
/*
 * I16: which calls of other extensions can be made at all, and what is remembered of
 * those that cannot.
 */
#include "asks.h"
#include "state.h"

static void known_functions(void **state)
{
	static const struct {
		nacc_u64 eid, last;
	} all[] = {
		{ 0x10, 6 }, { 0x54494d45, 0 }, { 0x735049, 0 }, { 0x52464e43, 6 },
		{ 0x48534d, 3 }, { 0x53525354, 0 }, { 0x53555350, 0 }, { 0x43505043, 3 },
		{ 0x46574654, 1 }, { PMU, 8 }, { DBCN, 2 }, { SSE, 9 }, { DBTR, 7 },
		{ NACC_SBI_EID, 255 },
	};
	static const nacc_u64 beyond[] = { 1, 2, 256, 1UL << 32, 1UL << 63, ~0UL };
	struct nacc_ret ret;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		for (nacc_u64 fid = 0; fid <= all[i].last; fid++) {
			struct nacc_ask ask = ask_of(all[i].eid, fid);

			/* Good for each: one counter, one byte, one attribute, ... */
			for (int a = 0; a < 6; a++)
				ask.arg[a] = 0;
			if (all[i].eid == PMU)
				ask.arg[0] = fid == 2 ? 0 : HEAP_BASE;
			if (all[i].eid == PMU && fid == 2)
				ask.arg[1] = 1;
			if (judge(&ask, &ret) == NACC_DEPUTY_ANSWER && ret.error)
				fail_msg("%#llx %llu is not offered",
					 (unsigned long long)ask.eid, (unsigned long long)fid);
		}
		for (size_t b = 0; b < ARRAY_SIZE(beyond); b++) {
			struct nacc_ask ask = ask_of(all[i].eid, all[i].last + beyond[b]);

			if (beyond[b] == ~0UL && all[i].last)
				continue;
			assert_refused("a function that is not known", &ask, NOT_SUPPORTED);
		}
		assert_true(nacc_deputy_offers(all[i].eid));
		assert_false(nacc_deputy_offers(all[i].eid | 1UL << 32));
	}
	for (nacc_u64 eid = 0; eid <= 8; eid++) {
		struct nacc_ask ask = ask_of(eid, ~0UL);

		assert_passes("legacy", &ask, NACC_DEPUTY_PASS);
		assert_true(nacc_deputy_offers(eid));
	}
}

static const nacc_u64 unknown[] = {
	9, 0xf, 0x11, MPXY, STA, NACL, 0x08000000, NACC_SBI_EID + 1, 0x09000000, 0x0900031e,
	0x0a000000, 1UL << 32, DBCN | 1UL << 32, ~0UL,
};

static void unknown_extensions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		struct nacc_ask ask = ask_of(BASE, 3);
		struct nacc_ret ret;

		/* A probe says that it is not there; that is no offence. */
		ask.arg[0] = unknown[i];
		assert_int_equal(judge(&ask, &ret), NACC_DEPUTY_ANSWER);
		assert_call(ret, 0, 0);
		assert_false(nacc_deputy_offers(unknown[i]));
		assert_int_equal(m.core.reasons[NACC_REASON_DEPUTY], 3 * i);
		for (nacc_u64 fid = 0; fid < 3; fid++) {
			ask = ask_of(unknown[i], fid);
			ask.arg[0] = HEAP_BASE;
			assert_refused("an extension that is not known", &ask, NOT_SUPPORTED);
		}
	}
	for (size_t i = 0; i < NR_TAKERS; i++) {
		struct nacc_ask ask = ask_of(BASE, 3);

		ask.arg[0] = takers[i].eid;
		assert_passes("a probe", &ask, NACC_DEPUTY_PASS);
	}
}

static void match(nacc_u64 base, nacc_u64 mask, nacc_u64 flags, nacc_u64 event, int ok)
{
	struct nacc_ask ask = ask_of(PMU, 2);

	ask.arg[0] = base;
	ask.arg[1] = mask;
	ask.arg[2] = flags;
	ask.arg[3] = event;
	if (ok)
		assert_passes("counters", &ask, NACC_DEPUTY_PASS);
	else
		assert_refused("counters", &ask, INVALID_PARAM);
}

static void counters(void **state)
{
	(void)state;
	match(0, ~0UL, 0, 1, 1);
	match(0, 1, 0, 1, 1);
	match(0, 0, 0, 1, 0);
	match(63, 1, 0, 1, 1);
	match(63, 2, 0, 1, 0);
	match(63, 3, 0, 1, 0);
	match(64, 1, 0, 1, 0);
	match(10, 1UL << 53, 0, 1, 1);
	match(10, 1UL << 54, 0, 1, 0);
	for (nacc_u64 back = 1; back <= 64; back++)
		match(0 - back, 1UL << 63, 0, 1, 0);
	match(1UL << 32, 1, 0, 1, 0);
	/* Skip the matching: for the hart's own counters. */
	match(0, 1, 1, 1, 1);
	match(0, 1, 1, 0xf0000, 0);
	match(0, 1, 1, 0x10000, 1);
	/* The firmware's: found from 0 on */
	match(0, ~0UL, 0, 0xf0000, 1);
	match(0, ~0UL, 6, 0xf0015, 1);
	match(1, 1UL << 20, 0, 0xf0000, 0);
	match(1, 1UL << 20, 0, 0x20000, 1);
	match(0, ~0UL, 0, 0xfffff, 0);
	match(0, ~0UL, 0, 0xfffffffffffffffe, 1);
}

static void debug_triggers(void **state)
{
	struct nacc_ask ask;

	(void)state;
	for (nacc_u64 fid = 0; fid < 8; fid++) {
		ask = ask_of(DBTR, fid);
		ask.arg[0] = POOL_BASE;
		assert_passes("debug triggers", &ask, fid < 1 || fid > 4 ? NACC_DEPUTY_PASS :
			      NACC_DEPUTY_TRIGGERS);
	}
}

static void record(void **state)
{
	struct nacc_ask ask = ask_range(&takers[3], POOL_BASE - 16, 2);
	struct nacc_sbi_audit *rec = (void *)page_at(page_alloc());
	nacc_u64 buf = m.heap - PAGE;
	struct nacc_ret ret;

	(void)state;
	assert_refused("record", &ask, INVALID_ADDRESS);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 1);
	assert_int_equal(rec->seq, 0);
	assert_int_equal(rec->time, 4711);
	assert_int_equal(rec->pc, OTHER_PC);
	assert_int_equal(rec->addr, POOL_BASE - 16);
	assert_int_equal(rec->old, PMU);
	assert_int_equal(rec->val, 2);
	assert_int_equal(rec->root, 0);
	assert_int_equal(rec->owner_pa, 0);
	assert_int_equal(rec->reason, NACC_REASON_DEPUTY);
	assert_int_equal(rec->insn, 8);
	assert_int_equal(rec->hart, 1);
	assert_int_equal(rec->level, 0);
	assert_int_equal(rec->flags, NACC_AUDIT_CALL);
	assert_int_equal(rec->task, 815);
	assert_int_equal(rec->tag, 0);
	/* One that the glue refuses itself */
	ret = nacc_deputy_refuse(&m.core, &ask, POOL_BASE, 3, NACC_SBI_ERR_BAD_RANGE);
	assert_call(ret, NACC_SBI_ERR_BAD_RANGE, 0);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 1, buf, 0)), 1);
	assert_int_equal(rec->addr, POOL_BASE);
	assert_int_equal(rec->val, 3);
	assert_int_equal(m.core.reasons[NACC_REASON_DEPUTY], 2);
}

static nacc_u64 read_all(nacc_u64 buf, nacc_u64 *calls)
{
	const struct nacc_sbi_audit *rec = (void *)page_at(buf);
	nacc_u64 seq = 0, n, total = 0;

	*calls = 0;
	while ((n = must(call(NACC_SBI_AUDIT, seq, buf, 0)))) {
		for (nacc_u64 i = 0; i < n; i++) {
			/* In order, each once */
			assert_true(rec[i].seq >= seq);
			seq = rec[i].seq + 1;
			*calls += rec[i].reason == NACC_REASON_DEPUTY;
		}
		total += n;
	}
	assert_int_equal(seq, m.core.audit_next);
	return total;
}

/* Neither stores nor calls push out records of the other. */
static void two_rings(void **state)
{
	struct nacc_ask ask = ask_range(&takers[0], POOL_BASE, 1);
	struct nacc_access a = access_of(NACC_OP_STORE, POOL_BASE, 1);
	nacc_u64 buf = page_alloc(), calls;
	struct nacc_ret ret;

	(void)state;
	a.supervisor = 0;
	assert_int_equal(read_all(buf, &calls), 0);
	for (int i = 0; i < 10; i++) {
		store(&a, NULL);
		judge(&ask, &ret);
	}
	assert_int_equal(read_all(buf, &calls), 20);
	assert_int_equal(calls, 10);
	for (int i = 0; i < 10000; i++)
		judge(&ask, &ret);
	assert_int_equal(m.core.reasons[NACC_REASON_DEPUTY], 10010);
	assert_int_equal(read_all(buf, &calls), 10 + NACC_AUDIT_CALLS);
	assert_int_equal(calls, NACC_AUDIT_CALLS);
	for (int i = 0; i < 1000; i++)
		store(&a, NULL);
	assert_int_equal(read_all(buf, &calls), NACC_AUDIT_RECORDS + NACC_AUDIT_CALLS);
	assert_int_equal(calls, NACC_AUDIT_CALLS);
	judge(&ask, &ret);
	store(&a, NULL);
	assert_int_equal(read_all(buf, &calls), NACC_AUDIT_RECORDS + NACC_AUDIT_CALLS);
	/* The numbers go on: what is read is what is there from one of them on. */
	assert_int_equal(must(call(NACC_SBI_AUDIT, m.core.audit_next - 1, buf, 0)), 1);
	assert_int_equal(must(call(NACC_SBI_AUDIT, m.core.audit_next - 2, buf, 0)), 2);
	assert_int_equal(must(call(NACC_SBI_AUDIT, m.core.audit_next, buf, 0)), 0);
}

/* Neither self-tests nor frames nor records are there, however large the region is. */
static void shared_memory(void **state)
{
	(void)state;
	for (nacc_u64 size = 256 << 10; size <= 8 << 20; size *= 2) {
		struct nacc_core *core = &m.core;
		nacc_u8 *records, *end;

		machine_boot(SV39, size);
		records = (nacc_u8 *)core->frames;
		end = (nacc_u8 *)page_at(POOL_BASE) + size;
		assert_int_equal(core->shared, POOL_BASE);
		assert_true(core->shared + NACC_SHARED_SIZE <= nacc_selftest_page(core));
		assert_int_equal(nacc_selftest_page(core) + PAGE, core->frame_base);
		assert_true(records >= (nacc_u8 *)page_at(frame_address(core->nr_frames)));
		assert_true(records >= end - size / NACC_RECORDS_SHARE);
		assert_true((nacc_u8 *)&core->frames[core->nr_frames] <= end);
		machine_off();
	}
}

static const struct CMUnitTest tests[] = {
	BOOTED(known_functions),
	BOOTED(unknown_extensions),
	BOOTED(counters),
	BOOTED(debug_triggers),
	BOOTED(record),
	LOCKED(two_rings),
	cmocka_unit_test(shared_memory),
};

const struct suite asks_suite = {
	"asks", tests, ARRAY_SIZE(tests)
};
