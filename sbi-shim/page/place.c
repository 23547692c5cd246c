// SPDX-License-Identifier: BSD-2-Clause
/* Where the page stands, and that nothing else does: see page.h. */
#include "mem.h"
#include "page.h"
#include "secret.h"

/* What may stand in this entry, but for Linux's bits, or 0 */
static nacc_u64 leaf_of(const struct nacc_core *core, const struct nacc_frame *root, nacc_u32 slot)
{
	const struct nacc_frame *page = nacc_frame_page(root);

	if (slot != nacc_page_slot(0))
		return nacc_secret_leaf(core, root, slot);
	return page ? nacc_page_leaf(core, page) : 0;
}

/* Its entries stand there, or nothing; that they stay is all that others may want of them. */
enum nacc_reason nacc_page_entry(const struct nacc_core *core, const struct nacc_frame *frame,
				 nacc_u32 slot, nacc_u64 old, nacc_u64 val)
{
	if (!val || (val == old &&
		     (val & ~PTE_RSW) == leaf_of(core, &core->frames[frame->owner], slot)))
		return NACC_REASON_NONE;
	return NACC_REASON_PAGE;
}

/* Does the page's place lie behind this entry? Levels go up, so there is an end. */
static int leads_there(const struct nacc_core *core, const struct nacc_frame *frame,
		       nacc_u32 slot)
{
	while (slot == nacc_page_slot(frame->level)) {
		if (frame_type(frame) == NACC_FRAME_ROOT)
			return 1;
		slot = frame->slot;
		frame = nacc_page_other(core, frame);
		if (!frame)
			return 0;
	}
	return 0;
}

enum nacc_reason nacc_page_link(const struct nacc_core *core, const struct nacc_frame *frame,
				nacc_u32 slot, nacc_u64 old, nacc_u64 val,
				const struct nacc_frame *dropped)
{
	const struct nacc_frame *child;
	nacc_u64 below = 0;
	nacc_u32 first;

	if (!nacc_frame_page(&core->frames[frame->owner]) || val == old ||
	    !leads_there(core, frame, slot))
		return NACC_REASON_NONE;
	first = dropped ? nacc_page_slot(dropped->level) : 0;
	/* Behind the entry of the page are those of secret pages. */
	for (nacc_u32 i = 0; !val && dropped && i <= (dropped->level ? 0 : NACC_SECRET_PAGES); i++)
		below |= load64(&frame_entries(core, dropped)[first + i]);
	if (!val)
		return below ? NACC_REASON_PAGE : NACC_REASON_NONE;
	/* A page that is adopted where nothing was is empty: check_part() in table.c. */
	if (old || frame->level == 1 || !pte_is_link(val))
		return NACC_REASON_PAGE;
	child = frame_at(core, pte_pa(val));
	return child && frame_live(child) ? NACC_REASON_PAGE : NACC_REASON_NONE;
}
