/* SPDX-License-Identifier: BSD-2-Clause */
/* What main.c calls, and what it has for those; their headers do not go with a C library's. */
#ifndef TESTS_BOARDS_H
#define TESTS_BOARDS_H

/* libfdt, OpenSBI's */
int fdt_check_header(const void *fdt);
int fdt_create_empty_tree(void *buf, int size);
int fdt_open_into(const void *fdt, void *buf, int size);
int fdt_path_offset(const void *fdt, const char *path);
int fdt_add_subnode(void *fdt, int parent, const char *name);
int fdt_setprop(void *fdt, int node, const char *name, const void *val, int len);

/* board.c */
const char *nacc_board_lacks(const void *fdt);
void nacc_board_say(const void *fdt, const char *why);

int sbi_printf(const char *format, ...);

#endif /* TESTS_BOARDS_H */
