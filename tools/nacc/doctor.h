/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc doctor: what it has found out.
 */
#ifndef NACC_DOCTOR_H
#define NACC_DOCTOR_H

#include <stdbool.h>

#include <json-c/json.h>
#include <linux/nacc.h>

#include "procfile.h"

/**
 * enum doctor_hyp - does a hart have the hypervisor extension?
 * @HYP_NO: none has
 * @HYP_YES: one has
 * @HYP_UNKNOWN: /proc/cpuinfo does not say
 */
enum doctor_hyp { HYP_NO, HYP_YES, HYP_UNKNOWN };

/**
 * struct doctor - what is known of this machine
 * @info: what the module says of itself
 * @status: /proc/nacc/status
 * @online: harts that Linux runs on now
 * @selftest: every one of them was seen to refuse a store to the pool
 * @writers: the firmware knows the kernel's page-table writers (I6)
 * @provenance: mode: "enforce", "audit", "off" or, where the module does not
 *	say, "?"
 * @enforced: a store by other code is refused
 * @locked: the set-up cannot be changed before reset
 * @system: every process is marked
 * @gate: threads of a domain can be watched
 * @hyp: the hypervisor extension
 * @failed: why there is no protection, or NULL
 * @warning: what is not protected by choice, or NULL
 * @checks: array of name, state, text
 * @bypasses: array of name, state, why
 */
struct doctor {
	struct nacc_info info;
	struct table status;
	int online;
	bool selftest;
	bool writers;
	const char *provenance;
	bool enforced;
	bool locked;
	bool system;
	bool gate;
	enum doctor_hyp hyp;
	const char *failed;
	const char *warning;
	struct json_object *checks;
	struct json_object *bypasses;
};

int doctor_look(struct doctor *d, const char **what);
bool isa_has_h(const char *isa);
void doctor_check(struct doctor *d);
void doctor_absent(struct doctor *d, const char *what);
void doctor_bypasses(struct doctor *d);

#endif /* NACC_DOCTOR_H */
