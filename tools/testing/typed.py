# SPDX-License-Identifier: GPL-2.0
"""A page with a terminal's sessions in it, and whether they still look like that.

In a block that begins with ```console a line with "# " in front is what is typed, and the
lines behind it are what comes back. A line "..." stands for any lines, and "..." within
a line for any text. Numbers, and how many blanks there are, may be others: another run has
other addresses."""
import re

FENCE = "```console"


def steps(text):
    """[(line number of what is typed, what is typed, [what came back])] of a page."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines()):
        if line.startswith("```"):
            inside = line == FENCE
        elif inside and line.startswith("# "):
            found.append((number, line[2:], []))
        elif inside and found:
            found[-1][2].append(line)
        elif inside:
            raise ValueError(f"line {number + 1}: a session begins with what is typed: {line}")
    return found


def shape(line):
    """What of a line must be the same in another run."""
    line = re.sub(r"0x[0-9a-f]+", "0x#", line)
    line = re.sub(r"\b[0-9a-f]{16,}\b", "#", line)
    line = re.sub(r"\d+", "#", line)
    return re.sub(r"\s+", " ", line).strip()


def same(wanted, line):
    """Does a line of a page describe this one?"""
    pattern = ".*".join(re.escape(shape(part)) for part in wanted.split("..."))
    return re.fullmatch(pattern.replace(r"\ .*", ".*").replace(r".*\ ", ".*"), shape(line)) is not None


def match(wanted, got):
    """Which line of GOT each of WANTED is (None for "..."); None if they do not fit."""
    if not wanted:
        return [] if not got else None
    if wanted[0].strip() == "...":
        for skip in range(len(got) + 1):
            rest = match(wanted[1:], got[skip:])
            if rest is not None:
                return [None] + [at if at is None else at + skip for at in rest]
        return None
    if not got or not same(wanted[0], got[0]):
        return None
    rest = match(wanted[1:], got[1:])
    return None if rest is None else [0] + [at if at is None else at + 1 for at in rest]


def renewed(wanted, got):
    """The lines of a page with the numbers of this run; all of them if they do not fit."""
    places = match(wanted, got)
    if places is None:
        return got
    return [line if at is None or "..." in line else got[at] for line, at in zip(wanted, places)]


def rewrite(text, answers):
    """The page with what came back this time; ANSWERS are in the order of steps()."""
    lines = text.splitlines()
    for (number, _, wanted), got in reversed(list(zip(steps(text), answers))):
        lines[number + 1:number + 1 + len(wanted)] = renewed(wanted, got)
    return "\n".join(lines) + "\n"
