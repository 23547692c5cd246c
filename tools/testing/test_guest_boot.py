# SPDX-License-Identifier: GPL-2.0
"""Tests of the judge: a test that cannot fail is worth nothing."""
import unittest

import guest_boot

GOOD = "[    1.0] Booting\nok 1 - a\nscenario story: passed after 3 s\n\nNACC-SCENARIO-EXIT: 0\n"


class Verdict(unittest.TestCase):
    def judge(self, text=GOOD, status=0, scenarios=("story",)):
        return guest_boot.verdict(status, text, scenarios)

    def test_good(self):
        self.assertIsNone(self.judge())

    def test_status(self):
        self.assertIn("hung", self.judge(status=124))
        self.assertIn("without a verdict", self.judge(status=125))
        self.assertIn("1 failed", self.judge(status=1))

    def test_no_checks(self):
        self.assertIn("no check", self.judge(GOOD.replace("ok 1 - a\n", "")))

    def test_scenario_missing(self):
        self.assertIn("stress did not pass", self.judge(scenarios=("story", "stress")))

    def test_failed_check(self):
        self.assertIn("x: expected", self.judge(GOOD + "CHECK FAILED: x: expected '1', seen '2'\n"))

    def test_complaints(self):
        for line in ("BUG: Bad page state in process sh", "WARNING: CPU: 0 PID: 1 at mm/x.c:1",
                     "Oops [#1]", "BUG: Bad rss-counter state mm:0 type:MM_ANONPAGES val:3",
                     "BUG: non-zero pgtables_bytes on freeing mm: 4096",
                     "Unable to handle kernel paging request", "Kernel panic - not syncing: x",
                     "rcu: INFO: rcu_sched self-detected stall on CPU",
                     "watchdog: BUG: soft lockup - CPU#0 stuck", "Bad swap file entry 1"):
            self.assertIn("complained", self.judge(GOOD + f"[    9.9] {line}\n"), line)

    def test_expected_complaint(self):
        oops = GOOD + "[    9.9] Oops [#1]\n"
        want = [r"Oops \[#1\]"]
        self.assertIsNone(guest_boot.verdict(0, oops, ["story"], want))
        self.assertIn("0 times", guest_boot.verdict(0, GOOD, ["story"], want))
        self.assertIn("2 times", guest_boot.verdict(0, oops + "Oops [#1]\n", ["story"], want))
        self.assertIn("complained", guest_boot.verdict(0, oops + "BUG: x\n", ["story"], want))
        twice = oops + "[   10.0] Oops [#1]\n"
        self.assertIsNone(guest_boot.verdict(0, twice, ["story"], want * 2))
        self.assertIn("1 times, not 2", guest_boot.verdict(0, oops, ["story"], want * 2))

    def test_guest_lines_are_not_the_kernels(self):
        self.assertIsNone(self.judge(GOOD + "ok 2 - no BUG: in the log\n# Oops\n"))
        self.assertIsNone(self.judge(GOOD + "# [   29.945968] Oops [#1]\n"))

    def test_kernel_speaks_in_a_line_of_the_guests(self):
        mixed = GOOD + "ok 2 - b[   29.945968] BUG: Bad rss-counter state mm:0\n\n"
        self.assertIn("complained: [   29.9", self.judge(mixed))
        self.assertIsNone(guest_boot.verdict(0, mixed, ["story"], ["Bad rss-counter"]))
        self.assertIn("complained", self.judge(GOOD + "# x [    1.000000] WARNING: CPU: 0\n"))


class Panic(unittest.TestCase):
    TEXT = "ok 1 - a\n[    9.0] Kernel panic - not syncing: nacc: refused store of x+0x4 to 0x1\n"

    def judge(self, text=TEXT, status=125):
        return guest_boot.panic_verdict(status, text, "nacc: refused store of x")

    def test_panic(self):
        self.assertIsNone(self.judge())
        self.assertIn("did not panic", self.judge(status=0))
        self.assertIn("otherwise", self.judge("ok 1 - a\n"))
        self.assertIn("otherwise", self.judge(self.TEXT.replace("of x", "of y")))
        self.assertIn("a: expected", self.judge("CHECK FAILED: a: expected\n" + self.TEXT))
        self.assertIn("complained", self.judge("[    1.0] BUG: sleeping\n" + self.TEXT))


if __name__ == "__main__":
    unittest.main()
