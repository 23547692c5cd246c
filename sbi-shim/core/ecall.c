// SPDX-License-Identifier: BSD-2-Clause
/*
 * The SBI calls. Every argument is hostile (I9): each handler turns its
 * arguments into frames and checked buffers before it does anything.
 */
#include "nacc_internal.h"

static struct nacc_ret ok(nacc_u64 value)
{
	return (struct nacc_ret){ .error = NACC_SBI_SUCCESS, .value = value };
}

static struct nacc_ret fail(long error, enum nacc_reason reason)
{
	return (struct nacc_ret){ .error = error, .value = reason };
}

static struct nacc_ret bad_address(void)
{
	return fail(NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
}

static struct nacc_ret bad_count(void)
{
	return fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
}

static struct nacc_ret bad_state(enum nacc_reason reason)
{
	return fail(NACC_SBI_ERR_INVALID_STATE, reason);
}

/* A rule refused it, or there is no frame to do it with. */
static struct nacc_ret refused(enum nacc_reason reason)
{
	if (reason == NACC_REASON_EXHAUSTED)
		return fail(NACC_SBI_ERR_NO_SHMEM, reason);
	return fail(NACC_SBI_ERR_DENIED, reason);
}

/* The frame of that type that an address names exactly, or NULL. */
static struct nacc_frame *frame_arg(const struct nacc_core *core, nacc_u64 pa,
				    enum nacc_frame_type type)
{
	struct nacc_frame *frame = frame_at(core, pa);

	if ((pa & (PAGE_SIZE - 1)) || !frame || frame->type != type)
		return 0;
	return frame;
}

static struct nacc_frame *table_or_root_arg(const struct nacc_core *core,
					    nacc_u64 pa)
{
	struct nacc_frame *frame = frame_arg(core, pa, NACC_FRAME_TABLE);

	return frame ? frame : frame_arg(core, pa, NACC_FRAME_ROOT);
}

static nacc_u16 as_state(const struct nacc_core *core,
			 const struct nacc_frame *frame)
{
	return core->frames[frame->owner].flags &
	       (NACC_FRAME_FLAG_BUILDING | NACC_FRAME_FLAG_RETIRING);
}

static int one_page_ok(const struct nacc_core *core, nacc_u64 pa)
{
	return nacc_buffer_ok(core, pa, PAGE_SIZE);
}

static struct nacc_ret get_info(struct nacc_core *core,
				const struct nacc_call *call)
{
	switch (call->arg[0]) {
	case NACC_INFO_ABI_VERSION:
		return ok(NACC_SBI_ABI_VERSION);
	case NACC_INFO_REGION_BASE:
		return ok(core->layout.region_base);
	case NACC_INFO_REGION_SIZE:
		return ok(core->layout.region_size);
	case NACC_INFO_FRAME_BASE:
		return ok(core->frame_base);
	case NACC_INFO_NR_FRAMES:
		return ok(core->nr_frames);
	case NACC_INFO_STATE:
		if (!nacc_is_set_up(core))
			return ok(0);
		return ok(NACC_STATE_SET_UP | (nacc_u64)core->satp_mode <<
			  NACC_STATE_MODE_SHIFT);
	case NACC_INFO_ARMED:
		return ok(load64(&core->stats[NACC_STAT_FRAMES_ARMED]));
	default:
		return bad_count();
	}
}

/* Run @step under lock on each frame of a range and add up what it returns. */
static struct nacc_ret for_range(struct nacc_core *core,
				 const struct nacc_call *call, nacc_u32 max,
				 int (*step)(struct nacc_core *core,
					     struct nacc_frame *frame))
{
	nacc_u64 first = call->arg[0], count = call->arg[1], done = 0;

	if (!count || count > max)
		return bad_count();
	if (first >= core->nr_frames || count > core->nr_frames - first)
		return fail(NACC_SBI_ERR_BAD_RANGE, NACC_REASON_BAD_COUNT);
	/* One frame at a time, so that a trapped store waits for one at most. */
	for (nacc_u64 i = 0; i < count; i++) {
		nacc_spin_lock(&core->lock);
		done += step(core, &core->frames[first + i]);
		nacc_spin_unlock(&core->lock);
	}
	return ok(done);
}

static int arm_one(struct nacc_core *core, struct nacc_frame *frame)
{
	if (frame->type != NACC_FRAME_FREE)
		return 0;
	nacc_frame_arm(core, frame);
	return 1;
}

static struct nacc_ret arm(struct nacc_core *core, const struct nacc_call *call)
{
	return for_range(core, call, NACC_SBI_ARM_MAX, arm_one);
}

static int disarm_one(struct nacc_core *core, struct nacc_frame *frame)
{
	if (frame->type != NACC_FRAME_ARMED)
		return 0;
	nacc_frame_disarm(core, frame);
	nacc_frame_set_type(core, frame, NACC_FRAME_FREE);
	return 1;
}

static struct nacc_ret disarm(struct nacc_core *core,
			      const struct nacc_call *call)
{
	return for_range(core, call, NACC_SBI_ARM_MAX, disarm_one);
}

static struct nacc_ret reclaim(struct nacc_core *core,
			       const struct nacc_call *call)
{
	return for_range(core, call, NACC_SBI_RECLAIM_MAX, nacc_frame_reclaim);
}

static struct nacc_ret as_create(struct nacc_core *core,
				 const struct nacc_call *call)
{
	struct nacc_frame *root = 0;
	enum nacc_reason reason = nacc_root_create(core, &root);

	(void)call;
	return reason ? refused(reason) : ok(frame_pa(core, root));
}

static struct nacc_ret table_adopt(struct nacc_core *core,
				   const struct nacc_call *call)
{
	struct nacc_frame *root = frame_arg(core, call->arg[0], NACC_FRAME_ROOT);
	struct nacc_frame *twin = 0;
	enum nacc_reason reason;

	if (call->arg[1] >= core->top_level)
		return bad_count();
	if (!root || !one_page_ok(core, call->arg[2]))
		return bad_address();
	if (as_state(core, root) != NACC_FRAME_FLAG_BUILDING)
		return bad_state(NACC_REASON_AS_STATE);
	reason = nacc_table_adopt(core, frame_index(core, root),
				  (nacc_u32)call->arg[1], call->arg[2], 1,
				  &twin);
	if (reason)
		return refused(reason);
	nacc_count(&core->stats[NACC_STAT_ADOPTED_CALL]);
	return ok(frame_pa(core, twin));
}

static struct nacc_ret as_fill(struct nacc_core *core,
			       const struct nacc_call *call)
{
	struct nacc_frame *root = frame_arg(core, call->arg[0], NACC_FRAME_ROOT);
	enum nacc_reason reason;

	if (!root || !one_page_ok(core, call->arg[1]))
		return bad_address();
	if (as_state(core, root) != NACC_FRAME_FLAG_BUILDING)
		return bad_state(NACC_REASON_AS_STATE);
	reason = nacc_root_fill(core, root, call->arg[1]);
	return reason ? refused(reason) : ok(0);
}

static struct nacc_ret merge_ad(struct nacc_core *core,
				const struct nacc_call *call)
{
	struct nacc_frame *frame = table_or_root_arg(core, call->arg[0]);

	if (!frame || !one_page_ok(core, call->arg[1]))
		return bad_address();
	if (as_state(core, frame))
		return bad_state(NACC_REASON_AS_STATE);
	return ok(nacc_table_merge_ad(core, frame, call->arg[1]));
}

/*
 * The root lets go of its tables before the first of them is released: a
 * fence then covers them even if the root itself is released only later.
 */
static void start_retiring(struct nacc_core *core, struct nacc_frame *root)
{
	if (root->flags & NACC_FRAME_FLAG_RETIRING)
		return;
	nacc_table_orphan(core, root, NACC_USER_ENTRIES);
	zero64(frame_entries(core, root), NACC_USER_ENTRIES);
	root->live = 0;
	nacc_frame_set_flags(root, NACC_FRAME_FLAG_RETIRING,
			     NACC_FRAME_FLAG_BUILDING);
}

static nacc_u64 retire_batch(struct nacc_core *core, struct nacc_frame *root,
			     nacc_u64 first)
{
	nacc_u32 owner = frame_index(core, root);
	nacc_u64 end = core->nr_frames;

	if (end - first > NACC_SBI_RETIRE_BATCH)
		end = first + NACC_SBI_RETIRE_BATCH;
	for (; first < end && root->tables; first++) {
		struct nacc_frame *frame = &core->frames[first];

		if (frame->type == NACC_FRAME_TABLE && frame->owner == owner)
			nacc_frame_release(core, frame);
	}
	if (!root->tables) {
		nacc_frame_release(core, root);
		return NACC_SBI_RETIRE_DONE;
	}
	return first == core->nr_frames ? 0 : first;
}

static struct nacc_ret as_retire(struct nacc_core *core,
				 const struct nacc_call *call)
{
	struct nacc_frame *root = frame_arg(core, call->arg[0], NACC_FRAME_ROOT);

	if (call->arg[1] >= core->nr_frames)
		return bad_count();
	if (!root)
		return bad_address();
	start_retiring(core, root);
	return ok(retire_batch(core, root, call->arg[1]));
}

static struct nacc_ret table_release(struct nacc_core *core,
				     const struct nacc_call *call)
{
	struct nacc_frame *table = frame_arg(core, call->arg[0],
					     NACC_FRAME_TABLE);

	if (!table)
		return bad_address();
	if (table->parent != NACC_FRAME_NONE)
		return bad_state(NACC_REASON_LINKED);
	nacc_table_orphan(core, table, NACC_SBI_ENTRIES);
	nacc_frame_release(core, table);
	return ok(0);
}

static struct nacc_ret drain(struct nacc_core *core,
			     const struct nacc_call *call)
{
	struct nacc_sbi_adoption *out;
	struct nacc_frame *frame;
	nacc_u32 nr;

	if (!one_page_ok(core, call->arg[0]))
		return bad_address();
	out = nacc_phys(call->arg[0]);
	for (nr = 0; nr < NACC_SBI_DRAIN_MAX; nr++) {
		frame = nacc_undrained_pop(core);
		if (!frame)
			break;
		out[nr].original = frame->original;
		out[nr].twin = frame_pa(core, frame);
		out[nr].root = frame_pa(core, &core->frames[frame->owner]);
		out[nr].level = frame->level;
		out[nr].pad = 0;
		frame->original = 0;
	}
	return ok(nr);
}

static void describe(const struct nacc_frame *frame,
		     struct nacc_sbi_frame *out)
{
	out->type = frame->type;
	out->level = frame->level;
	out->live = __atomic_load_n(&frame->live, __ATOMIC_RELAXED);
	out->owner = frame->owner;
	out->parent = frame->parent;
	out->slot = frame->slot;
	out->flags = frame->flags;
}

static struct nacc_ret frames(struct nacc_core *core,
			      const struct nacc_call *call)
{
	nacc_u64 first = call->arg[0], count = call->arg[1];
	struct nacc_sbi_frame *out;

	if (!count || count > NACC_SBI_FRAMES_MAX)
		return bad_count();
	if (first > core->nr_frames)
		return fail(NACC_SBI_ERR_BAD_RANGE, NACC_REASON_BAD_COUNT);
	if (!one_page_ok(core, call->arg[2]))
		return bad_address();
	if (count > core->nr_frames - first)
		count = core->nr_frames - first;
	out = nacc_phys(call->arg[2]);
	for (nacc_u64 i = 0; i < count; i++)
		describe(&core->frames[first + i], &out[i]);
	return ok(count);
}

static struct nacc_ret stats(struct nacc_core *core,
			     const struct nacc_call *call)
{
	nacc_u64 *out;

	if (!one_page_ok(core, call->arg[0]))
		return bad_address();
	out = nacc_phys(call->arg[0]);
	copy64(out, core->stats, NACC_STAT_MAX);
	store64(&out[NACC_STAT_AUDIT_NEXT], nacc_audit_next(core));
	copy64(&out[NACC_STAT_MAX], core->reasons, NACC_REASON_MAX);
	return ok(NACC_STAT_MAX + NACC_REASON_MAX);
}

static struct nacc_ret audit(struct nacc_core *core,
			     const struct nacc_call *call)
{
	if (!one_page_ok(core, call->arg[1]))
		return bad_address();
	return ok(nacc_audit_read(core, call->arg[0], nacc_phys(call->arg[1]),
				  NACC_SBI_AUDIT_MAX));
}

/*
 * A store to a level-0 table takes no lock and counts after it swaps, so a
 * count that does not fit may only be early; it is looked at again.
 */
static struct nacc_ret table_check(struct nacc_core *core,
				   const struct nacc_call *call)
{
	struct nacc_frame *frame = table_or_root_arg(core, call->arg[0]);

	if (!frame)
		return bad_address();
	if (as_state(core, frame) & NACC_FRAME_FLAG_RETIRING)
		return bad_state(NACC_REASON_AS_STATE);
	for (int i = 0; i < NACC_SWAP_TRIES; i++) {
		nacc_u32 live;
		enum nacc_reason reason = nacc_table_check(core, frame, &live);

		if (reason)
			return refused(reason);
		if (live == __atomic_load_n(&frame->live, __ATOMIC_RELAXED))
			return ok(live);
	}
	return fail(NACC_SBI_ERR_FAILED, NACC_REASON_AS_STATE);
}

#define EARLY	1	/* allowed before set-up */
#define LOCKED	2	/* runs under core->lock */

/* FENCE has none: it is the glue's. */
static const struct handler {
	struct nacc_ret (*call)(struct nacc_core *core,
				const struct nacc_call *call);
	int flags;
} handlers[NACC_SBI_FID_MAX] = {
	[NACC_SBI_GET_INFO] = { get_info, EARLY },
	[NACC_SBI_SETUP] = { nacc_setup, EARLY | LOCKED },
	[NACC_SBI_ARM] = { arm, 0 },
	[NACC_SBI_DISARM] = { disarm, 0 },
	[NACC_SBI_AS_CREATE] = { as_create, LOCKED },
	[NACC_SBI_TABLE_ADOPT] = { table_adopt, LOCKED },
	[NACC_SBI_AS_FILL] = { as_fill, LOCKED },
	[NACC_SBI_MERGE_AD] = { merge_ad, LOCKED },
	[NACC_SBI_AS_RETIRE] = { as_retire, LOCKED },
	[NACC_SBI_TABLE_RELEASE] = { table_release, LOCKED },
	[NACC_SBI_RECLAIM] = { reclaim, 0 },
	[NACC_SBI_DRAIN] = { drain, LOCKED },
	[NACC_SBI_FRAMES] = { frames, LOCKED },
	[NACC_SBI_STATS] = { stats, EARLY | LOCKED },
	[NACC_SBI_AUDIT] = { audit, EARLY },
	[NACC_SBI_TABLE_CHECK] = { table_check, LOCKED },
};

static struct nacc_ret run(const struct handler *handler,
			   struct nacc_core *core, const struct nacc_call *call)
{
	struct nacc_ret result;

	if (!(handler->flags & EARLY) && !nacc_is_set_up(core))
		return bad_state(NACC_REASON_NOT_SET_UP);
	if (!(handler->flags & LOCKED))
		return handler->call(core, call);
	nacc_spin_lock(&core->lock);
	result = handler->call(core, call);
	nacc_spin_unlock(&core->lock);
	return result;
}

struct nacc_ret nacc_ecall(struct nacc_core *core, const struct nacc_call *call)
{
	struct nacc_ret result;

	nacc_count(&core->stats[NACC_STAT_ECALLS]);
	if (call->fid >= NACC_SBI_FID_MAX || !handlers[call->fid].call)
		return fail(NACC_SBI_ERR_NOT_SUPPORTED, NACC_REASON_NONE);
	result = run(&handlers[call->fid], core, call);
	if (result.error && result.value)
		nacc_count(&core->reasons[result.value]);
	return result;
}
