/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seals: the command's part of them.
 */
#ifndef NACC_SEAL_H
#define NACC_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include <linux/nacc.h>

/**
 * struct seal_sum - what has been sealed
 * @mappings: lines of /proc/PID/maps
 * @bytes: in these
 */
struct seal_sum {
	size_t mappings;
	uint64_t bytes;
};

/* seal.c */
int seal_range(int fd, int pidfd, uint64_t start, uint64_t end);
int seal_list(int fd, int pidfd, struct nacc_seal_range ranges[NACC_SEAL_RANGES], uint32_t *nr);
int seal_text(int fd, int pid, int pidfd, struct seal_sum *sum);

/* seal_watch.c */
int seal_watch(void);
int seal_go(int channel);

#endif /* NACC_SEAL_H */
