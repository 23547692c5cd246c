# SPDX-License-Identifier: GPL-2.0
# A threaded program is marked and unmarked again and again while it maps, unmaps
# and protects memory; so is a program that forks and executes; so is this shell.
# shellcheck shell=sh disable=SC2154
. scenarios/lib.sh

seconds=$(sed -n 's/.*nacc\.seconds=\([0-9]*\).*/\1/p' /proc/cmdline)
seconds=${seconds:-15}

# mark_and_unmark PID: as long as it lives; $rounds.
mark_and_unmark() {
	local rc
	rounds=0 wrong=
	while [ -d "/proc/$1/fd" ] && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; do
		out=$(nacc mark "$1" 2>&1)
		rc=$?
		[ $rc -eq 3 ] && continue # it has just ended
		[ $rc -eq 0 ] || wrong="mark: $out"
		out=$(nacc verify "$1" 2>&1)
		rc=$?
		[ $rc -eq 0 ] || [ $rc -eq 3 ] || wrong="verify: $out"
		for domain in $(awk 'NR > 1 && $2 == "live" { print $1 }' /proc/nacc/domains); do
			out=$(nacc unmark "$domain" 2>&1)
			rc=$?
			[ $rc -eq 0 ] || [ $rc -eq 3 ] || wrong="unmark: $out"
		done
		rounds=$((rounds + 1))
	done
}

load
remember_memory
say "threads"
/nacc/bin/threads --threads 4 --seconds "$seconds" >$T/threads 2>&1 &
pid=$!
wait_for 5 grep -q ready $T/threads
mark_and_unmark $pid
wait $pid
is "threads: exit status" 0 $?
like "threads: data intact" "*threads: data intact, rounds *" "$(cat $T/threads)"
is "threads: marking and unmarking worked each time" "" "$wrong"
at_least "threads: times marked and unmarked" 10 $rounds
say "threads: marked and unmarked $rounds times, $(tail -n 1 $T/threads)"

say "fork and exec"
/nacc/bin/stress --rounds 3 --seed 11 >$T/quiet 2>&1
/nacc/bin/stress --rounds 3 --seed 11 >$T/marked 2>&1 &
pid=$!
mark_and_unmark $pid
wait $pid
is "fork and exec: exit status" 0 $?
is "fork and exec: the same result as in peace" "$(cat $T/quiet)" "$(cat $T/marked)"
is "fork and exec: marking and unmarking worked each time" "" "$wrong"
at_least "fork and exec: times marked and unmarked" 5 $rounds
say "fork and exec: marked and unmarked $rounds times"

say "this shell"
mark $$
mine=$domain
is "a child of the marked shell is marked" 1 \
	"$(sh -c 'awk -v p=$$ "\$2 == p { n = 1 } END { print n + 0 }" /proc/nacc/mms; :')"
verified "the shell's tables are in order" $$
exits "unmark the shell" 0 nacc unmark "$mine"
is "no legal store was refused" 0 "$(stat refused)"
pool_all_free
memory_as_before 40
unload
kernel_log_clean
finish
