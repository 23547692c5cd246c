/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: what the shim keeps on record, for NACC_SBI_LEARN and
 * NACC_SBI_AUDIT; part of nacc_sbi.h.
 */
#ifndef NACC_SBI_AUDIT_H
#define NACC_SBI_AUDIT_H

/**
 * struct nacc_sbi_unknown - code outside the writer ranges that wrote a table
 * @pc: address of the store; 0: of all that found no place of their own
 * @count: how often it was seen
 */
struct nacc_sbi_unknown {
	nacc_u64 pc;
	nacc_u64 count;
};

/**
 * struct nacc_sbi_audit - one refused store, SBI call (NACC_AUDIT_CALL) or write of
 *	satp (NACC_AUDIT_ROOT)
 * @seq: sequence number, from 0, without gaps
 * @time: the time CSR when it was refused
 * @pc: address of the instruction
 * @addr: virtual address that faulted; of a call: physical address that it names; of
 *	a root: the mm that named it, or 0
 * @old: what memory, or satp, held; of a call: the extension (a7)
 * @val: what the store would have written (0 if it could not be decoded); of a
 *	call: how many bytes, entries or counters it names
 * @root: address space of the frame, or 0
 * @owner_pa: physical address of the frame, or 0; of a root: the one that was named
 * @reason: enum nacc_reason
 * @insn: the instruction, or 0; of a call: the function (a6)
 * @hart: hart ID
 * @level: level of the frame
 * @flags: NACC_AUDIT_*
 * @tag: of the address space: what AS_CREATE was given, or 0 without @root
 * @task: what the kernel keeps in tp: of riscv Linux, the task_struct of the task
 *	that the hart ran. From U-mode sscratch, where that is then. Not checked by
 *	anyone: to be compared, never followed
 *
 * Since 1.3 with @tag and @task.
 */
struct nacc_sbi_audit {
	nacc_u64 seq;
	nacc_u64 time;
	nacc_u64 pc;
	nacc_u64 addr;
	nacc_u64 old;
	nacc_u64 val;
	nacc_u64 root;
	nacc_u64 owner_pa;
	nacc_u32 reason;
	nacc_u32 insn;
	nacc_u32 hart;
	nacc_u16 level;
	nacc_u16 flags;
	nacc_u64 tag;
	nacc_u64 task;
};

/** It was performed all the same (NACC_PROVENANCE_AUDIT, NACC_GATE_AUDIT) */
#define NACC_AUDIT_PERFORMED	(1U << 0)
/**
 * The store was skipped: it came from a registered writer, which may hold
 * page-table locks, so execution went on behind it instead of faulting. The
 * container that owns the table is to be ended.
 */
#define NACC_AUDIT_SKIPPED	(1U << 1)
/** An SBI call, not a store: it returned an error to its caller */
#define NACC_AUDIT_CALL		(1U << 2)
/** A write of satp, which got another root */
#define NACC_AUDIT_ROOT		(1U << 3)
/**
 * A return to user mode: @pc is where to, @insn the register (0: pc itself), @old what it
 * should have been, @val what the kernel had; @addr: cause of the trap that it returns from.
 * With NACC_REASON_SYSCALL a call from there: @pc is where, @val its number
 */
#define NACC_AUDIT_TURN		(1U << 4)

#endif /* NACC_SBI_AUDIT_H */
