# SPDX-License-Identifier: GPL-2.0
# Sourced by scenarios: the three attacks of the story. Needs the processes "victim"
# and "attacker" and $victim_text, $attacker_text.
# shellcheck shell=sh disable=SC2154,SC3043

# unmarked_attack NAME TITLE WORDS...: it succeeds, what the victim sees changes.
unmarked_attack() {
	local name=$1 title=$2 report
	shift 2
	report=$(attack "$@")
	is "unmarked: $title: the write is done" done "$(field store "$report")"
	unlike "unmarked: $title: the entry has changed" "$(field old "$report")" \
		"$(field now "$report")"
	if [ "$name" = text ]; then
		is "unmarked: $title: the victim reads the kernel's code" \
			"$(field text "$report")" "$(ask victim peek)"
	else
		is "unmarked: $title: the victim sees the attacker's page" \
			"sees $attacker_text" "$(ask victim check)"
	fi
	say "unmarked: entry $(field addr "$report") was $(field old "$report"), is $(field now "$report")"
	like "unmarked: $title: undone" "restored=1 failed=0" "$(attack restore)"
	is "unmarked: $title: the victim has its page back" intact "$(ask victim check)"
}

# refused TEXT REASON SYMBOL REPORT: a store was refused once, nothing changed, and
# the audit says where, what and why. Call "count_refusals" before the store.
count_refusals() { refusals=$(stat refused); }

refused() {
	local text=$1 reason=$2 symbol=$3 report=$4
	is "$text: refused" refused "$(field store "$report")" || say "$report"
	is "$text: the entry is what it was" "$(field old "$report")" "$(field now "$report")"
	is "$text: counted once" $((refusals + 1)) "$(stat refused)"
	# shellcheck disable=SC2046
	set -- $(tail -n 1 /proc/nacc/audit)
	is "$text: audit: reason and address" "$reason $(field addr "$report")" "$4 $7"
	like "$text: audit: program counter and symbol" "0x* $symbol+0x*/0x*" "$5 $6"
	audit_old=$8 audit_new=$9
}

# marked_attack REASON TITLE WORDS...: it is refused and the victim is intact.
marked_attack() {
	local reason=$1 title=$2 report
	shift 2
	count_refusals
	report=$(attack "$@")
	refused "marked: $title" "$reason" "*" "$report"
	is "marked: $title: audit: old and new value" \
		"$(field old "$report") $(field new "$report")" "$audit_old $audit_new"
	like "marked: $title: audit: the attacker's module is named" "*[nacc_attack]*" \
		"$(tail -n 1 /proc/nacc/audit)"
	is "marked: $title: the victim is intact" intact "$(ask victim check)"
	like "marked: $title: nacc audit shows it" "*$reason*" "$(nacc audit | tail -n 3)"
	say "$(nacc audit | tail -n 1)"
	like "marked: $title: nothing to undo" "restored=0 failed=0" "$(attack restore)"
}

three_attacks() {
	local how=$1 a=swap b=text c=forge
	[ "$how" = unmarked_attack ] || a=provenance b=leaf-kernel c=provenance
	$how $a "PTE to the attacker's page" swap "$victim_pid" "$victim_va" \
		"$attacker_pid" "$attacker_va"
	$how $b "PTE to kernel text" text "$victim_pid" "$victim_va"
	$how $c "PMD to a forged table" forge "$victim_pid" "$victim_va" \
		"$attacker_pid" "$attacker_va"
}
