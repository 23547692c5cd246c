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
	_dir=$1
	shift
	fetch checkpatch amd64 exact linux-source-6.12
	rm -rf "$_dir" "$_dir.tmp"
	mkdir -p "$_dir.tmp"
	dpkg-deb --fsys-tarfile "$B/cache/debs/$(sed 's/^[^ ]*  //' "$B/cache/checkpatch.sha256")" |
		tar -xO ./usr/src/linux-source-6.12.tar.xz | xz -dc -T0 |
		tar -x -C "$_dir.tmp" --strip-components=1 --no-same-owner "$@"
	mv "$_dir.tmp" "$_dir"
}

# leave_guests DIR: where the tests' root has a file of that name, it stays.
leave_guests() {
	(cd "$1" && find . ! -type d) | while IFS= read -r _f; do
		if [ -e "$B/guest/root/$_f" ] || [ -L "$B/guest/root/$_f" ]; then rm -f "$1/$_f"; fi
	done
}
