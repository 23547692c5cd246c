/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls and the gate.
 */
#ifndef NACC_CALLS_H
#define NACC_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/nacc.h>

struct args;

/* Room for what call_text() has to say */
#define CALL_TEXT	24

/* calls.c */
const char *call_name(unsigned int nr);
const char *call_text(unsigned int nr, char buf[CALL_TEXT]);
bool call_find(const char *text, unsigned int *nr);
bool calls_has(const __u64 list[NACC_CALLS / 64], unsigned int nr);
void calls_add(__u64 list[NACC_CALLS / 64], unsigned int nr);
bool calls_name(const __u64 list[NACC_CALLS / 64], const char *name);

/* calls_list.c */
int calls_read(const char *path, __u64 allowed[NACC_CALLS / 64]);

/* calls_profile.c */
int profile_read(__u64 allowed[NACC_CALLS / 64], const char *text, const char *path);

/* calls_made.c */
int profile_print(const uint32_t counts[NACC_CALLS]);

/**
 * struct calls_made - which system calls a domain has made
 * @domain: its ID
 * @traced: counted by the kernel; else by the firmware
 * @mode: of its gate
 * @begun: when the kernel began, ns since boot
 * @now: until when it has counted
 * @other: calls with a number that is not counted by itself
 * @refused: returns that the gate has refused
 * @refused_calls: calls that it has
 * @counts: how often each was made, by number
 */
struct calls_made {
	uint32_t domain;
	bool traced;
	uint32_t mode;
	uint64_t begun;
	uint64_t now;
	uint64_t other;
	uint64_t refused;
	uint64_t refused_calls;
	uint32_t counts[NACC_CALLS];
};

/* calls_read.c */
int made_read(int fd, const struct args *args, struct calls_made *made);

/* calls_since.c */
int moment_check(const char *moment);
int moment_save(const struct calls_made *made, const char *moment);
int moment_subtract(struct calls_made *made, const char *moment);

/* Before the PID of who writes one: no moment is called so. */
#define MOMENT_NEXT	".next."

/* How many a domain has, at most, that were given a name */
#define MOMENTS_OF_ONE	64U

/* calls_tidy.c */
void moments_tidy(const char *place, uint32_t domain);

/* gate.c */
const char *gate_mode_name(uint32_t mode);
int gate_mode(const char *text, uint32_t *mode);
int gate_ask(int fd, uint32_t domain, struct nacc_gate *gate);
int gate_set(int fd, uint32_t domain, uint32_t mode, const struct args *args);

#endif /* NACC_CALLS_H */
