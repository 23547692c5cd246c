// SPDX-License-Identifier: GPL-2.0
/*
 * nacc.conf: what the module and the engines are told, once it is loaded.
 *
 * Done again, it does what is not so yet. What a file does not name stays as it is:
 * nothing that is protected is let go.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "cmd.h"
#include "conf.h"
#include "dev.h"
#include "setup.h"
#include "sys.h"

static int lock(int fd)
{
	int ret = lock_call(fd);

	if (!ret)
		printf("set-up: locked until the machine is reset\n");
	return ret;
}

static int gate(int fd, const struct conf *conf, const struct conf_value *value, uint32_t domain)
{
	const struct args none = { 0 };
	uint32_t mode;
	int ret;

	if (!value->text)
		return EXIT_OK;
	ret = conf_gate(conf, value, &mode);
	conf_at(conf, value);
	if (!ret)
		ret = gate_set(fd, domain, mode, &none);
	conf_at(conf, NULL);
	return ret;
}

static int turn_on(int fd, const struct conf *conf, struct nacc_protect *p, int *err)
{
	uint32_t i;
	int ret;

	*p = (struct nacc_protect){ .size = sizeof(*p), .what = NACC_PROTECT_SYSTEM };
	ret = conf_programs_open(conf, p);
	if (!ret)
		*err = dev_call(fd, NACC_IOC_PROTECT, p);
	for (i = 0; i < p->nr_except; i++)
		close(p->except[i]);
	return ret;
}

static int protect_system(int fd, const struct conf *conf)
{
	struct nacc_protect protect = { .size = sizeof(protect), .what = NACC_PROTECT_ASK };
	int bad, ret = EXIT_OK, err = dev_call(fd, NACC_IOC_PROTECT, &protect);

	if (!err && protect.domain) {
		ret = conf_programs_same(conf, protect.nr_except);
	} else if (!err) {
		ret = turn_on(fd, conf, &protect, &err);
		if (ret)
			return ret;
	}
	if (err) {
		conf_at(conf, &conf->system);
		ret = dev_explain(NACC_IOC_PROTECT, err, (unsigned int)protect.pid, 0);
		conf_at(conf, NULL);
		return ret;
	}
	printf("system: on, domain %u\n", protect.domain);
	bad = gate(fd, conf, &conf->gate, protect.domain);
	return ret ? ret : bad;
}

static int find_domain(int fd, const struct conf *conf, const struct conf_domain *domain,
		       uint32_t *id)
{
	struct marking m = {
		.cgroup = domain->cgroup.text, .name = domain->name.text, .anywhere = true,
	};
	int ret;

	conf_at(conf, domain->cgroup.text ? &domain->cgroup : &domain->name);
	ret = domain->cgroup.text ? dev_mark(fd, &m) : target_label(domain->name.text, id);
	conf_at(conf, NULL);
	if (domain->cgroup.text)
		*id = m.domain;
	return ret;
}

static int set_quota(int fd, const struct conf *conf, const struct conf_value *value, uint32_t id)
{
	struct nacc_quota quota = { .size = sizeof(quota), .domain = id };
	uint64_t frames;
	int ret;

	if (!value->text)
		return EXIT_OK;
	conf_at(conf, value);
	ret = quota_parse(value->text, &frames);
	if (!ret) {
		quota.frames = frames;
		ret = quota_call(fd, &quota);
	}
	conf_at(conf, NULL);
	return ret;
}

static int forbid(int fd, const struct conf *conf, const struct conf_value *value, uint32_t id)
{
	uint32_t bits = 0;
	int ret;

	conf_at(conf, value);
	ret = forbid_parse(value->text, &bits);
	if (!ret)
		ret = forbid_call(fd, id, bits, 0, UINT64_MAX);
	conf_at(conf, NULL);
	return ret;
}

/* What comes after something that fails is done all the same. */
static void add(int *ret, int bad)
{
	if (!*ret)
		*ret = bad;
}

static int apply_domain(int fd, const struct conf *conf, const struct conf_domain *domain)
{
	uint32_t id = 0;
	int ret = find_domain(fd, conf, domain, &id);

	if (ret)
		return ret;
	add(&ret, forbid(fd, conf, &domain->forbid, id));
	add(&ret, set_quota(fd, conf, &domain->quota, id));
	add(&ret, gate(fd, conf, &domain->gate, id));
	if (!ret)
		printf("domain %u: %s\n", id, domain->name.text);
	return ret;
}

static int apply_engines(const struct conf *conf)
{
	const struct setup setup = { .root = "" };
	struct conf_list list;
	const char *word;
	int ret = EXIT_OK;

	conf_at(conf, &conf->engines);
	conf_list_begin(&list, &conf->engines);
	while ((word = conf_list_next(&list)))
		add(&ret, conf_engine(word)->change(&setup));
	conf_list_end(&list);
	conf_at(conf, NULL);
	return ret;
}

/**
 * conf_apply - tell the module and engines what a file says
 * @conf: the file, checked; the module is loaded
 *
 * What fails keeps nothing else from being done.
 *
 * Return: EXIT_OK, or the first other exit status, each after a message.
 */
int conf_apply(const struct conf *conf)
{
	size_t i;
	int ret, fd;

	ret = dev_open(&fd);
	if (ret)
		return ret;
	if (!conf->lock.text || conf_yes(&conf->lock))
		ret = lock(fd);
	if (conf_yes(&conf->system))
		add(&ret, protect_system(fd, conf));
	for (i = 0; i < conf->nr_domains; i++)
		add(&ret, apply_domain(fd, conf, &conf->domains[i]));
	close(fd);
	add(&ret, apply_engines(conf));
	return ret;
}
