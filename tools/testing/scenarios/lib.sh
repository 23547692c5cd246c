# SPDX-License-Identifier: GPL-2.0
# Shared by the scenarios (sourced; busybox sh): checks that print "ok N - TEXT"
# or "CHECK FAILED", processes to be attacked, and what a clean end means.
# shellcheck shell=sh disable=SC2034,SC2154,SC3043,SC3045

T=/tmp/nacc-test
rm -rf $T
mkdir -p $T
checks=0 failures=0
echo "KTAP version 1"

# --- checks ----------------------------------------------------------------------

say() { echo "# $*"; }

# is TEXT EXPECTED SEEN: the two are the same.
is() {
	checks=$((checks + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $checks - $1"
		return 0
	fi
	failures=$((failures + 1))
	echo "not ok $checks - $1"
	echo "CHECK FAILED: $1: expected '$2', seen '$3'"
	return 1
}

# part TEXT EXPECTED SEEN: one thing of several that the next "whole" is about.
parts=0
part() {
	[ "$2" = "$3" ] && return 0
	parts=$((parts + 1))
	echo "CHECK FAILED: $1: expected '$2', seen '$3'"
}

# part_like TEXT PATTERN SEEN: the same with a shell pattern.
part_like() {
	# shellcheck disable=SC2254
	case $3 in
	$2) ;;
	*) part "$1" "$2" "$3" ;;
	esac
}

# skip TEXT REASON: it cannot be tried on this machine.
skip() {
	checks=$((checks + 1))
	echo "ok $checks - $1 # SKIP $2"
}

# whole TEXT: all parts since the last one were as expected.
whole() {
	checks=$((checks + 1))
	if [ $parts -eq 0 ]; then
		echo "ok $checks - $1"
	else
		failures=$((failures + 1)) parts=0
		echo "not ok $checks - $1"
	fi
}

# like TEXT PATTERN SEEN: the shell pattern matches.
like() {
	# shellcheck disable=SC2254
	case $3 in
	$2) is "$1" yes yes ;;
	*) is "$1" "$2" "$3" ;;
	esac
}

# unlike TEXT PATTERN SEEN: it does not.
unlike() {
	# shellcheck disable=SC2254
	case $3 in
	$2) is "$1" "anything but $2" "$3" ;;
	*) is "$1" yes yes ;;
	esac
}

# at_least TEXT NUMBER SEEN
at_least() {
	if [ "${3:-0}" -ge "$2" ] 2>/dev/null; then
		is "$1" yes yes
	else
		is "$1" "at least $2" "$3"
	fi
}

# exits TEXT STATUS COMMAND...: output goes to $out and, if that is a surprise, here.
exits() {
	local text="$1" wanted="$2" rc
	shift 2
	"$@" >$T/out 2>&1
	rc=$?
	out=$(cat $T/out)
	is "$text" "status $wanted" "status $rc" || sed 's/^/# | /' $T/out
}

# finish: the scenario's verdict.
finish() {
	echo "1..$checks"
	[ $failures -eq 0 ] || echo "# $failures of $checks checks failed"
	[ $checks -gt 0 ] && [ $failures -eq 0 ]
	exit
}

# give_up TEXT: nothing behind this can work.
give_up() {
	is "$1" "to go on" "the scenario has to end here"
	finish
}

# field KEY TEXT: the value of the last KEY=VALUE in it.
field() {
	local word value=
	for word in $2; do
		case $word in "$1="*) value=${word#*=} ;; esac
	done
	echo "$value"
}

# hex NUMBER: as the kernel prints it.
hex() { printf '0x%x' "$1"; }

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local tries=$(($1 * 5))
	shift
	while ! "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		usleep 200000
	done
}

# now: seconds since the guest has begun.
now() { cut -d. -f1 /proc/uptime; }

# runs PID: is it alive, and no zombie?
runs() { [ -d "/proc/$1/fd" ] && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; }

# disturb PID MICROSECONDS: as long as it runs, change tables without asking anyone, so often.
disturb() {
	while runs "$1"; do
		echo 1 >/proc/sys/vm/compact_memory
		echo 8M >/sys/fs/cgroup/memory.reclaim
		usleep "$2"
	done 2>/dev/null
}

# verify_while_runs PID: verify its tables while they change under our hands; sets
# $verified to how often that went well, $wrong to what it said when it did not.
verify_while_runs() {
	local out
	verified=0 wrong=
	while runs "$1"; do
		if out=$(nacc verify "$1" 2>&1); then
			verified=$((verified + 1))
		elif [ $? -ne 3 ]; then # 3: it has just ended
			wrong=$out
		fi
		usleep 600000
	done
}

# expected_ad: what kernel argument nacc.ad=DOCTOR,WALKER says of this machine, in two
# words: who sets A and D by the doctor's word, and what its walker does, "sets" or "faults".
expected_ad() { sed -n 's/.*nacc\.ad=\([a-z]*\),\([a-z]*\).*/\1 \2/p' /proc/cmdline; }

# --- the module --------------------------------------------------------------------

# load [PARAMETER=VALUE...]
load() {
	insmod /nacc/nacc.ko "$@" >$T/insmod 2>&1 || {
		sed 's/^/# | /' $T/insmod
		dmesg | tail -n 5 | sed 's/^/# | /'
		give_up "insmod nacc.ko"
	}
	is "insmod nacc.ko" yes yes
	refused_before=$(stat refused)
}

# refused_since: stores refused since the module was loaded.
refused_since() { echo $(($(stat refused) - refused_before)); }

loaded() { [ -d /sys/module/nacc ]; }

# The last replaced call may be on its way: until then the module cannot go.
hooks_gone() { [ "$(status hooks)" = idle ]; }

unload() {
	wait_for 5 nothing_marked
	wait_for 5 hooks_gone
	exits "rmmod nacc" 0 rmmod nacc
	is "/proc/nacc and /dev/nacc are gone" "" "$(ls -d /proc/nacc /dev/nacc 2>/dev/null)"
}

load_attack() {
	[ -d /sys/kernel/debug/nacc-attack ] || insmod /nacc/nacc_attack.ko ||
		give_up "insmod nacc_attack.ko"
}

# status KEY, stat NAME: a value of /proc/nacc/status, of /proc/nacc/stats.
status() { sed -n "s/^$1: *//p" /proc/nacc/status; }
stat() { awk -v n="$1" '$1 == n { print $2 }' /proc/nacc/stats; }

# hook SYMBOL COLUMN: of /proc/nacc/hooks; "state" and "backend" by name.
hook() {
	awk -v s="$1" -v c="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) n = i }
		$2 == s { print $n }' /proc/nacc/hooks
}

# zap_function: what this kernel calls unmap_page_range().
zap_function() { awk '$1 == "zap" { print $2 }' /proc/nacc/hooks; }

# gate_refusals: what was refused at gates: returns, threads, system calls.
gate_refusals() { echo "$(stat refused_context) $(stat refused_thread) $(stat refused_syscall)"; }

nothing_marked() { [ "$(wc -l </proc/nacc/domains)" -eq 1 ] && [ "$(wc -l </proc/nacc/pool)" -eq 1 ]; }

# Frames move between free and armed at any time: both from one look.
free_or_armed() { awk '$1 == "frames_free" || $1 == "frames_armed" { n += $2 } END { print n }' /proc/nacc/stats; }
all_free_or_armed() { [ "$(free_or_armed)" = "$(status frames)" ]; }

# pool_all_free: every frame is free or armed, no domain is left.
pool_all_free() {
	# Linux itself keeps the address space of who has ended on a CPU that is idle since.
	wait_for 30 nothing_marked
	part "domains" "" "$(sed 1d /proc/nacc/domains)"
	part "frames in use" "" "$(sed 1d /proc/nacc/pool)"
	part "the shim's roots, tables, released frames" "0 0 0" \
		"$(stat frames_root) $(stat frames_table) $(stat frames_released)"
	part "records of adoptions that nobody took" 0 "$(stat undrained)"
	wait_for 2 all_free_or_armed
	part "free and armed frames" "$(status frames)" "$(free_or_armed)"
	whole "the pool is all free, no domain is left"
}

# mark PID: $domain gets the ID.
mark() {
	domain=
	nacc mark "$1" >$T/mark 2>&1 || {
		is "nacc mark $1" marked "$(cat $T/mark)"
		return 1
	}
	domain=$(sed -n 's/^domain \([0-9]*\)$/\1/p' $T/mark)
}

# domain_of PID: the domain that it is in, or nothing.
domain_of() { awk -v p="$1" 'NR > 1 && $2 == p { print $1; exit }' /proc/nacc/mms; }
in_domain() { [ "$(domain_of "$1")" = "$2" ]; }
# marked PID: is it in a domain?
marked() { [ -n "$(domain_of "$1")" ]; }
# process_of NAME: the first process of the domain of that name, or nothing. Before that in
# the list may be what a process ran on before it has executed another program: that is 0.
process_of() {
	awk -v d="$(nacc ps | awk -v n="$1" '$0 ~ n { print $1; exit }')" \
		'NR > 1 && $1 == d && $2 { print $2; exit }' /proc/nacc/mms
}

# appears NAME: does such a domain have a process? $inner
appears() { inner=$(process_of "$1") && [ -n "$inner" ]; }

# label_of, gate_of, tables DOMAIN: its name, the mode of its gate, how many tables it has;
# members: the PIDs in it, one of each address space.
label_of() { awk -v d="$1" 'NR > 1 && $1 == d { print $5 }' /proc/nacc/domains; }
gate_of() { awk -v d="$1" '$1 == d { print $NF }' /proc/nacc/domains; }
tables() { awk -v d="$1" '$1 == d { print $4 }' /proc/nacc/domains; }
members() { awk -v d="$1" 'NR > 1 && $1 == d { print $2 }' /proc/nacc/mms; }

# states STATE: how many processes name such a root.
states() { awk -v s="$1" '$1 == "process" && $4 == s' /proc/nacc/roots | wc -l; }

# verified TEXT PID: firmware, tables and VMAs agree.
verified() {
	exits "$1" 0 nacc verify "$2"
}

# --- processes to be attacked --------------------------------------------------------

# A victim is named by a word: its FIFO, answers, $NAME_pid and $NAME_va. It runs
# the program that $victim_program names.
start_victim() {
	local name="$1" line=
	mkfifo "$T/$name.in" "$T/$name.out"
	"/nacc/bin/${victim_program:-victim}" "$2" <"$T/$name.in" >"$T/$name.out" &
	case $name in
	victim) exec 4>"$T/$name.in" 5<"$T/$name.out"; read -r -t 20 line <&5 ;;
	attacker) exec 6>"$T/$name.in" 7<"$T/$name.out"; read -r -t 20 line <&7 ;;
	other) exec 8>"$T/$name.in" 9<"$T/$name.out"; read -r -t 20 line <&9 ;;
	esac
	rm -f "$T/$name.in" "$T/$name.out"
	like "process '$name' runs" "ready pid=[0-9]* va=0x[0-9a-f]*" "$line" || finish
	eval "${name}_pid=$(field pid "$line") ${name}_va=$(field va "$line")"
}

# ask NAME WORD: its answer.
ask() {
	local line=nothing
	case $1 in
	victim) echo "$2" >&4; read -r -t 20 line <&5 ;;
	attacker) echo "$2" >&6; read -r -t 20 line <&7 ;;
	other) echo "$2" >&8; read -r -t 20 line <&9 ;;
	esac
	echo "$line"
}

# start_ready FILE COMMAND...: it runs, what it says goes there, and it has said "ready";
# $started. What an earlier one has said there does not count.
start_ready() {
	local file="$1"
	shift
	rm -f "$file"
	"$@" >"$file" 2>&1 &
	started=$!
	wait_for 20 grep -q ready "$file"
}

end_victim() {
	case $1 in
	victim) echo quit >&4; exec 4>&- 5<&- ;;
	attacker) echo quit >&6; exec 6>&- 7<&- ;;
	other) echo quit >&8; exec 8>&- 9<&- ;;
	esac
	eval "wait \$${1}_pid" 2>/dev/null
	is "process '$1' ended by itself" 0 $?
}

# attack WORDS...: a command of nacc_attack.ko; its report.
attack() {
	echo "$*" >/sys/kernel/debug/nacc-attack/cmd 2>/dev/null
	cat /sys/kernel/debug/nacc-attack/result
}

# root_of PID: what its mm names.
root_of() { field root "$(attack rootof "$1")"; }

# entry PID VA LEVEL: "slot=... value=..." of that level.
entry() { attack show "$1" "$2" | grep "^level=$3 "; }

# link TABLE, leaf PAGE FLAGS: an entry.
link() { hex $(($1 >> 12 << 10 | 1)); }
leaf() { hex $(($1 >> 12 << 10 | $2)); }

# victim_slot: the victim's entry at level 0: $pte is where, $pte_value what.
victim_slot() {
	pte=$(field slot "$(entry "$victim_pid" "$victim_va" 0)")
	pte_value=$(field value "$(entry "$victim_pid" "$victim_va" 0)")
}

# --- something marked ------------------------------------------------------------------

# hold NAME: something stays marked until release.
hold() {
	mkfifo $T/hold
	nacc run --name "$1" -- cat <$T/hold >/dev/null 4>&- &
	holder=$!
	exec 3>$T/hold
	rm $T/hold
	wait_for 10 marked $holder || give_up "something is marked"
}
release() {
	exec 3>&-
	wait $holder
	wait_for 20 hooks_gone
}

# exercise [COMMAND...]: a round of everything, by that command; what it has found.
exercise() { timeout -s KILL 120 "$@" /nacc/bin/stress --rounds 1 --seed 7 2>&1; }

# --- a clean end ---------------------------------------------------------------------

# kernel_log_clean: nothing in the log that a healthy kernel would not say. Kernel argument
# nacc.says=WORD: but warnings with that, of a machine that is emulated in part.
kernel_log_clean() {
	local known
	known=$(sed -n 's/.*nacc\.says=\([^ ]*\).*/WARNING:.*\1/p' /proc/cmdline)
	is "the kernel log has no complaint" "" "$(dmesg | grep -E \
		'BUG:|WARNING:|Oops|Bad |rss-counter|non-zero pgtables|Unable to handle|unreferenced|soft lockup|rcu:.*stall|blocked for more' |
		grep -v "${known:-^\$}" | head -n 5)"
}

# Each CPU keeps a part of the count to itself until it is told to add it up.
page_tables() {
	cat /proc/sys/vm/stat_refresh
	awk '$1 == "nr_page_table_pages" { print $2 }' /proc/vmstat
}
available() { awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo; }

# kernel_slack: where the kernel counts its own page tables, too (7.2), those that a module
# or a stack has needed once stay: so many more may.
kernel_slack() {
	local ours
	ours=$(cat /proc/[0-9]*/status 2>/dev/null | awk '$1 == "VmPTE:" { n += $2 / 4 + 2 } END { print int(n) }')
	if [ $(($(page_tables) - ours)) -gt 100 ]; then echo 40; else echo 0; fi
}

# remember_memory ... memory_as_before [PAGES [MIB]]: not more page-table pages (24) and
# memory (24 MiB) have got lost in between. Without NACC, too, these vary a little.
remember_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	tables_before=$(page_tables) memory_before=$(available)
}

few_tables() { [ $(($(page_tables) - tables_before)) -le "$1" ] && [ $(($(page_tables) - tables_before)) -ge "-$1" ]; }
much_memory() { [ $((memory_before - $(available))) -le $(($1 * 1024)) ]; }

memory_as_before() {
	local slack="${1:-24}" mib="${2:-24}"
	slack=$((slack + $(kernel_slack)))
	sync
	echo 3 >/proc/sys/vm/drop_caches
	wait_for 10 few_tables "$slack"
	if few_tables "$slack"; then
		is "page tables are as many as before" yes yes
	else
		is "page tables are as many as before" "$tables_before +-$slack" "$(page_tables)"
	fi
	wait_for 5 much_memory "$mib"
	say "page tables: $tables_before before, $(page_tables) after; memory: $memory_before kB, $(available) kB"
	if much_memory "$mib"; then
		is "memory is as much as before" yes yes
	else
		is "memory is as much as before" "$memory_before kB -$mib MiB" "$(available) kB"
	fi
}
