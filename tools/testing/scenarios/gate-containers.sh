# SPDX-License-Identifier: GPL-2.0
# Containers behind a gate that enforces: what the gate does not let by is an attack, and
# what programs that nobody here wrote do is none. Argument: nacc.runtimes=crun,runc.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=containers.sh
. scenarios/containers.sh

runtimes=$(sed -n 's/.*nacc\.runtimes=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
runtimes=${runtimes:-crun runc}

# What was refused since the runtime's turn has begun: stores, returns, threads, system calls;
# by the firmware's counters, which go on as long as the machine does.
counted() { stat refused; stat refused_context; stat refused_thread; stat refused_syscall; }
refusals() {
	# shellcheck disable=SC2046
	set -- $before $(counted)
	echo "$(($5 - $1)) $(($6 - $2)) $(($7 - $3)) $(($8 - $4))"
}
nothing_refused() {
	is "$1" "0 0 0 0" "$(refusals)"
	like "$1: by the domain's record, too" "*calls refused: 0, returns refused: 0; gate enforce*" \
		"$(nacc syscalls "$domain" | tail -n 1)"
}

# calls [NAME]: how often that one was made in the domain, or all of them, by the firmware
calls() {
	nacc syscalls "$domain" | awk -v n="${1:-}" '$2 ~ /^[0-9]+$/ && (n == "" || $1 == n) { s += $3 } END { print s + 0 }'
}

# A user's, since nginx's workers become another only if they are root's.
program() {
	bundle "$1" sh "/nacc/programs/$1.sh"
	sed -i 's/"uid": 0, "gid": 0/"uid": 1000, "gid": 1000/' "$T/$1/config.json"
	chmod 1777 "$T/$1/rootfs/tmp"
}

# behind RUNTIME NAME TEXT CALL: its output is right, and the record has grown by what it
# does: by CALL, too, which the others do not make, or not as often.
behind() {
	local all one
	all=$(calls) one=$(calls "$4")
	container "$1" "$2" nacc run --domain "$domain" --
	part "output" "$3" "$out"
	part "exit status" 0 "$rc"
	more 300 "system calls that the gate saw" $(($(calls) - all))
	more 1 "$4 that the gate saw" $(($(calls "$4") - one))
	say "$1: $2: $(($(calls) - all)) system calls, $(($(calls "$4") - one)) of them $4"
	part "refused" "0 0 0 0" "$(refusals)"
	whole "$1: $2 behind the gate"
}

# attacked RUNTIME: and if it is an attack, it is refused, and the container goes on.
attacked() {
	local pid
	bundle lines sh -c 'read x; echo "first $x"; read x; echo "second $x"'
	mkfifo $T/lines.in
	nacc run --domain "$domain" -- "$1" run -b $T/lines "$1-lines" <$T/lines.in >$T/lines.out 2>&1 &
	exec 4>$T/lines.in
	echo one >&4
	wait_for 60 grep -q "first one" $T/lines.out
	pid=$(awk '$5 == "sh" && $2 { p = $2 } END { print p }' /proc/nacc/mms)
	like "$1: its saved pc is another" "old=*" "$(attack regs "$pid" 0xdead000)"
	echo two >&4
	exec 4>&-
	wait $!
	is "$1: the container ends by itself" 0 $?
	is "$1: with what it was told" "first one
second two" "$(cat $T/lines.out)"
	is "$1: that one is on record" "0 1 0 0" "$(refusals)"
	like "$1: with the register" "*pc should have been*and was 0xdead000*restored*" "$(nacc audit)"
	rm -f $T/lines.in
}

# By an annotation, and by nothing else: in front of the runtime, or by the hook.
annotated() {
	local pid
	before=$(counted)
	podman_runtime=$1 podman_run --rm --annotation nacc.gate=enforce --rootfs $T/go/rootfs \
		sh -c 'sh /nacc/programs/go.sh; exec sleep 1000' >$T/podman.out 2>&1 &
	wait_for 120 sleeper_runs
	is "podman, $1: its output" "$go" "$(cat $T/podman.out)"
	pid=$(sleeper)
	domain=$(domain_of "$pid")
	is "podman, $1: nacc.gate=enforce: the domain has such a gate" enforce "$(gate_of "$domain")"
	at_least "podman, $1: the gate saw it" 1000 "$(calls)"
	nothing_refused "podman, $1: nothing was refused"
	kill -KILL "$pid"
	wait $!
	is "podman, $1: it ended by the signal" 137 $?
	out=$(podman_runtime=$1 podman_run --rm --annotation nacc.gate=on --rootfs $T/go/rootfs \
		sh -c 'echo it has started' 2>&1)
	unlike "podman, $1: nacc.gate=on: it does not start" "*it has started*" "$out"
	# crun does not show what its hooks say.
	[ "$1" = crun ] || like "podman, $1: and it says why" "*can be 'off', 'audit' or 'enforce'*" "$out"
}

load
load_attack
make_bundles
for p in python redis nginx gcc go; do program $p; done
go="go: 114 lines, 321 first"
for runtime in $runtimes; do
	before=$(counted)
	# All of them are one domain, whose record of calls stays as long as this one.
	nacc run --name "$runtime-box" --gate=enforce -- sleep 100000 &
	keeper=$!
	wait_for 20 appears "$runtime-box"
	domain=$(domain_of "$inner")
	behind $runtime python "python: 333328333350000 0e75d5bf42b09937 child" getdents64
	behind $runtime redis "redis: before, 0 of 1000 lost" accept4
	behind $runtime nginx "nginx: status 0, answers 5555" sendfile
	behind $runtime gcc "gcc: both do what they should" clone
	behind $runtime go "$go" futex
	for c in file builtin fork pipe shm threads; do
		container $runtime $c nacc run --domain "$domain" --
		part "$c: exit status" 0 "$rc"
	done
	whole "$runtime: shells, pipes, shared memory, threads"
	container $runtime status nacc run --domain "$domain" --
	is "$runtime: the exit status comes through" 7 "$rc"
	nothing_refused "$runtime: nothing was refused"
	say "$runtime: the domain's calls, by the firmware:"
	nacc syscalls "$domain" | sort -k 3 -n -r | head -n 12 | sed 's/^/# | /'
	attacked $runtime
	kill $keeper
	wait $keeper 2>/dev/null
	pool_all_free
done
exits "nacc setup podman" 0 nacc setup podman
for runtime in nacc crun; do annotated $runtime; done
exits "nacc setup --undo podman" 0 nacc setup --undo podman
pool_all_free
rmmod nacc_attack
unload
kernel_log_clean
finish
