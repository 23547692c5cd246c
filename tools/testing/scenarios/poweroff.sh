# SPDX-License-Identifier: GPL-2.0
# Leaves marked processes behind: the machine must power off all the same, which
# the host sees.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

load
start_victim victim "the victim's own data"
mark "$victim_pid"
verified "a victim is marked" "$victim_pid"
nacc run -- /nacc/bin/threads --threads 2 --seconds 600 >$T/threads 2>&1 &
wait_for 10 grep -q ready $T/threads
is "threads run marked" 0 $?
kernel_log_clean
finish
