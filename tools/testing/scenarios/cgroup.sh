# SPDX-License-Identifier: GPL-2.0
# A domain is a cgroup: what is in it, and whoever enters it by any way, is protected before it
# next runs in user mode; what cannot be protected does not run there.
# shellcheck shell=sh disable=SC2154,SC2086,SC2016
# shellcheck source=lib.sh
. scenarios/lib.sh

top=/sys/fs/cgroup
box=$top/box

# $in CGROUP COMMAND...: with the number of the process that is started
in=$T/in
printf '#!/bin/sh\necho $$ >$1/cgroup.procs && shift && exec "$@"\n' >$in
chmod 755 $in

# box_mark [ARGS]: $id
box_mark() {
	id=
	nacc mark --cgroup $box "$@" >$T/mark 2>&1 || {
		is "nacc mark --cgroup" marked "$(cat $T/mark)"
		return 1
	}
	id=$(sed -n 's/^domain \([0-9]*\)$/\1/p' $T/mark)
}

# all_in DOMAIN: processes of the cgroup, and those that are not in the domain. One that has
# no memory any more is about to end, and one that has it since has just begun.
has_memory() { grep -q '^VmSize' "/proc/$1/status" 2>/dev/null; }
all_in() {
	local pid n=0 bad=
	for pid in $(cat $box/cgroup.procs $box/*/cgroup.procs 2>/dev/null); do
		n=$((n + 1))
		in_domain $pid "$1" || { has_memory $pid && ! in_domain $pid "$1" && has_memory $pid && bad="$bad $pid"; }
	done
	echo "$n$bad"
}

domain_lives() { awk -v d="$1" '$1 == d { n = 1 } END { exit !n }' /proc/nacc/domains; }
domain_gone() { ! domain_lives "$1"; }
empty() { [ -z "$(cat $box/cgroup.procs $box/*/cgroup.procs 2>/dev/null)" ]; }
remove() { wait_for 20 empty; rmdir $box/* 2>/dev/null; rmdir $box; }

load
mkdir $box

say "what is in it already"
pids=
for i in 1 2 3; do
	$in $box sleep 1000 &
	pids="$pids $!"
done
$in $box /nacc/bin/threads --threads 8 --seconds 1000 >/dev/null &
pids="$pids $!"
mkdir $box/inner
$in $box/inner sleep 1000 &
pids="$pids $!"
usleep 500000
box_mark --name box
is "all of them are protected when nacc returns, descendants included" 5 "$(all_in $id)"
like "nacc ps tells the cgroup" "*/box*" "$(nacc ps)"
like "the same again is no error" "domain $id" "$(nacc mark --cgroup $box)"
exits "another name is one" 8 nacc mark --cgroup $box --name other
like "that says where it is" "*domain $id*" "$out"
exits "a cgroup below it is in that domain already" 8 nacc mark --cgroup $box/inner
like "and that is said" "*domain $id*" "$out"
for pid in $pids; do nacc verify $pid >/dev/null 2>&1; part "nacc verify $pid" 0 $?; done
whole "their tables are in order"

say "ways in"
exits "a process that attaches itself" 0 /nacc/bin/cgroups self $box
like "into this domain" "domain $id" "$out"
exits "one that is attached while it spins, 10 times" 0 /nacc/bin/cgroups other $box 10
exits "200 threads, of which one attaches the process" 0 /nacc/bin/cgroups threads $box 200
exits "CLONE_INTO_CGROUP from outside, with and without a new program" 0 /nacc/bin/cgroups clone $box 20
exits "a vfork child: its program" 0 /nacc/bin/cgroups vfork $box
is "the child is what its parent is, and the parent is not touched" "child 0, parent 0" "$out"
exits "one whose parent is not its maker" 0 /nacc/bin/cgroups sibling $box
is "nor is the maker touched" "child 0, maker 0" "$out"
exits "one that looks like a vfork child, and lends to one" 0 /nacc/bin/cgroups lender $box
exits "a vfork child whose parent is killed" 0 /nacc/bin/cgroups orphan $box
exits "attached while it executes, 15 times" 0 /nacc/bin/cgroups exec $box 15
exits "attached while it exits, 50 times" 0 /nacc/bin/cgroups exits $box 50
exits "children of who is in it" 0 $in $box/inner /nacc/bin/cgroups fresh $box/inner 20

say "who sleeps, and who leaves"
sleep 1000 &
sleeper=$!
echo $sleeper >$box/cgroup.procs
wait_for 20 marked $sleeper
marked $sleeper
is "one that sleeps is protected without waking up" 0 $?
echo $sleeper >$top/cgroup.procs
wait_for 2 false
is "one that leaves stays protected" "$id" "$(awk -v p=$sleeper '$2 == p { print $1 }' /proc/nacc/mms)"
kill $sleeper

say "kernel threads"
kthreads=0
for stat in /proc/[0-9]*/stat; do
	pid=${stat#/proc/} pid=${pid%/stat}
	[ -e /proc/$pid/exe ] && readlink /proc/$pid/exe >/dev/null && continue
	echo $pid >$box/cgroup.procs 2>/dev/null && kthreads=$((kthreads + 1)) && break
done
say "$kthreads kernel threads in it"
exits "the cgroup is as before: a process that enters" 0 /nacc/bin/cgroups self $box
[ $kthreads = 0 ] || echo $pid >$top/cgroup.procs

say "threaded cgroups"
mkdir $box/t && echo threaded >$box/t/cgroup.type 2>$T/threaded
if [ "$(cat $box/t/cgroup.type)" = threaded ]; then
	exits "a thread of a process outside cannot enter, says the kernel" 1 /nacc/bin/cgroups thread $box/t
fi
rmdir $box/t
mkdir $top/g $top/g/t
echo threaded >$top/g/t/cgroup.type
is "a threaded cgroup" threaded "$(cat $top/g/t/cgroup.type)"
exits "is a domain" 0 nacc mark --cgroup $top/g/t
exits "one thread of a process enters it" 0 $in $top/g /nacc/bin/cgroups thread $top/g/t
exits "the process would not be in it without that" 1 $in $top/g /nacc/bin/cgroups fresh $top/g 1
rmdir $top/g/t $top/g

say "cgroup namespaces"
exits "a process in a cgroup namespace of its own" 0 $in $box /nacc/bin/cgroups namespace $box 3

say "its end"
for pid in $pids; do kill $pid; done
wait_for 20 empty
is "the domain stays while there is nobody in it" live "$(awk -v d=$id '$1 == d { print $2 }' /proc/nacc/domains)"
exits "and protects who comes next" 0 /nacc/bin/cgroups self $box
remove
wait_for 20 domain_gone $id
is "it ends with the cgroup" gone "$(domain_lives $id || echo gone)"

say "marked while it forks"
mkdir $box
$in $box /nacc/bin/cgroups forker $box 300 >$T/forker &
forker=$!
wait_for 20 grep -q ready $T/forker
for i in 1 2 3 4; do
	$in $box /nacc/bin/cgroups forker $box 20 >$T/forker.$i &
done
box_mark
is "everybody is protected" "" "$(all_in $id | cut -s -d ' ' -f 2-)"
wait $forker
is "300 forks later nobody has noticed anything" "0 forked 300, domain $id" "$? $(tail -n 1 $T/forker)"
wait
for i in 1 2 3 4; do
	part "forker $i" "forked 20, domain $id" "$(tail -n 1 $T/forker.$i)"
done
whole "nor those beside it"
say "unmark"
$in $box sleep 1000 &
sleeper=$!
wait_for 20 marked $sleeper
exits "nacc unmark" 0 nacc unmark $id
is "nobody is in it any more" "" "$(sed 1d /proc/nacc/mms)"
exits "who enters is not protected any more" 1 /nacc/bin/cgroups self $box
exits "nor is who is cloned into it" 1 /nacc/bin/cgroups clone $box 1
kill $sleeper

say "in the cgroup of another domain"
box_mark
sleep 1000 &
sleeper=$!
own=$(nacc mark $sleeper | sed -n 's/^domain \([0-9]*\)$/\1/p')
echo $sleeper >$box/cgroup.procs
is "who is in a domain already stays in it" "$own" "$(domain_of $sleeper)"
exits "nacc unmark of that one" 0 nacc unmark $own
is "what is left is the cgroup's" "$id" "$(domain_of $sleeper)"
nacc verify $sleeper >/dev/null 2>&1
is "its tables are in order" 0 $?
nacc unmark $id
is "and is let go with it" "" "$(domain_of $sleeper)"
kill $sleeper
mkdir $box/inner
$in $box/inner sleep 1000 &
sleeper=$!
own=$(nacc mark --cgroup $box/inner | sed -n 's/^domain \([0-9]*\)$/\1/p')
box_mark
is "the nearest cgroup counts" "$own" "$(domain_of $sleeper)"
nacc quota $id 1 >/dev/null
exits "nacc unmark of the inner one" 0 nacc unmark $own
is "the outer one has it, whatever its quota is" "$id" "$(domain_of $sleeper)"
nacc quota $id none >/dev/null
kill $sleeper
wait $sleeper 2>/dev/null
exits "and whoever enters the inner one" 0 /nacc/bin/cgroups self $box/inner
like "for good" "domain $id" "$out"
wait_for 20 empty
rmdir $box/inner
nacc unmark $id

say "marked and unmarked under load"
(while [ ! -e $T/enough ]; do
	/nacc/bin/cgroups exits $box 10 >/dev/null 2>&1
	sh -c "echo \$\$ >$box/cgroup.procs; /bin/true; exec /bin/true"
done) &
load=$!
for i in 1 2 3 4 5 6; do
	box_mark
	usleep 300000
	nacc unmark $id
	part "unmark $i" 0 $?
done
touch $T/enough
wait $load
whole "six times"

say "who cannot be protected does not run there"
box_mark --name small
$in $box sleep 1000 &
sleeper=$!
wait_for 20 marked $sleeper
nacc quota $id 1 >/dev/null
killed=$(stat mod_killed)
/nacc/bin/cgroups self $box >$T/out 2>&1
is "without a frame it is killed" 137 $?
is "that is counted" $((killed + 1)) "$(stat mod_killed)"
runs $sleeper
is "who is in it is not touched" 0 $?
nacc quota $id none >/dev/null
exits "the legal twin" 0 /nacc/bin/cgroups self $box
kill $sleeper
wait
exits "nacc unmark" 0 nacc unmark $id

say "what is no cgroup"
exits "a directory" 3 nacc mark --cgroup /tmp
exits "a file of one" 3 nacc mark --cgroup $box/cgroup.procs
exits "nothing" 3 nacc mark --cgroup $box/nothing
exits "the root of all" 3 nacc mark --cgroup $top
mkdir -p $T/v1
if mount -t cgroup -o none,name=old none $T/v1; then
	mkdir $T/v1/a
	exits "a cgroup of a v1 hierarchy" 7 nacc mark --cgroup $T/v1/a
	like "and why" "*v1*" "$out"
	rmdir $T/v1/a
	umount $T/v1
fi
exits "not root" 4 /nacc/bin/asuser 1000 nacc mark --cgroup $box
is "nothing got marked by all that" "" "$(sed 1d /proc/nacc/domains)"

say "removed"
box_mark
remove
wait_for 20 domain_gone $id
is "a cgroup that is removed is no domain any more" gone "$(domain_lives $id || echo gone)"
is "no store was refused" 0 "$(refused_since)"
pool_all_free
unload
kernel_log_clean
finish
