# SPDX-License-Identifier: GPL-2.0
# What a route must not take on trust, must not leave out, and must not cost: a stray
# store into memory that it works in, pages that become executable, a range that is
# all but empty. Each with its legal twin.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

tracing=/sys/kernel/tracing
[ -e $tracing/kprobe_events ] || mount -t tracefs none $tracing
eager=/sys/module/nacc/parameters/eager

# count_walks: each look for a table by a route; ftrace may own the very entry.
count_walks() {
	echo "p:walks nacc:nacc_shadow_pmd" >>$tracing/kprobe_events 2>/dev/null ||
		echo "p:walks nacc:nacc_shadow_pmd+8" >>$tracing/kprobe_events
	echo 1 >$tracing/events/kprobes/walks/enable
	is "looks for a table are counted" 1 "$(cat $tracing/events/kprobes/walks/enable)"
}
walks() { awk '$1 == "walks" { print $2 }' $tracing/kprobe_profile; }

# count_flushes: REMOTE_FENCE_I, by which the other harts' instruction caches are flushed.
count_flushes() {
	echo 'ext == 0x52464e43 && fid == 0' >$tracing/events/riscv/sbi_call/filter
	echo 1 >$tracing/events/riscv/sbi_call/enable
	is "flushes of instruction caches are counted" 1 "$(cat $tracing/events/riscv/sbi_call/enable)"
}
flushes() { grep -c 'sbi_call: ext=0x52464e43 fid=0' $tracing/trace; }

count_no_more() {
	for p in kprobes/walks riscv/sbi_call; do echo 0 >$tracing/events/$p/enable; done
	echo >$tracing/kprobe_events
}

routed() { awk -v n="$1" '$1 == n { print $5 }' /proc/nacc/hooks; }
gone() { ! runs "$1"; }

# --- 1: memory that a route works in ---------------------------------------------------

# plant: into every shadow, at the place of the victim's hole. Never taken back.
plant() {
	like "an attacker's entry is in each shadow that rests" "tables=[1-9]* slot=100 *" \
		"$(attack shadow 100 "$evil")"
}

# not_installed TEXT
not_installed() {
	part "the entry" 0x0 "$(field value "$(entry "$victim_pid" "$victim_hole" 0)")"
	part "the victim's hole" empty "$(ask victim hole)"
	part "the victim" intact "$(ask victim check)"
	part "the attacker's page" intact "$(ask attacker check)"
	whole "$1: the attacker's page is not mapped, nothing else has changed"
}

# by_route ROUTE WORD ANSWER: the victim does it by that route.
by_route() {
	local before
	before=$(routed "$1")
	is "the victim's own $2 works" "$3" "$(ask victim "$2")"
	at_least "it went by the route" $((before + 1)) "$(routed "$1")"
}

stray_stores() {
	evil=$(field value "$(entry "$attacker_pid" "$attacker_va" 0)")
	for word in protect part; do
		plant
		by_route protect $word protected
		not_installed "mprotect of $word"
	done
	plant
	by_route zap drop dropped
	not_installed "MADV_DONTNEED"
	is "no store was refused" 0 "$(refused_since)"
}

# --- 2: the same memory while it is in use, and by calls of the attacker's own ------------

exchanged() { attack exchange "$victim_pid" "$1" "$(hex "$2")"; }

# exchange_refused TEXT VA VALUE
exchange_refused() {
	local report
	report=$(exchanged "$2" "$3")
	part "error" -4 "$(field error "$report")"
	part "the entry" "$(field before "$report")" "$(field now "$report")"
	whole "EXCHANGE: $1: refused"
}

# exchange_done TEXT VALUE
exchange_done() {
	local report
	report=$(exchanged "$victim_va" "$2")
	part "error" 0 "$(field error "$report")"
	part "the entry" "$(hex "$2")" "$(field now "$report")"
	whole "EXCHANGE: $1: done"
}

exchanges() {
	local own
	own=$(field value "$(entry "$victim_pid" "$victim_va" 0)")
	exchange_refused "another page" "$victim_va" "$evil"
	exchange_refused "the page behind it" "$victim_va" $((own + 0x400))
	exchange_refused "64 KiB around it" "$victim_va" $((own | 1 << 63))
	exchange_refused "past the caches" "$victim_va" $((own | 1 << 61))
	exchange_refused "a page in a hole" "$victim_hole" "$evil"
	exchange_refused "no page" "$victim_va" 0
	exchange_refused "a swap entry" "$victim_va" $((own & ~1))
	exchange_refused "a page of the kernel's" "$victim_va" $((own & ~0x10))
	exchange_done "a bit of software's" $((own ^ 0x100))
	exchange_done "back" "$own"
	exchange_done "not writable" $((own & ~4))
	exchange_done "writable again" "$own"
	is "the victim is intact" intact "$(ask victim check)"
	is "it can change its tables" protected "$(ask victim protect)"
	verified "its tables are in order" "$victim_pid"
}

# --- 3: pages that become executable -------------------------------------------------------

executable() {
	is "$1: $2: all pages are known to be in no instruction cache" "clean=511 of=511" \
		"$(ask victim "$2")"
	is "$1: $2: the data is intact" intact "$(ask victim check)"
}

marked_executable() {
	local before told
	before=$(routed protect) told=$(flushes)
	executable marked "$1"
	at_least "marked: $1: it went by the route" $((before + 1)) "$(routed protect)"
	at_least "marked: $1: the other harts flush their instruction caches" $((told + 1)) \
		"$(flushes)"
}

# --- 4: somebody else wants to be told ---------------------------------------------------------

# As a hypervisor would; of what a route does nobody would tell it.
notified() {
	local before
	before="$(routed protect) $(routed zap)"
	attack notify "$victim_pid" >/dev/null
	is "with an MMU notifier mprotect works" protected "$(ask victim protect)"
	is "the notifier was told, both times" told=2 "$(attack notified)"
	attack notify "$victim_pid" >/dev/null
	is "and MADV_DONTNEED works" dropped "$(ask victim drop)"
	at_least "the notifier was told" 1 "$(field told "$(attack notified)")"
	is "no route was taken" "$before" "$(routed protect) $(routed zap)"
	is "the data is intact" intact "$(ask victim check)"
}

# --- 5: a range that is all but empty --------------------------------------------------------

# What is there is three tables; five calls go through it, each may look at a piece of
# 32 tables for each of them, twice. The range has 65,536 tables, or many more.
MOST=5000

sparse() {
	local before looks pid
	case $mode in
	sv39) gib=128 ;;
	sv48) gib=65536 ;;
	*) gib=4194304 ;;
	esac
	exits "unmarked: $gib GiB" 0 /nacc/bin/sparse $gib
	echo Y >$eager
	before=$(walks)
	exits "marked: $gib GiB" 0 nacc run -- /nacc/bin/sparse $gib
	is "all as unmarked" "sparse: $gib GiB: right" "$out"
	looks=$(($(walks) - before))
	at_least "the routes were taken" 10 $looks
	at_least "and went from table to table, not from address to address" 0 $((MOST - looks))
	say "$looks tables looked for"
	nacc run -- /nacc/bin/sparse $gib forever &
	pid=$!
	wait_for 10 marked $pid
	sleep 1
	is "it goes on" yes "$(runs $pid && echo yes)"
	kill -9 $pid
	wait_for 20 gone $pid
	is "SIGKILL ends it" 0 $?
	wait $pid
	echo N >$eager
}

load
load_attack
mode=$(sed -n 's/^mmu[^:]*: *//p' /proc/cpuinfo | head -n 1)
like "the mode is known" "sv[345]?" "$mode"
count_walks
count_flushes

victim_program=onetable
start_victim victim "the victim's own data"
start_victim attacker "the attacker's data"
victim_hole=$(hex $((victim_va + 100 * 4096)))
executable unmarked rx
executable unmarked rwx
mark "$victim_pid"
stray_stores
exchanges
marked_executable rx
marked_executable rwx
notified
verified "its tables are in order" "$victim_pid"
end_victim victim
end_victim attacker
sparse

like "the attacker's pages are free again" "*failed=0" "$(attack restore)"
rmmod nacc_attack
pool_all_free
count_no_more
unload
kernel_log_clean
finish
