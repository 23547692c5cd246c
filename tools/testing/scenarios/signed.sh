# SPDX-License-Identifier: GPL-2.0
# The kernel takes only modules that a key it knows has signed (module.sig_enforce=1): one whose
# certificate is in UEFI's variable db it knows, whether or not Secure Boot is on.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

# What insmod exits with
rejected=129
says() { like "$1" "$2" "$(dmesg | grep -E 'X.509 cert|secureboot mode')"; }

is "the kernel enforces signatures" Y "$(cat /sys/module/module/parameters/sig_enforce)"
says "it has its own key, and Secure Boot is off" "*Loaded X.509 cert 'Build time*secureboot mode disabled*"
exits "a module of its own is taken" 0 insmod /nacc/efivarfs.ko
exits "ours without a signature is not" $rejected insmod /nacc/nacc.ko
like "for that reason" "*Key was rejected by service*" "$out"
exits "nacc doctor is not content" 1 nacc doctor
like "and says why" "*NOT protected: the module is not loaded, and this kernel takes only signed ones*" "$out"
exits "one that a stranger has signed is not" $rejected insmod /nacc/stranger.ko
says "the certificate in UEFI's db is known" "*Loading X.509 certificate: UEFI:db*Loaded X.509 cert 'owner: *"
exits "what its owner has signed is taken" 0 insmod /nacc/owner.ko
is "and is from out of the tree, but not unsigned" O "$(cat /sys/module/nacc/taint)"
exits "nacc doctor" 0 nacc doctor
sleep 1000 &
mark $!
verified "a process is protected" $!
nacc unmark "$domain"
kill $!
pool_all_free
unload
kernel_log_clean
finish
