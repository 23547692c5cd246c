// SPDX-License-Identifier: GPL-2.0
/* Memory that one hart changes while M-mode reads it for another. */
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "attack.h"
#include "sbicall.h"

#define WORDS		(PAGE_SIZE / sizeof(u64))
#define AT		64	/* the buffer, in words of a page */
#define CANARY		0x6361726e61727921ULL

/* A trigger that never fires, and the same for M-mode (debug spec, mcontrol) */
#define TRIGGER		(2ULL << 60 | 1ULL << 4)
#define TRIGGER_M	(1ULL << 6)
#define NO_HART		0x1234567UL

/**
 * struct shift - a buffer that changes
 * @page: where it is, and what is around it
 * @word: what changes
 * @good: from this ...
 * @bad: ... to this and back
 * @changes: how often it has
 * @begun: it has begun
 * @leave: time to stop
 * @left: it has
 */
struct shift {
	u64 *page;
	u64 *word;
	u64 good;
	u64 bad;
	unsigned long changes;
	unsigned int begun;
	unsigned int leave;
	unsigned int left;
};

static struct shift shift;

static void shift_here(void *arg)
{
	struct shift *s = arg;

	while (!READ_ONCE(s->leave)) {
		WRITE_ONCE(*s->word, s->bad);
		WRITE_ONCE(*s->word, s->good);
		WRITE_ONCE(s->changes, s->changes + 1);
		WRITE_ONCE(s->begun, 1);
	}
	WRITE_ONCE(s->left, 1);
}

/* One call. Return: 1 if it was done, 0 if not, -1 if it has taken what is bad. */
static int write_twice(const struct taker *t, phys_addr_t pa)
{
	struct taker reader = *sbi_taker("read-attributes");
	struct taker writer = *t;
	u64 *result = shift.page;
	struct sbiret ret;

	writer.arg[0] = SSE_GLOBAL;
	writer.arg[1] = SSE_HART;
	reader.arg[0] = SSE_GLOBAL;
	reader.arg[1] = SSE_HART;
	ret = sbi_take(&writer, pa, 0, 1);
	if (sbi_take(&reader, __pa(result), 0, 1).error)
		return 0;
	if (*result == NO_HART)
		return -1;
	return !ret.error;
}

static int trigger(const struct taker *t, phys_addr_t pa)
{
	u64 *result = shift.page;
	struct sbiret ret;
	int done = 0;

	if (sbi_take(t, pa, 0, 0).error)
		return 0;
	ret = sbi_ecall(SBI_DBTR, DBTR_INSTALL, 1, 0, 0, 0, 0, 0);
	sbi_take(t, ~0UL, ~0UL, 0);
	if (ret.error)
		return 0;
	if (!sbi_take(t, __pa(result), 0, 0).error) {
		done = !sbi_ecall(SBI_DBTR, DBTR_READ, 0, 1, 0, 0, 0, 0).error;
		sbi_take(t, ~0UL, ~0UL, 0);
	}
	sbi_ecall(SBI_DBTR, DBTR_UNINSTALL, 0, 1, 0, 0, 0, 0);
	return done && (result[1] & TRIGGER_M) ? -1 : done;
}

static int plain(const struct taker *t, phys_addr_t pa)
{
	return !sbi_take(t, pa, 0, 1).error;
}

static unsigned int changed_around(const u64 *page)
{
	unsigned int i, n = 0;

	/* The results are at the beginning. */
	for (i = 8; i < WORDS; i++)
		n += (i < AT || i >= AT + 8) && page[i] != CANARY;
	return n;
}

static void rounds(const struct taker *t, u64 nr, struct seq_buf *out)
{
	int (*call)(const struct taker *t, phys_addr_t pa) = plain;
	u64 done = 0, failed = 0, slipped = 0;

	if (!strcmp(t->name, "write-attributes"))
		call = write_twice;
	else if (t->eid == SBI_DBTR)
		call = trigger;
	while (nr--) {
		int result = call(t, __pa(&shift.page[AT]));

		done += result > 0;
		failed += !result;
		slipped += result < 0;
	}
	seq_buf_printf(out, "done=%llu failed=%llu slipped=%llu ", done, failed, slipped);
}

static void begin(const struct taker *t, phys_addr_t pa)
{
	shift = (struct shift){ .page = attack_page(pa), .bad = ~0ULL };
	memset64(shift.page, CANARY, WORDS);
	memset64(&shift.page[AT], 0, 8);
	shift.word = &shift.page[AT];
	if (!strcmp(t->name, "write-attributes")) {
		shift.bad = NO_HART;
	} else if (t->eid == SBI_DBTR) {
		shift.word = &shift.page[AT + 1];
		shift.good = TRIGGER;
		shift.bad = TRIGGER | TRIGGER_M;
		*shift.word = TRIGGER;
	} else if (!strcmp(t->name, "console-write")) {
		shift.good = '\n';
		shift.bad = '\n' | 1ULL << 8;
	}
}

/**
 * attack_shift() - FUNCTION ROUNDS: another hart changes the buffer meanwhile
 * @name: the function
 * @arg: how many calls
 * @out: how many were done, not done, or done with what must not be; words that have
 *	changed around the buffer; how often it was changed
 */
int attack_shift(const char *name, const u64 *arg, struct seq_buf *out)
{
	const struct taker *t = sbi_taker(name);
	phys_addr_t pa = attack_page_alloc();
	int cpu, err;

	if (!t || arg[0] > ATTACK_ROUNDS_MAX)
		return -EINVAL;
	if (!pa)
		return -ENOMEM;
	begin(t, pa);
	preempt_disable();
	cpu = attack_other_cpu();
	err = cpu < 0 ? -ENODEV : smp_call_function_single(cpu, shift_here, &shift, 0);
	if (!err) {
		attack_await(&shift.begun);
		rounds(t, arg[0], out);
		WRITE_ONCE(shift.leave, 1);
		if (!attack_await(&shift.left))
			err = -ETIMEDOUT;
	}
	preempt_enable();
	seq_buf_printf(out, "around=%u changes=%lu\n", changed_around(shift.page), shift.changes);
	return err;
}
