// SPDX-License-Identifier: GPL-2.0
/* nacc.ko: load and unload, in order and in reverse. */
#include <linux/module.h>
#include <linux/suspend.h>

#include "hook/hook.h"
#include "routes/routes.h"
#include "tables/shadow.h"
#include "test.h"
#include "user/user.h"

static int __init load(void)
{
	int ret;

	/*
	 * Page tables that go while another thread has them in its hands, with
	 * nothing but the mmap lock for reading: the routes do not expect that.
	 */
	if (IS_ENABLED(CONFIG_PT_RECLAIM)) {
		pr_err("a kernel with CONFIG_PT_RECLAIM, which frees page tables in use, is not supported\n");
		return -EOPNOTSUPP;
	}
	ret = nacc_policy_init();
	if (ret)
		return ret;
	ret = nacc_sbi_probe();
	if (ret)
		return ret;
	ret = nacc_ksym_init();
	if (ret)
		return ret;
	nacc_test_init();
	ret = nacc_sbi_stats_init();
	if (ret)
		return ret;
	ret = nacc_audit_init();
	if (ret)
		goto stats;
	ret = nacc_pool_init();
	if (ret)
		goto stats;
	ret = nacc_linear_map();
	if (ret)
		goto pool;
	ret = nacc_setup(nacc_policy_provenance());
	if (ret)
		goto linear;
	ret = nacc_selftest_init();
	if (ret)
		goto setup;
	ret = nacc_shadow_init();
	if (ret)
		goto selftest;
	ret = nacc_hook_init(nacc_routes, nacc_nr_routes, nacc_disarm_if_unused);
	if (ret)
		goto shadow;
	ret = nacc_domain_init();
	if (ret)
		goto hook;
	ret = nacc_refusals_init();
	if (ret)
		goto domain;
	nacc_callbacks_init();
	ret = nacc_inherit_init();
	if (ret)
		goto refusals;
	ret = nacc_power_init();
	if (ret)
		goto inherit;
	ret = nacc_proc_init();
	if (ret)
		goto power;
	/* Who opens it keeps the module: nothing may fail from here on. */
	ret = nacc_chardev_init();
	if (ret)
		goto proc;
	nacc_domain_open();
	pr_info("%u frames at %pa, refused stores seen on %u of %u harts\n",
		nacc_pool.nr, &nacc_pool.base, nacc_selftest_passed(),
		nacc_selftest_harts());
	return 0;

proc:
	nacc_proc_exit();
power:
	nacc_power_exit();
inherit:
	nacc_inherit_exit();
refusals:
	nacc_refusals_exit();
domain:
	nacc_domain_exit();
hook:
	nacc_hook_exit_all();
shadow:
	nacc_shadow_exit();
selftest:
	nacc_selftest_exit();
setup:
	nacc_setup_exit();
linear:
	nacc_linear_unmap();
pool:
	nacc_pool_exit();
stats:
	nacc_sbi_stats_exit();
	return ret;
}

/*
 * A kernel that is being put into an image must not get the pool mapped on the way:
 * see kmod/domain/power.c, which is asked from the next time on.
 */
static int __init nacc_init(void)
{
	unsigned int flags = lock_system_sleep();
	int ret = load();

	unlock_system_sleep(flags);
	return ret;
}

/* Reached only when no domain is left: each one holds a module reference. */
static void __exit nacc_exit(void)
{
	nacc_chardev_exit();
	nacc_proc_exit();
	nacc_power_exit();
	nacc_callbacks_exit();
	nacc_inherit_exit();
	nacc_refusals_exit();
	nacc_domain_exit();
	nacc_hook_exit_all();
	nacc_shadow_exit();
	nacc_selftest_exit();
	nacc_setup_exit();
	nacc_linear_unmap();
	nacc_pool_exit();
	nacc_sbi_stats_exit();
}

module_init(nacc_init);
module_exit(nacc_exit);

MODULE_DESCRIPTION("Page tables of marked containers that only firmware can change");
MODULE_VERSION(NACC_VERSION);
MODULE_LICENSE("GPL");
