#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Are all files that a shell reads found, and nothing else (tools/vm/shells)?
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=verdict.sh
. "$top/tools/testing/verdict.sh"

mkdir -p "$tmp/t/deep er/build" "$tmp/t/build"
cd "$tmp/t" || exit 1
file() { # name, its lines
	# shellcheck disable=SC2059 # a format
	printf "$2" >"$1"
}
# What it says in its tenth line, not what it says later, or of another
d='# shellcheck'
file lib.sh "# no first line of its own\n"
file 'deep er/postinst' '#!/bin/sh -e\n'
file tool '#!/usr/bin/env bash\nx\n'
file dashed '#! /bin/dash\n'
file profile "# of a login\n$d disable=SC1 shell=bash disable=SC2\n"
file x=y '#!/bin/bash\n'
file completion.bash '\n'
file -n '#!/bin/sh\n'
file new.sh "$d shell=bash\n"
file not.py '#!/usr/bin/python3\n# shellcheck comes later\n'
file not.awk '#!/usr/bin/awk -f\n'
file late "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n$d shell=sh\n"
file shown '#!/bin/shown\n'
file empty ''
file binary '\177ELF\000\000#!/bin/sh\n'
file build/left.sh '#!/bin/sh\n'
printf 'build/\n' >.gitignore
cat >"$tmp/want" <<-'END'
	sh -n
	bash completion.bash
	dash dashed
	sh deep er/postinst
	sh lib.sh
	bash new.sh
	bash profile
	bash tool
	bash x=y
END
"$top/tools/vm/shells" "$tmp/t" 2>"$tmp/err" | diff "$tmp/want" - && [ ! -s "$tmp/err" ]
verdict "without git" $? || cat "$tmp/err"
git init -q . && git add lib.sh .gitignore && : >gone.sh && git add gone.sh && rm gone.sh
"$top/tools/vm/shells" "$tmp/t" 2>"$tmp/err" | diff "$tmp/want" - && [ ! -s "$tmp/err" ]
verdict "with git: those that it does not know yet, and not those that are gone" $? || cat "$tmp/err"

cd "$top" || exit 1
"$top/tools/vm/shells" >"$tmp/ours"
for f in tools/packaging/debian/nacc.postrm tools/vm/init tools/nacc/nacc.bash tools/testing/shell/profile \
	tools/testing/engines/guest/main tools/vm/shells tools/testing/test_shells.sh; do
	grep -q "^[a-z]* $f\$" "$tmp/ours"
	verdict "of this tree: $f" $?
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
