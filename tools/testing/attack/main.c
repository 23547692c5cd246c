// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/nacc-attack: write a command to "cmd", read its report from
 * "result". A write that fails says why in errno and leaves "failed=ERRNO".
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "attack.h"

static DEFINE_MUTEX(lock);
static struct dentry *dir;
static char report[4096];
static struct seq_buf out;

static ssize_t cmd_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char *line;
	int err;

	if (!len || len > 512)
		return -EINVAL;
	line = memdup_user_nul(from, len);
	if (IS_ERR(line))
		return PTR_ERR(line);
	if (strstarts(line, "naked ")) {
		/* Its maker may die with what it holds. */
		err = attack_command(line, NULL);
		kfree(line);
		return err ?: len;
	}
	mutex_lock(&lock);
	seq_buf_init(&out, report, sizeof(report));
	err = attack_command(line, &out);
	if (err)
		seq_buf_printf(&out, "failed=%d\n", -err);
	mutex_unlock(&lock);
	kfree(line);
	return err ?: len;
}

static const struct file_operations cmd_fops = {
	.owner = THIS_MODULE,
	.write = cmd_write,
};

static ssize_t result_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	ssize_t n;

	mutex_lock(&lock);
	n = simple_read_from_buffer(to, len, pos, report, seq_buf_used(&out));
	mutex_unlock(&lock);
	return n;
}

static const struct file_operations result_fops = {
	.owner = THIS_MODULE,
	.read = result_read,
};

static int __init attack_init(void)
{
	seq_buf_init(&out, report, sizeof(report));
	dir = debugfs_create_dir("nacc-attack", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	debugfs_create_file_unsafe("cmd", 0200, dir, NULL, &cmd_fops);
	debugfs_create_file_unsafe("result", 0400, dir, NULL, &result_fops);
	return 0;
}

static void __exit attack_exit(void)
{
	debugfs_remove(dir);
	attack_alarm_off();
	attack_births_off();
	attack_meddle_off();
	attack_skipback(NULL, NULL);
	attack_unpin(NULL, NULL);
	attack_deputy_exit();
	seq_buf_init(&out, report, sizeof(report));
	attack_notified(NULL, &out);
	attack_pair_free();
	if (!attack_restore(&out))
		attack_pages_free(); /* else they are in use: better lost */
}

module_init(attack_init);
module_exit(attack_exit);
MODULE_DESCRIPTION("NACC tests: writes page tables as an attacker would");
MODULE_LICENSE("GPL");
