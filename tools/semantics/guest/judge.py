# SPDX-License-Identifier: GPL-2.0
"""What a run of a test came to, and whether marked runs came to what unmarked ones do."""
import collections
import re

# STATUS is "exit N", "signal N" or TOO_LONG; ITEMS counts the lines with a verdict.
Outcome = collections.namedtuple("Outcome", "status items")
TOO_LONG = "too long"

KTAP = re.compile(r"^(?:#\s+)*(ok|not ok)\s+\d*\s*-?\s*(.*)$")
WORD = re.compile(r"\b(PASS(ED)?|FAIL(ED|URE)?|SKIP(PED)?|XFAIL|XPASS|Bail out|passed|failed"
                  r"|skipped|skipping|fail|done|OK)\b")
# What differs between two runs of the same: addresses, process numbers, durations, names of
# temporary files; the memory that mrelease_test gives a child until that is slow to exit.
NOISE = (
    (re.compile(r"0x[0-9a-fA-F]+"), "0x#"),
    (re.compile(r"\b[0-9a-f]{8,16}\b"), "#"),
    (re.compile(r"\[\d+(\.\d+)?\]"), "[#]"),
    (re.compile(r"\b(pid|tid|process|seed)([ :=]+)\d+\b", re.I), r"\1\2#"),
    (re.compile(r"\b(namespace of) \d+ via\b"), r"\1 # via"),
    (re.compile(r"\b\d+(\.\d+)? ?(ns|us|ms|s|secs?|seconds|minutes?|MiB/s|MB/s)\b"), r"# \2"),
    (re.compile(r"\b\d+MB of memory allocations"), "#MB of memory allocations"),
    (re.compile(r"\s+"), " "),
)
# One for each loop of a test (transhuge-stress), which goes on for some seconds.
LOOP = re.compile(r"\bs/loop\b")


def item(line):
    """The line without what differs each time, if it holds a verdict; else None."""
    line = line.strip()
    ktap = KTAP.match(line)
    if ktap:
        line = f"{ktap[1]} {ktap[2]}".rstrip()
    elif not WORD.search(line):
        return None
    for pattern, instead in NOISE:
        line = pattern.sub(instead, line)
    return line


def outcome(status, text):
    """STATUS: as subprocess has it, or None if it was ended since it took too long."""
    items = collections.Counter(i for i in map(item, text.splitlines()) if i)
    items.update({i: 1 - n for i, n in items.items() if LOOP.search(i)})
    if status is None:
        return Outcome(TOO_LONG, items)
    return Outcome(f"signal {-status}" if status < 0 else f"exit {status}", items)


def summary(out):
    """In a few words, for a table."""
    count = collections.Counter()
    for line, times in out.items.items():
        word = re.match(r"(ok|not ok) .*?(# SKIP)?$", line)
        if word:
            count["skip" if word[2] or " # SKIP " in line else word[1]] += times
    words = [f"{count[w]} {w}" for w in ("ok", "not ok", "skip") if count[w]]
    status = {"exit 0": "passed", "exit 4": "skipped"}.get(out.status, out.status)
    return f"{status}: {', '.join(words)}" if words else status


def differences(unmarked, marked):
    """What a marked run came to and no unmarked one did, as (item, unmarked, marked); the
    last two are what was seen. Nothing can be said of items when each run was too long."""
    found = []
    states = {o.status for o in unmarked}
    for status in sorted({o.status for o in marked} - states):
        found.append(("status", " or ".join(sorted(states)), status))
    if found or TOO_LONG in states:
        return found
    names = dict.fromkeys(i for o in unmarked + marked for i in o.items)
    for name in names:
        without = {o.items[name] for o in unmarked}
        if {o.items[name] for o in marked} - without:
            found.append((name, times(without), times({o.items[name] for o in marked})))
    return found


def times(counts):
    return " or ".join(f"{n} times" if n != 1 else "once" for n in sorted(counts))


def unsteady(unmarked):
    """In what unmarked runs differ among themselves, in words."""
    seen = [f"status: {' or '.join(sorted({o.status for o in unmarked}))}"] \
        if len({o.status for o in unmarked}) > 1 else []
    for name in dict.fromkeys(i for o in unmarked for i in o.items):
        counts = {o.items[name] for o in unmarked}
        if len(counts) > 1:
            seen.append(f"{name}: {times(counts)}")
    return seen


def nameless(test, found, names):
    """Of the differences FOUND, those without a name, and the reasons of the others."""
    left, reasons = [], []
    for difference in found:
        reason = next((n.reason for n in names if n.test.fullmatch(test)
                       and n.item.search(": ".join((difference[0], difference[2])))), None)
        if reason is None:
            left.append(difference)
        elif reason not in reasons:
            reasons.append(reason)
    return left, reasons
