/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a process has mapped.
 */
#ifndef NACC_MAPS_H
#define NACC_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct mapping - a line of /proc/PID/maps
 * @start: first address
 * @end: address behind the last
 * @perms: as it has them
 * @inode: of the file, or 0
 * @dev: of its file system
 * @name: how the file's own name begins, without its folders
 */
struct mapping {
	uint64_t start;
	uint64_t end;
	char perms[5];
	uint64_t inode;
	char dev[16];
	char name[16];
};

/**
 * struct maps - all that a process has mapped
 * @nr: how many
 * @all: free() them
 */
struct maps {
	size_t nr;
	struct mapping *all;
};

bool maps_read(int pid, struct maps *maps);
const struct mapping *maps_at(const struct maps *maps, uint64_t address);
bool maps_same_file(const struct mapping *a, const struct mapping *b);

#endif /* NACC_MAPS_H */
