# SPDX-License-Identifier: GPL-2.0
# Records say whose: of whom a record is, for ever; what is history after a reload; what
# is no alarm; who may ask; what a kernel that is locked down does not say.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

# record COLUMN: of the last record.
record() { awk -v c="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) n = i } END { print $n }' /proc/nacc/audit; }
records() { sed 1d /proc/nacc/audit | wc -l; }

# by_another WORDS...: a command of the attack module, by a process that is gone when
# the record is read; $writer is its PID.
by_another() {
	# shellcheck disable=SC2016
	writer=$(sh -c 'echo $$; echo "$0" >/sys/kernel/debug/nacc-attack/cmd' "$*")
	report=$(cat /sys/kernel/debug/nacc-attack/result)
}

# mark_as NAME PID: $domain gets the ID.
mark_as() {
	domain=$(nacc mark "$2" --name "$1" | sed -n 's/^domain //p')
	at_least "$1 is marked" 1 "$domain"
}

swap() { by_another swap "$victim_pid" "$victim_va" "$attacker_pid" "$attacker_va"; }

lives() { runs "$1" && echo lives || echo dead; }

both_begin() {
	start_victim victim "the victim's own data"
	start_victim attacker "the attacker's data"
}

both_end() {
	end_victim victim
	end_victim attacker
}

whose() {
	local before
	mark_as payroll "$victim_pid"
	payroll=$domain
	before=$(date +%s)
	count_refusals
	is "nothing is on record before" 0 "$(records)"
	swap
	part "the store" refused "$(field store "$report")"
	part "refusals" 1 $(($(stat refused) - refusals))
	part "records" 1 "$(records)"
	whole "one refusal is one record"
	part "of" "this $payroll payroll" "$(record load) $(record domain) $(record name)"
	part "owner" "$victim_pid victim" "$(record owner) $(record owner_comm)"
	part "by" "$writer sh" "$(record pid) $(record comm)"
	when=$(record when)
	[ "${when%.*}" -ge "$before" ] && [ "${when%.*}" -le "$(date +%s)" ] ||
		part "by the clock" "between $before and now" "$when"
	whole "it says of whom it is, who made the store, and when"
	like "nacc audit says so" "*$payroll*$writer*sh*$victim_pid*victim*payroll*" "$(nacc audit | grep provenance | head -n 1)"
	like "nacc stat $payroll counts it" "*provenance*1*" "$(nacc stat "$payroll" | tail -n 1)"
}

# Linux makes a store twice where its first fault may be about a new mapping.
many() {
	local n=0 before
	count_refusals
	before=$(records)
	while [ $n -lt 20 ]; do
		swap
		n=$((n + 1))
	done
	is "20 refusals are 20 records" "20 20" "$(($(stat refused) - refusals)) $(($(records) - before))"
	at_least "of which Linux made some twice" 1 "$(stat retried)"
	is "and the victim is intact" intact "$(ask victim check)"
}

root_is_used() { awk -v r="$root" 'NR > 1 && $4 == r { print $1 }' /proc/nacc/mms; }
is_table() { awk -v r="$root" '$2 == r && $3 != "root" { n++ } END { exit !n }' /proc/nacc/pool; }

end_others() {
	# shellcheck disable=SC2086
	kill $others
	wait_for 10 nothing_marked
	others=''
}

# Containers of one process each, until one has the frame as its root. Which frames a mark
# takes is the firmware's choice: where the frame has become a table below some root all
# of them end, and the next begin on another hart.
until_root() {
	local n=0 on=1
	while [ -z "$next" ] && [ $n -lt 200 ]; do
		if is_table; then
			end_others
			on=$((3 - on))
		fi
		taskset $on sleep 900 &
		others="$others $!"
		nacc mark $! --name innocent >/dev/null
		next=$(root_is_used)
		n=$((n + 1))
	done
	echo "# the frame was its root again after $n containers"
}

# The frame of the root gets another life, in another container.
reused() {
	local next='' others=''
	root=$(record root)
	both_end
	wait_for 10 nothing_marked
	until_root
	at_least "the frame is the root of another container" 1 "$next"
	part "domain and name" "$payroll payroll" "$(record domain) $(record name)"
	whole "the record is still of the container that it was of"
	is "nacc stat of the other shows no refusal" "" "$(nacc stat "$next" | grep provenance)"
	part "by then" "[]" "$(nacc audit --json | tr -d ' \n' | sed 's/.*"records"://' | grep -o "\"domain\":$next," || echo '[]')"
	whole "no record names the other"
	highest=$(awk 'END { print $1 }' /proc/nacc/domains)
	end_others
}

no_alarm() {
	local killed inherited
	killed=$(stat mod_killed) inherited=$(stat mod_inherited_fork)
	dmesg -c >/dev/null
	exits "children are killed on their way, some by a tracer" 0 nacc run --name killer -- /nacc/bin/killer 240
	like "each ended as it was told to" "*killed=210 lived=30*" "$out"
	is "no alarm: mod_killed" "$killed" "$(stat mod_killed)"
	is "no alarm: the log" "" "$(dmesg | grep 'cannot be protected')"
	at_least "those that lived were protected" $((inherited + 30)) "$(stat mod_inherited_fork)"
}

handed_on() {
	out=$(/nacc/bin/passed 1000 2>&1)
	is "root may use what it has opened" "root info=0 read=0 write=3" "$(echo "$out" | sed -n 1p)"
	is "who it was passed on to may not" "user info=1 read=1 write=1" "$(echo "$out" | sed -n 2p)"
}

# history: what the records of an earlier load look like.
history() {
	part "load" "" "$(awk 'NR > 1 && $14 != "earlier"' /proc/nacc/audit)"
	part "domain" "$payroll" "$(record domain)"
	part "names, processes, time" "- - - - - -" \
		"$(record when) $(record pid) $(record comm) $(record owner) $(record owner_comm) $(record name)"
	part "the symbol of a module that may be another now" - "$(record symbol)"
	whole "$1: what was on record is history, and accuses nobody"
}

# innocents: as many as were condemned before; none of them has done anything.
innocents() {
	local n=0 id all=''
	while [ $n -lt 6 ]; do
		sleep 900 &
		all="$all $!"
		id=$(nacc mark $! --name innocent | sed -n 's/^domain //p')
		[ "${id:-0}" -gt "$highest" ] || part "ID of an earlier load" "more than $highest" "$id"
		highest=$id
		n=$((n + 1))
	done
	sleep 1 # the keeper looks 20 times a second
	for id in $all; do part "innocent" lives "$(lives "$id")"; done
	part "condemned" 0 "$(stat mod_condemned)"
	whole "$1: nobody is killed for it, and no ID is used again"
	# shellcheck disable=SC2086
	kill $all
	wait_for 10 nothing_marked
}

reload_with() {
	[ ! -d /sys/module/nacc_attack ] || rmmod nacc_attack
	unload
	exits "insmod nacc.ko $1" 0 insmod /nacc/nacc.ko $1
}

killed_now() {
	load_attack
	both_begin
	sleep 900 &
	other=$!
	mark_as other $other
	mark_as victim "$victim_pid"
	swap
	gone() { ! runs "$victim_pid"; }
	wait_for 5 gone
	part "the victim" dead "$(lives "$victim_pid")"
	part "the other" lives "$(lives $other)"
	part "the record" "this $domain victim" "$(record load) $(record domain) $(record name)"
	whole "refusal=kill: a refusal of this load ends the container that it is of, and no other"
	kill $other
	end_victim attacker
	exec 4>&- 5<&-
	wait_for 10 nothing_marked
}

# Last, as there is no way back; the attack module's directory is out of reach then, too.
locked_down() {
	local file=/sys/kernel/security/lockdown
	[ -f $file ] || mount -t securityfs none /sys/kernel/security
	load_attack
	both_begin
	mark_as victim "$victim_pid"
	swap
	unlike "before: the root of the victim" "0x0" "$(awk 'END { print $4 }' /proc/nacc/mms)"
	unlike "before: the region" "0x0+*" "$(status region)"
	unlike "before: address, old, new, root of a record" "*0x0*" "$(record addr) $(record old) $(record new) $(record root)"
	exits "before: nacc dump" 0 nacc dump "$victim_pid"
	echo confidentiality >$file
	like "the kernel is locked down" "*[[]confidentiality]*" "$(cat $file)"
	is "the root of the victim" "0x0" "$(awk 'END { print $4 }' /proc/nacc/mms)"
	like "the region" "0x0+0x*" "$(status region)"
	is "address, old, new, root of a record" "0x0 0x0 0x0 0x0" "$(record addr) $(record old) $(record new) $(record root)"
	is "frames of the pool" "0x0" "$(sed 1d /proc/nacc/pool | cut -d ' ' -f 2 | sort -u)"
	exits "nacc dump is refused" 4 nacc dump "$victim_pid"
	like "and says why" "*locked down (confidentiality)*" "$out"
	exits "nacc verify works" 0 nacc verify "$victim_pid"
	exits "nacc doctor works" 0 nacc doctor
	exits "nacc unmark works" 0 nacc unmark "$domain"
	is "the victim is intact" intact "$(ask victim check)"
	both_end
}

load
is "the self-test is no refusal" "0 $(nproc)" "$(stat refused) $(stat selftests)"
is "nor on record" 0 "$(records)"
load_attack
both_begin
whose
many
reused
no_alarm
handed_on
reload_with refusal=kill
history refusal=kill
innocents refusal=kill
killed_now
payroll=$domain
reload_with refusal=panic
history refusal=panic
innocents refusal=panic
reload_with
locked_down
pool_all_free
kernel_log_clean
finish
