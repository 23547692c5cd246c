// SPDX-License-Identifier: GPL-2.0
/*
 * The keeper: one delayed work that does in the background what neither a
 * page-table store nor an exiting process can do.
 */
#include <linux/workqueue.h>

#include "nacc.h"

#define KEEPER_PERIOD	(HZ / 20)

static void keeper(struct work_struct *work);
static DECLARE_DELAYED_WORK(keeper_work, keeper);
static bool keeper_stopped;

static void keeper(struct work_struct *work)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_audit_trace();
	nacc_promote_finish();
	nacc_inherit_clean();
	nacc_pool_collect();
	nacc_domain_check_roots();
	nacc_reap_dead();
	nacc_pool_stats(stats);
	if (stats[NACC_STAT_FRAMES_RELEASED])
		nacc_pool_reclaim(stats[NACC_STAT_FRAMES_RELEASED],
				  nacc_domain_count());
	nacc_disarm_if_unused();
	if (!READ_ONCE(keeper_stopped) &&
	    (nacc_domain_count() || !nacc_pool_idle()))
		queue_delayed_work(system_unbound_wq, &keeper_work,
				   KEEPER_PERIOD);
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
 * nacc_keeper_stop() - run the keeper for the last time
 *
 * No domain is left and none can come. Waits until every frame is free.
 *
 * Context: may sleep.
 */
void nacc_keeper_stop(void)
{
	unsigned int tries;

	cancel_delayed_work_sync(&keeper_work);
	for (tries = 0; tries < 100 && !nacc_pool_idle(); tries++) {
		keeper(&keeper_work.work);
		cancel_delayed_work_sync(&keeper_work);
		if (tries)
			schedule_timeout_uninterruptible(KEEPER_PERIOD);
	}
	WRITE_ONCE(keeper_stopped, true);
	cancel_delayed_work_sync(&keeper_work);
	if (!nacc_pool_idle())
		pr_warn("the pool is not empty at unload\n");
}
