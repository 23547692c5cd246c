// SPDX-License-Identifier: GPL-2.0
/*
 * A new program has its page: the last thing that the kernel maps for it is its vDSO, when all
 * that the file says is mapped, so that nothing of it finds its place taken.
 */
#include <linux/binfmts.h>
#include <linux/kprobes.h>

#include "routes/internal.h"

typedef int (*setup_fn)(struct linux_binprm *bprm, int uses_interp);

static noinline int route_setup(struct linux_binprm *bprm, int uses_interp)
{
	int ret;

	nacc_hook_enter(&nacc_hook_page);
	ret = nacc_hook_original(&nacc_hook_page, setup_fn)(bprm, uses_interp);
	if (!ret)
		nacc_route_ops.page_begins(current->mm);
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_setup(const unsigned long *args)
{
	return nacc_mm_marked(current->mm) && nacc_route_ops.paged() ?
		(unsigned long)route_setup : 0;
}

NOKPROBE_SYMBOL(pick_setup);

struct nacc_hook nacc_hook_page = {
	.name = "page",
	.purpose = "a new program sees how it is protected",
	.symbols = { "arch_setup_additional_pages" },
	.pick = pick_setup,
	.lost = "new programs have no page, [nacc] in their maps",
};
