// SPDX-License-Identifier: GPL-2.0
/*
 * nacc audit, without --learn
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calls.h"
#include "cmd.h"
#include "out.h"

/* Wall-clock time, to read and to sort by; the file has seconds since 1970 */
static void put_when(struct json_object *record, const char *cell)
{
	char date[32], text[48];
	unsigned int us = 0;
	long long seconds;
	struct tm tm;
	time_t when;

	if (sscanf(cell, "%lld.%6u", &seconds, &us) != 2)
		return;
	when = (time_t)seconds;
	if (!gmtime_r(&when, &tm) ||
	    !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm))
		return;
	snprintf(text, sizeof(text), "%s.%06uZ", date, us);
	out_add_str(record, "when", text);
}

/* Of a return to user mode: which register, by the name that programs know it by */
static const char *register_name(const char *insn)
{
	static const char *const names[] = {
		"pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1",
		"a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7",
		"s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};
	unsigned long nr = strtoul(insn, NULL, 0);

	return nr < ARRAY_SIZE(names) ? names[nr] : NULL;
}

static void put_call(struct json_object *record, const char *number)
{
	char text[CALL_TEXT];
	uint64_t nr;

	if (number_parse(number, &nr) && nr < NACC_CALLS)
		out_add_str(record, "syscall", call_text((unsigned int)nr, text));
}

static void put_turn(struct json_object *record, const struct table *audit, size_t row)
{
	const char *reason = table_cell(audit, row, "reason");

	if (!strcmp(reason, "context")) {
		out_add_str(record, "register",
			    register_name(table_cell(audit, row, "insn")));
		out_add_str(record, "expected", table_cell(audit, row, "old"));
	} else if (!strcmp(reason, "syscall")) {
		put_call(record, table_cell(audit, row, "new"));
	} else if (strcmp(reason, "thread")) {
		return;
	}
	out_add_str(record, "found", table_cell(audit, row, "new"));
}

static struct json_object *audit_object(const struct table *audit)
{
	struct json_object *obj = out_object(), *records = out_array();
	struct json_object *reasons = out_object(), *outcomes = out_object();
	const char *reason, *outcome;
	struct json_object *record;
	size_t i;

	for (i = 0; i < audit->nrows; i++) {
		record = out_row(audit, i);
		put_turn(record, audit, i);
		put_when(record, table_cell(audit, i, "when"));
		out_append(records, record);
		reason = table_cell(audit, i, "reason");
		out_add_str(reasons, reason, reason_meaning(reason));
		outcome = table_cell(audit, i, "outcome");
		if (*outcome)
			out_add_str(outcomes, outcome, outcome_meaning(outcome));
	}
	out_add(obj, "records", records);
	out_add(obj, "reasons", reasons);
	out_add(obj, "outcomes", outcomes);
	return obj;
}

static void print_meanings(struct json_object *meanings)
{
	if (json_object_object_length(meanings))
		putchar('\n');
	json_object_object_foreach(meanings, key, val)
		printf("%s: %s\n", key, json_object_get_string(val));
}

/* The columns have no room for it. */
static void print_turns(struct json_object *records)
{
	struct json_object *record, *reg, *call;
	size_t i;

	for (i = 0; i < json_object_array_length(records); i++) {
		record = json_object_array_get_idx(records, i);
		if (json_object_object_get_ex(record, "syscall", &call))
			printf("%s: at pc %s, system call %s is not in the list\n",
			       json_object_get_string(json_object_object_get(record, "seq")),
			       json_object_get_string(json_object_object_get(record, "pc")),
			       json_object_get_string(call));
		if (!json_object_object_get_ex(record, "register", &reg))
			continue;
		printf("%s: at pc %s, %s should have been %s and was %s\n",
		       json_object_get_string(json_object_object_get(record, "seq")),
		       json_object_get_string(json_object_object_get(record, "pc")),
		       json_object_get_string(reg),
		       json_object_get_string(json_object_object_get(record, "expected")),
		       json_object_get_string(json_object_object_get(record, "found")));
	}
}

static int print_audit(const struct args *args, struct json_object *obj)
{
	static const char *const cols[] = { "seq", "time", "hart", "reason",
					    "domain", "pc", "addr", "old",
					    "new", "root", "insn", "symbol",
					    "outcome", "load", "when", "pid",
					    "comm", "owner", "owner_comm",
					    "name", NULL };
	static const char *const more[] = { "register", "expected", "found", "syscall", NULL };
	struct json_object *records = json_object_object_get(obj, "records");
	int ret = out_table(args, records, cols, more);

	if (!ret && !out_bare(args)) {
		print_turns(records);
		print_meanings(json_object_object_get(obj, "reasons"));
		print_meanings(json_object_object_get(obj, "outcomes"));
	}
	json_object_put(obj);
	return ret;
}

static int run_audit(const struct args *args)
{
	struct table audit;
	int ret;

	if (args->learn)
		return audit_learn(args);
	if (args->format)
		return nacc_fail(EXIT_USAGE, "audit: --format needs --learn");
	ret = procfile_load("audit", &audit);
	if (!ret && args->json)
		out_json(stdout, audit_object(&audit));
	else if (!ret)
		ret = print_audit(args, audit_object(&audit));
	table_free(&audit);
	return ret;
}

const struct cmd cmd_audit = {
	.name = "audit",
	.usage = "[--learn [--format=writers.d]] [-o COLS] [--noheadings] [--json]",
	.brief = "show the stores to page tables that were refused, and why",
	.help =
	"Show the last stores to page tables that broke a rule, oldest first, and what\n"
	"each reason means. TIME is in ticks of the time CSR; SYMBOL is the kernel\n"
	"function that stored. OUTCOME says what came of it: faulted (refused), skipped\n"
	"(refused, and the container is ended), performed (the module was loaded with\n"
	"provenance=audit, which only records); what was no store: denied (an SBI call,\n"
	"or a system call), killed (a root, and the process that named it), restored or\n"
	"trapped (a return to user mode with other registers: the thread went on with\n"
	"its own, or got an illegal instruction). DOMAIN is what the firmware says of\n"
	"whose table it was, and no other domain ever gets that ID; the columns\n"
	"behind OUTCOME are what the kernel knew when it saw the record: WHEN by the\n"
	"clock, PID and COMM of the process that stored, OWNER a process of the domain,\n"
	"NAME its label. '-' is not known (any more). LOAD is 'earlier' for records from\n"
	"before the module was loaded: they are history.\n"
	"\n"
	"  --learn  print instead the code that wrote page tables although it is not\n"
	"           known to do so, how often, the most frequent first; collected while\n"
	"           provenance is 'audit' (insmod nacc.ko provenance=audit, which needs\n"
	"           a reset of the machine once anything has been marked)\n"
	"  --format=writers.d  of these the kernel's own functions, by name, one a line:\n"
	"           for a kernel that the module does not know ('nacc doctor' says so)\n"
	"           append them to /etc/nacc/writers.d/$(uname -r), reset the machine, and\n"
	"           load the module: it takes that file. When nothing new comes for long\n"
	"           enough under the work of this machine, append the line 'complete': from\n"
	"           then on what is not listed is refused\n"
	"  --json   print an object: \"records\", and \"reasons\" and \"outcomes\" with\n"
	"           their meaning; with --learn: \"writers\"\n"
	"\n"
	"Example:\n"
	"  # nacc audit\n"
	"  SEQ  TIME     HART  REASON      DOMAIN  PC                  ...\n"
	"  0    8123456  1     provenance  3       0xffffffff02002012  ...\n"
	"\n"
	"  provenance: the code that stored is not one of the kernel's page-table\n"
	"  writers: a stray or hostile store\n"
	"  # nacc audit --learn\n"
	"  PC                  COUNT  SYMBOL\n"
	"  0xffffffff80212a4e  412    ptep_modify_new+0x1e/0x40\n",
	.opts = OPT_JSON | OPT_LEARN | OPT_FORMAT | OPT_TABLE,
	.run = run_audit,
};
