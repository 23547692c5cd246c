/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the SBI that take memory, and their numbers.
 */
#ifndef SBICALL_H
#define SBICALL_H

#include <linux/types.h>
#include <asm/sbi.h>

#define SBI_DBCN	0x4442434eUL
#define SBI_PMU		0x504d55UL
#define SBI_SSE		0x535345UL
#define SBI_DBTR	0x44425452UL

#define DBTR_SETUP	1
#define DBTR_READ	2
#define DBTR_INSTALL	3
#define DBTR_UNINSTALL	5

/* Software events: of a hart, of the machine; an attribute that only that one has */
#define SSE_LOCAL	0xffff0000UL
#define SSE_GLOBAL	0xffff8000UL
#define SSE_HART	3

/**
 * struct taker - a function that takes memory
 * @name: what we call it
 * @eid: extension
 * @fid: function
 * @addr: argument that is the address, its upper half behind it
 * @count: argument that says how many
 * @arg: the first two arguments, as far as they are neither
 */
struct taker {
	const char *name;
	unsigned long eid;
	unsigned long fid;
	int addr;
	int count;
	unsigned long arg[2];
};

const struct taker *sbi_taker(const char *name);
struct sbiret sbi_take(const struct taker *t, u64 pa, u64 high, u64 count);

#endif /* SBICALL_H */
