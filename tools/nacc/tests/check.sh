#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Tests of the nacc command: unit tests, then command lines against a make-believe
# system (fake_sys.c) and the text files below root/. Argument: the output directory.
# RUN is put before each program (an emulator, for a cross build).

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
# shellcheck disable=SC2034 # cases.sh uses it
top=$here/..
out=$1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
FAKE=
FAKE_ROOT=$here/root
FAKE_DUMP=$here/dump/sv39.entries
export FAKE FAKE_ROOT FAKE_DUMP

# shellcheck source=../../testing/verdict.sh
. "$here/../../testing/verdict.sh"
# shellcheck disable=SC2034 # verdict's
on_failure=show_output

# shellcheck disable=SC2317 # verdict calls it
show_output() {
	echo "# status $rc, stdout and stderr:"
	sed 's/^/# /' "$tmp/out" "$tmp/err"
}

run() { # arguments of nacc: against the make-believe system
	$RUN "$out/nacc-fake" "$@" >"$tmp/out" 2>"$tmp/err"
	rc=$?
}

# A case: exit status, words to be found in the output ('' for none), arguments.
# FAKE in front sets the system up.
t() {
	want=$1 text=$2
	shift 2
	run "$@"
	bad=0
	[ "$rc" = "$want" ] || bad=1
	if [ -n "$text" ]; then
		cat "$tmp/out" "$tmp/err" | tr '\n' ' ' | grep -qF -e "$text" || bad=1
	fi
	verdict "${FAKE:+[$FAKE] }nacc $*: $want ${text:+\"$text\"}" $bad
}

# As t, and the failure must be one line on stderr that begins with "nacc: "
fails() {
	t "$@"
	bad=0
	[ "$(wc -l <"$tmp/err")" = 1 ] || bad=1
	grep -q '^nacc: .*: ' "$tmp/err" || bad=1
	[ -s "$tmp/out" ] && bad=1
	shift 2
	verdict "${FAKE:+[$FAKE] }nacc $*: one line on stderr" $bad
}

fake() { # setting, then a case
	FAKE=$1
	shift
	"$@"
	FAKE=
}

same() { # expected file, arguments
	file=$1
	shift
	run "$@"
	diff "$file" "$tmp/out" >"$tmp/err"
	verdict "nacc $*: as in ${file##*/}" $?
}

json() { # python expression on the object j, arguments
	expr=$1
	shift
	run "$@"
	python3 -c "import json,sys; j=json.load(open(sys.argv[1])); sys.exit(not ($expr))" \
		"$tmp/out" 2>>"$tmp/err"
	verdict "${FAKE:+[$FAKE] }nacc $*: $expr" $?
}

# shellcheck source=cases.sh disable=SC1091
. "$here/cases.sh"
# shellcheck source=cases_show.sh disable=SC1091
. "$here/cases_show.sh"
# shellcheck source=cases_gate.sh disable=SC1091
. "$here/cases_gate.sh"
# shellcheck source=cases_report.sh disable=SC1091
. "$here/cases_report.sh"
# shellcheck source=cases_seal.sh disable=SC1091
. "$here/cases_seal.sh"
# shellcheck source=cases_table.sh disable=SC1091
. "$here/cases_table.sh"
# shellcheck source=cases_names.sh disable=SC1091
. "$here/cases_names.sh"
# shellcheck source=cases_metrics.sh disable=SC1091
. "$here/cases_metrics.sh"
# shellcheck source=cases_conf.sh disable=SC1091
. "$here/cases_conf.sh"
# shellcheck source=cases_nonsense.sh disable=SC1091
. "$here/cases_nonsense.sh"
# shellcheck source=runtime.sh disable=SC1091
. "$here/runtime.sh"
# shellcheck source=setup.sh disable=SC1091
. "$here/setup.sh"

for program in unit slurm-test test_top; do
	case $program in
	test_top) "$here/test_top.py" "$out/nacc-fake" "$here/root" >"$tmp/unit" ;;
	*) $RUN "$out/$program" >"$tmp/unit" ;;
	esac
	rc=$?
	cat "$tmp/unit"
	n=$(grep -c '^ok' "$tmp/unit")
	passed=$((passed + n))
	n=$(grep -c '^not ok' "$tmp/unit")
	failed=$((failed + n))
	[ "$rc" -gt 1 ] && failed=$((failed + 1)) # it crashed
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
