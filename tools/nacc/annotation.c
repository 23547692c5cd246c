// SPDX-License-Identifier: GPL-2.0
/*
 * What a container's annotations ask for, for nacc hook and nacc-runtime.
 *
 * Whoever writes one wants something of it: what cannot be understood, or cannot be had,
 * keeps the container from starting.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <nacc_sbi.h>

#include "annotation.h"
#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "sys.h"

/* In whatever case: who wrote it otherwise has meant this one. */
#define PROTECT	"nacc.protect"
#define GATE	"nacc.gate"

static int nonsense(const char *key, const char *text, const char *may)
{
	return nacc_fail(EXIT_USAGE,
			 "the annotation %s is '%s', so the container does not start: it can be %s",
			 key, text, may);
}

static int read_protect(const char *key, const char *text, struct wish *wish)
{
	if (!strcmp(text, "true"))
		wish->yes = true;
	else if (!strcmp(text, "false"))
		wish->no = true;
	else if (!strcmp(text, "system"))
		wish->system = true;
	else
		return nonsense(key, text, "'true', 'false' or 'system'");
	return EXIT_OK;
}

static int read_gate(const char *key, const char *text, struct wish *wish)
{
	uint32_t mode;

	for (mode = NACC_GATE_OFF; mode <= NACC_GATE_ENFORCE; mode++) {
		if (strcmp(text, gate_mode_name(mode)))
			continue;
		/* Written twice in another case: the tighter one. */
		if (mode > wish->gate)
			wish->gate = mode;
		return EXIT_OK;
	}
	return nonsense(key, text, "'off', 'audit' or 'enforce'");
}

/**
 * wish_read - read annotations
 * @obj: a container's state, or its configuration
 * @wish: out: what it asks for is added
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int wish_read(struct json_object *obj, struct wish *wish)
{
	struct json_object *notes;
	const char *text;
	bool is_gate;
	int ret;

	if (!json_object_object_get_ex(obj, "annotations", &notes) ||
	    !json_object_is_type(notes, json_type_object))
		return EXIT_OK;
	json_object_object_foreach(notes, key, val) {
		is_gate = !strcasecmp(key, GATE);
		if (!is_gate && strcasecmp(key, PROTECT))
			continue;
		text = json_object_is_type(val, json_type_string) ?
		       json_object_get_string(val) : "no string";
		wish->noted = true;
		ret = is_gate ? read_gate(key, text, wish) : read_protect(key, text, wish);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

/**
 * wish_read_file - read the annotations of a container's configuration
 * @path: config.json of its bundle
 * @wish: out: what it asks for is added
 *
 * One that is not there asks for nothing: the runtime says so itself.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int wish_read_file(const char *path, struct wish *wish)
{
	struct json_object *config;
	int ret, fd = sys_open(path, O_RDONLY);

	if (fd < 0 && errno == ENOENT)
		return EXIT_OK;
	if (fd >= 0)
		close(fd);
	config = read_json(path);
	if (json_object_is_type(config, json_type_object))
		ret = wish_read(config, wish);
	else
		ret = nacc_fail(EXIT_USAGE,
				"%s cannot be read as JSON, nor what its annotations ask for, so the container does not start: check the file",
				path);
	json_object_put(config);
	return ret;
}

/**
 * wish_check - does it make sense?
 * @wish: what is asked for, by all that was read
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int wish_check(const struct wish *wish)
{
	if (!wish->gate || wish->yes || (!wish->no && !wish->system))
		return EXIT_OK;
	return nacc_fail(EXIT_USAGE,
			 "the annotations ask for nacc.gate=%s and nacc.protect=%s, so the container does not start: a gate is of a domain of its own (true)",
			 gate_mode_name(wish->gate), wish->system ? "system" : "false");
}

/**
 * wish_system - is a process protected with all others?
 * @fd: the device
 * @pid: the process
 *
 * Return: EXIT_OK: the system profile is on, and it is in a domain; or another exit status
 * after a message.
 */
int wish_system(int fd, int pid)
{
	struct nacc_protect ask = { .size = sizeof(ask), .what = NACC_PROTECT_ASK };
	int err = dev_call(fd, NACC_IOC_PROTECT, &ask);
	uint32_t domain = 0;

	if (!err && !ask.domain)
		return nacc_fail(EXIT_CHECK,
				 "the annotation nacc.protect is 'system', and the system profile is off, so the container does not start: 'nacc protect --system' first");
	if (err)
		return dev_explain(NACC_IOC_PROTECT, err, (unsigned int)ask.pid, 0);
	err = dev_domain(fd, pid, &domain);
	if (err)
		return dev_explain(NACC_IOC_VERIFY, err, (unsigned int)pid, 0);
	if (!domain)
		return nacc_fail(EXIT_CHECK,
				 "the annotation nacc.protect is 'system', and the program of process %d is excepted from that, so the container does not start",
				 pid);
	return EXIT_OK;
}

/**
 * wish_gate - see to it that the gate of a container's domain is what was asked for
 * @fd: the device
 * @domain: the domain
 * @own: it was made for this container just now
 * @gate: enum nacc_gate_mode, off if nothing was asked for
 *
 * Another's is not touched.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int wish_gate(int fd, uint32_t domain, bool own, uint32_t gate)
{
	struct nacc_gate ask = { .size = sizeof(ask), .domain = domain, .mode = NACC_GATE_ASK };
	const struct args none = { 0 };
	int err;

	if (!gate)
		return EXIT_OK;
	if (own)
		return gate_set(fd, domain, gate, &none);
	err = dev_call(fd, NACC_IOC_GATE, &ask);
	if (err)
		return dev_explain(NACC_IOC_GATE, err, domain, 0);
	if (ask.mode >= gate && !(ask.flags & NACC_GATE_PTRACE))
		return EXIT_OK;
	return nacc_fail(EXIT_CHECK,
			 "the annotation nacc.gate is '%s', and the container is in domain %u already, whose gate is %s%s: it does not start: 'nacc gate %u %s' first",
			 gate_mode_name(gate), domain, gate_mode_name(ask.mode),
			 ask.flags & NACC_GATE_PTRACE ? " with --ptrace" : "", domain,
			 gate_mode_name(gate));
}
