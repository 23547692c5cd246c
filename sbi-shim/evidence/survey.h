/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the firmware has of a domain: found by a look at each frame, some at a time.
 */
#ifndef NACC_SURVEY_H
#define NACC_SURVEY_H

#include "crypto.h"
#include "nacc_core.h"

/* Frames that are looked at in a call */
#define NACC_SURVEY_SLICE	4096
/* Sealed ranges after which a call ends: fewer, and those of one more address space, are hashed */
#define NACC_SURVEY_RANGES	64

/**
 * struct nacc_survey - what has been found so far
 * @tag: the domain
 * @next: frame that comes next
 * @live: address spaces
 * @building: those that are being built
 * @retiring: those that end
 * @bound: roots of @live that are bound
 * @tables: tables of all of them
 * @sealed: sealed ranges of @live
 * @sealed_bytes: bytes of addresses in them
 * @gate: physical address of a record of a gate that one of them had, or 0
 * @hash: of these ranges (NACC_DOMAIN_SEALS), if there are any
 * @digest: likewise, at the end
 *
 * Numbers of one pass, during which others go on.
 */
struct nacc_survey {
	nacc_u64 tag;
	nacc_u64 next;
	nacc_u64 live;
	nacc_u64 building;
	nacc_u64 retiring;
	nacc_u64 bound;
	nacc_u64 tables;
	nacc_u64 sealed;
	nacc_u64 sealed_bytes;
	nacc_u64 gate;
	struct nacc_hash hash;
	nacc_u8 digest[NACC_REPORT_HASH_SIZE];
};

/**
 * nacc_survey_some() - look at some more frames
 * @core: the core
 * @survey: what was found; at first zero but for the tag
 *
 * Any hart, without lock. Return: 1 if there are no more.
 */
int nacc_survey_some(const struct nacc_core *core, struct nacc_survey *survey);

/**
 * nacc_survey_gate() - the record of the domain's gate, if it is there still
 * @core: the core
 * @survey: the survey
 *
 * Return: it, or NULL.
 */
const struct nacc_sbi_gate *nacc_survey_gate(const struct nacc_core *core,
					     const struct nacc_survey *survey);

#endif /* NACC_SURVEY_H */
