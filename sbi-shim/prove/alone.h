/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Put into the core's lock.h for the proofs, where one hart runs at a time: then a lock
 * that is held is the hart's own, and to want it is to wait for ever. And what lock.h
 * says of the order is a claim.
 */
#ifndef ALONE_H
#define ALONE_H

#define NACC_LEVEL_PAGE		6	/* as in page.h */

/* Bit n: a lock is held that is the n-th in the order */
extern nacc_u32 held;

static inline nacc_u32 prove_rank(struct nacc_core *core, const nacc_u32 *lock)
{
	/* That of a page comes behind those of roots and records: page.h. */
	if (__CPROVER_same_object(lock, core->frames))
		return core->frames[__CPROVER_POINTER_OFFSET(lock) / sizeof(*core->frames)].level ==
		       NACC_LEVEL_PAGE ? 2 : 1;
	return lock == &core->lock ? 0 : lock == &core->audit_lock ? 4 : 3;
}

static inline void nacc_lock(struct nacc_core *core, nacc_u32 *lock)
{
#ifndef REACH
	__CPROVER_assert(!*lock, "nobody waits for himself");
	__CPROVER_assert(!(held >> prove_rank(core, lock)), "the order of locks");
#endif
	*lock = 1 + prove_rank(core, lock);
	held |= 1U << prove_rank(core, lock);
}

static inline void nacc_unlock(nacc_u32 *lock)
{
	held &= ~(1U << (*lock - 1));
	*lock = 0;
}

#endif /* ALONE_H */
