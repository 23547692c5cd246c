// SPDX-License-Identifier: GPL-2.0
/*
 * The plugin for Slurm, in front of a make-believe Slurm and a make-believe device.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_device(const char *path, int flags);
static int call_device(int fd, unsigned long req, void *mark);

#define open(path, flags)	open_device(path, flags)
#define ioctl(fd, req, arg)	call_device(fd, req, arg)
#include "../../slurm/nacc.c"
#undef open
#undef ioctl

/* errno of what is asked for, or 0 */
static int open_err, mark_err, item_err, register_err;
/* What Slurm says of the array that the job is of */
static uint32_t array_id, array_task;
static unsigned int failed;

static int open_device(const char *path, int flags)
{
	(void)path;
	(void)flags;
	errno = open_err;
	return open_err ? -1 : dup(STDERR_FILENO);
}

static int call_device(int fd, unsigned long req, void *mark)
{
	(void)fd;
	(void)req;
	(void)mark;
	errno = mark_err;
	return mark_err ? -1 : 0;
}

int spank_get_item(spank_t sp, enum spank_item item, uint32_t *val)
{
	(void)sp;
	*val = item == S_JOB_ID ? 42 : item == S_JOB_ARRAY_ID ? array_id :
	       item == S_JOB_ARRAY_TASK_ID ? array_task : 0;
	return item_err ? ESPANK_ERROR : ESPANK_SUCCESS;
}

int spank_option_register(spank_t sp, struct spank_option *opt)
{
	(void)sp;
	(void)opt;
	return register_err ? ESPANK_ERROR : ESPANK_SUCCESS;
}

void slurm_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("# ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout);
	va_end(ap);
}

/*
 * A task, as behind "optional nacc.so": whatever the plugin returns, the program starts.
 * Returns whether it has.
 */
static bool starts(char *word, bool option)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		slurm_spank_init(0, !!word, &word);
		if (option)
			take_option(0, NULL, 1);
		slurm_spank_task_init_privileged(0, !!word, &word);
		_exit(77);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		abort();
	return WEXITSTATUS(status) == 77;
}

static void check(const char *what, bool ok)
{
	printf("%s - slurm: %s\n", ok ? "ok" : "not ok", what);
	failed += !ok;
}

static bool is_labelled(uint32_t id, uint32_t task, const char *want)
{
	char name[NACC_NAME_LEN] = "";

	array_id = id;
	array_task = task;
	return !label(0, name) && !strcmp(name, want);
}

int main(void)
{
	char all[] = "all", typo[] = "al";

	check("the label of a job", is_labelled(0, 0, "slurm-42.0"));
	check("of one of no array, as srun makes it", is_labelled(42, NO_VAL, "slurm-42.0"));
	check("of one of an array", is_labelled(40, 2, "slurm-40_2.0"));
	check("of the first", is_labelled(40, 0, "slurm-40_0.0"));
	array_id = 0;
	check("a task that has asked starts protected", starts(NULL, true));
	check("'all': a task starts protected", starts(all, false));
	mark_err = EEXIST;
	check("slurmd in a domain: it starts", starts(all, true));
	mark_err = ENOMEM;
	check("it cannot be protected: it does not start", !starts(NULL, true));
	check("it has not asked: it starts", starts(NULL, false));
	mark_err = 0;
	open_err = ENOENT;
	check("no module: it does not start", !starts(NULL, true));
	check("'all', no module: it does not start", !starts(all, false));
	check("no module, it has not asked: it starts", starts(NULL, false));
	open_err = 0;
	item_err = 1;
	check("no number of the job: it does not start", !starts(NULL, true));
	item_err = 0;
	check("a word that is not known: it does not start", !starts(typo, false));
	register_err = 1;
	check("no option could be registered: it does not start", !starts(NULL, false));
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
