/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls on many entries of one table.
 */
#ifndef NACC_BATCH_H
#define NACC_BATCH_H

#include "request.h"

/**
 * nacc_batch() - TAKE, WRITE_PROTECT, PROTECT, EXCHANGE or FORK, without lock
 * @core: the core
 * @rq: the call
 *
 * Return: the SBI result.
 */
struct nacc_ret nacc_batch(struct nacc_core *core, const struct nacc_request *rq);

#endif /* NACC_BATCH_H */
