// SPDX-License-Identifier: GPL-2.0
/* A translation that a hart holds on to, of tables that another one retires. */
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/asm-extable.h>
#include <asm/csr.h>

#include "attack.h"
#include "space.h"

#define HELD_DATA	0x6e61636368656c64ULL

struct holder {
	unsigned long satp;
	u64 seen;
	unsigned int reads;
	unsigned int faults;
	unsigned int wrong;
	unsigned int leave;
	unsigned int left;
	unsigned int over;
};

static void hold_here(void *arg)
{
	struct holder *h = arg;
	unsigned long old = csr_read(CSR_SATP);

	csr_write(CSR_SATP, h->satp);
	asm volatile("sfence.vma" : : : "memory");
	while (!READ_ONCE(h->leave)) {
		u64 v = 0;
		long err = -EFAULT;

		csr_set(CSR_STATUS, SR_SUM);
		asm volatile("1: ld %[v], 0(%[p])\nli %[err], 0\n2:\n"
			     _ASM_EXTABLE(1b, 2b)
			     : [v] "+&r"(v), [err] "+&r"(err) : [p] "r"(SPACE_VA) : "memory");
		csr_clear(CSR_STATUS, SR_SUM);
		if (err)
			WRITE_ONCE(h->faults, h->faults + 1);
		else
			WRITE_ONCE(h->reads, h->reads + 1);
		h->wrong += !err && v != HELD_DATA;
	}
	/* Without a fence: what the hart knows of these tables stays in its TLB. */
	csr_write(CSR_SATP, old);
	WRITE_ONCE(h->left, 1);
	/* The module's keeper, run here, would fence and reclaim. */
	attack_await(&h->over);
}

/* It may come to fault, where its TLB has forgotten what was unlinked. */
static bool goes_on(struct holder *h)
{
	u64 end = ktime_get_ns() + ATTACK_PATIENCE_NS;
	unsigned int before = READ_ONCE(h->reads) + READ_ONCE(h->faults);

	while (READ_ONCE(h->reads) + READ_ONCE(h->faults) - before < 100)
		if (ktime_get_ns() > end)
			return false;
	return true;
}

static void hold_steps(struct space *s, struct holder *h, struct seq_buf *out)
{
	struct sbiret ret;

	seq_buf_printf(out, "reads=%d ", goes_on(h) && h->reads && !h->faults);
	space_retire(s);
	seq_buf_printf(out, "before_fence=%u ", space_reclaim(s, 0));
	ret = space_call(NACC_SBI_FENCE, 0, 0, 0);
	seq_buf_printf(out, "fence_held=%ld reason_held=%lu reclaim_held=%u goes_on=%d ",
		       ret.error, ret.value, space_reclaim(s, 0), goes_on(h));
	WRITE_ONCE(h->leave, 1);
	if (!attack_await(&h->left))
		seq_buf_puts(out, "stuck=1 ");
	seq_buf_printf(out, "left_no_fence=%u ", space_reclaim(s, 0));
	ret = space_call(NACC_SBI_FENCE, 0, 0, 0);
	seq_buf_printf(out, "fence_left=%ld frames=%u reclaim_left=%u wrong=%u ", ret.error,
		       s->nr, space_reclaim(s, 0), h->wrong);
	seq_buf_printf(out, "nr_reads=%u nr_faults=%u\n", h->reads, h->faults);
}

static struct space space;
static struct holder holder;

/** attack_hold() - one hart reads through tables that another one retires */
int attack_hold(const u64 *arg, struct seq_buf *out)
{
	phys_addr_t data = attack_page_alloc();
	int cpu, err;

	if (!data)
		return -ENOMEM;
	attack_page(data)[0] = HELD_DATA;
	err = space_create(&space);
	if (err)
		return err;
	err = space_build(&space, data);
	if (err) {
		space_end(&space);
		return err;
	}
	memset(&holder, 0, sizeof(holder));
	holder.satp = space_satp(&space);
	/* Neither the module's keeper nor anyone else gets between the steps. */
	preempt_disable();
	cpu = attack_other_cpu();
	if (cpu < 0)
		err = -ENODEV;
	else
		err = smp_call_function_single(cpu, hold_here, &holder, 0);
	if (!err)
		hold_steps(&space, &holder, out);
	WRITE_ONCE(holder.over, 1);
	space_end(&space);
	preempt_enable();
	attack_fence();
	return err;
}
