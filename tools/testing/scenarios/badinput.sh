# SPDX-License-Identifier: GPL-2.0
# What must be refused, and how: the command's exit status, the module's errno.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

# writes TEXT STRING ERRNO-TEXT: what comes of writing it to /proc/nacc/mark.
writes() {
	out=$(printf '%s' "$2" 2>&1 | dd of=/proc/nacc/mark bs=4096 count=1 2>&1)
	like "/proc/nacc/mark: $1" "*$3*" "$out"
}

load
start_victim victim "the victim's own data"

say "pids"
exits "no such pid" 3 nacc mark 999999
like "a sentence" "?*" "$out"
exits "kernel thread" 3 nacc mark 2
exits "pid 0" 2 nacc mark 0
exits "negative pid" 2 nacc mark -1
exits "not a number" 2 nacc mark fish
exits "a number with a tail" 2 nacc mark 12x
exits "more than 32 bits" 2 nacc mark 4294967298
exits "no pid" 2 nacc mark
sleep 0.1 &
gone=$!
wait $gone
exits "exited pid" 3 nacc mark $gone
/nacc/bin/threads --threads 2 --seconds 4 >/dev/null &
threads=$!
usleep 500000
for thread in /proc/$threads/task/*; do thread=${thread##*/}; done # the last one
exits "a thread that is not the first" 3 nacc mark "$thread"
wait $threads
exits "no such domain" 3 nacc unmark 4000000000
exits "no such command" 2 nacc fly
exits "unknown option" 2 nacc ps --fly
exits "a name that is too long" 2 nacc mark "$victim_pid" --name 0123456789012345678901234567890123456789
is "nothing got marked by all that" "" "$(sed 1d /proc/nacc/domains)"

say "/proc/nacc/mark"
writes "garbage" "fish" "Invalid argument"
writes "a number with a tail" "12x" "Invalid argument"
writes "nothing but a newline" "
" "Invalid argument"
writes "negative" "-5" "rror"
writes "no such pid" "999999" "No such process"
writes "kernel thread" "2" "Invalid argument"
writes "a long line" "$(head -c 3000 /dev/zero | tr '\0' 1)" "rror"
is "nothing got marked by that either" "" "$(sed 1d /proc/nacc/domains)"
echo "$victim_pid" >/proc/nacc/mark
marked "$victim_pid"
is "the legal twin marks" 0 $?
nacc unmark "$(awk 'NR == 2 { print $1 }' /proc/nacc/domains)"

say "marked twice"
mark "$victim_pid"
exits "marked twice, with another name" 8 nacc mark "$victim_pid" --name other
like "says where" "*in domain $domain*" "$out"
exits "marked twice, asked for no more than that" 0 nacc mark "$victim_pid"
is "says where" "domain $domain" "$out"
writes "marked twice" "$victim_pid" "File exists"
exits "rmmod is refused while something is marked" 1 rmmod nacc
like "rmmod says why" "*temporarily unavailable*" "$out"
loaded
is "the module is still there" 0 $?
is "the victim is intact" intact "$(ask victim check)"

say "garbage ioctls"
/nacc/bin/badioctl "$victim_pid" >$T/out 2>&1
is "badioctl" 0 $?
sed 's/^/# /' $T/out

say "not root"
exits "nacc mark" 4 /nacc/bin/asuser 1000 nacc mark "$victim_pid"
exits "nacc unmark" 4 /nacc/bin/asuser 1000 nacc unmark "$domain"
exits "the device" 1 /nacc/bin/asuser 1000 sh -c 'exec 3<>/dev/nacc'
chmod 666 /dev/nacc
exits "the device, even if its mode allows" 1 /nacc/bin/asuser 1000 sh -c 'exec 3<>/dev/nacc'
like "because of the missing capability" "*not permitted*" "$out"
chmod 600 /dev/nacc
for f in status domains mms pool stats audit learn hooks rules; do
	exits "/proc/nacc/$f" 1 /nacc/bin/asuser 1000 cat /proc/nacc/$f
	exits "/proc/nacc/$f: the legal twin" 0 cat /proc/nacc/$f
done
exits "/proc/nacc/mark" 1 /nacc/bin/asuser 1000 sh -c "echo $victim_pid >/proc/nacc/mark"

exits "unmark" 0 nacc unmark "$domain"
exits "unmark twice" 3 nacc unmark "$domain"
is "the victim is intact" intact "$(ask victim check)"
end_victim victim
is "no store was refused" 0 "$(refused_since)"
pool_all_free
unload
kernel_log_clean
finish
