# SPDX-License-Identifier: GPL-2.0
# kexec while roots are guarded: all is unmarked, the guard ends, and the next kernel comes
# up on all harts; or a crash, before which nothing is. One run of this file is two
# kernels; nacc.kexec= says in which it is.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

guard() { field value "$(attack ecall 0 17 0 0 0 0 0)"; }

# The kernel that is left for a crash has one hart: the other is where it was stopped.
if grep -qw nacc.kexec=crash /proc/cmdline; then
	say "after a crash"
	is "one hart is there" 1 "$(nproc)"
	load_attack
	unlike "the firmware still guards what is bound" 0x0 "$(guard)"
	start_victim victim "after a crash"
	is "but not this kernel: processes run" "intact protected intact" \
		"$(ask victim check) $(ask victim protect) $(ask victim check)"
	exits "fork, exec, threads and memory" 0 /nacc/bin/stress --rounds 1 --seed 2
	# What a dump is made of: all of the memory of the kernel that crashed, and its own note
	exits "its memory can be read for a dump" 0 cp /proc/vmcore /dev/null
	exits "which says of which kernel it is" 0 grep -q "OSRELEASE=$(uname -r)" /proc/vmcore
	# UEFI's map of memory has the pool for this kernel as well, and the firmware is not its.
	if [ -d /sys/firmware/efi ]; then
		exits "the firmware is locked: the module is refused" 1 insmod /nacc/nacc.ko
		like "and says so" "*the firmware is locked to another set-up*" "$(dmesg)"
	else
		exits "the pool is not of its memory: the module is refused" 19 insmod /nacc/nacc.ko
		like "and says so" "*is not reserved memory of this kernel*" "$(dmesg)"
	fi
	end_victim victim
	rmmod nacc_attack
	kernel_log_clean
	finish
fi

if ! grep -qw nacc.kexec=after /proc/cmdline; then
	load
	load_attack
	start_victim victim "the victim's own data"
	mark "$victim_pid"
	# In the cgroup of a domain that is unmarked after its own
	mkdir /sys/fs/cgroup/box
	echo "$victim_pid" >/sys/fs/cgroup/box/cgroup.procs
	exits "its cgroup is marked as well" 0 nacc mark --cgroup /sys/fs/cgroup/box
	nacc run -- /nacc/bin/threads --threads 2 --seconds 600 >$T/threads 2>&1 &
	wait_for 10 grep -q ready $T/threads
	grep -qw nacc.profile=system /proc/cmdline &&
		exits "the system profile is on" 0 nacc protect --system
	say "guarded: $(guard)"
	unlike "roots are guarded" 0x0 "$(guard)"
	kernel_log_clean
	[ $failures -eq 0 ] || finish
	if grep -qw nacc.kexec=until_the_crash /proc/cmdline; then
		exits "a kernel for a crash is loaded" 0 /nacc/bin/kexec --crash /nacc/vmlinuz \
			nacc.kexec=until_the_crash "nacc.kexec=crash nr_cpus=1"
		say "the crash"
		echo c >/proc/sysrq-trigger
		give_up "the crash"
	fi
	say "into the next kernel"
	/nacc/bin/kexec /nacc/vmlinuz nacc.kexec=first nacc.kexec=after
	give_up "kexec"
fi

say "the next kernel"
is "all harts are there" 2 "$(nproc)"
load_attack
is "nothing is guarded" 0x0 "$(guard)"
is "nothing is marked, and no hart is told to have a root" "0x0 0x0" \
	"$(field value "$(attack ecall 0 18 0 0 0 0 0)") $(field value "$(attack ecall 0 18 1 0 0 0 0)")"
start_victim victim "of the next kernel"
is "processes run" "intact protected intact" "$(ask victim check) $(ask victim protect) $(ask victim check)"
exits "fork, exec, threads and memory" 0 /nacc/bin/stress --rounds 1 --seed 2
# It is the same kernel at the same place, so what the firmware was told holds for it.
load
mark "$victim_pid"
verified "it can be marked" "$victim_pid"
unlike "and roots are guarded" 0x0 "$(guard)"
for cpu in 0 1; do
	(attack satpon $cpu "$(field root "$(attack rootof "$victim_pid")")") >/dev/null 2>&1
	report=$(cat /sys/kernel/debug/nacc-attack/result)
	is "CPU $cpu is guarded: it keeps what it has" "$(field old "$report")" "$(field got "$report")"
done
is "it is intact" "intact protected intact" "$(ask victim check) $(ask victim protect) $(ask victim check)"
end_victim victim
pool_all_free
attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
