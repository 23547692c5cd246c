// SPDX-License-Identifier: GPL-2.0
/*
 * nacc seal
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "out.h"
#include "seal.h"

#define SEAL	"ID|NAME|PID START-END"
#define TEXT	"--text ID|NAME|PID"
#define LIST	"--list [ID|NAME|PID] [-o COLS] [--noheadings] [--json]"

/* Return: what is behind it, or NULL. */
static char *parse_hex(const char *text, uint64_t *val)
{
	char *rest;

	/* Neither blanks nor a sign */
	if (!isxdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	*val = strtoull(text, &rest, 16);
	return errno ? NULL : rest;
}

static bool parse_range(const char *text, uint64_t *start, uint64_t *end)
{
	char *rest = parse_hex(text, start);

	if (!rest || *rest != '-')
		return false;
	rest = parse_hex(rest + 1, end);
	return rest && !*rest && *start < *end;
}

static int seal_one(const struct args *args, int fd, int pid, int pidfd)
{
	struct seal_sum sum = { .mappings = 1 };
	uint64_t start, end;
	int ret;

	if (args->text) {
		ret = seal_text(fd, pid, pidfd, &sum);
		if (ret)
			return ret;
	} else {
		parse_range(args->argv[1], &start, &end);
		ret = seal_range(fd, pidfd, start, end);
		if (ret)
			return dev_explain(NACC_IOC_SEAL, ret, (unsigned int)pid, 0);
		sum.bytes = end - start;
	}
	if (args->text)
		printf("process %d: %zu mappings sealed, %llu KiB\n", pid, sum.mappings,
		       (unsigned long long)sum.bytes / 1024);
	else
		printf("process %d: sealed, %llu KiB\n", pid,
		       (unsigned long long)sum.bytes / 1024);
	return EXIT_OK;
}

static int list_one(int fd, int pid, int pidfd, struct json_object *rows)
{
	struct nacc_seal_range ranges[NACC_SEAL_RANGES];
	uint32_t i, nr;
	int err = seal_list(fd, pidfd, ranges, &nr);

	for (i = 0; i < nr; i++) {
		struct json_object *row = out_object();

		out_add_u64(row, "pid", (uint64_t)pid);
		out_add_hex(row, "start", ranges[i].start);
		out_add_hex(row, "end", ranges[i].end);
		out_add_u64(row, "kib", (ranges[i].end - ranges[i].start) / 1024);
		out_append(rows, row);
	}
	return err ? dev_explain(NACC_IOC_SEAL, err, (unsigned int)pid, 0) : EXIT_OK;
}

/* With rows: to list; else to seal. */
static int do_pid(const struct args *args, int fd, int pid, struct json_object *rows)
{
	int pidfd, ret = dev_pidfd(pid, &pidfd);

	if (ret)
		return ret;
	ret = rows ? list_one(fd, pid, pidfd, rows) : seal_one(args, fd, pid, pidfd);
	close(pidfd);
	return ret;
}

/* A row of /proc/nacc/mms */
struct user {
	int pid;
	uint64_t root;
};

static int by_root(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	return x->root < y->root ? -1 : x->root > y->root;
}

/* Of a domain, or of all, in the order in which the firmware has them in a report */
static size_t users_of(const struct table *mms, uint64_t domain, bool all, struct user **users)
{
	struct user u;
	size_t i, nr = 0;

	*users = nacc_alloc(NULL, mms->nrows, sizeof(u));
	for (i = 0; i < mms->nrows; i++) {
		table_u64(mms, i, "root", &u.root);
		if ((all || table_is(mms, i, "domain", domain)) &&
		    table_pid(mms, i, &u.pid))
			(*users)[nr++] = u;
	}
	qsort(*users, nr, sizeof(u), by_root);
	return nr;
}

/* Each process of a domain, or of all; one at least. What has ended meanwhile is left out. */
static int do_domain(const struct args *args, int fd, uint64_t domain, bool all,
		     struct json_object *rows, bool *found)
{
	struct user *users = NULL;
	struct table mms;
	int ret = procfile_load("mms", &mms);
	size_t i, nr;

	*found = false;
	if (ret)
		return ret;
	nr = users_of(&mms, domain, all, &users);
	for (i = 0; !ret && i < nr; i++)
		ret = do_pid(args, fd, users[i].pid, rows);
	*found = nr;
	free(users);
	table_free(&mms);
	return ret;
}

static int do_target(const struct args *args, int fd, struct json_object *rows)
{
	const char *text = args->argv[0];
	uint32_t domain;
	bool found;
	int pid, ret = target_either(fd, text, &pid, &domain);

	if (ret || pid)
		return ret ? ret : do_pid(args, fd, pid, rows);
	ret = do_domain(args, fd, domain, false, rows, &found);
	return ret || found ? ret :
	       nacc_fail(EXIT_NOENT, "domain '%s' has no process: 'nacc ps' lists them", text);
}

static int list_seals(const struct args *args, int fd)
{
	static const char *const cols[] = { "pid", "start", "end", "kib", NULL };
	struct json_object *rows = out_array();
	bool found;
	int ret;

	ret = args->argv[0] ? do_target(args, fd, rows) :
			      do_domain(args, fd, 0, true, rows, &found);
	if (!ret && args->json)
		out_json(stdout, json_object_get(rows));
	else if (!ret)
		ret = out_table(args, rows, cols, NULL);
	json_object_put(rows);
	return ret;
}

static int run_seal(const struct args *args)
{
	uint64_t start, end;
	int fd, ret;

	if (args->text && args->list)
		return nacc_fail(EXIT_USAGE, "seal: give either --text or --list");
	if ((args->json || out_bare(args)) && !args->list)
		return nacc_fail(EXIT_USAGE, "seal: --json, -o and --noheadings go with --list");
	if ((args->text || args->list) && args->argc > 1)
		return nacc_fail(EXIT_USAGE, "seal: a range goes with neither --text nor --list");
	if (!args->list && !args->argc)
		return nacc_fail(EXIT_USAGE,
				 "seal: something is missing: give a process or domain");
	if (!args->text && !args->list &&
	    (args->argc < 2 || !parse_range(args->argv[1], &start, &end)))
		return nacc_fail(EXIT_USAGE,
				 "seal: give a range as /proc/PID/maps has it (5555000-5556000), or --text");
	ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = args->list ? list_seals(args, fd) : do_target(args, fd, NULL);
	close(fd);
	return ret;
}

const struct cmd cmd_seal = {
	.name = "seal",
	.usage = SEAL " | " TEXT " | " LIST,
	.brief = "have the firmware keep what a range of a process is mapped to",
	.help =
	"From now on nobody changes what the range is mapped to, or how: neither the\n"
	"program nor the kernel, whoever writes its memory. It lasts as long as the address\n"
	"space: children have the same, a new program has none. A domain with a seal cannot\n"
	"be unmarked.\n"
	"\n"
	"  ID, NAME   a domain: each process that it has now\n"
	"  PID        a marked process\n"
	"  START-END  one or more whole lines of /proc/PID/maps, private and not writable\n"
	"  --text     all such lines of its program and its libraries: text, constants, and\n"
	"             what the dynamic linker has made read-only (RELRO, with it the GOT)\n"
	"  --list     show what is sealed; of all without an operand\n"
	"  --json     print an array; for a domain in the order in which a report has it\n"
	"\n"
	"The pages become the process's own, and stay in memory. Debuggers and uprobes get\n"
	"an error there; 'nacc audit' has each attempt as 'sealed'. For a program from its\n"
	"start: 'nacc run --seal-text'.\n"
	"\n"
	"Example:\n"
	"  # nacc seal --text 175\n"
	"  process 175: 9 mappings sealed, 2088 KiB\n",
	.opts = OPT_JSON | OPT_SEAL | OPT_TABLE,
	.min = 0,
	.max = 2,
	.run = run_seal,
};
