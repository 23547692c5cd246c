/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "nacc report": its two halves, and what both want.
 */
#ifndef NACC_REPORT_FILE_H
#define NACC_REPORT_FILE_H

#include <stdint.h>

struct args;

/**
 * struct bytes - some bytes of a file
 * @at: the first
 * @len: how many
 */
struct bytes {
	const uint8_t *at;
	size_t len;
};

/* report_hex.c */
int report_hex(const char *what, const char *text, uint8_t *to, size_t min, size_t max,
	       struct bytes *bytes);
int report_read(const char *path, size_t max, struct bytes *bytes);

/* report_make.c */
int report_make(const struct args *args);

/* report_check.c */
int report_check(const struct args *args);

#endif /* NACC_REPORT_FILE_H */
