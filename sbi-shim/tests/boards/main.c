// SPDX-License-Identifier: BSD-2-Clause
/*
 * What would the shim say on this board? Asks ../../opensbi/board.c, as it is in the firmware.
 *
 *	boards [--bootargs ARGS] [--platform TEXT] FILE.dtb | COMPATIBLE... | --none
 *
 * Prints the line of the firmware's console, or "starts".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boards.h"
#include "print.h"

static char file[1 << 20], tree[2 << 20];

static void fail(const char *what)
{
	fprintf(stderr, "boards: %s\n", what);
	exit(2);
}

static void load(const char *path)
{
	FILE *in = fopen(path, "rb");

	if (!in || !fread(file, 1, sizeof(file), in) || fclose(in))
		fail(path);
	if (fdt_check_header(file) || fdt_open_into(file, tree, sizeof(tree)))
		fail("no device tree");
}

/* A tree of these names alone, one behind the other */
static void make(char **names)
{
	char list[1024];
	size_t len = 0;

	if (fdt_create_empty_tree(tree, sizeof(tree)))
		fail("no room");
	for (; *names && len + strlen(*names) < sizeof(list); names++) {
		strcpy(list + len, *names);
		len += strlen(*names) + 1;
	}
	if (len && fdt_setprop(tree, 0, "compatible", list, len))
		fail("no room");
}

static void choose(const char *name, const char *text)
{
	int node = fdt_path_offset(tree, "/chosen");

	if (node < 0)
		node = fdt_add_subnode(tree, 0, "chosen");
	if (node < 0 || fdt_setprop(tree, node, name, text, strlen(text) + 1))
		fail("no room");
}

int main(int argc, char **argv)
{
	const char *bootargs = NULL, *platform = NULL, *why;
	size_t len;

	for (argv++; argc > 2 && *argv && argv[1]; argv += 2) {
		if (!strcmp(*argv, "--bootargs"))
			bootargs = argv[1];
		else if (!strcmp(*argv, "--platform"))
			platform = argv[1];
		else
			break;
	}
	if (!*argv)
		fail("which board?");
	len = strlen(*argv);
	if (!strcmp(*argv, "--none"))
		make(argv + 1);
	else if (len > 4 && !strcmp(*argv + len - 4, ".dtb"))
		load(*argv);
	else
		make(argv);
	if (bootargs)
		choose("bootargs", bootargs);
	if (platform)
		choose("nacc,platform", platform);
	why = nacc_board_lacks(tree);
	if (why)
		nacc_board_say(tree, why);
	else
		puts("starts");
	return 0;
}
