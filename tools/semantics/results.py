# SPDX-License-Identifier: GPL-2.0
"""From consoles to rows, from rows to tables."""
import collections
import json
import re

VERDICTS = ("same", "unsteady", "named", "too long", "differs")
MARKS = ("<!-- run-semantics --docs: begin -->", "<!-- run-semantics --docs: end -->")


def rows(console):
    """What the guest's compare has judged; a line that something else has broken counts
    as not there."""
    found = []
    for line in re.findall(r"^semantics: (\{.*\})$", console, re.M):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row.get("verdict") in VERDICTS:
            found.append(row)
    return found


def latest(consoles):
    """Rows of several boots; of a test that was judged twice, the later one."""
    return list({row["test"]: row for console in consoles for row in rows(console)}.values())


def died_at(console):
    """The test that was under way when the console ended."""
    begun = re.findall(r"^# run (\S+) (?:un)?marked: ", console, re.M)
    return begun[-1] if begun else None


def beyond_rows(console):
    """A check that failed and is no test's."""
    tests = {row["test"] for row in rows(console)} | {"no test differs"}
    failed = [line for line in re.findall(r"^CHECK FAILED: (.*)", console, re.M)
              if line.split(": ")[0] not in tests]
    return failed[0] if failed else None


def counts(found):
    count = collections.Counter(row["verdict"] for row in found)
    return f"{len(found)} tests: " + ", ".join(f"{count[v]} {v}" for v in VERDICTS if count[v])


def text(found):
    lines = []
    for row in found:
        lines.append(f"{row['verdict']:9} {row['test']:42} {row['unmarked']} | {row['marked']}")
        if row["verdict"] != "same":
            lines += [f"            {why}" for why in row["why"]]
    return "\n".join(lines)


def cell(words):
    return str(words).replace("|", "\\|")


def note(row, names):
    """The last column. An unsteady test has its reason in NAMES (item: "unsteady")."""
    words = list(row["why"]) if row["verdict"] in ("named", "differs", "unsteady") else []
    if row["verdict"] == "unsteady":
        words += [n.reason for n in names
                  if n.test.fullmatch(row["test"]) and n.item.search("unsteady")]
    return f"{row['verdict']}: {'; '.join(words)}" if words else row["verdict"]


def markdown(found, order, left_out, names):
    """The table, in the list's order, and what is not in it."""
    place = {name: number for number, name in enumerate(order)}
    found = sorted(found, key=lambda row: place.get(row["test"], len(order)))
    lines = [f"{counts(found)}.", "", "| test | unmarked | marked | |", "|---|---|---|---|"]
    for row in found:
        lines.append(f"| `{row['test']}` | {cell(row['unmarked'])} | {cell(row['marked'])} "
                     f"| {cell(note(row, names))} |")
    done = {row["test"] for row in found}
    left = [name for name in order if name not in done]
    if left:
        lines += ["", f"Not run that time: {', '.join(f'`{name}`' for name in left)}."]
    lines += ["", "Built and left out:", "", "| program | reason |", "|---|---|"]
    lines += [f"| `{name}` | {cell(why)} |" for name, why in left_out.items()]
    return "\n".join(lines)


def update_docs(path, table):
    with open(path, encoding="utf-8") as f:
        before, rest = f.read().split(MARKS[0], 1)
    after = rest.split(MARKS[1], 1)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{before}{MARKS[0]}\n\n{table}\n\n{MARKS[1]}{after}")
