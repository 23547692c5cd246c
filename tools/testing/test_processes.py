# SPDX-License-Identifier: GPL-2.0
"""Tests of what ends with the runner."""
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import processes

HERE = os.path.dirname(os.path.realpath(__file__))
# A program with a child, both of which note their process IDs.
FAMILY = "sleep 1000 & echo $! >$1; echo $$ >>$1; wait"
RUNNER = """
import processes, sys, threading
processes.end_with_us()
t = threading.Thread(target=processes.run, args=(["sh", "-c", sys.argv[1], "sh", sys.argv[2]],))
t.start()
t.join()
"""


def lives(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_for(what):
    while not what():
        time.sleep(0.01)


class Signals(unittest.TestCase):
    def end_by(self, number):
        with tempfile.NamedTemporaryFile() as pids:
            def family():
                with open(pids.name, encoding="ascii") as f:
                    return f.read().split()

            with subprocess.Popen([sys.executable, "-c", RUNNER, FAMILY, pids.name], cwd=HERE,
                                  stderr=subprocess.DEVNULL) as runner:
                wait_for(lambda: len(family()) == 2)
                self.assertTrue(all(map(lives, family())))
                runner.send_signal(number)
                self.assertEqual(runner.wait(), 128 + number)
            wait_for(lambda: not any(map(lives, family())))

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.end_by(number)


class Run(unittest.TestCase):
    def test_status(self):
        self.assertEqual(processes.run(["true"]), 0)
        self.assertEqual(processes.run(["sh", "-c", "exit 7"]), 7)

    def test_children_end(self):
        with tempfile.NamedTemporaryFile() as pids:
            with self.assertRaises(subprocess.TimeoutExpired):
                processes.run(["sh", "-c", FAMILY, "sh", pids.name], timeout=1)
            pids.seek(0)
            family = pids.read().split()
            self.assertEqual(len(family), 2)
            wait_for(lambda: not any(lives(int(pid)) for pid in family))


if __name__ == "__main__":
    unittest.main()
