/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page by which a program sees how it is protected (nacc_sbi_page.h).
 *
 * A page is a frame of its own, of which the shim alone writes the content, and whose
 * entry the shim alone makes: for all others an entry that names the pool is refused. Where
 * that entry stands, and why nothing else ever does:
 *
 * Its table is made with it, of a frame that is no table yet, so that no store to it can be
 * under way; from the beginning it is NACC_FRAME_FLAG_PAGE, and no entry of it becomes
 * anything but zero, but by AS_PAGE and by secret.c. The entry that links it becomes nothing
 * else either, and those above link only tables that are empty, and let go of them only when
 * they are. All of these are above level 0, where the lock of the address space is held.
 * Which they are is told by their parents: nobody has to be told that a table has come to be
 * on the way there.
 * All of it may be taken away (zeroed, unlinked): Linux does so when the process ends.
 *
 * A root has its page by its record (nacc_frame_page()), from AS_PAGE to AS_RETIRE. A page
 * and the record of the gate of its domain name each other (parent). They do so from when an
 * address space first has both, and one never gets another after that.
 *
 * Locks: what is in a page but its counters, and how many have it, is under the lock of its
 * own record, which is taken under that of a root or of a record of the gate, never the other
 * way round.
 */
#ifndef NACC_PAGE_H
#define NACC_PAGE_H

#include "frame.h"

/* Level of frames with a page, in records and in lists: no table has it. */
#define NACC_LEVEL_PAGE		6

/* What the page's entry has beside the bits that are Linux's: nothing is left to be set. */
#define NACC_PAGE_BITS		(PTE_V | PTE_R | PTE_U | PTE_A | PTE_D)

/* The entry of a table of this level by which the page is reached */
static inline nacc_u32 nacc_page_slot(nacc_u32 level)
{
	return NACC_PAGE_VA >> (PAGE_SHIFT + 9 * level) & (NACC_SBI_ENTRIES - 1);
}

/* Of a page the record, of a record the page, of a table the one above: or NULL */
static inline struct nacc_frame *nacc_page_other(const struct nacc_core *core,
						 const struct nacc_frame *frame)
{
	nacc_u32 i = load32(&frame->parent);

	return i < core->nr_frames ? &core->frames[i] : 0;
}

static inline struct nacc_sbi_page *nacc_page_content(const struct nacc_core *core,
						      const struct nacc_frame *page)
{
	return nacc_phys(frame_pa(core, page));
}

/* The entry of a page, but for Linux's bits */
static inline nacc_u64 nacc_page_leaf(const struct nacc_core *core, const struct nacc_frame *page)
{
	return frame_pa(core, page) >> PAGE_SHIFT << PTE_PPN_SHIFT | NACC_PAGE_BITS;
}

/* page.c: calls ------------------------------------------------------------- */

/**
 * nacc_page_handler() - what performs a call that is about pages
 * @fid: enum nacc_sbi_fid
 *
 * Return: it, or NULL for other functions.
 */
const struct nacc_handler *nacc_page_handler(nacc_u64 fid);

/**
 * nacc_page_table() - the table of the page of an address space
 * @core: the core
 * @root: its root, locked
 *
 * Return: it, if it is linked, or NULL.
 */
struct nacc_frame *nacc_page_table(const struct nacc_core *core, struct nacc_frame *root);

/* place.c: where it stands ------------------------------------------------------ */

/**
 * nacc_page_entry() - may this value stand in this entry of the table of a page?
 * @core: the core
 * @frame: a table with NACC_FRAME_FLAG_PAGE
 * @slot: which entry
 * @old: what it holds
 * @val: what it would hold
 *
 * Return: NACC_REASON_NONE or NACC_REASON_PAGE.
 */
enum nacc_reason nacc_page_entry(const struct nacc_core *core, const struct nacc_frame *frame,
				 nacc_u32 slot, nacc_u64 old, nacc_u64 val);

/**
 * nacc_page_link() - may this value stand in this entry above, as far as the page goes?
 * @core: the core
 * @frame: table or root of level 1 or above, its address space locked
 * @slot: which entry
 * @old: what it holds
 * @val: what it would hold
 * @dropped: table that it links now, or NULL
 *
 * Return: NACC_REASON_NONE or NACC_REASON_PAGE.
 */
enum nacc_reason nacc_page_link(const struct nacc_core *core, const struct nacc_frame *frame,
				nacc_u32 slot, nacc_u64 old, nacc_u64 val,
				const struct nacc_frame *dropped);

/* shown.c: what it says --------------------------------------------------------- */

/**
 * nacc_page_have() - an address space has a page from now on, if it has none
 * @core: the core
 * @root: its root, locked
 * @page: the page, which may have been closed meanwhile
 * @record: record of the gate of the root, or NULL
 *
 * Return: NACC_REASON_NONE, also if it has one; or why it has none.
 */
enum nacc_reason nacc_page_have(struct nacc_core *core, struct nacc_frame *root,
				struct nacc_frame *page, struct nacc_frame *record);

/**
 * nacc_page_gated() - an address space has a gate from now on
 * @core: the core
 * @root: its root, locked
 * @record: record of that
 */
void nacc_page_gated(struct nacc_core *core, struct nacc_frame *root,
		     struct nacc_frame *record);

/**
 * nacc_page_sealed() - an address space has another number of sealed ranges
 * @core: the core
 * @root: its root, locked
 * @more: how many more; a negative number if they have become fewer
 */
void nacc_page_sealed(struct nacc_core *core, struct nacc_frame *root, nacc_u32 more);

/**
 * nacc_page_leave() - an address space ends, its gate and its seals not yet
 * @core: the core
 * @root: its root, locked
 * @record: record of its gate, or NULL
 */
void nacc_page_leave(struct nacc_core *core, struct nacc_frame *root,
		     struct nacc_frame *record);

/**
 * nacc_page_gate_set() - the mode of a gate has changed, or it is being closed
 * @core: the core
 * @record: its record, locked
 * @closes: it is
 */
void nacc_page_gate_set(struct nacc_core *core, struct nacc_frame *record, int closes);

/**
 * nacc_page_refused() - something was refused that is about an address space
 * @core: the core
 * @frame: a table or root of it; any other frame, or NULL: nothing happens
 */
void nacc_page_refused(const struct nacc_core *core, const struct nacc_frame *frame);

/**
 * nacc_page_turned() - the counts of a gate have gone up
 * @core: the core
 * @record: its record
 */
void nacc_page_turned(const struct nacc_core *core, const struct nacc_frame *record);

#endif /* NACC_PAGE_H */
