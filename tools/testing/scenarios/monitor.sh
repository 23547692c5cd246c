# SPDX-License-Identifier: GPL-2.0
# Events: who listens hears of everything, by netlink and by the device; who does not listen
# finds attacks in the kernel's log and in the audit log; who never reads holds up nobody.
# shellcheck shell=sh disable=SC2154,SC2086
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

box=/sys/fs/cgroup/box
listeners="netlink poll many"

# listen N: all ways at once, until each has heard of so many.
listen() {
	local way
	pids=
	for way in $listeners; do
		rm -f $T/$way
		/nacc/bin/events $way $1 >$T/$way 2>&1 &
		pids="$pids $!"
	done
	for way in $listeners; do wait_for 20 grep -q ready $T/$way; done
}

have_ended() {
	local pid
	for pid in $pids; do runs $pid && return 1; done
	return 0
}

# Not by "wait" alone: a CPU on which nobody runs keeps the last address space that it has had,
# also of who has been killed, and his domain ends when it has had another.
wait_for_listeners() {
	wait_for 60 have_ended || kill $pids
	wait $pids
}

# heard TEXT PATTERN...: one line after the other, the same by each way.
heard() {
	local text="$1" way pattern n
	shift
	wait_for_listeners
	for way in $listeners; do
		n=2
		for pattern; do
			part_like "$way: line $n" "$pattern" "$(sed -n ${n}p $T/$way)"
			n=$((n + 1))
		done
	done
	whole "$text"
}

exits "insmod nacc.ko refusal=kill" 0 insmod /nacc/nacc.ko refusal=kill
load_attack
is "nothing has happened: nothing to read" "read=11 short=22 poll=0" "$(/nacc/bin/events calls)"
start_victim victim "the victim's own data"
sleep 1000 &
friend=$!
nacc monitor >$T/monitor 2>&1 &
monitor=$!
nacc monitor --json >$T/monitor.json 2>&1 &
monitor_json=$!
usleep 500000

say "mark, join, leave"
listen 3
nacc mark $victim_pid --name web >/dev/null
domain=$(sed -n 2p /proc/nacc/domains | cut -d ' ' -f 1)
nacc mark --domain $domain $friend >/dev/null
nacc unmark $domain
heard "all three" \
	"event=mark domain=$domain pid=$victim_pid reason=0 comm=victim name=web" \
	"event=join domain=$domain pid=$friend reason=0 comm=sleep name=web" \
	"event=leave domain=$domain pid=0 reason=0 comm= name=web"

say "an attack"
mark $victim_pid
dmesg -c >/dev/null
listen 3
slot=$(field slot "$(entry $victim_pid $victim_va 0)")
attack poke sd $slot 0x21fe48d7 >/dev/null
heard "a refusal, the end of the container, and that nobody is left" \
	"event=refuse domain=$domain pid=* reason=* comm=* name=victim" \
	"event=condemn domain=$domain pid=0 *" \
	"event=leave domain=$domain *"
log=$(dmesg)
like "it is in the kernel's log, whoever listens" "*nacc: refused store of store_sd*domain $domain (victim)*" "$log"
if grep -q audit=1 /proc/cmdline; then
	like "and an audit record" "*type=1316*module=nacc op=refuse*domain=$domain*res=0*" "$log"
	like "so is the end of the container" "*type=1316*module=nacc op=condemn*domain=$domain*" "$log"
fi
wait $victim_pid 2>/dev/null

say "exhausted, killed"
mkdir $box
nacc mark --cgroup $box --name small >/dev/null
domain=$(sed -n 2p /proc/nacc/domains | cut -d ' ' -f 1)
nacc quota $domain 1 >/dev/null
listen 2
/nacc/bin/cgroups self $box >/dev/null 2>&1
is "who cannot be protected is killed" 137 $?
wait_for_listeners
for way in $listeners; do
	part_like "$way" "*event=kill domain=$domain pid=* reason=12 comm=cgroups name=small*" "$(cat $T/$way)"
	part_like "$way" "*event=exhaust domain=$domain pid=0*" "$(cat $T/$way)"
done
whole "both are told"
nacc unmark $domain
rmdir $box

say "who never reads"
mkfifo $T/deaf.in
/nacc/bin/events deaf <$T/deaf.in >$T/deaf 2>&1 &
deaf=$!
exec 8>$T/deaf.in
wait_for 20 grep -q ready $T/deaf
exec 9</dev/nacc
i=0
while [ $i -lt 150 ]; do
	nacc mark $friend >/dev/null
	nacc unmark "$(sed -n 2p /proc/nacc/domains | cut -d ' ' -f 1)"
	i=$((i + 1))
done
at_least "there were many events" 300 "$(stat mod_events)"
echo >&8
wait $deaf
is "a socket that is not read holds no more than it may, and is told" "bounded=1 lost=1" "$(tail -n 1 $T/deaf)"
exec 8>&- 9<&-
exits "others do hear of what comes" 0 sh -c "/nacc/bin/events poll 1 >$T/last & usleep 500000; nacc mark $friend >/dev/null; wait"
like "at once" "*event=mark*" "$(cat $T/last)"
nacc unmark "$(sed -n 2p /proc/nacc/domains | cut -d ' ' -f 1)"

say "not for everybody"
exits "the netlink group" 1 /nacc/bin/asuser 1000 /nacc/bin/events netlink 1
like "and why" "*not permitted*" "$out"
exits "the device" 1 /nacc/bin/asuser 1000 /nacc/bin/events poll 1

say "nacc monitor"
wait_for 10 grep -q kill $T/monitor
kill $monitor $monitor_json
for word in mark join leave refuse condemn exhaust kill; do
	grep -q " $word " $T/monitor
	part "nacc monitor: $word" 0 $?
	grep -q "\"event\":\"$word\"" $T/monitor.json
	part "nacc monitor --json: $word" 0 $?
done
whole "it has printed all of it"
like "with reasons" "*refuse *reason=* *" "$(cat $T/monitor)"
kill $friend
wait
pool_all_free
rmmod nacc_attack
unload
kernel_log_clean
finish
