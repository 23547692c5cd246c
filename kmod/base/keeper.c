// SPDX-License-Identifier: GPL-2.0
/*
 * The keeper: one delayed work that does in the background what neither a
 * page-table store nor an exiting process can do. What that is, the floor says
 * that has it to do.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "base/base.h"

/*
 * Nothing is done at regular times. Who makes work says so (nacc_kick()); what cannot
 * be done yet is tried again, at first soon and then less and less often. What nobody
 * tells of is looked for by nacc_keeper_watch(), on CPUs that are awake anyway.
 */
#define SOON		(HZ / 20)
#define SELDOM		HZ
#define LOOK		(HZ / 4)

static void keeper(struct work_struct *work);
static DECLARE_DELAYED_WORK(keeper_work, keeper);
static bool (*keeper_fn)(void);
static void (*look_fn)(void);
static bool keeper_stopped;
static unsigned long keeper_delay = SOON;	/* written by the keeper, and to SOON */

static DEFINE_PER_CPU(struct timer_list, look_timer);
static bool looking;			/* under look_lock */
static int look_state;			/* of CPU hotplug */
static DEFINE_MUTEX(look_lock);
static bool asked;			/* by a look; a pass that begins clears it */

/* Passes begun and ended; written by the keeper alone. */
static unsigned long passes_begun, passes_ended;
static DECLARE_WAIT_QUEUE_HEAD(pass_ended);

static void keeper(struct work_struct *work)
{
	bool more;

	WRITE_ONCE(asked, false);
	WRITE_ONCE(passes_begun, passes_begun + 1);
	/* Pairs with nacc_keeper_wait() and look(): who sees it not begun has done his part. */
	smp_mb();
	more = keeper_fn();
	/* Pairs with nacc_keeper_wait(). */
	smp_store_release(&passes_ended, passes_begun);
	wake_up_all(&pass_ended);
	if (!more || READ_ONCE(keeper_stopped))
		return;
	queue_delayed_work(nacc_wq, &keeper_work, keeper_delay);
	WRITE_ONCE(keeper_delay, min(2 * keeper_delay, (unsigned long)SELDOM));
}

/*
 * A CPU that sleeps is not woken for it: nothing happens there. All CPUs look at once: one
 * of them asks for a pass, and does not wait for the others, who would for it. Who was to
 * ask may be held up before it has: then another does.
 */
static void look(struct timer_list *timer)
{
	look_fn();
	if (!xchg(&asked, true) || !delayed_work_pending(&keeper_work))
		mod_delayed_work(nacc_wq, &keeper_work, 0);
	mod_timer(timer, jiffies + LOOK);
}

/* On the CPU itself: beside a handler that runs nobody else may add its timer. */
static void watch_here(void *unused)
{
	struct timer_list *timer = this_cpu_ptr(&look_timer);

	if (!timer_pending(timer))
		mod_timer(timer, jiffies + LOOK);
}

/* A timer of a CPU that has gone is another one's. */
static int watch_begins(unsigned int cpu)
{
	mutex_lock(&look_lock);
	timer_delete_sync(per_cpu_ptr(&look_timer, cpu));
	if (looking)
		watch_here(NULL);
	mutex_unlock(&look_lock);
	return 0;
}

static int watch_ends(unsigned int cpu)
{
	timer_delete_sync(per_cpu_ptr(&look_timer, cpu));
	return 0;
}

/**
 * nacc_keeper_watch() - something is marked: look now and then at what nobody tells of
 *
 * Context: may sleep; while the module is referenced.
 */
void nacc_keeper_watch(void)
{
	mutex_lock(&look_lock);
	looking = true;
	on_each_cpu(watch_here, NULL, 1);
	mutex_unlock(&look_lock);
}

/**
 * nacc_keeper_unwatch() - nothing is marked any more
 *
 * Context: may sleep.
 */
void nacc_keeper_unwatch(void)
{
	int cpu;

	mutex_lock(&look_lock);
	for_each_possible_cpu(cpu)
		if (looking)
			timer_delete_sync(per_cpu_ptr(&look_timer, cpu));
	looking = false;
	mutex_unlock(&look_lock);
}

/**
 * nacc_keeper_start() - say what there is to do; before the first nacc_kick()
 * @keep: does it; may sleep; returns true if there will be more
 * @look_here: what a CPU looks at itself, in a softirq of whoever runs there
 *
 * Context: module load, may sleep.
 * Return: 0 or an error of cpuhp_setup_state().
 */
int nacc_keeper_start(bool (*keep)(void), void (*look_here)(void))
{
	int cpu, ret;

	for_each_possible_cpu(cpu)
		timer_setup(per_cpu_ptr(&look_timer, cpu), look,
			    TIMER_DEFERRABLE | TIMER_PINNED);
	keeper_fn = keep;
	look_fn = look_here;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "nacc:look", watch_begins, watch_ends);
	look_state = ret;
	return min(ret, 0);
}

/**
 * nacc_kick() - let the keeper run soon
 *
 * Context: any that may take a workqueue lock.
 */
void nacc_kick(void)
{
	WRITE_ONCE(keeper_delay, SOON);
	mod_delayed_work(nacc_wq, &keeper_work, 0);
}

/**
 * nacc_kick_soon() - there is something to do, together with what comes next
 *
 * Context: any that may take a workqueue lock.
 */
void nacc_kick_soon(void)
{
	if (READ_ONCE(keeper_delay) == SOON) {
		queue_delayed_work(nacc_wq, &keeper_work, SOON);
		return;
	}
	/* It has been waiting for longer. */
	WRITE_ONCE(keeper_delay, SOON);
	mod_delayed_work(nacc_wq, &keeper_work, SOON);
}

/**
 * nacc_kick_again() - what could not be done is to be tried again, as often as is usual
 *
 * Context: any that may take a workqueue lock.
 */
void nacc_kick_again(void)
{
	queue_delayed_work(nacc_wq, &keeper_work, READ_ONCE(keeper_delay));
}

static bool has_ended(unsigned long pass)
{
	/* Pairs with keeper(): what the pass has done is seen. */
	return (long)(smp_load_acquire(&passes_ended) - pass) >= 0;
}

/**
 * nacc_keeper_wait() - wait until the keeper has been through once more
 *
 * All that was there to do before the call has been done then. Gives up after a
 * while, and for a fatal signal: the keeper may be waiting for the caller.
 *
 * Context: may sleep; something is marked.
 * Return: whether it has been through.
 */
bool nacc_keeper_wait(void)
{
	unsigned long next;

	/* Pairs with keeper(): what the caller has done a later pass sees. */
	smp_mb();
	next = READ_ONCE(passes_begun) + 1;
	return wait_event_killable_timeout(pass_ended, has_ended(next), HZ / 2) > 0;
}

/**
 * nacc_keeper_rest() - there is nothing to do: wait until it does nothing
 *
 * The next nacc_kick() ends the rest.
 *
 * Context: may sleep.
 */
void nacc_keeper_rest(void)
{
	cancel_delayed_work_sync(&keeper_work);
}

/**
 * nacc_keeper_stop() - run the keeper for the last time
 *
 * Nothing new can come to do. Waits until there is nothing left.
 *
 * Context: may sleep.
 */
void nacc_keeper_stop(void)
{
	unsigned int tries;

	cpuhp_remove_state(look_state);
	cancel_delayed_work_sync(&keeper_work);
	for (tries = 0; tries < 100 && keeper_fn(); tries++) {
		cancel_delayed_work_sync(&keeper_work);
		if (tries)
			schedule_timeout_uninterruptible(SOON);
	}
	WRITE_ONCE(keeper_stopped, true);
	cancel_delayed_work_sync(&keeper_work);
}

#ifdef NACC_KUNIT
#include "keeper_test.c"
#endif
