// SPDX-License-Identifier: GPL-2.0
/* Several harts and the page-table walker on one entry: is anything lost? (I7) */
#include <linux/cpu.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/asm-extable.h>
#include <asm/csr.h>
#include <asm/pgtable.h>

#include "attack.h"

#define ENOUGH		20	/* A bits cleared in time */
#define PATIENCE	25	/* times the rounds, on a host that runs one hart at a time */

/* --- every value that is swapped in comes out once -------------------------------- */

struct ledger {
	u64 *entry;
	u64 rounds;
	atomic_t gate;
	atomic64_t in;
	atomic64_t out;
	atomic64_t failed;
};

static long exchange(u64 *entry, u64 value, u64 *old)
{
	long err = -EFAULT;

	asm volatile("1: amoswap.d %[old], %[v], (%[p])\nli %[err], 0\n2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [old] "+&r"(*old), [err] "+&r"(err) : [p] "r"(entry), [v] "r"(value)
		     : "memory");
	return err;
}

/* Not present: any value may stand there. */
static u64 token(unsigned int cpu, u64 round)
{
	return ((u64)(cpu + 1) << 32 | round) << 1;
}

static void swap_here(void *arg)
{
	struct ledger *l = arg;
	unsigned int cpu = smp_processor_id();
	u64 i, old = 0;

	attack_meet(&l->gate);
	pagefault_disable();
	for (i = 1; i <= l->rounds; i++) {
		u64 new = token(cpu, i);

		if (exchange(l->entry, new, &old)) {
			atomic64_inc(&l->failed);
			continue;
		}
		atomic64_add(hash_64(new, 64), &l->in);
		atomic64_add(hash_64(old, 64), &l->out);
	}
	pagefault_enable();
}

/**
 * attack_ledger() - PA ROUNDS: all harts swap values of their own into an empty
 * entry; the sums over what went in and what came out must be the same
 */
int attack_ledger(const u64 *arg, struct seq_buf *out)
{
	struct ledger l = { .entry = __va(arg[0]), .rounds = arg[1] };
	u64 last = 0;

	if (l.rounds > ATTACK_ROUNDS_MAX || READ_ONCE(*l.entry))
		return -EINVAL;
	cpus_read_lock();
	atomic_set(&l.gate, num_online_cpus());
	on_each_cpu(swap_here, &l, 1);
	if (exchange(l.entry, 0, &last))
		atomic64_inc(&l.failed);
	atomic64_add(hash_64(last, 64), &l.out);
	seq_buf_printf(out, "cpus=%u met=%d failed=%lld balanced=%d last=%#llx\n",
		       num_online_cpus(), !atomic_read(&l.gate), atomic64_read(&l.failed),
		       atomic64_read(&l.in) == atomic64_read(&l.out), last);
	cpus_read_unlock();
	return 0;
}

/* --- the walker, a writer, and another writer --------------------------------------- */

struct walkers {
	unsigned long satp;
	unsigned long va;
	u64 *slot;
	u64 leaf;
	u64 rounds;
	u64 sets;
	u64 faults;
	u64 missing;
	u64 lost;
	u64 wrong;
	u64 done;
	unsigned int enough;
	unsigned int over;
};

static long user_store(unsigned long va, u64 value)
{
	long err = -EFAULT;

	csr_set(CSR_STATUS, SR_SUM);
	asm volatile("sfence.vma\n1: sd %[v], 0(%[p])\nli %[err], 0\n2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+&r"(err) : [p] "r"(va), [v] "r"(value) : "memory");
	csr_clear(CSR_STATUS, SR_SUM);
	return err;
}

/* A and D are clear; the store sets them, or faults until a writer has. */
static void walk_once(struct walkers *w, u64 round)
{
	const u64 ad = _PAGE_ACCESSED | _PAGE_DIRTY;
	unsigned int i, tries = 0;
	u64 entry;

	attack_deputy(w->slot, w->leaf & ~ad);
	while (user_store(w->va, round) && tries++ < 1000) {
		w->faults++;
		attack_deputy(w->slot, w->leaf | ad);
	}
	w->sets += tries ?: 1;
	for (i = 0; i < 20; i++)
		cpu_relax();
	entry = READ_ONCE(*w->slot);
	w->missing += !(entry & _PAGE_ACCESSED);
	w->lost += !(entry & _PAGE_DIRTY);
	w->wrong += (entry | ad) != (w->leaf | ad);
}

static void walk_here(void *arg)
{
	struct walkers *w = arg;
	unsigned long old = csr_read(CSR_SATP);
	u64 i;

	csr_write(CSR_SATP, w->satp);
	asm volatile("sfence.vma" : : : "memory");
	pagefault_disable();
	for (i = 0; i < w->rounds || (i < PATIENCE * w->rounds && !READ_ONCE(w->enough)); i++)
		walk_once(w, i);
	w->done = i;
	pagefault_enable();
	csr_write(CSR_SATP, old);
	asm volatile("sfence.vma" : : : "memory");
	WRITE_ONCE(w->over, 1);
}

/**
 * attack_walker() - ROUNDS: one hart lets its walker set A and D while another
 * hart clears A of the same entry
 *
 * D that is set by the one must not be lost to the other. Each A that is missing
 * has been cleared, and none has been cleared that had not been set.
 */
int attack_walker(const u64 *arg, struct seq_buf *out)
{
	static struct vm_area_struct vma;
	static struct walkers w;
	u64 cleared = 0, looks = 0;
	int cpu, err = attack_deputy_init();

	if (err || arg[0] > ATTACK_ROUNDS_MAX)
		return err ?: -EINVAL;
	memset(&w, 0, sizeof(w));
	w.rounds = arg[0];
	err = attack_space_begin(&w.satp, &w.va, &w.slot);
	if (err)
		return err;
	w.leaf = READ_ONCE(*w.slot);
	preempt_disable();
	cpu = cpumask_any_but(cpu_online_mask, smp_processor_id());
	err = cpu < nr_cpu_ids ? smp_call_function_single(cpu, walk_here, &w, 0) : -ENODEV;
	while (!err && !READ_ONCE(w.over)) {
		looks++;
		cleared += ptep_test_and_clear_young(&vma, 0, (pte_t *)w.slot);
		WRITE_ONCE(w.enough, cleared >= ENOUGH);
	}
	preempt_enable();
	attack_space_end();
	attack_fence();
	if (err)
		return err;
	seq_buf_printf(out, "rounds=%llu sets=%llu faults=%llu missing=%llu ", w.done, w.sets,
		       w.faults, w.missing);
	seq_buf_printf(out, "cleared=%llu lost=%llu wrong=%llu looks=%llu\n", cleared, w.lost,
		       w.wrong, looks);
	return 0;
}
