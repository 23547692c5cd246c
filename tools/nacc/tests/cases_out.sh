# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh about output that cannot be written, and about what a terminal must
# not be sent, which reads this file.

# --- each command that has an output: where there is no room, who reads has gone, or it is closed
# Of 14 bytes of it a pipe, read and closed, is enough: the whole comes by one write, or later.
into() { # COMMAND...: its output into nothing that takes it; $rc, $tmp/err
	"$@" 2>"$tmp/err"
	rc=$?
}
cannot_write() { # status, sentence
	[ "$rc" = "$1" ] && [ "$(cat "$tmp/err")" = "${2:+nacc: the output could not be written: $2}" ]
}
room='No space left on device: make room, or write it elsewhere'
gone='who reads it has gone: some of it is missing'
shut='Bad file descriptor: make room, or write it elsewhere'
# A shell cannot let SIGPIPE be blocked or ignored and tell how a program has ended.
cat >"$tmp/reader-gone" <<'END'
import os, signal, subprocess, sys
how, *words = sys.argv[1:]
def prepare():
    signal.signal(signal.SIGPIPE, signal.SIG_IGN if how == "ignored" else signal.SIG_DFL)
    if how == "blocked":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
here, there = os.pipe()
os.close(here)
sys.exit(subprocess.run(words, stdout=there, preexec_fn=prepare, restore_signals=False).returncode % 256)
END
while read -r words; do
	# shellcheck disable=SC2086 # words
	set -- $words
	if [ -e /dev/full ]; then
		into $RUN "$out/nacc-fake" "$@" >/dev/full
		cannot_write 7 "$room"
		verdict "nacc $words >/dev/full: 7, and why" $?
	fi
	into $RUN "$out/nacc-fake" "$@" >&-
	cannot_write 7 "$shut"
	verdict "nacc $words >&-: 7, and why" $?
	[ -z "$RUN" ] || continue
	into python3 "$tmp/reader-gone" default "$out/nacc-fake" "$@"
	[ "$rc" = 243 ] && [ ! -s "$tmp/err" ]
	verdict "nacc $words into a pipe that nobody reads: SIGPIPE, and no word" $?
done <<'END'
doctor
doctor --json
ps
ps --json
ps --engine
stat
stat --json
stat 3 --json
stat --hooks
dump 1234
dump 1234 --json
dump 1234 --leaves
verify 1234
verify --all --json
audit
audit --json
audit --learn
metrics
metrics --http
syscalls 3
syscalls 3 --json
gate 3
seal --list 1234 --json
quota 3
quota 3 --json
protect --json
top --once
top --once --json
mark 1300 --json
help
help run
--version
END
if [ -z "$RUN" ]; then
	for how in ignored blocked; do
		into python3 "$tmp/reader-gone" $how "$out/nacc-fake" ps
		[ "$rc" = 243 ] && [ ! -s "$tmp/err" ]
		verdict "nacc ps into a pipe that nobody reads, SIGPIPE $how: as if it were not" $?
	done
fi
# Its command's, if it is not started, gets the signal as it was.
fails 127 'not found' run -- nosuch-program

# --- what came from others, in a sentence: one line, and nothing that a terminal obeys
# The same in each locale; letters beyond ASCII where it has them.
shows() { # locale, name, as it is shown
	want=$(printf "nacc: there is no domain '%s': 'nacc ps' lists them" "$3")
	name=$(printf '%b.' "$2") name=${name%.}
	LC_ALL=$1 $RUN "$out/nacc-fake" stat "$name" >"$tmp/out" 2>"$tmp/err"
	rc=$?
	[ "$(cat "$tmp/err")" = "$want" ] && [ "$(wc -l <"$tmp/err")" = 1 ]
	verdict "LC_ALL=$1: a domain that is called $(printf %s "$2" | tr '\\' /)" $?
}
for locale in C C.UTF-8 nonsense; do
	shows $locale 'a\n\r\tb' 'a\012\015\011b'
	shows $locale '\033[31mred\0177' '\033[31mred\177'
	shows $locale '\0302\02331m' '\302\2331m'
	shows $locale '\0233m\0377\0303' '\233m\377\303'
	shows $locale 'a\0342\0200\0256b' 'a\342\200\256b'
	shows $locale '\0342\0201\0246x\0342\0201\0251' '\342\201\246x\342\201\251'
	shows $locale '\0342\0200\0216\0330\0234\0357\0273\0277' '\342\200\216\330\234\357\273\277'
	shows $locale 'a\0342\0200\0250b\0302\0240' 'a\342\200\250b\302\240'
	shows $locale "it is '%s' \\\\ %d" "it is '%s' \\ %d"
done
shows C 'gr\0303\0266\0303\0237e' 'gr\303\266\303\237e'
shows C.UTF-8 'gr\0303\0266\0303\0237e' 'größe'
shows C.UTF-8 'e\0314\0201' 'e\314\201'

# --- and in JSON: the same to who reads it
cp -r "$here/root" "$tmp/letters"
FAKE_ROOT=$tmp/letters
printf '9 live 1 1 x\342\200\256y\177\303\251\360\237\230\200z - - -\n' >>"$tmp/letters/proc/nacc/domains"
for locale in C C.UTF-8; do
	LC_ALL=$locale
	export LC_ALL
	json '[d["name"] for d in j if d["id"] == 9] == ["x\u202ey\x7f\u00e9\U0001f600z"]' ps --json
	! LC_ALL=C grep -q "$(printf '\342\200\256\\|\177')" "$tmp/out"
	verdict "LC_ALL=$locale nacc ps --json: nothing that a terminal obeys" $?
done
LC_ALL=C.UTF-8 grep -q 'é😀z' "$tmp/out"
verdict 'LC_ALL=C.UTF-8 nacc ps --json: letters are letters' $?
LC_ALL=C run ps --json
! LC_ALL=C grep -q "$(printf '[\200-\377]')" "$tmp/out"
verdict 'LC_ALL=C nacc ps --json: ASCII' $?
unset LC_ALL
FAKE_ROOT=$here/root
