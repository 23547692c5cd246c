# SPDX-License-Identifier: GPL-2.0
#
# What people type.  The work is in tools/vm and tools/testing.

# Options, given as "make run SMP=4 QEMU=10.0"; empty means the default.
SMP    ?= 2
MEM    ?= 2G
MODE   ?= sv57
# What is between firmware and kernel (tools/vm/boots.py); "make kunit" has names of its own.
BOOT   ?=
QEMU   ?= $(if $(filter edk2% grub,$(BOOT)),10.0,7.2)
KERNEL ?=
# The firmware: 1.6 or 1.8
OPENSBI ?= 1.6
run shell: export NACC_BOOT := $(BOOT)
export NACC_OPENSBI := $(OPENSBI)
FIRMWARE := build/opensbi$(patsubst %,-%,$(filter-out 1.6,$(OPENSBI)))
export SMP MEM MODE QEMU KERNEL
export NACC_T0 := $(shell date +%s)

# What makes no sense is said before anything is done: what was given, the place, the machine.
quoted = '$(subst ','\'',$(1))'
GOALS := $(or $(MAKECMDGOALS),help)
# What these goals do not ask for, and was given to make all the same
given = $(foreach o,$(1),$(if $(filter command,$(firstword $(origin $(o)))),$(if $($(o)),$(o))))
UNHEARD := $(firstword $(if $(filter test matrix,$(GOALS)),$(call given,SMP MEM MODE QEMU OPENSBI)) \
	$(if $(filter demo screens tutorial test matrix bench semantics soak engines,$(GOALS)),$(call given,BOOT)))
WRONG := $(shell tools/vm/options $(if $(filter-out help install clean distclean,$(GOALS)),--build) \
	$(foreach o,SMP MEM MODE QEMU KERNEL OPENSBI,$(call quoted,$(o)=$($(o)))) \
	$(call quoted,$(if $(filter kunit,$(GOALS)),KUNIT,BOOT)=$(BOOT)) \
	$(if $(UNHEARD),UNHEARD=$(UNHEARD)) 2>&1)
ifneq ($(WRONG),)
$(error $(WRONG))
endif

MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.PHONY: help run demo shell hosts screens shell-parts tutorial site test matrix bench semantics soak check engines fuzz prove prove-mutants coverage kunit mutants corim \
	clean distclean deps shim kmod tools build install deb deb-test
.DEFAULT_GOAL := help

VM := tools/vm
# The reason the last failed step gave, in one sentence.
REASON = $$(cat build/logs/reason 2>/dev/null || echo "the build failed")

# Fetched when one of them is asked for
LOADERS := $(if $(filter-out direct,$(BOOT)),$(VM)/setup-boot,:)

help:
	@echo 'NACC: page tables of marked containers that only firmware can change,'
	@echo '      on a stock RISC-V Linux kernel.'
	@echo ''
	@echo '  make run        set everything up and show the whole story in a virtual machine'
	@echo '  make demo       an attack on a container without NACC and with it, side by side, step by step'
	@echo '  make shell      a shell in that machine, with nacc and nacc.ko in place'
	@echo '  make screens    docs/screens.md: nacc top and nacc monitor, as they look (wants tmux)'
	@echo '  make tutorial   is what docs/tutorial.md and README show what happens? (WRITE=1: renew it)'
	@echo '  make hosts      what README says first, on fresh Debians of 12 and 13 (wants root, mmdebstrap)'
	@echo '  make site       README and docs/ as a site in build/site/html, looked at in a browser'
	@echo '  make test       all tests; the last line is "N passed, N failed"'
	@echo '  make matrix     kernels, firmware, machines: a boot for each of a list'
	@echo '  make bench      what marking costs, in instructions: works, real programs, one store'
	@echo '  make semantics  kselftests and stress-ng, unmarked and marked: the same results'
	@echo '  make soak T=30  everything at once on four harts, T minutes'
	@echo '  make engines    podman, docker, containerd, Slurm with systemd: each asked the same'
	@echo '  make kunit      tests that run inside the module, on kernels built for them (KERNEL=)'
	@echo '  make mutants    do those tests see a module with a defect?'
	@echo '  make check      static checks: checkpatch, sparse, -Werror builds, shellcheck'
	@echo '  make coverage   lines and branches of the validator core that its tests reach'
	@echo '  make fuzz T=60  the validator core under a fuzzer, T seconds for each harness'
	@echo '  make prove      the invariants of the validator core, proved for small tables'
	@echo '  make prove-mutants   do the proofs see a core with a defect?'
	@echo ''
	@echo '  make corim      what a report of this firmware and kernel must say was measured'
	@echo ''
	@echo '  make deps       fetch and prepare what is not ours (needs the network once)'
	@echo '  make shim       build/opensbi/fw_dynamic.bin: OpenSBI with the shim'
	@echo '  make kmod       build/kmod/nacc.ko'
	@echo '  make tools      build/guest-bin/nacc'
	@echo '  make install    command, library, service, and the firmware if it was built:'
	@echo '                  DESTDIR=, prefix=/usr, PARTS="command service": some of it'
	@echo '  make deb        Debian packages for riscv64, in build/deb'
	@echo '  make deb-test   they are installed by apt, used, upgraded and purged in a guest'
	@echo '  make clean      remove what was built from this tree, and logs; what was fetched stays'
	@echo '  make distclean  remove build/, with all that was fetched'
	@echo ''
	@echo 'Options (make run SMP=1 MODE=sv39):'
	@echo '  SMP=N           harts                                    (now $(SMP))'
	@echo '  MEM=SIZE        memory                                   (now $(MEM))'
	@echo '  MODE=MODE       page table format: sv39 sv48 sv57        (now $(MODE))'
	@echo '  QEMU=VERSION    7.2 or 10.0                              (now $(QEMU))'
	@echo '  BOOT=WAY        direct uboot uboot-efi edk2 edk2-acpi grub  (now $(or $(BOOT),direct))'
	@echo '  OPENSBI=VERSION 1.6 or 1.8: the firmware                 (now $(OPENSBI))'
	@echo '  KERNEL=KERNEL   a suite of Debian (sid: its newest kernel), an exact'
	@echo '                  kernel package, or PACKAGE/SUITE         (now $(or $(KERNEL),trixie))'
	@echo ''
	@echo 'Start with "make run".  Logs are in build/logs.'

deps:
	@$(VM)/setup all

shim kmod tools:
	@$(VM)/setup all
	@$(VM)/build $@

build:
	@$(VM)/setup all
	@$(VM)/build all

run:
	@rm -f build/logs/reason; \
	{ $(VM)/setup all && $(VM)/setup-podman && $(LOADERS) && $(VM)/build all; } || \
		{ echo "nacc-run: FAILED: $(REASON)"; exit 1; }
	@tools/testing/run-story

# STEP=0: without waiting for a key between the steps.
STEP ?= 1
export STEP
demo: build
	@tools/testing/run-demo

shell-parts: build
	@$(VM)/setup-shell
	@$(VM)/setup-podman
	@tools/testing/mkoverlay
	@tools/testing/mkshell

shell: shell-parts
	@$(LOADERS)
	@$(VM)/run --shell $(foreach d,$(shell sed '/^\#/d' tools/testing/shell/overlays),--overlay build/$d)

# docs/screens.md: what nacc top and nacc monitor look like. Wants tmux.
screens: shell-parts
	@tools/testing/run-screens --write

# WRITE=1: what comes back this time goes into the pages, and README's session is recorded.
WRITE ?=
tutorial: shell-parts
	@tools/testing/run-tutorial $(if $(WRITE),--write) docs/tutorial.md
	@tools/testing/run-tutorial $(if $(WRITE),--write --cast docs/session.cast) README.md
	@$(if $(WRITE),$(VM)/setup site-packages && tools/docs/session)

# README and docs/ as pages, looked at in a browser; nothing of ours has to be built.
site:
	@$(VM)/setup site-packages
	@tools/docs/site
	@tools/docs/check-site

# Fresh Debians in build/hosts; writes docs/hosts.md. TESTS=1: "make test" there, too.
TESTS ?=
hosts:
	@$(VM)/setup host-packages
	@tools/testing/hosts $(if $(TESTS),--tests)

test:
	@rm -f build/logs/reason; \
	{ $(VM)/setup all test-packages checkpatch cbmc && $(VM)/build all; } || \
		{ echo "set-up: $(REASON)"; echo "0 passed, 1 failed"; exit 1; }
	@$(VM)/setup readers promtool || echo "set-up: $(REASON): alerts are not read by promtool"
	@tools/testing/run-tests $(if $(ALL),--all)

# ONLY='kernel=sid*': cells of tools/testing/matrix.cells that match.
matrix: ONLY = *
matrix:
	@$(VM)/setup host-packages
	@tools/testing/matrix --only '$(ONLY)'

bench: build
	@$(VM)/setup-bench
	@$(MAKE) -C tools/bench bench
	@tools/bench/guest/run-bench

# ONLY='mm/*': tests whose names match; ICOUNT=1: a clock that a busy host does not disturb.
ONLY ?= *
ICOUNT ?=
semantics: build
	@$(VM)/setup-semantics
	@tools/semantics/run-semantics --only '$(ONLY)' $(if $(ICOUNT),--icount) \
		$(if $(filter *,$(ONLY)),--docs)

# T minutes of it; fuzz below takes T as seconds.
soak: T = 30
soak: build
	@$(VM)/setup-semantics
	@tools/semantics/run-soak $(T)

# ENGINE="podman docker": some of them; only all of them write docs/containers.md.
ENGINE ?=
engines: build
	@tools/testing/engines/run-engines $(if $(ENGINE),$(ENGINE),--write)

# BOOT=plain, debug or ptc; empty means all of them.
kunit:
	@$(VM)/setup host-packages
	@kunit/run $(addprefix --boot ,$(BOOT))

# SUITE=nacc_pool: the mutants of one suite; N="3 10-14": those numbers.
mutants:
	@$(VM)/setup host-packages
	@kunit/mutate $(addprefix --suite ,$(SUITE)) $(addprefix --number ,$(N))

check:
	@$(VM)/check

# The core under the fuzzer, T seconds for each harness.
T ?= 60
fuzz:
	@$(VM)/setup host-packages test-packages
	@$(MAKE) -C sbi-shim/fuzz O=$(CURDIR)/build/shim-fuzz T=$(T) fuzz

# Proofs of the core; see "What is proved" in docs/testing.md.
prove:
	@$(VM)/setup host-packages cbmc
	@$(MAKE) -C sbi-shim/prove O=$(CURDIR)/build/shim-prove prove

prove-mutants:
	@$(VM)/setup host-packages cbmc
	@$(MAKE) -C sbi-shim/prove O=$(CURDIR)/build/shim-prove mutants

coverage:
	@$(VM)/setup host-packages test-packages
	@$(MAKE) -C sbi-shim/tests O=$(CURDIR)/build/shim-tests coverage

# Reference values: build/evidence. CMDLINE='...': the kernel's, else that of "make shell";
# REPORT=FILE: a report whose set-up is to be believed.
CMDLINE ?=
REPORT ?=
corim: shim
	@$(VM)/setup test-packages
	@mkdir -p build/evidence && cp tools/evidence/development.pub build/evidence/
	@tools/evidence/corim --out build/evidence/reference.corim \
		--firmware $(FIRMWARE)/fw_dynamic.elf --kernel build/guest/kernel/vmlinuz \
		--cmdline "$(or $(CMDLINE),$$($(VM)/run --cmdline --shell))" \
		$(addprefix --report ,$(REPORT))

# For the machine that it is made on, if that is a RISC-V one; elsewhere for one.
DESTDIR ?=
prefix ?= /usr
PARTS ?= command service libnacc slurm firmware doc
NATIVE := $(filter riscv64,$(shell uname -m))
# What systemd and udev read, where they would not look below that prefix
INSTALL_TO = $(foreach f,unitdir udevdir sysusersdir modulesloaddir,$(if $(filter command,$(origin $(f))),$(f)=$(call quoted,$($(f)))))
INSTALL_CC := $(if $(NATIVE),$(CC),$(CURDIR)/$(VM)/guest-cc)
install:
	@tools/packaging/put --list prefix=$(call quoted,$(prefix)) $(INSTALL_TO) doc >/dev/null
	@$(VM)/setup $(if $(NATIVE),,host-packages sysroot) sodium-src
	@CC='$(INSTALL_CC)' tools/packaging/compile build/install prefix=$(call quoted,$(prefix))
	@tools/packaging/put DESTDIR=$(call quoted,$(DESTDIR)) prefix=$(call quoted,$(prefix)) $(INSTALL_TO) nacc="$$PWD/build/install/nacc" \
		libnacc="$$PWD/build/install/libnacc" slurm="$$PWD/build/install/slurm" firmware="$$PWD/$(FIRMWARE)" $(PARTS)

# Debian packages, in build/deb.
deb:
	@tools/packaging/deb

# Installed by apt on a Debian with systemd, used, upgraded, purged. PREBUILT=1: gcc does not
# run under emulation, dkms is given the module.
PREBUILT ?=
deb-test:
	@$(VM)/setup host-packages
	@tools/packaging/deb-test $(if $(PREBUILT),--prebuilt)

# What was fetched, or was made of that alone. All else that is in build/ is of this tree.
FETCHED := apt bench boot bpf cache cbmc checkpatch debian engines gcc-% guest headers kernels kunit \
	opensbi-src% podman promtool qemu7 qemu10 semantics shell slurm-dev sodium-src stamps sysroot systemd
clean:
	rm -rf $(filter-out $(FETCHED:%=build/%),$(wildcard build/*)) $(wildcard build/stamps/opensbi-?????? \
		build/kernels/*/kmod-tree build/kunit/tree-* build/kunit/overlay-* build/kunit/mutants \
		build/kunit/*/tree-* build/kunit/*/overlay-* \
		build/*/overlay build/semantics/results.json build/semantics/missing) \
		$(filter-out build/bench/programs,$(wildcard build/bench/*))

distclean:
	rm -rf build
