/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * /dev/nacc: the gate, by which the threads of a domain come from user mode and go back to
 * it; part of nacc.h, whose rules hold here, too. Since version 1.6.
 *
 * While the gate of a domain is on, the firmware keeps the registers of each thread of it
 * when it leaves user mode, and compares when it returns: sbi-shim/include/nacc_sbi_gate.h.
 * NACC_IOC_GATE, _SYSCALLS and _ALLOW may also be used by who has marked himself, about the
 * domain that is his; -EPERM for any other. _TRACED may not.
 */
#ifndef _UAPI_LINUX_NACC_GATE_H
#define _UAPI_LINUX_NACC_GATE_H

/** NACC_GATE_ASK - leave the mode as it is */
#define NACC_GATE_ASK		(~0U)
/** NACC_GATE_KEEP - flag, with a mode: flags in force stay, and those named come to them */
#define NACC_GATE_KEEP		(1U << 31)

/**
 * struct nacc_gate - see or change the gate of a domain (NACC_IOC_GATE)
 * @size: sizeof(struct nacc_gate)
 * @flags: in: NACC_GATE_PTRACE, NACC_GATE_LIST of nacc_sbi_gate.h, NACC_GATE_KEEP (since
 *	1.8); zero with NACC_GATE_ASK. Out: those in force
 * @domain: ID of the domain
 * @mode: in: enum nacc_gate_mode of nacc_sbi_gate.h: 0 off, 1 audit, 2 enforce; or
 *	NACC_GATE_ASK. Out: what is in force
 *
 * When it is switched on each thread of the domain goes on with the registers that it has
 * then; those that come are watched from their beginning. Nobody begins in the domain or
 * joins it meanwhile. An address space stays gated, also in another domain, until it ends or
 * is unmarked.
 *
 * Switched off with NACC_GATE_KEEP it has its flags, until it is switched without that. Its list
 * stays in any case.
 *
 * A frame of the pool is taken for each address space with up to two threads, another for
 * each four more, and one for the domain. Where there is none a new thread is not made:
 * -EAGAIN, and a new process -ENOMEM.
 *
 * A process that is marked, as part of the system profile's domain, does not come to a
 * domain whose gate has been on: -EXDEV from NACC_IOC_MARK.
 *
 * Errors: -ENOENT (no such domain), -EINVAL (mode or flags), -EOPNOTSUPP (the kernel chooses
 * roots: strict=; or a function that must be hooked cannot be: the kernel's log says which),
 * -ENOMEM (no frame; the mode is as before), -EXDEV (it has address spaces that began in
 * different domains), -EBUSY (it is being unmarked), -EOWNERDEAD (it is being ended), -EINTR
 * (a signal arrived; the mode is as before).
 */
struct nacc_gate {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 mode;
};

/** NACC_CALLS - system calls that are counted one by one: those with a number below this */
#define NACC_CALLS		512

/**
 * struct nacc_syscalls - system calls that were made in a domain (NACC_IOC_SYSCALLS)
 * @size: sizeof(struct nacc_syscalls)
 * @flags: in: zero; out: as struct nacc_gate has them
 * @domain: ID of the domain
 * @mode: out: mode of its gate
 * @count: room in @counts, at most NACC_CALLS
 * @pad: zero
 * @counts: user pointer to an array of __u32: how often each was made, by number
 * @other_calls: out: calls with other numbers
 * @refused: out: returns to user mode that did not fit
 * @refused_calls: out: calls that the list does not have
 * @allowed: out: the list, see struct nacc_allow
 *
 * Counted while the gate is on, from when it was first. The numbers are not of one moment.
 *
 * Errors: -ENOENT (no such domain), -ENODATA (its gate was never on), -EINVAL, -EFAULT,
 * -ENOMEM.
 */
struct nacc_syscalls {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 mode;
	__u32 count;
	__u32 pad;
	__u64 counts;
	__u64 other_calls;
	__u64 refused;
	__u64 refused_calls;
	__u64 allowed[NACC_CALLS / 64];
};

/**
 * enum nacc_traced_flags - what to do before and after the numbers are read
 *
 * @NACC_TRACED_BEGIN: count from now on; what is counted already goes on
 * @NACC_TRACED_END: forget them afterwards, whoever has begun it
 * @NACC_TRACED_HOLD: with NACC_TRACED_BEGIN: until this file is closed. Who has begun without it,
 *	or holds it by another file, goes on
 */
enum nacc_traced_flags {
	NACC_TRACED_BEGIN = 1U << 0,
	NACC_TRACED_END = 1U << 1,
	NACC_TRACED_HOLD = 1U << 2,
};

/**
 * struct nacc_traced - system calls of a domain, as the kernel has counted them
 *	(NACC_IOC_TRACED)
 * @size: sizeof(struct nacc_traced)
 * @flags: of enum nacc_traced_flags, or zero
 * @domain: ID of the domain
 * @count: room in @counts, at most NACC_CALLS
 * @counts: user pointer to an array of __u32: how often each was made, by number
 * @other_calls: out: calls with other numbers
 * @begun: out: when counting began, ns since boot (CLOCK_BOOTTIME)
 * @now: out: when the numbers were read, or counting had ended, since nobody had asked for a day
 *
 * With a gate or without, by the kernel's tracepoint sys_enter: who can write the kernel's
 * memory can change them, and calls that seccomp has refused are not among them. While anything
 * is counted so each system call of the machine takes longer.
 *
 * Errors: -ENOENT (no such domain), -ENODATA (nothing is counted), -EOPNOTSUPP (the kernel has
 * no such tracepoint), -EINVAL, -EFAULT, -ENOMEM.
 */
struct nacc_traced {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 count;
	__u64 counts;
	__u64 other_calls;
	__u64 begun;
	__u64 now;
};

/**
 * struct nacc_allow - which system calls a domain may make (NACC_IOC_ALLOW)
 * @size: sizeof(struct nacc_allow)
 * @flags: zero
 * @domain: ID of the domain
 * @pad: zero
 * @allowed: the list: bit N % 64 of word N / 64 is call N
 *
 * It is kept to while the gate is on with NACC_GATE_LIST, and takes the place of the one
 * before.
 *
 * Errors: -EINVAL; those of NACC_IOC_GATE.
 */
struct nacc_allow {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 pad;
	__u64 allowed[NACC_CALLS / 64];
};

/**
 * struct nacc_context - what the firmware has of one thread
 * @frame: physical address of the page that it is in
 * @pc: where it was, or will go on
 * @cause: mcause of its last trap
 * @state: enum nacc_context_state of nacc_sbi_gate.h
 * @hart: hart on which it was last in user mode
 * @pid: the thread's number in the initial PID namespace, or 0: there is none any more
 * @pad: zero
 */
struct nacc_context {
	__u64 frame;
	__u64 pc;
	__u64 cause;
	__u32 state;
	__u32 hart;
	__s32 pid;
	__u32 pad;
};

/** NACC_CONTEXTS_MAX - most contexts one NACC_IOC_CONTEXTS may ask for */
#define NACC_CONTEXTS_MAX	65536

/**
 * struct nacc_contexts - the contexts of the threads of a process (NACC_IOC_CONTEXTS)
 * @size: sizeof(struct nacc_contexts)
 * @flags: zero
 * @pidfd: pidfd of any user process
 * @count: in: room in @contexts (1..NACC_CONTEXTS_MAX); out: how many there are, of which
 *	as many are written as there is room for
 * @contexts: user pointer to an array of struct nacc_context
 * @gate: out: physical address of the record of the gate, or 0: the process is not gated
 * @frames: out: pages that hold its contexts
 * @pad: zero
 *
 * A process that runs changes them meanwhile.
 *
 * Errors: -EBADF, -ESRCH, -EINVAL (kernel thread, count), -EFAULT, -ENOMEM, -EPERM (lockdown
 * for confidentiality).
 */
struct nacc_contexts {
	__u32 size;
	__u32 flags;
	__s32 pidfd;
	__u32 count;
	__u64 contexts;
	__u64 gate;
	__u32 frames;
	__u32 pad;
};

#define NACC_IOC_GATE		_IOWR(NACC_IOC_MAGIC, 9, struct nacc_gate)
#define NACC_IOC_SYSCALLS	_IOWR(NACC_IOC_MAGIC, 10, struct nacc_syscalls)
#define NACC_IOC_ALLOW		_IOWR(NACC_IOC_MAGIC, 11, struct nacc_allow)
#define NACC_IOC_CONTEXTS	_IOWR(NACC_IOC_MAGIC, 12, struct nacc_contexts)
/* 13 and 14: nacc_seal.h, nacc_report.h */
#define NACC_IOC_TRACED		_IOWR(NACC_IOC_MAGIC, 15, struct nacc_traced)

#endif /* _UAPI_LINUX_NACC_GATE_H */
