# SPDX-License-Identifier: GPL-2.0
# Dirty Pagetable: pages are freed while pointers to them are kept, the kernel takes
# one of them for a page table of a victim, and the pointer writes that table.
# Then writers that hold page-table locks, fed with bad data.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

ROUNDS=8 PATIENCE=16

# spray NAME: free pages, let it take tables, look whether it took one of ours.
spray() {
	local pid
	attack spill >/dev/null
	ask "$1" "grow 32" >/dev/null
	eval "pid=\$${1}_pid"
	report=$(attack stale "$pid")
}

load
load_attack
start_victim attacker "the attacker's data"
victim_program=grower
start_victim victim "the victim's own data"
start_victim other "the control's data"
victim_program=

say "unmarked: the freed page becomes a table, the stale pointer writes it"
n=0
while spray victim; do
	n=$((n + 1))
	[ "$(field slot "$report")" = 0x0 ] || break
	[ $n -lt $PATIENCE ] || break
	# Pages that come from among movable ones do not go where tables come from.
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
done
slot=$(field slot "$report") value=$(field value "$report")
say "round $n: $report"
unlike "a page that we freed is a page table of the victim" 0x0 "$slot"
evil=$(field value "$(entry "$attacker_pid" "$attacker_va" 0)")
evil=$(hex $((evil & ~0x3ff | value & 0x3ff)))
is "the stale pointer writes it" "done" "$(field store "$(attack poke sd "$slot" "$evil")")"
is "Dirty Pagetable: unmarked: the victim's memory is taken over" "sees the attacker's data" "$(ask victim check)"
like "undone" "*failed=0" "$(attack restore)"
is "the victim has its page back" intact "$(ask victim check)"

say "marked: tables are frames of the pool, which the page allocator never had"
mark "$victim_pid"
made=$(stat adopted_call)
hits=0 control=0 n=0
while [ $n -lt $ROUNDS ]; do
	n=$((n + 1))
	spray victim
	hits=$((hits + $(field hits "$report")))
	spray other
	control=$((control + $(field hits "$report")))
done
is "Dirty Pagetable: marked: no freed page is a table of the victim, in $n rounds" 0 $hits
at_least "Dirty Pagetable: in the same rounds it worked against an unmarked process" 1 $control
at_least "the victim did take tables" $((n * 32)) $(($(stat adopted_call) - made))
nacc dump "$victim_pid" >$T/dump
like "all its tables are in the pool" "*[[]Summary]*In the pool: [1-9]*, outside: 0*" "$(cat $T/dump)"
grep 'In the pool' $T/dump | sed 's/^/# /'
say "why: the kernel still allocates an ordinary page and stores a link to it. That store"
say "traps; the shim copies the page into a frame and links the frame. A pointer to the"
say "ordinary page writes what nobody walks; a pointer to a frame is of no use to write."
is "the victim is intact" intact "$(ask victim check)"
verified "its tables are in order" "$victim_pid"

say "stale pointers to frames"
va=$(field va "$(ask victim fresh)")
shown=$(attack show "$victim_pid" "$victim_va")
slots=$(echo "$shown" | sed -n 's/.*slot=\(0x[0-9a-f]*\) .*/\1/p')
for slot in $slots; do
	count_refusals
	refused "*" "*" "$(attack poke sd "$slot" "$evil")"
done
whole "Dirty Pagetable: a pointer to a frame in use: refused"
say "next page would be at $va"
end_victim victim
gone() { ! marked "$victim_pid"; }
wait_for 10 gone
pool_all_free
for slot in $slots; do
	count_refusals
	refused not-a-table "*" "$(attack poke sd "$slot" "$evil")"
done
whole "Dirty Pagetable: a pointer to a freed frame: refused, not-a-table"
nacc run --name again -- /nacc/bin/threads --threads 2 --seconds 2 >$T/again 2>&1 &
again=$!
wait_for 10 grep -q ready $T/again
for slot in $slots; do
	count_refusals
	refused "*" "*" "$(attack poke sd "$slot" "$evil")"
done
whole "Dirty Pagetable: a pointer to a frame that another container uses: refused"
wait $again
is "which did not notice" 0 $?

say "a registered writer, a page-table lock held, a bad entry"
victim_program=grower
start_victim victim "the victim's own data"
mark "$victim_pid"
is "the legal twin: a fresh page" "grown 9" "$(ask victim "grow 8")"
is "nothing skipped so far" 0 "$(stat skipped)"
kernel_log_clean
va=$(field va "$(ask victim fresh)")
# Bit 61 is one of PBMT's; the other bits are refused alike (scenario defects).
like "a bad bit in the rights of its VMA" "prot=*" "$(attack vmabit "$victim_pid" "$va" 61)"
echo "grow 1" >&4
wait "$victim_pid"
is "refusal with a page-table lock held: the container is killed" 137 $?
exec 4>&- 5<&-
at_least "the kernel's store was refused and skipped" 1 "$(stat skipped)"
is "the container was ended for it" 1 "$(stat mod_condemned)"
like "the audit says why" "* reserved-bits *" "$(grep reserved-bits /proc/nacc/audit | tail -n 1)"
exits "refusal with a page-table lock held: the machine goes on, no lock is held" 0 nacc run -- /nacc/bin/stress --rounds 1 --seed 21
is "the unmarked are intact" "intact intact" "$(ask attacker check) $(ask other check)"

end_victim other
end_victim attacker
attack restore >/dev/null
rmmod nacc_attack
pool_all_free
unload
# The price of a skipped store: Linux has counted a page that no entry maps.
is "the kernel log complains of the victim's rss and of nothing else" 1 \
	"$(dmesg | grep -cE 'BUG:|WARNING:|Oops|Bad |non-zero pgtables|Unable to handle|soft lockup')"
finish
