// SPDX-License-Identifier: BSD-2-Clause
/* Pages by which programs see how they are protected: the calls about them; see page.h. */
#include "contexts.h"
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "table.h"

#define PAGE		(1U << NACC_FRAME_PAGE)

/* --- calls ---------------------------------------------------------------------------- */

static struct nacc_ret page_open(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *page = nacc_frame_take(core, NACC_FRAME_NONE, NACC_LEVEL_PAGE);
	struct nacc_sbi_page *shown;

	if (!page)
		return nacc_refused(NACC_REASON_EXHAUSTED);
	shown = nacc_page_content(core, page);
	set_field(&shown->layout, NACC_PAGE_SAYS(NACC_PAGE_LAYOUT));
	set_field(&shown->abi, NACC_PAGE_SAYS(NACC_SBI_ABI_VERSION));
	store64(&shown->domain, NACC_PAGE_SAYS(rq->arg[0]));
	store64(&shown->magic, NACC_PAGE_MAGIC);
	set_field(&page->live, NACC_SBI_ENTRIES);
	nacc_frame_set_type(core, page, NACC_FRAME_PAGE);
	return ret_ok(frame_pa(core, page));
}

static struct nacc_ret page_close(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *page = rq->frame, *record = nacc_page_other(core, page);

	if (nacc_page_content(core, page)->address_spaces)
		return nacc_refused(NACC_REASON_AS_STATE);
	if (record)
		swap32(&record->parent, frame_index(core, page), NACC_FRAME_GONE);
	nacc_frame_release(core, page);
	return ret_ok(0);
}

/* The table of level 1 that is on the way, if it is there */
static struct nacc_frame *table_above(const struct nacc_core *core, struct nacc_frame *root)
{
	struct nacc_frame *frame = root;

	while (frame && frame->level > 1) {
		nacc_u32 slot = nacc_page_slot(frame->level);

		frame = nacc_entry_child(core, frame, slot,
					 load64(&frame_entries(core, frame)[slot]));
	}
	return frame;
}

struct nacc_frame *nacc_page_table(const struct nacc_core *core, struct nacc_frame *root)
{
	struct nacc_frame *above = table_above(core, root), *table;
	nacc_u32 slot = nacc_page_slot(1);

	if (!above)
		return 0;
	table = nacc_entry_child(core, above, slot, load64(&frame_entries(core, above)[slot]));
	return table && (frame_flags(table) & NACC_FRAME_FLAG_PAGE) ? table : 0;
}

/* A link, not swapped: see link.c. */
static void link_table(const struct nacc_core *core, struct nacc_frame *above,
		       const struct nacc_frame *table)
{
	frame_count(above, 0, 1);
	__atomic_store_n(&frame_entries(core, above)[nacc_page_slot(1)],
			 frame_pa(core, table) >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V,
			 __ATOMIC_RELEASE);
}

/* It is a table when all of it is there, and is linked then. */
static struct nacc_ret make_table(struct nacc_core *core, struct nacc_frame *above,
				  struct nacc_frame *page, nacc_u64 leaf)
{
	struct nacc_frame *root = &core->frames[above->owner];
	struct nacc_frame *table = nacc_frame_take(core, above->owner, 0);
	enum nacc_reason reason;

	if (!table)
		return nacc_refused(NACC_REASON_EXHAUSTED);
	reason = nacc_page_have(core, root, page, nacc_record_of(core, root));
	if (reason) {
		nacc_frame_put_back(core, table);
		return nacc_refused(reason);
	}
	store64(&frame_entries(core, table)[nacc_page_slot(0)], leaf);
	set_field(&table->live, 1);
	frame_set_flags(table, NACC_FRAME_FLAG_PAGE, 0);
	nacc_frame_own(core, table, above, nacc_page_slot(1));
	link_table(core, above, table);
	nacc_count(&core->stats[NACC_STAT_ADOPTED_CALL]);
	return ret_ok(frame_pa(core, table));
}

static struct nacc_ret as_page(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *page = frame_at(core, rq->arg[1]), *above, *table;
	nacc_u64 link;

	if (!page || rq->arg[1] % PAGE_SIZE || frame_type(page) != NACC_FRAME_PAGE)
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	if (rq->arg[2] & ~PTE_RSW)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	above = table_above(core, rq->frame);
	if (!above || (nacc_frame_page(rq->frame) && nacc_frame_page(rq->frame) != page))
		return nacc_refused(NACC_REASON_AS_STATE);
	link = load64(&frame_entries(core, above)[nacc_page_slot(1)]);
	if (!link)
		return make_table(core, above, page, nacc_page_leaf(core, page) | rq->arg[2]);
	table = nacc_page_table(core, rq->frame);
	if (!table)
		return ret_fail(NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	if (swap64(&frame_entries(core, table)[nacc_page_slot(0)], 0,
		   nacc_page_leaf(core, page) | rq->arg[2]))
		frame_count(table, 0, 1);
	return ret_ok(frame_pa(core, table));
}

const struct nacc_handler *nacc_page_handler(nacc_u64 fid)
{
	static const struct nacc_handler handlers[] = {
		[NACC_SBI_PAGE_OPEN - NACC_SBI_PAGE_OPEN] = { .call = page_open },
		[NACC_SBI_PAGE_CLOSE - NACC_SBI_PAGE_OPEN] = { page_close, .types = PAGE,
							       .states = LIVE },
		[NACC_SBI_AS_PAGE - NACC_SBI_PAGE_OPEN] = { as_page, .types = ROOT,
							    .states = LIVE },
	};

	return fid - NACC_SBI_PAGE_OPEN < sizeof(handlers) / sizeof(handlers[0]) ?
		&handlers[fid - NACC_SBI_PAGE_OPEN] : 0;
}
