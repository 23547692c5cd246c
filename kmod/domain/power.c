// SPDX-License-Identifier: GPL-2.0
/* What must not outlive this kernel or be put to sleep with it. */
#include <linux/reboot.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>

#include "domain/internal.h"

static DECLARE_COMPLETION(unmarked);

static void unmark_work(struct work_struct *work)
{
	nacc_domain_close();
	nacc_system_end();
	nacc_unmark_all();
	complete_all(&unmarked);
}

static DECLARE_WORK(unmark, unmark_work);

static bool unmark_in_time(void)
{
	reinit_completion(&unmarked);
	queue_work(nacc_wq, &unmark);
	/* No task keeps a kexec for ever. */
	return wait_for_completion_timeout(&unmarked, NACC_PATIENCE);
}

/* Waits at most this long for the keeper to be done with what was marked. */
#define IDLE_TRIES	100
#define IDLE_WAIT	(HZ / 10)

static bool wait_idle(void)
{
	unsigned int tries;

	for (tries = 0; tries < IDLE_TRIES && !nacc_pool_idle(); tries++) {
		nacc_kick();
		schedule_timeout_uninterruptible(IDLE_WAIT);
	}
	return nacc_pool_idle();
}

/*
 * A machine that resets takes all with it. The next kernel of a kexec, though,
 * finds the firmware as this one leaves it.
 */
static int on_reboot(struct notifier_block *nb, unsigned long action,
		     void *data)
{
	if (!nacc_ksym.kexec_in_progress || !*nacc_ksym.kexec_in_progress)
		return NOTIFY_DONE;
	if (!unmark_in_time() || !wait_idle())
		pr_warn("some containers are still marked: the next kernel cannot use their part of the pool\n");
	nacc_guard_off();
	return NOTIFY_DONE;
}

/* Why the machine may not be put into an image; NULL: it may. */
static const char *not_now(void)
{
	if (nacc_linear_foreign())
		return "the kernel has the pool mapped, so the image would hold it";
	if (!wait_idle())
		return "the pool is not empty yet";
	return NULL;
}

static bool away;		/* in an image, or on the way there or back */
static bool was_locked;

/*
 * An image holds each page that is mapped, and resume would store it back to memory
 * that only the firmware writes. So the pool goes first: what runs from here on could
 * as well be a kernel without the module.
 */
static int hibernation_begins(void)
{
	const char *why;

	/* Who enters a cgroup that is a domain would find it closed, and not be protected. */
	if (!nacc_domain_close_unused()) {
		pr_err("hibernation is refused: a container is marked\n");
		return NOTIFY_BAD;
	}
	why = not_now();
	if (why) {
		pr_err("hibernation is refused: %s\n", why);
		nacc_domain_open();
		return NOTIFY_BAD;
	}
	was_locked = nacc_sbi_info(NACC_INFO_STATE) & NACC_STATE_LOCKED;
	nacc_keeper_rest();
	nacc_selftest_pause();
	nacc_linear_unmap();
	away = true;
	return NOTIFY_OK;
}

/* The firmware has been reset in between, or another image has been begun, or none. */
static int come_back(void)
{
	int ret = nacc_sbi_probe();

	if (ret)
		return ret;
	if (!nacc_pool_same()) {
		pr_err("the firmware's pool is not where it was\n");
		return -ENODEV;
	}
	if (!nacc_pool_idle()) {
		pr_err("the kernel that resumed this one has left containers marked\n");
		return -EBUSY;
	}
	ret = nacc_linear_map();
	if (!ret)
		ret = nacc_setup_again(was_locked);
	if (!ret)
		ret = nacc_selftest_again();
	if (!ret)
		nacc_refusals_again();
	return ret;
}

static int hibernation_ends(void)
{
	int ret;

	if (!away)
		return NOTIFY_OK;
	away = false;
	ret = come_back();
	if (ret) {
		pr_err("nothing can be marked any more (error %d): reset the machine\n",
		       ret);
		return NOTIFY_OK;
	}
	nacc_domain_open();
	/* It may have been resting from the last hooks that are left. */
	nacc_kick();
	return NOTIFY_OK;
}

/* This kernel ends and the one in the image goes on, as after a kexec. */
static int restore_begins(void)
{
	if (!unmark_in_time() || !wait_idle())
		pr_warn("some containers are still marked: the kernel in the image will not be able to mark any\n");
	nacc_guard_off();
	if (!nacc_guarded())
		return NOTIFY_OK;
	/* Its root would be refused, half way through its memory. */
	pr_err("the image is not restored: roots of this kernel are still bound\n");
	return NOTIFY_BAD;
}

/* There was no image, or it was not as it should be. */
static int restore_failed(void)
{
	nacc_domain_open();
	/* What is marked still may have got somebody meanwhile, who was turned away. */
	nacc_cgroups_sweep();
	return NOTIFY_OK;
}

static int on_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	switch (action) {
	case PM_HIBERNATION_PREPARE:
		return hibernation_begins();
	case PM_POST_HIBERNATION:
		return hibernation_ends();
	case PM_RESTORE_PREPARE:
		return restore_begins();
	case PM_POST_RESTORE:
		return restore_failed();
	default:
		return NOTIFY_OK;
	}
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
