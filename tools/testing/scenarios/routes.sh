# SPDX-License-Identifier: GPL-2.0
# What the batched routes do, by each way to hook and without: a marked program must
# see what it sees unmarked, while memory is reclaimed, compacted, merged and swapped.
# Kernel arguments: nacc.rounds=N, nacc.only=STEP, nacc.ways=WAY,WAY.
# shellcheck shell=sh
# shellcheck source=lib.sh
. scenarios/lib.sh

rounds=$(sed -n 's/.*nacc\.rounds=\([0-9]*\).*/\1/p' /proc/cmdline)
ways=$(sed -n 's/.*nacc\.ways=\([a-z,]*\).*/\1/p' /proc/cmdline | tr , ' ')
ways=${ways:-ftrace kprobe off}
only=$(sed -n 's/.*nacc\.only=\([a-z-]*\).*/\1/p' /proc/cmdline)
set -- --rounds "${rounds:-1}" --seed 21 --device /dev/zram1 ${only:+--only "$only"}
names="zap protect fork free"
parameter=/sys/module/nacc/parameters/hook

# hook NAME COLUMN: of /proc/nacc/hooks (3: backend, 5: routed, 6: missed, 7: fallback).
hook() { awk -v n="$1" -v c="$2" '$1 == n { print $c }' /proc/nacc/hooks; }
no_hook_armed() { ! grep -qE '^[a-z]+ [a-z_]+ (ftrace|kprobe) ' /proc/nacc/hooks; }

# routed NAME BEFORE: what is said of the calls since then.
routed() {
	if [ "$way" = off ]; then
		is "$way: $1: no call was routed" "$2" "$(hook "$1" 5)"
	else
		at_least "$way: $1: calls were routed" $(($2 + 1)) "$(hook "$1" 5)"
	fi
	say "$way: $1: $(($(hook "$1" 5) - $2)) routed, $(hook "$1" 7) fallbacks in all, $(hook "$1" 6) missed"
}

# by_way WAY ARGUMENTS...
by_way() {
	local verified wrong pid name
	way=$1
	shift
	say "$way, $(now) s"
	is "$way: no hook is left armed" 0 "$(wait_for 10 no_hook_armed; echo $?)"
	# With kprobes whether it pays or not, else as users have it.
	[ "$way" = kprobe ] && eager=Y || eager=N
	echo $eager >/sys/module/nacc/parameters/eager
	is "$way: the parameter eager" $eager "$(cat /sys/module/nacc/parameters/eager)"
	echo "$way" >$parameter
	is "$way: the parameter" "$way" "$(cat $parameter)"
	for name in $names; do eval "before_$name=$(hook "$name" 5)"; done
	is "$way: faults map as many pages around as unmarked" "$(cat $T/around)" \
		"$(nacc run -- /nacc/bin/routes --rounds 1 --only around)"
	nacc run --name "$way" -- /nacc/bin/routes "$@" >"$T/$way" 2>&1 &
	pid=$!
	wait_for 10 marked $pid
	is "$way: it is marked, the hooks are" "$way $way $way $way" \
		"$(for name in $names; do hook "$name" 3; done | xargs)"
	echo auto 2>/dev/null >$parameter
	is "$way: the parameter cannot be changed now" "$way" "$(cat $parameter)"
	disturb $pid 2000000 &
	disturbing=$!
	verify_while_runs $pid
	wait $pid
	is "$way: exit status" 0 $?
	wait $disturbing
	is "$way: all as unmarked" "$(cat $T/unmarked)" "$(cat "$T/$way")"
	at_least "$way: verified while it ran" 1 $verified
	is "$way: verify never found a mismatch" "" "$wrong"
	is "$way: no store was refused" 0 "$(refused_since)"
	pool_all_free
	for name in $names; do eval "routed $name \"\$before_$name\""; done
}

modprobe zram num_devices=2
echo 256M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
is "there is swap" 0 $?
echo 4M >/sys/block/zram1/disksize
is "and a device to write back to" 8192 "$(cat /sys/block/zram1/size)"
like "huge pages are on" "?always?*" "$(cat /sys/kernel/mm/transparent_hugepage/enabled)"

load
remember_memory
echo 1 >/sys/kernel/mm/ksm/run
/nacc/bin/routes --rounds 1 --only around >$T/around
like "unmarked: faults map pages around" "around: right, page tables ?[0-9]* kB, 128 pages*" "$(cat $T/around)"
/nacc/bin/routes "$@" >$T/unmarked 2>&1 &
pid=$!
disturb $pid 2000000
wait $pid
is "unmarked: exit status" 0 $?
like "unmarked: it went to the end" "*routes: * rounds" "$(cat $T/unmarked)"
is "unmarked: nothing is routed" "0 0 0 0" \
	"$(for name in $names; do hook "$name" 5; done | xargs)"
for way in $ways; do by_way "$way" "$@"; done
echo auto >$parameter
echo 0 >/sys/kernel/mm/ksm/run
say "$(now) s"
at_least "pages went to swap" 1 "$(awk '$1 == "pswpout" { print $2 }' /proc/vmstat)"
at_least "pages were migrated" 1 "$(awk '$1 == "pgmigrate_success" { print $2 }' /proc/vmstat)"
swapoff /dev/zram0
rmmod zram
pool_all_free
memory_as_before 40
unload
kernel_log_clean
finish
