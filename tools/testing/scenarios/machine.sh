# SPDX-License-Identifier: GPL-2.0
# A machine of another size or kind, in short: stores are refused on each hart, a marked
# process does what an unmarked one does, and all frames come back. What the machine is
# like is printed. Kernel argument nacc.machine=off: the firmware has left the shim off.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

harts=$(nproc)
say "$harts harts, $(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo) MiB, $(ls -d /sys/devices/system/node/node* | wc -l) nodes"
say "$(sed -n 's/^isa[^:]*: *//p' /proc/cpuinfo | head -n 1)"

if grep -qw nacc.machine=off /proc/cmdline; then
	exits "there is no shim: insmod is refused" 19 insmod /nacc/nacc.ko
	exits "and the machine works" 0 /nacc/bin/stress --rounds 1 --seed 4
	kernel_log_clean
	finish
fi

load
is "the self-test has seen each hart" "$harts/$harts" "$(status selftest | cut -d' ' -f1)"
say "pool $(status region), $(status frames) frames, mode $(status mode), A/D $(status ad), walker $(status walker), roots $(status roots)"
exits "a process of its own" 0 nacc run -- /nacc/bin/stress --rounds 1 --seed 4
sum=$(echo "$out" | sed -n 's/.*checksum //p')
exits "the same unmarked" 0 /nacc/bin/stress --rounds 1 --seed 4
is "to the same effect" "$sum" "$(echo "$out" | sed -n 's/.*checksum //p')"
exits "threads on all harts" 0 nacc run --gate=enforce -- /nacc/bin/threads --threads "$harts" --rounds 10
load_attack
start_victim victim "the victim's own data"
mark "$victim_pid"
pte=$(field slot "$(entry "$victim_pid" "$victim_va" 0)")
old=$(field value "$(entry "$victim_pid" "$victim_va" 0)")
like "a stray store is refused" "store=refused*" "$(attack poke sd "$pte" 0)"
is "the entry is as it was" "$old" "$(field value "$(entry "$victim_pid" "$victim_va" 0)")"
is "the victim is intact" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"
verified "its tables are in order" "$victim_pid"
end_victim victim
rmmod nacc_attack
pool_all_free
unload
kernel_log_clean
finish
