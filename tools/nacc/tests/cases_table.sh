# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh about tables, colours and what is written, which reads this file.

# out TEXT ARGS...: just that is printed
out() {
	want=$1
	shift
	run "$@"
	[ "$rc" = 0 ] && [ "$(cat "$tmp/out")" = "$want" ] && [ ! -s "$tmp/err" ]
	verdict "nacc $*: that, and nothing else" $?
}

# --- columns
out 'PID   DOMAIN
1234  3
-     3
1300  4' ps -o pid,domain
out '3       nginx
3       -
4       tmux: server' ps --noheadings -o Domain,COMM
out '0x1bfff9000  -
0x1bfff1000  -
0x1bfff2000  1000' ps --noheadings --output=root,user
FAKE=err.verify=2
out '1400  0123456789ab' ps --engine --noheadings -o pid,where
FAKE=
out '0    provenance     -
1    leaf-pool      -
2    from-tomorrow  -
3    not-a-table    -
4    provenance     -
5    deputy         -
6    context        sp' audit --noheadings -o seq,reason,register
fails 2 "there is no column 'pids': there are domain,state,name,pid," ps -o domain,pids
fails 2 "there is no column ''" ps -o ''
fails 2 "there is no column ''" ps -o domain,
fails 2 "there is no column 'pid domain'" ps -o 'pid domain'
fails 2 'too many columns' ps -o pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid,pid
fails 2 '-o needs a value' ps -o
fails 2 '--json goes with neither --output nor --noheadings' ps --json -o pid
fails 2 '--json goes with neither --output nor --noheadings' audit --json --noheadings
fails 2 '-o and --noheadings go with --hooks' stat -o name
fails 2 '-o and --noheadings go with --hooks' stat 3 --noheadings
fails 2 "no option '-o'" doctor -o name
out 'selftest  2
exhaust   0
zap       640
protect   0
gup       5' stat --hooks --noheadings -o name,routed
out '1234  ok
-     skipped
1300  ok' verify --all --noheadings -o pid,result
fake verify.vma=1 t 1 '1234  MISMATCH' verify 1234 --noheadings -o pid,result
out 'openat  412
read    7
write   3' syscalls web --noheadings -o name,count
FAKE=seal.count=1
out '1234  0x400000  0x402000  8' seal --list web --noheadings
FAKE=
out 'SYMBOL
evil_write+0x12/0x40,[evil]
-
ptep_modify_new+0x1e/0x40' audit --learn -o symbol
mkdir -p "$tmp/bare/proc/nacc"
for f in domains mms; do head -n 1 "$here/root/proc/nacc/$f" >"$tmp/bare/proc/nacc/$f"; done
FAKE_ROOT=$tmp/bare
out 'PID  COMM' ps -o pid,comm
out '' ps --noheadings
FAKE_ROOT=$here/root
for c in ps audit stat seal verify syscalls; do
	t 0 '-o, --output COLS' "$c" --help
done

# --- letters beyond ASCII: what they are, where the locale has them; else bytes
cp -r "$here/root" "$tmp/utf8"
FAKE_ROOT=$tmp/utf8
# Two letters, one of two columns, a mark, one that turns the writing round, half of a letter
printf '5 live 0 0 \303\251\316\261\346\274\242 - - -\n6 live 0 0 a\314\201\342\200\256\303 - - -\n7 live 0 0 \302\233\302\240x - - -\n' >>"$tmp/utf8/proc/nacc/domains"
LC_ALL=C.UTF-8
export LC_ALL
out '3       web                        live
3       web                        live
4       my\040long\040name         leaving
5       éα漢                       live
6       a\314\201\342\200\256\303  live
7       \302\233\302\240x          live' ps --noheadings -o domain,name,state
LC_ALL=C
t 0 '\303\251\316\261\346\274\242  live' ps -o name,state
unset LC_ALL
json 'j[2]["name"] == "\u00e9\u03b1\u6f22"' ps --json
FAKE_ROOT=$here/root

# --- errors: one line, whatever is in a name; one write
fails 3 'no domain '"'"'a\012b\033[2J'"'" unmark "$(printf 'a\nb\033[2J')"
fails 3 'no domain '"'"'\302\233x\377'"'" unmark "$(printf '\302\233x\377')"
fails 3 "no domain 'é'" unmark é
fails 2 "no command 'x\\011y'" "$(printf 'x\ty')"
long=$(printf %01500d 0)
run "$long"
[ "$rc" = 2 ] && [ "$(wc -l <"$tmp/err")" = 1 ] && [ "$(wc -c <"$tmp/err")" -lt 1100 ]
verdict 'an error with a name without end is one line' $?
if command -v strace >/dev/null; then
	strace -qq -e trace=write -o "$tmp/trace" "$out/nacc-fake" unmark nosuch 2>/dev/null
	[ "$(grep -c '^write(2' "$tmp/trace")" = 1 ]
	verdict 'an error is one write' $?
fi

# --- who reads no more, and where there is no room
: >"$tmp/err"
{ $RUN "$out/nacc-fake" audit 2>"$tmp/err"; echo $? >"$tmp/out"; } | true
case $(cat "$tmp/out") in 0 | 141) [ ! -s "$tmp/err" ] ;; *) false ;; esac
verdict 'nobody reads: nothing is said' $?
python3 - "$out/nacc-fake" <<'END' >"$tmp/out" 2>&1
"""With SIGPIPE ignored, as a parent may have it, and nobody at the other end."""
import os, signal, subprocess, sys
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
r, w = os.pipe()
os.close(r)
done = subprocess.run([sys.argv[1], "ps"], stdout=w, stderr=subprocess.PIPE, restore_signals=False, check=False)
sys.exit(0 if done.returncode == -signal.SIGPIPE and not done.stderr else f"{done}")
END
verdict 'nobody reads, and SIGPIPE was ignored: it ends by that, and says nothing' $?
$RUN "$out/nacc-fake" ps >/dev/full 2>"$tmp/err"
[ $? = 7 ] && grep -q '^nacc: the output could not be written: No space left on device: ' "$tmp/err"
verdict 'no room: it says so' $?

# --- what is free: doctor and stat say the same
FAKE_ROOT=$tmp/utf8
sed -i 's/^frames_free .*/frames_free 16056/; s/^frames_armed .*/frames_armed 64/' "$tmp/utf8/proc/nacc/stats"
json 'j["pool"]["free"] == 16120' stat --json
fake info.used=8 t 0 '8 used, 16120 free' doctor
FAKE_ROOT=$here/root

# --- top: what it prints where there is no terminal; on one: test_top.py
out 'domains: 2, address spaces: 3, frames: 16120 of 16128 free, traps/s: -, refused: 3

DOMAIN  NAME                STATE    MMS  TABLES  GATE     SEALS  REFUSED
3       web                 live     2    7       enforce  2      3
4       my\040long\040name  leaving  1    2       -        0      0' top --once
json '(j["pool"], j["traps"], j["traps_per_second"]) == ({"frames": 16128, "free": 16120}, 5120, None)' top --once --json
json '[(d["domain"], d["name"], d["refused"], d["seals"]) for d in j["domains"]] == [(3, "web", 3, 2), (4, "my long name", 0, 0)]' top --once --json
for delay in 0 -1 x 1.5 3601 ''; do
	fails 2 'is no delay: give a number of seconds' top --once --delay "$delay"
done
fake trace=1 run top --delay 7 --once
! grep -q 'fake: pause' "$tmp/err"
verdict 'top --once waits for nothing' $?
{ FAKE=trace=1 $RUN "$out/nacc-fake" top --json --delay 3600 2>"$tmp/err"; } | head -n 2 >"$tmp/out"
[ "$(wc -l <"$tmp/out")" = 2 ] && grep -q 'fake: pause 3600000' "$tmp/err" && ! grep -v '^fake: ' "$tmp/err"
verdict 'top --json: one object a line, until nobody reads' $?
fails 2 'one too many' top 3
