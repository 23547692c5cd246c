# SPDX-License-Identifier: GPL-2.0
"""Tests of what compares a page with a session: it must see what is different."""
import html
import json
import os
import re
import unittest

import typed

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))

PAGE = """# Title

```console
# one
first 12
# two
```

text
```
# not typed
```
```console
# three
begin
...
end 0xff60 of ...
```
"""


class Pages(unittest.TestCase):
    def test_steps(self):
        self.assertEqual(typed.steps(PAGE), [
            (3, "one", ["first 12"]), (5, "two", []),
            (13, "three", ["begin", "...", "end 0xff60 of ..."])])

    def test_a_session_begins_with_what_is_typed(self):
        with self.assertRaisesRegex(ValueError, "line 2"):
            typed.steps("```console\nanswer\n```\n")

    def test_numbers_and_blanks_may_differ(self):
        self.assertTrue(typed.same("a 12  0xfe", "a 345 0x1"))
        self.assertTrue(typed.same("x deadbeef00112233", "x 0011223344556677"))
        self.assertTrue(typed.same("release=6.12.117+deb13-riscv64 x", "release=7.2.9-riscv64 x"))
        self.assertFalse(typed.same("abi 6.12.1", "abi 7.2.1"))

    def test_small_numbers_may_not(self):
        self.assertFalse(typed.same("domain 1", "domain 2"))
        self.assertFalse(typed.same("restored=1 failed=0", "restored=0 failed=1"))
        self.assertFalse(typed.same("refused 0", "refused 12"))
        self.assertFalse(typed.same("stored 12", "stored 0"))

    def test_one_address_stays_one(self):
        page = ["it was 0x26, is 0x26"]
        self.assertIsNotNone(typed.match(page, ["it was 0x99, is 0x99"]))
        self.assertIsNone(typed.match(page, ["it was 0x99, is 0x98"]))
        self.assertIsNone(typed.match(["it was 0x26, is 0x27"], ["it was 0x99, is 0x99"]))
        self.assertIsNone(typed.match(["at 0x26", "...", "now 0x26"], ["at 0x9", "", "now 0x8"]))
        self.assertIsNotNone(typed.match(["at 0x26 ...", "now 0x26"], ["at 0x9 0x8", "now 0x8"]))
        self.assertIsNotNone(typed.match(["...", "0x26 0x26"], ["0x1 0x2", "0x1 0x1"]))

    def test_words_may_not(self):
        self.assertFalse(typed.same("the store was refused", "the store was done"))
        self.assertFalse(typed.same("a 12", "a -"))
        self.assertFalse(typed.same("a", "a b"))

    def test_a_pattern_is_text(self):
        self.assertFalse(typed.same("a.c", "abc"))
        self.assertTrue(typed.same("In the pool: 13, (all)", "In the pool: 11, (all)"))

    def test_left_out(self):
        self.assertTrue(typed.same("end ...", "end of it"))
        self.assertTrue(typed.same("a ... z", "a b c z"))
        self.assertFalse(typed.same("a ... z", "a b c"))
        self.assertEqual(typed.match(["a", "...", "z"], ["a", "b", "c", "z"]), [0, None, 3])
        self.assertEqual(typed.match(["...", "z"], ["z"]), [None, 0])

    def test_missing_and_unexpected_lines(self):
        self.assertIsNone(typed.match(["a"], []))
        self.assertIsNone(typed.match([], ["a"]))
        self.assertIsNone(typed.match(["a", "b"], ["a"]))
        self.assertIsNone(typed.match(["a", "...", "z"], ["a", "b"]))

    def test_rewrite(self):
        text = typed.rewrite(PAGE, [["first 13"], ["new"], ["begin", "x", "end 0xff70 of y"]])
        self.assertIn("# one\nfirst 13\n# two\n```", text)
        # What is left out stays so; so does a line of which something is.
        self.assertIn("begin\n...\nend 0xff60 of ...\n", text)
        # Other words are not written down, but where there are none yet.
        self.assertIn("# three\nbegin\n...", typed.rewrite(PAGE, [["first 1"], [], ["other"]]))
        new = PAGE.replace("first 12", "?")
        self.assertIn("# one\na\nb\n# two\n", typed.rewrite(new, [["a", "b"], [], []]))


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        return f.read()


class Recording(unittest.TestCase):
    """The recorded session, and the picture of it, are README's."""

    def steps(self):
        return [(line, [" ".join(x.split()) for x in wanted])
                for _, line, wanted in typed.steps(read("README.md"))]

    def test_cast(self):
        shown = "".join(json.loads(line)[2] for line in read("docs/session.cast").splitlines()[1:])
        found = []
        for part in shown.replace("\r", "").split("~# ")[1:]:
            typing, *answer = part.rstrip("\n").split("\n")
            if typing:
                found.append((typing, [" ".join(x.split()) for x in answer]))
        self.assertEqual(found, self.steps())

    def test_picture(self):
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", read("docs/session.svg"))
        shown = " ".join(html.unescape(" ".join(texts)).replace("~#", " ").split())
        for line, answer in self.steps():
            for text in [line] + [x for x in answer if len(x) <= 110]:
                self.assertIn(" ".join(text.split()), shown)


if __name__ == "__main__":
    unittest.main()
