# SPDX-License-Identifier: GPL-2.0
# Other tracers on the same functions: Debian's bpftrace, what perf uses (kprobe events),
# the function tracers. Each before a mark and while something is marked: they see their
# calls, or are refused; our hooks are alive, or in another way.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

tracing=/sys/kernel/tracing
parameter=/sys/module/nacc/parameters/hook

ways() { for f in "$@"; do hook "$f" backend; hook "$f" state; done | xargs; }

# bpf PROGRAM PATTERN FILE: run it, until PATTERN is in FILE or it ends.
bpf() {
	bpftrace -e "$1" >$T/bpf 2>&1 &
	bpf=$!
	wait_for 120 bpf_there "$2" "$3"
}
bpf_there() { grep -q "$1" "$2" || ! runs $bpf; }
# bpf_ends: $seen is what it has counted.
bpf_ends() {
	kill -INT $bpf 2>/dev/null
	wait $bpf
	seen=$(grep '^@' $T/bpf | sort | xargs)
}
# counted NAME: by the program that has ended.
counted() { echo "$seen" | sed -n "s/.*@$1: \([0-9]*\).*/\1/p"; }

echo 12 >/proc/sys/vm/nr_hugepages
load
echo Y >/sys/module/nacc/parameters/eager
exercise >$T/unmarked
like "unmarked: stress" "stress: 1 rounds, checksum 0x*" "$(cat $T/unmarked)"

say "the end of a function, before the mark"
ends='fexit:free_pgd_range { @exits = count(); } fexit:huge_pmd_share { @shares = count(); }'
bpf "$ends" huge_pmd_share $tracing/enabled_functions
hold traced
is "those by kprobes, the others by ftrace" "kprobe kprobe alive ftrace" \
	"$(hook free_pgd_range backend) $(ways huge_pmd_share) $(hook copy_page_range backend)"
is "stress" "$(cat $T/unmarked)" "$(exercise nacc run --)"
is "hugeshare" "hugeshare: 2 rounds of 3, sums right" "$(nacc run -- /nacc/bin/hugeshare 2>&1)"
is "both are at work" "kprobe alive kprobe alive" "$(ways free_pgd_range huge_pmd_share)"
exits=$(hook free_pgd_range routed)
bpf_ends
at_least "it has seen the ends, those of replaced calls, too" "$exits" "$(counted exits)"
at_least "of what is called to see whether it is replaced as well" 6 "$(counted shares)"
is "it is gone, the hooks are not" "kprobe alive kprobe alive" "$(ways free_pgd_range huge_pmd_share)"
release

say "while something is marked"
hold traced
bpf "$ends" Attaching /dev/null
bpf_ends
like "the end of a hooked function cannot be had" "*Error attaching probe: fexit*" "$(cat $T/bpf)"
is "the hooks are as before" "ftrace alive" "$(ways huge_pmd_share)"
bpf 'fentry:free_pgd_range { @exits = count(); } fentry:huge_pmd_share { @shares = count(); }' \
	'^huge_pmd_share .* D' $tracing/enabled_functions
is "stress, with a program at the beginning" "$(cat $T/unmarked)" "$(exercise nacc run --)"
is "both are at work" "ftrace alive ftrace alive" "$(ways free_pgd_range huge_pmd_share)"
bpf_ends
at_least "it has seen the beginnings" 1 "$(counted exits)"
at_least "and those of our own calls" 1 "$(counted shares)"
release

say "breakpoints"
zap=$(zap_function)
for way in ftrace kprobe; do
	echo $way >$parameter
	bpf "kprobe:$zap+8 { @zaps = count(); }" "$zap" /sys/kernel/debug/kprobes/list
	hold traced
	is "$way: stress, the same function has another breakpoint" "$(cat $T/unmarked)" "$(exercise nacc run --)"
	is "$way: both are at work" "$way alive" "$(ways "$zap")"
	bpf_ends
	at_least "$way: it has seen calls" 1 "$(counted zaps)"
	is "$way: it is gone, the hook is not" "$way alive" "$(ways "$zap")"
	release
done
echo auto >$parameter
bpf 'kprobe:free_pgd_range { @exits = count(); }' free_pgd_range /sys/kernel/debug/kprobes/list
if runs $bpf; then
	hold traced
	is "at the entry: stress" "$(cat $T/unmarked)" "$(exercise nacc run --)"
	like "at the entry: both are at work" "* alive" "$(ways free_pgd_range)"
	bpf_ends
	at_least "at the entry: it has seen calls" 1 "$(counted exits)"
	release
else
	bpf_ends
	like "at the entry there can be none on this machine, marked or not" "*cannot attach kprobe, Invalid argument*" "$(cat $T/bpf)"
fi

say "what perf probe uses"
hold traced
echo 'p:nacc_test copy_page_range+8' >$tracing/kprobe_events
echo 1 >$tracing/events/kprobes/nacc_test/enable
is "stress" "$(cat $T/unmarked)" "$(exercise nacc run --)"
is "both are at work" "ftrace alive" "$(ways copy_page_range)"
at_least "it has seen calls" 1 "$(awk '$1 == "nacc_test" { print $2 }' $tracing/kprobe_profile)"
echo 0 >$tracing/events/kprobes/nacc_test/enable
echo >$tracing/kprobe_events

say "the function tracers"
echo free_pgd_range >$tracing/set_ftrace_filter
echo huge_pmd_share >>$tracing/set_ftrace_filter
for tracer in function function_graph; do
	echo $tracer >$tracing/current_tracer
	is "$tracer: stress" "$(cat $T/unmarked)" "$(exercise nacc run --)"
	is "$tracer: both are at work" "ftrace alive ftrace alive" "$(ways free_pgd_range huge_pmd_share)"
	at_least "$tracer: it has seen calls" 1 "$(grep -c free_pgd_range $tracing/trace)"
	echo nop >$tracing/current_tracer
done
echo >$tracing/set_ftrace_filter
release

is "no store was refused" 0 "$(refused_since)"
is "no hook has died" 0 "$(stat mod_hooks_dead)"
pool_all_free
unload
kernel_log_clean
finish
