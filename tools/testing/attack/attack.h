/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc_attack.ko: a kernel that has been broken into, for tests.
 *
 * It stands for an attacker with an arbitrary kernel write: it finds a
 * process's page tables and writes them through the linear map. Every store
 * has a fixup, so one that is refused is reported and does no harm. What was
 * written is remembered, and "restore" takes it back.
 */
#ifndef NACC_ATTACK_H
#define NACC_ATTACK_H

#include <linux/atomic.h>
#include <linux/seq_buf.h>
#include <linux/types.h>

/** ATTACK_LEVELS - most page-table levels (Sv57) */
#define ATTACK_LEVELS		5
/** ATTACK_ROUNDS_MAX - most times that a command does something */
#define ATTACK_ROUNDS_MAX	100000
/** ATTACK_PATIENCE_NS - how long one hart waits for another */
#define ATTACK_PATIENCE_NS	(2 * NSEC_PER_SEC)

/**
 * struct attack_walk - how a virtual address of a process is translated
 * @top: level of the root
 * @lowest: level at which the walk ended (a leaf or an empty entry)
 * @slot: physical address of the entry at each level, @top down to @lowest
 * @value: what it held
 */
struct attack_walk {
	int top;
	int lowest;
	phys_addr_t slot[ATTACK_LEVELS];
	u64 value[ATTACK_LEVELS];
};

/* tables.c */
int attack_walk(int pid, unsigned long va, struct attack_walk *walk);
void attack_fence(void);
phys_addr_t attack_page_alloc(void);
u64 *attack_page(phys_addr_t pa);
void attack_pages_free(void);
int attack_top_level(void);

/* store.c */
int attack_store(const char *kind, phys_addr_t pa, u64 value, struct seq_buf *out);
void attack_store_kinds(struct seq_buf *out);
int attack_sd(phys_addr_t pa, u64 value);
int attack_sd_at(void *addr, u64 value);
int attack_naked(const char *kind, phys_addr_t pa, u64 value);
int attack_restore(struct seq_buf *out);

/* naked.c */
int attack_naked_store(void *addr, u64 value);
int attack_naked_memcpy(void *addr, u64 value);
int attack_naked_slab(void *addr, u64 value);

/* deputy.c */
void *attack_symbol(const char *name);
int attack_deputy_init(void);
void attack_deputy_exit(void);
int attack_deputy(void *addr, u64 value);
int attack_learnt(const u64 *arg, struct seq_buf *out);
int attack_pin(const u64 *arg, struct seq_buf *out);
int attack_unpin(const u64 *arg, struct seq_buf *out);

/* wide.c */
int attack_wide(const char *kind, phys_addr_t pa, struct seq_buf *out);
int attack_pair(const u64 *arg, struct seq_buf *out);
void attack_pair_free(void);
int attack_seam(const char *kind, phys_addr_t pa, u64 value, struct seq_buf *out);

/* swapped.c: commands */
int attack_mmset(const u64 *arg, struct seq_buf *out);
int attack_mmback(const u64 *arg, struct seq_buf *out);
int attack_skip(const u64 *arg, struct seq_buf *out);
int attack_skipback(const u64 *arg, struct seq_buf *out);

/* regs.c: commands */
int attack_regs(const u64 *arg, struct seq_buf *out);
int attack_reg(const u64 *arg, struct seq_buf *out);
int attack_freg(const u64 *arg, struct seq_buf *out);
int attack_vreg(const u64 *arg, struct seq_buf *out);
int attack_vs(const u64 *arg, struct seq_buf *out);
int attack_fs(const u64 *arg, struct seq_buf *out);

/* meddle.c: commands */
int attack_meddle(const char *name, const u64 *arg, struct seq_buf *out);
int attack_met(const u64 *arg, struct seq_buf *out);
void attack_meddle_off(void);

/* memory.c: commands */
int attack_peek(const u64 *arg, struct seq_buf *out);

/* search.c */
int attack_look(const u64 *arg, struct seq_buf *out);
int attack_view(const u64 *arg, struct seq_buf *out);
int attack_unview(const u64 *arg, struct seq_buf *out);
int attack_search(const u64 *arg, struct seq_buf *out);

int attack_sbi(const u64 *arg, struct seq_buf *out);
int attack_spill(const u64 *arg, struct seq_buf *out);
int attack_stale(const u64 *arg, struct seq_buf *out);
int attack_vmabit(const u64 *arg, struct seq_buf *out);
int attack_unseal(const u64 *arg, struct seq_buf *out);
struct task_struct *attack_task(u64 pid);
int attack_mm(u64 pid, struct mm_struct **mm);
int attack_root(const u64 *arg, struct seq_buf *out);
int attack_unroot(const u64 *arg, struct seq_buf *out);

/* roots.c: commands */
int attack_rootmap(const u64 *arg, struct seq_buf *out);
int attack_rootset(const u64 *arg, struct seq_buf *out);
int attack_rootof(const u64 *arg, struct seq_buf *out);
int attack_satp(const u64 *arg, struct seq_buf *out);
int attack_satpon(const u64 *arg, struct seq_buf *out);
int attack_borrow(const u64 *arg, struct seq_buf *out);
int attack_unbound(const u64 *arg, struct seq_buf *out);

/* cpus.c */
int attack_other_cpu(void);
bool attack_await(const unsigned int *flag);
void attack_meet(atomic_t *gate);

/* space.c, see also space.h */
int attack_space_begin(unsigned long *satp, unsigned long *va, u64 **slot);
void attack_space_end(void);

/* storm.c: commands */
int attack_storm(const u64 *arg, struct seq_buf *out);
int attack_fences(const u64 *arg, struct seq_buf *out);

/* hold.c: commands */
int attack_hold(const u64 *arg, struct seq_buf *out);

/* adopt.c: commands */
int attack_flip(const u64 *arg, struct seq_buf *out);
int attack_adopters(const u64 *arg, struct seq_buf *out);

/* walker.c: commands */
int attack_ledger(const u64 *arg, struct seq_buf *out);
int attack_walker(const u64 *arg, struct seq_buf *out);

/* alias.c: commands */
int attack_alias(const u64 *arg, struct seq_buf *out);

/* shadow.c: commands */
int attack_shadow(const u64 *arg, struct seq_buf *out);
int attack_exchange(const u64 *arg, struct seq_buf *out);

/* notifier.c: commands */
int attack_notify(const u64 *arg, struct seq_buf *out);
int attack_notified(const u64 *arg, struct seq_buf *out);

/* sbicall.c: commands, see also sbicall.h */
int attack_takers(const u64 *arg, struct seq_buf *out);
int attack_take(const char *name, const u64 *arg, struct seq_buf *out);
int attack_flood(const u64 *arg, struct seq_buf *out);
int attack_match(const u64 *arg, struct seq_buf *out);
int attack_triggers(const u64 *arg, struct seq_buf *out);
int attack_feed(const u64 *arg, struct seq_buf *out);

/* shift.c: commands */
int attack_shift(const char *name, const u64 *arg, struct seq_buf *out);

/* sleep.c */
int attack_nap(const u64 *arg, struct seq_buf *out);
int attack_alarm(const u64 *arg, struct seq_buf *out);
void attack_alarm_off(void);

/* births.c */
int attack_births(const u64 *arg, struct seq_buf *out);
void attack_births_off(void);

/* commands.c */
int attack_command(char *line, struct seq_buf *out);

#endif /* NACC_ATTACK_H */
