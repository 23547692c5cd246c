// SPDX-License-Identifier: GPL-2.0
/*
 * The journal of systemd, by its native protocol: a datagram of lines KEY=value.
 *
 * That protocol is documented and stable (systemd.io/JOURNAL_NATIVE_PROTOCOL), and needs no
 * library where values have no newline: ours are escaped.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "journal.h"
#include "nacc.h"
#include "out.h"
#include "sys.h"

#define JOURNAL	"/run/systemd/journal/socket"

/* journalctl MESSAGE_ID=... */
static const struct {
	const char *event;
	const char *id;
	int priority;
} kinds[] = {
	{ "mark", "1f0a7c52d5b64b1f9d3c8a5e64b0c101", 6 },
	{ "join", "1f0a7c52d5b64b1f9d3c8a5e64b0c102", 6 },
	{ "leave", "1f0a7c52d5b64b1f9d3c8a5e64b0c103", 6 },
	{ "refuse", "1f0a7c52d5b64b1f9d3c8a5e64b0c104", 2 },
	{ "condemn", "1f0a7c52d5b64b1f9d3c8a5e64b0c105", 2 },
	{ "exhaust", "1f0a7c52d5b64b1f9d3c8a5e64b0c106", 4 },
	{ "kill", "1f0a7c52d5b64b1f9d3c8a5e64b0c107", 3 },
};

/* Members of an event, and the fields that they become */
static const struct {
	const char *key;
	const char *field;
} fields[] = {
	{ "event", "NACC_EVENT" }, { "domain", "NACC_DOMAIN" },
	{ "name", "NACC_DOMAIN_NAME" }, { "reason", "NACC_REASON" },
	{ "pid", "NACC_PID" }, { "comm", "NACC_COMM" }, { "seq", "NACC_SEQ" },
	{ "lost", "NACC_LOST" },
};

/**
 * journal_open - connect to the journal
 * @fd: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int journal_open(int *fd)
{
	*fd = sys_connect(JOURNAL);
	if (*fd >= 0)
		return EXIT_OK;
	return nacc_fail(errno == EACCES ? EXIT_PERM : EXIT_SYS,
			 "the journal cannot be reached (%s): %s: is this a system with systemd?",
			 JOURNAL, strerror(errno));
}

/* Escaped: no newline, so no field of somebody else's choice. */
static void put(FILE *out, const char *before, struct json_object *val, bool blanks)
{
	char *plain = out_cell(val, blanks);

	fprintf(out, "%s%s", before, plain);
	free(plain);
}

/* Without blanks in what others have named: they cannot say what is not so. */
static void write_message(FILE *out, struct json_object *event)
{
	static const char *const said[] = { "name", "domain", "pid", "comm", "reason" };
	struct json_object *val;
	char before[32];
	size_t i;

	put(out, "MESSAGE=", json_object_object_get(event, "event"), false);
	for (i = 0; i < ARRAY_SIZE(said); i++) {
		val = json_object_object_get(event, said[i]);
		snprintf(before, sizeof(before), " %s=", said[i]);
		if (val)
			put(out, before, val, false);
	}
	fputc('\n', out);
}

static void write_entry(FILE *out, struct json_object *event)
{
	const char *type = json_object_get_string(json_object_object_get(event, "event"));
	struct json_object *val;
	char before[32];
	size_t i;

	write_message(out, event);
	fputs("SYSLOG_IDENTIFIER=nacc\n", out);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].event, type))
			fprintf(out, "PRIORITY=%d\nMESSAGE_ID=%s\n", kinds[i].priority,
				kinds[i].id);
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		val = json_object_object_get(event, fields[i].key);
		snprintf(before, sizeof(before), "%s=", fields[i].field);
		if (!val)
			continue;
		put(out, before, val, true);
		fputc('\n', out);
	}
}

/**
 * journal_event - write an event to the journal
 * @fd: the journal
 * @event: an object, as "nacc monitor --json" prints it
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int journal_event(int fd, struct json_object *event)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = nacc_stream(&text, &len);
	int ret = EXIT_OK;

	write_entry(out, event);
	fclose(out);
	if (send(fd, text, len, MSG_NOSIGNAL) < 0)
		ret = nacc_fail(EXIT_SYS,
				"the journal does not take an event: %s: see journalctl -u systemd-journald",
				strerror(errno));
	free(text);
	return ret;
}
