# SPDX-License-Identifier: GPL-2.0
# A machine whose firmware has no shim: the module says so and stays away. The same
# machine shows that the attacks and the programs work where nothing protects.
# shellcheck shell=sh disable=SC2154
. scenarios/lib.sh
. scenarios/containers.sh
. scenarios/attacks.sh

remember_memory
if [ -f /nacc/nacc.ko ]; then
	dmesg -c >/dev/null
	exits "insmod is refused" 19 insmod /nacc/nacc.ko
	like "insmod says ENODEV" "*No such device*" "$out"
	is "the log says one sentence" 1 "$(dmesg | grep -c 'nacc:')"
	like "the sentence names the cause" "*nacc: *firmware*shim*" "$(dmesg | grep 'nacc:' | tr '\n' ' ')"
	is "nothing is left" "" "$(ls -d /proc/nacc /dev/nacc /sys/module/nacc 2>/dev/null)"
fi
if command -v nacc >/dev/null; then
	exits "nacc doctor says that it is absent" 5 nacc doctor
	like "in words" "*insmod*" "$out"
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
