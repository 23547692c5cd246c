# SPDX-License-Identifier: GPL-2.0
"""From the guest's rows to medians, ratios, targets and tables."""
import collections
import json
import math
import re
import statistics

FIELDS = ("instructions", "traps", "ecalls", "elapsed")
VARIANTS = ("no-module", "loaded", "kernel-roots", "armed", "another-gated", "system", "plain",
            "marked", "audit", "enforce", "unmarked", "trap", "routed")
# What a process pays that nobody has marked, by what is protected of others, or of all.
PROFILES = ("loaded", "kernel-roots", "armed", "another-gated", "system")
# What one pays that is marked or behind a gate; "plain" is neither.
GATES = ("marked", "audit", "enforce")
PROGRAMS = ("redis", "sqlite", "python", "compile", "nginx")

WHAT = {
    "fault-anon": "first write to 8,192 anonymous pages",
    "fault-file": "first read of 8,192 pages of a file in the page cache",
    "munmap": "munmap of 32 MiB",
    "dontneed": "MADV_DONTNEED of 32 MiB",
    "mprotect": "mprotect of 32 MiB, twice, 8 times",
    "mremap-tables": "mremap of 32 MiB by whole tables, 8 times",
    "mremap-pages": "mremap of 32 MiB page by page, 8 times",
    "gup-fast": "get_user_pages_fast of 512 pages, 32 times (vmsplice)",
    "fork": "fork with 32 MiB; the child exits",
    "fork-write": "fork with 32 MiB; the child writes all and exits",
    "fork-exec": "fork and exec, 20 times",
    "exit-16M": "exit of a process with 16 MiB",
    "exit-64M": "exit of a process with 64 MiB",
    "exit-256M": "exit of a process with 256 MiB",
    "switch": "4,000 round trips over a pipe",
    "syscall": "50,000 null system calls",
    "syscall-float": "50,000 null system calls, each with a floating-point register changed",
    "syscall-secret": "50,000 null system calls, a word of a secret page written before each",
    "syscall-kept": "50,000 null system calls of a process that has a secret page",
    "syscall-list": "50,000 null system calls, which are on a list of the gate's",
    "fault-vector": "first write to 8,192 anonymous pages, a vector register changed before each",
    "yield": "10,000 times from each of two threads to the other",
    "thread": "100 threads made and joined",
    "tables-10": "10 page tables made and freed, 100 times",
    "tables-100": "100 page tables made and freed, 10 times",
    "tables-1000": "1,000 page tables made and freed",
    "tables-10000": "10,000 page tables made and freed",
    "processes-1": "1 child made and ended, 20 times",
    "processes-10": "10 children alive at once, twice",
    "processes-100": "100 children alive at once",
    "processes-500": "500 children alive at once",
    "mark-first": "a process with 10 page tables is marked, as the first",
    "mark-10": "a process with 10 page tables is marked, as another is already",
    "mark-100": "a process with 100 page tables is marked",
    "mark-1000": "a process with 1,000 page tables is marked",
    "mark-10000": "a process with 10,000 page tables is marked",
    "idle-10s": "10 s of idling while a process is marked",
    "exit-last": "the only marked process, with 10 page tables, exits",
    "crun": "crun run of true, in namespaces and a cgroup of its own",
    "redis": "redis-server and redis-benchmark, 4,500 requests",
    "sqlite": "sqlite3: insert, index, update, group",
    "python": "python3: json, re, zlib, dictionaries",
    "compile": "gcc -O2: compile, assemble, link, run",
    "nginx": "nginx: start, 400 pages, end",
}

# Targets: text, works, the most that the ratio to the unmarked work may be. Several
# works: each of them.
TARGETS = (
    ("exit: +2 %", ("exit-16M", "exit-64M", "exit-256M"), 1.02),
    ("munmap, MADV_DONTNEED: +2 %", ("munmap", "dontneed"), 1.02),
    ("fork, child exits at once: +8 %", ("fork",), 1.08),
    ("fork, child writes its memory: +2 %", ("fork-write",), 1.02),
    ("fork and exec: +10 %", ("fork-exec",), 1.10),
    ("1,000 sparse tables: +35 %", ("tables-1000",), 1.35),
    ("page fault, anonymous: +1.9 %", ("fault-anon",), 1.019),
    ("page fault, file: +8 %", ("fault-file",), 1.08),
    ("mprotect twice: +15 %", ("mprotect",), 1.15),
    ("mremap page by page: +150 %", ("mremap-pages",), 2.50),
    ("gup_fast: +1 %", ("gup-fast",), 1.01),
    ("start of a container: +15 %", ("crun",), 1.15),
)
# Works that are marking itself: text, work, most instructions.
ABSOLUTE = (
    ("first mark: 2 M instructions", "mark-first", 2 * 10**6),
    ("last exit: 2 M instructions", "exit-last", 2 * 10**6),
    ("10 s of idling while one is marked: nothing", "idle-10s", 10**4),
)
# System calls of a work that does little else.
CALLS = {"syscall": 50000, "syscall-list": 50000, "syscall-float": 50000,
         "syscall-secret": 50000, "syscall-kept": 50000, "yield": 20000}
GATE_CALL = 250
# Those that stay within that, and what an unmarked one differs by, by interrupts: less
# than the one instruction that it would be if it paid at all
GATED_CALLS = ("syscall", "syscall-list")
UNMARKED_CALL = 1
TARGET_OF = {work: ratio for _, works, ratio in TARGETS for work in works}
TARGET_OF.update({program: 1.01 for program in PROGRAMS})
SIZABLE = 5 * 10**6
ROW = re.compile(r"^bench: row (\S+) (\S+) (-?\d+) (-?\d+) (-?\d+) (-?\d+)$")


class Failed(Exception):
    """The console does not have what it must have."""


class Results:
    """What was measured: mean of the repetitions of each work in each variant."""

    def __init__(self, console):
        samples, self.tables, tables = collections.defaultdict(list), {}, 0
        for line in console.splitlines():
            row = ROW.match(line)
            if row:
                key = (row[1], row[2])
                samples[key].append([int(n) for n in row.groups()[2:]])
                if row[1].startswith("exit"):
                    self.tables[key] = tables
            elif line.startswith("bench: tables "):
                tables = int(line.split()[-1])
        self.rows = console_rows(console)
        self.median, self.spread, self.range = {}, {}, {}
        for key, many in samples.items():
            self.median[key] = {name: statistics.median(s[i] for s in many)
                              for i, name in enumerate(FIELDS)}
            first = [s[0] for s in many]
            self.range[key] = (min(first), max(first))
            self.spread[key] = (max(first) - min(first)) / max(1, min(first))
        self.hooks = dict(re.findall(r"^bench: hook (\S+) (\S+)$", console, re.M))
        self.works = list(dict.fromkeys(w for w, v in samples if v == "unmarked"))
        self.has_routed = any(v == "routed" for _, v in samples)

    def ratio(self, work, variant, base="unmarked"):
        """Instructions of one variant by those of another; None if not measured."""
        if (work, variant) not in self.median or (work, base) not in self.median:
            return None
        return (self.median[work, variant]["instructions"]
                / self.median[work, base]["instructions"])

    def apart(self, work, variant, base):
        """By which part of BASE the nearest repetitions of the two differ: 0 if they overlap."""
        low, high = self.range[work, variant], self.range[work, base]
        gap = max(low[0] - high[1], high[0] - low[1], 0)
        return gap / self.median[work, base]["instructions"]

    def steadiness(self):
        """How far the repetitions of a work lie apart, in one sentence."""
        sizable = {k: s for k, s in self.spread.items()
                   if self.median[k]["instructions"] >= SIZABLE}
        if not sizable:
            return "no work is long enough to compare its repetitions"
        (work, variant), worst = max(sizable.items(), key=lambda item: item[1])
        return (f"Repetitions of works of {SIZABLE // 10**6} M instructions and more lie apart by "
                f"{statistics.median(sizable.values()) * 100:.2f} % (median), at most "
                f"{worst * 100:.2f} % ({work}, {variant})")

    def missing(self):
        """Works that one variant has and another lacks."""
        marked = ["trap"] + (["routed"] if self.has_routed else [])
        return [f"{w} ({v})" for w in self.works for v in marked if (w, v) not in self.median]


def base_of(variant):
    """The variant that another one is compared with."""
    if variant in ("no-module", *PROFILES):
        return "no-module"
    return "plain" if variant in ("plain", *GATES) else "unmarked"


def console_rows(console):
    return [line for line in console.splitlines() if ROW.match(line)]


def percent(ratio):
    return "-" if ratio is None else f"{(ratio - 1) * 100:+.1f} %"


def geometric_mean(ratios):
    return math.exp(sum(math.log(r) for r in ratios) / len(ratios)) if ratios else None


def as_json(results):
    """The list that build/bench.json holds."""
    out = []
    for work in dict.fromkeys(w for w, _ in results.median):
        for variant in VARIANTS:
            m = results.median.get((work, variant))
            if not m:
                continue
            entry = {"work": work, "variant": variant}
            entry.update((f, round(m[f])) for f in FIELDS)
            base = base_of(variant)
            ratio = results.ratio(work, variant, base)
            entry["ratio"] = None if ratio is None else round(ratio, 4)
            if (work, variant) in results.tables:
                entry["tables"] = results.tables[work, variant]
            out.append(entry)
    return json.dumps(out, indent=1) + "\n"


def put(path, marks, text):
    """Put a text between two marks of a file."""
    with open(path, encoding="utf-8") as f:
        before, rest = f.read().split(marks[0], 1)
    after = rest.split(marks[1], 1)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{before}{marks[0]}\n\n{text}\n\n{marks[1]}{after}")


def judge(results, mmode):
    """Each target with what was measured and whether it is met, worst work first."""
    best = "routed" if results.has_routed else "trap"
    out = []
    for text, works, most in TARGETS:
        ratios = [(results.ratio(w, best), w) for w in works if results.ratio(w, best)]
        if ratios:
            worst, work = max(ratios)
            out.append((text, f"{percent(worst)} ({work})", worst <= most))
    for text, work, most in ABSOLUTE:
        if (work, best) in results.median:
            n = results.median[work, best]["instructions"]
            out.append((text, f"{n / 1e6:.2f} M", n <= most))
    real = [r for r in (results.ratio(p, best) for p in PROGRAMS) if r]
    if real:
        mean = geometric_mean(real)
        out.append(("real programs, geometric mean: +1 %", percent(mean), mean <= 1.01))
    out += judge_works(results, "loaded", "no-module", "unmarked process, module loaded: 0.0 %",
                       0.0005)
    out += judge_works(results, "kernel-roots", "no-module",
                       "unmarked process, another is marked, strict=off: +0.3 %", 0.003)
    strict = results.ratio("fork-exec", "armed", "no-module")
    if strict:
        out.append(("fork and exec of a process that is not marked, another is: +2 %",
                    percent(strict), strict <= 1.02))
    out += judge_gate(results)
    if mmode:
        out.append(("one mediated store: 80 M-mode instructions", f"at most {mmode}", mmode <= 80))
    return out


def judge_works(results, variant, base, text, most):
    """Whether all works cost the same in two variants, as far as repetitions do."""
    works = [w for w, v in results.median if v == variant and (w, base) in results.median]
    if not works:
        return []
    off, work = max((results.apart(w, variant, base), w) for w in works)
    mean = geometric_mean([results.ratio(w, variant, base) for w in works])
    seen = f"{percent(mean)} on average, "
    seen += (f"{off * 100:.2f} % beyond the spread of repetitions ({work})" if off
             else "all within the spread of repetitions")
    return [(text, seen, off < most)]


def per_call(results, work, variant):
    """Instructions of a call beyond those of a marked process; None if not measured."""
    if work not in CALLS or not {(work, variant), (work, "marked")} <= results.median.keys():
        return None
    return (results.median[work, variant]["instructions"]
            - results.median[work, "marked"]["instructions"]) / CALLS[work]


def gate_failures(results):
    """What must not be, whatever else is measured: one sentence each."""
    out = []
    for work in GATED_CALLS:
        for variant in ("audit", "enforce"):
            n = per_call(results, work, variant)
            if n is not None and round(n) > GATE_CALL:
                out.append(f"{work}, {variant}: {n:.0f} instructions for a call, more than "
                           f"{GATE_CALL}")
    for variant in PROFILES:
        if not {("syscall", variant), ("syscall", "no-module")} <= results.median.keys():
            continue
        n = (results.median["syscall", variant]["instructions"]
             - results.median["syscall", "no-module"]["instructions"]) / CALLS["syscall"]
        if n >= UNMARKED_CALL:
            out.append(f"syscall, {variant}: {n:.1f} instructions for a call of a process that "
                       "nobody has marked")
    return out


def judge_gate(results):
    """The targets of the gate."""
    out = []
    calls = [(per_call(results, w, v), v if w == "syscall" else f"{v}, {w}")
             for w in GATED_CALLS for v in ("audit", "enforce")]
    calls = [c for c in calls if c[0] is not None]
    if calls:
        most, variant = max(calls)
        out.append((f"a gated system call's entry and return: at most {GATE_CALL} instructions",
                    f"{most:.0f} ({variant})", most <= GATE_CALL))
    return out + judge_works(results, "another-gated", "armed",
                             "unmarked process, another is behind a gate: 0 more than if "
                             "it is marked", 0.0005)


def table(results, markdown=False):
    """Works, instructions of the unmarked run, and what marking adds."""
    head = ["work", "unmarked", "trap", "traps", "calls"]
    variants = ["trap"]
    if results.has_routed:
        head += ["routed", "traps", "calls"]
        variants.append("routed")
    rows = []
    for w in results.works:
        row = [w, f"{results.median[w, 'unmarked']['instructions'] / 1e6:.2f} M"]
        for v in variants:
            m = results.median.get((w, v))
            row += [percent(results.ratio(w, v)), f"{m['traps']:,.0f}", f"{m['ecalls']:,.0f}"] \
                if m else ["-", "-", "-"]
        rows.append(row + ([WHAT.get(w, "")] if markdown else []))
    if markdown:
        head.append("what it is")
    return layout(head, rows, markdown)


def layout(head, rows, markdown=False):
    if markdown:
        lines = ["| " + " | ".join(r) + " |" for r in [head] + rows]
        lines.insert(1, "|" + "---|" * len(head))
        return "\n".join(lines)
    width = [max(len(r[i]) for r in [head] + rows) for i in range(len(head))]
    return "\n".join(
        "  ".join(c.ljust(width[i]) if i == 0 else c.rjust(width[i]) for i, c in enumerate(r))
        for r in [head] + rows)


def profile_table(results, markdown=False):
    """What a process notices that nobody has marked."""
    rows = []
    for w, v in results.median:
        if v == "no-module":
            rows.append([w, f"{results.median[w, v]['instructions'] / 1e6:.2f} M"] +
                        [percent2(results.ratio(w, p, v)) for p in PROFILES])
    return layout(["work", "no module", "loaded", "one marked, strict=off", "one marked",
                   "one behind a gate", "system profile"], rows, markdown)


def gate_table(results, markdown=False):
    """What a process pays that is behind a gate, beside one that is marked only."""
    rows = []
    for w, v in results.median:
        if v == "plain":
            calls = [per_call(results, w, gate) for gate in ("audit", "enforce")]
            rows.append([w, f"{results.median[w, v]['instructions'] / 1e6:.2f} M"] +
                        [percent(results.ratio(w, gate, v)) for gate in GATES] +
                        ["-" if n is None else f"{n:+.0f}" for n in calls] +
                        ([WHAT.get(w, "")] if markdown else []))
    head = ["work", "unmarked", "marked", "audit", "enforce", "a call, audit", "a call, enforce"]
    return layout(head + (["what it is"] if markdown else []), rows, markdown)


def target_table(verdicts, markdown=False):
    """DESIGN's targets beside what was measured."""
    rows = [[text, seen, "met" if met else "NOT MET"] for text, seen, met in verdicts]
    return layout(["target", "measured", "verdict"], rows, markdown)


def markdown(results, verdicts):
    """All tables, for docs/performance.md."""
    routed = "" if results.has_routed else " (`routed`: not available in this version)"
    return f"""**Targets**{routed}

{target_table(verdicts, True)}

**Works**: instructions unmarked, and what marking adds

{table(results, True)}

**Marking itself**

{marking_table(results, True)}

{results.steadiness()}.
"""


def profile_markdown(results):
    """What is measured with --profiles as well, for docs/performance.md."""
    return f"""**A process that nobody has marked**

{profile_table(results, True)}

**The gate**: what is added to the unmarked process, and to a system call of the marked one

{gate_table(results, True)}

{target_table(judge_gate(results), True)}"""


def marking_table(results, markdown=False):
    """What there is no counterpart to without marking."""
    rows = []
    for (w, v), m in results.median.items():
        if v in ("trap", "routed") and w not in results.works:
            rows.append([w, v, f"{m['instructions'] / 1e6:.2f} M", f"{m['traps']:,.0f}",
                         f"{m['ecalls']:,.0f}"] + ([WHAT.get(w, "")] if markdown else []))
    head = ["work", "variant", "instructions", "traps", "calls"]
    return layout(head + (["what it is"] if markdown else []), rows, markdown)


def percent2(ratio):
    return "-" if ratio is None else f"{(ratio - 1) * 100:+.2f} %"
