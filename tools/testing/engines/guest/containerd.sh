# SPDX-License-Identifier: GPL-2.0
# containerd as Kubernetes uses it: pods with the runtime handler "nacc", over the CRI.
# shellcheck shell=bash disable=SC2154
# shellcheck source=lib.sh
. engines/lib.sh
row "containerd, CRI"

# ask_cri WORDS...: the client's answer.
ask_cri() {
	local line="error: no answer"
	echo "$*" >&"${cri[1]}"
	read -r -t 300 line <&"${cri[0]}"
	echo "$line"
}
second() { echo "$2"; }
third() { echo "$3"; }
exec_works() { [ "$(ask_cri exec "$id" true)" = "exit 0" ]; }
answers() { ctr version >/dev/null 2>&1; }

column run
# What an administrator has there already stays: an image, and a runc whose cgroups are systemd's.
conf=/etc/containerd/config.toml cri='plugins."io.containerd.grpc.v1.cri"'
grep -qF "[$cri]" $conf || printf '\n[%s]\n' "$cri" >>$conf
sed -i "s|^ *\[$cri\]\$|&\n  sandbox_image = \"localhost/pause:latest\"|" $conf
printf '[%s.containerd.runtimes.runc]\n  runtime_type = "io.containerd.runc.v2"\n' "$cri" >>$conf
printf '[%s.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n' "$cri" >>$conf
exits "nacc setup containerd" 0 nacc setup containerd
like "setup says what it changed" "*config.toml: changed*" "$out"
is "nacc's cgroups are systemd's as runc's are" 2 "$(grep -c 'SystemdCgroup = true' $conf)"
exits "containerd starts" 0 systemctl restart containerd
wait_for 60 answers
for image in box pause; do
	exits "image $image is imported" 0 ctr -n k8s.io images import /nacc/$image.tar
done
coproc cri { exec python3 engines/cri.py 2>$T/cri.err; }
pod=$(ask_cri pod one nacc)
like "a pod with the handler nacc" "pod ?*" "$pod" || {
	told <$T/cri.err
	ctr plugins ls | told
	journalctl -u containerd --no-pager -o cat | grep -E 'level=(warn|error|fatal)' | tail -n 20 | told
	finish_engine
}
pod=$(second $pod)
one=$(ask_cri container "$pod" one 0 67108864 sleep 1000)
like "a container in it" "container ?* [1-9]*" "$one"
id=$(second $one) one=$(third $one)
all_protected "the container" "$one"
labelled "the domain has the container's ID for a name" "$id" "$one"
labelled "the pod's own process has a domain of its own" "$pod" "$(process 'sleep 1000000')"
protected "the pod's own process" "$(process 'sleep 1000000')"

column exec
is "ExecSync: output and exit status" "exit 0 inside" "$(ask_cri exec "$id" echo inside)"
is "ExecSync: a status that is not 0" "exit 1" "$(ask_cri exec "$id" false)"
ctr -n k8s.io tasks exec --detach --exec-id e1 "$id" sleep 2000
same_domain "what exec started is in the container's own domain" "$one" "$(process 'sleep 2000')"

column limits
is "the memory limit" 67108864 "$(cat "/sys/fs/cgroup$(cut -d: -f3 "/proc/$one/cgroup")/memory.max")"

column unprivileged
user=$(ask_cri container "$pod" two 1000 0 sleep 3000)
like "a container whose program is not root's" "container ?* [1-9]*" "$user"
protected "it" "$(third $user)"
is "whose it is" 1000 "$(uid_of "$(third $user)")"

column attack
twin=$(ask_cri pod twin runc)
like "a pod without protection beside it" "pod ?*" "$twin"
plain=$(ask_cri container "$(second $twin)" twin 0 0 sleep 4000)
shown_unprotected "$(second $twin)" "$(second $plain)"
attack_refused "$one" "$(third $plain)"
is "the pod without protection is removed" removed "$(ask_cri remove "$(second $twin)")"

column restart
kill -9 "$(systemctl show -p MainPID --value containerd)"
is "kill -9 of containerd: the container goes on" yes "$(runs "$one" && echo yes)"
exits "containerd starts again" 0 systemctl restart containerd
wait_for 60 answers
wait_for 60 exec_works
protected "as before" "$one"
is "exec in the same container" "exit 0 again" "$(ask_cri exec "$id" echo again)"
ctr -n k8s.io tasks exec --detach --exec-id e2 "$id" sleep 2100
same_domain "what exec started is in the container's own domain" "$one" "$(process 'sleep 2100')"
is "it is stopped" stopped "$(ask_cri stop "$id")"
one=$(ask_cri container "$pod" one 0 0 sleep 1000)
protected "another in its place" "$(third $one)"

column frames
is "the pod is removed with all in it" removed "$(ask_cri remove "$pod")"
frames_back

column refused
cri_pod() { local a; a=$(ask_cri pod three nacc); echo "$a"; case $a in error*) return 1 ;; esac; echo hello; }
does_not_start cri_pod
eval "exec ${cri[1]}>&-"
systemctl stop containerd
finish_engine
