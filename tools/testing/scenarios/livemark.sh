# SPDX-License-Identifier: GPL-2.0
# A threaded program is marked and unmarked again and again while it maps, unmaps
# and protects memory; so is a program that forks and executes; so is this shell.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

seconds=$(sed -n 's/.*nacc\.seconds=\([0-9]*\).*/\1/p' /proc/cmdline)
seconds=${seconds:-15}

# mark_and_unmark NAME PID LEAST: as long as it lives.
mark_and_unmark() {
	/nacc/bin/marker "$2" >$T/marker 2>&1
	is "$1: marking, verifying and unmarking worked each time" 0 $?
	sed 's/^/# /' $T/marker
	at_least "$1: times marked and unmarked" "$3" "$(sed -n 's/marker: \([0-9]*\) .*/\1/p' $T/marker)"
}

load
remember_memory
say "threads"
/nacc/bin/threads --threads 4 --seconds "$seconds" >$T/threads 2>&1 &
pid=$!
wait_for 5 grep -q ready $T/threads
mark_and_unmark threads $pid 10
wait $pid
is "threads: exit status" 0 $?
like "threads: data intact" "*threads: data intact, rounds *" "$(cat $T/threads)"
say "$(tail -n 1 $T/threads)"

say "fork and exec"
/nacc/bin/stress --rounds 8 --seed 11 >$T/quiet 2>&1
/nacc/bin/stress --rounds 8 --seed 11 >$T/marked 2>&1 &
pid=$!
mark_and_unmark "fork and exec" $pid 5
wait $pid
is "fork and exec: exit status" 0 $?
is "fork and exec: the same result as in peace" "$(cat $T/quiet)" "$(cat $T/marked)"

say "this shell"
mark $$
mine=$domain
is "a child of the marked shell is marked" 1 \
	"$(sh -c 'awk -v p=$$ "\$2 == p { n = 1 } END { print n + 0 }" /proc/nacc/mms; :')"
verified "the shell's tables are in order" $$
exits "unmark the shell" 0 nacc unmark "$mine"
is "no legal store was refused" 0 "$(refused_since)"
pool_all_free
memory_as_before 40
unload
kernel_log_clean
finish
