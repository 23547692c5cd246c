/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STRESS_H
#define STRESS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct step - one thing the stress program does with memory
 * @name: for messages
 * @run: does it with numbers from the generator, checks the data, and returns a
 *	checksum of what it saw, which depends on the seed alone
 */
struct step {
	const char *name;
	uint64_t (*run)(uint64_t *state);
};

extern const struct step memory_steps[];
extern const size_t nr_memory_steps;
extern const struct step process_steps[];
extern const size_t nr_process_steps;

/* run_image(): what a new image does; its exit status, below 200. */
int run_image(uint64_t seed);

/* as_expected(): with --marked, is this process marked? Without, always true. */
int as_expected(void);

/* faults(): does a write to this address raise SIGSEGV? */
int faults(char *at);

#endif /* STRESS_H */
