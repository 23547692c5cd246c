/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/nacc: its calls, and what their errors mean to a person.
 */
#ifndef NACC_DEV_H
#define NACC_DEV_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/nacc.h>

/* Bytes of a frame, which holds one page table */
#define FRAME_SIZE	4096

int dev_try(void);
int dev_open(int *fd);
int dev_pidfd(int pid, int *fd);
int dev_call(int fd, unsigned long req, void *arg);
int dev_explain(unsigned long req, int err, unsigned int subject,
		uint32_t domain);
int dev_info(int fd, struct nacc_info *info);

/* dev_domain.c */
int dev_domain(int fd, int pid, uint32_t *domain);
int dev_not_system(int fd, uint32_t *domain);
int dev_own_domain(int fd, int pid, uint32_t *domain);

/* target.c */
int target_domain(const char *text, uint32_t *domain);
int target_label(const char *text, uint32_t *domain);
int target_either(int fd, const char *text, int *pid, uint32_t *domain);
int target_any(int fd, const char *text, uint32_t *domain);
int target_process(const char *text, int *pid);
int target_processes(const char *text, int *pid, uint32_t *domain);

/* dev_mark.c */

/**
 * struct marking - what is to be marked, and where
 * @pid: a process, or 0
 * @cgroup: the directory of a cgroup, or NULL
 * @join: a domain that is there, or 0: a new one
 * @name: label of the new domain, shorter than NACC_NAME_LEN, or NULL
 * @anywhere: a process that is in a domain, whichever, may stay there; a cgroup may be the
 * domain of that label already
 * @domain: result: ID of the domain
 * @fresh: result: it was not marked before
 */
struct marking {
	int pid;
	const char *cgroup;
	uint32_t join;
	const char *name;
	bool anywhere;
	uint32_t domain;
	bool fresh;
};

int dev_mark(int fd, struct marking *m);

#endif /* NACC_DEV_H */
