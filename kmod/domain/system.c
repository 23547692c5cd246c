// SPDX-License-Identifier: GPL-2.0
/*
 * The system profile: every user address space is marked, those of now and those to
 * come, but for programs that are excepted by name.
 *
 * What is in no other domain is in that of the system. Whatever a process makes, or the
 * kernel for itself (user-mode helpers), is born in it, from a moment before the first
 * process that lives is marked. When none is left that is not, the firmware is told
 * that there are no other roots (NACC_GUARD_SYSTEM). With exceptions there are, and it
 * is not: that is said wherever somebody asks.
 *
 * A refusal does not end this domain, which would be the machine, but the process that
 * it was about.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "domain/internal.h"

/* Passes over all processes until one finds nothing to mark. */
#define PASSES_MAX	16

static DEFINE_MUTEX(system_lock);	/* outermost */
static struct nacc_domain *running;	/* the profile's; under system_lock */

static bool system_param;
module_param_named(system, system_param, bool, 0444);
MODULE_PARM_DESC(system, "mark every user address space, from the load on");

static char *except;
module_param(except, charp, 0444);
MODULE_PARM_DESC(except, "with system=1: paths of programs that are not marked, with commas");

/* --- all that live ------------------------------------------------------------- */

/**
 * struct pass - a walk over all processes
 * @domain: which they are to join
 * @marked: address spaces that were marked on the way
 * @pid: the one at which it ended with an error
 */
struct pass {
	struct nacc_domain *domain;
	unsigned int marked;
	pid_t pid;
};

/*
 * A new program that began before births were watched is waited for: as long as whoever
 * serves its file likes, so not if the machine goes down meanwhile.
 */
static int wait_for_exec(struct task_struct *task)
{
	while (!mutex_trylock(&task->signal->cred_guard_mutex)) {
		if (nacc_domain_is_closed())
			return -ECANCELED;
		if (fatal_signal_pending(current))
			return -EINTR;
		schedule_timeout_killable(1);
	}
	return 0;
}

static int protect_task(struct pass *p, struct task_struct *task)
{
	struct mm_struct *mm;
	int ret = wait_for_exec(task);

	if (ret)
		return ret;
	if (!nacc_task_mm(task, &mm)) {
		ret = nacc_mm_marked(mm) || nacc_system_excepts(mm) ? -EEXIST :
		      nacc_join(p->domain, mm);
		p->marked += !ret;
		mmput_async(mm);
	} else {
		/* A thread of the kernel's, or it has exited. */
		ret = -EEXIST;
	}
	mutex_unlock(&task->signal->cred_guard_mutex);
	return ret == -EEXIST ? 0 : ret;
}

/* Who comes later is born marked, or is there in the next pass. */
static int protect_pass(struct pass *p)
{
	struct nacc_crowd crowd;
	unsigned int i;
	int ret = nacc_crowd_gather(&crowd);

	p->marked = 0;
	for (i = 0; !ret && i < crowd.nr; i++) {
		ret = protect_task(p, crowd.task[i]);
		if (ret)
			p->pid = task_tgid_nr(crowd.task[i]);
	}
	nacc_crowd_disperse(&crowd);
	return ret;
}

static int protect_all(struct nacc_domain *domain, pid_t *pid)
{
	struct pass p = { .domain = domain };
	unsigned int passes = 0;
	int ret;

	do {
		ret = protect_pass(&p);
	} while (!ret && p.marked && ++passes < PASSES_MAX);
	*pid = p.pid;
	return !ret && p.marked ? -EAGAIN : ret;
}

/*
 * Who began to unmark a domain before the profile was on leaves address spaces behind
 * that are not marked: wait for him. Whoever begins later gives them to the system's.
 */
static int wait_for_unmarks(void)
{
	struct nacc_domain *d = NULL;
	int ret = 0;

	while (ret != -EINTR && (d = nacc_domain_next(d))) {
		ret = nacc_domain_admit(d);
		mutex_unlock(&nacc_domain_lock);
	}
	if (d)
		nacc_domain_put(d);
	return ret == -EINTR ? ret : 0;
}

static bool is_unmarked(struct task_struct *task)
{
	bool found;

	/* Its mm stays meanwhile. */
	task_lock(task);
	found = task->mm && !(task->flags & PF_KTHREAD) && !nacc_mm_marked(task->mm);
	task_unlock(task);
	return found;
}

/* None should be left. One that is has no root any more that could be loaded. */
static void kill_unmarked(void)
{
	struct task_struct *process, *thread;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		if (!is_unmarked(thread))
			continue;
		nacc_count(NACC_COUNT_KILLED, 1);
		pr_warn("%s[%d] is not marked: %s\n", thread->comm, task_tgid_nr(thread),
			is_global_init(thread) ? "init, and not ended" : "killed");
		send_sig(SIGKILL, thread, 1);
	}
	rcu_read_unlock();
	nacc_strand_running();
}

/* --- on and off ---------------------------------------------------------------- */

/* What an earlier call has left, which was interrupted */
static u32 left_id(void)
{
	struct nacc_domain *d;
	u32 id = 0;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		if (d->system && !d->gone)
			id = d->id;
	mutex_unlock(&nacc_domain_lock);
	return id;
}

static int unmark_rest(u32 id)
{
	int ret = id ? nacc_unmark(id) : 0;

	return ret == -ENOENT ? 0 : ret;
}

static int only_bound_roots(bool on)
{
	int ret = nacc_guard_system(on, nacc_roots_upcall);

	if (!ret)
		nacc_strand_ordinary(on);
	return ret;
}

static int stop(struct nacc_domain *domain)
{
	u32 id = domain->id;
	int ret = only_bound_roots(false);

	if (ret)
		return ret;
	nacc_heirs_end();
	running = NULL;
	nacc_domain_put(domain);
	return unmark_rest(id);
}

static int start(struct nacc_domain *domain, pid_t *pid)
{
	int ret;

	if (!nacc_guarded())
		return -EPROTO;
	/*
	 * On the way to user mode is too late where no ordinary root is loaded; and what
	 * began before this is born by nobody, however births are watched.
	 */
	if (!nacc_birth_seen_late())
		return -EUNATCH;
	nacc_heirs_begin(domain);
	ret = wait_for_unmarks();
	if (!ret)
		ret = protect_all(domain, pid);
	if (!ret && !nacc_nr_excepted())
		ret = only_bound_roots(true);
	if (!ret && !nacc_nr_excepted())
		kill_unmarked();
	return ret;
}

/* Takes over the references to the files. */
static int system_on(struct file **files, unsigned int nr, struct nacc_protect *p)
{
	struct nacc_domain *domain;
	int ret;

	if (running) {
		while (nr--)
			fput(files[nr]);
		return -EEXIST;
	}
	nacc_except(files, nr);
	domain = nacc_domain_create("system");
	if (IS_ERR(domain)) {
		nacc_heirs_end();
		return PTR_ERR(domain);
	}
	WRITE_ONCE(domain->system, true);
	running = domain;
	nacc_share_update();
	ret = start(domain, &p->pid);
	if (ret)
		stop(domain);
	else
		nacc_event_mark(domain, NULL);
	nacc_kick();
	return ret;
}

static int system_off(void)
{
	int ret = running ? stop(running) : 0;
	u32 id;

	while (!ret && (id = left_id()))
		ret = unmark_rest(id);
	return ret;
}

static int files_of(const struct nacc_protect *p, struct file **files)
{
	unsigned int i;

	for (i = 0; i < p->nr_except; i++) {
		files[i] = fget_raw(p->except[i]);
		if (files[i] && S_ISREG(file_inode(files[i])->i_mode))
			continue;
		for (i += !!files[i]; i--; )
			fput(files[i]);
		return -EBADF;
	}
	return 0;
}

/**
 * nacc_system() - turn the system profile on or off, or ask
 * @protect: the caller's structure
 *
 * Context: may sleep.
 * Return: as NACC_IOC_PROTECT.
 */
int nacc_system(struct nacc_protect *protect)
{
	struct file *files[NACC_EXCEPT_MAX];
	int ret;

	if (protect->what > NACC_PROTECT_OFF || protect->nr_except > NACC_EXCEPT_MAX ||
	    (protect->nr_except && protect->what != NACC_PROTECT_SYSTEM))
		return -EINVAL;
	ret = files_of(protect, files);
	if (ret)
		return ret;
	if (mutex_lock_killable(&system_lock)) {
		while (protect->nr_except)
			fput(files[--protect->nr_except]);
		return -EINTR;
	}
	if (protect->what == NACC_PROTECT_SYSTEM)
		ret = system_on(files, protect->nr_except, protect);
	else if (protect->what == NACC_PROTECT_OFF)
		ret = system_off();
	protect->domain = running ? running->id : 0;
	protect->nr_except = nacc_nr_excepted();
	mutex_unlock(&system_lock);
	return ret;
}

/* A program by its path: it is not opened for reading, which a FIFO waits for. */
static struct file *open_program(const char *path)
{
	struct file *file = filp_open(path, O_PATH, 0);

	if (IS_ERR(file) || S_ISREG(file_inode(file)->i_mode))
		return file;
	fput(file);
	return ERR_PTR(-EBADF);
}

/* The paths of except=, opened; @paths is cut up. */
static int open_all(char *paths, struct file **files, unsigned int *nr)
{
	char *path;

	for (*nr = 0; (path = strsep(&paths, ",")); ++*nr) {
		struct file *file = ERR_PTR(-E2BIG);

		if (*nr < NACC_EXCEPT_MAX)
			file = open_program(path);
		if (!IS_ERR(file)) {
			files[*nr] = file;
			continue;
		}
		pr_err("except=%s: error %ld\n", path, PTR_ERR(file));
		while (*nr)
			fput(files[--*nr]);
		return PTR_ERR(file);
	}
	return 0;
}

static int open_exceptions(struct file **files, unsigned int *nr)
{
	char *paths = kstrdup(except, GFP_KERNEL);
	int ret;

	*nr = 0;
	if (!except || !*except)
		ret = 0;
	else
		ret = paths ? open_all(paths, files, nr) : -ENOMEM;
	kfree(paths);
	return ret;
}

/**
 * nacc_system_boot() - turn the profile on if the module's parameters say so
 *
 * The module stays loaded if that fails: what it has marked has references to it.
 *
 * Context: module load, may sleep; everything else is done.
 */
void __init nacc_system_boot(void)
{
	struct nacc_protect protect = { .what = NACC_PROTECT_SYSTEM };
	struct file *files[NACC_EXCEPT_MAX];
	unsigned int nr;
	int ret;

	if (!system_param) {
		if (except)
			pr_warn("except= means nothing without system=1\n");
		return;
	}
	ret = open_exceptions(files, &nr);
	mutex_lock(&system_lock);
	if (!ret)
		ret = system_on(files, nr, &protect);
	mutex_unlock(&system_lock);
	if (ret)
		pr_err("system=1: not every address space could be marked (error %d, process %d): the profile is off\n",
		       ret, protect.pid);
}

/**
 * nacc_system_end() - another kernel takes over, or the module goes
 *
 * Context: may sleep.
 */
void nacc_system_end(void)
{
	mutex_lock(&system_lock);
	if (system_off())
		pr_warn("the system profile has not ended\n");
	mutex_unlock(&system_lock);
}

/**
 * nacc_system_seq() - print its line of /proc/nacc/status
 * @m: where to
 */
void nacc_system_seq(struct seq_file *m)
{
	/* Turning it on waits for others, and who asks does not wait with it. */
	if (!mutex_trylock(&system_lock)) {
		seq_puts(m, "system: changing\n");
		return;
	}
	seq_puts(m, running ? "system: on" : "system: off");
	if (running)
		nacc_excepted_seq(m);
	seq_putc(m, '\n');
	mutex_unlock(&system_lock);
}

#ifdef NACC_KUNIT
#include "system_on_test.c"
#endif
