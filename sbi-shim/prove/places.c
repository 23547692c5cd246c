// SPDX-License-Identifier: BSD-2-Clause
/*
 * A world of which it is known what each frame is, and where it stands. Then that is numbers,
 * and so is what follows from it, where else each pointer to a frame is one to any of them.
 * All other is any that meets the invariant, which is assumed as it always is. In Sv39.
 */
#include "world.h"

#define NONE	NACC_FRAME_NONE

const struct place *places;

static int is_in(nacc_u32 f, nacc_u32 owner)
{
	nacc_u8 type = places[f].type;

	if (owner == NONE)
		return type == NACC_FRAME_ARMED;
	return places[f].owner == owner &&
	       (type == NACC_FRAME_TABLE || (type == NACC_FRAME_CONTEXT && f != owner));
}

/* Return: the first of those that a root owns, or that are armed, if it is NONE. */
static nacc_u32 list_of(nacc_u32 owner)
{
	nacc_u32 first = NONE;

	for (nacc_u32 f = FRAMES; f-- > 0;) {
		if (!is_in(f, owner))
			continue;
		frames[f].list.next = first;
		frames[f].list.prev = NONE;
		if (first != NONE)
			frames[first].list.prev = f;
		first = f;
	}
	return first;
}

/* A root has one frame of contexts, or none. */
static void place_root(nacc_u32 root)
{
	struct nacc_frame *f = &frames[root];

	f->list.next = list_of(root);
	f->list.prev = NONE;
	f->tables = 0;
	f->parent = NONE;
	for (nacc_u32 i = 0; i < FRAMES; i++) {
		f->tables += is_in(i, root);
		if (is_in(i, root) && places[i].type == NACC_FRAME_CONTEXT) {
			f->list.prev = i;
			frames[i].slot = NONE;
		}
	}
}

static void place_frame(nacc_u32 i)
{
	const struct place *p = &places[i];
	struct nacc_frame *f = &frames[i];

	f->type = p->type;
	f->level = p->level;
	f->owner = p->owner;
	if (p->type == NACC_FRAME_ROOT) {
		place_root(i);
	} else if (p->type == NACC_FRAME_TABLE) {
		f->parent = p->parent;
		f->slot = p->slot;
		memory[p->parent * NACC_SBI_ENTRIES + p->slot] =
			(FRAME_BASE + i * PAGE_SIZE) >> 2 | PTE_V;
	}
}

void place_frames(void)
{
	core.satp_mode = 8;
	core.top_level = 2;
	core.piles[0].armed = list_of(NONE);
	core.piles[0].unlinked = NONE;
	for (nacc_u32 i = 0; i < FRAMES; i++)
		place_frame(i);
}
