// SPDX-License-Identifier: BSD-2-Clause
/* Whose a context is, between the kernel and user mode. */
#include "contexts.h"
#include "mem.h"

void nacc_context_set_state(struct nacc_sbi_context *context, nacc_u32 state)
{
	__atomic_store_n(&context->state, state, __ATOMIC_RELEASE);
}

int nacc_context_claim(struct nacc_sbi_context *context, nacc_u64 task, nacc_u32 *was)
{
	*was = load32(&context->state);
	if (*was == NACC_CONTEXT_FREE || *was == NACC_CONTEXT_USER ||
	    !swap32(&context->state, *was, NACC_CONTEXT_USER))
		return 0;
	if (load64(&context->task) == task)
		return 1;
	/* It was let go of since it was found, and is another's. */
	nacc_context_set_state(context, *was);
	return 0;
}
