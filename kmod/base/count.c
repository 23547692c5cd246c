// SPDX-License-Identifier: GPL-2.0
/* Counters of the module. */
#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/build_bug.h>

#include "base/base.h"

static const char * const count_names[] = {
	[NACC_COUNT_MARKS] = "marks",
	[NACC_COUNT_INHERITED_FORK] = "inherited_fork",
	[NACC_COUNT_INHERITED_EXEC] = "inherited_exec",
	[NACC_COUNT_KILLED] = "killed",
	[NACC_COUNT_ENOMEM] = "enomem",
	[NACC_COUNT_PROMOTED_TABLES] = "promoted_tables",
	[NACC_COUNT_DEMOTED_TABLES] = "demoted_tables",
	[NACC_COUNT_REAPED] = "reaped",
	[NACC_COUNT_ORIGINALS] = "originals",
	[NACC_COUNT_CONDEMNED] = "condemned",
	[NACC_COUNT_ROOTS_REFUSED] = "roots_refused",
	[NACC_COUNT_LEAKED] = "leaked",
	[NACC_COUNT_FORBIDDEN_WRITES] = "forbidden_writes",
	[NACC_COUNT_FORBIDDEN_PINS] = "forbidden_pins",
	[NACC_COUNT_HOOKS_DEAD] = "hooks_dead",
	[NACC_COUNT_ENTERED] = "entered",
	[NACC_COUNT_EVENTS] = "events",
};

static_assert(ARRAY_SIZE(count_names) == NACC_COUNT_MAX);

static atomic_long_t counts[NACC_COUNT_MAX];

/**
 * nacc_count() - add to a counter
 * @counter: which
 * @delta: how much
 *
 * Context: any.
 */
void nacc_count(enum nacc_count counter, long delta)
{
	atomic_long_add(delta, &counts[counter]);
}

/**
 * nacc_count_value() - value of a counter
 * @counter: which
 *
 * Context: any.
 */
long nacc_count_value(enum nacc_count counter)
{
	return atomic_long_read(&counts[counter]);
}

/**
 * nacc_count_name() - user-facing name of a counter
 * @counter: which
 */
const char *nacc_count_name(enum nacc_count counter)
{
	return count_names[counter];
}

#ifdef NACC_KUNIT
#include "stats_test.c"
#endif
