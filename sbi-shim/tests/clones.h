/* SPDX-License-Identifier: BSD-2-Clause */
/* A gated thread in a call that makes a child. */
#ifndef CLONES_H
#define CLONES_H

#include "gated.h"

#define VM	0x100UL			/* CLONE_VM */
#define VFORK	0x4000UL
#define SETTLS	(0x80000UL | VM)
#define ARGS	(STACK + 2048)

/* The calling thread is in clone(2), or what it is, with these arguments. */
static inline void in_clone(nacc_u64 nr, nacc_u64 flags, nacc_u64 sp, nacc_u64 tls)
{
	t.x[NACC_REG_A0] = flags;
	t.x[NACC_REG_A1] = sp;
	t.x[NACC_REG_A3] = tls;
	in_call(TASK, nr);
}

/* As if the call that TASK is in had made no child yet */
static inline void childless(void)
{
	context(gated, TASK)->cause &= ~NACC_CONTEXT_BORE;
}

static inline void born(nacc_u64 root)
{
	childless();
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(root, CHILD)->state, NACC_CONTEXT_CHILD);
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_KERNEL);
	t.task = CHILD;
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
}

/* clone3(2) with these arguments, at this place of the program's */
static inline void in_clone3(nacc_u64 at, nacc_u64 flags, nacc_u64 stack, nacc_u64 size,
			     nacc_u64 tls)
{
	const nacc_u64 args[8] = { flags, ~0UL, ~0UL, ~0UL, 17, stack, size, tls };

	memcpy((char *)user_at(USER_BASE) + (at - USER_BASE), args, sizeof(args));
	in_clone(NACC_NR_CLONE3, at, 64, 3);
}

#endif /* CLONES_H */
