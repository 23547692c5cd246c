// SPDX-License-Identifier: GPL-2.0
/* Stores that touch more than one entry, or a page more than one. */
#include <linux/array_size.h>
#include <linux/cpufeature.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/asm-extable.h>
#include <asm/csr.h>
#include <asm/hwcap.h>

#include "attack.h"

#define WORDS	16	/* looked at: 64 bytes before and behind */

static int store_vector(void *addr)
{
	unsigned long flags, status;
	long err = -EFAULT;

	/* Nobody's vector registers are in use here: this is a shell's write(2). */
	local_irq_save(flags);
	status = csr_read(CSR_STATUS) & SR_VS;
	csr_set(CSR_STATUS, SR_VS);
	asm volatile(".option push\n.option arch, +v\n"
		     "vsetivli zero, 2, e64, m1, ta, ma\nvmv.v.i v0, 7\n"
		     "1: vse64.v v0, (%[p])\nli %[err], 0\n2:\ncsrw vstart, zero\n.option pop\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+&r"(err) : [p] "r"(addr) : "memory");
	csr_clear(CSR_STATUS, SR_VS);
	csr_set(CSR_STATUS, status);
	local_irq_restore(flags);
	return err;
}

static int store_cbo_zero(void *addr)
{
	long err = -EFAULT;

	/* cbo.zero a0 */
	asm volatile("mv a0, %[p]\n1: .4byte 0x0045200f\nli %[err], 0\n2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+&r"(err) : [p] "r"(addr) : "a0", "memory");
	return err;
}

/* No store, but what is in the cache and not in memory may be gone after it. */
static int cbo_inval(void *addr)
{
	long err = -EFAULT;

	/* cbo.inval a0 */
	asm volatile("mv a0, %[p]\n1: .4byte 0x0005200f\nli %[err], 0\n2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+&r"(err) : [p] "r"(addr) : "a0", "memory");
	return err;
}

static int store_straddle(void *addr)
{
	u64 value = 0x5555555555555555;
	long err = -EFAULT;

	asm volatile(".option push\n.option norvc\n1: sd %[v], -4(%[p])\n.option pop\n"
		     "li %[err], 0\n2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+&r"(err) : [p] "r"(addr), [v] "r"(value) : "memory");
	return err;
}

static bool always(void) { return true; }
static bool vector(void) { return riscv_isa_extension_available(NULL, v); }
static bool zicbom(void) { return riscv_isa_extension_available(NULL, ZICBOM); }
static bool zicboz(void) { return riscv_isa_extension_available(NULL, ZICBOZ); }

static const struct {
	const char *name;
	bool (*there)(void);
	int (*store)(void *addr);
} kinds[] = {
	{ "vector", vector, store_vector },
	{ "cbo.zero", zicboz, store_cbo_zero },
	{ "cbo.inval", zicbom, cbo_inval },
	{ "straddle", always, store_straddle },	/* 4 bytes before PA, 4 at it */
};

/** attack_wide() - KIND PA: such a store; nothing takes it back */
int attack_wide(const char *kind, phys_addr_t pa, struct seq_buf *out)
{
	u64 before[WORDS], after[WORDS];
	u64 *from = __va(pa) - sizeof(before) / 2;
	unsigned int i, n, changed = 0;
	int err;

	for (n = 0; n < ARRAY_SIZE(kinds) && strcmp(kind, kinds[n].name); n++)
		;
	if (n == ARRAY_SIZE(kinds))
		return -EINVAL;
	if (!kinds[n].there()) {
		seq_buf_printf(out, "store=missing kind=%s\n", kind);
		return 0;
	}
	err = copy_from_kernel_nofault(before, from, sizeof(before));
	if (err)
		return err;
	err = kinds[n].store(__va(pa));
	if (copy_from_kernel_nofault(after, from, sizeof(after)))
		return -EFAULT;
	for (i = 0; i < WORDS; i++)
		changed += before[i] != after[i];
	seq_buf_printf(out, "store=%s kind=%s addr=%#lx changed=%u\n", err ? "refused" : "done",
		       kind, (unsigned long)__va(pa), changed);
	return 0;
}

/* Two pages side by side, not zero, for the stores that shall succeed. */
static struct page *pair;

/** attack_pair() - two adjoining pages of our own; the address of the second */
int attack_pair(const u64 *arg, struct seq_buf *out)
{
	attack_pair_free();
	pair = alloc_pages(GFP_KERNEL, 1);
	if (!pair)
		return -ENOMEM;
	memset(page_address(pair), 0x11, 2 * PAGE_SIZE);
	seq_buf_printf(out, "page=%#llx\n", (u64)page_to_phys(pair) + PAGE_SIZE);
	return 0;
}

/** attack_pair_free() - give them back */
void attack_pair_free(void)
{
	if (pair)
		__free_pages(pair, 1);
	pair = NULL;
}

/* --- a seam ------------------------------------------------------------------------- */

static unsigned int changed_words(const u64 *a, const u64 *b)
{
	unsigned int i, n = 0;

	for (i = 0; i < PAGE_SIZE / sizeof(*a); i++)
		n += a[i] != b[i];
	return n;
}

/**
 * attack_seam() - KIND PA VALUE: a misaligned sd into the beginning of page PA
 *
 * Its first four bytes lie in an ordinary page that is mapped before PA, so the
 * fault is about an aligned address that the instruction does not name.
 */
int attack_seam(const char *kind, phys_addr_t pa, u64 value, struct seq_buf *out)
{
	phys_addr_t own = attack_page_alloc(), copy = attack_page_alloc();
	struct page *pages[2];
	int err;
	void *at;

	if (!own || !copy)
		return -ENOMEM;
	err = attack_deputy_init();
	if (err)
		return err;
	pages[0] = phys_to_page(own);
	pages[1] = phys_to_page(pa);
	at = vmap(pages, 2, VM_MAP, PAGE_KERNEL);
	if (!at)
		return -ENOMEM;
	if (copy_from_kernel_nofault(attack_page(copy), at + PAGE_SIZE, PAGE_SIZE))
		err = -EFAULT;
	else if (!strcmp(kind, "writer"))
		attack_deputy(at + PAGE_SIZE - 4, value);
	else if (!strcmp(kind, "sd"))
		attack_sd_at(at + PAGE_SIZE - 4, value);
	else
		err = -EINVAL;
	if (!err)
		seq_buf_printf(out, "changed=%u first=%#llx before=%u\n",
			       changed_words(attack_page(copy), at + PAGE_SIZE),
			       *(u64 *)(at + PAGE_SIZE), *(u32 *)(at + PAGE_SIZE - 4) != 0);
	vunmap(at);
	return err;
}
