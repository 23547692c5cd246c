# SPDX-License-Identifier: GPL-2.0
# A pool that is too small (boot with nacc_pool=1M): who asks for more is refused or
# ended, nobody else notices.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

# ended_well TEXT STATUS OUTPUT: killed, or told ENOMEM; never content.
ended_well() {
	say "$1: status $2, $(echo "$3" | tail -n 1)"
	case "$2 $3" in
	137\ * | 139\ * | 135\ * | 9\ * | *ENOMEM* | *EAGAIN*) is "$1: refused or killed" yes yes ;;
	*) is "$1: refused or killed" "status 137 or ENOMEM" "status $2, $3" ;;
	esac
}

# others_fine TEXT: a marked bystander and the machine are as before.
others_fine() {
	is "$1: the marked bystander is intact" "protected intact" \
		"$(ask victim protect) $(ask victim check)"
	verified "$1: its tables are in order" "$victim_pid"
	wait_for 10 only_the_victim
	is "$1: the frames came back" "$used" "$(frames_used)"
	exits "$1: there is room again" 0 nacc run -- sh -c 'ls / | wc -l'
	wait_for 10 only_the_victim
}

frames_used() { sed 1d /proc/nacc/pool | wc -l; }
only_the_victim() { [ "$(frames_used)" -eq "$used" ]; }

load
frames=$(status frames)
say "$frames frames"
at_least "the small pool is in force: fewer than 300 frames" "$frames" 300
remember_memory
start_victim victim "the bystander's data"
mark "$victim_pid"
used=$(frames_used)

exits "unmarked: 1024 tables are no problem" 0 /nacc/bin/exhaust touch --mib 2048
is "unmarked: the end" "exhaust: touch: reached the end" "$out"
for what in "touch --mib 2048" "remap --mib 2048" "fork --mib 256"; do
	# shellcheck disable=SC2086
	out=$(nacc run -- /nacc/bin/exhaust $what 2>&1)
	ended_well "$what" $? "$out"
	last=$out
	others_fine "${what% --*}"
done
like "fork: some children fitted" "*child 2*" "$last"

say "a process too large to be marked"
mkfifo $T/go
/nacc/bin/exhaust hold --mib 2048 <$T/go >$T/hold 2>&1 &
holder=$!
exec 3>$T/go
wait_for 20 grep -q ready $T/hold
exits "mark says that the pool is too small" 6 nacc mark $holder
say "$out"
others_fine "mark"
echo >&3
wait $holder
is "the large process goes on with its data" 0 $?
exec 3>&-

end_victim victim
pool_all_free
memory_as_before 40
unload
kernel_log_clean
finish
