#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""run-demo's panes: what they show of a console, at any width; no guest is booted."""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import sys
import tempfile
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
loader = importlib.machinery.SourceFileLoader("run_demo", os.path.join(HERE, "run-demo"))
spec = importlib.util.spec_from_loader("run_demo", loader)
run_demo = importlib.util.module_from_spec(spec)
loader.exec_module(run_demo)

CONSOLE = """[    1.000000] nacc: loaded
DEMO left before any step: not shown
DEMO step Who they are
DEMO left # crun run box
DEMO right # nacc run -- crun run box
ok 1 - a check
[    2.0] DEMO left a message of the kernel's that quotes one
DEMO right PID   DOMAIN
DEMO step What happens
DEMO left """ + "a long line of many words that has no room in one pane " * 3 + """
DEMO right a-word-that-is-longer-than-any-pane-""" + "x" * 200 + """
scenario demo: passed
"""


class Out(io.StringIO):
    """A terminal of this width, or none"""

    def __init__(self, tty):
        super().__init__()
        self.tty = tty

    def isatty(self):
        return self.tty


def shown(columns, tty=False, **environ):
    os.environ.update(COLUMNS=str(columns), LINES="24", TERM="xterm", **environ)
    out = Out(tty)
    screen = run_demo.Screen(out)
    if not tty:
        screen.columns, screen.width = columns, (columns - 3) // 2
    screen.title()
    for number, (title, panes) in enumerate(run_demo.steps_of(io.StringIO(CONSOLE)), 1):
        screen.step(number, title, panes)
    return out.getvalue()


class Panes(unittest.TestCase):
    def test_steps(self):
        steps = list(run_demo.steps_of(io.StringIO(CONSOLE)))
        self.assertEqual([title for title, _ in steps], ["Who they are", "What happens"])
        self.assertEqual(steps[0][1], (["# crun run box"],
                                       ["# nacc run -- crun run box", "PID   DOMAIN"]))

    def test_none(self):
        self.assertEqual(list(run_demo.steps_of(io.StringIO("Kernel panic\n"))), [])

    def test_side_by_side(self):
        text = shown(100)
        self.assertRegex(text, r"without NACC +\| with NACC\n")
        self.assertRegex(text, r"# crun run box +\| # nacc run -- crun run box\n")
        self.assertNotIn("not shown", text)
        self.assertNotIn("quotes one", text)
        self.assertNotIn("\033", text)

    def test_widths(self):
        for columns in (40, 62, 63, 80, 100, 133, 250):
            text = shown(columns)
            self.assertLessEqual(max(map(len, text.splitlines())), max(columns, 40), columns)
            # Whatever the width, nothing is left out.
            self.assertEqual(text.count("x"), CONSOLE.count("x"), columns)
            self.assertEqual(text.count("many"), 3, columns)

    def test_one_below_the_other(self):
        text = shown(50)
        self.assertRegex(text, r"without NACC:\n  # crun run box\nwith NACC:\n  # nacc run")
        self.assertNotIn("|", text)

    def test_colours(self):
        self.assertIn("\033[31mwithout NACC", shown(100, tty=True, NO_COLOR=""))
        self.assertNotIn("\033", shown(100, tty=True, NO_COLOR="1"))


LEFT = "nacc-demo: left: 1 of 2 steps were shown: 1. Who they are"


class Ends(unittest.TestCase):
    """How it ends, with a console in the place of a guest's"""

    def end(self, keys, console=CONSOLE, steps=2):
        log = tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".log")
        self.addCleanup(log.close)
        log.write(console)
        log.flush()
        keys = iter(keys)

        def key(_):
            pressed = next(keys)
            if isinstance(pressed, type):
                raise pressed
            return pressed

        out = io.StringIO()
        with mock.patch.object(run_demo, "LOG", log.name), \
                mock.patch.object(run_demo, "STEPS", steps), \
                mock.patch.object(run_demo, "wanted", lambda: True), \
                mock.patch("builtins.input", key), mock.patch.object(sys, "argv", ["run-demo"]), \
                mock.patch.object(run_demo.guest_boot, "build", lambda: None), \
                mock.patch.object(run_demo.guest_boot, "command", lambda *_: ["cat", log.name]), \
                contextlib.redirect_stdout(out):
            status = run_demo.main()
        return status, out.getvalue().splitlines()[-1]

    def test_to_its_end(self):
        status, last = self.end([""])
        self.assertEqual(status, 0)
        self.assertTrue(last.startswith("nacc-demo: ok: "), last)

    def test_left(self):
        for key in ("q", " Q ", EOFError):
            self.assertEqual(self.end([key]), (0, LEFT))

    def test_interrupted(self):
        self.assertEqual(self.end([KeyboardInterrupt]), (130, LEFT))

    def test_left_after_a_failure(self):
        status, last = self.end(["q"], CONSOLE + "CHECK FAILED: it was refused\n")
        self.assertEqual((status, last),
                         (1, "nacc-demo: FAILED: 1 checks failed, the first: it was refused"))

    def test_failed(self):
        status, last = self.end(["", ""], CONSOLE.replace("demo: passed", "demo: failed"))
        self.assertEqual((status, last), (1, "nacc-demo: FAILED: scenario demo did not pass"))
        self.assertEqual(self.end([""], steps=3), (1, "nacc-demo: FAILED: only 2 steps were shown"))


if __name__ == "__main__":
    unittest.main()
