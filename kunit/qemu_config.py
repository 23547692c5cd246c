# SPDX-License-Identifier: GPL-2.0
"""The machine for the kernel's own kunit.py: see docs/testing.md."""
import os

from ..qemu_config import QemuArchParams

TOP = os.environ["NACC_TOP"]

QEMU_ARCH = QemuArchParams(
    linux_arch="riscv",
    kconfig="",
    qemu_arch="riscv64",
    kernel_path="arch/riscv/boot/Image",
    kernel_command_line="console=ttyS0 panic_on_warn=1 oops=panic nacc_pool=4M",
    extra_qemu_params=[
        "-machine", "virt", "-cpu", "rv64", "-smp", "2", "-m", "2G",
        "-bios", f"{TOP}/build/opensbi/fw_dynamic.bin",
        "-initrd", f"{TOP}/build/kunit/initrd.cpio"])
