#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0
#
# The lines "count:NAME:FIRST:AGAIN" of the payload as a table; fails if one is over
# its bound (variables first and again). Then the lines "call:NAME:COUNT": what a call
# takes in all.

/^count:/ {
	if (!rows++) {
		printf "%-32s %10s %10s\n", "M-mode instructions of", "again", "first time"
		printf "%-32s %10s %10s\n", "", "(<= " again ")", "(<= " first ")"
	}
	late = ($4 > again) + ($3 > first) ? "   over its bound" : ""
	printf "%-32s %10d %10d%s\n", $2, $4, $3, late
	over += late != ""
}

/^trap:/ {
	late = $3 > $4 ? "   over its bound" : ""
	trap[++traps] = sprintf("%-32s %10d   (<= %d)%s", $2, $3, $4, late)
	rows++
	over += late != ""
}

/^call:/ {
	call[++calls] = sprintf("%-32s %10d", $2, $3)
}

END {
	if (calls)
		printf "\n%-32s %10s\n", "Instructions of a call", "in all"
	for (i = 1; i <= calls; i++)
		print call[i]
	if (traps)
		printf "\n%-32s %10s\n", "Instructions, roots guarded", "in all"
	for (i = 1; i <= traps; i++)
		print trap[i]
	printf "%d passed, %d failed\n", rows - over, over
	exit over || !rows
}
