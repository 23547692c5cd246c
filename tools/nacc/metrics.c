// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics: what /proc/nacc says, by names that stay.
 *
 * Names and labels are listed in docs/metrics.md, and are never given another meaning.
 * What releases add is a new name, or a new value of the label that says which counter.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "doctor.h"
#include "metrics.h"
#include "out.h"

/**
 * struct writer - where to and how
 * @out: stream
 * @form: enum metrics_form
 * @family: name of the family whose samples follow, its suffix included
 */
struct writer {
	FILE *out;
	enum metrics_form form;
	const char *family;
};

/* Begin a family; a counter's samples end in _total, and so does its name in the older form. */
static void family(struct writer *w, const char *name, const char *type, const char *unit,
		   const char *help)
{
	const char *suffix = strcmp(type, "counter") || w->form == METRICS_OPEN ? "" : "_total";

	w->family = name;
	fprintf(w->out, "# TYPE %s%s %s\n", name, suffix, type);
	if (unit && w->form == METRICS_OPEN)
		fprintf(w->out, "# UNIT %s %s\n", name, unit);
	fprintf(w->out, "# HELP %s%s %s\n", name, suffix, help);
}

/*
 * The value of a label, UTF-8 in every locale. What is none, or would be obeyed where somebody
 * looks at it on a terminal, becomes \ooo, in octal, of which the backslash is one of the text.
 */
static void label(struct writer *w, const char *sep, const char *key, const char *text)
{
	size_t len;

	fprintf(w->out, "%s%s=\"", sep, key);
	for (; *text; text += len ?: 1) {
		len = utf8_plain(text);
		if (*text == '\n')
			fputs("\\n", w->out);
		else if (*text == '"' || *text == '\\')
			fprintf(w->out, "\\%c", *text);
		else if (len)
			fwrite(text, len, 1, w->out);
		else
			fprintf(w->out, "\\\\%03o", (unsigned char)*text);
	}
	fputc('"', w->out);
}

static void value(struct writer *w, uint64_t number)
{
	fprintf(w->out, " %" PRIu64 "\n", number);
}

/* A sample with up to two labels */
static void sample(struct writer *w, const char *suffix, const char *key, const char *text,
		   const char *key2, const char *text2, uint64_t number)
{
	fprintf(w->out, "%s%s", w->family, suffix);
	if (key) {
		label(w, "{", key, text);
		if (key2)
			label(w, ",", key2, text2);
		fputc('}', w->out);
	}
	value(w, number);
}

static void single(struct writer *w, const char *name, const char *help, uint64_t number)
{
	family(w, name, "gauge", NULL, help);
	sample(w, "", NULL, NULL, NULL, NULL, number);
}

/* One sample for each row of stats whose name begins with @prefix, the rest in a label */
static void counters(struct writer *w, const struct table *stats, const char *prefix,
		     const char *suffix, const char *key)
{
	const size_t len = strlen(prefix);
	const char *name;
	uint64_t number;
	size_t i;

	for (i = 0; i < stats->nrows; i++) {
		name = table_cell(stats, i, "name");
		if (!strncmp(name, prefix, len) && strcmp(name, "refused_none") &&
		    table_u64(stats, i, "value", &number))
			sample(w, suffix, key, name + len, NULL, NULL, number);
	}
}

static uint64_t stat_of(const struct table *stats, const char *name)
{
	uint64_t number = 0;

	table_lookup_u64(stats, name, &number);
	return number;
}

/* Counters of the firmware: what is no state, and is not of another family */
static void shim_counters(struct writer *w, const struct table *stats)
{
	static const char *const others[] = { "frames_", "refused_", "mod_" };
	static const char *const states[] = { "undrained", "unlinked", "audit_next" };
	const char *name;
	uint64_t number;
	size_t i, k;
	bool mine;

	family(w, "nacc_firmware_events", "counter", NULL,
	       "What the firmware has counted since the machine was reset.");
	for (i = 0; i < stats->nrows; i++) {
		name = table_cell(stats, i, "name");
		mine = table_u64(stats, i, "value", &number);
		for (k = 0; k < ARRAY_SIZE(others); k++)
			mine = mine && strncmp(name, others[k], strlen(others[k]));
		for (k = 0; k < ARRAY_SIZE(states); k++)
			mine = mine && strcmp(name, states[k]);
		if (mine)
			sample(w, "_total", "event", name, NULL, NULL, number);
	}
	family(w, "nacc_audit_records", "counter", NULL,
	       "Records that the firmware's audit ring has got since the machine was reset.");
	sample(w, "_total", NULL, NULL, NULL, NULL, stat_of(stats, "audit_next"));
	single(w, "nacc_adoptions_waiting", "Adopted tables that the module has not fetched yet.",
	       stat_of(stats, "undrained"));
	single(w, "nacc_unlinked_tables", "Tables that are linked nowhere now.",
	       stat_of(stats, "unlinked"));
}

static void statistics(struct writer *w, const struct table *stats, uint64_t frames)
{
	family(w, "nacc_refusals", "counter", NULL,
	       "Stores and calls that the firmware has refused since the machine was reset.");
	counters(w, stats, "refused_", "_total", "reason");
	shim_counters(w, stats);
	family(w, "nacc_module_events", "counter", NULL,
	       "What the module has counted since it was loaded.");
	counters(w, stats, "mod_", "_total", "event");
	family(w, "nacc_pool_frames", "gauge", NULL,
	       "Frames of the pool, of 4 KiB, by what they are.");
	counters(w, stats, "frames_", "", "state");
	family(w, "nacc_pool_size_bytes", "gauge", "bytes", "Memory that is set aside for tables.");
	sample(w, "", NULL, NULL, NULL, NULL, frames * FRAME_SIZE);
}

static uint64_t in_state(const struct table *domains, const char *state)
{
	uint64_t nr = 0;
	size_t i;

	for (i = 0; i < domains->nrows; i++)
		nr += !strcmp(table_cell(domains, i, "state"), state);
	return nr;
}

static void per_domain(struct writer *w, const struct table *domains, const char *column)
{
	uint64_t number;
	size_t i;

	for (i = 0; i < domains->nrows; i++)
		if (table_u64(domains, i, column, &number))
			sample(w, "", "domain", table_cell(domains, i, "id"), "name",
			       table_cell(domains, i, "name"), number);
}

static void all_domains(struct writer *w, const struct table *domains)
{
	static const char *const states[] = { "live", "leaving", "condemned" };
	size_t i;

	family(w, "nacc_domains", "gauge", NULL, "Marked containers, by state.");
	for (i = 0; i < ARRAY_SIZE(states); i++)
		sample(w, "", "state", states[i], NULL, NULL, in_state(domains, states[i]));
	family(w, "nacc_domain_frames", "gauge", NULL, "Frames of the pool that a domain owns.");
	per_domain(w, domains, "tables");
	family(w, "nacc_domain_address_spaces", "gauge", NULL, "Address spaces of a domain.");
	per_domain(w, domains, "mms");
}

/* Of a hook there may be more than one function. */
static void hook_sample(struct writer *w, const char *suffix, const struct table *hooks,
			size_t row, const char *outcome, uint64_t number)
{
	fprintf(w->out, "%s%s", w->family, suffix);
	label(w, "{", "hook", table_cell(hooks, row, "name"));
	label(w, ",", "symbol", table_cell(hooks, row, "symbol"));
	if (outcome)
		label(w, ",", "outcome", outcome);
	fputc('}', w->out);
	value(w, number);
}

static void all_hooks(struct writer *w, const struct table *hooks)
{
	static const char *const outcomes[] = { "hits", "routed", "missed", "fallback", "lost" };
	uint64_t number;
	size_t i, k;

	family(w, "nacc_hook_calls", "counter", NULL,
	       "Calls of hooked functions since the module was loaded, by what came of them.");
	for (i = 0; i < hooks->nrows; i++)
		for (k = 0; k < ARRAY_SIZE(outcomes); k++)
			if (table_u64(hooks, i, outcomes[k], &number))
				hook_sample(w, "_total", hooks, i, outcomes[k], number);
	family(w, "nacc_hook_dead", "gauge", NULL,
	       "1: the function is hooked, and was seen not to be replaced.");
	for (i = 0; i < hooks->nrows; i++)
		hook_sample(w, "", hooks, i, NULL,
			    !strcmp(table_cell(hooks, i, "state"), "dead"));
}

/* What it is that runs here, and whether the doctor is content */
static void describe_machine(struct writer *w, const struct doctor *d)
{
	static const char *const keys[] = {
		"module", "uapi", "sbi", "mode", "provenance", "refusal", "strict",
	};
	const char *text, *sep = "{", *system = table_lookup(&d->status, "system");
	size_t i;

	single(w, "nacc_protected",
	       "1: 'nacc doctor' is content, page tables of what is marked are protected.",
	       !d->failed);
	single(w, "nacc_protected_with_warning", "1: with a warning of 'nacc doctor'.",
	       !d->failed && d->warning);
	family(w, "nacc_build_info", "gauge", NULL, "Versions and settings, as labels; always 1.");
	fputs(w->family, w->out);
	for (i = 0; i < ARRAY_SIZE(keys); i++, sep = ",") {
		text = table_lookup(&d->status, keys[i]);
		label(w, sep, keys[i], text ? text : "");
	}
	fputc('}', w->out);
	value(w, 1);
	single(w, "nacc_setup_locked",
	       "1: what the firmware was told stays until the machine is reset.", d->locked);
	single(w, "nacc_system_profile", "1: every process is marked.",
	       system && strncmp(system, "off", 3));
	family(w, "nacc_harts", "gauge", NULL,
	       "Harts that Linux runs on, and those of them that were seen to refuse a store to the pool.");
	sample(w, "", "state", "online", NULL, NULL, d->info.harts_online);
	sample(w, "", "state", "tested", NULL, NULL, d->info.harts);
}

/**
 * struct sources - what there is to be measured
 * @d: what the doctor looks at
 * @stats: /proc/nacc/stats
 * @domains: /proc/nacc/domains
 * @hooks: /proc/nacc/hooks
 */
struct sources {
	struct doctor d;
	struct table stats;
	struct table domains;
	struct table hooks;
};

static int look(struct sources *s)
{
	const char *what;
	int ret = doctor_look(&s->d, &what);

	if (!ret)
		ret = procfile_load("stats", &s->stats);
	if (!ret)
		ret = procfile_load("domains", &s->domains);
	if (!ret)
		ret = procfile_load("hooks", &s->hooks);
	return ret;
}

static void write_all(struct writer *w, struct sources *s)
{
	uint64_t frames = 0;

	s->d.checks = out_array();
	doctor_check(&s->d);
	json_object_put(s->d.checks);
	table_lookup_u64(&s->d.status, "frames", &frames);
	describe_machine(w, &s->d);
	statistics(w, &s->stats, frames);
	all_domains(w, &s->domains);
	all_hooks(w, &s->hooks);
}

/* Absent is what is to be measured, not an error; anything else is one. */
static bool is_absent(void)
{
	FILE *file = procfile_try("/proc/nacc/status");

	if (file)
		fclose(file);
	return !file && (errno == ENOENT || errno == ENOTDIR);
}

/**
 * metrics_write - write all that there is
 * @out: where to
 * @form: how
 *
 * Without the module, or where it or the firmware does not answer, that is all there is.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int metrics_write(FILE *out, enum metrics_form form)
{
	struct writer w = { .out = out, .form = form };
	struct sources s = { 0 };
	int ret = is_absent() ? EXIT_ABSENT : look(&s);

	single(&w, "nacc_up", "1: the module is loaded and answers.", !ret);
	if (!ret)
		write_all(&w, &s);
	if (form == METRICS_OPEN)
		fputs("# EOF\n", out);
	table_free(&s.d.status);
	table_free(&s.hooks);
	table_free(&s.domains);
	table_free(&s.stats);
	return ret == EXIT_ABSENT ? EXIT_OK : ret;
}
