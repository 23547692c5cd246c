// SPDX-License-Identifier: GPL-2.0
/* /proc/nacc: text files, described in docs/proc.md. */
#include <linux/capability.h>
#include <linux/proc_fs.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>
#include <linux/uaccess.h>

#include "hook/hook.h"
#include "routes/routes.h"
#include "user/user.h"

static struct proc_dir_entry *nacc_dir;

/* What of the firmware's SBI extensions the shim does not offer (I16). */
static void withheld_seq(struct seq_file *m)
{
	unsigned long name[2] = {};
	unsigned int n;

	seq_puts(m, "sbi-withheld: ");
	for (n = 0; !nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_WITHHELD, n, 0,
				   &name[0]) && name[0]; n++)
		seq_printf(m, "%s%s", n ? "," : "", (const char *)name);
	seq_puts(m, n ? "\n" : "none\n");
}

/*
 * Addresses of the kernel: not for root of a container, nor for whoever the file was
 * passed on to.
 */
static bool is_admin(const struct seq_file *m)
{
	return file_ns_capable(m->file, &init_user_ns, CAP_SYS_ADMIN) &&
	       capable(CAP_SYS_ADMIN);
}

static void writers_seq(struct seq_file *m)
{
	const char *missing = nacc_essential_missing(), *unlisted = nacc_installers_unlisted();

	seq_printf(m, "writers: %u\n", nacc_setup_writers());
	if (nacc_essential_known())
		seq_puts(m, "writers_missing: -\n");
	else
		seq_printf(m, "writers_missing: %s%s%s\n", missing,
			   *missing && *unlisted ? "," : "", unlisted);
	seq_printf(m, "writers_learned: %u\n", nacc_learned_count());
}

static int status_seq(struct seq_file *m)
{
	static const char * const walkers[] = {
		[NACC_WALKER_UNKNOWN] = "unknown",
		[NACC_WALKER_FAULTS] = "faults",
		[NACC_WALKER_SETS] = "sets",
		[NACC_WALKER_DENIED] = "denied",
	};
	static const char * const invals[] = {
		[NACC_INVAL_NONE] = "none",
		[NACC_INVAL_FLUSHES] = "flushes",
		[NACC_INVAL_DISCARDS] = "discards",
	};
	const unsigned int levels = nacc_top_level() + 1;
	unsigned long inval = nacc_sbi_info(NACC_INFO_INVAL);
	unsigned long walker = nacc_sbi_info(NACC_INFO_WALKER);
	const u64 mask = is_admin(m) ? nacc_physical_mask() : 0;

	seq_printf(m, "module: %s\n", NACC_VERSION);
	seq_printf(m, "uapi: %u.%u\n", NACC_UAPI_VERSION >> 16,
		   NACC_UAPI_VERSION & 0xffff);
	seq_printf(m, "sbi: %lu.%lu\n",
		   nacc_sbi_info(NACC_INFO_ABI_VERSION) >> 16,
		   nacc_sbi_info(NACC_INFO_ABI_VERSION) & 0xffff);
	seq_printf(m, "mode: sv%u\n", PAGE_SHIFT + 9 * levels);
	seq_printf(m, "region: %#llx+%#lx\n", nacc_pool.region_base & mask,
		   nacc_pool.region_size);
	seq_printf(m, "frames: %u\n", nacc_pool.nr);
	seq_printf(m, "armed: %s\n", nacc_domain_count() ? "yes" : "no");
	seq_printf(m, "ad: %s\n",
		   nacc_sbi_info(NACC_INFO_AD) == NACC_AD_FAULT ? "fault" :
								  "fixed");
	seq_printf(m, "walker: %s\n",
		   walkers[walker < ARRAY_SIZE(walkers) ? walker : 0]);
	seq_printf(m, "inval: %s\n",
		   inval < ARRAY_SIZE(invals) ? invals[inval] : "unknown");
	seq_printf(m, "selftest: %u/%u harts\n", nacc_selftest_passed(),
		   nacc_selftest_harts());
	writers_seq(m);
	seq_printf(m, "hooks: %s\n", nacc_hook_state(nacc_domain_count()));
	seq_printf(m, "backends: %s\n", nacc_hook_backends());
	seq_printf(m, "birth: %s\n", nacc_birth_way());
	nacc_policy_seq(m);
	nacc_guard_seq(m);
	nacc_gate_seq(m);
	nacc_page_seq(m);
	nacc_system_seq(m);
	seq_printf(m, "evidence: %s\n",
		   nacc_sbi_info(NACC_INFO_EVIDENCE) == NACC_EVIDENCE_DEVELOPMENT ?
		   "development key" : "none");
	withheld_seq(m);
	nacc_traced_seq(m);
	return 0;
}

/**
 * struct content - a file
 * @name: its name
 * @fill: prints it
 * @monitor: nothing in it is an address: also for the group that may look
 */
struct content {
	const char *name;
	int (*fill)(struct seq_file *m);
	bool monitor;
};

static int show(struct seq_file *m, void *v)
{
	const struct content *content = m->private;

	if (!is_admin(m) && !(content->monitor && nacc_may_look()))
		return -EPERM;
	return content->fill(m);
}

static ssize_t mark_write(struct file *file, const char __user *buf,
			  size_t len, loff_t *pos)
{
	struct task_struct *task;
	struct pid *pid;
	int nr, ret;
	u32 id;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = kstrtoint_from_user(buf, len, 10, &nr);
	if (ret)
		return ret;
	pid = find_get_pid(nr);
	task = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	if (!task)
		return -ESRCH;
	ret = nacc_mark_task(task, "", &id);
	put_task_struct(task);
	return ret ? ret : len;
}

static int mark_open(struct inode *inode, struct file *file)
{
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static const struct proc_ops mark_ops = {
	.proc_open = mark_open,
	.proc_write = mark_write,
	.proc_lseek = noop_llseek,
};

static const struct content files[] = {
	{ "status", status_seq, true },
	{ "domains", nacc_domain_seq, true },
	{ "mms", nacc_mms_seq },
	{ "pool", nacc_frames_seq },
	{ "stats", nacc_stats_seq, true },
	{ "audit", nacc_audit_seq },
	{ "learn", nacc_learn_seq },
	{ "hooks", nacc_hook_seq, true },
	{ "rules", nacc_rules_seq },
	{ "roots", nacc_roots_seq },
};

static void give_to_group(struct proc_dir_entry *entry)
{
	const kgid_t group = nacc_monitor_group();

	if (gid_valid(group))
		proc_set_user(entry, GLOBAL_ROOT_UID, group);
}

static bool __init make_file(const struct content *content, bool open)
{
	struct proc_dir_entry *entry;

	entry = proc_create_single_data(content->name,
					content->monitor && open ? 0440 : 0400,
					nacc_dir, show, (void *)content);
	if (entry && content->monitor)
		give_to_group(entry);
	return entry;
}

/**
 * nacc_proc_init() - make /proc/nacc
 *
 * Return: 0 or -ENOMEM.
 */
int __init nacc_proc_init(void)
{
	const bool open = gid_valid(nacc_monitor_group());
	unsigned int i;

	nacc_dir = proc_mkdir_mode("nacc", open ? 0550 : 0500, NULL);
	if (!nacc_dir)
		return -ENOMEM;
	give_to_group(nacc_dir);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (!make_file(&files[i], open))
			goto fail;
	if (proc_create("mark", 0200, nacc_dir, &mark_ops))
		return 0;
fail:
	nacc_proc_exit();
	return -ENOMEM;
}

/**
 * nacc_proc_exit() - remove /proc/nacc
 */
void nacc_proc_exit(void)
{
	proc_remove(nacc_dir);
}
