# SPDX-License-Identifier: GPL-2.0
# Shared by tests on the host (sourced): checks that print "ok - TEXT" or "not ok - TEXT".
# shellcheck shell=sh

passed=0
failed=0

# verdict TEXT STATUS: it passed if that is 0. $on_failure, if it is set, says more.
verdict() {
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		echo "not ok - $1"
		${on_failure:-:}
		return 1
	fi
}
