// SPDX-License-Identifier: GPL-2.0
/* The queue of what the module does in the background. */
#include <linux/errno.h>
#include <linux/workqueue.h>

#include "base/base.h"

/* Its own: works of others that do not end must not keep it waiting, nor its works them. */
struct workqueue_struct *nacc_wq;

/**
 * nacc_work_init() - before the first work
 *
 * Context: module load, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nacc_work_init(void)
{
	nacc_wq = alloc_workqueue("nacc", WQ_UNBOUND, 0);
	return nacc_wq ? 0 : -ENOMEM;
}

/**
 * nacc_work_exit() - behind the last
 *
 * Context: may sleep.
 */
void nacc_work_exit(void)
{
	destroy_workqueue(nacc_wq);
}
