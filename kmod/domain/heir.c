// SPDX-License-Identifier: GPL-2.0
/*
 * Heirs: what is to be marked of all that begins. What a marked process makes, and what
 * is executed in a cgroup that is a domain; with the system profile whatever anybody
 * makes, but for programs that are excepted.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "domain/internal.h"

/* Of what is in no other; NULL: the profile is off. Changed under system_lock. */
static struct nacc_domain __rcu *system_domain;

/* Kept open: no other file takes the place of one. Changed while there is no domain. */
static struct file *excepted[NACC_EXCEPT_MAX];
static unsigned int nr_excepted;

/* In probe context the file may be gone, and its memory another file's. */
static bool notrace is_excepted(const struct file *program)
{
	const struct inode *inode = program ? READ_ONCE(program->f_inode) : NULL;
	/* Pairs with nacc_except(): they are there. */
	const unsigned int nr = smp_load_acquire(&nr_excepted);
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (inode && inode == excepted[i]->f_inode)
			return true;
	return false;
}

NOKPROBE_SYMBOL(is_excepted);

static bool notrace runs_excepted(const struct mm_struct *mm)
{
	bool found;

	preempt_disable_notrace();
	found = is_excepted(rcu_dereference_sched(mm->exe_file));
	preempt_enable_notrace();
	return found;
}

NOKPROBE_SYMBOL(runs_excepted);

/**
 * nacc_mm_settled() - is an mm marked, and not just as everything is?
 * @mm: the mm; NULL is none
 *
 * Such a one leaves its domain neither by a program's name nor by entering a cgroup.
 *
 * Context: any, probes included.
 */
bool notrace nacc_mm_settled(const struct mm_struct *mm)
{
	const struct nacc_mm *entry;
	bool settled;

	if (!mm)
		return false;
	preempt_disable_notrace();
	entry = nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd)));
	settled = entry && !entry->domain->system;
	preempt_enable_notrace();
	return settled;
}

NOKPROBE_SYMBOL(nacc_mm_settled);

/**
 * nacc_heir() - is what the current task makes to be marked?
 * @program: of a new program, its file; NULL: a child, or not known yet
 *
 * Context: any, probes included.
 */
bool notrace nacc_heir(const struct file *program)
{
	const struct mm_struct *mm = current->mm;

	/* What is in a cgroup that is a domain stays in it by any name. */
	if (program && nacc_cgroup_holds(current))
		return true;
	if (!rcu_access_pointer(system_domain))
		return nacc_mm_marked(mm);
	if (!READ_ONCE(nr_excepted))
		return true;
	if (program)
		return !is_excepted(program) || nacc_mm_settled(mm);
	return !mm || nacc_mm_marked(mm) || !runs_excepted(mm);
}

NOKPROBE_SYMBOL(nacc_heir);

/**
 * nacc_system_get() - the domain of what is in no other
 *
 * Context: any; takes no lock.
 * Return: the domain with a reference, or NULL: the profile is off.
 */
struct nacc_domain *nacc_system_get(void)
{
	struct nacc_domain *domain;

	rcu_read_lock();
	domain = nacc_domain_tryget(rcu_dereference(system_domain));
	rcu_read_unlock();
	return domain;
}

/**
 * nacc_maker() - the domain of what a task makes
 * @mm: its mm, or NULL: it is the kernel's
 *
 * Context: any; takes no lock.
 * Return: the domain with a reference, or NULL.
 */
struct nacc_domain *nacc_maker(const struct mm_struct *mm)
{
	struct nacc_domain *domain = mm ? nacc_domain_get_by_mm(mm) : NULL;

	return domain ?: nacc_system_get();
}

/**
 * nacc_system_is_on() - is the profile on?
 *
 * Context: any.
 */
bool nacc_system_is_on(void)
{
	return rcu_access_pointer(system_domain);
}

/**
 * nacc_heirs_begin() - from now on all that begins is to be marked
 * @domain: the domain of what has no other; the caller keeps a reference
 *
 * Context: under system_lock, may sleep. Whoever is being woken and was not looked at is
 * in the list of processes on return.
 */
void nacc_heirs_begin(struct nacc_domain *domain)
{
	rcu_assign_pointer(system_domain, domain);
	synchronize_rcu_tasks();
}

/**
 * nacc_except() - programs that are excepted
 * @files: them, with references that are taken over
 * @nr: how many; at most NACC_EXCEPT_MAX
 *
 * Context: under system_lock; the profile is off.
 */
void nacc_except(struct file * const *files, unsigned int nr)
{
	memcpy(excepted, files, nr * sizeof(*files));
	/* Pairs with is_excepted(). */
	smp_store_release(&nr_excepted, nr);
}

static void let_go_of_exceptions(void)
{
	unsigned int i, nr = nr_excepted;

	WRITE_ONCE(nr_excepted, 0);
	/* Whoever compares with one does so with preemption off. */
	synchronize_rcu();
	for (i = 0; i < nr; i++)
		fput(excepted[i]);
}

/**
 * nacc_heirs_end() - the profile is off: undo nacc_except() and nacc_heirs_begin()
 *
 * Context: under system_lock, may sleep.
 */
void nacc_heirs_end(void)
{
	RCU_INIT_POINTER(system_domain, NULL);
	/* Probes that have seen it, too, have a reference by now or none. */
	synchronize_rcu_tasks();
	let_go_of_exceptions();
}

/**
 * nacc_nr_excepted() - how many programs are excepted
 *
 * Context: under system_lock.
 */
unsigned int nacc_nr_excepted(void)
{
	return nr_excepted;
}

/**
 * nacc_excepted_seq() - print their paths
 * @m: where to
 *
 * Context: under system_lock.
 */
void nacc_excepted_seq(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < nr_excepted; i++) {
		seq_puts(m, i ? "," : " but for ");
		seq_file_path(m, excepted[i], " \t\n\\,");
	}
}

/**
 * nacc_system_excepts() - is an address space none that is to be marked?
 * @mm: the mm, not marked; it stays meanwhile
 *
 * Context: any. While the profile is on.
 */
bool nacc_system_excepts(const struct mm_struct *mm)
{
	return runs_excepted(mm);
}

#ifdef NACC_KUNIT
#include "heir_test.c"
#endif
