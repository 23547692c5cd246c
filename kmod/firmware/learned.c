// SPDX-License-Identifier: GPL-2.0
/*
 * What an administrator has learned of this kernel's writers of page tables: a drop-in
 * of /etc/nacc/writers.d, named as this kernel's release, read once, at load.
 *
 * A line is the name of a function of the kernel, "complete", a comment, or empty.
 * "complete" says that nothing is missing any more: see essential.c.
 */
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kallsyms.h>
#include <linux/kernel_read_file.h>
#include <linux/namei.h>
#include <linux/sched/task.h>
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
static unsigned int nr_names __initdata;		/* while their text is there */
static unsigned int nr_learned __ro_after_init;
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

/* Looked up, not opened: that may block, or do something to a device. */
static int __init find(const char *name, unsigned int flags, struct path *found)
{
	struct path root;
	int ret;

	/* That of the initial mount namespace, wherever insmod runs */
	task_lock(&init_task);
	get_fs_root(init_task.fs, &root);
	task_unlock(&init_task);
	ret = vfs_path_lookup(root.dentry, root.mnt, name, flags, found);
	path_put(&root);
	return ret;
}

static bool __init is_roots(const struct inode *inode)
{
	return uid_eq(inode->i_uid, GLOBAL_ROOT_UID) &&
	       (S_ISLNK(inode->i_mode) || !(inode->i_mode & 0022));
}

/* Can it be written, or another put in its place, by root alone? */
static bool __init is_trusted(const struct path *found)
{
	struct dentry *folder = dget_parent(found->dentry);
	bool trusted = is_roots(d_backing_inode(found->dentry));

	trusted &= is_roots(d_backing_inode(folder));
	dput(folder);
	return trusted;
}

/* Return: bytes in text; 0, after one sentence: nothing is taken; or an error, likewise. */
static ssize_t __init read_found(const char *name, const struct path *found)
{
	struct file *file;
	ssize_t len = -EINVAL;

	if (S_ISREG(d_backing_inode(found->dentry)->i_mode)) {
		/* Who has a lease on it is not waited for. */
		file = dentry_open(found, O_RDONLY | O_NONBLOCK, current_cred());
		len = IS_ERR(file) ? PTR_ERR(file) :
		      kernel_read_file(file, 0, (void **)&text, BYTES_MAX, NULL, READING_POLICY);
		if (!IS_ERR(file))
			fput(file);
	}
	/* Of nothing, too: who appends to it may have had nothing to append. */
	if (len == -EINVAL) {
		pr_warn("%s is empty, or no file: nothing is taken from it\n", name);
		return 0;
	}
	if (len < 0)
		pr_err("%s cannot be read: error %zd\n", name, len);
	return len;
}

/* The same of what is at this name, through a link if it is one; -ENOENT: nothing, and silent */
static ssize_t __init read_text(const char *name)
{
	bool link, trusted;
	struct path found;
	ssize_t len = find(name, 0, &found);

	if (len == -ENOENT || len == -ENOTDIR)
		return -ENOENT;
	if (len) {
		pr_err("%s cannot be read: error %zd\n", name, len);
		return len;
	}
	trusted = is_trusted(&found);
	link = d_is_symlink(found.dentry);
	if (link) {
		path_put(&found);
		if (find(name, LOOKUP_FOLLOW, &found)) {
			pr_warn("%s leads to nothing: nothing is taken from it\n", name);
			return 0;
		}
		trusted &= is_trusted(&found);
	}
	if (trusted) {
		len = read_found(name, &found);
	} else {
		pr_err("%s, or the folder that it is in, can be written by others than root: chown root, chmod go-w\n",
		       name);
		len = -EPERM;
	}
	path_put(&found);
	return len;
}

/**
 * nacc_learned_read() - read the drop-in of this kernel, if there is one
 *
 * Context: module load, may sleep. nacc_learned_forget() when all symbols were asked.
 * Return: 0, also without one; -EINVAL after one sentence, -EPERM if it is not root's alone,
 * or why it cannot be read.
 */
int __init nacc_learned_read(void)
{
	char path[sizeof(FOLDER) + __NEW_UTS_LEN];
	ssize_t len;

	snprintf(path, sizeof(path), FOLDER "%s", init_utsname()->release);
	text = vzalloc(BYTES_MAX + 1);
	if (!text)
		return -ENOMEM;
	len = read_text(path);
	if (len == -ENOENT)
		return 0;
	if (len <= 0)
		return len;
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
	return nr_learned;
}

/**
 * nacc_learned_forget() - the names are not needed any more
 */
void __init nacc_learned_forget(void)
{
	nr_learned = nr_names;
	nr_names = 0;
	vfree(text);
	text = NULL;
}

#ifdef NACC_KUNIT
#include "learned_test.c"
#endif
