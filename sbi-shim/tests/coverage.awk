#!/usr/bin/awk -f
# SPDX-License-Identifier: BSD-2-Clause
#
# gcov's summary of the core's files as a table; fails below 100 %. Of a header there is
# one line for all that include it.

/^File '\/.*\/((core|calls|roots|contexts|audit|seals|evidence|page)\/.*\.[ch]|opensbi\/walk\.c)'/ {
	name = $2
	gsub(/.*\/|'/, "", name)
	lines = branches = ""
}

name && /^(Lines executed|No executable lines)/ {
	lines = value($0)
}

name && /^(Taken at least once|No branches)/ {
	branches = value($0)
	printf "%-12s lines %8s   branches %8s\n", name, lines, branches
	if (lines != "100.00%" || branches != "100.00%")
		short++
	files++
	name = ""
}

function value(s) {
	if (s ~ /^No /)
		return "100.00%"
	sub(/^[^:]*:/, "", s)
	sub(/ of.*/, "", s)
	return s
}

END {
	printf "%d passed, %d failed\n", files - short, short
	exit short || !files
}
