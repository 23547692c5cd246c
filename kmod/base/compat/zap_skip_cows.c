// SPDX-License-Identifier: GPL-2.0
/* A zap says which private pages stay by skip_cows, which was even_cows (7.2). */
#include <linux/mm.h>

bool probe(const struct zap_details *details);
bool probe(const struct zap_details *details)
{
	return details->skip_cows;
}
