# SPDX-License-Identifier: GPL-2.0
"""What is in tests.list and in named: see the heads of these files."""
import collections
import re
import shlex

Test = collections.namedtuple("Test", "name bound options command")
Named = collections.namedtuple("Named", "test item reason")
OPTION = re.compile(r"\+subset|\+gate|huge=\d+|swap=\d+|memory=\d+|write:/(proc|sys)/[^=]+=.+")


class Malformed(Exception):
    """A line that says nothing one could do."""


def _lines(text):
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _test(name, bound, options, command):
    if not re.fullmatch(r"[\w/.+-]+/[\w.+-]+", name):
        raise Malformed(f"'{name}' is no name")
    if not bound.isdigit() or not int(bound):
        raise Malformed(f"{name}: '{bound}' are no seconds")
    for option in options:
        if not OPTION.fullmatch(option):
            raise Malformed(f"{name}: there is no option '{option}'")
    if not command:
        raise Malformed(f"{name}: no command")
    return Test(name, int(bound), tuple(options), tuple(command))


def _stress(seconds, options, names):
    for name in names:
        yield _test(f"stress/{name}", str(int(seconds) + 60), options,
                    ["stress-ng", f"--{name}", "1", "-t", seconds, "--verify"])


def tests(text):
    """The tests of a list, in its order; no name twice."""
    found = []
    for number, line in _lines(text):
        head, bar, command = line.partition(" -- ")
        name, *words = head.split()
        if not bar or not words:
            raise Malformed(f"line {number}: not NAME SECONDS OPTION... -- COMMAND")
        if name == "stress":
            found += _stress(words[0], words[1:], command.split())
        else:
            found.append(_test(name, words[0], words[1:], shlex.split(command)))
    twice = [n for n, c in collections.Counter(t.name for t in found).items() if c > 1]
    if twice:
        raise Malformed(f"more than once: {', '.join(twice)}")
    return found


def option(test, key):
    """The value of the test's option KEY=, or None."""
    return next((o.partition("=")[2] for o in test.options if o.startswith(f"{key}=")), None)


def written(test):
    """(file, value) of each option write:FILE=VALUE."""
    return [o[len("write:"):].split("=", 1) for o in test.options if o.startswith("write:")]


def named(text):
    """The differences that have a name: "TEST | ITEM | REASON", the first two patterns."""
    found = []
    for number, line in _lines(text):
        parts = [part.strip() for part in line.split(" | ", 2)]
        if len(parts) != 3 or not all(parts):
            raise Malformed(f"line {number}: not TEST | ITEM | REASON")
        found.append(Named(re.compile(parts[0]), re.compile(parts[1]), parts[2]))
    return found
