# SPDX-License-Identifier: GPL-2.0
"""Do the tables and targets say what the guest's rows do?"""
import json
import os
import re
import tempfile
import unittest

import chart
import report

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))


def console(counts):
    """What the guest shows of {(work, variant): repetitions}."""
    return "\n".join(f"bench: row {w} {v} {n} 0 0 {n}" for (w, v), many in counts.items()
                     for n in many)


def rows_of(table):
    """{first cell: the others} of a table in Markdown."""
    lines = [[c.strip() for c in line.strip("|").split("|")] for line in table.splitlines()]
    return {line[0]: line[1:] for line in lines[2:]}


# A call of 400 instructions, 20 of them because the caller is marked.
GATE = {
    ("syscall", "plain"): [19000000], ("syscall", "marked"): [20000000],
    ("syscall", "audit"): [31000000], ("syscall", "enforce"): [32500000],
    ("munmap", "plain"): [10000000], ("munmap", "marked"): [10200000],
    ("munmap", "audit"): [10300000], ("munmap", "enforce"): [10400000],
}


class Gate(unittest.TestCase):
    def verdicts(self, counts):
        return report.judge_gate(report.Results(console(counts)))

    def test_table(self):
        rows = rows_of(report.gate_table(report.Results(console(GATE)), True))
        self.assertEqual(rows["syscall"][:6],
                         ["19.00 M", "+5.3 %", "+63.2 %", "+71.1 %", "+220", "+250"])
        self.assertEqual(rows["munmap"][:6],
                         ["10.00 M", "+2.0 %", "+3.0 %", "+4.0 %", "-", "-"])

    def test_not_measured(self):
        rows = rows_of(report.gate_table(report.Results(console(
            {("syscall", "plain"): [100]})), True))
        self.assertEqual(rows["syscall"][:6], ["0.00 M", "-", "-", "-", "-", "-"])
        self.assertEqual(self.verdicts({("munmap", "loaded"): [100]}), [])

    def test_call_met(self):
        (_, seen, met), = self.verdicts(GATE)
        self.assertEqual((seen, met), ("250 (enforce)", True))

    def test_call_not_met(self):
        (_, seen, met), = self.verdicts({**GATE, ("syscall", "audit"): [32550000]})
        self.assertEqual((seen, met), ("251 (audit)", False))

    def test_listed_call(self):
        listed = {("syscall-list", v): GATE["syscall", v] for v in ("plain", "marked", "audit")}
        (_, seen, met), = self.verdicts({**listed, ("syscall-list", "enforce"): [32600000]})
        self.assertEqual((seen, met), ("252 (enforce, syscall-list)", False))

    def failures(self, counts):
        return report.gate_failures(report.Results(console(counts)))

    def test_fails(self):
        self.assertEqual(self.failures(GATE), [])
        self.assertEqual(self.failures({("munmap", "loaded"): [100]}), [])
        self.assertEqual(
            self.failures({**GATE, ("syscall", "audit"): [32550000],
                           ("syscall-list", "marked"): [20000000],
                           ("syscall-list", "enforce"): [32600000]}),
            ["syscall, audit: 251 instructions for a call, more than 250",
             "syscall-list, enforce: 252 instructions for a call, more than 250"])

    def test_fails_unmarked(self):
        one = {("syscall", "no-module"): [20000000], ("syscall", "armed"): [20024000]}
        self.assertEqual(self.failures(one), [])
        one["syscall", "another-gated"] = [20050000]
        self.assertEqual(self.failures(one), ["syscall, another-gated: 1.0 instructions for a "
                                              "call of a process that nobody has marked"])

    def test_unmarked_as_before(self):
        (_, seen, met), = self.verdicts({("switch", "armed"): [1000000, 1001000],
                                         ("switch", "another-gated"): [1000500]})
        self.assertIn("within the spread", seen)
        self.assertTrue(met)

    def test_unmarked_pays(self):
        (_, seen, met), = self.verdicts({("switch", "armed"): [1000000],
                                         ("switch", "another-gated"): [1010000],
                                         ("munmap", "armed"): [1000000],
                                         ("munmap", "another-gated"): [1000000]})
        self.assertIn("1.00 % beyond the spread of repetitions (switch)", seen)
        self.assertFalse(met)

    def test_among_all_targets(self):
        verdicts = report.judge(report.Results(console(GATE)), None)
        self.assertEqual([seen for _, seen, _ in verdicts], ["250 (enforce)"])

    def test_is_no_work_of_marking(self):
        results = report.Results(console(GATE))
        self.assertEqual((results.works, results.missing()), ([], []))
        self.assertEqual(rows_of(report.marking_table(results, True)), {})


class Profiles(unittest.TestCase):
    COUNTS = {("munmap", v): [1000000 + 1000 * i] for i, v in
              enumerate(("no-module", *report.PROFILES))}

    def test_table(self):
        rows = rows_of(report.profile_table(report.Results(console(self.COUNTS)), True))
        self.assertEqual(rows["munmap"], ["1.00 M", "+0.10 %", "+0.20 %", "+0.30 %", "+0.40 %",
                                          "+0.50 %"])

    def test_markdown(self):
        text = report.profile_markdown(report.Results(console({**self.COUNTS, **GATE})))
        for part in ("| one behind a gate |", "| 250 (enforce) | met |", "0 more", "NOT MET"):
            self.assertIn(part, text)

    def test_bases(self):
        entries = json.loads(report.as_json(report.Results(console({**self.COUNTS, **GATE}))))
        ratios = {(e["work"], e["variant"]): e["ratio"] for e in entries}
        self.assertEqual(ratios["munmap", "another-gated"], 1.004)
        self.assertEqual(ratios["syscall", "enforce"], 1.7105)
        self.assertEqual(ratios["syscall", "plain"], 1)


class Put(unittest.TestCase):
    def test_between_marks_only(self):
        with tempfile.TemporaryDirectory() as top:
            path = os.path.join(top, "text")
            with open(path, "w", encoding="utf-8") as f:
                f.write("before <a> old </a> <b> other </b>\n")
            report.put(path, ("<a>", "</a>"), "new")
            with open(path, encoding="utf-8") as f:
                self.assertEqual(f.read(), "before <a>\n\nnew\n\n</a> <b> other </b>\n")


class Chart(unittest.TestCase):
    """The drawing: a number is not crossed by a target's line, nor by another number."""
    TEXT = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)" font-size="(\d+)".*>(.*)</text>')
    LINE = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" width="2.0" height="(\d+)" fill="#000"/>')

    def faults(self, drawing):
        places = []
        for x, y, anchor, size, text in self.TEXT.findall(drawing):
            if size in ("9", "10"):
                width = {"9": 5.4, "10": 7}[size] * len(text)
                x = float(x) - (width / 2 if anchor == "middle" else 0)
                places.append((float(y), x, x + width, text))
        self.assertGreater(len(places), 3)
        found = [text for *_, text in places if text == "-0.0"]
        for y, x, end, text in places:
            found += [f"{text}: line" for lx, ly, tall in self.LINE.findall(drawing)
                      if x <= float(lx) + 2 and float(lx) <= end and float(ly) < y <= float(ly) + int(tall)]
            found += [f"{text}: {other}" for oy, ox, oend, other in places
                      if oy == y and (ox, other) > (x, text) and ox <= end]
        return found

    def test_docs(self):
        with open(os.path.join(TOP, "docs/performance.svg"), encoding="ascii") as f:
            self.assertEqual(self.faults(f.read()), [])

    def test_near(self):
        for more in range(-1, 60):
            counts = {("munmap", "unmarked"): [100000], ("munmap", "trap"): [100000 + 50 * more],
                      ("fork", "unmarked"): [1000], ("fork", "trap"): [6000]}
            results = report.Results(console(counts))
            self.assertEqual(self.faults(chart.chart(results, {"munmap": 1.02})), [], more)


class Readme(unittest.TestCase):
    """README's prices are those of docs/performance.md, which run-bench --docs writes."""
    PRICES = ("redis, sqlite, python, gcc {redis} %", "nginx with its start {nginx} %",
              "an anonymous page fault {fault-anon} %", "one of a file {fault-file} %",
              "fork with exec {fork-exec} %", "a container from its start to its end {crun} %")

    def test_prices(self):
        texts = []
        for name in ("README.md", "docs/performance.md"):
            with open(os.path.join(TOP, name), encoding="utf-8") as f:
                texts.append(f.read())
        works = texts[1].split("**Works**")[1].split("**Marking itself**")[0]
        rows = rows_of(works[works.index("| work |"):])
        prices = {work: f"{float(row[4].strip('+ %')):.0f}" for work, row in rows.items() if row[4:]}
        self.assertEqual({prices[w] for w in ("redis", "sqlite", "python", "compile")}, {prices["redis"]})
        wanted = ", ".join(self.PRICES).format(**prices)
        self.assertIn(f"In instructions: {wanted}:", " ".join(texts[0].split()))


if __name__ == "__main__":
    unittest.main()
