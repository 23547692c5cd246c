// SPDX-License-Identifier: GPL-2.0
/*
 * What a process has mapped.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "maps.h"

/* The path is the rest of the line, with anything in it but an end of a line. */
static bool parse(const char *line, struct mapping *m)
{
	const char *path, *slash;
	int rest = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*x %15s %" SCNu64 "%n",
		   &m->start, &m->end, m->perms, m->dev, &m->inode, &rest) != 5)
		return false;
	path = line + rest;
	slash = strrchr(path, '/');
	snprintf(m->name, sizeof(m->name), "%s", slash ? slash + 1 : "");
	return true;
}

/**
 * maps_read - read what a process has mapped
 * @pid: the process
 * @maps: result; free @maps->all, also if there is none
 *
 * A line is read whole: a path may be four times as long as others have one (\ooo for each end
 * of a line in it), and its rest must not be taken for another mapping.
 *
 * Return: whether it could be read.
 */
bool maps_read(int pid, struct maps *maps)
{
	struct mapping m;
	char path[32], *line = NULL;
	size_t room = 0;
	FILE *file;

	*maps = (struct maps){ 0 };
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = procfile_try(path);
	if (!file)
		return false;
	while (getline(&line, &room, file) > 0) {
		if (!parse(line, &m))
			continue;
		maps->all = nacc_alloc(maps->all, maps->nr + 1, sizeof(m));
		maps->all[maps->nr++] = m;
	}
	free(line);
	fclose(file);
	return true;
}

/**
 * maps_at - what is mapped at an address
 * @maps: all
 * @address: the address
 *
 * Return: the mapping, or NULL.
 */
const struct mapping *maps_at(const struct maps *maps, uint64_t address)
{
	size_t i;

	for (i = 0; i < maps->nr; i++)
		if (address >= maps->all[i].start && address < maps->all[i].end)
			return &maps->all[i];
	return NULL;
}

/**
 * maps_same_file - are mappings of one file?
 * @a: one
 * @b: the other
 */
bool maps_same_file(const struct mapping *a, const struct mapping *b)
{
	return a->inode && a->inode == b->inode && !strcmp(a->dev, b->dev);
}
