// SPDX-License-Identifier: BSD-2-Clause
/* Where the vector registers of threads are; a part of checker.c. */
#include "contexts.h"
#include "machine.h"

/* Its parent is a frame with contexts of the same root, until that ends. */
int check_vector_frame(nacc_u32 i)
{
	const struct nacc_frame *f = &m.core.frames[i], *of;

	if (!m.layout.vlenb || f->parent >= m.core.nr_frames)
		return 0;
	if (m.core.frames[f->owner].flags & NACC_FRAME_FLAG_RETIRING)
		return 1;
	of = &m.core.frames[f->parent];
	return of->type == NACC_FRAME_CONTEXT && of->owner == f->owner && !of->flags &&
	       of->parent == NACC_FRAME_NONE;
}

static nacc_u32 children(nacc_u32 at)
{
	nacc_u32 nr = 0;

	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		nr += m.core.frames[i].type == NACC_FRAME_CONTEXT &&
		      m.core.frames[i].owner == m.core.frames[at].owner &&
		      m.core.frames[i].parent == at;
	return nr;
}

/* Each has a place of its own in a frame of its own frame's, and there are no others. */
const char *check_vector(nacc_u32 at, nacc_u32 first)
{
	const struct nacc_sbi_context *c = (void *)page_at(frame_address(at));
	nacc_u64 bytes = 32 * m.layout.vlenb, places = NACC_CONTEXT_PER_FRAME - first;

	if (children(at) != (places * bytes + PAGE - 1) / PAGE)
		return wrong("frame %u: %u frames with vector registers", at, children(at));
	for (nacc_u32 i = first; i < NACC_CONTEXT_PER_FRAME; i++) {
		const struct nacc_frame *f;

		if (c[i].vlenb != m.layout.vlenb || !c[i].vector != !bytes)
			return wrong("frame %u: vector registers of %u", at, i);
		if (!bytes)
			continue;
		f = frame_of(c[i].vector & ~(PAGE - 1));
		if (f->type != NACC_FRAME_CONTEXT || f->parent != at || c[i].vector % bytes)
			return wrong("frame %u: vector registers of %u are elsewhere", at, i);
		for (nacc_u32 n = first; n < i; n++)
			if (c[n].vector == c[i].vector)
				return wrong("frame %u: %u and %u share", at, n, i);
	}
	return NULL;
}
