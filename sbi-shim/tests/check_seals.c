// SPDX-License-Identifier: BSD-2-Clause
/* What the invariants say of seals: from what memory holds, and by no code of the core. */
#include "machine.h"

/* The entry that translates an address; each table on the way to it must be flagged. */
static const char *translate(nacc_u32 root, nacc_u64 va, nacc_u64 *pte)
{
	nacc_u64 table = frame_address(root);

	for (unsigned int level = top();; level--) {
		*pte = page_at(table)[va >> (12 + 9 * level) & 511];
		if (!(*pte & V))
			return "not mapped";
		if (*pte & (R | W | X))
			return NULL;
		if (!level)
			return "a link at level 0";
		table = PTE_TO_PA(*pte);
		if (!(frame_of(table)->flags & NACC_FRAME_FLAG_SEALED) || !*frame_of(table)->gate)
			return "a table without flag";
	}
}

static const char *check_pages(nacc_u32 root, nacc_u64 start, nacc_u64 end)
{
	const char *what = start < end && !(start % PAGE) && !(end % PAGE) ? NULL : "no range";
	nacc_u64 pte;

	for (; !what && start < end; start += PAGE) {
		what = translate(root, start, &pte);
		if (!what && (pte & W))
			what = "writable";
	}
	return what;
}

/* Those that overlap or adjoin are one. */
static const char *check_list(const struct nacc_sbi_seals *seals)
{
	for (nacc_u32 i = 0; i < seals->nr; i++)
		for (nacc_u32 k = 0; k < i; k++)
			if (seals->ranges[i].start <= seals->ranges[k].end &&
			    seals->ranges[k].start <= seals->ranges[i].end)
				return "two that are one";
	return NULL;
}

const char *check_seals(nacc_u32 root)
{
	const struct nacc_frame *f = &m.core.frames[root], *frame;
	const struct nacc_sbi_seals *seals;
	const char *what = NULL;

	if (f->parent == NACC_FRAME_NONE)
		return NULL;
	frame = &m.core.frames[f->parent];
	seals = (void *)page_at(frame_address(f->parent));
	if (f->flags & NACC_FRAME_FLAG_RETIRING || f->parent >= m.core.nr_frames ||
	    frame->type != NACC_FRAME_CONTEXT || frame->owner != root ||
	    frame->flags != NACC_FRAME_FLAG_SEALED || seals->root != frame_address(root) ||
	    seals->nr > NACC_SBI_SEALS_MAX)
		what = "no record";
	if (!what)
		what = check_list(seals);
	for (nacc_u32 i = 0; !what && i < seals->nr; i++)
		what = check_pages(root, seals->ranges[i].start, seals->ranges[i].end);
	if (!what)
		return NULL;
	return wrong("seals of %u: %s", root, what);
}
