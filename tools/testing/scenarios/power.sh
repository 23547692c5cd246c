# SPDX-License-Identifier: GPL-2.0
# Suspend, and hibernation to a disk: the machine goes off, and the next boot finds an
# image there and resumes it, so one run of this file is several boots. First without
# the module, then with it. Where the firmware has no shim, only the former.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

disk=/dev/vda
swap=786432	# KiB of it; behind that, a note for the boot that resumes
insmod /nacc/virtio_blk.ko || give_up "insmod virtio_blk.ko"
wait_for 10 [ -b $disk ] || give_up "a disk to hibernate to"
device=$(cat /sys/class/block/vda/dev)

signature() { dd if=$disk bs=1 skip=4086 count=9 2>/dev/null; }
note() { echo "$1" | dd of=$disk bs=1024 seek=$swap conv=notrunc,fsync 2>/dev/null; }

# --- a boot with an image: on the way to the kernel in it --------------------------------
if [ "$(signature)" = S1SUSPEND ]; then
	case $(dd if=$disk bs=1024 skip=$swap count=1 2>/dev/null | head -n 1) in
	marked)
		load
		start_victim victim "of the kernel that resumes"
		mark "$victim_pid"
		;;
	esac
	say "this boot resumes"
	echo 8 >/proc/sys/kernel/printk
	echo "$device" >/sys/power/resume
	give_up "resume from the image"
fi

# --- the kernel that hibernates ----------------------------------------------------------
load_attack
dd if=/dev/zero of=$disk bs=4096 count=1 conv=notrunc 2>/dev/null
mkswap $disk $swap >/dev/null 2>&1
swapon $disk || give_up "swapon $disk"
echo "$device" >/sys/power/resume # there is no image yet
echo shutdown >/sys/power/disk
echo 3 >/proc/sys/vm/drop_caches
start_victim attacker "of an ordinary process"

# sleeps TEXT: suspend, in each way there is.
sleeps() {
	local state before seconds
	for state in freeze mem; do
		if ! grep -qw $state /sys/power/state; then
			skip "$1: suspend: $state" "this platform does not have it"
			continue
		fi
		before=$(cat /sys/power/suspend_stats/success)
		for seconds in 2 10 30; do
			attack alarm $seconds >/dev/null
			echo $state >/sys/power/state 2>$T/sleep && break
		done
		attack alarm 0 >/dev/null
		is "$1: suspend: $state: it has slept: $(cat $T/sleep)" $((before + 1)) \
			"$(cat /sys/power/suspend_stats/success)"
	done
}

# hibernates TEXT NOTE: off, and on again.
hibernates() {
	note "$2"
	say "$1: the machine goes off"
	exits "$1: hibernation: the kernel goes on where it was" 0 \
		sh -c 'echo disk >/sys/power/state'
	is "$1: an ordinary process did not notice" intact "$(ask attacker check)"
	is "$1: the image has been used up" SWAPSPACE "$(dd if=$disk bs=1 skip=4086 count=9 2>/dev/null)"
	is "$1: all harts are there" "$cpus" "$(nproc)"
}

cpus=$(nproc)
sleeps "without the module"
hibernates "without the module" ""
if ! insmod /nacc/nacc.ko 2>$T/insmod; then
	like "without a shim there is no more to try" "*No such device*" "$(cat $T/insmod)"
	end_victim attacker
	kernel_log_clean
	finish
fi
rmmod nacc
hibernates "the module has been there" ""

load
start_victim victim "the victim's own data"
sleeps "nothing is marked"
mark "$victim_pid"
sleeps "something is marked, and roots are guarded"
is "guarded: the victim did not notice" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"
is "guarded: no root was refused" "0 0" "$(stat refused_root-forged) $(stat refused_root-foreign)"
exits "guarded: every process" 0 nacc protect --system
sleeps "every process is marked"
is "every process: no root was refused" "0 0" "$(stat refused_root-forged) $(stat refused_root-foreign)"
is "every process: hibernation is refused" "failed" \
	"$(sh -c 'echo disk >/sys/power/state' 2>/dev/null || echo failed)"
exits "every process: off again" 0 nacc protect --off
is "something is marked: hibernation is refused" "failed" \
	"$(sh -c 'echo disk >/sys/power/state' 2>/dev/null || echo failed)"
is "with one sentence" "nacc: hibernation is refused: a container is marked" \
	"$(dmesg | sed -n 's/^\[[^]]*\] \(nacc: hibernation is refused.*\)/\1/p' | tail -n 1)"
is "before anything is lost: there is no image" SWAPSPACE \
	"$(dd if=$disk bs=1 skip=4086 count=9 2>/dev/null)"
verified "before anything is lost: the victim is marked" "$victim_pid"
is "and intact" "protected intact" "$(ask victim protect) $(ask victim check)"
exits "another can be marked" 0 nacc run -- true
exits "unmark" 0 nacc unmark "$domain"
pool_all_free

# again TEXT: everything works as after a load.
again() {
	local pte report
	is "$1: the self-test has been made again" "$cpus/$cpus harts" "$(status selftest)"
	is "$1: the set-up is locked again" yes "$(status locked)"
	like "$1: nacc doctor" "*page tables of marked processes are protected*" "$(nacc doctor)"
	mark "$victim_pid"
	verified "$1: the victim is marked" "$victim_pid"
	pte=$(field slot "$(entry "$victim_pid" "$victim_va" 0)")
	report=$(attack storm "$pte" 0x1 20)
	is "$1: stores of all harts are refused" "done=0 refused=$((cpus * 20))" \
		"done=$(field "done" "$report") refused=$(field refused "$report")"
	is "$1: the victim is intact" "protected intact" "$(ask victim protect) $(ask victim check)"
	verified "$1: its tables are in order" "$victim_pid"
	exits "$1: a marked command" 0 nacc run -- sh -c 'ls / | wc -l'
	exits "$1: unmark" 0 nacc unmark "$domain"
	pool_all_free
}
hibernates "the module is there" ""
again "resumed by a kernel without the module"
hibernates "the module is there" marked
again "resumed by a kernel that has marked something"

end_victim victim
end_victim attacker
attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
