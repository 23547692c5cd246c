/* SPDX-License-Identifier: BSD-2-Clause */
/* A gated thread that registers handlers of signals, and is sent to them. */
#ifndef SIGACTIONS_H
#define SIGACTIONS_H

#include "gated.h"

/* rt_sigaction(2) of the program with this at @act, 0: nothing; it comes back with 0. */
static inline void sigaction_asking(nacc_u64 sig, nacc_u64 act, nacc_u64 handler, nacc_u64 oact)
{
	registers();
	t.x[NACC_REG_A0] = sig;
	t.x[NACC_REG_A1] = act;
	t.x[NACC_REG_A2] = oact;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGACTION;
	if (act)
		*user_at(act) = handler;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
}

/* Likewise, as registers() has the place for the old action */
static inline void sigaction_call(nacc_u64 sig, nacc_u64 act, nacc_u64 handler)
{
	registers();
	sigaction_asking(sig, act, handler, t.x[NACC_REG_A2]);
}

/* The thread of @t, which has come, returns to that handler: it goes there, or is refused. */
static inline void assert_sent(nacc_u64 sig, nacc_u64 handler, int goes)
{
	registers();
	come(PAGE_FAULT);
	signalled(sig, handler);
	if (goes)
		assert_goes();
	else
		assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
}

#endif /* SIGACTIONS_H */
