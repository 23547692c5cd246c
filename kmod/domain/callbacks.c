// SPDX-License-Identifier: GPL-2.0
/* What the floors below ask of this one. */
#include "domain/internal.h"
#include "hook/hook.h"
#include "routes/routes.h"
#include "test.h"

/* What the keeper does; true if there will be more. */
static bool keep(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];
	bool more;

	nacc_roots_end_users();
	more = nacc_stranded_keep();
	nacc_refusals_poll();
	nacc_promote_finish();
	nacc_inherit_clean();
	nacc_enter_clean();
	nacc_cgroups_clean();
	nacc_pool_collect();
	nacc_roots_fill();
	more |= nacc_reap_dead();
	more |= nacc_gate_keep();
	more |= nacc_traced_keep();
	more |= nacc_page_keep();
	/* What comes back is kept for whose it is before anybody can take it. */
	nacc_share_update();
	nacc_sbi_stats(stats);
	if (stats[NACC_STAT_FRAMES_RELEASED]) {
		nacc_pool_reclaim(stats[NACC_STAT_FRAMES_RELEASED]);
		nacc_test_reclaimed();
		nacc_sbi_stats(stats);
		more |= stats[NACC_STAT_FRAMES_RELEASED] != 0;
	}
	nacc_share_tell();
	more |= nacc_sweep_keep();
	nacc_disarm_if_unused();
	more |= nacc_hook_keep();
	/* Their hooks may have died. */
	if (nacc_domain_count() && !nacc_tables_asked_for())
		nacc_pool_arm(true);
	more |= nacc_pool_busy();
	return more || (!nacc_domain_count() && (!nacc_pool_idle() || nacc_guarded()));
}

static const struct nacc_route_ops route_ops = {
	.heir = nacc_heir,
	.bear = nacc_bear,
	.bear_late = nacc_bear_late,
	.let_out = nacc_let_out,
	.woken = nacc_inherit_done,
	.may_fork = nacc_inherit_room,
	.room = nacc_share_take,
	.settle = nacc_share_give,
	.fits = nacc_share_fits,
	.forbidden = nacc_domain_forbidden,
	.held = nacc_cgroup_holds,
	.stranded = nacc_stranded,
	.gated = nacc_gated,
	.thread_begins = nacc_thread_begins,
	.thread_ends = nacc_thread_ends,
	.sealed = nacc_sealed,
	.seal_child = nacc_seal_child,
	.paged = nacc_page_offered,
	.page_begins = nacc_page_begin,
};

/**
 * nacc_callbacks_init() - let the floors below find this one
 *
 * Context: module load, before anything can be marked.
 * Return: 0 or an error of nacc_keeper_start().
 */
int __init nacc_callbacks_init(void)
{
	nacc_routes_init(&route_ops);
	return nacc_keeper_start(keep, nacc_roots_look);
}

/**
 * nacc_callbacks_exit() - the keeper runs for the last time
 *
 * Context: may sleep; no domain is left and none can come. Waits until every
 * frame is free.
 */
void nacc_callbacks_exit(void)
{
	nacc_keeper_stop();
	if (!nacc_pool_idle())
		pr_warn("the pool is not empty at unload\n");
}
