# SPDX-License-Identifier: GPL-2.0
# No way to hook is left while something is marked, and two marked processes come to
# share a page table. It is too late for a hook, and what the firmware does not let
# happen is no oops: the container ends, the machine and the others go on. That leaves
# three complaints about pages and two about tables, as Linux counts what it did not get, and
# its partner what it has let go of for it.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

kprobes=/sys/kernel/debug/kprobes/enabled
share="/nacc/bin/hugeshare --processes 2 --rounds 1 --in-turn 1"

echo 12 >/proc/sys/vm/nr_hugepages
load
# shellcheck disable=SC2086
is "marked" "hugeshare: 1 rounds of 2, sums right" "$(timeout -s KILL 60 nacc run -- $share 2>&1)"
start_victim victim "the victim's own data"
# While functions are hooked by it, ftrace cannot be switched off.
hooks_idle() { [ "$(status hooks)" = idle ]; }
wait_for 20 hooks_idle
echo 0 >/proc/sys/kernel/ftrace_enabled
mark "$victim_pid"
mkfifo $T/go
nacc run --name sharer -- sh -c "read -r go; $share --stay 60" <$T/go >$T/sharer 2>&1 &
sharer=$!
exec 3>$T/go
wait_for 20 marked $sharer
is "two are marked, by kprobes" "kprobe" "$(awk '$2 == "huge_pmd_share" { print $3 }' /proc/nacc/hooks)"
echo 0 >$kprobes
is "no way is left" "dead none" "$(status hooks) $(status backends)"
echo go >&3
exec 3>&-
wait $sharer
is "the container is killed" 137 $?
is "the link was refused, and skipped" "owner skipped" \
	"$(nacc audit --json | tr -d '\n ' | grep -o '"reason":"owner"[^}]*"symbol":"huge_pmd_share[^}]*"outcome":"skipped"' |
		sed 's/.*"reason":"\([a-z]*\)".*"outcome":"\([a-z]*\)".*/\1 \2/' | sort -u)"
is "another goes on" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"
verified "and is in order" "$victim_pid"
exits "nothing new can be marked" 125 nacc run -- true
echo 1 >$kprobes
exits "legal: with kprobes again" 0 nacc run -- true
exits "unmark" 0 nacc unmark "$(awk '$5 == "victim" { print $1 }' /proc/nacc/domains)"
end_victim victim
echo 1 >/proc/sys/kernel/ftrace_enabled
pool_all_free
is "three huge pages are lost" 9 "$(awk '$1 == "HugePages_Free:" { print $2 }' /proc/meminfo)"
unload
finish
