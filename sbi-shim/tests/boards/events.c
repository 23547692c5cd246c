// SPDX-License-Identifier: BSD-2-Clause
/*
 * Events of SSE or a gate of threads, never both: ../../opensbi/gate.c, as it is in the
 * firmware, between parts of the shim that let all by. Harts ask for an event at once.
 *
 * Prints "ok - ..." and "not ok - ..." lines; each case is a process, as each is a boot.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sbi/riscv_encoding.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_timer.h>

#include "../../opensbi/dbtr.h"
#include "../../opensbi/gate.h"
#include "../../opensbi/handler.h"
#include "deputy.h"
#include "cases.h"

#define HARTS	4
#define ROUNDS	200000
#define BOOTS	3000

/** sbi_ecall_exts - OpenSBI's: none */
struct sbi_ecall_extension *const sbi_ecall_exts[1];
static struct nacc_core core;

unsigned long tests_csr(int csr)
{
	(void)csr;
	return 0;
}

u64 sbi_timer_value(void)
{
	return 0;
}

enum nacc_deputy nacc_deputy(struct nacc_core *state, const struct nacc_ask *ask,
			     struct nacc_ret *ret)
{
	(void)state;
	(void)ask;
	(void)ret;
	return NACC_DEPUTY_PASS;
}

struct nacc_ret nacc_deputy_refuse(struct nacc_core *state, const struct nacc_ask *ask, u64 pa,
				   u64 count, long error)
{
	(void)state;
	(void)ask;
	(void)pa;
	(void)count;
	return (struct nacc_ret){ .error = error };
}

struct nacc_ret nacc_dbtr(struct nacc_core *state, const struct nacc_ask *ask,
			  const struct sbi_trap_regs *regs)
{
	(void)state;
	(void)ask;
	(void)regs;
	return (struct nacc_ret){ 0 };
}

u64 *nacc_shared_get(const struct nacc_core *state)
{
	(void)state;
	return NULL;
}

void nacc_shared_put(void)
{
}

void nacc_handler_copy(u64 *to, const u64 *from, u64 words)
{
	(void)to;
	(void)from;
	(void)words;
}

struct nacc_ret nacc_handler_call(const struct sbi_trap_regs *regs)
{
	(void)regs;
	return (struct nacc_ret){ 0 };
}

void *nacc_phys(u64 pa)
{
	(void)pa;
	return NULL;
}

/* Return: is it OpenSBI's to enable an event? */
static bool enables(void)
{
	struct sbi_trap_context tcntx = { 0 };

	tcntx.regs.a7 = SBI_EXT_SSE;
	tcntx.regs.a6 = SBI_EXT_SSE_ENABLE;
	if (!nacc_gate(&core, &tcntx))
		return true;
	if (tcntx.regs.a0 != (unsigned long)NACC_SBI_ERR_DENIED || tcntx.regs.mepc != 4)
		abort();
	return false;
}

static void set_contexts(u64 nr)
{
	__atomic_store_n(&core.stats[NACC_STAT_FRAMES_CONTEXT], nr, __ATOMIC_SEQ_CST);
}

/* Return: how often an event was let by. */
static void *asks(void *unused)
{
	unsigned long i, nr = 0;

	(void)unused;
	for (i = 0; i < ROUNDS; i++)
		nr += enables();
	return (void *)nr;
}

static unsigned long all_ask(void)
{
	pthread_t harts[HARTS];
	unsigned long nr = 0;
	void *ret;
	int i;

	for (i = 0; i < HARTS; i++)
		if (pthread_create(&harts[i], NULL, asks, NULL))
			abort();
	for (i = 0; i < HARTS; i++) {
		pthread_join(harts[i], &ret);
		nr += (unsigned long)ret;
	}
	return nr;
}

static bool with_a_gate(void)
{
	set_contexts(1);
	return !enables() && !all_ask() && !nacc_gate_has_events();
}

static bool without(void)
{
	return !nacc_gate_has_events() && all_ask() == HARTS * ROUNDS && nacc_gate_has_events();
}

/* The second one is told so by the first, not by what there is now. */
static bool for_ever(void)
{
	bool first = enables();

	set_contexts(1);
	return first && enables() && nacc_gate_has_events();
}

static bool after_a_gate(void)
{
	set_contexts(1);
	if (enables())
		return false;
	set_contexts(0);
	return !nacc_gate_has_events() && enables() && nacc_gate_has_events();
}

static volatile int ready;

static void *asks_once(void *late)
{
	volatile unsigned long wait = (unsigned long)late;

	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	while (ready < 2)
		;
	while (wait)
		wait--;
	return enables() ? &core : NULL;
}

/* As the call that opens a gate does it. Return: whether it is open. */
static bool opens(void)
{
	set_contexts(1);
	if (!nacc_gate_has_events())
		return true;
	set_contexts(0);
	return false;
}

/* One boot: a hart asks for an event while another opens a gate. Return: not both have it. */
static int at_once(unsigned long late)
{
	pthread_t hart;
	void *let_by;
	bool open;

	if (pthread_create(&hart, NULL, asks_once, (void *)late))
		abort();
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	while (ready < 2)
		;
	open = opens();
	pthread_join(hart, &let_by);
	return open && let_by;
}

static bool never_both(void)
{
	int status, i;

	for (i = 0; i < BOOTS; i++) {
		pid_t boot = fork();

		if (!boot)
			_exit(at_once(i % 64));
		if (boot < 0 || waitpid(boot, &status, 0) != boot || status)
			return false;
	}
	return true;
}

static const struct boards_case cases[] = {
	{ "an event and a gate at once: never both", never_both },
	{ "with a gate no hart gets an event, however many ask", with_a_gate },
	{ "without one each does", without },
	{ "and there are events from then on", for_ever },
	{ "who was refused one can have it when the gate has gone", after_a_gate },
};

int main(void)
{
	return run_cases(cases, array_size(cases));
}
