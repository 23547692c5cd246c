/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the floor of routes: what a hooked function does instead. */
#ifndef NACC_ROUTES_H
#define NACC_ROUTES_H

#include "hook/hook.h"

/**
 * struct nacc_route_ops - what the routes ask of who knows the domains
 * @leave: let an mm on its way into exit_mmap() leave the pool; false: it could
 *	not, and stays as it is. May sleep
 * @may_fork: can another child be let in? Any context, probes included
 * @kept: frames that are kept for others than a marked mm. Any context, probes
 *	included
 * @room: nacc_room_take() for a marked mm; waits for frames that may come back.
 *	May sleep
 * @forbidden: NACC_FORBID_* somewhere in a range of a marked mm. Any context,
 *	probes included
 */
struct nacc_route_ops {
	bool (*leave)(struct mm_struct *mm);
	bool (*may_fork)(void);
	unsigned int (*kept)(const struct mm_struct *mm);
	bool (*room)(const struct mm_struct *mm, unsigned int nr);
	u32 (*forbidden)(const struct mm_struct *mm, unsigned long start,
			 unsigned long end);
};

extern struct nacc_hook * const nacc_routes[];
extern const unsigned int nacc_nr_routes;

void nacc_routes_init(const struct nacc_route_ops *ops);
bool nacc_gup_hooked(u32 forbid);

#endif /* NACC_ROUTES_H */
