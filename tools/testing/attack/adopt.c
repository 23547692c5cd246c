// SPDX-License-Identifier: GPL-2.0
/* TABLE_ADOPT raced: a source that changes while it is read, many harts at once. */
#include <linux/cpu.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "attack.h"
#include "space.h"

static struct space space;

/* --- a source that changes while it is read ------------------------------------------ */

#define FLIP_SLOT	3

struct flipper {
	u64 *slot;
	u64 good;
	u64 evil;
	unsigned int flips;
	unsigned int stop;
	unsigned int left;
};

static void flip_here(void *arg)
{
	struct flipper *f = arg;
	unsigned int i;

	while (!READ_ONCE(f->stop)) {
		WRITE_ONCE(*f->slot, f->evil);
		for (i = 0; i < 8; i++)
			cpu_relax();
		WRITE_ONCE(*f->slot, f->good);
		for (i = 0; i < 8; i++)
			cpu_relax();
		WRITE_ONCE(f->flips, f->flips + 1);
	}
	WRITE_ONCE(f->left, 1);
}

static void flip_steps(struct flipper *f, phys_addr_t source, u64 rounds, struct seq_buf *out)
{
	unsigned int taken = 0, refused = 0, other = 0, evil = 0, unsound = 0;
	u64 i;

	attack_await(&f->flips);
	/* A host with few processors runs one of the harts for a while: have patience. */
	for (i = 0; i < rounds || (i < 10 * rounds && (!taken || !refused)); i++) {
		struct sbiret ret = space_adopt(&space, 0, source);

		if (ret.error) {
			if (ret.error == SBI_ERR_DENIED && ret.value == NACC_REASON_LEAF_POOL)
				refused++;
			else
				other++;
			continue;
		}
		taken++;
		evil += READ_ONCE(((u64 *)__va(ret.value))[FLIP_SLOT]) != f->good;
		unsound += !!space_call(NACC_SBI_TABLE_CHECK, ret.value, 0, 0).error;
		space_call(NACC_SBI_TABLE_RELEASE, ret.value, 0, 0);
		if (space.nr == SPACE_MAX / 2) {
			space_call(NACC_SBI_FENCE, 0, 0, 0);
			space_reclaim(&space, 1);
			space_arm(&space, 1);
		}
	}
	WRITE_ONCE(f->stop, 1);
	seq_buf_printf(out, "left=%d flips=%u taken=%u refused=%u other=%u evil=%u unsound=%u\n",
		       attack_await(&f->left), f->flips, taken, refused, other, evil, unsound);
}

/** attack_flip() - ROUNDS: TABLE_ADOPT of a page that another hart changes meanwhile */
int attack_flip(const u64 *arg, struct seq_buf *out)
{
	static struct flipper f;
	phys_addr_t source = attack_page_alloc(), data = attack_page_alloc(), pool;
	int cpu, err;

	if (!source || !data || arg[0] > ATTACK_ROUNDS_MAX)
		return -ENOMEM;
	memset(&f, 0, sizeof(f));
	f.slot = &attack_page(source)[FLIP_SLOT];
	f.good = space_entry(data, SPACE_LEAF);
	pool = space_call(NACC_SBI_GET_INFO, NACC_INFO_FRAME_BASE, 0, 0).value;
	f.evil = space_entry(pool, SPACE_LEAF);
	err = space_create(&space);
	if (err)
		return err;
	preempt_disable();
	cpu = attack_other_cpu();
	err = cpu < 0 ? -ENODEV : smp_call_function_single(cpu, flip_here, &f, 0);
	if (!err)
		flip_steps(&f, source, arg[0], out);
	space_end(&space);
	preempt_enable();
	return err;
}

/* --- the same call on all harts -------------------------------------------------------- */

#define EACH		12	/* 4 harts and the root fit into SPACE_MAX */

struct adopters {
	phys_addr_t source[4];
	phys_addr_t twin[4][EACH];
	atomic_t gate;
	atomic_t failed;
	atomic_t differ;
};

static void adopt_here(void *arg)
{
	struct adopters *a = arg;
	unsigned int cpu = smp_processor_id(), i, n;

	if (cpu >= 4)
		return;
	attack_meet(&a->gate);
	for (n = 0; n < EACH; n++) {
		u64 *source = __va(a->source[cpu]);
		struct sbiret ret;

		for (i = 0; i < 512; i++)
			source[i] = space_entry(a->source[cpu], SPACE_LEAF) | (u64)(n & 3) << 8;
		ret = space_call(NACC_SBI_TABLE_ADOPT, space.frame[0], 0, a->source[cpu]);
		if (ret.error) {
			atomic_inc(&a->failed);
			continue;
		}
		a->twin[cpu][n] = ret.value;
		if (memcmp(__va(ret.value), source, PAGE_SIZE))
			atomic_inc(&a->differ);
	}
}

/** attack_adopters() - each hart adopts pages of its own into one address space */
int attack_adopters(const u64 *arg, struct seq_buf *out)
{
	static struct adopters a;
	unsigned int cpu, n;
	int err;

	memset(&a, 0, sizeof(a));
	for (cpu = 0; cpu < 4; cpu++) {
		a.source[cpu] = attack_page_alloc();
		if (!a.source[cpu])
			return -ENOMEM;
	}
	err = space_create(&space);
	if (err)
		return err;
	cpus_read_lock();
	atomic_set(&a.gate, num_online_cpus());
	on_each_cpu(adopt_here, &a, 1);
	for (cpu = 0; cpu < 4; cpu++)
		for (n = 0; n < EACH; n++)
			if (a.twin[cpu][n])
				space.frame[space.nr++] = a.twin[cpu][n];
	seq_buf_printf(out, "cpus=%u twins=%u failed=%d differ=%d each=%d met=%d\n",
		       num_online_cpus(), space.nr - 1, atomic_read(&a.failed),
		       atomic_read(&a.differ), EACH, !atomic_read(&a.gate));
	cpus_read_unlock();
	space_end(&space);
	return 0;
}
