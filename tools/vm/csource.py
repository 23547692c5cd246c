# SPDX-License-Identifier: GPL-2.0
"""C sources as far as who calls whom: read as text, so nothing has to be built."""
import os
import re

SKIPPED = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
NAME = re.compile(r"(?<![\w.>])[A-Za-z_]\w*|(?<=[^-]>)[A-Za-z_]\w*")
CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"')
CONDITION = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b(.*)")


def blank(match):
    """As long as what it stands for, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", match.group())


def function_of(head):
    """The name that a function definition's head defines, or None if it is none."""
    if not head.rstrip().endswith(")"):
        return None
    flat, depth = "", 0  # without what is in parentheses
    for c in head:
        depth -= c == ")"
        if not depth:
            flat += c
        depth += c == "("
    if "=" in flat:
        return None
    names = CALL.findall(flat)
    # The last, since a macro like DEFINE_SHOW_ATTRIBUTE(x) may stand before it without a
    # semicolon; not __acquires(lock) or __printf(1, 2), if there is another.
    plain = [n for n in names if not n.startswith("__")]
    return (plain or names or [None])[-1]


class Source:
    """One file: what it defines, what it mentions, what it includes."""

    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as f:
            text = f.read()
        self.code = SKIPPED.sub(blank, text)
        self.functions = {}  # name: is it static?
        self.scan(DIRECTIVE.sub(blank, self.code))
        # A string keeps a directive from being a comment, and names the file.
        self.includes = list(self.find_includes(
            re.sub(r'/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)))

    def scan(self, code):
        depth, head = 0, []
        for token in re.findall(r"[{};]|[^{};]+", code):
            if token == "{":
                name = function_of("".join(head)) if not depth else None
                if name:
                    self.functions[name] = bool(re.search(r"\bstatic\b", "".join(head)))
                    head = []
                depth += 1
            elif token == "}":
                depth -= 1
                if depth < 0:
                    raise ValueError(f"{self.path}: a brace closes that none opened")
            elif not depth:
                head = [] if token == ";" else head + [token]
        if depth:
            raise ValueError(f"{self.path}: a brace is not closed")

    @staticmethod
    def find_includes(text):
        """Line, name, and whether it is for NACC_KUNIT alone."""
        blocks = []
        for number, line in enumerate(text.split("\n"), 1):
            condition = CONDITION.match(line)
            if condition and condition.group(1).startswith("if"):
                blocks.append(bool(re.match(r"\s*NACC_KUNIT\b", condition.group(2))) and
                              condition.group(1) == "ifdef")
            elif condition and blocks:
                blocks.pop()
                if condition.group(1) != "endif":
                    blocks.append(False)
            include = INCLUDE.match(line)
            if include:
                yield number, include.group(1), any(blocks)

    def exported(self):
        return [name for name, static in self.functions.items() if not static]

    def mentions(self):
        """Each name with the line it is first seen in; members of structs are none."""
        seen = {}
        for match in NAME.finditer(self.code):
            name = match.group()
            if name not in seen:
                seen[name] = self.code.count("\n", 0, match.start()) + 1
        return seen


def read(top, ending=(".c",)):
    """All sources under a directory by their path in it."""
    found = {}
    for where, dirs, files in os.walk(top):
        dirs.sort()
        for name in sorted(files):
            if name.endswith(ending) and not name.endswith(".mod.c"):
                path = os.path.join(where, name)
                found[os.path.relpath(path, top)] = Source(path)
    return found


def defined_in(sources):
    """Which files define a function that others may call."""
    where = {}
    for path, source in sources.items():
        for name in source.exported():
            where.setdefault(name, set()).add(path)
    return where


def uses(sources):
    """(user, line, function, file that defines it) for each function of another file."""
    where = defined_in(sources)
    for path, source in sources.items():
        for name, line in source.mentions().items():
            if name in source.functions:
                continue
            for other in sorted(where.get(name, ())):
                if other != path:
                    yield path, line, name, other
