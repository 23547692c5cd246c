/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of other extensions than ours, before the firmware performs them.
 */
#ifndef NACC_DEPUTY_H
#define NACC_DEPUTY_H

#include "nacc_core.h"

/**
 * struct nacc_ask - an SBI call of S-mode, whosever extension it is
 * @eid: a7
 * @fid: a6
 * @arg: a0..a5
 * @pc: address of the ecall
 * @time: time CSR, for the audit record
 * @task: who called, for the audit record
 * @hart: hart ID
 */
struct nacc_ask {
	nacc_u64 eid;
	nacc_u64 fid;
	nacc_u64 arg[6];
	nacc_u64 pc;
	nacc_u64 time;
	nacc_u64 task;
	nacc_u32 hart;
};

/**
 * enum nacc_deputy - what becomes of an SBI call
 *
 * @NACC_DEPUTY_PASS: the firmware's own handler answers it, with these arguments
 * @NACC_DEPUTY_ANSWER: it is answered, and no handler sees it
 * @NACC_DEPUTY_ATTRIBUTES: SSE WRITE_ATTRS, whose handler reads memory twice: it is
 *	to get a copy. The range is the caller's to name
 * @NACC_DEPUTY_TRIGGERS: a DBTR function that has to do with shared memory: to be
 *	checked and copied by whoever knows that memory. Nothing has been looked at
 */
enum nacc_deputy {
	NACC_DEPUTY_PASS,
	NACC_DEPUTY_ANSWER,
	NACC_DEPUTY_ATTRIBUTES,
	NACC_DEPUTY_TRIGGERS,
};

/**
 * nacc_deputy() - may this call reach the handler of its extension? (I16)
 * @core: the core
 * @ask: the call; every field but the last four is hostile
 * @ret: out: the answer, if it is one
 *
 * What is refused is counted and audited. Any hart, set up or not, without lock.
 */
enum nacc_deputy nacc_deputy(struct nacc_core *core, const struct nacc_ask *ask,
			     struct nacc_ret *ret);

/**
 * nacc_deputy_refuse() - refuse a call: count it, audit it
 * @core: the core
 * @ask: the call
 * @pa: physical address that it names, or 0
 * @count: how much of it
 * @error: SBI error that the caller gets
 *
 * Return: the answer.
 */
struct nacc_ret nacc_deputy_refuse(struct nacc_core *core, const struct nacc_ask *ask,
				   nacc_u64 pa, nacc_u64 count, long error);

/**
 * nacc_deputy_offers() - is an extension among those that can be called?
 * @eid: its ID
 *
 * Return: 1 or 0. That the firmware has it is another matter.
 */
int nacc_deputy_offers(nacc_u64 eid);

#endif /* NACC_DEPUTY_H */
