# SPDX-License-Identifier: GPL-2.0
# A reset that the firmware accepts, while a program on the other hart writes a secret page all
# the time. Behind it the host looks for that page in the memory of the machine.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

load
load_attack
# Found by the host, if it can find anything: a page of a file in memory, 0x5b
head -c 4096 /dev/zero | tr '\0' '[' >$T/page
is "an ordinary page" 4096 "$(wc -c <$T/page)"
start_ready $T/secret taskset 2 nacc run --gate=enforce -- /nacc/bin/secret rewrite
is "a program writes its secret page, 0xa7, again and again" 0 $?
is "nothing was refused" "0 0 0" "$(stat refused_context) $(stat refused_thread) $(refused_since)"
kernel_log_clean
# By the other hart
taskset -p 1 $$ >/dev/null
echo "the machine is reset"
attack sbi 0x53525354 0 1 0 0
is "the machine is gone" yes no
finish
