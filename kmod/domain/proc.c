// SPDX-License-Identifier: GPL-2.0
/* /proc/nacc: domains, rules, address spaces. */
#include <linux/io.h>
#include <linux/pfn.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/vmalloc.h>
#include <asm/csr.h>

#include "domain/internal.h"

/*
 * What is counted is counted in one go, before nacc_domain_lock is taken where that is
 * possible: all who fork wait for it, and a container can have thousands of mms.
 */

/*
 * By frame: how many each address space owns whose root that is, with the root and what has
 * its contexts.
 */
static u32 *count_tables(void)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	u32 *tables = kvcalloc(nacc_pool.nr, sizeof(*tables), GFP_KERNEL);
	unsigned int i;

	if (all && tables) {
		nacc_pool_snapshot(all);
		for (i = 0; i < nacc_pool.nr; i++)
			if (all[i].owner < nacc_pool.nr &&
			    (all[i].type == NACC_FRAME_ROOT ||
			     all[i].type == NACC_FRAME_TABLE ||
			     all[i].type == NACC_FRAME_CONTEXT))
				tables[all[i].owner]++;
	} else {
		kvfree(tables);
		tables = NULL;
	}
	vfree(all);
	return tables;
}

static void print_user(struct seq_file *m, const struct nacc_domain *d)
{
	if (uid_valid(d->user))
		seq_printf(m, " %u ", from_kuid_munged(&init_user_ns, d->user));
	else
		seq_puts(m, " - ");
}

/**
 * nacc_domain_seq() - print /proc/nacc/domains
 * @m: where to
 */
int nacc_domain_seq(struct seq_file *m)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);
	u32 *tables = path ? count_tables() : NULL;
	struct nacc_mm *entry;
	struct nacc_domain *d;

	if (!tables) {
		kfree(path);
		return -ENOMEM;
	}
	seq_puts(m, "id state mms tables name user cgroup gate\n");
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		d->tables = d->gate ? 1 : 0;
	list_for_each_entry(entry, &nacc_mms, node)
		entry->domain->tables += tables[nacc_frame_index(entry->root)];
	list_for_each_entry(d, &nacc_domains, node) {
		seq_printf(m, "%u %s %u %u ", d->id,
			   d->condemned ? "condemned" :
			   d->leaving ? "leaving" : "live", d->mms, d->tables);
		/* That of a process whose name is empty; a column never is. */
		seq_escape(m, d->name[0] ? d->name : "-", " \t\n\\");
		print_user(m, d);
		nacc_cgroup_print(m, d, path);
		seq_printf(m, " %s\n", nacc_gate_text(d));
	}
	mutex_unlock(&nacc_domain_lock);
	kvfree(tables);
	kfree(path);
	return 0;
}

/**
 * nacc_rules_seq() - print /proc/nacc/rules
 * @m: where to
 */
int nacc_rules_seq(struct seq_file *m)
{
	struct nacc_domain *d;

	seq_puts(m, "domain start end forbid\n");
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		nacc_rules_print(m, d->id, &d->rules);
	mutex_unlock(&nacc_domain_lock);
	return 0;
}

/**
 * struct users - who runs on the marked mms
 * @ns: whose numbers of them are asked for
 * @who: by frame of the root
 */
struct users {
	struct pid_namespace *ns;
	struct nacc_who *who;
};

static void note_user(const struct nacc_mm *entry, struct task_struct *task, void *arg)
{
	const struct users *users = arg;
	struct nacc_who *who = &users->who[nacc_frame_index(entry->root)];

	if (!who->comm[0])
		nacc_who_fill(who, task, users->ns);
}

static void print_user_of(struct seq_file *m, const struct nacc_mm *entry,
			  const struct nacc_who *who, const u32 *tables, u64 mask)
{
	const unsigned int frame = nacc_frame_index(entry->root);

	seq_printf(m, "%u %d %u %#llx ", entry->domain->id, who[frame].pid,
		   tables[frame], entry->root & mask);
	seq_escape(m, who[frame].comm[0] ? who[frame].comm : "-", " \t\n\\");
	seq_printf(m, " %u\n", nacc_seals_nr(entry));
}

/**
 * nacc_mms_seq() - print /proc/nacc/mms
 * @m: where to
 */
int nacc_mms_seq(struct seq_file *m)
{
	struct users users = {
		.ns = task_active_pid_ns(current),
		.who = kvcalloc(nacc_pool.nr, sizeof(*users.who), GFP_KERNEL),
	};
	u32 *tables = users.who ? count_tables() : NULL;
	const u64 mask = nacc_physical_mask();
	struct nacc_mm *entry;

	if (tables) {
		seq_puts(m, "domain pid tables root comm seals\n");
		mutex_lock(&nacc_domain_lock);
		nacc_who_each(NULL, note_user, &users);
		list_for_each_entry(entry, &nacc_mms, node)
			print_user_of(m, entry, users.who, tables, mask);
		mutex_unlock(&nacc_domain_lock);
	}
	kvfree(users.who);
	kvfree(tables);
	return tables ? 0 : -ENOMEM;
}

static void print_root(struct seq_file *m, const char *who, unsigned int nr,
		       phys_addr_t root, const char *state, u32 domain)
{
	seq_printf(m, "%s %u %#llx %s %u\n", who, nr,
		   root & nacc_physical_mask(), state, domain);
}

/* By the word of the firmware, which numbers harts in its own way. */
static void print_harts(struct seq_file *m)
{
	const phys_addr_t kernel = __pa_symbol(nacc_ksym.init_mm->pgd);
	unsigned long satp;
	unsigned int hart;

	for (hart = 0; !nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_SATP, hart, 0, &satp); hart++) {
		struct nacc_mm *entry;
		phys_addr_t root;

		if (!satp)
			continue;
		root = PFN_PHYS(satp & SATP_PPN);
		entry = nacc_mm_find(root);
		print_root(m, "hart", hart, root,
			   root == kernel ? "kernel" : entry ? "bound" :
			   nacc_in_pool(root) ? "foreign" : "ordinary",
			   entry ? entry->domain->id : 0);
	}
}

/* An unmark moves the root itself. */
static void print_forged(struct seq_file *m)
{
	struct nacc_mm *entry;

	list_for_each_entry(entry, &nacc_mms, node) {
		phys_addr_t root = __pa(READ_ONCE(entry->mm->pgd));
		struct nacc_who who = {};

		if (entry->domain->leaving || entry->domain->gone || root == entry->root)
			continue;
		nacc_who_uses(entry->mm, &init_pid_ns, &who);
		print_root(m, "process", who.pid, root, "forged", entry->domain->id);
	}
}

/* NULL: as it should be. With the system profile an ordinary root should not be. */
static const char *state_of(const struct mm_struct *mm, phys_addr_t root)
{
	const struct nacc_mm *entry = nacc_mm_find(root);

	/* A pool's root that has just been made is published a moment later. */
	if (nacc_in_pool(root))
		return entry && entry->mm != mm ? "foreign" : NULL;
	if (!nacc_system_is_on())
		return NULL;
	return nacc_system_excepts(mm) ? "excepted" : "unmarked";
}

static void print_others(struct seq_file *m)
{
	struct task_struct *process, *thread;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		const struct mm_struct *mm;
		const char *state = NULL;
		phys_addr_t root = 0;

		/* It can be freed when the thread has let go of it. */
		task_lock(thread);
		mm = thread->flags & PF_KTHREAD ? NULL : thread->mm;
		if (mm) {
			root = __pa(READ_ONCE(mm->pgd));
			state = state_of(mm, root);
		}
		task_unlock(thread);
		if (state)
			print_root(m, "process", task_tgid_nr(thread), root, state,
				   nacc_mm_find(root) ? nacc_mm_find(root)->domain->id : 0);
	}
	rcu_read_unlock();
}

/**
 * nacc_roots_seq() - print /proc/nacc/roots: what harts have, and who names a root that
 *	is not his
 * @m: where to
 */
int nacc_roots_seq(struct seq_file *m)
{
	seq_puts(m, "who number root state domain\n");
	mutex_lock(&nacc_domain_lock);
	print_harts(m);
	print_forged(m);
	print_others(m);
	mutex_unlock(&nacc_domain_lock);
	return 0;
}
