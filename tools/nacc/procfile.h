/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text files of /proc/nacc, column by name.
 */
#ifndef NACC_PROCFILE_H
#define NACC_PROCFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct table - a text file, taken apart
 * @ncols: number of columns
 * @nrows: number of rows, the header not counted
 * @cols: names of the columns
 * @cells: @nrows times @ncols strings
 * @text: what @cols and @cells point into
 */
struct table {
	size_t ncols;
	size_t nrows;
	char **cols;
	char **cells;
	char *text;
};

int table_parse(FILE *in, struct table *t);
int table_parse_status(FILE *in, struct table *t);
void table_free(struct table *t);
void table_unescape(char *s);

const char *table_cell(const struct table *t, size_t row, const char *col);
bool table_u64(const struct table *t, size_t row, const char *col,
	       uint64_t *val);
bool table_u32(const struct table *t, size_t row, const char *col, uint32_t *val);
bool table_pid(const struct table *t, size_t row, int *pid);
bool table_is(const struct table *t, size_t row, const char *col,
	      uint64_t val);
bool table_has(const struct table *t, const char *col, uint64_t val);
const char *table_lookup(const struct table *t, const char *key);
bool table_lookup_u64(const struct table *t, const char *key, uint64_t *val);
bool number_parse(const char *text, uint64_t *val);

int procfile_load(const char *name, struct table *t);
int procfile_load_if_there(const char *name, struct table *t);
FILE *procfile_try(const char *path);
int procfile_open(const char *path, FILE **file);

#endif /* NACC_PROCFILE_H */
