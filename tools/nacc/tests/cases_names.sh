# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh about domains by their names, which reads this file.

# --- each command that wants a domain
fake trace=1 t 0 'fake: unmark 3' unmark web
fake trace=1 t 0 'fake: unmark 4' unmark 'my long name'
fake trace=1 t 0 'fake: unmark 3 fake: unmark 4' unmark web 4
t 0 'web   enforce' stat web
json 'j["id"] == 4' stat 'my long name' --json
fake trace=1 t 0 'fake: quota 3 0x64' quota web 100
fake trace=1 t 0 'fake: forbid 3 0x2' forbid web pin
fake trace=1 t 0 'fake: gate 3 mode 2' gate web enforce
fake trace=1 t 0 'fake: syscalls 3' syscalls web
fake trace=1 t 0 'fake: seal flags 0 0x400000-0x402000' seal web 400000-402000
t 0 'process 1234: 3 mappings sealed' seal --text web
t 0 'page table' dump web
json 'j["process"]["pid"] == 1234' dump web --json
json '[(r["pid"], r["result"]) for r in j["results"]] == [(1234, "ok"), (None, "skipped")]' verify web --json
json '[r["pid"] for r in j["results"]] == [1300]' verify 'my long name' --json
# Of a domain, as of all, one may end meanwhile; a process that is named may not.
for e in err.verify=3 err.verify=2 err.pidfd=3; do
	fake $e t 0 'ok: 0 checked, 2 skipped' verify web
	fake $e t 3 '' verify 1234
done
fake seal.count=1 json '[r["pid"] for r in j] == [1234]' seal --list web --json
# Nothing is unmarked while one of them is not known.
fake trace=1 t 3 "there is no domain 'nosuch'" unmark web nosuch
! grep -q 'fake: unmark' "$tmp/err"
verdict 'unmark web nosuch: nothing was unmarked' $?
for c in 'unmark nosuch' 'stat nosuch' 'quota nosuch' 'forbid nosuch pin' 'gate nosuch' 'syscalls nosuch' \
	'seal nosuch 400000-402000' 'dump nosuch' 'dump -- -1' 'verify nosuch' 'verify -- 12x' 'mark 12 --domain nosuch' 'unmark -- -1' 'unmark -- 3x' 'stat 3.0'; do
	# shellcheck disable=SC2086 # words
	fails 3 'there is no domain' $c
done
fails 3 "there is no domain ''" unmark ''

# --- what users call themselves is in nobody's way, and is found where nothing else is
cp -r "$here/root" "$tmp/users"
FAKE_ROOT=$tmp/users
echo '9 live 1 1 web 1000 - -' >>"$tmp/users/proc/nacc/domains"
echo '10 live 1 1 mine 1000 - -' >>"$tmp/users/proc/nacc/domains"
fake trace=1 t 0 'fake: unmark 3' unmark web
fake trace=1 t 0 'fake: unmark 10' unmark mine
echo '11 live 1 1 mine 1001 - -' >>"$tmp/users/proc/nacc/domains"
fails 2 "there is more than one domain 'mine' (10, 11): give its ID" unmark mine
FAKE_ROOT=

# --- two of a name, and one whose name is another's ID
cp -r "$here/root" "$tmp/names"
FAKE_ROOT=$tmp/names
echo '7 live 0 0 web - - -' >>"$tmp/names/proc/nacc/domains"
for c in 'unmark web' 'stat web' 'quota web' 'forbid web pin' 'gate web' 'syscalls web' 'seal --text web' \
	'dump web' 'verify web'; do
	# shellcheck disable=SC2086 # words
	fails 2 "there is more than one domain 'web' (3, 7): give its ID" $c
done
t 0 'web   -' stat 7
echo '8 live 0 0 empty - - -' >>"$tmp/names/proc/nacc/domains"
fails 3 "domain 'empty' has no process" seal --text empty
fails 3 "domain 'empty' has no process" dump empty
t 0 'ok: 0 checked' verify empty
i=100
while [ $i -lt 150 ]; do
	echo "$i live 0 0 many - - -" >>"$tmp/names/proc/nacc/domains"
	i=$((i + 1))
done
fails 2 "there is more than one domain 'many' (100, 101," unmark many
grep -q ', ...): give its ID$' "$tmp/err"
verdict 'unmark many: some of their IDs are enough' $?
echo '9 live 0 0 4 - - -' >>"$tmp/names/proc/nacc/domains"
fake trace=1 t 0 'fake: unmark 4' unmark 4

# --- a domain whose ID is the PID of a process of another one
echo '1234 live 1 1 late - - -' >>"$tmp/names/proc/nacc/domains"
echo '1234 0 2 0x1bfff3000 - 0' >>"$tmp/names/proc/nacc/mms"
for c in 'gate 1234 enforce' 'gate 1234' 'syscalls 1234' 'seal --text 1234' 'seal 1234 400000-402000' 'seal --list 1234' \
	'report 1234 --nonce 0011223344556677'; do
	# shellcheck disable=SC2086 # words
	fails 2 '1234 is a domain, and a process of domain 3: give the name of the one, the ID of the other, or another process of the one that is meant' $c
done
fake trace=1 t 0 'fake: gate 1234 mode 2' gate late enforce
# With the system profile every process is in a domain, which a PID does not mean there.
fake 'trace=1 protect.domain=3' t 0 'fake: gate 1234 mode 2' gate 1234 enforce
fake protect.domain=3 fails 3 "domain '1234' has no process" seal 1234 400000-402000
fake 'trace=1 protect.domain=4' t 2 '1234 is a domain, and a process of domain 3' gate 1234 enforce
fake 'trace=1 err.protect=25' t 2 '1234 is a domain, and a process of domain 3' gate 1234 enforce
fake err.protect=1 fails 4 'run nacc as root' gate 1234 enforce
# Nor while it has no process of its own
sed -i '/^1234 0/d' "$tmp/names/proc/nacc/mms"
for c in 'seal --text 1234' 'seal 1234 400000-402000' 'seal --list 1234'; do
	# shellcheck disable=SC2086 # words
	fails 2 '1234 is a domain, and a process of domain 3' $c
done
fake err.verify=2 fails 3 "domain '8' has no process" seal --text 8
fake trace=1 t 0 'fake: gate 3 mode 2' gate 3 enforce
# Of its own one, or of none, it is in nobody's way.
sed -i 's/^3 1234/1234 1234/' "$tmp/names/proc/nacc/mms"
fake trace=1 t 0 'fake: gate 1234 mode 2' gate 1234 enforce
sed -i '/^1234 1234/d' "$tmp/names/proc/nacc/mms"
fake 'trace=1 err.verify=2' t 0 'fake: gate 1234 mode 2' gate 1234 enforce

# --- a process of which is not known whose it is has not said that it is in none
for e in verify=12 pidfd=24 verify=5 verify=19; do
	for c in 'gate 99 enforce' 'gate 3 enforce' 'syscalls 99' 'seal --text 3' 'report 99 --nonce 0011223344556677'; do
		# shellcheck disable=SC2086 # words
		fake "trace=1 err.$e" run $c
		[ "$rc" = 5 ] || [ "$rc" = 6 ] || [ "$rc" = 7 ]
		verdict "[err.$e] nacc $c: an error of its own" $?
		! grep -q 'neither\|fake: [gs]' "$tmp/err"
		verdict "[err.$e] nacc $c: and nothing is done" $?
	done
done
for e in err.verify=2 err.verify=3 err.verify=22 err.pidfd=22 gone=99; do
	fake $e fails 3 '99 is neither a domain nor a process of one' gate 99 enforce
done
fake err.verify=1 fails 4 'run nacc as root' gate 99 enforce
# Who may not ask may name a domain, of which the kernel sees that it is his.
fake 'trace=1 err.verify=1' t 0 'fake: gate 3 mode 2' gate 3 enforce

# --- all
fails 2 'give either domains or --all' unmark --all 3
fails 2 'something is missing' unmark
head -n 3 "$here/root/proc/nacc/domains" >"$tmp/names/proc/nacc/domains"
fake 'trace=1 err.unmark=2' t 0 'fake: unmark 3' unmark --all
! grep -q 'fake: unmark 4' "$tmp/err"
verdict 'unmark --all: not what is leaving already' $?
echo '5 live 0 0 other - - -' >>"$tmp/names/proc/nacc/domains"
fake err.unmark=26 t 7 'domain 3 has sealed memory, which ends with its processes' unmark --all
grep -q '^nacc: domain 5 has sealed' "$tmp/err"
verdict 'unmark --all: each that stays is named' $?
fake err.unmark=1 t 7 'while the system profile is on' unmark --all
head -n 1 "$here/root/proc/nacc/domains" >"$tmp/names/proc/nacc/domains"
t 0 '' unmark --all
FAKE_ROOT=$here/root

# --- names of reasons: as docs/sbi-abi.md has them, one for each, with its number
sed -n '/^#define NACC_REASON_NAMES/,/^$/p' "$top/../../sbi-shim/include/nacc_sbi_counts.h" |
	grep -o '"[a-z-]*"' | tr -d '"' | awk '{ print NR - 1, $1 }' >"$tmp/reasons"
sed -n '/^## Reasons/,/^## Counters/s/^| \([0-9]*\) | `\([a-z-]*\)` | .*/\1 \2/p' \
	"$top/../../docs/sbi-abi.md" >"$tmp/told"
: >"$tmp/out"
: >"$tmp/err"
[ "$(wc -l <"$tmp/reasons")" -gt 30 ] && diff "$tmp/reasons" "$tmp/told" >"$tmp/out"
verdict "sbi-abi.md has each reason, by number and name" $?
