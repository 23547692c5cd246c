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

#include <linux/seq_buf.h>
#include <linux/types.h>

/** ATTACK_LEVELS - most page-table levels (Sv57) */
#define ATTACK_LEVELS		5

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

/* store.c */
int attack_store(const char *kind, phys_addr_t pa, u64 value, struct seq_buf *out);
void attack_store_kinds(struct seq_buf *out);
int attack_restore(struct seq_buf *out);

/* commands.c */
int attack_command(char *line, struct seq_buf *out);

#endif /* NACC_ATTACK_H */
