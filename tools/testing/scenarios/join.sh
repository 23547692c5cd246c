# SPDX-License-Identifier: GPL-2.0
# A process joins a domain that is there; a tree is marked; an ordinary user marks himself,
# within his quota, and nobody else; a group looks without being root.
# shellcheck shell=sh disable=SC2154,SC2086,SC2016
# shellcheck source=lib.sh
. scenarios/lib.sh

as=/nacc/bin/asuser

# below PID: its descendants.
below() {
	local child
	for child in $(cat /proc/$1/task/*/children 2>/dev/null); do
		echo $child
		below $child
	done
}

load
for name in a b c d; do
	sleep 1000 &
	eval "$name=$!"
done
usleep 300000

say "join"
mark $a
one=$domain
mark $c
two=$domain
exits "a process joins a domain" 0 nacc mark --domain $one $b
is "that one" "domain $one" "$out"
is "and is in it" "$one" "$(domain_of $b)"
verified "its tables are in order" $b
exits "once more is no error" 0 nacc mark --domain $one $b
exits "one that is elsewhere" 8 nacc mark --domain $one $c
like "that says where" "*in domain $two*" "$out"
is "it stays there" "$two" "$(domain_of $c)"
exits "no such domain" 3 nacc mark --domain 4000000000 $d
exits "it has a name already" 2 nacc mark --domain $one --name x $d
is "nothing came of that" "" "$(domain_of $d)"
exits "nacc run --domain" 0 nacc run --domain $one -- /nacc/bin/cgroups is $one
exits "nacc run --domain: no such domain" 125 nacc run --domain 4000000000 -- true
exits "not root" 4 $as 1000 nacc mark --domain $one $d
exits "unmark" 0 nacc unmark $one
is "all that had joined is let go" "  " "$(domain_of $a) $(domain_of $b) "
exits "who would join it now" 3 nacc mark --domain $one $b
kill $a $b $c $d
wait

say "names, and nested"
is "the domains before have ended" 0 "$(wait_for 20 nothing_marked; echo $?)"
start_ready $T/named nacc run --name named -- /nacc/bin/threads --threads 1 --seconds 600
named=$started id=$(domain_of "$(process_of named)")
exits "nacc run --domain, by its name" 0 nacc run --domain named -- /nacc/bin/cgroups is "$id"
like "nacc stat, by its name" "*$id *named*" "$(nacc stat named | sed -n 2p)"
is "columns of ps" "$id threads" "$(nacc ps --noheadings -o domain,comm | xargs)"
exits "nested: it goes on where it is" 0 nacc run --domain named -- nacc run -- /nacc/bin/cgroups is "$id"
exits "nested: a name of its own" 125 nacc run --domain named -- nacc run --name own -- true
like "nested: that says where it is" "*in domain $id: leave --name out*" "$out"
exits "nested, without the device" 0 nacc run --domain named -- unshare -m sh -c \
	'mount -t tmpfs none /dev && mount -t tmpfs none /proc && [ ! -e /dev/nacc ] && nacc run -- true'
exits "nested, without the device: a gate" 125 nacc run --domain named -- unshare -m sh -c \
	'mount -t tmpfs none /dev && nacc run --gate=enforce -- true'
like "nested, without the device: that says why not" "*protected already*/dev/nacc is not here*" "$out"
exits "not protected, without the device" 125 unshare -m sh -c 'mount -t tmpfs none /dev && nacc run -- true'
like "not protected: that says so" "*/dev/nacc is missing*" "$out"
start_ready $T/second nacc run --name named -- /nacc/bin/threads --threads 1 --seconds 600
exits "two of a name" 2 nacc unmark named
like "it lists both" "*($id, *): give its ID*" "$out"
is "nothing was unmarked" 2 "$(nacc ps --noheadings -o domain | wc -l)"
# Frames come and go between two looks: they agree at some time.
agree() {
	[ "$(nacc stat --json | sed -n 's/.*"free": *\([0-9]*\).*/\1/p')" = \
		"$(nacc doctor | sed -n 's/^ok *pool.* used, \([0-9]*\) free$/\1/p')" ]
}
is "doctor has as many free frames as stat" 0 "$(wait_for 20 agree; echo $?)"
exits "unmark --all" 0 nacc unmark --all
is "nothing is marked" "" "$(nacc ps --noheadings)"
kill $named $started
wait $named $started 2>/dev/null

say "a tree"
sh -c 'sleep 1000 & sh -c "sleep 1000 & sleep 1000 & wait" & wait' &
root=$!
wait_for 20 sh -c "[ \$(cat /proc/$root/task/*/children | wc -w) = 2 ]"
usleep 500000
mark $root
all=$(below $root)
is "there are four below it" 4 "$(echo $all | wc -w)"
for pid in $all; do part "child $pid" "" "$(domain_of $pid)"; done
whole "its children are not marked with it"
exits "with another name it is an error" 8 nacc mark $root --name other
like "and what it says of children is true" "*nacc mark --tree*" "$out"
exits "nacc mark --tree" 0 nacc mark --tree $root
is "it is that domain" "domain $domain" "$out"
for pid in $all; do part "child $pid" "$domain" "$(domain_of $pid)"; done
whole "now they are all in it"
exits "unmark" 0 nacc unmark $domain
kill $all $root
wait

say "a tree with a vfork child that is come to before who made it"
mkfifo $T/line
/nacc/bin/vforked <$T/line >$T/vforked 2>&1 &
root=$!
exec 4>$T/line
wait_for 20 grep -q ready $T/vforked
all=$(below $root)
is "there are two below it" 2 "$(echo $all | wc -w)"
like "the child's child has the smaller number" "yes" \
	"$([ "$(cat /proc/$root/task/$root/children)" -gt "$(echo $all | xargs -n 1 | sort -n | head -n 1)" ] && echo yes)"
exits "nacc mark --tree" 0 nacc mark --tree $root
domain=$(domain_of $root)
echo >&4
exec 4>&-
wait_for 20 sh -c "awk '\$5 == \"sleep\"' /proc/nacc/mms | grep -q ."
is "what the vfork child has executed is in the domain" "$domain" "$(awk '$5 == "sleep" { print $1 }' /proc/nacc/mms)"
exits "unmark" 0 nacc unmark "$domain"
kill $all $root
wait

say "an ordinary user: not unless the module was loaded so"
chmod 666 /dev/nacc
exits "himself" 125 $as 1000 nacc run -- true
exits "events" 4 $as 1000 nacc monitor
unload

say "an ordinary user who may"
exits "insmod nacc.ko self=300 monitor=2000" 0 insmod /nacc/nacc.ko self=300 monitor=2000
refused_before=$(stat refused)
exits "not before the device may be opened" 125 $as 1000 nacc run -- true
chmod 666 /dev/nacc
sleep 1000 &
others=$!
mark $others
other=$domain
$as 1000 sleep 1000 &
his=$!
exits "himself" 0 $as 1000 nacc run -- sh -c 'exec cat /proc/self/status'
$as 1000 nacc run --name mine -- sleep 1000 &
first=$!
wait_for 20 marked $first
$as 1000 nacc run -- sleep 1000 &
second=$!
wait_for 20 marked $second
$as 1001 nacc run -- sleep 1000 &
third=$!
wait_for 20 marked $third
is "all of a user is one domain" "$(domain_of $first)" "$(domain_of $second)"
unlike "that of another user is another" "$(domain_of $first)" "$(domain_of $third)"
mine=$(domain_of $first)
is "it is known whose it is, and his quota" "1000 300" \
	"$(awk -v d=$mine '$1 == d { print $6 }' /proc/nacc/domains) $(nacc quota $mine --json | sed -n 's/.*"quota": *\([0-9]*\).*/\1/p')"
verified "his tables are in order" $first
exits "another process of his own" 4 $as 1000 nacc mark $his
exits "that of somebody else" 4 $as 1000 nacc mark $others
exits "joining somebody else's domain" 125 $as 1000 nacc run --domain $other -- true
exits "unmark: somebody else's" 4 $as 1000 nacc unmark $other
exits "unmark: his own" 4 $as 1000 nacc unmark $mine
exits "a quota" 4 $as 1000 nacc quota $mine none
exits "a rule" 4 $as 1000 nacc forbid $mine pin
exits "the tables of somebody" 4 $as 1000 nacc dump $others
exits "verify" 4 $as 1000 nacc verify $first
exits "lock" 4 $as 1000 nacc lock
mkdir /sys/fs/cgroup/his
chown -R 1000 /sys/fs/cgroup/his
exits "a cgroup, though it is his" 4 $as 1000 nacc mark --cgroup /sys/fs/cgroup/his
rmdir /sys/fs/cgroup/his
exits "root of a user namespace" 125 $as 1000 unshare -U -r nacc run -- true
exits "unless he is marked already" 0 $as 1000 nacc run -- unshare -U -r nacc run -- true
exits "who is marked already, by somebody else, goes on there" 0 \
	nacc run --name box -- /nacc/bin/asuser 1000 nacc run -- true
runs $others
is "the others are as they were" "0 $other" "$? $(domain_of $others)"
$as 1000 nacc run -- /nacc/bin/hungry sparse >$T/hungry 2>&1 &
hungry=$!
most=0
while runs $hungry; do
	now=$(tables $mine)
	[ "${now:-0}" -le $most ] || most=$now
	usleep 50000
done
wait $hungry
say "status $?, at most $most tables: $(tr '\n' ';' <$T/hungry)"
at_least "he gets more than a few tables" 100 $most
[ $most -le 300 ]
is "and never more than his quota, with all that he has marked" 0 $?
runs $first
is "what he has marked before goes on" 0 $?
exits "an administrator can unmark it" 0 nacc unmark $mine
runs $first
is "and it goes on" 0 $?

say "who looks without being root"
for f in status domains stats hooks; do
	exits "the group: /proc/nacc/$f" 0 $as 2000 cat /proc/nacc/$f
	exits "others: /proc/nacc/$f" 1 $as 1000 cat /proc/nacc/$f
done
for f in mms pool audit learn rules; do
	exits "nobody but root: /proc/nacc/$f" 1 $as 2000 cat /proc/nacc/$f
done
like "the group is told no address" "*region: 0x0+*" "$($as 2000 cat /proc/nacc/status)"
unlike "root is" "*region: 0x0+*" "$(cat /proc/nacc/status)"
is "the group hears of events" "read=11 short=22 poll=0" "$($as 2000 /nacc/bin/events calls)"
is "others do not" "read=1 short=1 poll=8" "$($as 1000 /nacc/bin/events calls)"
exits "the group marks nobody else" 4 $as 2000 nacc mark $his
kill $others $his $first $second $third
wait
is "no store was refused" 0 "$(refused_since)"
pool_all_free
unload
kernel_log_clean
finish
