# SPDX-License-Identifier: GPL-2.0
# The kernel walks a marked process's tables by itself: for futexes, direct I/O,
# registered buffers, other processes; also while it is marked and unmarked and tables
# come and go. Then rules that forbid some of it, each with its legal twin.
# Kernel argument nacc.hook=WAY: how the kernel's functions are hooked.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

way=$(sed -n 's/.*nacc\.hook=\([a-z]*\).*/\1/p' /proc/cmdline)
way=${way:-ftrace}
rounds=$(sed -n 's/.*nacc\.rounds=\([0-9]*\).*/\1/p' /proc/cmdline)
rounds=${rounds:-12}
device=/dev/zram0
victim_program=gup

gup() { /nacc/bin/gup "$@" 2>&1; }
where() { field "$1" "$(ask "$2" where)"; }
routed() { awk '$1 == "gup" { n += $5 - $7 } END { print n }' /proc/nacc/hooks; }

modprobe zram
echo 4M >/sys/block/zram0/disksize
is "there is a device for direct I/O" 8192 "$(cat /sys/block/zram0/size)"
load
echo "$way" >/sys/module/nacc/parameters/hook
remember_memory

say "walks"
is "unmarked: data right" "gup: 2 rounds, data right" "$(gup work $device 2)"
is "marked: data right" "gup: $rounds rounds, data right" \
	"$(nacc run -- /nacc/bin/gup work $device "$rounds" 2>&1)"
/nacc/bin/gup work $device "$rounds" >$T/work 2>&1 &
pid=$!
/nacc/bin/marker $pid >$T/marker 2>&1
is "marked and unmarked: each time it worked" 0 $?
wait $pid
is "marked and unmarked: exit status" 0 $?
is "marked and unmarked: data right" "gup: $rounds rounds, data right" "$(cat $T/work)"
at_least "marked and unmarked: times" 3 "$(sed -n 's/marker: \([0-9]*\) .*/\1/p' $T/marker)"
say "$(cat $T/marker)"
is "no store was refused" 0 "$(refused_since)"
is "no rule, no call replaced" 0 "$(awk '$1 == "gup" { n += $5 } END { print n }' /proc/nacc/hooks)"

say "before there are rules"
start_victim victim target
start_victim other target
mark "$victim_pid"
is "no rule, no hook" "idle idle" "$(awk '$1 == "gup" { print $3 }' /proc/nacc/hooks | xargs)"
fixed=$(where fixed victim) far=$(where fixed_far victim)
buffer=$(where buffer victim)
is "a forced write by ptrace" ok "$(gup poke "$victim_pid" "$far" 0x1234)"
is "a forced write by /proc/PID/mem" ok "$(gup mem "$victim_pid" "$far" 0x1235)"
is "a pin" ok "$(ask victim pin)"

say "forced writes"
exits "forbid in one page" 0 nacc forbid "$domain" force-write --start "$fixed" \
	--end "$(hex $((fixed + 4096)))"
is "the hooks are armed" "$way $way" "$(awk '$1 == "gup" { print $3 }' /proc/nacc/hooks | xargs)"
is "ptrace is refused" EIO "$(gup poke "$victim_pid" "$fixed" 0x1111)"
is "/proc/PID/mem is refused" EIO "$(gup mem "$victim_pid" $((fixed + 64)) 0x1111)"
is "the last word of the range, too" EIO "$(gup mem "$victim_pid" $((fixed + 4088)) 0x1111)"
is "nothing has changed" intact "$(ask victim check)"
is "three were counted" 3 "$(stat mod_forbidden_writes)"
is "and replaced" 3 "$(routed)"
is "legal: outside of the range" ok "$(gup poke "$victim_pid" "$far" 0x1236)"
is "legal: the page behind the range" ok "$(gup mem "$victim_pid" $((fixed + 4096)) 0x1111)"
is "which is seen" changed "$(ask victim check)"
is "legal: a page that it can write, by ptrace" ok "$(gup poke "$victim_pid" "$buffer" 0x1237)"
exits "forbid everywhere" 0 nacc forbid "$domain" force-write
is "everywhere: refused where it was legal" "EIO EIO" \
	"$(gup poke "$victim_pid" "$far" 0x1238) $(gup mem "$victim_pid" $((fixed + 4096)) 0x1112)"
is "legal: a page that it can write, by ptrace" ok "$(gup poke "$victim_pid" "$buffer" 0x1239)"
is "legal: by /proc/PID/mem" ok "$(gup mem "$victim_pid" "$buffer" 0x123a)"
is "legal: by process_vm_writev" ok "$(gup vm "$victim_pid" "$buffer" 0x123b)"
is "process_vm_writev never forces" EFAULT "$(gup vm "$victim_pid" "$fixed" 0x123b)"
is "legal: mlock fills tables" ok "$(ask victim lock)"
is "legal: an unmarked process" ok "$(gup poke "$other_pid" "$(where fixed other)" 0x1111)"
is "five were counted" 5 "$(stat mod_forbidden_writes)"
is "and no pin" 0 "$(stat mod_forbidden_pins)"

say "pins"
echo 1 >/sys/kernel/tracing/events/nacc/nacc_forbid/enable
exits "forbid in one buffer" 0 nacc forbid "$domain" pin --start "$buffer" \
	--end "$(hex $((buffer + 8 * 4096)))"
is "a registered buffer is refused" EPERM "$(ask victim pin)"
is "one was counted" 1 "$(stat mod_forbidden_pins)"
like "and traced" "*nacc_forbid: mm=* what=pin" "$(grep nacc_forbid: /sys/kernel/tracing/trace)"
is "legal: outside of the range" ok "$(ask victim pin-far)"
is "legal: direct I/O" ok "$(ask victim direct)"
is "legal: process_vm_writev and readv" ok "$(gup vm "$victim_pid" "$buffer" 0x123c)"
is "legal: an unmarked process" ok "$(ask other pin)"
is "still one" 1 "$(stat mod_forbidden_pins)"
is "pinning by a child of 'nacc run --forbid'" EPERM \
	"$(nacc run --forbid pin -- sh -c '/nacc/bin/gup pin; :' 2>&1)"
is "legal: where only forced writes are forbidden" ok \
	"$(nacc run --forbid force-write -- /nacc/bin/gup pin 2>&1)"

say "rules"
is "they are listed" "$domain $fixed $(hex $((fixed + 4096))) force-write
$domain 0x0 0xffffffffffffffff force-write
$domain $buffer $(hex $((buffer + 8 * 4096))) pin" "$(sed 1d /proc/nacc/rules | grep "^$domain ")"
exits "again the same" 0 nacc forbid "$domain" force-write
is "is no other rule" 3 "$(grep -c "^$domain " /proc/nacc/rules)"
for i in 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	nacc forbid "$domain" pin --start $((i * 4096)) --end $((i * 4096 + 1)) >$T/out 2>&1
	part "rule $i" "0 " "$? $(cat $T/out)"
done
whole "there is room for 16"
exits "not for 17" 7 nacc forbid "$domain" pin --start 4096 --end 8192
exits "no such domain" 3 nacc forbid 4000000000 pin
like "nacc stat shows them" "*force-write*0xffffffffffffffff*" "$(nacc stat "$domain")"
exits "nacc stat --hooks" 0 nacc stat --hooks
like "shows the hooks" "*__get_user_pages*$way*" "$out"
exits "unmark" 0 nacc unmark "$domain"
is "no rule is left" "" "$(sed 1d /proc/nacc/rules)"
is "unmarked: forced writes" ok "$(gup poke "$victim_pid" "$fixed" 0x1111)"
is "unmarked: pins" ok "$(ask victim pin)"
end_victim victim
end_victim other
rmmod zram
pool_all_free
memory_as_before 40
unload
kernel_log_clean
finish
