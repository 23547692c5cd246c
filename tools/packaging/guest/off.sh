# SPDX-License-Identifier: GPL-2.0
# The machine was started with nacc.enable=0.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. packages/lib.sh

is "the module is not loaded" "" "$(ls -d /sys/module/nacc 2>/dev/null)"
is "the service was skipped" "inactive exec-condition" "$(active nacc) $(systemctl show -p Result --value nacc)"
is "no unit has failed" "" "$(failed_units)"
exits "modprobe does not load it" 1 modprobe nacc
like "the kernel's log says why" "*nacc: not loaded, and nothing is protected: nacc.enable=0*" "$(dmesg)"
exits "nacc apply does nothing" 0 nacc apply
like "and says so" "nothing is done: nacc.enable=0*" "$out"
exits "nacc doctor is not content" 1 nacc doctor
like "and says why" "*NOT protected: switched off by nacc.enable=0*" "$out"
kernel_log_clean
finish
