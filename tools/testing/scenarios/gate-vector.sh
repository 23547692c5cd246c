# SPDX-License-Identifier: GPL-2.0
# The gate: each vector register of a thread, changed while the thread is in a fault: its own
# again, or what it was made; and many threads that use them, of which each has its own.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
. scenarios/registers.sh

# vectors MODE: v0 to v31 and their CSRs in a fault, which are kept, and not compared
vectors() {
	local n=0 name
	while [ $n -le 35 ]; do
		into fault
		name=v$n value=$((VALUE + n))
		case $n in
		32) name=vcsr value=2 ;;
		33) name=vl value=1 ;;
		34) name=vtype value=0xc8 ;;
		35) name=vstart value=7 ;;
		esac
		hit vreg "$tid" $n $value
		[ "$1" = enforce ] && part "$name" "intact 0" "$answer $new"
		if [ "$1" != enforce ]; then
			case $n in
			3[2345]) part "$name" "changed: $name=$(hex $value) 0" "$answer $new" ;;
			*) part "$name" "changed: $name 0" "$answer $new" ;;
			esac
		fi
		n=$((n + 1))
	done
	whole "$*: v0 to v31, vcsr, vl, vtype, vstart: $([ "$1" = enforce ] && echo "its own again" || echo "as the kernel has them"), no record"
	into fault
	hit vs "$tid" 1
	is "$*: VS is initial: it has what it had" "intact 0" "$answer $new"
	into fault
	hit vs "$tid" 0
	[ "$1" = enforce ] && is "$*: VS is off, as if it had none yet: its own again" "intact 0" "$answer $new"
	[ "$1" != enforce ] && like "$*: VS is off, as if it had none yet: others" "changed: v0*0" "$answer $new"
}

# What a call leaves of them Linux does not say.
vector_twins() {
	local before
	before=$(stat refused_context)
	into call
	part "call" intact "$(ask victim go)"
	into fault
	part "fault" intact "$(ask victim go)"
	into fault
	old=$(field old "$(attack vreg "$tid" 9 0)")
	attack vreg "$tid" 9 "$old" >/dev/null
	part "it is back before the thread is" intact "$(ask victim go)"
	into fault
	kill -STOP "$victim_pid"
	kill -CONT "$victim_pid"
	part "stopped and continued" intact "$(ask victim go)"
	part "on record" 0 $(($(stat refused_context) - before))
	whole "$*: nobody changes vector registers: intact, no record"
}

load
load_attack
say "vector registers"
like "the firmware keeps them" "kept (* bytes)" "$(status vector)"
for mode in enforce audit "enforce --ptrace"; do
	# shellcheck disable=SC2086
	gated_victim $mode
	unlike "$mode: it has some" 0x0 "$victim_va"
	# shellcheck disable=SC2086
	set -- $mode
	vector_twins "$@"
	[ $# = 2 ] && set -- ptrace
	vectors "$@"
	end_victim victim
done
say "what is only read, and was written before there was a gate"
victim_program=onlyread
start_victim victim vector
into tid
# Two on one processor: the kernel takes its registers from it, and gives it what it has kept.
taskset -p 1 "$tid" >/dev/null
taskset 1 sh -c 'while :; do :; done' &
busy=$!
mark "$victim_pid"
exits "the gate: audit" 0 nacc gate "$domain" audit
is "audit: its own" intact "$(ask victim go)"
# makes VALUE ANSWER: an attack while it is on its processor comes to nothing, as the kernel keeps
# what it finds there then; so several.
makes() {
	local tries=0
	while [ $tries -lt 30 ]; do
		attack vreg "$tid" 9 "$1" >/dev/null
		[ "$(ask victim go)" = "$2" ] && return
		tries=$((tries + 1))
	done
	false
}
exits "audit: v9 is what it was made" 0 makes $VALUE "changed: $(hex $VALUE)"
exits "audit: it is given back" 0 makes 0x1234567887654321 intact
exits "the gate: enforce" 0 nacc gate "$domain" enforce
is "enforce: its own" intact "$(ask victim go)"
exits "enforce: whatever it is made" 1 makes $VALUE "changed: $(hex $VALUE)"
is "enforce: its own again" intact "$(ask victim go)"
end_victim victim
kill -9 $busy
wait $busy

say "many threads with vector registers"
for mode in enforce audit; do
	exits "$mode: interrupted, sent elsewhere, with signals" 0 \
		nacc run --gate=$mode -- /nacc/bin/vectors --threads 50
	is "$mode: each has its own" "vectors: intact, 6 threads, then 50" "$out"
done
exits "without NACC" 0 /nacc/bin/vectors
# Threads that come and go take the places of each other.
out=$(nacc run --gate=enforce -- /nacc/bin/vectors --threads 2000 --frames 1)
like "it has been in many" "frames_context*frames_context*vectors: intact*" "$(echo "$out" | xargs)"
is "and there are no more frames behind 2000 threads than before" 1 \
	"$(echo "$out" | grep ^frames_context | sort -u | wc -l)"
is "nothing was refused" "0 0 0" "$(stat refused_context) $(stat refused_thread) $(stat refused_syscall)"
pool_all_free
rmmod nacc_attack
unload
kernel_log_clean
finish
