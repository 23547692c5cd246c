# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034,SC2086
# The cases of check.sh about nonsense, which reads this file: operands that mean nothing,
# output that goes nowhere, files of the module that are none.

# Commands as they are meant, one a line
usual='ps
ps --engine
ps --json
stat
stat 3
stat --hooks
dump 1234
dump web --json
verify 1234
verify --all
verify web --json
audit
audit --learn
doctor
doctor --json
top --once
metrics
mark 12
mark 12 --name x
mark --tree 1300
unmark 3
unmark --all
seal --list
seal --text web
seal web 400000-402000
gate 3
gate 1234 audit
syscalls web
syscalls 3 --format oci-seccomp
quota 3
quota web 100
forbid web pin
report 3 --nonce 0011223344556677
report --machine --nonce 0011223344556677
protect
protect --json
lock
apply --check
apply
monitor
run -- true'

# How it ended: as nacc ends, with sentences of its own on stderr and no other words there
well() {
	[ "$rc" -le 8 ] || [ "$rc" = 125 ] || return 1
	while IFS= read -r one_line || [ -n "$one_line" ]; do
		case $one_line in
		*[!\ -~]*) return 1 ;;
		"nacc: "*) ;;
		*) return 1 ;;
		esac
	done <"$tmp/err"
	[ "$rc" = 0 ] || [ "$rc" = 1 ] || [ -s "$tmp/err" ]
}

# --- operands; a file that is written by such a name comes to lie here
mkdir "$tmp/here"
cd "$tmp/here" || exit
long=$(printf %05000d 0 | tr 0 a)
esc=$(printf '\033[31m')
line=$(printf '1\n2')
for c in stat unmark dump verify 'mark --domain' 'mark --cgroup' mark gate 'gate 3' syscalls 'seal --text' 'seal --list' 'seal 3' \
	'seal 1234' quota 'quota 3' forbid 'forbid 3' 'forbid 3 pin --start' 'forbid 3 pin --start 0x0 --end' 'report --nonce' \
	'report 3 --nonce' 'report --machine --nonce' 'top --once --delay' 'top -o' 'ps -o' 'syscalls 3 --format' help \
	'gate 3 enforce --allow' 'run --gate' 'run --forbid' 'run --name' 'setup --root' setup protect 'protect --system' \
	'apply --check --file' 'metrics --textfile' 'mark 12 --name' 'mark 12 --forbid'; do
	bad=''
	for word in '' -1 -- - 0 00 18446744073709551616 99999999999999999999999 0x 1e9 ' 3' '3 ' +3 "$esc" "$line" "$long" '%s%n' \
		'3,' '/' '..' '5--1' ' 5-6' '0-0' 'nosuch'; do
		run $c "$word" </dev/null
		well || bad="$bad '$(echo "$word" | head -c 20)'"
	done
	[ -z "$bad" ]
	verdict "nacc $c NONSENSE: one way or another$bad" $?
done
cd "$OLDPWD" || exit
for range in '' - 5- 5 5--1 ' 5-6' '5- 6' '+5-6' 5-+6 '5-6 ' 6-5 5-5 0-0 g-h 10000000000000000-20000000000000000; do
	fails 2 'give a range as /proc/PID/maps has it' seal 3 "$range"
done
# What is no file is not replaced by one.
mkfifo "$tmp/fifo"
ln -s "$tmp/fifo" "$tmp/link"
for to in fifo link; do
	fails 7 "$tmp/$to cannot be written: " metrics --textfile "$tmp/$to"
	[ -p "$tmp/$to" ] && [ "$(find "$tmp" -name "$to.nacc-*" | wc -l)" = 0 ]
	verdict "nacc metrics --textfile: the $to is there still" $?
done
echo old >"$tmp/file"
ln -sf file "$tmp/link"
t 0 '' metrics --textfile "$tmp/link"
[ -L "$tmp/link" ] && grep -q nacc_up "$tmp/file"
verdict 'nacc metrics --textfile: a link stays one' $?

# --- output that goes nowhere
echo "$usual" | while read -r c; do
	"$out/nacc-fake" $c </dev/null >"$tmp/out" 2>/dev/null
	[ -s "$tmp/out" ] && [ "$c" != 'run -- true' ] && echo "$c"
done >"$tmp/loud"
while read -r c; do
	"$out/nacc-fake" $c </dev/null >/dev/full 2>"$tmp/err"
	rc=$?
	[ $rc = 7 ] && grep -q '^nacc: the output could not be written: ' "$tmp/err"
	verdict "nacc $c >/dev/full: is told" $?
	"$out/nacc-fake" $c <&- >&- 2>"$tmp/err"
	rc=$?
	[ $rc = 7 ] && grep -q '^nacc: the output could not be written: ' "$tmp/err"
	verdict "nacc $c <&- >&-: is told" $?
done <"$tmp/loud"
[ "$(wc -l <"$tmp/loud")" -gt 25 ]
verdict 'nacc: that was most of all commands' $?
# What stands in the place of standard error is no file that was opened: fake_sys.c looks.
for c in 'ps' 'stat 99' 'unmark 3' 'verify 99' 'apply'; do
	FAKE='err.info=5 err.lock=5 err.unmark=5 err.verify=5' "$out/nacc-fake" $c <&- >&- 2>&-
	rc=$?
	[ "$rc" -le 8 ]
	verdict "nacc $c <&- >&- 2>&-: ends as it should" $?
done
"$out/nacc-runtime-fake" create x <&- >&- 2>&-
rc=$?
[ "$rc" -lt 128 ]
verdict 'nacc-runtime create <&- >&- 2>&-: ends as it should' $?

# --- files of the module that are none, and numbers that are none of theirs
cp -r "$here/root" "$tmp/garbage"
FAKE_ROOT=$tmp/garbage
for file in "$here"/root/proc/nacc/*; do
	name=${file##*/}
	to=$tmp/garbage/proc/nacc/$name
	bad=''
	for what in empty line zeros letters digits minus huge cut; do
		case $what in
		empty) : >"$to" ;;
		line) echo >"$to" ;;
		zeros) head -c 100 /dev/zero >"$to" ;;
		letters) printf 'x %s\n\377\376\n' "$long" >"$to" ;;
		digits) sed 's/[0-9][0-9]*/99999999999999999999/g' "$file" >"$to" ;;
		minus) sed '2,$s/[^ ][^ ]*/-1/g' "$file" >"$to" ;;
		huge) sed '2,$s/\b[0-9][0-9]*\b/4294967297/g' "$file" >"$to" ;;
		cut) head -c $(($(wc -c <"$file") - 7)) "$file" >"$to" ;;
		esac
		while read -r c; do
			run $c </dev/null
			well || bad="$bad [$c: $what]"
		done <<-EOL
			$usual
		EOL
	done
	cp "$file" "$to"
	[ -z "$bad" ]
	verdict "nacc: garbage in place of /proc/nacc/$name$bad" $?
done
# A number that is cut short would be somebody else.
printf 'domain pid tables root comm seals\n3 4294967297 2 0x1bfff3000 x 0\n' >"$tmp/garbage/proc/nacc/mms"
fake trace=1 t 0 'ok: 0 checked, 1 skipped' verify --all
! grep -q 'fake: pidfd' "$tmp/err"
verdict 'nacc verify: a PID that is none is none' $?
fails 3 "domain 'web' has no process" dump web
printf 'id state mms tables name user cgroup gate\n4294967299 live 1 1 web - - -\n' >"$tmp/garbage/proc/nacc/domains"
fails 3 "there is no domain 'web'" unmark web
fake trace=1 t 0 '' unmark --all
! grep -q 'fake: unmark' "$tmp/err"
verdict 'nacc unmark: an ID that is none is none' $?
FAKE_ROOT=$here/root
