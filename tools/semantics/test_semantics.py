# SPDX-License-Identifier: GPL-2.0
"""Tests of the comparison and of the tables: on the host, with outcomes made here."""
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.append(f"{HERE}/guest")

# pylint: disable=wrong-import-position
import judge
import results
import testlist

GOOD = "TAP version 13\n1..2\nok 1 a at 0x7fff1000\nok 2 b # SKIP no b\n"


def came_to(text=GOOD, status=0):
    return judge.outcome(status, text)


class Outcomes(unittest.TestCase):
    def differs(self, unmarked, marked):
        return judge.differences(unmarked, [marked])

    def test_the_same(self):
        self.assertEqual([], self.differs([came_to()], came_to()))

    def test_noise(self):
        self.assertEqual([], self.differs([came_to()], came_to(GOOD.replace("7fff1", "7abc5"))))
        for a, b in (("done in 1.5 s", "done in 30 s"), ("fail: [17] x", "fail: [4711] x"),
                     ("passed: pid 3", "passed: pid 44"),
                     ("failed to setns to pid namespace of 6843 via nsfd 41",
                      "failed to setns to pid namespace of 31 via nsfd 41"), ("ok 3 x", "ok 4 x"),
                     ("ok 1 2MB of memory allocations", "ok 1 1MB of memory allocations")):
            self.assertEqual(judge.item(a), judge.item(b))

    def test_loops(self):
        """There are as many as there was time for; what they came to is the same or not."""
        loop = "0.1 s/loop, 0.2 ms/page,  %s MiB/s\t128 succeed, %s failed\n"
        once, often = came_to(loop % ("1.5", 0)), came_to(loop % (" 777", 0) * 30)
        self.assertEqual([], self.differs([once], often))
        self.assertTrue(self.differs([once], came_to(loop % (7, 0) + loop % (7, 3))))
        self.assertTrue(self.differs([once], came_to("")))

    def test_a_line_fails(self):
        found = self.differs([came_to()], came_to(GOOD.replace("ok 1", "not ok 1")))
        self.assertEqual({"ok a at 0x#", "not ok a at 0x#"}, {f[0] for f in found})

    def test_a_line_is_missing(self):
        self.assertTrue(self.differs([came_to()], came_to(GOOD.replace("ok 1", "# ..."))))
        self.assertTrue(self.differs([came_to()], came_to(GOOD + "ok 3 a at 0x1\n")))

    def test_skipped_only_marked(self):
        self.assertTrue(self.differs([came_to()], came_to(GOOD.replace("0x7fff1000", "# SKIP"))))

    def test_other_verdicts(self):
        self.assertTrue(self.differs([came_to("[PASS]\n")], came_to("[FAIL]\n")))
        self.assertTrue(self.differs([came_to("x\n")], came_to("x\nfailed: 1: vm (1)\n")))
        self.assertEqual([], self.differs([came_to("1 page\n")], came_to("2 pages\n")))

    def test_status(self):
        for status, words in ((1, "exit 1"), (-11, "signal 11"), (None, judge.TOO_LONG)):
            self.assertEqual([("status", "exit 0", words)],
                             self.differs([came_to()], came_to(status=status)))
        self.assertTrue(self.differs([came_to(status=1)], came_to()))

    def test_too_long_on_both_sides(self):
        self.assertEqual([], self.differs([came_to(status=None)], came_to("ok 1 a\n", None)))

    def test_unsteady(self):
        other = came_to(GOOD.replace("ok 1", "not ok 1"))
        self.assertEqual([], self.differs([came_to(), other], other))
        self.assertEqual([], self.differs([came_to(), other], came_to()))
        self.assertEqual(["ok a at 0x#: 0 times or once", "not ok a at 0x#: 0 times or once"],
                         judge.unsteady([came_to(), other]))
        self.assertEqual(["status: exit 0 or exit 1"],
                         judge.unsteady([came_to(), came_to(status=1)]))
        self.assertEqual([], judge.unsteady([came_to(), came_to()]))
        # What no unmarked run has come to stays a difference.
        self.assertTrue(self.differs([came_to(), other], came_to("")))

    def test_summary(self):
        self.assertEqual("passed: 1 ok, 1 skip", judge.summary(came_to()))
        self.assertEqual("exit 1: 1 not ok", judge.summary(came_to("not ok 1 a\n", 1)))
        self.assertEqual("skipped", judge.summary(came_to("", 4)))
        self.assertEqual("passed: 1 ok",
                         judge.summary(came_to("ok 1 a\n# Totals: pass:1 skip:0\n")))

    def test_names(self):
        names = testlist.named("mm/.* | ^status: exit 1 | since it is so\n")
        found = [("status", "exit 0", "exit 1"), ("ok a", "once", "0 times")]
        left, reasons = judge.nameless("mm/cow", found, names)
        self.assertEqual(([found[1]], ["since it is so"]), (left, reasons))
        self.assertEqual(found, judge.nameless("proc/cow", found, names)[0])


class Lists(unittest.TestCase):
    def test_ours(self):
        with open(f"{HERE}/tests.list", encoding="utf-8") as f:
            tests = testlist.tests(f.read())
        self.assertGreater(len(tests), 200)
        self.assertGreater(sum("+subset" in t.options for t in tests), 10)
        with open(f"{HERE}/named", encoding="utf-8") as f:
            testlist.named(f.read())

    def test_lines(self):
        one, = testlist.tests("# x\nmm/a 30 huge=4 write:/proc/sys/vm/x=1 -- ./a -b 'c d'\n")
        self.assertEqual(("./a", "-b", "c d"), one.command)
        self.assertEqual("4", testlist.option(one, "huge"))
        self.assertIsNone(testlist.option(one, "swap"))
        self.assertEqual([["/proc/sys/vm/x", "1"]], testlist.written(one))
        two = testlist.tests("stress 2 memory=64 -- vm mmap\n")
        self.assertEqual(["stress/vm", "stress/mmap"], [t.name for t in two])
        self.assertIn("--verify", two[0].command)

    def test_malformed(self):
        for line in ("mm/a", "mm/a 30 ./a", "mm/a x -- ./a", "mm/a 0 -- ./a", "a 30 -- ./a",
                     "mm/a 30 hug=4 -- ./a", "mm/a 30 write:/etc/x=1 -- ./a", "mm/a 30 -- ",
                     "mm/a 3 -- ./a\nmm/a 3 -- ./b"):
            with self.assertRaises(testlist.Malformed, msg=line):
                testlist.tests(line)
        with self.assertRaises(testlist.Malformed):
            testlist.named("mm/a | status")


ROW = {"test": "mm/a", "unmarked": "passed", "marked": "exit 1 | 2", "verdict": "differs",
       "runs": 1, "why": ["status: exit 0 unmarked, exit 1 marked"]}


class Results(unittest.TestCase):
    def test_rows(self):
        good = f"semantics: {json.dumps(ROW)}\n"
        console = good + "semantics: {broken}\nsemantics: {\"test\": 1}\n# | " + good
        self.assertEqual([ROW], results.rows(console))

    def test_latest(self):
        again, other = ROW | {"verdict": "same"}, ROW | {"test": "mm/b"}
        consoles = ["".join(f"semantics: {json.dumps(r)}\n" for r in rows)
                    for rows in ([ROW, other], [again])]
        self.assertEqual([again, other], results.latest(consoles))
        self.assertEqual([], results.latest([]))

    def test_died(self):
        self.assertIsNone(results.died_at(""))
        self.assertEqual("mm/b", results.died_at(
            "# run mm/a unmarked: ./a\n# run mm/a marked: ./a\n# run mm/b unmarked: ./b\n"))

    def test_beyond_rows(self):
        console = f"semantics: {json.dumps(ROW)}\nCHECK FAILED: mm/a: x\n"
        self.assertIsNone(results.beyond_rows(console))
        self.assertEqual("memory: y", results.beyond_rows(console + "CHECK FAILED: memory: y\n"))

    def test_tables(self):
        table = results.markdown([ROW], ["mm/a", "mm/b"], {"mm/c": "a helper"}, [])
        self.assertIn("| `mm/a` | passed | exit 1 \\| 2 | differs: status: exit 0", table)
        self.assertIn("Not run that time: `mm/b`.", table)
        self.assertIn("| `mm/c` | a helper |", table)
        names = testlist.named("mm/a | ^unsteady$ | it is a race\n")
        row = ROW | {"verdict": "unsteady", "why": ["unmarked status: exit 0 or exit 1"]}
        table = results.markdown([row], ["mm/a"], {}, names)
        self.assertIn("| unsteady: unmarked status: exit 0 or exit 1; it is a race |", table)
        self.assertEqual("1 tests: 1 differs", results.counts([ROW]))
        self.assertIn("exit 1 marked", results.text([ROW]))


if __name__ == "__main__":
    unittest.main()
