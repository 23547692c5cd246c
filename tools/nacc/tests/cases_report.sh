# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh about reports, which reads this file. What --verify says of them:
# tools/evidence/test_evidence.py.

N=00112233445566778899aabbccddeeff

# --- report
t 0 'what the firmware has signed' report --machine --nonce $N
fake trace=1 t 0 'fake: report 0 nonce 16:00ff told a101' report --machine --nonce $N
fake trace=1 t 0 'fake: report 3 nonce 8:dead told a201' report 3 --nonce de010203040506ad
fake trace=1 t 0 '0363776562' report web --nonce $N
fake trace=1 t 0 '0363776562046a7368613235363a303132' report web --nonce $N --image sha256:012
fake trace=1 t 0 'fake: report 3' report 1234 --nonce $N
t 0 '' report web --nonce $N --out "$tmp/report"
[ "$(cat "$tmp/report")" = 'what the firmware has signed' ]
verdict 'report --out: it is there' $?
fails 2 'give a domain or --machine' report --nonce $N
fails 2 'give a domain or --machine, and not both' report web --machine --nonce $N
fails 2 '--nonce is missing' report --machine
fails 2 '8 to 64 bytes in hex are wanted' report --machine --nonce 0011
echo 00 >"$tmp/short"
fails 2 '/short: 32 bytes in hex are wanted' report --verify "$tmp/short" --key "$tmp/short"
fails 2 '8 to 64 bytes in hex are wanted' report --machine --nonce ${N}0
fails 2 "'g' is no hex digit" report --machine --nonce ${N}0g
fails 2 '--key, --reference, --seals and --json go with --verify' report --machine --nonce $N --json
fails 2 '--image is no UTF-8' report web --nonce $N --image "$(printf 'a\377')"
# What no verifier could read is escaped: a report has text that is UTF-8.
cp -r "$here/root" "$tmp/letters"
FAKE_ROOT=$tmp/letters
printf '9 live 1 1 a\377b - - -\n10 live 1 1 \303\251 - - -\n' >>"$tmp/letters/proc/nacc/domains"
fake 'trace=1 verify.domain=0' t 0 '0366615c33373762' report 9 --nonce $N
fake 'trace=1 verify.domain=0' t 0 '0362c3a9' report 10 --nonce $N
FAKE_ROOT=$here/root
fails 2 '--image is too long' report web --nonce $N --image "$(printf %01024d 0)"
fails 2 "'x' is one too many" report web x --nonce $N
fails 3 "there is no domain 'nosuch'" report nosuch --nonce $N
fails 7 'cannot be written' report web --nonce $N --out "$tmp/nosuch/report"
fake err.report=2 fails 3 'there is no domain 3' report 3 --nonce $N
fake err.report=95 fails 5 'the firmware signs no reports' report 3 --nonce $N
fake err.report=16 fails 7 'keeps beginning reports' report 3 --nonce $N
fake err.report=4 fails 7 'signals interrupt the report' report 3 --nonce $N
fake err.report=25 fails 5 'does not know this call' report 3 --nonce $N

# --- report --verify: the command line
fails 2 '--verify goes with' report web --verify x
fails 2 '--verify goes with' report --verify x --key y --out z
fails 2 '--key is missing' report --verify x
fails 3 'cannot be read: No such file' report --verify x --key "$tmp/nosuch"
