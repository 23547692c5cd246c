// SPDX-License-Identifier: GPL-2.0
/* The same from all harts at once: stores, fences. */
#include <linux/cpu.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/sbi.h>

#include "attack.h"
#include "nacc_sbi.h"

struct storm {
	phys_addr_t pa;
	u64 value;
	u64 rounds;
	atomic_t gate;
	atomic_long_t done;
	atomic_long_t refused;
};

static void storm_here(void *arg)
{
	struct storm *s = arg;
	u64 i;

	attack_meet(&s->gate);
	/* Interrupts are off: the kernel must not look for a VMA and sleep. */
	pagefault_disable();
	for (i = 0; i < s->rounds; i++)
		atomic_long_inc(attack_sd(s->pa, s->value) ? &s->refused : &s->done);
	pagefault_enable();
}

/** attack_storm() - PA VALUE ROUNDS: all harts store there at once */
int attack_storm(const u64 *arg, struct seq_buf *out)
{
	struct storm s = { .pa = arg[0], .value = arg[1], .rounds = arg[2] };

	if (s.rounds > ATTACK_ROUNDS_MAX)
		return -EINVAL;
	cpus_read_lock();
	atomic_set(&s.gate, num_online_cpus());
	on_each_cpu(storm_here, &s, 1);
	seq_buf_printf(out, "cpus=%u done=%ld refused=%ld met=%d\n", num_online_cpus(),
		       atomic_long_read(&s.done), atomic_long_read(&s.refused),
		       !atomic_read(&s.gate));
	cpus_read_unlock();
	return 0;
}

struct fences {
	u64 rounds;
	atomic_t gate;
	atomic_long_t failed;
};

static void fence_here(void *arg)
{
	struct fences *f = arg;
	u64 i;

	attack_meet(&f->gate);
	for (i = 0; i < f->rounds; i++)
		if (sbi_ecall(NACC_SBI_EID, NACC_SBI_FENCE, 0, 0, 0, 0, 0, 0).error)
			atomic_long_inc(&f->failed);
}

/** attack_fences() - ROUNDS: all harts ask for fences at once, interrupts off */
int attack_fences(const u64 *arg, struct seq_buf *out)
{
	struct fences f = { .rounds = arg[0] };

	if (f.rounds > ATTACK_ROUNDS_MAX)
		return -EINVAL;
	cpus_read_lock();
	atomic_set(&f.gate, num_online_cpus());
	on_each_cpu(fence_here, &f, 1);
	seq_buf_printf(out, "cpus=%u failed=%ld met=%d\n", num_online_cpus(),
		       atomic_long_read(&f.failed), !atomic_read(&f.gate));
	cpus_read_unlock();
	return 0;
}
