# SPDX-License-Identifier: GPL-2.0
# Shared by the steps of the packages' test (sourced; bash).
# shellcheck shell=sh disable=SC2034
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
