// SPDX-License-Identifier: BSD-2-Clause
/*
 * I16: calls of other extensions. Each function that takes memory, with each range
 * that is not its caller's to name, and the nearest that is.
 */
#include "asks.h"

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
	for (size_t i = 0; i < NR_TAKERS; i++) {
		at_the_edges(&takers[i]);
		around(&takers[i]);
		numbers(&takers[i]);
	}
}

static void counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_TAKERS; i++) {
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
	for (size_t i = 0; i < NR_TAKERS; i++) {
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
	for (size_t i = 0; i < NR_TAKERS; i++) {
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
	for (size_t i = 0; i < NR_TAKERS; i++) {
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
};

const struct suite deputy_suite = {
	"deputy", tests, ARRAY_SIZE(tests)
};
