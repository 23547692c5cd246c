/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The system calls that the command's tests replace (tests/fake_sys.c).
 */
#ifndef NACC_SYS_H
#define NACC_SYS_H

#include <dirent.h>

int sys_open(const char *path, int flags);
DIR *sys_opendir(const char *path);
int sys_ioctl(int fd, unsigned long req, void *arg);
int sys_pidfd_open(int pid);
int sys_online_cpus(void);
void sys_pause(unsigned int ms);
const char *sys_machine(void);
int sys_connect(const char *path);
int sys_run(char *const argv[]);
int sys_protected(void);
const char *sys_root(void);
const char *sys_state(char *path, size_t len);

#endif /* NACC_SYS_H */
