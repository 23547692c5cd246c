# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts that make a disk with an ordinary Debian system for a guest
# (sourced after lib.sh, not run).  Its packages are unpacked on the host as dpkg would, and
# configured by dpkg itself once, in a guest under QEMU.  No root rights are needed on the
# host.
# shellcheck shell=sh

# What every Debian system has; apt does not add it by itself.
# shellcheck disable=SC2034 # who sources this uses it
DISK_BASE="base-files base-passwd bash bsdutils coreutils dash debconf debianutils diffutils dpkg
	findutils grep gzip hostname init-system-helpers libc-bin login mawk mount ncurses-base
	ncurses-bin passwd perl-base sed sysvinit-utils tar util-linux"

# disk_modules ROOT PATH...: of the kernel's modules those below PATHs (patterns of the shell;
# each stands for something), and the lists of what is built in.
disk_modules() {
	_rel=$(cat "$B/guest/kernel/release")
	_from=$B/guest/kernel/root/usr/lib/modules/$_rel
	_to=$1/usr/lib/modules/$_rel
	shift
	mkdir -p "$_to"
	cp "$_from"/modules.builtin* "$_from"/modules.order "$_to/"
	(
		cd "$_from" || exit
		# shellcheck disable=SC2068 # patterns of what is there
		find $@ -type f >"$_to/list" || die "the kernel $_rel has not all modules that the disk is for"
		tar -c -T "$_to/list"
	) | tar -x -C "$_to"
	[ -s "$_to/list" ] || exit 1
	rm "$_to/list"
}

# disk_unpack SET DIR: DIR/root has the packages of SET as dpkg leaves them unpacked.  To be
# run, with what else goes there and with disk_image, under one fakeroot.
disk_unpack() {
	rm -rf "$2/root"
	unpack "$1" "$2/root"
	"$TOP/tools/vm/dpkg-unpacked" "$B/cache/debs" "$B/cache/$1.sha256" "$2/root"
	rm -rf "$2/root/usr/share/doc" "$2/root/usr/share/man" "$2/root/usr/share/locale" \
		"$2/root/usr/share/info" "$2/root/usr/share/lintian"
}

# disk_image DIR SIZE: DIR/disk.tmp out of DIR/root, which goes.
disk_image() {
	rm -f "$1/disk.tmp"
	mke2fs -q -t ext4 -O ^has_journal -d "$1/root" "$1/disk.tmp" "$2"
	rm -rf "$1/root"
}

# disk_initrd DIR: the way from the kernel to the disk, for configuring and all later boots.
disk_initrd() {
	rm -rf "$1/initrd" && mkdir -p "$1/initrd/disk"
	cp "$TOP/tools/vm/disk-init" "$1/initrd/init"
	cp "$TOP/tools/vm/disk-configure" "$1/initrd/disk/configure"
	_mods=$B/guest/kernel/root/usr/lib/modules/$(cat "$B/guest/kernel/release")/kernel
	# In the order in which they are loaded.
	for m in lib/crc16 fs/mbcache fs/jbd2/jbd2 crypto/crc32c_generic fs/ext4/ext4 drivers/block/virtio_blk; do
		[ ! -f "$_mods/$m.ko.xz" ] || xz -dc "$_mods/$m.ko.xz" >"$1/initrd/disk/${m##*/}.ko"
	done
}

# disk_configure NAME DIR: dpkg configures what is on DIR/disk.tmp, which becomes
# DIR/disk.img; DIR/packages lists what that was.
disk_configure() {
	_log=$B/logs/$1-configure.log
	"$TOP/tools/vm/run" --qemu 10.0 --bios stock --quiet --timeout 3600 --log "$_log" \
		--overlay "$2/initrd" --append nacc.disk=configure -- \
		-drive "if=none,id=disk,format=raw,cache=unsafe,file=$2/disk.tmp" -device virtio-blk-pci,drive=disk ||
		die "the packages of the disk '$1' cannot be configured (log: ${_log#"$TOP"/})"
	grep -a '^configured ' "$_log" >"$2/packages" ||
		die "no package was configured on the disk '$1'"
	mv "$2/disk.tmp" "$2/disk.img"
}
