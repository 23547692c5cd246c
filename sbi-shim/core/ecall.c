// SPDX-License-Identifier: BSD-2-Clause
/*
 * The SBI calls. Every argument is hostile (I9): each handler turns its
 * arguments into frames and checked buffers before it does anything.
 */
#include "audit.h"
#include "batch.h"
#include "contexts.h"
#include "frame.h"
#include "link.h"
#include "lock.h"
#include "mem.h"
#include "nacc_core.h"
#include "page.h"
#include "request.h"
#include "roots.h"
#include "seals.h"
#include "secret.h"
#include "setup.h"
#include "state.h"
#include "table.h"

struct nacc_ret nacc_refused(enum nacc_reason reason)
{
	static const signed char error[NACC_REASON_MAX] = {
		[NACC_REASON_BAD_ADDRESS] = NACC_SBI_ERR_INVALID_ADDRESS,
		[NACC_REASON_BAD_COUNT] = NACC_SBI_ERR_INVALID_PARAM,
		[NACC_REASON_AS_STATE] = NACC_SBI_ERR_INVALID_STATE,
		[NACC_REASON_LINKED] = NACC_SBI_ERR_INVALID_STATE,
		[NACC_REASON_NOT_SET_UP] = NACC_SBI_ERR_INVALID_STATE,
		[NACC_REASON_EXHAUSTED] = NACC_SBI_ERR_NO_SHMEM,
	};

	return ret_fail(error[reason] ? error[reason] : NACC_SBI_ERR_DENIED, reason);
}

static struct nacc_ret get_info(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u64 state = nacc_is_locked(core) ? NACC_STATE_LOCKED : 0, what = rq->arg[0];
	const nacc_u64 info[NACC_INFO_MAX] = {
		[NACC_INFO_ABI_VERSION] = NACC_SBI_ABI_VERSION,
		[NACC_INFO_REGION_BASE] = core->layout.region_base,
		[NACC_INFO_REGION_SIZE] = core->layout.region_size,
		[NACC_INFO_FRAME_BASE] = core->frame_base,
		[NACC_INFO_NR_FRAMES] = core->nr_frames,
		[NACC_INFO_ARMED] = load64(&core->stats[NACC_STAT_FRAMES_ARMED]),
		[NACC_INFO_SELFTEST] = nacc_selftest_page(core),
		[NACC_INFO_LAST_TAG] = load64(&core->last_tag),
		[NACC_INFO_GUARD] = load64(&core->guard),
		[NACC_INFO_LOCK_WAITS] = load64(&core->percpu[rq->arg[1] % NACC_PERCPU].waits),
		[NACC_INFO_TABLES] = rq->arg[1] < core->nr_frames ?
				     load32(&core->frames[rq->arg[1]].tables) : 0,
		[NACC_INFO_SECRETS] = rq->arg[1] ? load32(&core->secrets_used) :
				      core->layout.nr_secrets,
		[NACC_INFO_VECTOR] = core->layout.vlenb,
	};
	/* Of these only the glue knows. */
	const nacc_u32 others = 1U << NACC_INFO_AD | 1U << NACC_INFO_HARTS |
				1U << NACC_INFO_WALKER | 1U << NACC_INFO_INVAL |
				1U << NACC_INFO_WITHHELD | 1U << NACC_INFO_REFUSED |
				1U << NACC_INFO_SATP;

	if (core->set_up)
		state |= NACC_STATE_SET_UP | core->setup->flags << NACC_STATE_PROVENANCE_SHIFT |
			 core->satp_mode << NACC_STATE_MODE_SHIFT;
	if (what >= NACC_INFO_MAX || others >> what & 1)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	return ret_ok(what == NACC_INFO_STATE ? state : info[what]);
}

/* No address space is there without this, so none while the set-up may change. */
static struct nacc_ret lock(struct nacc_core *core, const struct nacc_request *rq)
{
	(void)rq;
	__atomic_store_n(&core->locked, 1, __ATOMIC_RELEASE);
	return ret_ok(0);
}

static struct nacc_ret as_create(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *root;

	if (rq->arg[1] & ~NACC_SBI_AS_LIVE)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	if (!nacc_is_locked(core))
		lock(core, rq);
	root = nacc_root_create(core, rq->arg[0], rq->arg[1] & NACC_SBI_AS_LIVE);
	if (!root)
		return nacc_refused(NACC_REASON_EXHAUSTED);
	raise64(&core->last_tag, rq->arg[0]);
	return ret_ok(frame_pa(core, root));
}

static struct nacc_ret table_adopt(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *twin = 0;
	enum nacc_reason reason;

	if (rq->arg[1] >= core->top_level)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	reason = nacc_table_adopt(core, rq->frame->owner, (nacc_u32)rq->arg[1], rq->page, 0, &twin);
	if (reason)
		return nacc_refused(reason);
	nacc_count(&core->stats[NACC_STAT_ADOPTED_CALL]);
	return ret_ok(frame_pa(core, twin));
}

/* Nothing is copied, so nothing of it is on trust. */
static struct nacc_ret table_new(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *table = nacc_frame_take(core, rq->frame->owner, 0);

	if (!table)
		return nacc_refused(NACC_REASON_EXHAUSTED);
	nacc_frame_own(core, table, 0, 0);
	nacc_count(&core->stats[NACC_STAT_ADOPTED_CALL]);
	return ret_ok(frame_pa(core, table));
}

static struct nacc_ret as_fill(struct nacc_core *core, const struct nacc_request *rq)
{
	enum nacc_reason reason = nacc_root_fill(core, rq->frame, rq->page);

	return reason ? nacc_refused(reason) : ret_ok(0);
}

static struct nacc_ret as_retire(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_frame *root = rq->frame, *frame;
	/* Written only: what S-mode makes of it meanwhile does not matter. */
	nacc_u32 *list = 0, nr = 0;

	if (rq->arg[1]) {
		if (!nacc_buffer_ok(core, rq->arg[1], PAGE_SIZE))
			return nacc_refused(NACC_REASON_BAD_ADDRESS);
		list = nacc_phys(rq->arg[1]);
	}
	if (!nacc_unbind(core, root))
		return nacc_refused(NACC_REASON_ROOT_IN_USE);
	/*
	 * The root lets go of its tables before the first of them is released: a
	 * fence then covers them even if the root itself is released only later.
	 */
	if (!(root->flags & NACC_FRAME_FLAG_RETIRING)) {
		nacc_page_leave(core, root, nacc_record_of(core, root));
		nacc_gate_leave(core, root);
		nacc_seals_end(root);
		nacc_secrets_end(core, root);
		zero64(frame_entries(core, root), frame_live(root) ? NACC_USER_ENTRIES : 0);
		set_field(&root->live, 0);
		frame_set_flags(root, NACC_FRAME_FLAG_RETIRING, NACC_FRAME_FLAG_BUILDING);
	}
	do {
		frame = root->tables ? &core->frames[root->list.next] : root;
		nacc_frame_release(core, frame);
		nr++;
		if (list)
			list[nr] = frame_listed(core, frame);
	} while (nr < NACC_SBI_RETIRE_BATCH && frame != root);
	if (list)
		list[0] = nr;
	return ret_ok(frame == root ? NACC_SBI_RETIRE_DONE : 0);
}

/* May it be released? If @now, it is. */
static enum nacc_reason release_one(struct nacc_core *core, struct nacc_frame *frame, int now)
{
	enum nacc_reason reason = NACC_REASON_BAD_ADDRESS;
	nacc_u32 *lock;

	if (frame_type(frame) != NACC_FRAME_TABLE)
		return reason;
	lock = &core->frames[frame->owner].lock;
	nacc_lock(core, lock);
	if (frame_type(frame) == NACC_FRAME_TABLE)
		reason = frame->parent == NACC_FRAME_NONE ? NACC_REASON_NONE : NACC_REASON_LINKED;
	if (!reason && now) {
		if (frame_live(frame))
			nacc_table_orphan(core, frame, NACC_SBI_ENTRIES);
		nacc_frame_release(core, frame);
	}
	nacc_unlock(lock);
	return reason;
}

/*
 * All of them or none, but that another hart may link or release one of them after it
 * was looked at: they need not be of one address space, and so share no lock.
 */
static struct nacc_ret table_release(struct nacc_core *core, const struct nacc_request *rq)
{
	for (int now = 0; now < 2; now++) {
		struct nacc_frame *frame = rq->frame;
		enum nacc_reason reason = NACC_REASON_NONE;

		for (nacc_u64 set = rq->arg[1] | 1; set && !reason; set >>= 1, frame++) {
			if (frame == core->frames + core->nr_frames)
				reason = NACC_REASON_BAD_COUNT;
			else if (set & 1)
				reason = release_one(core, frame, now);
		}
		if (reason)
			return nacc_refused(reason);
	}
	return ret_ok(0);
}

static struct nacc_ret frames(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u64 first = rq->arg[0], count = rq->arg[1];
	struct nacc_sbi_frame *out = rq->page;

	if (!count || count > NACC_SBI_FRAMES_MAX)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	if (first > core->nr_frames)
		return ret_fail(NACC_SBI_ERR_BAD_RANGE, NACC_REASON_BAD_COUNT);
	if (count > core->nr_frames - first)
		count = core->nr_frames - first;
	for (nacc_u64 i = 0; i < count; i++) {
		const struct nacc_frame *frame = &core->frames[first + i];

		/* Nobody is kept from changing it meanwhile. */
		out[i].type = frame_type(frame);
		out[i].level = __atomic_load_n(&frame->level, __ATOMIC_RELAXED);
		out[i].live = frame_live(frame);
		out[i].owner = load32(&frame->owner);
		out[i].parent = load32(&frame->parent);
		out[i].slot = load32(&frame->slot);
		out[i].flags = frame_flags(frame);
	}
	return ret_ok(count);
}

static struct nacc_ret stats(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u64 *out = rq->page;

	for (nacc_u32 i = 0; i < NACC_STAT_MAX; i++)
		out[i] = nacc_stat(core, i);
	copy64(&out[NACC_STAT_MAX], core->reasons, NACC_REASON_MAX);
	return ret_ok(NACC_STAT_MAX + NACC_REASON_MAX);
}

/*
 * A store to a level-0 table takes no lock and counts after it swaps, so a
 * count that does not fit may only be early; it is looked at again.
 */
static struct nacc_ret table_check(struct nacc_core *core, const struct nacc_request *rq)
{
	for (int i = 0; i < NACC_SWAP_TRIES; i++) {
		nacc_u32 live;
		enum nacc_reason reason = nacc_table_check(core, rq->frame, &live);

		if (reason)
			return nacc_refused(reason);
		if (live == frame_live(rq->frame))
			return ret_ok(live);
	}
	return ret_fail(NACC_SBI_ERR_FAILED, NACC_REASON_AS_STATE);
}

static const struct nacc_handler handlers[NACC_SBI_GATE_OPEN] = {
	[NACC_SBI_GET_INFO] = { .call = get_info, .early = 1 },
	[NACC_SBI_SETUP] = { .call = nacc_setup, .early = 1 },
	[NACC_SBI_ARM] = { .step = nacc_frame_arm, .max = NACC_SBI_ARM_MAX },
	[NACC_SBI_DISARM] = { .step = nacc_frame_disarm, .max = NACC_SBI_ARM_MAX },
	[NACC_SBI_AS_CREATE] = { .call = as_create },
	[NACC_SBI_TABLE_ADOPT] = { table_adopt, .types = ROOT, .states = BUILDING, .page = 3 },
	[NACC_SBI_TABLE_NEW] = { table_new, .types = ROOT, .states = LIVE },
	[NACC_SBI_TABLE_LINK] = { nacc_link, .types = ROOT | TABLE, .states = LIVE },
	[NACC_SBI_UNLINK] = { nacc_unlink, .types = ROOT | TABLE, .states = LIVE, .page = 3 },
	[NACC_SBI_AS_FILL] = { as_fill, .types = ROOT, .states = BUILDING, .page = 2 },
	[NACC_SBI_MERGE_AD] = { nacc_merge_ad, .types = ROOT | TABLE, .states = LIVE, .page = 2 },
	[NACC_SBI_AS_RETIRE] = { as_retire, .types = ROOT, .states = ANY },
	[NACC_SBI_AS_BIND] = { nacc_bind, .types = ROOT, .states = LIVE | BUILDING },
	[NACC_SBI_TABLE_RELEASE] = { table_release, .types = TABLE, .states = ANY, .unlocked = 1 },
	[NACC_SBI_RECLAIM] = { .step = nacc_frame_reclaim, .max = NACC_SBI_RECLAIM_MAX },
	[NACC_SBI_DRAIN] = { nacc_drain, .page = 1 },
	[NACC_SBI_FRAMES] = { frames, .page = 3 },
	[NACC_SBI_STATS] = { stats, .early = 1, .page = 1 },
	[NACC_SBI_AUDIT] = { nacc_audit_read, .early = 1, .page = 2 },
	[NACC_SBI_TABLE_CHECK] = { table_check, .types = ROOT | TABLE, .states = LIVE | BUILDING },
	[NACC_SBI_LOCK] = { .call = lock },
	[NACC_SBI_LEARN] = { nacc_learn_read, .early = 1, .page = 1 },
	[NACC_SBI_UNLINKED] = { nacc_unlinked, .page = 1 },
	[NACC_SBI_TAKE] = { nacc_batch, .types = TABLE, .states = LIVE, .page = 3, .unlocked = 1 },
	[NACC_SBI_WRITE_PROTECT] = { nacc_batch, .types = TABLE, .states = LIVE, .unlocked = 1 },
	[NACC_SBI_PROTECT] = { nacc_batch, .types = TABLE, .states = LIVE, .unlocked = 1 },
	[NACC_SBI_EXCHANGE] = { nacc_batch, .types = TABLE, .states = LIVE, .page = 3,
				.pages = 2, .unlocked = 1 },
	[NACC_SBI_FORK] = { nacc_batch, .types = TABLE, .states = LIVE, .page = 3, .unlocked = 1 },
};

/* A frame of a type that the function is for? Its owner is known then. */
static int fits(const struct nacc_handler *handler, const struct nacc_frame *frame)
{
	return handler->types >> frame_type(frame) & 1;
}

/* Turn arguments into what the handler may use as it is, once its state is known. */
static enum nacc_reason resolve(const struct nacc_core *core,
				const struct nacc_handler *handler, struct nacc_request *rq)
{
	if (handler->types) {
		rq->frame = frame_at(core, rq->arg[0]);
		if (!rq->frame || rq->arg[0] % PAGE_SIZE || !fits(handler, rq->frame))
			return NACC_REASON_BAD_ADDRESS;
	}
	if (handler->page) {
		nacc_u64 pa = rq->arg[handler->page - 1];

		if (!nacc_buffer_ok(core, pa, PAGE_SIZE * (handler->pages ? handler->pages : 1)))
			return NACC_REASON_BAD_ADDRESS;
		rq->page = nacc_phys(pa);
	}
	return NACC_REASON_NONE;
}

/* With the address space locked, or of a call that takes no lock: see lock.h. */
static struct nacc_ret perform(struct nacc_core *core, const struct nacc_handler *handler,
			       const struct nacc_request *rq)
{
	nacc_u32 state;

	if (handler->types) {
		state = frame_flags(&core->frames[rq->frame->owner]) &
			(NACC_FRAME_FLAG_BUILDING | NACC_FRAME_FLAG_RETIRING);
		if (!fits(handler, rq->frame))
			return nacc_refused(NACC_REASON_BAD_ADDRESS);
		if (!(handler->states >> state & 1))
			return nacc_refused(NACC_REASON_AS_STATE);
	}
	return handler->call(core, rq);
}

/* One frame at a time, so that nobody waits for more than one. */
static struct nacc_ret for_range(struct nacc_core *core, const struct nacc_call *call,
				 const struct nacc_handler *handler)
{
	nacc_u64 first = call->arg[0], count = call->arg[1], done = 0;

	if (!count || count > handler->max)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	if (first >= core->nr_frames || count > core->nr_frames - first)
		return ret_fail(NACC_SBI_ERR_BAD_RANGE, NACC_REASON_BAD_COUNT);
	for (nacc_u64 i = first; i < first + count; i++) {
		nacc_u32 *lock = &nacc_pile_of(core, &core->frames[i])->lock;

		nacc_lock(core, lock);
		done += (nacc_u64)handler->step(core, &core->frames[i]);
		nacc_unlock(lock);
	}
	return ret_ok(done);
}

static struct nacc_ret run(struct nacc_core *core, const struct nacc_call *call,
			   const struct nacc_handler *handler)
{
	struct nacc_request rq = { .fid = call->fid, .arg = call->arg, .satp = call->satp };
	enum nacc_reason reason;
	struct nacc_ret result;
	nacc_u32 *lock;

	if (!handler->early && !nacc_is_set_up(core))
		return nacc_refused(NACC_REASON_NOT_SET_UP);
	if (handler->step)
		return for_range(core, call, handler);
	reason = resolve(core, handler, &rq);
	if (reason)
		return nacc_refused(reason);
	if (!handler->types || handler->unlocked)
		return perform(core, handler, &rq);
	lock = &core->frames[rq.frame->owner].lock;
	nacc_lock(core, lock);
	result = perform(core, handler, &rq);
	nacc_unlock(lock);
	return result;
}

static const struct nacc_handler *handler_of(nacc_u64 fid)
{
	if (fid < NACC_SBI_GATE_OPEN)
		return &handlers[fid];
	if (fid >= NACC_SBI_PAGE_OPEN)
		return nacc_page_handler(fid);
	return fid == NACC_SBI_SEAL ? &nacc_seal_handler : nacc_context_handler(fid);
}

struct nacc_ret nacc_ecall(struct nacc_core *core, const struct nacc_call *call)
{
	const struct nacc_handler *handler = handler_of(call->fid);
	int early = !nacc_is_locked(core);
	struct nacc_ret result;

	nacc_count(&core->stats[NACC_STAT_ECALLS]);
	/* Some are the glue's. */
	if (!handler || (!handler->call && !handler->step))
		return ret_fail(NACC_SBI_ERR_NOT_SUPPORTED, NACC_REASON_NONE);
	if (early)
		nacc_lock(core, &core->lock);
	result = run(core, call, handler);
	if (early)
		nacc_unlock(&core->lock);
	if (result.error && result.value && result.value != NACC_REASON_TAKEN)
		nacc_count(&core->reasons[result.value]);
	return result;
}
