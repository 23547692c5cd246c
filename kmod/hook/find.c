// SPDX-License-Identifier: GPL-2.0
/* At load: where the hooked functions are, and whether hooks work at all. */
#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "hook/internal.h"

static struct nacc_hook dummy_hook;

static noinline __noclone int dummy(int value)
{
	barrier();
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

typedef int (*dummy_fn)(int value);

static noinline int dummy_replacement(int value)
{
	int ret = nacc_hook_original(&dummy_hook, dummy_fn)(value + 1);

	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_dummy(const unsigned long *args)
{
	return args[0] == 40 ? (unsigned long)dummy_replacement : 0;
}

NOKPROBE_SYMBOL(pick_dummy);

static struct nacc_hook dummy_hook = {
	.name = "selftest",
	.purpose = "self-test at load",
	.pick = pick_dummy,
	.lost = "hooks do not work on this kernel",
	.from_here = true,
};

/* Through a pointer that the compiler cannot see through. */
static bool dummy_works(void)
{
	dummy_fn fn = dummy;

	OPTIMIZER_HIDE_VAR(fn);
	return fn(40) == 41 && fn(50) == 50;
}

static bool backend_works(enum nacc_backend backend)
{
	bool works;

	works = !nacc_hook_arm_backend(&dummy_hook, backend) && dummy_works();
	nacc_hook_disarm();
	return works;
}

static bool works_ftrace, works_kprobe;

/* Hooks that have only a name with a suffix */
static int note_suffixed(void *data, const char *name, unsigned long addr)
{
	unsigned int i;

	for (i = 1; i < nacc_nr_hooks; i++) {
		size_t len = strlen(nacc_hooks[i]->symbols[0]);

		if (!nacc_hooks[i]->addr && name[len] == '.' &&
		    !strncmp(name, nacc_hooks[i]->symbols[0], len))
			nacc_hooks[i]->suffixed = true;
	}
	return 0;
}

typedef unsigned long (*location_fn)(unsigned long addr);

static void find_symbol(struct nacc_hook *hook, location_fn location)
{
	unsigned int i;

	for (i = 0; i < NACC_HOOK_SYMBOLS && hook->symbols[i]; i++) {
		hook->addr = nacc_ksym.lookup(hook->symbols[i]);
		if (!hook->addr)
			continue;
		hook->symbol = hook->symbols[i];
		if (location && location(hook->addr) == hook->addr)
			hook->skip = MCOUNT_INSN_SIZE;
		return;
	}
}

/**
 * nacc_hook_init() - find the functions and try both ways to replace one
 * @table: the hooks
 * @nr: how many
 * @settle: disarms if nothing is marked any more; may sleep
 *
 * Context: module load, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nacc_hook_init(struct nacc_hook * const *table, unsigned int nr,
			  void (*settle)(void))
{
	location_fn location = (void *)nacc_ksym.lookup("ftrace_location");
	struct nacc_hook *first = &dummy_hook;
	unsigned int i;

	nacc_hook_table(&first, 1, settle);
	nacc_hook_table(table, nr, settle);
	for (i = 0; i < nacc_nr_hooks; i++) {
		nacc_hooks[i]->counts = alloc_percpu(struct nacc_hook_counts);
		if (!nacc_hooks[i]->counts) {
			nacc_hook_exit_all();
			return -ENOMEM;
		}
		find_symbol(nacc_hooks[i], location);
	}
	dummy_hook.symbol = "dummy";
	dummy_hook.addr = (unsigned long)dummy;
	if (location && location(dummy_hook.addr) == dummy_hook.addr)
		dummy_hook.skip = MCOUNT_INSN_SIZE;
	nacc_ksym.on_each_symbol(note_suffixed, NULL);
	works_ftrace = backend_works(NACC_BACKEND_FTRACE);
	works_kprobe = backend_works(NACC_BACKEND_KPROBE);
	if (!works_ftrace)
		pr_warn("self-test: hooks by ftrace do not work on this kernel\n");
	if (!works_kprobe)
		pr_warn("self-test: hooks by kprobes do not work on this kernel\n");
	return 0;
}

/**
 * nacc_hook_exit_all() - undo nacc_hook_init(); nothing is armed
 */
void nacc_hook_exit_all(void)
{
	unsigned int i;

	for (i = 0; i < nacc_nr_hooks; i++)
		free_percpu(nacc_hooks[i]->counts);
}

/**
 * nacc_hook_backends() - which ways passed the self-test at load
 */
const char *nacc_hook_backends(void)
{
	return works_ftrace ? (works_kprobe ? "ftrace,kprobe" : "ftrace") :
			      (works_kprobe ? "kprobe" : "none");
}

#ifdef NACC_KUNIT
#include "hook_test.c"
#endif
