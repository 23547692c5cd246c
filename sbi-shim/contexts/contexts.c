// SPDX-License-Identifier: BSD-2-Clause
/* The gate's contexts and records, and the calls about them: see contexts.h. */
#include "contexts.h"
#include "frame.h"
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "roots.h"
#include "secret.h"
#include "state.h"
#include "rules.h"

#define CONTEXT		(1U << NACC_FRAME_CONTEXT)

#define RSEQ_SIG	0xf1401073U	/* what glibc and librseq register on riscv */

#define CLOSED		~0U	/* No address space may have it any more. */

_Static_assert(sizeof(struct nacc_sbi_context) * NACC_CONTEXT_PER_FRAME == PAGE_SIZE &&
	       sizeof(struct nacc_sbi_threads) ==
	       sizeof(struct nacc_sbi_context) * NACC_CONTEXT_FIRST &&
	       sizeof(struct nacc_sbi_gate) <= PAGE_SIZE, "places in a frame");

static void *content(const struct nacc_core *core, const struct nacc_frame *frame)
{
	return nacc_phys(frame_pa(core, frame));
}

static const struct nacc_frame *first_of(const struct nacc_core *core,
					 const struct nacc_frame *root)
{
	nacc_u32 i = __atomic_load_n(&root->list.prev, __ATOMIC_ACQUIRE);

	return i == NACC_FRAME_NONE ? 0 : &core->frames[i];
}

struct nacc_frame *nacc_record_of(const struct nacc_core *core, const struct nacc_frame *root)
{
	const struct nacc_sbi_threads *threads = nacc_threads_of(core, root);

	return threads ? frame_at(core, threads->gate) : 0;
}

struct nacc_sbi_gate *nacc_gate_of(const struct nacc_core *core, const struct nacc_frame *root)
{
	const struct nacc_sbi_threads *threads = nacc_threads_of(core, root);
	struct nacc_sbi_gate *gate = threads ? nacc_phys(threads->gate) : 0;

	return gate && (load32(&gate->mode) & NACC_GATE_MODE) ? gate : 0;
}

/* The first that is @state and, but for FREE, is of @task. */
static struct nacc_sbi_context *find(const struct nacc_core *core, const struct nacc_frame *root,
				     nacc_u64 task, int is_free)
{
	const struct nacc_frame *frame = first_of(core, root);
	nacc_u32 place = NACC_CONTEXT_FIRST, next;

	while (frame) {
		struct nacc_sbi_context *context = content(core, frame);

		for (; place < NACC_CONTEXT_PER_FRAME; place++) {
			nacc_u32 state = __atomic_load_n(&context[place].state, __ATOMIC_ACQUIRE);

			if (is_free ? !state : state && load64(&context[place].task) == task)
				return &context[place];
		}
		place = 0;
		next = __atomic_load_n(&frame->slot, __ATOMIC_ACQUIRE);
		frame = next == NACC_FRAME_NONE ? 0 : &core->frames[next];
	}
	return 0;
}

struct nacc_sbi_context *nacc_context_of(const struct nacc_core *core,
					 const struct nacc_frame *root, nacc_u64 task)
{
	return find(core, root, task, 0);
}

/* Room for vector registers, or it is as if the frame had not been taken. */
static int has_vector(struct nacc_core *core, struct nacc_frame *frame, nacc_u32 first)
{
	if (nacc_vector_add(core, frame, first))
		return 1;
	nacc_frame_put_back(core, frame);
	return 0;
}

/* One more frame with contexts, behind the first; the root is locked, and gated. */
static struct nacc_frame *add_frame(struct nacc_core *core, struct nacc_frame *root)
{
	nacc_u32 owner = frame_index(core, root), first = root->list.prev, nr = 0;
	struct nacc_frame *frame;

	for (nacc_u32 i = first; i != NACC_FRAME_NONE; i = core->frames[i].slot)
		nr++;
	if (nr >= NACC_CONTEXT_FRAMES_MAX)
		return 0;
	frame = nacc_frame_take(core, owner, NACC_LEVEL_CONTEXT);
	if (!frame || !has_vector(core, frame, 0))
		return 0;
	set_field(&frame->slot, core->frames[first].slot);
	nacc_frame_own(core, frame, 0, 0);
	__atomic_store_n(&core->frames[first].slot, frame_index(core, frame), __ATOMIC_RELEASE);
	return frame;
}

/* Of a thread in user mode a context is its hart's alone: that writes it without lock. */
static int let_go(struct nacc_sbi_context *context)
{
	nacc_u32 was = load32(&context->state);

	return was != NACC_CONTEXT_USER && swap32(&context->state, was, NACC_CONTEXT_FREE);
}

/* A context that is FREE until its state is set; the root is locked, and gated. */
static enum nacc_reason add(struct nacc_core *core, struct nacc_frame *root, nacc_u64 task,
			    struct nacc_sbi_context **added)
{
	struct nacc_sbi_threads *threads = nacc_threads_of(core, root);
	struct nacc_sbi_context *context = find(core, root, task, 0);

	if (context && !let_go(context))
		return NACC_REASON_THREAD;
	if (!context)
		context = find(core, root, 0, 1);
	if (!context && add_frame(core, root))
		context = find(core, root, 0, 1);
	if (!context)
		return NACC_REASON_EXHAUSTED;
	zero64(context->x, sizeof(*context) / sizeof(nacc_u64) - NACC_CONTEXT_STAYS);
	store64(&context->task, task);
	store64(&context->root, frame_pa(core, root) |
				(nacc_secret_has(core, root) ? NACC_CONTEXT_KEEPS : 0));
	store64(&context->gate, threads->gate);
	set_field(&threads->entered, 1);
	*added = context;
	return NACC_REASON_NONE;
}

/* Who is the first on a root that is bound has none, whoever has told of some. */
static void forget_handlers(struct nacc_sbi_threads *threads)
{
	zero64(threads->handlers[0], sizeof(threads->handlers) / sizeof(nacc_u64));
}

struct nacc_sbi_context *nacc_context_first(struct nacc_core *core, struct nacc_frame *root,
					    nacc_u64 task)
{
	struct nacc_sbi_context *context = 0;
	struct nacc_sbi_threads *threads;

	nacc_lock(core, &root->lock);
	threads = nacc_threads_of(core, root);
	if (threads && !load32(&threads->entered) && !add(core, root, task, &context)) {
		forget_handlers(threads);
		nacc_context_set_state(context, NACC_CONTEXT_ADOPT);
	}
	nacc_unlock(&root->lock);
	return context;
}

/* The root that the calling hart has, if it is bound and gated. */
static const struct nacc_frame *gated_caller(const struct nacc_core *core,
					     const struct nacc_request *rq)
{
	const struct nacc_frame *own = nacc_bound_at(core, nacc_satp_root(rq->satp));

	return own && nacc_gate_of(core, own) ? own : 0;
}

int nacc_gate_owed(const struct nacc_core *core, const struct nacc_request *rq)
{
	const struct nacc_frame *own = gated_caller(core, rq);

	return own && !nacc_threads_of(core, rq->frame);
}

void nacc_gate_leave(struct nacc_core *core, struct nacc_frame *root)
{
	struct nacc_sbi_threads *threads = nacc_threads_of(core, root);
	struct nacc_sbi_gate *gate;

	if (!threads)
		return;
	gate = nacc_phys(threads->gate);
	__atomic_store_n(&root->list.prev, NACC_FRAME_NONE, __ATOMIC_RELEASE);
	__atomic_fetch_sub(&gate->roots, 1, __ATOMIC_RELEASE);
}

/* --- calls ---------------------------------------------------------------------------- */

static struct nacc_ret gate_open(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_gate *gate;
	struct nacc_frame *frame;

	if (!(load64(&core->guard) & NACC_GUARD_ON))
		return nacc_refused(NACC_REASON_AS_STATE);
	frame = nacc_frame_take(core, NACC_FRAME_NONE, NACC_LEVEL_CONTEXT);
	if (!frame)
		return nacc_refused(NACC_REASON_EXHAUSTED);
	gate = content(core, frame);
	store64(&gate->tag, rq->arg[0]);
	set_field(&frame->live, NACC_SBI_ENTRIES);
	nacc_frame_set_type(core, frame, NACC_FRAME_CONTEXT);
	return ret_ok(frame_pa(core, frame));
}

/* Records own themselves, frames with contexts do not. */
static struct nacc_sbi_gate *record(const struct nacc_core *core, const struct nacc_frame *frame)
{
	return frame->owner == frame_index(core, frame) ? content(core, frame) : 0;
}

static struct nacc_ret gate_set(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_gate *gate = record(core, rq->frame);
	nacc_u64 mode = rq->arg[1];

	if (!gate)
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	if (mode & ~(nacc_u64)NACC_GATE_FLAGS || (mode & NACC_GATE_MODE) > NACC_GATE_ENFORCE)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	__atomic_store_n(&gate->mode, (nacc_u32)mode, __ATOMIC_RELEASE);
	if (!nacc_gate_is_strict((nacc_u32)mode))
		nacc_secrets_forfeit(core, rq->frame);
	nacc_page_gate_set(core, rq->frame, 0);
	return ret_ok(0);
}

static struct nacc_ret gate_allow(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_gate *gate = record(core, rq->frame);

	if (!gate)
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	if (rq->arg[1] >= NACC_GATE_CALLS / 64)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	store64(&gate->allowed[rq->arg[1]], rq->arg[2]);
	return ret_ok(0);
}

static struct nacc_ret gate_close(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_gate *gate = record(core, rq->frame);

	if (!gate)
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	if (!swap32(&gate->roots, 0, CLOSED))
		return nacc_refused(NACC_REASON_AS_STATE);
	nacc_page_gate_set(core, rq->frame, 1);
	nacc_frame_release(core, rq->frame);
	return ret_ok(0);
}

/* One address space more has it, unless it was closed. */
static int count_root(struct nacc_sbi_gate *gate)
{
	nacc_u32 nr;

	do {
		nr = load32(&gate->roots);
		if (nr >= CLOSED - 1)
			return 0;
	} while (!swap32(&gate->roots, nr, nr + 1));
	return 1;
}

static struct nacc_ret as_gate(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_threads *threads = nacc_threads_of(core, rq->frame);
	struct nacc_frame *frame = frame_at(core, rq->arg[1]);
	struct nacc_sbi_gate *gate;

	if (!frame || rq->arg[1] % PAGE_SIZE || frame_type(frame) != NACC_FRAME_CONTEXT ||
	    !record(core, frame))
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	gate = content(core, frame);
	if (load64(&gate->tag) != rq->frame->tag)
		return nacc_refused(NACC_REASON_OWNER);
	if (threads)
		return threads->gate == rq->arg[1] ? ret_ok(0) : nacc_refused(NACC_REASON_AS_STATE);
	if (!count_root(gate))
		return nacc_refused(NACC_REASON_AS_STATE);
	frame = nacc_frame_take(core, frame_index(core, rq->frame), NACC_LEVEL_CONTEXT);
	if (!frame || !has_vector(core, frame, NACC_CONTEXT_FIRST)) {
		__atomic_fetch_sub(&gate->roots, 1, __ATOMIC_RELEASE);
		return nacc_refused(NACC_REASON_EXHAUSTED);
	}
	threads = content(core, frame);
	store64(&threads->gate, rq->arg[1]);
	set_field(&frame->slot, NACC_FRAME_NONE);
	nacc_frame_own(core, frame, 0, 0);
	__atomic_store_n(&rq->frame->list.prev, frame_index(core, frame), __ATOMIC_RELEASE);
	nacc_page_gated(core, rq->frame, frame_at(core, rq->arg[1]));
	return ret_ok(0);
}

/* A new process has the handlers of its maker, and what that has registered. */
static void inherit(const struct nacc_core *core, struct nacc_sbi_threads *to,
		    const struct nacc_frame *own, const struct nacc_sbi_threads *from,
		    struct nacc_sbi_context *child, const struct nacc_sbi_context *parent)
{
	nacc_handlers_inherit(core, to, own, from);
	child->rseq_sig = parent->rseq_sig;
	child->flags |= parent->flags & NACC_CONTEXT_RSEQ;
}

/* It has no gate that is on, or is just coming in. */
static int comes_in(const struct nacc_core *core, const struct nacc_frame *root)
{
	nacc_u32 bound = load32(&root->slot);

	return !nacc_gate_of(core, root) || !bound || bound == NACC_BOUND_JOINING;
}

/*
 * Its next return is taken as it is: once the gate is on of an address space just coming in,
 * or for who is not gated, of one without threads yet: a child in another domain's cgroup.
 */
static int may_adopt(const struct nacc_core *core, const struct nacc_request *rq)
{
	const struct nacc_sbi_threads *threads = nacc_threads_of(core, rq->frame);

	return comes_in(core, rq->frame) ||
	       (!gated_caller(core, rq) && !load32(&threads->entered));
}

static struct nacc_ret of_other(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_context *context;
	enum nacc_reason reason;

	/* What is being watched goes on being watched. */
	if (nacc_gate_of(core, rq->frame) && nacc_context_of(core, rq->frame, rq->arg[1]))
		return ret_ok(0);
	if (!may_adopt(core, rq))
		return nacc_refused(NACC_REASON_THREAD);
	reason = add(core, rq->frame, rq->arg[1], &context);
	if (reason)
		return nacc_refused(reason);
	/* What it has registered was not seen; all of riscv's C libraries take the same. */
	context->rseq_sig = RSEQ_SIG;
	context->flags = NACC_CONTEXT_RSEQ;
	if (comes_in(core, rq->frame))
		context->flags |= NACC_CONTEXT_JOINED;
	else
		forget_handlers(nacc_threads_of(core, rq->frame));
	nacc_context_set_state(context, NACC_CONTEXT_ADOPT);
	return ret_ok(0);
}

/* Of a thread that is in a call, at a gate without exceptions: does that have it made there? */
static enum nacc_reason may_bear(const struct nacc_core *core, const struct nacc_request *rq,
				 const struct nacc_frame *own,
				 const struct nacc_sbi_context *parent,
				 const struct nacc_sbi_context *there, int is_known)
{
	if (!is_known)
		return NACC_REASON_BAD_ADDRESS;
	return parent->cause & NACC_CONTEXT_BORE ||
	       !nacc_child_fits(core, rq, own, parent, there) ?
		NACC_REASON_THREAD : NACC_REASON_NONE;
}

/* @own: the root of @parent; @was: what that was before it was claimed */
static enum nacc_reason born(struct nacc_core *core, const struct nacc_request *rq,
			     const struct nacc_frame *own, struct nacc_sbi_context *parent,
			     nacc_u32 was)
{
	const struct nacc_sbi_threads *from = nacc_threads_of(core, own);
	struct nacc_sbi_threads *to = nacc_threads_of(core, rq->frame);
	int is_new = !load32(&to->entered), is_known;
	const struct nacc_sbi_context *there = nacc_context_of(core, rq->frame, rq->arg[1]);
	const struct nacc_sbi_gate *gate;
	struct nacc_sbi_context *child;
	enum nacc_reason reason;

	/* That of the parent is not locked, and may end just now. */
	if (!from || (was != NACC_CONTEXT_ADOPT && !nacc_clones(parent)))
		return NACC_REASON_THREAD;
	gate = nacc_phys(from->gate);
	if (to->gate != from->gate)
		return NACC_REASON_OWNER;
	if (parent->cause & NACC_CONTEXT_BORE && nacc_child_is_told(there))
		return NACC_REASON_NONE;
	is_known = was == NACC_CONTEXT_KERNEL && nacc_child_known(core, rq->satp, parent);
	reason = was == NACC_CONTEXT_KERNEL && nacc_gate_is_strict(load32(&gate->mode)) ?
		 may_bear(core, rq, own, parent, there, is_known) : NACC_REASON_NONE;
	reason = reason ? reason : add(core, rq->frame, rq->arg[1], &child);
	if (reason)
		return reason;
	if (is_new)
		inherit(core, to, own, from, child, parent);
	if (is_known)
		nacc_child_begin(child, parent);
	if (was == NACC_CONTEXT_KERNEL)
		store64(&parent->cause, NACC_CAUSE_ECALL | NACC_CONTEXT_BORE);
	nacc_context_set_state(child, is_known ? NACC_CONTEXT_CHILD : NACC_CONTEXT_ADOPT);
	return NACC_REASON_NONE;
}

/*
 * The parent is in the kernel, here, so nobody misses its context for a while. Claimed it
 * cannot come to be another's, and is no thread's that runs on another hart.
 */
static struct nacc_ret of_child(struct nacc_core *core, const struct nacc_request *rq)
{
	const struct nacc_frame *own = gated_caller(core, rq);
	struct nacc_sbi_context *parent;
	enum nacc_reason reason;
	nacc_u32 was;

	if (!own)
		return of_other(core, rq);
	parent = nacc_context_of(core, own, rq->arg[3]);
	if (!parent || !nacc_context_claim(parent, rq->arg[3], &was))
		return nacc_refused(NACC_REASON_THREAD);
	reason = born(core, rq, own, parent, was);
	nacc_context_set_state(parent, was);
	return reason ? nacc_refused(reason) : ret_ok(0);
}

static struct nacc_ret context_call(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_context *context;

	if (!rq->arg[1] || rq->arg[2] >= NACC_CONTEXT_CALL_MAX)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	if (!nacc_threads_of(core, rq->frame))
		return nacc_refused(NACC_REASON_AS_STATE);
	if (rq->arg[2] == NACC_CONTEXT_OF_CHILD)
		return of_child(core, rq);
	if (rq->arg[2] == NACC_CONTEXT_OF_OTHER)
		return of_other(core, rq);
	context = nacc_context_of(core, rq->frame, rq->arg[1]);
	return context && !let_go(context) ? nacc_refused(NACC_REASON_THREAD) : ret_ok(0);
}

/* Once it is enforced what a program registers itself is seen: others could add any address. */
static int may_tell(const struct nacc_core *core, const struct nacc_request *rq)
{
	const struct nacc_sbi_gate *gate = nacc_gate_of(core, rq->frame);

	return !gate || (load32(&gate->mode) & NACC_GATE_MODE) != NACC_GATE_ENFORCE ||
	       comes_in(core, rq->frame);
}

static struct nacc_ret handler(struct nacc_core *core, const struct nacc_request *rq)
{
	struct nacc_sbi_threads *threads = nacc_threads_of(core, rq->frame);

	if (rq->arg[1] - 1 >= NACC_GATE_SIGNALS)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	if (!threads)
		return nacc_refused(NACC_REASON_AS_STATE);
	if (!may_tell(core, rq))
		return nacc_refused(NACC_REASON_THREAD);
	nacc_handler_add(threads, rq->arg[1], rq->arg[2]);
	return ret_ok(0);
}

const struct nacc_handler *nacc_context_handler(nacc_u64 fid)
{
	static const struct nacc_handler handlers[] = {
		[NACC_SBI_GATE_OPEN - NACC_SBI_GATE_OPEN] = { .call = gate_open },
		[NACC_SBI_GATE_SET - NACC_SBI_GATE_OPEN] = { gate_set, .types = CONTEXT,
							     .states = LIVE },
		[NACC_SBI_GATE_ALLOW - NACC_SBI_GATE_OPEN] = { gate_allow, .types = CONTEXT,
							       .states = LIVE },
		[NACC_SBI_GATE_CLOSE - NACC_SBI_GATE_OPEN] = { gate_close, .types = CONTEXT,
							       .states = LIVE },
		[NACC_SBI_AS_GATE - NACC_SBI_GATE_OPEN] = { as_gate, .types = ROOT,
							    .states = LIVE | BUILDING },
		[NACC_SBI_CONTEXT - NACC_SBI_GATE_OPEN] = { context_call, .types = ROOT,
							    .states = LIVE | BUILDING },
		[NACC_SBI_HANDLER - NACC_SBI_GATE_OPEN] = { handler, .types = ROOT,
							    .states = LIVE | BUILDING },
	};

	return fid - NACC_SBI_GATE_OPEN < sizeof(handlers) / sizeof(handlers[0]) ?
		&handlers[fid - NACC_SBI_GATE_OPEN] : 0;
}
