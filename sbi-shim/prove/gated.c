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
	const struct nacc_sbi_context *is = &content_of(f)->context[n];

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

	uses_contents = knows_kinds = 1;
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

	uses_contents = knows_kinds = 1;
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

	uses_contents = knows_kinds = 1;
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

	uses_contents = knows_kinds = 1;
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

	uses_contents = knows_kinds = 1;
	ret = prove_on_frame_0(NACC_SBI_AS_GATE);
	claim_users_alone();
	if (ret.error)
		return;
	record = record_at(the_call.arg[1]);
	claim(record >= 0 && content_of(record)->gate.tag == frames[0].tag, "a record of its tag");
	claim(frames[0].list.prev < FRAMES &&
	      content_of(frames[0].list.prev)->threads.gate == the_call.arg[1], "is its own");
}

void proof_context(void)
{
	nacc_u32 f = any32(), n = any32();
	const struct nacc_sbi_context *c;
	struct nacc_ret ret;

	uses_contents = knows_kinds = 1;
	ret = prove_on_frame_0(NACC_SBI_CONTEXT);
	claim_users_alone();
	assume(f < FRAMES && n < NACC_CONTEXT_PER_FRAME && is_place(f, n));
	c = &content_of(f)->context[n];
	/* The parent is given back, whatever came of it. */
	claim(!ret.error || c->state == old_content_of(f)->context[n].state, "refused, and as it was");
	if (ret.error || old_frames[f].owner || c->task != the_call.arg[1])
		return;
	claim(the_call.arg[1] && the_call.arg[2] < NACC_CONTEXT_CALL_MAX, "a task and a call");
	claim(the_call.arg[2] != NACC_CONTEXT_END || !c->state, "it has ended");
	claim(the_call.arg[2] != NACC_CONTEXT_OF_OTHER || !c->state ||
	      c->state == NACC_CONTEXT_ADOPT, "it is taken as it is");
}

/* Signals are alike: the last of them, as an index that is no number is one of all contexts */
void proof_handler(void)
{
	struct nacc_ret ret;

	uses_contents = knows_kinds = 1;
	argument_1 = NACC_GATE_SIGNALS;
	ret = prove_on_frame_0(NACC_SBI_HANDLER);
	claim_users_alone();
	if (!ret.error)
		claim(content_of(frames[0].list.prev)->threads.handlers[NACC_GATE_SIGNALS - 1][0] ==
		      the_call.arg[2] ||
		      content_of(frames[0].list.prev)->threads.handlers[NACC_GATE_SIGNALS - 1][1] ==
		      the_call.arg[2], "it is known");
}

/* And what is none */
void proof_handler_none(void)
{
	static const nacc_u64 numbers[] = { 0, NACC_GATE_SIGNALS + 1, ~0ULL };
	struct nacc_call call = {
		.fid = NACC_SBI_HANDLER, .satp = any64(), .arg = { FRAME_BASE },
	};
	struct nacc_ret ret;

	uses_contents = knows_kinds = 1;
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
