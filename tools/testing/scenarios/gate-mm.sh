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
pool_all_free
rmmod nacc_attack
unload
finish
