// SPDX-License-Identifier: GPL-2.0
/*
 * How often system calls were made in a domain: from its gate, or by the kernel's tracepoint.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "sys.h"

/* How long the kernel counts for who has not said */
#define WATCH_SECONDS	5
#define WATCH_STEP_MS	100

static volatile sig_atomic_t enough;

static void on_signal(int nr)
{
	(void)nr;
	enough = 1;
}

static int from_gate(int fd, struct calls_made *made)
{
	struct nacc_syscalls calls = {
		.size = sizeof(calls),
		.domain = made->domain,
		.count = NACC_CALLS,
		.counts = (uintptr_t)made->counts,
	};
	int err = dev_call(fd, NACC_IOC_SYSCALLS, &calls);

	if (err)
		return err;
	made->traced = false;
	made->mode = calls.mode;
	made->other = calls.other_calls;
	made->refused = calls.refused;
	made->refused_calls = calls.refused_calls;
	return 0;
}

static int from_kernel(int fd, uint32_t flags, struct calls_made *made)
{
	uint32_t counts[NACC_CALLS] = { 0 };
	struct nacc_traced traced = {
		.size = sizeof(traced),
		.flags = flags,
		.domain = made->domain,
		.count = NACC_CALLS,
		.counts = (uintptr_t)counts,
	};
	int err = dev_call(fd, NACC_IOC_TRACED, &traced);

	if (err)
		return err;
	memcpy(made->counts, counts, sizeof(counts));
	made->traced = true;
	made->begun = traced.begun;
	made->now = traced.now;
	made->other = traced.other_calls;
	made->refused = 0;
	made->refused_calls = 0;
	return 0;
}

/*
 * Who is interrupted sees what there is. What is counted for this file alone ends with it,
 * however this ends; what somebody else has had begun meanwhile goes on.
 */
static int watch(int fd, struct calls_made *made)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = on_signal };
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	err = from_kernel(fd, NACC_TRACED_BEGIN | NACC_TRACED_HOLD, made);
	if (err)
		return err;
	nacc_fail(0,
		  "domain %u has no gate: the kernel counts for %u seconds (--record: until --stop)",
		  made->domain, WATCH_SECONDS);
	for (i = 0; i < WATCH_SECONDS * 1000 / WATCH_STEP_MS && !enough; i++)
		sys_pause(WATCH_STEP_MS);
	return from_kernel(fd, 0, made);
}

static int explain(int err, const struct calls_made *made)
{
	return err ? dev_explain(NACC_IOC_TRACED, err, made->domain, 0) : EXIT_OK;
}

/**
 * made_read - which system calls a domain has made
 * @fd: the device
 * @args: --record, --stop
 * @made: result; its domain is given
 *
 * The gate counts if it is on. Else the kernel, if it has been told to; what a gate that is off
 * has counted is older than that. If nobody has counted the kernel does for a moment.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int made_read(int fd, const struct args *args, struct calls_made *made)
{
	const int gated = from_gate(fd, made);
	int err;

	if (gated && gated != ENODATA)
		return dev_explain(NACC_IOC_SYSCALLS, gated, made->domain, 0);
	if (args->record && !gated && made->mode)
		return nacc_fail(EXIT_USAGE,
				 "syscalls: the gate of domain %u is on: the firmware counts already",
				 made->domain);
	if (args->record)
		return explain(from_kernel(fd, NACC_TRACED_BEGIN, made), made);
	if (args->stop)
		return explain(from_kernel(fd, NACC_TRACED_END, made), made);
	if (!gated && made->mode)
		return EXIT_OK;
	err = from_kernel(fd, 0, made);
	if (!gated && err)
		return EXIT_OK;
	return err == ENODATA ? explain(watch(fd, made), made) : explain(err, made);
}
