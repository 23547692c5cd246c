// SPDX-License-Identifier: BSD-2-Clause
/*
 * The trap path: one store of S-mode to a protected table, judged and
 * performed.
 */
#include "audit.h"
#include "frame.h"
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "policy.h"
#include "pte.h"
#include "seals.h"
#include "state.h"
#include "table.h"

/**
 * struct nacc_store - a trapped store under way
 * @frame: table or root that it goes to
 * @entry: the entry
 * @slot: its number
 * @writer: its instruction is in a writer range (I6)
 * @old: what the entry holds
 * @val: what it would hold
 */
struct nacc_store {
	struct nacc_frame *frame;
	nacc_u64 *entry;
	nacc_u32 slot;
	nacc_u32 writer;
	nacc_u64 old;
	nacc_u64 val;
};

/* The rules that do not depend on the value. */
static enum nacc_reason check_access(const struct nacc_core *core, const struct nacc_access *access,
				     struct nacc_store *st)
{
	if (access->decode_reason != NACC_REASON_NONE)
		return NACC_REASON_NOT_A_STORE;
	if (access->decoded.width != sizeof(nacc_u64))
		return NACC_REASON_WIDTH;
	/*
	 * A misaligned store may begin in a page that it may write and end in the
	 * pool. The fault then names the part that is in the pool (privileged
	 * spec, mtval), which need not be misaligned itself.
	 */
	if (access->pa % sizeof(nacc_u64) ||
	    access->base + (nacc_u64)access->decoded.imm != access->va)
		return NACC_REASON_MISALIGNED;
	if (!access->supervisor)
		return NACC_REASON_PRIVILEGE;
	if (!nacc_is_set_up(core))
		return NACC_REASON_NOT_SET_UP;
	st->frame = frame_at(core, access->pa);
	if (!st->frame || !frame_is_table(st->frame))
		return NACC_REASON_NOT_A_TABLE;
	st->slot = access->pa / sizeof(nacc_u64) % NACC_SBI_ENTRIES;
	st->entry = &frame_entries(core, st->frame)[st->slot];
	return NACC_REASON_NONE;
}

static int is_kernel_half(const struct nacc_store *st)
{
	return frame_type(st->frame) == NACC_FRAME_ROOT && st->slot >= NACC_USER_ENTRIES;
}

/* While it retires an address space may lose translations but win none. */
static enum nacc_reason check_state(const struct nacc_core *core, const struct nacc_store *st)
{
	nacc_u16 flags = frame_flags(&core->frames[st->frame->owner]);

	if ((flags & NACC_FRAME_FLAG_BUILDING) ||
	    ((flags & NACC_FRAME_FLAG_RETIRING) && (st->val & PTE_V) && !is_kernel_half(st)))
		return NACC_REASON_AS_STATE;
	return NACC_REASON_NONE;
}

/* A twin is a table before the entry names it: stores may follow at once. */
static enum nacc_reason adopt(struct nacc_core *core, const struct nacc_store *st,
			      struct nacc_plan *plan, nacc_u64 *val)
{
	enum nacc_reason reason;

	reason = nacc_table_adopt(core, st->frame->owner, st->frame->level - 1,
				  nacc_phys(pte_pa(st->val)), &st->old, &plan->child);
	if (!reason)
		*val = (st->val & ~PTE_PPN) |
		       frame_pa(core, plan->child) >> PAGE_SHIFT << PTE_PPN_SHIFT;
	return reason;
}

static void update_links(struct nacc_core *core, const struct nacc_store *st,
			 const struct nacc_plan *plan)
{
	if (plan->dropped) {
		nacc_frame_unlink(core, plan->dropped);
		nacc_count(&core->stats[NACC_STAT_UNLINKS]);
	}
	if (plan->child) {
		nacc_frame_link(core, plan->child, st->frame, st->slot);
		nacc_count(&core->stats[NACC_STAT_LINKS]);
	}
	if (plan->adopt) {
		nacc_undrained_push(core, plan->child, pte_pa(st->val));
		nacc_count(&core->stats[NACC_STAT_ADOPTED_TRAP]);
	}
}

static unsigned int try_store(struct nacc_core *core, const struct nacc_access *access,
			      struct nacc_store *st)
{
	enum nacc_reason reason;
	struct nacc_plan plan;
	nacc_u64 val;

	st->old = load64(st->entry);
	st->val = nacc_apply(access->decoded.op, st->old, access->operand);
	val = st->val;

	reason = check_state(core, st);
	if (!reason && nacc_seal_forbids(core, st->frame, st->slot, st->old, val))
		reason = NACC_REASON_SEALED;
	if (!reason)
		reason = nacc_plan_entry(core, st->frame, st->slot, st->old, val, &plan);
	if (!reason && !st->writer && core->setup->flags == NACC_PROVENANCE_ENFORCE)
		reason = NACC_REASON_PROVENANCE;
	if (!reason && plan.adopt)
		reason = adopt(core, st, &plan, &val);
	if (reason)
		return reason;

	if (!swap64(st->entry, st->old, val)) {
		/* Others may have seen the twin as a table: a fence it needs. */
		if (plan.adopt)
			nacc_frame_release(core, plan.child);
		return NACC_STORE_RETRY;
	}
	if (!is_kernel_half(st))
		frame_count(st->frame, st->old, val);
	update_links(core, st, &plan);
	return NACC_REASON_NONE;
}

/* Level 0 holds no links, so a store there needs no lock. */
static unsigned int try_often(struct nacc_core *core, const struct nacc_access *access,
			      struct nacc_store *st)
{
	nacc_u32 *lock = st->frame->level ? &core->frames[st->frame->owner].lock : 0;
	unsigned int result = NACC_STORE_RETRY;

	if (lock)
		nacc_lock(core, lock);
	for (int i = 0; i < NACC_SWAP_TRIES && result == NACC_STORE_RETRY; i++)
		result = frame_is_table(st->frame) ? try_store(core, access, st) :
						     NACC_REASON_NOT_A_TABLE;
	if (lock)
		nacc_unlock(lock);
	return result;
}

/* By code of the kernel's that writes tables it would be a stray store like any. */
static int is_selftest(const struct nacc_core *core, const struct nacc_access *access,
		       const struct nacc_store *st)
{
	return access->supervisor && !st->writer &&
	       access->pa - nacc_selftest_page(core) < PAGE_SIZE;
}

/* What could not be decoded cannot be skipped either: rd may matter. */
static void refuse(struct nacc_core *core, const struct nacc_access *access,
		   enum nacc_reason reason, const struct nacc_store *st,
		   struct nacc_verdict *verdict)
{
	if (access->again || is_selftest(core, access, st)) {
		nacc_count(&core->stats[access->again ? NACC_STAT_RETRIED : NACC_STAT_SELFTESTS]);
		return;
	}
	verdict->skip = st->writer && !access->decode_reason;
	if (access->decoded.width == sizeof(nacc_u32))
		verdict->old = (nacc_u64)(int)(st->old >> 8 * (access->pa % 8));
	nacc_count(&core->stats[NACC_STAT_REFUSED]);
	nacc_count(&core->reasons[reason]);
	nacc_page_refused(core, frame_at(core, access->pa));
	if (verdict->skip)
		nacc_count(&core->stats[NACC_STAT_SKIPPED]);
	nacc_audit_store(core, access, reason, verdict->skip ? NACC_AUDIT_SKIPPED : 0,
			 st->old, st->val);
}

static void perform_unknown(struct nacc_core *core, const struct nacc_access *access,
			    const struct nacc_store *st)
{
	nacc_count(&core->stats[NACC_STAT_UNKNOWN]);
	if (core->setup->flags == NACC_PROVENANCE_AUDIT && nacc_learn(core, access->pc))
		nacc_audit_store(core, access, NACC_REASON_PROVENANCE, NACC_AUDIT_PERFORMED,
				 st->old, st->val);
}

unsigned int nacc_store(struct nacc_core *core, const struct nacc_access *access,
			struct nacc_verdict *verdict)
{
	struct nacc_percpu *cpu = &core->percpu[access->hart % NACC_PERCPU];
	struct nacc_store st = { .frame = 0 };
	unsigned int result;

	if (access->supervisor && nacc_is_locked(core))
		st.writer = nacc_is_writer(core, access->pc, &cpu->writer);
	result = check_access(core, access, &st);
	if (result != NACC_REASON_NONE) {
		/* Of the records nothing is told, not even what a store was to replace. */
		if (nacc_is_readable(core, access->pa))
			st.old = load64(nacc_phys(access->pa & ~7ULL));
		if (!access->decode_reason)
			st.val = nacc_apply(access->decoded.op, st.old, access->operand);
	} else {
		result = try_often(core, access, &st);
	}

	verdict->old = st.old;
	verdict->skip = 0;
	if (result == NACC_REASON_NONE) {
		nacc_count(&cpu->done[access->decoded.op == NACC_OP_STORE ?
				      NACC_DONE_STORE : NACC_DONE_AMO]);
		if (!st.writer)
			perform_unknown(core, access, &st);
		return result;
	}
	nacc_count(&core->stats[NACC_STAT_TRAPS]);
	if (result != NACC_STORE_RETRY)
		refuse(core, access, result, &st, verdict);
	return result;
}

nacc_u64 nacc_stat(const struct nacc_core *core, nacc_u32 stat)
{
	/* Sets of enum nacc_done. Of the traps, @stats has those that performed nothing. */
	static const nacc_u8 sets[NACC_STAT_MAX] = {
		[NACC_STAT_TRAPS] = 0xf, [NACC_STAT_STORES] = 0x5,
		[NACC_STAT_AMOS] = 0xa, [NACC_STAT_FAST] = 0xc,
	};
	nacc_u64 sum = load64(&core->stats[stat]);

	if (stat == NACC_STAT_AUDIT_NEXT)
		return load64(&core->audit_next);
	for (nacc_u32 i = 0; stat == NACC_STAT_LOCK_WAITS && i < NACC_PERCPU; i++)
		sum += load64(&core->percpu[i].waits);
	for (nacc_u32 done = 0; done < NACC_DONE_MAX; done++)
		for (nacc_u32 i = 0; sets[stat] >> done & 1 && i < NACC_PERCPU; i++)
			sum += load64(&core->percpu[i].done[done]);
	return sum;
}

/* The leaf entry that translates a user address, in frames of the pool only. */
static nacc_u64 *walk(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va)
{
	const struct nacc_frame *frame, *parent = 0;
	nacc_u64 *entry;

	/* That there is a root says that the set-up is locked. */
	frame = frame_at(core, (satp & SATP_PPN) << PAGE_SHIFT);
	if (!frame || frame_type(frame) != NACC_FRAME_ROOT ||
	    satp >> SATP_MODE_SHIFT != core->satp_mode)
		return 0;
	/* The user half ends one bit below the top of the translated bits. */
	if (va >> (PAGE_SHIFT + 9 * (core->top_level + 1) - 1))
		return 0;
	do {
		nacc_u32 shift = PAGE_SHIFT + 9 * frame->level;
		nacc_u64 pte;

		entry = &frame_entries(core, frame)[va >> shift & (NACC_SBI_ENTRIES - 1)];
		pte = load64(entry);
		if (!pte_is_link(pte))
			return entry;
		parent = frame;
		frame = frame_at(core, pte_pa(pte));
	} while (frame && frame_type(frame) == NACC_FRAME_TABLE &&
		 frame->level + 1 == parent->level);
	return 0;
}

enum nacc_ad_result nacc_set_ad(struct nacc_core *core, nacc_u64 satp, nacc_u64 va,
				int is_store, int is_fetch)
{
	nacc_u64 *entry = walk(core, satp, va);
	nacc_u64 bits = is_store ? PTE_A | PTE_D : PTE_A;
	nacc_u64 need = PTE_V | (is_store ? PTE_W : is_fetch ? PTE_X : PTE_R);

	for (int i = 0; entry && i < NACC_SWAP_TRIES; i++) {
		nacc_u64 pte = load64(entry);

		if ((pte & need) != need)
			return NACC_AD_NONE;
		if ((pte & bits) == bits)
			return NACC_AD_SETTLED;
		if (swap64(entry, pte, pte | bits)) {
			nacc_count(&core->stats[NACC_STAT_AD_FAULTS]);
			return NACC_AD_SET;
		}
	}
	return NACC_AD_NONE;
}
