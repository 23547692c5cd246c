// SPDX-License-Identifier: BSD-2-Clause
/* See gated.h. */
#include "gated.h"
#include "roots.h"

nacc_u64 gated, record;
struct nacc_turn t;

nacc_u64 satp_of(nacc_u64 root)
{
	return (nacc_u64)m.mode << 60 | 7UL << 44 | root >> 12;
}

nacc_u64 more_root(nacc_u64 tag)
{
	return must(call(NACC_SBI_AS_CREATE, tag, NACC_SBI_AS_LIVE, 0));
}

nacc_u64 more_gated(nacc_u64 mm)
{
	nacc_u64 root = more_root(TAG);

	must(call(NACC_SBI_AS_GATE, root, record, 0));
	must(call(NACC_SBI_AS_BIND, root, mm, NACC_BOUND));
	return root;
}

int setup_gated(void **state)
{
	(void)state;
	machine_ready(SV39, 1 << 20);
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, 0, 0), 0);
	record = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0));
	set_mode(NACC_GATE_ENFORCE);
	gated = more_gated(MM);
	/* li a7, 139; ecall */
	*user_at(SIGRETURN) = 0x0000007308b00893UL;
	memset(&t, 0, sizeof(t));
	t.satp = satp_of(gated);
	t.task = TASK;
	t.time = 4711;
	t.hart = 3;
	registers();
	return 0;
}

struct nacc_ret call_on(nacc_u64 root, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2,
			nacc_u64 a3)
{
	struct nacc_call c = { .fid = fid, .arg = { a0, a1, a2, a3 }, .satp = satp_of(root) };

	return nacc_ecall(&m.core, &c);
}

struct nacc_ret context_call(nacc_u64 root, nacc_u64 task, nacc_u64 what, nacc_u64 parent)
{
	return call_on(gated, NACC_SBI_CONTEXT, root, task, what, parent);
}

struct nacc_sbi_context *context(nacc_u64 root, nacc_u64 task)
{
	return nacc_context_of(&m.core, frame_of(root), task);
}

struct nacc_sbi_threads *threads(nacc_u64 root)
{
	return nacc_threads_of(&m.core, frame_of(root));
}

struct nacc_sbi_gate *gate(void)
{
	return (void *)page_at(record);
}

void set_mode(nacc_u64 mode)
{
	must(call(NACC_SBI_GATE_SET, record, mode, 0));
}

void registers(void)
{
	t.x[NACC_REG_PC] = USER_BASE + 0x10;
	for (int i = 1; i < 32; i++)
		t.x[i] = 0x100000001UL * i;
	t.x[NACC_REG_SP] = STACK;
}

enum nacc_turned go(void)
{
	return nacc_turn_out(&m.core, &t);
}

int come(nacc_u64 cause)
{
	int allowed = nacc_turn_in(&m.core, &t, cause);

	assert_int_equal(allowed & ~1, 0);
	nacc_context_set_state(t.context, NACC_CONTEXT_KERNEL);
	return allowed;
}

void adopt(nacc_u64 root, nacc_u64 task)
{
	nacc_u64 mode = gate()->mode;

	set_mode(NACC_GATE_OFF);
	must(call(NACC_SBI_CONTEXT, root, task, NACC_CONTEXT_OF_OTHER));
	set_mode(mode);
}

void in_kernel(nacc_u64 task, nacc_u64 cause)
{
	nacc_u64 x[32];

	memcpy(x, t.x, sizeof(x));
	adopt(gated, task);
	t.task = task;
	assert_int_equal(go(), NACC_TURN_GO);
	memcpy(t.x, x, sizeof(x));
	assert_int_equal(come(cause), 1);
	assert_int_equal(context(gated, task)->state, NACC_CONTEXT_KERNEL);
}

void in_call(nacc_u64 task, nacc_u64 nr)
{
	t.x[NACC_REG_A7] = nr;
	in_kernel(task, ECALL);
}

const struct nacc_sbi_audit *last_record(void)
{
	return &m.core.audit[(m.core.audit_stores - 1) % NACC_AUDIT_RECORDS];
}

void assert_goes(void)
{
	nacc_u64 next = m.core.audit_next, refused = gate()->refused;
	struct nacc_turn was = t;

	assert_int_equal(go(), NACC_TURN_GO);
	assert_memory_equal(t.x, was.x, sizeof(t.x));
	assert_int_equal(m.core.audit_next, next);
	assert_int_equal(gate()->refused, refused);
	assert_int_equal(t.context->state, NACC_CONTEXT_USER);
	assert_int_equal(t.context->hart, t.hart);
	assert_ptr_equal(t.context, context(gated, t.task));
	assert_machine_ok();
}

void assert_refused_at(unsigned int reg, nacc_u64 want)
{
	nacc_u64 next = m.core.audit_next, refused = gate()->refused;
	nacc_u64 counted = m.core.reasons[NACC_REASON_CONTEXT];
	struct nacc_turn was = t;
	const struct nacc_sbi_audit *a;

	assert_int_equal(go(), NACC_TURN_RESTORED);
	assert_int_equal(t.x[reg], want);
	assert_int_equal(m.core.audit_next, next + 1);
	assert_int_equal(gate()->refused, refused + 1);
	assert_int_equal(m.core.reasons[NACC_REASON_CONTEXT], counted + 1);
	assert_int_equal(t.context->state, NACC_CONTEXT_USER);
	a = last_record();
	assert_int_equal(a->reason, NACC_REASON_CONTEXT);
	assert_int_equal(a->insn, reg);
	assert_int_equal(a->old, want);
	assert_int_equal(a->val, was.x[reg]);
	assert_int_equal(a->pc, was.x[NACC_REG_PC]);
	assert_int_equal(a->addr, t.context->cause);
	assert_int_equal(a->flags, NACC_AUDIT_TURN);
	assert_int_equal(a->root, gated);
	assert_int_equal(a->owner_pa, 0);
	assert_int_equal(a->tag, TAG);
	assert_int_equal(a->task, t.task);
	assert_int_equal(a->time, t.time);
	assert_int_equal(a->hart, t.hart);
	assert_int_equal(a->level, top());
	assert_machine_ok();
}

void assert_missing(nacc_u64 va)
{
	nacc_u64 next = m.core.audit_next;
	struct nacc_turn was = t;
	nacc_u32 state = context(gated, t.task)->state;

	assert_int_equal(go(), NACC_TURN_MISSING);
	assert_int_equal(t.missing, va);
	assert_memory_equal(t.x, was.x, sizeof(t.x));
	assert_int_equal(m.core.audit_next, next);
	assert_int_equal(context(gated, t.task)->state, state);
	assert_machine_ok();
}

nacc_u64 *saved(nacc_u64 sp)
{
	return user_at(sp + 128 + 176);
}

void signalled(nacc_u64 sig, nacc_u64 handler)
{
	nacc_u64 sp = (t.x[NACC_REG_SP] - 1024) & ~15UL;

	memcpy(saved(sp), t.x, sizeof(t.x));
	t.x[NACC_REG_PC] = handler;
	t.x[NACC_REG_RA] = SIGRETURN;
	t.x[NACC_REG_SP] = sp;
	t.x[NACC_REG_A0] = sig;
	t.x[NACC_REG_A1] = sp;
	t.x[NACC_REG_A2] = sp + 128;
}

void tell_handler(nacc_u64 root, nacc_u64 sig, nacc_u64 handler)
{
	nacc_u64 mode = gate()->mode;

	/* As the module does: before it is enforced. */
	set_mode(NACC_GATE_AUDIT);
	must(call(NACC_SBI_HANDLER, root, sig, handler));
	set_mode(mode);
}

void add_handler(nacc_u64 sig, nacc_u64 handler)
{
	tell_handler(gated, sig, handler);
}

void assert_no_thread(nacc_u64 root)
{
	nacc_u64 next = m.core.audit_next, refused = gate()->refused;

	assert_int_equal(go(), NACC_TURN_REFUSED);
	assert_null(t.context);
	assert_int_equal(m.core.audit_next, next + 1);
	assert_int_equal(gate()->refused, refused + 1);
	assert_int_equal(last_record()->reason, NACC_REASON_THREAD);
	assert_int_equal(last_record()->task, t.task);
	assert_int_equal(last_record()->root, root);
	assert_int_equal(last_record()->addr, 0);
	assert_int_equal(last_record()->old, 0);
	assert_int_equal(last_record()->insn, NACC_REG_PC);
	assert_int_equal(last_record()->val, t.x[NACC_REG_PC]);
	assert_machine_ok();
}
