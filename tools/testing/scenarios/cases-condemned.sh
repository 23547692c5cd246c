# SPDX-License-Identifier: GPL-2.0
# A container that is ended gives all its frames back, whatever its processes are at.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

crowds() { cat /proc/[0-9]*/stat 2>/dev/null | grep -c '(crowd) [^Z]'; }
only_the_holder() { [ "$(crowds)" -eq 1 ]; }
# frames DOMAIN: that it has, and those that are released.
frames() { awk -v d="$1" 'NR > 1 && ($10 == d || $3 == "released")' /proc/nacc/pool | wc -l; }
few_frames() { [ "$(frames "$crowd")" -le "$1" ]; }

exits "insmod nacc.ko refusal=kill" 0 insmod /nacc/nacc.ko refusal=kill
refused_before=$(stat refused)
load_attack
remember_memory
start_victim victim "the other container's data"
mark "$victim_pid"
condemned=$(stat mod_condemned)

mkfifo $T/go
/nacc/bin/crowd <$T/go >$T/crowd 2>&1 &
holder=$!
exec 3>$T/go
wait_for 20 grep -q ready $T/crowd
first=$(field pid "$(cat $T/crowd)")
va=$(field va "$(cat $T/crowd)")
mark "$first"
crowd=$domain
echo go >&3
wait_for 20 grep -q there $T/crowd
like "the crowd is there" "*there members=*" "$(cat $T/crowd)"
# The first, who is held in vfork(2) and the orphan; one is on its way.
at_least "address spaces of the crowd" 3 "$(members "$crowd" | wc -l)"
at_least "frames of the crowd" 20 "$(frames "$crowd")"
say "$(crowds) processes, $(frames "$crowd") frames"
at_least "more processes than address spaces" 7 "$(crowds)"

slot=$(attack show "$first" "$va" | sed -n 's/^level=0 slot=\(0x[0-9a-f]*\) .*/\1/p')
report=$(attack poke sd "$slot" "$(hex $((0x80000000 >> 12 << 10 | 0xd7)))")
is "a bad store into a table of the first" refused "$(field store "$report")"
wait_for 20 only_the_holder
is "all of the crowd are gone, but for who holds one of them" "1 yes" \
	"$(crowds) $(runs "$holder" && echo yes)"
is "one container was ended" $((condemned + 1)) "$(stat mod_condemned)"
# Who has a userfaultfd(2) of an address space keeps its root, as on any Linux: of one
# of them, and of its child that was on its way.
wait_for 20 few_frames 2
is "its frames are back, but for the roots that the holder keeps" 2 "$(frames "$crowd")"
is "the other container lives" "protected intact" "$(ask victim protect) $(ask victim check)"
kill "$holder"
exec 3>&-
wait_for 20 few_frames 0
is "and that when he has gone" 0 "$(frames "$crowd")"

end_victim victim
rmmod nacc_attack
pool_all_free
memory_as_before 40
unload
kernel_log_clean
finish
