// SPDX-License-Identifier: GPL-2.0
/*
 * What an administrator has learned of this kernel's writers of page tables: a drop-in
 * of /etc/nacc/writers.d, named as this kernel's release, read once, at load.
 *
 * A line is the name of a function of the kernel, "complete", a comment, or empty.
 * "complete" says that nothing is missing any more: see essential.c.
 */
#include <linux/ctype.h>
#include <linux/kallsyms.h>
#include <linux/kernel_read_file.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>

#include "firmware/firmware.h"

#define FOLDER		"/etc/nacc/writers.d/"
#define BYTES_MAX	SZ_64K
#define NAMES_MAX	256

/* Of one load, and from its beginning to its end. */
static struct {
	char *text;
	const char *name[NAMES_MAX];
	bool found[NAMES_MAX];
	unsigned int nr;
	bool complete;
} learned;

static bool __init is_name(const char *word)
{
	for (; *word; word++)
		if (!isalnum(*word) && *word != '_')
			return false;
	return true;
}

static int __init take_line(char *line, unsigned int number)
{
	char *word;

	line[strcspn(line, "#")] = '\0';
	word = strim(line);
	if (!*word)
		return 0;
	if (!strcmp(word, "complete")) {
		learned.complete = true;
		return 0;
	}
	if (!is_name(word) || strlen(word) >= KSYM_NAME_LEN) {
		pr_err(FOLDER "%s, line %u: neither the name of a function nor \"complete\"\n",
		       init_utsname()->release, number);
		return -EINVAL;
	}
	if (learned.nr == NAMES_MAX) {
		pr_err(FOLDER "%s, line %u: more than %u names\n",
		       init_utsname()->release, number, NAMES_MAX);
		return -EINVAL;
	}
	learned.name[learned.nr++] = word;
	return 0;
}

static int __init take_text(char *text)
{
	unsigned int number = 0;
	char *line;
	int ret = 0;

	while (!ret && (line = strsep(&text, "\n")))
		ret = take_line(line, ++number);
	return ret;
}

/**
 * nacc_learned_read() - read the drop-in of this kernel, if there is one
 *
 * Context: module load, may sleep.
 * Return: 0, also without one; -EINVAL after one sentence, or why it cannot be read.
 */
int __init nacc_learned_read(void)
{
	char path[sizeof(FOLDER) + __NEW_UTS_LEN];
	void *data = NULL;
	ssize_t len;

	snprintf(path, sizeof(path), FOLDER "%s", init_utsname()->release);
	len = kernel_read_file_from_path_initns(path, 0, &data, BYTES_MAX, NULL,
						READING_POLICY);
	if (len == -ENOENT || len == -ENOTDIR)
		return 0;
	if (len < 0) {
		pr_err("%s cannot be read: error %zd\n", path, len);
		return len;
	}
	learned.text = vmalloc(len + 1);
	if (learned.text) {
		memcpy(learned.text, data, len);
		learned.text[len] = '\0';
	}
	vfree(data);
	return learned.text ? take_text(learned.text) : -ENOMEM;
}

/**
 * nacc_learned_is() - has this function been learned?
 * @symbol: its name, without a compiler's suffix if @len says so
 * @len: length of the name
 */
bool __init nacc_learned_is(const char *symbol, size_t len)
{
	unsigned int i;

	for (i = 0; i < learned.nr; i++) {
		if (strncmp(symbol, learned.name[i], len) || learned.name[i][len])
			continue;
		learned.found[i] = true;
		return true;
	}
	return false;
}

/**
 * nacc_learned_check() - is what was learned of this kernel?
 *
 * Context: after all symbols have been gone through.
 * Return: 0, or -EINVAL after one sentence.
 */
int __init nacc_learned_check(void)
{
	unsigned int i;

	for (i = 0; i < learned.nr; i++) {
		if (learned.found[i])
			continue;
		pr_err(FOLDER "%s: this kernel has no function %s: take the line out\n",
		       init_utsname()->release, learned.name[i]);
		return -EINVAL;
	}
	return 0;
}

/**
 * nacc_learned_complete() - does the administrator vouch for the list?
 */
bool nacc_learned_complete(void)
{
	return learned.complete;
}

/**
 * nacc_learned_count() - functions that were learned
 */
unsigned int nacc_learned_count(void)
{
	return learned.nr;
}

/**
 * nacc_learned_exit() - forget them
 */
void nacc_learned_exit(void)
{
	vfree(learned.text);
	memset(&learned, 0, sizeof(learned));
}

#ifdef NACC_KUNIT
#include "learned_test.c"
#endif
