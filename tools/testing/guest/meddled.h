/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of "meddled" share. */
#ifndef MEDDLED_H
#define MEDDLED_H

#include <sys/types.h>

void wait_for(pid_t pid, int status);
int stops(pid_t pid);
/* debugged.c; how many of its changes a gate would see */
int debugged(int applied);
void debugged_float(int applied);
void steps(void);
/* aborted.c */
void aborts(const char *core);

#endif /* MEDDLED_H */
