// SPDX-License-Identifier: GPL-2.0
/*
 * nacc.conf: is each value one that its key can have?
 */
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/nacc.h>

#include "calls.h"
#include "cmd.h"
#include "conf.h"
#include "setup.h"

static const char *const yes_no[] = { "yes", "no", NULL };

static const char *const words[NR_CONF_PARAMS][5] = {
	[CONF_STRICT] = { "auto", "on", "off" },
	[CONF_PROVENANCE] = { "enforce", "audit", "off" },
	[CONF_REFUSAL] = { "fault", "kill", "panic" },
	[CONF_HOOK] = { "auto", "ftrace", "kprobe", "off" },
	[CONF_PAGE] = { "yes", "no" },
};

static int check_word(const struct conf *conf, const struct conf_value *value,
		      const char *const *list)
{
	char all[64] = "";
	size_t i, len = 0;

	if (!value->text)
		return EXIT_OK;
	for (i = 0; list[i]; i++) {
		if (!strcmp(value->text, list[i]))
			return EXIT_OK;
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i ? ", " : "",
					list[i]);
	}
	return conf_fail(conf, value, EXIT_USAGE, "'%s' is none of %s", value->text, all);
}

/**
 * conf_yes - is a value yes?
 * @value: it
 */
bool conf_yes(const struct conf_value *value)
{
	return value->text && !strcmp(value->text, "yes");
}

/**
 * conf_list_begin - go through a list, with commas or blanks between its words
 * @list: conf_list_end() it
 * @value: the list; nothing is none
 */
void conf_list_begin(struct conf_list *list, const struct conf_value *value)
{
	const size_t size = value->text ? strlen(value->text) + 1 : 1;

	list->text = nacc_alloc(NULL, size, 1);
	memcpy(list->text, value->text ? value->text : "", size);
	list->rest = list->text;
}

/**
 * conf_list_next - the next word
 * @list: the list
 *
 * Return: the word, until the end of the list; or NULL.
 */
const char *conf_list_next(struct conf_list *list)
{
	char *word = list->rest + strspn(list->rest, ", \t");
	char *end = word + strcspn(word, ", \t");

	list->rest = *end ? end + 1 : end;
	*end = '\0';
	return *word ? word : NULL;
}

/**
 * conf_list_end - it has been gone through
 * @list: the list
 */
void conf_list_end(struct conf_list *list)
{
	free(list->text);
}

/* As the module takes it: a group by its number, memory in frames, y and n. */
static int group_text(const char *name, char *text, size_t size)
{
	const struct group *group;
	uint64_t gid;

	if (!strcmp(name, "none")) {
		snprintf(text, size, "-1");
	} else if (number_parse(name, &gid) && gid <= INT_MAX) {
		snprintf(text, size, "%llu", (unsigned long long)gid);
	} else {
		group = getgrnam(name);
		if (!group)
			return nacc_fail(EXIT_NOENT,
					 "there is no group '%s': make it (groupadd -r), or give a number or none",
					 name);
		snprintf(text, size, "%u", group->gr_gid);
	}
	return EXIT_OK;
}

static int self_text(const char *value, char *text, size_t size)
{
	uint64_t frames;
	int ret = quota_parse(value, &frames);

	if (!ret && frames > UINT_MAX)
		ret = nacc_fail(EXIT_USAGE, "'%s' is more than any pool has", value);
	snprintf(text, size, "%llu", (unsigned long long)frames);
	return ret;
}

/**
 * conf_param_text - what the module is given for a key
 * @conf: the file
 * @which: the key, which is set
 * @text: result
 * @size: its room
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int conf_param_text(const struct conf *conf, enum conf_param which, char *text,
		    size_t size)
{
	const struct conf_value *value = &conf->params[which];
	int ret = EXIT_OK;

	conf_at(conf, value);
	if (which == CONF_MONITOR)
		ret = group_text(value->text, text, size);
	else if (which == CONF_SELF)
		ret = self_text(value->text, text, size);
	else if (which == CONF_PAGE)
		snprintf(text, size, "%c", conf_yes(value) ? 'Y' : 'N');
	else
		snprintf(text, size, "%s", value->text);
	conf_at(conf, NULL);
	return ret;
}

static int check_params(struct conf *conf)
{
	char text[64];
	int i, bad, ret = EXIT_OK;

	for (i = 0; i < NR_CONF_PARAMS; i++) {
		if (!conf->params[i].text)
			continue;
		bad = *words[i] ? check_word(conf, &conf->params[i], words[i]) :
				  conf_param_text(conf, i, text, sizeof(text));
		if (bad)
			ret = bad;
	}
	return ret;
}

/**
 * conf_gate - the mode of a gate
 * @conf: the file
 * @value: the mode's name, or nothing
 * @mode: result, if there is one
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int conf_gate(const struct conf *conf, const struct conf_value *value, uint32_t *mode)
{
	int ret;

	if (!value->text)
		return EXIT_OK;
	conf_at(conf, value);
	ret = gate_mode(value->text, mode);
	conf_at(conf, NULL);
	return ret;
}

static int check_program(const struct conf *conf, const char *path, unsigned int nr)
{
	if (*path != '/')
		return conf_fail(conf, &conf->except, EXIT_USAGE,
				 "'%s' is no absolute path: give paths with commas between them",
				 path);
	if (nr > NACC_EXCEPT_MAX)
		return conf_fail(conf, &conf->except, EXIT_USAGE,
				 "%u programs can be excepted, not more", NACC_EXCEPT_MAX);
	return EXIT_OK;
}

static int check_except(const struct conf *conf)
{
	struct conf_list list;
	const char *path;
	unsigned int nr = 0;
	int ret = EXIT_OK;

	if (conf->except.text && !conf_yes(&conf->system))
		return conf_fail(conf, &conf->except, EXIT_USAGE,
				 "'except' goes with 'system = yes' only");
	conf_list_begin(&list, &conf->except);
	while (!ret && (path = conf_list_next(&list)))
		ret = check_program(conf, path, ++nr);
	conf_list_end(&list);
	if (!ret && !nr && conf->except.text)
		ret = conf_fail(conf, &conf->except, EXIT_USAGE,
				"'except' names no program: give paths, or leave the line out");
	return ret;
}

/**
 * conf_engine - an engine by its name
 * @name: of it
 *
 * Return: the engine, or NULL: none that can be told of nacc-runtime.
 */
const struct conf_engine *conf_engine(const char *name)
{
	static const struct conf_engine known[] = {
		{ "podman", setup_podman }, { "docker", setup_docker },
		{ "containerd", setup_containerd },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, name))
			return &known[i];
	return NULL;
}

static int check_engines(const struct conf *conf)
{
	struct conf_list list;
	const char *word;
	unsigned int nr = 0;
	int ret = EXIT_OK;

	conf_list_begin(&list, &conf->engines);
	for (; !ret && (word = conf_list_next(&list)); nr++)
		if (!conf_engine(word))
			ret = conf_fail(conf, &conf->engines, EXIT_USAGE,
					"'%s' is no engine known here: podman, docker or containerd",
					word);
	conf_list_end(&list);
	if (!ret && !nr && conf->engines.text)
		ret = conf_fail(conf, &conf->engines, EXIT_USAGE,
				"'engines' names no engine: give podman, docker or containerd, or leave the line out");
	return ret;
}

static int check_domain(const struct conf *conf, const struct conf_domain *domain)
{
	uint64_t frames;
	uint32_t bits;
	int bad, ret = conf_gate(conf, &domain->gate, &bits);

	if (domain->cgroup.text && *domain->cgroup.text != '/')
		ret = conf_fail(conf, &domain->cgroup, EXIT_USAGE,
				"'%s' is no cgroup: give its path, as /proc/PID/cgroup has it",
				domain->cgroup.text);
	if (domain->quota.text) {
		conf_at(conf, &domain->quota);
		bad = quota_parse(domain->quota.text, &frames);
		ret = bad ? bad : ret;
	}
	if (domain->forbid.text) {
		conf_at(conf, &domain->forbid);
		bad = forbid_parse(domain->forbid.text, &bits);
		ret = bad ? bad : ret;
	}
	conf_at(conf, NULL);
	return ret;
}

/**
 * conf_check - check the values of a file
 * @conf: the file
 *
 * Return: EXIT_OK, or another exit status after a message for each that is wrong.
 */
int conf_check(struct conf *conf)
{
	uint32_t mode;
	size_t i;
	int ret, bad[] = {
		check_params(conf),
		check_word(conf, &conf->lock, yes_no),
		check_word(conf, &conf->system, yes_no),
		check_except(conf),
		conf_gate(conf, &conf->gate, &mode),
		check_engines(conf),
	};

	ret = conf->gate.text && !conf_yes(&conf->system) ?
	      conf_fail(conf, &conf->gate, EXIT_USAGE,
			"'gate' before the first section goes with 'system = yes' only") :
	      EXIT_OK;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		ret = bad[i] ? bad[i] : ret;
	for (i = 0; i < conf->nr_domains; i++) {
		bad[0] = check_domain(conf, &conf->domains[i]);
		ret = bad[0] ? bad[0] : ret;
	}
	return ret;
}
