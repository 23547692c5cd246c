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

say "an attack"
load_attack
nacc run --name victim -- sleep 100000 &
wait_for 10 grep -q ' victim ' /proc/nacc/domains
pid=$(process_of victim) id=$(domain_of "$(process_of victim)")
# Until it is the program, and has run: what is attacked must be mapped.
wait_for 20 grep -q sleep "/proc/$pid/comm"
wait_for 20 grep -q nanosleep "/proc/$pid/wchan"
attack text "$pid" "0x$(sed 's/-.*//;q' "/proc/$pid/maps")" >/tmp/attack
like "is refused" "*store=refused*" "$(cat /tmp/attack)"
recorded() { journalctl -b "NACC_EVENT=$1" "NACC_DOMAIN=$id" -o cat | grep -q .; }
wait_for 20 recorded refuse
wait_for 20 recorded condemn
reason=$(journalctl -b NACC_EVENT=refuse "NACC_DOMAIN=$id" -o json | sed -n '1s/.*"NACC_REASON":"\([^"]*\)".*/\1/p')
is "the journal says whose it was, and why" "victim 2" \
	"$(journalctl -b NACC_EVENT=refuse "NACC_DOMAIN=$id" -o json |
		sed -n '1s/.*"NACC_DOMAIN_NAME":"\([^"]*\)".*/\1/p') $(journalctl -b NACC_EVENT=refuse \
		"NACC_DOMAIN=$id" -o json | sed -n '1s/.*"PRIORITY":"\([^"]*\)".*/\1/p')"
at_least "and the metrics count it ($reason)" 1 \
	"$(nacc metrics | sed -n "s/^nacc_refusals_total{reason=\"$reason\"} //p")"
wait_for 20 nothing_marked
is "the container has ended, as was configured" "" "$(ls -d "/proc/$pid" 2>/dev/null)"
rmmod nacc_attack

say "it is purged"
exits "what was switched on by hand is switched off" 0 \
	systemctl disable --now nacc-metrics.socket nacc-metrics.timer
exits "apt-get purge" 0 apt purge nacc nacc-dkms opensbi-nacc libnacc-dev libnacc0
printf '%s\n' "$out" | grep -iE 'warn|error' | sed 's/^/# | /'
is "the module is unloaded" "" "$(ls -d /sys/module/nacc 2>/dev/null)"
systemctl daemon-reload
rmdir /var/lib/prometheus/node-exporter /var/lib/prometheus
files >/root/after
diff /root/before /root/after >/tmp/diff
is "nothing is left, and nothing is gone" "" "$(cat /tmp/diff)"
is "no unit has failed" "" "$(failed_units)"
kernel_log_clean
finish
