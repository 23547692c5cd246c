# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# fzf is in Go: goroutines on several threads, a collector of garbage, signals that preempt.
busybox seq 1 60000 >/tmp/list
echo "go: $(fzf --exact --filter 777 </tmp/list | busybox wc -l) lines," \
	"$(fzf --filter 321 </tmp/list | busybox head -n 1) first"
