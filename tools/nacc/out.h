/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output: json-c objects are the data, printed as JSON or as columns.
 */
#ifndef NACC_OUT_H
#define NACC_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

#include "procfile.h"

struct json_object *out_object(void);
struct json_object *out_array(void);
void out_add(struct json_object *obj, const char *key, struct json_object *val);
void out_add_str(struct json_object *obj, const char *key, const char *text);
void out_add_u64(struct json_object *obj, const char *key, uint64_t val);
void out_add_hex(struct json_object *obj, const char *key, uint64_t val);
void out_add_bool(struct json_object *obj, const char *key, bool val);
void out_append(struct json_object *array, struct json_object *val);
void out_append_str(struct json_object *array, const char *text);
void out_append_u64(struct json_object *array, uint64_t val);

char *out_escape(const char *text, bool blanks);
char *out_cell(struct json_object *val, bool blanks);
struct json_object *out_short(struct json_object *val, size_t room);

struct json_object *out_row(const struct table *t, size_t row);
void out_json(FILE *out, struct json_object *obj);
void out_json_line(FILE *out, struct json_object *obj);

/* columns.c */
struct args;

void out_columns(FILE *out, struct json_object *rows, const char *const *cols);
int out_table(const struct args *args, struct json_object *rows, const char *const *cols,
	      const char *const *more);
bool out_bare(const struct args *args);

/* colour.c */
bool out_colours(void);
void out_word(const char *word, int width, const char *colour);

#endif /* NACC_OUT_H */
