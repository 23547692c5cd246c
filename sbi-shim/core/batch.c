// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls that write many entries of one level-0 table at once.
 *
 * Such a table holds no links, so none of this needs the lock: each entry is
 * read, judged and swapped as a store to it would be. The caller has to be on
 * good terms with the others that write it; what it gets wrong harms only itself.
 * None of them takes the number of a page from the caller, whose pages lie in memory
 * that anyone in S-mode can write, at any time: they say what may be done with a page,
 * never which page. That says a protected table, whose entries are leaves where they
 * are valid: the one that is written, or for FORK the parent's.
 */
#include "batch.h"
#include "frame.h"
#include "mem.h"
#include "policy.h"
#include "pte.h"
#include "seals.h"
#include "table.h"

/**
 * struct batch - a call under way
 * @core: the core
 * @frame: the table
 * @entry: its entries, from the next one on
 * @page: the caller's entries, those that shall be; S-mode may change them. Likewise
 * @expected: the caller's entries, those that are to be replaced; for inherit() the
 *	entries of the parent's table
 * @plain: nacc_find_plain()
 * @bits: what protect() sets
 * @live: what to add to the live count of the table, but for what is done
 * @missed: entries that are not what the caller wants
 * @done: entries that count
 * @left: entries to come
 */
struct batch {
	struct nacc_core *core;
	struct nacc_frame *frame;
	nacc_u64 *entry;
	nacc_u64 *page;
	const nacc_u64 *expected;
	struct nacc_span plain[2];
	nacc_u64 bits;
	nacc_u32 live;
	nacc_u32 missed;
	nacc_u32 done;
	nacc_u32 left;
};

/* What is done with one entry, the @i-th from here: 1 if it counts, 0, or minus a reason. */
typedef int (*batch_fn)(struct batch *b, nacc_u32 i);

static inline FLAT int take(struct batch *b, nacc_u32 i)
{
	nacc_u64 old = load64(&b->entry[i]);

	if (likely(old & PTE_V)) {
		old = __atomic_exchange_n(&b->entry[i], 0, __ATOMIC_ACQ_REL);
	} else {
		b->missed += old != 0;
		old = 0;
	}
	store64(&b->page[i], old);
	return old != 0;
}

static inline FLAT int write_protect(struct batch *b, nacc_u32 i)
{
	nacc_u64 old = load64(&b->entry[i]), was;

	if (unlikely((old & (PTE_V | PTE_W)) != (PTE_V | PTE_W)))
		return 0;
	was = clear64(&b->entry[i], PTE_W);
	/* Somebody else's store came between: its entry has lost W, which may be all it had. */
	if (unlikely((was ^ old) & ~(PTE_A | PTE_D))) {
		b->live -= was == PTE_W;
		return (was & PTE_W) != 0;
	}
	return 1;
}

static inline FLAT int protect(struct batch *b, nacc_u32 i)
{
	nacc_u64 old = load64(&b->entry[i]);
	nacc_u64 val = (old & ~NACC_SBI_PROTECT_BITS) | b->bits;
	enum nacc_reason reason = NACC_REASON_NONE;
	struct nacc_plan plan;

	if (!old || val == old)
		return 0;
	b->missed++;
	if (!(old & PTE_V) || (old & PTE_HIGH))
		return 0;
	if (!is_plain_leaf(b->plain, val))
		reason = nacc_plan_entry(b->core, b->frame, i, old, val, &plan);
	if (reason)
		return -(int)reason;
	if (!swap64(&b->entry[i], old, val))
		return 0;
	b->live -= val == 0;
	b->missed--;
	return 1;
}

static inline FLAT int exchange(struct batch *b, nacc_u32 i)
{
	nacc_u64 val = load64(&b->page[i]), expected = load64(&b->expected[i]);
	nacc_u64 now = load64(&b->entry[i]);
	enum nacc_reason reason = NACC_REASON_NONE;
	struct nacc_plan plan;

	if (val == expected)
		return 0;
	if (now != expected) {
		if (!only_ad_came(expected, now)) {
			b->missed++;
			return 0;
		}
		val |= now & (PTE_A | PTE_D);
	}
	if (!names_same_page(now, val))
		return -(int)NACC_REASON_BAD_ADDRESS;
	if (!is_plain_leaf(b->plain, val))
		reason = nacc_plan_entry(b->core, b->frame, i, now, val, &plan);
	if (reason)
		return -(int)reason;
	if (swap64(&b->entry[i], now, val))
		return 1;
	b->missed++;
	return 0;
}

static inline FLAT int inherit(struct batch *b, nacc_u32 i)
{
	nacc_u64 val = load64(&b->page[i]);

	if (!val)
		return 0;
	if (likely(is_copy(load64(&b->expected[i]), val)) && likely(swap64(&b->entry[i], 0, val)))
		return 1;
	b->missed++;
	return 0;
}

/* Entries @nr at a time: it is a number, so that their addresses are, too. */
static inline FLAT int for_some(struct batch *b, batch_fn fn, nacc_u32 nr)
{
#pragma GCC unroll 4
	for (nacc_u32 i = 0; i < nr; i++) {
		int ret = fn(b, i);

		if (ret < 0)
			return -ret;
		b->done += (nacc_u32)ret;
	}
	b->entry += nr;
	b->page += nr;
	b->expected += nr;
	b->left -= nr;
	return 0;
}

/* The live count of the table changes by @live for each entry that is done. */
static inline FLAT struct nacc_ret for_entries(struct nacc_core *core,
					       const struct nacc_request *rq, batch_fn fn,
					       const nacc_u64 *expected, int live)
{
	nacc_u64 *entry = frame_entries(core, rq->frame);
	struct batch b = { .core = core, .frame = rq->frame, .bits = rq->arg[2] };
	struct nacc_range range;
	struct nacc_span plain[2];
	int reason = 0;

	if (rq->frame->level)
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	if (!range_of(rq->arg[1], NACC_SBI_ENTRIES, &range))
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	if (nacc_has_seals(core, rq->frame) &&
	    (rq->fid == NACC_SBI_FORK ||
	     nacc_seals_meet(core, rq->frame, range.first, range.end - range.first)))
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_SEALED);
	/* Nobody learns the address of @b, so that it may live in registers. */
	nacc_find_plain(core, plain);
	b.plain[0] = plain[0];
	b.plain[1] = plain[1];
	/* What a call has not is not looked at. */
	b.entry = entry + range.first;
	b.page = (rq->page ? (nacc_u64 *)rq->page : entry) + range.first;
	b.expected = (expected ? expected : entry) + range.first;
	b.left = range.end - range.first;
	while (!reason && b.left >= 4)
		reason = for_some(&b, fn, 4);
	while (!reason && b.left)
		reason = for_some(&b, fn, 1);
	__atomic_fetch_add(&core->stats[NACC_STAT_BATCHED], b.done, __ATOMIC_RELAXED);
	__atomic_fetch_add(&rq->frame->live, b.live + (nacc_u32)live * b.done, __ATOMIC_RELAXED);
	return reason ? ret_fail(NACC_SBI_ERR_DENIED, (enum nacc_reason)reason) :
			ret_ok(b.done | (nacc_u64)b.missed << 16);
}

/*
 * For FORK: is this the parent's table, as any call names one, of an address space of the
 * same tag? Not within the function that goes through the entries, which has no register left.
 */
static __attribute__((noinline)) struct nacc_ret parent_ok(const struct nacc_core *core,
							   const struct nacc_request *rq)
{
	const struct nacc_frame *parent = frame_at(core, rq->arg[3]);

	if (!parent || rq->arg[3] % PAGE_SIZE || frame_type(parent) != NACC_FRAME_TABLE)
		return ret_fail(NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	if (parent->level)
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	/* What stands in the table of a page is nobody's to take along, nor to put there. */
	if ((frame_flags(parent) | frame_flags(rq->frame)) & NACC_FRAME_FLAG_PAGE)
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_PAGE);
	if (frame_flags(&core->frames[parent->owner]))
		return ret_fail(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	if (load64(&core->frames[parent->owner].tag) != load64(&core->frames[rq->frame->owner].tag))
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_OWNER);
	return ret_ok(0);
}

static struct nacc_ret fork_from(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_ret ret = parent_ok(core, rq);

	if (ret.error)
		return ret;
	return for_entries(core, rq, inherit, frame_entries(core, frame_at(core, rq->arg[3])), 1);
}

struct nacc_ret nacc_batch(struct nacc_core *core, const struct nacc_request *rq)
{
	switch (rq->fid) {
	case NACC_SBI_TAKE:
		return for_entries(core, rq, take, 0, -1);
	case NACC_SBI_WRITE_PROTECT:
		/* Of what stands there only zero comes: see page.h. */
		if (frame_flags(rq->frame) & NACC_FRAME_FLAG_PAGE)
			return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_PAGE);
		return for_entries(core, rq, write_protect, 0, 0);
	case NACC_SBI_EXCHANGE:
		return for_entries(core, rq, exchange, (nacc_u64 *)rq->page + NACC_SBI_ENTRIES, 0);
	case NACC_SBI_PROTECT:
		if (rq->arg[2] >> NACC_SBI_PROTECT_WIDTH)
			return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return for_entries(core, rq, protect, 0, 0);
	default:
		return fork_from(core, rq);
	}
}
