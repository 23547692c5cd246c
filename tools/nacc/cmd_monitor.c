// SPDX-License-Identifier: GPL-2.0
/*
 * nacc monitor
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <nacc_sbi.h>

#include "cmd.h"
#include "dev.h"
#include "journal.h"
#include "out.h"

#define AT_ONCE	16

static const char *const types[] = {
	[NACC_EVENT_MARK] = "mark",
	[NACC_EVENT_JOIN] = "join",
	[NACC_EVENT_LEAVE] = "leave",
	[NACC_EVENT_REFUSE] = "refuse",
	[NACC_EVENT_CONDEMN] = "condemn",
	[NACC_EVENT_EXHAUST] = "exhaust",
	[NACC_EVENT_KILL] = "kill",
};

static_assert(ARRAY_SIZE(types) == NACC_EVENT_MAX, "every type has a name");

static const char *type_name(uint32_t type)
{
	return type < ARRAY_SIZE(types) ? types[type] : "unknown";
}

static void add_when(struct json_object *obj, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char date[32], text[48];
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm))
		return;
	snprintf(text, sizeof(text), "%s.%06uZ", date,
		 (unsigned int)(ns % 1000000000 / 1000));
	out_add_str(obj, "when", text);
}

static struct json_object *event_object(const struct nacc_event *e, uint64_t lost)
{
	struct json_object *obj = out_object();

	add_when(obj, e->time);
	out_add_str(obj, "event", type_name(e->type));
	out_add_u64(obj, "seq", e->seq);
	if (e->domain)
		out_add_u64(obj, "domain", e->domain);
	out_add_str(obj, "name", e->name[0] ? e->name : NULL);
	if (e->pid)
		out_add_u64(obj, "pid", (uint64_t)e->pid);
	out_add_str(obj, "comm", e->comm[0] ? e->comm : NULL);
	if (e->type == NACC_EVENT_REFUSE)
		out_add_str(obj, "reason", reason_name(e->reason));
	else if (e->type == NACC_EVENT_KILL)
		out_add_str(obj, "reason", strerror((int)e->reason));
	out_add_u64(obj, "lost", lost);
	return obj;
}

/* One line; a word for each thing that is known. */
static void print_line(struct json_object *obj)
{
	char *text;

	json_object_object_foreach(obj, key, val) {
		if (!val || (!strcmp(key, "lost") && !json_object_get_uint64(val)))
			continue;
		text = out_cell(val, false);
		if (!strcmp(key, "when") || !strcmp(key, "event"))
			printf("%s ", text);
		else
			printf("%s=%s ", key, text);
		free(text);
	}
	putchar('\n');
}

static int tell(const struct args *args, int journal, const struct nacc_event *e, uint64_t lost)
{
	struct json_object *obj = event_object(e, lost);
	int ret = EXIT_OK;

	if (args->journal) {
		ret = journal_event(journal, obj);
		json_object_put(obj);
	} else if (args->json) {
		out_json_line(stdout, obj);
		putchar('\n');
	} else {
		print_line(obj);
		json_object_put(obj);
	}
	return ret;
}

static int listen_to(const struct args *args, int fd, int journal)
{
	struct nacc_event events[AT_ONCE];
	uint64_t next = 0;
	ssize_t len;
	size_t i;
	int ret;

	while ((len = read(fd, events, sizeof(events))) > 0) {
		for (i = 0; i < (size_t)len / sizeof(*events); i++) {
			events[i].name[NACC_NAME_LEN - 1] = '\0';
			events[i].comm[NACC_COMM_LEN - 1] = '\0';
			ret = tell(args, journal, &events[i], next ? events[i].seq - next : 0);
			if (ret)
				return ret;
			next = events[i].seq + 1;
		}
		if (fflush(stdout))
			return EXIT_OK;
	}
	if (!len || errno == EINTR)
		return EXIT_OK;
	if (errno == EPERM)
		return nacc_fail(EXIT_PERM,
				 "not permitted to hear of events: run nacc as root, or as one of the group that the module was loaded with (monitor=GID)");
	return nacc_fail(errno == EINVAL ? EXIT_ABSENT : EXIT_SYS,
			 "the module gives no events: %s: load the nacc.ko of this release",
			 strerror(errno));
}

static int run_monitor(const struct args *args)
{
	int fd, ret, journal = -1;

	if (args->json && args->journal)
		return nacc_fail(EXIT_USAGE, "monitor: give either --json or --journal");
	ret = dev_open(&fd);
	if (ret)
		return ret;
	if (args->journal)
		ret = journal_open(&journal);
	if (!ret)
		ret = listen_to(args, fd, journal);
	if (journal >= 0)
		close(journal);
	close(fd);
	return ret;
}

const struct cmd cmd_monitor = {
	.name = "monitor",
	.usage = "[--json|--journal]",
	.brief = "print what happens, as it happens",
	.help =
	"Print events, one a line, until it is ended:\n"
	"\n"
	"  mark     a domain was made\n"
	"  join     a process joined one: by its cgroup, by 'nacc mark --domain'\n"
	"  leave    a domain has ended\n"
	"  refuse   the firmware has refused a store, or an SBI call: an attack, or a\n"
	"           defect; 'nacc audit' has all of it\n"
	"  condemn  a domain is being ended, with all that runs in it\n"
	"  exhaust  a domain has not got a page of the pool\n"
	"  kill     a process was killed, as it could not be protected\n"
	"\n"
	"LOST counts events before this one that were lost, as nacc was too slow.\n"
	"A refusal is in the kernel's log and in the audit log as well, whoever listens.\n"
	"\n"
	"  --json     print an object for each\n"
	"  --journal  write them to systemd's journal instead, with fields (NACC_DOMAIN,\n"
	"             NACC_REASON, ...): nacc-monitor.service does so\n"
	"\n"
	"Example:\n"
	"  # nacc monitor\n"
	"  2026-11-26T13:50:12.000123Z mark seq=0 domain=3 name=web pid=1234 comm=nacc\n",
	.opts = OPT_JSON | OPT_JOURNAL,
	.run = run_monitor,
};
