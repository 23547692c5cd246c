// SPDX-License-Identifier: GPL-2.0
/* How harts wait for each other. */
#include <linux/cpumask.h>
#include <linux/ktime.h>
#include <linux/smp.h>

#include "attack.h"

/** attack_other_cpu() - another CPU than this one, or -1; preemption is off */
int attack_other_cpu(void)
{
	int cpu = cpumask_any_but(cpu_online_mask, smp_processor_id());

	return cpu < nr_cpu_ids ? cpu : -1;
}

/** attack_await() - wait until another CPU has set a flag, but not for ever */
bool attack_await(const unsigned int *flag)
{
	u64 end = ktime_get_ns() + ATTACK_PATIENCE_NS;

	while (!READ_ONCE(*flag)) {
		if (ktime_get_ns() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/** attack_meet() - wait until all harts are here, but not for ever */
void attack_meet(atomic_t *gate)
{
	u64 end = ktime_get_ns() + ATTACK_PATIENCE_NS;

	atomic_dec(gate);
	while (atomic_read(gate) > 0 && ktime_get_ns() < end)
		cpu_relax();
}
