/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seals: the command's part of them.
 */
#ifndef NACC_SEAL_H
#define NACC_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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

/**
 * struct seal_trace - a program on its way to where its text is complete
 * @pid: its process
 * @base: where its dynamic linker is; 0: it has none
 * @entry: where it begins
 * @headers: where its program headers are
 * @nr_headers: how many
 * @word: what stands at @entry
 * @broken: a breakpoint stands there now
 * @blind: it cannot be told where its linker is done
 * @narrow: it is of 32 bits
 * @in_call: it is stopped on its way into a system call
 */
struct seal_trace {
	pid_t pid;
	uint64_t base;
	uint64_t entry;
	uint64_t headers;
	uint64_t nr_headers;
	uint64_t word;
	bool broken;
	bool blind;
	bool narrow;
	bool in_call;
};

/* seal_trace.c */
int seal_trace_run(struct seal_trace *t);
bool seal_trace_exit(struct seal_trace *t, int code);

/* seal_relro.c */
bool seal_relro_done(const struct seal_trace *t);

/* seal_watch.c */
int seal_watch(bool gated);
int seal_go(int channel);

#endif /* NACC_SEAL_H */
