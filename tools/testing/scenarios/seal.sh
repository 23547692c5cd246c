# SPDX-License-Identifier: GPL-2.0
# Seals: what is sealed nobody changes, whichever way; beside it all goes on; a program that
# asks gets an error; and at the end all pages and frames come back.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

EPERM=1 EINVAL=22

sealed() { stat refused_sealed; }
records() { awk '$4 == "sealed"' /proc/nacc/audit | wc -l; }
state_of() { awk -v d="$1" '$1 == d { print $2 }' /proc/nacc/domains; }
# range: of the victim, as nacc seal has it
range() { echo "${victim_va#0x}-$(printf %x $((victim_va + 4 * 4096)))"; }
# Its watcher has let go of it.
sealed_now() { [ "$(nacc seal --list "$1" | wc -l)" -gt 1 ] && grep -q "^TracerPid:.0" "/proc/$1/status"; }

# sealed_victim: one that is marked, its file's mapping sealed
sealed_victim() {
	victim_program=sealed start_victim victim "$T/text"
	mark "$victim_pid"
	exits "it is sealed" 0 nacc seal "$victim_pid" "$(range)"
	is "it is well" intact "$(ask victim check)"
}

# table_of LEVEL: physical address of the victim's table of that level, and slot
slot_at() { field slot "$(entry "$victim_pid" "$victim_va" "$1")"; }
value_at() { field value "$(entry "$victim_pid" "$victim_va" "$1")"; }

# refuses TEXT WORDS...: an attack of that module is refused as sealed, and nothing changed
refuses() {
	local text="$1" before after was
	shift
	was="$(value_at 0) $(value_at 1) $(value_at 2)"
	before=$(sealed) records=$(records)
	attack "$@" >$T/report
	after=$(sealed)
	is "$text: refused" 1 $((after - before))
	is "$text: on record" 1 $(($(records) - records))
	is "$text: nothing changed" "$was" "$(value_at 0) $(value_at 1) $(value_at 2)"
	is "$text: the victim is well" intact "$(ask victim check)"
}

load
load_attack
remember_memory

# --- what can be sealed
say "what can be sealed"
victim_program=sealed start_victim victim "$T/text"
exits "who is not marked cannot be sealed" 3 nacc seal "$victim_pid" "$(range)"
mark "$victim_pid"
exits "half a mapping" 2 nacc seal "$victim_pid" "${victim_va#0x}-$(printf %x $((victim_va + 4096)))"
stack=$(awk '$6 == "[stack]" { print $1 }' "/proc/$victim_pid/maps")
exits "what is writable" 7 nacc seal "$victim_pid" "$stack"
exits "what is not mapped" 6 nacc seal "$victim_pid" "1000-2000"
exits "nothing" 2 nacc seal "$victim_pid" "${victim_va#0x}-${victim_va#0x}"
exits "half a page more" 2 nacc seal "$victim_pid" "${victim_va#0x}-$(printf %x $((victim_va + 4 * 4096 + 8)))"
exits "from the middle of a page" 2 nacc seal "$victim_pid" "$(printf %x $((victim_va + 8)))-$(printf %x $((victim_va + 4 * 4096)))"
exits "all there is" 2 nacc seal "$victim_pid" 0-fffffffffffff000
exits "more than an address has" 2 nacc seal "$victim_pid" 0-10000000000000000
nacc seal "$victim_pid" "${victim_va#0x}-${stack#*-}" 2>/dev/null && rc=0 || rc=$?
like "from there to the stack" "[267]" "$rc"
exits "half of the stack" 2 nacc seal "$victim_pid" "${stack%-*}-$(printf %x $((0x${stack#*-} - 4096)))"
exits "a process that is not there" 3 nacc seal 4000000 "$(range)"
(sleep 0 & exec sleep 30) &
ended=$!
gone() { zombie=$(awk -v p=$ended '/\) Z / { pid = $1; sub(/^.*\) /, ""); if ($2 == p) print pid }' /proc/[0-9]*/stat 2>/dev/null); [ -n "$zombie" ]; }
wait_for 10 gone
exits "one that has ended" 3 nacc seal "$zombie" "$(range)"
exits "its text" 3 nacc seal --text "$zombie"
kill $ended
is "nothing is sealed" 1 "$(nacc seal --list "$victim_pid" | wc -l)"
exits "a whole mapping" 0 nacc seal "$victim_pid" "$(range)"
like "the list has it" "*$victim_va*16*" "$(nacc seal --list "$victim_pid")"
like "so has the agent region of nacc dump" "*sealed ${victim_va#0x}-* (16 KiB)*Sealed ranges: 1 (size = 16 KiB)*" \
	"$(nacc dump "$victim_pid")"
# Of nacc dump or nacc stat
agent_pages() { sed -n 's/^ *\(Total \)\{0,1\}agent pages: \([0-9]*\).*/\2/p'; }
is "which has a page" 1 "$(nacc dump "$victim_pid" | agent_pages)"
is "that nacc stat counts, too" 1 "$(nacc stat "$domain" | agent_pages)"
like "nacc stat $domain counts it" "*SEALS*1*" "$(nacc stat "$domain" | head -n 2)"
pinned() { awk '/^VmPin:/ { print $2 }' "/proc/$victim_pid/status"; }
is "its pages are pinned" 16 "$(pinned)"
exits "once more is no error" 0 nacc seal "$victim_pid" "$(range)"
is "one range" 2 "$(nacc seal --list "$victim_pid" | wc -l)"
is "and no more pins" 16 "$(pinned)"
is "/proc/nacc/mms says so" 1 "$(awk -v p="$victim_pid" '$2 == p { print $6 }' /proc/nacc/mms)"
exits "verify finds nothing" 0 nacc verify "$victim_pid"
exits "a domain with a seal cannot be unmarked" 7 nacc unmark "$domain"
is "and goes on" live "$(state_of "$domain")"

# --- what a program asks for
say "what a program asks for"
before=$(sealed)
is "errors, and nothing worse" \
	"self mprotect=$EPERM munmap=$EPERM mremap=$EPERM fixed=$EPERM dontneed=$EINVAL locked=0 cold=$EINVAL pageout=$EINVAL merge=0" \
	"$(ask victim asks)"
is "it is well" intact "$(ask victim check)"
is "beside it" "done" "$(ask victim beside)"
is "the file is another" "done" "$(ask victim truncate)"
is "what is sealed is not" intact "$(ask victim check)"
like "a child has the same" \
	"child intact mprotect=$EPERM munmap=$EPERM mremap=$EPERM fixed=$EPERM*" "$(ask victim fork)"
is "many children" "done" "$(ask victim "forks 20")"
is "a child that executes something has none" "done" "$(ask victim exec)"
is "nor one by vfork" "done" "$(ask victim vfork)"
echo 1 >"/proc/$victim_pid/clear_refs" && aged=0 || aged=$?
is "pages that Linux ages" 0 $aged
echo 1 >/proc/sys/vm/compact_memory
echo 3 >/proc/sys/vm/drop_caches
is "it is well" intact "$(ask victim check)"
is "nothing of this was refused by the firmware" "$before" "$(sealed)"
is "and the domain goes on" live "$(state_of "$domain")"
exits "verify finds nothing" 0 nacc verify "$victim_pid"

# --- debuggers, uprobes
say "who writes into other processes"
# Some kernels do not let that even try, unless it is a debugger (PROC_MEM_FORCE_PTRACE).
printf X | dd of="/proc/$victim_pid/mem" bs=1 seek=$((victim_va)) conv=notrunc 2>/dev/null
is "a write to its memory by a file fails" 1 $?
before=$(sealed)
is "a debugger's write fails" EIO "$(/nacc/bin/gup poke "$victim_pid" "$victim_va" 0x5858)"
at_least "and is on record" $((before + 1)) "$(sealed)"
# who, and whose it was
last_sealed() { awk '$4 == "sealed" { last = $17 " " $19 } END { print last }' /proc/nacc/audit; }
is "with who it was" "gup sealed" "$(last_sealed)"
like "and nacc audit says why" "*sealed page*no debugger or uprobe writes there*" "$(nacc audit)"
is "it is well" intact "$(ask victim check)"
# The beginning of its file, as it stands there
text=0x$(awk -F- '/bin\/sealed$/ { print $1; exit }' "/proc/$victim_pid/maps")
before=$(sealed)
is "where nothing is sealed a debugger writes" ok "$(/nacc/bin/gup poke "$victim_pid" "$text" 0x00010102464c457f)"
is "and nothing is refused" "$before" "$(sealed)"
tracing=/sys/kernel/tracing
[ -d $tracing/events ] || mount -t tracefs tracefs $tracing 2>/dev/null
if echo "p:seal $T/text:0x10" >$tracing/uprobe_events 2>/dev/null; then
	before=$(sealed)
	echo 1 >$tracing/events/uprobes/seal/enable 2>/dev/null
	at_least "a uprobe is on record" $((before + 1)) "$(sealed)"
	like "with who it was" "* sealed" "$(last_sealed)"
	is "it is well" intact "$(ask victim check)"
	echo 0 >$tracing/events/uprobes/seal/enable 2>/dev/null
	echo >$tracing/uprobe_events
	# Of another marked process, where nothing is sealed, it is put there.
	word_at() { dd if="/proc/$1/mem" bs=1 skip=$(($2)) count=2 2>/dev/null | od -An -tx1 | tr -d ' '; }
	before=$(sealed) one=$domain
	victim_program=sealed start_victim other "$T/twin"
	mark "$other_pid"
	probed=$((other_va + 0x10))
	is "where nothing is sealed" 0100 "$(word_at "$other_pid" $probed)"
	echo "p:twin $T/twin:0x10" >$tracing/uprobe_events
	echo 1 >$tracing/events/uprobes/twin/enable
	is "a uprobe is" 0290 "$(word_at "$other_pid" $probed)"
	is "and nothing is refused" "$before" "$(sealed)"
	echo 0 >$tracing/events/uprobes/twin/enable
	echo >$tracing/uprobe_events
	end_victim other
	domain=$one
else
	skip "a uprobe" "this kernel has none"
fi
is "the domain goes on" live "$(state_of "$domain")"

# --- attacks
say "stores, and calls of the firmware"
pte=$(slot_at 0) pmd=$(slot_at 1)
value=$(value_at 0)
table=$(hex $((pte & ~0xfff))) slot=$((pte >> 3 & 511))
above=$(hex $((pmd & ~0xfff))) above_slot=$((pmd >> 3 & 511))
page=$(field page "$(attack page)")
one=$(hex $((slot | 1 << 16)))
refuses "a stray store" poke sd "$pte" 0
refuses "another page" poke sd "$pte" "$(hex $((value ^ 0x400)))"
refuses "other rights" poke sd "$pte" "$(hex $((value | 4)))"
refuses "amoswap.d" poke amoswap.d "$pte" 0
refuses "its table unlinked" poke sd "$pmd" 0
refuses "another table" poke sd "$pmd" "$(hex $((page >> 12 << 10 | 1)))"
record=$(awk '$3 == "context" { print $2 }' /proc/nacc/pool) was=$(nacc seal --list "$victim_pid") before=$(stat refused)
attack poke sd "$(hex $((record + 24)))" 0 >$T/report
is "a stray store to the list of what is sealed: refused" 1 $(($(stat refused) - before))
is "nothing changed there" "$was" "$(nacc seal --list "$victim_pid")"
refuses "TAKE" ecall 19 "$table" "$one" "$page" 0 0 0
refuses "WRITE_PROTECT" ecall 20 "$table" "$one" 0 0 0 0
refuses "PROTECT" ecall 23 "$table" "$one" 0x53 0 0 0
refuses "FORK" ecall 26 "$table" "$one" "$page" "$table" 0 0
refuses "UNLINK" ecall 27 "$above" "$(hex $((above_slot | 1 << 16)))" "$page" 0 0 0
is "the domain goes on" live "$(state_of "$domain")"
attack restore >/dev/null

say "through the kernel"
before=$(sealed)
like "Linux believes that it is not sealed" "flags=*" "$(attack unseal "$victim_pid" "$victim_va")"
ask victim protect >/dev/null
at_least "its own writers are refused" $((before + 1)) "$(sealed)"
wait_for 10 eval '! runs "$victim_pid"'
exec 4>&- 5<&-
wait "$victim_pid" 2>/dev/null
is "which ends the container" 137 $?
like "nacc audit explains it" "*sealed*" "$(nacc audit)"
pool_all_free

# --- text
say "text"
sealed_victim
exits "--text of a process that runs" 0 nacc seal --text "$victim_pid"
like "several mappings" "process $victim_pid: * mappings sealed*" "$out"
at_least "the list has them" 4 "$(nacc seal --list "$victim_pid" | wc -l)"
is "it is well" intact "$(ask victim check)"
is "many children" "done" "$(ask victim "forks 5")"
exits "verify finds nothing" 0 nacc verify "$victim_pid"
end_victim victim
pool_all_free

mkfifo $T/asks
# in_list START END: does a line of the list hold that?
in_list() {
	while read -r _ from to _; do
		[ "$from" = start ] || [ $(($from)) -gt $((0x$1)) ] || [ $(($to)) -lt $((0x$2)) ] || return 0
	done <$T/list
	return 1
}
# all_text TEXT STATUS RANGES COMMAND...: run so it is sealed before it begins, all of its text,
# and then ends as it would. The file that "sealed" maps is none of its text.
all_text() {
	local text="$1" wanted="$2" ranges="$3" left program
	shift 3
	nacc run --name text --seal-text -- "$@" <$T/asks >$T/said 2>&1 &
	program=$!
	exec 6>$T/asks
	wait_for 10 appears text
	is "$text: sealed before long" 0 "$(wait_for 30 sealed_now "$inner"; echo $?)"
	nacc seal --list "$inner" | sed 1d >$T/list
	sed 's/^/# | /' $T/list
	static_relro=$(awk '$2 == "r--p" && $6 ~ /sealed-static$/' "/proc/$inner/maps" | wc -l)
	left=$(awk '$2 ~ /^r-[x-]p/ && $5 != 0 && $6 !~ /other$/ { print $1 }' "/proc/$inner/maps" | while IFS=- read -r start end; do
		in_list "$start" "$end" || echo "$start"
	done)
	is "$text: all of its text, constants and RELRO are" "" "$left"
	at_least "$text: which is some" "$ranges" "$(wc -l <$T/list)"
	echo quit >&6
	exec 6>&-
	wait $program
	is "$text: it ends as it would" "$wanted" $?
}
all_text "a program with libraries" 0 3 /nacc/bin/sealed $T/other
all_text "a static one" 0 1 /nacc/bin/sealed-static $T/other
is "with its RELRO" 1 "$static_relro"
all_text "a static one for any address" 7 1 /nacc/bin/onelib
all_text "one whose linker is its library" 7 2 /nacc/bin/oneprog
is "it has begun" ready "$(cat $T/said)"
printf '#!/bin/sh\nread -r line\nexit 5\n' >$T/script
chmod 755 $T/script
all_text "a script" 5 1 $T/script

# Behind a gate there are more of them: record, contexts, what vector registers need, seals.
nacc run --name both --gate=enforce --seal-text -- /nacc/bin/sealed $T/other <$T/asks >/dev/null &
program=$!
exec 6>$T/asks
wait_for 10 appears both
wait_for 30 sealed_now "$inner"
pages=$(nacc dump "$inner" | agent_pages)
at_least "of a gated process, too" 3 "$pages"
is "nacc stat counts as many" "$pages" "$(nacc stat both | agent_pages)"
is "so does /proc/nacc/pool" "$pages" "$(awk '$3 == "context" || $3 == "page"' /proc/nacc/pool | wc -l)"
exec 6>&-
wait $program

# What cannot be sealed does not begin, and says why.
exits "no pins are had: it ends" 125 nacc run --forbid pin --seal-text -- sh -c 'echo it runs'
like "and says why" "*forbids pins*is not sealed, so it ends with status 125*" "$out"
is "and has not run" 0 "$(grep -c 'it runs' $T/out)"
exits "a static one, too" 125 nacc run --forbid pin --seal-text -- /nacc/bin/sealed-static $T/other
is "and has not run" 0 "$(grep -c ready $T/out)"
exits "behind a gate it is killed" 137 nacc run --forbid pin --gate=enforce --seal-text -- sh -c 'echo it runs'
like "and says why" "*forbids pins*is not sealed, so it is killed*" "$out"
is "and has not run" 0 "$(grep -c 'it runs' $T/out)"
# Where it begins nobody may stop it: whose linker is its library never leaves that for others.
exits "no linker of its own: it ends" 125 nacc run --forbid force-write --seal-text -- /nacc/bin/oneprog </dev/null
like "and says why" "*linker is not glibc's*is not sealed, so it ends with status 125*" "$out"
is "and has not run" 0 "$(grep -c ready $T/out)"
exits "with one of its own it is sealed" 0 nacc run --forbid force-write --seal-text -- sh -c 'nacc seal --list $$; exit'
like "which is seen" "*0x*0x*" "$out"
exits "without the rule it runs" 0 nacc run --seal-text -- sh -c 'echo it runs'
is "it does" 1 "$(grep -c 'it runs' $T/out)"

# Others may not trace it afterwards who could not without that (Yama).
yama=/proc/sys/kernel/yama/ptrace_scope
if [ -e $yama ]; then
	scope=$(cat $yama)
	echo 1 >$yama
	nacc run --name apart --seal-text -- /nacc/bin/asuser 1000 sleep 30 &
	program=$!
	wait_for 10 appears apart
	wait_for 10 grep -q '^sleep$' "/proc/$inner/comm"
	text=0x$(awk -F- '{ print $1; exit }' "/proc/$inner/maps")
	like "another of its user's may not trace it" "*Operation not permitted*" \
		"$(/nacc/bin/asuser 1000 /nacc/bin/gup poke "$inner" "$text" 0x00010102464c457f 2>&1)"
	echo "$scope" >$yama
	kill "$inner"
	wait $program
else
	skip "who may trace it afterwards" "this kernel has no Yama"
fi

# Stopped by a signal while its linker waits for a line it stays so, until it is to go on.
nacc run --name stopped --seal-text -- /nacc/bin/oneprog late <$T/asks >$T/said 2>&1 &
program=$!
exec 6>$T/asks
wait_for 10 appears stopped
waits_for_line() { [ "$(cat "/proc/$inner/comm")" = oneprog ] && grep -q "^State:.S" "/proc/$inner/status"; }
wait_for 10 waits_for_line
kill -STOP "$inner"
is_stopped() { grep -q "^State:.[Tt]" "/proc/$inner/status"; }
wait_for 10 is_stopped
sleep 1
is "stopped on its way it stays so" 0 "$(is_stopped; echo $?)"
kill -CONT "$inner"
wait_for 10 waits_for_line
echo late >&6
wait_for 30 sealed_now "$inner"
is "and goes on, to be sealed" 0 $?
exec 6>&-
wait $program
is "and ends as it would" 7 $?

# While its linker waits for a line the watcher is killed.
nacc run --name late --seal-text -- /nacc/bin/oneprog late <$T/asks >$T/said 2>&1 &
program=$!
exec 6>$T/asks
wait_for 10 appears late
traced_by() { watcher=$(awk '/^TracerPid:/ { print $2 }' "/proc/$inner/status") && [ "$watcher" -gt 0 ]; }
wait_for 10 traced_by
wait_for 10 waits_for_line
kill -9 "$watcher"
wait_for 10 eval '! runs "$inner"'
exec 6>&-
wait $program
is "who seals it dies: it dies with it" 137 $?
is "and has not begun" "" "$(cat $T/said)"
exits "a shell, with children" 0 nacc run --name shell --seal-text -- \
	sh -c 'for i in 1 2 3; do (echo $i | cat >/dev/null) & done; wait; exit 0'
exits "a command that is not there" 127 nacc run --seal-text -- /nosuch
exits "stress" 0 nacc run --seal-text -- /nacc/bin/stress --rounds 1 --seed 7
is "behind the gate, too" 0 "$(nacc run --seal-text --gate=enforce -- sh -c 'true | cat; exit 0' >/dev/null; echo $?)"
pool_all_free
memory_as_before
attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
