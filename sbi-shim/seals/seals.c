// SPDX-License-Identifier: BSD-2-Clause
/* Seals: see seals.h. */
#include "contexts.h"
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "pte.h"
#include "seals.h"
#include "table.h"

/* A leaf with N is as good for each of these, and may be found in place of theirs. */
#define NAPOT_ENTRIES	(NAPOT_SIZE / PAGE_SIZE)

/* Tests put here what another hart does just then, or sees. */
#ifndef NACC_SEALS_RACE
#define NACC_SEALS_RACE()	((void)0)
#endif

_Static_assert(sizeof(struct nacc_sbi_seals) == PAGE_SIZE || NACC_SBI_ENTRIES != 512,
	       "one frame");

static nacc_u32 shift_of(nacc_u32 level)
{
	return PAGE_SHIFT + 9 * level;
}

static nacc_u32 slot_of(nacc_u64 va, nacc_u32 level)
{
	return (nacc_u32)(va >> shift_of(level)) & (NACC_SBI_ENTRIES - 1);
}

/*
 * Another hart may be changing it: see put_range(). Was its start another before and after,
 * its end was perhaps that of neither.
 */
static int meets(const struct nacc_sbi_range *range, nacc_u64 start, nacc_u64 end)
{
	for (unsigned int tries = 0; tries < NACC_SWAP_TRIES; tries++) {
		nacc_u64 from, to;

		NACC_SEALS_RACE();
		from = load64(&range->start);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		NACC_SEALS_RACE();
		to = load64(&range->end);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (start >= to || from >= end)
			return 0;
		NACC_SEALS_RACE();
		if (load64(&range->start) == from)
			return 1;
	}
	return 1;
}

/* What moves meanwhile moves to a lower number, and is there before it is gone here. */
int nacc_seals_have(const struct nacc_sbi_seals *seals, nacc_u64 start, nacc_u64 end)
{
	nacc_u32 i;

	NACC_SEALS_RACE();
	i = __atomic_load_n(&seals->nr, __ATOMIC_ACQUIRE);
	while (i--)
		if (meets(&seals->ranges[i], start, end))
			return 1;
	return 0;
}

int nacc_seals_meet(const struct nacc_core *core, const struct nacc_frame *frame,
		    nacc_u32 first, nacc_u32 nr)
{
	const struct nacc_frame *root = &core->frames[frame->owner], *at = frame;
	nacc_u64 base = 0, size = 1ULL << shift_of(frame->level);
	nacc_u32 seals;

	/* Who has seen a flag finds the range that it is for. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	seals = load32(&root->parent);
	if (seals == NACC_FRAME_NONE)
		return 0;
	for (nacc_u32 level = frame->level; level < root->level; level++) {
		nacc_u32 parent = load32(&at->parent);

		/* Being released by another hart; or of a root that was never a path. */
		if (parent == NACC_FRAME_NONE)
			return 1;
		base += (nacc_u64)load32(&at->slot) << shift_of(level + 1);
		at = &core->frames[parent];
	}
	return nacc_seals_have(nacc_seals_at(core, seals), base + first * size,
			       base + (first + nr) * size);
}

int nacc_seal_forbids(const struct nacc_core *core, const struct nacc_frame *frame,
		      nacc_u32 slot, nacc_u64 old, nacc_u64 val)
{
	nacc_u32 first = slot, nr = 1;

	if (likely(!nacc_has_seals(core, frame)) || only_ad_differs(old, val))
		return 0;
	if (pte_is_leaf(val) && (val & PTE_N)) {
		first &= ~(nacc_u32)(NAPOT_ENTRIES - 1);
		nr = NAPOT_ENTRIES;
	}
	return nacc_seals_meet(core, frame, first, nr);
}

/* Where the walk for an address ends. */
static struct nacc_frame *last_table(const struct nacc_core *core, struct nacc_frame *root,
				     nacc_u64 va)
{
	struct nacc_frame *frame = root, *child = root;

	while (child) {
		nacc_u32 slot = slot_of(va, child->level);

		frame = child;
		child = nacc_entry_child(core, frame, slot,
					 load64(&frame_entries(core, frame)[slot]));
	}
	return frame;
}

/* What is sealed is there, and read-only: then A and D are all that is left to change. */
static int may_be_sealed(const struct nacc_core *core, const struct nacc_frame *frame,
			 nacc_u32 first, nacc_u32 last)
{
	const nacc_u64 *entry = frame_entries(core, frame);
	nacc_u32 end = (last | (NAPOT_ENTRIES - 1)) & (NACC_SBI_ENTRIES - 1);

	for (nacc_u32 slot = first & ~(nacc_u32)(NAPOT_ENTRIES - 1); slot <= end; slot++) {
		nacc_u64 pte = load64(&entry[slot]);

		if (pte_is_leaf(pte) && (pte & PTE_N))
			return 0;
		if (slot >= first && slot <= last && (!pte_is_leaf(pte) || (pte & PTE_W)))
			return 0;
	}
	return 1;
}

/* Some range, in one table of level 0 and the user half. */
static int range_ok(const struct nacc_core *core, nacc_u64 start, nacc_u64 end)
{
	return !((start | end) % PAGE_SIZE) && start < end &&
	       start / NACC_SBI_SEAL_SPAN == (end - 1) / NACC_SBI_SEAL_SPAN &&
	       !(start >> (shift_of(core->top_level + 1) - 1));
}

/* The root is locked. */
static struct nacc_sbi_seals *seals_for(struct nacc_core *core, struct nacc_frame *root)
{
	struct nacc_sbi_seals *seals;
	struct nacc_frame *frame;

	if (nacc_is_sealed(root))
		return nacc_seals_at(core, root->parent);
	frame = nacc_frame_take(core, frame_index(core, root), NACC_LEVEL_CONTEXT);
	if (!frame)
		return 0;
	seals = nacc_phys(frame_pa(core, frame));
	store64(&seals->root, frame_pa(core, root));
	frame_set_flags(frame, NACC_FRAME_FLAG_SEALED, 0);
	nacc_frame_own(core, frame, 0, 0);
	__atomic_store_n(&root->parent, frame_index(core, frame), __ATOMIC_RELEASE);
	return seals;
}

/* More than what is there: so the old end is as good with the new start as the other way. */
static void grow_range(struct nacc_sbi_range *range, nacc_u64 start, nacc_u64 end)
{
	NACC_SEALS_RACE();
	store64(&range->start, start);
	NACC_SEALS_RACE();
	store64(&range->end, end);
}

/*
 * In the place of what is elsewhere, or nowhere. Each step is seen by who sees the next: one
 * start is never beside the end of another.
 */
static void put_range(struct nacc_sbi_range *range, nacc_u64 start, nacc_u64 end)
{
	NACC_SEALS_RACE();
	__atomic_thread_fence(__ATOMIC_RELEASE);
	store64(&range->end, 0);
	NACC_SEALS_RACE();
	__atomic_thread_fence(__ATOMIC_RELEASE);
	store64(&range->start, start);
	NACC_SEALS_RACE();
	__atomic_thread_fence(__ATOMIC_RELEASE);
	store64(&range->end, end);
}

static int adjoins(const struct nacc_sbi_range *range, nacc_u64 start, nacc_u64 end)
{
	return start <= range->end && range->start <= end;
}

/* What is in it is in one with a lower number, too. The last one takes its place. */
static void drop_range(struct nacc_sbi_seals *seals, nacc_u32 i)
{
	const nacc_u32 last = seals->nr - 1;

	if (i != last)
		put_range(&seals->ranges[i], seals->ranges[last].start, seals->ranges[last].end);
	NACC_SEALS_RACE();
	__atomic_store_n(&seals->nr, last, __ATOMIC_RELEASE);
}

int nacc_seals_add(struct nacc_sbi_seals *seals, nacc_u64 start, nacc_u64 end)
{
	nacc_u32 nr = seals->nr, found = nr;

	for (nacc_u32 i = nr; i--;) {
		const struct nacc_sbi_range *range = &seals->ranges[i];

		if (!adjoins(range, start, end))
			continue;
		/* None of the others adjoins what is more than before, as none adjoins this. */
		start = range->start < start ? range->start : start;
		end = range->end > end ? range->end : end;
		found = i;
	}
	if (found == NACC_SBI_SEALS_MAX)
		return 0;
	if (found == nr) {
		put_range(&seals->ranges[nr], start, end);
		__atomic_store_n(&seals->nr, nr + 1, __ATOMIC_RELEASE);
		return 1;
	}
	grow_range(&seals->ranges[found], start, end);
	for (nacc_u32 i = nr; i-- > found + 1;)
		if (adjoins(&seals->ranges[i], start, end))
			drop_range(seals, i);
	return 1;
}

static struct nacc_ret seal(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u64 start = rq->arg[1], end = rq->arg[2];
	struct nacc_frame *root = rq->frame, *frame;
	nacc_u32 bound = load32(&root->slot);
	struct nacc_sbi_seals *seals;
	nacc_u32 before;

	if (!range_ok(core, start, end))
		return nacc_refused(NACC_REASON_BAD_COUNT);
	/* Else its mm may run on other tables. */
	if (bound != NACC_BOUND && bound != NACC_BOUND_JOINING)
		return nacc_refused(NACC_REASON_AS_STATE);
	frame = last_table(core, root, start);
	if (!may_be_sealed(core, frame, slot_of(start, frame->level),
			   slot_of(end - 1, frame->level)))
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	seals = seals_for(core, root);
	before = nacc_seals_nr(core, root);
	if (!seals || !nacc_seals_add(seals, start, end))
		return nacc_refused(NACC_REASON_EXHAUSTED);
	for (; frame != root; frame = &core->frames[frame->parent])
		nacc_frame_seal(core, frame);
	if (seals->nr != before)
		nacc_page_sealed(core, root, seals->nr - before);
	return ret_ok(0);
}

const struct nacc_handler nacc_seal_handler = {
	.call = seal, .types = ROOT, .states = LIVE,
};
