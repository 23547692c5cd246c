#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What TAB makes of domains whose names were meant for a shell: in bash and zsh on a terminal,
and as fish says it.  Nothing of a name is run or expanded, and the command gets it as it is.

  test_completion.py COMPLETIONS-DIRECTORY    prints "ok - ..." and "not ok - ..." lines"""
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

from verdicts import Verdicts

TOP = sys.argv[1]
PATIENCE = 60
# Each begins with another letter, so one TAB after it is enough.
NAMES = ["a$(touch${IFS}ran)", "b`touch ran`", "c;touch ran", "d'touch ran'", 'e"f', "f*", "g h", "h\\i",
         "i${HOME}", "j!k", "k&touch ran", "l>ran", "m#n", "n?", "o{1,2}", "p\\040q", "q|touch ran",
         "r[a]", "s<(touch ran)", "t=u", "v~w", "w$'x'", "x$((1+1))", "y\\", "z^a", "A b  c", "Bplain"]
# What has no place on a terminal, or would be an option or an ID
LEFT_OUT = ["C\ntouch ran", "D\x1b[31m", "E\x7f", "F\xe9\u202e", "G\ttab", "--all", "-h", "4", "H\x9b1m"]
verdicts = Verdicts("completion")
check = verdicts.check


def table():
    """As the kernel writes it: blanks, newlines and backslashes in octal"""
    lines = ["id state mms tables name user cgroup gate"]
    for number, name in enumerate(NAMES + LEFT_OUT):
        for char in "\\ \t\n":
            name = name.replace(char, f"\\{ord(char):03o}")
        lines.append(f"{9000000 + number} live 1 1 {name} - - -")
    return "\n".join(lines) + "\n"


def prepare(directory):
    with open(f"{directory}/domains", "w", encoding="utf-8") as f:
        f.write(table())
    for shell, name in (("bash", "nacc.bash"), ("zsh", "_nacc"), ("fish", "nacc.fish")):
        with open(f"{TOP}/nacc.{shell}", encoding="utf-8") as f:
            text = f.read()
        if "/proc/nacc/domains" not in text:
            raise SystemExit(f"nacc.{shell} has no /proc/nacc/domains")
        with open(f"{directory}/{name}", "w", encoding="utf-8") as f:
            f.write(text.replace("/proc/nacc/domains", f"{directory}/domains"))
    os.mkdir(f"{directory}/bin")
    os.mkdir(f"{directory}/here")
    for name in ("x y", "k;touch ran", "$(touch ran)z"):
        with open(f"{directory}/here/{name}", "w", encoding="ascii"):
            pass
    with open(f"{directory}/bin/nacc", "w", encoding="ascii") as f:
        f.write('#!/bin/sh\n[ "$1" = stat ] || exit 0\n'
                f"printf '%s\\0' \"$@\" >'{directory}/got.new' && mv '{directory}/got.new' '{directory}/got'\n")
    os.chmod(f"{directory}/bin/nacc", 0o755)


class Shell:
    """A shell on a terminal of its own."""

    def __init__(self, words, directory):
        self.directory = directory
        self.said = b""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(f"{directory}/here")
            os.environ.update(PATH=f"{directory}/bin:{os.environ['PATH']}", HOME=directory, PS1="$ ",
                              TERM="dumb", LC_ALL="C.UTF-8", HISTFILE="/dev/null", INPUTRC="/dev/null",
                              ZDOTDIR=directory)
            os.execvp(words[0], words)

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, true, patience=PATIENCE):
        end = time.monotonic() + patience
        while not true():
            if time.monotonic() > end:
                return False
            if select.select([self.fd], [], [], 0.02)[0]:
                try:
                    self.said += os.read(self.fd, 65536)
                except OSError:
                    return False
        return True

    def got(self, line):
        """What nacc was given when that was typed, TABs and all; None: it was not run"""
        path = f"{self.directory}/got"
        if os.path.exists(path):
            os.unlink(path)
        self.said = b""
        words, *rest = line.split("\t")
        self.send(words)
        for after in rest:
            # TAB is a key of its own, and what was before it has been read by then.
            self.until(lambda: words.encode()[-1:] in self.said)
            self.send("\t" + after)
        self.send("\r")
        if not self.until(lambda: os.path.exists(path)):
            self.send("\x03")
            return None
        with open(path, encoding="utf-8") as f:
            return f.read().split("\0")[:-1]

    def end(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def ran(directory):
    return os.path.exists(f"{directory}/here/ran")


def on_terminal(shell, words, ready, directory):
    it = Shell(words, directory)
    it.send(ready + "; echo rea''dy\r")
    if not it.until(lambda: b"\nready" in it.said):
        check(f"{shell} is ready", False, it.said)
        return
    for name in NAMES:
        got = it.got(f"nacc stat {name[0]}\t")
        check(f"{shell}: nacc stat {name[0]}TAB is {name}", got == ["stat", name], (got, it.said))
    for line, want in (("nacc stat 'g\t", "g h"), ('nacc stat "g\t', "g h"), ("nacc stat A\\ b\t", "A b  c"),
                       ("nacc stat 9000002\t", "9000002"), ("nacc stat -- F\t", "F"), ("nacc stat G\t", "G"),
                       ("nacc stat --al\t", "--al"), ("nacc stat C\t", "C"), ("nacc stat D\t", "D")):
        got = it.got(line)
        check(f"{shell}: {line.strip()}TAB is {want}", got and got[-1] == want, (got, it.said))
    it.said = b""
    it.send("nacc stat \t\t\t")
    it.until(lambda: b"Bplain" in it.said or b"possibilities" in it.said)
    it.send("n\x15")
    got = it.got("nacc stat --seals x\t") if shell == "bash" else ["x y"]
    check(f"{shell}: a file by its name", got and got[-1] == "x y", (got, it.said))
    check(f"{shell}: nothing of them is run", not ran(directory), it.said)
    it.end()


def candidates_of_fish(directory, fish):
    said = subprocess.run(
        [fish, "--no-config", "-c", f"source {directory}/nacc.fish; complete -C 'nacc stat '; "
         f"complete -C 'nacc mark --domain '"], capture_output=True, text=True, check=False,
        cwd=f"{directory}/here", env={**os.environ, "HOME": directory, "LC_ALL": "C.UTF-8",
                                      "PATH": f"{directory}/bin:{os.environ['PATH']}"}).stdout
    # With a newline in it a name would be two of them.
    offered = {line.split("\t")[0] for line in said.split("\n")}
    for name in NAMES:
        check(f"fish offers {name}", name in offered, said)
    for name in LEFT_OUT:
        first = name.split("\n")[0].split("\t")[0]
        check(f"fish does not offer {name!r}", first not in offered and "touch ran" not in offered, said)
    check("fish shows nothing that is none", all(c == "\n" or c == "\t" or c.isprintable() for c in said), said)
    check("fish: nothing of them is run", not ran(directory))


def main():
    with tempfile.TemporaryDirectory() as directory:
        prepare(directory)
        for shell, words, ready in (
                ("bash", ["bash", "--norc", "--noprofile", "-i"], f". {directory}/nacc.bash"),
                ("zsh", ["zsh", "-f", "-i"],
                 f"fpath=({directory} $fpath); autoload -U compinit; compinit -u -d {directory}/dump")):
            if shutil.which(shell):
                on_terminal(shell, words, ready, directory)
            else:
                print(f"ok - completion of {shell} # SKIP there is no {shell} on this host")
        fish = shutil.which("fish")
        if fish:
            candidates_of_fish(directory, fish)
        else:
            print("ok - completion of fish # SKIP there is no fish on this host")
    return verdicts.bad != 0


if __name__ == "__main__":
    sys.exit(main())
