#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Tests of the nacc command: unit tests, and command lines against a make-believe
# system (fake_sys.c) and the text files below root/.
#
#   check.sh DIRECTORY [PART]   of the programs in DIRECTORY one part, or all, as many at
#                               once as there are processors
#
# RUN is put before each program (an emulator, for a cross build).

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
# shellcheck disable=SC2034 # cases.sh uses it
top=$here/..
out=$1
part=${2:-}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# The longest first.
parts='cases_nonsense runtime cases cases_conf cases_show cases_table cases_metrics
	cases_names cases_gate cases_calls cases_report cases_seal cases_out unit'
if [ -z "$part" ]; then
	# shellcheck disable=SC2016,SC2086
	printf '%s\n' $parts | xargs -P "$(nproc)" -I{} sh -c '"$1" "$2" "$4" >"$3/$4" 2>&1' \
		sh "$0" "$out" "$tmp" {}
	for part in $parts; do
		cat "$tmp/$part"
		tail -n 1 "$tmp/$part" | grep -aq '^[1-9][0-9]* passed, [0-9]* failed$' ||
			echo "not ok - $part came to its end"
	done >"$tmp/all"
	grep -av '^[0-9]* passed, [0-9]* failed$' "$tmp/all"
	failed=$(grep -ac '^not ok' "$tmp/all")
	echo "$(grep -ac '^ok' "$tmp/all") passed, $failed failed"
	[ "$failed" = 0 ]
	exit
fi
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

# What was printed: $said is all of it with blanks for the ends of lines, $errors the number of
# lines on stderr, $error the last of them. In the shell: a process takes longer than a case.
said() {
	said=
	for stream in out err; do
		errors=0
		while IFS= read -r one_line || [ -n "$one_line" ]; do
			said="$said$one_line "
			errors=$((errors + 1))
			error=$one_line
		done <"$tmp/$stream"
	done
}

has_text() { # words to be found in the output ('' for none)
	case $said in
	*"$1"*) ;;
	*) return 1 ;;
	esac
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
	said
	has_text "$text" || bad=1
	verdict "${FAKE:+[$FAKE] }nacc $*: $want ${text:+\"$text\"}" $bad
}

# As t, and the failure must be one line on stderr that begins with "nacc: "
fails() {
	t "$@"
	bad=0
	[ "$errors" = 1 ] || bad=1
	case $error in
	"nacc: "*": "*) ;;
	*) bad=1 ;;
	esac
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

# unit tests, which print their verdicts themselves
# shellcheck disable=SC2317 # called by its name
unit() {
	for program in unit slurm-test test_top test_names test_options test_completion test_seal; do
		case $program in
		test_top) "$here/test_top.py" "$out/nacc-fake" "$here/root" >"$tmp/unit" ;;
		test_names) "$here/test_names.py" "$out/nacc-fake" "$here/root" >"$tmp/unit" ;;
		test_options) "$here/test_options.py" "$out/nacc-fake" "$top" >"$tmp/unit" ;;
		test_completion) "$here/test_completion.py" "$top" >"$tmp/unit" ;;
		test_seal) "$here/test_seal.py" "$out/nacc-fake" >"$tmp/unit" ;;
		*) $RUN "$out/$program" >"$tmp/unit" ;;
		esac
		rc=$?
		cat "$tmp/unit"
		n=$(grep -c '^ok' "$tmp/unit")
		passed=$((passed + n))
		n=$(grep -c '^not ok' "$tmp/unit")
		failed=$((failed + n))
		[ "$rc" -le 1 ]
		verdict "$program ends by itself" $?
	done
}

case $part in
unit) unit ;;
runtime)
	# shellcheck source=runtime.sh disable=SC1091
	. "$here/runtime.sh"
	# shellcheck source=setup.sh disable=SC1091
	. "$here/setup.sh"
	;;
*)
	# shellcheck source=cases.sh disable=SC1091
	. "$here/$part.sh"
	;;
esac

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
