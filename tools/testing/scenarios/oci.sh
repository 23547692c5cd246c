# SPDX-License-Identifier: GPL-2.0
# nacc-runtime in front of crun and of runc, and nacc hook, in their own words: create,
# start, exec, state, delete. The engines that call them are in tools/testing/engines.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=containers.sh
. scenarios/containers.sh

pid_of() { $oci state "$1" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p'; }
# The process of a command line, by its last words.
process() { ps -o pid,args | awk -v w="$1" 'substr($0, length($0) - length(w) + 1) == w && !/awk/ { print $1; exit }'; }
appears() { [ -n "$(process "$1")" ]; }

# One container from create to delete.
by_steps() {
	local id="$1-steps" pid added
	exits "$1: create" 0 $oci create -b $T/sleep "$id" </dev/null
	like "$1: state after create" "*created*nacc.protected*true*nacc.domain*" "$($oci state "$id" | tr -d '\n')"
	exits "$1: start" 0 $oci start "$id"
	pid=$(pid_of "$id")
	wait_for 30 sleeper_runs
	is "$1: its domain has its name" "$id" "$(label_of "$(domain_of "$pid")")"
	verified "$1: its tables are in order" "$pid"
	exits "$1: exec: output and exit status come through" 5 $oci exec "$id" sh -c 'echo inside; exit 5'
	is "$1: exec: its output" inside "$out"
	$oci exec -d "$id" sleep 2000 </dev/null >/dev/null 2>&1
	wait_for 30 appears "sleep 2000"
	added=$(process "sleep 2000")
	is "$1: what exec started is in the container's domain" "$(domain_of "$pid")" "$(domain_of "$added")"
	verified "$1: exec: its tables are in order" "$added"
	exits "$1: kill" 0 $oci kill "$id" KILL
	wait_for 30 eval "! runs $pid"
	exits "$1: delete" 0 $oci delete -f "$id"
}

# descriptors, signals, and what a runtime is not asked often.
details() {
	local id="$1-details"
	bundle three sh -c 'cat <&3; sleep 1000'
	echo "on descriptor 3" >$T/three.txt
	$oci run --preserve-fds 1 -b $T/three "$id" 3<$T/three.txt >$T/three.out 2>&1 &
	wait_for 30 grep -q descriptor $T/three.out
	is "$1: --preserve-fds" "on descriptor 3" "$(cat $T/three.out)"
	$oci kill "$id" TERM
	$oci kill "$id" KILL
	wait $!
	is "$1: run ends as the container's first process" 137 $?
	like "$1: features" "*nacc.protected*true*" "$($oci features | tr -d '\n')"
	exits "$1: run of what is not there fails as without" 1 $oci run -b $T/nowhere "$id"
}

# exec in a container that somebody started otherwise.
not_in() {
	"$1" run -b $T/sleep "$1-bare" >/dev/null 2>&1 &
	wait_for 30 appears "sleep 1000"
	exits "$1: exec in a container that is not protected" 1 $oci exec "$1-bare" echo hello
	like "$1: it says why" "*'$1-bare' is not protected*" "$out"
	like "$1: state says so" "*nacc.protected*false*" "$($oci state "$1-bare" | tr -d '\n')"
	"$1" kill "$1-bare" KILL
	wait $!
	"$1" delete -f "$1-bare" 2>/dev/null
}

# The hook, in a bundle's configuration as an engine puts it there.
by_hook() {
	local dir="$T/hooked" pid
	bundle hooked sleep 1000
	sed -i 's|^  "hostname"|  "hooks": { "createRuntime": [ { "path": "/usr/bin/nacc", "args": [ "nacc", "hook" ] } ] },\n&|' \
		$dir/config.json
	"$1" run -b $dir "$1-hooked-container" >$T/hook.out 2>&1 &
	wait_for 30 sleeper_runs
	pid=$(sleeper)
	is "$1: by the hook: its domain has its name" "$1-hooked-container" "$(label_of "$(domain_of "$pid")")"
	verified "$1: by the hook: its tables are in order" "$pid"
	"$1" kill "$1-hooked-container" KILL
	wait $!
	"$1" delete -f "$1-hooked-container" 2>/dev/null
}

# note BUNDLE TEXT: its annotations
note() { sed -i "/\"annotations\"/d; s|^  \"hostname\"|  \"annotations\": { $2 },\n&|" "$T/$1/config.json"; }

# What the annotations ask for, of the runtime in front and of the hook
by_annotation() {
	local pid who dir
	bundle noted sleep 1000
	for who in "$oci" "$1"; do
		dir=noted
		[ "$who" = "$oci" ] || dir=hooked
		for mode in enforce audit off; do
			note $dir "\"nacc.gate\": \"$mode\""
			$who run -b $T/$dir "$1-annotated-box" >$T/hook.out 2>&1 &
			wait_for 30 sleeper_runs
			pid=$(sleeper)
			is "$who: nacc.gate=$mode" "$mode" "$(gate_of "$(domain_of "$pid")" | sed 's/^-$/off/')"
			$1 kill "$1-annotated-box" KILL
			wait $!
			$1 delete -f "$1-annotated-box" 2>/dev/null
		done
		for text in '"nacc.gate": "on"' '"nacc.gate": true' '"Nacc.Protect": "yes"' \
			'"nacc.protect": "system"' '"nacc.protect": "false", "nacc.gate": "audit"'; do
			note $dir "$text"
			$who run -b $T/$dir "$1-annotated-box" >$T/out 2>&1
			unlike "$who: $text: it does not start" 0 $?
			# crun does not show what its hooks say.
			[ "$who" = crun ] || like "$who: $text: it says why" "*annotation*" "$(cat $T/out)"
			is "$who: $text: and there is no process of it" "" "$(sleeper)"
			$1 delete -f "$1-annotated-box" 2>/dev/null
		done
	done
	exits "nacc protect --system" 0 nacc protect --system
	note noted '"nacc.protect": "system"'
	$oci run -b $T/noted "$1-annotated-box" >$T/out 2>&1 &
	wait_for 30 sleeper_runs
	is "$oci: nacc.protect=system: it is in the system's domain" system "$(label_of "$(domain_of "$(sleeper)")")"
	$1 kill "$1-annotated-box" KILL
	wait $!
	$1 delete -f "$1-annotated-box" 2>/dev/null
	exits "nacc protect --off" 0 nacc protect --off
	note hooked ''
}

# Without the module nothing starts.
refused_to_start() {
	rm -f $T/log
	exits "$1: without the module: run" 1 $oci --log $T/log --log-format json run -b $T/echo "$1-none"
	like "$1: it says why" "*/dev/nacc is missing*" "$out"
	like "$1: and in the log" '*"level":"error","msg":"nacc: /dev/nacc is missing*' "$(cat $T/log)"
	"$1" run -b $T/hooked "$1-hooked-container" >$T/out 2>&1
	unlike "$1: without the module: by the hook" 0 $?
	like "$1: by the hook: the runtime says so" "*hook*" "$(cat $T/out)"
	like "$1: features says so" "*nacc.protected*false*" "$($oci features | tr -d '\n')"
	exits "$1: what starts nothing works" 0 $oci list
}

load
make_bundles
for runtime in crun runc; do
	oci="nacc-runtime --runtime $runtime"
	exits "$runtime: the exit status comes through" 7 $oci run -b $T/status $runtime-status
	exits "$runtime: run" 0 $oci run -b $T/echo $runtime-echo
	is "$runtime: its output" test "$out"
	by_steps $runtime
	details $runtime
	not_in $runtime
	by_hook $runtime
	by_annotation $runtime
	pool_all_free
done
unload
for runtime in crun runc; do
	oci="nacc-runtime --runtime $runtime"
	refused_to_start $runtime
done
kernel_log_clean
finish
