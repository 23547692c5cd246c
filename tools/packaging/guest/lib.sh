# SPDX-License-Identifier: GPL-2.0
# Shared by the steps of the packages' test (sourced; bash).
# shellcheck shell=sh disable=SC2034,SC2154,SC3043
. /nacc/scenarios/lib.sh

usleep() { sleep "$(awk "BEGIN { print $1 / 1000000 }")"; }

# files: all that is on the disk, but for what belongs to nobody: logs, caches and lists, what
# dpkg keeps of the time before, the key that dkms makes itself once, this test.
files() {
	find / -xdev \( -path /nacc -o -path /repo -o -path /root -o -path /tmp -o -path /var/tmp \
		-o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path '/var/lib/dkms/mok.*' \
		-o -path '/var/lib/dpkg/*-old' -o -path /var/lib/systemd/random-seed \
		-o -path '/var/lib/systemd/timers' -o -path '/etc/*-' -o -path /etc/apt/sources.list.d \
		-o -path '/var/lib/systemd/ephemeral-trees' \) -prune -o -print | sort
	# What others write to, line by line
	sed 's|^|/etc/group: |' /etc/group
	sed 's|^|/etc/passwd: |' /etc/passwd
}

apt() { apt-get -q -y -o APT::Get::Show-Upgraded=no "$@"; }

# from NR: packages come from /repo/NR from here on.
from() {
	echo "deb [trusted=yes] file:/repo/$1 ./" >/etc/apt/sources.list.d/nacc.list
	exits "apt-get update" 0 apt update
}

active() { systemctl is-active "$1"; }
since() { systemctl show -p ActiveEnterTimestampMonotonic --value "$1"; }
# journal UNIT: what it has said since the machine started
journal() { journalctl -b -o cat -u "$1"; }
# Not the user's own manager, which wants more than this disk has
failed_units() { systemctl --failed --plain --no-legend | awk '$1 !~ /^user@/ { print $1 }' | tr '\n' ' '; }
srcversion() { cat /sys/module/nacc/srcversion; }

# recorded EVENT: is it in the journal, of domain $domain?
recorded() { journalctl -b "NACC_EVENT=$1" "NACC_DOMAIN=$domain" -o cat | grep -q .; }
# in_journal EVENT FIELD...: these of the first such entry, as "journalctl -o json" has them
in_journal() {
	local event="$1" line name
	shift
	line=$(journalctl -b "NACC_EVENT=$event" "NACC_DOMAIN=$domain" -o json | head -n 1)
	for name; do
		printf '%s\n' "$line" | sed -n "s/.*\"$name\":\"\([^\"]*\)\".*/\1/p"
	done | xargs
}

# attacked: one store to the page tables of a process that is marked, $domain; what the
# service that listens has written of it.
attacked() {
	local report before
	load_attack
	start_victim victim "the victim's own data"
	mark "$victim_pid"
	before=$(refusals leaf-kernel)
	report=$(attack text "$victim_pid" "$victim_va")
	is "the store is refused" refused "$(field store "$report")"
	wait_for 60 recorded refuse
	journalctl -b "NACC_EVENT=refuse" "NACC_DOMAIN=$domain" -o json | head -n 1 | sed 's/^/# | /'
	is "the journal says whose it was, and why" "$domain victim leaf-kernel" \
		"$(in_journal refuse NACC_DOMAIN NACC_DOMAIN_NAME NACC_REASON)"
	is "in a sentence, and how grave it is" "refuse name=victim domain=$domain 2 nacc" \
		"$(in_journal refuse MESSAGE | cut -d ' ' -f 1-3) $(in_journal refuse PRIORITY SYSLOG_IDENTIFIER)"
	is "it is the service that has written it" "nacc-monitor.service" "$(in_journal refuse _SYSTEMD_UNIT)"
	like "the kernel's own line is there, too" "*nacc: refused store of store_sd*domain $domain (victim)*" \
		"$(journalctl -b -k -o cat -g 'nacc: refused store')"
	is "and the metrics count it" $((before + 1)) "$(refusals leaf-kernel)"
}
refusals() { nacc metrics | sed -n "s/^nacc_refusals_total{reason=\"$1\"} //p"; }
