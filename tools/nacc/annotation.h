/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a container's annotations ask for: nacc.protect, nacc.gate.
 */
#ifndef NACC_ANNOTATION_H
#define NACC_ANNOTATION_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

/**
 * struct wish - what a container's annotations say
 * @yes: it is to be protected, in a domain of its own
 * @no: it is not
 * @system: it is to be protected with all others, by the system profile
 * @noted: there is one of ours
 * @gate: enum nacc_gate_mode, the tightest that is named, or off
 */
struct wish {
	bool yes;
	bool no;
	bool system;
	bool noted;
	uint32_t gate;
};

int wish_read(struct json_object *obj, struct wish *wish);
int wish_read_file(const char *path, struct wish *wish);
int wish_check(const struct wish *wish);
int wish_system(int fd, int pid);
int wish_gate(int fd, uint32_t domain, bool own, uint32_t gate);

#endif /* NACC_ANNOTATION_H */
