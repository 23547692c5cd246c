// SPDX-License-Identifier: BSD-2-Clause
/* The gate's records and frames: the calls about them, and that nothing else changes them. */
#include "gated.h"
#include "race.h"
#include "roots.h"

static nacc_u64 frames_of(unsigned int type)
{
	return stat(type == NACC_FRAME_CONTEXT ? NACC_STAT_FRAMES_CONTEXT :
		    type == NACC_FRAME_PAGE ? NACC_STAT_FRAMES_PAGE :
		    NACC_STAT_FRAMES_FREE + type);
}

/* Each frame is of one type, and counted there. */
static void assert_counted(void)
{
	nacc_u64 sum = 0;

	for (unsigned int type = 0; type < NACC_FRAME_TYPE_MAX; type++)
		sum += frames_of(type);
	assert_int_equal(sum, m.core.nr_frames);
	assert_machine_ok();
}

static void disarm_all(void)
{
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		call(NACC_SBI_DISARM, i, 1, 0);
}

/* The frame of contexts that a root begins with */
static nacc_u64 first_frame(nacc_u64 root)
{
	return frame_address(frame_of(root)->list.prev);
}

static void records(void **state)
{
	nacc_u64 before = frames_of(NACC_FRAME_CONTEXT), pa;

	(void)state;
	pa = must(call(NACC_SBI_GATE_OPEN, 0xfeedbeef, 0, 0));
	assert_int_equal(pa % PAGE, 0);
	assert_int_equal(frame_of(pa)->type, NACC_FRAME_CONTEXT);
	assert_int_equal(page_at(pa)[0], 0xfeedbeef);
	for (int i = 1; i < 512; i++)
		assert_int_equal(page_at(pa)[i], 0);
	assert_int_equal(frames_of(NACC_FRAME_CONTEXT), before + 1);
	assert_counted();
	must(call(NACC_SBI_GATE_CLOSE, pa, 0, 0));
	assert_int_equal(frame_of(pa)->type, NACC_FRAME_RELEASED);
	assert_counted();
	/* Not before a fence, and then it is zero. */
	assert_int_equal(must(call(NACC_SBI_RECLAIM, frame_number(pa), 1, 0)), 0);
	fence();
	assert_int_equal(must(call(NACC_SBI_RECLAIM, frame_number(pa), 1, 0)), 1);
	assert_int_equal(page_at(pa)[0], 0);
	assert_counted();
	disarm_all();
	assert_call(call(NACC_SBI_GATE_OPEN, TAG, 0, 0), NO_SHMEM, NACC_REASON_EXHAUSTED);
	assert_counted();
}

static void not_guarded(void **state)
{
	(void)state;
	must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
	assert_int_equal(nacc_guard(&m.core, 0, 0, 0), 0);
	assert_call(call(NACC_SBI_GATE_OPEN, TAG, 0, 0), BAD_STATE, NACC_REASON_AS_STATE);
}

static void hostile_records(void **state)
{
	nacc_u64 table = new_table(gated, 0), closed = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0));
	const nacc_u64 no_record[] = {
		0, 1, ~0UL, gated, table, closed, record + 8, record + 1, first_frame(gated),
		KERNEL_ROOT, m.core.frame_base - PAGE, frame_address(m.core.nr_frames),
		frame_address(m.core.nr_frames - 1), HEAP_BASE, 1UL << 63,
	};
	nacc_u64 root = more_root(TAG);

	(void)state;
	must(call(NACC_SBI_GATE_CLOSE, closed, 0, 0));
	for (size_t i = 0; i < ARRAY_SIZE(no_record); i++) {
		for (nacc_u64 fid = NACC_SBI_GATE_SET; fid <= NACC_SBI_GATE_CLOSE; fid++)
			assert_call(call(fid, no_record[i], 1, 0), BAD_ADDRESS,
				    NACC_REASON_BAD_ADDRESS);
		assert_call(call(NACC_SBI_AS_GATE, root, no_record[i], 0), BAD_ADDRESS,
			    NACC_REASON_BAD_ADDRESS);
		if (no_record[i] != gated)
			assert_call(call(NACC_SBI_AS_GATE, no_record[i], record, 0), BAD_ADDRESS,
				    NACC_REASON_BAD_ADDRESS);
	}
	assert_int_equal(gate()->roots, 1);
	assert_machine_ok();
}

static void mode_and_list(void **state)
{
	(void)state;
	for (nacc_u64 mode = 0; mode < 16; mode++) {
		if ((mode & 3) == 3) {
			assert_call(call(NACC_SBI_GATE_SET, record, mode, 0), BAD_PARAM,
				    NACC_REASON_BAD_COUNT);
			continue;
		}
		set_mode(mode);
		assert_int_equal(gate()->mode, mode);
		assert_int_equal(!!nacc_gate_of(&m.core, frame_of(gated)), mode & 3 ? 1 : 0);
	}
	for (nacc_u64 bit = 4; bit < 64; bit++)
		assert_call(call(NACC_SBI_GATE_SET, record, 1UL << bit | 1, 0), BAD_PARAM,
			    NACC_REASON_BAD_COUNT);
	assert_int_equal(gate()->mode, 14);
	for (nacc_u64 word = 0; word < 8; word++)
		must(call(NACC_SBI_GATE_ALLOW, record, word, ~word));
	for (nacc_u64 word = 0; word < 8; word++)
		assert_int_equal(gate()->allowed[word], ~word);
	for (nacc_u64 word = 8; word < 64; word++)
		assert_call(call(NACC_SBI_GATE_ALLOW, record, word, 1), BAD_PARAM,
			    NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_GATE_ALLOW, record, 1UL << 32, 1), BAD_PARAM,
		    NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_GATE_ALLOW, record, ~0UL, 1), BAD_PARAM, NACC_REASON_BAD_COUNT);
	assert_int_equal(gate()->pad[0], 0);
}

static void system_calls(void **state)
{
	(void)state;
	in_call(TASK, 63);
	assert_int_equal(gate()->calls[63], 1);
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	/* Other traps are no calls, and a7 no number. */
	come(PAGE_FAULT);
	assert_int_equal(gate()->calls[63], 1);
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_LIST);
	must(call(NACC_SBI_GATE_ALLOW, record, 0, 1UL << 63));
	must(call(NACC_SBI_GATE_ALLOW, record, 7, 1UL << 63));
	for (nacc_u64 nr = 0; nr < 1024; nr++) {
		int allowed = nr == 63 || nr == 511 || nr == 128 || nr == 139;
		nacc_u64 next = m.core.audit_next, refused = gate()->refused_calls;

		registers();
		t.x[NACC_REG_A7] = nr;
		t.context = context(gated, TASK);
		assert_int_equal(come(ECALL), allowed);
		assert_int_equal(m.core.audit_next, next + !allowed);
		assert_int_equal(gate()->refused_calls, refused + !allowed);
		if (nr < 512)
			assert_int_equal(gate()->calls[nr], 1 + (nr == 63));
	}
	assert_int_equal(gate()->other_calls, 512);
	assert_int_equal(last_record()->reason, NACC_REASON_SYSCALL);
	assert_int_equal(last_record()->pc, USER_BASE + 0x10);
	assert_int_equal(last_record()->val, 1023);
	assert_int_equal(last_record()->insn, NACC_REG_A7);
	assert_int_equal(last_record()->flags, NACC_AUDIT_TURN);
	assert_int_equal(last_record()->tag, TAG);
	assert_int_equal(last_record()->root, gated);
	assert_int_equal(last_record()->task, TASK);
	assert_int_equal(last_record()->addr, ECALL);
	assert_int_equal(m.core.reasons[NACC_REASON_SYSCALL], 1020);
	t.x[NACC_REG_A7] = ~0UL;
	frame_of(gated)->slot = NACC_BOUND_NOT;
	assert_int_equal(come(ECALL), 0);
	assert_int_equal(last_record()->root, 0);
	assert_int_equal(last_record()->tag, 0);
	frame_of(gated)->slot = NACC_BOUND;
	/* Watched it happens. */
	set_mode(NACC_GATE_AUDIT | NACC_GATE_LIST);
	assert_int_equal(come(ECALL), 1);
	assert_int_equal(gate()->refused_calls, 1022);
	assert_int_equal(last_record()->flags, NACC_AUDIT_TURN | NACC_AUDIT_PERFORMED);
	/* By one whose gate went off while it was in user mode */
	set_mode(NACC_GATE_LIST);
	assert_int_equal(come(ECALL), 1);
	assert_int_equal(gate()->refused_calls, 1023);
	assert_int_equal(last_record()->flags, NACC_AUDIT_TURN | NACC_AUDIT_PERFORMED);
	set_mode(NACC_GATE_ENFORCE);
	assert_int_equal(come(ECALL), 1);
	assert_int_equal(gate()->refused_calls, 1023);
}

static void gated_roots(void **state)
{
	nacc_u64 root = more_root(TAG), other = more_root(TAG + 1), record2;

	(void)state;
	assert_null(nacc_threads_of(&m.core, frame_of(root)));
	assert_call(call(NACC_SBI_AS_GATE, other, record, 0), DENIED, NACC_REASON_OWNER);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_int_equal(gate()->roots, 2);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_int_equal(gate()->roots, 2);
	record2 = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0));
	assert_call(call(NACC_SBI_AS_GATE, root, record2, 0), BAD_STATE, NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_GATE_CLOSE, record, 0, 0), BAD_STATE, NACC_REASON_AS_STATE);
	must(call(NACC_SBI_GATE_CLOSE, record2, 0, 0));
	/* One that is built may be, one that retires not. */
	root = must(call(NACC_SBI_AS_CREATE, TAG, 0, 0));
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_int_equal(gate()->roots, 3);
	frame_of(other)->flags = NACC_FRAME_FLAG_RETIRING;
	assert_call(call(NACC_SBI_AS_GATE, other, record, 0), BAD_STATE, NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_CONTEXT, other, TASK, 1), BAD_STATE, NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_HANDLER, other, 1, 1), BAD_STATE, NACC_REASON_AS_STATE);
	frame_of(other)->flags = 0;
	assert_counted();
	disarm_all();
	frame_of(other)->tag = TAG;
	assert_call(call(NACC_SBI_AS_GATE, other, record, 0), NO_SHMEM, NACC_REASON_EXHAUSTED);
	assert_int_equal(gate()->roots, 3);
	assert_counted();
}

/* A record that was closed is nobody's any more, also if one has found it before. */
static nacc_u64 victim;

static void close_now(nacc_u64 pa)
{
	if (pa != victim)
		return;
	m.on_phys = NULL;
	must(call(NACC_SBI_GATE_CLOSE, victim, 0, 0));
}

static void one_more(unsigned long *roots)
{
	race = NULL;
	++*(nacc_u32 *)roots;
}

static void closed_meanwhile(void **state)
{
	nacc_u64 root = more_root(TAG);

	(void)state;
	victim = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0));
	m.on_phys = close_now;
	assert_call(call(NACC_SBI_AS_GATE, root, victim, 0), BAD_STATE, NACC_REASON_AS_STATE);
	m.on_phys = NULL;
	assert_int_equal(frame_of(victim)->type, NACC_FRAME_RELEASED);
	assert_null(nacc_threads_of(&m.core, frame_of(root)));
	assert_null(nacc_context_of(&m.core, frame_of(root), TASK));
	race = one_more;
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_int_equal(gate()->roots, 3);
	gate()->roots = 2;
	root = more_root(TAG);
	/* As many as it can count are too many. */
	gate()->roots = ~0U - 1;
	assert_call(call(NACC_SBI_AS_GATE, root, record, 0), BAD_STATE, NACC_REASON_AS_STATE);
	gate()->roots = 2;
}

static void owed(void **state)
{
	nacc_u64 root = more_root(TAG), other = more_root(TAG + 1);

	(void)state;
	/* Who is gated does not make one that is not, of whichever domain. */
	assert_call(call_on(gated, NACC_SBI_AS_BIND, other, OTHER_MM + PAGE, NACC_BOUND, 0),
		    BAD_STATE, NACC_REASON_AS_STATE);
	assert_int_equal(frame_of(other)->slot, NACC_BOUND_NOT);
	assert_call(call_on(gated, NACC_SBI_AS_BIND, root, OTHER_MM, NACC_BOUND, 0), BAD_STATE,
		    NACC_REASON_AS_STATE);
	assert_int_equal(frame_of(root)->slot, NACC_BOUND_NOT);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	must(call_on(gated, NACC_SBI_AS_BIND, root, OTHER_MM, NACC_BOUND, 0));
	/* What is bound already stays so. */
	must(call_on(gated, NACC_SBI_AS_BIND, root, OTHER_MM, NACC_BOUND_LEAVING, 0));
	set_mode(NACC_GATE_OFF);
	must(call_on(gated, NACC_SBI_AS_BIND, other, OTHER_MM + PAGE, NACC_BOUND, 0));
	root = more_root(TAG);
	must(call_on(gated, NACC_SBI_AS_BIND, root, OTHER_MM + 2 * PAGE, NACC_BOUND, 0));
	set_mode(NACC_GATE_ENFORCE);
	/* By one that is not gated, or has no root at all */
	root = more_root(TAG);
	must(call_on(other, NACC_SBI_AS_BIND, root, OTHER_MM + 3 * PAGE, NACC_BOUND, 0));
	root = more_root(TAG);
	must(call(NACC_SBI_AS_BIND, root, OTHER_MM + 4 * PAGE, NACC_BOUND));
}

/* No store, whosever, and none of the calls about tables */
static void nothing_else_changes_them(void **state)
{
	const nacc_u64 frames[] = { record, first_frame(gated) };
	nacc_u64 mid = new_table(gated, 1), page = page_alloc();

	(void)state;
	for (int i = 0; i < 2; i++) {
		nacc_u64 pa = frames[i];
		struct nacc_access a = access_of(NACC_OP_STORE, pa + 24, 1);

		refuse_sd(pa, 1, NACC_REASON_NOT_A_TABLE);
		refuse_sd(pa + PAGE - 8, 1, NACC_REASON_NOT_A_TABLE);
		a.pc = OTHER_PC;
		assert_int_equal(store(&a, NULL), NACC_REASON_NOT_A_TABLE);
		assert_int_equal(amo(NACC_OP_OR, pa, 1, NULL), NACC_REASON_NOT_A_TABLE);
		assert_int_equal(sd(mid + 8, LINK(pa)), NACC_REASON_NOT_A_TABLE);
		assert_int_equal(sd(mid + 8, PTE(pa, USER_RO)), NACC_REASON_SUPERPAGE);
		assert_int_equal(sd(new_table(gated, 0), PTE(pa, USER_RO)),
				 NACC_REASON_LEAF_POOL);
		for (nacc_u64 fid = 0; fid < NACC_SBI_GATE_OPEN; fid++) {
			struct nacc_ret ret;

			if (fid == NACC_SBI_AS_CREATE || fid == NACC_SBI_AS_RETIRE)
				continue;
			ret = call4(fid, pa, 1 | 1 << 16, page, pa);
			assert_true(ret.error || fid == NACC_SBI_LOCK ||
				    fid == NACC_SBI_UNLINKED);
		}
		assert_int_equal(call(NACC_SBI_AS_RETIRE, pa, 0, 0).error, BAD_ADDRESS);
		assert_int_equal(call4(NACC_SBI_TAKE, new_table(gated, 0), 1 << 16, pa, 0).error,
				 BAD_ADDRESS);
		assert_int_equal(must(call(NACC_SBI_DISARM, frame_number(pa), 1, 0)), 0);
		assert_int_equal(must(call(NACC_SBI_ARM, frame_number(pa), 1, 0)), 0);
		fence();
		assert_int_equal(must(call(NACC_SBI_RECLAIM, frame_number(pa), 1, 0)), 0);
		assert_null(nacc_bound_at(&m.core, pa));
	}
	assert_int_equal(gate()->mode, NACC_GATE_ENFORCE);
	assert_counted();
}

/* More threads than a frame has places, then as many as there may be; all of it goes again. */
static void many_threads(void **state)
{
	const nacc_u32 per = NACC_CONTEXT_PER_FRAME;
	nacc_u32 nr = NACC_CONTEXT_FRAMES_MAX * per - NACC_CONTEXT_FIRST;
	nacc_u64 root, first, done;

	(void)state;
	machine_off();
	machine_ready(SV39, 8 << 20);
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, 0, 0), 0);
	record = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0));
	root = more_root(TAG);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	first = frame_of(root)->list.prev;
	for (nacc_u64 i = 0; i < nr; i++) {
		must(call(NACC_SBI_CONTEXT, root, TASK + 64 * i, NACC_CONTEXT_OF_OTHER));
		assert_int_equal(frame_of(root)->tables, 1 + (i + NACC_CONTEXT_FIRST) / per);
	}
	assert_call(call(NACC_SBI_CONTEXT, root, TASK + 64UL * nr, NACC_CONTEXT_OF_OTHER),
		    NO_SHMEM, NACC_REASON_EXHAUSTED);
	assert_counted();
	/* A place that is free is found, wherever. */
	must(call(NACC_SBI_CONTEXT, root, TASK + 64UL * (nr / 2), NACC_CONTEXT_END));
	must(call(NACC_SBI_CONTEXT, root, TASK + 64UL * nr, NACC_CONTEXT_OF_OTHER));
	assert_non_null(context(root, TASK + 64UL * nr));
	assert_int_equal(frame_of(root)->list.prev, first);
	assert_int_equal(call(NACC_SBI_GET_INFO, NACC_INFO_TABLES, frame_number(root), 0).value,
			 NACC_CONTEXT_FRAMES_MAX);
	/* In two steps: a batch is less. */
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)), 0);
	assert_int_equal(gate()->roots, 0);
	assert_null(nacc_threads_of(&m.core, frame_of(root)));
	assert_call(call(NACC_SBI_CONTEXT, root, TASK, NACC_CONTEXT_OF_OTHER), BAD_STATE,
		    NACC_REASON_AS_STATE);
	assert_counted();
	must(call(NACC_SBI_GATE_CLOSE, record, 0, 0));
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)), NACC_SBI_RETIRE_DONE);
	assert_int_equal(frames_of(NACC_FRAME_CONTEXT), 0);
	fence();
	done = 0;
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		done += must(call(NACC_SBI_RECLAIM, i, 1, 0));
	assert_int_equal(done, NACC_CONTEXT_FRAMES_MAX + 2);
	assert_counted();
}

/* While a hart has the root its contexts stay. */
static void not_while_it_is_loaded(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	m.loaded = gated;
	assert_call(call(NACC_SBI_AS_RETIRE, gated, 0, 0), DENIED, NACC_REASON_ROOT_IN_USE);
	assert_goes();
	assert_int_equal(come(PAGE_FAULT), 1);
	m.loaded = 0;
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, gated, 0, 0)), NACC_SBI_RETIRE_DONE);
	assert_int_equal(gate()->roots, 0);
	assert_int_equal(frames_of(NACC_FRAME_CONTEXT), 1);
	assert_int_equal(go(), NACC_TURN_FREE);
	must(call(NACC_SBI_GATE_CLOSE, record, 0, 0));
	assert_counted();
}

static void no_such_functions(void **state)
{
	const nacc_u64 fids[] = { NACC_SBI_SEAL + 1, NACC_SBI_FID_MAX, 1UL << 32, ~0UL,
		NACC_SBI_GATE_OPEN + (1UL << 32) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fids); i++)
		assert_call(call(fids[i], record, 0, 0), NACC_SBI_ERR_NOT_SUPPORTED, 0);
}

/* What was called never looks as if it had not been. */
static void calls_do_not_begin_anew(void **state)
{
	struct nacc_sbi_gate *counts = gate();

	(void)state;
	in_call(TASK, 63);
	counts->calls[63] = NACC_GATE_CALLS_MAX - 2;
	for (int i = 0; i < 5; i++) {
		come(ECALL);
		assert_int_equal(counts->calls[63], NACC_GATE_CALLS_MAX - !i);
	}
	/* The vector of another hart has just counted, too. */
	counts->calls[63] = ~0U;
	come(ECALL);
	assert_int_equal(counts->calls[63], NACC_GATE_CALLS_MAX);
	assert_int_equal(counts->calls[62], 0);
	assert_int_equal(counts->calls[64], 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(records),
	TEST(not_guarded),
	TEST(hostile_records),
	TEST(mode_and_list),
	TEST(system_calls),
	TEST(calls_do_not_begin_anew),
	TEST(gated_roots),
	TEST(closed_meanwhile),
	TEST(owed),
	TEST(nothing_else_changes_them),
	TEST(many_threads),
	TEST(not_while_it_is_loaded),
	TEST(no_such_functions),
};

const struct suite gate_suite = {
	"gate", tests, ARRAY_SIZE(tests)
};
