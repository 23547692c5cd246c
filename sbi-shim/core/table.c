// SPDX-License-Identifier: BSD-2-Clause
/*
 * Tables as wholes and the links between them (I3, I5).
 *
 * Every function here that changes something wants the address space locked, or the
 * frame not yet to be a table.
 */
#include "frame.h"
#include "mem.h"
#include "page.h"
#include "policy.h"
#include "pte.h"
#include "state.h"
#include "table.h"

struct nacc_frame *nacc_entry_child(const struct nacc_core *core, const struct nacc_frame *frame,
				    nacc_u32 slot, nacc_u64 pte)
{
	struct nacc_frame *child;

	if (!pte_is_link(pte))
		return 0;
	child = frame_at(core, pte_pa(pte));
	/* Whose parent that is, is told by whose lock is held. */
	if (!child || frame_type(child) != NACC_FRAME_TABLE || child->owner != frame->owner ||
	    child->slot != slot || child->parent != frame_index(core, frame))
		return 0;
	return child;
}

static enum nacc_reason check_child(const struct nacc_core *core, const struct nacc_frame *frame,
				    nacc_u64 pa)
{
	const struct nacc_frame *child = frame_at(core, pa);

	if (!child || frame_type(child) != NACC_FRAME_TABLE)
		return NACC_REASON_NOT_A_TABLE;
	if (child->owner != frame->owner)
		return NACC_REASON_OWNER;
	if (child->level + 1 != frame->level)
		return NACC_REASON_LEVEL;
	return NACC_REASON_NONE;
}

static enum nacc_reason plan_link(const struct nacc_core *core, const struct nacc_frame *frame,
				  nacc_u64 pa, struct nacc_plan *plan)
{
	enum nacc_reason reason;

	if (!nacc_in_region(core, pa)) {
		plan->adopt = 1;
		return nacc_buffer_ok(core, pa, PAGE_SIZE) ?
			NACC_REASON_NONE : NACC_REASON_LINK_NOT_RAM;
	}
	reason = check_child(core, frame, pa);
	if (reason)
		return reason;
	plan->child = frame_at(core, pa);
	if (plan->child->parent != NACC_FRAME_NONE)
		return NACC_REASON_DOUBLE_LINK;
	return NACC_REASON_NONE;
}

enum nacc_reason nacc_plan_entry(const struct nacc_core *core, const struct nacc_frame *frame,
				 nacc_u32 slot, nacc_u64 old, nacc_u64 val, struct nacc_plan *plan)
{
	enum nacc_reason reason;

	*plan = (struct nacc_plan){ .adopt = 0 };
	if (frame_flags(frame) & NACC_FRAME_FLAG_PAGE)
		return nacc_page_entry(core, frame, slot, old, val);
	if (frame_type(frame) == NACC_FRAME_ROOT && slot >= NACC_USER_ENTRIES) {
		const nacc_u64 *kernel = nacc_phys(core->setup->kernel_root);

		return val == load64(&kernel[slot]) ? NACC_REASON_NONE : NACC_REASON_KERNEL_HALF;
	}

	plan->dropped = nacc_entry_child(core, frame, slot, old);
	reason = frame->level ? nacc_page_link(core, frame, slot, old, val, plan->dropped) :
				NACC_REASON_NONE;
	if (reason)
		return reason;
	if (!(val & PTE_V))
		return NACC_REASON_NONE;
	if (val & PTE_RWX)
		return nacc_check_leaf(core, val, frame->level);
	if (val & (PTE_HIGH | PTE_A | PTE_D | PTE_U | PTE_G))
		return NACC_REASON_RESERVED_BITS;
	if (!frame->level)
		return NACC_REASON_LEVEL;
	if (plan->dropped && pte_pa(old) == pte_pa(val)) {
		plan->dropped = 0;
		return NACC_REASON_NONE;
	}
	return plan_link(core, frame, pte_pa(val), plan);
}

/* Most of most tables is empty: the loops below look at so many entries at a time. */
#define GROUP	(NACC_USER_ENTRIES < 4 ? NACC_USER_ENTRIES : 4)

/* Returns 0 if all of a group are zero. */
static inline FLAT nacc_u64 read_group(nacc_u64 pte[GROUP], const nacc_u64 *entry)
{
	nacc_u64 any = 0;

	_Static_assert(NACC_USER_ENTRIES % GROUP == 0, "whole groups");
#pragma GCC unroll 4
	for (nacc_u32 i = 0; i < GROUP; i++) {
		pte[i] = load64(&entry[i]);
		any |= pte[i];
	}
	return any;
}

void nacc_table_orphan(struct nacc_core *core, struct nacc_frame *frame, nacc_u32 nr)
{
	const nacc_u64 *entry = frame_entries(core, frame);
	struct nacc_frame *child;

	for (nacc_u64 first = 0; frame->level && first < nr; first += GROUP) {
		nacc_u64 pte[GROUP], any = read_group(pte, &entry[first]);

		for (nacc_u32 i = 0; any && i < GROUP; i++) {
			child = nacc_entry_child(core, frame, (nacc_u32)first + i, pte[i]);
			if (child)
				nacc_frame_unlink(core, child);
		}
	}
}

static enum nacc_reason copy_entry(struct nacc_core *core, struct nacc_frame *frame,
				   nacc_u32 slot, nacc_u64 pte, const nacc_u64 *whole)
{
	enum nacc_reason reason;
	struct nacc_plan plan;

	if (pte_is_link(pte) && frame->level && whole)
		return NACC_REASON_NESTED;
	reason = nacc_plan_entry(core, frame, slot, 0, pte, &plan);
	if (reason)
		return reason;
	if (plan.adopt)
		return NACC_REASON_NESTED;
	if (plan.child)
		nacc_frame_link(core, plan.child, frame, slot);
	store64(&frame_entries(core, frame)[slot], pte);
	return NACC_REASON_NONE;
}

/*
 * A page that a store links was ordinary memory until now, it may have been for as long
 * as user space liked: a fault brings a table along and waits for a file. So the entry
 * that it is to replace says which pages it may name: those of a leaf that is split,
 * each in its place. Linux takes V from that leaf before, and gives it back to what has
 * no V here, but rights or G (PROT_NONE); what has none of these names no page (swap,
 * migration). The zero page comes in the place of a huge one, of which nothing is left.
 */
static enum nacc_reason check_part(const struct nacc_core *core, const struct nacc_frame *frame,
				   nacc_u64 slot, nacc_u64 pte, nacc_u64 whole)
{
	nacc_u64 page = pte_pa(pte);

	if (!(pte & (PTE_V | PTE_RWX | PTE_G)) && whole)
		return NACC_REASON_NONE;
	if ((whole & PTE_RWX) && page == pte_pa(whole) + (slot << (PAGE_SHIFT + 9 * frame->level)))
		return NACC_REASON_NONE;
	if (!frame->level && (pte & (PTE_R | PTE_W)) == PTE_R && nacc_is_user_visible(core, page))
		return NACC_REASON_NONE;
	return NACC_REASON_BAD_ADDRESS;
}

/*
 * Fill a group of entries, the first of which is number @first and all of which are
 * zero, from a page that S-mode can change meanwhile: what was validated is what is
 * stored. *@live counts what is not zero.
 */
static inline FLAT enum nacc_reason copy_group(struct nacc_core *core, struct nacc_frame *frame,
					       nacc_u64 first, nacc_u64 *entry,
					       const nacc_u64 *source,
					       const struct nacc_span *plain,
					       const nacc_u64 *whole, nacc_u32 *live)
{
	nacc_u64 pte[GROUP];

	if (!read_group(pte, source))
		return NACC_REASON_NONE;
#pragma GCC unroll 4
	for (nacc_u32 i = 0; i < GROUP; i++) {
		enum nacc_reason reason = NACC_REASON_NONE;

		if (!pte[i])
			continue;
		if (!frame->level && is_plain_leaf(plain, pte[i]))
			store64(&entry[i], pte[i]);
		else
			reason = copy_entry(core, frame, (nacc_u32)first + i, pte[i], whole);
		if (!reason && whole)
			reason = check_part(core, frame, first + i, pte[i], *whole);
		if (reason)
			return reason;
		++*live;
	}
	return NACC_REASON_NONE;
}

/* All or nothing, of the first @nr entries. */
static enum nacc_reason copy_entries(struct nacc_core *core, struct nacc_frame *frame,
				     nacc_u32 nr, const nacc_u64 *source, const nacc_u64 *whole)
{
	nacc_u64 *entry = frame_entries(core, frame);
	enum nacc_reason reason = NACC_REASON_NONE;
	struct nacc_span plain[2];
	nacc_u32 live = 0;

	nacc_find_plain(core, plain);
	for (nacc_u64 first = 0; !reason && first < nr; first += GROUP)
		reason = copy_group(core, frame, first, &entry[first], &source[first], plain,
				    whole, &live);
	if (reason) {
		nacc_table_orphan(core, frame, nr);
		zero64(entry, nr);
		return reason;
	}
	set_field(&frame->live, live);
	return NACC_REASON_NONE;
}

enum nacc_reason nacc_table_adopt(struct nacc_core *core, nacc_u32 owner, nacc_u32 level,
				  const nacc_u64 *source, const nacc_u64 *whole,
				  struct nacc_frame **twin)
{
	struct nacc_frame *frame = nacc_frame_take(core, owner, level);
	enum nacc_reason reason;

	if (!frame)
		return NACC_REASON_EXHAUSTED;
	reason = copy_entries(core, frame, NACC_SBI_ENTRIES, source, whole);
	if (reason) {
		nacc_frame_put_back(core, frame);
		return reason;
	}
	nacc_frame_own(core, frame, 0, 0);
	*twin = frame;
	return NACC_REASON_NONE;
}

struct nacc_frame *nacc_root_create(struct nacc_core *core, nacc_u64 tag, int live)
{
	struct nacc_frame *frame = nacc_frame_take(core, NACC_FRAME_NONE, core->top_level);
	const nacc_u64 *kernel = nacc_phys(core->setup->kernel_root);

	if (!frame)
		return 0;
	copy64(frame_entries(core, frame) + NACC_USER_ENTRIES, kernel + NACC_USER_ENTRIES,
	       NACC_SBI_ENTRIES - NACC_USER_ENTRIES);
	store64(&frame->tag, tag);
	frame_set_flags(frame, live ? 0 : NACC_FRAME_FLAG_BUILDING, 0);
	nacc_frame_set_type(core, frame, NACC_FRAME_ROOT);
	return frame;
}

enum nacc_reason nacc_root_fill(struct nacc_core *core, struct nacc_frame *root,
				const nacc_u64 *source)
{
	enum nacc_reason reason = copy_entries(core, root, NACC_USER_ENTRIES, source, 0);

	if (!reason)
		frame_set_flags(root, 0, NACC_FRAME_FLAG_BUILDING);
	return reason;
}

static int merge_entry(nacc_u64 *entry, nacc_u64 src)
{
	for (int i = 0; i < NACC_SWAP_TRIES; i++) {
		nacc_u64 old = load64(entry);
		nacc_u64 val = old | (src & (PTE_A | PTE_D));

		if (!pte_is_leaf(old) || !pte_is_leaf(src) || val == old ||
		    ((old ^ src) & ~(PTE_A | PTE_D)))
			return 0;
		if (swap64(entry, old, val))
			return 1;
	}
	return 0;
}

struct nacc_ret nacc_merge_ad(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u64 *entry = frame_entries(core, rq->frame), *source = rq->page;
	nacc_u32 nr = frame_user_entries(rq->frame), changed = 0;

	for (nacc_u32 slot = 0; slot < nr; slot++)
		changed += merge_entry(&entry[slot], load64(&source[slot]));
	return ret_ok(changed);
}

static enum nacc_reason check_entry(const struct nacc_core *core, const struct nacc_frame *frame,
				    nacc_u32 slot, nacc_u64 pte)
{
	enum nacc_reason reason;
	struct nacc_plan plan;

	reason = nacc_plan_entry(core, frame, slot, pte, pte, &plan);
	if (reason != NACC_REASON_NONE)
		return reason;
	/* What would make a link if it were written now is a link not made. */
	if (plan.adopt)
		return NACC_REASON_LINK_NOT_RAM;
	if (plan.child)
		return NACC_REASON_DOUBLE_LINK;
	if (nacc_entry_child(core, frame, slot, pte))
		return check_child(core, frame, pte_pa(pte));
	return NACC_REASON_NONE;
}

enum nacc_reason nacc_table_check(const struct nacc_core *core, const struct nacc_frame *frame,
				  nacc_u32 *live)
{
	const nacc_u64 *entry = frame_entries(core, frame);
	nacc_u32 user = frame_user_entries(frame);

	*live = 0;
	for (nacc_u32 slot = 0; slot < NACC_SBI_ENTRIES; slot++) {
		nacc_u64 pte = load64(&entry[slot]);
		enum nacc_reason reason = check_entry(core, frame, slot, pte);

		if (reason)
			return reason;
		*live += slot < user && pte != 0;
	}
	return NACC_REASON_NONE;
}
