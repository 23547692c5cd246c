# SPDX-License-Identifier: BSD-2-Clause
#
# NACC shim, installed as platform/generic/nacc/. OpenSBI's Makefile searches the
# platform for files of this name, so none of its own has to be changed.

carray-platform_override_modules-y += nacc_virt

platform-objs-y += nacc/platform.o nacc/place.o nacc/fdt.o nacc/walker.o
platform-objs-y += nacc/entry.o nacc/rows.o nacc/fast.o nacc/trap.o nacc/walk.o
platform-objs-y += nacc/ecall.o nacc/fence.o nacc/arm.o nacc/hart.o nacc/glue.o
platform-objs-y += nacc/satp.o nacc/tvm.o nacc/illegal.o nacc/gate.o nacc/dbtr.o nacc/handler.o
platform-objs-y += nacc/turned.o nacc/user.o
platform-objs-y += $(patsubst $(platform_src_dir)/%.c,%.o,$(sort \
	$(wildcard $(platform_src_dir)/nacc/core/*.c) \
	$(wildcard $(platform_src_dir)/nacc/calls/*.c) \
	$(wildcard $(platform_src_dir)/nacc/roots/*.c) \
	$(wildcard $(platform_src_dir)/nacc/contexts/*.c) \
	$(wildcard $(platform_src_dir)/nacc/audit/*.c)))

# Only the shim's own objects get the shim's flags.
$(platform_build_dir)/nacc/%: platform-cflags-y += -Wextra \
	-I$(platform_src_dir)/nacc/include -I$(platform_src_dir)/nacc/core \
	-I$(platform_src_dir)/nacc/calls -I$(platform_src_dir)/nacc/roots \
	-I$(platform_src_dir)/nacc/contexts -I$(platform_src_dir)/nacc/audit
