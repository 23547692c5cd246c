// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what without being an administrator: nobody anything, unless the module was
 * loaded so. The table is in docs/uapi.md.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/user_namespace.h>

#include "user/user.h"

static unsigned int self;
module_param(self, uint, 0444);
MODULE_PARM_DESC(self,
		 "frames of the pool that each user may use for what he has marked himself, if he may open /dev/nacc; 0: only administrators mark (default)");

static int monitor = -1;
module_param(monitor, int, 0444);
MODULE_PARM_DESC(monitor,
		 "ID of the group that may read events, and what of /proc/nacc is not about addresses; -1: none (default)");

/**
 * nacc_self_frames() - frames that each user may use for what he marks himself
 *
 * Return: their number; 0: nobody may.
 */
unsigned int nacc_self_frames(void)
{
	return min(self, nacc_pool.nr);
}

/**
 * nacc_monitor_group() - the group that may look
 *
 * Return: its ID, or one that is not valid.
 */
kgid_t nacc_monitor_group(void)
{
	return monitor < 0 ? INVALID_GID : make_kgid(&init_user_ns, monitor);
}

/**
 * nacc_may_look() - may the caller read what the monitoring group may?
 */
bool nacc_may_look(void)
{
	const kgid_t group = nacc_monitor_group();

	return capable(CAP_SYS_ADMIN) || (gid_valid(group) && in_group_p(group));
}

/**
 * nacc_may_open() - may the caller open /dev/nacc, if its mode lets him?
 */
bool nacc_may_open(void)
{
	return nacc_may_look() || nacc_self_frames();
}
