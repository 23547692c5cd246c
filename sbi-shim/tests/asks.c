// SPDX-License-Identifier: BSD-2-Clause
/* See asks.h. */
#include "asks.h"

const struct taker takers[NR_TAKERS] = {
	{ "console write", DBCN, 0, 1, 0, 1, ~0UL, 0, INVALID_PARAM, NACC_DEPUTY_PASS },
	{ "console read", DBCN, 1, 1, 0, 1, ~0UL, 1, INVALID_PARAM, NACC_DEPUTY_PASS },
	{ "snapshot", PMU, 7, 0, -1, PAGE, 1, 1, INVALID_ADDRESS, NACC_DEPUTY_PASS },
	{ "event info", PMU, 8, 0, 2, 16, 4096, 1, INVALID_ADDRESS, NACC_DEPUTY_PASS },
	{ "read attributes", SSE, 0, 3, 2, 8, 10, 1, INVALID_ADDRESS, NACC_DEPUTY_PASS },
	{ "write attributes", SSE, 1, 3, 2, 8, 10, 0, INVALID_ADDRESS, NACC_DEPUTY_ATTRIBUTES },
};

struct nacc_ask ask_of(nacc_u64 eid, nacc_u64 fid)
{
	return (struct nacc_ask){ .eid = eid, .fid = fid, .pc = OTHER_PC, .time = 4711,
		.task = 815, .hart = 1 };
}

struct nacc_ask ask_range(const struct taker *t, nacc_u64 pa, nacc_u64 count)
{
	struct nacc_ask ask = ask_of(t->eid, t->fid);

	ask.arg[t->addr] = pa;
	if (t->count >= 0)
		ask.arg[t->count] = count;
	return ask;
}

enum nacc_deputy judge(const struct nacc_ask *ask, struct nacc_ret *ret)
{
	*ret = (struct nacc_ret){ 7, 8 };
	return nacc_deputy(&m.core, ask, ret);
}

void assert_passes(const char *what, const struct nacc_ask *ask, int then)
{
	nacc_u64 refused = m.core.reasons[NACC_REASON_DEPUTY], next = m.core.audit_next;
	struct nacc_ret ret;
	int is = judge(ask, &ret);

	if (is != then || ret.error != 7 || ret.value != 8)
		fail_msg("%s: %#llx: %d, not %d", what, (unsigned long long)ask->eid, is, then);
	assert_int_equal(m.core.reasons[NACC_REASON_DEPUTY], refused);
	assert_int_equal(m.core.audit_next, next);
}

void assert_refused(const char *what, const struct nacc_ask *ask, long error)
{
	nacc_u64 refused = m.core.reasons[NACC_REASON_DEPUTY], stores = stat(NACC_STAT_REFUSED);
	struct nacc_ret ret;
	int is = judge(ask, &ret);

	if (is != NACC_DEPUTY_ANSWER || ret.error != error || ret.value)
		fail_msg("%s: %#llx %llu: %d, error %ld, not %ld", what,
			 (unsigned long long)ask->eid, (unsigned long long)ask->fid, is,
			 ret.error, error);
	assert_int_equal(m.core.reasons[NACC_REASON_DEPUTY], refused + 1);
	assert_int_equal(stat(NACC_STAT_REFUSED), stores);
}

/* Some firmware in the middle, a second bank; the set-up is not locked yet. */
int setup_banks(void **state)
{
	(void)state;
	machine_boot(SV39, POOL_SIZE);
	m.core.layout.firmware[1] = (struct nacc_span){ FW2_BASE, FW2_BASE + FW2_SIZE };
	m.core.layout.nr_firmware = 2;
	m.core.layout.ram[1] = (struct nacc_span){ BANK2, BANK2 + BANK2_SIZE };
	m.core.layout.nr_ram = 2;
	return 0;
}

int setup_locked(void **state)
{
	setup_banks(state);
	setup_content();
	must(do_setup());
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	return 0;
}
