#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Module, firmware and command are the same wherever they are built.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
# Of all the characters that a path may have (tools/vm/options)
out=$top/build/testing/elsewhere/in/an_öther-folder@~1+2.日
log=$top/build/testing/elsewhere.log
# shellcheck source=verdict.sh
. "$top/tools/testing/verdict.sh"
# The kernel in use and the firmware that is compared, whatever "make test" was asked for: make
# exports KERNEL= too, and a tree without a network would ask which kernel that means.
unset KERNEL NACC_OPENSBI SOURCE_DATE_EPOCH
mkdir -p "$top/build/testing"

# The tree once more, in another folder, with copies of what is not ours.
second_tree() {
	kernel=$(readlink -f "$top/build/guest/kernel")
	to=$out/build/kernels/${kernel##*/}
	rm -rf "$out"
	mkdir -p "$to" "$out/build/guest"
	(cd "$top" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$out" &&
		cp -a "$top/build/stamps" "$out/build/" &&
		cp -al "$top/build/sysroot" "$top/build/opensbi-src" "$top/build/sodium-src" "$out/build/" &&
		(cd "$kernel" && cp -al headers release suite package gcc vmlinuz modules.cpio "$to/") &&
		ln -s "../kernels/${kernel##*/}" "$out/build/guest/kernel" &&
		ln -s "kernels/${kernel##*/}/headers" "$out/build/headers" || return
	gcc=gcc-$(cat "$kernel/gcc")
	[ ! -d "$top/build/$gcc" ] || ln -s "$top/build/$gcc" "$out/build/$gcc"
}

"$top/tools/vm/build" all >"$log" 2>&1 && second_tree >>"$log" 2>&1 &&
	# Another day, in another place, by somebody whose files nobody else may read: what of
	# that gets into one of them would show.
	(umask 077 && SOURCE_DATE_EPOCH=86400 TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 \
		"$out/tools/vm/build" all >>"$log" 2>&1)
verdict "all is built in two folders" $?
for f in kmod/nacc.ko opensbi/fw_dynamic.bin opensbi/fw_dynamic.elf guest-bin/nacc \
	guest-bin/nacc-runtime; do
	cmp "$top/build/$f" "$out/build/$f"
	verdict "$f is the same in both" $?
	! grep -qF "$top" "$top/build/$f"
	verdict "and has no path of this place in it" $?
done

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/ab"
cp "$top/Makefile" "$tmp/ab/"
mkdir -p "$tmp/ab/tools/vm"
cp "$top/tools/vm/options" "$tmp/ab/tools/vm/"

# What "make clean" keeps, and what not
cd "$tmp/ab" || exit
kept="apt/x bench/programs/x boot/x cache/debs/x debian/disk.img engines/disk.img gcc-14/x guest/x kernels/6/vmlinuz
	kunit/plain/x opensbi-src/x opensbi-src-1.8/x podman/programs/x qemu10/x semantics/programs/x shell/programs/x
	stamps/kernel stamps/opensbi-src sysroot/x"
gone="deb/x deb-test/disk.img engines/overlay/x kernels/6/kmod-tree/x kunit/mutants/x kunit/tree-plain/x logs/x
	nacc-tests/x opensbi/x opensbi-1.8/x bench/fast-0.log bench.json semantics/overlay/x shell/overlay/x shim-prove/x
	stamps/opensbi-0123ab testing/x"
for f in $kept $gone; do
	mkdir -p "$(dirname "build/$f")"
	: >"build/$f"
done
make clean >/dev/null
# shellcheck disable=SC2086 # words
[ "$(find build -type f | sort)" = "$(printf 'build/%s\n' $kept | sort)" ]
verdict "make clean removes what was built, and keeps what was fetched" $?
find build -type f | sed 's/^/# /'
make distclean >/dev/null
[ ! -e build ]
verdict "make distclean removes all" $?
[ $failed = 0 ]
