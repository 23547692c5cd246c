# SPDX-License-Identifier: GPL-2.0
# UEFI's runtime services, which have a root of their own: they are called while every
# process is protected and only the firmware chooses roots, and nothing is refused; an mm
# that only looks as if it were such a one is. Kernel argument nacc.efi=CAN,HOW says what
# this firmware can do then, "read" or "write" variables, and how the kernel knows the
# machine, by "acpi" or by its "tree".
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

vars=/sys/firmware/efi/efivars
# The firmware's own vendor GUID of global variables, and one of ours
global=8be4df61-93ca-11d2-aa0d-00e098032b8c
ours=6f1c7a52-5d3b-4c0e-9d0f-3a8b6f1e2c47
can=$(sed -n 's/.*nacc\.efi=\([a-z]*\),.*/\1/p' /proc/cmdline)
how=$(sed -n 's/.*nacc\.efi=[a-z]*,\([a-z]*\).*/\1/p' /proc/cmdline)

foreign() { echo $(($(stat refused_root-foreign) + $(stat refused_root-forged))); }
# bytes FILE: what the variable holds, as hexadecimal digits; the first four bytes are flags.
bytes() { od -An -v -tx1 "$1" | tr -d ' \n'; }

# calls WHEN: what goes through the runtime services, from each CPU. A variable each time:
# Linux lets nobody write one by mistake that is there and that it does not know.
written=0
calls() {
	local cpu to
	for cpu in 0 1; do
		part "$1: a variable is there" "$platform" "$(taskset -c $cpu od -An -v -tx1 $vars/PlatformLangCodes-$global | tr -d ' \n')"
		[ "$can" = write ] || continue
		written=$((written + 1))
		to=$vars/NaccTest$written-$ours
		# Flags 7: it is kept, and the kernel may have it too
		printf '\007\0\0\0%s, %d' "$1" $cpu >$T/value
		part "$1: a variable is written" 0 "$(taskset -c $cpu cp $T/value "$to" 2>&1; echo $?)"
		part "$1: it is what was written" "$(bytes $T/value)" "$(bytes "$to")"
	done
	whole "$1: the firmware answers"
}

case $how in
acpi) is "the kernel knows the machine by ACPI, and by no tree" "yes no" \
	"$([ -d /sys/firmware/acpi/tables ] && echo yes) $([ -d /proc/device-tree/cpus ] || echo no)" ;;
tree) is "the kernel knows the machine by its tree" "yes no" \
	"$([ -d /proc/device-tree/cpus ] && echo yes) $([ -d /sys/firmware/acpi/tables ] || echo no)" ;;
*) give_up "nacc.efi= says what the kernel knows the machine by" ;;
esac
like "there are runtime services" "[a-z]*" "$can"
insmod /nacc/efivarfs.ko || give_up "insmod efivarfs.ko"
mount -t efivarfs efivarfs $vars || give_up "mount of the variables"
platform=$(bytes $vars/PlatformLangCodes-$global)
like "a variable of the firmware's" "0[67]000000*" "$platform"
calls "without NACC"

load strict=on
load_attack
# The kernel splits its linear map where modules lie: not before they are there.
remember_memory
start_victim victim "the victim's own data"
start_victim attacker "the attacker's data"
exits "every process is protected" 0 nacc protect --system
mark "$victim_pid"
exits "the victim is behind a gate" 0 nacc gate "$domain" enforce
is "no root but bound ones, the kernel's and this one" "firmware 3" \
	"$(status roots) $(($(field value "$(attack ecall 0 17 0 0 0 0 0)") & 3))"
before=$(foreign)
calls "with the system profile"
is "and no root was refused" "$before" "$(foreign)"

say "its unlawful twin"
report=$(attack unbound "$victim_pid" "$victim_va")
is "another mm that is bound to nothing has the kernel's root, and reads nothing" \
	"$(field kernel "$(attack rootof $$)") -14" "$(field root "$report") $(field err "$report")"
at_least "which is counted" $((before + 1)) "$(foreign)"
calls "after it"
is "the victim is intact" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"
verified "its tables are in order" "$victim_pid"

end_victim attacker
end_victim victim
exits "off" 0 nacc protect --off
pool_all_free
calls "when nothing is marked any more"
rmmod nacc_attack
umount $vars
memory_as_before
unload
kernel_log_clean
finish
