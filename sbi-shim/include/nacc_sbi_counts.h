/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: what the shim counts and names. Reasons to refuse a
 * store or a call, and the counters of NACC_SBI_STATS; part of nacc_sbi.h.
 */
#ifndef NACC_SBI_COUNTS_H
#define NACC_SBI_COUNTS_H

/**
 * enum nacc_reason - why a store or a call was refused
 *
 * Each has a name (NACC_REASON_NAMES), a counter and, for stores, roots, returns to user mode
 * and calls that are a deputy's or about what is sealed, a line in the audit ring. Append only.
 *
 * @NACC_REASON_NONE: not refused
 * @NACC_REASON_NOT_A_STORE: the trapped instruction is none that the shim
 *	performs (vector, floating point, cbo.zero, sc, amocas, ...)
 * @NACC_REASON_WIDTH: a store that is not 8 bytes wide
 * @NACC_REASON_MISALIGNED: address not a multiple of the width, or a store that
 *	begins in another page: then the address recorded is where the frame begins
 * @NACC_REASON_PRIVILEGE: the store came from U-mode
 * @NACC_REASON_NOT_A_TABLE: the frame is free, armed, released or the shim's
 * @NACC_REASON_PROVENANCE: the PC is not in a writer range (I6)
 * @NACC_REASON_RESERVED_BITS: reserved or G bit set; N or PBMT set that the
 *	harts do not have, or in a form that is reserved; W without R; A, D, U, N or
 *	PBMT in a non-leaf
 * @NACC_REASON_NOT_USER: leaf of the user half without U
 * @NACC_REASON_LEAF_POOL: leaf that overlaps the pool
 * @NACC_REASON_LEAF_FIRMWARE: leaf that overlaps the firmware
 * @NACC_REASON_LEAF_KERNEL: leaf that overlaps the kernel image
 * @NACC_REASON_SUPERPAGE: superpage whose address is not aligned to its size
 * @NACC_REASON_LEVEL: link to a table of another level, or a link at level 0
 * @NACC_REASON_OWNER: link to a table of another address space
 * @NACC_REASON_DOUBLE_LINK: link to a table that is linked elsewhere
 * @NACC_REASON_KERNEL_HALF: not the value that the kernel's root has there (I5)
 * @NACC_REASON_LINK_NOT_RAM: link to a page that is not S-mode RAM
 * @NACC_REASON_NESTED: adopted page holds links of its own that are no tables
 *	of this address space
 * @NACC_REASON_EXHAUSTED: no armed frame left
 * @NACC_REASON_AS_STATE: address space not in the state that this needs
 * @NACC_REASON_NOT_SET_UP: NACC_SBI_SETUP has not happened
 * @NACC_REASON_BAD_ADDRESS: argument not an aligned address of the right kind; an
 *	entry for NACC_SBI_EXCHANGE that is not of the page that it would replace; or a
 *	store that links a page with an entry for what was not there before
 * @NACC_REASON_BAD_COUNT: argument out of its range
 * @NACC_REASON_LINKED: table still linked
 * @NACC_REASON_ROOT_IN_USE: a hart's satp names a released root
 * @NACC_REASON_LOCKED: set-up differs from the one in force, or what GUARD was given
 * @NACC_REASON_DEPUTY: an SBI call, of whatever extension, by which M-mode would
 *	read or write memory that is not the caller's to name (I16)
 * @NACC_REASON_TAKEN: the entry is not zero: somebody was faster. Not counted
 * @NACC_REASON_ROOT_FORGED: an mm named another root than the one it is bound to (I14)
 * @NACC_REASON_ROOT_FOREIGN: a root was named that is not the mm's to name (I14)
 * @NACC_REASON_GUEST: a hart has a virtual machine's tables in hgatp, or sret goes to one
 * @NACC_REASON_CONTEXT: a thread would return to user mode with other registers than its
 *	context has, beyond what the kernel may change
 * @NACC_REASON_THREAD: there is no context for the thread that would return to user mode, on
 *	that root, or it is there already; or no caller for a child's
 * @NACC_REASON_SYSCALL: a system call that the list of its domain does not have
 * @NACC_REASON_SEALED: an entry on the way to a sealed page would change (since 2.3)
 * @NACC_REASON_PAGE: where an address space has the page for its program nothing else may stand
 * @NACC_REASON_MAX: number of reasons
 */
enum nacc_reason {
	NACC_REASON_NONE = 0,
	NACC_REASON_NOT_A_STORE = 1,
	NACC_REASON_WIDTH = 2,
	NACC_REASON_MISALIGNED = 3,
	NACC_REASON_PRIVILEGE = 4,
	NACC_REASON_NOT_A_TABLE = 5,
	NACC_REASON_PROVENANCE = 6,
	NACC_REASON_RESERVED_BITS = 7,
	NACC_REASON_NOT_USER = 8,
	NACC_REASON_LEAF_POOL = 9,
	NACC_REASON_LEAF_FIRMWARE = 10,
	NACC_REASON_LEAF_KERNEL = 11,
	NACC_REASON_SUPERPAGE = 12,
	NACC_REASON_LEVEL = 13,
	NACC_REASON_OWNER = 14,
	NACC_REASON_DOUBLE_LINK = 15,
	NACC_REASON_KERNEL_HALF = 16,
	NACC_REASON_LINK_NOT_RAM = 17,
	NACC_REASON_NESTED = 18,
	NACC_REASON_EXHAUSTED = 19,
	NACC_REASON_AS_STATE = 20,
	NACC_REASON_NOT_SET_UP = 21,
	NACC_REASON_BAD_ADDRESS = 22,
	NACC_REASON_BAD_COUNT = 23,
	NACC_REASON_LINKED = 24,
	NACC_REASON_ROOT_IN_USE = 25,
	NACC_REASON_LOCKED = 26,
	NACC_REASON_DEPUTY = 27,
	NACC_REASON_TAKEN = 28,
	NACC_REASON_ROOT_FORGED = 29,
	NACC_REASON_ROOT_FOREIGN = 30,
	NACC_REASON_GUEST = 31,
	NACC_REASON_CONTEXT = 32,
	NACC_REASON_THREAD = 33,
	NACC_REASON_SYSCALL = 34,
	NACC_REASON_SEALED = 35,
	NACC_REASON_PAGE = 36,
	NACC_REASON_MAX,
};

/** NACC_REASON_NAMES - initialiser: user-facing name of each reason */
#define NACC_REASON_NAMES \
	"none", "not-a-store", "width", "misaligned", "privilege", \
	"not-a-table", "provenance", "reserved-bits", "not-user", \
	"leaf-pool", "leaf-firmware", "leaf-kernel", "superpage", "level", \
	"owner", "double-link", "kernel-half", "link-not-ram", "nested", \
	"exhausted", "as-state", "not-set-up", "bad-address", "bad-count", \
	"linked", "root-in-use", "locked", "deputy", "taken", "root-forged", \
	"root-foreign", "virtual-machine", "context", "thread", "syscall", "sealed", \
	"page"

/**
 * enum nacc_stat - counters of NACC_SBI_STATS
 *
 * @NACC_STAT_TRAPS: store faults on the region
 * @NACC_STAT_STORES: stores performed
 * @NACC_STAT_AMOS: atomic memory operations performed
 * @NACC_STAT_LINKS: links to tables made by stores
 * @NACC_STAT_UNLINKS: links removed by stores and UNLINK
 * @NACC_STAT_ADOPTED_TRAP: adoptions made by stores
 * @NACC_STAT_ADOPTED_CALL: tables made by TABLE_ADOPT, TABLE_NEW, TABLE_LINK
 * @NACC_STAT_ECALLS: calls of this extension
 * @NACC_STAT_FENCES: fences done
 * @NACC_STAT_RECLAIMED: frames zeroed and freed
 * @NACC_STAT_REFUSED: stores refused; see NACC_STAT_RETRIED and _SELFTESTS
 * @NACC_STAT_AD_FAULTS: walker faults resolved by setting A or D
 * @NACC_STAT_FRAMES_FREE: frames of each type now, this and the next four
 * @NACC_STAT_FRAMES_ARMED: see above
 * @NACC_STAT_FRAMES_ROOT: see above
 * @NACC_STAT_FRAMES_TABLE: see above
 * @NACC_STAT_FRAMES_RELEASED: see above
 * @NACC_STAT_UNDRAINED: adoption records waiting
 * @NACC_STAT_UNLINKED: tables that are not linked now
 * @NACC_STAT_AUDIT_NEXT: sequence number that the next audit record will get
 * @NACC_STAT_SKIPPED: stores of a registered writer that were refused and
 *	skipped instead of faulted
 * @NACC_STAT_UNKNOWN: stores performed although their PC is in no writer range
 * @NACC_STAT_FAST: stores and AMOs performed within the trap vector, the common ones
 * @NACC_STAT_BATCHED: entries written by TAKE, WRITE_PROTECT, PROTECT, EXCHANGE
 *	and FORK
 * @NACC_STAT_SELFTESTS: stores to the page of NACC_INFO_SELFTEST, which are in no
 *	other count of refusals (since 1.3)
 * @NACC_STAT_RETRIED: refused stores that the hart made again at once, with nothing
 *	changed, as Linux does where a page fault may be about a new mapping. They
 *	are in no other count of refusals and have no record of their own (since 1.3)
 * @NACC_STAT_LOCK_WAITS: how often a hart found a lock of the shim held by another
 *	(since 2.0; NACC_INFO_LOCK_WAITS has it by hart)
 * @NACC_STAT_FRAMES_CONTEXT: frames of that type now (since 2.2)
 * @NACC_STAT_FRAMES_PAGE: frames of that type now (since 2.3)
 * @NACC_STAT_MAX: number of counters
 */
enum nacc_stat {
	NACC_STAT_TRAPS = 0,
	NACC_STAT_STORES = 1,
	NACC_STAT_AMOS = 2,
	NACC_STAT_LINKS = 3,
	NACC_STAT_UNLINKS = 4,
	NACC_STAT_ADOPTED_TRAP = 5,
	NACC_STAT_ADOPTED_CALL = 6,
	NACC_STAT_ECALLS = 7,
	NACC_STAT_FENCES = 8,
	NACC_STAT_RECLAIMED = 9,
	NACC_STAT_REFUSED = 10,
	NACC_STAT_AD_FAULTS = 11,
	NACC_STAT_FRAMES_FREE = 12,
	NACC_STAT_FRAMES_ARMED = 13,
	NACC_STAT_FRAMES_ROOT = 14,
	NACC_STAT_FRAMES_TABLE = 15,
	NACC_STAT_FRAMES_RELEASED = 16,
	NACC_STAT_UNDRAINED = 17,
	NACC_STAT_UNLINKED = 18,
	NACC_STAT_AUDIT_NEXT = 19,
	NACC_STAT_SKIPPED = 20,
	NACC_STAT_UNKNOWN = 21,
	NACC_STAT_FAST = 22,
	NACC_STAT_BATCHED = 23,
	NACC_STAT_SELFTESTS = 24,
	NACC_STAT_RETRIED = 25,
	NACC_STAT_LOCK_WAITS = 26,
	NACC_STAT_FRAMES_CONTEXT = 27,
	NACC_STAT_FRAMES_PAGE = 28,
	NACC_STAT_MAX,
};

/** NACC_STAT_NAMES - initialiser: user-facing name of each counter */
#define NACC_STAT_NAMES \
	"traps", "stores", "amos", "links", "unlinks", "adopted_trap", \
	"adopted_call", "ecalls", "fences", "reclaimed", "refused", \
	"ad_faults", "frames_free", "frames_armed", "frames_root", \
	"frames_table", "frames_released", "undrained", "unlinked", \
	"audit_next", "skipped", "unknown_writer", "fast", "batched", \
	"selftests", "retried", "lock_waits", "frames_context", \
	"frames_page"

#endif /* NACC_SBI_COUNTS_H */
