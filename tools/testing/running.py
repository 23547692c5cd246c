# SPDX-License-Identifier: GPL-2.0
"""Tests, run one after the other or side by side, and a line for each."""
import collections
import os
import queue
import sys
import threading
import time

import guest_boot
from guest_boot import LOGS

Test = collections.namedtuple("Test", "name harts run")
Result = collections.namedtuple("Result", "verdict reason")
PASSED = Result("ok", None)


def log_of(name):
    return os.path.join(LOGS, name.replace("/", "_") + ".log")


class Report:
    """Prints a line per test, in the order in which they end."""

    def __init__(self):
        self.count = collections.Counter()
        self.lock = threading.Lock()

    def show(self, test, result, seconds):
        with self.lock:
            self.count[result.verdict] += 1
            number = sum(self.count.values())
            if result.verdict == "skipped":
                print(f"ok {number} - {test.name} # SKIP {result.reason}", flush=True)
                return
            print(f"{result.verdict} {number} - {test.name} ({seconds:.1f} s)", flush=True)
            if result.verdict == "not ok":
                print(f"  {result.reason}")
                for line in guest_boot.read(log_of(test.name)).splitlines()[-25:]:
                    print(f"  | {line}")
                sys.stdout.flush()

    def last_line(self):
        line = f"{self.count['ok']} passed, {self.count['not ok']} failed"
        if self.count["skipped"]:
            line += f", {self.count['skipped']} skipped"
        return line


def run_one(test, report):
    begin = time.monotonic()
    try:
        result = test.run()
    except Exception as error:  # pylint: disable=broad-except; a broken test is a failed one
        result = Result("not ok", f"{type(error).__name__}: {error}")
    report.show(test, result, time.monotonic() - begin)


def run_all(tests, report):
    """As many at once as there are harts in them for the machine's processors."""
    room = os.cpu_count() or 1
    for harts in sorted({t.harts for t in tests}):
        jobs = queue.SimpleQueue()
        for test in tests:
            if test.harts == harts:
                jobs.put(test)

        def worker(jobs=jobs):
            while True:
                try:
                    test = jobs.get_nowait()
                except queue.Empty:
                    return
                run_one(test, report)

        workers = [threading.Thread(target=worker) for _ in range(max(1, room // harts))]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
