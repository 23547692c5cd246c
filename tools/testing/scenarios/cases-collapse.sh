# SPDX-License-Identifier: GPL-2.0
# Page tables that the kernel frees a grace period after it has taken them away, of
# processes that end meanwhile: nobody gives a table up before the kernel is through with
# it. The boot lets callbacks of RCU take their time (rcu_nocbs).
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

ROUNDS=20
parameter=/sys/module/nacc/parameters/hook
right="collapse: $ROUNDS rounds, $ROUNDS made huge, data right"

load
remember_memory
is "unmarked" "$right" "$(/nacc/bin/collapse $ROUNDS 2>&1)"
is "marked" "$right" "$(nacc run -- /nacc/bin/collapse $ROUNDS 2>&1)"
echo off >$parameter
is "marked, by traps alone" "$right" "$(nacc run -- /nacc/bin/collapse $ROUNDS 2>&1)"
echo auto >$parameter
pool_all_free
memory_as_before 100 48
unload
kernel_log_clean
finish
