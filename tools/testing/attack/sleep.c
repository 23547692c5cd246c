// SPDX-License-Identifier: GPL-2.0
/* Harts that sleep and wake up: what protects must be there again (I1). */
#include <linux/cpu.h>
#include <linux/irqflags.h>
#include <linux/suspend.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "attack.h"

static int (*hart_suspend)(u32 type);

static long sleep_here(void *type)
{
	unsigned long flags;
	int err;

	/* The next tick wakes it. */
	local_irq_save(flags);
	err = hart_suspend((unsigned long)type);
	local_irq_restore(flags);
	return err;
}

/** attack_nap() - TYPE: each hart in turn goes through SBI's HART_SUSPEND */
int attack_nap(const u64 *arg, struct seq_buf *out)
{
	unsigned int cpu, woken = 0;
	long err = 0;

	if (!hart_suspend)
		hart_suspend = attack_symbol("riscv_sbi_hart_suspend");
	if (!hart_suspend)
		return -ENOENT;
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		long ret = work_on_cpu(cpu, sleep_here, (void *)(unsigned long)arg[0]);

		err = err ?: ret;
		woken += !ret;
	}
	seq_buf_printf(out, "cpus=%u woken=%u error=%ld\n", num_online_cpus(), woken, err);
	cpus_read_unlock();
	return 0;
}

static unsigned long period;

static void wake(struct timer_list *alarm)
{
	pm_system_wakeup();
	/* It may have come before the machine slept. */
	mod_timer(alarm, jiffies + period);
}

static DEFINE_TIMER(alarm, wake);

/**
 * attack_alarm() - SECONDS: every so often the machine is woken from a suspend to
 * idle, until "alarm 0"
 */
int attack_alarm(const u64 *arg, struct seq_buf *out)
{
	if (arg[0] > 60)
		return -EINVAL;
	timer_delete_sync(&alarm);
	period = arg[0] * HZ;
	if (period)
		mod_timer(&alarm, jiffies + period);
	return 0;
}

/** attack_alarm_off() - no alarm is pending any more */
void attack_alarm_off(void)
{
	timer_shutdown_sync(&alarm);
}
