# SPDX-License-Identifier: GPL-2.0
# The gate: a thread goes back to user mode in the address space that it came from, whatever
# its task_struct says (task->mm, and a switch that is skipped since active_mm says so, too).
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

# moved WHO: a process that is marked, or not, goes on in the victim's address space
moved() {
	local status before
	start_victim other "the other's own data"
	[ "$1" = unmarked ] || mark "$other_pid"
	is "the $1 one is well" intact "$(ask other check)"
	before=$(stat refused_thread)
	like "its task names the victim's mm" "old=*" "$(attack mmset "$other_pid" "$victim_pid")"
	is "the $1 one does not go on" "" "$(ask other check 2>/dev/null)"
	exec 8>&- 9<&-
	wait "$other_pid" 2>/dev/null
	status=$?
	attack mmback >/dev/null
	is "it ended where it would have gone on (SIGILL)" 132 $status
	at_least "that is on record" $((before + 1)) "$(stat refused_thread)"
	is "the victim is as it was" intact "$(ask victim check)"
}

# spin NAME: a program on CPU 1, in user mode all the time; $NAME, its PID
spin() {
	printf '\0' >"$T/$1"
	start_ready "$T/$1.said" /nacc/bin/spinner "$T/$1"
	eval "$1=$started"
}
# goes_on NAME PID: it does when it is told to; $rc
goes_on() {
	printf '\1' | dd of="$T/$1" conv=notrunc 2>/dev/null
	wait "$2" 2>/dev/null
	rc=$?
}
ended() { ! runs "$1"; }

# skipped MODE WHO: a process that is marked, or not, takes turns with one behind such a gate, and
# is then not switched to: it is as if its address space were there already
skipped() {
	local records
	spin first
	mark "$first"
	exits "$1: the gate is switched" 0 nacc gate "$domain" "$1"
	spin second
	[ "$2" = unmarked ] || mark "$second"
	records=$(stat refused_thread)
	sleep 2
	is "$1, the $2 one: they take turns, nothing is refused" "yes yes $records" \
		"$(runs "$first" && echo yes) $(runs "$second" && echo yes) $(stat refused_thread)"
	like "$1, the $2 one: the switch to it is skipped" "old=*" "$(attack skip "$first" "$second")"
	if [ "$1" = enforce ]; then
		wait_for 10 ended "$second"
		attack skipback >/dev/null
		goes_on second "$second"
		is "it ended where it would have gone on (SIGILL)" 132 $rc
	else
		sleep 2
		attack skipback >/dev/null
		goes_on second "$second"
		is "$1: it was somewhere else, and goes on" "0 it goes on" "$rc $(tail -n 1 $T/second.said)"
	fi
	[ "$1" = off ] || at_least "$1: that is on record" $((records + 1)) "$(stat refused_thread)"
	[ "$1" = off ] && is "$1: nothing is on record" "$records" "$(stat refused_thread)"
	goes_on first "$first"
	is "$1: the first one has not noticed" "0 it goes on" "$rc $(tail -n 1 $T/first.said)"
}

load
load_attack
# Else it ends in the kernel already, which writes to what the program has registered.
export GLIBC_TUNABLES=glibc.pthread.rseq=0
start_victim victim "the victim's own data"
mark "$victim_pid"
exits "the gate is switched" 0 nacc gate "$domain" enforce
is "the victim is well" intact "$(ask victim check)"
moved marked
moved unmarked
end_victim victim
say "a switch that is skipped"
for mode in off audit enforce; do
	skipped $mode unmarked
	skipped $mode marked
done
pool_all_free
rmmod nacc_attack
unload
finish
