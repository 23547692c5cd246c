// SPDX-License-Identifier: GPL-2.0
/*
 * A failing allocation at a chosen place: the kernel's fault injection, for the
 * current task only. By default it spares allocations that may wait, which are
 * all of ours; its switches for that are files in debugfs.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "env.h"

static unsigned int fail_alloc;
module_param(fail_alloc, uint, 0444);
MODULE_PARM_DESC(fail_alloc, "which allocation of the load fails, from 1 (tests)");

/* What a file of debugfs shows, or NULL. */
static void *knob(const char *dir, const char *name)
{
	struct dentry *d = debugfs_lookup(dir, NULL), *f = NULL;
	void *value = NULL;

	if (d)
		f = debugfs_lookup(name, d);
	if (f)
		value = d_inode(f)->i_private;
	dput(f);
	dput(d);
	return value;
}

/**
 * alloc_fault_prepare() - let the kernel's fault injection reach everything
 *
 * Return: 0, or -ENOENT if this kernel has none.
 */
int alloc_fault_prepare(void)
{
	static const char * const dirs[] = { "failslab", "fail_page_alloc" };
	u32 *min_order = knob("fail_page_alloc", "min-order");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		bool *spare = knob(dirs[i], "ignore-gfp-wait");
		unsigned long *verbose = knob(dirs[i], "verbose");

		if (!spare || !verbose || !min_order)
			return -ENOENT;
		*spare = false;
		*verbose = 0;
	}
	*min_order = 0;
	return 0;
}

/**
 * alloc_fault_set() - let one allocation of the current task fail
 * @nth: which, from 1
 */
void alloc_fault_set(unsigned int nth)
{
	current->fail_nth = nth;
}

/**
 * alloc_fault_clear() - let none fail any more
 *
 * Return: whether the chosen one was reached.
 */
bool alloc_fault_clear(void)
{
	bool reached = !current->fail_nth;

	current->fail_nth = 0;
	return reached;
}

/**
 * alloc_fault_load() - let an allocation of the load fail, as a parameter says
 *
 * Whoever loads sees in its own fail-nth whether that was reached.
 */
void alloc_fault_load(void)
{
	if (fail_alloc && !alloc_fault_prepare())
		alloc_fault_set(fail_alloc);
}
