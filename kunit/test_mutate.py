#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""kunit/mutate must not take a mutant for seen that no test has seen, nor lose one."""
import importlib.machinery
import importlib.util
import os
import tempfile
import unittest
import unittest.mock

PATH = os.path.join(os.path.dirname(os.path.realpath(__file__)), "mutate")
LOADER = importlib.machinery.SourceFileLoader("kunit_mutate", PATH)
mutate = importlib.util.module_from_spec(importlib.util.spec_from_loader("kunit_mutate", LOADER))
LOADER.exec_module(mutate)

KTAP = """[    1.0] KTAP version 1
[    1.0] 1..1
[    1.0]     # Subtest: nacc_a
[    1.0]     1..1
[    1.0]     {x} 1 one
[    1.0] {x} 1 nacc_a
"""


def part(name, text=KTAP.format(x="ok"), end="well"):
    """A console log of one load."""
    last = f"[    2.0] nacc-mutants: end {end}\n" if end else ""
    return f"[    1.0] nacc-mutants: begin {name}\n{text}{last}"


def judged(text, end="well"):
    return mutate.judge(mutate.loads(part("mutant 1", text, end))[0])


class Lines(unittest.TestCase):
    def test_fields(self):
        found = mutate.read_list(["# no", "", "s|f.c|s/a || b/c/", "s|g.c|s/x//|survives: why"])
        self.assertEqual(found, [mutate.Mutant(1, "s", "f.c", "s/a || b/c/", None),
                                 mutate.Mutant(2, "s", "g.c", "s/x//", "why")])

    def test_the_list_itself(self):
        with open(mutate.LIST, encoding="utf-8") as f:
            found = mutate.read_list(f)
        self.assertTrue(found)
        with tempfile.NamedTemporaryFile() as changed:
            for m in found:
                self.assertIsNone(mutate.edit(m, os.path.join(mutate.TOP, m.file), changed.name), m)
                self.assertRegex(m.suite, r"^nacc_[a-z_]+(\.[a-z_!*\[\]]+)?(@[a-z_=,]+)?$")

    def test_places(self):
        text = "a\nb\nc\nd\n"
        self.assertEqual(mutate.places(text, text), 0)
        self.assertEqual(mutate.places(text, "a\nx\ny\nd\n"), 1)
        self.assertEqual(mutate.places(text, "x\nb\ny\nd\n"), 2)


class Judge(unittest.TestCase):
    def test_survives(self):
        self.assertEqual(judged(KTAP.format(x="ok")), ("survives", ""))

    def test_failed_test(self):
        self.assertEqual(judged(KTAP.format(x="not ok")), ("seen", "nacc_a.one"))

    def test_failed_parameter(self):
        for name in ("by-call", ".isra."):
            text = KTAP.format(x="not ok").replace("1 one", f"1 {name}")
            self.assertEqual(judged(text), ("seen", f"nacc_a.{name}"))

    def test_complaint(self):
        text = KTAP.format(x="ok") + "[    1.0] BUG: Bad page state\n"
        self.assertEqual(judged(text), ("seen", "the kernel said: BUG: Bad page state"))

    def test_cut_short(self):
        """A machine that ended has seen it, whatever was said before."""
        lines = KTAP.format(x="ok").splitlines(True)
        for n in range(len(lines) + 1):
            self.assertEqual(judged("".join(lines[:n]), None), ("seen", "the machine ended"))

    def test_ends(self):
        for end in ("hang", "not loaded", "not unloaded"):
            self.assertEqual(judged("", end)[0], "seen")

    def test_nothing_ran(self):
        self.assertEqual(judged("")[0], "error")
        self.assertEqual(judged("[    1.0] KTAP version 1\n[    1.0] 1..0\n")[0], "error")
        self.assertEqual(judged(KTAP.format(x="ok # SKIP").replace("one", "one # SKIP"))[0],
                         "error")

    def test_tests_missing(self):
        """The suite did not end but the load did: that is no mutant's doing."""
        self.assertEqual(judged(KTAP.format(x="ok").replace("1..1", "1..2"))[0], "error")

    def test_unknown_end(self):
        self.assertEqual(judged(KTAP.format(x="ok"), "otherwise")[0], "error")

    def test_locked(self):
        text = "[    1.0] nacc: the firmware is locked to another set-up (x)\n"
        self.assertEqual(judged(text, "not loaded")[0], "error")


class Verdicts(unittest.TestCase):
    def test_order(self):
        text = (part("whole nacc_a") + part("mutant 3", KTAP.format(x="not ok")) +
                part("canary 3") + part("mutant 4") + part("mutant 5", "", None))
        found, sick = mutate.verdicts(text)
        self.assertEqual(found, {3: ("seen", "nacc_a.one"), 4: ("survives", ""),
                                 5: ("seen", "the machine ended")})
        self.assertEqual(sick, {})

    def test_suite_fails_without_a_mutant(self):
        self.assertEqual(mutate.verdicts(part("whole nacc_a", KTAP.format(x="not ok"))),
                         ({}, {"nacc_a": "nacc_a.one"}))

    def test_nothing(self):
        self.assertEqual(mutate.verdicts(""), ({}, {}))

    def test_alive(self):
        text = part("mutant 1").replace("[    1.0]     ok", "[ 1.0] nacc-mutants: alive\n"
                                        "[    1.0]     ok")
        self.assertEqual(mutate.verdicts(text)[0], {1: ("survives", "")})


class Report(unittest.TestCase):
    MUTANT = mutate.Mutant(1, "s", "f.c", "e", None)
    KNOWN = MUTANT._replace(known="why")

    def test_well(self):
        self.assertTrue(mutate.line_of(self.MUTANT, "seen", "x")[1])
        self.assertTrue(mutate.line_of(self.KNOWN, "survives", "")[1])

    def test_not_well(self):
        self.assertFalse(mutate.line_of(self.MUTANT, "survives", "")[1])
        self.assertFalse(mutate.line_of(self.KNOWN, "seen", "x")[1])
        for m in (self.MUTANT, self.KNOWN):
            self.assertFalse(mutate.line_of(m, "error", "x")[1])


class Boots(unittest.TestCase):
    """Which mutants a boot begins with, by what the boots before have said."""

    def run_all(self, todo, consoles):
        seen, reported = [], []

        def boot(batch, _log, alone=False):
            seen.append(([m.number for m in batch], alone))
            return consoles[len(seen) - 1]

        with unittest.mock.patch.object(mutate, "boot", boot):
            mutate.try_all(todo, 10, lambda m, what, why: reported.append((m.number, what)))
        return seen, sorted(reported)

    def setUp(self):
        self.a = mutate.Mutant(1, "nacc_a", "f.c", "s/a/b/", None)
        self.b = mutate.Mutant(2, "nacc_b", "g.c", "s/a/b/", None)

    def test_alone_after_another_was_locked(self):
        consoles = [part("whole nacc_a") + part("mutant 1", "locked to another set-up\n"),
                    part("mutant 1", KTAP.format(x="not ok"))]
        self.assertEqual(self.run_all([self.a], consoles),
                         ([([1], False), ([1], True)], [(1, "seen")]))

    def test_what_a_mutant_leaves_behind(self):
        bad = KTAP.format(x="not ok")
        consoles = [part("whole nacc_a") + part("mutant 1", bad) + part("whole nacc_b", bad),
                    part("whole nacc_b") + part("mutant 2", bad)]
        self.assertEqual(self.run_all([self.a, self.b], consoles),
                         ([([1, 2], False), ([2], False)], [(1, "seen"), (2, "seen")]))

    def test_sick_by_itself(self):
        bad = KTAP.format(x="not ok")
        self.assertEqual(self.run_all([self.b], [part("whole nacc_b", bad)]),
                         ([([2], False)], [(2, "error")]))


if __name__ == "__main__":
    unittest.main()
