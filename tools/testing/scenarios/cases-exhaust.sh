# SPDX-License-Identifier: GPL-2.0
# Somebody who is not root takes all the page tables that he can get, in a marked
# container: never an oops, and nobody else notices.
# shellcheck shell=sh disable=SC2086,SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

# start_sibling FILE: a process that faults, forks and executes all the time; $sibling.
start_sibling() {
	/nacc/bin/asuser 1001 /nacc/bin/sibling >"$1" 2>&1 &
	sibling=$!
	wait_for 20 grep -q ready "$1"
	part_like "a sibling is there" "ready pid=*" "$(cat "$1")"
}

# end_sibling TEXT PID FILE: nothing of it has failed.
end_sibling() {
	kill "$2"
	wait "$2"
	is "$1" 0 $?
	sed 's/^/# /' "$3"
}

domains() { sed 1d /proc/nacc/domains | wc -l; }
alone() { [ "$(domains)" -le 1 ]; }

# hungry CGROUP TEXT COMMAND...: in a container of its own, as uid 1000. It is killed or
# told so.
hungry() {
	local group="$1" text="$2" rc last
	shift 2
	sh -c 'echo $$ >/sys/fs/cgroup/$0/cgroup.procs && exec "$@"' "$group" \
		nacc run -- /nacc/bin/asuser 1000 /nacc/bin/hungry "$@" >$T/hungry 2>&1
	rc=$?
	# The first may have been killed alone.
	echo 1 >/sys/fs/cgroup/"$group"/cgroup.kill
	last=$(tail -n 1 $T/hungry)
	say "$text: status $rc, $(tr '\n' ';' <$T/hungry)"
	case "$rc $last" in
	137\ * | "0 hungry: "*": whole") ;;
	*) part "$text: killed, or an error and all data there" "137, or 0 and whole" "$rc, $last" ;;
	esac
	wait_for 20 alone
	part "$text: its container is gone" 1 "$(domains)"
	part "$text: the siblings run" "yes yes" \
		"$(runs "$marked" && echo yes) $(runs "$unmarked" && echo yes)"
	whole "$text"
}

# all_held: someone who goes through all pages of the machine, again and again, holds each
# for a moment, frames as well, and splits what is huge; $holder.
all_held() {
	while echo 1 >/sys/kernel/debug/split_huge_pages; do
		usleep 100000
	done 2>/dev/null &
	holder=$!
}

load
say "$(status frames) frames"
echo always >/sys/kernel/mm/transparent_hugepage/enabled
echo 8 >/proc/sys/vm/nr_hugepages
mkdir /sys/fs/cgroup/free /sys/fs/cgroup/slow /sys/fs/cgroup/small
echo "20000 100000" >/sys/fs/cgroup/slow/cpu.max
echo 32M >/sys/fs/cgroup/small/memory.max
echo 0 >/sys/fs/cgroup/small/memory.swap.max 2>/dev/null
chmod 1777 /dev/shm 2>/dev/null
remember_memory

start_sibling $T/unmarked
unmarked=$sibling
start_sibling $T/marked
marked=$sibling
mark "$marked"
whole "two siblings, one of them marked"

hungry free "huge pages, then tables, then splits" huge
like "huge pages: the pool ran dry" "*then E*" "$(grep "then" $T/hungry)"
hungry free "pages of hugetlbfs" hugetlb --huge 150
hungry free "tables of every level" sparse
hungry free "faults on a file" file
hungry free "processes" bomb
all_held
hungry free "all pages held by turns: huge pages" huge
hungry free "all pages held by turns: processes" bomb --processes 40 --mib 64
kill $holder
wait $holder 2>/dev/null
hungry slow "little processor time: processes" bomb --processes 40 --mib 64
hungry slow "little processor time: huge pages" huge --huge 20 --gib 2
hungry small "little memory: pages" fill
hungry small "little memory: huge pages" huge
hungry small "little memory: processes" bomb --mib 16 --processes 100
at_least "little memory: somebody was killed for it" 1 \
	"$(awk '$1 == "oom_kill" { print $2 }' /sys/fs/cgroup/small/memory.events)"

end_sibling "the marked sibling noticed nothing" "$marked" $T/marked
end_sibling "nor did the unmarked one" "$unmarked" $T/unmarked
is "no store of the kernel was skipped" 0 "$(stat skipped)"
is "no store was refused" 0 "$(refused_since)"
echo 0 >/proc/sys/vm/nr_hugepages
rmdir /sys/fs/cgroup/free /sys/fs/cgroup/slow /sys/fs/cgroup/small
pool_all_free
is "no page was given up" 0 "$(stat mod_leaked)"
memory_as_before 40 32
unload
kernel_log_clean
finish
