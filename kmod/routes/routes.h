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
 * enum nacc_patience - what may be done for room in the pool
 *
 * @NACC_ROOM_NOW: nothing. Any context, probes included
 * @NACC_ROOM_LOOK: the frames of the container are counted anew. May sleep
 * @NACC_ROOM_WAIT: and frames that may come back are waited for. May sleep
 */
enum nacc_patience {
	NACC_ROOM_NOW,
	NACC_ROOM_LOOK,
	NACC_ROOM_WAIT,
};

/**
 * struct nacc_route_ops - what the routes ask of who knows the domains
 * @heir: is what the current task makes to be marked: the new program in this file, or, if
 *	there is none, whatever it is? Any context, probes included
 * @bear: mark an mm that the current process has just made, and nobody has seen.
 *	0 or an error: it is not marked and must not come to use. May sleep
 * @bear_late: the same for one that has tables, and has not run
 * @let_out: a new program begins that is not to be marked, though its mm is. 0 or an
 *	error: it must not come to use. May sleep
 * @woken: a child is marked and about to be woken. May sleep
 * @may_fork: can another child be let in? Any context, probes included
 * @room: room for so many tables of a marked mm, which is not unmarked meanwhile; ends
 *	with @settle. Context as enum nacc_patience, without probes
 * @settle: the end of @room: as many are in use now, at most. Any context
 * @fits: would @room succeed? Context as enum nacc_patience
 * @held: is a task in a cgroup whose processes are to be marked? Any context, probes
 *	included
 * @stranded: does an mm, which nobody moves, name no root that a hart may have? Any context,
 *	probes included
 * @gated: has the firmware contexts of the threads of an mm, or NULL? Any context, probes
 *	included
 * @thread_begins: a new thread, which nobody has seen, has its registers. 0 or an error: it
 *	must not come to be. May sleep
 * @thread_ends: a thread will not be in user mode any more on an mm. Any context
 * @sealed: is anything sealed in a range of an mm? Any context, probes included
 * @seal_child: a child, which has not run, gets the seals of its maker. 0 or an error: it
 *	must not run. May sleep
 * @paged: do marked processes have pages? Any context, probes included
 * @page_begins: a new program has mapped what its file says. May sleep
 * @forbidden: NACC_FORBID_* somewhere in a range of a marked mm. Any context,
 *	probes included
 */
struct nacc_route_ops {
	bool (*heir)(const struct file *program);
	int (*bear)(struct mm_struct *mm, enum nacc_birth birth);
	int (*bear_late)(struct mm_struct *mm, enum nacc_birth birth);
	int (*let_out)(struct mm_struct *mm);
	void (*woken)(struct task_struct *task);
	bool (*may_fork)(void);
	bool (*room)(const struct mm_struct *mm, unsigned int nr,
		     enum nacc_patience how);
	void (*settle)(const struct mm_struct *mm, unsigned int nr);
	bool (*fits)(const struct mm_struct *mm, unsigned int nr,
		     enum nacc_patience how);
	bool (*held)(const struct task_struct *task);
	bool (*stranded)(const struct mm_struct *mm);
	bool (*gated)(const struct mm_struct *mm);
	int (*thread_begins)(struct task_struct *task);
	void (*thread_ends)(struct task_struct *task, const struct mm_struct *mm);
	bool (*sealed)(const struct mm_struct *mm, unsigned long start, unsigned long end);
	int (*seal_child)(struct task_struct *child);
	bool (*paged)(void);
	void (*page_begins)(struct mm_struct *mm);
	u32 (*forbidden)(const struct mm_struct *mm, unsigned long start,
			 unsigned long end);
};

extern struct nacc_hook * const nacc_routes[];
extern const unsigned int nacc_nr_routes;

void nacc_routes_init(const struct nacc_route_ops *ops);
bool nacc_birth_seen_late(void);
const char *nacc_birth_way(void);
bool nacc_tables_asked_for(void);
void nacc_free_all(struct mm_struct *mm);
bool nacc_gup_hooked(u32 forbid);
bool nacc_is_ending(void);
bool nacc_seals_hooked(void);
const char *nacc_threads_unhooked(bool armed);

#endif /* NACC_ROUTES_H */
