# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034,SC2086,SC2016
# nacc-runtime, nacc hook and nacc setup, in front of make-believe runtimes; check.sh reads this.

# A runtime that says who it was called as, and does what $DO says.
mkdir -p "$tmp/bin" "$tmp/empty"
for name in crun runc; do
	cat >"$tmp/bin/$name" <<-'EOF2'
		#!/bin/sh
		for word in "$@"; do
			[ "$word" != state ] || { eval "${STATE:-exit 1}"; exit; }
			[ "$word" != features ] || { eval "${FEATURES:-exit 1}"; exit; }
		done
		echo "I am ${0##*/}: $*"
		eval "${DO:-}"
	EOF2
	chmod 755 "$tmp/bin/$name"
done
PATH=$tmp/bin:$PATH
export PATH DO STATE FEATURES
DO='' STATE='' FEATURES='' RENV=''

r() { # status, words of the output, arguments of nacc-runtime
	want=$1 text=$2
	shift 2
	# shellcheck disable=SC2086
	env $RENV $RUN "$out/nacc-runtime-fake" "$@" >"$tmp/out" 2>"$tmp/err"
	rc=$?
	bad=0
	[ "$rc" = "$want" ] || bad=1
	said
	has_text "$text" || bad=1
	verdict "${FAKE:+[$FAKE] }nacc-runtime $*: $want ${text:+\"$text\"}" $bad
}

r_silent() { # as r, and the runtime behind was not called
	r "$@"
	grep -q 'I am' "$tmp/out"
	verdict "nacc-runtime: nothing was started" $((!$?))
}

r_json() { # python expression on the object j, arguments
	expr=$1
	shift
	r 0 '' "$@"
	python3 -c "import json,sys; j=json.load(open(sys.argv[1])); sys.exit(not ($expr))" \
		"$tmp/out" 2>>"$tmp/err"
	verdict "nacc-runtime $*: $expr" $?
}

# A process that is in no domain: err.verify=2 is ENOENT.
new="trace=1 err.verify=2"

# --- what it prints itself, and cannot
FEATURES='echo "{}"' env $RENV $RUN "$out/nacc-runtime-fake" features >/dev/full 2>"$tmp/err"
[ $? = 1 ] && grep -q 'the output cannot be written: No space left' "$tmp/err"
verdict 'nacc-runtime features >/dev/full: 1, and why' $?

# --- which runtime
r 0 'I am crun: --version' --version
r 0 'I am runc: --version' --runtime runc --version
r 0 'I am runc: --version' --runtime="$tmp/bin/runc" --version
r 1 'needs a value' --runtime
r 1 "runtime frobnicate was not found" --runtime frobnicate create x
r 1 'is nacc-runtime itself' --runtime "$out/nacc-runtime-fake" create x
fake "$new" r 1 'cannot be executed' --runtime "$tmp/bin/../out" create x
rm "$tmp/bin/crun"
mv "$tmp/bin/runc" "$tmp/bin/runc.away"
old_path=$PATH
RENV="PATH=$tmp/empty"
r 1 'the runtime crun or runc was not found' create x
RENV=
mv "$tmp/bin/runc.away" "$tmp/bin/runc"
r 0 'I am runc:' list
cp "$tmp/bin/runc" "$tmp/bin/crun"

# A container stays with the one that has made it.
mkdir -p "$tmp/roots/mine" "$tmp/roots/his" "$tmp/xdg/runc/his" "$tmp/xdg/crun/mine"
: >"$tmp/roots/mine/status"
: >"$tmp/roots/his/state.json"
: >"$tmp/xdg/crun/mine/status"
: >"$tmp/xdg/runc/his/state.json"
for c in 'kill his 9' 'delete --force his' 'start his' 'update --memory 5 his' 'pause his'; do
	r 0 "I am runc: --root $tmp/roots $c" --root "$tmp/roots" $c
	r 0 "I am runc: --root=$tmp/roots $c" --root="$tmp/roots" $c
	RENV="XDG_RUNTIME_DIR=$tmp/xdg"
	r 0 "I am runc: $c" $c
	RENV=
	r 0 "I am crun: $c" $c
done
for c in 'kill mine 9' 'kill none 9' 'kill ../roots/his 9' list 'kill mine his'; do
	r 0 "I am crun: --root $tmp/roots $c" --root "$tmp/roots" $c
done
for c in create run restore; do
	fake "$new" r 0 "I am crun: --root $tmp/roots $c his" --root "$tmp/roots" $c his
done
r 0 "I am crun: --root $tmp/roots kill his" --runtime crun --root "$tmp/roots" kill his
STATE='echo "{\"id\": \"his\", \"pid\": 77}"'
fake "$new" r 0 '' --root "$tmp/roots" state his
r 0 "I am runc: --root $tmp/roots exec -u mine his sh" --root "$tmp/roots" exec -u mine his sh
r 0 "I am crun: --root $tmp/roots exec mine his" --root "$tmp/roots" exec mine his
mv "$tmp/bin/runc" "$tmp/bin/runc.away"
r_silent 1 'the runtime runc was not found' --root "$tmp/roots" kill his
mv "$tmp/bin/runc.away" "$tmp/bin/runc"

# --- what is protected (trace comes from stderr, after the output)
for c in create run restore; do
	fake "$new" r 0 "fake: name 'box1'" $c --bundle /b --console-socket /s box1
	fake "$new" r 0 "I am crun: $c --bundle /b --console-socket /s box1" \
		$c --bundle /b --console-socket /s box1
	fake "$new" r 0 "fake: name 'box1'" --root /x --log /dev/null --systemd-cgroup $c -b /b box1
done
fake "$new" r 0 "fake: name 'box1'" --log-format=json --cgroup-manager systemd run -b=/b box1
fake "$new" r 0 "fake: name '1234567890123456789012345678901'" run 123456789012345678901234567890123
fake "$new" r 0 "fake: name 'a?b'" run "$(printf 'a\tb')"
fake "$new" r 0 "fake: name 'container'" create --bundle /b
fake "$new" r 0 "fake: name 'container'" frobnicate box1
fake "$new" r 0 "I am crun: frobnicate box1" frobnicate box1
for c in 'kill box1 9' 'delete box1' 'start box1' 'pause box1' 'resume box1' 'ps box1' list \
	'update box1' spec 'events box1' 'checkpoint box1' 'create --help' 'run -h' --help \
	'create --help box1' 'run -h -b /b box1' 'exec --help box1 sh' 'restore -? box1' 'create --usage box1' 'run -V'; do
	fake "$new" r 0 "I am crun: $c" $c
	grep -q fake "$tmp/err"
	verdict "nacc-runtime $c: marks nothing" $((!$?))
done
# What looks like it, and starts something or may
for c in 'create --help=false box1' 'run -h=0 box1' 'run -v box1' 'run --pid-file --help box1' 'run box1 --help'; do
	fake "$new" r 0 "fake: name 'box1'" $c
done
# criu cannot save the page; where there is none nothing is in its way.
mkdir -p "$tmp/paged/proc/nacc"
echo 'page: offered at 0xffe00000' >"$tmp/paged/proc/nacc/status"
FAKE_ROOT=$tmp/paged
fake "$new" r 1 'criu cannot save the mapping [nacc] that protected programs have: load the module with page=0' checkpoint box1
fake "$new" r 0 'I am crun: kill box1 9' kill box1 9
for o in --help -h -help '-?' --usage '--help box1'; do
	fake "$new" r 0 "I am crun: checkpoint $o" checkpoint $o
done
for o in '--image-path --help' '--image-path -h' '--leave-running'; do
	fake "$new" r_silent 1 'criu cannot save the mapping' checkpoint $o box1
done
echo 'page: off (page=0)' >"$tmp/paged/proc/nacc/status"
fake "$new" r 0 'I am crun: checkpoint box1' checkpoint box1
FAKE_ROOT=$here/root
# Whoever is in a domain stays there; of the system's the kernel lets him go.
fake err.mark=17 r 0 'I am crun: run box1' run box1
fake "trace=1 protect.domain=3" r 0 "fake: name 'box1' flags 0" run box1

# Which word is the command is known, or nothing is started.
for c in '--roo start create box1' '--frobnicate kill run box1' '-x list' '-dv start' '--lo /log start run x'; do
	fake "$new" r_silent 1 'nothing is started: write it in full' $c
done
for c in '--frobnicate=kill run box1' '--roo=/x run box1' '--debug run box1' '-- run box1' \
	'--rootless true --criu list run box1' '--root start create box1'; do
	fake "$new" r 0 "fake: name 'box1'" $c
done
fake "$new" r 0 "I am crun: --debug --root start list" --debug --root start list

# --- exec: in the container's domain
# Letters run together, and options cut short: which word is the container?
named() { # container, arguments of exec
	id=$1
	shift
	STATE="[ \"\$*\" = 'state $id' ] && echo '{\"pid\": 77}'"
	fake trace=1 r 0 'flags 1 domain 3' exec "$@"
}
named box1 -tu 1000 box1 sh
named box1 -tu1000 box1 sh
named box1 -td box1 sh
named box1 -te A=B box1 sh
named box1 -t -eA=B box1 sh
named box1 -dtp /process box1
named box1 --use 1000 --pid /p box1 sh
named box1 --user=1000 --tty box1 sh -u x
named box1 -user 1000 box1 sh
named box1 -- box1 sh
STATE='echo "{\"id\": \"box1\", \"pid\": 77, \"status\": \"running\"}"'
r_json 'j["id"] == "box1" and j["annotations"] == {"nacc.protected": "true", "nacc.domain": "3"}' state box1
fake err.verify=2 r_json 'j["annotations"] == {"nacc.protected": "false"}' state box1
for e in open=2 open=6 verify=3; do
	fake err.$e r_json 'j["annotations"] == {"nacc.protected": "false"}' state box1
done
fake gone=77 r_json 'j["annotations"] == {"nacc.protected": "false"}' state box1
# Who cannot be asked has not said no, nor anything that an engine would read as the state.
for e in open=13 open=24 pidfd=24 verify=1 verify=12; do
	fake err.$e r_json 'j["annotations"] == {"nacc.protected": "unknown"}' state box1
	[ ! -s "$tmp/err" ]
	verdict "nacc-runtime state: says nothing besides, $e" $?
done
exec_words='exec --tty --user 0 -e A=B --console-socket /s box1 sh -c true'
fake trace=1 r 0 'flags 1 domain 3' $exec_words
r 0 "I am crun: $exec_words" $exec_words
fake trace=1 r 0 'fake: pidfd 77' --root /r $exec_words
fake "err.mark=2" r_silent 1 'there is no domain 3' $exec_words
fake "err.mark=130" r_silent 1 'cannot join a domain that is being ended' $exec_words
for e in err.verify=1 err.verify=12 err.protect=1 gone=77; do
	fake "$e" r_silent 1 nacc: $exec_words
	! grep -q 'is not protected' "$tmp/err"
	verdict "nacc-runtime exec: who cannot be asked has not said no, $e" $?
done
fake 'err.protect=25 trace=1' r 0 'I am crun: exec' $exec_words
# By the list, which is cheaper; the process itself is not in it, and not marked.
mkdir -p "$tmp/list/proc/nacc" "$tmp/list/dev"
: >"$tmp/list/dev/nacc"
printf 'domain pid tables root comm\n3 0 5 0x0 x\n4 77 5 0x0 x\n' >"$tmp/list/proc/nacc/mms"
FAKE_ROOT=$tmp/list
fake "trace=1 err.verify=5" r 0 'flags 1 domain 4' $exec_words
r_json 'j["annotations"] == {"nacc.protected": "true", "nacc.domain": "4"}' state box1
# The system profile: its domain is nobody's own.
fake 'protect.domain=4' r_silent 1 "'box1' is not protected" $exec_words
fake 'trace=1 protect.domain=3' r 0 'flags 1 domain 4' $exec_words
# Without a list, by the call; that says of the process itself, too, that it is in domain 3.
rm "$FAKE_ROOT/proc/nacc/mms"
fake 'protect.domain=3' r_silent 1 "'box1' is not protected" $exec_words
fake 'trace=1 protect.domain=9' r 0 'I am crun: exec' $exec_words
grep -q "fake: name" "$tmp/err"
verdict 'nacc-runtime exec: whoever is in a domain of his own stays there' $((!$?))
FAKE_ROOT=$here/root
fake trace=1 r 0 'I am crun: exec' exec
fake "$new" r 0 "fake: name 'container'" exec --tty
fake "$new" r_silent 1 "'box1' is not protected" exec --tty --user 0 -e A=B box1 sh
STATE='echo "{\"id\": \"box1\", \"pid\": 0, \"status\": \"stopped\", \"annotations\": {\"a\": \"b\"}}"'
r_json 'j["annotations"] == {"a": "b", "nacc.protected": "false"}' state box1
fake "$new" r_silent 1 "'box1' has no process" exec box1 sh
STATE='echo "no such container" >&2; exit 1'
r 1 'no such container' state box1
fake "$new" r_silent 1 "'box1' has no process" exec box1 sh
STATE='echo nonsense'
r 0 nonsense state box1
FEATURES='echo "{\"ociVersionMax\": \"1.2.0\", \"annotations\": {\"x\": \"y\"}}"'
r_json 'j["ociVersionMax"] == "1.2.0" and j["annotations"]["x"] == "y" and j["annotations"]["nacc.protected"] == "true" and j["annotations"]["nacc.version"]' features
fake err.open=2 r_json 'j["annotations"]["nacc.protected"] == "false"' features
FEATURES='exit 3'
r 3 '' features

# --- exit status, signals, descriptors
DO='exit 7'
fake "$new" r 7 'I am crun' run box1
r 7 'I am crun' kill box1
DO='kill -TERM $$'
fake "$new" r 143 'I am crun' run box1
DO='cat <&3; echo "$MARK"'
echo 'on descriptor 3' >"$tmp/three"
MARK='of the environment' fake "$new" r 0 'on descriptor 3 of the environment' run --preserve-fds 1 box1 3<"$tmp/three"
DO='ls /proc/self/fd | wc -l'
fake "$new" r 0 '' run box1
fds=$(tail -n 1 "$tmp/out")
r 0 '' kill box1
[ "$fds" = "$(tail -n 1 "$tmp/out")" ]
verdict 'nacc-runtime: leaves no descriptor behind' $?
DO=''

# --- what cannot be protected does not start, and the engine's log says why
fake "err.verify=2 err.mark=12" r_silent 1 'nacc: the pool is too small' run box1
for c in create run restore exec; do
	fake "err.open=2" r_silent 1 '/dev/nacc is missing' $c box1 sh
done
rm -f "$tmp/log"
fake err.open=13 r_silent 1 'not permitted' --log "$tmp/log" --log-format json create box1
python3 - "$tmp/log" <<-'EOP'
	import json, sys
	j = json.loads(open(sys.argv[1]).read())
	sys.exit(not (j["level"] == "error" and j["msg"].startswith("nacc: not permitted") and j["time"].endswith("Z")))
EOP
verdict 'nacc-runtime: the log has it as JSON' $?
rm -f "$tmp/log"
fake err.open=13 r_silent 1 'not permitted' --log="$tmp/log" create box1
grep -q '^time="[^"]*" level=error msg="nacc: not permitted' "$tmp/log"
verdict 'nacc-runtime: the log has it as text' $?
fake err.open=13 r_silent 1 'not permitted' --log=/nonexistent/x create box1
rm -f "$tmp/log"
fake err.open=13 r_silent 1 'not permitted' --log "file:$tmp/log" --log-format json create box1
grep -q '"msg":"nacc: not permitted' "$tmp/log"
verdict 'nacc-runtime: --log file:PATH is that file' $?
mkdir "$tmp/cwd"
for log in journald:box1 syslog:box1 journald: syslog:; do
	cd "$tmp/cwd" || exit
	fake err.open=13 r_silent 1 'not permitted' --log $log create box1
	cd "$OLDPWD" || exit
	[ -z "$(ls "$tmp/cwd")" ]
	verdict "nacc-runtime: --log $log is no file" $?
done

# --- nacc hook
hook() { # state, then as t
	state=$1 want=$2 text=$3
	printf '%s' "$state" | $RUN "$out/nacc-fake" hook >"$tmp/out" 2>"$tmp/err"
	rc=$?
	bad=0
	[ "$rc" = "$want" ] || bad=1
	said
	has_text "$text" || bad=1
	verdict "${FAKE:+[$FAKE] }nacc hook: $want \"$text\"" $bad
}
fake "$new" hook '{"ociVersion":"1.0.2","id":"box1","pid":77,"bundle":"/b"}' 0 "fake: name 'box1'"
fake trace=1 hook '{"id":"box1","pid":77}' 0 'fake: pidfd 77'
grep -q 'fake: name' "$tmp/err"
verdict 'nacc hook: what is in a domain stays there' $((!$?))
fake 'trace=1 protect.domain=3' hook '{"id":"box1","pid":77}' 0 "fake: name 'box1'"
fake 'trace=1 protect.domain=4' hook '{"id":"box1","pid":77}' 0 'fake: protect 0'
grep -q 'fake: name' "$tmp/err"
verdict "nacc hook: with the system profile too" $((!$?))
fake err.verify=12 hook '{"id":"box1","pid":77}' 6 'no memory left'
# What the annotation says, in the state or in the bundle
noted() { printf '{"id":"box1","pid":77,"bundle":"/bundle","annotations":{"a":"b"%s}}' "${1:+,$1}"; }
FAKE_ROOT=$tmp/list
: >"$FAKE_ROOT/proc/nacc/mms"
mkdir -p "$FAKE_ROOT/bundle"
for key in nacc.protect NACC.Protect; do
	fake "$new" hook "$(noted "\"$key\":\"true\"")" 0 "fake: name 'box1'"
	fake "$new" hook "$(noted "\"$key\":\"false\"")" 0 ''
	grep -q fake: "$tmp/err"
	verdict "nacc hook: $key=false does nothing" $((!$?))
	for value in '"True"' '"TRUE"' '"1"' '"yes"' '""' '" true"' '"False"' '"0"' true null; do
		fake "$new" hook "$(noted "\"$key\":$value")" 2 'so the container does not start'
		echo "{\"annotations\":{\"$key\":$value}}" >"$FAKE_ROOT/bundle/config.json"
		fake "$new" hook "$(noted)" 2 'so the container does not start'
	done
	echo "{\"annotations\":{\"$key\":\"false\"}}" >"$FAKE_ROOT/bundle/config.json"
	fake "$new" hook "$(noted)" 0 ''
	grep -q fake: "$tmp/err"
	verdict "nacc hook: $key=false of the bundle does nothing" $((!$?))
	echo "{\"annotations\":{\"$key\":\"true\"}}" >"$FAKE_ROOT/bundle/config.json"
	fake "$new" hook "$(noted)" 0 "fake: name 'box1'"
done
fake "$new" hook "$(noted '"nacc.protect":"false","Nacc.protect":"true"')" 0 "fake: name 'box1'"
for config in '{}' '{"annotations":{"nacc.protected":"false"}}'; do
	echo "$config" >"$FAKE_ROOT/bundle/config.json"
	fake "$new" hook "$(noted)" 0 "fake: name 'box1'"
done
for config in '{' '[]' ''; do
	echo "$config" >"$FAKE_ROOT/bundle/config.json"
	fake "$new" hook "$(noted)" 2 'config.json cannot be read as JSON'
done
rm "$FAKE_ROOT/bundle/config.json"

# nacc.gate, and nacc.protect=system
asks() { noted "\"nacc.protect\":\"$1\"${2:+,\"${3:-nacc.gate}\":\"$2\"}"; }
marks_nothing() {
	grep -q 'fake: name\|fake: gate' "$tmp/err"
	verdict "$1: nothing was marked" $((!$?))
}
for key in nacc.gate Nacc.GATE; do
	fake "$new" hook "$(noted "\"$key\":\"enforce\"")" 0 "fake: name 'box1' flags 0 domain 0 fake: gate 3 mode 2 flags 0"
	fake "$new" hook "$(asks true audit $key)" 0 'fake: gate 3 mode 1 flags 0'
	fake "$new" hook "$(asks true off $key)" 0 "fake: name 'box1'"
	! grep -q 'fake: gate' "$tmp/err"
	verdict "nacc hook: $key=off switches nothing" $?
	for value in '"Enforce"' '"on"' '"true"' '""' '"audit "' '"2"' 2 true null; do
		fake "$new" hook "$(noted "\"$key\":$value")" 2 "'off', 'audit' or 'enforce'"
		marks_nothing "nacc hook: $key=$value"
		echo "{\"annotations\":{\"$key\":$value}}" >"$FAKE_ROOT/bundle/config.json"
		fake "$new" hook "$(noted)" 2 "'off', 'audit' or 'enforce'"
		rm "$FAKE_ROOT/bundle/config.json"
	done
done
fake "$new" hook "$(noted '"nacc.gate":"audit","NACC.gate":"enforce","nacc.GATE":"off"')" 0 'gate 3 mode 2'
echo '{"annotations":{"nacc.gate":"audit"}}' >"$FAKE_ROOT/bundle/config.json"
fake "$new" hook "$(noted)" 0 'fake: gate 3 mode 1 flags 0'
rm "$FAKE_ROOT/bundle/config.json"
for protect in false system; do
	fake "$new protect.domain=4" hook "$(asks $protect enforce)" 2 "nacc.gate=enforce and nacc.protect=$protect"
	marks_nothing "nacc hook: nacc.protect=$protect and a gate"
done
fake "$new err.gate=12" hook "$(asks true enforce)" 6 'no frames for the threads of domain 3'
fake "$new err.gate=95" hook "$(asks true audit)" 7 'nacc doctor'
# In somebody else's domain: its gate is not touched, and must do.
for want in 'mode=0 audit 1' 'mode=1 enforce 1' 'mode=1 audit 0' 'mode=2 audit 0' 'mode=2 enforce 0' \
	'mode=2_gate.flags=4 enforce 1' 'mode=2_gate.flags=8 enforce 0' 'mode=0 off 0'; do
	# shellcheck disable=SC2086
	set -- $want
	fake "trace=1 gate.$(echo "$1" | tr _ ' ')" hook "$(asks true "$2")" "$3" "$([ "$3" = 0 ] || echo 'is in domain 3 already')"
	marks_nothing "nacc hook: gate $1 of another's domain, $2 asked for"
done
fake trace=1 hook "$(asks system)" 1 'the system profile is off, so the container does not start'
fake 'trace=1 protect.domain=4' hook "$(asks system)" 0 'fake: protect 0'
marks_nothing 'nacc hook: nacc.protect=system'
fake "$new protect.domain=4" hook "$(asks system)" 1 'is excepted from that, so the container does not start'
fake 'trace=1 err.protect=1' hook "$(asks system)" 4 'nacc:'
fake 'trace=1 err.open=2' hook "$(asks system)" 5 '/dev/nacc is missing'
fake "$new" hook "$(noted '"nacc.protect":"system","Nacc.protect":"true"')" 0 "fake: name 'box1'"
fake "$new protect.domain=4" hook "$(noted '"nacc.protect":"system","Nacc.protect":"false"')" 1 'is excepted'

# The same in front of the runtime, which reads the bundle
mkdir -p "$FAKE_ROOT$tmp/bundle" "$tmp/bundle"
config() { echo "{\"annotations\":{$1}}" >"$FAKE_ROOT$tmp/bundle/${2:-config.json}"; }
at=$tmp/bundle
config '"nacc.gate":"enforce"'
for c in create run restore; do
	for o in "--bundle $at" "--bundle=$at" "-b $at" "-b=$at" "-b$at" "-db $at" "-db$at" "-d -b $at" "--bun $at" \
		"--bun=$at" "-bundle $at" "--pid-file /p --bundle $at" "-b /nowhere -b $at" "-b$at --config config.json" \
		"-b $at --pid-file -b/nowhere" "-b $at --console-socket --bundle=/nowhere" "--pid-file -b/nowhere -b $at" "-b $at --pid-file=x"; do
		fake "$new" r 0 "fake: gate 3 mode 2 flags 0" $c $o box1
	done
	for o in "-b /nowhere" '' "--pid-file $at" "-b $at -b /nowhere" "-b $at -f /nowhere/c" "-- -b $at"; do
		fake "$new" r 0 "fake: name '" $c $o box1
		! grep -q 'fake: gate' "$tmp/err"
		verdict "nacc-runtime $c $o: no gate" $?
	done
done
# runc takes options behind the ID, too.
for o in "-b $at" "--bundle=$at" "--no-pivot --bundle $at" "--pid-file /p -b $at"; do
	fake "$new" r 0 'fake: gate 3 mode 2' run -b /nowhere box1 $o
	fake "$new" r 0 "fake: name 'box1'" run -b /nowhere box1 $o
done
fake "$new" r 0 "fake: name 'box1'" run -b /nowhere box1 -- -b "$at"
! grep -q 'fake: gate' "$tmp/err"
verdict 'nacc-runtime run: behind -- there are no options' $?
cd "$at" || exit
fake "$new" r 0 'fake: gate 3 mode 2' run box1
fake "$new" r 0 'fake: gate 3 mode 2' run -b ../bundle box1
fake "$new" r 0 'fake: gate 3 mode 2' run -b . box1
config '"nacc.gate":"audit"' other.json
for o in '-f other.json' "-f$at/other.json" "--config $at/other.json" '--conf=other.json' '-b /nowhere -f other.json'; do
	fake "$new" r 0 'fake: gate 3 mode 1' run $o box1
done
cd "$OLDPWD" || exit
config '"nacc.gate":"on"'
fake "$new" r_silent 1 "the annotation nacc.gate is 'on'" run -b "$at" box1
config '"nacc.protect":"yes"'
fake "$new" r_silent 1 "the annotation nacc.protect is 'yes'" run -b "$at" box1
marks_nothing 'nacc-runtime: nonsense'
echo '{' >"$FAKE_ROOT$at/config.json"
fake "$new" r_silent 1 'cannot be read as JSON' run -b "$at" box1
config '"nacc.protect":"false"'
fake "$new" r 0 "fake: name 'box1'" run -b "$at" box1
config '"nacc.protect":"false","nacc.gate":"enforce"'
fake "$new" r_silent 1 'nacc.gate=enforce and nacc.protect=false' run -b "$at" box1
config '"nacc.protect":"system"'
fake "$new" r_silent 1 'the system profile is off' run -b "$at" box1
fake 'trace=1 protect.domain=3' r 0 'I am crun: run' run -b "$at" box1
marks_nothing 'nacc-runtime: nacc.protect=system'
config '"nacc.gate":"enforce"'
fake "$new err.gate=12" r_silent 1 'no frames for the threads of domain 3' run -b "$at" box1
fake 'err.mark=17 gate.mode=1' r_silent 1 "is in domain 3 already, whose gate is audit: it does not start: 'nacc gate 3 enforce' first" run -b "$at" box1
fake 'err.mark=17 gate.mode=2' r 0 'I am crun: run' run -b "$at" box1
fake 'err.open=2' r_silent 1 '/dev/nacc is missing' run -b "$at" box1
# The longest there may be: more than a MiB of others
python3 -c 'import json; print(json.dumps({"process": {"env": ["A=" + "x" * 2000000]}, "annotations": {"nacc.gate": "enforce"}}))' >"$FAKE_ROOT$at/config.json"
fake "$new" r 0 'fake: gate 3 mode 2' run -b "$at" box1
python3 -c 'import json; print(json.dumps({"process": {"env": ["A=" + "x" * 5000000]}, "annotations": {"nacc.gate": "enforce"}}))' >"$FAKE_ROOT$at/config.json"
fake "$new" r_silent 1 'cannot be read as JSON' run -b "$at" box1
python3 - "$top/engines/oci-hook.json" <<-'EOP'
	import json, re, sys
	notes = json.load(open(sys.argv[1]))["when"]["annotations"]
	matches = lambda k, v: all(re.search(a, k) and re.search(b, v) for a, b in notes.items())
	sys.exit(not (all(matches(k, v) for k in ("nacc.protect", "NACC.PROTECT", "nacc.gate", "Nacc.Gate") for v in ("true", "True", "1", "", "x\ny"))
	              and not matches("nacc.protect.x", "true") and not matches("nacc.gates", "true") and not matches("naccXprotect", "true")))
EOP
verdict 'the hook is called for whatever the annotation says' $?
FAKE_ROOT=$tmp/cgroup
mkdir -p "$FAKE_ROOT/dev" "$FAKE_ROOT/proc/77" "$FAKE_ROOT/sys/fs/cgroup/a.slice/libpod-0123456789abcdef.scope/container"
: >"$FAKE_ROOT/dev/nacc"
state='{"id":"0123456789abcdef","pid":77}'
printf '12:pids:/x\n0::/a.slice/libpod-0123456789abcdef.scope/container\n' >"$FAKE_ROOT/proc/77/cgroup"
fake "$new" hook "$state" 0 "fake: name '0123456789abcdef' flags 2"
fake "$new err.mark=12" hook "$state" 7 "'0123456789abcdef' cannot be protected: Cannot allocate memory: "
fake "$new err.mark=17" hook "$state" 7 'cannot be protected'
for path in / /a.slice /a.slice/libpod-0123456789abcde.scope /gone/0123456789abcdef; do
	echo "0::$path" >"$FAKE_ROOT/proc/77/cgroup"
	fake "$new" hook "$state" 0 "fake: name '0123456789abcdef' flags 0"
done
echo "12:pids:/0123456789abcdef" >"$FAKE_ROOT/proc/77/cgroup"
fake "$new" hook "$state" 0 "fake: name '0123456789abcdef' flags 0"
echo "0::/a.slice" >"$FAKE_ROOT/proc/77/cgroup"
fake "$new" hook '{"id":"a.slice","pid":77}' 0 "fake: name 'a.slice' flags 0"
FAKE_ROOT=$here/root
for state in '' '{' '[]' '{"id":"box1"}' '{"id":"box1","pid":0}' '{"id":"box1","pid":"77"}' '{"pid":-1}'; do
	hook "$state" 2 'no state of a container on standard input: '
done
fake "$new gone=77" hook '{"id":"box1","pid":77}' 3 'process 77 has exited'
fake 'err.open=2' hook '{"id":"box1","pid":77}' 5 '/dev/nacc is missing'
fake 'err.verify=2 err.mark=12' hook '{"id":"box1","pid":77}' 6 'the pool is too small'
PATH=$old_path
