// SPDX-License-Identifier: GPL-2.0
/*
 * nacc verify
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "out.h"
#include "sys.h"

/* What became of one process; SKIPPED: it has no process, or no longer */
enum { AGREES, DIFFERS, SKIPPED, NR_RESULTS };

static const char *const results[] = { "ok", "MISMATCH", "skipped" };

static bool agrees(const struct nacc_verify *v)
{
	return v->tables_linux == v->tables_firmware && !v->outside_pool &&
	       !v->bad_frame && !v->bad_entry && !v->bad_vma;
}

static void add_problem(struct json_object *list, __u64 count,
			const char *what)
{
	char text[160];

	if (!count)
		return;
	snprintf(text, sizeof(text), "%llu %s", count, what);
	out_append_str(list, text);
}

static struct json_object *problems(const struct nacc_verify *v)
{
	struct json_object *list = out_array();
	char text[160];

	if (v->tables_linux != v->tables_firmware) {
		snprintf(text, sizeof(text),
			 "Linux reaches %llu tables, the firmware counts %llu",
			 v->tables_linux, v->tables_firmware);
		out_append_str(list, text);
	}
	add_problem(list, v->outside_pool,
		    "tables are outside the pool: nothing protects them");
	add_problem(list, v->bad_frame,
		    "tables are not where the firmware's records put them");
	add_problem(list, v->bad_entry,
		    "tables hold entries that the firmware refuses");
	add_problem(list, v->bad_vma,
		    "pages are mapped that no mapping of the process allows");
	if (v->first_bad_va || v->first_bad_value) {
		snprintf(text, sizeof(text),
			 "the first is at 0x%llx, entry 0x%llx",
			 v->first_bad_va, v->first_bad_value);
		out_append_str(list, text);
	}
	return list;
}

static struct json_object *result_object(int pid, const struct nacc_verify *v,
					 int result)
{
	struct json_object *obj = out_object();

	out_add(obj, "pid", NULL);
	if (pid)
		out_add_u64(obj, "pid", (uint64_t)pid);
	out_add_u64(obj, "domain", v->domain);
	out_add_str(obj, "result", results[result]);
	if (result == SKIPPED)
		return obj;
	out_add_u64(obj, "tables", v->tables_linux);
	out_add_u64(obj, "firmware", v->tables_firmware);
	out_add_u64(obj, "unlinked", v->unlinked);
	out_add_u64(obj, "leaves", v->leaves);
	out_add_u64(obj, "outside_pool", v->outside_pool);
	out_add_u64(obj, "bad_frame", v->bad_frame);
	out_add_u64(obj, "bad_entry", v->bad_entry);
	out_add_u64(obj, "bad_vma", v->bad_vma);
	if (result == DIFFERS) {
		out_add_hex(obj, "first_bad_va", v->first_bad_va);
		out_add_hex(obj, "first_bad_value", v->first_bad_value);
		out_add(obj, "problems", problems(v));
	}
	return obj;
}

static void print_problems(struct json_object *results_list)
{
	struct json_object *obj, *list;
	const char *pid;
	size_t i, j;

	for (i = 0; i < json_object_array_length(results_list); i++) {
		obj = json_object_array_get_idx(results_list, i);
		list = json_object_object_get(obj, "problems");
		pid = json_object_get_string(json_object_object_get(obj, "pid"));
		for (j = 0; list && j < json_object_array_length(list); j++)
			printf("process %s: %s\n", pid,
			       json_object_get_string(json_object_array_get_idx(list, j)));
	}
}

/* As dev_pidfd(), but a process that is gone is no error and gives -1 */
static int gone_or_pidfd(int pid, int *fd)
{
	*fd = sys_pidfd_open(pid);
	if (*fd >= 0 || errno == ESRCH)
		return EXIT_OK;
	return dev_pidfd(pid, fd);
}

/* With @lenient, a process that is gone is skipped instead of an error */
static int verify_one(int fd, int pid, bool lenient, struct nacc_verify *v,
		      int *result)
{
	int ret, err;

	*result = SKIPPED;
	*v = (struct nacc_verify){ .size = sizeof(*v) };
	ret = lenient ? gone_or_pidfd(pid, &v->pidfd) :
			dev_pidfd(pid, &v->pidfd);
	if (ret || v->pidfd < 0)
		return ret;
	err = dev_call(fd, NACC_IOC_VERIFY, v);
	close(v->pidfd);
	if (lenient && (err == ESRCH || err == ENOENT))
		return EXIT_OK;
	if (err)
		return dev_explain(NACC_IOC_VERIFY, err, (unsigned int)pid, 0);
	*result = agrees(v) ? AGREES : DIFFERS;
	return EXIT_OK;
}

/**
 * struct report - results so far
 * @list: array of objects
 * @count: processes by result
 */
struct report {
	struct json_object *list;
	unsigned int count[NR_RESULTS];
};

static int print_report(const struct args *args, struct report *r)
{
	static const char *const cols[] = { "pid", "domain", "tables",
					    "firmware", "unlinked", "leaves",
					    "result", NULL };
	struct json_object *obj;
	int ret;

	if (args->json) {
		obj = out_object();
		out_add_bool(obj, "ok", !r->count[DIFFERS]);
		out_add(obj, "results", r->list);
		out_json(stdout, obj);
		return r->count[DIFFERS] ? EXIT_CHECK : EXIT_OK;
	}
	ret = out_table(args, r->list, cols, NULL);
	if (!ret && !out_bare(args))
		print_problems(r->list);
	json_object_put(r->list);
	if (ret || out_bare(args))
		return ret ? ret : r->count[DIFFERS] ? EXIT_CHECK : EXIT_OK;
	if (r->count[DIFFERS]) {
		printf("nacc verify: MISMATCH: %u of %u checked\n",
		       r->count[DIFFERS], r->count[DIFFERS] + r->count[AGREES]);
		return EXIT_CHECK;
	}
	printf("nacc verify: ok: %u checked, %u skipped\n",
	       r->count[AGREES], r->count[SKIPPED]);
	return EXIT_OK;
}

/* @many: of several, one that has ended meanwhile is left out. */
static int verify_add(struct report *r, int fd, int pid, bool many)
{
	struct nacc_verify v;
	int ret, result;

	ret = verify_one(fd, pid, many, &v, &result);
	if (ret)
		return ret;
	r->count[result]++;
	out_append(r->list, result_object(pid, &v, result));
	return EXIT_OK;
}

static bool is_bad(const struct table *roots, size_t i)
{
	const char *state = table_cell(roots, i, "state");

	return !strcmp(state, "forged") || !strcmp(state, "foreign") ||
	       !strcmp(state, "unmarked");
}

static void add_root(struct report *r, const struct table *roots, size_t i)
{
	const char *who = table_cell(roots, i, "who");
	struct json_object *obj = out_object(), *list = out_array();
	uint64_t nr, domain;
	char why[96];

	table_u64(roots, i, "number", &nr);
	table_u64(roots, i, "domain", &domain);
	snprintf(why, sizeof(why), "%s %llu: a %.16s root", who, (unsigned long long)nr,
		 table_cell(roots, i, "state"));
	out_add(obj, "pid", NULL);
	if (!strcmp(who, "process"))
		out_add_u64(obj, "pid", nr);
	out_add_u64(obj, "domain", domain);
	out_add_str(obj, "result", results[DIFFERS]);
	out_append_str(list, why);
	out_add(obj, "problems", list);
	out_append(r->list, obj);
	r->count[DIFFERS]++;
}

/*
 * Is it the root of a process of this domain? With a root that is not its own the list names
 * the domain of that root: a process is in the domain as well if the list of all has it there.
 */
static bool is_of(const struct table *roots, size_t i, const struct table *mms, uint32_t domain)
{
	uint64_t pid;
	size_t j;

	if (strcmp(table_cell(roots, i, "who"), "process"))
		return false;
	if (table_is(roots, i, "domain", domain))
		return true;
	table_u64(roots, i, "number", &pid);
	for (j = 0; j < mms->nrows; j++)
		if (table_is(mms, j, "domain", domain) && table_is(mms, j, "pid", pid))
			return true;
	return false;
}

/*
 * Roots that no hart should have, and no process name: of all of them, marked or not, or of
 * the processes of a domain
 */
static int verify_roots(struct report *r, const struct table *mms, uint32_t wanted)
{
	struct table roots;
	size_t i;
	int ret = procfile_load("roots", &roots);

	for (i = 0; !ret && i < roots.nrows; i++)
		if (is_bad(&roots, i) && (!wanted || is_of(&roots, i, mms, wanted)))
			add_root(r, &roots, i);
	table_free(&roots);
	return ret;
}

/* @wanted: a domain; 0: all */
static int verify_all(struct report *r, int fd, uint32_t wanted)
{
	struct nacc_verify none = { 0 };
	struct table mms;
	uint32_t domain;
	size_t i;
	int ret, pid;

	ret = procfile_load("mms", &mms);
	for (i = 0; !ret && i < mms.nrows; i++) {
		table_u32(&mms, i, "domain", &domain);
		if (wanted && domain != wanted)
			continue;
		if (table_pid(&mms, i, &pid)) {
			ret = verify_add(r, fd, pid, true);
			continue;
		}
		none.domain = domain;
		r->count[SKIPPED]++;
		out_append(r->list, result_object(0, &none, SKIPPED));
	}
	if (!ret)
		ret = verify_roots(r, &mms, wanted);
	table_free(&mms);
	return ret;
}

static int run_verify(const struct args *args)
{
	struct report r = { 0 };
	int ret, fd, pid = 0;
	uint32_t domain = 0;

	if (args->all != !args->argc)
		return nacc_fail(EXIT_USAGE,
				 "verify: give either a PID or --all: usage: nacc verify PID|NAME|--all");
	ret = args->all ? EXIT_OK : target_processes(args->argv[0], &pid, &domain);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	r.list = out_array();
	ret = pid ? verify_add(&r, fd, pid, false) : verify_all(&r, fd, domain);
	close(fd);
	if (!ret)
		return print_report(args, &r);
	json_object_put(r.list);
	return ret;
}

const struct cmd cmd_verify = {
	.name = "verify",
	.usage = "PID|NAME|--all [-o COLS] [--noheadings] [--json]",
	.brief = "compare the page tables with the firmware's records and the mappings",
	.help =
	"Walk the page tables of marked processes and compare them with the firmware's\n"
	"records and with the mappings that Linux knows. Exits 1 if they differ.\n"
	"\n"
	"  PID     process ID of a marked process\n"
	"  NAME    all processes of that domain, and the roots that they name\n"
	"  --all   every marked address space (one without a process is skipped), the root\n"
	"          of each hart, and the roots that all other processes name\n"
	"  --json  print an object\n"
	"\n"
	"Example:\n"
	"  # nacc verify 1234\n"
	"  PID   DOMAIN  TABLES  FIRMWARE  UNLINKED  LEAVES  RESULT\n"
	"  1234  3       41      41        0         2525    ok\n"
	"  nacc verify: ok: 1 checked, 0 skipped\n",
	.opts = OPT_JSON | OPT_ALL | OPT_TABLE,
	.max = 1,
	.run = run_verify,
};
