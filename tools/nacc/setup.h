/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc setup: the configuration files of container engines.
 */
#ifndef NACC_SETUP_H
#define NACC_SETUP_H

#include <stdbool.h>
#include <stdio.h>

#ifndef NACC_DATADIR
#define NACC_DATADIR	"/usr/share/nacc"
#endif

/**
 * struct setup - what is to be done
 * @root: put before every path that is changed
 * @undo: take away instead of put there
 */
struct setup {
	const char *root;
	bool undo;
};

int setup_podman(const struct setup *setup);
int setup_docker(const struct setup *setup);
int setup_containerd(const struct setup *setup);

/* setup_file.c */
int setup_read(const char *path, char **text);
int setup_data(const char *name, char **text);
char *setup_path(const struct setup *setup, const char *path);
int setup_write(const struct setup *setup, const char *path, const char *text);
int setup_remove(const struct setup *setup, const char *path);

#endif /* NACC_SETUP_H */
