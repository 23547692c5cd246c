# SPDX-License-Identifier: GPL-2.0
"""What "make matrix" writes, with boots that are not booted: rows of boots, of what could not
be built, README's table of kernels."""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import re
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
loader = importlib.machinery.SourceFileLoader("matrix", os.path.join(HERE, "matrix"))
matrix = importlib.util.module_from_spec(importlib.util.spec_from_loader("matrix", loader))
loader.exec_module(matrix)

CELLS = """# two kernels
kernel=default scenario=machine smp=3
kernel=sid scenario=story,stress qemu=10.0 mode=sv39
kernel=default scenario=machine opensbi=1.8
"""
README = """before
<!-- kernels: by "make matrix" -->
old
<!-- -->
behind
"""


class Matrix(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = folder.name
        fakes = {"CELLS": f"{self.top}/cells", "PAGE": f"{self.top}/matrix.md",
                 "README": f"{self.top}/README.md", "LOGS": f"{self.top}/logs", "TOP": self.top,
                 "set_up": lambda kernel: self.broken.get(kernel), "parts_of": lambda cell: None,
                 "boot": self.boot,
                 "source": lambda: "aaa bbb+", "version": lambda *what: f"{what[-1]}-exact"}
        for name, value in fakes.items():
            self.addCleanup(setattr, matrix, name, getattr(matrix, name))
            setattr(matrix, name, value)
        self.addCleanup(setattr, matrix.processes, "end_with_us", matrix.processes.end_with_us)
        matrix.processes.end_with_us = lambda: None
        self.broken, self.bad, self.said = {}, {}, {}
        self.put("cells", CELLS)
        self.put("README.md", README)
        self.put("build/guest/kernel/package", "linux-image-1 1-1\n")

    def boot(self, line, cell):
        """A guest that takes another mode than was meant, on as many harts as it was given."""
        said = f"# machine: {cell.get('mode', 'sv48')}, {cell.get('smp', '2')} harts\n"
        self.put(f"logs/{os.path.basename(matrix.log_of(line))}", self.said.get(line, said))
        return self.bad.get(line)

    def put(self, path, text):
        path = os.path.join(self.top, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def run_it(self, only="*"):
        """Its exit status, and the rows of the page as lists."""
        sys.argv = ["matrix", "--only", only]
        with contextlib.redirect_stdout(io.StringIO()):
            status = matrix.main()
        with open(matrix.PAGE, encoding="utf-8") as f:
            rows = [line.strip("|\n ").split(" | ") for line in f if line.startswith("| ")]
        self.assertTrue(all(len(row) == len(matrix.COLUMNS) for row in rows), rows)
        return status, [dict(zip(matrix.COLUMNS, row)) for row in rows[1:]]

    def test_boots(self):
        self.bad["kernel=default scenario=machine opensbi=1.8"] = "a reason | with\na line"
        status, rows = self.run_it()
        self.assertEqual(status, 1)
        self.assertEqual([row["result"] for row in rows], ["ok", "a reason / with a line", "ok"])
        self.assertEqual([row["source"] for row in rows], ["aaa bbb+"] * 3)
        self.assertEqual([row["firmware"] for row in rows],
                         [f"opensbi {v}-exact" for v in ("1.6", "1.8", "1.6")])
        self.assertIn("QEMU qemu-system-riscv-exact, rv64, sv39", rows[2]["machine"])

    def test_what_was_seen(self):
        """The page has the mode that the guest saw, not the one that is the default."""
        self.said["kernel=default scenario=machine opensbi=1.8"] = "Linux version\n"
        rows = self.run_it()[1]
        self.assertIn("-exact, rv64, sv48, 3 harts", rows[0]["machine"])
        self.assertIn("-exact, rv64, no mode seen, no harts", rows[1]["machine"])
        self.broken["sid"] = "no network"
        self.assertIn(", sv39, 2 harts", self.run_it()[1][3]["machine"])

    def test_some(self):
        status, rows = self.run_it("kernel=sid*")
        self.assertEqual(status, 0)
        self.assertEqual([row["result"] for row in rows], ["not run", "not run", "ok"])
        self.assertIn("QEMU 7.2, rv64, sv57, 3 harts", rows[0]["machine"])

    def test_not_built(self):
        """A kernel that does not build: rows of its own, and what was known stays."""
        self.run_it()
        self.broken["sid"] = "the step 'kmod' failed"
        status, rows = self.run_it()
        self.assertEqual(status, 1)
        self.assertEqual([row["result"] for row in rows], ["ok"] * 3 + ["not built: the step 'kmod' failed"])
        self.assertEqual(rows[3]["cell"], rows[2]["cell"])
        self.assertEqual(rows[3]["kernel"], "sid")
        # A later run of others keeps it, and one that builds takes it away.
        self.assertEqual(len(self.run_it("kernel=default*")[1]), 4)
        self.broken = {}
        self.assertEqual([row["result"] for row in self.run_it()[1]], ["ok"] * 3)

    def test_never_built(self):
        self.broken["sid"] = "no network"
        rows = self.run_it()[1]
        self.assertEqual([row["result"] for row in rows[2:]], ["not run", "not built: no network"])

    def test_readme(self):
        self.bad["kernel=default scenario=machine smp=3"] = "it hung"
        self.run_it("kernel=default*")
        with open(matrix.README, encoding="utf-8") as f:
            text = f.read()
        self.assertEqual(text.replace("old\n", ""), README.replace("old\n", (
            "| kernel (package, version) | cells of [docs/matrix.md](docs/matrix.md) that passed |\n"
            "|---|---|\n"
            "| `linux-image-1 1-1` | 1 of 2 |\n")))


class Cells(unittest.TestCase):
    def said(self, *lines):
        """What is said of cells that make no sense; None of others."""
        with tempfile.NamedTemporaryFile("w", encoding="ascii") as f:
            f.write("# a comment\n" + "".join(line + "\n" for line in lines))
            f.flush()
            self.addCleanup(setattr, matrix, "CELLS", matrix.CELLS)
            matrix.CELLS = f.name
            try:
                self.assertEqual(len(matrix.cells()), len(lines))
            except SystemExit as end:
                return str(end).replace(f.name, "")
        return None

    def test_sense(self):
        self.assertIsNone(self.said("kernel=default scenario=machine", "kernel=sid scenario=machine"))
        self.assertIsNone(self.said("append=a=b+c scenario=story,stress boot=edk2 kernel=linux-image-7-riscv64/sid"))

    def test_nonsense(self):
        ok = "kernel=default scenario=machine"
        for line, text in (
                ("nonsense", "a cell is KEY=VALUE..."), ("kernel=sid scenario=", "a cell is KEY=VALUE..."),
                ("scenario=machine", "a cell is KEY=VALUE..."), (f"{ok} smp=3 smp=4", "each key once"),
                ("kernel=sidd scenario=machine", "KERNEL=sidd names neither"),
                ("kernel=default scenario=nosuch", "there is no scenario 'nosuch'"),
                (f"{ok} timeout=soon", "timeout=soon is no number"), (f"{ok} foo=bar", "foo= is none of: kernel"),
                (f"{ok} qemu=9", "invalid choice: '9'"), (f"{ok} boot=lilo", "invalid choice: 'lilo'"),
                (f"{ok} board=none", "invalid choice: 'none'"), (f"{ok} opensbi=1.7", "invalid choice: '1.7'"),
                (f"{ok} smp=0", "SMP=0 is no number of harts"), (f"{ok} mem=2T", "MEM=2T is no size"),
                (f"{ok} boot=edk2 qemu=7.2", "QEMU 7.2 cannot boot by edk2"), (ok, "this cell is there already")):
            said = self.said(ok, line)
            self.assertIn(text, said or "", line)
            self.assertTrue(said.startswith("matrix: :3: "), said)


class Firmware(unittest.TestCase):
    def test_what_it_says(self):
        on, off = "NACC: pool 0xf8000000 64 MiB\n", "NACC: off: the harts have no PMP\n"
        for text, scenarios, append, good in (
                (on, ["story"], "", True), (off, ["story"], "", False), ("", ["story"], "", False),
                (off, ["noshim"], "", True), (on, ["noshim"], "", False), ("", ["noshim"], "", False),
                (off, ["machine"], "nacc.machine=off", True), (off + off, ["noshim"], "", False),
                ("NACC: off: \n", ["noshim"], "", False), (on + off, ["story"], "", False)):
            said = matrix.firmware_says("OpenSBI v1.6\n" + text, scenarios, append)
            self.assertEqual(said is None, good, (text, scenarios, said))


class Machine(unittest.TestCase):
    def test_none_that_was_asked_for(self):
        for said, cell, wrong in (
                ("sv57, 2 harts", {}, None), ("sv48, 2 harts", {}, None), ("sv48, 2 harts", {"mode": "sv48"}, None),
                ("sv48, 2 harts", {"mode": "sv57"}, "the kernel is in sv48, not in sv57"),
                ("sv57, 7 harts", {"smp": "8"}, "7 harts are online, not 8"), ("sv57, 1 harts", {}, "1 harts are"),
                ("sv39, 4 harts", {"board": "microchip-icicle-kit", "smp": "5", "mode": "sv39"}, None),
                (None, {}, "did not say")):
            text = f"[ 1.0] x\n# machine: {said}[ 1.1] y\n# machine: sv39, 1 harts\n" if said else "nothing\n"
            found = matrix.other_machine(text, cell)
            self.assertTrue(found is None if wrong is None else wrong in found, (said, cell, found))


class Real(unittest.TestCase):
    def test_dkms(self):
        """The package's module is built for kernels that were booted, and for no other series."""
        with open(f"{HERE}/../packaging/dkms.conf", encoding="utf-8") as f:
            allowed = re.search(r'^BUILD_EXCLUSIVE_KERNEL="(.*)"$', f.read(), re.M)[1]
        releases = {re.match(r"linux-image-(\S+)-riscv64 ", row["kernel"])[1]
                    for row in matrix.rows_of_page()[0].values()}
        for release in releases:
            self.assertRegex(release + "-riscv64", allowed)
            self.assertNotRegex(re.sub(r"^\d+\.\d+", "9.99", release), allowed)
        self.assertEqual({".".join(r.split(".")[:2]) for r in releases},
                         set(re.findall(r"(\d+\.\d+)\.", allowed.replace("\\", ""))))

    def test_cells(self):
        """They make sense, and docs/boards.md's sizes of QEMU's "virt" are among them."""
        tried = [cell for _, cell in matrix.cells() if cell["scenario"] == "machine"]
        self.assertLessEqual({str(n) for n in range(1, 9)}, {cell.get("smp", "2") for cell in tried})
        self.assertLessEqual({"256M", "64G"}, {cell.get("mem") for cell in tried})

    def test_pages(self):
        """docs/matrix.md has a row for each cell, and README the kernels of these."""
        booted, unbuilt = matrix.rows_of_page()
        every = matrix.cells()
        lines = {line for line, _ in every}
        self.assertEqual(set(booted), lines)
        self.assertLessEqual(set(unbuilt), lines)
        with open(matrix.README, encoding="utf-8") as f:
            self.assertIn("\n".join(matrix.kernels(every, booted)) + "\n<!-- -->", f.read())


if __name__ == "__main__":
    unittest.main()
