/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the floor at the top: what people and tools talk to. */
#ifndef NACC_USER_H
#define NACC_USER_H

#include <linux/seq_file.h>

#include "domain/domain.h"

struct file;
struct poll_table_struct;

/* access.c: who may do what without being an administrator */
unsigned int nacc_self_frames(void);
kgid_t nacc_monitor_group(void);
bool nacc_may_look(void);
bool nacc_may_open(void);

/* netlink.c, where there is a network */
#if IS_ENABLED(CONFIG_NET)
int nacc_netlink_init(void);
void nacc_netlink_exit(void);
void nacc_netlink_tell(const struct nacc_event *event);
#else
static inline int nacc_netlink_init(void)
{
	return 0;
}

static inline void nacc_netlink_exit(void)
{
}

static inline void nacc_netlink_tell(const struct nacc_event *event)
{
}
#endif

/* events.c */
int nacc_user_events_init(void);
void nacc_user_events_exit(void);
int nacc_events_open(struct file *file);
void nacc_events_release(struct file *file);
ssize_t nacc_events_read(struct file *file, char __user *buf, size_t len,
			 loff_t *pos);
__poll_t nacc_events_poll(struct file *file, struct poll_table_struct *wait);

/* chardev.c, and what its calls do */
int nacc_chardev_init(void);
void nacc_chardev_exit(void);
long nacc_ioctl_mark(struct nacc_mark *mark);
long nacc_ioctl_mark_self(struct nacc_mark *mark, unsigned int frames);
long nacc_ioctl_dump(struct nacc_dump *dump);
long nacc_ioctl_contexts(struct nacc_contexts *contexts);
long nacc_ioctl_seal(struct nacc_seal *seal);
long nacc_ioctl_report(struct nacc_report *report);
long nacc_ioctl_verify(struct nacc_verify *verify);

/* pidfd.c */
struct task_struct *nacc_pidfd_task(int pidfd);
int nacc_pidfd_mm(int pidfd, struct mm_struct **mm);

/* proc.c, and what fills its files */
int nacc_proc_init(void);
void nacc_proc_exit(void);
int nacc_frames_seq(struct seq_file *m);
int nacc_stats_seq(struct seq_file *m);
int nacc_audit_seq(struct seq_file *m);
int nacc_learn_seq(struct seq_file *m);

#endif /* NACC_USER_H */
