#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""nacc top on a terminal: what it draws, and that the terminal is as it was, whatever ends it.

  test_top.py NACC-FAKE ROOT      prints "ok - ..." and "not ok - ..." lines, as check.sh does"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

FAKE, ROOT = sys.argv[1:]
PATIENCE = 60
BEGIN, END = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"
bad = 0


def check(what, ok, more=""):
    global bad
    bad += not ok
    print(f"{'ok' if ok else 'not ok'} - nacc top: {what}")
    if not ok:
        print(f"# {more!r}")


class Top:
    """One that runs on a terminal of its own."""

    def __init__(self, rows, columns, term="xterm", root=ROOT, ignore=(), args=()):
        self.master, self.slave = pty.openpty()
        self.said = b""
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        env = {**os.environ, "TERM": term, "FAKE_ROOT": root, "FAKE": "", "LC_ALL": "C.UTF-8"}
        self.done = subprocess.Popen(  # pylint: disable=consider-using-with
            [FAKE, "top", "--delay", "1", *args], stdin=self.slave, stdout=self.slave,
            stderr=self.slave, env=env, preexec_fn=lambda: self.prepare(ignore))

    @staticmethod
    def prepare(ignore):
        # A group of its own, whose leader's parent is in this session: so it can be stopped.
        os.setpgid(0, 0)
        for number in ignore:
            signal.signal(number, signal.SIG_IGN)

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        if select.select([self.master], [], [], 0.1)[0]:
            self.said += os.read(self.master, 65536)

    def until(self, pattern, since=0):
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.said[since:], re.S):
            if time.monotonic() > end:
                return False
            self.read()
        return True

    def stop(self):
        os.kill(self.done.pid, signal.SIGTSTP)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if os.waitid(os.P_PID, self.done.pid, os.WSTOPPED | os.WNOWAIT | os.WNOHANG):
                return True
            self.read()
        return False

    def gone(self):
        """How it ended; all that it said is there then."""
        end = time.monotonic() + PATIENCE
        while self.done.poll() is None and time.monotonic() < end:
            self.read()
        if self.done.poll() is None:
            self.done.kill()
        status = self.done.wait()
        while select.select([self.master], [], [], 0.1)[0]:
            self.read()
        return status

    def restored(self):
        return self.said.rstrip().endswith(END) and \
            termios.tcgetattr(self.slave)[:6] == self.before[:6]


def frames(said):
    """What was drawn, one text after the other, without the sequences."""
    body = said.split(BEGIN)[-1].split(END)[0]
    return [re.sub(rb"\x1b\[[KJ]", b"", f).decode() for f in body.split(b"\x1b[H") if f]


def test_quit():
    for key in (b"q", b"Q"):
        top = Top(24, 80)
        check(f"{key.decode()}: it is drawn", top.until(rb"REFUSED.*web.*\x1b\[J"), top.said)
        during = termios.tcgetattr(top.slave)
        check("keys come one by one, and are not shown", not during[3] & (termios.ICANON | termios.ECHO))
        os.write(top.master, key)
        check(f"{key.decode()} quits", top.gone() == 0 and top.restored(), top.said)


def test_sizes():
    for rows, columns, words in ((24, 40, ("DOMAIN", "REFUSED")), (24, 20, ("DOMAIN",)), (3, 80, ()),
                                 (1, 1, ()), (50, 200, ("SEALS", "REFUSED"))):
        top = Top(rows, columns)
        top.until(rb"\x1b\[J")
        os.write(top.master, b"q")
        top.gone()
        drawn = frames(top.said)
        lines = re.split("\r*\n", drawn[0]) if drawn else []
        check(f"{rows} lines of {columns}: no more, none longer, with {words}",
              lines and len(lines) <= rows and all(len(l) <= columns for l in lines) and
              all(w in drawn[0] for w in words) and top.restored(), drawn)
    top = Top(24, 80)
    top.until(rb"SEALS.*\x1b\[J")
    seen = len(top.said)
    top.resize(24, 40)
    check("it is drawn anew when the terminal becomes smaller", top.until(rb"\x1b\[J", seen) and
          all(len(l) <= 40 for l in frames(top.said)[-1].split("\r\n")), top.said)
    os.write(top.master, b"q")
    top.gone()


def test_signals():
    for sig in ("HUP", "INT", "QUIT", "ABRT", "SEGV", "BUS", "FPE", "USR1", "USR2", "ALRM", "TERM",
                "XCPU", "PWR", "SYS"):
        number = getattr(signal, "SIG" + sig)
        top = Top(24, 80)
        top.until(rb"\x1b\[J")
        os.kill(top.done.pid, number)
        check(f"SIG{sig} ends it as ever, and the terminal is as it was",
              top.gone() == -number and top.restored(), top.said)
    top = Top(24, 80, ignore=(signal.SIGHUP,))
    top.until(rb"\x1b\[J")
    seen = len(top.said)
    os.kill(top.done.pid, signal.SIGHUP)
    check("what is ignored stays ignored", top.until(rb"\x1b\[J", seen) and
          top.done.poll() is None, top.said)
    os.write(top.master, b"q")
    top.gone()


def test_stop():
    top = Top(24, 80)
    top.until(rb"\x1b\[J")
    check("it can be stopped", top.stop(), top.said)
    top.until(re.escape(END))
    check("stopped: the terminal is as it was", top.restored(), top.said)
    seen = len(top.said)
    os.kill(top.done.pid, signal.SIGCONT)
    check("it goes on where it was", top.until(re.escape(BEGIN) + rb".*\x1b\[J", seen), top.said)
    top.stop()
    os.kill(top.done.pid, signal.SIGCONT)
    os.kill(top.done.pid, signal.SIGTERM)
    check("also twice; then it ends as ever", top.gone() == -signal.SIGTERM and top.restored(), top.said)


def test_changes():
    with tempfile.TemporaryDirectory() as directory:
        root = os.path.join(directory, "root")
        shutil.copytree(ROOT, root, symlinks=True)
        stats = os.path.join(root, "proc/nacc/stats")
        with open(stats, encoding="ascii") as f:
            text = f.read()
        top = Top(24, 80, root=root)
        check("there is no rate at first", top.until(rb"traps/s: -"), top.said)
        check("nothing traps", top.until(rb"traps/s: 0"), top.said)
        seen = len(top.said)
        with open(stats + ".new", "w", encoding="ascii") as f:
            f.write(text.replace("traps 5120", "traps 99999"))
        os.rename(stats + ".new", stats)
        check("something does", top.until(rb"traps/s: [1-9][0-9]+", seen), top.said)
        os.unlink(stats)
        status = top.gone()
        check("the module goes: the terminal is as it was, and has the reason",
              status == 5 and END in top.said and
              b"/proc/nacc/stats: load the nacc.ko" in top.said.split(END)[-1], top.said)


def test_lines():
    for term in ("dumb", ""):
        top = Top(24, 80, term=term, args=["--once"])
        check(f"TERM='{term}': lines, and no sequences", top.gone() == 0 and b"\x1b" not in top.said and
              b"DOMAIN" in top.said, top.said)


def main():
    test_quit()
    test_sizes()
    test_signals()
    test_stop()
    test_changes()
    test_lines()
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
