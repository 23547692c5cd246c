# SPDX-License-Identifier: GPL-2.0
"""Tests of the versions that are named: of what runs, on a host that has it and on another, and
of the interfaces."""
import importlib.machinery
import importlib.util
import os
import re
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("tested", os.path.join(HERE, "tested"))
tested = importlib.util.module_from_spec(importlib.util.spec_from_loader("tested", loader))
loader.exec_module(tested)


class Versions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(setattr, tested, "TOP", tested.TOP)
        self.addCleanup(setattr, tested, "installed", tested.installed)
        tested.TOP = folder.name
        tested.installed = lambda package: (package, "1:7.2+host")
        os.makedirs(f"{folder.name}/build/cache")

    def have(self, name, *files):
        with open(f"{tested.TOP}/build/cache/{name}.sha256", "w", encoding="ascii") as f:
            f.writelines(f"{'0' * 64}  {name}\n" for name in files)

    def test_qemu_of_the_host(self):
        self.assertEqual(tested.version_of("qemu7", "qemu-system-misc"), ("qemu-system-misc", "7.2+host"))

    def test_qemu_that_was_fetched(self):
        self.have("qemu7", "libc6_2.36-9_amd64.deb", "qemu-system-misc_1%3a7.2+dfsg-7_amd64.deb")
        self.assertEqual(tested.version_of("qemu7", "qemu-system-misc"), ("qemu-system-misc", "7.2+dfsg-7"))

    def test_firmware(self):
        self.have("opensbi-src", "opensbi_1.6.orig.tar.gz")
        self.have("opensbi-src-1.8", "opensbi_1.8.1.orig.tar.gz")
        self.assertEqual(tested.version_of("opensbi-src", "opensbi"), ("opensbi", "1.6"))
        self.assertEqual(tested.version_of("opensbi-src", "opensbi", "1.8"), ("opensbi", "1.8.1"))

    def test_what_is_missing_is_named(self):
        with self.assertRaisesRegex(tested.Missing, "opensbi: no opensbi-src-1.8 in build/cache"):
            tested.version_of("opensbi-src", "opensbi", "1.8")

    def test_each_is_looked_up(self):
        self.assertIn(("qemu7", "qemu-system-misc"), [entry[:2] for entry in tested.PACKAGES])


class Interfaces(unittest.TestCase):
    """Versions of the two interfaces that documents say: those of the headers they are about"""
    HEADERS = {"docs/uapi.md": ("kmod/include/uapi/linux/nacc.h", "NACC_UAPI_VERSION"),
               "docs/sbi-abi.md": ("sbi-shim/include/nacc_sbi.h", "NACC_SBI_ABI_VERSION")}

    @staticmethod
    def read(path):
        with open(os.path.join(HERE, "../..", path), encoding="utf-8") as f:
            return f.read()

    def test_versions(self):
        versions = {}
        for page, (header, name) in self.HEADERS.items():
            number = int(re.search(rf"#define {name}\s+(0x\w+)", self.read(header))[1], 16)
            versions[page] = f"{number >> 16}.{number & 0xffff}"
            said = re.search(r"^Prose twin of .*, version ([0-9.]+[0-9])", self.read(page), re.M)
            self.assertEqual(said[1], versions[page], page)
        said = re.search(r"^First version\. SBI ABI ([0-9.]+), user API ([0-9.]+)\.$", self.read("CHANGELOG.md"), re.M)
        self.assertEqual(said.groups(), (versions["docs/sbi-abi.md"], versions["docs/uapi.md"]))


if __name__ == "__main__":
    unittest.main()
