#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Names on terminals of 40, 80 and 200 columns: the same in each command, in columns that stay
where they are; what is cut is cut by columns; words are not broken; colours for terminals only.

  test_names.py NACC-FAKE ROOT      prints "ok - ..." and "not ok - ..." lines, as check.sh does"""
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

from verdicts import Verdicts

FAKE, ROOT = sys.argv[1:]
# What the kernel has, and what is shown where a blank separates columns
NAMES = [
    (b"web", "web"),
    ("漢字漢字漢字漢字漢".encode(), "漢字漢字漢字漢字漢"),
    ("größe-ΑΒΓ".encode(), "größe-ΑΒΓ"),
    (b"a b\\c", "a\\040b\\134c"),
    (b"\x1b[31mred", "\\033[31mred"),
    (b"\xff\xc3", "\\377\\303"),
    ("e\u0301x\u200b".encode(), "e\\314\\201x\\342\\200\\213"),
    ("\u202eevil".encode(), "\\342\\200\\256evil"),
    (b"n\nl\tt\x7f", "n\\012l\\011t\\177"),
    (b"thirty-one-letters-of-one-width", "thirty-one-letters-of-one-width"),
]
FIRST = 50
verdicts = Verdicts("names")
check = verdicts.check


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def system(root):
    """The make-believe one, with a domain of each name and a process of that name in it"""
    shutil.copytree(ROOT, root, symlinks=True)
    for number, (name, _) in enumerate(NAMES, FIRST):
        octal = re.sub(rb"[\\ \t\n]", lambda m: b"\\%03o" % m[0][0], name)
        with open(f"{root}/proc/nacc/domains", "ab") as f:
            f.write(b"%d live 1 1 %s - - -\n" % (number, octal))
        with open(f"{root}/proc/nacc/mms", "ab") as f:
            f.write(b"%d %d 2 0x1bfff3000 - 0\n" % (number, 5000 + number))
        os.makedirs(f"{root}/proc/{5000 + number}")
        with open(f"{root}/proc/{5000 + number}/comm", "wb") as f:
            f.write(name[:15] + b"\n")
    with open(f"{root}/events", "wb") as f:
        for number, (name, _) in enumerate(NAMES, FIRST):
            f.write(struct.pack("=QQIIiI16s32s", number, 1764165012000123000, 0, number, 5000 + number, 0,
                                name[:15], name))


def drain(master):
    """All that is said until nobody has the terminal any more"""
    said = b""
    while True:
        try:
            said += os.read(master, 65536)
        except OSError:
            return said


def run(root, args, columns=0, **environ):
    """What it says on a terminal so wide; 0: to a pipe"""
    env = {**os.environ, "TERM": "xterm", "FAKE_ROOT": root, "FAKE": "", "LC_ALL": "C.UTF-8"}
    for name in ("NO_COLOR", "COLUMNS"):
        env.pop(name, None)
    env.update(environ)
    if not columns:
        return subprocess.run([FAKE, *args], env=env, capture_output=True, check=False).stdout.decode()
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen([FAKE, *args], env=env, stdin=slave, stdout=slave, stderr=slave) as done:
        os.close(slave)
        said = drain(master)
        done.wait()
    os.close(master)
    return said.decode().replace("\r\n", "\n")


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def column(text, heading):
    """{domain: what stands below a heading}: columns are counted as a terminal does"""
    lines = text.split("\n")
    top = next(i for i, line in enumerate(lines) if heading in line.split())
    begin = lines[top].index(heading)
    cells = {}
    for line in lines[top + 1:]:
        if not line.strip():
            break
        rest, at = line, 0
        while rest and at < begin:
            at += width(rest[0])
            rest = rest[1:]
        cells[line.split()[0]] = rest.split(" ")[0] if at == begin else f"not in its column: {line}"
    return cells


def test_the_same(root):
    want = {str(number): shown for number, (_, shown) in enumerate(NAMES, FIRST)}
    for columns in (0, 40, 80, 200):
        for args, heading in ((["ps"], "NAME"), (["top", "--once"], "NAME"),
                              (["ps", "-o", "domain,comm,pid"], "COMM")):
            text = plain(run(root, args, columns))
            cells = {k: v for k, v in column(text, heading).items() if k in want}
            expected = want if heading == "NAME" else {
                str(n): run(root, ["stat", str(n)]).split("\n\n")[1].split("\n")[1].split()[3]
                for n in range(FIRST, FIRST + len(NAMES))}
            check(f"nacc {' '.join(args)}, {columns} columns: each in its column, as it is",
                  cells == expected, (cells, expected))
            check(f"nacc {' '.join(args)}, {columns} columns: nothing that a terminal obeys",
                  all(c == "\n" or c.isprintable() for c in text), text)
        for number, shown in want.items():
            if not columns or number == str(FIRST + 1):
                said = run(root, ["stat", number], columns)
                check(f"nacc stat {number}, {columns} columns",
                      column(plain(said), "NAME") == {number: shown}, said)
    shutil.copy(f"{root}/events", f"{root}/dev/nacc")
    said = run(root, ["monitor"], 80)
    check("nacc monitor: the same", re.findall(r" name=(\S*)", said) == list(want.values()), said)
    check("nacc monitor: nothing that a terminal obeys",
          all(c == "\n" or c.isprintable() for c in said), said)


def test_cut(root):
    """The live view has room for so many columns, and the name a quarter of them."""
    for columns in (40, 80, 200):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        env = {**os.environ, "TERM": "xterm", "FAKE_ROOT": root, "FAKE": "", "LC_ALL": "C.UTF-8"}
        with subprocess.Popen([FAKE, "top"], env=env, stdin=slave, stdout=slave, stderr=slave) as done:
            os.close(slave)
            said = b""
            while b"\x1b[J" not in said:
                said += os.read(master, 65536)
            os.write(master, b"q")
            drain(master)
            done.wait()
        os.close(master)
        frame = plain(said.split(b"\x1b[H")[1].split(b"\x1b[J")[0].decode())
        frame = frame.replace("\x1b[K", "").replace("\r", "")
        lines = frame.split("\n")
        check(f"nacc top, {columns} columns: no line is wider", max(map(width, lines)) <= columns, lines)
        names = column(frame, "NAME")
        if columns == 200:
            continue
        room = columns // 4 - 1
        for number, (_, shown) in enumerate(NAMES, FIRST):
            there = names.get(str(number), "")
            whole = width(shown) <= room
            check(f"nacc top, {columns} columns: {number} is cut where there is no more room",
                  # A character is cut whole: one that is escaped takes up to twelve columns.
                  there == shown if whole else
                  there[-1:] == "+" and shown.startswith(there[:-1]) and
                  room - (12 if "\\" in shown else 2) < width(there[:-1]) <= room and
                  not re.search(r"\\[0-7]{0,2}\+$", there), (there, shown, room))


def test_folded(root):
    """What is said in words, in the last column: it goes on below, and no word is broken."""
    whole = run(root, ["stat"])
    for columns in (80, 60, 40):
        said = plain(run(root, ["stat"], columns)).split("\n\n")[-1]
        check(f"nacc stat, {columns} columns: no word is broken", said.split() == whole.split("\n\n")[-1].split(), said)
        lines = said.split("\n")
        check(f"nacc stat, {columns} columns: no line is wider", max(map(width, lines)) <= columns, lines)
        check(f"nacc stat, {columns} columns: below what it is of",
              len(lines) > 4 and all(re.match(r" {19}\S|\S|$", line) for line in lines), lines)
    check("nacc stat, 30 columns: no room, it is the terminal's to do",
          plain(run(root, ["stat"], 30)) == whole)


def test_colours(root):
    for args in (["ps"], ["stat", "3"], ["verify", "--all"], ["doctor"], ["audit"], ["top", "--once"]):
        for columns, env in ((0, {}), (80, {"NO_COLOR": "1"}), (80, {"TERM": "dumb"}), (80, {"TERM": ""})):
            said = run(root, args, columns, FAKE_DUMP=f"{os.path.dirname(ROOT)}/dump/sv39.entries", **env)
            check(f"nacc {' '.join(args)}: no colours {'in a pipe' if not columns else env}",
                  said and "\x1b" not in said, said)
    check("nacc ps: colours on a terminal", "\x1b[3" in run(root, ["ps"], 80))
    check("NO_COLOR='' is none", "\x1b[3" in run(root, ["ps"], 80, NO_COLOR=""))


def main():
    with tempfile.TemporaryDirectory() as directory:
        root = os.path.join(directory, "root")
        system(root)
        test_cut(root)
        test_folded(root)
        test_colours(root)
        test_the_same(root)
    return verdicts.bad != 0


if __name__ == "__main__":
    sys.exit(main())
