# SPDX-License-Identifier: GPL-2.0
# The gate: what others do to a thread while it is in the kernel: a debugger, with the domain's
# leave and without; a supervisor of its system calls, in the domain and outside; who stops it;
# and threads that end by a signal. Each without a gate, too.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

# meddled TEXT applied|undone RECORDS COMMAND...: is it as it should be, with so many records?
meddled() {
	local text="$1" applied="$2" records="$3" before
	shift 3
	before=$(stat refused_context)
	exits "$text" 0 "$@" /nacc/bin/meddled $T/core "$applied"
	like "$text: all of it" "*aborts*notified*stopped*overflows*debugged, changes: 3" "$out"
	is "$text: on record" "$records" $(($(stat refused_context) - before))
}

load
begun=$(gate_refusals)
core_pattern=$(cat /proc/sys/kernel/core_pattern) core_pid=$(cat /proc/sys/kernel/core_uses_pid)
echo $T/core >/proc/sys/kernel/core_pattern
echo 0 >/proc/sys/kernel/core_uses_pid
meddled "without NACC" applied 0
meddled "marked" applied 0 nacc run --
# What a debugger has changed: a register, the pc, which call it is.
meddled "audit" applied 3 nacc run --gate=audit --
meddled "enforce" undone 3 nacc run --gate=enforce --
is "they name the registers" "s3 pc a7" "$(nacc audit | sed -n 's/.*, \([a-z0-9]*\) should have been .*/\1/p' |
	tail -n 3 | xargs)"
meddled "audit --ptrace" applied 0 nacc run --gate=audit --ptrace --
meddled "enforce --ptrace" applied 0 nacc run --gate=enforce --ptrace --

say "a core dump to a program, which is not marked"
core_limit=$(cat /proc/sys/kernel/core_pipe_limit)
echo 1 >/proc/sys/kernel/core_pipe_limit
printf '#!/bin/sh\nexec cat >"$1"\n' >$T/take
chmod +x $T/take
echo "|$T/take $T/core" >/proc/sys/kernel/core_pattern
before=$(gate_refusals)
for how in "" "nacc run --gate=audit --" "nacc run --gate=enforce --"; do
	# shellcheck disable=SC2086
	exits "${how:-without NACC}" 0 $how /nacc/bin/meddled --core $T/core
done
is "nothing was refused" "$before" "$(gate_refusals)"
echo "$core_limit" >/proc/sys/kernel/core_pipe_limit

say "arguments of clone3 that are not there any more when the firmware looks"
before=$(gate_refusals)
exits "without NACC" 0 /nacc/bin/clonegone made
exits "marked" 0 nacc run -- /nacc/bin/clonegone made
exits "audit, where a child is taken as it is" 0 nacc run --gate=audit -- /nacc/bin/clonegone made
exits "enforce: EAGAIN where they are nowhere" 0 nacc run --gate=enforce -- /nacc/bin/clonegone again
is "nothing was refused" "$before" "$(gate_refusals)"

say "a supervisor outside of the domain"
before=$(gate_refusals)
exits "without NACC" 0 /nacc/bin/meddled --supervise /nacc/bin/meddled --supervised
for mode in audit enforce; do
	exits "$mode" 0 /nacc/bin/meddled --supervise nacc run --gate=$mode -- /nacc/bin/meddled --supervised
	is "$mode: it has answered" "meddled: supervised" "$out"
done
is "nothing was refused" "$before" "$(gate_refusals)"
# shellcheck disable=SC2046
set -- $begun $(gate_refusals)
is "but what debuggers have done" "6 0 0" "$(($4 - $1)) $(($5 - $2)) $(($6 - $3))"
echo "$core_pattern" >/proc/sys/kernel/core_pattern
echo "$core_pid" >/proc/sys/kernel/core_uses_pid
pool_all_free
unload
kernel_log_clean
finish
