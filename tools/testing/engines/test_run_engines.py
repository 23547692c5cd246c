#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of run-engines: what it makes of a console."""
import importlib.machinery
import importlib.util
import os
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
LOADER = importlib.machinery.SourceFileLoader("run_engines", os.path.join(HERE, "run-engines"))
SPEC = importlib.util.spec_from_loader("run_engines", LOADER)
run_engines = importlib.util.module_from_spec(SPEC)
LOADER.exec_module(run_engines)

GOOD = """scenario podman
ok 1 - a
CELL|podman|run|ok|3 checks|5 s
CELL|podman|exec|none|it has none|
CELL|other|exec|none|it has none|
CELL|other|run|ok|1 checks|1 s
scenario podman: passed after 9 s
NACC-SCENARIO-EXIT: 0
"""
BAD = GOOD.replace("run|ok|3 checks", "run|FAILED|1 of 3 checks").replace(
    "ok 1 - a", "ok 1 - a\nCHECK FAILED: b")


class Console(unittest.TestCase):
    def test_good(self):
        self.assertEqual(run_engines.judge(["podman"], 0, GOOD), (2, 0, None))

    def test_failed_cell(self):
        good, bad, reason = run_engines.judge(["podman"], 1, BAD)
        self.assertEqual((good, bad), (1, 1))
        self.assertIn("the first: b", reason)

    def test_all_cells_good_but_hung(self):
        self.assertEqual(run_engines.judge(["podman"], 124, GOOD)[1], 1)

    def test_all_cells_good_but_a_complaint(self):
        text = GOOD + "[   10.123456] BUG: Bad page state\n"
        self.assertEqual(run_engines.judge(["podman"], 0, text)[1], 1)

    def test_scenario_missing(self):
        self.assertEqual(run_engines.judge(["podman", "slurm"], 0, GOOD)[1], 1)

    def test_nothing(self):
        self.assertEqual(run_engines.judge(["podman"], 125, "")[:2], (0, 1))

    def test_a_later_cell_of_the_same_place_does_not_hide_a_failed_one(self):
        text = BAD + "CELL|podman|run|ok|9 checks|5 s\n"
        self.assertEqual(run_engines.cells(text)["podman", "run"].verdict, "FAILED")

    def test_table(self):
        table = run_engines.table(run_engines.cells(BAD))
        self.assertIn("| podman | FAILED | - (1) |", table)
        self.assertIn("| other | ok, 1 | - (1) |", table)
        self.assertEqual(table.count("(1) it has none"), 1)


if __name__ == "__main__":
    unittest.main()
