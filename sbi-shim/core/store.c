// SPDX-License-Identifier: BSD-2-Clause
/*
 * The trap path: one store of S-mode to a protected table, judged and
 * performed.
 */
#include "nacc_internal.h"

/**
 * struct store - a store under way
 * @frame: table or root that it goes to
 * @entry: the entry
 * @slot: its number
 * @old: what the entry holds
 * @val: what it would hold
 */
struct store {
	struct nacc_frame *frame;
	nacc_u64 *entry;
	nacc_u32 slot;
	nacc_u64 old;
	nacc_u64 val;
};

static nacc_u64 apply(nacc_u8 op, nacc_u64 old, nacc_u64 operand)
{
	long long a = (long long)old, b = (long long)operand;

	switch (op) {
	case NACC_OP_ADD:
		return old + operand;
	case NACC_OP_XOR:
		return old ^ operand;
	case NACC_OP_AND:
		return old & operand;
	case NACC_OP_OR:
		return old | operand;
	case NACC_OP_MIN:
		return a < b ? old : operand;
	case NACC_OP_MAX:
		return a > b ? old : operand;
	case NACC_OP_MINU:
		return old < operand ? old : operand;
	case NACC_OP_MAXU:
		return old > operand ? old : operand;
	default:
		return operand;
	}
}

static int is_table(const struct nacc_frame *frame)
{
	nacc_u8 type = frame_type(frame);

	return type == NACC_FRAME_TABLE || type == NACC_FRAME_ROOT;
}

/* The rules that do not depend on the value. */
static enum nacc_reason check_access(struct nacc_core *core,
				     const struct nacc_access *access,
				     struct store *st)
{
	if (access->decode_reason != NACC_REASON_NONE)
		return NACC_REASON_NOT_A_STORE;
	if (access->decoded.width != sizeof(nacc_u64))
		return NACC_REASON_WIDTH;
	if (access->pa % sizeof(nacc_u64))
		return NACC_REASON_MISALIGNED;
	if (!access->supervisor)
		return NACC_REASON_PRIVILEGE;
	if (!nacc_is_set_up(core))
		return NACC_REASON_NOT_SET_UP;
	st->frame = frame_at(core, access->pa);
	if (!st->frame || !is_table(st->frame))
		return NACC_REASON_NOT_A_TABLE;
	st->slot = access->pa / sizeof(nacc_u64) % NACC_SBI_ENTRIES;
	st->entry = &frame_entries(core, st->frame)[st->slot];
	return NACC_REASON_NONE;
}

static int is_kernel_half(const struct store *st)
{
	return frame_type(st->frame) == NACC_FRAME_ROOT &&
	       st->slot >= NACC_USER_ENTRIES;
}

/* While it retires an address space may lose translations but win none. */
static enum nacc_reason check_state(const struct nacc_core *core,
				    const struct store *st)
{
	nacc_u16 flags = frame_flags(&core->frames[st->frame->owner]);

	if (flags & NACC_FRAME_FLAG_BUILDING)
		return NACC_REASON_AS_STATE;
	if ((flags & NACC_FRAME_FLAG_RETIRING) && (st->val & PTE_V) &&
	    !is_kernel_half(st))
		return NACC_REASON_AS_STATE;
	return NACC_REASON_NONE;
}

/* A twin is a table before the entry names it: stores may follow at once. */
static enum nacc_reason adopt(struct nacc_core *core, const struct store *st,
			      struct nacc_plan *plan, nacc_u64 *val)
{
	enum nacc_reason reason;

	reason = nacc_table_adopt(core, st->frame->owner, st->frame->level - 1,
				  pte_pa(st->val), 0, &plan->child);
	if (reason)
		return reason;
	*val = (st->val & ~PTE_PPN) |
	       frame_pa(core, plan->child) >> PAGE_SHIFT << PTE_PPN_SHIFT;
	return NACC_REASON_NONE;
}

static void update_live(struct store *st, nacc_u64 val)
{
	if (!st->old == !val || is_kernel_half(st))
		return;
	if (val)
		__atomic_fetch_add(&st->frame->live, 1, __ATOMIC_RELAXED);
	else
		__atomic_fetch_sub(&st->frame->live, 1, __ATOMIC_RELAXED);
}

static void update_links(struct nacc_core *core, const struct store *st,
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

static unsigned int try_store(struct nacc_core *core,
			      const struct nacc_access *access,
			      struct store *st)
{
	enum nacc_reason reason;
	struct nacc_plan plan;
	nacc_u64 val;

	st->old = load64(st->entry);
	st->val = apply(access->decoded.op, st->old, access->operand);
	val = st->val;

	reason = check_state(core, st);
	if (!reason)
		reason = nacc_plan_entry(core, st->frame, st->slot, st->old,
					 val, &plan);
	if (!reason && !nacc_is_writer(core, access->pc))
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
	update_live(st, val);
	update_links(core, st, &plan);
	return NACC_REASON_NONE;
}

static unsigned int try_often(struct nacc_core *core,
			      const struct nacc_access *access,
			      struct store *st)
{
	unsigned int result = NACC_STORE_RETRY;

	for (int i = 0; i < NACC_SWAP_TRIES && result == NACC_STORE_RETRY; i++)
		result = try_store(core, access, st);
	return result;
}

static unsigned int try_locked(struct nacc_core *core,
			       const struct nacc_access *access,
			       struct store *st)
{
	unsigned int result = NACC_REASON_NOT_A_TABLE;

	nacc_spin_lock(&core->lock);
	if (is_table(st->frame))
		result = try_often(core, access, st);
	nacc_spin_unlock(&core->lock);
	return result;
}

static unsigned int refuse(struct nacc_core *core,
			   const struct nacc_access *access,
			   enum nacc_reason reason, const struct store *st)
{
	nacc_count(&core->stats[NACC_STAT_REFUSED]);
	nacc_count(&core->reasons[reason]);
	nacc_audit_store(core, access, reason, st->old, st->val);
	return reason;
}

unsigned int nacc_store(struct nacc_core *core, const struct nacc_access *access,
			nacc_u64 *old)
{
	struct store st = { .frame = 0 };
	unsigned int result;

	nacc_count(&core->stats[NACC_STAT_TRAPS]);
	result = check_access(core, access, &st);
	if (result != NACC_REASON_NONE) {
		if (nacc_in_region(core, access->pa))
			st.old = load64(nacc_phys(access->pa & ~7ULL));
		if (access->decode_reason == NACC_REASON_NONE)
			st.val = apply(access->decoded.op, st.old,
				       access->operand);
	} else if (st.frame->level == 0) {
		result = try_often(core, access, &st);
	} else {
		result = try_locked(core, access, &st);
	}

	*old = st.old;
	if (result == NACC_STORE_RETRY)
		return result;
	if (result != NACC_REASON_NONE)
		return refuse(core, access, result, &st);
	nacc_count(&core->stats[access->decoded.op == NACC_OP_STORE ?
				NACC_STAT_STORES : NACC_STAT_AMOS]);
	return NACC_REASON_NONE;
}

/* The leaf entry that translates a user address, in frames of the pool only. */
static nacc_u64 *walk(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va)
{
	const struct nacc_frame *frame, *parent = 0;
	nacc_u64 *entry;

	if (!nacc_is_set_up(core) || satp >> SATP_MODE_SHIFT != core->satp_mode)
		return 0;
	/* The user half ends one bit below the top of the translated bits. */
	if (va >> (PAGE_SHIFT + 9 * (core->top_level + 1) - 1))
		return 0;
	frame = frame_at(core, (satp & SATP_PPN) << PAGE_SHIFT);
	if (!frame || frame_type(frame) != NACC_FRAME_ROOT)
		return 0;
	do {
		nacc_u32 shift = PAGE_SHIFT + 9 * frame->level;

		entry = &frame_entries(core, frame)[va >> shift & 0x1ff];
		if (!pte_is_link(load64(entry)))
			return entry;
		parent = frame;
		frame = frame_at(core, pte_pa(load64(entry)));
	} while (frame && frame_type(frame) == NACC_FRAME_TABLE &&
		 frame->level + 1 == parent->level);
	return 0;
}

static int permits(nacc_u64 pte, int is_store, int is_fetch)
{
	nacc_u64 need = PTE_R;

	if (is_fetch)
		need = PTE_X;
	else if (is_store)
		need = PTE_W;
	return (pte & PTE_V) && (pte & need);
}

static nacc_u64 wanted(int is_store)
{
	return is_store ? PTE_A | PTE_D : PTE_A;
}

int nacc_set_ad(struct nacc_core *core, nacc_u64 satp, nacc_u64 va,
		int is_store, int is_fetch)
{
	nacc_u64 *entry = walk(core, satp, va);
	nacc_u64 bits = wanted(is_store);

	for (int i = 0; entry && i < NACC_SWAP_TRIES; i++) {
		nacc_u64 pte = load64(entry);

		if (!permits(pte, is_store, is_fetch) || (pte & bits) == bits)
			return 0;
		if (swap64(entry, pte, pte | bits)) {
			nacc_count(&core->stats[NACC_STAT_AD_FAULTS]);
			return 1;
		}
	}
	return 0;
}

int nacc_ad_settled(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va,
		    int is_store, int is_fetch)
{
	const nacc_u64 *entry = walk(core, satp, va);
	nacc_u64 bits = wanted(is_store), pte;

	if (!entry)
		return 0;
	pte = load64(entry);
	return permits(pte, is_store, is_fetch) && (pte & bits) == bits;
}
