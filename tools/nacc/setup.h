/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc setup: the configuration files of container engines.
 */
#ifndef NACC_SETUP_H
#define NACC_SETUP_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct setup - what is to be done
 * @root: put before every path that is changed, or ""
 * @undo: take away instead of put there
 */
struct setup {
	const char *root;
	bool undo;
};

int setup_podman(const struct setup *setup);
int setup_docker(const struct setup *setup);
int setup_containerd(const struct setup *setup);

/* setup_toml.c */
#define TOML_KEYS	12
#define TOML_KEY_LEN	128

/**
 * struct toml_item - the header of a table, or an assignment
 * @line: where it begins
 * @list: the header has two brackets
 * @table: how many of @keys are the header's
 * @nkeys: number of @keys
 * @keys: names from the root on
 * @value: what is assigned, or NULL: it is a header
 * @len: its length
 */
struct toml_item {
	unsigned int line;
	bool list;
	size_t table;
	size_t nkeys;
	char keys[TOML_KEYS][TOML_KEY_LEN];
	const char *value;
	size_t len;
};

unsigned int toml_walk(const char *text,
		       void (*each)(const struct toml_item *item, void *arg), void *arg);
bool toml_is_string(const struct toml_item *item, const char *text);
bool toml_is_at(const struct toml_item *item, const char *const *path);

/* setup_file.c */
int setup_read(const char *path, char **text);
int setup_data(const char *name, char **text);
bool setup_same(const char *a, const char *b);
bool setup_is_shipped(const char *name, const char *text);
int setup_still_named(const char *path, unsigned int line, const char *what);
char *setup_path(const struct setup *setup, const char *path);
bool setup_replace(const char *path, const char *text);
int setup_write(const struct setup *setup, const char *path, const char *text);
int setup_remove(const struct setup *setup, const char *path);

#endif /* NACC_SETUP_H */
