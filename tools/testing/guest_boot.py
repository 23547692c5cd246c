# SPDX-License-Identifier: GPL-2.0
"""What run-story and run-tests share: boot the guest with scenarios, judge its console."""
import collections
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LOGS = os.path.join(TOP, "build", "logs", "tests")

# What a healthy kernel never says.  The guest's own lines (checks, their titles, what
# it quotes) are no kernel messages.
COMPLAINT = re.compile(
    r"BUG:|WARNING:|Oops|Bad |rss-counter|non-zero pgtables|Unable to handle|unreferenced object"
    r"|soft lockup|rcu:.*stall|blocked for more than|Kernel panic|sbi_trap_error"
)
GUEST_LINE = re.compile(r"^(ok |not ok |#|CHECK FAILED)")
# What it says before the kernel for a crash is started, in the scenario that does that.
CRASH = r"Kernel panic - not syncing: sysrq triggered crash"
# Both write to one console: a message of the kernel can begin in the middle of a line of
# the guest's.  "# [...]" is the guest's, a message that it quotes.
KERNEL_STAMP = re.compile(r"(?<!^# )(?=\[ *\d+\.\d{6}\] )")


def shell_overlays():
    """What "make shell" puts over the guest's root, for tools/vm/run."""
    with open(os.path.join(TOP, "tools/testing/shell/overlays"), encoding="utf-8") as f:
        parts = [line.strip() for line in f if not line.startswith("#")]
    return [word for part in parts for word in ("--overlay", os.path.join(TOP, "build", part))]


def complaints(text):
    """Lines of a console log that a healthy machine would not print."""
    parts = (part for line in text.splitlines() for part in KERNEL_STAMP.split(line))
    return [part for part in parts if COMPLAINT.search(part) and not GUEST_LINE.match(part)]


def busy_host():
    """Kernel arguments: a host that runs one hart for a while, and then another, is no
    stall of the guest's. NACC_PATIENCE=N says so."""
    patience = float(os.environ.get("NACC_PATIENCE") or 1)
    if patience <= 1:
        return ""
    return (f" rcupdate.rcu_cpu_stall_timeout={min(300, int(21 * patience))}"
            f" watchdog_thresh={min(60, int(10 * patience))}"
            f" sysctl.kernel.hung_task_timeout_secs={int(120 * patience)}")


def append_of(scenarios, append):
    """What the kernel is told beside."""
    return f"nacc.scenario={','.join(scenarios)} {append}".strip() + busy_host()


def own_environment():
    """The environment without what an invoker's "make" says of a machine: a test has its own."""
    asked = ("SMP", "MEM", "MODE", "QEMU", "NACC_BOOT", "NACC_OPENSBI")
    return {k: v for k, v in os.environ.items() if k not in asked}


def command(scenarios, log, timeout, qemu=None, mode=None, smp=None, mem=None, bios=None,
            append=""):
    """The command line of tools/vm/run; None leaves an option to the environment."""
    cmd = [os.path.join(TOP, "tools/vm/run"), "--overlay",
           os.path.join(TOP, "build/testing/overlay"), "--timeout", str(timeout), "--log", log,
           "--append", append_of(scenarios, append)]
    for name, value in (("qemu", qemu), ("mode", mode), ("smp", smp), ("mem", mem),
                        ("bios", bios)):
        if value:
            cmd += [f"--{name}", str(value)]
    return cmd


def read(log):
    try:
        with open(log, encoding="utf-8", errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def wrong_so_far(text, found=None):
    """What the kernel has complained of, or a check that failed, in one sentence; or None.

    FOUND are the complaints that count; None: all of them."""
    found = complaints(text) if found is None else found
    if found:
        return f"the kernel complained: {found[0].strip()}"
    failed = re.findall(r"^CHECK FAILED: (.*)", text, re.M)
    return f"{len(failed)} checks failed, the first: {failed[0]}" if failed else None


def verdict(status, text, scenarios, expected=()):
    """None if a boot went well, else the reason in one sentence.

    EXPECTED are complaints that must be there, each as often as it is listed; no other
    may be."""
    if status == 124:
        return "the guest hung and was ended"
    found = complaints(text)
    for pattern, times in collections.Counter(expected).items():
        match = [line for line in found if re.search(pattern, line)]
        if len(match) != times:
            return f"the kernel said {len(match)} times, not {times}: {pattern}"
        found = [line for line in found if line not in match]
    wrong = wrong_so_far(text, found)
    if wrong:
        return wrong
    if status == 126:
        return "the guest could not be started"
    if status == 125:
        return "the guest ended without a verdict"
    for name in scenarios:
        if f"scenario {name}: passed" not in text:
            return f"scenario {name} did not pass"
    if not re.search(r"^ok \d+ - ", text, re.M):
        return "no check was made"
    return None if status == 0 else f"the guest reported {status} failed scenarios"


def panic_verdict(status, text, says):
    """None if the guest panicked with this sentence, and nothing had failed before."""
    if status != 125:
        return f"the guest did not panic but ended with status {status}"
    found = re.findall(r"Kernel panic - not syncing: (.*)", text)
    if len(found) != 1 or says not in found[0]:
        return f"the guest panicked otherwise than with '{says}': {found}"
    failed = re.findall(r"^CHECK FAILED: (.*)", text, re.M)
    if failed:
        return f"{len(failed)} checks failed, the first: {failed[0]}"
    other = complaints(text.split("Kernel panic", maxsplit=1)[0])
    return f"the kernel complained: {other[0].strip()}" if other else None


def build():
    """Build programs, module and overlay; None, or what went wrong."""
    os.makedirs(LOGS, exist_ok=True)
    done = subprocess.run([os.path.join(TOP, "tools/testing/mkoverlay")], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout)
        return "the test programs cannot be built"
    missing = [line for line in done.stdout.splitlines() if "is not built yet" in line]
    return missing[0].split("; ")[0] if missing else None
