/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels and only the tests touch; see kmod/compat.h. Found by trying
 * as well: kunit/compat.
 */
#ifndef NACC_TEST_COMPAT_H
#define NACC_TEST_COMPAT_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>

#include "compat.h"

/* Two flags since there are mappings that ask for huge pages all the same. */
#ifndef MMF_DISABLE_THP
#define MMF_DISABLE_THP	MMF_DISABLE_THP_COMPLETELY
#endif

/* A flag of an mm, on or off. */
static inline void test_mm_flag(struct mm_struct *mm, int flag, bool on)
{
#ifdef NACC_HAS_MM_FLAGS_SET
	if (on)
		mm_flags_set(flag, mm);
	else
		mm_flags_clear(flag, mm);
#else
	if (on)
		set_bit(flag, &mm->flags);
	else
		clear_bit(flag, &mm->flags);
#endif
}

/* A file of the kernel's own, for shared mappings. */
static inline struct file *test_shmem_file(const char *name, loff_t size)
{
#ifdef NACC_HAS_SHMEM_VMA_FLAGS
	return shmem_kernel_file_setup(name, size, EMPTY_VMA_FLAGS);
#else
	return shmem_kernel_file_setup(name, size, 0);
#endif
}

/* What a mapping of bare page frames maps goes, as when its driver takes it away. */
static inline void test_zap_special(struct vm_area_struct *vma, unsigned long addr,
				    unsigned long size)
{
#ifdef NACC_HAS_ZAP_SPECIAL_VMA_RANGE
	zap_special_vma_range(vma, addr, size);
#else
	zap_vma_ptes(vma, addr, size);
#endif
}

#ifdef CONFIG_PER_VMA_LOCK
/* A VMA's own lock, as a fault has it; under the mmap lock, so that there is no writer. */
static inline bool test_vma_read(struct vm_area_struct *vma)
{
#ifdef NACC_HAS_VMA_REFCOUNT
	return vma_start_read_locked(vma);
#else
	return vma_start_read(vma);
#endif
}
#endif

/* What a generator of parameters is given: in some kernels the test that wants them, too. */
#ifdef NACC_HAS_KUNIT_PARAM_TEST
#define TEST_GENERATOR_ARGS	(struct kunit *test, const void *prev, char *desc)
#else
#define TEST_GENERATOR_ARGS	(const void *prev, char *desc)
#endif

#endif /* NACC_TEST_COMPAT_H */
