/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FORKS_H
#define FORKS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define HUGE	(2 * MEGA)

/* Private anonymous memory: the first also without huge pages. */
char *map_small(size_t len);
char *map_at_huge(size_t len);

/* A few words for each page, by its number and a key. */
void stamp(char *at, size_t len, uint64_t key);
int stamped(const char *at, size_t len, uint64_t key);

/* Does touching this byte end in this signal? */
int read_faults(const char *at, int sig);

/* fork(); the child's checks end it. */
pid_t begin_child(void);
void end_child(pid_t pid);
void leave_child(void);

/* Pages of this process that are private: present and in swap. */
long anon_pages(void);

struct fork_step {
	const char *name;
	void (*run)(uint64_t key);
};

extern const struct fork_step plain_steps[], special_steps[], moved_steps[];
extern const size_t nr_plain_steps, nr_special_steps, nr_moved_steps;

/* Forks with memory in swap, and waits for a line before it looks at it. */
void hold_swapped(uint64_t key);

#endif /* FORKS_H */
