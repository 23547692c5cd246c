/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How memory is reached that another hart or the walker may change.
 */
#ifndef NACC_MEM_H
#define NACC_MEM_H

#include "nacc_sbi.h"

/*
 * A swap loses only to the walker, to another hart's store to the same entry,
 * or to nacc_set_ad(); beyond this many the instruction traps again instead of
 * keeping the hart in M-mode.
 */
#define NACC_SWAP_TRIES		8

/*
 * All memory that another hart or the walker may change is reached through
 * these, never by a plain access: one load is one load (I9, no double fetch).
 */
static inline nacc_u64 load64(const nacc_u64 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* GCC makes an AMO of an atomic store, which sd is already. */
static inline void store64(nacc_u64 *p, nacc_u64 val)
{
#if defined(__riscv) && __riscv_xlen == 64
	*(volatile nacc_u64 *)p = val;
#else
	__atomic_store_n(p, val, __ATOMIC_RELAXED);
#endif
}

/* Of a frame's record: read without its lock, too */
#define set_field(p, val)	__atomic_store_n(p, val, __ATOMIC_RELAXED)

static inline nacc_u32 load32(const nacc_u32 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* Tests, fuzzers and proofs put here what another hart does just then. */
#ifndef NACC_RACE
#define NACC_RACE(entry)	((void)(entry))
#endif

/*
 * How every entry of a table changes (I7). The walker sets A and D by an atomic
 * update of its own, so either it or this fails and looks again. Release (sc.d.rl):
 * who walks by way of a new link finds the entries behind it, as after the smp_wmb()
 * of Linux. That the walker lets go of an old entry takes SFENCE.VMA: Linux's for
 * leaves, FENCE for tables.
 */
static inline int swap64(nacc_u64 *p, nacc_u64 old, nacc_u64 val)
{
	NACC_RACE(p);
	return __atomic_compare_exchange_n(p, &old, val, 0, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/* Of what is no entry */
static inline int swap32(nacc_u32 *p, nacc_u32 old, nacc_u32 val)
{
	NACC_RACE((nacc_u64 *)p);
	return __atomic_compare_exchange_n(p, &old, val, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Likewise, of bits that go whatever the others are; their order does not matter. */
static inline nacc_u64 clear64(nacc_u64 *p, nacc_u64 bits)
{
	NACC_RACE(p);
	return __atomic_fetch_and(p, ~bits, __ATOMIC_RELAXED);
}

/*
 * The words written here are read as structs later, which a compiler that goes
 * by types may think unrelated: hence the fences, which cost no instruction.
 */
static inline void zero64(nacc_u64 *p, nacc_u64 words)
{
#pragma GCC unroll 16
	for (nacc_u64 i = 0; i < words; i++)
		store64(&p[i], 0);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void copy64(nacc_u64 *to, const nacc_u64 *from, nacc_u64 words)
{
#pragma GCC unroll 8
	for (nacc_u64 i = 0; i < words; i++)
		store64(&to[i], load64(&from[i]));
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* What only goes up becomes @val, if it is less. Who loses here has been overtaken. */
static inline void raise64(nacc_u64 *p, nacc_u64 val)
{
	nacc_u64 old = load64(p);

	while (val > old && !swap64(p, old, val))
		old = load64(p);
}

static inline void nacc_add(nacc_u64 *counter, nacc_u64 by)
{
	__atomic_fetch_add(counter, by, __ATOMIC_RELAXED);
}

static inline void nacc_count(nacc_u64 *counter)
{
	nacc_add(counter, 1);
}

#endif /* NACC_MEM_H */
