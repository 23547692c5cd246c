/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of "turns" share. */
#ifndef TURNS_H
#define TURNS_H

#include <stddef.h>
#include <stdint.h>

/* Is that in there? */
static inline int is_on(const char *at, const char *stack, size_t size)
{
	return (uintptr_t)at - (uintptr_t)stack < size;
}

/* abortable.S: was it aborted? 0: it was told to stop; @at: where the thread says what it is in */
int abortable(uint64_t *at, const volatile int *stop);

/* turns_kept.c */
void autodisarm(void);
void by_vdso(void);
void sequences(void);
void rings(void);

#endif /* TURNS_H */
