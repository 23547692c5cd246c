// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls that make and remove links without a store (I3): of tables that no other
 * page stood for, and of tables that hold nothing any more. So there is nothing to
 * judge but where the link is. The address space is locked.
 */
#include "frame.h"
#include "link.h"
#include "mem.h"
#include "page.h"
#include "pte.h"
#include "seals.h"
#include "table.h"

/*
 * An entry that is zero, or links a table, is nobody's but ours: the walker sets A
 * and D of leaves, and stores above level 0 wait for the lock. So it is written, not
 * swapped. Release, as for swap64().
 */
static void put(struct nacc_frame *frame, nacc_u64 *entry, nacc_u64 val)
{
	frame_count(frame, load64(entry), val);
	__atomic_store_n(entry, val, __ATOMIC_RELEASE);
}

struct nacc_ret nacc_link(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *frame = rq->frame, *table;
	nacc_u64 slot = rq->arg[1], *entry;

	if (!frame->level)
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	if (slot >= frame_user_entries(frame))
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	entry = &frame_entries(core, frame)[slot];
	if (load64(entry))
		return ret_fail(NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	if (nacc_page_link(core, frame, (nacc_u32)slot, 0, PTE_V, 0))
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_PAGE);
	table = nacc_frame_take(core, frame->owner, frame->level - 1U);
	if (!table)
		return ret_fail(NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	/* A table first: stores may follow at once. */
	nacc_frame_own(core, table, frame, (nacc_u32)slot);
	put(frame, entry, frame_pa(core, table) >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V);
	nacc_count(&core->stats[NACC_STAT_ADOPTED_CALL]);
	return ret_ok(frame_pa(core, table));
}

struct nacc_ret nacc_unlink(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u64 *entry = frame_entries(core, rq->frame), left = 0;
	struct nacc_frame *table;
	struct nacc_range range;
	/* Written only: what S-mode makes of it meanwhile does not matter. */
	nacc_u32 *list = rq->page, nr = 0;

	if (!rq->frame->level)
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	if (!range_of(rq->arg[1], frame_user_entries(rq->frame), &range))
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	/* By its count a table may look empty that is not, for a moment: see struct nacc_frame. */
	if (nacc_has_seals(core, rq->frame) &&
	    nacc_seals_meet(core, rq->frame, range.first, range.end - range.first))
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_SEALED);
	for (nacc_u32 slot = range.first; slot < range.end; slot++) {
		nacc_u64 pte = load64(&entry[slot]);

		if (!pte)
			continue;
		table = nacc_entry_child(core, rq->frame, slot, pte);
		if (!table || frame_live(table)) {
			left++;
			continue;
		}
		put(rq->frame, &entry[slot], 0);
		nacc_frame_unlink(core, table);
		nacc_count(&core->stats[NACC_STAT_UNLINKS]);
		list[++nr] = frame_listed(core, table);
	}
	list[0] = nr;
	return ret_ok(nr | left << 16);
}
