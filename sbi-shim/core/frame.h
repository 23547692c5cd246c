/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of frames: reading them, and what changes them. Which lock is a frame's
 * when is said in lock.h. That of its pile is taken in here unless said otherwise.
 */
#ifndef NACC_FRAME_H
#define NACC_FRAME_H

#include "mem.h"
#include "nacc_core.h"
#include "pte.h"
#include "request.h"

static inline nacc_u8 frame_type(const struct nacc_frame *frame)
{
	return __atomic_load_n(&frame->type, __ATOMIC_ACQUIRE);
}

static inline int frame_is_table(const struct nacc_frame *frame)
{
	nacc_u8 type = frame_type(frame);

	return type == NACC_FRAME_TABLE || type == NACC_FRAME_ROOT;
}

static inline nacc_u16 frame_flags(const struct nacc_frame *frame)
{
	return __atomic_load_n(&frame->flags, __ATOMIC_RELAXED);
}

/* With the lock held that is the frame's. */
static inline void frame_set_flags(struct nacc_frame *frame, nacc_u16 set, nacc_u16 clear)
{
	set_field(&frame->flags, (nacc_u16)((frame->flags & ~clear) | set));
}

/* Likewise */
static inline void frame_set_parent(struct nacc_frame *child, nacc_u32 parent, nacc_u32 slot)
{
	set_field(&child->parent, parent);
	set_field(&child->slot, slot);
}

/* An entry changes that is not the kernel half's. */
static inline void frame_count(struct nacc_frame *frame, nacc_u64 old, nacc_u64 val)
{
	if (!old != !val)
		__atomic_fetch_add(&frame->live, val ? 1U : ~0U, __ATOMIC_RELAXED);
}

static inline nacc_u32 frame_live(const struct nacc_frame *frame)
{
	return load32(&frame->live);
}

static inline nacc_u32 frame_index(const struct nacc_core *core,
				   const struct nacc_frame *frame)
{
	return (nacc_u32)(frame - core->frames);
}

/* The pile that a frame is dealt to */
static inline struct nacc_pile *nacc_pile_of(struct nacc_core *core, const struct nacc_frame *frame)
{
	return &core->piles[frame_index(core, frame) / NACC_PILE_RUN % NACC_PILES];
}

static inline nacc_u64 frame_pa(const struct nacc_core *core,
				const struct nacc_frame *frame)
{
	return core->frame_base +
	       ((nacc_u64)frame_index(core, frame) << PAGE_SHIFT);
}

static inline nacc_u64 *frame_entries(const struct nacc_core *core,
				      const struct nacc_frame *frame)
{
	return nacc_phys(frame_pa(core, frame));
}

/* Entries that are not the kernel half's. */
static inline nacc_u32 frame_user_entries(const struct nacc_frame *frame)
{
	return frame_type(frame) == NACC_FRAME_ROOT ? NACC_USER_ENTRIES : NACC_SBI_ENTRIES;
}

/* A frame in the lists that calls write */
static inline nacc_u32 frame_listed(const struct nacc_core *core, const struct nacc_frame *frame)
{
	return frame_index(core, frame) | (nacc_u32)frame->level << NACC_SBI_LEVEL_SHIFT;
}

/* The frame that a physical address lies in, or NULL. */
static inline struct nacc_frame *frame_at(const struct nacc_core *core,
					  nacc_u64 pa)
{
	nacc_u64 i = (pa - core->frame_base) >> PAGE_SHIFT;

	if (pa < core->frame_base || i >= core->nr_frames)
		return 0;
	return &core->frames[i];
}

/**
 * nacc_frame_set_type() - change what a frame is
 * @core: the core
 * @frame: the frame; its other fields already fit @type, and its lock is held
 * @type: new type
 */
void nacc_frame_set_type(struct nacc_core *core, struct nacc_frame *frame,
			 enum nacc_frame_type type);

/**
 * nacc_frame_arm() - arm a frame if it is free, its pile locked
 * @core: the core
 * @frame: any frame
 *
 * Return: 1 if it was, else 0.
 */
int nacc_frame_arm(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_disarm() - free a frame if it is armed, its pile locked
 * @core: the core
 * @frame: any frame
 *
 * Return: 1 if it was, else 0.
 */
int nacc_frame_disarm(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_take() - take an armed frame off its list, to make it something
 * @core: the core
 * @owner: root that will own it, or NACC_FRAME_NONE: it itself
 * @level: level that it will have
 *
 * It is nobody else's then, and empty, but armed until it is made a table or root.
 * Looks at each pile once, this hart's last one first. Return: it, or NULL.
 */
struct nacc_frame *nacc_frame_take(struct nacc_core *core, nacc_u32 owner, nacc_u32 level);

/**
 * nacc_frame_put_back() - nothing has come of a frame that was taken
 * @core: the core
 * @frame: the frame, empty
 */
void nacc_frame_put_back(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_own() - make a frame a table of its owner, which is locked
 * @core: the core
 * @frame: a frame that was taken, its entries filled in
 * @parent: the frame that will link it, or NULL: it is unlinked
 * @slot: the entry of @parent
 */
void nacc_frame_own(struct nacc_core *core, struct nacc_frame *frame,
		    const struct nacc_frame *parent, nacc_u32 slot);

/**
 * nacc_frame_link() - record that an entry names this table, its owner locked
 * @core: the core
 * @child: an unlinked table
 * @parent: the frame that the entry is in
 * @slot: the entry
 */
void nacc_frame_link(struct nacc_core *core, struct nacc_frame *child,
		     const struct nacc_frame *parent, nacc_u32 slot);

/**
 * nacc_frame_unlink() - record that no entry names this table, its owner locked
 * @core: the core
 * @child: a linked table
 */
void nacc_frame_unlink(struct nacc_core *core, struct nacc_frame *child);

/**
 * nacc_frame_seal() - flag a table as one on the way to a sealed page
 * @core: the core
 * @frame: a linked table, its owner locked
 *
 * The trap vector passes its stores on from then on.
 */
void nacc_frame_seal(struct nacc_core *core, struct nacc_frame *frame);

/** nacc_closed - what the gate of a frame points to that no store passes unseen */
extern const nacc_u16 nacc_closed;

/**
 * nacc_frame_page() - the page that an address space has (page/page.h)
 * @root: its root, or any frame
 *
 * Return: it, or NULL.
 */
struct nacc_frame *nacc_frame_page(const struct nacc_frame *root);

/**
 * nacc_frame_set_page() - an address space has this page, or none any more
 * @root: its root, locked
 * @page: the page, which stays one meanwhile, or NULL
 */
void nacc_frame_set_page(struct nacc_frame *root, const struct nacc_frame *page);

/**
 * nacc_frame_release() - a table or root ends, its owner locked; its content stays
 * @core: the core
 * @frame: the frame
 */
void nacc_frame_release(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_reclaim() - empty and free a frame if a fence has covered it, its pile
 *	locked
 * @core: the core
 * @frame: any frame
 *
 * Return: 1 if it became free, 0 if it is not fit for that.
 */
int nacc_frame_reclaim(struct nacc_core *core, struct nacc_frame *frame);

/* NACC_SBI_UNLINKED and NACC_SBI_DRAIN */
struct nacc_ret nacc_unlinked(struct nacc_core *core, const struct nacc_request *rq);
struct nacc_ret nacc_drain(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_undrained_push() - record an adoption for NACC_SBI_DRAIN
 * @core: the core
 * @frame: the twin
 * @original: the page it replaced
 */
void nacc_undrained_push(struct nacc_core *core, struct nacc_frame *frame,
			 nacc_u64 original);

/**
 * nacc_layout_ok() - is this a machine that the rules are made for?
 * @layout: the machine
 *
 * Return: 1 if the region is a power of two, aligned to it, in RAM, big enough and
 * not firmware, all RAM has addresses that an entry can name, and each firmware
 * span is one or more whole pages.
 */
int nacc_layout_ok(const struct nacc_layout *layout);

#endif /* NACC_FRAME_H */
