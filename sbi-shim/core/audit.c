// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ring of refused stores: NACC_SBI_AUDIT reads it.
 *
 * It has a lock of its own so that refusals never wait for a long call, and so
 * that sequence numbers have no gaps.
 */
#include "nacc_internal.h"

/*
 * Only a table or root keeps its level and owner while this hart is in here: a
 * released frame may be just now reclaimed by another.
 */
static void describe_frame(const struct nacc_core *core, nacc_u64 pa,
			   struct nacc_sbi_audit *record)
{
	const struct nacc_frame *frame = frame_at(core, pa);
	nacc_u8 type;

	record->root = 0;
	record->owner_pa = 0;
	record->level = 0;
	if (!frame)
		return;
	record->owner_pa = frame_pa(core, frame);
	type = frame_type(frame);
	if (type != NACC_FRAME_TABLE && type != NACC_FRAME_ROOT)
		return;
	record->level = frame->level;
	record->root = frame_pa(core, &core->frames[frame->owner]);
}

void nacc_audit_store(struct nacc_core *core, const struct nacc_access *access,
		      enum nacc_reason reason, nacc_u64 old, nacc_u64 val)
{
	struct nacc_sbi_audit *record;

	nacc_spin_lock(&core->audit_lock);
	record = &core->audit[core->audit_next % NACC_AUDIT_RECORDS];
	record->seq = core->audit_next++;
	record->time = access->time;
	record->pc = access->pc;
	record->addr = access->va;
	record->old = old;
	record->val = val;
	record->reason = reason;
	record->insn = access->insn;
	record->hart = access->hart;
	describe_frame(core, access->pa, record);
	nacc_spin_unlock(&core->audit_lock);
}

nacc_u32 nacc_audit_read(struct nacc_core *core, nacc_u64 seq,
			 struct nacc_sbi_audit *out, nacc_u32 max)
{
	nacc_u32 nr = 0;

	nacc_spin_lock(&core->audit_lock);
	if (core->audit_next > NACC_AUDIT_RECORDS &&
	    seq < core->audit_next - NACC_AUDIT_RECORDS)
		seq = core->audit_next - NACC_AUDIT_RECORDS;
	for (; nr < max && seq < core->audit_next; nr++, seq++)
		out[nr] = core->audit[seq % NACC_AUDIT_RECORDS];
	nacc_spin_unlock(&core->audit_lock);
	return nr;
}

nacc_u64 nacc_audit_next(struct nacc_core *core)
{
	nacc_u64 next;

	nacc_spin_lock(&core->audit_lock);
	next = core->audit_next;
	nacc_spin_unlock(&core->audit_lock);
	return next;
}
