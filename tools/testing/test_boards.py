# SPDX-License-Identifier: GPL-2.0
"""What the shim says on boards that nobody here has, what it does with their own functions and
HSM devices, what is left of it where it does not start, where the pool lies, what it leaves of
OpenSBI's heap, when a hart ceases to be guarded, and who may have an event of SSE: files of the
firmware, built for this machine, with the device trees that Debian's kernels have, and with some of
the test's own."""
import glob
import os
import re
import subprocess
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
OUT = f"{TOP}/build/shim-boards"
TREES = sorted(glob.glob(f"{TOP}/build/kernels/*/root/usr/lib/**/*.dtb", recursive=True))
NEVER = "was never tried"
CACHE = "has cache operations that firmware cannot hold"
NO_PMP = "has no PMP that OpenSBI finds"
ALIAS = "has DRAM at a second address and too few PMP entries for it"
QEMU = "was tried in QEMU only"
# By what their trees are called; a board that is none of these is not known.
SAID = {"jh7110": ALIAS, "k1-": NEVER, "sg2042": CACHE, "sg2044": CACHE, "th1520": NO_PMP,
        "eic7700": ALIAS, "mpfs": QEMU, "hifive-unleashed": QEMU}


def ask(*args):
    return subprocess.run([f"{OUT}/boards", *args], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def off(name, why):
    return f"NACC: off: this board ({name}) {why}: docs/boards.md, or nacc.platform=force\n"


def in_code():
    """{compatible: fields} of the table in board.c."""
    with open(f"{TOP}/sbi-shim/opensbi/board.c", encoding="ascii") as f:
        rows = re.findall(r'^\t{ "([^"]+)"(.*?) },$', f.read(), re.M)
    return {name: dict(re.findall(r"\.(\w+) = (\w+)", rest)) for name, rest in rows}


def in_page():
    """The same of docs/boards.md, as it has them."""
    with open(f"{TOP}/docs/boards.md", encoding="utf-8") as f:
        lines = [line.split("|")[1:-1] for line in f
                 if re.match(r"\| .*\| `[^`]+` \| (known|runs|not)", line)]
    return {cells[1].strip(" `"): [cell.strip() for cell in cells[2:]] for cells in lines}


def as_in_page(fields):
    """What the page says of such a row: state, PMP, granule, other addresses, cache."""
    entries = fields.get("entries", "")
    left = f" ({fields['left']})" if "left" in fields else ""
    return [{"HERE": "known", "IN_QEMU": "runs when forced",
             "NOWHERE": "not run"}[fields.get("run", "NOWHERE")],
            "none" if entries == "NO_PMP" else entries + left,
            {"2": "4 bytes", "12": "4 KiB", None: ""}[fields.get("granule")],
            fields.get("aliases", ""), "yes" if fields.get("cmo") == "true" else ""]


class Boards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "-C", f"{TOP}/sbi-shim/tests/boards", f"O={OUT}",
                        f"OPENSBI_SRC={TOP}/build/opensbi-src"], check=True,
                       stdout=subprocess.DEVNULL)

    def test_trees_of_linux(self):
        seen = set()
        self.assertGreater(len(TREES), 30)
        for tree in TREES:
            name = os.path.basename(tree)
            kind = next((k for k in SAID if k in name), None)
            seen.add(kind)
            said = ask(tree)
            self.assertEqual(said.count("\n"), 1, said)
            self.assertRegex(said, r"^NACC: off: this board \(\S+\) ", name)
            self.assertIn(f") {SAID.get(kind, 'is not known')}: docs/boards.md", said, name)
            self.assertEqual(ask("--bootargs", "quiet nacc.platform=force", tree), "starts\n", name)
        self.assertLessEqual({"jh7110", "sg2042", "th1520", "mpfs", "hifive-unleashed", None}, seen)

    def test_all_of_the_table(self):
        for name, fields in in_code().items():
            said = ask("vendor,board", name)
            if fields.get("run") == "HERE":
                self.assertEqual(said, "starts\n", name)
            else:
                self.assertRegex(said, r"^NACC: off: this board \(vendor,board\) (has|was) ", name)
            self.assertEqual(ask("--platform", "force", name), "starts\n", name)

    def test_reasons(self):
        self.assertEqual(ask("spacemit,k1"), off("spacemit,k1", NEVER))
        self.assertEqual(ask("starfive,jh7110"), off("starfive,jh7110", ALIAS))
        self.assertEqual(ask("thead,th1520"), off("thead,th1520", NO_PMP))
        self.assertEqual(ask("sophgo,sg2044"), off("sophgo,sg2044", CACHE))
        self.assertEqual(ask("eswin,eic7700"), off("eswin,eic7700", ALIAS))
        self.assertEqual(ask("someone,else"), off("someone,else", "is not known"))
        self.assertEqual(ask("--none"), off("without a name", "is not known"))
        # Part of a name is none.
        self.assertEqual(ask("riscv-virtio2"), off("riscv-virtio2", "is not known"))
        self.assertEqual(ask("riscv-virti"), off("riscv-virti", "is not known"))

    def test_forced(self):
        never = off("spacemit,k1", NEVER)
        for args in ("nacc.platform=force", "a=b nacc.platform=force c", "  nacc.platform=force"):
            self.assertEqual(ask("--bootargs", args, "spacemit,k1"), "starts\n", args)
        for args in ("", "nacc.platform=", "nacc.platform=forced", "nacc.platform=for",
                     "xnacc.platform=force", "nacc.platform=off nacc.platform2=force", "force"):
            self.assertEqual(ask("--bootargs", args, "spacemit,k1"), never, args)
        for text in ("", "no", "forced", "force "):
            self.assertEqual(ask("--platform", text, "spacemit,k1"), never, text)

    def test_functions(self):
        for program, cases in (("enter", 8), ("start", 7), ("satp", 5), ("events", 5)):
            done = subprocess.run([f"{OUT}/{program}"], check=False, text=True,
                                  stdout=subprocess.PIPE)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertEqual(done.stdout.count("ok - "), cases, done.stdout)

    def test_heap(self):
        """What harts take for the fast path leaves enough for those that start later."""
        for harts, at_once, at_least in ((1, 1, 1), (2, 1, 2), (4, 1, 4), (8, 1, 5), (24, 1, 8),
                                         (33, 1, 8), (64, 1, 8), (128, 1, 8), (9, 7, 5),
                                         (12, 8, 6), (16, 10, 7), (128, 60, 8)):
            done = subprocess.run([f"{OUT}/heap", str(harts), str(at_once)], check=False, text=True,
                                  stdout=subprocess.PIPE)
            found = re.fullmatch(rf"ok - {harts} harts: (\d+) with room\n", done.stdout)
            self.assertTrue(found, done.stdout)
            self.assertGreaterEqual(int(found[1]), at_least, done.stdout)

    def test_place(self):
        """Wherever U-Boot moves itself, at the end of RAM or of what is below 4 GiB, the pool is not."""
        high, gib, room = 4 << 30, 1 << 30, 64 << 20
        for gibs in (0.25, 1, 2, 2.5, 3, 4, 6, 20, 64):
            end = (2 << 30) + int(gibs * gib)
            done = subprocess.run([f"{OUT}/place", "0x80000000", hex(end)], check=True, text=True,
                                  stdout=subprocess.PIPE)
            first, behind = (int(word, 0) for word in done.stdout.split())
            self.assertGreaterEqual(behind - first, 8 << 20, gibs)
            for top in {end, min(end, high)}:
                self.assertTrue(behind <= top - room or first >= top, (gibs, done.stdout))
            self.assertLessEqual(behind, end, gibs)
        # Two banks, and one in which there is no other place: that is said.
        done = subprocess.run([f"{OUT}/place", "0x80000000", "0x100000000", "0x100000000", "0x180000000"],
                              check=True, text=True, stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, "0x170000000 0x178000000\n")
        # A bank that U-Boot's end would be all of: the other one has room.
        done = subprocess.run([f"{OUT}/place", "0x80000000", "0xc0000000", "0x100000000", "0x104000000"],
                              check=True, text=True, stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, "0xba000000 0xbc000000\n")
        done = subprocess.run([f"{OUT}/place", "0x80000000", "0x86000000"], check=True, text=True,
                              stdout=subprocess.PIPE)
        self.assertIn("NACC: no place is left for U-Boot", done.stdout)

    def test_page(self):
        code, page = in_code(), in_page()
        self.assertEqual(list(code), list(page))
        for name, fields in code.items():
            self.assertEqual(as_in_page(fields), page[name][:5], name)
            self.assertTrue(page[name][5], f"{name}: where is that from?")


if __name__ == "__main__":
    unittest.main()
