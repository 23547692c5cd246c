# SPDX-License-Identifier: GPL-2.0
"""Do tools/vm/circles and tools/vm/floors see what is planted, and nothing else?"""
import os
import subprocess
import tempfile
import unittest

VM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "vm")


class Planted(unittest.TestCase):
    def run_on(self, script, files):
        """Exit status and lines of a script for a directory with these files."""
        with tempfile.TemporaryDirectory() as top:
            for path, text in files.items():
                path = os.path.join(top, path)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
            done = subprocess.run([os.path.join(VM, script), top], text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            return done.returncode, done.stdout.replace(top + "/", "").splitlines(), done.stderr

    def assert_clean(self, script, files):
        self.assertEqual(self.run_on(script, files), (0, [], ""))

    def assert_lines(self, script, files, *lines):
        self.assertEqual(self.run_on(script, files), (1, list(lines), ""))


class Circles(Planted):
    DOWN = {"a.c": "int b(int);\nint a(int x)\n{\n\treturn b(x);\n}\n",
            "b.c": "int b(int x)\n{\n\treturn x;\n}\n"}

    def test_none(self):
        self.assert_clean("circles", self.DOWN)

    def test_call(self):
        self.assert_lines("circles", {**self.DOWN, "b.c": "int b(int x)\n{\n\treturn a(x);\n}\n"},
                          "a.c -> b.c -> a.c (b, a)")

    def test_pointer(self):
        ops = "static const struct ops ops = {\n\t.run = a,\n};\n"
        self.assert_lines("circles", {**self.DOWN, "b.c": self.DOWN["b.c"] + ops},
                          "a.c -> b.c -> a.c (b, a)")

    def test_macro(self):
        self.assert_lines("circles", {**self.DOWN, "b.c": "#define RUN(x) \\\n\ta(x)\n" +
                                      self.DOWN["b.c"]}, "a.c -> b.c -> a.c (b, a)")

    def test_three_in_subdirectories(self):
        self.assert_lines("circles", {
            "x/a.c": "void a(void)\n{\n\tb();\n}\n",
            "y/b.c": "void b(void)\n{\n\tc();\n}\n",
            "c.c": "void c(void)\n{\n\ta();\n}\n",
        }, "c.c -> x/a.c -> y/b.c -> c.c (a, b, c)")

    def test_two_circles(self):
        self.assert_lines("circles", {
            "a.c": "void a(void)\n{\n\tb();\n}\n", "b.c": "void b(void)\n{\n\ta();\n}\n",
            "c.c": "void c(void)\n{\n\td();\n}\n", "d.c": "void d(void)\n{\n\tc();\n}\n",
        }, "a.c -> b.c -> a.c (b, a)", "c.c -> d.c -> c.c (d, c)")

    def test_no_call(self):
        """A comment, a string, a member, a static function, a header: none is a call."""
        for text in ("/* a() */\n", "// a()\n", 'const char *s = "a(";\n', "char c = 'a';\n",
                     "int x = sizeof(s->a) + s.a;\n",
                     "static int a(int x)\n{\n\treturn x;\n}\nint y(void)\n{\n\treturn a(1);\n}\n"):
            self.assert_clean("circles", {**self.DOWN, "b.c": self.DOWN["b.c"] + text})
        self.assert_clean("circles", {**self.DOWN,
                                      "b.h": "static inline int c(void)\n{\n\treturn a(1);\n}\n"})

    def test_subtraction_is_a_call(self):
        self.assert_lines("circles", {**self.DOWN, "b.c": "int b(int x)\n{\n\treturn x>a(x);\n}\n"},
                          "a.c -> b.c -> a.c (b, a)")

    def test_heads(self):
        """All that a definition may look like is seen to define b."""
        for head in ("int b(int x)", "struct s *b(int x)", "__printf(1, 2) int b(int x)",
                     "int b(int x) __acquires(lock)", "void b(int (*f)(int), int x)",
                     "__attribute__((noinline))\nint b(int x)", "int\nb(int x,\n  int y)",
                     "SHOW(thing)\n\nint b(int x)"):
            self.assert_lines("circles",
                              {**self.DOWN, "b.c": head + "\n{\n\treturn a(1);\n}\n"},
                              "a.c -> b.c -> a.c (b, a)")

    def test_not_followed(self):
        """What cannot be read is no clean bill."""
        for text in ("int b(int x)\n{\n", "}\n"):
            status, _, error = self.run_on("circles", {"b.c": text})
            self.assertEqual(status, 1)
            self.assertIn("brace", error)
        status, _, error = self.run_on("circles", {"b.h": "\n"})
        self.assertEqual(status, 1)
        self.assertIn("no C files", error)


class Floors(Planted):
    HOUSE = {
        "main.c": '#include "domain/domain.h"\n#include "base/log.h"\n\n'
                  "int init(void)\n{\n\treturn domain_init() + log_it();\n}\n",
        "nacc.h": '#include "nacc_sbi.h"\nint own(void);\n',
        "domain/domain.h": '#include "nacc.h"\n#include "tables/pool.h"\nint domain_init(void);\n',
        "domain/domain.c": '#include "domain.h"\n\nint domain_init(void)\n{\n\treturn pool();\n}\n',
        "domain/other.c": "int other(void)\n{\n\treturn domain_init();\n}\n",
        "tables/pool.h": "int pool(void);\n",
        "tables/pool.c": '#include <linux/mm.h>\n#include "pool.h"\n#include "../base/log.h"\n'
                         "\nint pool(void)\n{\n\treturn log_it();\n}\n",
        "base/log.h": "int log_it(void);\n",
        "base/log.c": '#include "nacc.h"\n\nint log_it(void)\n{\n\treturn 0;\n}\n',
        "include/uapi/linux/nacc.h": "struct nacc_stat;\n",
    }

    def plant(self, path, text):
        return {**self.HOUSE, path: self.HOUSE[path] + text}

    def test_none(self):
        self.assert_clean("floors", self.HOUSE)

    def test_include(self):
        for name in ("domain/domain.h", "../domain/domain.h", "domain.h"):
            self.assert_lines("floors", self.plant("tables/pool.c", f'#include "{name}"\n'),
                              f'tables/pool.c:9: includes "{name}", a floor above')
        self.assert_lines("floors", self.plant("base/log.h", ' #  include "pool.h" /* it */\n'),
                          'base/log.h:2: includes "pool.h", a floor above')
        self.assert_lines("floors", self.plant("nacc.h", '#include "base/log.h"\n'),
                          'nacc.h:3: includes "base/log.h", a floor above')
        self.assert_clean("floors", self.plant("base/log.c", '/* #include "pool.h" */\n'))

    def test_call(self):
        what = "calls domain_init() of domain/domain.c, a floor above"
        self.assert_lines("floors", self.plant(
            "tables/pool.c", "\nstatic int again(void)\n{\n\treturn domain_init();\n}\n"),
            f"tables/pool.c:12: {what}")
        self.assert_lines("floors", self.plant("tables/pool.c", "int (*f)(void) = domain_init;\n"),
                          f"tables/pool.c:9: {what}")
        self.assert_lines("floors", self.plant(
            "base/log.h", "static inline int up(void)\n{\n\treturn domain_init();\n}\n"),
            f"base/log.h:4: {what}")
        self.assert_lines("floors", self.plant("domain/other.c", "int init(void);\n"),
                          "domain/other.c:5: calls init() of main.c, a floor above")

    def test_every_floor(self):
        """Each floor may use the next lower one, which may not use it."""
        floors = ["user", "domain", "routes", "hook", "tables", "firmware", "base"]
        for high, low in zip(floors, floors[1:]):
            house = {f"{f}/x.c": f"int {f}(void)\n{{\n\treturn 0;\n}}\n" for f in (high, low)}
            house.update({f"{f}/x.h": "" for f in (high, low)})
            down = f'#include "{low}/x.h"\nint y(void)\n{{\n\treturn {low}();\n}}\n'
            up = f'#include "{high}/x.h"\nint y(void)\n{{\n\treturn {high}();\n}}\n'
            self.assert_clean("floors", {**house, f"{high}/y.c": down})
            self.assert_lines("floors", {**house, f"{low}/y.c": up},
                              f'{low}/y.c:1: includes "{high}/x.h", a floor above',
                              f"{low}/y.c:4: calls {high}() of {high}/x.c, a floor above")

    def test_kunit(self):
        test = '#ifdef NACC_KUNIT\n#include "domain/domain_test.c"\n#endif\n'
        house = {**self.HOUSE, "domain/domain_test.c": ""}
        self.assert_clean("floors", {**house, "base/log.c": self.HOUSE["base/log.c"] + test})
        for other in (test.replace("ifdef", "ifndef"), test.replace("NACC_KUNIT", "NACC_OTHER"),
                      test.replace("NACC_KUNIT", "NACC_KUNIT\n#else")):
            status, lines, _ = self.run_on("floors", {
                **house, "base/log.c": self.HOUSE["base/log.c"] + other})
            self.assertEqual((status, len(lines)), (1, 1), lines)

    def test_no_floor(self):
        self.assert_lines("floors", {**self.HOUSE, "loose.c": "", "attic/x.c": ""},
                          "attic/x.c:1: is on no floor", "loose.c:1: is on no floor")


if __name__ == "__main__":
    unittest.main()
