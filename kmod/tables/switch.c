// SPDX-License-Identifier: GPL-2.0
/* How an mm gets another root, on all CPUs at once. */
#include <linux/cpu.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <asm/csr.h>
#include <asm/tlbflush.h>

#include "tables/tables.h"
#include "test.h"

static void switch_local(void *info)
{
	const struct nacc_switch *sw = info;
	unsigned long satp;

	/* Guarded, a write of ours would be one of anybody's. */
	if (nacc_guarded() &&
	    !nacc_sbi_call(NACC_SBI_SWITCH, (unsigned long)sw->mm,
			   PFN_PHYS(sw->old_pfn), PFN_PHYS(sw->new_pfn), NULL))
		return;
	satp = csr_read(CSR_SATP);
	if ((satp & SATP_PPN) == sw->old_pfn)
		csr_write(CSR_SATP, (satp & ~SATP_PPN) | sw->new_pfn);
	local_flush_tlb_all();
}

/**
 * nacc_switch_root() - give an mm another root
 * @mm: the mm; its page tables cannot change (mm_take_all_locks())
 * @new_root: physical address of a root that maps the same
 * @sw: out: for nacc_switch_settle()
 *
 * The interrupt waits for walkers that keep interrupts off (gup_fast). When this
 * returns, all online CPUs walk the new tables, but for one that was between
 * reading mm->pgd and writing satp with interrupts on (efi_virtmap_unload()) or
 * is on its way down: both walk tables that map the same until they are settled.
 */
void nacc_switch_root(struct mm_struct *mm, phys_addr_t new_root,
		      struct nacc_switch *sw)
{
	sw->mm = mm;
	sw->old_pfn = virt_to_pfn(mm->pgd);
	sw->new_pfn = PHYS_PFN(new_root);
	/* Seen by switch_mm() on CPUs that take the interrupt before it. */
	WRITE_ONCE(mm->pgd, __va(new_root));
	nacc_test_switch();
	on_each_cpu(switch_local, sw, 1);
}

/**
 * nacc_switch_settle() - wait until nobody at all uses the old tables
 * @sw: what nacc_switch_root() filled in
 *
 * The grace period ends lockless readers and sections with preemption off, among
 * them the switch of EFI; the second interrupt mends a satp written there. With
 * the hotplug lock no CPU is half way down.
 *
 * Context: may sleep; the caller holds no mmap lock.
 */
void nacc_switch_settle(const struct nacc_switch *sw)
{
	synchronize_rcu();
	nacc_switch_again(sw);
}

/**
 * nacc_switch_again() - the second half of nacc_switch_settle()
 * @sw: what nacc_switch_root() filled in, a grace period ago
 *
 * Context: may sleep; the caller holds no mmap lock.
 */
void nacc_switch_again(const struct nacc_switch *sw)
{
	cpus_read_lock();
	on_each_cpu(switch_local, (void *)sw, 1);
	cpus_read_unlock();
}
