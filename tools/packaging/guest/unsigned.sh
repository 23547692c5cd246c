# SPDX-License-Identifier: GPL-2.0
# The kernel takes signed modules only (module.sig_enforce=1), as with Secure Boot.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. packages/lib.sh

is "the kernel enforces signatures" Y "$(cat /sys/module/module/parameters/sig_enforce)"
is "the service has failed, and nothing else that is ours" "nacc.service" \
	"$(failed_units | tr ' ' '\n' | grep nacc)"
exits "the module is not taken" 1 modprobe nacc
like "as nobody vouches for its key" "*Key was rejected by service*" "$out"
say "a key of one's own"
cd /tmp || exit
exits "is made" 0 openssl req -new -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=throw-away/' \
	-addext extendedKeyUsage=codeSigning -keyout key.pem -outform DER -out cert.der
xz -dkc "$(modinfo -n nacc)" >nacc.ko 2>/dev/null || cp "$(modinfo -n nacc)" nacc.ko
strip -g nacc.ko
exits "signs the module" 0 "/lib/modules/$(uname -r)/build/scripts/sign-file" sha256 key.pem cert.der nacc.ko
is "which names it" throw-away "$(modinfo -F signer ./nacc.ko)"
exits "and is not taken either: the key is not enrolled" 1 insmod ./nacc.ko
like "for that reason" "*Key was rejected by service*" "$out"
finish
