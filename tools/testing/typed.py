# SPDX-License-Identifier: GPL-2.0
"""A page with a terminal's sessions in it, and whether they still look like that.

In a block that begins with ```console a line with "# " in front is what is typed, and the
lines behind it are what comes back. A line "..." stands for any lines, and "..." within
a line for any text; "?" alone is an answer not known yet. Numbers from 10, and how many
blanks there are, may be others: another run has other addresses, but what is the same
address twice in an answer must be so again, and what is not must not."""
import re

FENCE = "```console"
UNKNOWN = ["?"]
ADDRESS = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{16,}\b")


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
    line = ADDRESS.sub("0x#", line)
    line = re.sub(r"\d+(\.\d+)+(\+deb\d+)?-riscv64", "#", line)  # of whatever kernel
    line = re.sub(r"\d{2,}", "#", line)
    return re.sub(r"\s+", " ", line).strip()


def same(wanted, line):
    """Does a line of a page describe this one?"""
    pattern = ".*".join(re.escape(shape(part)) for part in wanted.split("..."))
    return re.fullmatch(pattern.replace(r"\ .*", ".*").replace(r".*\ ", ".*"), shape(line)) is not None


def paired(wanted, line, known):
    """KNOWN, {address of the page: that of this run}, with those of a line; None if one is
    another's by now. Of a line of which something is left out, nobody knows which is which."""
    pairs = dict(known)
    if "..." in wanted:
        return pairs
    for there, here in zip(ADDRESS.findall(wanted), ADDRESS.findall(line)):
        if pairs.setdefault(there, here) != here:
            return None
    return pairs if len(set(pairs.values())) == len(pairs) else None


def match(wanted, got, known=()):
    """Which line of GOT each of WANTED is (None for "..."); None if they do not fit."""
    if not wanted:
        return [] if not got else None
    if wanted[0].strip() == "...":
        for skip in range(len(got) + 1):
            rest = match(wanted[1:], got[skip:], known)
            if rest is not None:
                return [None] + [at if at is None else at + skip for at in rest]
        return None
    if not got or not same(wanted[0], got[0]):
        return None
    known = paired(wanted[0], got[0], known)
    rest = None if known is None else match(wanted[1:], got[1:], known)
    return None if rest is None else [0] + [at if at is None else at + 1 for at in rest]


def renewed(wanted, got):
    """The lines of a page with the numbers of this run; as they are if they do not fit,
    since a page says what must come: who wants other words changes them, or writes "?"."""
    if wanted == UNKNOWN:
        return got
    places = match(wanted, got)
    if places is None:
        return wanted
    return [line if at is None or "..." in line else got[at] for line, at in zip(wanted, places)]


def rewrite(text, answers):
    """The page with what came back this time; ANSWERS are in the order of steps()."""
    lines = text.splitlines()
    for (number, _, wanted), got in reversed(list(zip(steps(text), answers))):
        lines[number + 1:number + 1 + len(wanted)] = renewed(wanted, got)
    return "\n".join(lines) + "\n"
