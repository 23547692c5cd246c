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

# audit_of REPORT: the audit line of a refused store, found by its address and value.
audit_of() {
	awk -v a="$(field addr "$1")" -v n="$(field new "$1")" \
		'NR > 1 && $7 == a && $9 == n { line = $0 } END { print line }' /proc/nacc/audit
}

# refused TEXT REASON REPORT: a store was refused, nothing changed, and the audit
# says where, what and why.
refused() {
	local text=$1 reason=$2 report=$3 line
	is "$text: refused" refused "$(field store "$report")"
	is "$text: the entry is what it was" "$(field old "$report")" "$(field now "$report")"
	line=$(audit_of "$report")
	# shellcheck disable=SC2086
	set -- $line
	is "$text: audit: reason" "$reason" "${4:-no line}"
	is "$text: audit: old value" "$(field old "$report")" "${8:-no line}"
	like "$text: audit: program counter and symbol" "0x*store_*+0x*/0x*[nacc_attack]" \
		"${5:-no line} ${6:-}"
}

# marked_attack REASON TITLE WORDS...: it is refused and the victim is intact.
marked_attack() {
	local reason=$1 title=$2 report
	shift 2
	report=$(attack "$@")
	refused "marked: $title" "$reason" "$report"
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
