// SPDX-License-Identifier: GPL-2.0
/* Set-up: what the shim has to know of this kernel, handed over once. */
#include <linux/gfp.h>
#include <linux/io.h>
#include <asm/page.h>
#include <asm/pgtable.h>

#include "firmware/firmware.h"

/* One page-aligned place of the kernel image that a range is made of. */
struct image_symbol {
	const char *start;
	const char *end;	/* NULL: one page */
};

/* The vDSO, its data and the zero page are mapped into every process. */
static const struct image_symbol user_visible[] __initconst = {
	{ "vdso_start", "vdso_end" },
	/* In 7.2 on harts with Zicfilp and Zicfiss, in place of the first */
	{ "vdso_cfi_start", "vdso_cfi_end" },
	{ "compat_vdso_start", "compat_vdso_end" },
	{ "vdso_data_store", NULL },
	/* 6.17 and 7.0; in 7.2 they are allocated */
	{ "vdso_time_data_store", NULL },
	{ "vdso_rng_data_store", NULL },
	{ "vdso_arch_data_store", NULL },
	{ "empty_zero_page", NULL },
};

static unsigned int nr_writers __ro_after_init;

/**
 * nacc_setup_writers() - number of writer ranges registered
 */
unsigned int nacc_setup_writers(void)
{
	return nr_writers;
}

static u64 __init image_pa(unsigned long va)
{
	return va - kernel_map.va_kernel_pa_offset;
}

static unsigned int __init add_image_ranges(struct nacc_sbi_range *out,
					    const struct image_symbol *symbol,
					    unsigned int nr)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr; i++) {
		unsigned long start = nacc_ksym.lookup(symbol[i].start);
		unsigned long end;

		if (!start)
			continue;
		end = symbol[i].end ? nacc_ksym.lookup(symbol[i].end)
				    : start + PAGE_SIZE;
		if (end <= start)
			continue;
		out[n].start = image_pa(start) & PAGE_MASK;
		out[n++].end = PAGE_ALIGN(image_pa(end));
	}
	return n;
}

/* A kernel whose writers are not all known would be refused its own stores. */
static enum nacc_provenance __init careful(enum nacc_provenance provenance)
{
	const char *missing = nacc_essential_missing(), *unlisted = nacc_installers_unlisted();

	if (provenance != NACC_PROVENANCE_ENFORCE || nacc_essential_known())
		return provenance;
	/* A line of the log has no room for more than some; all of them are in "status". */
	pr_warn("not all functions of this kernel that write page tables are known (%.500s%s%.200s): stores by others are recorded, not refused (provenance=audit); 'nacc doctor' says what to do\n",
		missing, *missing && *unlisted ? "," : "", unlisted);
	return NACC_PROVENANCE_AUDIT;
}

static int __init fill_setup(struct nacc_sbi_setup *setup,
			     enum nacc_provenance provenance)
{
	static const struct image_symbol freed[] __initconst = {
		{ "__init_begin", "__init_end" },
	};
	struct nacc_sbi_range *range = setup->ranges;

	setup->version = NACC_SBI_ABI_VERSION;
	setup->kernel_root = __pa_symbol(nacc_ksym.init_mm->pgd);
	setup->linear_base = kernel_map.va_pa_offset;
	setup->image_va = kernel_map.virt_addr;
	setup->image_pa = kernel_map.phys_addr;
	setup->image_size = PAGE_ALIGN(kernel_map.size);
	setup->nr_writers = nacc_writers_find(range);
	if (!setup->nr_writers) {
		pr_err("no function that writes page tables is known in this kernel: it is not supported\n");
		return -ENOENT;
	}
	if (nacc_learned_check())
		return -EINVAL;
	setup->flags = careful(provenance);
	range += setup->nr_writers;
	setup->nr_user_visible = add_image_ranges(range, user_visible,
						  ARRAY_SIZE(user_visible));
	range += setup->nr_user_visible;
	setup->nr_freed = add_image_ranges(range, freed, ARRAY_SIZE(freed));
	setup->nr_sites = nacc_sites_find(range + setup->nr_freed);
	nr_writers = setup->nr_writers;
	return nacc_guard_sites(setup->nr_sites);
}

/* Kept, to be said again to a firmware that has forgotten it. */
static struct nacc_sbi_setup *setup;
static unsigned long setup_len;

static int hand_over(void)
{
	unsigned long reason;
	int ret;

	ret = nacc_sbi_call(NACC_SBI_SETUP, __pa(setup), setup_len, 0, &reason);
	if (ret == -EEXIST)
		ret = 0;
	else if (ret == -EPERM)
		pr_err("the firmware is locked to another set-up (another kernel, module or provenance=): reset the machine\n");
	else if (ret)
		pr_err("the firmware refused the set-up: %s\n",
		       nacc_reason_name(reason));
	return ret;
}

/**
 * nacc_setup() - hand the shim what it needs to know
 * @provenance: which stores it shall perform (I6); none is refused for it where the
 * kernel's own writers are not all known
 *
 * Context: module load, may sleep.
 * Return: 0, also if the same set-up is locked since an earlier load; -EPERM
 * after one sentence if another one is; -ENOMEM, -ENOENT; -EINVAL after one sentence
 * about a drop-in (learned.c).
 */
int __init nacc_setup(enum nacc_provenance provenance)
{
	int ret;

	setup = alloc_pages_exact(NACC_SBI_SETUP_MAX, GFP_KERNEL | __GFP_ZERO);
	if (!setup)
		return -ENOMEM;
	ret = nacc_learned_read();
	if (!ret)
		ret = fill_setup(setup, provenance);
	nacc_learned_forget();
	if (!ret)
		setup_len = struct_size(setup, ranges, setup->nr_writers +
				setup->nr_user_visible + setup->nr_freed +
				setup->nr_sites);
	if (!ret)
		ret = hand_over();
	if (ret)
		nacc_setup_exit();
	return ret;
}

/**
 * nacc_setup_again() - after a reset of the firmware that this kernel has outlived
 * @locked: lock it, too
 *
 * Context: may sleep.
 * Return: 0, also if the firmware has it still, or as nacc_setup().
 */
int nacc_setup_again(bool locked)
{
	int ret = hand_over();

	if (!ret && locked)
		ret = nacc_sbi_call(NACC_SBI_LOCK, 0, 0, 0, NULL);
	return ret;
}

/**
 * nacc_setup_exit() - forget what nacc_setup() has kept
 */
void nacc_setup_exit(void)
{
	free_pages_exact(setup, NACC_SBI_SETUP_MAX);
}
