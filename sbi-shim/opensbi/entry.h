/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trap vector: its addresses, and for entry.S and rows.S where the registers of
 * the trapped code are.
 */
#ifndef NACC_ENTRY_H
#define NACC_ENTRY_H

#include <sbi/riscv_asm.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include "fast.h"

#define REG(x)		SBI_TRAP_REGS_OFFSET(x)

/* From the scratch space: in the frame that the stack begins with */
#define SAVED(x)	(REG(x) - SBI_TRAP_CONTEXT_SIZE)

/*
 * SBI extensions that the vector passes on itself, as they take no memory and are
 * called often: of the first up to this function, of two function 0, and ours.
 */
#define NACC_EID_RFENCE		0x52464e43
#define NACC_RFENCE_LAST	6
#define NACC_EID_IPI		0x735049
#define NACC_EID_TIME		0x54494d45
#define NACC_EID_OURS		0x084e4143
#define NACC_FID_FENCE		10
#define NACC_FID_GUARD		29

/* Bytes of an ecall */
#define ECALL_LENGTH		4

/* Of struct nacc_fast, from the scratch space */
#define FAST(x)	(NACC_HART_OFFSET + NACC_FAST_##x)

#ifdef __ASSEMBLER__
/* A register in a context, by its number; 0 is pc. */
#define X(n)	(8 * (n))

#define CAUSE_ECALL	8
#define MSTATUS_SIE_BIT		1
#define MSTATUS_SPIE_BIT	5
#define MSTATUS_VS_BIT		9
#define MSTATUS_FS_BIT		13
#define MSTATUS_FS_CLEAN	(2 << MSTATUS_FS_BIT)

/* MPP of S-mode; the instructions that add it have twelve bits. */
#define MPP_S	(PRV_S << MSTATUS_MPP_SHIFT)

.macro	NACC_GO_REGS op
	\op	t1, SAVED(t1)(tp)
	\op	t2, SAVED(t2)(tp)
	\op	t3, SAVED(t3)(tp)
.endm

.macro	NACC_FAST_REGS op
	NACC_GO_REGS \op
	\op	t4, SAVED(t4)(tp)
.endm

#else

/* entry.S, and OpenSBI's fw_base.S and thead_c9xx_tlb_trap_handler.S: addresses only */
void nacc_trap_entry(void);
void nacc_trap_entry_hyp(void);
void nacc_trap_slow(void);
void nacc_trap_slow_hyp(void);
void nacc_trap_pass(void);
void nacc_trap_pass_hyp(void);
void _trap_handler(void);
void _trap_handler_hyp(void);
void nacc_trap_entry_c9xx(void);
void _thead_tlb_flush_fixup_trap_handler(void);

#endif /* !__ASSEMBLER__ */
#endif /* NACC_ENTRY_H */
