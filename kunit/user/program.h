/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of kunit-user share. */
#ifndef KUNIT_USER_H
#define KUNIT_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define PAGE	4096UL
#define HUGE	(2UL << 20)
/* The control group of a case that needs one */
#define GROUP	"/sys/fs/cgroup/kunit"

/* A failed check ends the process; the kernel's log says where. */
#define CHECK(ok) do { if (!(ok)) fail(__FILE__, __LINE__, #ok); } while (0)

void fail(const char *file, int line, const char *what) __attribute__((noreturn));
void write_file(const char *path, const char *text);
long read_number(const char *path);
long vm_counter(const char *name);
int try_mark(pid_t pid);
void mark(pid_t pid);
bool marked(pid_t pid);
void *map(size_t len);
void *map_aligned(size_t len);
void fill(void *p, size_t len, unsigned int seed);
bool filled(const void *p, size_t len, unsigned int seed);
int wait_for(pid_t pid);
void fail_nth_open(void);
void fail_nth(unsigned int nth);
bool fail_nth_hit(void);

/* process.c */
int case_exit(void);
int case_exec(void);
int case_exec_end(void);
int case_fork(void);
int case_routes(void);
int case_vfork(void);
int case_threads(void);
int case_kill(void);
int case_oom(void);

/* cgroup.c */
int case_cgroup(void);
int case_cgroup_end(void);
int case_cgroup_make(void);
int case_cgroup_remove(void);
int case_cgroup_crowd(void);
int case_cgroup_late(void);
int case_cgroup_wait(void);
int case_cgroup_bring(void);
int case_cgroup_lent(void);
int case_cgroup_empty(void);
int case_cgroup_attach(void);
int case_cgroup_detach(void);
int case_gate(void);
int case_gate_end(void);

/* fault.c */
int case_fork_fail(void);
int case_exec_fail(void);
int case_exec_fail_end(void);
int case_map_fail(void);

/* load.c */
int case_load_alloc(void);
int case_load_call(void);

/* mutants.c */
int case_mutants(void);

/* memory.c */
int case_smaps(void);
int case_mremap(void);
int case_collapse(void);
int case_collapse_shared(void);
int case_hugetlb(void);
int case_pageout(void);
int case_reclaim(void);
int case_migrate(void);
int case_ksm(void);

#endif /* KUNIT_USER_H */
