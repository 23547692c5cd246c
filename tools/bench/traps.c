// SPDX-License-Identifier: GPL-2.0
/* How many instructions what mstatus.TVM makes trap takes, while roots are guarded. */
#include "payload.h"

#define MM		0x7fff0000UL
#define OTHER_MM	(MM + (1UL << 38))	/* the same hash: that of bits 6..37 */

/* The site: csrw satp, a0 with the mm in a1. Returns what it took, in instret. */
__asm__(".pushsection .text\n"
	".balign 4\n"
	".globl load_root\n"
	"load_root:\n"
	"	rdinstret a2\n"
	".globl load_root_site\n"
	".option push\n"
	".option norvc\n"
	"load_root_site:\n"
	"	csrw satp, a0\n"
	".option pop\n"
	"	rdinstret a3\n"
	"	sub a0, a3, a2\n"
	"	ret\n"
	".popsection\n");

/* An instruction on a0 and a1: what it took */
#define FENCE(name, insn) \
static u64 fence_##name(u64 va, u64 asid) \
{ \
	register u64 a0 __asm__("a0") = va; \
	register u64 a1 __asm__("a1") = asid; \
	u64 before, after; \
\
	__asm__ volatile("rdinstret %0\n\t" insn "\n\trdinstret %1" \
			 : "=&r"(before), "=&r"(after) : "r"(a0), "r"(a1) : "memory"); \
	return after - before; \
}

FENCE(none, "nop")
FENCE(all, "sfence.vma")
FENCE(va, "sfence.vma a0")
FENCE(asid, "sfence.vma zero, a1")
FENCE(va_asid, "sfence.vma a0, a1")
/* Svinval: sinval.vma a0, a1 */
FENCE(inval_va_asid, ".insn r 0x73, 0, 0x0b, x0, a0, a1")

static void line(const char *name, u64 took, u64 nothing, const char *bound)
{
	put("trap:");
	put(name);
	put(":");
	put_number((took - nothing) * 100 / nop, 10);
	put(bound);
}

static u64 twice(u64 (*fence)(u64 va, u64 asid))
{
	fence(PAGE, 0);
	return fence(PAGE, 0);
}

void print_traps(void)
{
	u64 satp, nothing = twice(fence_none), root;

	__asm__ volatile("csrr %0, satp" : "=r"(satp));
	must(NACC_SBI_GUARD, NACC_GUARD_ON, 0, 0);
	line("sfence.vma", twice(fence_all), nothing, ":64\n");
	line("sfence.vma address", twice(fence_va), nothing, ":64\n");
	line("sfence.vma x0, ASID", twice(fence_asid), nothing, ":64\n");
	line("sfence.vma address, ASID", twice(fence_va_asid), nothing, ":64\n");
	line("sinval.vma address, ASID", twice(fence_inval_va_asid), nothing, ":64\n");
	line("satp, a site, the first time", load_root(satp, MM), nothing, ":900\n");
	line("satp, no mm has this hash", load_root(satp, MM), nothing, ":110\n");
	must(NACC_SBI_ARM, 80, 16, 0);
	root = must(NACC_SBI_AS_CREATE, 1, NACC_SBI_AS_LIVE, 0);
	must(NACC_SBI_AS_BIND, root, OTHER_MM, NACC_BOUND);
	line("satp, one mm has", load_root(satp, MM), nothing, ":110\n");
	while (must(NACC_SBI_AS_RETIRE, root, 0, 0) != NACC_SBI_RETIRE_DONE)
		;
	must(NACC_SBI_GUARD, 0, 0, 0);
}
