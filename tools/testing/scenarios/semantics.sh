# SPDX-License-Identifier: GPL-2.0
# Programs nobody here wrote, kselftests and stress-ng, unmarked and marked: the same
# results. Kernel arguments: semantics.tests=all (else the subset), semantics.only=PATTERN,
# semantics.patience=N, semantics.gate=MODE: what is marked is behind a gate, too.
# shellcheck shell=sh
# shellcheck source=lib.sh
. scenarios/lib.sh

only=$(sed -n 's/.*semantics\.only=\([^ ]*\).*/\1/p' /proc/cmdline)
patience=$(sed -n 's/.*semantics\.patience=\([0-9.]*\).*/\1/p' /proc/cmdline)
gate=$(sed -n 's/.*semantics\.gate=\([a-z]*\).*/\1/p' /proc/cmdline)
what=--subset
! grep -q 'semantics\.tests=all' /proc/cmdline || what=
[ ! -s /semantics/todo ] || what="--todo /semantics/todo"

load
# What the programs say is in the console by itself; a panic still is there at once.
echo 1 >/proc/sys/kernel/printk
modprobe zram
remember_memory
# shellcheck disable=SC2086
python3 /semantics/compare/compare /semantics/tests.list /semantics/named --only "${only:-*}" \
	--patience "${patience:-1}" ${gate:+--gate $gate} $what
is "no test differs" 0 $?
echo 0 >/proc/sys/vm/nr_hugepages
rmmod zram
pool_all_free
memory_as_before 40 40
unload
finish
