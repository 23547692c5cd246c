// SPDX-License-Identifier: BSD-2-Clause
/*
 * Is there RAM where the device tree says so? Trees are written for a board of one size:
 * what is zeroed and is not there would be a trap that nobody expects, and no boot.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_csr_detect.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_trap.h>
#include "probe.h"

#define PATTERN	0x4e4143434e414343UL

/* As OpenSBI looks whether there is a CSR: a trap goes behind the instruction. */
static bool touch(u64 pa, u64 *value, bool write)
{
	unsigned long mtvec = (unsigned long)sbi_hart_expected_trap;
	unsigned long val = *value;
	struct sbi_trap_info trap = { 0 };

	register unsigned long tinfo asm("a3") = (unsigned long)&trap;
	register unsigned long ttmp asm("a4");

	if (write)
		asm volatile(".option push\n.option norvc\n"
			     "add	%[ttmp], %[tinfo], zero\n"
			     "csrrw	%[mtvec], mtvec, %[mtvec]\n"
			     "sd	%[val], 0(%[pa])\n"
			     "csrw	mtvec, %[mtvec]\n"
			     ".option pop"
			     : [mtvec] "+&r"(mtvec), [tinfo] "+&r"(tinfo), [ttmp] "=&r"(ttmp)
			     : [val] "r"(val), [pa] "r"(pa) : "memory");
	else
		asm volatile(".option push\n.option norvc\n"
			     "add	%[ttmp], %[tinfo], zero\n"
			     "csrrw	%[mtvec], mtvec, %[mtvec]\n"
			     "ld	%[val], 0(%[pa])\n"
			     "csrw	mtvec, %[mtvec]\n"
			     ".option pop"
			     : [mtvec] "+&r"(mtvec), [tinfo] "+&r"(tinfo), [ttmp] "=&r"(ttmp),
			       [val] "+&r"(val)
			     : [pa] "r"(pa) : "memory");
	*value = val;
	return !trap.cause;
}

/**
 * nacc_probe_vlenb() - bytes of a vector register of this hart
 *
 * Return: it; 0: it has none, or others than those of V 1.0, which mstatus.VS is for.
 */
u32 nacc_probe_vlenb(void)
{
	unsigned long status = csr_read(CSR_MSTATUS), vlenb = 0;
	struct sbi_trap_info trap = { 0 };

	csr_set(CSR_MSTATUS, MSTATUS_VS);
	if (csr_read(CSR_MSTATUS) & MSTATUS_VS)
		vlenb = csr_read_allowed(CSR_VLENB, &trap);
	csr_write(CSR_MSTATUS, status);
	return trap.cause ? 0 : vlenb;
}

static bool holds(u64 pa, u64 pattern)
{
	u64 old = 0, seen = 0;
	bool same;

	if (!touch(pa, &old, false) || !touch(pa, &pattern, true))
		return false;
	same = touch(pa, &seen, false) && seen == pattern;
	touch(pa, &old, true);
	return same;
}

/**
 * nacc_probe_ram() - is a range RAM, as far as its ends show?
 * @start: physical address of its first byte
 * @end: of the byte behind it; both are aligned to eight
 *
 * What is there is as before. Nobody else runs.
 */
bool nacc_probe_ram(u64 start, u64 end)
{
	return holds(start, PATTERN) && holds(end - sizeof(u64), ~PATTERN);
}
