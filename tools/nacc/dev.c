// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/nacc: its calls, and what their errors mean to a person.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "nacc.h"
#include "procfile.h"
#include "sys.h"

#define DEV_PATH	"/dev/nacc"

/* A call that a signal broke off is made again; after this many times, not */
#define DEV_RETRIES	64

#define NO_CALL \
	"the loaded module does not know this call: load the nacc.ko of this release"
#define NO_SHIM \
	"the firmware answers no NACC call: boot the OpenSBI that carries the shim"
#define KERNEL_THREAD \
	"%u is a kernel thread and has no user page tables: name a user process"

/* @fmt may use the process or domain asked for, then the domain it is in */
static const struct {
	unsigned long req;
	int err;
	int code;
	const char *fmt;
} meanings[] = {
	{ NACC_IOC_UNMARK, ENOENT, EXIT_NOENT,
	  "there is no domain %u: 'nacc ps' lists them" },
	{ NACC_IOC_UNMARK, ENOMEM, EXIT_NOMEM,
	  "no memory for page tables, domain %u is still marked: free some and try again" },
	{ NACC_IOC_UNMARK, EBUSY, EXIT_SYS,
	  "domain %u is being unmarked already, or its gate changed: look at 'nacc ps'" },
	{ NACC_IOC_UNMARK, EINTR, EXIT_SYS,
	  "signals interrupt the end of domain %u, some of it may be unmarked: try again" },
	{ NACC_IOC_UNMARK, EUCLEAN, EXIT_SYS,
	  "somebody has forged a root of domain %u: it stays marked; end its processes" },
	{ NACC_IOC_DUMP, ESRCH, EXIT_NOENT,
	  "process %u has exited: name a process that runs" },
	{ NACC_IOC_DUMP, EINVAL, EXIT_NOENT, KERNEL_THREAD },
	{ NACC_IOC_DUMP, EPERM, EXIT_PERM,
	  "the kernel is locked down (confidentiality): no addresses of process %u" },
	{ NACC_IOC_DUMP, EINTR, EXIT_SYS,
	  "signals interrupt the listing of process %u: try again" },
	{ NACC_IOC_VERIFY, ESRCH, EXIT_NOENT,
	  "process %u has exited: name a process that runs" },
	{ NACC_IOC_VERIFY, EINVAL, EXIT_NOENT, KERNEL_THREAD },
	{ NACC_IOC_VERIFY, ENOENT, EXIT_NOENT,
	  "process %u is not marked: mark it first ('nacc mark')" },
	{ NACC_IOC_VERIFY, EINTR, EXIT_SYS,
	  "signals interrupt the check of process %u: try again" },
	{ NACC_IOC_LOCK, EOPNOTSUPP, EXIT_ABSENT,
	  "the firmware does not know this call: boot the OpenSBI of this release" },
	{ NACC_IOC_LOCK, EBUSY, EXIT_SYS,
	  "the firmware has no set-up to lock: load the module again (rmmod, insmod)" },
	{ NACC_IOC_FORBID, ENOENT, EXIT_NOENT,
	  "there is no domain %u: 'nacc ps' lists them" },
	{ NACC_IOC_FORBID, ENOSPC, EXIT_SYS,
	  "domain %u has as many rules as it can have: use wider ranges" },
	{ NACC_IOC_FORBID, EOPNOTSUPP, EXIT_SYS,
	  "nothing can be forbidden in domain %u: see 'nacc stat --hooks' for why" },
	{ NACC_IOC_QUOTA, ENOENT, EXIT_NOENT,
	  "there is no domain %u: 'nacc ps' lists them" },
	{ NACC_IOC_QUOTA, EINVAL, EXIT_USAGE,
	  "the pool has not that many frames for domain %u: 'nacc stat' shows how many" },
	{ NACC_IOC_UNMARK, EPERM, EXIT_SYS,
	  "domain %u: nothing can be unmarked while the system profile is on ('nacc protect')" },
	{ NACC_IOC_PROTECT, EEXIST, EXIT_MARKED,
	  "the system profile is on already: 'nacc protect' shows it" },
	{ NACC_IOC_PROTECT, EPROTO, EXIT_SYS,
	  "the firmware does not choose roots here: 'nacc doctor' says why" },
	{ NACC_IOC_PROTECT, EBADF, EXIT_USAGE,
	  "what is to be excepted is no program: give paths of files" },
	{ NACC_IOC_PROTECT, EUNATCH, EXIT_SYS,
	  "children cannot be marked before they run: see 'nacc doctor'" },
	{ NACC_IOC_PROTECT, EAGAIN, EXIT_SYS,
	  "processes begin faster than they can be marked: nothing has changed, try again" },
	{ NACC_IOC_PROTECT, ENOMEM, EXIT_NOMEM,
	  "the pool is too small for all processes (process %u was the first): see nacc_pool=" },
	{ NACC_IOC_PROTECT, EOPNOTSUPP, EXIT_SYS,
	  "process %u shares huge-page tables with others: except its program" },
	{ NACC_IOC_PROTECT, EINTR, EXIT_SYS,
	  "signals interrupt it (at process %u): try again" },
	{ NACC_IOC_MARK, EXDEV, EXIT_SYS,
	  "process %u is marked already: it cannot go to another domain where one has a gate" },
	{ NACC_IOC_GATE, ENOENT, EXIT_NOENT,
	  "there is no domain %u: 'nacc ps' lists them" },
	{ NACC_IOC_GATE, EOPNOTSUPP, EXIT_SYS,
	  "domain %u cannot have a gate here: 'nacc doctor' says why" },
	{ NACC_IOC_GATE, EXDEV, EXIT_SYS,
	  "domain %u has processes that began in another one: it cannot have a gate" },
	{ NACC_IOC_GATE, ENOMEM, EXIT_NOMEM,
	  "no frames for the threads of domain %u, of pool or quota: the mode is as before" },
	{ NACC_IOC_GATE, EBUSY, EXIT_SYS,
	  "domain %u is being unmarked, or who joins it is held up: nothing has changed" },
	{ NACC_IOC_GATE, EOWNERDEAD, EXIT_SYS, "domain %u is being ended: nothing has changed" },
	{ NACC_IOC_GATE, EINTR, EXIT_SYS,
	  "signals interrupt the gate of domain %u: try again" },
	{ NACC_IOC_GATE, EPERM, EXIT_PERM,
	  "domain %u is not yours, or that loosens its gate: only root may" },
	{ NACC_IOC_SYSCALLS, ENOENT, EXIT_NOENT,
	  "there is no domain %u: 'nacc ps' lists them" },
	{ NACC_IOC_SYSCALLS, ENODATA, EXIT_NOENT,
	  "the gate of domain %u was never on: nothing was counted ('nacc gate')" },
	{ NACC_IOC_TRACED, ENOENT, EXIT_NOENT,
	  "there is no domain %u: 'nacc ps' lists them" },
	{ NACC_IOC_TRACED, ENODATA, EXIT_NOENT,
	  "the kernel does not count the system calls of domain %u: --record has it do so" },
	{ NACC_IOC_TRACED, EOPNOTSUPP, EXIT_SYS,
	  "this kernel cannot count system calls; the firmware can: 'nacc gate %u audit'" },
	{ NACC_IOC_TRACED, EPERM, EXIT_PERM,
	  "domain %u has no gate, and only root has the kernel count: run nacc as root" },
	{ NACC_IOC_SEAL, ESRCH, EXIT_NOENT,
	  "process %u has exited: name a process that runs" },
	{ NACC_IOC_SEAL, ENOENT, EXIT_NOENT,
	  "process %u is not marked, or not any more: only what is protected can be sealed" },
	{ NACC_IOC_SEAL, EINVAL, EXIT_USAGE,
	  "process %u: that is not one or more whole mappings: see /proc/PID/maps" },
	{ NACC_IOC_SEAL, EACCES, EXIT_SYS,
	  "process %u: a mapping there is writable, or cannot be read: it cannot be sealed" },
	{ NACC_IOC_SEAL, EOPNOTSUPP, EXIT_SYS,
	  "process %u: a mapping there is shared, special or huge, or 'nacc doctor' says why not" },
	{ NACC_IOC_SEAL, ENOSPC, EXIT_SYS,
	  "process %u has as many sealed ranges as it can, or no frame is left: see 'nacc stat'" },
	{ NACC_IOC_SEAL, ENOMEM, EXIT_NOMEM,
	  "process %u: not all of that is mapped, or pool, quota or memory is exhausted" },
	{ NACC_IOC_SEAL, EPERM, EXIT_PERM,
	  "process %u: a rule of its domain forbids pins ('nacc forbid'), or run nacc as root" },
	{ NACC_IOC_SEAL, EAGAIN, EXIT_SYS,
	  "process %u changes its mappings all the time: stop it first" },
	{ NACC_IOC_SEAL, EFAULT, EXIT_SYS,
	  "process %u: not all of that is there to be read (behind the end of a file?)" },
	{ NACC_IOC_UNMARK, ETXTBSY, EXIT_SYS,
	  "domain %u has sealed memory, which ends with its processes: 'nacc seal --list'" },
	{ NACC_IOC_REPORT, ENOENT, EXIT_NOENT,
	  "there is no domain %u: 'nacc ps' lists them" },
	{ NACC_IOC_REPORT, EOPNOTSUPP, EXIT_ABSENT,
	  "the firmware signs no reports: boot the OpenSBI of this release" },
	{ NACC_IOC_REPORT, EBUSY, EXIT_SYS,
	  "somebody else in the kernel keeps beginning reports: try again" },
	{ NACC_IOC_REPORT, EINTR, EXIT_SYS, "signals interrupt the report: try again" },
	{ 0, EPERM, EXIT_PERM, "the kernel does not permit this: run nacc as root" },
	{ 0, EACCES, EXIT_PERM, "the kernel does not permit this: run nacc as root" },
	{ 0, ENOTTY, EXIT_ABSENT, NO_CALL },
	{ 0, E2BIG, EXIT_ABSENT, NO_CALL },
	{ 0, EINVAL, EXIT_ABSENT, NO_CALL },
	{ 0, ENODEV, EXIT_ABSENT, NO_SHIM },
	{ 0, ENOMEM, EXIT_NOMEM,
	  "the machine has no memory left: free some and try again" },
};

/**
 * dev_explain - say why a call failed
 * @req: NACC_IOC_*
 * @err: errno
 * @subject: process or domain the call was about, or 0
 * @domain: domain the call has returned
 *
 * Return: the exit status.
 */
int dev_explain(unsigned long req, int err, unsigned int subject,
		uint32_t domain)
{
	char text[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].err != err ||
		    (meanings[i].req && meanings[i].req != req))
			continue;
		snprintf(text, sizeof(text), meanings[i].fmt, subject, domain);
		return nacc_fail(meanings[i].code, "%s", text);
	}
	if (!subject)
		return nacc_fail(EXIT_SYS, "the module failed: %s: see dmesg",
				 strerror(err));
	return nacc_fail(EXIT_SYS, "the module failed for %u: %s: see dmesg",
			 subject, strerror(err));
}

/**
 * dev_try - open the device, which may not be there
 *
 * Return: it, or -1 with errno set.
 */
int dev_try(void)
{
	return sys_open(DEV_PATH, O_RDWR);
}

/**
 * dev_open - open the device
 * @fd: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dev_open(int *fd)
{
	*fd = dev_try();
	if (*fd >= 0)
		return EXIT_OK;
	switch (errno) {
	case ENOENT:
		return nacc_fail(EXIT_ABSENT, DEV_PATH
				 " is missing: load the module first (insmod nacc.ko)");
	case ENXIO:
	case ENODEV:
		return nacc_fail(EXIT_ABSENT, DEV_PATH
				 " has no driver: load the module (insmod nacc.ko)");
	case EACCES:
	case EPERM:
		return nacc_fail(EXIT_PERM, "not permitted to open " DEV_PATH
				 ": run nacc as root, outside of containers");
	default:
		return nacc_fail(EXIT_SYS, DEV_PATH
				 " cannot be opened: %s: see dmesg",
				 strerror(errno));
	}
}

static uint64_t thread_group(int pid)
{
	struct table status;
	uint64_t tgid = 0;
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = procfile_try(path);
	if (!file)
		return 0;
	if (!table_parse_status(file, &status))
		table_lookup_u64(&status, "Tgid", &tgid);
	table_free(&status);
	fclose(file);
	return tgid;
}

/**
 * dev_pidfd - a pidfd of a process
 * @pid: its ID
 * @fd: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dev_pidfd(int pid, int *fd)
{
	uint64_t tgid;
	int err;

	*fd = sys_pidfd_open(pid);
	if (*fd >= 0)
		return EXIT_OK;
	err = errno;
	tgid = err == ESRCH ? 0 : thread_group(pid);
	if (tgid && tgid != (uint64_t)pid)
		return nacc_fail(EXIT_NOENT,
				 "%d is a thread of process %u: name the process",
				 pid, (unsigned int)tgid);
	if (err == ESRCH || err == EINVAL || err == ENOENT)
		return nacc_fail(EXIT_NOENT,
				 "there is no process %d: ps lists them", pid);
	return nacc_fail(EXIT_SYS, "process %d cannot be opened: %s: try again",
			 pid, strerror(err));
}

/**
 * dev_call - a call of the device, made again when a signal breaks it off
 * @fd: the device
 * @req: NACC_IOC_*
 * @arg: its structure
 *
 * Return: 0 or an errno.
 */
int dev_call(int fd, unsigned long req, void *arg)
{
	int i;

	for (i = 0; i < DEV_RETRIES; i++) {
		if (!sys_ioctl(fd, req, arg))
			return 0;
		if (errno != EINTR)
			break;
	}
	return errno;
}

/**
 * dev_info - what the module says of itself
 * @fd: the device
 * @info: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dev_info(int fd, struct nacc_info *info)
{
	int err;

	*info = (struct nacc_info){ .size = sizeof(*info) };
	err = dev_call(fd, NACC_IOC_INFO, info);
	return err ? dev_explain(NACC_IOC_INFO, err, 0, 0) : EXIT_OK;
}
