/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the OpenSBI glue share.
 *
 * platform.c	hooks of the platform override, in boot order
 * place.c	choice of the region
 * fdt.c	what is read from and written to the device tree
 * hart.c	per-hart state: trap vector, A/D; walker.c what the walker does
 * entry.S	trap vector; trap.c what it calls; walk.c page-table walk
 *		rows.S its code by register; fast.c which stores it performs itself
 * ecall.c	SBI extension; fence.c its FENCE function
 */
#ifndef NACC_GLUE_H
#define NACC_GLUE_H

#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include <sbi/sbi_types.h>
#include "fast.h"
#include "nacc_core.h"

/** nacc_state - the validator core's state; in M-only memory */
extern struct nacc_core nacc_state;

/** nacc_on - the shim guards this machine; fixed before any S-mode code runs */
extern bool nacc_on;

/**
 * struct nacc_hart - one hart, in its scratch space
 * @fast: what the trap vector knows; first, at NACC_HART_OFFSET
 * @fence_done: last fence that this hart has acknowledged
 * @root: physical address of the root that satp named then, 0 for bare
 * @ad: enum nacc_ad
 * @walker: enum nacc_walker
 * @armed: its trap vector is the shim's
 * @retry_pc: access tried again in trap.c: its instruction
 * @retry_va: its address
 * @retry_time: when
 * @retries: how often in a row
 *
 * Written by the hart itself only.
 */
struct nacc_hart {
	struct nacc_fast fast;
	unsigned long fence_done;
	unsigned long root;
	u32 ad;
	u32 walker;
	u32 armed;
	u64 retry_pc;
	u64 retry_va;
	u64 retry_time;
	u32 retries;
};

/* place.c */
u64 nacc_place(const void *fdt, u64 *size);

/* fdt.c */
u32 nacc_fdt_ram(const void *fdt, struct nacc_span *ram, u32 max);
u64 nacc_fdt_conflict(const void *fdt, u64 start, u64 end);
int nacc_fdt_reserve(void *fdt, u64 base, u64 size);
bool nacc_fdt_has_isa(const void *fdt, const char *name);
void nacc_fdt_svade(void *fdt);

/* hart.c */
int nacc_hart_init(void);
int nacc_hart_arm(struct sbi_scratch *scratch);
void nacc_hart_disarm(struct sbi_scratch *scratch);
void nacc_hart_resume(void);
struct nacc_hart *nacc_hart_of(struct sbi_scratch *scratch);
unsigned long nacc_hart_count(void);
enum nacc_walker nacc_hart_walker(void);

/* walker.c */
enum nacc_walker nacc_walker_probe(u32 hart);

/* entry.S, and OpenSBI's firmware/fw_base.S: addresses only */
void nacc_trap_entry(void);
void nacc_trap_entry_hyp(void);
void nacc_trap_slow(void);
void nacc_trap_slow_hyp(void);
void _trap_handler(void);
void _trap_handler_hyp(void);

/* fast.c */
void nacc_fast_init(struct nacc_fast *fast);
void nacc_fast_learn(const struct nacc_core *core, const struct nacc_access *access);

/* trap.c */
int nacc_trap(struct sbi_trap_context *tcntx);

/* walk.c */
u64 nacc_satp_root(u64 satp);
bool nacc_walk(const struct nacc_core *core, u64 satp, u64 va, u64 *pa);

/* ecall.c */
int nacc_ecall_init(void);

/* fence.c */
int nacc_fence_init(void);
void nacc_fence_join(struct sbi_scratch *scratch);
struct nacc_ret nacc_fence(struct nacc_core *core);

/** nacc_sfence() - forget all translations of the current hart */
static inline void nacc_sfence(void)
{
	__asm__ __volatile__("sfence.vma" : : : "memory");
}

/** nacc_overlap() - do [@a, @a_end) and [@b, @b_end) share a byte? */
static inline bool nacc_overlap(u64 a, u64 a_end, u64 b, u64 b_end)
{
	return a < b_end && b < a_end;
}

/**
 * nacc_locked() - is the set-up locked?
 *
 * Only then may it be read without the core's lock.
 */
static inline bool nacc_locked(const struct nacc_core *core)
{
	return __atomic_load_n(&core->locked, __ATOMIC_ACQUIRE);
}

/** nacc_region_has() - is this physical address in the R-only region? */
static inline bool nacc_region_has(const struct nacc_core *core, u64 pa)
{
	return pa - core->layout.region_base < core->layout.region_size;
}

#endif /* NACC_GLUE_H */
