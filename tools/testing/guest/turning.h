/* SPDX-License-Identifier: GPL-2.0 */
/* What turning.c, turning.S and turned.c share. */
#ifndef TURNING_H
#define TURNING_H

#include <stdint.h>
#include <sys/types.h>

#include "registers.h"

typedef void differ_fn(char *to, const struct file *want, const struct file *got);

/* turning.S */
extern struct file *child;
extern volatile int handled;
void hold_child(void);
void hold_spin(void);
void on_signal(void);

/* abortable.S: was it aborted? 0: it was told to stop; @at: where the thread says what it is in */
extern const char abort_at[];
int abortable(uint64_t *at, const volatile int *stop);

/* turned.c */
void aborts_with_core(void);
pid_t asks(differ_fn *differ);
const char *answered(pid_t pid);
const char *reads_clock(const volatile int *stop, volatile int *entered);
const char *is_aborted(const volatile int *stop, volatile int *entered, volatile int *aborts);

#endif /* TURNING_H */
