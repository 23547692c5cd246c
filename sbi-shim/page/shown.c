// SPDX-License-Identifier: BSD-2-Clause
/* What a page says, of whom: see page.h. */
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "seals.h"

_Static_assert(sizeof(struct nacc_sbi_page) <= PAGE_SIZE, "it is one page");

/* What a page says of the gate, for all that have it; locked. */
static void tell(const struct nacc_core *core, struct nacc_frame *page)
{
	const struct nacc_frame *record = nacc_page_other(core, page);
	struct nacc_sbi_page *shown = nacc_page_content(core, page);
	const struct nacc_sbi_gate *gate;
	nacc_u32 mode = NACC_GATE_OFF;

	if (record && shown->gated == shown->address_spaces) {
		gate = nacc_phys(frame_pa(core, record));
		mode = load32(&gate->mode);
	}
	set_field(&shown->gate, NACC_PAGE_SAYS(mode));
	nacc_add(&shown->generation, NACC_PAGE_SAYS(1));
}

/*
 * Is this the record of the page? If neither has had another, it is from now on. So what is
 * true of a root here stays so until it leaves.
 */
static int belongs(const struct nacc_core *core, struct nacc_frame *page,
		   struct nacc_frame *record)
{
	if (!record)
		return 0;
	if (page->parent == NACC_FRAME_NONE &&
	    swap32(&record->parent, NACC_FRAME_NONE, frame_index(core, page))) {
		set_field(&page->parent, frame_index(core, record));
		nacc_page_turned(core, record);
	}
	return page->parent == frame_index(core, record);
}

/* An address space comes or goes, or comes to have a gate or a seal; the page is locked. */
static void count_one(const struct nacc_core *core, struct nacc_frame *page, nacc_u32 spaces,
		      nacc_u32 gated, nacc_u32 seals)
{
	struct nacc_sbi_page *shown = nacc_page_content(core, page);

	set_field(&shown->address_spaces, shown->address_spaces + NACC_PAGE_SAYS(spaces));
	set_field(&shown->gated, shown->gated + NACC_PAGE_SAYS(gated));
	set_field(&shown->seals, shown->seals + NACC_PAGE_SAYS(seals));
	tell(core, page);
}

enum nacc_reason nacc_page_have(struct nacc_core *core, struct nacc_frame *root,
				struct nacc_frame *page, struct nacc_frame *record)
{
	enum nacc_reason reason = NACC_REASON_NONE;

	if (nacc_frame_page(root))
		return reason;
	nacc_lock(core, &page->lock);
	if (frame_type(page) != NACC_FRAME_PAGE)
		reason = NACC_REASON_BAD_ADDRESS;
	else if (nacc_page_content(core, page)->domain != NACC_PAGE_SAYS(root->tag))
		reason = NACC_REASON_OWNER;
	else
		count_one(core, page, 1, (nacc_u32)belongs(core, page, record),
			  nacc_seals_nr(core, root));
	nacc_unlock(&page->lock);
	if (!reason)
		nacc_frame_set_page(root, page);
	return reason;
}

void nacc_page_gated(struct nacc_core *core, struct nacc_frame *root, struct nacc_frame *record)
{
	struct nacc_frame *page = nacc_frame_page(root);

	if (!page)
		return;
	nacc_lock(core, &page->lock);
	count_one(core, page, 0, (nacc_u32)belongs(core, page, record), 0);
	nacc_unlock(&page->lock);
}

void nacc_page_sealed(struct nacc_core *core, struct nacc_frame *root, nacc_u32 more)
{
	struct nacc_frame *page = nacc_frame_page(root);

	if (!page)
		return;
	nacc_lock(core, &page->lock);
	count_one(core, page, 0, 0, more);
	nacc_unlock(&page->lock);
}

void nacc_page_leave(struct nacc_core *core, struct nacc_frame *root, struct nacc_frame *record)
{
	struct nacc_frame *page = nacc_frame_page(root);

	if (!page)
		return;
	nacc_lock(core, &page->lock);
	count_one(core, page, -1U, -(nacc_u32)belongs(core, page, record),
		  -nacc_seals_nr(core, root));
	nacc_unlock(&page->lock);
	nacc_frame_set_page(root, 0);
}

void nacc_page_gate_set(struct nacc_core *core, struct nacc_frame *record, int closes)
{
	struct nacc_frame *page = nacc_page_other(core, record);

	if (!page)
		return;
	nacc_lock(core, &page->lock);
	/* It may have been closed meanwhile: then it stays what it is until the next fence. */
	if (frame_type(page) == NACC_FRAME_PAGE) {
		if (closes)
			set_field(&page->parent, NACC_FRAME_GONE);
		tell(core, page);
	}
	nacc_unlock(&page->lock);
}

void nacc_page_refused(const struct nacc_core *core, const struct nacc_frame *frame)
{
	const struct nacc_frame *page;

	if (!frame || !frame_is_table(frame))
		return;
	page = nacc_frame_page(&core->frames[frame->owner]);
	if (page)
		nacc_add(&nacc_page_content(core, page)->refused, NACC_PAGE_SAYS(1));
}

void nacc_page_turned(const struct nacc_core *core, const struct nacc_frame *record)
{
	const struct nacc_frame *page = nacc_page_other(core, record);
	const struct nacc_sbi_gate *gate;
	struct nacc_sbi_page *shown;

	if (!page)
		return;
	gate = nacc_phys(frame_pa(core, record));
	shown = nacc_page_content(core, page);
	raise64(&shown->refused_returns, NACC_PAGE_SAYS(load64(&gate->refused)));
	raise64(&shown->refused_calls, NACC_PAGE_SAYS(load64(&gate->refused_calls)));
}
