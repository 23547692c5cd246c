# SPDX-License-Identifier: GPL-2.0
"""What "make bench" and "make profile" put over the guest's root."""
import os

PARTS = ("overlay", "bench/programs", "bench/overlay")


def options(build):
    """Those of them that are below BUILD, for tools/vm/run."""
    there = [os.path.join(build, part) for part in PARTS if os.path.isdir(os.path.join(build, part))]
    return [word for part in there for word in ("--overlay", part)]
