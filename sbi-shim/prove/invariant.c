// SPDX-License-Identifier: BSD-2-Clause
/*
 * What holds before and after every step of the core, said from what memory and
 * frame table hold; shares nothing with the core but its types.
 */
#include "world.h"

#define NONE	NACC_FRAME_NONE

/*
 * Where user pages may lie whatever they are for: proof_plain says so of the
 * ranges that the core itself takes for that.
 */
static int plain(nacc_u64 pte)
{
	struct nacc_span spans[2];

	nacc_find_plain(&core, spans);
	return is_plain_leaf(spans, pte);
}

/*
 * The leaves that nacc_check_leaf() accepts: which these are is proof_leaf's. That
 * A, D and RSW do not matter, and that no legal entry needs its W, is proof_leaf_ad's.
 */
int leaf_ok(nacc_u64 pte, nacc_u32 level)
{
	if ((pte & (PTE_R | PTE_W)) == PTE_W)
		return 0;
	if (!level && plain(pte))
		return 1;
	pte &= ~(AD | PTE_RSW);
	return (__CPROVER_uninterpreted_legal(pte, level) |
		__CPROVER_uninterpreted_legal(pte | PTE_W, level)) & 1;
}

static int is_table(const struct nacc_frame *f)
{
	return f->type == NACC_FRAME_TABLE || f->type == NACC_FRAME_ROOT;
}

static int retiring(const struct nacc_frame *f)
{
	return frames[f->owner].flags & NACC_FRAME_FLAG_RETIRING;
}

/* I3. What a retiring address space still links is out of reach of its root. */
static int link_ok(nacc_u32 f, nacc_u32 s, nacc_u64 pte)
{
	int c = frame_number(pte_pa(pte));

	if (!frames[f].level || c < 0 || (pte & (PTE_HIGH | AD | PTE_U | PTE_G)))
		return 0;
	return retiring(&frames[f]) ||
	       (frames[c].type == NACC_FRAME_TABLE && frames[c].owner == frames[f].owner &&
		frames[c].level + 1 == frames[f].level && frames[c].parent == f &&
		frames[c].slot == s);
}

/* The table of a page has that, in its place, or nothing; of what ends nobody has it. */
static int page_entry_ok(nacc_u32 f, nacc_u32 s, nacc_u64 pte)
{
	nacc_u32 page = page_of(frames[f].owner);

	if (!pte || retiring(&frames[f]))
		return !pte || (pte & PTE_V);
	if (s)
		return uses_secrets && page < FRAMES && secret_entry(frames[f].owner, s) &&
		       (pte & ~PTE_RSW) == secret_entry(frames[f].owner, s);
	return page < FRAMES &&
	       (pte & ~PTE_RSW) == ((FRAME_BASE + page * PAGE_SIZE) >> 2 |
				    PTE_V | PTE_R | PTE_U | AD);
}

int entry_ok(nacc_u32 f, nacc_u32 s)
{
	nacc_u64 pte = memory[f * NACC_SBI_ENTRIES + s];
	int root = frames[f].type == NACC_FRAME_ROOT;

	/* What is in contexts lies elsewhere: see world.h. */
	if ((frames[f].type == NACC_FRAME_RELEASED && frames[f].level != NACC_LEVEL_CONTEXT &&
	     frames[f].level != NACC_LEVEL_PAGE) ||
	    (root && s >= NACC_USER_ENTRIES))
		return 1;
	if (!is_table(&frames[f]) ||
	    (root && (frames[f].flags & NACC_FRAME_FLAG_BUILDING)))
		return !pte;
	if (frames[f].flags & NACC_FRAME_FLAG_PAGE)
		return page_entry_ok(f, s, pte);
	if (!(pte & PTE_V))
		return 1;
	if (root && retiring(&frames[f]))
		return 0;
	return pte & PTE_RWX ? leaf_ok(pte, frames[f].level) : link_ok(f, s, pte);
}

/* Tables and contexts of a root; a record is nobody's but its own */
static int is_owned(nacc_u32 i, nacc_u32 root)
{
	return frames[i].owner == root && i != root &&
	       (frames[i].type == NACC_FRAME_TABLE || frames[i].type == NACC_FRAME_CONTEXT);
}

static nacc_u32 tables_of(nacc_u32 f)
{
	nacc_u32 nr = 0;

	for (nacc_u32 i = 0; i < FRAMES; i++)
		nr += is_owned(i, f);
	return nr;
}

/* The frame that is the record at this address, or -1 */
int record_at(nacc_u64 pa)
{
	int i = frame_number(pa);

	return i >= 0 && pa % PAGE_SIZE == 0 && frames[i].type == NACC_FRAME_CONTEXT &&
	       frames[i].owner == (nacc_u32)i ? i : -1;
}

/* The frame that the contexts of a root begin with, or -1 */
static int first_of(nacc_u32 root)
{
	return frames[root].type == NACC_FRAME_ROOT && frames[root].list.prev < FRAMES ?
		(int)frames[root].list.prev : -1;
}

/* All that a root owns are in its chain, once, unless it is about to end; then none are. */
static int chain_ok(nacc_u32 root)
{
	nacc_u32 at = frames[root].list.prev, seen = 0, nr = 0;

	if (frames[root].type != NACC_FRAME_ROOT)
		return 1;
	if (retiring(&frames[root]))
		return at == NONE;
	for (nacc_u32 i = 0; i < FRAMES; i++)
		nr += frames[i].type == NACC_FRAME_CONTEXT && is_owned(i, root) && !frames[i].flags;
	for (nacc_u32 i = 0; i < FRAMES && at != NONE; i++) {
		if (at >= FRAMES || frames[at].type != NACC_FRAME_CONTEXT ||
		    !is_owned(at, root) || seen >> at & 1)
			return 0;
		seen |= 1U << at;
		at = frames[at].slot;
		nr--;
	}
	return at == NONE && !nr;
}

static int context_ok(const struct nacc_sbi_context *c, nacc_u32 root, nacc_u64 gate)
{
	return !c->state || (c->state <= NACC_CONTEXT_USER && c->gate == gate &&
			     c->root == FRAME_BASE + root * PAGE_SIZE);
}

/* The contexts of a root are of it and of its record, which is of its tag. */
static int contexts_ok(nacc_u32 root)
{
	int first = first_of(root), record;

	if (first < 0)
		return 1;
	record = record_at(content_of(first)->threads.gate);
	if (record < 0 || content_of(record)->gate.tag != frames[root].tag)
		return 0;
	for (nacc_u32 i = 0; i < FRAMES; i++)
		for (nacc_u32 n = 0; n < NACC_CONTEXT_PER_FRAME; n++)
			if (frames[i].type == NACC_FRAME_CONTEXT && is_owned(i, root) &&
			    !frames[i].flags && (i != (nacc_u32)first || n >= NACC_CONTEXT_FIRST) &&
			    !context_ok((struct nacc_sbi_context *)content_of(i) + n, root,
					content_of(first)->threads.gate))
				return 0;
	return 1;
}

/* A record counts the roots that have it. */
static int record_ok(nacc_u32 i)
{
	nacc_u32 nr = 0;

	if (record_at(FRAME_BASE + i * PAGE_SIZE) < 0)
		return 1;
	for (nacc_u32 r = 0; r < FRAMES; r++)
		nr += first_of(r) >= 0 &&
		      content_of(first_of(r))->threads.gate == FRAME_BASE + i * PAGE_SIZE;
	return content_of(i)->gate.roots == nr;
}

int gated_ok(nacc_u32 i)
{
	return chain_ok(i) && (!uses_contents || (contexts_ok(i) && record_ok(i)));
}

/* The frame with the seals of a root names it, and the root that frame. */
static int sealed_ok(nacc_u32 root)
{
	const struct nacc_frame *f = &frames[root];

	if (f->parent == NONE)
		return 1;
	return uses_seals && f->parent < FRAMES && is_owned(f->parent, root) &&
	       frames[f->parent].type == NACC_FRAME_CONTEXT &&
	       frames[f->parent].flags == NACC_FRAME_FLAG_SEALED && !retiring(f);
}

/* Of a table: it may be on the way to something that is sealed; of contexts: they are seals. */
static int flags_ok(nacc_u32 i, nacc_u16 others)
{
	const struct nacc_frame *f = &frames[i];

	if (!(f->flags & NACC_FRAME_FLAG_SEALED))
		return f->flags == others;
	return (uses_seals || (sealed_entry && !i)) && f->owner != i &&
	       f->flags == (others | NACC_FRAME_FLAG_SEALED);
}

int frame_ok(nacc_u32 i)
{
	const struct nacc_frame *f = &frames[i];
	nacc_u16 undrained = f->flags & NACC_FRAME_FLAG_UNDRAINED;

	switch (f->type) {
	case NACC_FRAME_FREE:
	case NACC_FRAME_ARMED:
		return f->owner == NONE && f->parent == NONE && !f->level && !f->flags &&
		       !f->slot && !f->tables;
	case NACC_FRAME_ROOT:
		return f->owner == i && f->level == core.top_level && sealed_ok(i) &&
		       f->tables == tables_of(i) && (!f->flags || page_of(i) == NONE) &&
		       (!f->flags || f->flags == NACC_FRAME_FLAG_BUILDING ||
			f->flags == NACC_FRAME_FLAG_RETIRING);
	case NACC_FRAME_TABLE:
		return f->owner < FRAMES && frames[f->owner].type == NACC_FRAME_ROOT &&
		       f->level < core.top_level &&
		       (flags_ok(i, undrained) ||
			(f->flags == NACC_FRAME_FLAG_PAGE && !f->level &&
			 (retiring(f) || page_of(f->owner) < FRAMES))) &&
		       (f->parent < FRAMES || f->parent == NONE) && !f->tables;
	case NACC_FRAME_CONTEXT:
		return f->owner < FRAMES &&
		       (f->owner == i || frames[f->owner].type == NACC_FRAME_ROOT) &&
		       f->level == NACC_LEVEL_CONTEXT && flags_ok(i, 0) && !f->tables &&
		       (f->owner == i ? page_pair_ok(i, NACC_FRAME_PAGE) : f->parent == NONE);
	case NACC_FRAME_PAGE:
		return f->owner == i && f->level == NACC_LEVEL_PAGE && !f->flags && !f->tables &&
		       page_pair_ok(i, NACC_FRAME_CONTEXT);
	default:
		return f->type == NACC_FRAME_RELEASED && f->parent == NONE && f->owner < FRAMES &&
		       (f->level <= core.top_level || f->level == NACC_LEVEL_CONTEXT ||
			f->level == NACC_LEVEL_PAGE) &&
		       f->epoch <= core.epoch;
	}
}

/*
 * A table that has a parent stands in it, where it says, until the address space ends. What
 * was adopted for a root that is built need not be in the page that fills it.
 */
static int parent_ok(nacc_u32 i)
{
	const struct nacc_frame *f = &frames[i];
	nacc_u64 pte;

	if (f->type != NACC_FRAME_TABLE || f->parent == NONE || retiring(f))
		return 1;
	if (f->parent >= FRAMES || !is_table(&frames[f->parent]) ||
	    frames[f->parent].owner != f->owner || f->slot >= NACC_SBI_ENTRIES)
		return 0;
	pte = memory[f->parent * NACC_SBI_ENTRIES + f->slot];
	return frames[f->parent].type == NACC_FRAME_ROOT ||
	       (pte_is_link(pte) && frame_number(pte_pa(pte)) == (int)i);
}

/* What the trap vector of the firmware goes by. */
static int gate_ok(nacc_u32 i)
{
	if (frames[i].type == NACC_FRAME_TABLE && !frames[i].level &&
	    !(frames[i].flags & (NACC_FRAME_FLAG_PAGE | NACC_FRAME_FLAG_SEALED)))
		return frames[i].gate == &frames[frames[i].owner].flags;
	return *frames[i].gate;
}

/* What is in a list that has links both ways */
struct list {
	nacc_u32 head;
	nacc_u32 next[FRAMES];
	nacc_u32 prev[FRAMES];
	int in[FRAMES];
};

/* All that belong there and no other; as each names the one before, none twice. */
static int list_ok(const struct list *l)
{
	nacc_u32 at = l->head, before = NONE, seen = 0, nr = 0;

	for (nacc_u32 i = 0; i < FRAMES; i++)
		nr += l->in[i];
	for (nacc_u32 i = 0; i < FRAMES && at != NONE; i++) {
		if (at >= FRAMES || !l->in[at] || l->prev[at] != before)
			return 0;
		before = at;
		at = l->next[at];
		seen++;
	}
	return at == NONE && seen == nr;
}

static int armed_ok(void)
{
	struct list l = { .head = core.piles[0].armed };

	for (nacc_u32 i = 0; i < FRAMES; i++) {
		l.in[i] = frames[i].type == NACC_FRAME_ARMED;
		l.next[i] = frames[i].list.next;
		l.prev[i] = frames[i].list.prev;
	}
	return list_ok(&l);
}

/* Those that a root owns; it names the first. */
static int owned_ok(nacc_u32 root)
{
	struct list l = { .head = frames[root].list.next };

	if (frames[root].type != NACC_FRAME_ROOT)
		return 1;
	for (nacc_u32 i = 0; i < FRAMES; i++) {
		l.in[i] = is_owned(i, root);
		l.next[i] = frames[i].list.next;
		l.prev[i] = frames[i].list.prev;
	}
	return list_ok(&l);
}

static int unlinked_ok(void)
{
	struct list l = { .head = core.piles[0].unlinked };

	for (nacc_u32 i = 0; i < FRAMES; i++) {
		l.in[i] = frames[i].type == NACC_FRAME_TABLE && frames[i].parent == NONE;
		l.next[i] = frames[i].unlinked.next;
		l.prev[i] = frames[i].unlinked.prev;
	}
	return list_ok(&l);
}

/* Links one way, so: no more than there are, and nobody but these. */
static int undrained_ok(void)
{
	nacc_u32 at = core.piles[0].undrained, seen = 0, nr = 0;

	for (nacc_u32 i = 0; i < FRAMES; i++)
		nr += !!(frames[i].flags & NACC_FRAME_FLAG_UNDRAINED);
	for (nacc_u32 i = 0; i < FRAMES && at != NONE; i++) {
		if (at >= FRAMES || !(frames[at].flags & NACC_FRAME_FLAG_UNDRAINED))
			return 0;
		at = frames[at].next_undrained;
		seen++;
	}
	return at == NONE && seen == nr;
}

/* Each bound root is in the list of its hash, no mm twice, and they are counted. */
static int roots_ok(void)
{
	nacc_u32 seen = 0, nr = 0;

	for (nacc_u32 b = 0; b < 2; b++) {
		nacc_u32 at = core.buckets[b];

		for (nacc_u32 i = 0; i < FRAMES && at != NONE; i++) {
			if (at >= FRAMES || frames[at].type != NACC_FRAME_ROOT || seen >> at & 1 ||
			    ((nacc_u32)(frames[at].mm >> 6) * NACC_HASH) >> 31 != b)
				return 0;
			seen |= 1U << at;
			at = frames[at].next_bound;
		}
		if (at != NONE)
			return 0;
	}
	for (nacc_u32 i = 0; i < FRAMES; i++) {
		int bound = frames[i].type == NACC_FRAME_ROOT && frames[i].slot;

		nr += (nacc_u32)bound;
		if (bound != (int)(seen >> i & 1) ||
		    (bound && (!frames[i].mm || frames[i].slot >= NACC_BOUND_MAX)))
			return 0;
		for (nacc_u32 j = 0; j < i; j++)
			if (bound && seen >> j & 1 && frames[i].mm == frames[j].mm)
				return 0;
	}
	return core.guard / (NACC_GUARD_FLAGS + 1) == nr && (!nr || core.guard & NACC_GUARD_ON);
}

void assume_core_roots(void)
{
	assume(roots_ok());
}

void claim_core_roots(void)
{
	claim(roots_ok(), "I14: bound roots are in the list of their hash");
}

/* By this RECLAIM and UNLINK know what is empty. Of a root the user half counts. */
static int live_ok(nacc_u32 i)
{
	const struct nacc_frame *f = &frames[i];
	nacc_u32 live = 0, nr = NACC_SBI_ENTRIES;

	if ((f->type == NACC_FRAME_CONTEXT || f->type == NACC_FRAME_PAGE ||
	     f->type == NACC_FRAME_RELEASED) &&
	    (f->level == NACC_LEVEL_CONTEXT || f->level == NACC_LEVEL_PAGE))
		return f->live == NACC_SBI_ENTRIES;
	if (f->type == NACC_FRAME_ROOT ||
	    (f->type == NACC_FRAME_RELEASED && f->level == core.top_level))
		nr = NACC_USER_ENTRIES;
	for (nacc_u32 s = 0; s < NACC_SBI_ENTRIES; s++)
		live += s < nr && memory[i * NACC_SBI_ENTRIES + s];
	return f->live == live;
}

/* RECLAIM has zeroed it: proof_reclaim, for what of it there is here. */
static int is_blank(nacc_u32 i)
{
	const union content *c = content_of(i);

	return (frames[i].type != NACC_FRAME_FREE && frames[i].type != NACC_FRAME_ARMED) ||
	       (!c->gate.tag && !c->gate.mode && !c->gate.roots && !c->threads.entered &&
		!c->context[0].state && !c->context[1].state);
}

void assume_invariant(void)
{
	assume(core.fenced < core.epoch);
	assume(armed_ok());
	assume(unlinked_ok());
	assume(undrained_ok());
	assume(roots_ok());
	for (nacc_u32 i = 0; i < FRAMES; i++) {
		assume(frame_ok(i));
		assume(parent_ok(i));
		assume(live_ok(i));
		assume(owned_ok(i));
		assume(gated_ok(i));
		assume(place_ok(i));
		assume(!uses_contents || is_blank(i));
		for (nacc_u32 s = 0; s < NACC_SBI_ENTRIES; s++)
			assume(entry_ok(i, s));
	}
}

static void claim_core(void)
{
	claim(core.fenced < core.epoch, "a fence covers what is behind it");
	claim(armed_ok(), "the armed list");
	claim(unlinked_ok(), "the list of unlinked tables");
	claim(undrained_ok(), "the list of adoptions to drain");
	claim_core_roots();
}

static void claim_frame(nacc_u32 f)
{
	claim(frame_ok(f), "I2: what a frame is");
	claim(parent_ok(f), "I3: what is linked stands in its parent");
	claim(gate_ok(f), "the gate of a frame");
	claim(live_ok(f), "the live count of a frame");
	claim(owned_ok(f), "the list of an address space");
	claim(gated_ok(f), "contexts, and the record of their domain");
	claim(place_ok(f), "where the page belongs nothing else is");
}

/*
 * One by one, so that what a step has left alone is the same term as what was assumed
 * of it. Said of any frame and any entry this can take MiniSat for ever.
 */
void claim_invariant(void)
{
	claim_core();
	for (nacc_u32 f = 0; f < FRAMES; f++) {
		claim_frame(f);
		for (nacc_u32 s = 0; s < NACC_SBI_ENTRIES; s++)
			claim(entry_ok(f, s), "I3, I4: what an entry names");
	}
}

/* Any frame and any entry stand for all: less to prove where much may change. */
void claim_invariant_anywhere(void)
{
	nacc_u32 f = any32(), s = any32();

	assume(f < FRAMES && s < NACC_SBI_ENTRIES);
	claim_core();
	claim_frame(f);
	claim(entry_ok(f, s), "I3, I4: what an entry names");
}
