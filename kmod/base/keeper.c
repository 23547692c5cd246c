// SPDX-License-Identifier: GPL-2.0
/*
 * The keeper: one delayed work that does in the background what neither a
 * page-table store nor an exiting process can do. What that is, the floor says
 * that has it to do.
 */
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "base/base.h"

#define KEEPER_PERIOD	(HZ / 20)

static void keeper(struct work_struct *work);
static DECLARE_DELAYED_WORK(keeper_work, keeper);
static bool (*keeper_fn)(void);
static bool keeper_stopped;

/* Passes begun and ended; written by the keeper alone. */
static unsigned long passes_begun, passes_ended;
static DECLARE_WAIT_QUEUE_HEAD(pass_ended);

static void keeper(struct work_struct *work)
{
	bool more;

	WRITE_ONCE(passes_begun, passes_begun + 1);
	/* Pairs with nacc_keeper_wait(): who sees it not begun has done his part. */
	smp_mb();
	more = keeper_fn();
	/* Pairs with nacc_keeper_wait(). */
	smp_store_release(&passes_ended, passes_begun);
	wake_up_all(&pass_ended);
	if (more && !READ_ONCE(keeper_stopped))
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

static bool has_ended(unsigned long pass)
{
	/* Pairs with keeper(): what the pass has done is seen. */
	return (long)(smp_load_acquire(&passes_ended) - pass) >= 0;
}

/**
 * nacc_keeper_wait() - wait until the keeper has been through once more
 *
 * All that was there to do before the call has been done then. Gives up after a
 * while, and for a fatal signal: the keeper may be waiting for the caller.
 *
 * Context: may sleep; something is marked.
 */
void nacc_keeper_wait(void)
{
	unsigned long next;

	/* Pairs with keeper(): what the caller has done a later pass sees. */
	smp_mb();
	next = READ_ONCE(passes_begun) + 1;
	wait_event_killable_timeout(pass_ended, has_ended(next), HZ / 2);
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
