# SPDX-License-Identifier: GPL-2.0
# Hooks that die without a word: ftrace or kprobes switched off as a whole, a BPF
# program at the end of a function. Each before a mark and while something is marked;
# a mark works in another way or is refused with the reason, what is told is so, and
# nobody waits for what never comes. Then a replaced call that user space holds.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

ftrace=/proc/sys/kernel/ftrace_enabled
kprobes=/sys/kernel/debug/kprobes/enabled
parameter=/sys/module/nacc/parameters/hook
right="hugeshare: 2 rounds of 3, sums right"

share() { echo "$(hook huge_pmd_share backend) $(hook huge_pmd_share state)"; }
hugeshare() { timeout -s KILL 60 "$@" /nacc/bin/hugeshare 2>&1; }
doctor() { nacc doctor | tail -n 1; }
warned() { dmesg | grep -c "nacc: $1"; }

# trace fentry|fexit FUNCTION...: $traced is what became of each; until untrace.
trace() {
	mkfifo $T/trace
	rm -f $T/traced
	/nacc/bin/tracer "$@" <$T/trace >$T/traced 2>&1 3>&- &
	tracer=$!
	exec 4>$T/trace
	rm $T/trace
	wait_for 20 grep -q ready $T/traced
	traced=$(grep -v ready $T/traced | xargs)
}
untrace() { exec 4>&-; wait $tracer; }

echo 24 >/proc/sys/vm/nr_hugepages
load
zap=$(zap_function)
# Small programs take every route.
echo Y >/sys/module/nacc/parameters/eager
remember_memory
exercise >$T/unmarked
like "unmarked: stress" "stress: 1 rounds, checksum 0x*" "$(cat $T/unmarked)"
is "unmarked: hugeshare" "$right" "$(hugeshare)"
is "marked: hugeshare" "$right" "$(hugeshare nacc run --)"

say "ftrace is switched off"
hold usual
is "as usual: what is needed is seen to run" "ftrace alive" "$(share)"
is "all hooks are in place" "armed ftrace,kprobe" "$(status hooks) $(status backends)"
is "while something is marked it cannot be" "busy 1" \
	"$(echo 0 2>/dev/null >$ftrace || echo busy) $(cat $ftrace)"
release
echo 0 >$ftrace
is "with nothing marked: it is told" "idle kprobe" "$(status hooks) $(status backends)"
like "doctor is content with one way" "nacc doctor: ok*" "$(doctor)"
is "a mark works" "$right" "$(hugeshare nacc run --)"
hold kprobes
is "by kprobes" "kprobe alive" "$(share)"
is "stress by kprobes" "$(cat $T/unmarked)" "$(exercise nacc run --)"
is "routes by kprobes" "kprobe alive" "$(hook $zap backend) $(hook $zap state)"

say "and kprobes"
echo 0 >$kprobes
is "the needed hook is told as dead" "dead none" "$(status hooks) $(status backends)"
is "it is" "kprobe dead" "$(share)"
like "by doctor, too" "nacc doctor: NOT protected: a needed hook is dead*" "$(doctor)"
exits "a mark is refused" 125 nacc run -- true
like "with the reason" "*a needed function is not hooked*" "$out"
at_least "and in the log" 1 "$(warned 'huge_pmd_share is hooked, but its calls are not replaced')"
at_least "counted" 1 "$(stat mod_hooks_dead)"
is "who asks twice is told once" 1 "$(warned 'huge_pmd_share: its hook by kprobe is dead')"
echo 1 >$kprobes
is "on again: alive" "armed kprobe alive" "$(status hooks) $(share)"
exits "legal: a mark" 0 nacc run -- true
release
echo 0 >$kprobes
exits "with nothing marked: a mark is refused" 125 nacc run -- true
is "doctor says so" "nacc doctor: NOT protected: no way to hook works now: nothing can be marked" "$(doctor)"
wait_for 10 hooks_gone
is "nothing is left behind" "idle none" "$(status hooks) $(status backends)"
echo 1 >$ftrace
is "ftrace is enough" "$right" "$(hugeshare nacc run --)"
hold ftrace
is "by ftrace" "ftrace alive" "$(share)"
release
echo 1 >$kprobes

say "kprobes are chosen, and switched off while something is marked"
echo kprobe >$parameter
hold chosen
is "by kprobes" "kprobe alive" "$(share)"
trace fexit free_pgd_range huge_pmd_share
is "a BPF program at a function's end can be had so" \
	"free_pgd_range: attached huge_pmd_share: attached" "$traced"
is "hugeshare" "$right" "$(hugeshare nacc run --)"
is "still by kprobes" "kprobe alive" "$(share)"
untrace
echo 0 >$kprobes
is "what is needed is hooked by ftrace" "ftrace alive" "$(share)"
is "the others are told" "partly dead" "$(status hooks) $(hook $zap state)"
is "hugeshare" "$right" "$(hugeshare nacc run --)"
is "stress, store by store" "$(cat $T/unmarked)" "$(exercise nacc run --)"
release
is "before a mark" "$right" "$(hugeshare nacc run --)"
wait_for 20 hooks_gone
echo 1 >$kprobes
echo auto >$parameter

say "a BPF program at a function's end, before the mark"
trace fexit free_pgd_range huge_pmd_share $zap
is "attached" "free_pgd_range: attached huge_pmd_share: attached $zap: attached" "$traced"
is "unmarked: hugeshare" "$right" "$(hugeshare)"
is "marked: hugeshare" "$right" "$(hugeshare nacc run --)"
hold fexit
is "those by kprobes, the others by ftrace" "kprobe kprobe kprobe ftrace" \
	"$(for f in huge_pmd_share free_pgd_range $zap copy_page_range; do hook $f backend; done | xargs)"
is "what is needed is seen to run" "kprobe alive" "$(share)"
is "stress" "$(cat $T/unmarked)" "$(exercise nacc run --)"
is "no chosen call came to nothing" 0 \
	"$(awk 'NR > 1 { n += $10 } END { print n }' /proc/nacc/hooks)"
is "routes are taken" "alive alive" "$(hook free_pgd_range state) $(hook $zap state)"
untrace
is "detached: still alive" "kprobe alive" "$(share)"
release
is "a new mark works" "$right" "$(hugeshare nacc run --)"

say "while something is marked"
hold first
is "by ftrace again" "ftrace alive" "$(share)"
trace fexit free_pgd_range huge_pmd_share
is "the end of a hooked function cannot be had (ENOTSUPP)" \
	"free_pgd_range: error 524 huge_pmd_share: error 524" "$traced"
untrace
trace fentry free_pgd_range huge_pmd_share $zap
is "its beginning can" "free_pgd_range: attached huge_pmd_share: attached $zap: attached" "$traced"
is "alive all the same" "ftrace alive" "$(share)"
is "stress" "$(cat $T/unmarked)" "$(exercise nacc run --)"
is "hugeshare" "$right" "$(hugeshare nacc run --)"
untrace
release

say "a replaced call that user space holds: its process hardly gets to run"
# Of a processor that somebody else has it gets 3 parts in 1,024. A limit (cpu.max) would not hold
# it on newer kernels, which wait with that until it returns to user mode.
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/held
echo 1 >/sys/fs/cgroup/held/cpu.idle
mkfifo $T/held
taskset 2 /nacc/bin/held 256 >$T/held &
held=$!
# shellcheck disable=SC3045 # busybox has it
read -r -t 30 line <$T/held
like "256 MiB" "ready pid=$held" "$line"
mark $held
before=$(hook $zap routed)
taskset 2 sh -c 'while :; do :; done' &
somebody=$!
echo $held >/sys/fs/cgroup/held/cgroup.procs
kill -9 $held
is_held() { [ "$(hook $zap routed)" -gt "$before" ]; }
wait_for 120 is_held
is "its end is in a replacement, and it is protected until it is through" "yes live" \
	"$(is_held && echo yes) $(awk -v id="$domain" '$1 == id { print $2 }' /proc/nacc/domains)"
exits "the module has to stay" 1 rmmod nacc
is "so has the way of hooking" busy "$(echo kprobe 2>/dev/null >$parameter || echo busy)"
is "another mark" "$right" "$(hugeshare nacc run --)"
is "and the call" "armed yes" "$(status hooks) $([ -d /proc/$held ] && echo yes)"
kill -9 $somebody
wait $somebody $held
wait_for 20 hooks_gone
is "it comes to its end" idle "$(status hooks)"
rmdir /sys/fs/cgroup/held

is "no store was refused" 0 "$(refused_since)"
echo 0 >/proc/sys/vm/nr_hugepages
pool_all_free
echo 24 >/proc/sys/vm/nr_hugepages
memory_as_before 40
unload
kernel_log_clean
finish
