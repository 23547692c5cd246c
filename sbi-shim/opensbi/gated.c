// SPDX-License-Identifier: BSD-2-Clause
/* Is the root gated that a hart has, and whose turns does its trap vector know? */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include "gated.h"
#include "mem.h"
#include "roots.h"
#include "secret.h"
#include "turn.h"

/* Built with -DNACC_NO_FAST the vector leaves each return to nacc_user_go(). */
#ifdef NACC_NO_FAST
#define IS_ON	0
#else
#define IS_ON	1
#endif

_Static_assert(NACC_HART_OFFSET + __builtin_offsetof(struct nacc_hart, seen) ==
	       NACC_FAST_SEEN_OFFSET, "seen");

/* By bits 6 to 11: those below are alike. */
static u32 seen_of(u64 task)
{
	return (task >> NACC_FAST_SEEN_SHIFT & NACC_FAST_SEEN_MASK) / sizeof(u64);
}

/* Its state is that of a free one, which the vector does not claim. */
static struct nacc_sbi_context nobody;

/**
 * nacc_gated_forget() - contexts may be gone, and their frames be something else
 * @hart: the current hart, not in user mode
 */
void nacc_gated_forget(struct nacc_hart *hart)
{
	u32 i;

	/* Always: who was there last says nothing about who was seen before. */
	hart->fast.known = &nobody;
	for (i = 0; i < NACC_FAST_SEEN; i++)
		hart->seen[i] = NULL;
}

/**
 * nacc_gated_know() - the vector may judge the next return of a thread
 * @hart: the current hart, about to be in user mode
 * @context: the thread's; NULL: of this one it may not
 */
void nacc_gated_know(struct nacc_hart *hart, struct nacc_sbi_context *context)
{
	hart->fast.known = &nobody;
	if (!IS_ON || !context)
		return;
	hart->fast.known = context;
	hart->seen[seen_of(context->task)] = context;
}

/**
 * nacc_gated() - is the root that the hart has?
 * @core: the core
 */
bool nacc_gated(const struct nacc_core *core)
{
	const struct nacc_frame *root = NULL;

	if (load64(&core->guard) & NACC_GUARD_ON)
		root = nacc_bound_at(core, nacc_satp_root(csr_read(CSR_SATP)));
	return root && nacc_gate_of(core, root);
}

/**
 * nacc_gated_secrets() - has it secret pages?
 * @core: the core
 */
bool nacc_gated_secrets(const struct nacc_core *core)
{
	/* Nearly always nobody has any. */
	return load32(&core->secrets_used) && nacc_secret_of(core, csr_read(CSR_SATP));
}

/**
 * nacc_gated_update() - satp of this hart, or a gate, may have become another
 * @core: the core
 * @regs: what the hart goes on with
 */
void nacc_gated_update(const struct nacc_core *core, struct sbi_trap_regs *regs)
{
	regs->mstatus &= ~MSTATUS_TSR;
	/* Whose gate is off now may still write to where its secrets were: user.c. */
	if (nacc_gated(core) || nacc_gated_secrets(core))
		regs->mstatus |= MSTATUS_TSR;
}
