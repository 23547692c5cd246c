// SPDX-License-Identifier: GPL-2.0
/*
 * System calls of a domain that has no gate: the kernel counts them, at its tracepoint
 * sys_enter, from when somebody asks for it until nobody wants it any more, or nobody has asked
 * for a day.
 *
 * Whoever can write the kernel's memory can change what is counted here; and while it is, each
 * system call of each process takes the long way, so nothing is counted unasked.
 */
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "domain/internal.h"

/* Whoever has forgotten it must not pay for it for ever. */
#define UNASKED_NS	(24ULL * 60 * 60 * NSEC_PER_SEC)

static DEFINE_MUTEX(traced_lock);
static bool registered;			/* under traced_lock */

static void probe_call(void *data, struct pt_regs *regs, long nr)
{
	const struct mm_struct *mm = current->mm;
	const struct nacc_mm *entry;
	struct nacc_tally *tally;

	if (!mm)
		return;
	preempt_disable();
	entry = nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd)));
	tally = entry ? rcu_dereference_sched(entry->domain->tally) : NULL;
	if (tally && READ_ONCE(tally->ended))
		tally = NULL;
	if (tally && (unsigned long)nr < NACC_CALLS)
		atomic_inc(&tally->calls[nr]);
	else if (tally)
		atomic64_inc(&tally->other);
	preempt_enable();
}

NOKPROBE_SYMBOL(probe_call);

static struct nacc_probe probe[] = {
	{ "sys_enter", probe_call },
};

static int listen(void)
{
	int ret = 0;

	lockdep_assert_held(&traced_lock);
	if (!registered)
		ret = nacc_probes_register(probe, ARRAY_SIZE(probe),
					   "system calls cannot be counted without a gate");
	registered = registered || !ret;
	return ret && ret != -ENOMEM ? -EOPNOTSUPP : ret;
}

/**
 * nacc_traced_keep() - stop listening when nobody wants to know
 *
 * Context: may sleep; the keeper.
 * Return: whether that could not be seen: somebody is just beginning.
 */
bool nacc_traced_keep(void)
{
	if (!mutex_trylock(&traced_lock))
		return true;
	nacc_tallies_end(UNASKED_NS);
	if (registered && !nacc_tallies()) {
		nacc_probes_unregister(probe, ARRAY_SIZE(probe));
		registered = false;
	}
	mutex_unlock(&traced_lock);
	return false;
}

static int begin_with(struct nacc_domain *domain, struct nacc_tally **fresh,
		      struct nacc_hold **hold)
{
	int ret;

	(*fresh)->begun = ktime_get_boottime_ns();
	mutex_lock(&traced_lock);
	ret = listen();
	if (!ret)
		nacc_tally_want(domain, fresh, hold);
	mutex_unlock(&traced_lock);
	return ret;
}

/* What is counted already goes on. With a file: as long as that is open */
static int begin(struct nacc_domain *domain, const struct file *file)
{
	struct nacc_tally *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	struct nacc_hold *hold = NULL;
	int ret = -ENOMEM;

	if (file)
		hold = kzalloc(sizeof(*hold), GFP_KERNEL_ACCOUNT);
	if (hold)
		hold->file = file;
	if (fresh && !file == !hold)
		ret = begin_with(domain, &fresh, &hold);
	kfree(fresh);
	kfree(hold);
	return ret;
}

static void end(struct nacc_domain *domain)
{
	mutex_lock(&nacc_domain_lock);
	nacc_tally_leave(domain);
	mutex_unlock(&nacc_domain_lock);
	nacc_kick();
}

/* The numbers are not of one moment. */
static int read_tally(struct nacc_domain *domain, struct nacc_traced *traced, u32 *counts)
{
	struct nacc_tally *tally;
	unsigned int i;
	int ret = 0;

	mutex_lock(&nacc_domain_lock);
	tally = rcu_dereference_protected(domain->tally, lockdep_is_held(&nacc_domain_lock));
	if (tally) {
		traced->begun = tally->begun;
		traced->other_calls = atomic64_read(&tally->other);
		for (i = 0; i < traced->count; i++)
			counts[i] = atomic_read(&tally->calls[i]);
		tally->asked = ktime_get_ns();
		traced->now = tally->ended ?: ktime_get_boottime_ns();
	} else {
		ret = -ENODATA;
	}
	mutex_unlock(&nacc_domain_lock);
	return ret;
}

/* Nothing is begun for who cannot be told of it. */
static bool can_tell(const struct nacc_traced *traced)
{
	const size_t size = traced->count * sizeof(u32);

	return !clear_user(u64_to_user_ptr(traced->counts), size);
}

static bool makes_sense(const struct nacc_traced *traced)
{
	return (!traced->flags || traced->flags == NACC_TRACED_BEGIN ||
		traced->flags == (NACC_TRACED_BEGIN | NACC_TRACED_HOLD) ||
		traced->flags == NACC_TRACED_END) && traced->count <= NACC_CALLS;
}

/* All that may fail is done before anything begins or ends. */
static int tell(struct nacc_domain *domain, struct nacc_traced *traced, u32 *counts,
		const struct file *file)
{
	const bool holds = traced->flags & NACC_TRACED_HOLD;
	int ret = 0;

	if (traced->flags & NACC_TRACED_BEGIN)
		ret = can_tell(traced) ? begin(domain, holds ? file : NULL) : -EFAULT;
	if (!ret)
		ret = read_tally(domain, traced, counts);
	if (!ret && copy_to_user(u64_to_user_ptr(traced->counts), counts,
				 traced->count * sizeof(*counts)))
		ret = -EFAULT;
	if (!ret && traced->flags & NACC_TRACED_END)
		end(domain);
	return ret;
}

/**
 * nacc_domain_traced() - how often system calls were made in a domain, by the kernel's count
 * @traced: the caller's structure
 * @file: by which file he asks; nacc_traced_close() comes when that is closed
 *
 * Context: may sleep.
 * Return: as NACC_IOC_TRACED.
 */
int nacc_domain_traced(struct nacc_traced *traced, const struct file *file)
{
	struct nacc_domain *domain;
	u32 *counts;
	int ret;

	if (!makes_sense(traced))
		return -EINVAL;
	counts = kcalloc(traced->count, sizeof(*counts), GFP_KERNEL);
	if (!counts)
		return -ENOMEM;
	domain = nacc_gate_domain(traced->domain, INVALID_UID);
	ret = PTR_ERR_OR_ZERO(domain);
	if (!ret) {
		ret = tell(domain, traced, counts, file);
		nacc_domain_put(domain);
	}
	kfree(counts);
	return ret;
}

/**
 * nacc_traced_close() - a file by which somebody may have asked is closed
 * @file: the file
 *
 * Context: may sleep.
 */
void nacc_traced_close(const struct file *file)
{
	if (nacc_tallies_let_go(file))
		nacc_kick();
}

/**
 * nacc_traced_seq() - print its line of /proc/nacc/status
 * @m: where to
 */
void nacc_traced_seq(struct seq_file *m)
{
	seq_printf(m, "traced: %u\n", nacc_tallies());
}

#ifdef NACC_KUNIT
#include "traced_test.c"
#endif
