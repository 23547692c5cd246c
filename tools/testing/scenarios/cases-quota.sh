# SPDX-License-Identifier: GPL-2.0
# A container has as many frames as its quota says and not one more; others do not notice.
# shellcheck shell=sh disable=SC2086,SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

quota() { nacc quota "$@" 2>&1; }

# start_hungry COMMAND...: it waits for a line in $T/go; $box and $id.
start_hungry() {
	rm -f $T/go
	mkfifo $T/go
	nacc run --name hungry -- sh -c 'read -r go <$0 && exec /nacc/bin/asuser 1000 /nacc/bin/hungry "$@"' \
		$T/go "$@" >$T/hungry 2>&1 &
	box=$!
	wait_for 20 marked $box
	id=$(awk -v p=$box '$2 == p { print $1 }' /proc/nacc/mms)
	# The shell waits; what ran before it, nacc, is gone.
	wait_for 20 one_mm
}

one_mm() { [ "$(awk -v d=$id '$1 == d { print $3 }' /proc/nacc/domains)" = 1 ]; }

# watch_end: let it go; until it ends the most tables that it has at any time; $most, $rc.
watch_end() {
	most=0
	echo go >$T/go
	while runs $box; do
		now=$(tables "$id")
		[ "${now:-0}" -le "$most" ] || most=$now
		usleep 20000
	done
	wait $box
	rc=$?
	say "status $rc, at most $most tables, $(tr '\n' ';' <$T/hungry)"
}

# hungry_under QUOTA TEXT COMMAND...
hungry_under() {
	limit=$1 text=$2
	shift 2
	start_hungry "$@"
	part_like "what nacc says" "domain $id: * frames used, quota $limit, * kept for it" "$(quota $id $limit)"
	watch_end
	case "$rc $(tail -n 1 $T/hungry)" in
	137\ * | "0 hungry: "*": whole") ;;
	*) part "killed, or an error and all data there" "137, or 0 and whole" "$rc" ;;
	esac
	[ "$most" -le "$limit" ] || part "tables at any time" "at most $limit" "$most"
	[ "$most" -ge $((limit / 2)) ] || part "tables at some time" "at least $((limit / 2))" "$most"
	wait_for 20 nothing_but_sibling
	whole "$text: never more than $limit tables"
}

charged() { [ "$(awk '$1 == "pagetables" { print $2 }' /sys/fs/cgroup/charged/memory.stat)" -gt 0 ]; }
not_charged() { ! charged; }
nothing_but_sibling() { [ "$(sed 1d /proc/nacc/domains | wc -l)" = 1 ]; }

load
/nacc/bin/asuser 1001 /nacc/bin/sibling >$T/sibling 2>&1 &
sibling=$!
wait_for 20 grep -q ready $T/sibling
mark $sibling
other=$(awk -v p=$sibling '$2 == p { print $1 }' /proc/nacc/mms)

like "without a quota" "domain $other: * frames used, quota none, * kept for it" "$(quota $other)"
is "more frames than there are: exit status" 2 \
	"$(nacc quota $other $(($(status frames) + 1)) >/dev/null 2>&1; echo $?)"
is "no such domain: exit status" 3 "$(nacc quota 4000000000 5 >/dev/null 2>&1; echo $?)"
is "as who is not root: exit status" 4 \
	"$(/nacc/bin/asuser 1000 nacc quota $other 5 >/dev/null 2>&1; echo $?)"
like "none of this has set one" "domain $other: * quota none, *" "$(quota $other)"
like "a size" "domain $other: * quota 1024, *" "$(quota $other 4M)"
like "and back" "domain $other: * quota none, *" "$(quota $other none)"

hungry_under 120 "tables of every level" sparse
hungry_under 200 "faults on a file" file
hungry_under 300 "processes" bomb --processes 60 --mib 16
echo always >/sys/kernel/mm/transparent_hugepage/enabled
hungry_under 300 "huge pages, then tables, then splits" huge
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled

# Frames are not charged to a memory cgroup, as Linux' own tables are: docs/concepts.md.
mkdir /sys/fs/cgroup/charged
sh -c 'echo $$ >/sys/fs/cgroup/charged/cgroup.procs && exec sleep 1000' &
sleeper=$!
wait_for 20 charged
is "unmarked: its tables are charged to its cgroup" yes "$(charged && echo yes)"
mark $sleeper
wait_for 20 not_charged
is "marked: they are not" yes "$(not_charged && echo yes)"
nacc unmark "$(awk -v p=$sleeper '$2 == p { print $1 }' /proc/nacc/mms)"
wait_for 20 charged
is "unmarked again: they are" yes "$(charged && echo yes)"
kill $sleeper
wait $sleeper
rmdir /sys/fs/cgroup/charged

start_hungry sparse
quota $id 60 >/dev/null
like "a quota that ends again" "domain $id: * quota none, *" "$(quota $id none)"
watch_end
at_least "without it there are more tables" 200 "$most"
wait_for 20 nothing_but_sibling

start_hungry sparse
before=$(tables "$id")
like "less than it has" "domain $id: * quota 1, 1 kept for it" "$(quota $id 1)"
is "what is there stays" "$before" "$(tables "$id")"
like "and it is still right" "*ok*" "$(nacc verify $box | tail -n 1)"
watch_end
unlike "but it gets nothing more: killed, or told so" "0" "$rc"
wait_for 20 nothing_but_sibling

kill $sibling
wait $sibling
is "the other container noticed nothing" 0 $?
is "no store of the kernel was skipped" 0 "$(stat skipped)"
is "no store was refused" 0 "$(refused_since)"
pool_all_free
unload
kernel_log_clean
finish
