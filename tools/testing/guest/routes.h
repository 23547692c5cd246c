/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ROUTES_H
#define ROUTES_H

#include <stddef.h>
#include <stdint.h>

/* Somewhere to write back to; NULL: none. */
extern const char *block_device;

/* Anonymous memory without huge pages. */
char *map_small(size_t len);

/* Pages of a range that are present or in swap, as pagemap says. */
size_t pages_of(const char *at, size_t len);

/* Something that must be the same each time, for the line of the step. */
extern long note;

/* Does touching this byte end in SIGSEGV, or SIGBUS? Threads may ask at once. */
int read_faults(const char *at);
int write_faults(char *at);

/* One word for each page: cheap to write, and enough to tell pages apart. */
void stamp(char *at, size_t len, uint64_t key);
int stamped(const char *at, size_t len, uint64_t key);
int stamps_gone(const char *at, size_t len);

struct route_step {
	const char *name;
	void (*run)(uint64_t key);
};

extern const struct route_step anon_steps[], shared_steps[];
extern const size_t nr_anon_steps, nr_shared_steps;

#endif /* ROUTES_H */
