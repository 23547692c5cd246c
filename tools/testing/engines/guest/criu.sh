# SPDX-License-Identifier: GPL-2.0
# podman container checkpoint, and restore: criu, by runc behind nacc-runtime. Debian's crun
# is built without it.
# shellcheck shell=bash disable=SC2154
# shellcheck source=lib.sh
. engines/lib.sh
row "podman, checkpoint (criu)"

printf '#!/bin/sh\nexec nacc-runtime --runtime runc "$@"\n' >/usr/local/bin/nacc-runc
chmod 755 /usr/local/bin/nacc-runc
P="podman --runtime /usr/local/bin/nacc-runc"
TWIN="podman --runtime runc"
pid_of() { podman inspect -f '{{.State.Pid}}' "$1"; }

# What both do: count, in memory, and say where they are.
# shellcheck disable=SC2016
COUNT='i=0; while :; do i=$((i + 1)); echo $i; sleep 0.1; done'
last() { podman logs "$1" 2>/dev/null | tail -n 1; }
beyond() { [ "$(last "$1")" -gt "$2" ]; }

# checkpoint TEXT ARGUMENT...: with what criu says of it, where that fails.
checkpoint() {
	local text="$1" seen="$failures"
	shift
	exits "$text" 0 podman container checkpoint "$@"
	[ "$failures" = "$seen" ] ||
		grep -h "Error\|Warn" /var/lib/containers/storage/overlay-containers/*/userdata/dump.log | tail -n 20
}

# went_on TEXT NAME COUNT: it counts beyond COUNT, and has left out no number and said none twice.
went_on() {
	wait_for 60 beyond "$2" "$3"
	at_least "$1: it counts on" $(($3 + 1)) "$(last "$2")"
	podman logs "$2" >$T/counted
	is "$1: it goes on where it was" "$(seq "$(wc -l <$T/counted)" | cksum)" "$(cksum <$T/counted)"
}

# criu does not know the mapping by which programs see that they are protected.
unload
load page=0

column run
exits "the image is loaded" 0 podman load -q -i /nacc/box.tar
exits "podman run -d" 0 $P run -d --name one --network none box sh -c "$COUNT"
exits "without protection beside it" 0 $TWIN run -d --name twin --network none box sh -c "$COUNT"
protected "podman run -d" "$(pid_of one)"
for c in twin one; do
	wait_for 60 beyond $c 5
	before=$(last $c)
	checkpoint "podman container checkpoint: $c" $c
	is "it does not run" false "$(podman inspect -f '{{.State.Running}}' $c)"
	[ $c = twin ] || frames_back
	exits "podman container restore" 0 podman container restore $c
	went_on "after it" $c "$before"
done
is "the twin is in no domain" "" "$(domain_of "$(pid_of twin)")"
protected "it is protected as before" "$(pid_of one)"
labelled "in the domain of the container's ID" "$(podman inspect -f '{{.Id}}' one)" "$(pid_of one)"
checkpoint "while it runs on" --leave-running one
went_on "after that" one "$(last one)"
verified "its tables are in order" "$(pid_of one)"

column restart
checkpoint "podman container checkpoint --export" --export /tmp/one.tar.gz one
before=$(last one)
exits "podman rm" 0 podman rm one
frames_back
exits "podman container restore --import: as on another machine" 0 $P container restore --import /tmp/one.tar.gz
wait_for 60 beyond one "$before"
at_least "it counts on" $((before + 1)) "$(last one)"
protected "and is protected" "$(pid_of one)"

column exec
exits "podman exec: its exit status comes through" 5 podman exec one sh -c 'exit 5'
podman exec -d one sleep 2000 >/dev/null
same_domain "what exec started is in the container's own domain" "$(pid_of one)" "$(process 'sleep 2000')"

column attack
attack_refused "$(pid_of one)" "$(pid_of twin)"
for c in limits unprivileged; do none $c "as podman, which does it"; done

column frames
exits "podman rm -f" 0 podman rm -f -t 0 one twin
frames_back

column refused
unload
load
exits "podman run, with the page" 0 $P run -d --name paged --network none box sleep 1000
exits "podman container checkpoint" 125 podman container checkpoint paged
like "the engine says why" "*criu cannot save the mapping ?nacc?*load the module with page=0*" "$(cat $T/out)"
mkdir -p $T/image
exits "nor does it without nacc-runtime" 1 runc checkpoint --image-path $T/image --work-path $T/image \
	"$(podman inspect -f '{{.Id}}' paged)"
like "for which criu has this reason" "*nsupported mapping found*ffe00000*" "$(grep Error $T/image/dump.log)"
exits "it runs on" 0 podman exec paged true
exits "podman rm -f" 0 podman rm -f -t 0 paged
frames_back
unload
starts_nothing $P container restore --import /tmp/one.tar.gz
like "the engine says why" "*/dev/nacc is missing: load the module first*" "$(cat $T/out)"
finish_engine
