# SPDX-License-Identifier: GPL-2.0
# The system profile is on, and the hooks that see births die: what is made then is not
# marked, no hart has its root, and it is killed in the kernel, in the middle of a copy to
# user memory. That must end, and no hart go on faulting. Each beside what must work. Whom
# the keeper finds before he has run is protected, and lives: then another one is tried.
# shellcheck shell=sh disable=SC2154,SC3043,SC3045
# shellcheck source=lib.sh
. scenarios/lib.sh

kprobes=/sys/kernel/debug/kprobes/enabled
way() { awk -v f="$1" '$2 == f { print $3 }' /proc/nacc/hooks; }
program="/nacc/bin/threads --threads 1 --seconds 0"
reasons() { stat refused_root-foreign; }

# Without a child, since there can be none: has it ended by itself after ten seconds?
has_gone() {
	local n=0 state
	while [ $n -lt 10 ]; do
		state=Z
		read -r _ _ state _ 2>/dev/null <"/proc/$1/stat"
		[ "$state" != Z ] || return 0
		read -r -t 1 _ <&8
		n=$((n + 1))
	done
	return 1
}

# What one that lives says of the processes that are protected, itself among them
tell='while read -r line; do echo "$line"; done </proc/nacc/mms'

# was_killed TEXT PID FILE: it has ended, as one that was killed; or what it told, in FILE, says
# that it was protected.
was_killed() {
	local pid status
	if ! has_gone "$2"; then
		echo 1 >$kprobes
		give_up "$1: a hart goes on faulting"
	fi
	wait "$2"
	status=$?
	[ $status != 137 ] || return 0
	while read -r _ pid _; do
		[ "$pid" != "$2" ] || return 1
	done <"$3"
	is "$1: killed, or protected" 137 $status
	return 1
}

# child_killed TEXT: one of ten at most.
child_killed() {
	local n=0 told=$T/told
	while [ $n -lt 10 ]; do
		n=$((n + 1))
		(eval "$tell") >"$told" &
		was_killed "$1" $! "$told" || continue
		killed=$((killed + 1))
		is "$1: killed" killed killed
		return
	done
	is "$1: killed" killed protected
}

# program_killed TEXT: one of the three that wait.
program_killed() {
	local n=0
	while [ $n -lt 3 ]; do
		n=$((n + 1))
		echo go >"$T/go$n"
		eval "was_killed \"\$1\" \$waits$n $T/waits$n" || continue
		killed=$((killed + 1))
		is "$1: killed" killed killed
		return
	done
	is "$1: killed" killed protected
}

killed=0
mkfifo $T/never $T/go1 $T/go2 $T/go3
exec 8<>$T/never 5<>$T/go1 6<>$T/go2 7<>$T/go3
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
for n in 1 2 3; do
	sh -c "echo ready; read -r go; exec sh -c '$tell'" <$T/go$n >$T/waits$n &
	eval "waits$n=$!"
	wait_for 10 grep -q ready $T/waits$n
done
echo 0 >$kprobes
child_killed "a child, where its PID is stored for it"
program_killed "a new program, where its stack is filled"
child_killed "another child"
echo 1 >$kprobes
echo go >$T/go2
echo go >$T/go3
exec 5>&- 6>&- 7>&-

say "they are seen again"
(:)
is "a child" 0 $?
# shellcheck disable=SC2086
exits "a new program" 0 $program
at_least "roots were refused" $killed "$(reasons)"
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
