// SPDX-License-Identifier: BSD-2-Clause
/*
 * I16: calls of other extensions. Each function that takes memory, with each range
 * that is not its caller's to name, and the nearest that is.
 */
#include "deputy.h"
#include "machine.h"

#define FW2_BASE	0x80500000UL		/* firmware in the middle of RAM */
#define FW2_SIZE	0x00010000UL
#define BANK2		0x90000000UL		/* another bank, apart */
#define BANK2_SIZE	0x00010000UL
#define POOL_SIZE	(1UL << 20)
#define WRITER_PA	(IMAGE_BASE + 0x2000)	/* of WRITER_PC */

#define INVALID_PARAM	(-3)
#define INVALID_ADDRESS	(-5)
#define NOT_SUPPORTED	(-2)

#define BASE		0x10
#define PMU		0x504d55
#define DBCN		0x4442434e
#define SSE		0x535345
#define DBTR		0x44425452
#define MPXY		0x4d505859
#define STA		0x535441
#define NACL		0x4e41434c

/**
 * struct taker - a function that takes memory, as the specification has it
 * @addr: argument that is the address
 * @count: argument that is the count, or -1
 * @unit: bytes of each
 * @max: most of them
 * @write: M-mode writes
 * @error: for a range that is not the caller's
 * @then: enum nacc_deputy of a good call
 */
struct taker {
	const char *name;
	nacc_u64 eid;
	nacc_u64 fid;
	int addr;
	int count;
	nacc_u64 unit;
	nacc_u64 max;
	int write;
	long error;
	int then;
};

static const struct taker takers[] = {
	{ "console write", DBCN, 0, 1, 0, 1, ~0UL, 0, INVALID_PARAM, NACC_DEPUTY_PASS },
	{ "console read", DBCN, 1, 1, 0, 1, ~0UL, 1, INVALID_PARAM, NACC_DEPUTY_PASS },
	{ "snapshot", PMU, 7, 0, -1, PAGE, 1, 1, INVALID_ADDRESS, NACC_DEPUTY_PASS },
	{ "event info", PMU, 8, 0, 2, 16, 4096, 1, INVALID_ADDRESS, NACC_DEPUTY_PASS },
	{ "read attributes", SSE, 0, 3, 2, 8, 10, 1, INVALID_ADDRESS, NACC_DEPUTY_PASS },
	{ "write attributes", SSE, 1, 3, 2, 8, 10, 0, INVALID_ADDRESS, NACC_DEPUTY_ATTRIBUTES },
};

static struct nacc_ask ask_of(nacc_u64 eid, nacc_u64 fid)
{
	return (struct nacc_ask){ .eid = eid, .fid = fid, .pc = OTHER_PC, .time = 4711, .hart = 1 };
}

static struct nacc_ask ask_range(const struct taker *t, nacc_u64 pa, nacc_u64 count)
{
	struct nacc_ask ask = ask_of(t->eid, t->fid);

	ask.arg[t->addr] = pa;
	if (t->count >= 0)
		ask.arg[t->count] = count;
	return ask;
}

static enum nacc_deputy judge(const struct nacc_ask *ask, struct nacc_ret *ret)
{
	*ret = (struct nacc_ret){ 7, 8 };
	return nacc_deputy(&m.core, ask, ret);
}

static void assert_passes(const char *what, const struct nacc_ask *ask, int then)
{
	nacc_u64 refused = m.core.reasons[NACC_REASON_DEPUTY], next = m.core.audit_next;
	struct nacc_ret ret;
	int is = judge(ask, &ret);

	if (is != then || ret.error != 7 || ret.value != 8)
		fail_msg("%s: %#llx: %d, not %d", what, (unsigned long long)ask->eid, is, then);
	assert_int_equal(m.core.reasons[NACC_REASON_DEPUTY], refused);
	assert_int_equal(m.core.audit_next, next);
}

static void assert_refused(const char *what, const struct nacc_ask *ask, long error)
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
static int setup_banks(void **state)
{
	(void)state;
	machine_boot(SV39, POOL_SIZE);
	m.core.layout.firmware[1] = (struct nacc_span){ FW2_BASE, FW2_BASE + FW2_SIZE };
	m.core.layout.nr_firmware = 2;
	m.core.layout.ram[1] = (struct nacc_span){ BANK2, BANK2 + BANK2_SIZE };
	m.core.layout.nr_ram = 2;
	return 0;
}

static int setup_locked(void **state)
{
	setup_banks(state);
	setup_content();
	must(do_setup());
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	return 0;
}

/* Ends of what S-mode may name, from below: [LAST - size, LAST) is right. */
static const nacc_u64 ends[] = {
	FW2_BASE, POOL_BASE, RAM_BASE + RAM_SIZE, BANK2 + BANK2_SIZE,
};

/* From above: [FIRST, FIRST + size) is right. */
static const nacc_u64 begins[] = {
	FW_BASE + FW_SIZE, FW2_BASE + FW2_SIZE, POOL_BASE + POOL_SIZE, BANK2,
};

/* Nothing of these is. */
static const nacc_u64 forbidden[] = {
	0, 0x1000, 0x10000000 /* a device */, FW_BASE, FW_BASE + FW_SIZE - 1, FW2_BASE + 8,
	POOL_BASE, POOL_BASE + 64, POOL_BASE + POOL_SIZE - 1, RAM_BASE + RAM_SIZE, 1UL << 55,
	1UL << 56, 1UL << 63, ~0UL, ~0UL - 7, ~0UL - 4095,
};

static nacc_u64 some(const struct taker *t)
{
	return t->count < 0 ? 1 : t->max < 9 ? t->max : 9;
}

static void at_the_edges(const struct taker *t)
{
	nacc_u64 count = some(t), size = count * t->unit;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct nacc_ask ask = ask_range(t, ends[i] - size, count);

		assert_passes("up to an end", &ask, t->then);
		ask = ask_range(t, ends[i] - size + 1, count);
		assert_refused("one byte over an end", &ask, t->error);
		ask = ask_range(t, ends[i] - 1, count);
		assert_refused("one byte before an end", &ask, t->error);
	}
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		struct nacc_ask ask = ask_range(t, begins[i], count);

		assert_passes("from a beginning", &ask, t->then);
		ask = ask_range(t, begins[i] - 1, count);
		assert_refused("one byte before a beginning", &ask, t->error);
	}
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++) {
		struct nacc_ask ask = ask_range(t, forbidden[i], count);

		assert_refused("begins where it must not", &ask, t->error);
	}
}

/* Over the whole of the pool, the second firmware, both banks. */
static void around(const struct taker *t)
{
	static const nacc_u64 spans[][2] = {
		{ POOL_BASE - 16, POOL_BASE + POOL_SIZE + 16 },
		{ FW2_BASE - 16, FW2_BASE + FW2_SIZE + 16 },
		{ RAM_BASE + RAM_SIZE - 16, BANK2 + 16 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		nacc_u64 count = (spans[i][1] - spans[i][0]) / t->unit;
		struct nacc_ask ask = ask_range(t, spans[i][0], count);

		if (t->count >= 0)
			assert_refused("around", &ask, count > t->max ? INVALID_PARAM : t->error);
	}
}

static void numbers(const struct taker *t)
{
	static const nacc_u64 near[] = { 1UL << 31, 1UL << 32, 1UL << 60, 1UL << 61, 1UL << 63, 0 };
	nacc_u64 pa = HEAP_BASE;

	for (size_t i = 0; t->count >= 0 && i < ARRAY_SIZE(near); i++) {
		for (nacc_u64 d = 0; d < 24; d++) {
			nacc_u64 counts[] = { near[i] - 1 - d, near[i] + d };

			for (size_t c = 0; c < 2; c++) {
				struct nacc_ask ask = ask_range(t, pa, counts[c]);

				if (counts[c] < 24)
					continue;
				assert_refused("a count", &ask, t->max == ~0UL ? t->error :
					       INVALID_PARAM);
			}
		}
	}
	/* Sums that wrap: to where it begins, to zero, to just before. */
	for (nacc_u64 d = 0; t->count >= 0 && t->unit == 1 && d < 64; d++) {
		struct nacc_ask ask = ask_range(t, pa, 0 - pa + d);

		assert_refused("a sum that wraps", &ask, t->error);
		ask = ask_range(t, pa, 0 - d - 1);
		assert_refused("a sum that wraps", &ask, t->error);
	}
}

static void ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		at_the_edges(&takers[i]);
		around(&takers[i]);
		numbers(&takers[i]);
	}
}

static void counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		const struct taker *t = &takers[i];
		struct nacc_ask ask = ask_range(t, HEAP_BASE, t->max);

		if (t->count < 0 || t->max == ~0UL)
			continue;
		assert_passes("as many as there may be", &ask, t->then);
		ask = ask_range(t, HEAP_BASE, t->max + 1);
		assert_refused("one more", &ask, INVALID_PARAM);
		/* Nothing touches nothing: what that means is the handler's affair. */
		ask = ask_range(t, POOL_BASE, 0);
		assert_passes("none", &ask, t->then);
	}
	/* A whole bank in one go */
	struct nacc_ask ask = ask_range(&takers[0], BANK2, BANK2_SIZE);

	assert_passes("a bank", &ask, NACC_DEPUTY_PASS);
}

static void upper_halves(void **state)
{
	static const nacc_u64 high[] = { 1, 1UL << 32, ~0UL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		for (size_t h = 0; h < ARRAY_SIZE(high); h++) {
			struct nacc_ask ask = ask_range(&takers[i], HEAP_BASE, 1);

			ask.arg[takers[i].addr + 1] = high[h];
			assert_refused("upper half", &ask, takers[i].error);
		}
	}
}

/* All ones: "no memory any more", where there is such a thing */
static void no_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		struct nacc_ask ask = ask_range(&takers[i], ~0UL, 1);

		ask.arg[takers[i].addr + 1] = ~0UL;
		if (takers[i].eid == PMU && takers[i].fid == 7)
			assert_passes("no memory", &ask, NACC_DEPUTY_PASS);
		else
			assert_refused("no memory", &ask, takers[i].error);
		ask.arg[takers[i].addr] = HEAP_BASE;
		assert_refused("upper half of none", &ask, takers[i].error);
	}
}

static void code(int write, nacc_u64 pa, nacc_u64 len, int ok)
{
	assert_int_equal(nacc_deputy_ok(&m.core, pa, len, write), ok);
}

/* What M-mode must not write once rules are made of it; it may read it. */
static void what_rules_are_made_of(void **state)
{
	static const nacc_u64 spans[][2] = {
		{ WRITER_PA - 0x1000, WRITER_PA - 0xf00 },
		{ WRITER_PA, WRITER_PA + 0x102 },
		{ VDSO_BASE, VDSO_BASE + VDSO_SIZE },
	};
	int locked = !!m.core.locked;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		nacc_u64 start = spans[i][0], end = spans[i][1];

		for (int write = 0; write < 2; write++) {
			code(write, start - 8, 8, 1);
			code(write, start - 8, 9, !write || !locked);
			code(write, start, 1, !write || !locked);
			code(write, end - 1, 1, !write || !locked);
			code(write, end - 1, 9, !write || !locked);
			code(write, start - 8, end - start + 16, !write || !locked);
			code(write, end, 8, 1);
		}
	}
	/* The rest of the image is the kernel's affair, and so is what was given back. */
	code(1, IMAGE_BASE, 0x800, 1);
	code(1, KERNEL_ROOT - 0x100, 8, 1);
	code(1, FREED_BASE, FREED_SIZE, 1);
	code(1, IMAGE_BASE + IMAGE_SIZE - 8, 16, 1);
}

/* Each function by what it does: write or read. */
static void code_by_function(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		struct nacc_ask ask = ask_range(&takers[i], WRITER_PA, 8);

		if (takers[i].write)
			assert_refused("code of a writer", &ask, takers[i].error);
		else
			assert_passes("code of a writer", &ask, takers[i].then);
	}
}

/* A writer that is no part of the image has no place in physical memory. */
static void writers_elsewhere(void **state)
{
	struct nacc_sbi_setup *s = m.core.setup;

	(void)state;
	code(1, WRITER_PA, 8, 0);
	s->image_va += 0x100000000UL;
	code(1, WRITER_PA, 8, 1);
	s->image_va = WRITER_PC + 1 - IMAGE_SIZE;
	code(1, IMAGE_BASE + IMAGE_SIZE - 1, 1, 0);
	code(1, IMAGE_BASE + IMAGE_SIZE - 2, 1, 1);
	s->image_va--;
	code(1, IMAGE_BASE + IMAGE_SIZE - 1, 1, 1);
}

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
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
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

static void triggers(void **state)
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

/* Half of the page for self-tests is nobody else's, however large the region is. */
static void shared_memory(void **state)
{
	(void)state;
	for (nacc_u64 size = 256 << 10; size <= 8 << 20; size *= 2) {
		struct nacc_core *core = &m.core;
		nacc_u64 page, start, records;

		machine_boot(SV39, size);
		page = must(call(NACC_SBI_GET_INFO, NACC_INFO_SELFTEST, 0, 0));
		start = core->shared;
		records = POOL_BASE + core->nr_frames * sizeof(struct nacc_frame) +
			  2 * NACC_SBI_SETUP_MAX;
		assert_true(start >= records && start % 8 == 0);
		assert_true(start > page && start + NACC_SHARED_SIZE <= page + PAGE);
		assert_true(start + NACC_SHARED_SIZE <= core->frame_base);
		machine_off();
	}
}

#define BOOTED(f) cmocka_unit_test_setup_teardown(f, setup_banks, teardown)
#define LOCKED(f) { #f " locked", f, setup_locked, teardown, NULL }

static const struct CMUnitTest tests[] = {
	BOOTED(ranges),
	LOCKED(ranges),
	BOOTED(counts),
	BOOTED(upper_halves),
	BOOTED(no_memory),
	BOOTED(what_rules_are_made_of),
	LOCKED(what_rules_are_made_of),
	LOCKED(code_by_function),
	LOCKED(writers_elsewhere),
	BOOTED(known_functions),
	BOOTED(unknown_extensions),
	BOOTED(counters),
	BOOTED(triggers),
	BOOTED(record),
	LOCKED(two_rings),
	cmocka_unit_test(shared_memory),
};

const struct suite deputy_suite = {
	"deputy", tests, ARRAY_SIZE(tests)
};
