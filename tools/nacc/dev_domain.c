// SPDX-License-Identifier: GPL-2.0
/*
 * Which domain a process is in.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "dev.h"
#include "nacc.h"
#include "procfile.h"
#include "sys.h"

/* By the list of all; false: it is not there, or may not be read. */
static bool look_up(int pid, uint32_t *domain)
{
	FILE *file = procfile_try("/proc/nacc/mms");
	uint32_t found = 0;
	struct table mms;
	bool ok;
	size_t i;

	if (!file)
		return false;
	ok = !table_parse(file, &mms);
	for (i = 0; ok && i < mms.nrows && !found; i++)
		if (table_is(&mms, i, "pid", (uint64_t)pid))
			table_u32(&mms, i, "domain", &found);
	table_free(&mms);
	fclose(file);
	*domain = found;
	return ok;
}

/**
 * dev_domain - which domain a process is in
 * @fd: the device
 * @pid: the process
 * @domain: result: ID of the domain, 0: it is in none
 *
 * The list comes first: to verify a process is to look at all its tables, with everybody
 * else locked out. But of processes that share an address space the list names one only; we
 * share ours with nobody.
 *
 * Return: 0, or an errno: it is not known. Says nothing.
 */
int dev_domain(int fd, int pid, uint32_t *domain)
{
	struct nacc_verify verify = { .size = sizeof(verify) };
	int err;

	*domain = 0;
	if (look_up(pid, domain) && (*domain || pid == getpid()))
		return 0;
	verify.pidfd = sys_pidfd_open(pid);
	if (verify.pidfd < 0)
		return errno;
	err = dev_call(fd, NACC_IOC_VERIFY, &verify);
	close(verify.pidfd);
	if (err)
		return err == ENOENT ? 0 : err;
	*domain = verify.domain;
	return 0;
}

/**
 * dev_not_system - a domain, that of all not counted
 * @fd: the device
 * @domain: ID of the domain, or 0; becomes 0 if it is the system profile's
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dev_not_system(int fd, uint32_t *domain)
{
	struct nacc_protect ask = { .size = sizeof(ask), .what = NACC_PROTECT_ASK };
	int err = *domain ? dev_call(fd, NACC_IOC_PROTECT, &ask) : 0;

	/* An older module has no such profile. */
	if (err && err != ENOTTY)
		return dev_explain(NACC_IOC_PROTECT, err, 0, 0);
	if (!err && ask.domain == *domain)
		*domain = 0;
	return EXIT_OK;
}

/**
 * dev_own_domain - which domain a process is in, that of all not counted
 * @fd: the device
 * @pid: the process
 * @domain: result: ID of the domain, 0: it is in none but the system profile's
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dev_own_domain(int fd, int pid, uint32_t *domain)
{
	int err = dev_domain(fd, pid, domain);

	return err ? dev_explain(NACC_IOC_VERIFY, err, (unsigned int)pid, 0) :
		     dev_not_system(fd, domain);
}
