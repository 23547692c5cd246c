// SPDX-License-Identifier: GPL-2.0
/* At load: where the hooked functions are, and whether hooks work at all. */
#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "hook/internal.h"

/* Hooks that have only a name with a suffix */
static int note_suffixed(void *data, const char *name, unsigned long addr)
{
	unsigned int i;

	for (i = NACC_CANARIES; i < nacc_nr_hooks; i++) {
		size_t len = strlen(nacc_hooks[i]->symbols[0]);

		if (!nacc_hooks[i]->addr && name[len] == '.' &&
		    !strncmp(name, nacc_hooks[i]->symbols[0], len))
			nacc_hooks[i]->suffixed = true;
	}
	return 0;
}

static char *hide = "";
module_param(hide, charp, 0444);
MODULE_PARM_DESC(hide, "functions, by commas, that are not hooked, as if this kernel had none of the name");

static bool is_hidden(const char *name)
{
	return nacc_listed(hide, name, strlen(name));
}

typedef unsigned long (*location_fn)(unsigned long addr);

static void find_symbol(struct nacc_hook *hook, location_fn location)
{
	unsigned int i;

	for (i = 0; i < NACC_HOOK_SYMBOLS && hook->symbols[i]; i++) {
		if (is_hidden(hook->symbols[i]))
			continue;
		hook->addr = nacc_ksym.lookup(hook->symbols[i]);
		if (!hook->addr)
			continue;
		hook->symbol = hook->symbols[i];
		nacc_find_site(hook, location);
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
	unsigned int i;

	nacc_hook_table(nacc_canaries, NACC_CANARIES, settle);
	nacc_hook_table(table, nr, settle);
	for (i = 0; i < nacc_nr_hooks; i++) {
		nacc_hooks[i]->counts = alloc_percpu(struct nacc_hook_counts);
		if (!nacc_hooks[i]->counts) {
			nacc_hook_exit_all();
			return -ENOMEM;
		}
		if (i >= NACC_CANARIES)
			find_symbol(nacc_hooks[i], location);
	}
	nacc_ksym.on_each_symbol(note_suffixed, NULL);
	nacc_place_init((void *)nacc_ksym.lookup("ftrace_find_rec_direct"));
	mutex_lock(&nacc_hook_lock);
	nacc_alive_init(location);
	mutex_unlock(&nacc_hook_lock);
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

#ifdef NACC_KUNIT
#include "hook_symbols_test.c"
#endif
