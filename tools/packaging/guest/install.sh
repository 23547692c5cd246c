# SPDX-License-Identifier: GPL-2.0
# Packages are installed by apt, used, upgraded while something is marked.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. packages/lib.sh

files >/root/before
at_least "there is a system" 2000 "$(wc -l </root/before)"
is "nothing of nacc's is on it" "" "$(grep -E '/(lib)?nacc|opensbi' /root/before | grep -vE 'nacc-(packages|dkms)')"
from 1
exits "apt-get install" 0 apt install nacc nacc-dkms opensbi-nacc libnacc-dev
printf '%s\n' "$out" | grep -E 'nacc|DKMS|dkms' | sed 's/^/# | /'
like "dkms has built the module" "nacc/*, $(uname -r), riscv64: installed*" "$(dkms status nacc)"
if [ -d /usr/share/nacc-dkms ]; then
	skip "it is signed by the key that dkms makes" "it was not built here"
else
	is "it is signed by the key that dkms makes" "DKMS module signing key" "$(modinfo -F signer nacc)"
fi
is "the service runs, and will" "active enabled" "$(active nacc) $(systemctl is-enabled nacc)"
is "who writes to the journal, too" "active enabled" \
	"$(active nacc-monitor) $(systemctl is-enabled nacc-monitor)"
is "metrics are for who switches them on" "disabled disabled" \
	"$(systemctl is-enabled nacc-metrics.socket nacc-metrics.timer | xargs)"
like "it has said what it did" "*set-up: locked*nacc doctor: ok*" "$(journal nacc)"
is "the set-up is locked" yes "$(status locked)"
exits "nacc doctor" 0 nacc doctor
is "the device is the group's" "root nacc 660" "$(/usr/bin/stat -c '%U %G %a' /dev/nacc)"
exits "another user may not" 4 setpriv --reuid=1000 --regid=1000 --clear-groups nacc mark 1
like "and is told so" "nacc: not permitted*" "$out"
exits "the plugin for Slurm is there" 0 ls /usr/lib/riscv64-linux-gnu/slurm-wlm/nacc.so
exits "manual pages can be found" 0 find /usr/share/man/man5/nacc.conf.5.gz
exits "so can what else is to be read" 0 ls /usr/share/doc/nacc/README.md /usr/share/doc/nacc/docs/concepts.md
exits "headers are" 0 ls /usr/include/nacc.h /usr/lib/riscv64-linux-gnu/libnacc.so
exits "a program asks and is not protected" 1 nacc-self
exits "and is, by nacc run" 0 nacc run nacc-self
failed=$(failed_units)
is "no unit has failed" "" "$failed"

say "an attack, as the packages come"
attacked
is "the process lives on, and has its own page" intact "$(ask victim check)"
end_victim victim
wait_for 30 nothing_marked
exits "what has attacked goes" 0 rmmod nacc_attack

say "the configuration"
cp /etc/nacc/nacc.conf /tmp/nacc.conf
printf 'monitor = nacc\nrefusl = kill\n' >>/etc/nacc/nacc.conf
line=$(grep -n refusl /etc/nacc/nacc.conf | cut -d: -f1)
exits "a key that does not exist" 2 nacc apply --check
like "is named with its line" "nacc: /etc/nacc/nacc.conf:$line: there is no key 'refusl'*" "$out"
exits "the service fails with it" 1 systemctl restart nacc
like "and says the same" "*nacc.conf:$line: there is no key 'refusl'*" "$(journal nacc)"
is "what is in force stays so" "fault yes" "$(status refusal) $(status locked)"
cp /tmp/nacc.conf /etc/nacc/nacc.conf
printf 'monitor = nacc\nrefusal = kill\nengines = podman\n' >>/etc/nacc/nacc.conf
exits "other parameters than the module has" 7 nacc apply
like "are named" "*was loaded with refusal=fault, not kill*" "$out"
like "each" "*was loaded with monitor=-1, not *" "$out"
exits "while events are listened to it is not unloaded" 1 rmmod nacc
exits "unloaded, it starts with them" 0 sh -c \
	'systemctl stop nacc-monitor && rmmod nacc && systemctl restart nacc && systemctl start nacc-monitor'
is "they are in force" kill "$(status refusal)"
exits "podman has been told" 0 grep -q nacc-runtime /etc/containers/containers.conf.d/50-nacc.conf

say "metrics"
exits "the socket is switched on" 0 systemctl enable --now nacc-metrics.socket
exits "and answers" 0 curl -sS --max-time 60 --unix-socket /run/nacc/metrics.sock http://nacc/metrics
like "with metrics" "*nacc_up 1*nacc_protected 1*# EOF" "$out"
is "it is the group's" "root nacc 660" "$(/usr/bin/stat -c '%U %G %a' /run/nacc/metrics.sock)"
exits "another user may not" 7 setpriv --reuid=1000 --regid=1000 --clear-groups \
	curl -sS --max-time 60 --unix-socket /run/nacc/metrics.sock http://nacc/metrics
exits "where there is no node_exporter nothing is written" 0 systemctl start nacc-metrics
is "nor a folder made" "" "$(ls -d /var/lib/prometheus 2>/dev/null)"
mkdir -p /var/lib/prometheus/node-exporter
exits "the timer is switched on" 0 systemctl enable --now nacc-metrics.timer
prom=/var/lib/prometheus/node-exporter/nacc.prom
wait_for 60 test -s $prom
is "it has the file written" "nacc_up 1" "$(grep '^nacc_up' $prom)"

say "something is marked"
nacc run --name web -- sleep 100000 &
wait_for 10 grep -q ' web ' /proc/nacc/domains
wait_for 10 sh -c 'journalctl -b NACC_EVENT=mark NACC_DOMAIN_NAME=web -o cat | grep -q .'
like "the journal has it, with fields" "mark name=web domain=*" \
	"$(journalctl -b NACC_EVENT=mark NACC_DOMAIN_NAME=web -o cat)"
pid=$(process_of web)
id=$(domain_of "$pid")
verified "it is protected" "$pid"
exits "the package is not removed" 100 apt remove nacc
like "and says why" "*nacc: 1 domains are protected: 'nacc unmark' each*" "$out"
exits "the command is still there" 0 nacc stat "$id"
version=$(srcversion) begin=$(since nacc)
from 2
exits "apt-get upgrade" 0 apt full-upgrade
like "all of it is upgraded" "*+test1" "$(dpkg-query -W -f '${Version}' nacc-dkms)"
like "also the command" "nacc 0.1.0+test1 *" "$(nacc --version)"
like "dkms has built the new module" "nacc/0.1.0+test1, $(uname -r), riscv64: installed*" "$(dkms status nacc)"
like "one is told that the old one stays" "*the module that is loaded stays until*" "$out"
is "the module that is loaded is the same" "$version" "$(srcversion)"
is "the service was left alone" "active $begin" "$(active nacc) $(since nacc)"
is "and events are written on" active "$(active nacc-monitor)"
is "the process is where it was" "$id" "$(domain_of "$pid")"
verified "and protected" "$pid"
is "what was configured stays" "refusal = kill engines = podman" "$(tail -n 2 /etc/nacc/nacc.conf | xargs)"
exits "the new command works with the old module" 0 nacc doctor
exits "nacc unmark" 0 nacc unmark "$id"
kill "$pid"

say "a domain from the start on: see start.sh"
mkdir /etc/systemd/system/nacc.service.d
printf '[Unit]\nRequires=batch.slice\nAfter=batch.slice\n' >/etc/systemd/system/nacc.service.d/batch.conf
printf '[domain batch]\ncgroup = /batch.slice\nquota = 64\ngate = enforce\n' >>/etc/nacc/nacc.conf
exits "can be configured" 0 nacc apply --check
kernel_log_clean
finish
