# SPDX-License-Identifier: GPL-2.0
# Every way to write a protected table that must be refused, each with the same
# store to an unprotected one, which is done (and taken back).
# shellcheck shell=sh disable=SC2154,SC2317,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

# --- what is written where ---------------------------------------------------------

# addresses: the entries of "victim" and "other", after each change of the tables.
addresses() {
	local e
	e=$(entry "$victim_pid" "$victim_va" 0)
	pte=$(field slot "$e") pte_value=$(field value "$e")
	e=$(entry "$victim_pid" "$victim_va" 1)
	pmd=$(field slot "$e") pmd_value=$(field value "$e")
	e=$(entry "$victim_pid" "$victim_va" 2)
	pud=$(field slot "$e")
	e=$(attack show "$victim_pid" "$victim_va" | head -n 1)
	top=$(field slot "$e")
	attacker_value=$(field value "$(entry "$attacker_pid" "$attacker_va" 0)")
	other_pmd_value=$(field value "$(entry "$other_pid" "$other_va" 1)")
	# The attacker's page with the victim's rights; an empty neighbour of the PMD.
	evil=$(hex $(((attacker_value & ~0x3ff) | (pte_value & 0x3ff))))
	empty_pmd=$(hex $((pmd + 8)))
	[ $((empty_pmd & 0xfff)) -ne 0 ] || empty_pmd=$(hex $((pmd - 8)))
	kernel_slot=$(hex $((top & ~0xfff | 511 << 3)))
}

RWU=0xd7 # V R W U A D

# cases: TITLE|KIND|ADDRESS|VALUE|REASON|SYMBOL, one per line, from the addresses.
instructions() {
	cat <<-E
		sd|sd|$pte|$evil|provenance|store_sd
		c.sd|c.sd|$pte|$evil|provenance|store_c_sd
		amoswap.d|amoswap.d|$pte|$evil|provenance|store_swap_d
		amoor.d|amoor.d|$pte|0x200|provenance|store_or_d
		amoxor.d|amoxor.d|$pte|$(hex $((evil ^ pte_value)))|provenance|store_xor_d
		amoadd.d|amoadd.d|$pte|$(hex $((evil - pte_value)))|provenance|store_add_d
		amomaxu.d|amomaxu.d|$pte|$evil|provenance|store_maxu_d
		copy_from_user|from-user|$pte|$evil|provenance|*copy*
		copy_to_user|kcopy|$pte|$evil|provenance|*copy*
		sw|sw|$pte|$evil|width|store_sw
		c.sw|c.sw|$pte|$evil|width|store_c_sw
		sh|sh|$pte|0|width|store_sh
		sb|sb|$pte|0|width|store_sb
		amoswap.w|amoswap.w|$pte|$evil|width|store_swap_w
		sd across two entries|sd+4|$pte|$evil|misaligned|store_sd
		sd at an odd address|sd+1|$pte|$evil|misaligned|store_sd
		sc.d|sc.d|$pte|$evil|not-a-store|store_sc_d
		fsd|fsd|$pte|$evil|not-a-store|store_fsd
	E
}

values() {
	cat <<-E
		clear the entry|sd|$pte|0|provenance
		the same value|sd|$pte|$pte_value|provenance
		only more rights|sd|$pte|$(hex $((pte_value | 8)))|provenance
		leaf on a free frame of the pool|sd|$pte|$(leaf "$free_frame" $RWU)|leaf-pool
		leaf on its own table|sd|$pte|$(leaf "$pte" $RWU)|$own_table
		leaf on the shim's records|sd|$pte|$(leaf "$region" $RWU)|leaf-pool
		leaf on the firmware|sd|$pte|$(leaf 0x80000000 $RWU)|leaf-firmware
		writable leaf on kernel text|sd|$pte|$(leaf "$image" $RWU)|leaf-kernel
		leaf without U|sd|$pte|$(hex $((evil & ~0x10)))|not-user
		writable, not readable|sd|$pte|$(hex $((evil & ~0x2)))|reserved-bits
		reserved bit|sd|$pte|$(hex $((evil | 1 << 58)))|reserved-bits
		NAPOT|sd|$pte|$(hex $((evil | 1 << 63)))|reserved-bits
		PBMT|sd|$pte|$(hex $((evil | 1 << 61)))|reserved-bits
		link at level 0|sd|$pte|$(link "$page")|level
		superpage not aligned|sd|$pmd|$(leaf $((image + 0x1000)) $RWU)|superpage
		superpage over the pool|sd|$pmd|$(leaf $((region & ~0x1fffff)) $RWU)|leaf-pool
		superpage over the firmware|sd|$pmd|$(leaf 0x80000000 $RWU)|leaf-firmware
		superpage over the kernel|sd|$pmd|$(leaf $((image & ~0x1fffff)) $RWU)|leaf-kernel
		table linked a second time|sd|$empty_pmd|$pmd_value|$double
		another process's table|sd|$empty_pmd|$other_pmd_value|$owner
		PMD that names its own table|sd|$empty_pmd|$(link "$pmd")|$level
		PMD that names the root|sd|$empty_pmd|$(link "$top")|$not_table
		PUD that names a table of level 0|sd|$pud|$pmd_value|$level
		link to firmware|sd|$empty_pmd|$(link 0x80000000)|link-not-ram
		link to the uart|sd|$empty_pmd|$(link 0x10000000)|link-not-ram
		link to the kernel image|sd|$empty_pmd|$(link "$image")|link-not-ram
		link to a page with a forged entry|sd|$empty_pmd|$(link "$forged")|provenance
		link to an innocent page|sd|$empty_pmd|$(link "$page")|provenance
		kernel half of the root|sd|$kernel_slot|$(link "$page")|kernel-half
	E
}

places() {
	cat <<-E
		a free frame|sd|$free_frame|$evil|not-a-table
		the shim's own records|sd|$region|0|not-a-table
		the shim's own records, by amoor.d|amoor.d|$region|1|not-a-table
		a free frame, by kcopy|kcopy|$free_frame|$evil|not-a-table
	E
}

# --- the two sides -------------------------------------------------------------------

# The legal twin: done on the unmarked victim and taken back.
done_unmarked() {
	local report
	report=$(attack poke "$2" "$3" "$4")
	part "the store" "done" "$(field store "$report")"
	part_like "undo" "*failed=0" "$(attack restore)"
	new_pages
	whole "unmarked: $1: done"
}

refused_marked() {
	local report again=0
	# Where Linux returns to it after a fault, the reservation is lost, and it tries anew.
	[ "$2" != sc.d ] || again=1
	count_refusals
	report=$(attack poke "$2" "$3" "$4")
	refused "$5" "${6:-*}" "$report"
	# Should it have been done after all, the tests behind it still get clean tables.
	[ "$(field store "$report")" = refused ] || attack restore >/dev/null
	part "the victim" "protected intact" "$(ask victim protect) $(ask victim check)"
	whole "marked: $1: $5"
}

each() {
	local title kind at value reason symbol
	while IFS='|' read -r title kind at value reason symbol; do
		$1 "$title" "$kind" "$at" "$value" "$reason" "$symbol"
	done <$T/cases
}

load
load_attack
# The others are those of stray.sh and defects.sh.
is "the poke kinds are those tested here" 18 "$(attack kinds | grep -vcE 'naked|writer')"
start_victim victim "the victim's own data"
start_victim attacker "the attacker's data"
start_victim other "another marked process"

frames=$(status frames)
region=$(field value "$(attack ecall 0 1 0 0 0 0 0)")
first_frame=$(field value "$(attack ecall 0 3 0 0 0 0 0)")
free_frame=$(hex $((first_frame + (frames / 4) * 4096)))
image=0x$(awk -F'[- ]+' '/Kernel code/ { print $2 }' /proc/iomem)
# Pages of the attacker's: one empty, one that looks like a table with a forged entry.
new_pages() {
	page=$(field page "$(attack page)") forged=$(field page "$(attack page)")
	attack fill "$forged" 3 "$(leaf "$image" $RWU)" >/dev/null
}

say "unmarked: every store is done"
own_table=- double=- owner=- level=- not_table=-
new_pages
addresses
{
	instructions
	values | grep -v '^kernel half'
} >$T/cases
# Nothing walks these entries before they are taken back.
each done_unmarked
is "unmarked: the victim is intact" intact "$(ask victim check)"

say "marked: every store is refused"
mark "$victim_pid"
mark "$other_pid"
own_table=leaf-pool double=double-link owner=owner level=level not_table=not-a-table
new_pages
addresses
{
	instructions
	values
	places
} >$T/cases
each refused_marked
attack restore >/dev/null
verified "the victim's tables are in order" "$victim_pid"
verified "the other process's tables are in order" "$other_pid"
is "the other process is intact" intact "$(ask other check)"
is "the victim can still write" written "$(ask victim write)"
is "and has it" intact "$(ask victim check)"
at_least "audit records" 45 "$(sed 1d /proc/nacc/audit | wc -l)"

end_victim victim
end_victim other
end_victim attacker
rmmod nacc_attack
pool_all_free
unload
kernel_log_clean
finish
