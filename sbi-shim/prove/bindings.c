// SPDX-License-Identifier: BSD-2-Clause
/* Roots (I14): what a hart gets, and what a binding is. */
#include "roots.h"
#include "world.h"

static int is_bound(nacc_u32 i)
{
	return frames[i].type == NACC_FRAME_ROOT && frames[i].slot;
}

/* Has it a record, and is the gate of that not off? */
static int is_on(nacc_u32 i)
{
	nacc_u32 first = frames[i].list.prev;

	return first < FRAMES &&
	       (content_of(record_at(content_of(first)->threads.gate))->gate.mode & NACC_GATE_MODE);
}

static nacc_u64 pa_in(nacc_u64 satp)
{
	return (satp & SATP_PPN) << PAGE_SHIFT;
}

/* Any write of satp, by anyone, in any state: no other root than there may be. */
void proof_load(void)
{
	struct nacc_load load = {
		.pc = any64(), .mm = any64(), .want = any64(), .now = any64(), .before = any64(),
	};
	nacc_u64 got = any64(), root;
	enum nacc_reason reason;
	int named, own = -1;

	any_roots();
	assume(core.guard & NACC_GUARD_ON);
	core.other_root = any64();
	assume(core.other_root - REGION >= REGION_SIZE);
	for (nacc_u32 i = 0; i < FRAMES; i++)
		if (load.mm && is_bound(i) && frames[i].mm == load.mm)
			own = (int)i;
	reason = nacc_load_root(&core, &load, &got);
	root = pa_in(got);
	named = frame_number(root);
	claim(!held, "no lock is held");
	claim_core_roots();
	if (got == load.now)
		return;
	reached("another value");
	claim(!got || got >> SATP_MODE_SHIFT == core.satp_mode, "the mode of the set-up");
	claim(got || !load.mm, "I14: no switch ends translation");
	if (!got)
		return;
	claim(reason || load.want >> SATP_MODE_SHIFT == core.satp_mode, "no other mode is let by");
	if (own >= 0 && frames[own].slot != NACC_BOUND_LEAVING) {
		claim(named == own, "an mm runs on the root that it is bound to");
		claim(!reason == (load.want >> SATP_MODE_SHIFT == core.satp_mode &&
				  (pa_in(load.want) == root ||
				   frames[own].slot == NACC_BOUND_JOINING)), "or it is on record");
		reached("an mm that is bound");
		return;
	}
	if (root - REGION >= REGION_SIZE) {
		claim(reason || root == pa_in(load.want), "an ordinary root is the one asked for");
		/* Translation is turned on with one of the kernel's image. */
		claim(!(core.guard & NACC_GUARD_SYSTEM) || root == KERNEL_ROOT ||
		      root == core.other_root ||
		      (!load.mm && (root == pa_in(load.now) || !(load.now >> SATP_MODE_SHIFT))),
		      "I14, system: no ordinary root but the kernel's");
		reached("an ordinary root");
		return;
	}
	/* By the hart's own leave: what it has, and what it had. */
	claim(own == named || !load.mm, "nobody names a root of the pool that is not his");
	claim(own >= 0 || root == pa_in(load.now) ||
	      (root == pa_in(load.before) && named >= 0 && is_bound((nacc_u32)named)),
	      "no root of the pool that is not bound");
	reached("a root of the pool");
}

/* Frame 0, bound or not, and any mm */
void proof_bind(void)
{
	struct nacc_call call = { .fid = NACC_SBI_AS_BIND, .satp = any64() };
	struct nacc_ret ret;
	int own;

	any_roots();
	call.arg[0] = FRAME_BASE;
	call.arg[1] = any64();
	call.arg[2] = any64();
	ret = nacc_ecall(&core, &call);
	claim(!held, "no lock is held");
	claim_core_roots();
	if (ret.error) {
		claim(frames[0].type == old_frames[0].type &&
		      (frames[0].type != NACC_FRAME_ROOT || frames[0].slot == old_frames[0].slot),
		      "as it was");
		return;
	}
	reached("bound");
	claim(is_bound(0) && frames[0].mm == call.arg[1] && frames[0].slot == call.arg[2],
	      "bound to this mm");
	claim(core.guard & NACC_GUARD_ON, "only while roots are guarded");
	own = frame_number(nacc_satp_root(call.satp));
	if (own <= 0 || !is_bound((nacc_u32)own) || old_frames[0].slot || !is_on((nacc_u32)own))
		return;
	claim(frames[0].list.prev != NACC_FRAME_NONE, "who is gated binds none that is not");
}
