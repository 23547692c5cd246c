# SPDX-License-Identifier: GPL-2.0
# The stress program, marked and unmarked side by side with the same numbers: both
# must say the same. Rounds: kernel argument nacc.rounds=N.
# shellcheck shell=sh
# shellcheck source=lib.sh
. scenarios/lib.sh

rounds=$(sed -n 's/.*nacc\.rounds=\([0-9]*\).*/\1/p' /proc/cmdline)
rounds=${rounds:-6}

# Somewhere to page out to, and a kernel that merges pages.
if modprobe zram 2>/dev/null && echo 256M >/sys/block/zram0/disksize; then
	mkswap /dev/zram0 >/dev/null && swapon /dev/zram0 && say "swap: zram"
fi
echo 1 >/sys/kernel/mm/ksm/run
echo 2 >/sys/kernel/mm/ksm/sleep_millisecs

load
remember_memory
/nacc/bin/stress --rounds "$rounds" --seed 7 >$T/unmarked 2>&1 &
unmarked=$!
nacc run --name stress -- /nacc/bin/stress --marked --rounds "$rounds" --seed 7 >$T/marked 2>&1 &
pid=$!
wait_for 10 marked $pid
is "it is marked" 0 $?

verify_while_runs $pid
wait $pid
is "marked: exit status" 0 $?
wait $unmarked
is "unmarked: exit status" 0 $?
like "unmarked: all checks passed" "stress: $rounds rounds, checksum 0x*" "$(cat $T/unmarked)"
is "marked: the same result" "$(cat $T/unmarked)" "$(cat $T/marked)"
at_least "verified while it ran" 1 $verified
is "verify never found a mismatch" "" "$wrong"

nacc run -- /nacc/bin/threads --threads 6 --rounds 20 >$T/out 2>&1
is "marked: threads" "threads: 6 threads, 20 rounds, data intact" "$(cat $T/out)"
is "no legal store was refused" 0 "$(refused_since)"
at_least "stores went through the firmware" 10000 "$(($(stat stores) + $(stat amos)))"
say "$(stat traps) traps, $(stat stores) stores, $(stat amos) amos, $(stat fast) within the trap vector, $(stat adopted_trap) adopted by stores, $(stat adopted_call) by calls"

swapoff /dev/zram0 2>/dev/null
rmmod zram 2>/dev/null
echo 0 >/sys/kernel/mm/ksm/run
pool_all_free
memory_as_before 40
unload
kernel_log_clean
finish
