// SPDX-License-Identifier: BSD-2-Clause
/*
 * Hostile S-mode: random calls and stores, half of them nearly right, and the
 * independent checker over the whole machine every so often.
 */
#include "lock.h"
#include "machine.h"

#define STEPS		1000000
#define CHECK_EVERY	256

static nacc_u64 seed;

static nacc_u64 below(nacc_u64 n)
{
	return (rnd(&seed) >> 16) % n;
}

/* A frame of this type, if the dice find one. */
static nacc_u64 some_frame(unsigned int type)
{
	nacc_u32 i = below(m.core.nr_frames);

	for (nacc_u32 n = 0; n < m.core.nr_frames; n++) {
		if (m.core.frames[i].type == type)
			return frame_address(i);
		i = (i + 1) % m.core.nr_frames;
	}
	return frame_address(i);
}

static nacc_u64 any_address(void)
{
	static const nacc_u64 odd[] = {
		0, FW_BASE, IMAGE_BASE, KERNEL_ROOT, VDSO_BASE, FREED_BASE,
		POOL_BASE, RAM_BASE + RAM_SIZE, RAM_BASE + RAM_SIZE - PAGE,
		~0UL, -PAGE, 1UL << 63, DATA_PAGE, HEAP_END - PAGE,
	};

	switch (below(4)) {
	case 0:
		return odd[below(ARRAY_SIZE(odd))];
	case 1:
		return frame_address(below(m.core.nr_frames + 2)) - PAGE;
	case 2:
		return rnd(&seed);
	default:
		return HEAP_BASE + below(64) * PAGE + (below(8) ? 0 : below(PAGE));
	}
}

/* Scratch pages of S-mode, dirty with what was there before. */
static nacc_u64 scratch(void)
{
	return HEAP_BASE + PAGE * (8 + below(8));
}

/* A page that an adoption can only like. */
static nacc_u64 blank_page(void)
{
	memset(page_at(HEAP_BASE + 32 * PAGE), 0, PAGE);
	return HEAP_BASE + 32 * PAGE;
}

/* A table that could be linked, or any other. */
static nacc_u64 some_unlinked(void)
{
	for (int n = 0; n < 32; n++) {
		nacc_u64 pa = some_frame(NACC_FRAME_TABLE);

		if (frame_of(pa)->parent == NACC_FRAME_NONE)
			return pa;
	}
	return some_frame(NACC_FRAME_TABLE);
}

static nacc_u64 any_pte(void)
{
	switch (below(9)) {
	case 0:
		return 0;
	case 1:
		return rnd(&seed) & ~1UL;
	case 2:
		return rnd(&seed);
	case 3:
		return LINK(below(2) ? some_unlinked() :
			    some_frame(NACC_FRAME_TABLE));
	case 4:
		return LINK(any_address());
	case 5:
		return LINK(below(2) ? scratch() : blank_page());
	case 6:
		return PTE(any_address(), rnd(&seed) & 0x3ff);
	case 7:
		return PTE(DATA_PAGE & ~0x3fffffffUL, USER_RW) + (4UL << 28);
	default:
		return PTE(DATA_PAGE + below(16) * PAGE, USER_RW);
	}
}

static void dirty_scratch(void)
{
	nacc_u64 *e = page_at(scratch());

	memset(e, 0, PAGE);
	for (nacc_u64 n = below(4); n; n--)
		e[below(4) ? below(8) : below(512)] = any_pte();
}

/* What a bit of the machine must look like after a store that was performed. */
static int entry_sane(nacc_u64 pa)
{
	nacc_u64 pte = *page_at(pa);

	if ((pte & V) && (pte & (R | W | X)))
		return (pte & U) && !(pte >> 54);
	return 1;
}

static void random_store(void)
{
	struct nacc_access a = access_of(below(10), 0, any_pte());
	nacc_u64 old, slot = below(4) ? below(8) : below(512);
	unsigned int result;

	a.pa = some_frame(below(3) ? NACC_FRAME_TABLE : NACC_FRAME_ROOT) +
	       slot * 8;
	if (!below(16))
		a.pa = any_address();
	if (!below(16))
		a.pc = OTHER_PC;
	if (!below(32))
		a.supervisor = 0;
	if (!below(32))
		a.decoded.width = 1 << below(4);
	if (a.decoded.op != NACC_OP_STORE && below(2))
		a.operand = rnd(&seed) >> below(64);
	result = store(&a, &old);
	if (result == NACC_REASON_NONE) {
		assert_true(a.pc != OTHER_PC && a.supervisor);
		assert_true(entry_sane(a.pa));
	}
	assert_true(result < NACC_REASON_MAX);
}

static void random_call(void)
{
	nacc_u64 fid = below(NACC_SBI_FID_MAX + 1);
	nacc_u64 root = some_frame(NACC_FRAME_ROOT);
	nacc_u64 first = below(m.core.nr_frames), n = 1 + below(8);
	nacc_u64 a0 = first, a1 = n, a2 = scratch();

	switch (fid) {
	case NACC_SBI_FENCE:
		if (below(4) == 0)
			nacc_fence_begin(&m.core);
		else
			fence();
		return;
	case NACC_SBI_SETUP:
		/* Never with the right content by chance: replay is its own test. */
		a0 = any_address();
		a1 = below(2) ? m.setup_len : below(NACC_SBI_SETUP_MAX * 2);
		break;
	case NACC_SBI_TABLE_ADOPT:
		a0 = root;
		a1 = below(top() + 1);
		if (below(2))
			a2 = blank_page();
		break;
	case NACC_SBI_TABLE_NEW:
		a0 = root;
		break;
	case NACC_SBI_AS_FILL:
		a0 = root;
		a1 = below(2) ? blank_page() : scratch();
		break;
	case NACC_SBI_MERGE_AD:
		a0 = below(2) ? root : some_frame(NACC_FRAME_TABLE);
		a1 = scratch();
		break;
	case NACC_SBI_AS_CREATE:
		/* Roots must not eat up the pool. */
		if (stat(NACC_STAT_FRAMES_ROOT) > m.core.nr_frames / 4)
			return;
		a1 = below(2);
		break;
	case NACC_SBI_TABLE_LINK:
		a0 = some_frame(below(2) ? NACC_FRAME_TABLE : NACC_FRAME_ROOT);
		a1 = below(8);
		break;
	case NACC_SBI_UNLINK:
		a0 = some_frame(below(2) ? NACC_FRAME_TABLE : NACC_FRAME_ROOT);
		a1 = below(8) | (1 + below(16)) << 16;
		break;
	case NACC_SBI_AS_RETIRE:
		if (below(4))
			return;
		a0 = root;
		a1 = below(2) ? scratch() : 0;
		break;
	case NACC_SBI_TAKE:
	case NACC_SBI_WRITE_PROTECT:
	case NACC_SBI_EXCHANGE:
	case NACC_SBI_FORK:
		a0 = some_frame(NACC_FRAME_TABLE);
		a1 = below(16) | (1 + below(16)) << 16;
		a2 = scratch();
		break;
	case NACC_SBI_UNLINKED:
		a0 = scratch();
		break;
	case NACC_SBI_PAGE_OPEN:
		/* Nor pages. */
		if (stat(NACC_STAT_FRAMES_PAGE) > 2)
			return;
		break;
	case NACC_SBI_PAGE_CLOSE:
		a0 = some_frame(NACC_FRAME_PAGE);
		break;
	case NACC_SBI_AS_PAGE:
		a0 = root;
		a1 = some_frame(NACC_FRAME_PAGE);
		break;
	case NACC_SBI_TABLE_RELEASE:
	case NACC_SBI_TABLE_CHECK:
		a0 = some_frame(NACC_FRAME_TABLE);
		break;
	case NACC_SBI_DRAIN:
	case NACC_SBI_STATS:
		a0 = scratch();
		break;
	case NACC_SBI_AUDIT:
		a1 = scratch();
		break;
	}
	if (!below(8))
		a0 = any_address();
	if (!below(8))
		a1 = any_address();
	if (!below(8))
		a2 = any_address();
	call4(fid, a0, a1, a2, some_frame(NACC_FRAME_TABLE));
}

/* Bring frames round, so that the run does not die of exhaustion. */
static void recycle(void)
{
	while (must(call(NACC_SBI_DRAIN, scratch(), 0, 0)))
		;
	fence();
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_RECLAIM, i, 1, 0));
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_ARM, i, 1, 0));
}

static void random_ad(void)
{
	nacc_u64 satp = (nacc_u64)m.mode << 60 |
			some_frame(NACC_FRAME_ROOT) >> 12;

	nacc_set_ad(&m.core, below(8) ? satp : rnd(&seed),
		    below(8) ? below(8 * PAGE) : rnd(&seed), below(2), below(2));
}

static void run(nacc_u32 mode, int steps)
{
	nacc_u64 performed;

	machine_ready(mode, 1 << 18);
	m.heap = HEAP_BASE + 256 * PAGE;
	for (nacc_u64 pa = HEAP_BASE; pa < m.heap; pa += PAGE)
		if (pa != m.setup_pa)
			memset(page_at(pa), 0, PAGE);
	for (int i = 0; i < 4; i++)
		new_table(new_as(), 0);
	for (int step = 0; step < steps; step++) {
		const char *what;

		switch (below(8)) {
		case 0:
		case 1:
			random_call();
			break;
		case 2:
			dirty_scratch();
			break;
		case 3:
			random_ad();
			break;
		default:
			random_store();
		}
		if (step % 512 == 0)
			recycle();
		if (step % CHECK_EVERY)
			continue;
		what = check_machine();
		if (what)
			fail_msg("step %d: %s", step, what);
	}
	performed = stat(NACC_STAT_STORES) + stat(NACC_STAT_AMOS);
	print_message("             Sv%u: %lu stores performed, %lu refused\n",
		      mode * 9 - 33, performed, stat(NACC_STAT_REFUSED));
	print_message("             %lu adopted, %lu links, %lu unlinks, %lu reclaimed\n",
		      stat(NACC_STAT_ADOPTED_TRAP) + stat(NACC_STAT_ADOPTED_CALL),
		      stat(NACC_STAT_LINKS), stat(NACC_STAT_UNLINKS),
		      stat(NACC_STAT_RECLAIMED));
	/* A fuzzer that does nothing legal tests nothing. */
	assert_true(performed > (nacc_u64)steps / 50);
	assert_true(stat(NACC_STAT_ADOPTED_CALL) > 100);
	assert_true(stat(NACC_STAT_ADOPTED_TRAP) > 100);
	assert_true(stat(NACC_STAT_LINKS) > stat(NACC_STAT_ADOPTED_TRAP));
	assert_true(stat(NACC_STAT_RECLAIMED) > 100);
	machine_off();
}

static void fuzz_sv39(void **state)
{
	(void)state;
	seed = 0x1234567;
	run(SV39, STEPS);
}

static void fuzz_sv48(void **state)
{
	(void)state;
	seed = 0x89abcdef;
	run(SV48, STEPS / 4);
}

static void fuzz_sv57(void **state)
{
	(void)state;
	seed = 0xfedcba98;
	run(SV57, STEPS / 4);
}

/* Every check, every step, for a short while. */
static void fuzz_each_step(void **state)
{
	(void)state;
	seed = 0x5eed;
	for (int round = 0; round < 5000; round++) {
		if (round == 0) {
			machine_ready(SV39, 1 << 18);
			m.heap = HEAP_BASE + 256 * PAGE;
			new_table(new_as(), 0);
		}
		dirty_scratch();
		random_store();
		assert_machine_ok();
		random_call();
		assert_machine_ok();
		if (round % 256 == 0)
			recycle();
	}
	machine_off();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(fuzz_sv39),
	cmocka_unit_test(fuzz_sv48),
	cmocka_unit_test(fuzz_sv57),
	cmocka_unit_test(fuzz_each_step),
};

const struct suite fuzz_suite = {
	"fuzz", tests, ARRAY_SIZE(tests)
};
