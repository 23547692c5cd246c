# SPDX-License-Identifier: GPL-2.0
"""The guest of "make bench" with a plugin of QEMU's that counts."""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))
sys.path.insert(0, os.path.join(TOP, "tools/bench/guest"))
import overlays  # noqa: E402 pylint: disable=wrong-import-position

BUILD = os.path.join(TOP, "build")
# As the plugins number them: tools/bench/guest/measure.c.
VARIANTS = {1: "unmarked", 2: "trap", 3: "routed"}


def boot(who, plugin, counts, log, append, machine, harts=1):
    """One boot with PLUGIN.c, which writes COUNTS; ends the program WHO if it fails."""
    library = f"{BUILD}/bench/{plugin}.so"
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library,
                    f"{TOP}/tools/bench/profile/{plugin}.c"], check=True)
    subprocess.run([f"{TOP}/tools/bench/guest/mkoverlay"], check=True)
    cmd = [f"{TOP}/tools/vm/run", "--smp", str(harts), "--mem", "2G", "--timeout", "900", "--log",
           log, "--quiet", "--append", f"nacc_pool=64M {append}"]
    cmd += overlays.options(BUILD)
    done = subprocess.run(cmd + ["--", *machine, "-plugin", f"{library},out={counts}"],
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        sys.exit(f"{who}: FAILED: the guest ended with status {done.returncode}; its console: "
                 f"{os.path.relpath(log, TOP)}")
