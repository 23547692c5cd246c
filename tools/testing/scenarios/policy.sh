# SPDX-License-Identifier: GPL-2.0
# What the module's parameters choose, in a boot of its own: the mode stays until reset.
# Kernel argument nacc.policy=audit, off or panic.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

policy=$(sed -n 's/.*nacc\.policy=\([a-z]*\).*/\1/p' /proc/cmdline)

# refuses_to_load TEXT PARAMETER SENTENCE
refuses_to_load() {
	dmesg -c >/dev/null
	exits "$1: insmod fails: EINVAL" 22 insmod /nacc/nacc.ko "$2"
	like "$1: and says why" "*$3*" "$(dmesg)"
	loaded
	is "$1: nothing is loaded" 1 $?
}

# load_with PARAMETER...
load_with() {
	exits "insmod $*" 0 insmod /nacc/nacc.ko "$@"
	refused_before=$(stat refused)
}

nonsense() {
	refuses_to_load "provenance=maybe" provenance=maybe "provenance=maybe is none of off, audit, enforce"
	refuses_to_load "provenance=" provenance= "is none of off, audit, enforce"
	refuses_to_load "provenance=ENFORCE" provenance=ENFORCE "is none of off, audit, enforce"
	refuses_to_load "refusal=shrug" refusal=shrug "refusal=shrug is none of fault, kill, panic"
}

# reload_before_lock: before the lock another mode may be chosen.
reload_before_lock() {
	load_with provenance=off
	is "off is in force" "off no" "$(status provenance) $(status locked)"
	unload
	load_with provenance=enforce
	is "not locked: another mode may follow" "enforce no" "$(status provenance) $(status locked)"
	unload
}

# reload_after_lock MODE...: needs a reset.
reload_after_lock() {
	local mode
	for mode; do
		dmesg -c >/dev/null
		exits "locked: provenance=$mode is refused" 1 insmod /nacc/nacc.ko "provenance=$mode"
		like "locked: and says that it takes a reset" "*reset*" "$(dmesg)"
	done
}

# stray_performed: a store of the test module is done although it is marked.
stray_performed() {
	victim_slot
	report=$(attack poke sd "$pte" "$(hex $((pte_value ^ 0x100)))")
	part "the store" "done" "$(field store "$report")"
	part_like "undo" "restored=1 failed=0" "$(attack restore)"
	part "the victim" "protected intact" "$(ask victim protect) $(ask victim check)"
	whole "$1: a stray store with a good value is performed"
}

# bad_values: no mode lets one pass, though the same instruction has just been
# performed there.
bad_values() {
	local image reason value n=0 last
	image=$(hex $((0x$(awk -F'[- ]+' '/Kernel code/ { print $2 }' /proc/iomem) >> 12 << 10 | 0xd7)))
	victim_slot
	for reason in leaf-kernel leaf-firmware not-user reserved-bits level; do
		case $reason in
		leaf-kernel) value=$image ;;
		leaf-firmware) value=$(hex $((0x80000000 >> 12 << 10 | 0xd7))) ;;
		not-user) value=$(hex $((pte_value & ~0x10))) ;;
		reserved-bits) value=$(hex $((pte_value | 1 << 60))) ;;
		level) value=0x21000001 ;;
		esac
		report=$(attack poke sd "$pte" "$value")
		last=$(tail -n 1 /proc/nacc/audit | awk '{ print $4 }')
		part "$reason: $value" "refused $reason" "$(field store "$report") $last"
		n=$((n + 1))
	done
	whole "$1: $n bad values are refused all the same"
}

# accounts MODE: what all harts swap into one entry comes out again, once each.
accounts() {
	local slot
	slot=$(hex $((pte + 2048)))
	report=$(attack ledger "$slot" 2000)
	say "$report"
	is "I7: $1: all harts swap the same entry: every transition is accounted for" \
		"cpus=$(nproc) met=1 failed=0 balanced=1" \
		"cpus=$(field cpus "$report") met=$(field met "$report") failed=$(field failed "$report") balanced=$(field balanced "$report")"
	is "I7: $1: the entry is empty again" 0x0 "$(field value "$(attack peek "$slot")")"
	report=$(attack ledger "$(field page "$(attack page)")" 2000)
	is "I7: $1: so it is for ordinary memory" "failed=0 balanced=1" \
		"failed=$(field failed "$report") balanced=$(field balanced "$report")"
	is "I7: $1: the shim's count of live entries is that of the table" 0 \
		"$(field error "$(attack ecall 16 "$(hex $((pte & ~0xfff)))" 0 0 0 0 0)")"
}

# seam MODE: a misaligned store from an ordinary page into a table.
seam() {
	local value
	for value in $(hex $((pte_value ^ 0x200))) 0; do
		report=$(attack seam sd "$(hex $((pte & ~0xfff)))" "$value")
		part "$value: words of the table that change" 0 "$(field changed "$report")"
	done
	report=$(attack seam sd "$(field page "$(attack page)")" 0x7777777777777777)
	part "the legal twin, into an ordinary page" "1 1" \
		"$(field changed "$report") $(field before "$report")"
	part "the victim" "protected intact" "$(ask victim protect) $(ask victim check)"
	whole "$1: a misaligned store from an ordinary page into a table: no entry changes"
}

# kernel_half MODE: the kernel's own value may be stored there, no other.
kernel_half() {
	local top at kernel=0x0 n=512
	top=$(attack show "$victim_pid" "$victim_va" | sed -n '1s/.*slot=\(0x[0-9a-f]*\) .*/\1/p')
	while [ "$kernel" = 0x0 ] && [ $n -gt 256 ]; do
		n=$((n - 1))
		at=$(hex $((top & ~0xfff | n << 3)))
		kernel=$(field value "$(attack peek "$at")")
	done
	part "the kernel's own" "done" "$(field store "$(attack poke sd "$at" "$kernel")")"
	part "another" refused "$(field store "$(attack poke sd "$at" 0x21000001)")"
	part "none" refused "$(field store "$(attack poke sd "$at" 0)")"
	whole "$1: forged kernel half: refused; its own value is not"
}

# refusal=kill: the victim and its children die, the other container lives.
kills() {
	# shellcheck disable=SC2016
	start_ready $T/family nacc run --name family -- \
		sh -c '/nacc/bin/threads --threads 2 --seconds 60 & exec sleep 60'
	family=$started
	child=$(field pid "$(cat $T/family)")
	va=$(awk '/\[heap\]|rw-p/ { split($1, a, "-"); print "0x" a[1]; exit }' /proc/"$child"/maps)
	condemned=$(stat mod_condemned)
	slot=$(attack show "$child" "$va" | sed -n 's/^level=0 slot=\(0x[0-9a-f]*\) .*/\1/p')
	report=$(attack poke sd "$slot" "$(hex $((0x80000000 >> 12 << 10 | 0xd7)))")
	is "kill: the store into the child's table is refused" refused "$(field store "$report")"
	wait $family
	is "kill: its parent, in the same container, is killed" 137 $?
	child_gone() { ! [ -d /proc/"$child" ] || grep -q '^State:.*Z' /proc/"$child"/status; }
	wait_for 5 child_gone
	is "kill: so is the child" 0 $?
	is "kill: one container was ended" $((condemned + 1)) "$(stat mod_condemned)"
	is "kill: another container lives" "protected intact" "$(ask victim protect) $(ask victim check)"
}

case $policy in
audit)
	nonsense
	reload_before_lock
	load_with provenance=audit refusal=kill
	load_attack
	start_victim victim "the victim's own data"
	mark "$victim_pid"
	is "audit is in force and locked by the first mark" "audit yes kill" \
		"$(status provenance) $(status locked) $(status refusal)"
	unknown=$(stat unknown_writer)
	stray_performed audit
	at_least "audit: it is counted" $((unknown + 1)) "$(stat unknown_writer)"
	is "audit: it is no refusal" 0 "$(refused_since)"
	accounts audit
	nacc audit --learn >$T/learn
	sed 's/^/# /' $T/learn
	learn=18
	at_least "audit: the writer is remembered" 1 \
		$(($(field value "$(attack ecall $learn "$(field page "$(attack page)")" 0 0 0 0 0)")))
	like "audit: nacc audit --learn shows the unknown writer" "*store_sd*" "$(cat $T/learn)"
	is "audit: and no code of the kernel itself" "" \
		"$(sed 1d $T/learn | grep -v nacc_attack | grep 0x)"
	is "audit: the container lives" "intact" "$(ask victim check)"
	kills
	end_victim victim
	rmmod nacc_attack
	pool_all_free
	unload
	reload_after_lock enforce off
	load_with provenance=audit
	unload
	;;
off)
	load_with provenance=off refusal=fault
	exits "nacc lock" 0 nacc lock
	is "locked before anything is marked" "off yes" "$(status provenance) $(status locked)"
	exits "nacc lock again" 0 nacc lock
	load_attack
	start_victim victim "the victim's own data"
	mark "$victim_pid"
	stray_performed off
	learn=18
	is "off: no writer is remembered" 0x0 \
		"$(field value "$(attack ecall $learn "$(field page "$(attack page)")" 0 0 0 0 0)")"
	bad_values off
	stray_performed "off: again"
	kernel_half off
	accounts off
	seam off
	is "fault: the victim lives" "protected intact" "$(ask victim protect) $(ask victim check)"
	end_victim victim
	attack restore >/dev/null
	rmmod nacc_attack
	pool_all_free
	unload
	reload_after_lock enforce audit
	load_with provenance=off
	unload
	;;
panic)
	load_with refusal=panic
	load_attack
	start_victim victim "the victim's own data"
	victim_slot
	is "panic: unmarked: the store is done" "done" "$(field store "$(attack poke sd "$pte" 0)")"
	attack restore >/dev/null
	mark "$victim_pid"
	victim_slot
	is "panic: nothing happens before" intact "$(ask victim check)"
	attack poke sd "$pte" 0
	sleep 3
	is "panic: the machine has stopped" "no more lines" "this one"
	;;
*)
	is "kernel argument nacc.policy" "audit, off or panic" "$policy"
	;;
esac
[ "$policy" = panic ] || kernel_log_clean
finish
