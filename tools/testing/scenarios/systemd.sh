# SPDX-License-Identifier: GPL-2.0
# The system profile from before init on, which is Debian's systemd: it, its services and
# all that they start are marked.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

main_pid() { systemctl show -p MainPID --value "$1"; }

system=$(nacc protect --json | sed -n 's/.*"domain": *\([0-9]*\).*/\1/p')
is "init is systemd" systemd "$(cat /proc/1/comm)"
is "the profile is on" on "$(status system)"
is "init is in its domain" "$system" "$(domain_of 1)"
is "the journal is" "$system" "$(domain_of "$(main_pid systemd-journald)")"
is "no process is unmarked" "0 0" "$(states unmarked) $(states excepted)"
is "what init needs is up" "active active" \
	"$(systemctl is-active basic.target) $(systemctl is-active systemd-journald)"

# service NAME COMMAND [SETTING...]: it runs once; $out is what it says, the status its own.
service() {
	local unit=/run/systemd/system/$1.service name=$1 rc
	{
		printf '[Service]\nType=oneshot\nStandardOutput=file:/run/%s.out\n' "$1"
		printf 'ExecStart=%s\n' "$2"
		shift 2
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$unit"
	rm -f "/run/$name.out"
	systemctl daemon-reload
	systemctl start "$name" 2>$T/service
	rc=$?
	out=$(cat "/run/$name.out" 2>/dev/null)
	return $rc
}

say "services"
mkdir -p /run/systemd/system
service one '/bin/sh -c "echo of a service"'
is "a service runs and ends" "0 of a service" "$? $out"
cat >/root/inside <<'EOF'
awk -v p=$$ '$2 == p { print $1 }' /proc/nacc/mms
EOF
service sandbox "/bin/sh /root/inside" PrivateTmp=yes ProtectSystem=strict PrivateNetwork=yes MemoryMax=64M
is "one in a sandbox is in the domain of the system" "0 $system" "$? $out"
service own "/usr/bin/nacc run -- /bin/sh /root/inside"
is "one with a domain of its own runs" 0 $?
like "and is in that" "[1-9]*" "$out"
unlike "which is not the system's" "$system" "$out"
printf '[Service]\nExecStart=/bin/sleep 1000\n' >/run/systemd/system/stays.service
systemctl daemon-reload
exits "a service that stays" 0 systemctl start stays
is "is marked" "$system" "$(domain_of "$(main_pid stays)")"
exits "and is stopped" 0 systemctl stop stays
exits "the journal is started anew" 0 systemctl restart systemd-journald
is "and is marked" "$system" "$(domain_of "$(main_pid systemd-journald)")"

say "init itself"
root=$(awk '$2 == 1 { print $4; exit }' /proc/nacc/mms)
like "it has a root" "0x*" "$root"
exits "it reads its units anew" 0 systemctl daemon-reload
exits "it executes itself" 0 systemctl daemon-reexec
unlike "so it has another root" "$root" "$(awk '$2 == 1 { print $4; exit }' /proc/nacc/mms)"
is "in the same domain" "$system" "$(domain_of 1)"
verified "its tables are in order" 1
service again '/bin/sh -c "echo again"'
is "it goes on" "0 again" "$? $out"

exits "fork, exec, threads and memory" 0 /nacc/bin/stress --rounds 1 --seed 5
exits "nacc verify --all: all agree" 0 nacc verify --all
is "no process is unmarked" "0 0" "$(states unmarked) $(states excepted)"
is "no root was refused, and no store" "0 0 0" \
	"$(stat refused_root-forged) $(stat refused_root-foreign) $(stat refused)"
exits "off: init goes on" 0 nacc protect --off
service last '/bin/sh -c "echo last"'
is "and starts services" "0 last" "$? $out"
pool_all_free
kernel_log_clean
finish
