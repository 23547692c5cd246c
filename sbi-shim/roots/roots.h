/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which root a hart may have in satp (I14).
 */
#ifndef NACC_ROOTS_H
#define NACC_ROOTS_H

#include "request.h"

/* Roots whose mms have the same hash */
#define NACC_CHAIN_MAX	32

/**
 * struct nacc_load - a hart is about to write satp
 * @pc: address of the instruction
 * @mm: for whose address space, by a registered site; 0: the instruction is none
 * @want: the value that it would write
 * @now: what satp holds
 * @before: what it held before the hart was last started
 * @time: time CSR, for the audit record
 * @task: who does it, for the audit record
 * @insn: the instruction
 * @hart: hart ID
 */
struct nacc_load {
	nacc_u64 pc;
	nacc_u64 mm;
	nacc_u64 want;
	nacc_u64 now;
	nacc_u64 before;
	nacc_u64 time;
	nacc_u64 task;
	nacc_u32 insn;
	nacc_u32 hart;
};

/**
 * nacc_load_root() - judge a write of satp while roots are guarded
 * @core: the core, locked
 * @load: the write; every value is hostile
 * @satp: out: what to write
 *
 * Whoever calls it has let other harts know before what it wants to load:
 * nacc_root_is_loaded(). Any hart, without lock.
 * Return: NACC_REASON_NONE, or why @satp is not what was asked for; counted and audited.
 */
enum nacc_reason nacc_load_root(struct nacc_core *core, const struct nacc_load *load,
				nacc_u64 *satp);

/**
 * nacc_fit_root() - what a hart may have that is guarded from now on
 * @core: the core, locked
 * @satp: what it has
 *
 * With NACC_GUARD_SYSTEM a root that is neither bound nor the kernel's may still be what
 * a hart has: that of a process that has ended, which a kernel thread has borrowed and
 * does not need.
 *
 * Return: @satp, or the same with the kernel's root.
 */
nacc_u64 nacc_fit_root(const struct nacc_core *core, nacc_u64 satp);

/**
 * nacc_site() - does an instruction write satp for an mm?
 * @core: the core, locked
 * @pc: its address
 *
 * Return: number of the register that holds the mm there, or 0.
 */
nacc_u32 nacc_site(const struct nacc_core *core, nacc_u64 pc);

/**
 * nacc_root_of() - the root that is bound to an mm
 * @core: the core
 * @mm: the mm
 *
 * Return: its frame, or NULL.
 */
struct nacc_frame *nacc_root_of(const struct nacc_core *core, nacc_u64 mm);

/**
 * nacc_satp_is_bare() - is translation off with this value of satp?
 * @satp: the value
 */
int nacc_satp_is_bare(nacc_u64 satp);

/**
 * nacc_satp_root() - the root that a value of satp names
 * @satp: the value
 *
 * Return: its physical address, or 0 if translation is off. There may be RAM at 0, too.
 */
nacc_u64 nacc_satp_root(nacc_u64 satp);

/**
 * nacc_bound_at() - the bound root at a physical address
 * @core: the core
 * @root: any address
 *
 * Return: its frame, or NULL.
 */
const struct nacc_frame *nacc_bound_at(const struct nacc_core *core, nacc_u64 root);

/**
 * nacc_guard() - from now on roots can be bound, or no more
 * @core: the core
 * @flags: NACC_GUARD_*; 0 ends it
 * @upcall: where a hart goes on whose root was refused, or 0
 * @other: physical address of a root that may be loaded as the kernel's may, or 0
 *
 * Return: NACC_REASON_NONE; with bound roots NACC_REASON_AS_STATE: it cannot end,
 * _LOCKED: @upcall and @other are others; _BAD_COUNT, _BAD_ADDRESS.
 */
enum nacc_reason nacc_guard(struct nacc_core *core, nacc_u64 flags, nacc_u64 upcall,
			    nacc_u64 other);

/* NACC_SBI_AS_BIND, with the address space locked */
struct nacc_ret nacc_bind(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_unbind() - let go of a root that is about to be retired
 * @core: the core
 * @root: the root, its address space locked
 *
 * Return: 1 if it is not bound (any more), 0 if a hart has it.
 */
int nacc_unbind(struct nacc_core *core, struct nacc_frame *root);

#endif /* NACC_ROOTS_H */
