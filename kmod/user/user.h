/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the floor at the top: what people and tools talk to. */
#ifndef NACC_USER_H
#define NACC_USER_H

#include <linux/seq_file.h>

#include "domain/domain.h"

/* chardev.c, and what its calls do */
int nacc_chardev_init(void);
void nacc_chardev_exit(void);
long nacc_ioctl_dump(struct nacc_dump *dump);
long nacc_ioctl_verify(struct nacc_verify *verify);

/* pidfd.c */
struct task_struct *nacc_pidfd_task(int pidfd);

/* proc.c, and what fills its files */
int nacc_proc_init(void);
void nacc_proc_exit(void);
int nacc_frames_seq(struct seq_file *m);
int nacc_stats_seq(struct seq_file *m);
int nacc_audit_seq(struct seq_file *m);
int nacc_learn_seq(struct seq_file *m);

#endif /* NACC_USER_H */
