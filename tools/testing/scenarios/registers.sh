# SPDX-License-Identifier: GPL-2.0
# The gate: a thread that holds values in all its registers, and attacks on what the kernel has
# saved of them.
# shellcheck shell=sh disable=SC2034,SC2154,SC3043

victim_program=registers
VALUE=0x5a5a1230

# gated_victim MODE...: behind such a gate
gated_victim() {
	start_victim victim "registers"
	mark "$victim_pid"
	exits "the gate is switched: $*" 0 nacc gate "$domain" "$@"
}

# into EVENT: its thread is there; $tid
into() { tid=$(field tid "$(ask victim "$1")"); }

# hit COMMAND...: an attack on it, and what it finds; $answer, $new: more on record
hit() {
	local before
	before=$(stat refused_context)
	part_like "the attack: $*" "old=*" "$(attack "$@")"
	answer=$(ask victim go)
	new=$(($(stat refused_context) - before))
}
