// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is remembered of stores and calls: the ring of records that NACC_SBI_AUDIT reads
 * and the unknown writers of NACC_SBI_LEARN.
 *
 * Stores and calls have a ring each, so that neither push out the other: who can
 * make one kind need not be able to make the other. They are numbered as one, under
 * a lock of their own so that refusals never wait for a long call, and so that
 * sequence numbers have no gaps.
 */
#include "audit.h"
#include "frame.h"
#include "lock.h"
#include "mem.h"

void nacc_audit_record(struct nacc_core *core, struct nacc_sbi_audit *record)
{
	nacc_lock(core, &core->audit_lock);
	record->seq = core->audit_next;
	if (record->flags & NACC_AUDIT_CALL)
		core->calls[core->audit_calls++ % NACC_AUDIT_CALLS] = *record;
	else
		core->audit[core->audit_stores++ % NACC_AUDIT_RECORDS] = *record;
	store64(&core->audit_next, record->seq + 1);
	nacc_unlock(&core->audit_lock);
}

void nacc_audit_store(struct nacc_core *core, const struct nacc_access *access,
		      enum nacc_reason reason, nacc_u16 flags, nacc_u64 old, nacc_u64 val)
{
	const struct nacc_frame *frame = frame_at(core, access->pa);
	/*
	 * Only a table or root keeps its level and owner while this hart is in
	 * here: a released frame may be just now reclaimed by another.
	 */
	int table = frame && frame_is_table(frame);
	const struct nacc_frame *root = table ? &core->frames[frame->owner] : 0;
	struct nacc_sbi_audit record = {
		.time = access->time,
		.pc = access->pc,
		.addr = access->va,
		.old = old,
		.val = val,
		.root = root ? frame_pa(core, root) : 0,
		.owner_pa = frame ? frame_pa(core, frame) : 0,
		.reason = reason,
		.insn = access->insn,
		.hart = access->hart,
		.level = table ? frame->level : 0,
		.flags = flags,
		.tag = root ? load64(&root->tag) : 0,
		.task = access->task,
	};

	nacc_audit_record(core, &record);
}

void nacc_audit_call(struct nacc_core *core, const struct nacc_call *call,
		     struct nacc_sbi_audit *record)
{
	const struct nacc_frame *frame = frame_at(core, call->arg[0]), *root;

	record->addr = call->arg[0];
	record->old = NACC_SBI_EID;
	record->val = call->arg[1];
	record->insn = (nacc_u32)call->fid;
	record->flags = NACC_AUDIT_CALL;
	if (frame && frame_is_table(frame)) {
		root = &core->frames[frame->owner];
		record->owner_pa = call->arg[0];
		record->level = frame->level;
		record->root = frame_pa(core, root);
		record->tag = load64(&root->tag);
	}
	nacc_audit_record(core, record);
}

/* The oldest record from @seq on, and from number @at on of those that were taken. */
static const struct nacc_sbi_audit *oldest(const struct nacc_sbi_audit *ring, nacc_u64 nr,
					   nacc_u32 size, nacc_u64 *at, nacc_u64 seq)
{
	if (nr > size && *at < nr - size)
		*at = nr - size;
	for (; *at < nr; ++*at)
		if (ring[*at % size].seq >= seq)
			return &ring[*at % size];
	return 0;
}

struct nacc_ret nacc_audit_read(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_audit *out = rq->page;
	const struct nacc_sbi_audit *store, *call;
	nacc_u64 stores = 0, calls = 0, seq = rq->arg[0];
	nacc_u32 nr = 0;

	nacc_lock(core, &core->audit_lock);
	for (; nr < NACC_SBI_AUDIT_MAX; nr++, seq++) {
		store = oldest(core->audit, core->audit_stores, NACC_AUDIT_RECORDS, &stores, seq);
		call = oldest(core->calls, core->audit_calls, NACC_AUDIT_CALLS, &calls, seq);
		if (!store && !call)
			break;
		if (!store || (call && call->seq < store->seq))
			store = call;
		out[nr] = *store;
		seq = store->seq;
	}
	nacc_unlock(&core->audit_lock);
	return ret_ok(nr);
}

/*
 * A place that has got a PC keeps it, so harts need no lock; the first place of
 * all, which has none, is for those that find no other.
 */
static struct nacc_sbi_unknown *unknown_place(struct nacc_core *core, nacc_u64 pc)
{
	const nacc_u32 nr = NACC_SBI_LEARN_MAX - 1;

	for (nacc_u32 i = 0; pc && i < nr; i++) {
		struct nacc_sbi_unknown *place = &core->unknown[1 + (pc / 2 + i) % nr];

		if (!load64(&place->pc))
			swap64(&place->pc, 0, pc);
		if (load64(&place->pc) == pc)
			return place;
	}
	return &core->unknown[0];
}

int nacc_learn(struct nacc_core *core, nacc_u64 pc)
{
	return !__atomic_fetch_add(&unknown_place(core, pc)->count, 1, __ATOMIC_RELAXED);
}

struct nacc_ret nacc_learn_read(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_unknown *out = rq->page;
	nacc_u32 nr = 0;

	for (nacc_u32 i = 0; i < NACC_SBI_LEARN_MAX; i++) {
		nacc_u64 count = load64(&core->unknown[i].count);

		if (!count)
			continue;
		out[nr].pc = load64(&core->unknown[i].pc);
		out[nr++].count = count;
	}
	return ret_ok(nr);
}
