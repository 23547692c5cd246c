// SPDX-License-Identifier: GPL-2.0
/*
 * nacc doctor
 */
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "doctor.h"
#include "out.h"

static const char *member(struct json_object *array, size_t i, const char *key)
{
	struct json_object *obj = json_object_array_get_idx(array, i);

	return json_object_get_string(json_object_object_get(obj, key));
}

static void print_state(const char *state)
{
	static const char *const colours[][2] = {
		{ "ok", "green" }, { "closed", "green" }, { "warn", "yellow" },
		{ "open", "yellow" }, { "FAIL", "red" },
	};
	const char *colour = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(colours); i++)
		if (!strcmp(state, colours[i][0]))
			colour = colours[i][1];
	out_word(state, 6, colour);
}

static void print_text(const struct doctor *d)
{
	char *text;
	size_t i;

	for (i = 0; i < json_object_array_length(d->checks); i++) {
		text = out_escape(member(d->checks, i, "text"), true);
		print_state(member(d->checks, i, "state"));
		printf("  %-10s  %s\n", member(d->checks, i, "name"), text);
		free(text);
	}
	if (json_object_array_length(d->bypasses))
		printf("\nKnown bypasses here (%s):\n",
		       "'closed' rests on the self-test and the shim's rules");
	for (i = 0; i < json_object_array_length(d->bypasses); i++) {
		print_state(member(d->bypasses, i, "state"));
		printf("  %s: %s\n", member(d->bypasses, i, "name"),
		       member(d->bypasses, i, "why"));
	}
	putchar('\n');
	if (d->failed)
		printf("nacc doctor: NOT protected: %s\n", d->failed);
	else if (d->warning)
		printf("nacc doctor: ok, with a warning: %s\n", d->warning);
	else
		printf("nacc doctor: ok: page tables of marked processes are protected\n");
}

static int report(const struct args *args, struct doctor *d)
{
	struct json_object *obj;

	if (!args->json) {
		print_text(d);
		json_object_put(d->checks);
		json_object_put(d->bypasses);
		return d->failed ? EXIT_CHECK : EXIT_OK;
	}
	obj = out_object();
	out_add_bool(obj, "ok", !d->failed);
	out_add_str(obj, "reason", d->failed);
	out_add_str(obj, "warning", d->warning);
	out_add(obj, "checks", d->checks);
	out_add(obj, "bypasses", d->bypasses);
	out_json(stdout, obj);
	return d->failed ? EXIT_CHECK : EXIT_OK;
}

/**
 * doctor_look - ask the module what it knows
 * @d: result, its information and status
 * @what: result: what is wrong, if it does not answer
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int doctor_look(struct doctor *d, const char **what)
{
	int ret, fd;

	*what = switched_off() ? "switched off by nacc.enable=0 on the kernel's command line" :
		signed_only() ? "the module is not loaded, and this kernel takes only signed ones" :
		"the module is not loaded";
	ret = dev_open(&fd);
	if (ret)
		return ret;
	*what = "the loaded module or the firmware does not answer nacc's calls";
	ret = dev_info(fd, &d->info);
	close(fd);
	if (ret)
		return ret;
	*what = "the module is loaded, but /proc/nacc is not there";
	return procfile_load("status", &d->status);
}

static int run_doctor(const struct args *args)
{
	struct doctor d = { 0 };
	const char *what;
	int ret = doctor_look(&d, &what);

	if (ret && ret != EXIT_ABSENT)
		goto out;
	d.checks = out_array();
	d.bypasses = out_array();
	if (ret) {
		doctor_absent(&d, what);
	} else {
		doctor_check(&d);
		doctor_bypasses(&d);
	}
	ret = report(args, &d);
out:
	table_free(&d.status);
	return ret;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.usage = "[--json]",
	.brief = "say what is protected on this machine, and what is not",
	.help =
	"Check that module and shim are there and fit each other, that every hart\n"
	"refuses stores to the pool, and say of each known bypass whether it is closed\n"
	"here, open, or not applicable (n/a), and why. The last line is the verdict.\n"
	"Exits 0 if page tables are protected here, 1 if a check failed.\n"
	"\n"
	"Protected means: a stray write to kernel memory or the use of a freed page\n"
	"cannot change an entry of a page table of a marked process. Who can do more\n"
	"than that finds what the open lines name.\n"
	"\n"
	"A line that says 'warn' is a choice made when the module was loaded that leaves\n"
	"less than that: with provenance=audit or off a stray write is performed if its\n"
	"value is well-formed. The verdict then says so; the exit status stays 0.\n"
	"\n"
	"  --json  print an object\n"
	"\n"
	"Example:\n"
	"  # nacc doctor\n"
	"  ok      self-test   2 of 2 harts refused a store to the pool; ...\n"
	"  closed  stray kernel writes to page tables: stores trap, ...\n"
	"  open    DMA into the pool: PMP does not bind devices ...\n"
	"  nacc doctor: ok: page tables of marked processes are protected\n",
	.opts = OPT_JSON,
	.run = run_doctor,
};
