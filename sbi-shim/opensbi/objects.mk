# SPDX-License-Identifier: BSD-2-Clause
#
# NACC shim, installed as platform/generic/nacc/. OpenSBI's Makefile searches the
# platform for files of this name, so none of its own has to be changed.

# Where OpenSBI's boot comes by the shim (enter.c), on any platform
platform-ldflags-y += -Wl,--wrap=sbi_init -Wl,--wrap=sbi_scratch_init \
	-Wl,--wrap=sbi_hsm_set_device -Wl,--wrap=sbi_system_resume \
	-Wl,--wrap=sbi_system_reset

platform-objs-y += nacc/enter.o nacc/board.o nacc/probe.o nacc/platform.o nacc/place.o nacc/fdt.o nacc/walker.o
platform-objs-y += nacc/entry.o nacc/rows.o nacc/fast.o nacc/trap.o nacc/walk.o
platform-objs-y += nacc/ecall.o nacc/fence.o nacc/arm.o nacc/hart.o nacc/glue.o
platform-objs-y += nacc/satp.o nacc/tvm.o nacc/illegal.o nacc/gate.o nacc/dbtr.o nacc/handler.o
platform-objs-y += nacc/turned.o nacc/registers.o nacc/units.o nacc/user.o nacc/gated.o nacc/window.o nacc/evidence.o
platform-objs-y += $(patsubst $(platform_src_dir)/%.c,%.o,$(sort \
	$(wildcard $(platform_src_dir)/nacc/core/*.c) \
	$(wildcard $(platform_src_dir)/nacc/calls/*.c) \
	$(wildcard $(platform_src_dir)/nacc/roots/*.c) \
	$(wildcard $(platform_src_dir)/nacc/contexts/*.c) \
	$(wildcard $(platform_src_dir)/nacc/audit/*.c) \
	$(wildcard $(platform_src_dir)/nacc/seals/*.c) \
	$(wildcard $(platform_src_dir)/nacc/evidence/*.c) \
	$(wildcard $(platform_src_dir)/nacc/page/*.c)))

# SHA-512 and Ed25519: libsodium's own files, and headers in place of a C library.
sodium-dir := $(platform_src_dir)/nacc/libsodium
platform-objs-y += nacc/libsodium/crypto_hash/sha512/cp/hash_sha512_cp.o
platform-objs-y += nacc/libsodium/crypto_core/ed25519/ref10/ed25519_ref10.o
platform-objs-y += nacc/libsodium/crypto_sign/ed25519/ref10/sign.o
platform-objs-y += nacc/libsodium/crypto_sign/ed25519/ref10/keypair.o
$(platform_build_dir)/nacc/libsodium/%: platform-cflags-y += -w -DCONFIGURED=1 -DHAVE_TI_MODE=1 \
	-I$(sodium-dir)/include/sodium/private -I$(sodium-dir)/crypto_core/ed25519/ref10/fe_51

# Only the shim's own objects get the shim's flags.
$(platform_build_dir)/nacc/%: platform-cflags-y += -Wextra \
	-I$(platform_src_dir)/nacc/include -I$(platform_src_dir)/nacc/core \
	-I$(platform_src_dir)/nacc/calls -I$(platform_src_dir)/nacc/roots \
	-I$(platform_src_dir)/nacc/contexts -I$(platform_src_dir)/nacc/audit \
	-I$(platform_src_dir)/nacc/seals -I$(platform_src_dir)/nacc/evidence \
	-I$(platform_src_dir)/nacc/page

# Whoever has to do with libsodium
$(platform_build_dir)/nacc/evidence/% $(platform_build_dir)/nacc/libsodium/% \
$(platform_build_dir)/nacc/evidence.o: platform-cflags-y += \
	-I$(platform_src_dir)/nacc/evidence/sodium -I$(sodium-dir)/include/sodium
