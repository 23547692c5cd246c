# SPDX-License-Identifier: GPL-2.0
# A CPU that comes online tests itself, whatever is marked, and nobody is accused of it.
# Needs a small pool (kernel argument nacc_pool=1M), of which most is in use. Kernel
# argument nacc.policy=audit: with provenance=audit.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

policy=$(sed -n 's/.*nacc\.policy=\([a-z]*\).*/\1/p' /proc/cmdline)

counts() { echo "$(stat refused) $(stat unknown_writer) $(stat skipped) $(sed 1d /proc/nacc/audit | wc -l)"; }
tables() { grep ' table \| root ' /proc/nacc/pool; }

exits "insmod nacc.ko" 0 insmod /nacc/nacc.ko refusal=kill "provenance=${policy:-enforce}"
is "every hart was tested at load" "$(nproc)/$(nproc) harts" "$(status selftest)"
sleep 900 &
other=$!
exits "nacc mark $other" 0 nacc mark $other
victim_program=grower
start_victim victim "many tables"
# Well below what is kept for the other one and one that is to come
ask victim "grow $(($(free_or_armed) * 2 / 5))" >/dev/null
mark "$victim_pid"
at_least "tables of someone's" $(($(status frames) / 3)) "$(tables | wc -l)"
lines=$(tables)
before=$(counts) tested=$(stat selftests)
for round in 1 2 3; do
	echo 0 >/sys/devices/system/cpu/cpu1/online
	part "$round: offline" "1/1 harts" "$(status selftest)"
	echo 1 >/sys/devices/system/cpu/cpu1/online
	part "$round: online" "2/2 harts" "$(status selftest)"
done
sleep 1 # the keeper looks 20 times a second
whole "a CPU comes online three times, and its test passes"
is "each time it has tested itself" $((tested + 3)) "$(stat selftests)"
is "nothing is refused, performed, skipped or on record for it" "$before" "$(counts)"
is "the tables are as they were" "$lines" "$(tables)"
part "who has them" intact "$(ask victim check)"
runs $other || part "the other" alive dead
part "condemned" 0 "$(stat mod_condemned)"
whole "everyone lives"

# The legal twin of the silence: a store of someone else's to a frame is on record.
load_attack
region=$(field value "$(attack ecall 0 1 0 0 0 0 0)")
like "a stray store to the firmware's own records is on record" "*store=refused*" "$(attack poke sd "$region" 0)"
is "once" 1 $(($(sed 1d /proc/nacc/audit | wc -l) - ${before##* }))
rmmod nacc_attack
kill $other
end_victim victim
pool_all_free
unload
kernel_log_clean
finish
