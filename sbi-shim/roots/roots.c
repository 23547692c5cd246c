// SPDX-License-Identifier: BSD-2-Clause
/*
 * Roots: which one a hart may have in satp (I14).
 *
 * An mm, by the address that the kernel knows it by, is bound to one root. Bound roots
 * are in lists by a hash of their mm; these are read without a lock, also by the trap
 * vector. A root that has left its list still leads on to the others, until it is
 * reclaimed, which takes a fence that waits for this hart to leave M-mode; and it is
 * bound once in its life.
 */
#include "audit.h"
#include "contexts.h"
#include "frame.h"
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "policy.h"
#include "pte.h"
#include "roots.h"
#include "seals.h"
#include "state.h"

/* Of nacc_core.guard: the flags, then how many roots are bound */
#define ONE_BOUND	(NACC_GUARD_FLAGS + 1)

static nacc_u32 *bucket_of(const struct nacc_core *core, nacc_u64 mm)
{
	return &core->buckets[(nacc_u32)(mm >> 6) * NACC_HASH >> core->hash_shift];
}

/* Its type first: a frame that is no root has something else in place of that. */
static int is_bound(const struct nacc_frame *frame)
{
	return frame_type(frame) == NACC_FRAME_ROOT && load32(&frame->slot);
}

struct nacc_frame *nacc_root_of(const struct nacc_core *core, nacc_u64 mm)
{
	nacc_u32 i = __atomic_load_n(bucket_of(core, mm), __ATOMIC_ACQUIRE);

	while (i != NACC_FRAME_NONE) {
		struct nacc_frame *root = &core->frames[i];

		/* In this order: a released root has something else in place of its mm. */
		if (__atomic_load_n(&root->mm, __ATOMIC_ACQUIRE) == mm && is_bound(root))
			return root;
		i = load32(&root->next_bound);
	}
	return 0;
}

static enum nacc_reason enlist(struct nacc_core *core, struct nacc_frame *root, nacc_u64 mm)
{
	nacc_u32 *at = bucket_of(core, mm), nr = 0;

	if (!(core->guard & NACC_GUARD_ON) || nacc_root_of(core, mm))
		return NACC_REASON_AS_STATE;
	for (nacc_u32 i = *at; i != NACC_FRAME_NONE; i = core->frames[i].next_bound)
		nr++;
	if (nr == NACC_CHAIN_MAX)
		return NACC_REASON_EXHAUSTED;
	set_field(&root->next_bound, *at);
	store64(&root->mm, mm);
	__atomic_store_n(at, frame_index(core, root), __ATOMIC_RELEASE);
	store64(&core->guard, core->guard + ONE_BOUND);
	return NACC_REASON_NONE;
}

struct nacc_ret nacc_bind(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *root = rq->frame;
	enum nacc_reason reason = NACC_REASON_NONE;
	nacc_u64 mm = rq->arg[1], state = rq->arg[2];
	nacc_u32 was = root->slot;

	if (!mm || state - 1 >= NACC_BOUND_MAX - 1)
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	if (!was && nacc_gate_owed(core, rq))
		return ret_fail(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	if (was && (root->mm != mm || (state != was && state != NACC_BOUND_LEAVING &&
				       was != NACC_BOUND_JOINING)))
		return ret_fail(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	/* Elsewhere its mm would have other tables. */
	if (state == NACC_BOUND_LEAVING && nacc_is_sealed(root))
		return nacc_refused(NACC_REASON_SEALED);
	set_field(&root->slot, (nacc_u32)state);
	if (!was) {
		nacc_lock(core, &core->roots_lock);
		reason = enlist(core, root, mm);
		nacc_unlock(&core->roots_lock);
	}
	if (!reason)
		return ret_ok(0);
	set_field(&root->slot, 0);
	return ret_fail(NACC_SBI_ERR_INVALID_STATE, reason);
}

int nacc_unbind(struct nacc_core *core, struct nacc_frame *root)
{
	nacc_u64 mm = root->mm;
	nacc_u32 *at = bucket_of(core, mm);

	if (!root->slot)
		return 1;
	/* A hart says what it loads, and then looks: one of the two sees the other. */
	store64(&root->mm, 0);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (nacc_root_is_loaded(frame_pa(core, root))) {
		store64(&root->mm, mm);
		return 0;
	}
	nacc_lock(core, &core->roots_lock);
	while (*at != frame_index(core, root))
		at = &core->frames[*at].next_bound;
	__atomic_store_n(at, root->next_bound, __ATOMIC_RELEASE);
	store64(&core->guard, core->guard - ONE_BOUND);
	nacc_unlock(&core->roots_lock);
	set_field(&root->slot, 0);
	return 1;
}

enum nacc_reason nacc_guard(struct nacc_core *core, nacc_u64 flags, nacc_u64 upcall,
			    nacc_u64 other)
{
	enum nacc_reason reason = NACC_REASON_NONE;

	if (flags & ~NACC_GUARD_FLAGS || flags == NACC_GUARD_SYSTEM)
		return NACC_REASON_BAD_COUNT;
	if (other && !nacc_ram_ok(core, other, PAGE_SIZE))
		return NACC_REASON_BAD_ADDRESS;
	nacc_lock(core, &core->roots_lock);
	if (core->guard < ONE_BOUND) {
		store64(&core->upcall, upcall);
		store64(&core->other_root, other);
	} else if (!flags) {
		reason = NACC_REASON_AS_STATE;
	} else if (core->upcall != upcall || core->other_root != other) {
		reason = NACC_REASON_LOCKED;
	}
	if (!reason)
		store64(&core->guard, core->guard / ONE_BOUND * ONE_BOUND | flags);
	nacc_unlock(&core->roots_lock);
	return reason;
}

nacc_u32 nacc_site(const struct nacc_core *core, nacc_u64 pc)
{
	const struct nacc_sbi_setup *setup = core->setup;
	const struct nacc_sbi_range *site;

	site = &setup->ranges[setup->nr_writers + setup->nr_user_visible + setup->nr_freed];
	for (nacc_u32 i = 0; i < setup->nr_sites; i++)
		if (site[i].start == pc)
			return (nacc_u32)site[i].end;
	return 0;
}

const struct nacc_frame *nacc_bound_at(const struct nacc_core *core, nacc_u64 root)
{
	const struct nacc_frame *frame = frame_at(core, root);

	return frame && is_bound(frame) ? frame : 0;
}

int nacc_satp_is_bare(nacc_u64 satp)
{
	return !(satp >> SATP_MODE_SHIFT);
}

nacc_u64 nacc_satp_root(nacc_u64 satp)
{
	return nacc_satp_is_bare(satp) ? 0 : (satp & SATP_PPN) << PAGE_SHIFT;
}

static int is_system(const struct nacc_core *core)
{
	return !!(load64(&core->guard) & NACC_GUARD_SYSTEM);
}

static int is_kernels(const struct nacc_core *core, nacc_u64 root)
{
	return root == core->setup->kernel_root ||
	       (root && root == load64(&core->other_root));
}

/* May a hart have it, whoever it is of? */
static int is_fit(const struct nacc_core *core, nacc_u64 root)
{
	return nacc_bound_at(core, root) ||
	       (!nacc_in_region(core, root) && !is_system(core));
}

/*
 * Without an mm: what this hart has, or had before it was started, which was judged
 * then; and one of the kernel's image, with which it turns translation on.
 */
static int is_known(const struct nacc_core *core, const struct nacc_load *load, nacc_u64 root)
{
	if (nacc_satp_is_bare(load->now))
		return nacc_in_image(core, root);
	return root == nacc_satp_root(load->now) ||
	       (!nacc_satp_is_bare(load->before) && root == nacc_satp_root(load->before) &&
		is_fit(core, root));
}

nacc_u64 nacc_fit_root(const struct nacc_core *core, nacc_u64 satp)
{
	nacc_u64 root = nacc_satp_root(satp);

	if (!is_system(core) || nacc_satp_is_bare(satp) || is_kernels(core, root) ||
	    is_fit(core, root))
		return satp;
	return (satp & ~SATP_PPN) | core->setup->kernel_root >> PAGE_SHIFT;
}

/* The root to load in place of @root */
static nacc_u64 judge(const struct nacc_core *core, const struct nacc_load *load, nacc_u64 root,
		      const struct nacc_frame *own, enum nacc_reason *reason)
{
	nacc_u32 state = own ? load32(&own->slot) : 0;
	int ordinary = !nacc_in_region(core, root) && !is_system(core);

	if (own && !(state == NACC_BOUND_LEAVING && ordinary)) {
		if (root != frame_pa(core, own) && state != NACC_BOUND_JOINING)
			*reason = NACC_REASON_ROOT_FORGED;
		return frame_pa(core, own);
	}
	if (own || is_kernels(core, root))
		return root;
	if (load->mm ? ordinary : is_known(core, load, root))
		return root;
	*reason = NACC_REASON_ROOT_FOREIGN;
	return core->setup->kernel_root;
}

static void record(struct nacc_core *core, const struct nacc_load *load, nacc_u64 root,
		   const struct nacc_frame *own, enum nacc_reason reason)
{
	const struct nacc_frame *named = frame_at(core, root), *whose = own;

	if (!whose && named && frame_is_table(named))
		whose = &core->frames[named->owner];
	struct nacc_sbi_audit audit = {
		.time = load->time,
		.pc = load->pc,
		.addr = load->mm,
		.old = load->now,
		.val = load->want,
		.root = whose ? frame_pa(core, whose) : 0,
		.owner_pa = root,
		.reason = reason,
		.insn = load->insn,
		.hart = load->hart,
		.level = (nacc_u16)core->top_level,
		.flags = own ? NACC_AUDIT_SKIPPED | NACC_AUDIT_ROOT : NACC_AUDIT_ROOT,
		.tag = whose ? load64(&whose->tag) : 0,
		.task = load->task,
	};

	nacc_count(&core->reasons[reason]);
	nacc_page_refused(core, whose);
	nacc_audit_record(core, &audit);
}

/* Nobody is switched to: the hart has what it had, which the kernel takes it to have. */
static nacc_u64 kept(const struct nacc_core *core, const struct nacc_load *load)
{
	nacc_u64 before = nacc_satp_root(load->before);

	if (load->before >> SATP_MODE_SHIFT == core->satp_mode &&
	    (is_kernels(core, before) || is_known(core, load, before)))
		return load->before;
	return load->now;
}

enum nacc_reason nacc_load_root(struct nacc_core *core, const struct nacc_load *load,
				nacc_u64 *satp)
{
	const struct nacc_frame *own = load->mm ? nacc_root_of(core, load->mm) : 0;
	enum nacc_reason reason = NACC_REASON_NONE;
	nacc_u64 mode = core->satp_mode, root = (load->want & SATP_PPN) << PAGE_SHIFT;
	nacc_u64 changes = load->want >> SATP_MODE_SHIFT ^ mode;

	/* Bare is the end of a kernel. A mode that a hart has not it does not take either. */
	if (changes && !load->mm) {
		*satp = changes == mode ? 0 : load->now;
		return reason;
	}
	*satp = ((load->want ^ changes << SATP_MODE_SHIFT) & ~SATP_PPN) |
		judge(core, load, root, own, &reason) >> PAGE_SHIFT;
	/* In a switch it is a variable of the kernel's that says which. */
	if (changes && !reason)
		reason = NACC_REASON_ROOT_FORGED;
	if (reason && !load->mm && !nacc_satp_is_bare(load->now))
		*satp = kept(core, load);
	if (reason)
		record(core, load, root, own, reason);
	return reason;
}
