# SPDX-License-Identifier: GPL-2.0
# The system profile is on, and the hooks that see births die: what is made then is not
# marked, no hart has its root, and it is killed in the kernel, in the middle of a copy to
# user memory. That must end, and no hart go on faulting. Each beside what must work.
# shellcheck shell=sh disable=SC2154,SC3043,SC3045
# shellcheck source=lib.sh
. scenarios/lib.sh

kprobes=/sys/kernel/debug/kprobes/enabled
way() { awk -v f="$1" '$2 == f { print $3 }' /proc/nacc/hooks; }
program="/nacc/bin/threads --threads 1 --seconds 0"
reasons() { stat refused_root-foreign; }

# Without a child, since there can be none: has it ended by itself after ten seconds?
has_gone() {
	local n=0 state line
	while [ $n -lt 10 ]; do
		state=Z
		read -r _ _ state _ 2>/dev/null <"/proc/$1/stat"
		[ "$state" != Z ] || return 0
		read -r -t 1 line <&8
		n=$((n + 1))
	done
	return 1
}

# has_ended TEXT PID: as one that was killed.
has_ended() {
	if ! has_gone "$2"; then
		echo 1 >$kprobes
		give_up "$1: a hart goes on faulting"
	fi
	wait "$2"
	is "$1: killed" 137 $?
}

mkfifo $T/never $T/go
exec 8<>$T/never
load_attack
is "another tracer has what births are seen by" "taken=1" "$(attack births 1)"
load
exits "nacc protect --system" 0 nacc protect --system
is "births are seen by breakpoints" "kprobe kprobe" "$(way wake_up_new_task) $(way begin_new_exec)"
is "faults are not looked at" idle "$(way handle_mm_fault)"
(:)
is "a child" 0 $?
# shellcheck disable=SC2086
exits "a new program" 0 $program
is "no root was refused" 0 "$(reasons)"

say "births are not seen any more"
sh -c "echo ready; read -r go; exec $program" <$T/go >$T/waits &
waits=$!
exec 3>$T/go
wait_for 10 grep -q ready $T/waits
echo 0 >$kprobes
(:) &
has_ended "a child, where its PID is stored for it" $!
echo go >&3
has_ended "a new program, where its stack is filled" $waits
(:) &
has_ended "another child" $!
echo 1 >$kprobes
exec 3>&-

say "they are seen again"
(:)
is "a child" 0 $?
# shellcheck disable=SC2086
exits "a new program" 0 $program
at_least "roots were refused" 3 "$(reasons)"
idle() { [ "$(way handle_mm_fault)" = idle ]; }
wait_for 10 idle
is "with the last of them faults are not looked at any more" idle "$(way handle_mm_fault)"
exits "threads" 0 /nacc/bin/threads --threads 4 --seconds 2
exits "nacc verify --all: all agree" 0 nacc verify --all
exits "nacc protect --off" 0 nacc protect --off
is "they are let go of" "taken=0" "$(attack births 0)"
pool_all_free
rmmod nacc_attack
unload
kernel_log_clean
finish
