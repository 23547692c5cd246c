// SPDX-License-Identifier: BSD-2-Clause
/*
 * All contexts of a root, for what it keeps secret: see page/secret.h; and what its threads have
 * in common.
 */
#include "frame.h"
#include "lock.h"
#include "mem.h"
#include "rules.h"

struct nacc_sbi_threads *nacc_threads_of(const struct nacc_core *core,
					 const struct nacc_frame *root)
{
	nacc_u32 i = __atomic_load_n(&root->list.prev, __ATOMIC_ACQUIRE);

	return i == NACC_FRAME_NONE ? 0 : nacc_phys(frame_pa(core, &core->frames[i]));
}

/* What is found in the places of all contexts of a root */
static int for_contexts(const struct nacc_core *core, const struct nacc_frame *root,
			int (*fn)(struct nacc_sbi_context *context, void *what),
			void *what)
{
	nacc_u32 at = __atomic_load_n(&root->list.prev, __ATOMIC_ACQUIRE);
	nacc_u32 place = NACC_CONTEXT_FIRST;
	int found = 0;

	while (at != NACC_FRAME_NONE) {
		struct nacc_sbi_context *context = nacc_phys(frame_pa(core, &core->frames[at]));

		for (; place < NACC_CONTEXT_PER_FRAME; place++)
			found |= fn(&context[place], what);
		place = 0;
		at = __atomic_load_n(&core->frames[at].slot, __ATOMIC_ACQUIRE);
	}
	return found;
}

/* @what: the physical address of their root */
static int keep(struct nacc_sbi_context *context, void *what)
{
	nacc_u64 root_pa = *(nacc_u64 *)what;

	if (load64(&context->root) == root_pa)
		store64(&context->root, root_pa | NACC_CONTEXT_KEEPS);
	return 0;
}

void nacc_contexts_keep(const struct nacc_core *core, const struct nacc_frame *root)
{
	nacc_u64 root_pa = frame_pa(core, root);

	for_contexts(core, root, keep, &root_pa);
}

static int is_adopted(struct nacc_sbi_context *context, void *what)
{
	(void)what;
	return __atomic_load_n(&context->state, __ATOMIC_ACQUIRE) == NACC_CONTEXT_ADOPT;
}

int nacc_contexts_adopted(const struct nacc_core *core, const struct nacc_frame *root)
{
	return for_contexts(core, root, is_adopted, 0);
}

static void add(nacc_u64 *known, nacc_u64 handler)
{
	if (load64(&known[0]) == handler)
		return;
	for (nacc_u32 i = NACC_GATE_HANDLERS - 1; i; i--)
		store64(&known[i], load64(&known[i - 1]));
	store64(&known[0], handler);
}

void nacc_handler_add(struct nacc_sbi_threads *threads, nacc_u64 sig, nacc_u64 handler)
{
	/* A walker that sets A and D in R-only memory can have made it another. */
	if (sig - 1 < NACC_GATE_SIGNALS)
		add(threads->handlers[sig - 1], handler);
}

void nacc_handler_of_any(struct nacc_core *core, struct nacc_frame *root, nacc_u64 handler)
{
	struct nacc_sbi_threads *threads;

	nacc_lock(core, &root->lock);
	threads = nacc_threads_of(core, root);
	if (threads)
		add(threads->handlers[NACC_GATE_SIGNALS], handler);
	nacc_unlock(&root->lock);
}

/* @what: a signal, and a handler. Whether it is in the kernel or on its way out: it may succeed. */
static int is_registering(struct nacc_sbi_context *context, void *what)
{
	const nacc_u64 *action = what;

	return __atomic_load_n(&context->state, __ATOMIC_ACQUIRE) &&
	       load64(&context->signal) == action[0] && load64(&context->handler) == action[1];
}

static int is_among(const nacc_u64 *known, nacc_u64 handler)
{
	int is = 0;

	for (nacc_u32 i = 0; i < NACC_GATE_HANDLERS; i++)
		is |= load64(&known[i]) == handler;
	return is;
}

int nacc_handler_known(struct nacc_core *core, struct nacc_frame *root, nacc_u64 sig,
		       nacc_u64 handler)
{
	const struct nacc_sbi_threads *threads;
	nacc_u64 what[] = { sig, handler };
	int is = 0;

	nacc_lock(core, &root->lock);
	threads = nacc_threads_of(core, root);
	if (threads)
		is = is_among(threads->handlers[sig - 1], handler) ||
		     is_among(threads->handlers[NACC_GATE_SIGNALS], handler) ||
		     for_contexts(core, root, is_registering, what);
	nacc_unlock(&root->lock);
	return is;
}

void nacc_handler_begin(struct nacc_core *core, struct nacc_frame *root,
			struct nacc_sbi_context *context, nacc_u64 sig, nacc_u64 handler)
{
	nacc_lock(core, &root->lock);
	/* Whoever looks without the lock finds no signal with another handler: hand_on(). */
	store64(&context->signal, 0);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	store64(&context->handler, handler);
	__atomic_store_n(&context->signal, sig, __ATOMIC_RELEASE);
	nacc_unlock(&root->lock);
}

void nacc_handler_end(struct nacc_core *core, struct nacc_frame *root,
		      struct nacc_sbi_context *context, int succeeds)
{
	struct nacc_sbi_threads *threads;

	nacc_lock(core, &root->lock);
	threads = nacc_threads_of(core, root);
	if (threads && succeeds)
		nacc_handler_add(threads, context->signal, context->handler);
	__atomic_store_n(&context->signal, 0, __ATOMIC_RELEASE);
	nacc_unlock(&root->lock);
}

/*
 * @what: the threads that are to know it, too. The lock of these is held, not that of whose
 * context it is, which may be in another call by now. That one the kernel has copied before
 * does not have, and what became of the first is in the list of its root.
 */
static int hand_on(struct nacc_sbi_context *context, void *what)
{
	nacc_u64 sig = __atomic_load_n(&context->signal, __ATOMIC_ACQUIRE);
	nacc_u64 handler = load64(&context->handler);

	NACC_RACE(&context->handler);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (sig && load32(&context->state) && load64(&context->signal) == sig)
		nacc_handler_add(what, sig, handler);
	return 0;
}

void nacc_handlers_inherit(const struct nacc_core *core, struct nacc_sbi_threads *to,
			   const struct nacc_frame *from, const struct nacc_sbi_threads *threads)
{
	copy64(to->handlers[0], threads->handlers[0], sizeof(to->handlers) / sizeof(nacc_u64));
	for_contexts(core, from, hand_on, to);
	/* And the last, of whom that was over meanwhile; or that so many have pushed out. */
	for (nacc_u32 i = 0; i <= NACC_GATE_SIGNALS; i++) {
		nacc_u64 last = load64(&threads->handlers[i][0]);

		if (last && !is_among(to->handlers[i], last))
			add(to->handlers[i], last);
	}
}
