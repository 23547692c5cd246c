# SPDX-License-Identifier: GPL-2.0
# A machine whose firmware has no shim: the module says so and stays away. The same
# machine shows that the attacks and the programs work where nothing protects.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=containers.sh
. scenarios/containers.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

remember_memory
if [ -f /nacc/nacc.ko ]; then
	dmesg -c >/dev/null
	exits "insmod is refused" 19 insmod /nacc/nacc.ko
	like "insmod says ENODEV" "*No such device*" "$out"
	# insmod tries twice, and the kernel has its own words for modules from outside.
	dmesg | sed -n '/taint/!s/.*\] \(nacc: \)/\1/p' | sort -u >$T/log
	is "the log says one sentence" 1 "$(wc -l <$T/log)"
	like "the sentence names the cause" "nacc: *firmware*shim*" "$(cat $T/log)"
	is "nothing is left" "" "$(ls -d /proc/nacc /dev/nacc /sys/module/nacc 2>/dev/null)"
fi
if command -v nacc >/dev/null; then
	exits "nacc doctor is not content" 1 nacc doctor
	like "it says that nothing is protected, and why" "*NOT protected*not loaded*" "$out"
	exits "nacc mark says so, too" 5 nacc mark 1
	exits "nacc run starts nothing" 125 nacc run -- touch $T/started
	is "really nothing" "" "$(ls $T/started 2>/dev/null)"
fi

load_attack
victim_text="the victim's own data" attacker_text="the attacker's data"
start_victim victim "$victim_text"
start_victim attacker "$attacker_text"
three_attacks unmarked_attack
is "a call of the NACC extension is unknown" "error=-2 value=0" \
	"$(attack ecall 0 0 0 0 0 0 0 | sed 's/0x0$/0/')"
end_victim victim
end_victim attacker
rmmod nacc_attack

exits "stress" 0 /nacc/bin/stress --rounds 3 --seed 42
say "$out"
exits "threads" 0 /nacc/bin/threads --threads 4 --rounds 20
make_bundles
for runtime in crun runc; do
	for c in echo:test "builtin:/tmp
test.txt" "pipe:6"; do
		container $runtime "${c%%:*}"
		is "$runtime: ${c%%:*} without NACC" "${c#*:}" "$out"
	done
done
kernel_log_clean
memory_as_before
finish
