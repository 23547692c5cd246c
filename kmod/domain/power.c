// SPDX-License-Identifier: GPL-2.0
/* What must not outlive this kernel or be put to sleep with it. */
#include <linux/reboot.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>

#include "domain/internal.h"

/* A task that never lets go of its mmap lock must not keep a kexec for ever. */
#define UNMARK_TIMEOUT	(10 * HZ)

static DECLARE_COMPLETION(unmarked);

static void unmark_work(struct work_struct *work)
{
	nacc_unmark_all();
	complete_all(&unmarked);
}

static DECLARE_WORK(unmark, unmark_work);

/*
 * A machine that resets takes all with it. The next kernel of a kexec, though,
 * finds the firmware as this one leaves it.
 */
static int on_reboot(struct notifier_block *nb, unsigned long action,
		     void *data)
{
	if (!nacc_ksym.kexec_in_progress || !*nacc_ksym.kexec_in_progress)
		return NOTIFY_DONE;
	queue_work(system_unbound_wq, &unmark);
	if (!wait_for_completion_timeout(&unmarked, UNMARK_TIMEOUT))
		pr_warn("some containers are still marked: the next kernel cannot use their part of the pool\n");
	return NOTIFY_DONE;
}

/*
 * A hibernation image would be copied back over tables that only the firmware
 * may write, and the firmware would not know them.
 */
static int on_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action != PM_HIBERNATION_PREPARE || !nacc_domain_count())
		return NOTIFY_OK;
	pr_err("hibernation is refused while a container is marked\n");
	return NOTIFY_BAD;
}

static struct notifier_block reboot_notifier = { .notifier_call = on_reboot };
static struct notifier_block pm_notifier = { .notifier_call = on_pm };

/**
 * nacc_power_init() - watch for kexec and hibernation
 *
 * Return: 0 or an error of the registrations.
 */
int __init nacc_power_init(void)
{
	int ret = register_reboot_notifier(&reboot_notifier);

	if (ret)
		return ret;
	ret = register_pm_notifier(&pm_notifier);
	if (ret)
		unregister_reboot_notifier(&reboot_notifier);
	return ret;
}

/**
 * nacc_power_exit() - stop watching
 */
void nacc_power_exit(void)
{
	unregister_pm_notifier(&pm_notifier);
	unregister_reboot_notifier(&reboot_notifier);
}
