# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts in tools/vm (sourced, behind lib.sh): what was fetched, put where it
# is used. Not in lib.sh: what all of them have fetched hangs on that.
# shellcheck shell=sh

# unpack_upstream SET NAME DIR: upstream's tar of that name, a pattern of sed's, of a set that
# was fetched as "source", into a fresh DIR (in one rename); fails if there is none.
unpack_upstream() {
	_tar=$(sed -n "s/^[0-9a-f]*  \($2\.orig\.tar\..*\)/\1/p" "$B/cache/$1.sha256")
	[ -n "$_tar" ] || return 1
	rm -rf "$3" "$3.tmp"
	mkdir "$3.tmp"
	tar -x -C "$3.tmp" --strip-components=1 --no-same-owner -f "$B/cache/debs/$_tar"
	mv "$3.tmp" "$3"
}

# unpack_linux DIR WORD...: Debian's linux-source-6.12, what the WORDs tell tar, likewise.
unpack_linux() {
	fetch checkpatch amd64 exact linux-source-6.12
	unpack_linux_set checkpatch "$@"
}

# unpack_linux_set SET DIR WORD...: the same of any linux-source-N that was fetched as SET.
unpack_linux_set() {
	_deb=$(sed 's/^[^ ]*  //' "$B/cache/$1.sha256") _dir=$2
	shift 2
	rm -rf "$_dir" "$_dir.tmp"
	mkdir -p "$_dir.tmp"
	dpkg-deb --fsys-tarfile "$B/cache/debs/$_deb" | tar -xO "./usr/src/${_deb%%_*}.tar.xz" |
		xz -dc -T0 | tar -x -C "$_dir.tmp" --strip-components=1 --no-same-owner "$@"
	mv "$_dir.tmp" "$_dir"
}

# kunit_kernel: what the kernels of "make kunit" are made of, for the guest's kernel in use:
# $K where they are, below build/; $KSET the set that has their source and $KSTAMP the stamp
# of that; $KSRC its package, $KAPT the apt root that has it. A kernel of another suite than
# $SUITE has its own source.
# shellcheck disable=SC2034 # they are for who sources this
kunit_kernel() {
	K=kunit KSET=checkpatch KSTAMP=kunit-src KSRC=linux-source-6.12 KAPT=amd64
	_suite=$(cat "$B/guest/kernel/suite" 2>/dev/null) || _suite=$SUITE
	[ "$_suite" != "$SUITE" ] || return 0
	_rel=$(cat "$B/guest/kernel/release")
	_version=$(cut -d ' ' -f 2 "$B/guest/kernel/package")
	K=kunit/$_rel KSET=kunit-src-$_rel KSTAMP=kunit-src@$_rel KAPT=amd64@$_suite
	# A rebuild of binaries alone (+bN) has the same source.
	KSRC=linux-source-$(echo "$_rel" | sed 's/^\([0-9]*\.[0-9]*\).*/\1/')=${_version%+b[0-9]*}
}

# leave_guests DIR: where the tests' root has a file of that name, it stays.
leave_guests() {
	(cd "$1" && find . ! -type d) | while IFS= read -r _f; do
		if [ -e "$B/guest/root/$_f" ] || [ -L "$B/guest/root/$_f" ]; then rm -f "$1/$_f"; fi
	done
}
