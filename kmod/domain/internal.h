/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the floor share with each other and with nobody else. */
#ifndef NACC_DOMAIN_INTERNAL_H
#define NACC_DOMAIN_INTERNAL_H

#include "domain/domain.h"
#include "routes/routes.h"

/* domain.c */
extern struct mutex nacc_domain_lock;
extern struct list_head nacc_domains;	/* under nacc_domain_lock */
extern struct list_head nacc_mms;	/* under nacc_domain_lock */

struct nacc_domain *nacc_domain_create(const char *name);
void nacc_domain_own(struct nacc_domain *domain, kuid_t user, unsigned int frames);
unsigned int nacc_domain_sharing(void);
/* A reference to a domain that stays for a grace period; NULL if there is none to be had. */
static inline struct nacc_domain *nacc_domain_tryget(struct nacc_domain *domain)
{
	return domain && refcount_inc_not_zero(&domain->ref) ? domain : NULL;
}

struct nacc_domain *nacc_domain_find(u32 id);
struct nacc_domain *nacc_domain_next(struct nacc_domain *domain);
u32 nacc_domain_forbidden(const struct mm_struct *mm, unsigned long start,
			  unsigned long end);
struct nacc_mm *nacc_mm_find(phys_addr_t root);
void nacc_mm_publish_locked(phys_addr_t root, struct nacc_mm *entry);
void nacc_mm_publish(phys_addr_t root, void *arg);
struct nacc_mm *nacc_mm_new(struct nacc_domain *domain, struct mm_struct *mm, gfp_t gfp);
void nacc_mm_drop(struct nacc_mm *entry);
void nacc_mm_forget(struct nacc_mm *entry);

struct nacc_mm *nacc_mm_by_frame(unsigned int frame);
struct nacc_mm *nacc_mm_entry(const struct mm_struct *mm, phys_addr_t root);

/* users.c */
void nacc_end_users(const struct mm_struct *mm);
void nacc_end_if_condemned(const struct nacc_domain *domain,
			   const struct mm_struct *mm);

/* condemn.c */
struct nacc_mm *nacc_mm_of(const struct nacc_sbi_audit *audit);
void nacc_condemn(const struct nacc_sbi_audit *audit);

/* heir.c */
bool nacc_mm_settled(const struct mm_struct *mm);
bool nacc_heir(const struct file *program);
struct nacc_domain *nacc_maker(const struct mm_struct *mm);
struct nacc_domain *nacc_system_get(void);
bool nacc_system_is_on(void);
bool nacc_system_excepts(const struct mm_struct *mm);
void nacc_heirs_begin(struct nacc_domain *domain);
void nacc_heirs_end(void);
void nacc_except(struct file * const *files, unsigned int nr);
unsigned int nacc_nr_excepted(void);
void nacc_excepted_seq(struct seq_file *m);

/* system.c */
void nacc_system_end(void);

/* move.c */
int nacc_move(struct nacc_domain *from, struct nacc_domain *to,
	      struct mm_struct *mm);
int nacc_move_back(struct nacc_domain *from, struct nacc_domain *to,
		   struct mm_struct *mm);
int nacc_mm_leave(struct nacc_mm *entry);
int nacc_let_out(struct mm_struct *mm);

/* roots.c, upcall.S */
void nacc_roots_upcall(void);
int nacc_roots_fill(void);
asmlinkage void nacc_roots_refused(void);
void nacc_roots_end_users(void);
bool nacc_roots_who(u64 mm, struct nacc_who *who);

/* stranded.c */
void nacc_strand_ordinary(bool on);
bool nacc_stranded(const struct mm_struct *mm);
void nacc_stranded_found(void);
void nacc_strand_current(void);
void nacc_strand_running(void);
bool nacc_stranded_keep(void);
void nacc_roots_look(void);

/* share.c */
void nacc_share_update(void);
void nacc_share_tell(void);
bool nacc_share_take(const struct mm_struct *mm, unsigned int nr,
		     enum nacc_patience how);
bool nacc_share_fits(const struct mm_struct *mm, unsigned int nr,
		     enum nacc_patience how);
void nacc_share_give(const struct mm_struct *mm, unsigned int nr);
void nacc_share_hand_over(struct nacc_mm *old, struct nacc_mm *now);
void nacc_share_end(struct nacc_mm *entry);
bool nacc_share_take_domain(struct nacc_domain *domain, unsigned int nr,
			    enum nacc_patience how);
void nacc_share_give_domain(struct nacc_domain *domain, unsigned int nr,
			    bool used);

/* quota.c */
void nacc_quota_take_over(struct nacc_domain *domain, unsigned int nr);
bool nacc_quota_promise(struct nacc_domain *domain, unsigned int nr);
void nacc_quota_settle(struct nacc_domain *domain, unsigned int nr, bool used);
bool nacc_quota_is_full(const struct nacc_domain *domain, unsigned int nr);
void nacc_quota_recount(struct nacc_domain *domain);
void nacc_quota_recount_all(void);

/* How often one asks again where an mm is to be, or is: it may change meanwhile. */
#define NACC_TRIES_MAX	8

/* How long a task that never lets go of its mmap lock may keep others from what they want. */
#define NACC_PATIENCE	(10 * HZ)

/* admit.c */
void nacc_domain_close(void);
bool nacc_domain_close_unused(void);
bool nacc_domain_closed(void);
bool nacc_domain_is_closed(void);
int nacc_domain_ask(const struct nacc_domain *domain);
bool nacc_domain_is_busy(const struct nacc_domain *domain);
int nacc_domain_admit(struct nacc_domain *domain);
int nacc_promotion_begin(struct nacc_domain *domain);
int nacc_promotion_try(struct nacc_domain *domain);
void nacc_promotion_end(struct nacc_domain *domain);
int nacc_promotions_wait(struct nacc_domain *domain);
int nacc_promotions_wait_for(struct nacc_domain *domain, unsigned long patience);
void nacc_promotions_wake(void);

/* unsignalled.c */
int nacc_run_unsignalled(int (*fn)(void *arg), void *arg);

/* join.c */

/**
 * enum nacc_manner - what who lets an mm join a domain waits for
 *
 * @NACC_WAITS: for everything
 * @NACC_TRIES: neither for who has a lock of the mm nor for who promotes it: -EBUSY; nor
 *	for the end of an unmark: -EAGAIN
 * @NACC_HURRIES: nor for frames: -EAGAIN
 */
enum nacc_manner {
	NACC_WAITS,
	NACC_TRIES,
	NACC_HURRIES,
};

int nacc_join(struct nacc_domain *domain, struct mm_struct *mm);
int nacc_join_in_a_hurry(struct nacc_domain *domain, struct mm_struct *mm);
int nacc_take(struct nacc_domain *domain, struct mm_struct *mm);
int nacc_take_or_not(struct nacc_domain *domain, struct mm_struct *mm);
int nacc_join_next(const struct nacc_domain *gone,
		   int (*join)(struct nacc_domain *domain));

/* mark.c */
bool nacc_mm_get_live(struct mm_struct *mm);
int nacc_join_mm(struct nacc_domain *domain, struct task_struct *task,
		 struct mm_struct *mm, u32 *id);
int nacc_unmark_domain(struct nacc_domain *domain);

/* event.c */
void nacc_event_who(enum nacc_event_type type, u32 id, const char *name,
		    const struct nacc_who *who, u32 reason);
void nacc_event_task(enum nacc_event_type type, const struct nacc_domain *domain,
		     struct task_struct *task, u32 reason);
void nacc_event_mark(struct nacc_domain *domain, struct task_struct *task);
bool nacc_is_announced(const struct nacc_domain *domain);
void nacc_event_join(const struct nacc_domain *domain, struct task_struct *task);

/* cgroup.c */
unsigned int nacc_cgroups(void);
bool nacc_cgroup_holds(const struct task_struct *task);
struct nacc_domain *nacc_cgroup_find(const struct task_struct *task,
				     const struct nacc_domain *but);
struct nacc_domain *nacc_cgroup_find_any(struct task_struct *task,
					 const struct nacc_domain *but);
struct nacc_domain *nacc_cgroup_domain(const struct task_struct *task,
				       const struct nacc_domain *but);
struct nacc_domain *nacc_cgroup_of_mm(const struct mm_struct *mm,
				      const struct nacc_domain *but);
bool nacc_cgroup_has(const struct nacc_domain *domain,
		     const struct task_struct *task);
bool nacc_task_settled(const struct task_struct *task);
int nacc_cgroup_publish(struct nacc_domain *domain, struct cgroup *cgroup, u32 *id);
struct nacc_domain *nacc_cgroup_same(const struct cgroup *cgroup);
struct cgroup *nacc_cgroup_unlist(struct nacc_domain *domain);
void nacc_cgroup_unlisted(struct nacc_domain *domain, struct cgroup *cgroup);
void nacc_cgroup_leave(struct nacc_domain *domain);
void nacc_cgroups_clean(void);
void nacc_cgroups_sweep(void);
void nacc_cgroup_print(struct seq_file *m, const struct nacc_domain *domain,
		       char *path);

/* vfork.c */

/**
 * struct nacc_loan - whose an address space is
 * @mm: it, or NULL; only compared
 * @lender: the process that has it besides those that borrow it, or NULL; only compared
 * @walks: how often all tasks were looked at for that
 */
struct nacc_loan {
	const struct mm_struct *mm;
	const struct signal_struct *lender;
	unsigned int walks;
};

bool nacc_is_vfork_child(const struct task_struct *task, const struct mm_struct *mm,
			 struct nacc_loan *loan);
bool nacc_borrows(const struct task_struct *task, const struct mm_struct *mm);

/*
 * The mm of a task, unless it is about to let go of it. A vfork child that exits lets its
 * maker go first, and has his mm still. Under task_lock() of the task, under which it does so.
 */
static inline struct mm_struct *nacc_runs_on(const struct task_struct *task)
{
	return task->flags & (PF_KTHREAD | PF_EXITING) ? NULL : task->mm;
}

/* look.c */

/**
 * struct nacc_crowd - the processes that there were at a moment
 * @task: them, by a reference each
 * @nr: how many
 */
struct nacc_crowd {
	struct task_struct **task;
	unsigned int nr;
};

int nacc_crowd_gather(struct nacc_crowd *crowd);
void nacc_crowd_disperse(struct nacc_crowd *crowd);

/**
 * struct nacc_look - a look at all processes
 * @domain: those of this are looked for
 * @tries: who has his mmap lock taken is left for another time
 * @crowd: the processes
 * @at: the next of them; those before it have been put
 * @left: at the beginning of @crowd: those that are left for another time
 * @task: who was found: a task
 * @mm: its address space, or NULL: nobody
 * @busy: there are such as in @left
 * @lent: a vfork child was let be
 * @loan: see there
 */
struct nacc_look {
	struct nacc_domain *domain;
	bool tries;
	struct nacc_crowd crowd;
	unsigned int at;
	unsigned int left;
	struct task_struct *task;
	struct mm_struct *mm;
	bool busy;
	bool lent;
	struct nacc_loan loan;
};

int nacc_look_begin(struct nacc_look *look);
bool nacc_look_next(struct nacc_look *look);
void nacc_look_later(struct nacc_look *look);
bool nacc_look_again(struct nacc_look *look);
void nacc_look_end(struct nacc_look *look);

/* enter.c, sweep.c */
void nacc_enter_clean(void);
bool nacc_sweep_keep(void);

/* gate.c: gates, by which the threads of a domain come from user mode and go back */

/**
 * struct nacc_record - what the firmware keeps of a gated domain
 * @node: in the list of those that are to be closed, under nacc_domain_lock
 * @pa: physical address of it: a frame of the pool
 * @tag: of the address spaces that can have it
 */
struct nacc_record {
	struct list_head node;
	phys_addr_t pa;
	u64 tag;
};

/**
 * nacc_record() - what the firmware has there now
 * @pa: physical address of a record
 *
 * S-mode cannot write it. It stays as long as an address space has it, or a domain.
 */
static inline const struct nacc_sbi_gate *nacc_record(phys_addr_t pa)
{
	return __va(pa);
}

const char *nacc_gate_text(const struct nacc_domain *domain);

/* What the firmware's records about an address space of it carry; stays while one joins */
static inline u64 nacc_domain_tag(const struct nacc_domain *domain)
{
	return domain->gate ? domain->gate->tag : domain->id;
}

static inline phys_addr_t nacc_domain_record(const struct nacc_domain *domain)
{
	const struct nacc_record *record = READ_ONCE(domain->gate);

	return record ? record->pa : 0;
}

/* syscalls.c */
int nacc_calls_keep(struct nacc_domain *domain);

/* tally.c */

/**
 * struct nacc_hold - somebody who wants to know as long as a file is open
 * @node: in the list of a tally's, under nacc_domain_lock
 * @file: the file; only compared: it lets go when it is closed
 */
struct nacc_hold {
	struct list_head node;
	const struct file *file;
};

/**
 * struct nacc_tally - how often each call was made
 * @begun: when that began, ns since boot
 * @asked: when somebody asked last, ns that the machine ran, not asleep; under nacc_domain_lock
 * @ended: when it ended since nobody had asked for long, or 0; written under nacc_domain_lock
 * @kept: somebody wants to know until he says so; under nacc_domain_lock
 * @holds: others who do: likewise
 * @other: calls with a number of NACC_CALLS or above
 * @calls: the others, by number
 * @rcu: freed after a grace period: the probe finds it under RCU
 */
struct nacc_tally {
	u64 begun;
	u64 asked;
	u64 ended;
	bool kept;
	struct list_head holds;
	atomic64_t other;
	atomic_t calls[NACC_CALLS];
	struct rcu_head rcu;
};

unsigned int nacc_tallies(void);
void nacc_tally_want(struct nacc_domain *domain, struct nacc_tally **fresh,
		     struct nacc_hold **hold);
void nacc_tally_leave(struct nacc_domain *domain);
bool nacc_tallies_let_go(const struct file *file);
void nacc_tallies_end(u64 unasked);

/* traced.c */
bool nacc_traced_keep(void);

/* claim.c */
unsigned int nacc_records(void);
int nacc_gate_begin(struct nacc_domain *domain);
void nacc_gate_end(struct nacc_domain *domain);
int nacc_gate_open(struct nacc_domain *domain);
bool nacc_gate_keep(void);

/* record.c */
void nacc_record_leave(struct nacc_domain *domain);
struct nacc_record *nacc_record_next(void);
void nacc_records_later(struct list_head *list);

/* seal.c */
bool nacc_sealed(const struct mm_struct *mm, unsigned long start, unsigned long end);
int nacc_seal_child(struct task_struct *child);
unsigned int nacc_seals_nr(const struct nacc_mm *entry);
bool nacc_domain_sealed(const struct nacc_domain *domain);
void nacc_seals_hand_over(struct nacc_mm *old, struct nacc_mm *now);

/* pins.c */

/**
 * struct nacc_pins - pages of a sealed range
 * @next: more of the same address space
 * @nr: how many
 * @page: they
 */
struct nacc_pins {
	struct nacc_pins *next;
	unsigned long nr;
	struct page *page[];
};

void nacc_unpin(struct nacc_pins *pins);
void nacc_seals_end(struct nacc_mm *entry);

/* thread.c */

/**
 * struct nacc_joiner - an mm that is about to be gated, with its threads
 * @node: in the list of these
 * @mm: the mm; only compared
 * @root: physical address of the root that it will have
 */
struct nacc_joiner {
	struct list_head node;
	const struct mm_struct *mm;
	phys_addr_t root;
};

bool nacc_gated(const struct mm_struct *mm);
int nacc_thread_begins(struct task_struct *task);
void nacc_thread_ends(struct task_struct *task, const struct mm_struct *mm);
void nacc_thread_forked(struct task_struct *task);
unsigned int nacc_threads_frames(unsigned int nr);
unsigned int nacc_threads_room(const struct mm_struct *mm);
int nacc_threads_adopt(const struct mm_struct *mm, phys_addr_t root);
int nacc_threads_handlers(const struct mm_struct *mm, phys_addr_t root);
int nacc_joiner_ready(struct nacc_joiner *joiner, struct nacc_mm *entry, phys_addr_t root);
void nacc_joiner_end(struct nacc_joiner *joiner);

/* page.c */
void nacc_page_install(struct mm_struct *mm);
void nacc_page_begin(struct mm_struct *mm);
void nacc_page_leave(struct mm_struct *mm, bool leaves);
bool nacc_page_offered(void);
bool nacc_page_keep(void);

/* birth.c */
int nacc_bear(struct mm_struct *mm, enum nacc_birth birth);
int nacc_bear_late(struct mm_struct *mm, enum nacc_birth birth);

/* inherit.c */
bool nacc_inherit_room(void);
void nacc_inherit_clean(void);
void nacc_inherit_done(struct task_struct *task);
void nacc_inherit_kill(const struct nacc_domain *domain);

/* doom.c */
void nacc_kill_unprotected(const struct nacc_domain *domain, struct task_struct *task,
			   int error);
void nacc_doom(struct task_struct *task);
void nacc_doom_wait(void);

/* reap.c */
bool nacc_reap_dead(void);

/* policy.c */
void nacc_policy_refused(const struct nacc_sbi_audit *audit);

/* who.c */
int nacc_who_init(void);
void nacc_who_exit(void);
void nacc_who_exits(void);
bool nacc_who_uses(const struct mm_struct *mm, struct pid_namespace *ns,
		   struct nacc_who *who);
void nacc_who_each(const struct nacc_domain *domain,
		   void (*fn)(const struct nacc_mm *entry,
			      struct task_struct *task, void *arg), void *arg);
void nacc_who_fill(struct nacc_who *who, struct task_struct *task,
		   struct pid_namespace *ns);
bool nacc_who_was(u64 task, u64 time, struct nacc_who *who);
u64 nacc_who_when(u64 time);

/* refusal.c */
void nacc_refusals_again(void);

/* rules.c */
int nacc_rules_add(struct nacc_rules *rules, const struct nacc_forbid *forbid);
u32 nacc_rules_match(const struct nacc_rules *rules, unsigned long start,
		     unsigned long end);
void nacc_rules_print(struct seq_file *m, u32 domain,
		      const struct nacc_rules *rules);

#endif /* NACC_DOMAIN_INTERNAL_H */
