// SPDX-License-Identifier: BSD-2-Clause
/*
 * The invariants, said a second time and differently: from what memory holds,
 * not from what the core believes. Shares no code with the core.
 */
#include "contexts.h"
#include "machine.h"
#include "page.h"

#define NONE	NACC_FRAME_NONE

const char *wrong(const char *format, ...)
{
	static char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return text;
}

static int in(nacc_u64 start, nacc_u64 end, nacc_u64 lo, nacc_u64 size)
{
	return end > lo && start < lo + size;
}

static int visible(nacc_u64 start, nacc_u64 end)
{
	return (start >= VDSO_BASE && end <= VDSO_BASE + VDSO_SIZE) ||
	       (start >= IMAGE_BASE + 0x20000 && end <= IMAGE_BASE + 0x21000);
}

/* Page by page: slow, and unlike how the core does it. */
static int hits_image(nacc_u64 start, nacc_u64 end)
{
	if (start < IMAGE_BASE)
		start = IMAGE_BASE;
	if (end > IMAGE_BASE + IMAGE_SIZE)
		end = IMAGE_BASE + IMAGE_SIZE;
	for (; start < end; start += PAGE)
		if (start < FREED_BASE || start >= FREED_BASE + FREED_SIZE)
			return 1;
	return 0;
}

/* 0 if bits 54..63 are wrong, else the number of pages that the leaf maps. */
static nacc_u64 leaf_pages(nacc_u64 pte, unsigned int level)
{
	unsigned int pbmt = pte >> 61 & 3;

	if (pte >> 54 & 0x7f || pbmt == 3 || (pbmt && !(m.layout.leaves & NACC_LEAF_PBMT)))
		return 0;
	if (!(pte >> 63))
		return 1UL << 9 * level;
	if (level || !(m.layout.leaves & NACC_LEAF_NAPOT) || PTE_TO_PA(pte) / PAGE % 16 != 8)
		return 0;
	return 16;
}

static int leaf_ok(nacc_u64 pte, unsigned int level)
{
	nacc_u64 start = PTE_TO_PA(pte), size = leaf_pages(pte, level) * PAGE, end;

	/* The page number of a NAPOT leaf is that of the middle of its pages. */
	if (pte >> 63)
		start -= size / 2;
	end = start + size;
	return size && !(pte & G) && (pte & U) &&
	       ((pte & R) || !(pte & W)) && start % size == 0 &&
	       !in(start, end, POOL_BASE, m.layout.region_size) &&
	       !in(start, end, FW_BASE, FW_SIZE) &&
	       (!hits_image(start, end) ||
		(!(pte & W) && visible(start, end)));
}

static int is_zero(nacc_u32 index)
{
	static const nacc_u8 blank[PAGE];

	return !memcmp(page_at(frame_address(index)), blank, PAGE);
}

static nacc_u32 not_zero(nacc_u32 index, unsigned int nr)
{
	nacc_u32 live = 0;

	for (unsigned int s = 0; s < nr; s++)
		live += page_at(frame_address(index))[s] != 0;
	return live;
}

static int is_table(const struct nacc_frame *f)
{
	return f->type == NACC_FRAME_TABLE || f->type == NACC_FRAME_ROOT;
}

static const char *check_entries(nacc_u32 i, nacc_u32 *named)
{
	const struct nacc_frame *f = &m.core.frames[i], *c;
	const nacc_u64 *e = page_at(frame_address(i));
	const nacc_u64 *kernel = page_at(KERNEL_ROOT);
	int retiring = m.core.frames[f->owner].flags & NACC_FRAME_FLAG_RETIRING;
	unsigned int live = 0, user = f->type == NACC_FRAME_ROOT ? 256 : 512;

	for (unsigned int s = 0; s < 512; s++) {
		nacc_u64 pte = e[s], pa = PTE_TO_PA(pte);

		if (s >= user) {
			if (pte != kernel[s])
				return wrong("frame %u slot %u: kernel half", i, s);
			continue;
		}
		live += pte != 0;
		if (!(pte & V))
			continue;
		if (pte & (R | W | X)) {
			if (f->flags & NACC_FRAME_FLAG_PAGE ?
			    !retiring && !check_page_entry(f, s, pte) : !leaf_ok(pte, f->level))
				return wrong("frame %u slot %u: leaf %#lx", i, s, pte);
			continue;
		}
		if ((pte >> 54) || (pte & 0xf0) || !f->level)
			return wrong("frame %u slot %u: link %#lx", i, s, pte);
		if (pa < m.core.frame_base ||
		    pa >= frame_address(m.core.nr_frames))
			return wrong("frame %u slot %u: names %#lx", i, s, pa);
		if (retiring)
			continue;
		c = frame_of(pa);
		named[c - m.core.frames]++;
		if (c->type != NACC_FRAME_TABLE || c->owner != f->owner ||
		    c->level != f->level - 1 || c->parent != i || c->slot != s)
			return wrong("frame %u slot %u: bad child", i, s);
	}
	if (live != f->live)
		return wrong("frame %u: live %u, counted %u", i, f->live, live);
	return NULL;
}

/* Each root's list holds its tables and contexts, as many as it counts. */
static const char *check_tables(nacc_u32 root)
{
	nacc_u32 nr = 0, prev = NONE, i;

	for (i = m.core.frames[root].list.next; i != NONE; i = m.core.frames[i].list.next) {
		if ((m.core.frames[i].type != NACC_FRAME_TABLE &&
		     m.core.frames[i].type != NACC_FRAME_CONTEXT) ||
		    m.core.frames[i].owner != root || m.core.frames[i].list.prev != prev)
			return wrong("tables of %u: at %u", root, i);
		prev = i;
		if (++nr > m.core.frames[root].tables)
			return wrong("tables of %u: too many", root);
	}
	if (nr != m.core.frames[root].tables)
		return wrong("tables of %u: %u listed", root, nr);
	return NULL;
}

static nacc_u64 has_secrets(nacc_u32 root)
{
	for (nacc_u32 i = 0; i < m.layout.nr_secrets; i++)
		if (m.core.secrets[i].owner == root)
			return 1;
	return 0;
}

/* A context that is none is anything. */
static const char *check_context(nacc_u32 root, const struct nacc_sbi_context *c, nacc_u64 gate)
{
	if (c->state > NACC_CONTEXT_USER)
		return wrong("contexts of %u: state %u", root, c->state);
	if (c->state && (c->root != (frame_address(root) | has_secrets(root)) || c->gate != gate))
		return wrong("contexts of %u: of another", root);
	return NULL;
}

/* No two that are some have one task. */
static int is_twice(const struct nacc_sbi_context *contexts, nacc_u32 at, nacc_u32 i)
{
	for (; at != NONE; at = m.core.frames[at].slot, i = 0) {
		const struct nacc_sbi_context *c = (void *)page_at(frame_address(at));

		for (; i < NACC_CONTEXT_PER_FRAME; i++)
			if (c[i].state && c[i].task == contexts->task)
				return 1;
	}
	return 0;
}

/* All context frames of a root that is not retiring are in its chain, and it has a record. */
static const char *check_contexts(nacc_u32 root, nacc_u32 nr)
{
	const struct nacc_sbi_threads *threads;
	nacc_u32 at = m.core.frames[root].list.prev, first = NACC_CONTEXT_FIRST;
	const char *what = NULL;

	if (m.core.frames[root].flags & NACC_FRAME_FLAG_RETIRING)
		return at == NONE ? NULL : wrong("contexts of %u: retiring", root);
	if (at == NONE)
		return nr ? wrong("contexts of %u: %u not found", root, nr) : NULL;
	threads = (void *)page_at(frame_address(at));
	for (; at != NONE && !what; at = m.core.frames[at].slot, first = 0) {
		const struct nacc_sbi_context *c = (void *)page_at(frame_address(at));

		if (m.core.frames[at].type != NACC_FRAME_CONTEXT ||
		    m.core.frames[at].owner != root || !nr--)
			return wrong("contexts of %u: at %u", root, at);
		what = check_vector(at, first);
		for (nacc_u32 i = first; !what && i < NACC_CONTEXT_PER_FRAME; i++) {
			what = check_context(root, &c[i], threads->gate);
			if (c[i].state && is_twice(&c[i], at, i + 1))
				return wrong("contexts of %u: one twice", root);
		}
	}
	return what ? what : nr ? wrong("contexts of %u: %u left out", root, nr) : NULL;
}

/* A record says how many roots have it, all of its tag. */
static const char *check_record(nacc_u32 i)
{
	const struct nacc_sbi_gate *gate = (void *)page_at(frame_address(i));
	nacc_u32 nr = 0;

	for (nacc_u32 r = 0; r < m.core.nr_frames; r++) {
		const struct nacc_frame *f = &m.core.frames[r];
		const struct nacc_sbi_threads *threads;

		if (f->type != NACC_FRAME_ROOT || f->list.prev == NONE)
			continue;
		threads = (void *)page_at(frame_address(f->list.prev));
		if (threads->gate != frame_address(i))
			continue;
		if (f->tag != gate->tag)
			return wrong("record %u: tag of root %u", i, r);
		nr++;
	}
	if (nr != gate->roots || gate->mode & ~NACC_GATE_FLAGS)
		return wrong("record %u: %u roots, counted %u", i, gate->roots, nr);
	return NULL;
}

static const char *check_context_frame(nacc_u32 i, nacc_u32 *tables)
{
	const struct nacc_frame *f = &m.core.frames[i];

	int seals = f->flags == NACC_FRAME_FLAG_SEALED && f->owner != i;

	if (f->level != NACC_LEVEL_CONTEXT || f->live != 512 || (f->flags && !seals) ||
	    (f->owner == i ? !check_page_pair(i, NACC_FRAME_PAGE) :
	     f->parent != NONE && (seals || !check_vector_frame(i))))
		return wrong("frame %u: bad context frame", i);
	if (f->owner == i)
		return check_record(i);
	if (f->owner >= m.core.nr_frames || m.core.frames[f->owner].type != NACC_FRAME_ROOT)
		return wrong("frame %u: contexts of nobody", i);
	tables[f->owner]++;
	return NULL;
}

static nacc_u32 contexts_of(nacc_u32 root)
{
	nacc_u32 nr = 0;

	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		nr += m.core.frames[i].type == NACC_FRAME_CONTEXT &&
		      m.core.frames[i].owner == root && !m.core.frames[i].flags &&
		      m.core.frames[i].parent == NONE;
	return nr;
}

static int is_flagged(const struct nacc_frame *f)
{
	return !!(f->flags & NACC_FRAME_FLAG_SEALED);
}

static const char *check_frame(nacc_u32 i, nacc_u32 *named, nacc_u32 *tables)
{
	const struct nacc_frame *f = &m.core.frames[i];
	int open = f->type == NACC_FRAME_TABLE && !f->level && !is_flagged(f) &&
		   !(f->flags & NACC_FRAME_FLAG_PAGE);
	const char *what;

	if (f->lock)
		return wrong("frame %u: locked", i);
	if (open ? f->gate != &m.core.frames[f->owner].flags : !*f->gate)
		return wrong("frame %u: gate of another type", i);
	switch (f->type) {
	case NACC_FRAME_FREE:
	case NACC_FRAME_ARMED:
		if (!is_zero(i) || f->owner != NONE || f->parent != NONE ||
		    f->live || f->flags || f->level || f->tables || f->original)
			return wrong("frame %u: idle but not blank", i);
		return NULL;
	case NACC_FRAME_RELEASED:
		if (f->parent != NONE || f->epoch > m.core.epoch || !f->epoch)
			return wrong("frame %u: released but linked or no epoch", i);
		if (f->level == NACC_LEVEL_CONTEXT || f->level == NACC_LEVEL_PAGE)
			return f->live == 512 ? NULL : wrong("frame %u: contexts stay", i);
		/* By this it is known what to zero. */
		if (f->live != not_zero(i, f->level == top() ? 256 : 512))
			return wrong("frame %u: released, and counted %u", i, f->live);
		return NULL;
	case NACC_FRAME_ROOT:
		if (f->owner != i || f->level != top())
			return wrong("frame %u: bad root", i);
		what = check_tables(i);
		if (!what && check_page_of(f) != NONE)
			what = check_place(i);
		if (!what)
			what = check_contexts(i, contexts_of(i));
		if (!what)
			what = check_seals(i);
		if (what)
			return what;
		break;
	case NACC_FRAME_TABLE:
		if (f->owner >= m.core.nr_frames || f->level >= top() ||
		    m.core.frames[f->owner].type != NACC_FRAME_ROOT)
			return wrong("frame %u: bad owner", i);
		tables[f->owner]++;
		break;
	case NACC_FRAME_CONTEXT:
		return check_context_frame(i, tables);
	case NACC_FRAME_PAGE:
		return check_page(i);
	default:
		return wrong("frame %u: type %u", i, f->type);
	}
	what = check_entries(i, named);
	return what;
}

static const char *check_pile(nacc_u32 nr, nacc_u64 *armed, nacc_u64 *unlinked,
			      nacc_u64 *undrained)
{
	const struct nacc_pile *pile = &m.core.piles[nr];
	nacc_u32 prev = NONE, i;

	for (i = pile->armed; i != NONE; i = m.core.frames[i].list.next) {
		if (m.core.frames[i].type != NACC_FRAME_ARMED || i / 16 % 64 != nr ||
		    m.core.frames[i].list.prev != prev || ++*armed > m.core.nr_frames)
			return wrong("armed list at %u", i);
		prev = i;
	}
	prev = NONE;
	for (i = pile->unlinked; i != NONE; i = m.core.frames[i].unlinked.next) {
		if (m.core.frames[i].type != NACC_FRAME_TABLE || i / 16 % 64 != nr ||
		    m.core.frames[i].parent != NONE ||
		    m.core.frames[i].unlinked.prev != prev || ++*unlinked > m.core.nr_frames)
			return wrong("unlinked list at %u", i);
		prev = i;
	}
	for (i = pile->undrained; i != NONE; i = m.core.frames[i].next_undrained)
		if (!(m.core.frames[i].flags & NACC_FRAME_FLAG_UNDRAINED) ||
		    i / 16 % 64 != nr || ++*undrained > m.core.nr_frames)
			return wrong("undrained list at %u", i);
	return pile->lock ? wrong("pile %u: locked", nr) : NULL;
}

static const char *check_lists(void)
{
	nacc_u64 armed = 0, unlinked = 0, undrained = 0;
	const char *what = NULL;

	for (nacc_u32 i = 0; !what && i < NACC_PILES; i++)
		what = check_pile(i, &armed, &unlinked, &undrained);
	if (what)
		return what;
	if (armed != stat(NACC_STAT_FRAMES_ARMED))
		return wrong("armed lists have %lu", armed);
	if (unlinked != stat(NACC_STAT_UNLINKED))
		return wrong("unlinked lists have %lu", unlinked);
	if (undrained != stat(NACC_STAT_UNDRAINED))
		return wrong("undrained lists have %lu", undrained);
	return NULL;
}

static const char *check_counts(const nacc_u32 *named, const nacc_u32 *tables)
{
	nacc_u32 by_type[NACC_FRAME_TYPE_MAX] = { 0 };
	nacc_u32 unlinked = 0, undrained = 0;

	for (nacc_u32 i = 0; i < m.core.nr_frames; i++) {
		const struct nacc_frame *f = &m.core.frames[i];
		int retiring = is_table(f) && (m.core.frames[f->owner].flags &
					       NACC_FRAME_FLAG_RETIRING);

		by_type[f->type]++;
		undrained += !!(f->flags & NACC_FRAME_FLAG_UNDRAINED);
		unlinked += f->type == NACC_FRAME_TABLE && f->parent == NONE;
		if (f->type == NACC_FRAME_ROOT && f->tables != tables[i])
			return wrong("root %u: tables %u, counted %u", i, f->tables,
			      tables[i]);
		if (!retiring && named[i] != (f->type == NACC_FRAME_TABLE &&
					      f->parent != NONE))
			return wrong("frame %u: named %u times", i, named[i]);
	}
	for (int t = 0; t < NACC_FRAME_TYPE_MAX; t++) {
		nacc_u64 counted = stat(t == NACC_FRAME_CONTEXT ? NACC_STAT_FRAMES_CONTEXT :
					t == NACC_FRAME_PAGE ? NACC_STAT_FRAMES_PAGE :
						NACC_STAT_FRAMES_FREE + t);

		if (by_type[t] != counted)
			return wrong("type %d: %u frames, counted %lu", t, by_type[t], counted);
	}
	if (unlinked != stat(NACC_STAT_UNLINKED))
		return wrong("unlinked: %u", unlinked);
	if (undrained != stat(NACC_STAT_UNDRAINED))
		return wrong("undrained: %u", undrained);
	return NULL;
}

const char *check_machine(void)
{
	nacc_u32 *named = calloc(m.core.nr_frames, sizeof(*named));
	nacc_u32 *tables = calloc(m.core.nr_frames, sizeof(*tables));
	const char *what = check_lists();

	for (nacc_u32 i = 0; !what && i < m.core.nr_frames; i++)
		what = check_frame(i, named, tables);
	if (!what)
		what = check_counts(named, tables);
	if (!what)
		what = check_secrets();
	free(named);
	free(tables);
	return what;
}
