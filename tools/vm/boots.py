# SPDX-License-Identifier: GPL-2.0
"""Ways from the firmware to the guest's kernel, for tools/vm/run: QEMU's arguments for
each, and the disk that a loader reads; and machines other than "virt"."""
import collections
import glob
import os
import shutil

# LOADER: what OpenSBI starts. DISK: what the loader finds on its disk, if it has one.
# ACPI: may the kernel be told of the machine by ACPI? QEMU: those that can.
Way = collections.namedtuple("Way", "loader disk acpi qemu")
ALL = ("7.2", "10.0")
# EDK2 is linked to the first bank of flash, which was M-mode's before QEMU 8.1.
NEWER = ("10.0",)

WAYS = {
    "direct": Way(None, None, True, ALL),
    "uboot": Way("uboot", "extlinux", True, ALL),
    "uboot-efi": Way("uboot", "grub", True, ALL),
    "edk2": Way("edk2", None, False, NEWER),
    "edk2-acpi": Way("edk2", None, True, NEWER),
    "grub": Way("edk2", "grub", True, NEWER),
}

# Machines that QEMU has after boards; the kernel directly behind the firmware. CONSOLE: what
# Linux calls it. TREE: that of Debian's kernel package, if QEMU makes none. ARGS: to QEMU.
# SAYS: by what a warning of Linux is known that it gives of a device which QEMU has in part.
Board = collections.namedtuple("Board", "console tree args says")

BOARDS = {
    "virt": Board("ttyS0", None, [], None),
    "sifive_u": Board("ttySIF0", None, [], None),
    "microchip-icicle-kit": Board("ttyS1,115200", "microchip/mpfs-icicle-kit.dtb",
                                  ["-serial", "null", "-serial", "mon:stdio"],
                                  "divider_recalc_rate"),
}


def default_qemu(way):
    """The emulator for those who have not asked for one; 7.2 if there is no such way."""
    return WAYS[way].qemu[0] if way in WAYS else ALL[0]


def needs(way, build):
    """Files that tools/vm/setup-boot has to have made."""
    w = WAYS[way]
    files = []
    if w.loader == "uboot":
        files.append(f"{build}/boot/u-boot.bin")
    if w.loader == "edk2":
        files += [f"{build}/boot/edk2-code.fd", f"{build}/boot/edk2-vars.fd"]
    if w.disk == "grub":
        files.append(f"{build}/boot/grub.efi")
    return files


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def disk(kind, build, kernel, initrd, cmdline, tmp):
    """A directory for QEMU to show as a FAT disk; its arguments."""
    top = os.path.join(tmp, "disk")
    os.makedirs(top)
    for path, name in ((kernel, "vmlinuz"), (initrd, "initrd")):
        os.symlink(os.path.abspath(path), os.path.join(top, name))
    if kind == "extlinux":
        write(f"{top}/extlinux/extlinux.conf",
              "default nacc\n\nlabel nacc\n\tkernel /vmlinuz\n\tinitrd /initrd\n"
              f"\tappend {cmdline}\n")
    else:
        write(f"{top}/EFI/debian/grub.cfg",
              f"linux /vmlinuz {cmdline}\ninitrd /initrd\nboot\n")
        os.makedirs(f"{top}/EFI/BOOT")
        shutil.copy(f"{build}/boot/grub.efi", f"{top}/EFI/BOOT/BOOTRISCV64.EFI")
    return ["-drive", f"if=none,id=boot,format=raw,readonly=on,file=fat:{top}",
            "-device", "virtio-blk-pci,drive=boot"]


def board_arguments(board, build, kernel, initrd, cmdline):
    """The same for a board; it has the processors that it has."""
    b = BOARDS[board]
    args = ["-M", board, "-kernel", kernel, "-initrd", initrd, "-append", cmdline, *b.args]
    if b.tree:
        args += ["-dtb", *glob.glob(f"{build}/guest/kernel/root/usr/lib/linux-image-*/{b.tree}")]
    return args


def arguments(way, build, kernel, initrd, cmdline, tmp, variables=None):
    """QEMU's arguments behind those that all ways share: machine, loader, kernel. VARIABLES
    are UEFI's, for EDK2, if not none."""
    w = WAYS[way]
    machine = "virt" + ("" if w.acpi or w.loader != "edk2" else ",acpi=off")
    plain = ["-kernel", kernel, "-initrd", initrd, "-append", cmdline]
    args = []
    if w.loader == "uboot":
        # The command line for the firmware; the kernel has it from the disk.
        args += ["-kernel", f"{build}/boot/u-boot.bin", "-append", cmdline]
    if w.loader == "edk2":
        # Its variables are of this boot.
        flash = os.path.join(tmp, "edk2-vars.fd")
        shutil.copy(variables or f"{build}/boot/edk2-vars.fd", flash)
        machine += ",pflash0=code,pflash1=vars"
        args += ["-blockdev", f"file,node-name=code,read-only=on,filename={build}/boot/edk2-code.fd",
                 "-blockdev", f"file,node-name=vars,filename={flash}"]
    args += disk(w.disk, build, kernel, initrd, cmdline, tmp) if w.disk else plain
    return ["-M", machine, *args]
