# SPDX-License-Identifier: GPL-2.0
# A stray store of the kernel that nobody is prepared for: it ends the context that
# made it, with an Oops in the log, and nothing else (I10).
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

load
load_attack
start_victim victim "the victim's own data"
slot=$(field slot "$(entry "$victim_pid" "$victim_va" 0)")
# The allocator clears 128 bytes, so it gets a table that says nothing there.
empty=$(hex $((slot + 2048)))
like "unmarked: a store of a module is done" "store=done *now=0" \
	"$(attack poke naked "$slot" 0 | sed 's/=0x0$/=0/')"
like "unmarked: taken back" "restored=1 failed=0" "$(attack restore)"
own=$(field page "$(attack page)")
like "unmarked: memcpy() does its store" "store=done *now=0x77" \
	"$(attack poke naked-memcpy "$own" 0x77)"
like "unmarked: the slab allocator clears what it hands out" "store=done *old=0x77 *now=0x0" \
	"$(attack poke naked-slab "$own" 0)"
mark "$victim_pid"
shown=$(entry "$victim_pid" "$victim_va" 0)
slot=$(field slot "$shown") value=$(field value "$shown")
empty=$(hex $((slot + 2048)))
is "marked: the place for the allocator is empty" 0x0 "$(field value "$(attack peek "$empty")")"

# stray TITLE KIND PA VALUE SYMBOL: the writer dies of it, nobody else notices.
stray() {
	local before
	before=$(field value "$(attack peek "$3")")
	sh -c "echo naked $2 $3 $4 >/sys/kernel/debug/nacc-attack/cmd" 2>/dev/null
	is "provenance: $1: the writer is killed (SIGSEGV)" 139 $?
	is "provenance: $1: the entry is what it was" "$before" "$(field value "$(attack peek "$3")")"
	is "provenance: $1: the victim is intact" "protected intact" \
		"$(ask victim protect) $(ask victim check)"
	verified "provenance: $1: its tables are in order" "$victim_pid"
	like "provenance: $1: the audit names the store" "*provenance* $5+*" \
		"$(tail -n 1 /proc/nacc/audit)"
}
# Each value is well-formed: an empty entry, or the same with another bit of software's.
stray "module text" naked "$slot" 0 attack_naked_store
stray "memcpy" naked-memcpy "$slot" "$(hex $((value ^ 0x200)))" "*memcpy"
stray "slab" naked-slab "$empty" 0 "*memset"
exits "the machine goes on: a new process" 0 nacc run -- /nacc/bin/stress --rounds 1
end_victim victim
pool_all_free
unload
finish
