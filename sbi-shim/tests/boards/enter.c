// SPDX-License-Identifier: BSD-2-Clause
/*
 * What becomes of a platform's own functions and HSM device: ../../opensbi/enter.c, as it is
 * in the firmware, between a platform and an OpenSBI that write down what is called.
 *
 * Prints "ok - ..." and "not ok - ..." lines; each case is a process, as each is a boot.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sbi/sbi_domain.h>

#include "../../opensbi/enter.h"
#include "../../opensbi/platform.h"
#include "cases.h"

#define HARTS	8

static char calls[1024];
/** platform - what OpenSBI has chosen */
struct sbi_platform platform;

static struct sbi_platform_operations operations;
static int their_error, our_error;
static bool is_on = true;
static jmp_buf booted;
static const struct sbi_hsm_device *known;

static void called(const char *what)
{
	strcat(calls, *calls ? " " : "");
	strcat(calls, what);
}

/* --- the platform ------------------------------------------------------------------- */

static int their_early(bool cold_boot)
{
	called(cold_boot ? "early" : "early-warm");
	return their_error;
}

static int their_final(bool cold_boot)
{
	called(cold_boot ? "final" : "final-warm");
	return their_error;
}

static void their_exit(void)
{
	called("exit");
}

static u64 their_limit(void)
{
	return 4711;
}

static int their_start(u32 hartid, ulong saddr)
{
	return (int)(hartid + saddr);
}

static void their_resume(void)
{
	called("resume");
}

static const struct sbi_platform_operations full = {
	.early_init = their_early, .final_init = their_final, .final_exit = their_exit,
	.get_tlbr_flush_limit = their_limit,
};

static const struct sbi_hsm_device device = {
	.name = "theirs", .hart_start = their_start, .hart_resume = their_resume,
}, other_device = { .name = "another" };

/* --- OpenSBI ------------------------------------------------------------------------ */

static __thread bool is_thread;

void __noreturn __real_sbi_init(struct sbi_scratch *scratch)
{
	(void)scratch;
	if (is_thread)
		pthread_exit((void *)platform.platform_ops_addr);
	longjmp(booted, 1);
}

int __real_sbi_scratch_init(struct sbi_scratch *scratch)
{
	(void)scratch;
	return 0;
}

/* It keeps the first. */
void __real_sbi_hsm_set_device(const struct sbi_hsm_device *dev)
{
	if (!known)
		known = dev;
}

void __noreturn __real_sbi_system_reset(u32 type, u32 reason)
{
	(void)type;
	(void)reason;
	called("reset");
	longjmp(booted, 1);
}

/* Where the tree is said to be */
struct sbi_domain root;

/* --- the shim ----------------------------------------------------------------------- */

void nacc_platform_room(const void *fdt)
{
	(void)fdt;
}

void nacc_platform_early(const void *fdt)
{
	(void)fdt;
	called("our-early");
}

int nacc_platform_final(bool cold_boot, void *fdt)
{
	(void)fdt;
	called(cold_boot ? "our-final" : "our-final-warm");
	return our_error;
}

bool nacc_platform_is_on(void)
{
	return is_on;
}

void nacc_platform_exit(void)
{
	called("our-exit");
}

void nacc_platform_resume(void)
{
	called("our-resume");
}

void nacc_platform_reset(void)
{
	called("our-reset");
}

/* --- cases -------------------------------------------------------------------------- */

static const struct sbi_platform_operations *boot(const struct sbi_platform_operations *theirs)
{
	operations = *theirs;
	platform.platform_ops_addr = (unsigned long)&operations;
	if (!setjmp(booted))
		__wrap_sbi_init(NULL);
	return (const struct sbi_platform_operations *)platform.platform_ops_addr;
}

static bool were(const char *expected)
{
	const bool same = !strcmp(calls, expected);

	if (!same)
		printf("# called: %s\n", calls);
	calls[0] = 0;
	return same;
}

static bool functions(void)
{
	const struct sbi_platform_operations *now = boot(&full);

	return now != &operations && !memcmp(&operations, &full, sizeof(full)) &&
	       now->get_tlbr_flush_limit() == 4711 && !now->nascent_init &&
	       !now->early_init(true) && were("early our-early") &&
	       !now->early_init(false) && were("early-warm") &&
	       !now->final_init(true) && were("our-final final") &&
	       !now->final_init(false) && were("our-final-warm final-warm") &&
	       (now->final_exit(), were("our-exit exit"));
}

static bool no_functions(void)
{
	static const struct sbi_platform_operations none;
	const struct sbi_platform_operations *now = boot(&none);

	return !now->early_init(true) && were("our-early") &&
	       !now->final_init(true) && were("our-final") &&
	       (now->final_exit(), were("our-exit"));
}

static bool errors(void)
{
	const struct sbi_platform_operations *now = boot(&full);

	their_error = -3;
	if (now->early_init(true) != -3 || !were("early") ||
	    now->final_init(true) != -3 || !were("our-final final"))
		return false;
	their_error = 0;
	our_error = -5;
	return now->final_init(true) == -5 && were("our-final");
}

static void *hart(void *unused)
{
	(void)unused;
	is_thread = true;
	__wrap_sbi_init(NULL);
}

/* Several at once: each comes to OpenSBI with the same table, which is made once. */
static bool harts(void)
{
	pthread_t threads[HARTS];
	void *seen[HARTS];
	int i;

	operations = full;
	platform.platform_ops_addr = (unsigned long)&operations;
	for (i = 0; i < HARTS; i++)
		if (pthread_create(&threads[i], NULL, hart, NULL))
			return false;
	for (i = 0; i < HARTS; i++)
		pthread_join(threads[i], &seen[i]);
	for (i = 0; i < HARTS; i++)
		if (seen[i] != seen[0] || seen[i] == &operations)
			return false;
	return !((struct sbi_platform_operations *)seen[0])->early_init(true) &&
	       were("early our-early");
}

/* It is OpenSBI's one device, and does what theirs does, and resumes the shim behind them. */
static bool is_shared(void)
{
	if (!known || strcmp(known->name, "theirs") || known->hart_start(3, 4) != 7 ||
	    known->hart_stop || known->hart_suspend)
		return false;
	known->hart_resume();
	return were("resume our-resume");
}

static bool device_before(void)
{
	const struct sbi_platform_operations *now = boot(&full);

	__wrap_sbi_hsm_set_device(&device);
	__wrap_sbi_hsm_set_device(&other_device);
	return !now->final_init(true) && were("our-final final") && is_shared();
}

static bool device_behind(void)
{
	const struct sbi_platform_operations *now = boot(&full);

	if (now->final_init(true) || !were("our-final final") || !known || known->hart_start)
		return false;
	known->hart_resume();
	if (!were("our-resume"))
		return false;
	__wrap_sbi_hsm_set_device(NULL);
	__wrap_sbi_hsm_set_device(&device);
	__wrap_sbi_hsm_set_device(&other_device);
	return is_shared();
}

static bool device_without_shim(void)
{
	const struct sbi_platform_operations *now = boot(&full);

	is_on = false;
	if (now->final_init(true) || known)
		return false;
	calls[0] = 0;
	__wrap_sbi_hsm_set_device(&device);
	return is_shared();
}

static bool ends(void)
{
	if (!setjmp(booted))
		__wrap_sbi_system_reset(0, 0);
	return were("our-reset reset");
}

static const struct boards_case cases[] = {
	{ "a platform's functions are called, each beside the shim's", functions },
	{ "a platform without functions", no_functions },
	{ "an error ends it there", errors },
	{ "several harts at once", harts },
	{ "an HSM device that was there before", device_before },
	{ "one that comes behind", device_behind },
	{ "one where the shim is off", device_without_shim },
	{ "a reset", ends },
};

int main(void)
{
	return run_cases(cases, sizeof(cases) / sizeof(*cases));
}
