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

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "monitoring")
DOCS = os.path.join(os.path.dirname(HERE), "../../docs/metrics.md")
FAILED = []


def check(what, good, why=""):
    print(f"{'ok' if good else 'not ok'} - {what}{'' if good else f': {why}'}")
    if not good:
        FAILED.append(what)


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


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
    used = set(re.findall(r"\bnacc_\w+", " ".join(re.findall(r"expr:(.*(?:\n {10}.*)*)", rules))))
    check("alerts are about some", len(used) > 4, used)
    check("and about none that is not there", used <= known, used - known)
    names = re.findall(r"alert: (\w+)", rules)
    tested = read("alerts-test.yml")
    check("each alert is tested", all(f'"{n}"' in tested for n in names), names)
    with open(DOCS, encoding="utf-8") as f:
        docs = f.read()
    missing = {n for n in known if f"`{n}" not in docs}
    check("each metric is in docs/metrics.md", not missing, missing)
    check("and each alert", all(f"`{n}`" in docs for n in names), names)
    if shutil.which("promtool"):
        for words in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts-test.yml"]):
            done = subprocess.run(["promtool", *words], cwd=HERE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
            check(f"promtool {' '.join(words)}", not done.returncode, done.stdout)
    else:
        print("ok - promtool # SKIP there is no promtool on this host")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
