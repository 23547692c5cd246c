# SPDX-License-Identifier: GPL-2.0
# The machine has a firmware without the shim.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. packages/lib.sh

is "the service has failed, and nothing else" "nacc.service " "$(failed_units)"
like "it says what to do" "*the module cannot be loaded (modprobe exits with 1)*" "$(journal nacc)"
like "the kernel's log says why" "*nacc: *" "$(dmesg)"
exits "nacc doctor is not content" 1 nacc doctor
exits "it can be reset" 0 systemctl reset-failed
exits "the package can be configured again" 0 dpkg-reconfigure nacc
kernel_log_clean
finish
