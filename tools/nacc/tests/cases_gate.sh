# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh about the gate, which reads this file.

# --- gate
t 0 'domain 3: gate off' gate 3
fake 'gate.mode=2 gate.flags=12' t 0 'domain 3: gate enforce, debuggers may change registers, only system calls of the list (4)' gate 3
fake trace=1 t 0 'fake: gate 3 mode 2 flags 0x80000000' gate 3 enforce
fake trace=1 t 0 'fake: gate 3 mode 2 flags 0x80000000' gate web enforce
fake trace=1 t 0 'fake: gate 3 mode 1 flags 0x80000000' gate 1234 audit
fake trace=1 t 0 'fake: gate 4 mode 0 flags 0x80000000' gate 'my long name' off
fake trace=1 t 0 'fake: gate 3 mode 1 flags 0x80000004' gate 3 audit --ptrace
json 'j == {"domain": 3, "gate": "off", "ptrace": False, "list": False, "allowed": None}' gate 3 --json
fake 'gate.mode=1 gate.flags=8' json 'j["list"] and j["allowed"] == ["openat", "read", "write", "syscall_511"]' gate 3 --json
fake gate.mode=1 json 'j["gate"] == "audit"' gate 3 audit --json

# --- what a gate was given it keeps, until that is taken from it
fake gate.flags=8 t 0 'domain 3: gate off (when it is on: only system calls of the list (4))' gate 3
fake gate.flags=12 t 0 'gate off (when it is on: debuggers may change registers, only system calls of the list (4))' gate 3
fake gate.flags=4 t 0 'gate off (when it is on: debuggers may change registers)' gate 3
fake 'trace=1 gate.mode=1 gate.flags=12' t 0 'fake: gate 3 mode 1 flags 0x8 ' gate 3 --no-ptrace
fake 'trace=1 gate.mode=1 gate.flags=12' t 0 'fake: gate 3 mode 2 flags 0x4 ' gate 3 enforce --no-allow
fake 'trace=1 gate.mode=2 gate.flags=12' t 0 'fake: gate 3 mode 2 flags 0 ' gate 3 --no-allow --no-ptrace
fake 'trace=1 gate.mode=2 gate.flags=4' t 0 'fake: gate 3 mode 2 flags 0 ' gate 3 --no-allow --no-ptrace
fake 'trace=1 gate.mode=0 gate.flags=8' t 0 'fake: gate 3 mode 0 flags 0 ' gate 3 off --no-allow
fake 'trace=1 gate.mode=2' t 0 'fake: gate 3 mode 2 flags 0x80000004' gate 3 --ptrace
fails 2 'the gate of domain 3 is off: give audit or enforce' gate 3 --ptrace
fails 2 'exclude each other' gate 3 enforce --ptrace --no-ptrace
fails 2 'exclude each other' gate 3 --allow /dev/null --no-allow
fails 125 "there is no option '--no-allow'" run --no-allow true
fails 2 "'on' is no mode of a gate: give off, audit or enforce" gate 3 on
fails 2 "'' is no mode of a gate" gate 3 ''
fails 2 '--ptrace and --allow go with audit or enforce' gate 3 off --ptrace
fails 2 '--ptrace and --allow go with audit or enforce' gate 3 off --allow /dev/null
fails 2 'something is missing' gate
fails 2 "'x' is one too many" gate 3 off x
fails 3 "there is no domain 'nosuch'" gate nosuch enforce
fake verify.domain=0 fails 3 '99 is neither a domain nor a process of one' gate 99 enforce
fake err.gate=2 fails 3 'there is no domain 3' gate 3 enforce
fake err.gate=95 fails 7 "'nacc doctor' says why" gate 3 enforce
fake err.gate=18 fails 7 'began in another one' gate 3 enforce
fake err.gate=12 fails 6 'no frames for the threads of domain 3' gate 3 enforce
fake err.gate=1 fails 4 'is not yours' gate 3 enforce
fake err.gate=25 fails 5 'does not know this call' gate 3 enforce

# --- lists of system calls
printf '# comment\nread\n  write # another\n\n93\n' >"$tmp/calls"
fake trace=1 t 0 'fake: allow 3 0x8000000000000000 0x20000001 fake: gate 3 mode 2 flags 0x80000008' gate 3 enforce --allow "$tmp/calls"
# without a mode: as it is, or enforced
fake trace=1 t 0 'fake: gate 3 mode 2 flags 0x80000008' gate 3 --allow "$tmp/calls"
fake 'trace=1 gate.mode=1' t 0 'fake: gate 3 mode 1 flags 0x80000008' gate 3 --allow "$tmp/calls"
# one that has no name, both ways
printf 'read\nsyscall_64\n' >"$tmp/calls"
fake trace=1 t 0 'fake: allow 3 0x8000000000000000 0x1 ' gate 3 enforce --allow "$tmp/calls"
for odd in syscall_ syscall_512 syscall_read syscall_-1 syscall_syscall_3; do
	echo $odd >"$tmp/calls"
	fails 2 "'$odd' is no system call of riscv64" gate 3 enforce --allow "$tmp/calls"
done
printf 'read\nopen\n' >"$tmp/calls"
fails 2 "'open' is no system call of riscv64" gate 3 enforce --allow "$tmp/calls"
echo 512 >"$tmp/calls"
fails 2 "'512' is no system call of riscv64" gate 3 enforce --allow "$tmp/calls"
echo '# nothing' >"$tmp/calls"
fails 2 'allows no system call' gate 3 enforce --allow "$tmp/calls"
: >"$tmp/calls"
fails 2 'allows no system call' gate 3 enforce --allow "$tmp/calls"
fails 2 'cannot be read: No such file' gate 3 enforce --allow "$tmp/nosuch"
fails 2 'cannot be read: No such file' gate 3 enforce --allow ''
fails 2 'cannot be read: Is a directory' gate 3 enforce --allow "$tmp"
printf 'read\nexit_group\n\0' >"$tmp/calls"
fails 2 'that is no text' gate 3 enforce --allow "$tmp/calls"
awk 'BEGIN { for (i = 0; i < 1000000; i++) print "read" }' >"$tmp/calls"
fails 2 'not that large' gate 3 enforce --allow "$tmp/calls"
awk 'BEGIN { for (i = 0; i < 200000; i++) print "read"; print "exit_group" }' >"$tmp/calls"
fake trace=1 t 0 'fake: allow 3 0x8000000000000000 0x40000000 fake: gate' gate 3 enforce --allow "$tmp/calls"
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "x"; print "" }' >"$tmp/calls"
fails 2 'is no system call of riscv64' gate 3 enforce --allow "$tmp/calls"
printf 'exit_group\n\033[2J\n' >"$tmp/calls"
fails 2 "'\\033[2J' is no system call" gate 3 enforce --allow "$tmp/calls"

# from standard input; and without what ends a program
printf 'read\nexit_group\n' >"$tmp/calls"
fake trace=1 t 0 'fake: allow 3 0x8000000000000000 0x40000000' gate 3 enforce --allow - <"$tmp/calls"
echo nosuch >"$tmp/calls"
fails 2 "standard input: 'nosuch' is no system call" gate 3 enforce --allow - <"$tmp/calls"
fails 2 'standard input allows no system call' gate 3 enforce --allow - </dev/null
fails 2 'standard input cannot be read: Bad file' gate 3 enforce --allow - <&-
echo read >"$tmp/calls"
t 0 'does not have exit_group: a program that ends is killed then' gate 3 enforce --allow "$tmp/calls"
t 125 'does not have execve: nothing could be started' run --gate=enforce --allow "$tmp/calls" -- true

# --- profiles of container engines
# profile RULES [MORE]: one that has these rules
profile() { echo "{\"defaultAction\": \"SCMP_ACT_ERRNO\", ${2:-\"defaultErrnoRet\": 1}, \"syscalls\": [$1]}" >"$tmp/calls"; }
# rule NAMES ACTION [MORE]
rule() { echo "{\"names\": [$1], \"action\": \"SCMP_ACT_$2\"${3:+, $3}}"; }
ends=$(rule '"exit_group"' ALLOW)
# takes WORDS FAKE-OUTPUT
takes() { fake trace=1 t 0 "$1" gate 3 enforce --allow "$tmp/calls"; }
quiet() {
	fake trace=1 t 0 "$1" gate 3 enforce --allow "$tmp/calls"
	! has_text warning
	verdict "nothing is to be said about it" $?
}
refuses() { fails 2 "$1" gate 3 enforce --allow "$tmp/calls"; }

profile "$(rule '"read", "exit_group"' ALLOW)"
quiet 'fake: allow 3 0x8000000000000000 0x40000000 fake: gate 3 mode 2 flags 0x80000008'
profile "{\"name\": \"read\", \"action\": \"SCMP_ACT_ALLOW\"}, $ends"
quiet 'fake: allow 3 0x8000000000000000 0x40000000'
# what is refused is not in it, also where it was allowed; with arguments it may be
profile "$(rule '"read", "write", "exit_group"' ALLOW), $(rule '"write"' KILL_PROCESS)"
quiet 'fake: allow 3 0x8000000000000000 0x40000000'
profile "$(rule '"read", "write"' ALLOW), $(rule '"write"' KILL '"args": [{"index": 0}]'), $ends"
takes 'the firmware does not look at arguments, so it lets these pass with any: write'
takes 'fake: allow 3 0x8000000000000000 0x40000001'
profile "$(rule '"read", "personality"' ALLOW '"args": [{"index": 0, "value": 8}]'), $ends"
takes 'the firmware does not look at arguments, so it lets these pass with any: read, personality'
takes 'fake: allow 3 0x8000000000000000 0x50000000'
profile "$(rule '"read"' LOG), $(rule '"write"' NOTIFY), $ends"
takes 'what is to be logged, traced or asked about only passes here: read, write'
profile "$(rule '"read", "open", "_llseek"' ALLOW), $ends"
takes '2 names are no system calls of riscv64, and left out: open, _llseek'
profile "$(rule '"read", "64", "0x40"' ALLOW), $ends"
takes '2 names are no system calls of riscv64, and left out: 64, 0x40'
takes 'fake: allow 3 0x8000000000000000 0x40000000'
# a rule that is the default leaves what another one allows; with another answer it does not
profile "$(rule '"read", "write"' ALLOW), $(rule '"write"' ERRNO), $ends"
quiet 'fake: allow 3 0x8000000000000000 0x40000001'
profile "$(rule '"read", "write"' ALLOW), $(rule '"write"' ERRNO '"errnoRet": 1'), $ends" '"architectures": []'
quiet 'fake: allow 3 0x8000000000000000 0x40000001'
profile "$(rule '"read", "write"' ALLOW), $(rule '"write"' ERRNO '"errnoRet": 38'), $ends"
quiet 'fake: allow 3 0x8000000000000000 0x40000000'
profile "$(rule '"read", "write"' ALLOW), $(rule '"write"' ERRNO), $ends" '"defaultErrnoRet": 38'
quiet 'fake: allow 3 0x8000000000000000 0x40000000'
profile "$(rule "$(seq -f '"nosuch%g"' -s , 1 20)" ALLOW), $ends"
takes '20 names are no system calls of riscv64, and left out: nosuch1, nosuch2, nosuch3, nosuch4, nosuch5, nosuch6, nosuch7, nosuch8, ...'

# conditions, as docker's default.json has them
profile "$(rule '"read"' ALLOW '"includes": {"arches": ["amd64", "x32"]}'), $(rule '"write"' ALLOW '"includes": {"arches": ["riscv64"]}'), $ends"
quiet 'fake: allow 3 0 0x40000001'
profile "$(rule '"read"' ALLOW '"excludes": {"arches": ["riscv64"]}'), $(rule '"write"' ALLOW '"excludes": {"arches": ["s390x"]}'), $ends"
quiet 'fake: allow 3 0 0x40000001'
profile "$(rule '"read"' ALLOW '"includes": {"caps": ["CAP_SYS_ADMIN"]}'), $(rule '"write"' ALLOW '"includes": {"caps": ["CAP_SYS_CHROOT"]}'), $ends"
takes 'what it allows with a capability that containers do not have by themselves is left out: CAP_SYS_ADMIN'
takes 'fake: allow 3 0 0x40000001'
profile "$(rule '"read"' ERRNO '"includes": {"caps": ["CAP_SYS_ADMIN"]}'), $(rule '"write"' ALLOW '"excludes": {"caps": ["CAP_SYS_ADMIN"]}'), $ends"
quiet 'fake: allow 3 0 0x40000001'
profile "$(rule '"read"' ALLOW '"includes": {"minKernel": "4.8"}'), $(rule '"write"' ALLOW '"includes": {"minKernel": "99.0"}'), $ends"
quiet 'fake: allow 3 0x8000000000000000 0x40000000'
profile "$(rule '"read"' ALLOW '"excludes": {"minKernel": "4.8"}'), $(rule '"write"' ALLOW '"excludes": {"minKernel": "99.0"}'), $ends"
quiet 'fake: allow 3 0 0x40000001'
profile "$ends" '"archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}, {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}]'
quiet 'fake: allow 3 0 0x40000000'
profile "$ends" '"archMap": [{"architecture": "SCMP_ARCH_X86_64"}]'
refuses 'is not for riscv64: SCMP_ARCH_RISCV64 is not among its architectures'
profile "$ends" '"architectures": ["SCMP_ARCH_AARCH64"]'
refuses 'is not for riscv64'
profile "$ends" '"architectures": []'
quiet 'fake: allow 3 0 0x40000000'

# nonsense
echo '{' >"$tmp/calls"
refuses 'no JSON, though'
echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []} more' >"$tmp/calls"
refuses 'no JSON, though'
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "{\"a\":" }' >"$tmp/calls"
refuses 'no JSON, though'
echo '{"syscalls": []}' >"$tmp/calls"
refuses 'no seccomp profile'
echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": {}}' >"$tmp/calls"
refuses 'no seccomp profile'
for action in ALLOW LOG NOTIFY; do
	echo "{\"defaultAction\": \"SCMP_ACT_$action\", \"syscalls\": []}" >"$tmp/calls"
	refuses 'allows what it does not name'
done
echo '{"defaultAction": "SCMP_ACT_NOSUCH", "syscalls": []}' >"$tmp/calls"
refuses "'SCMP_ACT_NOSUCH' is no action that is known"
profile ''
refuses 'allows no system call'
profile 1
refuses 'a rule is no object'
profile null
refuses 'a rule is no object'
profile "$(rule '"read", 2' ALLOW)"
refuses 'a name is no string'
profile "$(rule '"read"' NOSUCH)"
refuses 'a rule has no names, or no action that is known'
profile '{"names": "read", "action": "SCMP_ACT_ALLOW"}'
refuses 'a rule has no names, or no action that is known'
profile '{"names": "read", "name": "write", "action": "SCMP_ACT_ALLOW"}'
refuses 'a rule has no names, or no action that is known'
profile '{"action": "SCMP_ACT_ALLOW"}'
refuses 'a rule has no names, or no action that is known'
for condition in 5 '{"arches": "riscv64"}' '{"caps": [3]}' '{"minKernel": 6}' '{"minKernel": "six"}' '[]'; do
	profile "$(rule '"read"' ALLOW "\"includes\": $condition"), $ends"
	refuses 'a condition cannot be understood'
	profile "$(rule '"read"' ALLOW "\"excludes\": $condition"), $ends"
	refuses 'a condition cannot be understood'
done
for args in 5 '{"index": 0}' '"x"'; do
	profile "$(rule '"read"' ALLOW "\"args\": $args"), $ends"
	refuses 'a condition cannot be understood'
done
for arches in '"architectures": "SCMP_ARCH_X86_64"' '"archMap": {"architecture": "SCMP_ARCH_X86_64"}'; do
	profile "$ends" "$arches"
	refuses 'is not for riscv64'
done
profile "$(rule '"read"' ALLOW '"includes": null, "excludes": {}, "args": null, "comment": ""'), $ends"
quiet 'fake: allow 3 0x8000000000000000 0x40000000'

# who may not, or has no NACC
profile "$ends"
fake err.open=13 fails 4 'not permitted' gate 3 enforce --allow "$tmp/calls"
fake err.open=2 fails 5 'load the module first' gate 3 enforce --allow "$tmp/calls"
fake err.allow=1 fails 4 'is not yours, or that loosens its gate' gate 3 enforce --allow "$tmp/calls"
fake err.open=13 fails 4 'not permitted' syscalls 3

# --- syscalls
t 0 'openat  56      412 read    63      7 write   64      3' syscalls 3
t 0 'other calls: 1, calls refused: 5, returns refused: 2; gate enforce' syscalls web
fake calls.unknown=2 t 0 'syscall_511  511     2' syscalls 3
json 'j["calls"][0] == {"name": "openat", "number": 56, "count": 412} and j["refused_calls"] == 5' syscalls 3 --json
json 'j["defaultAction"] == "SCMP_ACT_ERRNO" and j["defaultErrnoRet"] == 38 and j["architectures"] == ["SCMP_ARCH_RISCV64"]' syscalls 3 --format oci-seccomp
json '[r["action"] for r in j["syscalls"]] == ["SCMP_ACT_ALLOW"] * 2 and j["syscalls"][0]["names"] == ["openat", "read", "write"]' syscalls 3 --format oci-seccomp
json '{"execve", "exit_group", "rt_sigreturn", "capset", "setuid", "futex"} < set(j["syscalls"][1]["names"]) and not set(j["syscalls"][0]["names"]) & set(j["syscalls"][1]["names"])' syscalls 3 --format oci-seccomp
"$out/nacc-fake" syscalls 3 --format oci-seccomp >"$tmp/calls" 2>/dev/null
quiet 'fake: allow 3'
# only what was called
"$out/nacc-fake" syscalls 3 -o name --noheadings >"$tmp/calls" 2>/dev/null
takes 'fake: allow 3 0x8100000000000000 0x1'
fake calls.unknown=2 t 0 'warning: system call 511 has no name' syscalls 3 --format oci-seccomp
fails 2 "'xml' is no format: there is oci-seccomp" syscalls 3 --format xml
fails 2 'give either --json or --format' syscalls 3 --json --format oci-seccomp
json 'j["source"] == "gate" and j["gate"] == "enforce" and j["since"] is None' syscalls 3 --json

# --- without a gate, or with one that is off: the kernel counts, if it was told to, or for a moment
fake 'trace=1 err.syscalls=61' t 0 'fake: traced 3 flags 0 ' syscalls 3
fake 'err.syscalls=61' t 0 'read  63      9 ' syscalls 3
fake 'err.syscalls=61' t 0 'other calls: 2, counted by the kernel (tracepoint) in 2.5 seconds' syscalls 3
fake 'calls.mode=0' t 0 'counted by the kernel (tracepoint)' syscalls 1234
fake 'calls.mode=0 err.traced=61' t 0 'other calls: 1, calls refused: 5, returns refused: 2; gate off' syscalls 3
fake 'calls.mode=0 err.traced=25' t 0 'returns refused: 2; gate off' syscalls 3
fake 'err.syscalls=61' json 'j["source"] == "tracepoint" and j["gate"] == "off" and j["calls"] == [{"name": "read", "number": 63, "count": 9}]' syscalls 3 --json
fake 'err.syscalls=61' t 0 'counted by the kernel, which somebody may have changed' syscalls 3 --format oci-seccomp
fake 'trace=1 err.syscalls=61' t 0 'fake: traced 3 flags 1' syscalls 3 --record
has_text 'domain 3: the kernel counts its system calls, until --stop'
verdict "it says so" $?
fake 'trace=1 err.syscalls=61' t 0 'fake: traced 3 flags 2' syscalls 3 --stop
fails 2 'the gate of domain 3 is on: the firmware counts already' syscalls 3 --record
fake calls.mode=0 t 0 'until --stop' syscalls 3 --record
# for a moment, it is held by the file that asks
fake 'trace=1 err.syscalls=61 err.traced=61' t 3 'fake: traced 3 flags 5' syscalls 3
fake 'err.syscalls=61 err.traced=61' fails 3 'does not count the system calls of domain 3: --record' syscalls 3 --stop
fake 'err.syscalls=61 err.begin=95 err.traced=61' fails 7 "this kernel cannot count system calls; the firmware can: 'nacc gate 3 audit'" syscalls 3
fake 'err.syscalls=61 err.traced=1' fails 4 'only root has the kernel count' syscalls 3
fake 'err.syscalls=61 err.traced=25' fails 5 'does not know this call' syscalls 3
fails 2 '--record goes with none of' syscalls 3 --record --stop
fails 2 '--record goes with none of' syscalls 3 --record --since
fake verify.domain=0 fails 3 '99 is neither a domain nor a process of one' syscalls 99

# --- since the last time, and since a moment
FAKE_STATE=$tmp/state
export FAKE_STATE
mkdir "$FAKE_STATE"
fails 3 "domain 3 has no moment 'deploy': 'nacc syscalls 3 --moment deploy' makes one" syscalls 3 --since=deploy
t 0 'openat  56      412' syscalls 3 --since
has_text 'gate enforce; since the last time'
verdict "it says since when" $?
fake calls.openat=415 t 0 'openat  56      3 ' syscalls 3 --since
fake calls.openat=415 json 'j["calls"] == [] and j["since"] == "last" and j["refused"] == 0' syscalls 3 --since --json
# others do not move it, nor is it another domain's
fake calls.openat=500 t 0 'openat  56      500' syscalls 3
fake calls.openat=500 t 0 'openat  56      500' syscalls 'my long name' --since
fake calls.openat=600 t 0 'openat  56      600' syscalls 3 --moment deploy
fake calls.openat=601 t 0 'openat  56      1 ' syscalls 3 --since=deploy
has_text 'since deploy'
verdict "it says since when" $?
fake calls.openat=602 json 'j["calls"][0]["count"] == 2 and j["since"] == "deploy"' syscalls 3 --since=deploy --json
fake calls.openat=700 t 0 'openat  56      285' syscalls 3 --since
fake calls.openat=700 json 'j["syscalls"][0]["names"] == ["openat"]' syscalls 3 --since=deploy --format oci-seccomp
# 32 bits, and over
fake calls.openat=0xfffffff0 t 0 '' syscalls 3 --moment wraps
fake calls.openat=4 t 0 'openat  56      20 ' syscalls 3 --since=wraps
# counted by somebody else, or anew
fake err.syscalls=61 fails 3 "began after the moment 'deploy'" syscalls 3 --since=deploy
fake err.syscalls=61 t 0 'counted anew since the last time: these are all calls' syscalls 3 --since
fake 'err.syscalls=61 traced.read=11' t 0 'read  63      2 ' syscalls 3 --since
fake 'err.syscalls=61 traced.now=4500000000' t 0 'in 1.0 seconds; since the last time' syscalls 3 --since
fake 'err.syscalls=61 traced.begun=2' t 0 'counted anew' syscalls 3 --since
# what has ended is forgotten, and what somebody has not written to its end
mkdir "$tmp/kept"
cp "$FAKE_STATE"/syscalls/* "$tmp/kept"
for left in 7.deploy 7..last 4294967295.x .next.2147483647; do
	cp "$FAKE_STATE/syscalls/3.deploy" "$FAKE_STATE/syscalls/$left"
done
for other in .next.$$ note 7 7deploy 99999999999.x; do
	: >"$FAKE_STATE/syscalls/$other"
	: >"$tmp/kept/$other"
done
t 0 '' syscalls 3 --moment now
cp "$FAKE_STATE/syscalls/3.now" "$tmp/kept"
[ "$(ls -A "$FAKE_STATE/syscalls")" = "$(ls -A "$tmp/kept")" ]
verdict "what was remembered of domains that have ended is forgotten, and nothing else" $?
# who has a name like that of a file that is being written
t 0 '' syscalls 3 --moment next.1
# of one domain so many, and then the newest
i=1
while [ $i -le 70 ]; do
	cp "$FAKE_STATE/syscalls/3.now" "$FAKE_STATE/syscalls/4.m$i"
	touch -d "@$((1000000000 + i))" "$FAKE_STATE/syscalls/4.m$i"
	i=$((i + 1))
done
t 0 "domain 4 has 64 moments already: the oldest, 'm1', is forgotten" syscalls 'my long name' --moment more
t 0 '' syscalls 'my long name' --moment more
t 0 '' syscalls 'my long name' --since
set -- "$FAKE_STATE"/syscalls/4.m*
[ "$errors" = 0 ] && [ $# = 70 ]
verdict "one that is there is no other, nor is the last time" $?
# nonsense
for odd in '' . .. .last ../x a/b 'a b' "$(printf 'x%.0s' $(seq 65))"; do
	fails 2 'cannot be a moment' syscalls 3 --moment "$odd"
done
fails 2 "'x/y' cannot be a moment" syscalls 3 --since=x/y
echo nonsense >"$FAKE_STATE/syscalls/3.deploy"
fails 7 "the moment 'deploy' cannot be read" syscalls 3 --since=deploy
cp "$FAKE_STATE/syscalls/4..last" "$FAKE_STATE/syscalls/3..last"
t 0 'what was remembered cannot be read: these are all calls' syscalls 3 --since
rm -r "$FAKE_STATE"
(umask 077 && "$out/nacc-fake" syscalls 3 --since >"$tmp/out" 2>"$tmp/err")
rc=$?
[ "$(stat -c %a "$FAKE_STATE" "$FAKE_STATE/syscalls" | tr '\n' ' ')" = '755 700 ' ]
verdict "whatever the umask, others get to what else is in that folder, and not to moments" $?
rm -r "$FAKE_STATE"
: >"$FAKE_STATE"
t 7 'cannot be written' syscalls 3 --since
unset FAKE_STATE
t 7 'set XDG_RUNTIME_DIR' syscalls 3 --since
fake err.syscalls=2 fails 3 'there is no domain 3' syscalls 3

# --- what is on record of a call that was refused
mkdir -p "$tmp/root/proc/nacc"
{
	head -n 1 "$here/root/proc/nacc/audit"
	echo '0 8124300 1 syscall 0x10416 - 0x8 0x0 0x22 0x1bfff9000 3 0x11 denied this 1764165017.000000 1234 nginx 1234 nginx web'
	echo '1 8124301 1 syscall 0x10420 - 0x8 0x0 0xffffffffffffffff 0x1bfff9000 3 0x11 denied this 1764165017.000000 1234 nginx 1234 nginx web'
} >"$tmp/root/proc/nacc/audit"
FAKE_ROOT=$tmp/root
t 0 '0: at pc 0x10416, system call mkdirat is not in the list' audit
t 0 'mkdirat' audit -o syscall --noheadings
json 'j["records"][0]["syscall"] == "mkdirat" and "syscall" not in j["records"][1] and j["records"][1]["found"] == "0xffffffffffffffff"' audit --json
FAKE_ROOT=$here/root

# --- run --gate
fails 125 '--ptrace and --allow go with --gate audit' run --gate off --ptrace -- true
fails 125 '--ptrace and --allow go with --gate audit' run --gate off --allow /dev/null -- true
fake trace=1 t 0 'fake: gate 3 mode 2 flags 0x80000000' run --gate=enforce -- true
fake trace=1 t 0 'fake: gate 3 mode 1 flags 0x80000004' run --gate audit --ptrace -- true
fails 125 "'on' is no mode of a gate" run --gate on -- echo hello
fails 125 '--ptrace and --allow go with --gate' run --ptrace -- echo hello
fails 125 '--domain goes with none of --name, --forbid, --gate' run --gate audit --domain 3 -- echo hello
fake err.gate=95 fails 125 "'nacc doctor' says why" run --gate enforce -- echo hello

# --- what dump says of threads
fake contexts.count=3 t 0 '[Agent region] domain 3 record 1bfff0000   context page 1bfff1000     thread 1234: kernel pc 10000 cause 8 hart 1' dump 1234
fake contexts.count=3 t 0 'thread 0: kernel pc 10001' dump 1234
fake contexts.count=3 t 0 'Context pages: 2' dump 1234
fake contexts.count=3 json 'j["agent"]["record"] == "0x1bfff0000" and len(j["agent"]["contexts"]) == 3 and j["summary"]["context_pages"] == 2' dump 1234 --json
fake contexts.count=100 json 'len(j["agent"]["contexts"]) == 100' dump 1234 --json
json 'j["agent"] is None' dump 1234 --json

# --- and of the page by which its program sees it: a leaf that names the pool
{ cat "$here/dump/sv39.entries"; echo '0xffe00000 0x6fffe9d3 0x1bfffd000 0 7'; } >"$tmp/page.entries"
FAKE_DUMP=$tmp/page.entries
t 0 '[Agent region] domain 3   page for the program 1bfffa000 va ffe00000' dump 1234
t 0 'Pages for the program: 1' dump 1234
fake contexts.count=1 t 0 'record 1bfff0000   page for the program 1bfffa000 va ffe00000   context page' dump 1234
json 'j["agent"]["page"] == "0x1bfffa000" and j["agent"]["record"] is None and j["summary"]["program_pages"] == 1' dump 1234 --json
FAKE_DUMP=$here/dump/sv39.entries
json 'j["summary"]["program_pages"] == 0' dump 1234 --json
fake err.contexts=25 t 0 'Page Table Pages Used' dump 1234
