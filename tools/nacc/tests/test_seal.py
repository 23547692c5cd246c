#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""nacc run --seal-text on this machine's own processes: what their signals do meanwhile, and
what is sealed.

  test_seal.py NACC-FAKE      prints "ok - ..." and "not ok - ..." lines, as check.sh does"""
import ctypes
import errno
import os
import platform
import signal
import struct
import subprocess
import sys
import tempfile
import time

from verdicts import Verdicts

FAKE = os.path.abspath(sys.argv[1])
PATIENCE = 60
# A linker that executes a program in its own place
EXECS = """
static long ask(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall" : "=a" (ret) : "a" (nr), "D" (a), "S" (b), "d" (c)
			 : "rcx", "r11", "memory");
	return ret;
}

void _start(void)
{
	char path[] = "/bin/cat", maps[] = "/proc/self/maps", *argv[3];

	argv[0] = path;
	argv[1] = maps;
	argv[2] = 0;
	ask(59, (long)path, (long)argv, (long)(argv + 2));
	ask(231, 1, 0, 0);
}
"""
# Of 32 bits
NARROW = """
void _start(void)
{
	__asm__ volatile("int $0x80" : : "a" (20));
	__asm__ volatile("int $0x80" : : "a" (1), "b" (5));
}
"""
# Without a linker: the first that it does is to make its text writable.
WRITABLE = """
void _start(void)
{
	long ret;

	__asm__ volatile("syscall" : "=a" (ret) : "a" (10), "D" (0x500000), "S" (4096), "d" (7)
			 : "rcx", "r11", "memory");
	__asm__ volatile("syscall" : "=a" (ret) : "a" (231), "D" (7) : "rcx", "r11", "memory");
}
"""
# Who watches the linker, before anything is relocated
WATCHES = """
unsigned int la_version(unsigned int version)
{
	long ret;

	__asm__ volatile("syscall" : "=a" (ret) : "a" (110) : "rcx", "r11", "memory");
	return version;
}
"""
verdicts = Verdicts("run --seal-text")
check, skip = verdicts.check, verdicts.skip


def start(*program, before=None, env=None):
    env = {**os.environ, **(env or {}), "FAKE": "trace=1", "FAKE_ROOT": os.path.abspath("root")}
    return subprocess.Popen([FAKE, "run", "--seal-text", "--", *program], env=env, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, preexec_fn=before)


def run(*program, before=None, env=None):
    """(exit status, stdout, what was sealed, stderr)"""
    process = start(*program, before=before, env=env)
    out, err = process.communicate(timeout=PATIENCE)
    sealed = [line.split()[-1] for line in err.splitlines() if line.startswith("fake: seal")]
    return process.returncode, out, sealed, err


def wait_for(condition):
    end = time.time() + PATIENCE
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def cc(name, text, *flags):
    return not subprocess.run([os.environ.get("CC") or "cc", "-O1", "-nostdlib", "-fno-stack-protector",
                               *flags, "-x", "c", "-o", name, "-"], input=text, text=True,
                              stderr=subprocess.DEVNULL, check=False).returncode


def traced(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii") as f:
        return f.read() == "late\n"


def waits():
    """A program that waits in its linker, for the other end of what is to be its library"""
    process = start("./late", before=os.setpgrp)
    check("a program whose linker waits", wait_for(lambda: traced(process.pid)))
    return process


def signals():
    with open("/bin/true", "rb") as f:
        text = f.read()
    with open("late", "wb") as f:
        f.write(text.replace(b"libc.so.6", b"./lc.so.6"))
    os.chmod("late", 0o755)
    os.mkfifo("lc.so.6")
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        process = waits()
        os.killpg(process.pid, number)
        process.communicate(timeout=PATIENCE)
        check(f"{number.name} to its group ends it, and nothing else", process.returncode == -number,
              process.returncode)
    process = waits()
    os.killpg(process.pid, signal.SIGTSTP)
    told = []

    def stopped():
        told[:] = os.waitpid(process.pid, os.WUNTRACED | os.WNOHANG)
        return told[0]

    check("a group that is stopped: who has started it is told",
          wait_for(stopped) and os.WIFSTOPPED(told[1]) and os.WSTOPSIG(told[1]) == signal.SIGTSTP, told)
    os.killpg(process.pid, signal.SIGCONT)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    check("it goes on", process.returncode == -signal.SIGINT, process.returncode)
    status, out, sealed, err = run("/bin/grep", "^SigIgn", "/proc/self/status",
                                   before=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    check("ends of children are ignored: they are in the program, and its text is sealed",
          not status and sealed and int(out.split()[1], 16) >> signal.SIGCHLD - 1 & 1, (status, out, err))


def seals(out, sealed, kinds):
    """Of what it has printed of itself: are all mappings of these kinds sealed?"""
    text = [line.split()[0] for line in out.splitlines() if line.split()[1] in kinds and "/" in line]
    return len(text) > 2 and {f"0x{t.replace('-', '-0x')}" for t in text} <= set(sealed)


def refuse_readv():
    """By a filter, as container engines have them"""
    filters = struct.pack("=" + "HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, 310, 0x06, 0, 0, 0x50000 | errno.EPERM,
                          0x06, 0, 0, 0x7fff0000)
    room = ctypes.create_string_buffer(filters)
    libc = ctypes.CDLL(None)
    libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, struct.pack("@HP", 4, ctypes.addressof(room))):
        raise OSError("seccomp")


def with_headers(name, change):
    """/bin/cat with program headers that are changed: a list of bytes, each of which begins with a type"""
    with open("/bin/cat", "rb") as f:
        text = bytearray(f.read())
    size, count = struct.unpack_from("<HH", text, 54)
    at = struct.unpack_from("<Q", text, 32)[0]
    headers = change([bytes(text[at + n * size:at + (n + 1) * size]) for n in range(count)])
    text[at:at + size * count] = b"".join(headers)
    with open(name, "wb") as f:
        f.write(text)
    os.chmod(name, 0o755)


def watched():
    if platform.machine() != "x86_64" or not cc("watch.so", WATCHES, "-shared", "-fPIC"):
        skip("LD_AUDIT", "no compiler for it here")
        return
    relro = struct.pack("<I", 0x6474e552)
    with_headers("none", lambda headers: [bytes(4) + h[4:] if h.startswith(relro) else h for h in headers])
    with_headers("first", lambda headers: sorted(headers, key=lambda h: not h.startswith(relro)))
    for what, program, before in (("", "/bin/cat", None), (", which has no RELRO", "./none", None),
                                  (", whose RELRO is its first header", "./first", None),
                                  (", and process_vm_readv is refused", "/bin/cat", refuse_readv)):
        status, out, sealed, err = run(program, "/proc/self/maps", before=before,
                                       env={"LD_AUDIT": os.path.abspath("watch.so"), "LC_ALL": "C"})
        check(f"who watches the linker has begun, but not the program{what}: text and RELRO are sealed",
              not status and "watch.so" in out and seals(out, sealed, ("r-xp", "r--p")), (status, out, sealed, err))


def programs():
    if platform.machine() != "x86_64" or not cc("linker", EXECS, "-static-pie", "-fPIE", "-Wl,--no-dynamic-linker") or \
       not cc("prog", "void _start(void) { }", "-pie", "-fPIE", f"-Wl,--dynamic-linker={os.path.abspath('linker')}"):
        skip("a linker that executes another program", "no compiler for it here")
    else:
        status, out, sealed, err = run("./prog")
        check("a linker that executes another program: all of that one's text is sealed",
              not status and seals(out, sealed, ("r-xp",)), (status, out, sealed, err))
    if platform.machine() != "x86_64" or not cc("writable", WRITABLE, "-static", "-no-pie", "-fno-pie", "-Wl,-Ttext=0x500000"):
        skip("a static program that makes its text writable", "no compiler for it here")
    else:
        status, _, sealed, err = run("./writable")
        check("a static program that makes its text writable: that is sealed before",
              status == 7 and "0x500000-0x501000" in sealed, (status, sealed, err))
    if platform.machine() != "x86_64" or not cc("narrow", NARROW, "-m32", "-static") or \
       subprocess.run(["./narrow"], check=False).returncode != 5:
        skip("a program of 32 bits", "there are none here")
    else:
        status, _, sealed, err = run("./narrow")
        check("a program of 32 bits is none that is sealed, and does not begin",
              status == -signal.SIGKILL and not sealed and "of 32 bits" in err, (status, sealed, err))


def main():
    if os.environ.get("RUN"):
        skip("of this machine's own", "it is an emulator's")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        os.makedirs("root/dev")
        os.symlink("/proc", "root/proc")
        with open("root/dev/nacc", "w", encoding="ascii"):
            pass
        signals()
        programs()
        watched()
        os.chdir("/")
    return 1 if verdicts.bad else 0


if __name__ == "__main__":
    sys.exit(main())
