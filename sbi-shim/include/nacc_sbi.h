/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: what S-mode may ask of the shim.
 *
 * This header, with nacc_sbi_counts.h, nacc_sbi_info.h, nacc_sbi_audit.h,
 * nacc_sbi_gate.h, nacc_sbi_seal.h, nacc_sbi_report.h, nacc_sbi_page.h and nacc_sbi_secret.h,
 * is the manual of the ABI; docs/sbi-abi.md is its prose twin.
 * Arguments go in a0..a5, the function in a6, the extension in a7 (RISC-V SBI
 * specification, "Binary Encoding"). a0 returns an SBI error, a1 a value. When
 * a0 is an error, a1 holds an enum nacc_reason that says why.
 *
 * Words used here:
 *   pool    physical memory that PMP makes read-only for S and U mode
 *   frame   one 4 KiB page of the pool, named by its index or its address
 *   table   a frame that holds a page table below the top level
 *   root    a frame with the top-level page table of an address space; its
 *           physical address is the name of the address space
 *   level   0 for the table that holds 4 KiB leaves, counting up to the root
 *   twin    the frame that takes the place of an ordinary page-table page
 *
 * Every buffer address is physical, page aligned, in S-mode RAM, outside the
 * pool, the firmware and the kernel image. The shim reads it once.
 */
#ifndef NACC_SBI_H
#define NACC_SBI_H

#include "nacc_sbi_counts.h"
#include "nacc_sbi_info.h"

#ifdef __KERNEL__
#include <linux/types.h>
typedef __u8 nacc_u8;
typedef __u16 nacc_u16;
typedef __u32 nacc_u32;
typedef __u64 nacc_u64;
#else
#include <stdint.h>
typedef uint8_t nacc_u8;
typedef uint16_t nacc_u16;
typedef uint32_t nacc_u32;
typedef uint64_t nacc_u64;
#endif

/** NACC_SBI_EID - extension ID, in SBI's experimental range ("NAC") */
#define NACC_SBI_EID			0x084E4143

/** NACC_SBI_ABI_VERSION - major in the high half, minor in the low half */
#define NACC_SBI_ABI_VERSION		0x00020005

/** NACC_SBI_PAGE_SIZE - size of a frame and of every one-page buffer */
#define NACC_SBI_PAGE_SIZE		4096UL

/** NACC_SBI_ENTRIES - page-table entries in one frame (privileged spec, Sv39) */
#define NACC_SBI_ENTRIES		512

/**
 * enum nacc_sbi_fid - functions of the extension
 *
 * @NACC_SBI_GET_INFO: a0 = enum nacc_sbi_info, a1 = number of it. Value: the item.
 *	INVALID_PARAM for an unknown item. Allowed before set-up.
 * @NACC_SBI_SETUP: a0 = physical address of a struct nacc_sbi_setup, a1 = its
 *	length in bytes, ranges included (at most NACC_SBI_SETUP_MAX, physically
 *	contiguous). Until the set-up is locked a later call replaces it. Once
 *	locked, a call with the same content returns ALREADY_AVAILABLE, with
 *	other content DENIED (a1 = NACC_REASON_LOCKED). Every function below
 *	returns INVALID_STATE (a1 = NACC_REASON_NOT_SET_UP) before the first,
 *	except STATS, AUDIT, LEARN, REPORT_BEGIN and REPORT.
 * @NACC_SBI_ARM: a0 = first frame, a1 = count (1..NACC_SBI_ARM_MAX). Free
 *	frames of the range become armed: ready to be linked by a trapped store.
 *	The caller has made their struct pages fit to be page-table pages.
 *	Value: how many became armed.
 * @NACC_SBI_DISARM: a0 = first frame, a1 = count (1..NACC_SBI_ARM_MAX). Armed
 *	frames of the range become free. Value: how many.
 * @NACC_SBI_AS_CREATE: a0 = tag, a1 = flags, NACC_SBI_AS_*. Take an armed frame as
 *	the root of a new address space. Locks the set-up. The tag is the caller's name
 *	for whose address space it is, and means nothing to the shim: each audit record
 *	about the address space carries it (since 1.3).
 *	The kernel half is copied from the kernel's root, the user half is empty. With
 *	NACC_SBI_AS_LIVE the address space is live at once, else it is being built.
 *	Value: physical address of the root. NO_SHMEM (EXHAUSTED) without an
 *	armed frame, INVALID_PARAM for an unknown flag.
 * @NACC_SBI_TABLE_ADOPT: a0 = root of an address space that is being built,
 *	a1 = level (0..top-1), a2 = source page. Take an armed frame, copy the
 *	source into it, each entry read once and validated; non-leaf entries must
 *	name unlinked tables of the next lower level of the same address space,
 *	which become linked. Value: physical address of the twin.
 *	DENIED with the reason if an entry is refused; nothing has changed then.
 * @NACC_SBI_TABLE_NEW: a0 = root of a live address space. Take an armed frame as
 *	an empty table of level 0 that no entry links yet: for a table that Linux
 *	keeps ready (the deposit of a huge page). Value: its physical address.
 *	NO_SHMEM (EXHAUSTED) without an armed frame.
 * @NACC_SBI_TABLE_LINK: a0 = table or root of level 1 or above of a live address
 *	space, a1 = entry (of a root: of its user half). If the entry is zero: take an
 *	armed frame as an empty table of the next lower level and write the link to it
 *	(its page number and V). Value: physical address of the new table.
 *	NO_SHMEM (EXHAUSTED) without an armed frame. ALREADY_AVAILABLE
 *	(NACC_REASON_TAKEN) if the entry is not zero: somebody was faster, which is no
 *	refusal and in no count of them.
 * @NACC_SBI_AS_FILL: a0 = root that is being built, a1 = source page. Fill the
 *	user half of the root from the source as TABLE_ADOPT does and make the
 *	address space live. The kernel half of the source is not looked at.
 * @NACC_SBI_MERGE_AD: a0 = table or root of a live address space, a1 = source
 *	page. Where the source's entry is a leaf that differs from the frame's
 *	only in A and D, set in the frame those of A and D that the source has.
 *	For bits that the hardware walker set in the old table while it was being
 *	copied. Value: entries changed.
 * @NACC_SBI_AS_RETIRE: a0 = root, a1 = one-page buffer, or 0. Release up to
 *	NACC_SBI_RETIRE_BATCH frames of the address space, linked or not; to the
 *	buffer write as u32 how many frames that were, then each as frame number |
 *	level << NACC_SBI_LEVEL_SHIFT, the root being the last. Value: 0: call
 *	again, or NACC_SBI_RETIRE_DONE when all are released, the root included.
 * @NACC_SBI_TABLE_RELEASE: a0 = a table that is not linked, a1 = set of the
 *	frames behind it: bit n is the n-th (bit 0, a0 itself, does not matter).
 *	All of them become released. INVALID_STATE if one is linked,
 *	INVALID_ADDRESS if one is no table, INVALID_PARAM if one is behind the
 *	pool: nothing has changed then, unless another hart has linked or released
 *	one of them during the call.
 * @NACC_SBI_FENCE: Make every hart execute SFENCE.VMA and leave the trap
 *	handler once. Frames released before the call are then fit for RECLAIM.
 *	FAILED (a1 = NACC_REASON_ROOT_IN_USE) if a hart's satp names a released
 *	root: those frames stay released. Waits for all harts; holds no lock.
 * @NACC_SBI_RECLAIM: a0 = first frame, a1 = count (1..NACC_SBI_RECLAIM_MAX).
 *	Released frames of the range that a FENCE has covered are emptied and
 *	become free. Value: how many.
 * @NACC_SBI_DRAIN: a0 = one-page buffer. Move records of adoptions made by
 *	trapped stores into the buffer as struct nacc_sbi_adoption, in no order.
 *	Value: how many (at most NACC_SBI_DRAIN_MAX). A frame with an undrained record is
 *	neither released nor reclaimed: RELEASE and RETIRE skip nothing, RECLAIM
 *	leaves it until it is drained.
 * @NACC_SBI_FRAMES: a0 = first frame, a1 = count (1..NACC_SBI_FRAMES_MAX),
 *	a2 = one-page buffer. Describe frames as struct nacc_sbi_frame. Value: how
 *	many were written (fewer at the end of the pool).
 * @NACC_SBI_STATS: a0 = one-page buffer. Write the counters as u64: first
 *	NACC_STAT_MAX of enum nacc_stat, then NACC_REASON_MAX refusal counts by
 *	enum nacc_reason. Value: how many u64.
 * @NACC_SBI_AUDIT: a0 = sequence number, a1 = one-page buffer. Copy audit
 *	records with that or a later number as struct nacc_sbi_audit, oldest
 *	first. Value: how many (at most NACC_SBI_AUDIT_MAX).
 * @NACC_SBI_TABLE_CHECK: a0 = table or root. Validate all its entries again as
 *	if each were being written now, links included. Value: live entries of
 *	the user part. DENIED with the reason if one breaks a rule.
 * @NACC_SBI_LOCK: Lock the set-up until reset: ranges, policy and kernel root
 *	cannot change any more. Success also if it is locked already.
 * @NACC_SBI_LEARN: a0 = one-page buffer. Write the unknown writers seen so far
 *	as struct nacc_sbi_unknown. Value: how many (at most NACC_SBI_LEARN_MAX).
 * @NACC_SBI_PROTECT: a0, a1 as for TAKE, a2 = bits 0..7 of an entry. In each of
 *	these entries that has V set and none of bits 54..63, put V, R, W, X, U and
 *	G as in a2, set A and D if they are set there, leave the rest, and validate
 *	the result. Value: entries written | other entries that are not as wanted
 *	and not zero << 16. DENIED as for EXCHANGE.
 * @NACC_SBI_UNLINKED: a0 = one-page buffer. Write as u32 the number of unlinked
 *	tables (at most NACC_SBI_UNLINKED_MAX), then each of them, as AS_RETIRE
 *	does. Value: how many there are in all.
 * @NACC_SBI_TAKE: a0 = table of level 0, a1 = first entry | number of entries
 *	<< 16, a2 = one-page buffer. Replace each of these entries that has V set
 *	by zero, and write what it held to the same place of the buffer; write
 *	zero there for the others, which stay. Value: entries taken | entries
 *	left that are not zero << 16.
 * @NACC_SBI_WRITE_PROTECT: a0, a1 as for TAKE. Clear W in each of these entries
 *	that is a leaf. Value: entries changed. DENIED (PAGE) for the table of a page.
 * @NACC_SBI_EXCHANGE: a0, a1 as for TAKE, a2 = buffer of two contiguous pages: in
 *	the first the new entries, in the second what the caller has read before.
 *	Where the two differ, validate the new entry and write it, provided that
 *	the table still holds what the caller has read; A and D bits that have
 *	come since stay. An entry is replaced by one that differs in bits 1..9 only,
 *	and only if V is set. Value: entries written | entries that differ but were
 *	not written << 16.
 *	DENIED with the reason at the first entry that breaks a rule
 *	(NACC_REASON_BAD_ADDRESS: it names another page); those before it are
 *	written.
 * @NACC_SBI_FORK: a0, a1 as for TAKE, a2 = one-page buffer, a3 = another table of
 *	level 0 of a live address space of the same tag (else DENIED, a1 =
 *	NACC_REASON_OWNER): that of the parent. Each of these entries
 *	becomes what the buffer has in the same place, if it is zero, and if the
 *	parent's entry in the same place is that, or is valid and differs in A, D and
 *	the two bits above them only, and in W if that is clear now. Where the buffer
 *	has zero nothing happens. Value: entries written | others << 16, which are
 *	for the kernel to store itself.
 * @NACC_SBI_UNLINK: a0 = table or root of level 1 or above of a live address space,
 *	a1 = first entry | number of entries << 16 (of a root: of its user half), a2 =
 *	one-page buffer. Each of these entries that links a table with no live entry
 *	becomes zero, and the table unlinked: to the buffer write as u32 how many,
 *	then each of them, as AS_RETIRE does. Value: tables unlinked | entries left
 *	that are not zero << 16.
 * @NACC_SBI_AS_BIND: a0 = root of an address space that is not retiring, a1 = the mm
 *	that it is of, by its virtual address, a2 = enum nacc_bound. From now on a
 *	registered site that loads a root for this mm loads this one. A root is bound to
 *	one mm, an mm to one root; once bound, only a2 may change. INVALID_STATE
 *	(AS_STATE) while roots are not guarded, if either is bound otherwise.
 *	AS_RETIRE ends it, and returns DENIED (NACC_REASON_ROOT_IN_USE) while a
 *	hart has the root in satp (since 2.1).
 * @NACC_SBI_GUARD: a0 = NACC_GUARD_*, a1 = virtual address of S-mode code, or 0, a2 =
 *	physical address of a root that may be loaded as the kernel's may, or 0.
 *	From the return on each write of satp on each hart is judged; with a0 = 0 none
 *	is. Locks the set-up. FAILED (NACC_REASON_GUEST) while a hart runs a machine,
 *	INVALID_STATE (AS_STATE) for a0 = 0 while roots are bound, DENIED (LOCKED)
 *	for another a1 or a2 than before while they are, INVALID_PARAM for unknown
 *	flags or what is no page for a2, NOT_SUPPORTED if a hart cannot. At a1 a hart
 *	goes on whose write of satp was refused: as in a trap, with sepc behind that
 *	instruction. Waits for all harts (since 2.1).
 * @NACC_SBI_SWITCH: a0 = an mm, a1 = a root, a2 = the root to go to. If this hart's
 *	satp names a1: load a2 as a registered site would for this mm, and forget all
 *	translations. Value: 1 if it did name it. INVALID_STATE while roots are not
 *	guarded, or if the mm's root is bound as NACC_BOUND (since 2.1).
 * @NACC_SBI_GATE_OPEN: a0 = tag. Take an armed frame as the record of a gated domain
 *	(struct nacc_sbi_gate), its mode NACC_GATE_OFF. Value: its physical address. NO_SHMEM
 *	(EXHAUSTED) without an armed frame; INVALID_STATE while roots are not guarded;
 *	NOT_SUPPORTED once an event of SSE has been enabled, which is refused while there
 *	is a record; or without D (since 2.2, as all that follow).
 * @NACC_SBI_GATE_SET: a0 = record, a1 = NACC_GATE_FLAGS. From now on it is in this mode, on
 *	other harts from their next FENCE. INVALID_PARAM for unknown flags.
 * @NACC_SBI_GATE_ALLOW: a0 = record, a1 = word of its list, a2 = what it becomes.
 * @NACC_SBI_GATE_CLOSE: a0 = record. It becomes released. INVALID_STATE (AS_STATE) while
 *	an address space has it.
 * @NACC_SBI_AS_GATE: a0 = root that is not retiring, a1 = record. From now on its threads
 *	go through the gate, as the mode of the record says: take an armed frame for their
 *	contexts. Until AS_RETIRE. Success also if it has that record. DENIED (OWNER) for
 *	another tag, INVALID_STATE (AS_STATE) for another record, NO_SHMEM (EXHAUSTED).
 *	While the root that the calling hart has in satp is gated, AS_BIND of a root that
 *	has no record is INVALID_STATE.
 * @NACC_SBI_CONTEXT: a0 = gated root, a1 = a task, as sscratch names it in user mode, a2 =
 *	enum nacc_context_call, a3 = for NACC_CONTEXT_OF_CHILD the calling task. OF_CHILD:
 *	the child begins with the registers that the caller has in its context, by the
 *	rules of clone(2) for its arguments, and with its handlers if that root is new;
 *	if the calling hart's root is not gated, as OF_OTHER. DENIED (THREAD) if the
 *	caller has no context, or is in no such call, or if the task is in user mode on
 *	that root just now; DENIED (OWNER) if a0 has another record than the calling
 *	hart's root. NO_SHMEM (EXHAUSTED) if a frame was wanted and none is armed.
 *	OF_OTHER: nothing happens if it has one and the gate is on; DENIED (THREAD) if
 *	the gate is on, a0 is bound, not as JOINING, and it has had a context or the calling
 *	hart's root is gated. END: success also if
 *	there is no such context.
 * @NACC_SBI_HANDLER: a0 = gated root, a1 = signal, a2 = virtual address: a handler registered
 *	before the gate. DENIED (THREAD) once that is enforced, but of a root not bound, or joining.
 * @NACC_SBI_SEAL: see nacc_sbi_seal.h (since 2.3)
 * @NACC_SBI_REPORT_BEGIN: a0 = tag of a domain, or 0: none, a1 = page with a struct
 *	nacc_sbi_report. Begin a report, and forget one that was begun. Allowed before
 *	set-up. INVALID_PARAM (BAD_COUNT) for a length that is none (since 2.3, as REPORT).
 * @NACC_SBI_REPORT: a0 = one-page buffer. Do a part of what the report wants. Value: 0:
 *	call again; or its length: it is in the buffer, and over. INVALID_STATE (AS_STATE)
 *	if none was begun. Both: ALREADY_AVAILABLE (NACC_REASON_TAKEN) while another hart
 *	is at it, which is no refusal; NOT_SUPPORTED if the firmware has no key.
 * @NACC_SBI_PAGE_OPEN: this and the next two: see nacc_sbi_page.h (since 2.3)
 * @NACC_SBI_PAGE_CLOSE: see there
 * @NACC_SBI_AS_PAGE: see there
 * @NACC_SBI_FID_MAX: one more than the highest number
 *
 * Functions not listed return NOT_SUPPORTED.
 */
enum nacc_sbi_fid {
	NACC_SBI_GET_INFO = 0,
	NACC_SBI_SETUP = 1,
	NACC_SBI_ARM = 2,
	NACC_SBI_DISARM = 3,
	NACC_SBI_AS_CREATE = 4,
	NACC_SBI_TABLE_ADOPT = 5,
	NACC_SBI_AS_FILL = 6,
	NACC_SBI_MERGE_AD = 7,
	NACC_SBI_AS_RETIRE = 8,
	NACC_SBI_TABLE_RELEASE = 9,
	NACC_SBI_FENCE = 10,
	NACC_SBI_RECLAIM = 11,
	NACC_SBI_DRAIN = 12,
	NACC_SBI_FRAMES = 13,
	NACC_SBI_STATS = 14,
	NACC_SBI_AUDIT = 15,
	NACC_SBI_TABLE_CHECK = 16,
	NACC_SBI_LOCK = 17,
	NACC_SBI_LEARN = 18,
	NACC_SBI_TAKE = 19,
	NACC_SBI_WRITE_PROTECT = 20,
	NACC_SBI_EXCHANGE = 21,
	NACC_SBI_UNLINKED = 22,
	NACC_SBI_PROTECT = 23,
	NACC_SBI_TABLE_NEW = 24,
	NACC_SBI_TABLE_LINK = 25,
	NACC_SBI_FORK = 26,
	NACC_SBI_UNLINK = 27,
	NACC_SBI_AS_BIND = 28,
	NACC_SBI_GUARD = 29,
	NACC_SBI_SWITCH = 30,
	NACC_SBI_GATE_OPEN = 31,
	NACC_SBI_GATE_SET = 32,
	NACC_SBI_GATE_ALLOW = 33,
	NACC_SBI_GATE_CLOSE = 34,
	NACC_SBI_AS_GATE = 35,
	NACC_SBI_CONTEXT = 36,
	NACC_SBI_HANDLER = 37,
	NACC_SBI_SEAL = 38,
	NACC_SBI_REPORT_BEGIN = 40,
	NACC_SBI_REPORT = 41,
	NACC_SBI_PAGE_OPEN = 42,
	NACC_SBI_PAGE_CLOSE = 43,
	NACC_SBI_AS_PAGE = 44,
	NACC_SBI_FID_MAX,
};

/** NACC_SBI_AS_LIVE - flag of AS_CREATE: no AS_FILL is to follow */
#define NACC_SBI_AS_LIVE		(1UL << 0)

/**
 * enum nacc_bound - how an mm and its root belong together
 *
 * @NACC_BOUND_NOT: not at all
 * @NACC_BOUND: to this mm, whatever it names, its own root is loaded
 * @NACC_BOUND_JOINING: the same, but that it names another is not a refusal: the mm
 *	has just moved to it
 * @NACC_BOUND_LEAVING: an ordinary root may be named as well: it is about to move there.
 *	Not with NACC_GUARD_SYSTEM
 */
enum nacc_bound {
	NACC_BOUND_NOT = 0,
	NACC_BOUND = 1,
	NACC_BOUND_JOINING = 2,
	NACC_BOUND_LEAVING = 3,
	NACC_BOUND_MAX,
};

/** NACC_GUARD_ON - roots can be bound: who names which is judged */
#define NACC_GUARD_ON			(1UL << 0)
/** NACC_GUARD_SYSTEM - no hart has another root than bound ones, the kernel's and a2 of GUARD */
#define NACC_GUARD_SYSTEM		(1UL << 1)
#define NACC_GUARD_FLAGS		(NACC_GUARD_ON | NACC_GUARD_SYSTEM)

/** Bounds on one call: the work of a call never depends on its caller alone */
#define NACC_SBI_SETUP_MAX		65536UL
#define NACC_SBI_SITES_MAX		8
#define NACC_SBI_ARM_MAX		512
#define NACC_SBI_RETIRE_BATCH		1022
#define NACC_SBI_UNLINKED_MAX		1023
#define NACC_SBI_LEVEL_SHIFT		28
#define NACC_SBI_PROTECT_BITS		0x3fUL
#define NACC_SBI_PROTECT_WIDTH		8
#define NACC_SBI_RECLAIM_MAX		64
#define NACC_SBI_DRAIN_MAX		128
#define NACC_SBI_FRAMES_MAX		256
#define NACC_SBI_AUDIT_MAX		42
#define NACC_SBI_LEARN_MAX		128
#define NACC_SBI_RETIRE_DONE		(~0UL)

/**
 * enum nacc_provenance - what happens to a store from outside the writer ranges
 *	(I6); bits 0..1 of @flags of struct nacc_sbi_setup
 *
 * @NACC_PROVENANCE_OFF: performed if its value is well-formed
 * @NACC_PROVENANCE_AUDIT: performed, counted by PC (NACC_SBI_LEARN), audited
 * @NACC_PROVENANCE_ENFORCE: refused
 */
enum nacc_provenance {
	NACC_PROVENANCE_OFF = 0,
	NACC_PROVENANCE_AUDIT = 1,
	NACC_PROVENANCE_ENFORCE = 2,
};

/** NACC_SETUP_PROVENANCE_MASK - enum nacc_provenance in @flags; other bits zero */
#define NACC_SETUP_PROVENANCE_MASK	3U

/**
 * enum nacc_range_type - what a range given at set-up is
 *
 * @NACC_RANGE_WRITER: virtual addresses of code that writes page tables (I6)
 * @NACC_RANGE_USER_VISIBLE: physical pages of the kernel image that the kernel
 *	maps into user space by design (vDSO, its data, the zero page): a leaf may
 *	name them, never writable
 * @NACC_RANGE_FREED: physical pages of the kernel image that the kernel gave
 *	back to its page allocator (.init after boot): ordinary RAM for every rule
 */
enum nacc_range_type {
	NACC_RANGE_WRITER = 1,
	NACC_RANGE_USER_VISIBLE = 2,
	NACC_RANGE_FREED = 3,
};

/**
 * struct nacc_sbi_range - one range of struct nacc_sbi_setup
 * @start: first byte
 * @end: first byte behind it; end > start
 *
 * Writer ranges come first, sorted by @start and not overlapping; then the
 * user-visible ranges, then the freed ranges; both page aligned, inside the
 * kernel image. Last come the sites: @start is the address of an instruction of the
 * kernel's that writes satp, @end the number of the register that holds the mm there.
 * Their order in @ranges says what they are.
 */
struct nacc_sbi_range {
	nacc_u64 start;
	nacc_u64 end;
};

/**
 * struct nacc_sbi_setup - what the module tells the shim, once
 * @version: NACC_SBI_ABI_VERSION
 * @flags: NACC_SETUP_PROVENANCE_MASK
 * @kernel_root: physical address of the kernel's own root table
 * @linear_base: virtual address at which the kernel's linear map shows
 *	physical address 0 (that is, PAGE_OFFSET minus the base of RAM; may wrap)
 * @image_va: virtual address of the kernel image
 * @image_pa: its physical address, page aligned
 * @image_size: its size in bytes, page aligned, in RAM
 * @nr_writers: number of writer ranges (1..)
 * @nr_user_visible: number of user-visible ranges
 * @nr_freed: number of freed ranges
 * @nr_sites: number of sites (0..NACC_SBI_SITES_MAX)
 * @ranges: the ranges
 */
struct nacc_sbi_setup {
	nacc_u32 version;
	nacc_u32 flags;
	nacc_u64 kernel_root;
	nacc_u64 linear_base;
	nacc_u64 image_va;
	nacc_u64 image_pa;
	nacc_u64 image_size;
	nacc_u32 nr_writers;
	nacc_u32 nr_user_visible;
	nacc_u32 nr_freed;
	nacc_u32 nr_sites;
	struct nacc_sbi_range ranges[];
};

/**
 * enum nacc_frame_type - what a frame is (I2: exactly one of these)
 *
 * @NACC_FRAME_FREE: zeroed, owned by nobody
 * @NACC_FRAME_ARMED: zeroed, ready to be taken by an adoption
 * @NACC_FRAME_ROOT: top-level table
 * @NACC_FRAME_TABLE: table below the root
 * @NACC_FRAME_RELEASED: was a root or a table; waits for a fence (I8)
 * @NACC_FRAME_CONTEXT: contexts of an address space, its @owner; or what goes with them, which
 *	has a parent; or the record of a gated domain, its own owner (nacc_sbi_gate.h)
 * @NACC_FRAME_PAGE: what programs see of their protection; owns itself (nacc_sbi_page.h)
 */
enum nacc_frame_type {
	NACC_FRAME_FREE = 0,
	NACC_FRAME_ARMED = 1,
	NACC_FRAME_ROOT = 2,
	NACC_FRAME_TABLE = 3,
	NACC_FRAME_RELEASED = 4,
	NACC_FRAME_CONTEXT = 5,
	NACC_FRAME_PAGE = 6,
	NACC_FRAME_TYPE_MAX,
};

/** NACC_FRAME_NONE - "no frame" in owner and parent */
#define NACC_FRAME_NONE			0xffffffffU

/**
 * struct nacc_sbi_frame - one frame as NACC_SBI_FRAMES describes it
 * @type: enum nacc_frame_type
 * @level: level of a root or table, else 0
 * @live: entries that are not zero; of a root, in the user half
 * @owner: frame index of the root, or NACC_FRAME_NONE
 * @parent: frame that links this one, or NACC_FRAME_NONE; of a page: see nacc_sbi_page.h
 * @slot: entry of @parent that links this one; of a root: enum nacc_bound
 * @flags: NACC_FRAME_FLAG_*
 */
struct nacc_sbi_frame {
	nacc_u8 type;
	nacc_u8 level;
	nacc_u16 live;
	nacc_u32 owner;
	nacc_u32 parent;
	nacc_u16 slot;
	nacc_u16 flags;
};

/** The adoption record of this frame has not been drained yet */
#define NACC_FRAME_FLAG_UNDRAINED	(1U << 0)
/** The address space of this root is still being built */
#define NACC_FRAME_FLAG_BUILDING	(1U << 1)
/** The address space of this root is being retired */
#define NACC_FRAME_FLAG_RETIRING	(1U << 2)
/** Something is sealed that this table translates; of a CONTEXT: it holds what is sealed */
#define NACC_FRAME_FLAG_SEALED		(1U << 3)

/**
 * struct nacc_sbi_adoption - a page-table page of Linux that got a twin
 * @original: physical address of the page that the store named; it is not
 *	referenced by any protected table and may be freed
 * @twin: physical address of the frame that was linked instead
 * @root: address space that adopted it
 * @level: level of the twin
 * @pad: zero
 */
struct nacc_sbi_adoption {
	nacc_u64 original;
	nacc_u64 twin;
	nacc_u64 root;
	nacc_u32 level;
	nacc_u32 pad;
};

#include "nacc_sbi_audit.h"
#include "nacc_sbi_gate.h"
#include "nacc_sbi_seal.h"
#include "nacc_sbi_report.h"
#include "nacc_sbi_page.h"
#include "nacc_sbi_secret.h"

#endif /* NACC_SBI_H */
