/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/nacc: its calls, and what their errors mean to a person.
 */
#ifndef NACC_DEV_H
#define NACC_DEV_H

#include <stdint.h>

#include <linux/nacc.h>

int dev_open(int *fd);
int dev_pidfd(int pid, int *fd);
int dev_call(int fd, unsigned long req, void *arg);
int dev_explain(unsigned long req, int err, unsigned int subject,
		uint32_t domain);
int dev_info(int fd, struct nacc_info *info);
int dev_mark(int fd, int pid, const char *name, uint32_t *domain);

#endif /* NACC_DEV_H */
