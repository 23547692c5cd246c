# SPDX-License-Identifier: GPL-2.0
# podman run --runtime nacc, and what people do with containers after that.
# shellcheck shell=bash disable=SC2154
# shellcheck source=lib.sh
. engines/lib.sh
row "podman"

P="podman --runtime nacc"
pid_of() { podman inspect -f '{{.State.Pid}}' "$1"; }

column run
exits "nacc setup podman" 0 nacc setup podman
like "setup says what it wrote" "*containers.conf.d/50-nacc.conf: written*" "$out"
exits "the image is loaded" 0 podman load -q -i /nacc/box.tar
exits "podman run: its exit status comes through" 7 $P run --rm box sh -c 'echo hello; exit 7'
is "its output" hello "$out"
exits "podman run -d" 0 $P run -d --name one --memory 64m --pids-limit 20 \
	--health-cmd true --health-interval disable --network none box sh -c 'echo started; sleep 1000'
one=$(pid_of one)
all_protected "podman run -d" "$one"
labelled "the domain has the container's ID for a name" "$(podman inspect -f '{{.Id}}' one)" "$one"
is "podman logs" started "$(podman logs one 2>&1)"
like "nacc-runtime state tells the domain" "*nacc.domain*$(domain_of "$one")*" \
	"$(nacc-runtime state "$(podman inspect -f '{{.Id}}' one)")"
like "nacc-runtime features tells of NACC" "*nacc.protected*true*" "$(nacc-runtime features)"
# shellcheck disable=SC2016
exits "a terminal, and descriptors handed on" 0 script -qec "$P run --rm -t --preserve-fds 1 --network none box \
	sh -c 'test -t 0 && cat <&3'" /dev/null 3</etc/hostname
like "what came through them" "engines*" "$out"

column exec
exits "podman exec: its exit status comes through" 5 podman exec one sh -c 'echo inside; exit 5'
is "its output" inside "$out"
podman exec -d one sleep 2000 >/dev/null
same_domain "what exec started is in the container's own domain" "$one" "$(process 'sleep 2000')"
exits "podman healthcheck run, an exec" 0 podman healthcheck run one

column limits
cgroup=/sys/fs/cgroup$(cut -d: -f3 "/proc/$one/cgroup")
is "--memory" $((64 << 20)) "$(cat "$cgroup/memory.max")"
is "--pids-limit" 20 "$(cat "$cgroup/pids.max")"
exits "podman pause" 0 podman pause one
is "it is frozen" 1 "$(sed -n 's/^frozen //p' "$cgroup/cgroup.events")"
exits "podman unpause" 0 podman unpause one
verified "after that its tables are in order" "$one"

column attack
exits "a container without protection beside it" 0 podman run -d --name twin --network none box sleep 1000
shown_unprotected "$(podman inspect -f '{{.Id}}' twin)"
attack_refused "$one" "$(pid_of twin)"

column restart
exits "podman restart" 0 podman restart -t 0 one
is "another process" yes "$(another_pid one "$one" && echo yes)"
one=$(pid_of one)
protected "after podman restart" "$one"
kill -9 "$(podman inspect -f '{{.State.ConmonPid}}' one)"
is "kill -9 of conmon: the container goes on" yes "$(runs "$one" && echo yes)"
protected "protected as before" "$one"

column frames
# Without its conmon podman cannot say how it ended, and may say that first.
podman rm -f -t 0 one >/dev/null 2>&1
exits "podman rm -f" 0 podman rm -f -i -t 0 one twin
is "no container is left" "" "$(podman ps -aq)"
frames_back

# --- a unit of systemd's --------------------------------------------------------------
row "podman, systemd (quadlet)"
column run
mkdir -p /etc/containers/systemd
cat >/etc/containers/systemd/web.container <<-'EOC'
	[Container]
	Image=localhost/box:latest
	ContainerName=web
	GlobalArgs=--runtime nacc
	Network=none
	PodmanArgs=--memory 64m --pids-limit 20
	AutoUpdate=local
	Exec=sleep 8000
	[Service]
	Restart=always
	RestartSec=0
EOC
systemctl daemon-reload
exits "systemctl start" 0 systemctl start web.service
web=$(pid_of web)
all_protected "the service" "$web"
column exec
exits "podman exec" 5 podman exec web sh -c 'exit 5'
exits "podman exec -d" 0 podman exec -d web sleep 8100
same_domain "what exec started is in the container's own domain" "$web" "$(process 'sleep 8100')"
column limits
cgroup=/sys/fs/cgroup$(cut -d: -f3 "/proc/$web/cgroup")
is "--memory, --pids-limit" "$((64 << 20)) 20" "$(cat "$cgroup/memory.max") $(cat "$cgroup/pids.max")"
column restart
kill -9 "$web"
wait_for 60 another_pid web "$web"
is "Restart=always started it anew" yes "$(another_pid web "$web" && echo yes)"
web=$(pid_of web)
protected "after that" "$web"
exits "another image of that name" 0 podman commit -q --change "LABEL updated=yes" web localhost/box:latest
exits "podman auto-update" 0 podman auto-update
wait_for 60 another_pid web "$web"
is "started it anew, of that image" yes "$(another_pid web "$web" && podman inspect -f '{{.Config.Labels.updated}}' web)"
protected "after that, too" "$(pid_of web)"
for c in unprivileged attack refused; do none $c "as podman, which does it"; done
column frames
exits "systemctl stop" 0 systemctl stop web.service
frames_back

# --- by an annotation --------------------------------------------------------------------
row "podman, by the hook"
column run
exits "podman run --annotation nacc.protect=true" 0 podman run -d --name hooked --network none \
	--annotation nacc.protect=true box sleep 1000
all_protected "it" "$(pid_of hooked)"
starts_nothing podman run --rm --network none --annotation Nacc.protect=True box echo hello
exits "without the annotation" 0 podman run -d --name twin --network none box sleep 1000
is "nothing is marked" "" "$(domain_of "$(pid_of twin)")"
column exec
exits "podman exec -d" 0 podman exec -d hooked sleep 2000
same_domain "what exec started is in the container's own domain" "$(pid_of hooked)" "$(process 'sleep 2000')"
for c in restart limits unprivileged; do none $c "as podman, which does it"; done
column attack
attack_refused "$(pid_of hooked)" "$(pid_of twin)"
column frames
exits "podman rm -f" 0 podman rm -f -t 0 hooked twin
frames_back
column refused
unload
starts_nothing podman run --rm --network none --annotation nacc.protect=true box echo hello
like "the engine says that it was the hook" "*hook*nacc*" "$(cat $T/out)"
like "the journal says why" "*/dev/nacc is missing: load the module first*" "$(journalctl -t nacc -o cat --no-pager)"

# --- by an ordinary user, who may mark himself --------------------------------------------
row "podman, rootless"
column run
insmod /nacc/nacc.ko self=4096
chmod 666 /dev/nacc
systemctl start user@1000.service
cd /home/user || finish_engine
exits "the image is loaded" 0 as_user podman load -q -i /nacc/box.tar
exits "nacc run -- podman run: its exit status comes through" 7 \
	as_user nacc run -- podman run --rm --network none box sh -c 'echo hello; exit 7'
is "its output" hello "$out"
exits "nacc run -- podman run -d" 0 as_user nacc run -- podman run -d --name mine \
	--memory 64m --pids-limit 20 --network none box sleep 9000
mine=$(process 'sleep 9000')
all_protected "it" "$mine"
column exec
exits "nacc run -- podman exec: its exit status comes through" 5 as_user nacc run -- podman exec mine sh -c 'exit 5'
as_user nacc run -- podman exec -d mine sleep 9500 >/dev/null
same_domain "what exec started is in the same domain" "$mine" "$(process 'sleep 9500')"
column unprivileged
is "whose it is" 1000 "$(uid_of "$mine")"
column limits
cgroup=/sys/fs/cgroup$(cut -d: -f3 "/proc/$mine/cgroup")
is "--memory, --pids-limit" "$((64 << 20)) 20" "$(cat "$cgroup/memory.max") $(cat "$cgroup/pids.max")"
column attack
exits "a container without protection beside it" 0 as_user podman run -d --name twin --network none box sleep 9900
attack_refused "$mine" "$(process 'sleep 9900')"
column restart
exits "nacc run -- podman restart" 0 as_user nacc run -- podman restart -t 0 mine
protected "after that" "$(process 'sleep 9000')"
column frames
exits "podman rm -f" 0 as_user podman rm -f -t 0 mine twin
frames_back
column refused
does_not_start as_user nacc run -- podman run --rm --network none box echo hello
cd /nacc || finish_engine

row "podman"
column refused
load >/dev/null
does_not_start $P run --rm --network none box echo hello
finish_engine
