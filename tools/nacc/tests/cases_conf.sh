# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# Cases of check.sh: nacc.conf, good and bad, and what is done with it; completion by zsh
# and fish.

umask 022
conf=$tmp/conf
mkdir -p "$conf"
# The make-believe system of the other cases, and what is written here
cp -r "$here/root/." "$conf/"
mkdir -p "$conf/etc/nacc"
cp "$top/../packaging/system/nacc.conf" "$conf/etc/nacc/nacc.conf"
FAKE_ROOT=$conf

has() { # text of the file /f
	printf "$1" >"$conf/f"
}

# bad LINE WORDS TEXT: TEXT is refused, naming that line in one line of errors; nothing is done
bad() {
	has "$3"
	fake trace=1 t 2 "nacc: /f:$1: $2" apply --file /f
	! grep -q 'fake:' "$tmp/err" && [ "$(wc -l <"$tmp/err")" = 1 ]
	verdict "  in one line, and nothing is done" $?
	t 2 "nacc: /f:$1: $2" apply --check --file /f
}

t 0 '/etc/nacc/nacc.conf: ok, 0 keys, 0 domains' apply --check
fails 3 '/none cannot be read: No such file' apply --file /none
fails 7 '/dev cannot be read: Is a directory' apply --file /dev
others() { # how the file /f is changed: it is refused, and nothing is done
	has 'lock = no'
	"$@" "$conf/f"
	fake trace=1 t 4 '/f can be written by others than root: chown root, chmod go-w' apply --file /f
	! grep -q 'fake:' "$tmp/err" && [ "$(wc -l <"$tmp/err")" = 1 ]
	verdict "  $1 $2: in one line, and nothing is done" $?
	t 4 '/f can be written by others than root' apply --check --file /f
	rm "$conf/f"
}
others chmod o+w
# Who is not root has files of his group.
[ "$(id -u)" != 0 ] || others chmod g+w
[ "$(id -u)" != 0 ] || others chown 65534
has 'lock = no'
t 0 '/f: ok, 1 keys' apply --check --file /f
fails 2 "'x' is one too many" apply x
fails 2 'needs a value' apply --file
has ''
t 0 '/f: ok, 0 keys' apply --check --file /f
{ printf '#%065534d\n' 0; } >"$conf/f"
t 0 '/f: ok, 0 keys' apply --check --file /f
{ printf '#%065535d\n' 0; } >"$conf/f"
fails 2 '/f is no configuration of nacc: it has more than 64 KiB' apply --check --file /f
has '\n\t # only\r\n#\n'
t 0 '/f: ok, 0 keys' apply --check --file /f
has ' refusal\t=  kill \r\nlock=no\n[domain a b ]\nquota = 8M\n[domain c]'
t 0 '/f: ok, 3 keys, 2 domains' apply --check --file /f
bad 2 "there is no key 'refusl': nacc.conf(5)" '#\nrefusl = kill\n'
bad 1 "there is no key ''" '= kill'
bad 1 "there is no key 'Refusal'" 'Refusal = kill'
bad 1 "'refusal' is neither 'key = value'" refusal
bad 1 "'refusal' has no value" 'refusal ='
bad 3 "'refusal' is set already, in line 1" 'refusal = kill\n\nrefusal = fault'
bad 1 "'kil' is none of fault, kill, panic" 'refusal = kil'
bad 1 "'kill # x' is none of" 'refusal = kill # x'
bad 1 "'maybe' is none of auto, on, off" 'strict = maybe'
bad 1 "'x' is none of enforce, audit, off" 'provenance = x'
bad 1 "'x' is none of auto, ftrace, kprobe, off" 'hook = x'
bad 1 "'1' is none of yes, no" 'lock = 1'
bad 1 "'true' is none of yes, no" 'system = true'
bad 1 "'x' is none of yes, no" 'page = x'
bad 1 "'-1' is no quota" 'self = -1'
bad 1 "'64T' is no quota" 'self = 64T'
bad 1 "'99999999999' is more than any pool has" 'self = 99999999999'
bad 1 "'except' goes with 'system = yes' only" 'except = /bin/x'
bad 2 "'bin/y' is no absolute path" 'system = yes\nexcept = /bin/x, bin/y'
bad 2 "'except' names no program" 'system = yes\nexcept = , ,'
bad 2 "'engines' names no engine" 'system = yes\nengines = , ,'
bad 2 '8 programs can be excepted, not more' 'system = yes\nexcept = /1,/2,/3,/4,/5,/6,/7,/8,/9'
bad 1 "'gate' before the first section goes with" 'gate = enforce'
bad 2 "'on' is no mode of a gate" 'system = yes\ngate = on'
bad 1 "'lxc' is no engine known here" 'engines = podman, lxc'
bad 1 "a section has ']' at its end" '[domain web'
# What is below it is of that domain, whatever it is called.
bad 1 "a section has ']' at its end" '[domain web\nquota = 8M'
bad 1 "there is no section 'x'" '[x]\nquota = 8M'
bad 1 "there is no section 'web'" '[web]'
bad 1 "there is no section 'domain'" '[domain]'
bad 1 'the domain has no name' '[domain ]'
bad 1 "the name '12345678901234567890123456789012' is too long: 31" '[domain 12345678901234567890123456789012]'
bad 2 "domain 'a' has a section already, in line 1" '[domain a]\n[domain a]'
bad 2 "'refusal' is of no domain: put it before" '[domain a]\nrefusal = kill'
bad 2 "there is no key 'x' of a domain" '[domain a]\nx = y'
bad 2 "'web' is no cgroup" '[domain a]\ncgroup = web'
bad 2 "'0' is no quota" '[domain a]\nquota = 0'
bad 2 "'x' is no mode of a gate" '[domain a]\ngate = x'
bad 2 "'write' cannot be forbidden" '[domain a]\nforbid = pin,write'
has 'monitor = no-such-group\n'
fails 3 "/f:1: there is no group 'no-such-group'" apply --check --file /f
has 'refusal = x\nlock = x\n[x]\nfrob\n'
t 2 '' apply --check --file /f
[ "$(cut -d: -f3 "$tmp/err" | sort | tr '\n' ' ')" = '1 2 3 4 ' ]
verdict 'nacc apply: a message for each bad line' $?
has 'refusal = kill\0\n'
fails 2 'it holds a zero byte' apply --file /f
python3 -c 'print("# x\n" * 20000)' >"$conf/f"
fails 2 'it has more than 64 KiB' apply --file /f

# --- what is done
has ''
fake trace=1 t 0 'module: loaded set-up: locked until the machine is reset fake: run modprobe nacc fake: lock 8' apply --file /f
has 'lock = no\nrefusal = kill\nmonitor = root\nself = 1M\npage = no\nstrict = on\nhook = kprobe\nprovenance = audit\n'
fake trace=1 t 0 'fake: run modprobe nacc strict=on provenance=audit refusal=kill hook=kprobe self=256 monitor=0 page=N' apply --file /f
! grep -q 'fake: lock' "$tmp/err"
verdict 'nacc apply: lock = no locks nothing' $?
fake run.status=1 fails 5 'cannot be loaded (modprobe exits with 1): dmesg says why' apply --file /f
mkdir -p "$conf/sys/module/module/parameters"
echo Y >"$conf/sys/module/module/parameters/sig_enforce"
fake run.status=1 fails 5 'exits with 1), and this kernel takes only those that a key it knows has signed: dmesg' apply --file /f
rm -r "$conf/sys/module"
has 'monitor = none\n'
fake trace=1 t 0 'nacc monitor=-1' apply --file /f
fake err.lock=95 t 5 'boot the OpenSBI of this release' apply --file /f
has 'system = yes\nexcept = /dev/nacc, /proc/nacc/mms\ngate = audit'
fake trace=1 t 0 'system: on, domain 1 fake: run modprobe nacc fake: lock 8 fake: protect 0 fake: protect 1 fake: gate 1 mode 1' apply --file /f
but_for() { # what the module says of the system profile
	sed -i "s|^system:.*|system: $1|" "$conf/proc/nacc/status"
}
but_for 'on but for /dev/nacc,/proc/nacc/mms'
fake 'trace=1 protect.domain=4 protect.excepted=2' t 0 'system: on, domain 4' apply --file /f
! grep -q 'fake: protect 1' "$tmp/err"
verdict 'nacc apply: what is on is not asked for' $?
# Other programs than it was turned on with; they are known by the file.
otherwise="'nacc protect --off', apply again"
but_for on
fake 'trace=1 protect.domain=4' t 7 "nacc: /f:2: every process is protected, /dev/nacc not excepted: $otherwise" apply --file /f
[ "$(grep -c 'not excepted' "$tmp/err")" = 2 ] && grep -q 'fake: gate 4 mode 1' "$tmp/err"
verdict 'nacc apply: each of them, and the gate is set all the same' $?
but_for 'on but for /dev/nacc,/proc/nacc/stats'
fake 'protect.domain=4 protect.excepted=2' t 7 'protected, /proc/nacc/mms not excepted' apply --file /f
grep -q "/f:2: every process is protected, /proc/nacc/stats excepted, which is not named here: $otherwise" "$tmp/err"
verdict 'nacc apply: as many, but others' $?
ln -s mms "$conf/proc/nacc/by\\another,name"
but_for 'on but for /proc/nacc/by\\134another\\054name,/dev/nacc'
fake 'protect.domain=4 protect.excepted=2' t 0 'system: on, domain 4' apply --file /f
for gone in '/proc/nacc/mms\\040(deleted)' ''; do
	but_for "on but for /dev/nacc,$gone"
	fake 'protect.domain=4 protect.excepted=2' t 7 '/proc/nacc/mms not excepted' apply --file /f
	[ "$(grep -c 'every process is protected' "$tmp/err")" = 2 ]
	verdict "nacc apply: '$gone' is none that is named" $?
done
for text in changing on off 'on but for /dev/nacc' '' nonsense; do
	but_for "$text"
	fake 'protect.domain=4 protect.excepted=2' t 7 'nacc: /f:1: which programs are excepted is just changed' apply --file /f
done
has 'system = yes'
but_for 'on but for /dev/nacc'
fake 'protect.domain=4 protect.excepted=1' t 7 'nacc: /f:1: every process is protected, /dev/nacc excepted, which is not named here' apply --file /f
# A list has commas or blanks, and each word of it counts, if more than once then once.
has 'system = yes\nexcept = /dev/nacc /proc/nacc/mms,/proc/nacc/stats,/dev/nacc'
but_for 'on but for /dev/nacc,/proc/nacc/mms,/proc/nacc/stats'
fake 'protect.domain=4 protect.excepted=3' t 0 'system: on, domain 4' apply --file /f
but_for off
has 'system = yes\nexcept = /nonsense'
fake trace=1 t 3 'nacc: /f:2: /nonsense cannot be opened' apply --file /f
has 'system = yes'
fake err.protect=71 t 7 'nacc: /f:1: the firmware does not choose roots here' apply --file /f
has '[domain web]\nquota = 8M\ngate = enforce\nforbid = pin,force-write\n'
fake trace=1 t 0 'domain 3: web fake: run modprobe nacc fake: lock 8 fake: forbid 3 0x3 0 0xffffffffffffffff fake: quota 3 0x800 fake: gate 3 mode 2' apply --file /f
# What fails keeps nothing after it from being done.
has 'system = yes\nexcept = /nonsense\n[domain gone]\n[domain web]\nquota = 99999999\ngate = enforce\n[domain 4]\n'
fake trace=1 t 3 'there is no domain' apply --file /f
grep -q "fake: gate 3 mode 2" "$tmp/err" && grep -q "f:2: /nonsense cannot be opened" "$tmp/err" &&
	grep -q "f:3: there is no domain 'gone'" "$tmp/err" && grep -q "f:7: there is no domain '4'" "$tmp/err"
verdict 'nacc apply: each is named, all else is done; a section has a label, no ID' $?
# What a user calls his own domain is no section's, and in no other's way.
cp "$conf/proc/nacc/domains" "$tmp/domains"
echo '9 live 1 1 mine 1000 - -' >>"$conf/proc/nacc/domains"
echo '10 live 1 1 web 1000 - -' >>"$conf/proc/nacc/domains"
has '[domain mine]\n'
t 3 "nacc: /f:1: there is no domain 'mine'" apply --file /f
has '[domain web]\n'
t 0 'domain 3: web' apply --file /f
cp "$tmp/domains" "$conf/proc/nacc/domains"
has '[domain gone]\n'
t 3 "nacc: /f:1: there is no domain 'gone'" apply --file /f
has '[domain x]\ncgroup = /system.slice/web.service\n'
fake trace=1 t 0 "domain 3: x fake: run modprobe nacc fake: lock 8 fake: name 'x' flags 2" apply --file /f
fake err.mark=17 t 8 'nacc: /f:2: cgroup /system.slice/web.service is marked already' apply --file /f
has '[domain web]\ncgroup = /system.slice/web.service\n'
fake err.mark=17 t 0 'domain 3: web' apply --file /f
has '[domain web]\ncgroup = /none\n'
t 3 'nacc: /f:2: cgroup /none cannot be opened' apply --file /f
has '[domain web]\nquota = 99999999\n'
fake err.quota=22 t 2 'nacc: /f:2: the pool has not that many frames' apply --file /f

# --- the module is loaded already
mkdir -p "$conf/sys/module/nacc/parameters"
for p in strict=auto provenance=enforce refusal=fault hook=auto self=0 monitor=-1 page=Y; do
	echo "${p#*=}" >"$conf/sys/module/nacc/parameters/${p%%=*}"
done
has 'refusal = fault\nself = none\nmonitor = none\npage = yes\n'
fake trace=1 t 0 'module: was loaded' apply --file /f
! grep -q 'fake: run' "$tmp/err"
verdict 'nacc apply: it is not loaded again' $?
has 'refusal = kill\nself = 4\n'
fake trace=1 t 7 "nacc: /f:1: the module was loaded with refusal=fault, not kill: unmark all" apply --file /f
[ "$(wc -l <"$tmp/err")" = 2 ]
verdict 'nacc apply: each parameter that differs, and nothing is done' $?
rm "$conf/sys/module/nacc/parameters/page"
has 'page = no'
fails 5 "/f:1: the loaded module has no 'page'" apply --file /f
rm -r "$conf/sys/module"

# --- switched off
has ''
for word in 0 n N off OFF false; do
	echo "quiet nacc.enable=1 nacc.enable=$word x=y" >"$conf/proc/cmdline"
	fake trace=1 t 0 "nothing is done: nacc.enable=0 is on the kernel's command line" apply --file /f
	[ ! -s "$tmp/err" ]
	verdict "nacc.enable=$word: nothing is done" $?
done
mkdir "$conf/off"
cp -r "$conf/proc" "$conf/off"
rm -r "$conf/off/proc/nacc"
FAKE_ROOT=$conf/off
t 1 "NOT protected: switched off by nacc.enable=0" doctor
FAKE_ROOT=$conf
for word in 1 y on true ''; do
	echo "nacc.enable=0 nacc.enable=$word" >"$conf/proc/cmdline"
	fake trace=1 t 0 'module: loaded' apply --file /f
done
# As modprobe tells words apart (libkmod-config.c), and the kernel reads values: see
# nacc.service, which asks before all else.
while IFS= read -r line; do
	printf '%b\n' "${line#?}" >"$conf/proc/cmdline"
	case $line in
	-*) t 1 "nothing is done: nacc.enable=0 is on the kernel's command line" apply --enabled ;;
	+*)
		run apply --enabled
		[ "$rc" = 0 ] && [ ! -s "$tmp/out" ] && [ ! -s "$tmp/err" ]
		verdict "apply --enabled: with ${line#?}" $? ;;
	esac
done <<'END'
-nacc.enable=0
-nacc.enable=00
-nacc.enable=0x1
-root=/dev/vda nacc.enable=no quiet
-nacc.enable="0"
-"nacc.enable=0"
-nacc.enable="0 1"
-a="b c" nacc.enable=0
-nacc.enable=1 nacc.enable=0
-nacc.enable nacc.enable=0
-x\tnacc.enable=0\vy
-nacc.enable=0\nnacc.other=1
-nacc.enable=0 -- nacc=1
-nacc.enable=0 "nacc.enable"
-nacc.enable=0 nacc.enable="1
+
+nacc.enable=1
+nacc.enable
+nacc.enable=
+nacc.enable=0 nacc.enable=1
+nacc.enable=0 nacc.enable
+nacc.enable=0 "nacc.enable=1"
+xnacc.enable=0
+nacc.enabled=0
+nacc.enable0
+nacc.enable.x=0
+nacc_enable=0
+NACC.enable=0
+a="b nacc.enable=0 c"
+a=" nacc.enable=0
+a"b nacc.enable=0"
+nacc".enable=0"
+"nacc".enable=0
+nacc.enable"=0"
+nacc.enable=""0
+nacc.enable=1nacc.enable=0
END
fails 2 'apply: --enabled goes with nothing else' apply --enabled --check
rm "$conf/proc/cmdline"
t 0 '' apply --enabled
FAKE_ROOT=$here/root

# --- engines, below a root of the tests' own
has 'engines = docker'
mkdir -p "$conf/usr/share/nacc" "$tmp/written"
sed 's|@sbindir@|/usr/sbin|' "$top/engines/docker.json" >"$conf/usr/share/nacc/docker.json"
FAKE_ROOT=$conf
t 7 '/etc/docker/daemon.json cannot be' apply --file /f
FAKE_WRITE=$tmp/written
export FAKE_WRITE
t 0 '/etc/docker/daemon.json: written' apply --file /f
grep -q '"/usr/sbin/nacc-runtime"' "$tmp/written/etc/docker/daemon.json"
verdict 'nacc apply: an engine is told of nacc-runtime' $?
unset FAKE_WRITE
FAKE_ROOT=$here/root

# --- each key is in the manual page and in the file that comes with it, and no others are
sed -n 's/.*strcmp(key, "\([a-z]*\)").*/\1/p; s/^\t\[CONF_[A-Z]*\] = "\([a-z]*\)",$/\1/p' "$top/conf.c" |
	sort >"$tmp/keys"
[ "$(wc -l <"$tmp/keys")" -ge 16 ]
verdict 'nacc.conf: keys' $?
sed -n 's/^\.It Cm //p' "$top/nacc.conf.5" | sort | diff "$tmp/keys" - >"$tmp/err"
verdict 'nacc.conf(5) has each, and no others' $?
sed -n 's/^#\([a-z]*\) = .*/\1/p' "$top/../packaging/system/nacc.conf" | sort | diff "$tmp/keys" - >"$tmp/err"
verdict 'so has nacc.conf' $?

# --- what completes command lines asks the command
mkdir -p "$tmp/bin"
printf '#!/bin/sh\nexec %s "$@"\n' "$out/nacc-fake" >"$tmp/bin/nacc"
chmod 755 "$tmp/bin/nacc"
completed() { # shell, the words of a command line, what must be among the answers
	if [ "$1" = fish ]; then
		PATH=$tmp/bin:$PATH HOME=$tmp fish -c "source $top/nacc.fish; complete -C '$2'" |
			cut -f1 >"$tmp/out" 2>"$tmp/err"
	else
		PATH=$tmp/bin:$PATH zsh -fc 'compadd() {
				[[ $1 != -a ]] || set -- ${(P)2}
				print -l -- "$@"
			}
			_describe() { print -l -- ${${(P)4}%%:*}; }
			_pids() { print 1234; }
			words=(${(z)1} "") CURRENT=$#words
			[[ $1 == *" " ]] || { words[-1]=(); CURRENT=$#words; }
			source $2' - "$2" "$top/nacc.zsh" >"$tmp/out" 2>"$tmp/err"
	fi
	rc=$?
	[ ! -s "$tmp/err" ] && grep -qx -- "$3" "$tmp/out"
	verdict "$1: '$2' can be '$3'" $?
}
for shell in fish zsh; do
	if ! command -v $shell >/dev/null; then
		echo "ok - completion by $shell # SKIP there is no $shell on this host"
		continue
	fi
	for c in $all; do
		completed $shell 'nacc ' "$c"
	done
	completed $shell 'nacc help ' verify
	completed $shell 'nacc stat --' --hooks
	completed $shell 'nacc audit --' --learn
	completed $shell 'nacc lock --' --help
	completed $shell 'nacc forbid 3 ' force-write
	completed $shell 'nacc run --gate ' enforce
	completed $shell 'nacc setup ' containerd
done
