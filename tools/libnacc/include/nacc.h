/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * libnacc: a program asks whether and how it is protected, and the answer is the firmware's.
 *
 * In a process that NACC protects there is a page, [nacc] in /proc/PID/maps, that only the
 * firmware writes, at a fixed place. These functions read it. They make no system call but
 * one as long as no page has been found, and one after fork(2), to see whether there is one;
 * and they never end the process if there is none. nacc_secret() asks the firmware for memory
 * that the kernel cannot read.
 *
 * What the answer is worth: see libnacc(3), "CAVEATS". That there is a page is the kernel's
 * doing. A kernel that lies can show a process that is not protected a page of its own making.
 */
#ifndef NACC_H
#define NACC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum nacc_self_gate - what becomes of registers that the kernel should not have changed
 *
 * @NACC_SELF_GATE_OFF: nobody looks
 * @NACC_SELF_GATE_AUDIT: it is on record, and happens
 * @NACC_SELF_GATE_ENFORCE: it is on record, and undone
 */
enum nacc_self_gate {
	NACC_SELF_GATE_OFF = 0,
	NACC_SELF_GATE_AUDIT = 1,
	NACC_SELF_GATE_ENFORCE = 2,
};

/** NACC_SELF_PTRACE - in @gate_flags: a debugger may change registers */
#define NACC_SELF_PTRACE	(1U << 2)
/** NACC_SELF_LIST - in @gate_flags: other system calls than those of a list are refused */
#define NACC_SELF_LIST		(1U << 3)

/**
 * struct nacc_self - how the calling process is protected
 * @layout: version of the page: 1
 * @abi: version of the firmware's interface: major in the high half, minor in the low half
 * @domain: ID of the domain: as "nacc ps" has it, of the domain that the process began in
 * @generation: goes up when anything below changes but the counters
 * @gate: enum nacc_self_gate, in force for all processes that see this page
 * @gate_flags: NACC_SELF_PTRACE, NACC_SELF_LIST
 * @address_spaces: how many see this page: those of the domain that have looked at it
 * @gated: how many of these have a gate
 * @seals: sealed ranges of all that see this page: a child has those of its parent once more
 * @pad: zero
 * @refused: attacks on the page tables or roots of these that were refused, since they have
 *	looked at it first
 * @refused_returns: changes of registers, of all threads of the domain, that did not fit
 * @refused_calls: system calls of theirs that were not in the list
 */
struct nacc_self {
	uint32_t layout;
	uint32_t abi;
	uint64_t domain;
	uint64_t generation;
	uint32_t gate;
	uint32_t gate_flags;
	uint32_t address_spaces;
	uint32_t gated;
	uint32_t seals;
	uint32_t pad;
	uint64_t refused;
	uint64_t refused_returns;
	uint64_t refused_calls;
};

/**
 * nacc_protected() - is the calling process protected?
 *
 * Return: 1 if its page says so, else 0.
 */
int nacc_protected(void);

/**
 * nacc_info() - how is the calling process protected?
 * @self: the answer
 * @size: sizeof(*self), as the caller knows it: more than this library knows becomes zero
 *
 * All of it belongs together, but for the counters, which go on.
 *
 * Return: 0; -ENODEV: there is no page, so it is not protected, or its kernel shows it none;
 * -EPROTO: something is there that is no page of NACC's; -EAGAIN: it changes too fast, ask
 * again; -EINVAL: no @self, or @size is less than the first version had.
 */
int nacc_info(struct nacc_self *self, size_t size);

/**
 * nacc_gate_name() - name of a mode
 * @gate: enum nacc_self_gate
 *
 * Return: "off", "audit", "enforce", or "unknown".
 */
const char *nacc_gate_name(uint32_t gate);

/** NACC_SECRETS - a process can have as many secret pages, of 4096 bytes, one behind the other */
#define NACC_SECRETS		4

/**
 * nacc_secret() - memory that the kernel cannot read, nor anybody else but this process
 * @nr: which: 0..NACC_SECRETS - 1
 * @page: its address, the same each time; it is zero when it is first had
 *
 * It is there while the gate is in the mode NACC_SELF_GATE_ENFORCE: if that is ever less, the
 * process is ended when it touches it (SIGSEGV); and until the process ends or executes
 * something. A child has none of its parent's: it asks for its own, which is zero. Threads
 * share them; one that was there before the first page was had asks for it, too, before it uses
 * it. Accesses are naturally aligned. No system call can use it: -EFAULT. If the process is not
 * protected any more (nacc unmark), and the kernel is sound, it is zeros that nobody can write:
 * keep something in it that is not zero, and look at that. A kernel that is not sound can put
 * another page in its place: what is in it stays closed, what is stored from then on is not. What
 * it is good for, and what not: libnacc(3).
 *
 * Return: 0; -ENODEV or -EPROTO as nacc_info(), also for an answer that is not the firmware's;
 * -EPERM: the mode is another one, or was since the process has any, or a debugger has leave;
 * -EINVAL: no @page, or no such @nr; -EAGAIN: as nacc_info(), and while a thread that was there
 * before the gate has not been back in user mode, and for a moment after the process is marked;
 * -ENOMEM: none is left, or this domain has its share; -EOPNOTSUPP: the firmware is too old, or
 * this machine cannot have any.
 */
int nacc_secret(unsigned int nr, void **page);

#ifdef __cplusplus
}
#endif

#endif /* NACC_H */
