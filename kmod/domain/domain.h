/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the floor of domains: which processes are one container. */
#ifndef NACC_DOMAIN_H
#define NACC_DOMAIN_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/uidgid_types.h>
#include <linux/workqueue.h>

#include "hook/hook.h"
#include "tables/tables.h"

struct cgroup;
struct nacc_pins;
struct nacc_record;
struct nacc_seal_range;

/* rules.c: what others may not do to the memory of a domain ------------------- */

/**
 * struct nacc_rule - one range and what is forbidden there
 * @start: first address
 * @end: address behind the last
 * @forbid: NACC_FORBID_*; bits are only ever added
 */
struct nacc_rule {
	unsigned long start;
	unsigned long end;
	u32 forbid;
};

/**
 * struct nacc_rules - the rules of a domain, which only ever become more
 * @nr: number of rules that are complete; written under nacc_domain_lock, read
 *	without a lock
 * @rule: the rules
 */
struct nacc_rules {
	unsigned int nr;
	struct nacc_rule rule[NACC_RULES_MAX];
};

/* domain.c ------------------------------------------------------------------ */

/**
 * struct nacc_domain - a marked container
 * @node: in the list of domains, under nacc_domain_lock
 * @ref: one for each marked mm, each inheritance under way and each user; the
 *	domain leaves the list and the module reference goes with the last
 * @id: name of the domain, never 0, not reused before the machine is reset
 * @mms: marked address spaces, under nacc_domain_lock
 * @promoting: promotions under way; written under nacc_domain_lock, waited for without
 * @leaving: being unmarked: who wants to join waits; as @promoting
 * @gating: its gate is being changed: likewise
 * @gate: that, or NULL; set once under nacc_domain_lock, while @gating and nothing is promoted.
 *	It stays as long as the domain
 * @calls: system calls that there are to be, if @listed: the firmware does not know yet. Both
 *	while @gating
 * @listed: see there
 * @tally: what the kernel counts of its system calls, or NULL; read under RCU, changed under
 *	nacc_domain_lock
 * @gone: unmarked: nothing can join any more, under nacc_domain_lock
 * @condemned: being killed: who joins is killed as well, under nacc_domain_lock
 * @system: it is that of the system profile, or was: see system.c. Set once
 * @used: frames in use when they were last counted, about; see quota.c
 * @tables: frames in use, when that was last listed; under nacc_domain_lock
 * @kept: frames that are kept for others, or NACC_ROOM_NONE; written under
 *	nacc_domain_lock, read without
 * @quota: most frames that it may use, or 0; written under nacc_domain_lock, read
 *	without
 * @promised: frames that it has been promised and may be about to take
 * @taken: frames that it has, at most, without those; see quota.c
 * @counting: held by who counts its frames
 * @members: its marked mms, read under RCU; changed under nacc_domain_lock
 * @cgroup: the cgroup that it is, by a reference, or NULL; changed under
 *	nacc_domain_lock, and followed only there or by who keeps it
 * @by_cgroup: in the table of these, read under RCU, with a reference to the domain
 * @sweep: there may be tasks in the cgroup that sleep unprotected, or vfork children
 * @sweeper: looks for these, with a reference from when it is queued to its end
 * @entering: records in use for those who enter; under a lock of enter.c
 * @reserved: those of them that are of the last half; likewise
 * @announced: it has been told that it was made; its end is told then, too
 * @exhausted: it has not got a frame since the keeper looked
 * @exhaust_at: not to be told again before (jiffies); the keeper only
 * @user: who has marked himself: it is all that he has marked; or invalid
 * @name: label
 * @rules: what others may not do to its memory
 * @rcu: freed after a grace period: hooks find it under RCU
 */
struct nacc_domain {
	struct list_head node;
	refcount_t ref;
	u32 id;
	unsigned int mms;
	unsigned int promoting;
	bool leaving;
	bool gating;
	struct nacc_record *gate;
	u64 calls[NACC_CALLS / 64];
	bool listed;
	struct nacc_tally __rcu *tally;
	bool gone;
	bool condemned;
	bool system;
	unsigned int used;
	unsigned int tables;
	unsigned int kept;
	unsigned int quota;
	atomic_t promised;
	atomic_t taken;
	struct mutex counting;	/* no other is taken under it, see nacc.h */
	struct list_head members;
	struct cgroup *cgroup;
	struct hlist_node by_cgroup;
	bool sweep;
	struct work_struct sweeper;
	unsigned int entering;
	unsigned int reserved;
	bool announced;
	bool exhausted;
	unsigned long exhaust_at;
	kuid_t user;
	char name[NACC_NAME_LEN];
	struct nacc_rules rules;
	struct rcu_head rcu;
};

/**
 * struct nacc_mm - a marked address space
 * @node: in the list of marked mms, under nacc_domain_lock
 * @member: in the list of its domain's, read under RCU
 * @mm: the mm, by a reference of its own (mmgrab)
 * @domain: its domain, by a reference
 * @root: physical address of its root
 * @since: the time CSR when it was marked
 * @tag: what the firmware's records about it carry: ID of its first domain
 * @gate: physical address of the record by which it is gated, or 0; set once
 * @threaded: it had threads when it was; set before @gate
 * @looked_at: when a gate was switched on, the last time; under nacc_domain_lock
 * @promised: frames that it has been promised, of those of its domain; see share.c
 * @sealed: physical address of what the firmware keeps of its seals, or 0; set under
 *	nacc_domain_lock, read without
 * @pins: the pages of these; under nacc_domain_lock
 * @dying: seen without users; the keeper only
 * @rcu: freed after a grace period: hooks find it under RCU
 */
struct nacc_mm {
	struct list_head node;
	struct list_head member;
	struct mm_struct *mm;
	struct nacc_domain *domain;
	phys_addr_t root;
	u64 since;
	u64 tag;
	phys_addr_t gate;
	bool threaded;
	unsigned int looked_at;
	atomic_t promised;
	phys_addr_t sealed;
	struct nacc_pins *pins;
	bool dying;
	struct rcu_head rcu;
};

int nacc_domain_init(void);
void nacc_domain_exit(void);
void nacc_domain_open(void);
struct nacc_domain *nacc_domain_get_by_mm(const struct mm_struct *mm);
void nacc_domain_put(struct nacc_domain *domain);
int nacc_domain_forbid(const struct nacc_forbid *forbid);
int nacc_domain_quota(struct nacc_quota *quota);
u32 nacc_domain_of_root(phys_addr_t root);
unsigned int nacc_domain_count(void);
void nacc_disarm_if_unused(void);
void nacc_hook_if_used(enum nacc_demand demand);

/* traced.c ------------------------------------------------------------------ */

int nacc_domain_traced(struct nacc_traced *traced, const struct file *file);
void nacc_traced_close(const struct file *file);
void nacc_traced_seq(struct seq_file *m);

/* gate.c, syscalls.c -------------------------------------------------------- */

struct nacc_domain *nacc_gate_domain(u32 id, kuid_t user);
int nacc_domain_gate(struct nacc_gate *gate, kuid_t user);
int nacc_domain_syscalls(struct nacc_syscalls *calls, kuid_t user);
int nacc_domain_allow(const struct nacc_allow *allow, kuid_t user);
u32 nacc_domain_of_record(phys_addr_t record);
phys_addr_t nacc_gate_of(const struct mm_struct *mm);
void nacc_gate_seq(struct seq_file *m);

/* seal.c -------------------------------------------------------------------- */

int nacc_seal(struct mm_struct *mm, unsigned long start, unsigned long end);
u32 nacc_seals_get(const struct mm_struct *mm, struct nacc_seal_range *ranges);

/* page.c: what programs see of their protection ------------------------------- */

u64 nacc_page_tag(phys_addr_t pa);
void nacc_page_seq(struct seq_file *m);

/* who.c --------------------------------------------------------------------- */

/**
 * struct nacc_who - a process
 * @pid: its number in the initial PID namespace, or 0: not known
 * @comm: name of one of its threads
 */
struct nacc_who {
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/* refusal.c ----------------------------------------------------------------- */

/**
 * struct nacc_refusal - what the kernel knows of a record of the firmware
 * @when: ns since 1970
 * @writer: who stored
 * @owner: a process of the address space that it was about
 * @domain: ID of its domain
 * @name: label of that, or empty
 */
struct nacc_refusal {
	u64 when;
	u64 domain;
	struct nacc_who writer;
	struct nacc_who owner;
	char name[NACC_NAME_LEN];
};

int nacc_refusals_init(void);
void nacc_refusals_exit(void);
int nacc_refusals_poll(void);
int nacc_refusals_each(void (*fn)(const struct nacc_sbi_audit *audit,
				  const struct nacc_refusal *refusal, void *arg),
		       void *arg);

/* roots.c ------------------------------------------------------------------- */

int nacc_roots_init(void);
void nacc_roots_exit(void);

/* mark.c -------------------------------------------------------------------- */

int nacc_mark_task(struct task_struct *task, const char *name, u32 *id);
int nacc_unmark(u32 id);
void nacc_unmark_all(void);
int nacc_task_mm(struct task_struct *task, struct mm_struct **mm);

/* system.c ------------------------------------------------------------------ */

void nacc_system_boot(void);
int nacc_system(struct nacc_protect *protect);
void nacc_system_seq(struct seq_file *m);

/* sweep.c, self.c: what else can be marked ---------------------------------------- */

int nacc_join_task(struct task_struct *task, u32 *id);
int nacc_mark_cgroup(struct cgroup *cgroup, const char *name, u32 *id);
int nacc_mark_self(const char *name, unsigned int frames, u32 *id);

/* event.c: what has happened -------------------------------------------------------- */

void nacc_events_init(void (*tell)(void));
u64 nacc_events_next(void);
bool nacc_events_get(u64 *seq, struct nacc_event *event);

/* enter.c ---------------------------------------------------------------------------- */

int nacc_enter_init(void);
void nacc_enter_exit(void);

/* sweep.c ---------------------------------------------------------------------------- */

int nacc_sweep_init(void);
void nacc_sweep_exit(void);

/* inherit.c ------------------------------------------------------------------ */

int nacc_inherit_init(void);
void nacc_inherit_exit(void);

/* callbacks.c ----------------------------------------------------------------- */

int nacc_callbacks_init(void);
void nacc_callbacks_exit(void);

/* policy.c ------------------------------------------------------------------ */

int nacc_policy_init(void);
enum nacc_provenance nacc_policy_provenance(void);
void nacc_policy_seq(struct seq_file *m);

/* power.c ------------------------------------------------------------------- */

int nacc_power_init(void);
void nacc_power_exit(void);

/* proc.c: what /proc/nacc says of domains -------------------------------------- */

int nacc_domain_seq(struct seq_file *m);
int nacc_mms_seq(struct seq_file *m);
int nacc_rules_seq(struct seq_file *m);
int nacc_roots_seq(struct seq_file *m);

#endif /* NACC_DOMAIN_H */
