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
#include "table.h"

/**
 * struct batch - a call under way
 * @core: the core
 * @frame: the table
 * @entry: its entries
 * @page: the caller's entries, those that shall be; S-mode may change them
 * @expected: the caller's entries, those that are to be replaced; for inherit() the
 *	entries of the parent's table
 * @plain: nacc_find_plain()
 * @bits: what protect() sets
 * @live: what to add to the live count of the table, but for what is done
 * @missed: entries that are not what the caller wants
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
};

/* What is done with one entry: 1 if it counts, 0, or minus a reason. */
typedef int (*batch_fn)(struct batch *b, nacc_u32 slot);

static inline FLAT int take(struct batch *b, nacc_u32 slot)
{
	nacc_u64 old = load64(&b->entry[slot]);

	if (old & PTE_V) {
		old = __atomic_exchange_n(&b->entry[slot], 0, __ATOMIC_ACQ_REL);
	} else {
		b->missed += old != 0;
		old = 0;
	}
	store64(&b->page[slot], old);
	return old != 0;
}

static inline FLAT int write_protect(struct batch *b, nacc_u32 slot)
{
	nacc_u64 old = load64(&b->entry[slot]);

	return (old & (PTE_V | PTE_W)) == (PTE_V | PTE_W) &&
	       swap64(&b->entry[slot], old, old & ~PTE_W);
}

static inline FLAT int protect(struct batch *b, nacc_u32 slot)
{
	nacc_u64 old = load64(&b->entry[slot]);
	nacc_u64 val = (old & ~NACC_SBI_PROTECT_BITS) | b->bits;
	enum nacc_reason reason = NACC_REASON_NONE;
	struct nacc_plan plan;

	if (!old || val == old)
		return 0;
	b->missed++;
	if (!(old & PTE_V) || (old & PTE_HIGH))
		return 0;
	if (!is_plain_leaf(b->plain, val))
		reason = nacc_plan_entry(b->core, b->frame, slot, old, val, &plan);
	if (reason)
		return -(int)reason;
	if (!swap64(&b->entry[slot], old, val))
		return 0;
	b->live -= val == 0;
	b->missed--;
	return 1;
}

static inline FLAT int exchange(struct batch *b, nacc_u32 slot)
{
	nacc_u64 val = load64(&b->page[slot]), expected = load64(&b->expected[slot]);
	nacc_u64 now = load64(&b->entry[slot]);
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
		reason = nacc_plan_entry(b->core, b->frame, slot, now, val, &plan);
	if (reason)
		return -(int)reason;
	if (swap64(&b->entry[slot], now, val))
		return 1;
	b->missed++;
	return 0;
}

static inline FLAT int inherit(struct batch *b, nacc_u32 slot)
{
	nacc_u64 val = load64(&b->page[slot]);

	if (!val)
		return 0;
	if (is_copy(load64(&b->expected[slot]), val) && swap64(&b->entry[slot], 0, val))
		return 1;
	b->missed++;
	return 0;
}

static inline FLAT struct nacc_ret for_entries(struct nacc_core *core,
					       const struct nacc_request *rq, batch_fn fn,
					       const nacc_u64 *expected, int live)
{
	struct nacc_range range;
	nacc_u64 done = 0;
	struct batch b = {
		.core = core,
		.frame = rq->frame,
		.entry = frame_entries(core, rq->frame),
		.page = rq->page,
		.expected = expected,
		.bits = rq->arg[2],
	};
	enum nacc_reason reason = NACC_REASON_NONE;
	struct nacc_span plain[2];

	if (rq->frame->level)
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	if (!range_of(rq->arg[1], NACC_SBI_ENTRIES, &range))
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	/* Nobody learns the address of @b, so that it may live in registers. */
	nacc_find_plain(core, plain);
	b.plain[0] = plain[0];
	b.plain[1] = plain[1];
#pragma GCC unroll 4
	for (nacc_u32 slot = range.first; slot < range.end; slot++) {
		int ret = fn(&b, slot);

		if (ret < 0) {
			reason = (enum nacc_reason)-ret;
			break;
		}
		done += (nacc_u64)ret;
	}
	__atomic_fetch_add(&core->stats[NACC_STAT_BATCHED], done, __ATOMIC_RELAXED);
	__atomic_fetch_add(&rq->frame->live, b.live + (nacc_u32)live * (nacc_u32)done,
			   __ATOMIC_RELAXED);
	return reason ? ret_fail(NACC_SBI_ERR_DENIED, reason) :
			ret_ok(done | (nacc_u64)b.missed << 16);
}

struct nacc_ret nacc_batch_take(struct nacc_core *core, const struct nacc_request *rq)
{
	return for_entries(core, rq, take, 0, -1);
}

struct nacc_ret nacc_batch_write_protect(struct nacc_core *core, const struct nacc_request *rq)
{
	return for_entries(core, rq, write_protect, 0, 0);
}

struct nacc_ret nacc_batch_exchange(struct nacc_core *core, const struct nacc_request *rq)
{
	return for_entries(core, rq, exchange, (nacc_u64 *)rq->page + NACC_SBI_ENTRIES, 0);
}

struct nacc_ret nacc_batch_protect(struct nacc_core *core, const struct nacc_request *rq)
{
	if (rq->arg[2] >> NACC_SBI_PROTECT_WIDTH)
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	return for_entries(core, rq, protect, 0, 0);
}

struct nacc_ret nacc_batch_fork(struct nacc_core *core, const struct nacc_request *rq)
{
	const struct nacc_frame *parent = frame_at(core, rq->arg[3]);

	if (!parent || rq->arg[3] % PAGE_SIZE || frame_type(parent) != NACC_FRAME_TABLE)
		return ret_fail(NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	if (parent->level)
		return ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	if (frame_flags(&core->frames[parent->owner]))
		return ret_fail(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	return for_entries(core, rq, inherit, frame_entries(core, parent), 1);
}
