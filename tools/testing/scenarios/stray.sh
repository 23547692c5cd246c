# SPDX-License-Identifier: GPL-2.0
# A stray store of the kernel that nobody is prepared for: it ends the context that
# made it, with an Oops in the log, and nothing else (I10).
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

load
load_attack
start_victim victim "the victim's own data"
shown=$(entry "$victim_pid" "$victim_va" 0)
slot=$(field slot "$shown") value=$(field value "$shown")
like "unmarked: the store is done" "store=done *now=0" \
	"$(attack poke naked "$slot" 0 | sed 's/=0x0$/=0/')"
like "unmarked: taken back" "restored=1 failed=0" "$(attack restore)"
mark "$victim_pid"
shown=$(entry "$victim_pid" "$victim_va" 0)
slot=$(field slot "$shown")
is "marked: the entry has moved with its value" "$value" "$(field value "$shown")"

sh -c "echo poke naked $slot 0 >/sys/kernel/debug/nacc-attack/cmd" 2>/dev/null
is "marked: the writer is killed (SIGSEGV)" 139 $?
is "marked: the victim is intact" "protected intact" "$(ask victim protect) $(ask victim check)"
verified "marked: its tables are in order" "$victim_pid"
like "marked: the audit names the store" "*provenance*store_naked*" "$(tail -n 1 /proc/nacc/audit)"
exits "the machine goes on: a new process" 0 nacc run -- /nacc/bin/stress --rounds 1
end_victim victim
pool_all_free
unload
finish
