# SPDX-License-Identifier: GPL-2.0
# What a child gets of a marked parent's memory: the same as of an unmarked one's, while
# pages are moved, merged, swapped and pinned. swapoff finds the children's entries.
# shellcheck shell=sh disable=SC2154,SC3045
# shellcheck source=lib.sh
. scenarios/lib.sh

eager=/sys/module/nacc/parameters/eager
# fork COLUMN: of the route, in /proc/nacc/hooks (5: routed, 7: fallback).
fork() { awk -v c="$1" '$1 == "fork" { print $c }' /proc/nacc/hooks; }
swap_is() { [ "$(sed 1d /proc/swaps | wc -l)" = "$1" ]; }

# forks TEXT COMMAND...: while it is disturbed; its output goes to $out.
forks() {
	local text="$1" pid disturbing
	shift
	"$@" >$T/out 2>$T/err &
	pid=$!
	disturb $pid 300000 &
	disturbing=$!
	wait $pid
	is "$text: exit status" 0 $?
	wait $disturbing
	out=$(cat $T/out)
	sed 's/^/# | /' $T/err
}

# forks_marked TEXT
forks_marked() {
	local before
	before=$(fork 5)
	forks "$1" nacc run -- /nacc/bin/forks --seed 5
	is "$1: all as unmarked" "$unmarked" "$out"
	at_least "$1: the route was taken" $((before + 20)) "$(fork 5)"
	is "$1: no store was refused" 0 "$(refused_since)"
	say "$1: $(($(fork 5) - before)) routed, $(fork 7) times in place after all, in all"
	pool_all_free
}

# children PID
children() { cat /proc/"$1"/task/*/children; }

# hold TEXT COMMAND...: a parent and a child whose memory is in swap, of which only the
# child's is left. swapoff goes on until it has found it all.
hold() {
	local text="$1" pid off line=
	shift
	mkfifo $T/go $T/says
	"$@" <$T/go >$T/says &
	pid=$!
	exec 4>$T/go 5<$T/says
	rm $T/go $T/says
	read -r -t 60 line <&5
	is "$text: the memory is in swap" held "$line"
	at_least "$text: it is" 1000 "$(awk 'NR == 2 { print $4 / 4 }' /proc/swaps)"
	# The last child of the last child
	holder=$pid
	while line=$(children "$holder") && [ -n "$line" ]; do holder=${line%% *}; done
	"$looks" "$text: the child's tables are in order" "$holder"
	swapoff /dev/zram0 &
	off=$!
	wait_for 60 swap_is 0
	is "$text: swapoff has found the child's pages" 0 $?
	kill $off 2>/dev/null
	wait $off
	"$looks" "$text: and they are still" "$holder"
	echo go >&4
	read -r -t 60 line <&5
	is "$text: the child's data is right" right "$line"
	exec 4>&- 5<&-
	wait $pid
	is "$text: exit status" 0 $?
	swapon /dev/zram0
}

no_tables() { :; }

modprobe zram
echo 256M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
wait_for 5 swap_is 1
is "there is swap" 0 $?
echo 8 >/proc/sys/vm/nr_hugepages
is "there are huge pages" 8 "$(cat /proc/sys/vm/nr_hugepages)"
echo 1 >/sys/kernel/mm/ksm/run
echo 0 >/sys/kernel/mm/ksm/sleep_millisecs
echo 5000 >/sys/kernel/mm/ksm/pages_to_scan

load
forks unmarked /nacc/bin/forks --seed 5
unmarked=$out
is "unmarked: all of it" 16 "$(echo "$unmarked" | grep -c ': right$')"
looks=no_tables
hold unmarked /nacc/bin/forks --hold 1
forks_marked "marked"
echo Y >$eager
forks_marked "marked, whether it pays or not"
echo N >$eager
looks=verified
hold "marked" nacc run -- /nacc/bin/forks --hold 1
is "no store was refused" 0 "$(refused_since)"
pool_all_free

echo 2 >/sys/kernel/mm/ksm/run
echo 0 >/proc/sys/vm/nr_hugepages
swapoff /dev/zram0
unload
rmmod zram
kernel_log_clean
finish
