# SPDX-License-Identifier: GPL-2.0
# The kernel takes only modules that a key it knows has signed, as with Secure Boot.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. packages/lib.sh

is "the kernel enforces signatures" Y "$(cat /sys/module/module/parameters/sig_enforce)"
like "its own modules are signed" "?*" "$(modinfo -F signer virtio_blk)"
exits "and taken" 0 modprobe -v autofs4
say "they are signed by: $(modinfo -F signer virtio_blk); ours by: $(modinfo -F signer nacc | grep . || echo nobody)"
say "keys that the kernel knows:"
sed -n 's/.* asymmetri /# | /p' /proc/keys
is "the service has failed, and so has who else would load it, and nothing more" \
	"nacc.service systemd-modules-load.service " "$(failed_units)"
like "it says that it is the signature" \
	"*(modprobe exits with 1), and this kernel takes only those that a key it knows has signed*" "$(journal nacc)"
# It does not say of which: "unsigned module", "module with unavailable key"
like "so does the kernel's log" "*oading of *is rejected*" "$(dmesg)"
exits "nacc doctor is not content" 1 nacc doctor
like "and says so, too" "*NOT protected: the module is not loaded, and this kernel takes only signed ones*" "$out"
exits "modprobe does not load it" 1 modprobe nacc
like "as nobody vouches for its key" "*Key was rejected by service*" "$out"

say "a key of one's own"
cd /tmp || exit
exits "is made" 0 openssl req -new -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=throw-away/' \
	-addext extendedKeyUsage=codeSigning -keyout key.pem -outform DER -out cert.der
xz -dkc "$(modinfo -n nacc)" >nacc.ko
strip -g nacc.ko
exits "signs the module" 0 "/lib/modules/$(uname -r)/build/scripts/sign-file" sha256 key.pem cert.der nacc.ko
is "which names it" throw-away "$(modinfo -F signer ./nacc.ko)"
exits "and is not taken either: the kernel does not know it" 1 insmod ./nacc.ko
like "for that reason" "*Key was rejected by service*" "$out"
cd /nacc || exit
exits "it can be reset" 0 systemctl reset-failed
kernel_log_clean
finish
