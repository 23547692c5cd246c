# SPDX-License-Identifier: GPL-2.0
"""Programs that do not outlive this one: each in a process group of its own, all
killed, with their children, when a signal ends us."""
import os
import signal
import subprocess
import sys
import threading

_lock = threading.RLock()  # the handler may interrupt the thread that holds it
_groups = set()
_ending = False


def _kill(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(cmd, timeout=None, **how):
    """As subprocess.run(), without output; returns the exit status."""
    with _lock:
        if _ending:
            raise RuntimeError("ended by a signal")
        # pylint: disable-next=consider-using-with; it may have to outlive this block
        child = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, start_new_session=True, **how)
        _groups.add(child.pid)
    try:
        return child.wait(timeout)
    finally:
        # What the program left behind ends with it.
        _kill(child.pid)
        child.wait()
        with _lock:
            _groups.discard(child.pid)


def _end(number, _frame):
    global _ending  # pylint: disable=global-statement
    with _lock:
        _ending = True
        for pid in _groups:
            _kill(pid)
    print(f"ended by {signal.Signals(number).name}", file=sys.stderr, flush=True)
    os._exit(128 + number)


def end_with_us():
    """From now on SIGTERM, SIGINT and SIGHUP take all programs along."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
