# SPDX-License-Identifier: GPL-2.0
# Every call of the NACC extension with arguments of an enemy: an error each, and
# nothing has changed.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

frames() {
	echo "$(free_or_armed) $(stat frames_root) $(stat frames_table)" \
		"$(stat frames_released) $(stat unlinked)"
}

load
load_attack
start_victim victim "the victim's own data"
mark "$victim_pid"
shown=$(attack show "$victim_pid" "$victim_va")
root=$(field slot "$(echo "$shown" | head -n 1)")
table=$(field slot "$(echo "$shown" | tail -n 1)")
image=0x$(awk -F'[- ]+' '/Kernel code/ { print $2 }' /proc/iomem)
before=$(frames)
calls=$(stat ecalls)

exits "hostile calls" 0 /nacc/bin/hostile "$(hex $((root & ~0xfff)))" \
	"$(hex $((table & ~0xfff)))" "$image"
say "$(echo "$out" | tail -n 1)"
sent=$(echo "$out" | sed -n 's/^hostile: \([0-9]*\) calls.*/\1/p')
at_least "the program sent many" 2400 "$sent"
at_least "the shim got them all" "${sent:-2400}" $(($(stat ecalls) - calls))
is "no frame has changed its type" "$before" "$(frames)"
is "the victim is intact" intact "$(ask victim check)"
is "it can change its tables" protected "$(ask victim protect)"
verified "its tables are in order" "$victim_pid"
is "the module is still content" 0 "$(nacc doctor >/dev/null 2>&1; echo $?)"
exits "a new process can be marked" 0 nacc run -- /nacc/bin/stress --rounds 1 --seed 3

like "the attacker's pages are free again" "*failed=0" "$(attack restore)"
rmmod nacc_attack
end_victim victim
pool_all_free
unload
kernel_log_clean
finish
