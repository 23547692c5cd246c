// SPDX-License-Identifier: GPL-2.0
/*
 * nacc lock
 */
#include <unistd.h>

#include "cmd.h"
#include "conf.h"
#include "dev.h"

/**
 * lock_call - lock the set-up
 * @fd: the device
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int lock_call(int fd)
{
	struct nacc_lock lock = { .size = sizeof(lock) };
	int err = dev_call(fd, NACC_IOC_LOCK, &lock);

	return err ? dev_explain(NACC_IOC_LOCK, err, 0, 0) : EXIT_OK;
}

static int run_lock(const struct args *args)
{
	int ret, fd;

	(void)args;
	ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = lock_call(fd);
	close(fd);
	return ret;
}

const struct cmd cmd_lock = {
	.name = "lock",
	.usage = "",
	.brief = "lock the firmware's set-up until the machine is reset",
	.help =
	"Lock what the firmware was told when the module was loaded: where the kernel\n"
	"and its page-table writers are, and the provenance mode (off, audit, enforce).\n"
	"From here on nothing changes it until the machine is reset, neither this\n"
	"kernel nor another load of the module.\n"
	"\n"
	"The first mark does the same: use 'nacc lock' to close the time before it, at\n"
	"boot. Until then another load of the module may choose another mode. Learning\n"
	"writers (provenance=audit) needs something marked, and so locks that mode: to\n"
	"enforce afterwards, reset. 'nacc doctor' says whether the set-up is locked.\n"
	"\n"
	"Prints nothing when it is done; locking again does no harm.\n"
	"\n"
	"Example:\n"
	"  # insmod nacc.ko\n"
	"  # nacc lock\n",
	.run = run_lock,
};
