/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where OpenSBI's boot comes by the shim: for the linker (--wrap). What is called __real
 * is OpenSBI's, what is called __wrap ours.
 */
#ifndef NACC_ENTER_H
#define NACC_ENTER_H

#include <sbi/sbi_hsm.h>
#include <sbi/sbi_init.h>
#include <sbi/sbi_platform.h>
#include <sbi/sbi_scratch.h>

/** platform - OpenSBI's, platform/generic/platform.c */
extern struct sbi_platform platform;

void __noreturn __real_sbi_init(struct sbi_scratch *scratch);
void __noreturn __wrap_sbi_init(struct sbi_scratch *scratch);
int __real_sbi_scratch_init(struct sbi_scratch *scratch);
int __wrap_sbi_scratch_init(struct sbi_scratch *scratch);
void __real_sbi_hsm_set_device(const struct sbi_hsm_device *dev);
void __wrap_sbi_hsm_set_device(const struct sbi_hsm_device *dev);
void __real_sbi_system_resume(void);
void __wrap_sbi_system_resume(void);

void __noreturn __real_sbi_system_reset(u32 type, u32 reason);
void __noreturn __wrap_sbi_system_reset(u32 type, u32 reason);

void nacc_enter_resume(void);

#endif /* NACC_ENTER_H */
