#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Number and name of each system call that a <asm/unistd_64.h> of the kernel's has, as
# ../calls.tbl has them. The kernel's own copy ends with how many there are.
sed -n '/__NR_syscalls/d
s/^#define __NR_\([a-z0-9_]*\)[ \t]*\([0-9][0-9]*\)$/\2 \1/p' "$@" | sort -n
