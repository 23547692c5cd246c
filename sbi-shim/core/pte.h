/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page-table entries: their bits, and what an entry is.
 */
#ifndef NACC_PTE_H
#define NACC_PTE_H

#include "nacc_sbi.h"

/* Page-table entry (privileged spec, "Sv39: Virtual-Memory System") */
#define PTE_V			0x001ULL
#define PTE_R			0x002ULL
#define PTE_W			0x004ULL
#define PTE_X			0x008ULL
#define PTE_U			0x010ULL
#define PTE_G			0x020ULL
#define PTE_A			0x040ULL
#define PTE_D			0x080ULL
#define PTE_RSW			0x300ULL
#define PTE_RWX			(PTE_R | PTE_W | PTE_X)
/* What may differ in two valid leaves of the same page: rights, U, G, A, D, RSW */
#define PTE_SAME_PAGE		0x3feULL
#define PTE_PPN_SHIFT		10
#define PTE_PPN			0x003ffffffffffc00ULL
#define PTE_RESERVED		0x1fc0000000000000ULL
#define PTE_PBMT		0x6000000000000000ULL
#define PTE_N			0x8000000000000000ULL
#define PTE_HIGH		(PTE_RESERVED | PTE_PBMT | PTE_N)
/* Svnapot defines one size, at level 0: bits 0..3 of the page number are 1000. */
#define NAPOT_SIZE		0x10000ULL
#define NAPOT_MASK		0x0000000000003c00ULL
#define NAPOT_64K		0x0000000000002000ULL

#define PAGE_SHIFT		12
#define PA_END			(1ULL << 56)
#define PAGE_SIZE		4096ULL
#define SATP_MODE_SHIFT		60
#define SATP_PPN		0x00000fffffffffffULL

/* Root entries from here on are the kernel half, in every satp mode. */
#define NACC_USER_ENTRIES	(NACC_SBI_ENTRIES / 2)

/* For loops over entries, of which each user is to have its own. */
#ifdef __OPTIMIZE__
#define FLAT	__attribute__((always_inline))
#else
#define FLAT
#endif

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

static inline nacc_u64 pte_pa(nacc_u64 pte)
{
	return (pte & PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT;
}

static inline int pte_is_link(nacc_u64 pte)
{
	return (pte & (PTE_V | PTE_RWX)) == PTE_V;
}

static inline int pte_is_leaf(nacc_u64 pte)
{
	return (pte & PTE_V) && (pte & PTE_RWX);
}

/* The walker may have set A and D since the caller looked. */
static inline int only_ad_came(nacc_u64 expected, nacc_u64 now)
{
	return now == (expected | (now & (PTE_A | PTE_D)));
}

/* Likewise, and they may have gone. */
static inline int only_ad_differs(nacc_u64 old, nacc_u64 val)
{
	return !((old ^ val) & ~(PTE_A | PTE_D));
}

/* May this stand for that leaf of level 0? */
static inline int names_same_page(nacc_u64 now, nacc_u64 val)
{
	return (now & PTE_V) && !((now ^ val) & ~PTE_SAME_PAGE);
}

/*
 * May this stand in a child's table because that stands in its parent's? The same; and
 * of a leaf A, D and RSW may be others, and W be gone: no rule asks for these, nor does
 * one want W. What is not valid may name a page nevertheless, in whatever way.
 */
static inline int is_copy(nacc_u64 parent, nacc_u64 val)
{
	nacc_u64 differs = (parent ^ val) & ~(PTE_A | PTE_D | PTE_RSW);

	if (unlikely(!(parent & PTE_V)))
		return parent == val;
	return likely(!differs) || (differs == PTE_W && !(val & PTE_W));
}

#endif /* NACC_PTE_H */
