// SPDX-License-Identifier: BSD-2-Clause
/* Proofs of the calls about the gate: as in calls.c, and what each of them has done. */
#include "turn.h"
#include "world.h"

/* A place of a context in a frame of contexts: not of a record, nor where a root's begin */
static int is_place(nacc_u32 f, nacc_u32 n)
{
	const struct nacc_frame *frame = &old_frames[f];

	return frame->type == NACC_FRAME_CONTEXT && frame->owner != f &&
	       (n >= NACC_CONTEXT_FIRST || old_frames[frame->owner].list.prev != f);
}

/* Of a thread in user mode a context is its hart's alone. */
static void claim_user_alone(nacc_u32 f, nacc_u32 n)
{
	const struct nacc_sbi_context *was = &old_content_of(f)->context[n];
	const struct nacc_sbi_context *is = (struct nacc_sbi_context *)content_of(f) + n;

	if (!is_place(f, n) || was->state != NACC_CONTEXT_USER)
		return;
	claim(is->state == NACC_CONTEXT_USER && is->task == was->task && is->gate == was->gate &&
	      is->root == was->root, "nobody takes it away");
	for (nacc_u32 i = 0; i < 32; i++)
		claim(is->x[i] == was->x[i], "nor what it has");
}

static void claim_users_alone(void)
{
	for (nacc_u32 f = 0; f < FRAMES; f++)
		for (nacc_u32 n = 0; n < NACC_CONTEXT_PER_FRAME; n++)
			claim_user_alone(f, n);
}

/* Record 0, and no other word of it or of another frame of contexts than @mode and @allowed */
static void claim_record(void)
{
	const struct nacc_sbi_gate *was = &old_content_of(0)->gate, *is = &content_of(0)->gate;

	claim(is->tag == was->tag && is->refused == was->refused && is->roots == was->roots,
	      "no other word");
	claim(old_frames[0].type == NACC_FRAME_CONTEXT && !old_frames[0].owner, "a record");
}

void proof_gate_open(void)
{
	struct nacc_ret ret;
	int i;

	uses_contents = 1;
	knows_kinds = 1;
	ret = prove_call(NACC_SBI_GATE_OPEN, any64());
	if (ret.error)
		return;
	i = record_at(ret.value);
	claim(i >= 0 && old_frames[i].type == NACC_FRAME_ARMED, "of a frame that was armed");
	claim(content_of(i)->gate.tag == the_call.arg[0], "with this tag");
	claim(core.guard & NACC_GUARD_ON, "only while roots are guarded");
}

void proof_gate_set(void)
{
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	ret = prove_call(NACC_SBI_GATE_SET, FRAME_BASE);
	claim_users_alone();
	if (ret.error)
		return;
	claim_record();
	claim(content_of(0)->gate.mode == the_call.arg[1] && the_call.arg[1] <= NACC_GATE_FLAGS &&
	      (the_call.arg[1] & NACC_GATE_MODE) <= NACC_GATE_ENFORCE, "a mode");
}

void proof_gate_allow(void)
{
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	ret = prove_call(NACC_SBI_GATE_ALLOW, FRAME_BASE);
	claim_users_alone();
	if (ret.error)
		return;
	claim_record();
	claim(!the_call.arg[1] && content_of(0)->gate.allowed[0] == the_call.arg[2] &&
	      content_of(0)->gate.mode == old_content_of(0)->gate.mode, "a word of the list");
}

void proof_gate_close(void)
{
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	ret = prove_call(NACC_SBI_GATE_CLOSE, FRAME_BASE);
	if (ret.error)
		return;
	claim(old_frames[0].type == NACC_FRAME_CONTEXT && !old_frames[0].owner &&
	      !old_content_of(0)->gate.roots, "a record that no root has");
	claim(frames[0].type == NACC_FRAME_RELEASED, "is released");
}

void proof_as_gate(void)
{
	struct nacc_ret ret;
	int record;

	uses_contents = 1;
	knows_kinds = 1;
	ret = prove_on_frame_0(NACC_SBI_AS_GATE);
	claim_users_alone();
	if (ret.error)
		return;
	record = record_at(the_call.arg[1]);
	claim(record >= 0 && content_of(record)->gate.tag == frames[0].tag, "a record of its tag");
	claim(frames[0].list.prev < FRAMES &&
	      content_of(frames[0].list.prev)->threads.gate == the_call.arg[1], "is its own");
}

#if FRAMES > 4

/* No frame becomes another one, and no entry changes. */
static void claim_frames_alone(void)
{
	for (nacc_u32 i = 0; i < FRAMES; i++) {
		const struct nacc_frame *is = &frames[i], *was = &old_frames[i];

		claim(is->type == was->type && is->level == was->level && is->flags == was->flags &&
		      is->owner == was->owner && is->parent == was->parent &&
		      is->slot == was->slot && is->live == was->live &&
		      is->tables == was->tables && is->gate == was->gate &&
		      is->list.next == was->list.next && is->list.prev == was->list.prev &&
		      is->epoch == was->epoch && is->mm == was->mm, "a frame stays what it is");
	}
	for (nacc_u32 i = 0; i < FRAMES * NACC_SBI_ENTRIES; i++)
		claim(memory[i] == old_memory[i], "an entry stays what it is");
}

/*
 * On the root in frame 0: see any_domain(). Who calls is on the root @caller, which is a number
 * like all that says where contexts are. Return: is there a new child?
 */
static int prove_context(nacc_u64 caller)
{
	const struct nacc_sbi_context *own = (struct nacc_sbi_context *)content_of(4) + 1;
	const struct nacc_sbi_context *other = (struct nacc_sbi_context *)content_of(3) + 1;
	const struct nacc_sbi_context *was = &old_content_of(4)->context[1];
	const struct nacc_sbi_context *parent = &old_content_of(3)->context[1];
	struct nacc_call call = {
		.fid = NACC_SBI_CONTEXT,
		.satp = 8ULL << SATP_MODE_SHIFT | caller >> PAGE_SHIFT,
		.arg = { FRAME_BASE },
	};
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	any_domain();
	call.arg[1] = any64();
	call.arg[2] = any64();
	call.arg[3] = any64();
	ret = nacc_ecall(&core, &call);
	claim(!held, "no lock is held");
	claim_users_alone();
	claim_frames_alone();
	for (nacc_u32 i = 0; i < FRAMES; i++)
		claim(gated_ok(i), "contexts, and the record of their domain");
	/* The parent is given back, whatever came of it. */
	claim(other->state == parent->state && other->task == parent->task,
	      "of others nothing is another's");
	if (ret.error) {
		reached("a refusal");
		claim(own->state == was->state, "refused, and as it was");
		return 0;
	}
	claim(call.arg[1] && call.arg[2] < NACC_CONTEXT_CALL_MAX, "a task and a call");
	if (call.arg[2] == NACC_CONTEXT_END) {
		reached("an end");
		claim(!own->state || own->task != call.arg[1], "it has ended");
		return 0;
	}
	claim(own->state && own->task == call.arg[1], "it has a context");
	if (own->state == was->state && own->task == was->task)
		return 0;
	reached("a new one");
	claim(own->state == NACC_CONTEXT_ADOPT || own->state == NACC_CONTEXT_CHILD,
	      "which has not run yet");
	if (own->state != NACC_CONTEXT_CHILD)
		return 0;
	claim(call.arg[2] == NACC_CONTEXT_OF_CHILD && parent->state == NACC_CONTEXT_KERNEL &&
	      parent->task == call.arg[3] &&
	      (parent->cause & ~NACC_CONTEXT_BORE) == NACC_CAUSE_ECALL,
	      "of a thread that is in a call");
	claim(own->x[NACC_REG_PC] == parent->x[NACC_REG_PC] + NACC_ECALL_LENGTH &&
	      !own->x[NACC_REG_A0] && own->x[NACC_REG_RA] == parent->x[NACC_REG_RA] &&
	      own->x[31] == parent->x[31] && own->f[0] == parent->f[0],
	      "it goes on where that does");
	claim(own->x[NACC_REG_SP] == parent->x[NACC_REG_SP] ||
	      own->x[NACC_REG_SP] == parent->x[NACC_REG_A1] ||
	      (parent->x[NACC_REG_A7] == NACC_NR_CLONE3 && other->flags & NACC_CONTEXT_CLONE &&
	       own->x[NACC_REG_SP] == other->child_sp), "with the stack that the call names");
	claim(own->x[NACC_REG_TP] == parent->x[NACC_REG_TP] ||
	      own->x[NACC_REG_TP] == parent->x[NACC_REG_A3] ||
	      (parent->x[NACC_REG_A7] == NACC_NR_CLONE3 && other->flags & NACC_CONTEXT_CLONE &&
	       own->x[NACC_REG_TP] == other->child_tp), "and the thread pointer");
	return 1;
}

/* The other root of its domain: a child may come to be */
void proof_context_child(void)
{
	if (prove_context(FRAME_BASE + PAGE_SIZE))
		reached("a child");
}

/* Itself */
void proof_context_own(void)
{
	prove_context(FRAME_BASE);
}

/* What is no root of the pool */
void proof_context_other(void)
{
	prove_context(KERNEL_ROOT);
}

#endif

/* Somebody may tell what is not seen, or the thread's first return is taken as it is. */
static int is_open_to_all(const struct nacc_sbi_threads *threads)
{
	nacc_u64 record = (threads->gate - FRAME_BASE) >> PAGE_SHIFT;

	return (content_of((nacc_u32)record)->gate.mode & NACC_GATE_MODE) != NACC_GATE_ENFORCE ||
	       !frames[0].slot || frames[0].slot == NACC_BOUND_JOINING;
}

/* Signals are alike: the last of them, as an index that is no number is one of all contexts */
void proof_handler(void)
{
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	argument_1 = NACC_GATE_SIGNALS;
	ret = prove_on_frame_0(NACC_SBI_HANDLER);
	claim_users_alone();
	if (ret.error)
		return;
	claim(content_of(frames[0].list.prev)->threads.handlers[NACC_GATE_SIGNALS - 1][0] ==
	      the_call.arg[2], "it is known");
	claim(is_open_to_all(&content_of(frames[0].list.prev)->threads),
	      "nobody adds to what is enforced");
}

/* And what is none */
void proof_handler_none(void)
{
	static const nacc_u64 numbers[] = { 0, NACC_GATE_SIGNALS + 1, ~0ULL };
	struct nacc_call call = {
		.fid = NACC_SBI_HANDLER, .satp = any64(), .arg = { FRAME_BASE },
	};
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	any_world();
	for (int i = 0; i < 3; i++) {
		call.arg[1] = numbers[i];
		call.arg[2] = any64();
		ret = nacc_ecall(&core, &call);
		claim(ret.error, "there is no such signal");
	}
	reached("a refusal");
	claim_unchanged();
	claim_users_alone();
	claim_invariant();
}
