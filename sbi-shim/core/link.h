/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that make and remove links without a store.
 */
#ifndef NACC_LINK_H
#define NACC_LINK_H

#include "request.h"

/**
 * nacc_link() - NACC_SBI_TABLE_LINK
 * @core: the core
 * @rq: the call
 *
 * Return: the SBI result.
 */
struct nacc_ret nacc_link(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_unlink() - NACC_SBI_UNLINK
 * @core: the core
 * @rq: the call
 *
 * Return: the SBI result.
 */
struct nacc_ret nacc_unlink(struct nacc_core *core, const struct nacc_request *rq);

#endif /* NACC_LINK_H */
