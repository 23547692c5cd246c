# SPDX-License-Identifier: GPL-2.0
# Everything at once for as long as it is asked for: marked and unmarked containers that
# fork, execute and exit, huge pages, swap on zram, KSM, compaction, DAMON, NUMA scanning,
# harts that go and come, marking and unmarking. Once a round: the kernel's log, refused
# stores, tables of all marked processes, memory. Kernel arguments: soak.minutes=N;
# soak.plain=1 leaves the module out, to see what is the kernel's own.
# shellcheck shell=sh disable=SC2086,SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

minutes=$(sed -n 's/.*soak\.minutes=\([0-9]*\).*/\1/p' /proc/cmdline)
plain=$(sed -n 's/.*soak\.plain=\(1\).*/\1/p' /proc/cmdline)
# Unquoted: what makes the command behind it a marked one.
run="nacc run --"
[ -z "$plain" ] || run=
end=$(($(now) + ${minutes:-5} * 60))
going() { [ ! -e $T/stop ]; }
# put VALUE FILE: where this kernel has it.
put() { [ ! -w "$2" ] || echo "$1" >"$2"; }

# --- loads: each goes on until $T/stop is there, and fails into $T/failed -------------------

fails() {
	echo "$*" >>$T/failed
	tail -n 20 "$T/$1.out" | sed "s/^/# $1 | /"
	# A signal that nobody handles: where, at which address, and the registers
	dmesg | grep -A 14 'unhandled signal' | tail -n 45 | sed "s/^/# $1 | /"
}
# did NAME: one more piece of this load is done.
did() { echo >>"$T/$1.done"; }

# again NAME COMMAND...: each time with the same result: status 0, or stress-ng's 3 for one
# that gave up since it got no memory, marked or not. That is counted apart.
again() {
	local name="$1" rc
	shift
	while going; do
		"$@" >"$T/$name.out" 2>&1
		rc=$?
		case $rc in
		0) did "$name" ;;
		3) did "$name-short" ;;
		*) fails "$name" "status $rc" ;;
		esac
	done
}

# in_small NAME MIB COMMAND...: in a cgroup that has to swap.
in_small() {
	local group="/sys/fs/cgroup/soak-$1"
	mkdir -p "$group"
	echo "${2}M" >"$group/memory.high"
	echo 0 >"$group/cgroup.procs"
	shift 2
	"$@"
}

# limited NAME FRAMES COMMAND...: marked, with a quota before it begins: stress-ng forks as
# fast as it can, and would have the whole pool.
limited() {
	local name="soak-$1" frames="$2" pid
	shift 2
	[ -z "$plain" ] || { "$@"; return; }
	rm -f "$T/$name.go"
	# shellcheck disable=SC2016
	nacc run --name "$name" -- sh -c 'until [ -e "$0" ]; do usleep 20000; done; exec "$@"' \
		"$T/$name.go" "$@" &
	pid=$!
	until nacc quota "$name" "$frames" >/dev/null 2>&1 || ! kill -0 $pid; do
		usleep 50000
	done
	touch "$T/$name.go"
	wait $pid
}

# checksums: our own stress, which checks its data and tells a checksum.
checksums() {
	local seed=0
	while going; do
		seed=$((seed + 1))
		/nacc/bin/stress --rounds 2 --seed $seed >$T/checksums.unmarked 2>&1 ||
			fails checksums "unmarked, seed $seed: status $?, $(tail -n 1 $T/checksums.unmarked)"
		$run /nacc/bin/stress ${run:+--marked} --rounds 2 --seed $seed >$T/checksums.out 2>&1 ||
			fails checksums "seed $seed: status $?"
		cmp -s $T/checksums.unmarked $T/checksums.out || fails checksums "seed $seed differs"
		did checksums
	done
}

# What a shell does all day.
commands() {
	while going; do
		# shellcheck disable=SC2016
		$run sh -c 'n=0; while [ $n -lt 50 ]; do n=$((n + 1)); /usr/bin/busybox true || exit 1
			echo $n | /usr/bin/busybox cat >/dev/null || exit 2; done' >$T/commands.out 2>&1 ||
			fails commands "status $?"
		did commands
	done
}

# A program with threads is marked and unmarked as it runs.
marks() {
	while going; do
		start_ready $T/marks.out /nacc/bin/threads --threads 4 --seconds 8
		[ -n "$plain" ] || /nacc/bin/marker $started >$T/marker.out 2>&1 ||
			fails marks "marker: $(tail -n 1 $T/marker.out)"
		wait $started || fails marks "status $?"
		did marks
	done
}

# kill: containers that are ended at any moment, the first process a little before those
# that it has forked. All of them: what goes on would use up the pool.
kills() {
	local group=/sys/fs/cgroup/soak-kills
	mkdir -p $group
	while going; do
		(
			echo 0 >$group/cgroup.procs
			exec $run /nacc/bin/stress --rounds 100 --seed 3
		) >$T/kills.out 2>&1 &
		usleep $(($(head -c 2 /dev/urandom | od -An -tu2) * 20))
		kill -9 $!
		usleep $(($(head -c 1 /dev/urandom | od -An -tu1) * 200))
		echo 1 >$group/cgroup.kill
		wait $! 2>/dev/null
		did kills
	done
}

# Hart 0 stays.
hotplug() {
	local cpu state
	while going; do
		cpu=$(($(head -c 1 /dev/urandom | od -An -tu1) % ($(ls -d /sys/devices/system/cpu/cpu[0-9]* | wc -l) - 1) + 1))
		state=/sys/devices/system/cpu/cpu$cpu/online
		echo 0 >$state || fails hotplug "cpu$cpu does not go"
		sleep 1
		echo 1 >$state || fails hotplug "cpu$cpu does not come"
		did hotplug
		sleep 2
	done 2>$T/hotplug.out
}

compaction() {
	while going; do
		echo 1 >/proc/sys/vm/compact_memory
		put 16M /sys/fs/cgroup/memory.reclaim 2>/dev/null
		did compaction
		sleep 3
	done
}

# damon_watches PID: the accesses of that process, all the time.
damon_watches() {
	local d=/sys/kernel/mm/damon/admin/kdamonds
	[ -d $d ] || return 1
	echo 1 >$d/nr_kdamonds
	echo 1 >$d/0/contexts/nr_contexts
	echo vaddr >$d/0/contexts/0/operations
	echo 1 >$d/0/contexts/0/targets/nr_targets
	echo "$1" >$d/0/contexts/0/targets/0/pid_target
	echo on >$d/0/state
}

# DAMON on a process that is marked and maps, and on the next when that has ended.
damon() {
	local d=/sys/kernel/mm/damon/admin/kdamonds/0
	while going; do
		start_ready $T/damon.out $run /nacc/bin/threads --threads 2 --seconds 20
		damon_watches $started 2>>$T/damon.out || fails damon "it cannot be switched on"
		wait $started || fails damon "status $?"
		echo off >$d/state 2>/dev/null
		did damon
	done
}

# --- what is looked at in between -----------------------------------------------------------

complaints() {
	dmesg | grep -E 'BUG:|WARNING:|Oops|Bad |rss-counter|non-zero pgtables|Unable to handle|unreferenced|soft lockup|rcu:.*stall|blocked for more' |
		head -n 5
}

listed() { awk -v p="$1" 'NR > 1 && $2 == p { found = 1 } END { exit !found }' /proc/nacc/mms; }

# verified PID: 3: it has ended, or is unmarked just now (load "marks"); 4: so it says each
# time, and yet it is in the list.
verified() {
	local try rc
	for try in 1 2 3 4 5; do
		nacc verify "$1" >$T/verify.out 2>&1
		rc=$?
		[ $rc -eq 3 ] || return $rc
		listed "$1" || return 3
		usleep ${try}00000
	done
	return 4
}

# verify_all: the tables of all that is marked
verify_all() {
	local pid rc
	for pid in $(awk 'NR > 1 && $2 > 0 { print $2 }' /proc/nacc/mms); do
		verified "$pid"
		rc=$?
		case $rc in
		0) did verify ;;
		3) ;;
		*) fails verify "process $pid: status $rc" ;;
		esac
	done
}

# stores_refused: none without the module.
stores_refused() {
	if [ -n "$plain" ]; then echo 0; else refused_since; fi
}

# protection: how much is marked just now.
protection() {
	[ -n "$plain" ] ||
		echo "$(($(wc -l </proc/nacc/mms) - 1)) marked, $(status frames) frames, $(free_or_armed) free, "
}

look() {
	[ -n "$plain" ] || verify_all
	say "$(now) s: $(protection)$(page_tables) tables, $(available) kB, refused $(stores_refused), swapped $(awk '$1 == "pswpout" { print $2 }' /proc/vmstat), done $(wc -l $T/*.done | awk '/\.done/ { sub(".*/", "", $2); sub(".done", "", $2); printf "%s %s ", $2, $1 }')"
	[ -z "$(complaints)" ] && [ "$(stores_refused)" = 0 ] && [ ! -s $T/failed ]
}

# counted TEXT NAME: it has happened at all, as /proc/vmstat has it.
counted() { at_least "$1" 1 "$(awk -v n="$2" '$1 == n { print $2 }' /proc/vmstat)"; }

[ -n "$plain" ] || load
modprobe zram
remember_memory
echo 512M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
put always /sys/kernel/mm/transparent_hugepage/enabled
put 200 /sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs
put 1 /sys/kernel/mm/ksm/run
put 5 /sys/kernel/mm/ksm/sleep_millisecs
put 1 /proc/sys/kernel/numa_balancing
scanned_before=$(awk '$1 == "numa_pte_updates" { print $2 }' /proc/vmstat)

# begin NAME COMMAND...: in the background until $T/stop is there; ended before, it has died.
loads=
begin() {
	local name="$1"
	shift
	loads="$loads $name"
	{ "$@"; echo >$T/$name.ended; } &
}

begin vm-marked in_small marked 48 again vm-marked limited vm 3000 stress-ng --vm 2 --vm-bytes 64m \
	--vm-madvise hugepage --ksm --mmapfork 1 --mmapfork-bytes 16m --pthread 1 -t 10 --verify
begin vm-unmarked in_small unmarked 48 again vm-unmarked stress-ng --vm 2 --vm-bytes 64m --vm-madvise hugepage \
	--ksm --mmapfork 1 --mmapfork-bytes 16m --pthread 1 -t 10 --verify
begin processes in_small processes 64 again processes limited processes 6000 stress-ng --fork 1 --vfork 1 --clone 1 --exec 1 \
	--mremap 1 --mremap-bytes 8m --madvise 1 -t 10 --verify
for each in checksums commands marks kills hotplug compaction damon; do
	begin $each $each
done

while [ "$(now)" -lt $end ]; do
	sleep 20
	look || break
done
touch $T/stop
wait
for each in $loads; do
	part "$each" ended "$(ls $T/$each.ended >/dev/null 2>&1 && echo ended)"
done
whole "each load has gone on to the end"
is "no load has failed" "" "$(cat $T/failed 2>/dev/null)"
is "it went on to the end" yes "$([ "$(now)" -ge $end ] && echo yes)"
for each in vm-marked vm-unmarked processes checksums commands marks kills hotplug compaction damon \
	${run:+verify}; do
	at_least "times: $each" 1 "$(wc -l <$T/$each.done 2>/dev/null)"
done
counted "pages went to swap" pswpout
counted "huge pages were made" thp_fault_alloc
counted "memory was compacted" compact_migrate_scanned
at_least "KSM has looked at memory" 1 "$(cat /sys/kernel/mm/ksm/full_scans)"
is "NUMA nodes" 2 "$(ls -d /sys/devices/system/node/node[0-9]* | wc -l)"
at_least "entries were made to fault for NUMA balancing" $((scanned_before + 1)) \
	"$(awk '$1 == "numa_pte_updates" { print $2 }' /proc/vmstat)"
[ -n "$plain" ] || is "no store was refused, nobody was condemned or killed by the module" "0 0 0" \
	"$(refused_since) $(stat mod_condemned) $(stat mod_killed)"
put 2 /sys/kernel/mm/ksm/run
put 0 /sys/kernel/mm/ksm/run
swapoff /dev/zram0
rmdir /sys/fs/cgroup/soak-*
rmmod zram
[ -n "$plain" ] || pool_all_free
memory_as_before 80 48
[ -n "$plain" ] || unload
kernel_log_clean
finish
