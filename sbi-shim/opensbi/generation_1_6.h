/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSBI 1.6: see generation.h */
#ifndef NACC_GENERATION_1_6_H
#define NACC_GENERATION_1_6_H

#include <sbi/sbi_hart.h>
#include <sbi/sbi_scratch.h>

/* Harts have indices from 0 up to, not including, this one. */
#define NACC_NR_HARTS()		(sbi_scratch_last_hartindex() + 1)

/* Ssdbltrp, which it does not know; of a hart without that it is zero. */
#define MSTATUS_SDT		(1UL << 24)

/* A debug trigger in shared memory, and whether UPDATE looks at what it installs */
#define NACC_TRIGGER		struct sbi_dbtr_shmem_entry
#define NACC_UPDATE_IS_CHECKED	true

/* nacc_pmp_known() - can the boot hart have PMP as it is without Smepmp? */
static inline bool nacc_pmp_known(void)
{
	return true;
}

/* nacc_plain_pmp() - PMP as it is without Smepmp. Return: false if something else is used */
static inline bool nacc_plain_pmp(struct sbi_scratch *scratch, bool cold_boot)
{
	(void)cold_boot;
	sbi_hart_update_extension(scratch, SBI_HART_EXT_SMEPMP, false);
	return true;
}

#endif /* NACC_GENERATION_1_6_H */
