// SPDX-License-Identifier: GPL-2.0
/* nacc.ko: load and unload, in order and in reverse. */
#include <linux/module.h>
#include <linux/reboot.h>

#include "nacc.h"

static int on_reboot(struct notifier_block *nb, unsigned long action,
		     void *data)
{
	nacc_unmark_all();
	nacc_kick();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = {
	.notifier_call = on_reboot,
};

static int __init nacc_init(void)
{
	int ret;

	ret = nacc_sbi_probe();
	if (ret)
		return ret;
	ret = nacc_ksym_init();
	if (ret)
		return ret;
	ret = nacc_pool_init();
	if (ret)
		return ret;
	ret = nacc_setup();
	if (ret)
		goto pool;
	ret = nacc_selftest(&nacc_selftest_passed, &nacc_selftest_harts);
	if (ret)
		goto pool;
	ret = nacc_domain_init();
	if (ret)
		goto pool;
	ret = nacc_inherit_init();
	if (ret)
		goto domain;
	ret = register_reboot_notifier(&reboot_notifier);
	if (ret)
		goto inherit;
	ret = nacc_proc_init();
	if (ret)
		goto reboot;
	ret = nacc_chardev_init();
	if (ret)
		goto proc;
	pr_info("%u frames at %pa, refused stores seen on %u of %u harts\n",
		nacc_pool.nr, &nacc_pool.base, nacc_selftest_passed,
		nacc_selftest_harts);
	return 0;

proc:
	nacc_proc_exit();
reboot:
	unregister_reboot_notifier(&reboot_notifier);
inherit:
	nacc_inherit_exit();
domain:
	nacc_domain_exit();
pool:
	nacc_pool_exit();
	return ret;
}

/* Reached only when no domain is left: each one holds a module reference. */
static void __exit nacc_exit(void)
{
	nacc_chardev_exit();
	nacc_proc_exit();
	unregister_reboot_notifier(&reboot_notifier);
	nacc_keeper_stop();
	nacc_inherit_exit();
	nacc_domain_exit();
	nacc_pool_exit();
}

module_init(nacc_init);
module_exit(nacc_exit);

MODULE_DESCRIPTION("Page tables of marked containers that only firmware can change");
MODULE_VERSION(NACC_VERSION);
MODULE_LICENSE("GPL");
