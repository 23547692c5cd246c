// SPDX-License-Identifier: GPL-2.0
/*
 * A SPANK plugin for Slurm: the tasks of a job run on protected page tables.
 *
 *   plugstack.conf:  required nacc.so        jobs that ask for it (srun --nacc)
 *                    required nacc.so all    every job
 *
 * Each task marks itself as root, before it becomes the user's and executes his program.
 * A task that cannot be protected does not start, also behind "optional nacc.so", with which
 * Slurm takes no error of ours for one: it ends itself. The label of its domain is the job as
 * Slurm writes it: slurm-42.0 a step, slurm-42.batch a script, slurm-42_7.batch one of an
 * array.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <slurm/slurm.h>
#include <slurm/spank.h>

#include <linux/nacc.h>

SPANK_PLUGIN(nacc, 1);

/* Whether this job has asked for it; a slurmstepd serves one step only. */
static int asked;

/* What was asked for is not known: then nothing starts. */
static int broken;

static int take_option(int val, const char *arg, int remote)
{
	(void)val;
	(void)arg;
	(void)remote;
	asked = 1;
	return 0;
}

static struct spank_option option = {
	.name = "nacc",
	.usage = "run on page tables that only firmware may change",
	.cb = take_option,
};

/**
 * slurm_spank_init - called wherever Slurm loads the plugin
 * @sp: what Slurm knows of the job
 * @argc: words behind the plugin's name in plugstack.conf
 * @argv: the words
 *
 * Return: 0, or -1 if the line in plugstack.conf makes no sense.
 */
int slurm_spank_init(spank_t sp, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (strcmp(argv[i], "all")) {
			slurm_error("nacc: plugstack.conf: '%s' is not known: 'all' or nothing",
				    argv[i]);
			broken = 1;
			return -1;
		}
		asked = 1;
	}
	if (spank_option_register(sp, &option) == ESPANK_SUCCESS)
		return 0;
	slurm_error("nacc: the option --nacc cannot be registered");
	broken = 1;
	return -1;
}

static void step_name(uint32_t step, char *text, size_t size)
{
	if (step == SLURM_BATCH_SCRIPT)
		snprintf(text, size, "batch");
	else if (step == SLURM_INTERACTIVE_STEP)
		snprintf(text, size, "interactive");
	else if (step == SLURM_EXTERN_CONT)
		snprintf(text, size, "extern");
	else
		snprintf(text, size, "%u", step);
}

static int label(spank_t sp, char name[NACC_NAME_LEN])
{
	uint32_t job, step, array = 0, task = 0;
	char text[16];
	int len;

	if (spank_get_item(sp, S_JOB_ID, &job) != ESPANK_SUCCESS ||
	    spank_get_item(sp, S_JOB_STEPID, &step) != ESPANK_SUCCESS)
		return -1;
	step_name(step, text, sizeof(text));
	/* A job that is no array's has its own ID, or 0, and for a task NO_VAL. */
	if (spank_get_item(sp, S_JOB_ARRAY_ID, &array) == ESPANK_SUCCESS && array &&
	    spank_get_item(sp, S_JOB_ARRAY_TASK_ID, &task) == ESPANK_SUCCESS && task != NO_VAL)
		len = snprintf(name, NACC_NAME_LEN, "slurm-%u_%u.%s", array, task, text);
	else
		len = snprintf(name, NACC_NAME_LEN, "slurm-%u.%s", job, text);
	return len < NACC_NAME_LEN ? 0 : -1;
}

static int mark_self(struct nacc_mark *mark)
{
	int fd = open("/dev/nacc", O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	mark->pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (mark->pidfd < 0)
		err = errno;
	while (!err && ioctl(fd, NACC_IOC_MARK, mark)) {
		if (errno != EINTR)
			err = errno;
	}
	if (mark->pidfd >= 0)
		close(mark->pidfd);
	close(fd);
	/* slurmd itself may have been started in a domain. */
	return err == EEXIST ? 0 : err;
}

/* Returns if the task is protected, else says why not. */
static int protect(spank_t sp)
{
	struct nacc_mark mark = { .size = sizeof(mark) };
	int err;

	if (broken) {
		slurm_error("nacc: nothing starts: the log of slurmd says what is not in order");
		return -1;
	}
	if (label(sp, mark.name)) {
		slurm_error("nacc: Slurm does not tell which job this is");
		return -1;
	}
	err = mark_self(&mark);
	if (!err)
		return 0;
	slurm_error("nacc: %s cannot be protected: %s", mark.name, err == ENOENT ?
		    "/dev/nacc is missing: load the module first (insmod nacc.ko)" :
		    strerror(err));
	return -1;
}

/**
 * slurm_spank_task_init_privileged - called by each task, still as root
 * @sp: what Slurm knows of the job
 * @argc: words behind the plugin's name in plugstack.conf
 * @argv: the words
 *
 * It is a process of its own by now, which does what slurmstepd would do if this failed
 * behind "required": it ends.
 *
 * Return: 0.
 */
int slurm_spank_task_init_privileged(spank_t sp, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if ((asked || broken) && protect(sp))
		_exit(1);
	return 0;
}
