# SPDX-License-Identifier: GPL-2.0
# The gate: each register that a thread has, changed while the thread is in a system call, and
# in a fault: undone and on record, or only on record; each with its legal twin.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

. scenarios/registers.sh

names="pc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
name_of() { echo "$names" | cut -d ' ' -f $(($1 + 1)); }

# lost_victim TEXT [STATUS]: it has died of the attack
lost_victim() {
	exec 4>&- 5<&-
	wait "$victim_pid" 2>/dev/null
	is "$1" "${2:-139}" $?
}

# The newest records, in the words of the command, without what differs each time
newest() { nacc audit | sed -n 's/.*, \([a-z0-9]*\) should have been .* and was \(0x[0-9a-f]*\)$/\1 \2/p' | tail -n "$1"; }

# general MODE EVENT: x1 to x31, one after the other
general() {
	local n=1 wanted=
	while [ $n -lt 32 ]; do
		# Without its stack it cannot say what it finds, nor without where it stores to: below.
		case $1-$2-$n in audit-*-2 | audit-fault-10) n=$((n + 1)) ;; esac
		into "$2"
		hit reg "$tid" $n $((VALUE + n))
		if [ "$2" = call ] && [ $n = 10 ]; then
			# The kernel puts the result over it.
			part "a0 of a call" "intact 0" "$answer $new"
		else
			wanted="$wanted $(name_of $n) $(hex $((VALUE + n)))"
			[ "$1" = enforce ] && part "x$n" "intact 1" "$answer $new"
			[ "$1" = audit ] && part "x$n" "changed: x$n=$(hex $((VALUE + n))) 1" "$answer $new"
		fi
		n=$((n + 1))
	done
	whole "$1, $2: x1 to x31: $([ "$1" = audit ] && echo performed || echo undone), one record each"
	# shellcheck disable=SC2086
	set -- $wanted
	is "they name the registers, and what was in them" "$wanted" " $(newest $(($# / 2)) | xargs)"
}

# floats MODE EVENT: f0 to f31 and fcsr, which are kept, and not compared
floats() {
	local n=0 name
	while [ $n -le 32 ]; do
		into "$2"
		name=f$n value=$((VALUE + n))
		[ $n = 32 ] && name=fcsr value=5
		hit freg "$tid" $n $value
		[ "$1" = enforce ] && part "$name" "intact 0" "$answer $new"
		[ "$1" = audit ] && part "$name" "changed: $name=$(hex $value) 0" "$answer $new"
		n=$((n + 1))
	done
	whole "$1, $2: f0 to f31, fcsr: $([ "$1" = audit ] && echo "as the kernel has them" || echo "its own again"), no record"
}

# twins MODE: what is no attack
twins() {
	local event before
	for event in call fault; do
		before=$(stat refused_context)
		into $event
		part "$event" intact "$(ask victim go)"
		# What is written is what is there.
		into $event
		old=$(field old "$(attack reg "$tid" 9 0)")
		attack reg "$tid" 9 "$old" >/dev/null
		part "$event: it is back before the thread is" intact "$(ask victim go)"
		into $event
		kill -STOP "$victim_pid"
		kill -CONT "$victim_pid"
		part "$event: stopped and continued" intact "$(ask victim go)"
		part "$event: on record" 0 $(($(stat refused_context) - before))
	done
	whole "$1: nobody changes anything: intact, no record"
}

load
load_attack
for mode in enforce audit; do
	say "$mode"
	gated_victim $mode
	twins $mode
	for event in call fault; do
		general $mode $event
		floats $mode $event
	done
	is "the domain is not ended" live "$(awk -v d="$domain" '$1 == d { print $2 }' /proc/nacc/domains)"
	end_victim victim
done

say "pc, and the stack"
gated_victim enforce
for event in call fault; do
	into $event
	hit regs "$tid" $VALUE
	is "enforce, $event: pc: undone, on record" "intact 1" "$answer $new"
	is "it names it" "pc $(hex $VALUE)" "$(newest 1)"
done
# It is stopped meanwhile.
into call
kill -STOP "$victim_pid"
hit_stopped=$(attack reg "$tid" 9 $VALUE)
kill -CONT "$victim_pid"
like "enforce, stopped: s1" "old=*" "$hit_stopped"
is "enforce, stopped: undone" intact "$(ask victim go)"
is "it names it" "s1 $(hex $VALUE)" "$(newest 1)"
end_victim victim
for event in call fault; do
	for attack in "regs pc" "reg sp 2" "reg a0 10"; do
		[ "$event $attack" = "call reg a0 10" ] && continue
		# shellcheck disable=SC2086
		set -- $attack
		gated_victim audit
		into $event
		hit "$1" "$tid" ${3:-} $VALUE
		lost_victim "audit, $event: $2: it dies of it"
		is "audit, $event: $2: on record" "1 $2 $(hex $VALUE)" "$new $(newest 1)"
	done
done

say "debuggers may: so may an attacker"
gated_victim enforce --ptrace
into call
hit reg "$tid" 9 $VALUE
is "--ptrace: s1 is what it was made, and nothing is on record" "changed: x9=$(hex $VALUE) 0" "$answer $new"
end_victim victim

say "what is only read, and was written before there was a gate"
victim_program=onlyread
for how in go writes; do for mode in enforce audit; do
	gated_victim $mode
	into tid
	is "$mode, $how: its own" "intact intact" "$(ask victim $how) $(ask victim go)"
	hit freg "$tid" 9 $VALUE
	[ $mode = audit ] && is "audit: fs1 is what it was made" "changed: $(hex $VALUE)" "$answer"
	[ $mode = enforce ] && is "enforce: its own again, and again" "intact intact" "$answer $(ask victim go)"
	[ $mode = enforce ] && for fs in 1 2 3; do
		hit fs "$tid" $fs
		part "FS is $fs" "intact intact" "$answer $(ask victim go)"
		hit freg "$tid" 9 $((VALUE + fs))
		part "FS was $fs" intact "$answer"
	done
	end_victim victim
done; done
whole "enforce: whatever the kernel says of them: its own"
for how in go writes; do
	gated_victim enforce
	into tid
	is "enforce, $how: its own" intact "$(ask victim $how)"
	part_like "the attack: fs 0" "old=*" "$(attack fs "$tid" 0)"
	echo go >&4
	lost_victim "a kernel that says that there is no floating point ends who wants some" 132
done
victim_program=registers

is "nothing else was refused" "0 0 0" "$(refused_since) $(stat refused_thread) $(stat refused_syscall)"
pool_all_free
rmmod nacc_attack
unload
kernel_log_clean
finish
