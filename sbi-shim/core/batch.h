/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls on many entries of one table.
 */
#ifndef NACC_BATCH_H
#define NACC_BATCH_H

#include "request.h"

/**
 * nacc_batch_take() - NACC_SBI_TAKE, without lock
 * @core: the core
 * @rq: the call
 *
 * Return: the SBI result, as for the next three.
 */
struct nacc_ret nacc_batch_take(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_batch_write_protect() - NACC_SBI_WRITE_PROTECT, without lock
 * @core: the core
 * @rq: the call
 */
struct nacc_ret nacc_batch_write_protect(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_batch_protect() - NACC_SBI_PROTECT, without lock
 * @core: the core
 * @rq: the call
 */
struct nacc_ret nacc_batch_protect(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_batch_exchange() - NACC_SBI_EXCHANGE, without lock
 * @core: the core
 * @rq: the call
 */
struct nacc_ret nacc_batch_exchange(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_batch_fork() - NACC_SBI_FORK, without lock
 * @core: the core
 * @rq: the call
 *
 * Return: the SBI result.
 */
struct nacc_ret nacc_batch_fork(struct nacc_core *core, const struct nacc_request *rq);

#endif /* NACC_BATCH_H */
