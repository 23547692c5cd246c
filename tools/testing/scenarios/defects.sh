# SPDX-License-Identifier: GPL-2.0
# What went wrong in other systems of this kind, one check each, by the names of
# docs/threat-model.md: (a) to (n) are Penglai-TVM's, then Xen's and the rest. Each with
# its legal twin: the nearest thing that must work.
# shellcheck shell=sh disable=SC2154,SC2034,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

RWU=0xd7 # V R W U A D

# The calls, see nacc_sbi.h.
INFO=0 SETUP=1 ARM=2 DISARM=3 CREATE=4 ADOPT=5 MERGE=7 RETIRE=8 RELEASE=9 FENCE=10 RECLAIM=11
DRAIN=12 FRAMES=13 STATS=14 AUDIT=15 CHECK=16 LOCK=17 DENIED=-4 DONE=0xffffffffffffffff

# ecall FID A0 A1 A2: $error and $value.
ecall() {
	local report
	report=$(attack ecall "$1" "${2:-0}" "${3:-0}" "${4:-0}" 0 0 0)
	error=$(field error "$report") value=$(field value "$report")
}

# denies FID A0 A1 A2: a part: the call fails.
denies() {
	ecall "$@"
	[ "${error:-0}" -lt 0 ] 2>/dev/null || part "ecall $*" "an error" "error $error value $value"
}

# allows FID A0 A1 A2: a part: it does what it is asked.
allows() {
	ecall "$@"
	part "ecall $*" 0 "$error"
}

# refuses REASON KIND PA VALUE: parts: the store is refused for that, nothing changes.
refuses() {
	local report
	count_refusals
	report=$(attack poke "$2" "$3" "$4")
	refused "$1" "*" "$report"
	[ "$(field store "$report")" = refused ] || attack restore >/dev/null
}

# performs KIND PA VALUE: a part: the same store on a page of our own is done.
performs() { part "$1 on ordinary memory" "done" "$(field store "$(attack poke "$1" "$2" "$3")")"; }

memory() { field value "$(attack peek "$1")"; }
new_page() { field page "$(attack page)"; }
slots() {
	shown=$(attack show "$victim_pid" "$victim_va")
	pte=$(field slot "$(echo "$shown" | grep '^level=0 ')")
	pte_value=$(field value "$(echo "$shown" | grep '^level=0 ')")
	pmd=$(field slot "$(echo "$shown" | grep '^level=1 ')")
	pmd_value=$(field value "$(echo "$shown" | grep '^level=1 ')")
	pud=$(field slot "$(echo "$shown" | grep '^level=2 ')")
	top=$(field slot "$(echo "$shown" | head -n 1)")
	root=$(hex $((top & ~0xfff))) table=$(hex $((pte & ~0xfff)))
	empty_pmd=$(hex $((pmd + 8)))
	[ $((empty_pmd & 0xfff)) -ne 0 ] || empty_pmd=$(hex $((pmd - 8)))
}

# The victim changes entries of its own tables, and its data is as it was.
victim_changes() { part "the victim's own change" "protected intact" "$(ask victim protect) $(ask victim check)"; }

load
load_attack
start_victim victim "the victim's own data"
victim_program=grower
start_victim other "another process"
victim_program=
region=$(field value "$(attack ecall $INFO 1 0 0 0 0 0)")
region_size=$(field value "$(attack ecall $INFO 2 0 0 0 0 0)")
frame0=$(field value "$(attack ecall $INFO 3 0 0 0 0 0)")
frames=$(status frames)
last_frame=$(hex $((frame0 + (frames - 1) * 4096)))
quarter=$((frames / 4))
free_frame=$(hex $((frame0 + quarter * 4096)))
image=0x$(awk -F'[- ]+' '/Kernel code/ { print $2 }' /proc/iomem)
page=$(new_page) buffer=$(new_page)

# Before anything is marked: what needs an unmarked victim.
slots
part "the twin of (b) on an unmarked process" "done" "$(field store "$(attack poke sd "$pte" 0)")"
part "its entry" 0x0 "$(memory "$pte")"
part_like "undo" "*failed=0" "$(attack restore)"
page=$(new_page) buffer=$(new_page)
whole "unmarked: a table can be written by anyone"

mark "$victim_pid"
mark "$other_pid"
slots
other_pmd_value=$(field value "$(entry "$other_pid" "$other_va" 1)")

say "Penglai-TVM"
refuses not-a-table sd "$free_frame" "$pte_value"
refuses not-a-table sd "$region" 0
for at in $free_frame $page $image 0x80000000 $region; do
	denies $MERGE "$at" "$buffer"
	denies $RELEASE "$at"
done
allows $MERGE "$table" "$buffer"
victim_changes
whole "penglai (a): the destination of a write must be a table"

before=$(memory "$pte")
refuses leaf-kernel sd "$pte" "$(leaf "$image" $RWU)"
part "the entry behind it" "$before" "$(memory "$pte")"
attack fill "$page" 5 "$(leaf "$image" $RWU)" >/dev/null
ecall $CREATE
new_root=$value
armed=$(free_or_armed)
denies $ADOPT "$new_root" 0 "$page"
part "reason leaf-kernel" 0xb "$value"
part "frames after a refused adoption" "$armed" "$(free_or_armed)"
attack fill "$page" 5 "$(leaf "$buffer" $RWU)" >/dev/null
allows $ADOPT "$new_root" 0 "$page"
twin=$value
part "the twin of the same call with a good page" "$(leaf "$buffer" $RWU)" "$(memory "$(hex $((twin + 40)))")"
victim_changes
whole "penglai (b): a failed check means that nothing is written"

for at in $frame0 $table $region $image 0x80000000 $(hex $((page + 8))) 0 0x10000000 \
	$(hex $((1 << 55))) $DONE; do
	denies $STATS "$at"
	denies $DRAIN "$at"
	denies $ADOPT "$new_root" 0 "$at"
done
allows $STATS "$buffer"
whole "penglai (c): a batch buffer must be ordinary memory"

if [ "$(nproc)" -gt 1 ]; then
	report=$(attack flip 3000)
	part "flip" "left=1 other=0 evil=0 unsound=0" \
		"left=$(field left "$report") other=$(field other "$report") evil=$(field evil "$report") unsound=$(field unsound "$report")"
	[ "$(field taken "$report")" -gt 0 ] || part "good ones taken" "some" 0
	[ "$(field refused "$report")" -gt 0 ] || part "evil ones refused" "some" 0
	say "$report"
	whole "penglai (d): TOCTOU: a source is read once, though another hart changes it"
else
	skip "penglai (d): TOCTOU: a source is read once, though another hart changes it" "one hart"
fi

before="$(memory "$root") $(memory "$table") $(memory "$image") $(memory "$region")"
for at in $root $table $image $region 0x80000000 $DONE; do
	denies $FRAMES 0 1 "$at"
	denies $AUDIT 0 "$at"
done
part "what they point to" "$before" "$(memory "$root") $(memory "$table") $(memory "$image") $(memory "$region")"
attack fill "$buffer" 0 0x1111 >/dev/null
allows $FRAMES $quarter 1 "$buffer"
part "the record of a free or armed frame has come" yes "$([ "$(memory "$buffer")" != 0x1111 ] && echo yes)"
allows $AUDIT 0 "$buffer"
whole "penglai (e): no pointer of the caller is written unchecked"

attack fill "$buffer" 0 0x2222 >/dev/null
for fid in $INFO $ARM $DISARM $RELEASE $RECLAIM $RETIRE $CHECK $MERGE 18 99; do
	ecall "$fid" "$buffer" "$buffer" "$buffer"
done
part "the page that all of them named" 0x2222 "$(memory "$buffer")"
allows $STATS "$buffer"
part "the call that is to write it does" yes "$([ "$(memory "$buffer")" != 0x2222 ] && echo yes)"
whole "penglai (f): no call stores anything where it was not asked to"

ecall $INFO 0
attack fill "$page" 0 "$value" >/dev/null
attack fill "$page" 1 "$page" >/dev/null
for length in 80 96 4096; do
	denies $SETUP "$page" $length
	part "error and reason" "$DENIED 0x1a" "$error $value" # locked
done
part "state after it: set up, locked, enforce" 0x23 "$(hex $((0x$(attack ecall $INFO 5 0 0 0 0 0 | sed -n 's/.*value=0x//p') & 0x3f)))"
allows $LOCK
whole "penglai (g): replayed set-up: refused; locking again is harmless"
attack fill "$page" 0 0 >/dev/null
attack fill "$page" 1 0 >/dev/null

for bit in 54 55 56 57 58 59 60 61 62 63; do
	refuses reserved-bits sd "$pte" "$(hex $((pte_value | 1 << bit)))"
	refuses reserved-bits sd "$empty_pmd" "$(hex $((0x$(printf %x $((1 << bit))) | $(link "$free_frame"))))"
done
victim_changes
whole "penglai (h): no high bit skips the checks"

for bit in 33 40 44 52 55 56 63; do
	denies $CHECK "$(hex $((root | 1 << bit)))"
	denies $ADOPT "$(hex $((new_root | 1 << bit)))" 0 "$page"
	denies $ADOPT "$new_root" 0 "$(hex $((page | 1 << bit)))"
done
allows $CHECK "$root"
refuses link-not-ram sd "$empty_pmd" "$(hex $((pmd_value | 1 << 50)))"
whole "penglai (i): addresses are not cut short"

for at in $table $(hex $((table + 511 * 8))); do refuses leaf-pool sd "$at" "$(leaf "$region" $RWU)"; done
refuses leaf-pool sd "$pte" "$(leaf $((region + region_size - 4096)) $RWU)"
refuses not-a-table sd "$region" "$pte_value"
refuses not-a-table sd "$(hex $((region + region_size - 8)))" "$pte_value"
refuses leaf-firmware sd "$pte" "$(leaf 0x80000000 $RWU)"
denies $ARM "$frames" 1
denies $ARM $((frames - 1)) 2
ecall $FRAMES "$frames" 1 "$buffer"
part "frames behind the last one" 0x0 "$value"
denies $FRAMES $((frames + 1)) 1 "$buffer"
allows $FRAMES 0 1 "$buffer"
allows $FRAMES $((frames - 1)) 1 "$buffer"
for slot in 0 511; do
	attack fill "$page" $slot "$(leaf "$frame0" $RWU)" >/dev/null
	denies $ADOPT "$new_root" 0 "$page"
	attack fill "$page" $slot "$(leaf "$buffer" $RWU)" >/dev/null
	allows $ADOPT "$new_root" 0 "$page"
done
whole "penglai (j): the first and the last of everything are inside the checks"

exits "penglai (k): no A or D bit is lost: lazily freed pages written while mprotect runs" 0 \
	nacc run -- /nacc/bin/race --seconds 2
say "$out"
like "penglai (k): its data is intact" "race: *data intact" "$out"

report=$(attack adopters)
cpus=$(field cpus "$report")
part "adopters" "met=1 failed=0 differ=0 twins=$((cpus * 12))" \
	"met=$(field met "$report") failed=$(field failed "$report") differ=$(field differ "$report") twins=$(field twins "$report")"
whole "penglai (l): harts do not share a buffer: $cpus at once, each gets its own page back"

amos=$(stat amos)
skipped=$(stat skipped)
sh -c "echo 1 >/proc/$victim_pid/clear_refs"
part "clear_refs" 0 $?
[ "$(stat amos)" -gt "$amos" ] || part "amos performed" "more than $amos" "$(stat amos)"
part "skipped stores" "$skipped" "$(stat skipped)"
refuses provenance amoxor.d "$pte" 0x40
victim_changes
whole "penglai (m): ptep_test_and_clear_young is mediated; the same AMO by an intruder is refused"

# shellcheck disable=SC2016
nacc run --name many -- sh -c 'n=0; while [ $n -lt 40 ]; do sleep 60 & n=$((n + 1)); done; wait' &
many=$!
forty() { [ "$(awk '$2 != "pid" && $5 == "sleep"' /proc/nacc/mms | wc -l)" -ge 40 ]; }
wait_for 20 forty
is "penglai (n): more than 32 address spaces at once: 40" 0 $?
sleeper=$(awk '$5 == "sleep" { p = $2 } END { print p }' /proc/nacc/mms)
verified "penglai (n): the last of them is in order" "$sleeper"
# shellcheck disable=SC2046
kill $(awk '$5 == "sleep" { print $2 }' /proc/nacc/mms)
wait $many

say "Xen"
for at in $region $((frame0 + 0x200000)); do
	refuses leaf-pool sd "$pmd" "$(leaf $((at & ~0x1fffff)) $RWU)"
done
refuses leaf-firmware sd "$pmd" "$(leaf 0x80000000 $RWU)"
refuses leaf-kernel sd "$pmd" "$(leaf $((image & ~0x1fffff)) $RWU)"
refuses superpage sd "$pmd" "$(leaf $((page & ~0x1fffff | 0x1000)) $RWU)"
refuses leaf-pool sd "$pud" "$(leaf $((region & ~0x3fffffff)) $RWU)"
report=$(new_page)
attack fill "$report" 1 "$(leaf $((page & ~0x1fffff)) $RWU)" >/dev/null
allows $ADOPT "$new_root" 1 "$report"
whole "XSA-148: a superpage is checked like any leaf, over its whole range"

refuses "*" amoor.d "$pmd" 0xde
refuses not-user sd "$pte" "$(hex $((pte_value & ~0x10)))"
refuses reserved-bits sd "$pte" "$(hex $((pte_value & ~2 | 4)))"
refuses provenance sd "$pte" "$(hex $((pte_value | 8)))"
refuses "*" amoor.d "$top" 0xde
victim_changes
whole "XSA-182: a change of flags alone is checked, too"

say "structure"
made=$(stat adopted_call)
refuses double-link sd "$empty_pmd" "$pmd_value"
part "the legal twin: a new table" "grown 3" "$(ask other "grow 2")"
[ "$(stat adopted_call)" -gt "$made" ] || part "linked by a call" "more than $made" "$(stat adopted_call)"
whole "double link"
refuses level sd "$pud" "$pmd_value"
refuses level sd "$pte" "$(link "$page")"
part "the legal twin" "grown 4" "$(ask other "grow 1")"
whole "wrong level"
refuses owner sd "$empty_pmd" "$other_pmd_value"
part "the legal twin: its owner links one of its own anew" "moved intact" \
	"$(ask other move | cut -d ' ' -f 1) $(ask other check)"
whole "wrong owner"
for n in 256 384 511; do
	refuses kernel-half sd "$(hex $((top & ~0xfff | n << 3)))" "$(link "$page")"
	refuses kernel-half sd "$(hex $((top & ~0xfff | n << 3)))" "$pmd_value"
done
# What the kernel's own root has there is not refused for its value.
kernel=$(memory "$(hex $((top & ~0xfff | 511 << 3)))")
refuses provenance sd "$(hex $((top & ~0xfff | 511 << 3)))" "$kernel"
part "the legal twin: the kernel half of a new root" "$kernel" \
	"$(memory "$(hex $((new_root | 511 << 3)))")"
[ "$kernel" != 0x0 ] || part "the kernel half" "an entry" "$kernel"
whole "forged kernel half"

say "mremap"
# It moves a table of level 0 from one entry of level 1 to another.
ask other "grow 1" >/dev/null
links=$(stat links) unlinks=$(stat unlinks) refusals=$(refused_since)
moved=$(ask other move)
from=$(entry "$other_pid" "$(field from "$moved")" 1)
to=$(entry "$other_pid" "$(field to "$moved")" 1)
part_like "the table" "0x*" "$(field value "$to")"
part "its old place" "0x0" "$(field value "$from")"
[ "$(stat links)" -gt "$links" ] || part "links" "more than $links" "$(stat links)"
[ "$(stat unlinks)" -gt "$unlinks" ] || part "unlinks" "more than $unlinks" "$(stat unlinks)"
part "refused" "$refusals" "$(refused_since)"
part "the data" intact "$(ask other check)"
whole "move_normal_pmd: a table that is relinked stays legal"
refuses double-link sd "$(field slot "$from")" "$(field value "$to")"
part "the data" intact "$(ask other check)"
part "the legal twin: it moves on" "moved *" "$(ask other move | sed 's/ .*/ */')"
part "its data" intact "$(ask other check)"
whole "move_normal_pmd: a table in two places is refused"
verified "move_normal_pmd: the tables are in order" "$other_pid"

say "numbers"
for n in 0xffffffffffffffff 0xfffffffffffffff0 0x8000000000000000 0x100000000; do
	denies $ARM "$n" 2
	denies $RECLAIM "$n" 2
	denies $DISARM 1 "$n"
	denies $FRAMES "$n" 2 "$buffer"
	denies $FRAMES 0 "$n" "$buffer"
	denies $SETUP "$page" "$n"
done
allows $FRAMES 0 2 "$buffer"
whole "overflow: ranges and lengths"

say "instructions"
ours=$(new_page)
for kind in sd+1 sd+4; do
	refuses misaligned $kind "$pte" "$pte_value"
	performs $kind "$ours" 0x3333
done
whole "misaligned stores: sd at odd addresses and across entries"
for kind in sb sh sw c.sw amoswap.w; do
	refuses width $kind "$pte" 0
	performs $kind "$ours" 0x4444
done
whole "wrong width: 1, 2 and 4 bytes"
# Where Linux returns to it after a fault, the reservation is lost, and it tries anew.
again=1
refuses not-a-store sc.d "$pte" "$pte_value"
again=0
performs sc.d "$ours" 0x5555
part "it arrived" 0x5555 "$(memory "$ours")"
whole "LR/SC: sc.d"
refuses not-a-store fsd "$pte" "$pte_value"
performs fsd "$ours" 0x6666
whole "floating-point store: fsd"

# wide TITLE KIND PA: refused there, done on pages of our own.
wide() {
	local report twin
	twin=$(attack wide "$2" "$(field page "$(attack pair)")")
	if [ "$(field store "$twin")" = missing ]; then
		skip "$1" "this CPU has no $2"
		return
	fi
	part "$2 on ordinary memory" "done" "$(field store "$twin")"
	[ "$(field changed "$twin")" -gt 0 ] || part "$2 changes ordinary memory" "some words" 0
	count_refusals
	report=$(attack wide "$2" "$3")
	part "$2" "refused changed=0" "$(field store "$report") changed=$(field changed "$report")"
	[ "$(stat refused)" -gt "$refusals" ] || part "refusals counted" "more than $refusals" "$(stat refused)"
	victim_changes
	whole "$1: $(awk 'END { print $4 }' /proc/nacc/audit)"
}
wide "a vector store" vector "$(hex $((pte & ~63)))"
wide "cbo.zero" cbo.zero "$(hex $((pte & ~63)))"

# It is permitted where a load is. QEMU has no cache in which something could be lost, so
# what the hart does with it is what the shim has read back from menvcfg.CBIE.
report=$(attack wide cbo.inval "$(hex $((pte & ~63)))")
if [ "$(field store "$report")" = missing ]; then
	# menvcfg may have the field all the same (QEMU 7.2).
	is "cbo.inval: this CPU has none" yes \
		"$(case $(status inval) in none | flushes) echo yes ;; *) status inval ;; esac)"
else
	part "cbo.inval of a table" "done changed=0" "$(field store "$report") changed=$(field changed "$report")"
	report=$(attack wide cbo.inval "$(field page "$(attack pair)")")
	part "of ordinary memory" "done changed=0" "$(field store "$report") changed=$(field changed "$report")"
	part "what it does" flushes "$(status inval)"
	part_like "nacc doctor" "*closed  *cbo.inval*" "$(nacc doctor)"
	victim_changes
	whole "cbo.inval: a flush, not the loss of what the firmware wrote"
fi

wide "a store across the end of a table" straddle "$(hex $((table + 4096)))"
wide "a store across the beginning of a table" straddle "$table"
wide "a store from ordinary memory into the pool" straddle "$region"

is "nothing of the kernel's was skipped" 0 "$(stat skipped)"

# shellcheck source=deputy.sh
. scenarios/deputy.sh

say "in the end"
next=0
while [ "$next" != $DONE ] && [ "$next" != 0xffffffffffffffff ]; do
	ecall $RETIRE "$new_root" "$next"
	[ "$error" = 0 ] || break
	next=$value
done
is "our own address space is released" 0 "$error"
verified "the victim's tables are in order" "$victim_pid"
verified "the other process's tables are in order" "$other_pid"
is "both are intact" "intact intact" "$(ask victim check) $(ask other check)"
exits "the machine goes on" 0 nacc run -- /nacc/bin/stress --rounds 1 --seed 5
say "$out"
end_victim victim
end_victim other
attack restore >/dev/null
rmmod nacc_attack
pool_all_free
unload
kernel_log_clean
finish
