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
	struct nacc_lock lock = { .size = sizeof(lock) };
	int err = dev_call(fd, NACC_IOC_LOCK, &lock);

	if (err)
		return dev_explain(NACC_IOC_LOCK, err, 0, 0);
	printf("set-up: locked until the machine is reset\n");
	return EXIT_OK;
}

static int open_programs(const struct conf *conf, struct nacc_protect *p)
{
	char *list = conf->except.text ? strdup(conf->except.text) : NULL;
	char *rest = list, *path;
	int ret = EXIT_OK;

	while (!ret && (path = strsep(&rest, ","))) {
		path += strspn(path, " \t");
		path[strcspn(path, " \t")] = '\0';
		p->except[p->nr_except] = sys_open(path, O_PATH);
		if (p->except[p->nr_except] < 0)
			ret = conf_fail(conf, &conf->except, EXIT_NOENT,
					"%s cannot be opened: %s", path, strerror(errno));
		else
			p->nr_except++;
	}
	free(list);
	return ret;
}

static int gate(int fd, const struct conf *conf, const struct conf_value *value, uint32_t domain)
{
	const struct args none = { 0 };
	uint32_t mode;
	int ret;

	if (!value->text)
		return EXIT_OK;
	conf_at(conf, value);
	ret = gate_mode(value->text, &mode);
	if (!ret)
		ret = gate_set(fd, domain, mode, &none);
	conf_at(conf, NULL);
	return ret;
}

static int protect_system(int fd, const struct conf *conf)
{
	struct nacc_protect protect = { .size = sizeof(protect), .what = NACC_PROTECT_ASK };
	uint32_t i;
	int err, ret;

	err = dev_call(fd, NACC_IOC_PROTECT, &protect);
	if (!err && !protect.domain) {
		protect = (struct nacc_protect){ .size = sizeof(protect),
						 .what = NACC_PROTECT_SYSTEM };
		ret = open_programs(conf, &protect);
		if (!ret)
			err = dev_call(fd, NACC_IOC_PROTECT, &protect);
		for (i = 0; i < protect.nr_except; i++)
			close(protect.except[i]);
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
	return gate(fd, conf, &conf->gate, protect.domain);
}

static int find_domain(int fd, const struct conf *conf, const struct conf_domain *domain,
		       uint32_t *id)
{
	struct marking m = {
		.cgroup = domain->cgroup.text, .name = domain->name.text, .anywhere = true,
	};
	int ret;

	conf_at(conf, domain->cgroup.text ? &domain->cgroup : &domain->name);
	ret = domain->cgroup.text ? dev_mark(fd, &m) : target_any(fd, domain->name.text, id);
	conf_at(conf, NULL);
	if (domain->cgroup.text)
		*id = m.domain;
	return ret;
}

static int set_quota(int fd, const struct conf *conf, const struct conf_value *value, uint32_t id)
{
	struct nacc_quota quota = { .size = sizeof(quota), .domain = id };
	uint64_t frames;
	int ret, err;

	if (!value->text)
		return EXIT_OK;
	conf_at(conf, value);
	ret = quota_parse(value->text, &frames);
	if (!ret) {
		quota.frames = frames;
		err = dev_call(fd, NACC_IOC_QUOTA, &quota);
		ret = err ? dev_explain(NACC_IOC_QUOTA, err, id, 0) : EXIT_OK;
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

static int apply_domain(int fd, const struct conf *conf, const struct conf_domain *domain)
{
	uint32_t id = 0;
	int ret;

	ret = find_domain(fd, conf, domain, &id);
	if (!ret)
		ret = forbid(fd, conf, &domain->forbid, id);
	if (!ret)
		ret = set_quota(fd, conf, &domain->quota, id);
	if (!ret)
		ret = gate(fd, conf, &domain->gate, id);
	if (!ret)
		printf("domain %u: %s\n", id, domain->name.text);
	return ret;
}

static int apply_engines(const struct conf *conf)
{
	static const struct {
		const char *name;
		int (*change)(const struct setup *setup);
	} known[] = {
		{ "podman", setup_podman }, { "docker", setup_docker },
		{ "containerd", setup_containerd },
	};
	const struct setup setup = { .root = "" };
	char *list = conf->engines.text ? strdup(conf->engines.text) : NULL;
	char *rest = list, *word;
	int ret = EXIT_OK;
	size_t i;

	conf_at(conf, &conf->engines);
	while (!ret && rest && (word = conf_next(&rest)))
		for (i = 0; i < ARRAY_SIZE(known) && !ret; i++)
			if (!strcmp(known[i].name, word))
				ret = known[i].change(&setup);
	conf_at(conf, NULL);
	free(list);
	return ret;
}

/**
 * conf_apply - tell the module and engines what a file says
 * @conf: the file; the module is loaded
 *
 * Return: EXIT_OK, or another exit status after a message.
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
	if (!ret && conf_yes(&conf->system))
		ret = protect_system(fd, conf);
	for (i = 0; i < conf->nr_domains && !ret; i++)
		ret = apply_domain(fd, conf, &conf->domains[i]);
	close(fd);
	return ret ? ret : apply_engines(conf);
}
