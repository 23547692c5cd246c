// SPDX-License-Identifier: BSD-2-Clause
/*
 * All contexts of a root, for what it keeps secret: see page/secret.h; and what its threads have
 * in common.
 */
#include "contexts.h"
#include "frame.h"
#include "mem.h"

/* What is found in the places of all contexts of a root, which is locked */
static int for_contexts(const struct nacc_core *core, const struct nacc_frame *root,
			int (*fn)(struct nacc_sbi_context *context, nacc_u64 root_pa))
{
	nacc_u32 at = __atomic_load_n(&root->list.prev, __ATOMIC_ACQUIRE);
	nacc_u32 place = NACC_CONTEXT_FIRST;
	int found = 0;

	while (at != NACC_FRAME_NONE) {
		struct nacc_sbi_context *context = nacc_phys(frame_pa(core, &core->frames[at]));

		for (; place < NACC_CONTEXT_PER_FRAME; place++)
			found |= fn(&context[place], frame_pa(core, root));
		place = 0;
		at = __atomic_load_n(&core->frames[at].slot, __ATOMIC_ACQUIRE);
	}
	return found;
}

static int keep(struct nacc_sbi_context *context, nacc_u64 root_pa)
{
	if (load64(&context->root) == root_pa)
		store64(&context->root, root_pa | NACC_CONTEXT_KEEPS);
	return 0;
}

void nacc_contexts_keep(const struct nacc_core *core, const struct nacc_frame *root)
{
	for_contexts(core, root, keep);
}

static int is_adopted(struct nacc_sbi_context *context, nacc_u64 root_pa)
{
	(void)root_pa;
	return __atomic_load_n(&context->state, __ATOMIC_ACQUIRE) == NACC_CONTEXT_ADOPT;
}

int nacc_contexts_adopted(const struct nacc_core *core, const struct nacc_frame *root)
{
	return for_contexts(core, root, is_adopted);
}

void nacc_handler_add(struct nacc_sbi_threads *threads, nacc_u64 sig, nacc_u64 handler)
{
	nacc_u64 *known;

	if (sig - 1 >= NACC_GATE_SIGNALS)
		return;
	known = threads->handlers[sig - 1];
	if (load64(&known[0]) == handler || load64(&known[1]) == handler)
		return;
	store64(&known[1], load64(&known[0]));
	store64(&known[0], handler);
}
