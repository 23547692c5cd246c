#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Dashboard and alerts are about what 'nacc metrics' says: test_monitoring.py METRICS, a file
with its output (from the make-believe system of the command's tests)."""
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "monitoring")
TOP = os.path.join(os.path.dirname(HERE), "../..")
DOCS = os.path.join(TOP, "docs/metrics.md")
PROMTOOL = os.path.join(TOP, "build/promtool")
FAILED = []


def check(what, good, why=""):
    print(f"{'ok' if good else 'not ok'} - {what}{'' if good else f': {why}'}")
    if not good:
        FAILED.append(what)


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


def by_promtool(exprs):
    """Rules, and as rules what the dashboard asks for, by who will read them"""
    found = shutil.which("promtool", path=f"{PROMTOOL}:{os.environ['PATH']}")
    if not found:
        print("ok - promtool # SKIP there is no promtool on this host")
        return
    with tempfile.TemporaryDirectory() as directory:
        asked = os.path.join(directory, "dashboard.yml")
        with open(asked, "w", encoding="utf-8") as f:
            # JSON is YAML, too.
            json.dump({"groups": [{"name": "dashboard", "rules": [
                {"record": f"panel:{nr}", "expr": expr.replace("$__rate_interval", "1m")}
                for nr, expr in enumerate(exprs)]}]}, f)
        for words in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts-test.yml"],
                      ["check", "rules", asked]):
            done = subprocess.run([found, *words], cwd=HERE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
            check(f"promtool {' '.join(map(os.path.basename, words))}", not done.returncode, done.stdout)


def source(path, pattern):
    """What of a file of the tree matches, a set"""
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return set(re.findall(pattern, f.read(), re.M))


def values():
    """{(metric, label): what it can be}, by what module, firmware and command are made of"""
    shim = source("sbi-shim/include/nacc_sbi_counts.h", r'"([a-z_]+)"')
    return {
        ("nacc_module_events_total", "event"): source("kmod/base/count.c", r'] = "(\w+)",$'),
        ("nacc_firmware_events_total", "event"): {n for n in shim if not n.startswith("frames_")},
        ("nacc_pool_frames", "state"): {n[7:] for n in shim if n.startswith("frames_")},
        ("nacc_hook_calls_total", "outcome"): source("kmod/hook/show.c", r"(?<=[ \"])([a-z]+)(?=[ \\])"),
    }


def foreign(exprs):
    """What is asked for by a label and is none of its values"""
    known, seen, found = values(), 0, []
    for metric, matchers in re.findall(r"\b(nacc_\w+)\{([^}]*)\}", " ".join(exprs)):
        for label, asked in re.findall(r'(event|state|outcome)=~?"([^"]*)"', matchers):
            for value in asked.split("|"):
                seen += 1
                if value not in known[metric, label]:
                    found.append((metric, label, value))
    return found, seen


def overlap(a, b):
    return a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and \
        a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        text = f.read()
    known = set(re.findall(r"^(nacc_\w+)[{ ]", text, re.M))
    check("there are metrics", len(known) > 15, known)
    board = json.loads(read("grafana.json"))
    panels = board["panels"]
    exprs = [t["expr"] for p in panels for t in p["targets"]]
    used = set(itertools.chain(*(re.findall(r"\bnacc_\w+", e) for e in exprs)))
    check("the dashboard shows some", len(used) > 8, used)
    check("and none that is not there", used <= known, used - known)
    check("each panel has a number of its own", len({p["id"] for p in panels}) == len(panels))
    check("no panel lies on another",
          not any(overlap(a["gridPos"], b["gridPos"]) for a, b in itertools.combinations(panels, 2)))
    rules = read("alerts.yml")
    alerts = re.findall(r"expr:(.*(?:\n {10}.*)*)", rules)
    used = set(re.findall(r"\bnacc_\w+", " ".join(alerts)))
    check("alerts are about some", len(used) > 4, used)
    check("and about none that is not there", used <= known, used - known)
    found, seen = foreign(exprs + alerts)
    check("they ask by labels, of which each value is one", seen > 10 and not found, (seen, found))
    names = re.findall(r"alert: (\w+)", rules)
    tested = read("alerts-test.yml")
    check("each alert is tested", all(f'"{n}"' in tested for n in names), names)
    with open(DOCS, encoding="utf-8") as f:
        docs = f.read()
    missing = {n for n in known if f"`{n}" not in docs}
    check("each metric is in docs/metrics.md", not missing, missing)
    check("and each alert", all(f"`{n}`" in docs for n in names), names)
    by_promtool(exprs)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
