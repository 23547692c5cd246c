// SPDX-License-Identifier: GPL-2.0
/* Another CPU reads page tables as lockless readers do: who waits for it? */
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "env.h"

/* As long as it takes to be overtaken, but no longer than so many looks at it. */
#define LOOKS	10000000

static void look(struct test_reader *r)
{
	unsigned int i;

	complete(&r->inside);
	for (i = 0; i < LOOKS && !READ_ONCE(r->passed); i++)
		cpu_relax();
	r->overtaken = READ_ONCE(r->passed);
}

static int reader_thread(void *arg)
{
	struct test_reader *r = arg;

	if (r->irqs_off) {
		local_irq_disable();
		look(r);
		local_irq_enable();
	} else {
		rcu_read_lock();
		look(r);
		rcu_read_unlock();
	}
	return 0;
}

/**
 * test_reader_begin() - let another CPU read; it is reading when this returns
 * @r: filled in
 * @irqs_off: protected by interrupts that are off, as gup_fast() is; else by RCU
 *
 * The current thread stays on its CPU from now on.
 *
 * Return: 0 or an error.
 */
int test_reader_begin(struct test_reader *r, bool irqs_off)
{
	int here = raw_smp_processor_id();
	int there = cpumask_any_but(cpu_online_mask, here);

	if (there >= nr_cpu_ids)
		return -ENODEV;
	set_cpus_allowed_ptr(current, cpumask_of(here));
	*r = (struct test_reader){ .irqs_off = irqs_off };
	init_completion(&r->inside);
	r->task = kthread_create_on_cpu(reader_thread, r, there,
					"nacc_reader/%u");
	if (IS_ERR(r->task))
		return PTR_ERR(r->task);
	get_task_struct(r->task);
	wake_up_process(r->task);
	wait_for_completion(&r->inside);
	return 0;
}

/**
 * test_reader_overtaken() - whoever had to wait for the reader is through
 * @r: the reader; it is gone afterwards
 *
 * Return: true if it was still reading.
 */
bool test_reader_overtaken(struct test_reader *r)
{
	WRITE_ONCE(r->passed, true);
	kthread_stop_put(r->task);
	return r->overtaken;
}
