# SPDX-License-Identifier: GPL-2.0
# docker run --runtime nacc, and what people do with containers after that.
# shellcheck shell=bash disable=SC2154
# shellcheck source=lib.sh
. engines/lib.sh
row "docker"

pid_of() { docker inspect -f '{{.State.Pid}}' "$1"; }
field_is() { [ "$(docker inspect -f "{{.$2}}" "$1" 2>/dev/null)" = "$3" ]; }
answers() { docker version >/dev/null 2>&1; }

column run
# What an administrator has there already stays.
mkdir -p /etc/docker
echo '{ "live-restore": true }' >/etc/docker/daemon.json
exits "nacc setup docker" 0 nacc setup docker
like "setup says what it changed" "*daemon.json: changed*" "$out"
exits "docker starts" 0 systemctl start docker
wait_for 60 answers
like "docker knows the runtime" "*nacc-runtime*" "$(docker info -f '{{json .Runtimes}}')"
exits "the image is loaded" 0 docker load -q -i /nacc/box.tar
exits "docker run: its exit status comes through" 7 \
	docker run --rm --runtime nacc localhost/box sh -c 'echo hello; exit 7'
is "its output" hello "$out"
exits "docker run -d" 0 docker run -d --name one --runtime nacc --restart always \
	--memory 64m --pids-limit 20 --health-cmd 'true' --health-interval 5s \
	localhost/box sh -c 'echo started; sleep 1000'
one=$(pid_of one)
all_protected "docker run -d" "$one"
labelled "the domain has the container's ID for a name" "$(docker inspect -f '{{.Id}}' one)" "$one"
is "docker logs" started "$(docker logs one 2>&1)"

column exec
exits "docker exec: its exit status comes through" 5 docker exec one sh -c 'echo inside; exit 5'
is "its output" inside "$out"
exits "docker exec -d" 0 docker exec -d one sleep 2000
same_domain "what exec started is in the container's own domain" "$one" "$(process 'sleep 2000')"
wait_for 60 field_is one State.Health.Status healthy
is "the health check, an exec, says healthy" healthy "$(docker inspect -f '{{.State.Health.Status}}' one)"

column limits
cgroup=/sys/fs/cgroup$(cut -d: -f3 "/proc/$one/cgroup")
is "--memory" $((64 << 20)) "$(cat "$cgroup/memory.max")"
is "--pids-limit" 20 "$(cat "$cgroup/pids.max")"
# shellcheck disable=SC2016
exits "a container that forks too much is told so" 0 docker exec one sh -c \
	'for i in $(seq 40); do sleep 3 & done 2>&1 | grep -q "fork" && echo stopped'
exits "docker pause" 0 docker pause one
is "it is frozen" 1 "$(sed -n 's/^frozen //p' "$cgroup/cgroup.events")"
exits "docker unpause" 0 docker unpause one
verified "after that its tables are in order" "$one"

column attack
exits "a container without protection beside it" 0 docker run -d --name twin --runtime runc localhost/box sleep 1000
shown_unprotected "$(docker inspect -f '{{.Id}}' twin)"
attack_refused "$one" "$(pid_of twin)"
exits "docker rm -f" 0 docker rm -f twin

column restart
exits "docker restart" 0 docker restart -t 0 one
is "another process" yes "$(another_pid one "$one" && echo yes)"
one=$(pid_of one)
protected "after docker restart" "$one"
kill -9 "$one"
wait_for 60 another_pid one "$one"
is "--restart always started it anew" yes "$(another_pid one "$one" && echo yes)"
one=$(pid_of one)
protected "after --restart always" "$one"
kill -9 "$(systemctl show -p MainPID --value docker)"
is "kill -9 of dockerd: the container goes on" yes "$(runs "$one" && echo yes)"
wait_for 120 answers
is "dockerd is back, with the same container" "$one" "$(pid_of one)"
protected "as before" "$one"
exits "docker exec -d in it" 0 docker exec -d one sleep 2100
same_domain "what that started is in the container's own domain" "$one" "$(process 'sleep 2100')"

column unprivileged
gpasswd -a user docker >/dev/null
exits "docker run by a user, of a program that is not root's" 0 as_user docker run -d --name two \
	--user 1000 --cap-drop ALL --security-opt no-new-privileges --runtime nacc localhost/box sleep 3000
protected "it" "$(pid_of two)"
is "whose it is" 1000 "$(uid_of "$(pid_of two)")"

column frames
exits "docker rm -f" 0 docker rm -f one two
frames_back

# --- a compose file --------------------------------------------------------------------
row "docker compose"
column run
cat >$T/compose.yaml <<-'EOC'
	name: nacc
	services:
	  web:
	    image: localhost/box
	    runtime: nacc
	    container_name: web
	    command: sleep 8000
	    restart: always
	    mem_limit: 64m
	    pids_limit: 20
EOC
exits "docker compose up" 0 docker compose -f $T/compose.yaml up -d
web=$(pid_of web)
all_protected "the service" "$web"
column exec
exits "docker compose exec -d" 0 docker compose -f $T/compose.yaml exec -d web sleep 8100
same_domain "what exec started is in the container's own domain" "$web" "$(process 'sleep 8100')"
exits "docker compose exec: its exit status comes through" 5 docker compose -f $T/compose.yaml exec -T web sh -c 'exit 5'
column limits
cgroup=/sys/fs/cgroup$(cut -d: -f3 "/proc/$web/cgroup")
is "mem_limit, pids_limit" "$((64 << 20)) 20" "$(cat "$cgroup/memory.max") $(cat "$cgroup/pids.max")"
column restart
kill -9 "$web"
wait_for 60 another_pid web "$web"
is "restart: always started it anew" yes "$(another_pid web "$web" && echo yes)"
protected "after that" "$(pid_of web)"
for c in unprivileged attack refused; do none $c "as docker, which does it"; done
column frames
exits "docker compose down" 0 docker compose -f $T/compose.yaml down -t 0
frames_back

row "docker"
column refused
does_not_start docker run --rm --runtime nacc localhost/box echo hello
systemctl stop docker.socket docker.service containerd.service
finish_engine
