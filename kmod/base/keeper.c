// SPDX-License-Identifier: GPL-2.0
/*
 * The keeper: one delayed work that does in the background what neither a
 * page-table store nor an exiting process can do. What that is, the floor says
 * that has it to do.
 */
#include <linux/workqueue.h>

#include "base/base.h"

#define KEEPER_PERIOD	(HZ / 20)

static void keeper(struct work_struct *work);
static DECLARE_DELAYED_WORK(keeper_work, keeper);
static bool (*keeper_fn)(void);
static bool keeper_stopped;

static void keeper(struct work_struct *work)
{
	if (keeper_fn() && !READ_ONCE(keeper_stopped))
		queue_delayed_work(system_unbound_wq, &keeper_work,
				   KEEPER_PERIOD);
}

/**
 * nacc_keeper_start() - say what there is to do; before the first nacc_kick()
 * @keep: does it; may sleep; returns true if there will be more
 */
void nacc_keeper_start(bool (*keep)(void))
{
	keeper_fn = keep;
}

/**
 * nacc_kick() - let the keeper run soon
 *
 * Context: any that may take a workqueue lock.
 */
void nacc_kick(void)
{
	mod_delayed_work(system_unbound_wq, &keeper_work, 0);
}

/**
 * nacc_keeper_rest() - there is nothing to do: wait until it does nothing
 *
 * The next nacc_kick() ends the rest.
 *
 * Context: may sleep.
 */
void nacc_keeper_rest(void)
{
	cancel_delayed_work_sync(&keeper_work);
}

/**
 * nacc_keeper_stop() - run the keeper for the last time
 *
 * Nothing new can come to do. Waits until there is nothing left.
 *
 * Context: may sleep.
 */
void nacc_keeper_stop(void)
{
	unsigned int tries;

	cancel_delayed_work_sync(&keeper_work);
	for (tries = 0; tries < 100 && keeper_fn(); tries++) {
		cancel_delayed_work_sync(&keeper_work);
		if (tries)
			schedule_timeout_uninterruptible(KEEPER_PERIOD);
	}
	WRITE_ONCE(keeper_stopped, true);
	cancel_delayed_work_sync(&keeper_work);
}
