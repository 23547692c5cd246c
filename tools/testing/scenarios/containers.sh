# SPDX-License-Identifier: GPL-2.0
# Sourced by scenarios: real OCI containers under crun and runc.
# shellcheck shell=sh disable=SC3043

# bundle NAME COMMAND...: an OCI bundle whose /tmp/test.txt is there.
bundle() {
	local dir="$T/$1"
	shift
	/nacc/mkbundle "$dir" "$@"
	sed -i '/"destination": "\/tmp"/d' "$dir/config.json"
	echo "content of test.txt" >"$dir/rootfs/tmp/test.txt"
}

make_bundles() {
	bundle echo echo test
	bundle file sh -c "cat /tmp/test.txt"
	bundle builtin sh -c "cd /tmp; pwd; ls /tmp"
	bundle fork sh -c "cat /etc/hostname; echo done"
	bundle pipe sh -c "echo alpha | wc -c"
	bundle shm /nacc/bin/shm
	bundle threads /nacc/bin/threads --threads 4 --rounds 20
	bundle python python3 /nacc/hello.py
	bundle status sh -c "exit 7"
	bundle sleep sleep 1000
}

# container RUNTIME NAME [WRAPPER...]: run it; $out and $rc.
container() {
	local runtime="$1" name="$2"
	shift 2
	out=$("$@" timeout -s KILL 120 "$runtime" run -b "$T/$name" "$runtime-$name" 2>&1)
	rc=$?
}

more() { [ "$3" -ge "$1" ] || part "$2" "$1 or more" "$3"; }

# one_container RUNTIME NAME TITLE OUTPUT: started marked; its output is right and
# its page tables were in the pool.
one_container() {
	local tables forks execs
	tables=$(stat adopted_call) forks=$(stat mod_inherited_fork) execs=$(stat mod_inherited_exec)
	container "$1" "$2" nacc run --
	part "output" "$4" "$out"
	part "exit status" 0 "$rc"
	more 40 "tables that moved to the pool" $(($(stat adopted_call) - tables))
	more 1 "children that were marked" $(($(stat mod_inherited_fork) - forks))
	more 2 "programs that were marked" $(($(stat mod_inherited_exec) - execs))
	whole "$1: $3"
}

all_containers() {
	one_container "$1" echo "echo test" test
	one_container "$1" file 'sh -c "cat /tmp/test.txt"' "content of test.txt"
	one_container "$1" builtin "builtin, then external command" "/tmp
test.txt"
	one_container "$1" fork 'sh -c "cat /etc/hostname; echo done"' "nacc-guest
done"
	one_container "$1" pipe "echo alpha | wc -c" 6
	one_container "$1" shm "shm_open + mmap(MAP_SHARED) + fork" \
		"shm: parent and child agree on 512 KiB"
	one_container "$1" threads "a threaded program" \
		"threads: 4 threads, 20 rounds, data intact"
	one_container "$1" python "a Python script" \
		"python: 333328333350000 0e75d5bf42b09937 child"
	container "$1" status nacc run --
	is "$1: the exit status comes through" 7 "$rc"
}

sleeper() { awk '$5 == "sleep" { print $2 }' /proc/nacc/mms; }
sleeper_runs() { [ -n "$(sleeper)" ]; }

# look_inside RUNTIME: a container that stays is looked at from outside.
look_inside() {
	local pid
	nacc run --name "$1-box" -- "$1" run -b "$T/sleep" "$1-sleep" >/dev/null 2>&1 &
	wait_for 30 sleeper_runs
	pid=$(sleeper)
	like "$1: nacc ps shows the container's process" "*$1-box*$pid*sleep*" "$(nacc ps)"
	is "$1: it lives in its own pid namespace" 1 \
		"$(awk '$1 == "NSpid:" { print $NF }' "/proc/$pid/status")"
	verified "$1: nacc verify finds its tables in order" "$pid"
	"$1" kill "$1-sleep" KILL
	wait $!
	is "$1: it ended by the signal" 137 $?
}

# podman_run WORDS...: a container of podman's with the bundle's root; nothing of podman's
# own is kept. By the runtime that $podman_runtime names.
podman_run() {
	timeout -s KILL 240 podman --runtime "${podman_runtime:-nacc}" --cgroup-manager cgroupfs --events-backend none \
		--storage-driver vfs --root $T/podman --runroot $T/podman.run --log-level error \
		run --network none --log-driver none -v /usr:/usr:ro -v /nacc:/nacc:ro "$@"
}

# podman_containers: what is not said to be marked is, by podman's runtime.
podman_containers() {
	local tables pid
	exits "nacc setup podman" 0 nacc setup podman
	tables=$(stat adopted_call)
	out=$(podman_run --rm --rootfs $T/file/rootfs sh -c "cat /tmp/test.txt; exit 7" 2>&1)
	rc=$?
	part "output" "content of test.txt" "$out"
	part "exit status" 7 "$rc"
	more 40 "tables that moved to the pool" $(($(stat adopted_call) - tables))
	whole "podman --runtime nacc run: sh -c \"cat /tmp/test.txt\""
	out=$(podman_run --rm --rootfs $T/python/rootfs python3 /nacc/hello.py 2>&1)
	is "podman: a Python script" "python: 333328333350000 0e75d5bf42b09937 child" "$out"
	podman_run --rm --name box --rootfs $T/sleep/rootfs sleep 1000 >/dev/null 2>&1 &
	wait_for 60 sleeper_runs
	pid=$(sleeper)
	like "podman: nacc ps shows the container's process" "*$pid*sleep*" "$(nacc ps)"
	verified "podman: nacc verify finds its tables in order" "$pid"
	kill -KILL "$pid"
	wait $!
	is "podman: it ended by the signal" 137 $?
	exits "nacc setup --undo podman" 0 nacc setup --undo podman
}
