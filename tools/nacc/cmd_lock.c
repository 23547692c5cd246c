// SPDX-License-Identifier: GPL-2.0
/*
 * nacc lock
 */
#include <unistd.h>

#include "cmd.h"
#include "dev.h"

static int run_lock(const struct args *args)
{
	struct nacc_lock lock = { .size = sizeof(lock) };
	int ret, fd, err;

	(void)args;
	ret = dev_open(&fd);
	if (ret)
		return ret;
	err = dev_call(fd, NACC_IOC_LOCK, &lock);
	if (err)
		ret = dev_explain(NACC_IOC_LOCK, err, 0, 0);
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
