# SPDX-License-Identifier: GPL-2.0
# The gate: whatever a thread is in the kernel for, a kernel that has been broken into changes
# what is saved of it just then. Each event first with nobody in between: nothing is refused.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

. scenarios/registers.sh

victim_program=turning
NONE=32

has_met() {
	case $(attack met) in tid=*) ;; *) false ;; esac
}

named() { nacc audit | sed -n 's/.*, \([a-z0-9]*\) should have been .*/\1/p' | tail -n 1; }

# there WHAT: a thread of the victim's does that, and waits; $tid
there() { tid=$(field tid "$(ask victim "$1")"); }
is_stopped() { grep -q '^State:.*T' "/proc/$victim_pid/task/$tid/status"; }

# Of what waits for somebody, registers are changed while it sleeps.
asleep() {
	if [ "$1" = stopped ]; then
		there read
		kill -STOP "$victim_pid"
		wait_for 10 is_stopped || part "$1: the thread is" stopped running
	else
		there "$1"
	fi
	[ "$3" = $NONE ] || part_like "$1: x$3" "old=*" "$(attack reg "$tid" "$3" "$4")"
	[ "$1" != stopped ] || kill -CONT "$victim_pid"
	answer=$(ask victim go)
}

# planned EVENT MOMENT WHOSE N VALUE, happened EVENT MOMENT N: of what does not wait, a probe does.
planned() { part "$1: $2: planned" "" "$(attack meddle "$2" "$3" "$4" "$5")"; }
happened() { wait_for 10 has_met || part "$1: $2: x$3: it has come" yes no; }

under_way() {
	if [ "$1" = again ]; then there read; else there "$1"; fi
	planned "$1" "$2" "$tid" "$3" "$4"
	[ "$1" != again ] || kill -USR2 "$victim_pid"
	happened "$1" "$2" "$3"
	answer=$(ask victim go)
}

at_once() {
	planned "$1" "$2" "$victim_pid" "$3" "$4"
	answer=$(ask victim "$1")
	happened "$1" "$2" "$3"
}

# through EVENT MOMENT N VALUE: $answer; $new: more on record, returns and threads
through() {
	local returns threads tid
	returns=$(stat refused_context) threads=$(stat refused_thread)
	case $1 in
	stopped | asks) asleep "$@" ;;
	again | spin | vdso | abort) under_way "$@" ;;
	*) at_once "$@" ;;
	esac
	new="$(($(stat refused_context) - returns)) $(($(stat refused_thread) - threads))"
}

# twin EVENT MOMENT ANSWER: nothing is changed
twin() {
	through "$1" "$2" $NONE 0
	is "$mode: $1, $2: nothing is refused" "$3, 0 0" "$answer, $new"
}

# hits EVENT MOMENT ANSWER WHAT N[=VALUE]:NAME...: these registers, one after the other: that is
# on record
hits() {
	local event="$1" moment="$2" wanted="$3" what="$4" how n
	shift 4
	for how; do
		n=${how%:*} value=$VALUE
		case $n in *=*) value=${n#*=} n=${n%=*} ;; esac
		through "$event" "$moment" "$n" "$value"
		part "$mode: $event, $moment: x$n" "$wanted, 1 0, ${how#*:}" "$answer, $new, $(named)"
	done
	whole "$mode: $event, $moment: $# registers: $what, on record"
}

# leaves EVENT MOMENT ANSWER N VALUE: what the contract leaves to the kernel, or never comes back
leaves() {
	through "$1" "$2" "$4" "$5"
	is "$mode: $1, $2: x$4 is $5: $6" "$3, 0 0" "$answer, $new"
}

twins() {
	twin spin interrupt "intact handled=0"
	twin vdso vdso "intact handled=0"
	twin signal signal "intact handled=1"
	twin altstack signal "intact handled=1"
	twin signal sigreturn "intact handled=1"
	twin stopped restart "intact handled=0"
	twin again signal "intact handled=1"
	for event in fork vfork clone clone3; do twin $event child "intact handled=0"; done
	twin exec exec "intact handled=0"
	twin asks notified "intact handled=0"
	twin abort rseq "intact handled=0"
	twin ring child "intact handled=0"
	rm -f $T/core
	twin dump dump "ended by 6 handled=0"
	is "$mode: there is a core dump" yes "$([ -s $T/core ] && echo yes)"
}

enforced() {
	local at
	# Text of its own
	at=$(field at "$(ask victim abort)")
	part "abort" "intact handled=0" "$(ask victim go)"
	hits spin interrupt "intact handled=0" undone 0:pc 1:ra 2:sp 3:gp 4:tp 10:a0 19:s3 31:t6
	hits vdso vdso "intact handled=0" undone 0:pc 2:sp
	# It goes on without the signal: what is named is where it would have gone.
	for event in signal altstack; do
		hits "$event" signal "intact handled=0" "the handler does not run" \
			0:pc "1=$at:pc" 2:pc 10=14:pc 11:pc 12:pc 19:pc
	done
	leaves signal signal "intact handled=1" 10 12 "a signal whose handler is the same"
	hits signal sigreturn "intact handled=1" undone 0:pc 1:ra 2:sp 4:tp 19:s3
	hits stopped restart "intact handled=0" "the same call again" 10:a0 11:a1 12:a2 17=172:a7 19:s3
	hits stopped restart "not read handled=0" "behind the call" 0:pc
	hits again signal "intact handled=0" "the call again, without the handler" 0:pc 2:pc 19:pc
	hits fork child "intact handled=0" undone 0:pc 1:ra 2:sp 4:tp 10:a0 19:s3
	hits vfork child "intact handled=0" undone 0:pc 2:sp 4:tp 10:a0 19:s3
	hits clone child "intact handled=0" undone 0:pc 2:sp 4:tp 10:a0 19:s3
	hits clone3 child "intact handled=0" undone 0:pc 2:sp 4:tp 10:a0 19:s3
	hits asks notified "intact handled=0" undone 0:pc 2:sp 17=172:a7 19:s3
	# It was to be aborted, too, so pc is not what it was.
	hits abort rseq "intact handled=0" "it goes on in its sequence" 0:pc 0=$((at + 4)):pc 19:pc
	# A worker stays with who has had one made.
	end_victim victim
	gated_victim $mode
	leaves ring child "intact handled=0" 0 $VALUE "a worker never goes to user mode"
	leaves dump dump "ended by 6 handled=0" 0 $VALUE "nobody comes back from there"
	through exec exec 10 $VALUE
	is "$mode: exec, exec: a0: it does not begin" "ended by 4 handled=0, 0 1" "$answer, $new"
	leaves exec exec "ended by 11 handled=0" 0 $VALUE "where it begins is the kernel's word"
}

audited() {
	hits spin interrupt "changed: x19=$(hex $VALUE) handled=0" performed 19:s3
	hits signal signal "intact handled=1" "performed, until it is through" 19:pc
	hits signal sigreturn "changed: x19=$(hex $VALUE) handled=1" performed 19:s3
	hits stopped restart "changed: x19=$(hex $VALUE) handled=0" performed 19:s3
	for event in fork vfork clone clone3; do
		hits $event child "changed: x19=$(hex $VALUE) handled=0" performed 19:s3
		hits $event child "lost, status 0xb handled=0" "performed: it dies of it" 0:pc
	done
	hits asks notified "changed: x19=$(hex $VALUE) handled=0" performed 19:s3
	hits asks notified "lost handled=0" "performed: it dies of it" 0:pc
	# Who is not known there is on record at each return, until one looks like the first.
	through exec exec 10 $VALUE
	is "$mode: exec, exec: a0: performed" "intact handled=0, 0" "$answer, ${new% *}"
	at_least "$mode: exec, exec: a0: on record" 1 "${new#* }"
}

# dies TEXT MODE NEW EVENT MOMENT N: of that register (SIGSEGV)
dies() {
	gated_victim "$2"
	through "$4" "$5" "$6" $VALUE 2>/dev/null
	exec 4>&- 5<&-
	wait "$victim_pid" 2>/dev/null
	is "$2: $4, $5: x$6: $1" "139, $3" "$?, $new"
}

load
load_attack
core_pattern=$(cat /proc/sys/kernel/core_pattern) core_pid=$(cat /proc/sys/kernel/core_uses_pid)
echo $T/core >/proc/sys/kernel/core_pattern
echo 0 >/proc/sys/kernel/core_uses_pid
for mode in enforce audit; do
	gated_victim $mode
	twins
	[ $mode = enforce ] && enforced
	[ $mode = audit ] && audited
	end_victim victim
done
for how in "spin interrupt" "vdso vdso" "signal signal" "signal sigreturn" "stopped restart" \
	"abort rseq"; do
	# shellcheck disable=SC2086
	dies "performed, and on record: it dies of it" audit "1 0" $how 0
done
# What nothing is mapped at cannot be looked at. The kernel is asked for it, by a fault.
dies "it has no memory there, and is ended before it goes on" enforce "0 0" signal signal 1
echo "$core_pattern" >/proc/sys/kernel/core_pattern
echo "$core_pid" >/proc/sys/kernel/core_uses_pid
is "no store was refused, no system call" "0 0" "$(refused_since) $(stat refused_syscall)"
pool_all_free
rmmod nacc_attack
unload
kernel_log_clean
finish
