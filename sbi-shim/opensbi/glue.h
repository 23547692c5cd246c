/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all files of the OpenSBI glue stand on. Each has a header of its own; none
 * calls one that is further up here:
 *
 * enter.c	where OpenSBI's boot comes by
 * platform.c	what is done then, in boot order
 * arm.c	taking over a hart: trap vector, A/D
 * trap.c	what the trap vector calls (entry.S; rows.S its code by register)
 * ecall.c	SBI extension
 * gate.c	calls of other extensions, before OpenSBI sees them
 * dbtr.c	those of debug triggers
 * handler.c	calls of OpenSBI's handlers
 * evidence.c	what is measured at boot; reports
 * user.c	the gate: threads come from user mode, and go back
 * window.c	secret pages are opened, and closed
 * fast.c	which stores the vector performs itself
 * satp.c	satp, and what else mstatus.TVM makes trap
 * fence.c	FENCE
 * tvm.c	whether a hart is guarded
 * gated.c	whether its root is gated, and whom the vector knows
 * board.c	which boards are known
 * place.c	choice of the region
 * probe.c	is there RAM?
 * fdt.c	what is read from and written to the device tree
 * walker.c	what the hart's page-table walker does
 * walk.c	page-table walk in software
 * hart.c	per-hart state
 * glue.c	the core's state
 * generation.h	what OpenSBI's versions have each in their own way
 */
#ifndef NACC_GLUE_H
#define NACC_GLUE_H

#include <sbi/sbi_types.h>
#include "nacc_core.h"

/** nacc_state - the validator core's state; in M-only memory */
extern struct nacc_core nacc_state;

/** nacc_sfence() - forget all translations of the current hart */
static inline void nacc_sfence(void)
{
	__asm__ __volatile__("sfence.vma" : : : "memory");
}

/** nacc_overlap() - do [@a, @a_end) and [@b, @b_end) share a byte? */
static inline bool nacc_overlap(u64 a, u64 a_end, u64 b, u64 b_end)
{
	return a < b_end && b < a_end;
}

#endif /* NACC_GLUE_H */
