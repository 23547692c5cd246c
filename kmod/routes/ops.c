// SPDX-License-Identifier: GPL-2.0
/* What the routes ask of the floor above. */
#include <linux/cache.h>

#include "routes/internal.h"

struct nacc_route_ops nacc_route_ops __ro_after_init;

/**
 * nacc_routes_init() - say who answers the routes' questions
 * @ops: the answers
 *
 * Context: module load, before anything can be marked.
 */
void __init nacc_routes_init(const struct nacc_route_ops *ops)
{
	nacc_route_ops = *ops;
}
