# SPDX-License-Identifier: GPL-2.0
"""What a test of the command's prints of each thing that it looks at, as check.sh does."""


class Verdicts:
    """Lines about OF; BAD is how many were not ok."""
    def __init__(self, of):
        self.of = of
        self.bad = 0

    def check(self, what, ok, more=""):
        self.bad += not ok
        print(f"{'ok' if ok else 'not ok'} - {self.of}: {what}")
        if not ok:
            print(f"# {more!r}")

    def skip(self, what, why):
        print(f"ok - {self.of}: {what} # SKIP {why}")
