// SPDX-License-Identifier: GPL-2.0
/*
 * nacc.conf: lines, taken apart.
 *
 *   # a comment
 *   key = value
 *   [domain NAME]		what follows is about this domain
 *
 * Every line that is not understood is named; of a file that has one nothing is applied.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "conf.h"
#include "sys.h"

/* What is longer was not written by hand for this. */
#define CONF_MAX	(64 * 1024)

static const char *const param_names[NR_CONF_PARAMS] = {
	[CONF_STRICT] = "strict",
	[CONF_PROVENANCE] = "provenance",
	[CONF_REFUSAL] = "refusal",
	[CONF_HOOK] = "hook",
	[CONF_SELF] = "self",
	[CONF_MONITOR] = "monitor",
	[CONF_PAGE] = "page",
};

/**
 * conf_param_name - name of a parameter of the module
 * @which: it
 *
 * Return: the name, and the key.
 */
const char *conf_param_name(enum conf_param which)
{
	return param_names[which];
}

/**
 * conf_at - say in errors from here on where in the file it is
 * @conf: the file
 * @at: a value of it, or NULL: it is not about the file any more
 */
void conf_at(const struct conf *conf, const struct conf_value *at)
{
	nacc_fail_at(at ? conf->path : NULL, at ? at->line : 0);
}

/**
 * conf_fail - say what is wrong with a value
 * @conf: the file
 * @at: the value
 * @code: exit status to hand on
 * @fmt: the sentence, without newline
 *
 * Return: @code.
 */
int conf_fail(const struct conf *conf, const struct conf_value *at, int code,
	      const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	conf_at(conf, at);
	nacc_fail(code, "%s", text);
	conf_at(conf, NULL);
	return code;
}

/* What is in it decides what is protected: whoever else can write it would. */
static bool is_others(int fd)
{
	/* Who is not root has files of his group. */
	const mode_t writers = geteuid() ? 0002 : 0022;
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       ((st.st_uid && st.st_uid != geteuid()) || (st.st_mode & writers));
}

static int read_text(const char *path, char **text)
{
	size_t len = 0;
	ssize_t n = 1;
	int fd = sys_open(path, O_RDONLY);

	if (fd < 0)
		return nacc_fail(errno == EACCES ? EXIT_PERM : EXIT_NOENT,
				 "%s cannot be read: %s: name another file with --file",
				 path, strerror(errno));
	if (is_others(fd)) {
		close(fd);
		return nacc_fail(EXIT_PERM,
				 "%s can be written by others than root: chown root, chmod go-w",
				 path);
	}
	*text = nacc_alloc(NULL, CONF_MAX + 2, 1);
	while (len <= CONF_MAX && (n = read(fd, *text + len, CONF_MAX + 1 - len)) > 0)
		len += (size_t)n;
	(*text)[len] = '\0';
	close(fd);
	if (n < 0)
		return nacc_fail(EXIT_SYS, "%s cannot be read: %s: name another file with --file",
				 path, strerror(errno));
	if (len > CONF_MAX || strlen(*text) != len)
		return nacc_fail(EXIT_USAGE,
				 "%s is no configuration of nacc: it %s: see nacc.conf(5)", path,
				 len > CONF_MAX ? "has more than 64 KiB" : "holds a zero byte");
	return EXIT_OK;
}

/* Without blanks on either side */
static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t\r");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return text;
}

static struct conf_value *find_global(struct conf *conf, const char *key)
{
	int i;

	for (i = 0; i < NR_CONF_PARAMS; i++)
		if (!strcmp(key, param_names[i]))
			return &conf->params[i];
	if (!strcmp(key, "lock"))
		return &conf->lock;
	if (!strcmp(key, "system"))
		return &conf->system;
	if (!strcmp(key, "except"))
		return &conf->except;
	if (!strcmp(key, "gate"))
		return &conf->gate;
	return strcmp(key, "engines") ? NULL : &conf->engines;
}

static struct conf_value *find_in_domain(struct conf_domain *domain, const char *key)
{
	if (!strcmp(key, "cgroup"))
		return &domain->cgroup;
	if (!strcmp(key, "quota"))
		return &domain->quota;
	if (!strcmp(key, "gate"))
		return &domain->gate;
	return strcmp(key, "forbid") ? NULL : &domain->forbid;
}

/* The name in [domain NAME] becomes the text of @here. */
static int section_name(const struct conf *conf, struct conf_value *here)
{
	char *name = here->text + 1, *end = name + strlen(name) - 1;
	int ret;

	if (end < name || *end != ']')
		return conf_fail(conf, here, EXIT_USAGE,
				 "a section has ']' at its end: [domain NAME]");
	*end = '\0';
	if (strncmp(name, "domain", 6) || (name[6] != ' ' && name[6] != '\t'))
		return conf_fail(conf, here, EXIT_USAGE,
				 "there is no section '%s': only [domain NAME]", name);
	here->text = trim(name + 6);
	if (!*here->text)
		return conf_fail(conf, here, EXIT_USAGE, "the domain has no name: [domain NAME]");
	conf_at(conf, here);
	ret = name_check(here->text);
	conf_at(conf, NULL);
	return ret;
}

static int take_section(struct conf *conf, struct conf_value *here)
{
	int ret = section_name(conf, here);
	size_t i;

	for (i = 0; i < conf->nr_domains && !ret; i++)
		if (!strcmp(conf->domains[i].name.text, here->text))
			ret = conf_fail(conf, here, EXIT_USAGE,
					"domain '%s' has a section already, in line %u",
					here->text, conf->domains[i].name.line);
	/* Also after an error: what follows is not about all the others. */
	conf->domains = nacc_alloc(conf->domains, conf->nr_domains + 1,
				   sizeof(*conf->domains));
	conf->domains[conf->nr_domains++] = (struct conf_domain){ .name = *here };
	return ret;
}

static int take_assignment(struct conf *conf, struct conf_value *here)
{
	char *key = here->text, *equals = strchr(key, '=');
	struct conf_domain *domain = conf->nr_domains ?
		&conf->domains[conf->nr_domains - 1] : NULL;
	struct conf_value *value;

	if (!equals)
		return conf_fail(conf, here, EXIT_USAGE,
				 "'%s' is neither 'key = value', a section, nor a comment",
				 key);
	*equals = '\0';
	key = trim(key);
	here->text = trim(equals + 1);
	value = domain ? find_in_domain(domain, key) : find_global(conf, key);
	if (!value && domain && find_global(conf, key))
		return conf_fail(conf, here, EXIT_USAGE,
				 "'%s' is of no domain: put it before the first section", key);
	if (!value)
		return conf_fail(conf, here, EXIT_USAGE,
				 "there is no key '%s'%s: nacc.conf(5) lists them", key,
				 domain ? " of a domain" : "");
	if (value->text)
		return conf_fail(conf, here, EXIT_USAGE,
				 "'%s' is set already, in line %u", key, value->line);
	if (!*here->text)
		return conf_fail(conf, here, EXIT_USAGE,
				 "'%s' has no value: give one, or leave the line out", key);
	*value = *here;
	conf->nr_set++;
	return EXIT_OK;
}

static int take_line(struct conf *conf, char *line, unsigned int nr)
{
	struct conf_value here = { .text = trim(line), .line = nr };

	if (!*here.text || *here.text == '#')
		return EXIT_OK;
	return *here.text == '[' ? take_section(conf, &here) : take_assignment(conf, &here);
}

/**
 * conf_read - read a file and take it apart
 * @path: of it
 * @conf: result; conf_free() it, also after an error
 *
 * Return: EXIT_OK, or another exit status after a message for each line that is wrong.
 */
int conf_read(const char *path, struct conf *conf)
{
	char *line, *next;
	unsigned int nr = 0;
	int ret, bad;

	*conf = (struct conf){ .path = path };
	ret = read_text(path, &conf->text);
	if (ret)
		return ret;
	for (line = conf->text; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		bad = take_line(conf, line, ++nr);
		if (bad)
			ret = bad;
	}
	return ret;
}

/**
 * conf_free - give back what conf_read() has allocated
 * @conf: the file
 */
void conf_free(struct conf *conf)
{
	free(conf->domains);
	free(conf->text);
}
