# SPDX-License-Identifier: GPL-2.0
# No SBI call is a deputy (I16): calls of the firmware's own extensions that have M-mode
# read or write what their caller may not. Each is refused, counted and in the audit, and
# its legal twin is answered as ever.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

UART_READS=8
FIRMWARE=0x80040000 # what the firmware writes, on QEMU's virt

value_of() { field value "$(entry "$1" "$2" 0)"; }
# numbers SHIFT-REPORT
shifted() { echo "$(field slipped "$1") $(field around "$1")"; }

say "before the module is there"
load_attack
region=$(field value "$(attack ecall 0 1 0 0 0 0 0)")
frame0=$(field value "$(attack ecall 0 3 0 0 0 0 0)")
page=$(field page "$(attack page)")
attack fill "$page" 0 0xa >/dev/null # a newline, or a priority
is "no set-up yet: a call that names the pool is refused" -3 \
	"$(field error "$(attack take console-write "$frame0" 8 0)")"
report=$(attack take console-write "$page" 1 0)
is "no set-up yet: its legal twin" "0 0x1" "$(field error "$report") $(field value "$report")"
load
is "the kernel's own calls since boot: none was refused" 1 "$(stat refused_deputy)"
like "that one is in the audit" "* deputy 0x* $frame0 0x4442434e 0x8 0x0 0 0x0 denied *" \
	"$(grep ' deputy ' /proc/nacc/audit)"
like "the kernel writes its early console by such calls" "*earlycon: sbi0*" "$(dmesg | grep earlycon)"

start_victim victim "the victim's own data"
start_victim attacker "the attacker's own data"
mark "$victim_pid"
pte=$(field slot "$(entry "$victim_pid" "$victim_va" 0)")
value=$(value_of "$victim_pid" "$victim_va")
evil=$(hex $(($(value_of "$attacker_pid" "$attacker_va") & ~0x3ff | value & 0x3ff)))
stores=$(stat refused)

say "what the firmware's console says, as a way to write"
own=$(field page "$(attack page)")
report=$(attack feed "$own" $UART_READS 0x6465707574792121)
is "the legal twin: eight bytes are read" "0 0x8 0x6465707574792121" \
	"$(field error "$report") $(field value "$report") $(field now "$report")"
for target in "$pte" "$frame0" "$region"; do
	before=$(field value "$(attack peek "$target")")
	for length in $(hex $UART_READS) $(hex $((0 - target))) $(hex $((1 - target))); do
		count=$(stat refused_deputy)
		report=$(attack feed "$target" "$length" "$evil")
		part "$length bytes to $target" "-3 0x0 $before $((count + 1))" \
			"$(field error "$report") $(field value "$report") $(field now "$report") $(stat refused_deputy)"
		part_like "its record" "* deputy 0x* $target 0x4442434e $length 0x0 0 0x1 denied *" \
			"$(tail -n 1 /proc/nacc/audit)"
	done
done
whole "an entry, a free frame, a record of the shim: not written"
is "the entry names the same page" "$value" "$(value_of "$victim_pid" "$victim_va")"

say "every function, every range"
exits "all refused, counted, recorded; legal twins answered" 0 \
	/nacc/bin/deputies "$page" "$pte" $FIRMWARE
say "$(echo "$out" | tail -n 1)"
at_least "so many calls" 280 "$(echo "$out" | sed -n 's/^deputies: \([0-9]*\) calls.*/\1/p')"

say "two harts: one calls, the other changes the buffer"
if [ "$(nproc)" -gt 1 ]; then
	for f in console-read event-info read-attributes write-attributes trigger-memory; do
		report=$(attack shift $f 3000)
		say "$f: $report"
		part "$f: slipped, words around it" "0 0" "$(shifted "$report")"
		[ "$(field "done" "$report")" -gt 0 ] || part "$f: done" "some" "$(field "done" "$report")"
		[ "$(field changes "$report")" -gt 1000 ] || part "$f: changes" "many" "$(field changes "$report")"
	done
	part_like "console-write" "*failed=0 slipped=0 around=0*" "$(attack shift console-write 20)"
	whole "what was checked is what is used"
else
	skip "what was checked is what is used" "one hart"
fi

say "a flood of calls"
attack poke sd "$pte" "$evil" >/dev/null
like "a refused store" "provenance *" "$(tail -n 1 /proc/nacc/audit | cut -d' ' -f4-)"
record=$(tail -n 1 /proc/nacc/audit)
count=$(stat refused_deputy)
is "each is refused" 20000 "$(field refused "$(attack flood "$frame0" 20000)")"
is "each is counted" $((count + 20000)) "$(stat refused_deputy)"
is "the refused store is in the audit still" "$record" "$(grep -F -x "$record" /proc/nacc/audit)"

say "afterwards"
is "the set-up is locked" yes "$(status locked)"
is "nothing that the firmware offers is withheld here" none "$(status sbi-withheld)"
like "the doctor says so" "*ok*sbi calls*those that take memory are checked*not offered: none*" \
	"$(nacc doctor | grep 'sbi calls')"
is "the module is content" 0 "$(nacc doctor >/dev/null 2>&1; echo $?)"
at_least "stores that were refused: the one, which Linux may try twice" 1 $(($(stat refused) - stores))
is "the victim is intact" "protected intact" "$(ask victim protect) $(ask victim check)"
is "so is the attacker" intact "$(ask attacker check)"
verified "its tables are in order" "$victim_pid"

like "the attacker's pages are free again" "*failed=0" "$(attack restore)"
rmmod nacc_attack
end_victim victim
end_victim attacker
pool_all_free
unload
kernel_log_clean
finish
