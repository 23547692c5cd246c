/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSBI 1.8: see generation.h */
#ifndef NACC_GENERATION_1_8_H
#define NACC_GENERATION_1_8_H

#include <sbi/sbi_hart.h>
#include <sbi/sbi_hart_pmp.h>
#include <sbi/sbi_hart_protection.h>
#include <sbi/sbi_hartmask.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_string.h>

/* Harts have indices from 0 up to, not including, this one. */
#define NACC_NR_HARTS()		sbi_hart_count()

/* A debug trigger in shared memory, and whether UPDATE looks at what it installs */
#define NACC_TRIGGER		union sbi_dbtr_shmem_entry
#define NACC_UPDATE_IS_CHECKED	false

/* A resume of the whole system asks another device than that of one hart does. */
#define NACC_SYSTEM_RESUMES

/*
 * nacc_pmp_known() - can the boot hart have PMP as it is without Smepmp? Return: false if a
 * platform programs its PMP by itself
 */
static inline bool nacc_pmp_known(void)
{
	struct sbi_hart_protection *used = sbi_hart_protection_best();

	return used && (!sbi_strcmp(used->name, "epmp") || !sbi_strcmp(used->name, "pmp"));
}

/*
 * nacc_plain_pmp() - PMP as it is without Smepmp. Which of the two is used is settled by
 * the boot hart, before anything of ours runs. Return: false if it cannot be had
 */
static inline bool nacc_plain_pmp(struct sbi_scratch *scratch, bool cold_boot)
{
	struct sbi_hart_protection *used = sbi_hart_protection_best();

	sbi_hart_update_extension(scratch, SBI_HART_EXT_SMEPMP, false);
	if (cold_boot && used && !sbi_strcmp(used->name, "epmp")) {
		sbi_hart_protection_unregister(used);
		if (sbi_hart_pmp_init(scratch))
			return false;
		used = sbi_hart_protection_best();
	}
	return used && !sbi_strcmp(used->name, "pmp");
}

#endif /* NACC_GENERATION_1_8_H */
