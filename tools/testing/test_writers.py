# SPDX-License-Identifier: GPL-2.0
"""Are the essential writers of page tables (kmod/firmware/essential.c) those that the kernels
here have, by their own symbols and configuration; does each feature have some; and is all
code of these kernels that installs an entry in writers.h?"""
import glob
import os
import re
import subprocess
import unittest

import kallsyms

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
KERNELS = sorted(glob.glob(f"{TOP}/build/kernels/*/headers/build/.config"))
# Groups of writers.h without an essential one: inline, or in static functions that a
# compiler may inline; their callers, or the helpers they call, are essential.
NONE = {"asm/pgtable.h,", "mm/internal.h", "fs/dax.c"}
# What no option of a kernel's says whether it has, but a name in its headers
MACROS = {"MADV_GUARD_INSTALL": "include/uapi/asm-generic/mman-common.h"}


def read(path):
    with open(f"{TOP}/kmod/firmware/{path}", encoding="ascii") as f:
        return f.read()


def installers(what):
    """Names that installers.c has: who is called, or who fills the kernel's own half."""
    found = re.search(rf'{what}[^"]*("[^;#]*")', read("installers.c"))
    return re.findall(r'"(\w+)"', found[1])


def table(defines):
    """The essential writers, as (what, names), of a kernel with this configuration."""
    text = read("essential.c")
    begin = text.index("\n", text.index("essentials[]")) + 1
    text = text[begin:text.index("\n};", begin) + 1]
    plain = subprocess.run(["gcc", "-E", "-P", "-x", "c", "-"], input=defines + text, text=True,
                           check=True, stdout=subprocess.PIPE).stdout
    return [(what, re.findall(r'"(\w+)"', names))
            for what, names in re.findall(r'{ "([^"]*)", {([^}]*)} }', plain)]


def as_defines(names):
    return "".join(f"#define {name} 1\n" for name in names)


def config(folder):
    with open(f"{folder}/build/.config", encoding="utf-8") as f:
        names = re.findall(r"^(CONFIG_\w+)=y$", f.read(), re.M)
    for macro, header in MACROS.items():
        for path in glob.glob(f"{folder}/usr/src/*/{header}"):
            with open(path, encoding="utf-8") as f:
                names += re.findall(rf"^#define ({macro})\b", f.read(), re.M)
    return as_defines(names)


def every():
    return as_defines(set(re.findall(r"CONFIG_\w+", read("essential.c"))) | MACROS.keys())


def groups():
    """{source file: names} of writers.h."""
    parts = re.split(r"/\*\s+\*?\s*(\S+\.[ch],?)[^/]*\*/", read("writers.h").split("*/", 2)[2])
    return {file: re.findall(r'"(\w+)"', names) for file, names in zip(parts[1::2], parts[2::2])}


def missing(essentials, symbols):
    return [what for what, names in essentials if not symbols.intersection(names)]


def plain(names):
    """What the module would find; a compiler's suffixes are no part of a name."""
    return {name.split(".")[0] for name in names}


class Writers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folders = [path.removesuffix("/headers/build/.config") for path in KERNELS]
        cls.images = {folder: kallsyms.Kernel(f"{folder}/vmlinuz") for folder in folders}

    def kernels(self):
        self.assertTrue(KERNELS, "there is no kernel here: tools/vm/setup-kernel headers")
        for folder, image in self.images.items():
            yield (os.path.basename(folder), table(config(f"{folder}/headers")),
                   plain(image.names()))

    def test_all_that_install(self):
        """set_ptes() is inline, and calls this for what can be executed: who does installs
        entries. No name in between is needed to find them."""
        writers = set(re.findall(r'"(\w+)"', read("writers.h")))
        for folder, image in self.images.items():
            callers = plain(image.callers(installers("CALLED\t")[0]))
            self.assertGreater(len(callers), 40, folder)
            self.assertEqual(callers - writers - set(installers("own_half")), set(), folder)

    def test_none_is_missing(self):
        for kernel, essentials, symbols in self.kernels():
            self.assertGreater(len(essentials), 60, kernel)
            self.assertEqual(missing(essentials, symbols), [], kernel)
            # One that is hidden is missed.
            for what, names in essentials:
                self.assertIn(what, missing(essentials, symbols - set(names)))

    def test_each_group_has_one(self):
        for kernel, essentials, symbols in self.kernels():
            named = {name for _, names in essentials for name in names}
            for file, names in groups().items():
                if file not in NONE and symbols.intersection(names):
                    self.assertTrue(named.intersection(names), f"{kernel}: none of {file} is essential")

    def test_they_are_writers(self):
        writers = set(re.findall(r'"(\w+)"', read("writers.h")))
        for what, names in table(every()):
            self.assertEqual([n for n in names if n not in writers], [], what)

    def test_words_and_room(self):
        words = [what for what, _ in table(every())]
        self.assertEqual(len(words), len(set(words)))
        self.assertTrue(all(re.fullmatch(r"[a-z0-9-]+", word) for word in words))
        room = int(re.search(r"char missing\[(\d+)\]", read("essential.c"))[1])
        self.assertLess(len(",".join(words)), room)
        # On one line of the log (PRINTKRB_RECORD_MAX), with what is said around it
        line = re.search(r'pr_warn\("(not all functions.*)\\n"', read("setup.c"))[1]
        shown = sum(map(int, re.findall(r"%\.(\d+)s", line)))
        self.assertEqual(len(re.findall(r"%", line)), 3)
        self.assertLess(len(line) + shown, 1024 - 100)

    def test_tried(self):
        """Those that the module calls tried are those of README, by "make matrix"."""
        said = re.findall(r'"([^"]+)"', re.search(r"tried\[\].*{(.*)}", read("essential.c"))[1])
        with open(f"{TOP}/README.md", encoding="utf-8") as f:
            booted = re.findall(r"^\| `linux-image-(\d+\.\d+\.)", f.read(), re.M)
        self.assertEqual(sorted(said), sorted(set(booted)))

    def test_features(self):
        """Without a feature there is less that is essential."""
        plain = len(table(""))
        for feature in ("TRANSPARENT_HUGEPAGE", "HUGETLB_PAGE", "KSM", "SWAP", "NUMA_BALANCING",
                        "USERFAULTFD", "MIGRATION", "UPROBES", "LRU_GEN", "DEVICE_MIGRATION",
                        "DEVICE_PRIVATE", "DAMON_VADDR", "IDLE_PAGE_TRACKING", "FS_DAX",
                        "ADVISE_SYSCALLS", "PROC_PAGE_MONITOR"):
            self.assertGreater(len(table(f"#define CONFIG_{feature} 1\n")), plain, feature)

    def test_guards(self):
        """Who installs and who removes them; a kernel that has none, as 6.12, is not asked."""
        config = "#define CONFIG_ADVISE_SYSCALLS 1\n"
        self.assertNotIn("guard", str(table(config)))
        self.assertIn(("guard-remove", ["guard_remove_pte_entry"]),
                      table(f"{config}#define MADV_GUARD_INSTALL 1\n"))


if __name__ == "__main__":
    unittest.main()
