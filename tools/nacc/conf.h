/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc.conf: what is protected on this machine, and how, from its start on.
 */
#ifndef NACC_CONF_H
#define NACC_CONF_H

#include <stddef.h>
#include <stdint.h>

#define CONF_PATH	"/etc/nacc/nacc.conf"

/**
 * struct conf_value - what follows a key
 * @text: the value, or NULL: the key is not there
 * @line: where it stands
 */
struct conf_value {
	char *text;
	unsigned int line;
};

/**
 * struct conf_domain - a section
 * @name: label of the domain
 * @cgroup: its cgroup
 * @quota: most frames
 * @gate: mode of its gate
 * @forbid: what nobody may do to it
 */
struct conf_domain {
	struct conf_value name;
	struct conf_value cgroup;
	struct conf_value quota;
	struct conf_value gate;
	struct conf_value forbid;
};

/* Keys that are parameters of the module, by the same names */
enum conf_param {
	CONF_STRICT, CONF_PROVENANCE, CONF_REFUSAL, CONF_HOOK, CONF_SELF,
	CONF_MONITOR, CONF_PAGE, NR_CONF_PARAMS,
};

/**
 * struct conf - a file
 * @path: of it
 * @text: its text; all values point into it
 * @params: of the module
 * @lock: yes: lock the set-up
 * @system: yes: every process is marked
 * @except: programs that are not, with commas
 * @gate: mode of the gate of the domain that holds every process
 * @engines: container engines that are told of nacc-runtime
 * @domains: sections
 * @nr_domains: their number
 * @nr_set: number of keys that are set
 */
struct conf {
	const char *path;
	char *text;
	struct conf_value params[NR_CONF_PARAMS];
	struct conf_value lock;
	struct conf_value system;
	struct conf_value except;
	struct conf_value gate;
	struct conf_value engines;
	struct conf_domain *domains;
	size_t nr_domains;
	unsigned int nr_set;
};

int conf_read(const char *path, struct conf *conf);
void conf_free(struct conf *conf);
int conf_fail(const struct conf *conf, const struct conf_value *at, int code,
	      const char *fmt, ...) __attribute__((__format__(printf, 4, 5)));
void conf_at(const struct conf *conf, const struct conf_value *at);

/* conf_check.c */
int conf_check(struct conf *conf);
const char *conf_param_name(enum conf_param which);
int conf_param_text(const struct conf *conf, enum conf_param which, char *text,
		    size_t size);
bool conf_yes(const struct conf_value *value);
int conf_gate(const struct conf *conf, const struct conf_value *value, uint32_t *mode);

/**
 * struct conf_list - a list as it is gone through
 * @text: a copy of it
 * @rest: what is left of that
 */
struct conf_list {
	char *text;
	char *rest;
};

void conf_list_begin(struct conf_list *list, const struct conf_value *value);
const char *conf_list_next(struct conf_list *list);
void conf_list_end(struct conf_list *list);

struct setup;

/**
 * struct conf_engine - an engine that can be told of nacc-runtime
 * @name: of it
 * @change: tells it
 */
struct conf_engine {
	const char *name;
	int (*change)(const struct setup *setup);
};

const struct conf_engine *conf_engine(const char *name);

struct nacc_protect;

int conf_programs_open(const struct conf *conf, struct nacc_protect *p);
int conf_programs_same(const struct conf *conf, unsigned int nr);

/* conf_apply.c, conf_module.c */
int conf_module(const struct conf *conf);
int conf_apply(const struct conf *conf);

/* quota.c, cmd_lock.c */
struct nacc_quota;

int quota_parse(const char *text, uint64_t *frames);
int quota_call(int fd, struct nacc_quota *quota);
int lock_call(int fd);

#endif /* NACC_CONF_H */
