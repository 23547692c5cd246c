/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: the page by which a program sees, without asking the kernel,
 * whether and how it is protected; part of nacc_sbi.h, and the manual of what is in it
 * for programs, which use tools/libnacc.
 *
 * There is one for all address spaces of a tag. Only the shim writes it, and all that is
 * in it is the shim's own knowledge. In an address space that has it nothing else stands
 * at its place, from the first AS_PAGE to the end of the address space: the page, or nothing.
 *
 * NACC_SBI_PAGE_OPEN: a0 = tag. Take an armed frame as the page for the programs of its address
 *	spaces. Value: its physical address. NO_SHMEM (EXHAUSTED) without an armed frame.
 * NACC_SBI_PAGE_CLOSE: a0 = page. It becomes released. INVALID_STATE (AS_STATE) while an
 *	address space has it.
 * NACC_SBI_AS_PAGE: a0 = root of a live address space, a1 = page, a2 = bits 8 and 9 of the
 *	entry (others: INVALID_PARAM). From now on it has this page: take an armed frame as
 *	the table of level 0 for NACC_PAGE_VA, with the entry of the page (V, R, U, A, D and
 *	a2) and no other, and link it; if the table is there, put the entry there if it is
 *	zero. Until AS_RETIRE nothing else can stand there (NACC_REASON_PAGE). Value: physical
 *	address of the table. The levels above are the caller's: INVALID_STATE (AS_STATE)
 *	without them, or if it has another page. ALREADY_AVAILABLE (TAKEN) if something
 *	else stands there. DENIED (OWNER) for another tag, NO_SHMEM (EXHAUSTED).
 *
 * In the records of frames (FRAMES) a page and the record of the gate of its domain have
 * each other as parent, from when an address space first has both.
 */
#ifndef NACC_SBI_PAGE_H
#define NACC_SBI_PAGE_H

/** NACC_FRAME_GONE - in parent of a page or record: the other has been closed */
#define NACC_FRAME_GONE			0xfffffffeU
/**
 * NACC_FRAME_FLAG_PAGE - flag of the table of a page: of its entries only the page's, and those
 *	of secret pages, are ever not zero
 */
#define NACC_FRAME_FLAG_PAGE		(1U << 4)

/**
 * NACC_PAGE_VA - where it is, in every address space that has it, and in every satp mode
 *
 * The first page of the last 2 MiB below 4 GiB: within Sv39's 256 GiB, above programs that are
 * linked to fixed addresses, and far below what mmap, stacks and position-independent
 * programs use. Of these 2 MiB the other pages are secret pages (nacc_sbi_secret.h) or nothing.
 */
#define NACC_PAGE_VA			0xffe00000UL

/** NACC_PAGE_SPAN - bytes from NACC_PAGE_VA on that one table of level 0 maps */
#define NACC_PAGE_SPAN			0x200000UL

/** NACC_PAGE_MAGIC - its first eight bytes: "naccpage" */
#define NACC_PAGE_MAGIC			0x656761706363616eUL

/** NACC_PAGE_LAYOUT - version of struct nacc_sbi_page: fields are only ever added */
#define NACC_PAGE_LAYOUT		1

/**
 * NACC_PAGE_SAYS - what a field of struct nacc_sbi_page holds that says this
 *
 * Twice as much, so that bit 0 is clear: no word of the page is an entry of a page table that
 * is valid. There are walkers that set A and D in memory that PMP makes read-only, and
 * somebody in S-mode can have one take the page for a table.
 */
#define NACC_PAGE_SAYS(x)		((x) * 2)

/**
 * struct nacc_sbi_page - what a program reads: NACC_PAGE_SAYS(), but for @magic
 * @magic: NACC_PAGE_MAGIC, written last
 * @layout: NACC_PAGE_LAYOUT
 * @abi: NACC_SBI_ABI_VERSION of the shim
 * @domain: tag of these address spaces: of the module, the ID of their first domain
 * @generation: how often what follows has changed, the counters from @refused on apart. Who reads
 *	it first and last, and finds it changed, reads again. It is counted behind the change: one
 *	that is under way can be seen in part
 * @gate: NACC_GATE_FLAGS in force for all address spaces that have this page: mode and
 *	flags of their record. NACC_GATE_OFF unless each of them has it
 * @address_spaces: how many have this page
 * @gated: how many of these have that record
 * @seals: sealed ranges of all address spaces that have this page, each with its own
 * @refused: stores and roots refused that were about an address space with this page, since
 *	it had it
 * @refused_returns: returns to user mode that did not fit, of all threads behind that record
 * @refused_calls: system calls of theirs that were not in its list
 */
struct nacc_sbi_page {
	nacc_u64 magic;
	nacc_u32 layout;
	nacc_u32 abi;
	nacc_u64 domain;
	nacc_u64 generation;
	nacc_u32 gate;
	nacc_u32 address_spaces;
	nacc_u32 gated;
	nacc_u32 seals;
	nacc_u64 refused;
	nacc_u64 refused_returns;
	nacc_u64 refused_calls;
};

#endif /* NACC_SBI_PAGE_H */
