// SPDX-License-Identifier: GPL-2.0
/*
 * Seals: which mappings of a process are its text, and how they are sealed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "seal.h"

/**
 * struct mapping - a line of /proc/PID/maps
 * @start: first address
 * @end: address behind the last
 * @perms: as it has them
 * @inode: of the file, or 0
 * @dev: of its file system
 */
struct mapping {
	uint64_t start;
	uint64_t end;
	char perms[5];
	uint64_t inode;
	char dev[16];
};

static size_t read_maps(FILE *file, struct mapping **maps)
{
	struct mapping m;
	char line[4352];
	size_t nr = 0;

	*maps = NULL;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*x %15s %" SCNu64,
			   &m.start, &m.end, m.perms, m.dev, &m.inode) != 5)
			continue;
		*maps = nacc_alloc(*maps, nr + 1, sizeof(m));
		(*maps)[nr++] = m;
	}
	return nr;
}

/* Of a file that is also mapped to be executed: a program or a library */
static bool is_image(const struct mapping *maps, size_t nr, const struct mapping *m)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (maps[i].inode == m->inode && !strcmp(maps[i].dev, m->dev) &&
		    strchr(maps[i].perms, 'x'))
			return true;
	return false;
}

static bool is_text(const struct mapping *maps, size_t nr, const struct mapping *m)
{
	return m->inode && m->perms[0] == 'r' && m->perms[1] == '-' && m->perms[3] == 'p' &&
	       is_image(maps, nr, m);
}

/**
 * seal_range - seal a range of a process
 * @fd: the device
 * @pidfd: the process
 * @start: first address
 * @end: address behind the last
 *
 * Return: 0 or an errno.
 */
int seal_range(int fd, int pidfd, uint64_t start, uint64_t end)
{
	struct nacc_seal seal = {
		.size = sizeof(seal), .pidfd = pidfd, .start = start, .end = end,
	};

	return dev_call(fd, NACC_IOC_SEAL, &seal);
}

/**
 * seal_list - what is sealed of a process
 * @fd: the device
 * @pidfd: the process
 * @ranges: result
 * @nr: result: how many
 *
 * Return: 0 or an errno.
 */
int seal_list(int fd, int pidfd, struct nacc_seal_range ranges[NACC_SEAL_RANGES], uint32_t *nr)
{
	struct nacc_seal seal = {
		.size = sizeof(seal), .flags = NACC_SEAL_LIST, .pidfd = pidfd,
		.count = NACC_SEAL_RANGES, .ranges = (uintptr_t)ranges,
	};
	int err = dev_call(fd, NACC_IOC_SEAL, &seal);

	*nr = err ? 0 : seal.count < NACC_SEAL_RANGES ? seal.count : NACC_SEAL_RANGES;
	return err;
}

/**
 * seal_text - seal what nobody writes of a process's program and libraries
 * @fd: the device
 * @pid: the process
 * @pidfd: the same
 * @sum: out: how much
 *
 * Return: EXIT_OK, or another exit status after a message: what is sealed by then stays so.
 */
int seal_text(int fd, int pid, int pidfd, struct seal_sum *sum)
{
	struct mapping *maps;
	size_t i, nr;
	char path[32];
	FILE *file;
	int err = 0;

	*sum = (struct seal_sum){ 0 };
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = procfile_try(path);
	if (!file)
		return nacc_fail(EXIT_NOENT, "%s cannot be read: has the process ended?", path);
	nr = read_maps(file, &maps);
	fclose(file);
	for (i = 0; !err && i < nr; i++) {
		if (!is_text(maps, nr, &maps[i]))
			continue;
		err = seal_range(fd, pidfd, maps[i].start, maps[i].end);
		if (!err) {
			sum->mappings++;
			sum->bytes += maps[i].end - maps[i].start;
		}
	}
	free(maps);
	if (err)
		return dev_explain(NACC_IOC_SEAL, err, (unsigned int)pid, 0);
	if (!sum->mappings)
		return nacc_fail(EXIT_NOENT,
				 "process %d has no text that could be sealed: see /proc/%d/maps",
				 pid, pid);
	return EXIT_OK;
}
