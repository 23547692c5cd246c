# SPDX-License-Identifier: GPL-2.0
# Sourced by defects.sh: provenance is in order, the value or the place is not. One of
# the kernel's own page-table writers stores what the intruder wants, after good stores
# by the same instruction, which the shim has remembered by then (fast path). The process
# that is attacked is killed for it; its tables are kept until all has been tried.
# shellcheck shell=sh disable=SC2154,SC3043

say "one of the kernel's own writers as the intruder's deputy"
start_victim attacker "a process that will be killed for it"
mark "$attacker_pid"
attack pin "$attacker_pid" >/dev/null
prey=$(entry "$attacker_pid" "$attacker_va" 0)
prey_pte=$(field slot "$prey") prey_value=$(field value "$prey")
shown=$(attack show "$attacker_pid" "$attacker_va")
prey_top=$(field slot "$(echo "$shown" | head -n 1)")
prey_pmd=$(field slot "$(echo "$shown" | grep '^level=1 ')")
prey_link=$(field value "$(echo "$shown" | grep '^level=1 ')")
prey_empty=$(hex $((prey_pmd + 8)))
[ $((prey_empty & 0xfff)) -ne 0 ] || prey_empty=$(hex $((prey_pmd - 8)))
school=$(hex $((prey_pte + 8))) # the page beside it

# learnt REASON PA VALUE: parts: after good ones by the same instruction it is refused.
learnt() {
	local report
	report=$(attack learnt "$school" "$2" "$3")
	part "good stores done, then the bad one of $3 to $2" "4 refused" \
		"$(field taught "$report") $(field store "$report")"
	# shellcheck disable=SC2046
	set -- "$1" $(tail -n 1 /proc/nacc/audit)
	part_like "reason, symbol and outcome" "$1 ptep_set_access_flags+* skipped" "$5 $7 ${14}"
}

fast=$(stat fast)
for value in $(hex $((prey_value ^ 0x200))) "$prey_value"; do
	report=$(attack learnt "$school" "$prey_pte" "$value")
	part "a good store of $value" "4 done $value" \
		"$(field taught "$report") $(field store "$report") $(field now "$report")"
done
part "the process that was written to" intact "$(ask attacker check)"
whole "fast path: the legal twin: stores of a known instruction are done"
if [ -n "$fast" ]; then
	at_least "fast path: it was taken" $((fast + 6)) "$(stat fast)"
else
	skip "fast path: it was taken" "this firmware does not count it"
fi
condemned=$(stat mod_condemned)
learnt leaf-kernel "$prey_pte" "$(leaf "$image" $RWU)"
learnt leaf-pool "$prey_pte" "$(leaf "$free_frame" $RWU)"
learnt leaf-pool "$prey_pte" "$(leaf "$region" $RWU)"
learnt leaf-firmware "$prey_pte" "$(leaf 0x80000000 $RWU)"
learnt not-user "$prey_pte" "$(hex $((prey_value & ~0x10)))"
learnt reserved-bits "$prey_pte" "$(hex $((prey_value & ~2)))"
learnt reserved-bits "$prey_pte" "$(hex $((prey_value | 0x20)))"
for bit in 54 58 61 62 63; do learnt reserved-bits "$prey_pte" "$(hex $((prey_value | 1 << bit)))"; done
learnt level "$prey_pte" "$(link "$page")"
learnt level "$prey_pte" "$prey_link"
whole "fast path: a known instruction, then a bad value from it"
learnt double-link "$prey_empty" "$prey_link"
learnt owner "$prey_empty" "$other_pmd_value"
learnt leaf-pool "$prey_empty" "$(leaf $((region & ~0x1fffff)) $RWU)"
learnt kernel-half "$(hex $((prey_top & ~0xfff | 511 << 3)))" "$(link "$page")"
learnt as-state "$new_root" "$(leaf "$buffer" $RWU)"
learnt as-state "$twin" "$(leaf "$buffer" $RWU)"
learnt not-a-table "$free_frame" "$prey_value"
learnt not-a-table "$region" "$prey_value"
learnt misaligned "$(hex $((prey_pte + 4)))" "$prey_value"
learnt misaligned "$(hex $((prey_pte + 1)))" "$prey_value"
whole "fast path: a known instruction, then a bad place from it"

# Ordinary page, then a table: the fault names the beginning of the table.
for kind in sd writer; do
	ours=$(new_page)
	report=$(attack seam $kind "$ours" 0x7777777777777777)
	part "$kind: two ordinary pages" "changed=1 before=1" \
		"changed=$(field changed "$report") before=$(field before "$report")"
	for value in $(hex $((prey_value ^ 0x200))) 0; do
		refusals=$(stat refused)
		report=$(attack seam $kind "$(hex $((prey_pte & ~0xfff)))" "$value")
		part "$kind of $value: words of the table that change" 0 "$(field changed "$report")"
		[ "$(stat refused)" -gt "$refusals" ] || part "$kind: refusals" "more" "$refusals"
	done
done
whole "a misaligned store from an ordinary page into a table: no entry changes"
part "the entry" "$prey_value" "$(memory "$prey_pte")"
allows $CHECK "$(hex $((prey_pte & ~0xfff)))"
allows $CHECK "$(hex $((prey_top & ~0xfff)))"
whole "the deputy's victim: its tables are in order"
attack unpin >/dev/null
wait "$attacker_pid"
is "the deputy's victim is killed" 137 $?
exec 6>&- 7<&-
at_least "for what a writer was made to do" $((condemned + 1)) "$(stat mod_condemned)"
