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

static char *text __initdata;	/* what the names are in */
static struct {
	const char *names[NAMES_MAX];
	bool found[NAMES_MAX];
} learned __initdata;
static unsigned int nr_names __ro_after_init;
static bool vouched __ro_after_init;	/* "complete" */

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
		vouched = true;
		return 0;
	}
	if (!is_name(word) || strlen(word) >= KSYM_NAME_LEN) {
		pr_err(FOLDER "%s, line %u: neither the name of a function nor \"complete\"\n",
		       init_utsname()->release, number);
		return -EINVAL;
	}
	if (nr_names == NAMES_MAX) {
		pr_err(FOLDER "%s, line %u: more than %u names\n",
		       init_utsname()->release, number, NAMES_MAX);
		return -EINVAL;
	}
	learned.names[nr_names++] = word;
	return 0;
}

static int __init take_lines(char *rest)
{
	unsigned int number = 0;
	char *line;
	int ret = 0;

	while (!ret && (line = strsep(&rest, "\n")))
		ret = take_line(line, ++number);
	return ret;
}

/**
 * nacc_learned_read() - read the drop-in of this kernel, if there is one
 *
 * Context: module load, may sleep. nacc_learned_forget() when all symbols were asked.
 * Return: 0, also without one; -EINVAL after one sentence, or why it cannot be read.
 */
int __init nacc_learned_read(void)
{
	char path[sizeof(FOLDER) + __NEW_UTS_LEN];
	ssize_t len;

	snprintf(path, sizeof(path), FOLDER "%s", init_utsname()->release);
	text = vzalloc(BYTES_MAX + 1);
	if (!text)
		return -ENOMEM;
	len = kernel_read_file_from_path_initns(path, 0, (void **)&text, BYTES_MAX, NULL,
						READING_POLICY);
	if (len == -ENOENT || len == -ENOTDIR)
		return 0;
	/* Of nothing, too: who appends to it may have had nothing to append. */
	if (len == -EINVAL) {
		pr_warn("%s is empty, or no file: nothing is taken from it\n", path);
		return 0;
	}
	if (len < 0) {
		pr_err("%s cannot be read: error %zd\n", path, len);
		return len;
	}
	if (memchr(text, '\0', len)) {
		pr_err("%s is no text: there is a zero byte in it\n", path);
		return -EINVAL;
	}
	return take_lines(text);
}

/**
 * nacc_learned_is() - has this function been learned?
 * @symbol: its name, without a compiler's suffix if @len says so
 * @len: length of the name
 */
bool __init nacc_learned_is(const char *symbol, size_t len)
{
	return nacc_note_symbol(learned.names, learned.found, nr_names, symbol, len);
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

	for (i = 0; i < nr_names; i++) {
		if (learned.found[i])
			continue;
		pr_err(FOLDER "%s: this kernel has no function %s: take the line out\n",
		       init_utsname()->release, learned.names[i]);
		return -EINVAL;
	}
	return 0;
}

/**
 * nacc_learned_complete() - does the administrator vouch for the list?
 */
bool nacc_learned_complete(void)
{
	return vouched;
}

/**
 * nacc_learned_count() - functions that were learned
 */
unsigned int nacc_learned_count(void)
{
	return nr_names;
}

/**
 * nacc_learned_forget() - the names are not needed any more
 */
void __init nacc_learned_forget(void)
{
	vfree(text);
	text = NULL;
}

#ifdef NACC_KUNIT
#include "learned_test.c"
#endif
