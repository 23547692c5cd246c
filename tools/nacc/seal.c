// SPDX-License-Identifier: GPL-2.0
/*
 * Seals: which mappings of a process are its text, and how they are sealed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "maps.h"
#include "seal.h"

/* Of a file that is also mapped to be executed: a program or a library */
static bool is_image(const struct maps *maps, const struct mapping *m)
{
	size_t i;

	for (i = 0; i < maps->nr; i++)
		if (maps_same_file(&maps->all[i], m) && strchr(maps->all[i].perms, 'x'))
			return true;
	return false;
}

static bool is_text(const struct maps *maps, const struct mapping *m)
{
	return m->perms[0] == 'r' && m->perms[1] == '-' && m->perms[3] == 'p' && is_image(maps, m);
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
	const struct mapping *m;
	struct maps maps;
	int err = 0;

	*sum = (struct seal_sum){ 0 };
	if (!maps_read(pid, &maps))
		return nacc_fail(EXIT_NOENT, "/proc/%d/maps cannot be read: has the process ended?",
				 pid);
	for (m = maps.all; !err && m < maps.all + maps.nr; m++) {
		if (!is_text(&maps, m))
			continue;
		err = seal_range(fd, pidfd, m->start, m->end);
		if (!err) {
			sum->mappings++;
			sum->bytes += m->end - m->start;
		}
	}
	free(maps.all);
	if (err)
		return dev_explain(NACC_IOC_SEAL, err, (unsigned int)pid, 0);
	if (!sum->mappings)
		return nacc_fail(EXIT_NOENT,
				 "process %d has no text that could be sealed: see /proc/%d/maps",
				 pid, pid);
	return EXIT_OK;
}
