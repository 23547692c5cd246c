/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: seals, ranges of an address space whose translation does not
 * change any more; part of nacc_sbi.h.
 *
 * From NACC_SBI_SEAL until AS_RETIRE no store and no call changes an entry that
 * translates an address of the range, or one above it on the way there, but for A and D of
 * a leaf; nor is a leaf with N written that would cover such an address from beside. What
 * would is refused (NACC_REASON_SEALED), by whomever. AS_RETIRE ends the address space as
 * a whole, and does so only while no hart has its root, which none gets again.
 *
 * NACC_SBI_SEAL: a0 = root of a live address space, bound and not NACC_BOUND_LEAVING, a1 =
 *	start and a2 = end of a range of virtual addresses, in pages, that lies in one
 *	NACC_SBI_SEAL_SPAN of the user half. What translates it does not change any more
 *	(nacc_sbi_seal.h), on other harts from their next FENCE. Takes an armed frame the
 *	first time. INVALID_PARAM for another range; INVALID_STATE (AS_STATE) if it is not
 *	bound so; INVALID_ADDRESS if a page of it is not mapped, or writable, or if a leaf
 *	with N covers one or a neighbour; NO_SHMEM (EXHAUSTED) without an armed frame, or
 *	for more than NACC_SBI_SEALS_MAX ranges: those that overlap or adjoin are one, so
 *	what meets one that there is always has room. From then on AS_BIND with
 *	NACC_BOUND_LEAVING is DENIED (SEALED) (since 2.3).
 */
#ifndef NACC_SBI_SEAL_H
#define NACC_SBI_SEAL_H

/** NACC_SBI_SEALS_MAX - ranges that an address space can have; those that meet are one */
#define NACC_SBI_SEALS_MAX		255
/** NACC_SBI_SEAL_SPAN - the range of one call lies in one such part of the addresses */
#define NACC_SBI_SEAL_SPAN		0x200000UL

/**
 * struct nacc_sbi_seals - what is sealed of an address space
 * @root: physical address of its root
 * @nr: number of ranges
 * @pad: zero
 * @ranges: virtual addresses
 *
 * A frame of type NACC_FRAME_CONTEXT with NACC_FRAME_FLAG_SEALED. S-mode may read it, and
 * nobody but the shim write it. Its number is the parent of the root (struct
 * nacc_sbi_frame), which has none else.
 *
 * Of ranges that become one the first stays, and grows; in the place of another comes the
 * last. So who reads them while something is being sealed misses none if it goes from the
 * last to the first, with a fence r,r between two.
 */
struct nacc_sbi_seals {
	nacc_u64 root;
	nacc_u32 nr;
	nacc_u32 pad;
	struct nacc_sbi_range ranges[NACC_SBI_SEALS_MAX];
};

#endif /* NACC_SBI_SEAL_H */
