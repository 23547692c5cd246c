# SPDX-License-Identifier: GPL-2.0
"""The machine before each run as it was before the first: settings, swap, cgroups, files."""
import ctypes
import glob
import os
import shutil
import subprocess
import time

CGROUPS = "/sys/fs/cgroup"
RUN = f"{CGROUPS}/semantics-run"
SETTINGS = ("/proc/sys/vm/*", "/proc/sys/kernel/shm*", "/proc/sys/kernel/numa_balancing",
            "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/yama/*",
            "/proc/sys/fs/suid_dumpable",
            "/sys/kernel/mm/ksm/*", "/sys/kernel/mm/transparent_hugepage/*",
            "/sys/kernel/mm/transparent_hugepage/*/*", "/sys/kernel/mm/numa/*")
# Writing these does something each time.
ACTIONS = ("drop_caches", "compact_memory", "stat_refresh")
FOLDERS = ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue")
SWAP = "/dev/zram0"
# Of <linux/ipc.h>
IPC_RMID = 0
LIBC = ctypes.CDLL(None)


def read(path):
    with open(path, encoding="ascii", errors="replace") as f:
        return f.read().strip()


def write(path, value):
    with open(path, "w", encoding="ascii") as f:
        f.write(str(value))


def _setting(path):
    """A choice is the word in brackets."""
    text = read(path)
    return text.split("[", 1)[1].split("]")[0] if "[" in text else text


def settings():
    found = {}
    for path in (p for pattern in SETTINGS for p in sorted(glob.glob(pattern))):
        mode = os.stat(path).st_mode
        if os.path.isfile(path) and mode & 0o600 == 0o600 and \
                os.path.basename(path) not in ACTIONS:
            try:
                found[path] = _setting(path)
            except OSError:
                pass
    return found


def restore(before):
    """Settings as before; what cannot be set back is said."""
    if _setting("/sys/kernel/mm/ksm/run") != before["/sys/kernel/mm/ksm/run"]:
        write("/sys/kernel/mm/ksm/run", 2)
    for path, value in settings().items():
        if path in before and value != before[path]:
            try:
                write(path, before[path])
            except OSError as error:
                print(f"# {path} stays {value}, was {before[path]}: {error}")


def folders():
    return {os.path.join(f, name) for f in FOLDERS if os.path.isdir(f) for name in os.listdir(f)}


def tidy(before):
    """Files and System V shared memory that a run has left."""
    for path in folders() - before:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    for line in read("/proc/sysvipc/shm").splitlines()[1:]:
        LIBC.shmctl(int(line.split()[1]), IPC_RMID, None)


def cgroups():
    return {d for d, _, _ in os.walk(CGROUPS)}


def end_cgroups(before):
    """Whatever runs in cgroups that were not there is killed, and they go."""
    for _ in range(100):
        left = sorted(cgroups() - before, key=len, reverse=True)
        if not left:
            return
        for path in left:
            try:
                write(f"{path}/cgroup.kill", 1)
                os.rmdir(path)
            except OSError:
                pass
        time.sleep(0.1)
    print(f"# cgroups do not go: {left}")


def swap_on(mib):
    if not os.path.exists(SWAP):
        subprocess.run(["modprobe", "zram"], check=True)
    write("/sys/block/zram0/disksize", f"{mib}M")
    subprocess.run(["mkswap", SWAP], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["swapon", SWAP], check=True)


def swap_off():
    if SWAP not in read("/proc/swaps"):
        return
    subprocess.run(["swapoff", SWAP], check=True)
    write("/sys/block/zram0/reset", 1)


def fresh():
    """No caches, memory in large pieces."""
    os.sync()
    write("/proc/sys/vm/drop_caches", 3)
    write("/proc/sys/vm/compact_memory", 1)


def stat(name):
    """A counter of /proc/nacc/stats."""
    for line in read("/proc/nacc/stats").splitlines():
        if line.split()[0] == name:
            return int(line.split()[1])
    raise KeyError(f"/proc/nacc/stats has no {name}")


def visit_processors():
    """An idle CPU keeps the last process's address space, and with it the root, for as long
    as no other process comes by: of marked and unmarked ones alike."""
    allowed = os.sched_getaffinity(0)
    for cpu in allowed:
        os.sched_setaffinity(0, {cpu})
    os.sched_setaffinity(0, allowed)


def visit_ksmd():
    """The mm that ksmd was in when a test stopped it is kept until it goes on."""
    run = read("/sys/kernel/mm/ksm/run")
    if run in ("0", "2"):
        write("/sys/kernel/mm/ksm/run", "1")
        time.sleep(0.2)
        write("/sys/kernel/mm/ksm/run", run)


def nothing_marked(patience):
    """Have all frames come back? In a while, since the keeper does it."""
    for tries in range(int(300 * patience)):
        visit_processors()
        if tries % 50 == 49:
            visit_ksmd()
        if len(read("/proc/nacc/domains").splitlines()) == 1 and \
                len(read("/proc/nacc/pool").splitlines()) == 1:
            return True
        time.sleep(0.1)
    return False
