# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh, which reads this file.

all=$(sed -n 's/^const struct cmd cmd_\([a-z]*\) = {$/\1/p' "$top"/cmd_*.c)

# --- help and nonsense
t 0 'Exit status:' --help
t 0 'Exit status:' help
t 0 'nacc 0.' --version
for c in $all; do
	t 0 'Example:' "$c" --help
	t 0 'Example:' help "$c"
	fails "$([ "$c" = run ] && echo 125 || echo 2)" 'there is no option' "$c" --nonsense
	run --help
	grep -q "^  $c " "$tmp/out"
	verdict "nacc --help names $c" $?
	for doc in nacc.8 nacc.bash ../../docs/cli.md; do
		grep -qw -- "$c" "$top/$doc"
		verdict "$doc names $c" $?
	done
done
fails 2 'no command given'
fails 2 "no command 'frobnicate'" frobnicate
fails 2 "no command 'frobnicate'" help frobnicate
fails 2 "no option '--frobnicate'" --frobnicate
fails 2 "no command ''" ''
fails 2 'give either a PID or --cgroup' mark
fails 2 'something is missing' unmark
fails 2 'something is missing' dump
fails 125 'something is missing' run
fails 125 'something is missing' run --
fails 2 "'2' is one too many" mark 1 2
fails 2 "'x' is one too many: usage: nacc ps" ps x
fails 2 'needs a value' mark 12 --name
fails 2 "no option '--leaves'" ps --leaves
fails 2 "no option '-z'" ps -z
fails 2 "no option '--json'" unmark 3 --json
fails 2 "no option '--json'" lock --json
fails 2 "'x' is one too many: usage: nacc lock" lock x
fails 2 "no option '--learn'" ps --learn
t 0 'until the machine is reset' lock --help
t 0 'The first mark does the same' lock --help
t 0 'insmod nacc.ko provenance=audit' audit --help
for pid in abc '' 0 -1 12x 1.5 0x12 99999999999999999999 4294967296; do
	fails 2 'is not a process ID' mark -- "$pid"
done
for pid in 0 99999999999999999999 4294967296; do
	fails 2 'is not a process ID' dump -- "$pid"
	fails 2 'is not a process ID' verify -- "$pid"
done
fails 3 "there is no domain 'x'" unmark x
fails 2 'is not the ID of a domain' unmark 0
fails 2 'is not the ID of a domain' unmark 4294967296
fails 2 'is not the ID of a domain' stat 0
fails 2 'either a PID or --all' verify
fails 2 'either a PID or --all' verify --all 12
fails 2 'is empty' mark 12 --name ''
fails 2 'too long: 31' mark 12 --name 12345678901234567890123456789012
t 0 'domain 3' mark 12 --name 1234567890123456789012345678901
fails 2 'control character' mark 12 --name "$(printf 'a\nb')"

# --- without module, without rights
FAKE_ROOT=$tmp
for c in 'mark 12' 'unmark 3' 'unmark --all' 'dump 12' 'verify 12' lock 'forbid 3 pin' 'quota 3' protect 'ps --engine'; do
	# shellcheck disable=SC2086 # words
	fails 5 '/dev/nacc is missing: load the module first (insmod nacc.ko)' $c
done
for c in ps stat 'stat 3' 'stat --hooks' audit 'audit --learn' top 'top --once --json'; do
	# shellcheck disable=SC2086 # words
	fails 5 'is missing: load the module first (insmod nacc.ko)' $c
done
fails 125 '/dev/nacc is missing' run -- true
t 1 'nacc doctor: NOT protected: the module is not loaded' doctor
fake machine=x86_64 t 1 'NOT protected: this machine is not a riscv64' doctor
mkdir -p "$tmp/sys/module/module/parameters" "$tmp/sys/kernel/security"
for word in 'none [integrity] confidentiality' 'none integrity [confidentiality]'; do
	echo "$word" >"$tmp/sys/kernel/security/lockdown"
	t 1 'NOT protected: the module is not loaded, and this kernel takes only signed ones' doctor
done
echo '[none] integrity confidentiality' >"$tmp/sys/kernel/security/lockdown"
echo N >"$tmp/sys/module/module/parameters/sig_enforce"
t 1 'NOT protected: the module is not loaded ' doctor
echo Y >"$tmp/sys/module/module/parameters/sig_enforce"
t 1 'NOT protected: the module is not loaded, and this kernel takes only signed ones' doctor
t 1 'warn    signature   this kernel takes only modules that a key it knows has signed' doctor
rm -r "$tmp/sys"
mkdir -p "$tmp/proc/device-tree/reserved-memory/nacc@1bc000000"
t 1 'so the shim is there' doctor
FAKE_ROOT=$here/root
fake err.open=13 fails 4 'run nacc as root' mark 12
fake err.open=13 fails 4 'run nacc as root' ps
fake err.open=13 fails 4 'run nacc as root' doctor
fake err.open=13 fails 4 'run nacc as root' lock
fake err.open=13 fails 4 'run nacc as root' audit --learn
fake err.open=1 fails 4 'run nacc as root' lock
fake err.open=1 fails 4 'run nacc as root' mark 12
fake err.open=6 fails 5 'has no driver' mark 12
fake err.open=5 fails 7 'Input/output error' mark 12

# --- mark, unmark, run
fake trace=1 t 0 "name 'web'" mark 12 --name web
fake trace=1 t 0 "name ''" mark 12
json 'j == {"domain": 3, "pid": 12, "name": None}' mark 12 --json
fake gone=12 fails 3 'there is no process 12' mark 12
fake err.pidfd=22 fails 3 '1235 is a thread of process 1234' mark 1235
fake err.pidfd=22 fails 3 'there is no process 1236' mark 1236
fake err.pidfd=24 fails 7 'Too many open files' mark 12
fake err.mark=3 fails 3 'process 12 has exited' mark 12
fake err.mark=22 fails 3 '12 is a kernel thread' mark 12
fake err.mark=17 t 0 'domain 3' mark 12
fake err.mark=17 t 0 'domain 3' mark 12 --name web
fake err.mark=17 fails 8 'marked already, in domain 3' mark 12 --name other
fake err.mark=17 fails 8 "for its earlier children: 'nacc mark --tree'" mark 12 --name other
fake 'err.mark=17 mark.domain=99' fails 8 'marked already, in domain 99' mark 12 --name web
fake 'err.mark=17 err.forbid=28 trace=1' t 7 'as many rules' mark 12 --forbid pin
! grep -q 'fake: unmark' "$tmp/err"
verdict 'a domain that was there is not unmarked' $?
fake trace=1 t 0 "name '' flags 1 domain 7" mark 12 --domain 7
fake err.mark=17 fails 8 'in domain 3' mark 12 --domain 7
fake err.mark=2 fails 3 'there is no domain 7' mark 12 --domain 7
fake err.mark=130 fails 7 'is being ended' mark 12 --domain 7
fails 3 "there is no domain 'x'" mark 12 --domain x
fake trace=1 t 0 "name '' flags 1 domain 3" mark 12 --domain web
fails 2 '--domain goes with neither --name nor --forbid' mark 12 --domain 7 --name x
fails 2 'give either a PID or --cgroup' mark 12 --cgroup /x
fails 2 '--cgroup goes with neither --tree nor --domain' mark --cgroup /x --domain 3
fails 2 '--cgroup goes with neither --tree nor --domain' mark --cgroup /x --tree
fake trace=1 t 0 "name '' flags 2 domain 0" mark --cgroup /sys/fs/cgroup/system.slice/web.service
fake trace=1 t 0 "name 'x' flags 2 domain 0" mark --cgroup /system.slice/web.service --name x
json 'j == {"domain": 3, "cgroup": "/system.slice/web.service", "name": None}' mark --cgroup /system.slice/web.service --json
fails 3 'cgroup /none cannot be opened: No such file' mark --cgroup /none
fails 3 'cannot be opened: Not a directory' mark --cgroup /system.slice/web.service/cgroup.procs
for e in '9 3 is.no.cgroup' '2 3 is.being.removed' '22 3 is.the.root.of.all' '17 8 as.domain.3' '95 7 of.a.v1.hierarchy' '12 6 the.pool.is.too.small'; do
	# shellcheck disable=SC2086 # words
	set -- $e
	fake "err.mark=$1" fails "$2" "$(echo "$3" | tr . ' ')" mark --cgroup /system.slice/web.service
done
# 1300 is in /proc/nacc/mms; of its tree 1301 and 1303 are not.
fake trace=1 t 0 'fake: pidfd 1301 fake: name' mark --tree 1300
for pid in 1301 1303; do
	grep -q "fake: pidfd $pid\$" "$tmp/err"
	verdict "nacc mark --tree 1300: $pid joins" $?
done
! grep -q 'fake: pidfd 1302$' "$tmp/err"
verdict "nacc mark --tree 1300: not what is none of its tree" $?
[ "$(grep -c "flags 1 domain 3" "$tmp/err")" = 2 ]
verdict "nacc mark --tree 1300: each once" $?
# Who is on his maker's memory for now is asked again; the others are not.
for e in 11 16; do
	fake "trace=1 err.join=$e join.times=3" t 0 'domain 3' mark --tree 1300
	[ "$(grep -c 'flags 1 domain 3' "$tmp/err")" = 5 ] && [ "$(grep -c 'fake: pause' "$tmp/err")" = 1 ]
	verdict "nacc mark --tree 1300: asked again after $e until it is done" $?
	fake "trace=1 err.join=$e join.times=1" t 0 'domain 3' mark --tree 1300
	[ "$(grep -c 'fake: pidfd 1301$' "$tmp/err")" = 2 ] && [ "$(grep -c 'fake: pidfd 1303$' "$tmp/err")" = 1 ] &&
		! grep -q 'fake: pause' "$tmp/err"
	verdict "nacc mark --tree 1300: who has joined is not asked again ($e)" $?
done
fake err.join=11 fails 7 "process 1301, one of 2, runs on the memory of who made it (vfork), who is not of the tree: all others are protected; 'nacc mark --tree 1300' again" mark --tree 1300
fake err.join=16 fails 7 "process 1301 cannot join domain 3 yet" mark --tree 1300
fake 'trace=1 err.join=11' t 7 'runs on the memory' mark --tree 1300
[ "$(grep -c 'fake: pause' "$tmp/err")" = 500 ]
verdict 'nacc mark --tree 1300: there is an end to it' $?
fake 'trace=1 err.join=12' t 6 'nacc: ' mark --tree 1300
! grep -q 'fake: pause' "$tmp/err"
verdict 'nacc mark --tree 1300: other errors are the end' $?
for e in 3 17; do
	fake "err.join=$e" t 0 'domain 3' mark --tree 1300
done
fake err.mark=12 fails 6 'the pool is too small' mark 12
fake err.mark=95 fails 7 'shares huge-page tables' mark 12
fake err.mark=108 fails 7 'the machine goes down' mark 12
fake err.mark=28 fails 7 'no ID of a domain is left' mark 12
fake err.mark=49 fails 7 'a needed function is not hooked' mark 12
fake err.mark=1 fails 4 'run nacc as root' mark 12
fake err.mark=25 fails 5 'does not know this call' mark 12
fake err.mark=7 fails 5 'does not know this call' mark 12
fake err.mark=19 fails 5 'boot the OpenSBI that carries the shim' mark 12
fake err.mark=5 fails 7 'Input/output error' mark 12
fake err.eintr=3 t 0 'domain 3' mark 12
fake err.eintr=9999 fails 7 'nothing has changed' mark 12
fake trace=1 t 0 'unmark 3' unmark 3
fake err.unmark=2 fails 3 'there is no domain 3' unmark 3
fake err.unmark=16 fails 7 'is being unmarked already' unmark 3
fake err.unmark=12 fails 6 'still marked' unmark 3
fake err.eintr=9999 fails 7 'may be unmarked' unmark 3
t 0 'hello' run -- echo hello
t 42 '' run -- sh -c 'exit 42'
t 0 '--json -x' run echo --json -x
fake trace=1 t 0 "name 'true'" run -- /bin/true
fake trace=1 t 0 "name 'x'" run --name x -- /bin/true
fails 127 "'/no/such/file' was not found" run -- /no/such/file
fails 126 'cannot be executed: Permission denied' run -- /etc/passwd
fails 126 'cannot be executed' run -- "$tmp"
# What is protected already stays where it is, with and without the device.
fake err.mark=17 t 0 'hello' run -- echo hello
[ ! -s "$tmp/err" ]
verdict 'nacc run in a protected container: nothing is said' $?
FAKE_ROOT=$tmp/nothing
fake protected=1 t 0 'hello' run -- echo hello
[ ! -s "$tmp/err" ]
verdict 'nacc run in one without the device: nothing is said' $?
fake protected=1 t 42 '' run -- sh -c 'exit 42'
for option in '--name x' '--domain 3' '--domain x' '--forbid pin' '--gate audit'; do
	# shellcheck disable=SC2086 # words
	fake protected=1 fails 125 "is protected already, and /dev/nacc is not here: leave ${option% *} out" run $option -- echo hello
done
fake protected=1 fails 125 'leave --seal-text out' run --seal-text -- echo hello
fails 125 '/dev/nacc is missing: load the module first' run -- echo hello
mkdir -p "$tmp/inner/dev"
: >"$tmp/inner/dev/nacc"
FAKE_ROOT=$tmp/inner
for option in '--name x' '--forbid pin' '--gate audit'; do
	# shellcheck disable=SC2086 # words
	fake trace=1 t 125 "is protected already, in domain 3: leave ${option% *} out" run $option -- echo hello
	! grep -q 'fake: \(name\|gate\|forbid\)' "$tmp/err"
	verdict "nacc run $option in a protected container: nothing is done" $?
done
fake verify.domain=3 t 0 'hello' run -- echo hello
FAKE_ROOT=$here/root
fake trace=1 t 0 "name '' flags 1 domain 7" run --domain 7 -- /bin/true
fails 125 "there is no domain 'x'" run --domain x -- /bin/true
fake trace=1 t 0 "name '' flags 1 domain 3" run --domain web -- /bin/true
fails 125 '--domain goes with none of --name, --forbid, --gate' run --domain 7 --name x -- /bin/true
for c in docker ctr kubectl; do
	printf '#!/bin/sh\necho started\n' >"$tmp/$c"
	chmod 755 "$tmp/$c"
	t 0 "warning: '$c' asks a daemon" run -- "$tmp/$c"
	grep -q '^started$' "$tmp/out"
	verdict "$c is started all the same" $?
done
printf '#!/bin/sh\necho started\n' >"$tmp/podman"
chmod 755 "$tmp/podman"
unset CONTAINER_HOST CONTAINER_CONNECTION
for words in '' 'run --rm -c 5 box' '--log-level debug run -r' '--remote=false run' '--root -r run' 'exec --url x'; do
	# shellcheck disable=SC2086 # words
	t 0 started run -- "$tmp/podman" $words
	[ ! -s "$tmp/err" ]
	verdict "podman $words: is no client of a daemon" $?
done
for words in '-r run' '--remote run' '--remote=true run' '-c far run' '-cfar run' '--connection far run' '--connection=far run' \
	'--url ssh://x run' '--log-level debug --url=ssh://x run' '--syslog -r run'; do
	# shellcheck disable=SC2086 # words
	t 0 "warning: 'podman' asks a daemon" run -- "$tmp/podman" $words
done
for name in CONTAINER_HOST CONTAINER_CONNECTION; do
	export $name=far
	t 0 "warning: 'podman' asks a daemon" run -- "$tmp/podman" run
	export $name=
	t 0 started run -- "$tmp/podman" run
	[ ! -s "$tmp/err" ]
	verdict "podman, $name empty: is no client of a daemon" $?
	unset $name
done

# --- monitor: events from a file
mkdir -p "$tmp/events/dev"
python3 -c 'import struct, sys
def event(seq, what, domain, pid, reason, comm, name):
    return struct.pack("=QQIIiI16s32s", seq, 1764165012000123000, what, domain, pid, reason, comm, name)
sys.stdout.buffer.write(event(5, 0, 3, 1234, 0, b"nginx", b"web") + event(9, 3, 3, 0, 1, b"a b", b"web") +
                        event(10, 6, 0, 77, 12, b"x", b"") + event(11, 99, 0, 0, 0, b"", b""))' >"$tmp/events/dev/nacc"
FAKE_ROOT=$tmp/events
t 0 '2025-11-26T13:50:12.000123Z mark seq=5 domain=3 name=web pid=1234 comm=nginx' monitor
t 0 'refuse seq=9 domain=3 name=web comm=a\040b reason=' monitor
t 0 'kill seq=10 pid=77 comm=x reason=Cannot\040allocate\040memory' monitor
t 0 'unknown seq=11' monitor
run monitor --json
python3 -c 'import json, sys
j = [json.loads(line) for line in open(sys.argv[1])]
assert [e["lost"] for e in j] == [0, 3, 0, 0] and j[0]["when"] == "2025-11-26T13:50:12.000123Z"
assert j[1]["comm"] == "a b" and "pid" not in j[1] and j[2]["name"] is None' "$tmp/out" 2>"$tmp/err"
verdict 'nacc monitor --json: an object a line, with what was lost' $?
# Names that do not end
python3 -c 'import struct, sys
sys.stdout.buffer.write(struct.pack("=QQIIiI16s32s", 5, 0, 0, 3, 1, 0, b"c" * 16, b"n" * 32) + b"x" * 79)' >"$tmp/events/dev/nacc"
t 0 'name=nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn pid=1 comm=ccccccccccccccc ' monitor
[ "$(wc -l <"$tmp/out")" = 1 ]
verdict 'nacc monitor: what is no whole event is none' $?
FAKE_ROOT=$here/root
t 0 '' monitor
fake err.mark=12 fails 125 'the pool is too small' run -- echo hello

# --- lock
t 0 '' lock
[ ! -s "$tmp/out" ] && [ ! -s "$tmp/err" ]
verdict 'nacc lock: prints nothing' $?
fake trace=1 t 0 'fake: lock 8' lock
fake err.lock=25 fails 5 'does not know this call: load the nacc.ko of this release' lock
fake err.lock=95 fails 5 'boot the OpenSBI of this release' lock
fake err.lock=16 fails 7 'no set-up to lock' lock
fake err.lock=1 fails 4 'run nacc as root' lock
fake err.lock=19 fails 5 'boot the OpenSBI that carries the shim' lock
fake err.lock=5 fails 7 'the module failed: Input/output error: see dmesg' lock
fake err.eintr=3 t 0 '' lock

# --- forbid
t 0 '' forbid 3 pin
[ ! -s "$tmp/out" ] && [ ! -s "$tmp/err" ]
verdict 'nacc forbid 3 pin: prints nothing' $?
fake trace=1 t 0 'fake: forbid 3 0x3' forbid 3 'force-write, pin'
fake trace=1 t 0 'fake: forbid 3 0x2 0 0xffffffffffffffff' forbid 3 pin
fake trace=1 t 0 'fake: forbid 3 0x1 0 0xffffffffffffffff' forbid 3 force-write
fake trace=1 t 0 'fake: forbid 3 0x3 0 0xffffffffffffffff' forbid 3 force-write pin
fake trace=1 t 0 'fake: forbid 3 0x3 0x1000 0x2000' forbid 3 --start 0x1000 --end 0x2000 pin,force-write
fake trace=1 t 0 'fake: forbid 3 0x2 0x1000 0xffffffffffffffff' forbid --start 4096 3 pin
fails 2 'something is missing' forbid 3
fails 3 "there is no domain 'x'" forbid x pin
fails 2 "'write' cannot be forbidden" forbid 3 write
fails 2 "'' cannot be forbidden" forbid 3 ''
fails 2 "'' cannot be forbidden" forbid 3 pin,
fails 2 "'pins' cannot be forbidden" forbid 3 pin pins
fails 2 "'fish' is not an address: give --start" forbid 3 --start fish pin
fails 2 "'-1' is not an address: give --end" forbid 3 --end -1 pin
fails 2 'the range is empty' forbid 3 --start 0x2000 --end 0x2000 pin
fails 2 'the range is empty' forbid 3 --end 0 pin
fake err.forbid=2 fails 3 'there is no domain 3' forbid 3 pin
fake err.forbid=28 fails 7 'as many rules as it can have' forbid 3 pin
fake err.forbid=95 fails 7 'nothing can be forbidden' forbid 3 pin
fake err.forbid=25 fails 5 'does not know this call' forbid 3 pin
fake err.forbid=1 fails 4 'run nacc as root' forbid 3 pin
fake err.eintr=3 t 0 '' forbid 3 pin
fake trace=1 t 0 'fake: forbid 3 0x2 0 0xffffffffffffffff' mark 12 --forbid pin
fake trace=1 t 0 'domain 3' mark 12 --forbid pin
fake trace=1 t 0 'domain 3 fake: pidfd 12' mark 12
grep -q forbid "$tmp/err"
[ $? = 1 ]
verdict 'nacc mark 12: forbids nothing' $?
fails 2 "'pins' cannot be forbidden" mark 12 --forbid pins
fake err.forbid=95 fails 7 'nothing can be forbidden' mark 12 --forbid pin
fake 'trace=1 err.forbid=95' t 7 'fake: unmark 3' mark 12 --forbid pin
fake trace=1 t 0 'fake: forbid 3 0x3 0 0xffffffffffffffff' run --forbid pin,force-write -- true
fails 125 "'pins' cannot be forbidden" run --forbid pins -- echo hello
fake err.forbid=95 fails 125 'nothing can be forbidden' run --forbid pin -- echo hello

# --- quota
t 0 'domain 3: 412 frames used, quota none, 1344 kept for it' quota 3
fake quota.frames=7 t 0 'quota 7, 1344' quota 3
fake trace=1 t 0 'fake: quota 3 0xffffffffffffffff' quota 3
fake trace=1 t 0 'quota 2048, 1344 kept for it fake: quota 3 0x800' quota 3 8M
fake trace=1 t 0 'fake: quota 3 0x400' quota 3 1024
fake trace=1 t 0 'fake: quota 3 0x2' quota 3 11K
fake trace=1 t 0 'fake: quota 3 0x40000' quota 3 1G
fake trace=1 t 0 'quota none, 1344 kept for it fake: quota 3 0' quota 3 none
json 'j == {"domain": 3, "used": 412, "quota": None, "share": 1344}' quota 3 --json
json 'j["quota"] == 64' quota 3 64 --json
for n in '' 0 0K 1K -1 1.5M M 12T none1 8m 18446744073709551615 99999999999999999999 \
	18014398509481984K 99999999999999999999999999999999999999999999999M; do
	fails 2 'is no quota: give a number of frames' quota 3 -- "$n"
done
fails 3 "there is no domain 'x'" quota x 12
fails 2 "'x' is one too many" quota 3 12 x
fake err.quota=2 fails 3 'there is no domain 3' quota 3
fake err.quota=22 fails 2 'the pool has not that many frames' quota 3 99999999
fake err.quota=25 fails 5 'does not know this call' quota 3
fake err.quota=1 fails 4 'run nacc as root' quota 3
fake err.eintr=3 t 0 '412' quota 3

# --- protect
t 0 'system: off' protect
fake protect.domain=4 t 0 'system: on, domain 4, 0 programs excepted' protect
fake trace=1 t 0 'system: on, domain 1, 0 programs excepted fake: protect 1' protect --system
fake trace=1 t 0 'system: on, domain 1, 2 programs excepted fake: protect 1' protect --system /proc/nacc/mms /dev/nacc
fake trace=1 t 0 'system: off fake: protect 2' protect --off
json 'j == {"system": False, "excepted": 0}' protect --json
json 'j == {"system": True, "domain": 1, "excepted": 0}' protect --system --json
fails 2 'give either --system or --off' protect --system --off
fails 2 'can be excepted with --system only' protect /dev/nacc
fails 2 'can be excepted with --system only' protect --off /dev/nacc
fails 2 "'9' is one too many" protect --system 1 2 3 4 5 6 7 8 9
fails 3 '/nonsense cannot be opened: No such file' protect --system /nonsense
fake err.protect=17 fails 8 'is on already' protect --system
fake err.protect=71 fails 7 'does not choose roots here' protect --system
fake err.protect=9 fails 2 'is no program' protect --system /dev/nacc
fake err.protect=49 fails 7 'before they run' protect --system
fake err.protect=11 fails 7 'faster than they can be marked' protect --system
fake 'err.protect=12 protect.pid=7' fails 6 'process 7 was the first' protect --system
fake 'err.protect=95 protect.pid=7' fails 7 'process 7 shares' protect --system
fake err.protect=1 fails 4 'run nacc as root' protect --system
fake err.unmark=1 fails 7 'while the system profile is on' unmark 3
fake 'err.unmark=1 err.protect=1' fails 4 'run nacc as root' unmark 3

# --- the real program, where there is no module
if [ ! -e /dev/nacc ] && [ ! -e /proc/nacc ]; then
	$RUN "$out/nacc" mark 1 >"$tmp/out" 2>"$tmp/err"
	rc=$?
	[ $rc = 5 ] && grep -q 'load the module first' "$tmp/err"
	verdict 'the real nacc mark 1: no module' $?
	for c in lock 'audit --learn'; do
		# shellcheck disable=SC2086 # words
		$RUN "$out/nacc" $c >"$tmp/out" 2>"$tmp/err"
		rc=$?
		[ $rc = 5 ] && grep -q 'load the module first' "$tmp/err"
		verdict "the real nacc $c: no module" $?
	done
	$RUN "$out/nacc" doctor >"$tmp/out" 2>"$tmp/err"
	rc=$?
	[ $rc = 1 ] && grep -q 'NOT protected' "$tmp/out"
	verdict 'the real nacc doctor: no module' $?
fi
# --- completion
completes() { # want, words
	want=$1
	shift
	bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nacc; echo "${COMPREPLY[*]}"' \
		"$top/nacc.bash" "$@" >"$tmp/out" 2>"$tmp/err"
	rc=$?
	[ $rc = 0 ] && [ "$(cat "$tmp/out")" = "$want" ]
	verdict "completion of $*: $want" $?
}
if command -v bash >/dev/null; then
	completes lock nacc lo
	completes lock nacc help l
	completes --help nacc lock ''
	completes forbid nacc fo
	completes --hooks nacc stat --ho
	completes force-write nacc forbid 3 fo
	completes 'force-write force-write,pin' nacc mark 12 --forbid fo
	completes '' nacc forbid 3 --start ''
	completes --learn nacc audit --l
	completes '--learn --format --output --noheadings --json --help' nacc audit ''
fi
