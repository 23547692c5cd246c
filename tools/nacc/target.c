// SPDX-License-Identifier: GPL-2.0
/*
 * Which domain, or process of one, an operand names: by its ID, by its name, or by a process
 * of it.
 *
 * An ID comes before a name, so that whoever calls a container "3" takes nothing away from
 * domain 3; and a user who has marked himself gets what is meant for no other of that name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dev.h"
#include "nacc.h"
#include "procfile.h"

/* Room for the IDs of those that share a name, in a message */
#define IDS_MAX		96

static void add_id(char ids[IDS_MAX], uint64_t id)
{
	const size_t len = strlen(ids);
	char word[24];

	snprintf(word, sizeof(word), "%s%llu", len ? ", " : "", (unsigned long long)id);
	/* Of many some are enough. */
	if (len + strlen(word) + sizeof(", ...") <= IDS_MAX)
		strcat(ids, word);
	else if (len < 3 || strcmp(ids + len - 3, "..."))
		strcat(ids, ", ...");
}

/* Those of this name that users have made of themselves, or all others; how many */
static unsigned int match(const struct table *domains, const char *name, bool users,
			  char ids[IDS_MAX], uint32_t *domain)
{
	unsigned int nr = 0;
	bool is_users;
	uint32_t id;
	size_t i;

	for (i = 0; i < domains->nrows; i++) {
		is_users = strcmp(table_cell(domains, i, "user"), "-");
		if (strcmp(table_cell(domains, i, "name"), name) || is_users != users ||
		    !table_u32(domains, i, "id", &id))
			continue;
		*domain = id;
		add_id(ids, id);
		nr++;
	}
	return nr;
}

/* Users choose the names of their own domains: none of theirs is in the way of another. */
static int find_name(const struct table *domains, const char *name, bool users,
		     uint32_t *domain)
{
	char ids[IDS_MAX] = "";
	unsigned int nr = match(domains, name, false, ids, domain);

	if (!nr && users)
		nr = match(domains, name, true, ids, domain);
	if (nr > 1)
		return nacc_fail(EXIT_USAGE,
				 "there is more than one domain '%s' (%s): give its ID", name, ids);
	if (!nr)
		return nacc_fail(EXIT_NOENT,
				 "there is no domain '%s': 'nacc ps' lists them", name);
	return EXIT_OK;
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* A user who marks himself may not read the list, and knows his ID. */
static int load_domains(const char *text, struct table *domains)
{
	int ret = procfile_load_if_there("domains", domains);

	if (ret >= 0)
		return ret;
	if (errno == EACCES || errno == EPERM)
		return nacc_fail(EXIT_PERM,
				 "'%s': only root may look domains up by name: give the ID, or run nacc as root",
				 text);
	return procfile_load("domains", domains);
}

/**
 * target_domain - which domain an operand names
 * @text: its ID, or its name
 * @domain: result
 *
 * Whether there is one with that ID is not looked at.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int target_domain(const char *text, uint32_t *domain)
{
	struct table domains = { 0 };
	int ret;

	if (is_number(text))
		return args_domain(text, domain);
	ret = load_domains(text, &domains);
	if (!ret)
		ret = find_name(&domains, text, true, domain);
	table_free(&domains);
	return ret;
}

/**
 * target_label - which domain a label names, of those that no user has made of himself
 * @text: the label, also if it is a number
 * @domain: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int target_label(const char *text, uint32_t *domain)
{
	struct table domains = { 0 };
	int ret = load_domains(text, &domains);

	if (!ret)
		ret = find_name(&domains, text, false, domain);
	table_free(&domains);
	return ret;
}

/*
 * The domain that a process is in; 0: in none, or there is no such process, or it is a thread
 * or the kernel's. Return: 0, or an errno: it is not known.
 */
static int domain_of(int fd, uint64_t pid, uint32_t *domain)
{
	int err = 0;

	*domain = 0;
	if (pid && pid <= INT32_MAX)
		err = dev_domain(fd, (int)pid, domain);
	return err == ESRCH || err == EINVAL || err == ENOENT ? 0 : err;
}

/*
 * IDs are never used again, so that on a busy machine they come to be PIDs, too. With the
 * system profile every process is in a domain: that one is not meant by a PID here.
 */
static int only_one(int fd, uint32_t number)
{
	uint32_t of;
	int ret, err = domain_of(fd, number, &of);

	/* Who may not ask whose a process is may change no domain but his own. */
	if (err)
		return err == EPERM ? EXIT_OK : dev_explain(NACC_IOC_VERIFY, err, number, 0);
	if (!of || of == number)
		return EXIT_OK;
	ret = dev_not_system(fd, &of);
	if (ret || !of)
		return ret;
	return nacc_fail(EXIT_USAGE,
			 "%u is a domain, and a process of domain %u: give the name of the one, the ID of the other, or another process of the one that is meant",
			 number, of);
}

static int find_number(int fd, const struct table *domains, uint64_t number, uint32_t *domain)
{
	int err;

	*domain = (uint32_t)number;
	if (number <= UINT32_MAX && table_has(domains, "id", number))
		return only_one(fd, *domain);
	err = domain_of(fd, number, domain);
	if (err)
		return dev_explain(NACC_IOC_VERIFY, err, (unsigned int)number, 0);
	if (*domain)
		return EXIT_OK;
	return nacc_fail(EXIT_NOENT,
			 "%llu is neither a domain nor a process of one: 'nacc ps' lists them",
			 (unsigned long long)number);
}

/**
 * target_either - a domain, or else the process of that number
 * @fd: the device
 * @text: ID or name of a domain, or a PID
 * @pid: result, or 0
 * @domain: result, or 0
 *
 * A domain that is there is meant, also while it has no process.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int target_either(int fd, const char *text, int *pid, uint32_t *domain)
{
	struct table domains = { 0 };
	int ret;

	*pid = 0;
	ret = target_domain(text, domain);
	if (ret || !is_number(text))
		return ret;
	ret = procfile_load("domains", &domains);
	if (!ret && table_has(&domains, "id", *domain)) {
		ret = only_one(fd, *domain);
	} else if (!ret) {
		*domain = 0;
		ret = args_pid(text, pid);
	}
	table_free(&domains);
	return ret;
}

/**
 * target_any - which domain an operand names, perhaps by a process
 * @fd: the device
 * @text: its ID, its name, or a process of it
 * @domain: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int target_any(int fd, const char *text, uint32_t *domain)
{
	struct table domains = { 0 };
	uint64_t number;
	int ret;

	if (!is_number(text) || !number_parse(text, &number))
		return target_domain(text, domain);
	ret = procfile_load_if_there("domains", &domains);
	/* For who may not read the list: an ID of his own. */
	if (ret < 0)
		return args_domain(text, domain);
	if (!ret)
		ret = find_number(fd, &domains, number, domain);
	table_free(&domains);
	return ret;
}

static int only_process(const struct table *mms, const char *name, uint32_t domain, int *pid)
{
	char pids[IDS_MAX] = "";
	unsigned int nr = 0;
	size_t i;
	int one;

	for (i = 0; i < mms->nrows; i++) {
		if (!table_is(mms, i, "domain", domain) || !table_pid(mms, i, &one))
			continue;
		*pid = one;
		add_id(pids, (uint64_t)one);
		nr++;
	}
	if (nr > 1)
		return nacc_fail(EXIT_USAGE,
				 "domain '%s' has more than one process (%s): give its PID",
				 name, pids);
	if (!nr)
		return nacc_fail(EXIT_NOENT,
				 "domain '%s' has no process: 'nacc ps' lists them", name);
	return EXIT_OK;
}

/**
 * target_process - which process an operand names
 * @text: its PID, or the name of the domain that has no other
 * @pid: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int target_process(const char *text, int *pid)
{
	struct table mms = { 0 };
	uint32_t domain;
	int ret;

	if (is_number(text))
		return args_pid(text, pid);
	ret = target_domain(text, &domain);
	if (!ret)
		ret = procfile_load("mms", &mms);
	if (!ret)
		ret = only_process(&mms, text, domain, pid);
	table_free(&mms);
	return ret;
}

/**
 * target_processes - a process, or the domain whose processes are meant
 * @text: a PID, or the name of a domain
 * @pid: result, or 0
 * @domain: result, or 0
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int target_processes(const char *text, int *pid, uint32_t *domain)
{
	*pid = 0;
	*domain = 0;
	return is_number(text) ? args_pid(text, pid) : target_domain(text, domain);
}
