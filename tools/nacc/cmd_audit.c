// SPDX-License-Identifier: GPL-2.0
/*
 * nacc audit, without --learn
 */
#include <string.h>

#include "cmd.h"
#include "out.h"

#define SELFTEST	"nacc_selftest_store"

static struct json_object *audit_object(const struct table *audit)
{
	struct json_object *obj = out_object(), *records = out_array();
	struct json_object *reasons = out_object(), *outcomes = out_object();
	const char *reason, *outcome;
	size_t i;

	for (i = 0; i < audit->nrows; i++) {
		out_append(records, out_row(audit, i));
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

/* The module's own stores at load: refused, as they should be */
static bool is_selftest(struct json_object *record)
{
	struct json_object *val = json_object_object_get(record, "symbol");
	const char *symbol = val ? json_object_get_string(val) : "";
	const char *module = strchr(symbol, '[');

	return !strncmp(symbol, SELFTEST "+", strlen(SELFTEST "+")) &&
	       module && !strcmp(module, "[nacc]");
}

static size_t count_selftest(struct json_object *records)
{
	size_t i, n = 0;

	for (i = 0; i < json_object_array_length(records); i++)
		n += is_selftest(json_object_array_get_idx(records, i));
	return n;
}

static void print_meanings(struct json_object *meanings)
{
	if (json_object_object_length(meanings))
		putchar('\n');
	json_object_object_foreach(meanings, key, val)
		printf("%s: %s\n", key, json_object_get_string(val));
}

static void print_audit(struct json_object *obj)
{
	static const char *const cols[] = { "seq", "time", "hart", "reason",
					    "domain", "pc", "addr", "old",
					    "new", "root", "insn", "symbol",
					    "outcome", NULL };
	struct json_object *records = json_object_object_get(obj, "records");

	out_columns(stdout, records, cols);
	print_meanings(json_object_object_get(obj, "reasons"));
	print_meanings(json_object_object_get(obj, "outcomes"));
	if (count_selftest(records))
		printf("\n%s: %zu of these stores are the module's own self-test at load\n",
		       SELFTEST, count_selftest(records));
	json_object_put(obj);
}

static int run_audit(const struct args *args)
{
	struct table audit;
	int ret;

	if (args->learn)
		return audit_learn(args);
	ret = procfile_load("audit", &audit);
	if (!ret && args->json)
		out_json(stdout, audit_object(&audit));
	else if (!ret)
		print_audit(audit_object(&audit));
	table_free(&audit);
	return ret;
}

const struct cmd cmd_audit = {
	.name = "audit",
	.usage = "[--learn] [--json]",
	.brief = "show the stores to page tables that were refused, and why",
	.help =
	"Show the last stores to page tables that broke a rule, oldest first, and what\n"
	"each reason means. TIME is in ticks of the time CSR; SYMBOL is the kernel\n"
	"function that stored. OUTCOME says what came of it: faulted (refused), skipped\n"
	"(refused, and the container is ended), or performed (the module was loaded\n"
	"with provenance=audit, which only records).\n"
	"\n"
	"  --learn  print instead the code that wrote page tables although it is not\n"
	"           known to do so, how often, the most frequent first; collected while\n"
	"           provenance is 'audit' (insmod nacc.ko provenance=audit)\n"
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
	.opts = OPT_JSON | OPT_LEARN,
	.run = run_audit,
};
