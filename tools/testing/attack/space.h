/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address space of our own in the pool: made, filled and ended by calls of
 * the firmware, behind the module's back.
 */
#ifndef NACC_ATTACK_SPACE_H
#define NACC_ATTACK_SPACE_H

#include <linux/types.h>
#include <asm/sbi.h>

#include "nacc_sbi.h"

/** SPACE_VA - what space_build() maps */
#define SPACE_VA	0x12345000UL
/** SPACE_LEAF - bits of a user's leaf: V R W U A D */
#define SPACE_LEAF	0xd7UL
/** SPACE_MAX - most frames of one */
#define SPACE_MAX	64

/**
 * struct space - an address space
 * @frame: its frames, the root first
 * @nr: how many there are
 * @top: level of the root
 */
struct space {
	phys_addr_t frame[SPACE_MAX];
	unsigned int nr;
	int top;
};

struct sbiret space_call(unsigned long fid, unsigned long a0, unsigned long a1,
			 unsigned long a2);
u64 space_entry(phys_addr_t pa, u64 bits);

int space_create(struct space *s);
int space_build(struct space *s, phys_addr_t data);
struct sbiret space_adopt(struct space *s, int level, phys_addr_t source);
unsigned long space_satp(const struct space *s);
void space_retire(struct space *s);
unsigned int space_reclaim(struct space *s, unsigned int from);
void space_arm(struct space *s, unsigned int from);
void space_end(struct space *s);

#endif /* NACC_ATTACK_SPACE_H */
