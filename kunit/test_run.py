#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""kunit/run must not take for passed what failed, stopped half way or never ran."""
import importlib.machinery
import importlib.util
import os
import unittest

PATH = os.path.join(os.path.dirname(os.path.realpath(__file__)), "run")
LOADER = importlib.machinery.SourceFileLoader("kunit_run", PATH)
run = importlib.util.module_from_spec(importlib.util.spec_from_loader("kunit_run", LOADER))
LOADER.exec_module(run)

WHOLE = """[    1.0] KTAP version 1
[    1.1] 1..2
[    1.1]     KTAP version 1
[    1.1]     # Subtest: a
[    1.1]     1..2
[    1.2]     ok 1 one
[    1.2]         KTAP version 1
[    1.2]         # Subtest: two
[    1.3]         ok 1 x
[    1.3]         {x} 2 y
[    1.4]     {x} 2 two
[    1.5] {x} 1 a
[    1.5]     KTAP version 1
[    1.5]     1..1
[    1.6]     ok 1 three # SKIP why
[    1.7] ok 2 b
"""


class Results(unittest.TestCase):
    def test_all_passed(self):
        passed, failed, skipped = run.results(WHOLE.format(x="ok"))
        self.assertEqual(passed, ["a.one", "a.two.x", "a.two.y"])
        self.assertEqual(failed, [])
        self.assertEqual(skipped, ["b.three # SKIP why"])

    def test_one_failed(self):
        passed, failed, _ = run.results(WHOLE.format(x="not ok"))
        self.assertEqual(passed, ["a.one", "a.two.x"])
        self.assertEqual(failed, ["a.two.y"])

    def test_suite_failed_only(self):
        text = WHOLE.format(x="ok").replace("] ok 1 a", "] not ok 1 a")
        self.assertEqual(run.results(text)[1], ["a: failed as a whole"])

    def test_cut_short(self):
        lines = WHOLE.format(x="ok").splitlines()
        for n in range(len(lines)):
            self.assertTrue(run.results("\n".join(lines[:n]))[1], n)

    def test_test_missing(self):
        text = WHOLE.format(x="ok").replace("[    1.2]     ok 1 one\n", "")
        self.assertEqual(run.results(text)[1], ["a: fewer tests than planned"])

    def test_nothing(self):
        self.assertTrue(run.results("")[1])


if __name__ == "__main__":
    unittest.main()
