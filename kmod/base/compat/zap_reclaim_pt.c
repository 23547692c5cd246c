// SPDX-License-Identifier: GPL-2.0
/* A zap frees the tables that it has emptied (7.2). */
#include <linux/mm.h>

bool probe(const struct zap_details *details);
bool probe(const struct zap_details *details)
{
	return details->reclaim_pt;
}
