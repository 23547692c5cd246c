# SPDX-License-Identifier: GPL-2.0
# Sourced by scenarios: the three attacks of the story. Needs the processes "victim"
# and "attacker" and $victim_text, $attacker_text.
# shellcheck shell=sh disable=SC2154,SC3043

# unmarked_attack NAME TITLE WORDS...: it succeeds, what the victim sees changes.
unmarked_attack() {
	local name="$1" title="$2" report
	shift 2
	report=$(attack "$@")
	part "the store" "done" "$(field store "$report")"
	[ "$(field old "$report")" != "$(field now "$report")" ] ||
		part "the entry" "another than $(field old "$report")" "$(field now "$report")"
	if [ "$name" = text ]; then
		part "what the victim reads is the kernel's code" \
			"$(field text "$report")" "$(ask victim peek)"
		whole "unmarked: $title: the victim reads the kernel's code"
	else
		part "what the victim sees" "sees $attacker_text" "$(ask victim check)"
		whole "unmarked: $title: the victim sees the attacker's page"
	fi
	say "entry at $(field addr "$report") was $(field old "$report"), is $(field now "$report")"
	part_like "undo" "restored=1 failed=0" "$(attack restore)"
	part "the victim after undo" intact "$(ask victim check)"
	whole "unmarked: $title: undone, the victim has its page back"
}

# refused REASON SYMBOL REPORT (the first two are patterns): parts: a store was refused, nothing changed, and the
# audit says where, what and why. Call "count_refusals" before the store; $again is 1 if
# its code may make it again by itself.
count_refusals() { refusals=$(stat refused); }

refused() {
	local reason="$1" symbol="$2" report="$3"
	part "the store" refused "$(field store "$report")"
	part "the entry" "$(field old "$report")" "$(field now "$report")"
	[ "$(stat refused)" = $((refusals + 1 + ${again:-0})) ] ||
		part "refusals counted" $((refusals + 1)) "$(stat refused)"
	# shellcheck disable=SC2046
	set -- $(tail -n 1 /proc/nacc/audit)
	part_like "reason and address in the audit" "$reason $(field addr "$report")" "$4 $7"
	part_like "pc and symbol in the audit" "0x* $symbol+0x*/0x*" "$5 $6"
	audit_old=$8 audit_new=$9
}

# marked_attack REASON TITLE WORDS...: it is refused and the victim is intact.
marked_attack() {
	local reason="$1" title="$2" report
	shift 2
	count_refusals
	report=$(attack "$@")
	refused "$reason" "*" "$report"
	part "old and new value in the audit" "$(field old "$report") $(field new "$report")" \
		"$audit_old $audit_new"
	part_like "module in the audit" "*[[]nacc_attack]*" "$(tail -n 1 /proc/nacc/audit)"
	whole "marked: $title: refused, $reason"
	part "the victim" intact "$(ask victim check)"
	part_like "nothing to undo" "restored=0 failed=0" "$(attack restore)"
	whole "marked: $title: the victim is intact"
	nacc audit >$T/audit
	like "marked: $title: nacc audit shows it" "*$reason*$(field new "$report")*" \
		"$(grep nacc_attack $T/audit | tail -n 1)"
	sed -n "1s/^/# /p" $T/audit
	grep nacc_attack $T/audit | tail -n 1 | sed 's/^/# /'
}

three_attacks() {
	local how="$1" a=swap b=text c=forge
	[ "$how" = unmarked_attack ] || a=provenance b=leaf-kernel c=provenance
	$how $a "PTE to the attacker's page" swap "$victim_pid" "$victim_va" \
		"$attacker_pid" "$attacker_va"
	$how $b "PTE to kernel text" text "$victim_pid" "$victim_va"
	$how $c "PMD to a forged table" forge "$victim_pid" "$victim_va" \
		"$attacker_pid" "$attacker_va"
}
