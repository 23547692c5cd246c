// SPDX-License-Identifier: GPL-2.0
/*
 * nacc-runtime: what the runtime behind prints as JSON, and what is added to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dev.h"
#include "nacc.h"
#include "out.h"
#include "runtime.h"
#include "sys.h"

/* A state with annotations of a whole pod fits many times. */
#define JSON_MAX	(4 << 20)

#define NOTE_DOMAIN	"nacc.domain"
#define NOTE_PROTECTED	"nacc.protected"
#define NOTE_VERSION	"nacc.version"
#define NOTE_RUNTIME	"nacc.runtime"

static char *read_pipe(int fd)
{
	size_t len = 0, room = 65536;
	char *text = nacc_alloc(NULL, room, 1);
	ssize_t n;

	while ((n = read(fd, text + len, room - len - 1)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || len > JSON_MAX)
			break;
		len += (size_t)n;
		if (room - len < 4096) {
			room *= 2;
			text = nacc_alloc(text, room, 1);
		}
	}
	text[len] = '\0';
	return text;
}

static int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static pid_t spawn(char **argv, int to)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (dup2(to, STDOUT_FILENO) >= 0)
		execv(argv[0], argv);
	_exit(127);
}

/**
 * runtime_json - run the runtime behind and read what it prints
 * @argv: its path and arguments
 * @obj: the object it printed, or NULL if it printed something else, which has
 *	gone to standard output; json_object_put() it
 * @status: its exit status, 128 and the signal if one ended it
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int runtime_json(char **argv, struct json_object **obj, int *status)
{
	int fds[2], wait;
	char *text;
	pid_t pid;

	*obj = NULL;
	if (pipe(fds))
		return nacc_fail(EXIT_SYS, "no pipe for '%s': %s: try again",
				 argv[0], strerror(errno));
	pid = spawn(argv, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return nacc_fail(EXIT_SYS, "'%s' cannot be started: %s: try again",
				 argv[0], strerror(errno));
	}
	text = read_pipe(fds[0]);
	close(fds[0]);
	wait = wait_status(pid);
	*status = WIFEXITED(wait) ? WEXITSTATUS(wait) : 128 + WTERMSIG(wait);
	if (!*status)
		*obj = json_tokener_parse(text);
	if (*obj && !json_object_is_type(*obj, json_type_object)) {
		json_object_put(*obj);
		*obj = NULL;
	}
	if (!*obj)
		fputs(text, stdout);
	free(text);
	return EXIT_OK;
}

static int pid_of(struct json_object *state)
{
	struct json_object *val;

	if (!json_object_object_get_ex(state, "pid", &val))
		return 0;
	return json_object_get_int(val);
}

static char **state_words(const struct runtime_call *call)
{
	char **words = nacc_alloc(NULL, (size_t)call->globals + 4, sizeof(*words));
	int i;

	for (i = 0; i <= call->globals; i++)
		words[i] = call->argv[i];
	words[i++] = "state";
	words[i++] = (char *)call->id;
	words[i] = NULL;
	return words;
}

/**
 * runtime_pid - the process that a container began with
 * @call: a call that names the container
 * @pid: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int runtime_pid(const struct runtime_call *call, int *pid)
{
	char **words = state_words(call);
	struct json_object *state;
	int ret, status;

	ret = runtime_json(words, &state, &status);
	free(words);
	if (ret)
		return ret;
	*pid = state ? pid_of(state) : 0;
	json_object_put(state);
	if (*pid <= 0)
		return nacc_fail(EXIT_NOENT,
				 "container '%s' has no process to look at: is it running?",
				 call->id);
	return EXIT_OK;
}

static struct json_object *annotations(struct json_object *obj)
{
	struct json_object *notes;

	if (json_object_object_get_ex(obj, "annotations", &notes) &&
	    json_object_is_type(notes, json_type_object))
		return notes;
	notes = out_object();
	out_add(obj, "annotations", notes);
	return notes;
}

/* Whether the module answers, without a word if it does not. */
static bool module_answers(void)
{
	struct nacc_info info = { .size = sizeof(info) };
	int fd = sys_open("/dev/nacc", O_RDWR);
	int err;

	if (fd < 0)
		return false;
	err = dev_call(fd, NACC_IOC_INFO, &info);
	close(fd);
	return !err;
}

/**
 * runtime_features - print what the runtime behind can do, and this one
 * @call: the call
 *
 * Return: the exit status.
 */
int runtime_features(const struct runtime_call *call)
{
	struct json_object *obj, *notes;
	int ret, status;

	ret = runtime_json(call->argv, &obj, &status);
	if (ret || !obj)
		return ret ? ret : status;
	notes = annotations(obj);
	out_add_str(notes, NOTE_VERSION, NACC_VERSION);
	out_add_str(notes, NOTE_RUNTIME, call->argv[0]);
	out_add_str(notes, NOTE_PROTECTED, module_answers() ? "true" : "false");
	out_json(stdout, obj);
	return EXIT_OK;
}

/*
 * An errno: it is not known. Without a module nothing is protected, nor is what is gone.
 * Engines read what is said here together with the state, so nothing is.
 */
static int ask_domain(int pid, uint32_t *domain)
{
	int fd, err;

	*domain = 0;
	if (pid <= 0)
		return 0;
	fd = sys_open("/dev/nacc", O_RDWR);
	err = fd < 0 ? errno : dev_domain(fd, pid, domain);
	if (fd >= 0)
		close(fd);
	return err == ENOENT || err == ENXIO || err == ESRCH ||
	       (fd < 0 && err == ENODEV) ? 0 : err;
}

static void note_domain(struct json_object *notes, int pid)
{
	uint32_t domain;
	char text[16];

	if (ask_domain(pid, &domain)) {
		out_add_str(notes, NOTE_PROTECTED, "unknown");
		return;
	}
	out_add_str(notes, NOTE_PROTECTED, domain ? "true" : "false");
	if (!domain)
		return;
	snprintf(text, sizeof(text), "%u", domain);
	out_add_str(notes, NOTE_DOMAIN, text);
}

/**
 * runtime_state - print the state of a container with its domain
 * @call: the call
 *
 * Return: the exit status.
 */
int runtime_state(const struct runtime_call *call)
{
	struct json_object *obj;
	int ret, status;

	ret = runtime_json(call->argv, &obj, &status);
	if (ret || !obj)
		return ret ? ret : status;
	note_domain(annotations(obj), pid_of(obj));
	out_json(stdout, obj);
	return EXIT_OK;
}
