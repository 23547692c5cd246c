// SPDX-License-Identifier: BSD-2-Clause
/*
 * The frame table: what each page of the pool is, and how it becomes another
 * thing (I2). Nothing here looks at a page-table entry.
 *
 * FREE -> ARMED -> TABLE or ROOT -> RELEASED -> (fence) -> FREE. No shorter
 * way back exists: a frame that was a table for an instant may have a store in
 * flight on another hart, and only the fence tells that it has landed (I8).
 */
#include "frame.h"
#include "mem.h"
#include "policy.h"
#include "pte.h"
#include "state.h"

/* A counter that changes under lock only, but may be read without. */
static void adjust(struct nacc_core *core, nacc_u32 stat, int by)
{
	store64(&core->stats[stat], core->stats[stat] + (nacc_u64)by);
}

/* The gate of what is no table of level 0. */
static const nacc_u16 closed = 1;

static const nacc_u16 *gate_of(const struct nacc_core *core, const struct nacc_frame *frame,
			       enum nacc_frame_type type)
{
	return type == NACC_FRAME_TABLE && !frame->level ?
		&core->frames[frame->owner].flags : &closed;
}

void nacc_frame_set_type(struct nacc_core *core, struct nacc_frame *frame,
			 enum nacc_frame_type type)
{
	adjust(core, NACC_STAT_FRAMES_FREE + frame->type, -1);
	adjust(core, NACC_STAT_FRAMES_FREE + type, 1);
	__atomic_store_n(&frame->type, type, __ATOMIC_RELEASE);
	__atomic_store_n(&frame->gate, gate_of(core, frame, type), __ATOMIC_RELEASE);
}

void nacc_frame_set_flags(struct nacc_frame *frame, nacc_u16 set, nacc_u16 clear)
{
	__atomic_store_n(&frame->flags, (frame->flags & ~clear) | set, __ATOMIC_RELAXED);
}

/* A frame is in the armed list or in that of its address space, or in none. */
static void list_add(struct nacc_core *core, nacc_u32 *head, struct nacc_frame *frame)
{
	frame->prev = NACC_FRAME_NONE;
	frame->next = *head;
	*head = frame_index(core, frame);
	if (frame->next != NACC_FRAME_NONE)
		core->frames[frame->next].prev = *head;
}

static void list_del(struct nacc_core *core, nacc_u32 *head, struct nacc_frame *frame)
{
	if (frame->prev == NACC_FRAME_NONE)
		*head = frame->next;
	else
		core->frames[frame->prev].next = frame->next;
	if (frame->next != NACC_FRAME_NONE)
		core->frames[frame->next].prev = frame->prev;
	frame->next = NACC_FRAME_NONE;
	frame->prev = NACC_FRAME_NONE;
}

void nacc_frame_arm(struct nacc_core *core, struct nacc_frame *frame)
{
	list_add(core, &core->armed_head, frame);
	nacc_frame_set_type(core, frame, NACC_FRAME_ARMED);
}

void nacc_frame_disarm(struct nacc_core *core, struct nacc_frame *frame)
{
	list_del(core, &core->armed_head, frame);
}

static void unlinked_add(struct nacc_core *core, struct nacc_frame *frame)
{
	frame->prev_unlinked = NACC_FRAME_NONE;
	frame->next_unlinked = core->unlinked_head;
	core->unlinked_head = frame_index(core, frame);
	if (frame->next_unlinked != NACC_FRAME_NONE)
		core->frames[frame->next_unlinked].prev_unlinked = core->unlinked_head;
	adjust(core, NACC_STAT_UNLINKED, 1);
}

static void unlinked_del(struct nacc_core *core, const struct nacc_frame *frame)
{
	if (frame->prev_unlinked == NACC_FRAME_NONE)
		core->unlinked_head = frame->next_unlinked;
	else
		core->frames[frame->prev_unlinked].next_unlinked = frame->next_unlinked;
	if (frame->next_unlinked != NACC_FRAME_NONE)
		core->frames[frame->next_unlinked].prev_unlinked = frame->prev_unlinked;
	adjust(core, NACC_STAT_UNLINKED, -1);
}

void nacc_frame_own(struct nacc_core *core, struct nacc_frame *frame)
{
	struct nacc_frame *root = &core->frames[frame->owner];

	nacc_frame_set_type(core, frame, NACC_FRAME_TABLE);
	list_add(core, &root->next, frame);
	root->tables++;
	unlinked_add(core, frame);
}

void nacc_frame_link(struct nacc_core *core, struct nacc_frame *child,
		     const struct nacc_frame *parent, nacc_u32 slot)
{
	child->parent = frame_index(core, parent);
	child->slot = slot;
	unlinked_del(core, child);
}

void nacc_frame_unlink(struct nacc_core *core, struct nacc_frame *child)
{
	child->parent = NACC_FRAME_NONE;
	child->slot = 0;
	unlinked_add(core, child);
}

void nacc_frame_release(struct nacc_core *core, struct nacc_frame *frame)
{
	if (frame->type == NACC_FRAME_TABLE) {
		core->frames[frame->owner].tables--;
		list_del(core, &core->frames[frame->owner].next, frame);
		if (frame->parent != NACC_FRAME_NONE)
			nacc_frame_unlink(core, frame);
		unlinked_del(core, frame);
	}
	frame->epoch = core->epoch;
	nacc_frame_set_type(core, frame, NACC_FRAME_RELEASED);
}

int nacc_frame_reclaim(struct nacc_core *core, struct nacc_frame *frame)
{
	if (frame->type != NACC_FRAME_RELEASED || frame->epoch > core->fenced ||
	    (frame->flags & NACC_FRAME_FLAG_UNDRAINED))
		return 0;
	zero64(frame_entries(core, frame), NACC_SBI_ENTRIES);
	frame->level = 0;
	frame->live = 0;
	frame->owner = NACC_FRAME_NONE;
	frame->tables = 0;
	frame->epoch = 0;
	frame->tag = 0;
	nacc_frame_set_flags(frame, 0, (nacc_u16)~0U);
	nacc_frame_set_type(core, frame, NACC_FRAME_FREE);
	nacc_count(&core->stats[NACC_STAT_RECLAIMED]);
	return 1;
}

void nacc_undrained_push(struct nacc_core *core, struct nacc_frame *frame, nacc_u64 original)
{
	nacc_u32 index = frame_index(core, frame);

	frame->original = original;
	frame->next_undrained = NACC_FRAME_NONE;
	nacc_frame_set_flags(frame, NACC_FRAME_FLAG_UNDRAINED, 0);
	if (core->undrained_head == NACC_FRAME_NONE)
		core->undrained_head = index;
	else
		core->frames[core->undrained_tail].next_undrained = index;
	core->undrained_tail = index;
	adjust(core, NACC_STAT_UNDRAINED, 1);
}

struct nacc_frame *nacc_undrained_pop(struct nacc_core *core)
{
	struct nacc_frame *frame;

	if (core->undrained_head == NACC_FRAME_NONE)
		return 0;
	frame = &core->frames[core->undrained_head];
	core->undrained_head = frame->next_undrained;
	if (core->undrained_head == NACC_FRAME_NONE)
		core->undrained_tail = NACC_FRAME_NONE;
	frame->next_undrained = NACC_FRAME_NONE;
	nacc_frame_set_flags(frame, 0, NACC_FRAME_FLAG_UNDRAINED);
	adjust(core, NACC_STAT_UNDRAINED, -1);
	return frame;
}

nacc_u64 nacc_fence_begin(struct nacc_core *core)
{
	nacc_u64 epoch;

	nacc_spin_lock(&core->lock);
	epoch = core->epoch++;
	nacc_spin_unlock(&core->lock);
	return epoch;
}

void nacc_fence_end(struct nacc_core *core, nacc_u64 epoch)
{
	nacc_spin_lock(&core->lock);
	if (epoch > core->fenced)
		core->fenced = epoch;
	nacc_spin_unlock(&core->lock);
	nacc_count(&core->stats[NACC_STAT_FENCES]);
}

int nacc_root_released(const struct nacc_core *core, nacc_u64 root_pa)
{
	const struct nacc_frame *frame = frame_at(core, root_pa);

	return frame && frame_type(frame) == NACC_FRAME_RELEASED;
}

/* RAM has addresses that an entry can name; firmware is whole pages, some. */
static int spans_ok(const struct nacc_layout *layout)
{
	if (layout->nr_ram > NACC_MAX_RAM || layout->nr_firmware > NACC_MAX_FIRMWARE)
		return 0;
	for (nacc_u32 i = 0; i < layout->nr_ram; i++)
		if (layout->ram[i].end > PA_END)
			return 0;
	for (nacc_u32 i = 0; i < layout->nr_firmware; i++) {
		const struct nacc_span *span = &layout->firmware[i];

		if (span->start >= span->end || (span->start | span->end) % PAGE_SIZE)
			return 0;
	}
	return 1;
}

int nacc_layout_ok(const struct nacc_layout *layout)
{
	nacc_u64 base = layout->region_base, size = layout->region_size, end;

	return spans_ok(layout) &&
	       size >= NACC_RECORDS_SHARE * PAGE_SIZE &&
	       !(size & (size - 1)) && !(base & (size - 1)) &&
	       !__builtin_add_overflow(base, size, &end) &&
	       nacc_is_ram(layout, base, end) &&
	       !nacc_is_firmware(layout, base, end);
}

static void frames_init(struct nacc_core *core)
{
	for (nacc_u32 i = 0; i < core->nr_frames; i++) {
		struct nacc_frame *frame = &core->frames[i];

		frame->owner = NACC_FRAME_NONE;
		frame->parent = NACC_FRAME_NONE;
		frame->next = NACC_FRAME_NONE;
		frame->prev = NACC_FRAME_NONE;
		frame->next_undrained = NACC_FRAME_NONE;
		frame->gate = &closed;
	}
	core->stats[NACC_STAT_FRAMES_FREE] = core->nr_frames;
	core->armed_head = NACC_FRAME_NONE;
	core->unlinked_head = NACC_FRAME_NONE;
	core->undrained_head = NACC_FRAME_NONE;
	core->undrained_tail = NACC_FRAME_NONE;
	core->epoch = 1;
}

int nacc_core_init(struct nacc_core *core, const struct nacc_layout *layout)
{
	nacc_u64 base = layout->region_base, size = layout->region_size;
	nacc_u64 nr, records = nacc_records_size(layout);

	_Static_assert(NACC_RECORDS_SHARE * sizeof(struct nacc_frame) <= PAGE_SIZE,
		       "the records of all frames fit in their share");
	if (!nacc_layout_ok(layout))
		return -1;
	/* One page that is shared, one for self-tests, the frames, the records */
	nr = (size - records) / PAGE_SIZE - 2;
	if (nr >> NACC_SBI_LEVEL_SHIFT)
		return -1;

	core->layout = *layout;
	core->nr_frames = (nacc_u32)nr;
	core->frames = nacc_phys(base + size - records);
	core->setup = nacc_phys(layout->setups);
	core->spare = nacc_phys(layout->setups + NACC_SBI_SETUP_MAX);
	core->frame_base = base + 2 * PAGE_SIZE;
	core->shared = base;
	zero64(nacc_phys(base), size / sizeof(nacc_u64));
	frames_init(core);
	return 0;
}
