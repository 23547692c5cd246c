/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: what the shim tells of itself and of the harts, items of
 * NACC_SBI_GET_INFO; part of nacc_sbi.h.
 */
#ifndef NACC_SBI_INFO_H
#define NACC_SBI_INFO_H

/**
 * enum nacc_sbi_info - items of NACC_SBI_GET_INFO
 *
 * @NACC_INFO_ABI_VERSION: NACC_SBI_ABI_VERSION of the shim
 * @NACC_INFO_REGION_BASE: physical base of the R-only region: two pages that are no
 *	frames, the frames, secret pages, and at the end the shim's own records, a 64th
 *	of it; S-mode may not read those two
 * @NACC_INFO_REGION_SIZE: its size in bytes, a power of two
 * @NACC_INFO_FRAME_BASE: physical address of frame 0
 * @NACC_INFO_NR_FRAMES: number of frames
 * @NACC_INFO_STATE: bit 0: set up; bit 1: locked; bits 4..5: enum
 *	nacc_provenance in force; bits 8..11: satp mode seen at set-up
 * @NACC_INFO_AD: enum nacc_ad, how A and D bits come to be set on the
 *	asking hart
 * @NACC_INFO_ARMED: armed frames now
 * @NACC_INFO_HARTS: harts whose trap vector and PMP are the shim's (count)
 * @NACC_INFO_WALKER: enum nacc_walker, of all harts
 * @NACC_INFO_SELFTEST: physical address of a page of the region that is never
 *	anything: a store to it is refused, counted as NACC_STAT_SELFTESTS, and has
 *	no audit record (since 1.3)
 * @NACC_INFO_LAST_TAG: highest tag that AS_CREATE was ever given, so that no tag
 *	need be used twice until the machine is reset (since 1.3)
 * @NACC_INFO_INVAL: enum nacc_inval, the worst of all harts (since 1.3)
 * @NACC_INFO_WITHHELD: name of the a1-th SBI extension that this firmware has but
 *	the shim does not offer (I16): up to eight characters, the first in the
 *	lowest byte; 0: there are no more
 * @NACC_INFO_LOCK_WAITS: how often hart a1 found a lock of the shim held by another;
 *	harts whose IDs are equal modulo 64 share the count (since 2.0)
 * @NACC_INFO_TABLES: tables of the address space whose root is frame a1, linked or
 *	not, the root left out; 0 for any other frame (since 2.0)
 * @NACC_INFO_REFUSED: of the last root that was refused on the asking hart, by a1: 0: why
 *	(enum nacc_reason), 1: the mm that named it, 2: physical address of the root
 *	named, 3: of the root bound to that mm, or 0 (since 2.1)
 * @NACC_INFO_GUARD: bits 0..1: NACC_GUARD_*; bits 2..: bound roots (since 2.1)
 * @NACC_INFO_SATP: what satp of the a1-th hart holds, by the firmware's word; 0 for one
 *	that is not guarded or not there. Behind the last: refused with
 *	NACC_REASON_BAD_COUNT (since 2.1)
 * @NACC_INFO_EVIDENCE: enum nacc_evidence_key (since 2.3)
 * @NACC_INFO_SECRETS: address spaces that can have secret pages (nacc_sbi_secret.h): a1 = 0: how
 *	many, others: how many have (since 2.4)
 * @NACC_INFO_VECTOR: bytes of a vector register that the gate keeps; 0: it keeps none (since 2.4)
 * @NACC_INFO_MAX: number of items
 */
enum nacc_sbi_info {
	NACC_INFO_ABI_VERSION = 0,
	NACC_INFO_REGION_BASE = 1,
	NACC_INFO_REGION_SIZE = 2,
	NACC_INFO_FRAME_BASE = 3,
	NACC_INFO_NR_FRAMES = 4,
	NACC_INFO_STATE = 5,
	NACC_INFO_AD = 6,
	NACC_INFO_ARMED = 7,
	NACC_INFO_HARTS = 8,
	NACC_INFO_WALKER = 9,
	NACC_INFO_SELFTEST = 10,
	NACC_INFO_LAST_TAG = 11,
	NACC_INFO_INVAL = 12,
	NACC_INFO_WITHHELD = 13,
	NACC_INFO_LOCK_WAITS = 14,
	NACC_INFO_TABLES = 15,
	NACC_INFO_REFUSED = 16,
	NACC_INFO_GUARD = 17,
	NACC_INFO_SATP = 18,
	NACC_INFO_EVIDENCE = 19,
	NACC_INFO_SECRETS = 20,
	NACC_INFO_VECTOR = 21,
	NACC_INFO_MAX,
};

#define NACC_STATE_SET_UP		(1UL << 0)
#define NACC_STATE_LOCKED		(1UL << 1)
#define NACC_STATE_PROVENANCE_SHIFT	4
#define NACC_STATE_MODE_SHIFT		8

/**
 * enum nacc_ad - who sets the A and D bits of a page-table entry
 *
 * @NACC_AD_FIXED: menvcfg.ADUE is not there or reads zero for good: whatever
 *	the hart does, the shim cannot choose (QEMU 7.2 updates in hardware)
 * @NACC_AD_FAULT: menvcfg.ADUE is there and the shim holds it at zero: the
 *	walker faults and the kernel sets the bits by a mediated store
 */
enum nacc_ad {
	NACC_AD_FIXED = 0,
	NACC_AD_FAULT = 1,
};

/**
 * enum nacc_walker - what the page-table walker of a hart does in R-only memory
 *	when A or D is missing, as tried at each start of the hart
 *
 * @NACC_WALKER_UNKNOWN: nothing else of this, or the harts differ
 * @NACC_WALKER_FAULTS: page fault: the kernel sets the bits by a mediated store
 * @NACC_WALKER_SETS: sets them, PMP or not: it can set these bits only
 * @NACC_WALKER_DENIED: access fault: the shim sets them
 */
enum nacc_walker {
	NACC_WALKER_UNKNOWN = 0,
	NACC_WALKER_FAULTS = 1,
	NACC_WALKER_SETS = 2,
	NACC_WALKER_DENIED = 3,
};

/**
 * enum nacc_inval - what cbo.inval of S-mode does (Zicbom, menvcfg.CBIE)
 *
 * @NACC_INVAL_NONE: it is not there or traps
 * @NACC_INVAL_FLUSHES: it writes back what the cache holds
 * @NACC_INVAL_DISCARDS: it may throw that away, and CBIE cannot be set otherwise
 */
enum nacc_inval {
	NACC_INVAL_NONE = 0,
	NACC_INVAL_FLUSHES = 1,
	NACC_INVAL_DISCARDS = 2,
};

#endif /* NACC_SBI_INFO_H */
