// SPDX-License-Identifier: GPL-2.0
/*
 * nacc-runtime: an OCI runtime in front of crun or runc.
 *
 * What starts a process in a container (create, run, restore, exec) marks itself and then
 * becomes the runtime behind, so that engine, descriptors, signals and exit status see only
 * that one. A container that cannot be protected does not start.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "annotation.h"
#include "dev.h"
#include "nacc.h"
#include "out.h"
#include "procfile.h"
#include "runtime.h"

/* What an OCI runtime exits with when it fails */
#define EXIT_RUNTIME	1

/* Whose log an error goes to */
static const struct runtime_call *failing;

/* --- errors: where the engine reads them ------------------------------------ */

static void log_line(FILE *out, const char *text, bool json)
{
	struct json_object *line = out_object();
	char when[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	out_add_str(line, "level", "error");
	out_add_str(line, "msg", text);
	out_add_str(line, "time", when);
	if (json)
		out_json_line(out, line);
	else
		fprintf(out, "time=\"%s\" level=error msg=%s\n", when,
			json_object_to_json_string_ext(json_object_object_get(line, "msg"),
						       JSON_C_TO_STRING_PLAIN));
	if (!json)
		json_object_put(line);
}

/* What crun takes for a name in the system's log: "journald:NAME", "syslog:NAME" */
static const char *system_log(const char *log)
{
	if (!strncmp(log, "journald:", 9))
		return log + 9;
	return strncmp(log, "syslog:", 7) ? NULL : log + 7;
}

static void to_file(const char *path, const char *sentence)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "a");

	if (!out)
		return;
	log_line(out, sentence, failing->log_json);
	fclose(out);
}

/* Engines show what their runtime has logged, not what it printed. */
static void to_log(const char *text)
{
	const char *log = failing ? failing->log : NULL, *name;
	char sentence[512];

	if (!log)
		return;
	snprintf(sentence, sizeof(sentence), "nacc: %s", text);
	name = system_log(log);
	if (name) {
		openlog(*name ? name : "nacc", 0, LOG_DAEMON);
		syslog(LOG_ERR, "%s", sentence);
		return;
	}
	to_file(strncmp(log, "file:", 5) ? log : log + 5, sentence);
}

/* --- the runtime behind ------------------------------------------------------ */

static int become(const struct runtime_call *call)
{
	execv(call->argv[0], call->argv);
	return nacc_fail(EXIT_RUN_EXEC,
			 "'%s' cannot be executed: %s: check its mode and format",
			 call->argv[0], strerror(errno));
}

/* --- protection ------------------------------------------------------------- */

/* Its configuration: one that is not in the bundle is named as from here. */
static int config_path(const struct runtime_call *call, char path[PATH_MAX])
{
	const char *name = call->config ? call->config : "config.json";
	const char *bundle = strcmp(name, "config.json") ? NULL : call->bundle;
	char here[PATH_MAX] = "";
	int len;

	if (*(bundle ? bundle : name) != '/' && !getcwd(here, sizeof(here)))
		return nacc_fail(EXIT_SYS, "this folder cannot be named: %s: go to another",
				 strerror(errno));
	len = snprintf(path, PATH_MAX, "%s%s%s%s%s", here, *here ? "/" : "",
		       bundle ? bundle : "", bundle ? "/" : "", name);
	return len < PATH_MAX ? EXIT_OK :
	       nacc_fail(EXIT_USAGE, "the path of '%s' is too long: move the bundle", name);
}

static int read_wish(const struct runtime_call *call, struct wish *wish)
{
	char path[PATH_MAX];
	int ret;

	if (!call->creates)
		return EXIT_OK;
	ret = config_path(call, path);
	if (!ret)
		ret = wish_read_file(path, wish);
	return ret ? ret : wish_check(wish);
}

static int protect_new(int fd, const struct runtime_call *call, const struct wish *wish)
{
	/* The engine itself may run in a domain ("nacc run -- podman ..."). */
	struct marking self = { .pid = getpid(), .anywhere = true };
	char name[NACC_NAME_LEN];
	int ret;

	if (wish->system && !wish->yes)
		return wish_system(fd, self.pid);
	runtime_label(call->id, name);
	self.name = name;
	ret = dev_mark(fd, &self);
	return ret ? ret : wish_gate(fd, self.domain, self.fresh, wish->gate);
}

static int protect_joined(int fd, const struct runtime_call *call)
{
	struct marking self = { .pid = getpid() };
	uint32_t domain;
	int ret, pid;

	ret = dev_own_domain(fd, self.pid, &domain);
	if (ret || domain)
		return ret;
	ret = runtime_pid(call, &pid);
	if (!ret)
		ret = dev_own_domain(fd, pid, &self.join);
	if (ret)
		return ret;
	if (!self.join)
		return nacc_fail(EXIT_NOENT,
				 "container '%s' is not protected, and nothing is started in it unprotected: start it anew",
				 call->id);
	return dev_mark(fd, &self);
}

static int protect(const struct runtime_call *call)
{
	struct wish wish = { 0 };
	int ret, fd;

	ret = dev_open(&fd);
	if (ret)
		return ret;
	/* That it is not to be protected is not for the container to say. */
	ret = read_wish(call, &wish);
	if (!ret && call->kind == RUNTIME_EXEC && call->id)
		ret = protect_joined(fd, call);
	else if (!ret)
		ret = protect_new(fd, call, &wish);
	close(fd);
	return ret;
}

/* criu takes a mapping that it does not know, and that is no memory, for an error of its own. */
static int check_checkpoint(const struct runtime_call *call)
{
	struct table status = { 0 };
	const char *page;
	int ret;

	/* By its help podman sees whether a runtime can do it at all. */
	if (!call->command || strcmp(*call->command, "checkpoint") || call->asks)
		return EXIT_OK;
	ret = procfile_load_if_there("status", &status);
	if (ret < 0)
		return EXIT_OK;
	page = table_lookup(&status, "page");
	if (page && !strncmp(page, "offered", strlen("offered")))
		ret = nacc_fail(EXIT_USAGE,
				"criu cannot save the mapping [nacc] that protected programs have: load the module with page=0 ('page = no' in nacc.conf) before containers to be checkpointed start");
	table_free(&status);
	return ret;
}

static int serve(struct runtime_call *call)
{
	switch (call->kind) {
	case RUNTIME_STATE:
		return runtime_state(call);
	case RUNTIME_FEATURES:
		return runtime_features(call);
	case RUNTIME_START:
	case RUNTIME_EXEC:
		if (protect(call))
			return EXIT_RUNTIME;
		break;
	case RUNTIME_PASS:
		if (check_checkpoint(call))
			return EXIT_RUNTIME;
		break;
	}
	become(call);
	return EXIT_RUNTIME;
}

int main(int argc, char **argv)
{
	struct runtime_call call;
	char path[PATH_MAX];
	int ret;

	if (argc < 1)
		return EXIT_RUNTIME;
	standard_taken();
	nacc_fail_also(to_log);
	failing = &call;
	if (runtime_parse(argc, argv, &call) || runtime_behind(&call, path))
		return EXIT_RUNTIME;
	call.argv[0] = path;
	ret = serve(&call);
	if (fflush(stdout) || ferror(stdout))
		return nacc_fail(EXIT_RUNTIME, "the output cannot be written: %s: make room for it",
				 strerror(errno));
	return ret;
}
