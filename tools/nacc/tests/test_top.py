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

from verdicts import Verdicts

FAKE, ROOT = sys.argv[1:]
PATIENCE = 60
BEGIN, END = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"
verdicts = Verdicts("nacc top")
check = verdicts.check


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
        # Nor does it matter what whoever runs this ignores, as nohup and a script's "&" do.
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN if number in ignore else signal.SIG_DFL)

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


def lead(slave, pid_file):
    """Leads the session of a terminal, with the program in its background, then in front."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    env = {**os.environ, "TERM": "xterm", "FAKE_ROOT": ROOT, "FAKE": "", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen([FAKE, "top", "--delay", "1"], stdin=slave, stdout=slave, env=env,
                          process_group=0,
                          preexec_fn=lambda: signal.signal(signal.SIGTTOU, signal.SIG_DFL)) as top:
        os.write(pid_file, b"%d\n" % top.pid)
        signal.sigwait([signal.SIGUSR1])
        os.tcsetpgrp(slave, top.pid)
        os._exit(0 if top.wait() == 0 else 1)  # pylint: disable=protected-access


def test_background():
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    here, there = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    leader = os.fork()
    if not leader:
        try:
            lead(slave, there)
        finally:
            os._exit(2)  # pylint: disable=protected-access
    pid = int(os.read(here, 16) or 0)
    said, end, state = b"", time.monotonic() + PATIENCE, "R"
    # It waits for its next look, having drawn nothing: or it has ended, by itself.
    while state not in "SZ" and time.monotonic() < end:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            state = f.read().rpartition(")")[2].split()[0]
    time.sleep(0.2)
    check("in the background it runs, and draws nothing",
          state == "S" and not select.select([master], [], [], 0)[0])
    os.kill(leader, signal.SIGUSR1)
    while BEGIN not in said and time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            said += os.read(master, 65536)
    check("in front it draws", BEGIN in said, said[:400])
    os.write(master, b"q")
    status = None
    while time.monotonic() < end and status is None:
        done, how = os.waitpid(leader, os.WNOHANG)
        status = how if done else None
        select.select([master], [], [], 0.1)[0] and os.read(master, 65536)
    check("and q ends it", status == 0)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        os.kill(leader, signal.SIGKILL)
        os.waitpid(leader, 0)


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
    test_background()
    test_changes()
    test_lines()
    return verdicts.bad != 0


if __name__ == "__main__":
    sys.exit(main())
