# SPDX-License-Identifier: GPL-2.0
"""Tests that are boots of the guest: kinds of them, and the list."""
import os
import re
import subprocess

import guest_boot
import processes
from guest_boot import TOP
from running import PASSED, Result, Test, log_of


def boot(name, scenarios, timeout, qemu="7.2", mode="sv57", smp=2, append="", bios=None,
         expected=(), cpu="", aia="", panics=None, more=None, machine=(), way=None,
         firmware=None, variables=None):
    """A test that is a boot of the guest with some scenarios.

    PANICS is what the kernel must say when it panics, which ends the boot. MORE are
    scripts that fetch or make more programs, and the list of where they put them; MACHINE
    what QEMU is told beside; WAY what is between the firmware and the kernel;
    FIRMWARE a version of OpenSBI; VARIABLES UEFI's, if not none."""
    def run():
        log = log_of(name)
        for script in (more or [])[:-1]:
            if processes.run([os.path.join(TOP, *script.split()[:1]), *script.split()[1:]], 900, stdout=subprocess.DEVNULL):
                return Result("not ok", f"{script} failed")
        env = guest_boot.own_environment()
        cmd = guest_boot.command(scenarios, log, timeout, qemu, mode, smp, "2G", bios, append)
        if more:
            for part in more[-1]:
                cmd += ["--overlay", os.path.join(TOP, part)]
        if cpu:
            cmd += ["--cpu", cpu]
        if aia:
            cmd += ["--aia", aia]
        if way:
            cmd += ["--boot", way]
        if firmware:
            cmd += ["--opensbi", firmware]
        if variables:
            cmd += ["--vars", os.path.join(TOP, variables)]
        status = processes.run(cmd + ["--quiet", "--", *machine], env=env, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        if panics:
            reason = guest_boot.panic_verdict(status, guest_boot.read(log), panics)
            return Result("not ok", reason) if reason else PASSED
        reason = guest_boot.verdict(status, guest_boot.read(log), scenarios, expected)
        return Result("not ok", reason) if reason else PASSED
    return Test(name, smp, run)


def typed(name, *pages):
    """A test that types pages of the documentation into the machine of "make shell"."""
    def run():
        for script in ("tools/vm/setup-shell", "tools/vm/setup-podman", "tools/testing/mkshell"):
            if processes.run([os.path.join(TOP, script)], 900, stdout=subprocess.DEVNULL):
                return Result("not ok", f"{script} failed")
        env = guest_boot.own_environment()
        with open(log_of(name), "wb") as log:
            limit = 600 * float(os.environ.get("NACC_PATIENCE") or 1)
            try:
                status = processes.run(["tools/testing/run-tutorial", *pages], limit, cwd=TOP, env=env,
                                       stdout=log, stderr=subprocess.STDOUT)
            except subprocess.TimeoutExpired:
                return Result("not ok", f"ran longer than {limit:g} s")
        reason = guest_boot.read(log_of(name)).rstrip().splitlines()[-1:]
        return Result("not ok", reason[0] if reason else "nothing was said") if status else PASSED
    return Test(name, 2, run)


def hibernating(name, scenario, boots, timeout, **machine):
    """A test that is BOOTS boots with one disk: each but the last ends when the guest has
    hibernated, and the next resumes it.

    The console of the last has the verdict; all of them are judged."""
    def run():
        log = log_of(name)
        image = f"{log}.disk"
        env = guest_boot.own_environment()
        consoles, status = [], 125
        with open(image, "wb") as f:
            f.truncate(1 << 30)
        # 125: the guest has ended without a verdict of its scenario.
        while status == 125 and len(consoles) < boots:
            part = f"{log}.{len(consoles) + 1}"
            cmd = guest_boot.command([scenario], part, timeout, **machine)
            cmd += ["--quiet", "--", "-drive", f"if=none,id=disk,format=raw,file={image}",
                    "-device", "virtio-blk-pci,drive=disk"]
            status = processes.run(cmd, env=env, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
            consoles.append(guest_boot.read(part))
        os.unlink(image)
        text = "\n".join(consoles)
        with open(log, "w", encoding="utf-8") as f:
            f.write(text)
        reason = guest_boot.verdict(status, text, [scenario])
        if not reason and len(consoles) != boots:
            reason = f"the guest had its verdict after {len(consoles)} of {boots} boots"
        return Result("not ok", reason) if reason else PASSED
    return Test(name, machine.get("smp", 2), run)


def reporting(name, timeout, **machine):
    """A test that is a boot whose guest prints reports: it verifies them, and so do two
    verifiers here, against what "make corim" has without a boot."""
    def run():
        log = log_of(name)
        reports = f"{log}.reports"
        status = processes.run([os.path.join(TOP, "tools/evidence/references"), reports,
                                machine.get("qemu", "7.2"), machine.get("mode", "sv57"),
                                guest_boot.append_of(["report"], "")], 120,
                               stdout=subprocess.DEVNULL)
        if status:
            return Result("not ok", "tools/evidence/references failed")
        env = guest_boot.own_environment()
        cmd = guest_boot.command(["report"], log, timeout, smp=2, mem="2G", **machine)
        status = processes.run(cmd + ["--overlay", f"{reports}/overlay", "--quiet"], env=env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        reason = guest_boot.verdict(status, guest_boot.read(log), ["report"])
        if not reason and processes.run([os.path.join(TOP, "tools/evidence/judge"), reports, log],
                                        120, stdout=subprocess.DEVNULL):
            reason = f"the verifiers here are not content: tools/evidence/judge {reports} {log}"
        return Result("not ok", reason) if reason else PASSED
    return Test(name, 2, run)


def count_bytes(image, byte):
    """How much of the memory of a machine is this, 64 of them at least"""
    nr = 0
    with open(image, "rb") as f:
        while chunk := f.read(1 << 24):
            nr += 64 * chunk.count(bytes([byte]) * 64)
    return nr


def resetting(name, timeout, **machine):
    """A test that is a boot which ends by a reset; its memory is a file, and looked at then."""
    def run():
        log = log_of(name)
        image = f"{log}.ram"
        env = guest_boot.own_environment()
        cmd = guest_boot.command(["secret-reset"], log, timeout, smp=2, mem="1G", **machine)
        status = processes.run(
            cmd + ["--quiet", "--", "-machine", "memory-backend=ram", "-object",
                   f"memory-backend-file,id=ram,size=1G,mem-path={image},share=on"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ordinary, secret = count_bytes(image, 0x5b), count_bytes(image, 0xa7)
        os.unlink(image)
        text = guest_boot.read(log)
        wrong = re.findall(r"^CHECK FAILED: (.*)", text, re.M) + guest_boot.complaints(text)
        if status != 125 or wrong or "\nthe machine is reset" not in text:
            return Result("not ok", f"it was not reset, or not all was well before: {wrong}")
        if secret or not ordinary:
            return Result("not ok", f"{secret} bytes of the secret page are in its memory, "
                                    f"and {ordinary} of the ordinary one")
        return PASSED
    return Test(name, 2, run)


def learning(name, timeout, **machine):
    """A test that is three boots: the last is told what the one before has learned."""
    def run():
        log = log_of(name)
        env = guest_boot.own_environment()
        learned = "nothing"
        for part, told in ((f"{log}.1", "named"), (f"{log}.2", "learn"), (log, None)):
            told = told or learned
            cmd = guest_boot.command(["writers"], part, timeout, smp=2, mem="2G",
                                     append=f"nacc.writers={told}", **machine)
            status = processes.run(cmd + ["--quiet"], env=env, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
            text = guest_boot.read(part)
            reason = guest_boot.verdict(status, text, ["writers"])
            if reason:
                return Result("not ok", f"{reason} (log: {part})")
            found = re.search(r"^learned: ([a-z0-9_,]+)$", text, re.M)
            learned = found[1] if found else "nothing"
        return PASSED
    return Test(name, 2, run)


# Linux has counted a page whose entry the firmware refused and skipped.
SKIPPED = r"Bad rss-counter state .*MM_ANONPAGES"


# Who sets A and D: what nacc doctor says of it, and what the walker does. QEMU 7.2 sets
# them in read-only memory; 10.0 could be told to, but the shim does not let it.
AD = {"7.2": "nacc.ad=fixed,sets", "10.0": "nacc.ad=fault,faults"}

# Linux counts a table that it has not got, its partner one less, and pages as mapped that
# nobody maps.
HOOKS_DEAD = [r"BUG: non-zero pgtables_bytes on freeing mm"] * 2 + [r"BUG: Bad page cache"] * 3


# Two nodes with a hart and half of the memory each: pages can be moved between them.
NODES = [word for n in (0, 1) for word in
         ("-object", f"memory-backend-ram,size=1G,id=ram{n}",
          "-numa", f"node,nodeid={n},memdev=ram{n},cpus={n}")]

# From 7.2 on Debian lets debuggers alone force a write by /proc/PID/mem, if nobody says more.
FORCED = "proc_mem.force_override=always"

# With these interrupt controllers OpenSBI's heap has nothing left for the sixth hart: its
# stores all go the long way.
IMSIC = "aplic-imsic"


# Programs nobody here wrote; of what "make semantics" runs, a part.
SEMANTICS = ("tools/vm/setup-semantics", "tools/semantics/mkoverlay",
             ["build/semantics/programs", "build/semantics/overlay"])
PATIENCE = f"semantics.patience={os.environ.get('NACC_PATIENCE') or 1}"


# The story has containers of podman's, too.
PODMAN = ("tools/vm/setup-podman", ["build/podman/programs", "build/testing/installed"])

# Programs of Debian's behind the gate, by podman, too
CONTAINERS = ("tools/vm/setup-bench", "tools/vm/setup-podman",
              ["build/bench/programs", "build/podman/programs", "build/testing/installed"])

# Loaders: those that are between the firmware and the kernel elsewhere
LOADERS = ("tools/vm/setup-boot", [])

# Modules that are signed, and who may
SIGNED = ("tools/vm/setup-boot", "tools/testing/mksigned", ["build/testing/signed/over"])

# Another OpenSBI than 1.6
OPENSBI_1_8 = ("tools/vm/build-opensbi --opensbi 1.8", [])

# Each emulator, one hart and two; sv48 has tests of its own below.
SOME = (("10.0", "sv39", 1), ("7.2", "sv57", 2))


def boots(every):
    """Each boot; without EVERY, of the combinations of three those of SOME, and of the others
    each scenario where it was not left to second_boots()."""
    for qemu in ("7.2", "10.0"):
        for mode in ("sv39", "sv48", "sv57"):
            for smp in (1, 2):
                if not every and (qemu, mode, smp) not in SOME:
                    continue
                yield boot(f"boot/story+stress/qemu{qemu}-{mode}-smp{smp}", ["story", "stress"],
                           300, qemu, mode, smp, append=AD[qemu], more=PODMAN)
    yield boot("boot/demo/qemu10.0-sv39-smp2", ["demo"], 180, "10.0", "sv39")
    yield typed("boot/tutorial/qemu7.2-sv57-smp2", "docs/tutorial.md", "README.md")
    yield boot("boot/oci/qemu7.2-sv57-smp2", ["oci"], 300)
    yield boot("boot/attack/qemu7.2-sv57-smp2", ["attack", "ecalls"], 180)
    yield boot("boot/gate/qemu10.0-sv39-smp2", ["gate"], 400, "10.0", "sv39")
    yield boot("boot/gate-containers/runc-qemu7.2-sv57-smp2", ["gate-containers"], 500,
               append="nacc.runtimes=runc", more=CONTAINERS)
    yield boot("boot/gate-events+registers/qemu7.2-sv57-smp2", ["gate-events", "gate-registers"], 400,
               cpu="rv64,v=on")
    yield boot("boot/gate-vector/qemu7.2-sv57-smp2", ["gate-vector"], 300, cpu="rv64,v=on")
    yield boot("boot/seal/qemu7.2-sv57-smp2", ["seal"], 300)
    yield boot("boot/gate-mm+attacks/qemu7.2-sv57-smp2", ["gate-mm", "gate-attacks"], 400)
    yield reporting("boot/report/qemu7.2-sv57-smp2", 180)
    yield learning("boot/writers/qemu7.2-sv57-smp2", 240, qemu="7.2", mode="sv57")
    yield boot("boot/self-page/qemu7.2-sv57-smp2", ["self-page"], 180)
    yield boot("boot/livemark/qemu7.2-sv39-smp2", ["livemark"], 180, mode="sv39")
    yield boot("boot/badinput+reload/qemu7.2-sv57-smp2", ["badinput", "reload"], 180)
    yield boot("boot/exhaust/qemu7.2-sv39-smp2", ["exhaust"], 180, mode="sv39",
               append="nacc_pool=1M")
    yield boot("boot/cases-exhaust/64M-qemu7.2-sv57-smp2", ["cases-exhaust"], 600)
    yield boot("boot/cases-quota/qemu7.2-sv57-smp2", ["cases-quota"], 300, append="nacc_pool=16M")
    yield boot("boot/cases-condemned/qemu7.2-sv57-smp2", ["cases-condemned"], 180)
    yield boot("boot/noshim/qemu7.2-sv57-smp2", ["noshim"], 120, bios="stock")
    yield boot("boot/stray/qemu7.2-sv57-smp2", ["stray"], 60,
               expected=[r"Unable to handle kernel paging request"] * 3 +
               [rf"Oops \[#{n}\]" for n in (1, 2, 3)])
    yield boot("boot/stress+root/qemu10.0-svade-sv57-smp2", ["stress", "root"], 240,
               "10.0", cpu="rv64,svade=on,svadu=off", append="nacc.ad=fixed,faults")
    yield boot("boot/defects+root/qemu7.2-sv57-smp2", ["defects", "root"], 300, cpu="rv64,v=on",
               append=AD["7.2"])
    yield boot("boot/harts+dirty/qemu7.2-sv39-smp2", ["harts", "dirty"], 300, mode="sv39",
               expected=[SKIPPED])
    yield boot("boot/roots/qemu7.2-sv57-smp2", ["roots"], 300)
    yield boot("boot/system/qemu7.2-sv57-smp2", ["system"], 300)
    yield boot("boot/efi/edk2-acpi-qemu10.0-sv57-smp2", ["efi"], 240, "10.0", way="edk2-acpi",
               more=LOADERS, append="nacc.efi=write,acpi")
    yield boot("boot/signed/edk2-acpi-qemu10.0-sv57-smp2", ["signed"], 120, "10.0",
               way="edk2-acpi", more=SIGNED, append="module.sig_enforce=1",
               variables="build/testing/signed/vars.fd")
    yield resetting("boot/secret-reset/qemu7.2-sv57-smp2", 120, qemu="7.2", mode="sv57")
    yield boot("boot/opensbi1.8/qemu10.0-sv39-smp2", ["cases-deputy", "secret"], 300, "10.0",
               "sv39",
               firmware="1.8", more=OPENSBI_1_8)
    yield boot("boot/cases-stranded/qemu7.2-sv57-smp2", ["cases-stranded"], 120)
    yield boot("boot/systemd/qemu7.2-sv57-smp2", ["systemd"], 300, append="nacc.init=systemd",
               more=("tools/vm/setup-systemd", ["build/systemd/programs"]))
    yield boot("boot/napot/qemu7.2-sv48-smp2", ["napot"], 120, mode="sv48",
               cpu="rv64,svnapot=on,svpbmt=on")
    yield boot("boot/policy-audit/qemu7.2-sv48-smp2", ["policy"], 120, mode="sv48",
               append="nacc.policy=audit")
    yield boot("boot/policy-off/qemu10.0-sv39-smp2", ["policy"], 120, "10.0", "sv39",
               append="nacc.policy=off")
    yield boot("boot/policy-panic/qemu7.2-sv57-smp2", ["policy"], 60, append="nacc.policy=panic",
               panics="nacc: refused store of store_sd")
    yield boot("boot/routes/qemu7.2-sv57-smp2", ["routes"], 600, append="nacc.ways=ftrace")
    for qemu, mode in (("7.2", "sv57"), ("10.0", "sv48"), ("7.2", "sv39")):
        if every or mode == "sv48":
            yield boot(f"boot/cases-routes/qemu{qemu}-{mode}-smp2", ["cases-routes"], 240, qemu, mode)
    yield boot("boot/cases-windows/qemu7.2-sv57-smp2", ["cases-windows"], 400)
    yield boot("boot/cases-windows-late/qemu7.2-sv48-smp2", ["cases-windows"], 400, mode="sv48",
               append="nacc.hide=mm_init,mm_alloc,uprobe_dup_mmap,wake_up_new_task,begin_new_exec")
    yield boot("boot/cases-fork/nodes-qemu7.2-sv57-smp2", ["cases-fork"], 600, machine=NODES)
    yield boot("boot/hotplug/qemu7.2-sv57-smp2", ["hotplug"], 200, append="movablecore=1G")
    yield boot("boot/cases-collapse/qemu7.2-sv57-smp2", ["cases-collapse"], 240,
               append="rcu_nocbs=all")
    yield boot("boot/cases-many/qemu7.2-sv57-smp2", ["cases-many"], 400)
    yield boot("boot/gup-kprobe/qemu10.0-sv48-smp2", ["gup"], 240, "10.0", "sv48",
               append=f"nacc.hook=kprobe {FORCED}")
    yield boot("boot/cases-hooks/qemu7.2-sv57-smp2", ["hooks"], 400)
    yield boot("boot/cases-hooks-dead/qemu7.2-sv48-smp2", ["hooks-dead"], 180, mode="sv48",
               expected=HOOKS_DEAD)
    yield boot("boot/cases-audit/qemu7.2-sv57-smp2", ["cases-audit"], 300)
    yield boot("boot/cases-selftest/qemu10.0-sv39-smp2", ["cases-selftest"], 120, "10.0", "sv39",
               append="nacc_pool=1M")
    yield boot("boot/cases-selftest-audit/qemu7.2-sv48-smp2", ["cases-selftest"], 120, mode="sv48",
               append="nacc_pool=1M nacc.policy=audit")
    yield hibernating("boot/cases-power/qemu7.2-sv57-smp2", "power", 5, 240, qemu="7.2", mode="sv57",
                      smp=2, mem="1G")
    yield boot("boot/cases-hooks-bpf/qemu7.2-sv57-smp2", ["bpf", "tracing"], 500,
               more=("tools/vm/setup-bpf", ["build/bpf/programs"]))
    yield boot("boot/semantics-gate/qemu7.2-sv57-smp2", ["semantics"], 500, more=SEMANTICS,
               append=f"{PATIENCE} semantics.gate=enforce")
    for profile in ("marked", "system") if every else ("system",):
        yield boot(f"boot/kexec-{profile}/qemu7.2-sv57-smp2", ["kexec"], 240,
                   append=f"retain_initrd nacc.profile={profile} nacc.kexec=first",
                   more=("tools/testing/mkkernel", ["build/testing/kernel"]))
    yield boot("boot/kexec-crash/qemu7.2-sv57-smp2", ["kexec"], 240,
               append="retain_initrd crashkernel=640M nacc.profile=system nacc.kexec=until_the_crash",
               expected=[guest_boot.CRASH],
               more=("tools/testing/mkkernel", ["build/testing/kernel"]))
    yield boot("boot/poweroff/qemu10.0-sv48-smp2", ["poweroff"], 60, "10.0", "sv48")
    yield boot("boot/cases-deputy/qemu7.2-sv57-smp2", ["cases-deputy"], 180)
    yield boot("boot/cgroup/qemu7.2-sv57-smp2", ["cgroup"], 400)
    yield boot("boot/join+monitor/qemu7.2-sv48-smp2", ["join", "monitor"], 240, mode="sv48",
               append="audit=1")
    if every:
        yield from second_boots()


def second_boots():
    """What another boot has on another emulator, or has the longer way: not within the hour
    that "make test" may take on two processors."""
    yield boot("boot/oci/qemu10.0-sv39-smp2", ["oci"], 300, "10.0", "sv39")
    yield boot("boot/attack/qemu10.0-sv39-smp2", ["attack", "ecalls"], 180, "10.0", "sv39")
    yield boot("boot/gate/qemu7.2-sv57-smp2", ["gate"], 400)
    yield boot("boot/gate-containers/qemu10.0-sv39-smp2", ["gate-containers"], 500, "10.0",
               "sv39", more=CONTAINERS)
    yield boot("boot/gate-events/qemu10.0-sv39-smp2", ["gate-events"], 200, "10.0", "sv39")
    yield boot("boot/gate-registers/qemu10.0-sv39-smp2", ["gate-registers"], 400, "10.0", "sv39")
    yield boot("boot/seal/qemu10.0-sv39-smp2", ["seal"], 300, "10.0", "sv39")
    yield reporting("boot/report/qemu10.0-sv39-smp2", 180, qemu="10.0", mode="sv39")
    yield boot("boot/self-page/qemu10.0-sv39-smp2", ["self-page"], 180, "10.0", "sv39")
    yield boot("boot/secret/qemu10.0-sv39-smp2", ["secret"], 240, "10.0", "sv39")
    yield boot("boot/livemark/qemu10.0-sv57-smp2", ["livemark"], 180, "10.0")
    yield boot("boot/cases-exhaust/64M-kprobe-qemu10.0-sv48-smp2", ["cases-exhaust"], 600, "10.0",
               "sv48", append="nacc.hook=kprobe")
    yield boot("boot/cases-quota/qemu10.0-sv39-smp2", ["cases-quota"], 300, "10.0", "sv39",
               append="nacc_pool=16M")
    yield boot("boot/defects+root/qemu10.0-sv48-smp2", ["defects", "root"], 300, "10.0", "sv48",
               cpu="rv64,v=on", append=AD["10.0"])
    yield boot("boot/harts+dirty/qemu10.0-sv57-smp2", ["harts", "dirty"], 300, "10.0",
               expected=[SKIPPED])
    yield boot("boot/roots/qemu10.0-sv48-smp2", ["roots"], 300, "10.0", "sv48")
    yield boot("boot/roots-forged/qemu7.2-sv57-smp2", ["roots-forged"], 900)
    yield boot("boot/system/qemu10.0-sv39-smp2", ["system"], 300, "10.0", "sv39")
    yield boot("boot/cases-stranded/qemu10.0-sv39-smp1", ["cases-stranded"], 120, "10.0", "sv39", 1)
    yield boot("boot/cases-hooks/qemu10.0-sv39-smp2", ["hooks"], 400, "10.0", "sv39")
    yield boot("boot/cases-deputy/qemu10.0-sv39-smp2", ["cases-deputy"], 180, "10.0", "sv39")
    yield boot("boot/stress/imsic-qemu10.0-sv57-smp6", ["stress"], 300, "10.0", smp=6,
               aia=IMSIC)
    yield boot("boot/gate-vector/vlen1024-qemu10.0-sv39-smp2", ["gate-vector"], 300, "10.0", "sv39",
               cpu="rv64,v=on,vlen=1024")
    yield boot("boot/self-page/qemu7.2-sv48-smp1", ["self-page"], 180, mode="sv48", smp=1)
    yield boot("boot/secret/qemu7.2-sv57-smp2", ["secret"], 240)
    yield boot("boot/cases-exhaust/1M-qemu10.0-sv39-smp2", ["cases-exhaust"], 600, "10.0",
               "sv39", append="nacc_pool=1M")
    yield boot("boot/roots/qemu10.0-sv39-smp2", ["roots"], 300, "10.0", "sv39", cpu="rv64,h=false")
    yield boot("boot/routes/qemu10.0-sv39-smp2", ["routes"], 600, "10.0", "sv39",
               append="nacc.ways=kprobe,off")
    yield boot("boot/cases-windows-inlined/qemu7.2-sv39-smp2", ["cases-windows"], 400, mode="sv39",
               append="nacc.hide=mm_init")
    yield boot("boot/cases-windows-parent/qemu10.0-sv39-smp2", ["cases-windows"], 400, "10.0",
               "sv39", append="nacc.hide=mm_init,mm_alloc,uprobe_dup_mmap")
    yield boot("boot/cases-fork/kprobe-qemu10.0-sv39-smp2", ["cases-fork"], 600, "10.0", "sv39",
               append="nacc.hook=kprobe")
    yield boot("boot/gup/qemu7.2-sv57-smp2", ["gup"], 240, append=FORCED)
    yield hibernating("boot/cases-power-noshim/qemu10.0-sv39-smp2", "power", 2, 240, qemu="10.0",
                      mode="sv39", smp=2, mem="1G", bios="stock")
    yield boot("boot/cgroup-late/qemu10.0-sv39-smp2", ["cgroup"], 400, "10.0", "sv39",
               append="nacc.hide=mm_init,mm_alloc,uprobe_dup_mmap,wake_up_new_task,begin_new_exec")
    yield boot("boot/semantics/qemu7.2-sv57-smp2", ["semantics"], 400, more=SEMANTICS,
               append=PATIENCE)
