/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says about itself.
 */
#ifndef NACC_SETUP_H
#define NACC_SETUP_H

#include "request.h"

/**
 * nacc_setup() - NACC_SBI_SETUP, under lock
 * @core: the core
 * @rq: the call; only its first two arguments and satp are used
 *
 * Return: the SBI result.
 */
struct nacc_ret nacc_setup(struct nacc_core *core, const struct nacc_request *rq);

#endif /* NACC_SETUP_H */
