# SPDX-License-Identifier: GPL-2.0
# The machine was started with the packages on it, and they are purged.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. packages/lib.sh

is "the service runs" active "$(active nacc)"
is "it has loaded the module, with its parameters" "kill yes" "$(status refusal) $(status locked)"
started=$(since nacc) basic=$(since basic.target)
if [ "$started" -lt "$basic" ]; then
	is "before any service" yes yes
else
	is "before any service" "before $basic" "at $started"
fi
is "no unit has failed" "" "$(failed_units)"
is "events are listened to" active "$(active nacc-monitor)"

exits "one of the group may read metrics" 0 setpriv --reuid=1000 \
	--regid="$(getent group nacc | cut -d: -f3)" --clear-groups nacc metrics
like "all of them" "*nacc_up 1*nacc_protected 1*nacc_hook_dead*# EOF" "$out"
exits "who is not may not" 4 setpriv --reuid=1000 --regid=1000 --clear-groups nacc metrics

say "a domain of the configuration"
id=$(awk '$5 == "batch" { print $1 }' /proc/nacc/domains)
is "it is there, with its gate" enforce "$(gate_of "$id")"
like "and its quota" "*, quota 64*" "$(nacc quota batch)"
exits "a service of its slice" 0 systemd-run --quiet --unit=batch-job --slice=batch.slice sleep 100000
pid=$(systemctl show -P MainPID batch-job)
is "is in it" "$id" "$(domain_of "$pid")"
verified "and protected" "$pid"
exits "which ends" 0 systemctl stop batch-job
exits "nacc unmark, by its name" 0 nacc unmark batch
rm -r /etc/systemd/system/nacc.service.d

say "an attack, with refusal = kill"
attacked
wait_for 60 recorded condemn
is "the journal has the end of the container" "$domain victim 2 nacc-monitor.service" \
	"$(in_journal condemn NACC_DOMAIN NACC_DOMAIN_NAME PRIORITY _SYSTEMD_UNIT)"
wait "$victim_pid" 2>/dev/null
is "which was killed" 137 $?
wait_for 30 nothing_marked
exits "what has attacked goes" 0 rmmod nacc_attack

say "it is purged"
exits "what was switched on by hand is switched off" 0 \
	systemctl disable --now nacc-metrics.socket nacc-metrics.timer
mkdir -p /etc/nacc/writers.d
echo complete >/etc/nacc/writers.d/of-another-release
exits "apt-get purge" 0 apt purge nacc nacc-dkms opensbi-nacc libnacc-dev libnacc0
printf '%s\n' "$out" | grep -iE 'warn|error' | sed 's/^/# | /'
is "the module is unloaded" "" "$(ls -d /sys/module/nacc 2>/dev/null)"
systemctl daemon-reload
rmdir /var/lib/prometheus/node-exporter /var/lib/prometheus
files >/root/after
diff /root/before /root/after >/tmp/diff
is "nothing is left, and nothing is gone" "" "$(cat /tmp/diff)"
is "nor what is forgotten at the next start" "" "$(ls -d /run/nacc 2>/dev/null)"
is "no unit has failed" "" "$(failed_units)"
kernel_log_clean
finish
