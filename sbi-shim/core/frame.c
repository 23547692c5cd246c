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
#include "lock.h"
#include "mem.h"
#include "policy.h"
#include "pte.h"
#include "state.h"

/* The gate of what is no table of level 0 */
const nacc_u16 nacc_closed = 1;

static const nacc_u16 *gate_of(const struct nacc_core *core, const struct nacc_frame *frame,
			       enum nacc_frame_type type)
{
	return type == NACC_FRAME_TABLE && !frame->level && !(frame->flags & NACC_FRAME_FLAG_PAGE) ?
		&core->frames[frame->owner].flags : &nacc_closed;
}

static nacc_u32 stat_of(nacc_u32 type)
{
	return type < NACC_FRAME_CONTEXT ? NACC_STAT_FRAMES_FREE + type :
		NACC_STAT_FRAMES_CONTEXT + type - NACC_FRAME_CONTEXT;
}

void nacc_frame_set_type(struct nacc_core *core, struct nacc_frame *frame,
			 enum nacc_frame_type type)
{
	nacc_add(&core->stats[stat_of(frame->type)], -1);
	nacc_add(&core->stats[stat_of(type)], 1);
	__atomic_store_n(&frame->type, (nacc_u8)type, __ATOMIC_RELEASE);
	__atomic_store_n(&frame->gate, gate_of(core, frame, type), __ATOMIC_RELEASE);
}

/*
 * A frame is in the armed list of its pile, or in that of its address space, or in
 * none; and an unlinked table in that of its pile, by links of its own.
 */
static struct nacc_links *links_of(struct nacc_frame *frame, int unlinked)
{
	return unlinked ? &frame->unlinked : &frame->list;
}

static void list_add(struct nacc_core *core, nacc_u32 *head, struct nacc_frame *frame, int unlinked)
{
	struct nacc_links *links = links_of(frame, unlinked);

	*links = (struct nacc_links){ .next = *head, .prev = NACC_FRAME_NONE };
	*head = frame_index(core, frame);
	if (links->next != NACC_FRAME_NONE)
		links_of(&core->frames[links->next], unlinked)->prev = *head;
}

static void list_del(struct nacc_core *core, nacc_u32 *head, struct nacc_frame *frame, int unlinked)
{
	const struct nacc_links *links = links_of(frame, unlinked);

	if (links->prev == NACC_FRAME_NONE)
		*head = links->next;
	else
		links_of(&core->frames[links->prev], unlinked)->next = links->next;
	if (links->next != NACC_FRAME_NONE)
		links_of(&core->frames[links->next], unlinked)->prev = links->prev;
}

int nacc_frame_arm(struct nacc_core *core, struct nacc_frame *frame)
{
	if (frame_type(frame) != NACC_FRAME_FREE)
		return 0;
	list_add(core, &nacc_pile_of(core, frame)->armed, frame, 0);
	nacc_frame_set_type(core, frame, NACC_FRAME_ARMED);
	return 1;
}

int nacc_frame_disarm(struct nacc_core *core, struct nacc_frame *frame)
{
	if (frame_type(frame) != NACC_FRAME_ARMED || frame->owner != NACC_FRAME_NONE)
		return 0;
	list_del(core, &nacc_pile_of(core, frame)->armed, frame, 0);
	nacc_frame_set_type(core, frame, NACC_FRAME_FREE);
	return 1;
}

struct nacc_frame *nacc_frame_take(struct nacc_core *core, nacc_u32 owner, nacc_u32 level)
{
	struct nacc_percpu *cpu = this_cpu(core);
	/* Odd, so all of them, and each hart in another order: where few are left they part. */
	nacc_u32 at = load32(&cpu->pile), step = 2 * (nacc_u32)(cpu - core->percpu) + 1;
	struct nacc_frame *frame = 0;

	for (nacc_u32 i = 0; !frame && i < NACC_PILES; i++, at += step) {
		struct nacc_pile *pile = &core->piles[at % NACC_PILES];

		nacc_lock(core, &pile->lock);
		if (pile->armed != NACC_FRAME_NONE) {
			frame = &core->frames[pile->armed];
			set_field(&frame->owner, owner == NACC_FRAME_NONE ? pile->armed : owner);
			list_del(core, &pile->armed, frame, 0);
		}
		nacc_unlock(&pile->lock);
	}
	if (frame) {
		/* It may become a root, without tables. */
		frame->list = (struct nacc_links){ NACC_FRAME_NONE, NACC_FRAME_NONE };
		set_field(&cpu->pile, (nacc_u32)(nacc_pile_of(core, frame) - core->piles));
		set_field(&frame->level, (nacc_u8)level);
	}
	return frame;
}

void nacc_frame_put_back(struct nacc_core *core, struct nacc_frame *frame)
{
	struct nacc_pile *pile = nacc_pile_of(core, frame);

	nacc_lock(core, &pile->lock);
	set_field(&frame->level, 0);
	set_field(&frame->owner, NACC_FRAME_NONE);
	list_add(core, &pile->armed, frame, 0);
	nacc_unlock(&pile->lock);
}

/* An unlinked table comes into the list of its pile, or leaves it. */
static void set_unlinked(struct nacc_core *core, struct nacc_frame *frame, int unlinked)
{
	struct nacc_pile *pile = nacc_pile_of(core, frame);

	nacc_lock(core, &pile->lock);
	if (unlinked)
		list_add(core, &pile->unlinked, frame, 1);
	else
		list_del(core, &pile->unlinked, frame, 1);
	nacc_unlock(&pile->lock);
	nacc_add(&core->stats[NACC_STAT_UNLINKED], unlinked ? 1 : -1);
}

struct nacc_ret nacc_unlinked(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u32 *list = rq->page, nr = 0;

	for (nacc_u32 i = 0; i < NACC_PILES; i++) {
		struct nacc_pile *pile = &core->piles[i];
		nacc_u32 next;

		nacc_lock(core, &pile->lock);
		next = pile->unlinked;
		while (nr < NACC_SBI_UNLINKED_MAX && next != NACC_FRAME_NONE) {
			list[++nr] = frame_listed(core, &core->frames[next]);
			next = core->frames[next].unlinked.next;
		}
		nacc_unlock(&pile->lock);
	}
	list[0] = nr;
	return ret_ok(load64(&core->stats[NACC_STAT_UNLINKED]));
}

void nacc_frame_own(struct nacc_core *core, struct nacc_frame *frame,
		    const struct nacc_frame *parent, nacc_u32 slot)
{
	struct nacc_frame *root = &core->frames[frame->owner];
	int is_table = frame->level <= core->top_level;

	if (parent)
		frame_set_parent(frame, frame_index(core, parent), slot);
	nacc_frame_set_type(core, frame, is_table ? NACC_FRAME_TABLE : NACC_FRAME_CONTEXT);
	list_add(core, &root->list.next, frame, 0);
	root->tables++;
	if (!is_table)
		set_field(&frame->live, NACC_SBI_ENTRIES);
	else if (!parent)
		set_unlinked(core, frame, 1);
}

void nacc_frame_link(struct nacc_core *core, struct nacc_frame *child,
		     const struct nacc_frame *parent, nacc_u32 slot)
{
	frame_set_parent(child, frame_index(core, parent), slot);
	set_unlinked(core, child, 0);
}

void nacc_frame_unlink(struct nacc_core *core, struct nacc_frame *child)
{
	frame_set_parent(child, NACC_FRAME_NONE, 0);
	set_unlinked(core, child, 1);
}

void nacc_frame_seal(struct nacc_core *core, struct nacc_frame *frame)
{
	struct nacc_pile *pile = nacc_pile_of(core, frame);

	nacc_lock(core, &pile->lock);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	frame_set_flags(frame, NACC_FRAME_FLAG_SEALED, 0);
	nacc_unlock(&pile->lock);
	__atomic_store_n(&frame->gate, &nacc_closed, __ATOMIC_RELEASE);
}

/* The gate of a root is closed by what is never zero of its page, if it has one. */
struct nacc_frame *nacc_frame_page(const struct nacc_frame *root)
{
	const nacc_u16 *gate = __atomic_load_n(&root->gate, __ATOMIC_ACQUIRE);

	if (frame_type(root) != NACC_FRAME_ROOT || gate == &nacc_closed)
		return 0;
	return (struct nacc_frame *)((char *)gate - __builtin_offsetof(struct nacc_frame, live));
}

void nacc_frame_set_page(struct nacc_frame *root, const struct nacc_frame *page)
{
	__atomic_store_n(&root->gate, page ? (const nacc_u16 *)&page->live : &nacc_closed,
			 __ATOMIC_RELEASE);
}

void nacc_frame_release(struct nacc_core *core, struct nacc_frame *frame)
{
	if (frame->owner != frame_index(core, frame)) {
		core->frames[frame->owner].tables--;
		list_del(core, &core->frames[frame->owner].list.next, frame, 0);
		if (frame->type == NACC_FRAME_TABLE && frame->parent == NACC_FRAME_NONE)
			set_unlinked(core, frame, 0);
	}
	frame_set_parent(frame, NACC_FRAME_NONE, 0);
	/* Until the epoch is known no fence has covered it: see lock.h for the order. */
	store64(&frame->epoch, ~0ULL);
	nacc_frame_set_type(core, frame, NACC_FRAME_RELEASED);
	store64(&frame->epoch, __atomic_fetch_add(&core->epoch, 0, __ATOMIC_ACQ_REL));
}

/*
 * Zero is what is not known to be: a table without a live entry has none. The kernel
 * half of a root is in no count.
 */
static void empty(struct nacc_core *core, const struct nacc_frame *frame)
{
	nacc_u32 nr = frame->level == core->top_level ? NACC_USER_ENTRIES : NACC_SBI_ENTRIES;
	nacc_u64 *entry = frame_entries(core, frame);

	if (frame_live(frame))
		zero64(entry, nr);
	zero64(entry + nr, NACC_SBI_ENTRIES - nr);
}

static void blank(struct nacc_frame *frame)
{
	set_field(&frame->level, 0);
	set_field(&frame->live, 0);
	set_field(&frame->owner, NACC_FRAME_NONE);
	set_field(&frame->parent, NACC_FRAME_NONE);
	set_field(&frame->flags, 0);
	frame->list.next = NACC_FRAME_NONE;
	frame->tables = 0;
	set_field(&frame->slot, 0);
	store64(&frame->epoch, 0);
	store64(&frame->tag, 0);
}

int nacc_frame_reclaim(struct nacc_core *core, struct nacc_frame *frame)
{
	/* Acquire: what others have left there, and counted, came before their fence. */
	if (frame_type(frame) != NACC_FRAME_RELEASED ||
	    load64(&frame->epoch) > __atomic_load_n(&core->fenced, __ATOMIC_ACQUIRE) ||
	    (frame->flags & NACC_FRAME_FLAG_UNDRAINED))
		return 0;
	empty(core, frame);
	blank(frame);
	nacc_frame_set_type(core, frame, NACC_FRAME_FREE);
	nacc_count(&core->stats[NACC_STAT_RECLAIMED]);
	return 1;
}

void nacc_undrained_push(struct nacc_core *core, struct nacc_frame *frame, nacc_u64 original)
{
	struct nacc_pile *pile = nacc_pile_of(core, frame);

	nacc_lock(core, &pile->lock);
	frame->original = original;
	frame->next_undrained = pile->undrained;
	pile->undrained = frame_index(core, frame);
	frame_set_flags(frame, NACC_FRAME_FLAG_UNDRAINED, 0);
	nacc_unlock(&pile->lock);
	nacc_add(&core->stats[NACC_STAT_UNDRAINED], 1);
}

struct nacc_ret nacc_drain(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_adoption *out = rq->page;
	nacc_u32 nr = 0;

	for (nacc_u32 i = 0; i < NACC_PILES; i++) {
		struct nacc_pile *pile = &core->piles[i];

		nacc_lock(core, &pile->lock);
		for (; nr < NACC_SBI_DRAIN_MAX && pile->undrained != NACC_FRAME_NONE; nr++) {
			struct nacc_frame *frame = &core->frames[pile->undrained];

			out[nr].original = frame->original;
			out[nr].twin = frame_pa(core, frame);
			out[nr].root = frame_pa(core, &core->frames[frame->owner]);
			out[nr].level = frame->level;
			out[nr].pad = 0;
			pile->undrained = frame->next_undrained;
			frame->original = 0;
			frame_set_flags(frame, 0, NACC_FRAME_FLAG_UNDRAINED);
			nacc_add(&core->stats[NACC_STAT_UNDRAINED], -1);
		}
		nacc_unlock(&pile->lock);
	}
	return ret_ok(nr);
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
	       size >= NACC_RECORDS_SHARE * PAGE_SIZE && layout->nr_secrets <= NACC_SECRETS_MAX &&
	       layout->nr_secrets * NACC_SECRET_SPAN <= size / 4 &&
	       layout->vlenb <= NACC_VLENB_MAX && !(layout->vlenb & (layout->vlenb - 1)) &&
	       !(size & (size - 1)) && !(base & (size - 1)) &&
	       !__builtin_add_overflow(base, size, &end) &&
	       nacc_is_ram(layout, base, end) &&
	       !nacc_is_firmware(layout, base, end);
}

static void frames_init(struct nacc_core *core)
{
	for (nacc_u32 i = 0; i < core->nr_frames; i++) {
		blank(&core->frames[i]);
		core->frames[i].gate = &nacc_closed;
	}
	core->stats[NACC_STAT_FRAMES_FREE] = core->nr_frames;
	for (nacc_u32 i = 0; i < NACC_PILES; i++) {
		core->piles[i].armed = NACC_FRAME_NONE;
		core->piles[i].unlinked = NACC_FRAME_NONE;
		core->piles[i].undrained = NACC_FRAME_NONE;
	}
	/* As many buckets as there is room for behind the records: a fourth of the frames */
	core->buckets = (nacc_u32 *)&core->frames[core->nr_frames];
	core->hash_shift = 33;
	for (nacc_u64 i = 0; i < core->layout.region_size >> 14; i++) {
		core->buckets[i] = NACC_FRAME_NONE;
		core->hash_shift -= !(i & (i - 1));
	}
	for (nacc_u32 i = 0; i < NACC_SECRETS_MAX; i++)
		core->secrets[i].owner = NACC_FRAME_NONE;
	/* Neighbours begin far from each other. */
	for (nacc_u32 i = 0; i < NACC_PERCPU; i++)
		core->percpu[i].pile = i * 8 + i / 8;
	core->epoch = 1;
}

int nacc_core_init(struct nacc_core *core, const struct nacc_layout *layout)
{
	nacc_u64 base = layout->region_base, size = layout->region_size;
	nacc_u64 nr;

	_Static_assert(NACC_RECORDS_SHARE * sizeof(struct nacc_frame) <= PAGE_SIZE,
		       "the records of all frames fit in their share");
	if (!nacc_layout_ok(layout))
		return -1;
	/* One page that is shared, one for self-tests, the frames, secret pages, the records */
	nr = (nacc_secrets_base(layout) - base) / PAGE_SIZE - 2;
	if (nr >> NACC_SBI_LEVEL_SHIFT)
		return -1;

	core->layout = *layout;
	core->nr_frames = (nacc_u32)nr;
	core->frames = nacc_phys(base + size - nacc_records_size(layout));
	core->setup = nacc_phys(layout->setups);
	core->spare = nacc_phys(layout->setups + NACC_SBI_SETUP_MAX);
	core->frame_base = base + 2 * PAGE_SIZE;
	core->shared = base;
	zero64(nacc_phys(base), size / sizeof(nacc_u64));
	frames_init(core);
	return 0;
}
