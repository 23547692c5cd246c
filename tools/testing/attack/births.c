// SPDX-License-Identifier: GPL-2.0
/* Another tracer has the functions by which births are seen: a hook there is a breakpoint. */
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "attack.h"

static const char * const functions[] = {
	"mm_init", "mm_alloc", "uprobe_dup_mmap", "wake_up_new_task", "begin_new_exec",
};

static void notrace see(unsigned long site, unsigned long parent, struct ftrace_ops *op,
			struct ftrace_regs *fregs)
{
}

/* Who may change where a call goes, and does not. */
static struct ftrace_ops ops = { .func = see, .flags = FTRACE_OPS_FL_IPMODIFY };
static bool taken;

static int take(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(functions) && !err; i++)
		err = ftrace_set_filter(&ops, (unsigned char *)functions[i],
					strlen(functions[i]), !i);
	return err ?: register_ftrace_function(&ops);
}

/** attack_births() - N: take them, or (0) let go of them */
int attack_births(const u64 *arg, struct seq_buf *out)
{
	int err = 0;

	if (arg[0] && !taken)
		err = take();
	else if (!arg[0] && taken)
		err = unregister_ftrace_function(&ops);
	if (err)
		return err;
	taken = arg[0];
	seq_buf_printf(out, "taken=%d\n", taken);
	return 0;
}

/** attack_births_off() - they are nobody's any more */
void attack_births_off(void)
{
	if (taken)
		unregister_ftrace_function(&ops);
}
