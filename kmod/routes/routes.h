/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the floor of routes: what a hooked function does instead. */
#ifndef NACC_ROUTES_H
#define NACC_ROUTES_H

#include "hook/hook.h"

/**
 * enum nacc_birth - what a new address space is for
 *
 * @NACC_BIRTH_FORK: a child
 * @NACC_BIRTH_EXEC: a new program
 * @NACC_BIRTH_LOCKED: a child; the mmap lock of the parent is held
 */
enum nacc_birth {
	NACC_BIRTH_FORK,
	NACC_BIRTH_EXEC,
	NACC_BIRTH_LOCKED,
};

/**
 * struct nacc_route_ops - what the routes ask of who knows the domains
 * @bear: mark an mm that the current process has just made, and nobody has seen.
 *	0 or an error: it is not marked and must not come to use. May sleep
 * @bear_late: the same for one that has tables, and has not run
 * @woken: a child is marked and about to be woken. May sleep
 * @may_fork: can another child be let in? Any context, probes included
 * @kept: frames that are kept for others than a marked mm that wants so many, or
 *	NACC_ROOM_NONE. Any context, probes included
 * @grow: a marked mm takes so many frames, at most. Any context
 * @room: nacc_room_take() for a marked mm; waits for frames that may come back.
 *	May sleep
 * @forbidden: NACC_FORBID_* somewhere in a range of a marked mm. Any context,
 *	probes included
 */
struct nacc_route_ops {
	int (*bear)(struct mm_struct *mm, enum nacc_birth birth);
	int (*bear_late)(struct mm_struct *mm, enum nacc_birth birth);
	void (*woken)(struct task_struct *task);
	bool (*may_fork)(void);
	unsigned int (*kept)(const struct mm_struct *mm, unsigned int nr);
	void (*grow)(const struct mm_struct *mm, unsigned int nr);
	bool (*room)(const struct mm_struct *mm, unsigned int nr);
	u32 (*forbidden)(const struct mm_struct *mm, unsigned long start,
			 unsigned long end);
};

extern struct nacc_hook * const nacc_routes[];
extern const unsigned int nacc_nr_routes;

void nacc_routes_init(const struct nacc_route_ops *ops);
const char *nacc_birth_way(void);
void nacc_free_all(struct mm_struct *mm);
bool nacc_gup_hooked(u32 forbid);

#endif /* NACC_ROUTES_H */
