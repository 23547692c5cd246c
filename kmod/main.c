// SPDX-License-Identifier: GPL-2.0
/* nacc.ko: load and unload, in order and in reverse. */
#include <linux/module.h>
#include <linux/suspend.h>

#include "hook/hook.h"
#include "routes/routes.h"
#include "tables/shadow.h"
#include "test.h"
#include "user/user.h"

static bool enable = true;
module_param(enable, bool, 0444);
MODULE_PARM_DESC(enable, "no: the module is not loaded; for the kernel's command line, nacc.enable=0");

static int __init setup_init(void)
{
	return nacc_setup(nacc_policy_provenance());
}

static int __init hook_init(void)
{
	return nacc_hook_init(nacc_routes, nacc_nr_routes, nacc_disarm_if_unused);
}

/**
 * struct step - one step of the load
 * @init: does it, or says why not
 * @exit: undoes it, at unload or if a later step fails; NULL: there is nothing to undo
 */
struct step {
	int (*init)(void);
	void (*exit)(void);
};

/* The first half of each is in memory that is given back after the load. */
static const struct step steps[] __refconst = {
	{ nacc_policy_init },
	{ nacc_work_init, nacc_work_exit },
	{ nacc_guard_init, nacc_guard_exit },
	{ nacc_sbi_probe },
	{ nacc_ksym_init },
	{ nacc_test_init },
	{ nacc_sbi_stats_init, nacc_sbi_stats_exit },
	{ nacc_audit_init },
	{ nacc_pool_init, nacc_pool_exit },
	{ nacc_linear_map, nacc_linear_unmap },
	{ setup_init, nacc_setup_exit },
	{ nacc_selftest_init, nacc_selftest_exit },
	{ nacc_unlink_init, nacc_unlink_exit },
	{ nacc_shadow_init, nacc_shadow_exit },
	{ hook_init, nacc_hook_exit_all },
	{ nacc_domain_init, nacc_domain_exit },
	{ nacc_refusals_init, nacc_refusals_exit },
	{ nacc_roots_init, nacc_roots_exit },
	{ nacc_inherit_init, nacc_inherit_exit },
	{ nacc_enter_init, nacc_enter_exit },
	{ nacc_sweep_init, nacc_sweep_exit },
	{ nacc_user_events_init, nacc_user_events_exit },
	{ nacc_callbacks_init, nacc_callbacks_exit },
	{ nacc_power_init, nacc_power_exit },
	{ nacc_proc_init, nacc_proc_exit },
	/* Who opens it keeps the module: nothing may fail from here on. */
	{ nacc_chardev_init, nacc_chardev_exit },
};

static void undo(unsigned int nr)
{
	while (nr--)
		if (steps[nr].exit)
			steps[nr].exit();
}

static int __init nacc_init(void)
{
	unsigned int i, flags;
	int ret = 0;

	if (!enable) {
		pr_info("not loaded, and nothing is protected: nacc.enable=0\n");
		return -ENODEV;
	}
	/*
	 * A kernel that is being put into an image must not get the pool mapped on
	 * the way: see kmod/domain/power.c, which is asked from the next time on.
	 */
	flags = lock_system_sleep();
	for (i = 0; i < ARRAY_SIZE(steps) && !ret; i++)
		ret = steps[i].init();
	if (ret)
		undo(i - 1);
	else
		nacc_domain_open();
	if (!ret)
		nacc_system_boot();
	unlock_system_sleep(flags);
	if (!ret)
		pr_info("%u frames at %#llx, refused stores seen on %u of %u harts\n",
			nacc_pool.nr, nacc_pool.base & nacc_physical_mask(),
			nacc_selftest_passed(), nacc_selftest_harts());
	return ret;
}

/* Reached only when no domain and no hook is left: each holds a module reference. */
static void __exit nacc_exit(void)
{
	undo(ARRAY_SIZE(steps));
}

module_init(nacc_init);
module_exit(nacc_exit);

MODULE_DESCRIPTION("Page tables of marked containers that only firmware can change");
MODULE_VERSION(NACC_VERSION);
MODULE_LICENSE("GPL");
