/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls and the gate.
 */
#ifndef NACC_CALLS_H
#define NACC_CALLS_H

#include <stdint.h>

#include <linux/nacc.h>

struct args;

/* Room for what call_text() has to say */
#define CALL_TEXT	24

/* calls.c */
const char *call_name(unsigned int nr);
const char *call_text(unsigned int nr, char buf[CALL_TEXT]);
int calls_read(const char *path, uint64_t allowed[NACC_CALLS / 64]);

/* gate.c */
const char *gate_mode_name(uint32_t mode);
int gate_mode(const char *text, uint32_t *mode);
int gate_ask(int fd, uint32_t domain, struct nacc_gate *gate);
int gate_set(int fd, uint32_t domain, uint32_t mode, const struct args *args);

#endif /* NACC_CALLS_H */
