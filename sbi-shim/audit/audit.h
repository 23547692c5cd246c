/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is remembered of stores and calls.
 */
#ifndef NACC_AUDIT_H
#define NACC_AUDIT_H

#include "request.h"

/**
 * nacc_audit_store() - record a store
 * @core: the core
 * @access: the store
 * @reason: what is wrong with it
 * @flags: NACC_AUDIT_*: what became of it
 * @old: what memory held
 * @val: what it would have written, or wrote
 */
void nacc_audit_store(struct nacc_core *core, const struct nacc_access *access,
		      enum nacc_reason reason, nacc_u16 flags, nacc_u64 old,
		      nacc_u64 val);

/**
 * nacc_audit_record() - record a refused SBI call, or root
 * @core: the core
 * @record: all but its number, which it gets
 *
 * A caller can make any number of calls: their records push out each other, and none
 * of stores and roots.
 */
void nacc_audit_record(struct nacc_core *core, struct nacc_sbi_audit *record);

/**
 * nacc_audit_call() - record a refused call of the extension
 * @core: the core
 * @call: the call
 * @record: its reason, pc, time, hart and task
 */
void nacc_audit_call(struct nacc_core *core, const struct nacc_call *call,
		     struct nacc_sbi_audit *record);

/* NACC_SBI_AUDIT: records older than the ring holds are gone */
struct nacc_ret nacc_audit_read(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_learn() - count a store of an unknown writer
 * @core: the core
 * @pc: its address
 *
 * Return: 1 if it is the first of that writer (or, once NACC_SBI_LEARN_MAX - 1
 * are known, of all that found no place), else 0.
 */
int nacc_learn(struct nacc_core *core, nacc_u64 pc);

/* NACC_SBI_LEARN: those that found no place come first, with a PC of 0 */
struct nacc_ret nacc_learn_read(struct nacc_core *core, const struct nacc_request *rq);

#endif /* NACC_AUDIT_H */
