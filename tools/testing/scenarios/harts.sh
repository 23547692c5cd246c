# SPDX-License-Identifier: GPL-2.0
# What several harts do at once, and harts that leave and come back.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

RWU=0xd7 # V R W U A D

victim_fine() {
	is "$1: the victim is intact" "protected intact" "$(ask victim protect) $(ask victim check)"
	verified "$1: its tables are in order" "$victim_pid"
}

# Roots that are no mm's are loaded here: roots.sh has harts that leave and come back guarded.
load strict=off
load_attack
cpus=$(nproc)
at_least "this needs two harts" 2 "$cpus"
start_victim victim "the victim's own data"
frame0=$(field value "$(attack ecall 0 3 0 0 0 0 0)")
page=$(field page "$(attack page)")
evil=$(leaf "$page" $RWU)

say "the same entries from several threads"
/nacc/bin/race --seconds 2 >$T/unmarked 2>&1
is "unmarked: race" 0 $?
exits "marked: race" 0 nacc run --name race -- /nacc/bin/race --seconds 3
say "$out"
like "marked: race: data intact" "race: *data intact" "$out"
is "marked: no legal store was refused or skipped" "0 0" "$(refused_since) $(stat skipped)"

say "refused stores from all harts at once"
victim_slot
report=$(attack storm "$page" 1 500)
is "fault storm: the legal twin on ordinary memory: all are done" "met=1 done=$((cpus * 500)) refused=0" \
	"met=$(field met "$report") done=$(field "done" "$report") refused=$(field refused "$report")"
mark "$victim_pid"
victim_slot
for at in $pte $frame0; do
	before=$(stat refused)
	report=$(attack storm "$at" "$evil" 500)
	is "fault storm at $([ "$at" = "$pte" ] && echo an entry || echo a free frame): all are refused" \
		"met=1 done=0 refused=$((cpus * 500))" \
		"met=$(field met "$report") done=$(field "done" "$report") refused=$(field refused "$report")"
	at_least "each is counted" $((cpus * 500)) $(($(stat refused) - before))
done
is "the entry is what it was" "$pte_value" "$(field value "$(entry "$victim_pid" "$victim_va" 0)")"
victim_fine "after the storm"

say "the walker and writers on one entry"
report=$(attack walker 2000)
say "$report"
is "I7: the walker sets A and D, another hart clears A: no D is lost" "0 0" \
	"$(field lost "$report") $(field wrong "$report")"
at_least "I7: in so many rounds" 2000 "$(field rounds "$report")"
at_least "I7: A was cleared" 20 "$(field cleared "$report")"
at_least "I7: each A that is missing has been cleared" "$(field missing "$report")" "$(field cleared "$report")"
at_least "I7: none was cleared that had not been set" "$(field cleared "$report")" "$(field sets "$report")"

say "translations that a hart holds on to (I8)"
report=$(attack hold)
say "$report"
is "a hart reads through the tables" 1 "$(field reads "$report")"
is "released, not yet fenced: nothing is reclaimed" 0 "$(field before_fence "$report")"
is "a fence says that the root is in use" "-1 25" "$(field fence_held "$report") $(field reason_held "$report")"
is "nothing is reclaimed then" 0 "$(field reclaim_held "$report")"
is "the hart goes on, and what it still reads is right" "1 0" "$(field goes_on "$report") $(field wrong "$report")"
is "it has left, without a fence: nothing is reclaimed" 0 "$(field left_no_fence "$report")"
at_least "there were a root and its tables" 3 "$(field frames "$report")"
is "after a fence all are reclaimed" "0 $(field frames "$report")" \
	"$(field fence_left "$report") $(field reclaim_left "$report")"
report=$(attack fences 200)
is "fences from all harts at once, interrupts off" "met=1 failed=0" \
	"met=$(field met "$report") failed=$(field failed "$report")"

say "a page that changes while it is being adopted"
report=$(attack flip 4000)
say "$report"
at_least "good ones were adopted" 1 "$(field taken "$report")"
at_least "evil ones were refused" 1 "$(field refused "$report")"
is "nothing else happened" "other=0 left=1" "other=$(field other "$report") left=$(field left "$report")"
is "no adopted table holds the evil entry or fails TABLE_CHECK" "0 0" \
	"$(field evil "$report") $(field unsound "$report")"
report=$(attack adopters)
is "all harts adopt at once: each gets its own" "met=1 failed=0 differ=0 twins=$((cpus * 12))" \
	"met=$(field met "$report") failed=$(field failed "$report") differ=$(field differ "$report") twins=$(field twins "$report")"

say "a hart leaves and comes back"
cpu1=/sys/devices/system/cpu/cpu1/online
walker=$(status walker)
for round in 1 2; do
	start_ready $T/threads nacc run -- /nacc/bin/threads --threads 4 --seconds 3
	threads=$started
	exits "round $round: unplug" 0 sh -c "echo 0 >$cpu1"
	is "round $round: it is gone" $((cpus - 1)) "$(nproc)"
	usleep 300000
	report=$(attack storm "$pte" "$evil" 20)
	is "round $round: without it" "done=0 cpus=$((cpus - 1))" "done=$(field "done" "$report") cpus=$(field cpus "$report")"
	exits "round $round: replug" 0 sh -c "echo 1 >$cpu1"
	is "round $round: it is back" "$cpus" "$(nproc)"
	like "round $round: the self-test counts it" "$cpus/$cpus*" "$(status selftest)"
	report=$(attack storm "$pte" "$evil" 100)
	is "round $round: its stores are refused" "done=0 refused=$((cpus * 100)) cpus=$cpus" \
		"done=$(field "done" "$report") refused=$(field refused "$report") cpus=$(field cpus "$report")"
	is "round $round: its walker, tried anew, does as the others" "$walker" "$(status walker)"
	is "round $round: the shim counts its trap vector and PMP" "$(hex "$cpus")" \
		"$(field value "$(attack ecall 0 8 0 0 0 0 0)")"
	wait $threads
	is "round $round: marked threads did not notice" 0 $?
	victim_fine "round $round"
done

say "a hart sleeps and wakes up"
# awake TEXT: PMP and trap vector are there on every hart.
awake() {
	report=$(attack storm "$pte" "$evil" 100)
	is "$1: stores of all harts are refused" "done=0 refused=$((cpus * 100)) cpus=$cpus" \
		"done=$(field "done" "$report") refused=$(field refused "$report") cpus=$(field cpus "$report")"
	is "$1: the shim counts all trap vectors" "$(hex "$cpus")" \
		"$(field value "$(attack ecall 0 8 0 0 0 0 0)")"
	report=$(attack walker 100)
	is "$1: A and D as before" "0 0 $ad" "$(field lost "$report") $(field wrong "$report") $(status ad)"
	victim_fine "$1"
}
ad=$(status ad)
for type in 0 0x80000000; do
	title="HART_SUSPEND, retentive"
	[ $type = 0 ] || title="HART_SUSPEND, not retentive"
	report=$(attack nap $type)
	is "$title: each hart has slept and is back" "cpus=$cpus woken=$cpus error=0" \
		"cpus=$(field cpus "$report") woken=$(field woken "$report") error=$(field error "$report")"
	awake "$title"
done

# asleep STATE: the machine sleeps with something marked until the alarm. On a slow host
# that comes before all is asleep, which ends the suspend: then again, with more time.
asleep() {
	local before seconds
	before=$(cat /sys/power/suspend_stats/success)
	for seconds in 2 10 30; do
		attack alarm $seconds >/dev/null
		echo "$1" >/sys/power/state 2>$T/sleep && break
	done
	attack alarm 0 >/dev/null
	is "suspend: $1: it has slept: $(cat $T/sleep)" $((before + 1)) \
		"$(cat /sys/power/suspend_stats/success)"
	awake "suspend: $1"
}
say "/sys/power/state: $(cat /sys/power/state), mem_sleep: $(cat /sys/power/mem_sleep 2>/dev/null)"
start_ready $T/threads nacc run -- /nacc/bin/threads --threads 4 --seconds 5
threads=$started
for state in freeze mem; do
	if grep -qw $state /sys/power/state; then
		asleep $state
	else
		skip "suspend: $state" "this platform does not have it"
	fi
done
wait $threads
is "suspend: marked threads did not notice" 0 $?

exits "the machine goes on" 0 nacc run -- /nacc/bin/stress --rounds 1 --seed 9
end_victim victim
attack restore >/dev/null
rmmod nacc_attack
pool_all_free
unload
kernel_log_clean
finish
