#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The module is the same wherever it is built, and a place that it cannot be built in is
# named in one sentence.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
out=$top/build/testing/elsewhere
failed=0
mkdir -p "$top/build/testing"

verdict() {
	if [ "$2" = 0 ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		failed=$((failed + 1))
	fi
}

"$top/tools/vm/build" kmod >"$top/build/testing/elsewhere.log" 2>&1 &&
	"$top/tools/vm/kbuild" --add Kbuild --add kmod --add sbi-shim/include \
		--out "$out/in/another/folder" >>"$top/build/testing/elsewhere.log" 2>&1
verdict "the module is built in two folders" $?
cmp "$top/build/kmod/nacc.ko" "$out/in/another/folder/nacc.ko"
verdict "it is the same in both" $?
! grep -qF "$top" "$top/build/kmod/nacc.ko"
verdict "and has no path of this place in it" $?

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/a b"
cp "$top/Makefile" "$tmp/a b/"
for goal in run kmod test help; do
	make -C "$tmp/a b" "$goal" >"$tmp/out" 2>&1
	[ $? -ne 0 ] && [ "$(grep -c "blank" "$tmp/out")" = 1 ] &&
		[ "$(grep -cv '^make' "$tmp/out")" = 1 ]
	verdict "make $goal in a path with a blank: one sentence" $?
	sed 's/^/# /' "$tmp/out"
done
mkdir "$tmp/ab"
cp "$top/Makefile" "$tmp/ab/"
make -C "$tmp/ab" help >"$tmp/out" 2>&1
verdict "in a path without it goes on" $?
[ $failed = 0 ]
