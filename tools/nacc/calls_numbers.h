/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers of riscv64's system calls, from the kernel's own headers: the names are taken out
 * of what these define when the command is built.
 */
#ifndef NACC_CALLS_NUMBERS_H
#define NACC_CALLS_NUMBERS_H

#ifdef __riscv
#include <asm/unistd.h>
#else
/* Tests on another machine: what asm/unistd.h of riscv64 asks of the generic list */
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_SYS_CLONE3
#define __ARCH_WANT_MEMFD_SECRET
#include <asm-generic/unistd.h>
#endif

#endif /* NACC_CALLS_NUMBERS_H */
