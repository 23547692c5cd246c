// SPDX-License-Identifier: GPL-2.0
/* Attacks that take more than one hart: storms, races, translations held on. */
#include <linux/cpu.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/asm-extable.h>
#include <asm/csr.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>

#include "attack.h"
#include "nacc_sbi.h"

#define HELD_VA		0x12345000UL
#define HELD_DATA	0x6e61636368656c64ULL
#define USER_LEAF	0xd7UL		/* V R W U A D */
#define ROUNDS_MAX	100000
#define PATIENCE_NS	(2 * NSEC_PER_SEC)

static struct sbiret call(unsigned long fid, unsigned long a0, unsigned long a1,
			  unsigned long a2)
{
	return sbi_ecall(NACC_SBI_EID, fid, a0, a1, a2, 0, 0, 0);
}

static u64 entry_of(phys_addr_t pa, u64 bits)
{
	return (u64)(pa >> PAGE_SHIFT) << _PAGE_PFN_SHIFT | bits;
}

static u64 frame_of(phys_addr_t pa)
{
	return (pa - call(NACC_SBI_GET_INFO, NACC_INFO_FRAME_BASE, 0, 0).value) >> PAGE_SHIFT;
}

/* Another CPU than this one, or -1. Preemption is off. */
static int other_cpu(void)
{
	int cpu = cpumask_any_but(cpu_online_mask, smp_processor_id());

	return cpu < nr_cpu_ids ? cpu : -1;
}

/* become(): wait for the other CPU, but not for ever. */
static bool become(const unsigned int *flag)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;

	while (!READ_ONCE(*flag)) {
		if (ktime_get_ns() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/* --- stores from all harts at once -------------------------------------------- */

struct storm {
	phys_addr_t pa;
	u64 value;
	u64 rounds;
	atomic_t gate;
	atomic_long_t done;
	atomic_long_t refused;
};

/** attack_meet() - wait until all harts are here, but not for ever */
void attack_meet(atomic_t *gate)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;

	atomic_dec(gate);
	while (atomic_read(gate) > 0 && ktime_get_ns() < end)
		cpu_relax();
}

static void storm_here(void *arg)
{
	struct storm *s = arg;
	u64 i;

	attack_meet(&s->gate);
	/* Interrupts are off: the kernel must not look for a VMA and sleep. */
	pagefault_disable();
	for (i = 0; i < s->rounds; i++)
		atomic_long_inc(attack_sd(s->pa, s->value) ? &s->refused : &s->done);
	pagefault_enable();
}

/** attack_storm() - PA VALUE ROUNDS: all harts store there at once */
int attack_storm(const u64 *arg, struct seq_buf *out)
{
	struct storm s = { .pa = arg[0], .value = arg[1], .rounds = arg[2] };

	if (s.rounds > ROUNDS_MAX)
		return -EINVAL;
	cpus_read_lock();
	atomic_set(&s.gate, num_online_cpus());
	on_each_cpu(storm_here, &s, 1);
	seq_buf_printf(out, "cpus=%u done=%ld refused=%ld met=%d\n", num_online_cpus(),
		       atomic_long_read(&s.done), atomic_long_read(&s.refused),
		       !atomic_read(&s.gate));
	cpus_read_unlock();
	return 0;
}

struct fences {
	u64 rounds;
	atomic_t gate;
	atomic_long_t failed;
};

static void fence_here(void *arg)
{
	struct fences *f = arg;
	u64 i;

	attack_meet(&f->gate);
	for (i = 0; i < f->rounds; i++)
		if (call(NACC_SBI_FENCE, 0, 0, 0).error)
			atomic_long_inc(&f->failed);
}

/** attack_fences() - ROUNDS: all harts ask for fences at once, interrupts off */
int attack_fences(const u64 *arg, struct seq_buf *out)
{
	struct fences f = { .rounds = arg[0] };

	if (f.rounds > ROUNDS_MAX)
		return -EINVAL;
	cpus_read_lock();
	atomic_set(&f.gate, num_online_cpus());
	on_each_cpu(fence_here, &f, 1);
	seq_buf_printf(out, "cpus=%u failed=%ld met=%d\n", num_online_cpus(),
		       atomic_long_read(&f.failed), !atomic_read(&f.gate));
	cpus_read_unlock();
	return 0;
}

/* --- an address space of our own ------------------------------------------------ */

#define SPACE_MAX	64

struct space {
	phys_addr_t frame[SPACE_MAX];	/* the root first */
	unsigned int nr;
	int top;
};

static int space_create(struct space *s)
{
	struct sbiret ret = call(NACC_SBI_AS_CREATE, 0, 0, 0);

	s->nr = 0;
	s->top = attack_top_level();
	if (ret.error)
		return -EBUSY;
	s->frame[s->nr++] = ret.value;
	return 0;
}

static struct sbiret space_adopt(struct space *s, int level, phys_addr_t source)
{
	struct sbiret ret = call(NACC_SBI_TABLE_ADOPT, s->frame[0], level, source);

	if (!ret.error && s->nr < SPACE_MAX)
		s->frame[s->nr++] = ret.value;
	return ret;
}

static void space_retire(struct space *s)
{
	unsigned long next = 0;

	while (next != NACC_SBI_RETIRE_DONE) {
		struct sbiret ret = call(NACC_SBI_AS_RETIRE, s->frame[0], next, 0);

		if (ret.error)
			return;
		next = ret.value;
	}
}

static unsigned int space_reclaim(struct space *s, unsigned int from)
{
	unsigned int i, n = 0;

	for (i = from; i < s->nr; i++) {
		struct sbiret ret = call(NACC_SBI_RECLAIM, frame_of(s->frame[i]), 1, 0);

		n += ret.error ? 0 : ret.value;
	}
	return n;
}

static void space_arm(struct space *s, unsigned int from)
{
	unsigned int i;

	for (i = from; i < s->nr; i++)
		call(NACC_SBI_ARM, frame_of(s->frame[i]), 1, 0);
	s->nr = from;
}

/* Everything that is left goes back to where it was. */
static void space_end(struct space *s)
{
	space_retire(s);
	call(NACC_SBI_FENCE, 0, 0, 0);
	space_reclaim(s, 0);
	space_arm(s, 0);
}

/* HELD_VA names the page data. */
static int space_build(struct space *s, phys_addr_t data)
{
	u64 entry = entry_of(data, USER_LEAF);
	struct sbiret ret;
	int level;

	for (level = 0; level <= s->top; level++) {
		phys_addr_t source = attack_page_alloc();

		if (!source)
			return -ENOMEM;
		attack_page(source)[HELD_VA >> (PAGE_SHIFT + 9 * level) & 511] = entry;
		if (level == s->top) {
			ret = call(NACC_SBI_AS_FILL, s->frame[0], source, 0);
			return ret.error ? -EACCES : 0;
		}
		ret = space_adopt(s, level, source);
		if (ret.error)
			return -EACCES;
		entry = entry_of(ret.value, _PAGE_PRESENT);
	}
	return 0;
}

/* --- a translation that a hart holds on to ---------------------------------------- */

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
			     : [v] "+&r"(v), [err] "+&r"(err) : [p] "r"(HELD_VA) : "memory");
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
	become(&h->over);
}

/* It may come to fault, where its TLB has forgotten what was unlinked. */
static bool goes_on(struct holder *h)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;
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
	ret = call(NACC_SBI_FENCE, 0, 0, 0);
	seq_buf_printf(out, "fence_held=%ld reason_held=%lu reclaim_held=%u goes_on=%d ",
		       ret.error, ret.value, space_reclaim(s, 0), goes_on(h));
	WRITE_ONCE(h->leave, 1);
	if (!become(&h->left))
		seq_buf_puts(out, "stuck=1 ");
	seq_buf_printf(out, "left_no_fence=%u ", space_reclaim(s, 0));
	ret = call(NACC_SBI_FENCE, 0, 0, 0);
	seq_buf_printf(out, "fence_left=%ld frames=%u reclaim_left=%u wrong=%u ", ret.error,
		       s->nr, space_reclaim(s, 0), h->wrong);
	seq_buf_printf(out, "nr_reads=%u nr_faults=%u\n", h->reads, h->faults);
}

static struct space space;
static struct holder holder;

/**
 * attack_space_begin() - an address space with one page, for other attacks
 * @satp: what selects it
 * @va: where its page is
 * @slot: the entry that says so
 */
int attack_space_begin(unsigned long *satp, unsigned long *va, u64 **slot)
{
	phys_addr_t data = attack_page_alloc();
	int err = data ? space_create(&space) : -ENOMEM;

	if (err)
		return err;
	err = space_build(&space, data);
	if (err) {
		space_end(&space);
		return err;
	}
	*satp = (csr_read(CSR_SATP) >> 60 << 60) | space.frame[0] >> PAGE_SHIFT;
	*va = HELD_VA;
	*slot = (u64 *)__va(space.frame[1]) + (HELD_VA >> PAGE_SHIFT & 511);
	return 0;
}

/** attack_space_end() - it is gone, and all its frames are back */
void attack_space_end(void)
{
	space_end(&space);
}

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
	holder.satp = (csr_read(CSR_SATP) >> 60 << 60) | space.frame[0] >> PAGE_SHIFT;
	/* Neither the module's keeper nor anyone else gets between the steps. */
	preempt_disable();
	cpu = other_cpu();
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

/* --- a source that changes while it is read ------------------------------------------ */

#define FLIP_SLOT	3

struct flipper {
	u64 *slot;
	u64 good;
	u64 evil;
	unsigned int flips;
	unsigned int stop;
	unsigned int left;
};

static void flip_here(void *arg)
{
	struct flipper *f = arg;
	unsigned int i;

	while (!READ_ONCE(f->stop)) {
		WRITE_ONCE(*f->slot, f->evil);
		for (i = 0; i < 8; i++)
			cpu_relax();
		WRITE_ONCE(*f->slot, f->good);
		for (i = 0; i < 8; i++)
			cpu_relax();
		WRITE_ONCE(f->flips, f->flips + 1);
	}
	WRITE_ONCE(f->left, 1);
}

static void flip_steps(struct flipper *f, phys_addr_t source, u64 rounds, struct seq_buf *out)
{
	unsigned int taken = 0, refused = 0, other = 0, evil = 0, unsound = 0;
	u64 i;

	become(&f->flips);
	/* A host with few processors runs one of the harts for a while: have patience. */
	for (i = 0; i < rounds || (i < 10 * rounds && (!taken || !refused)); i++) {
		struct sbiret ret = space_adopt(&space, 0, source);

		if (ret.error) {
			if (ret.error == SBI_ERR_DENIED && ret.value == NACC_REASON_LEAF_POOL)
				refused++;
			else
				other++;
			continue;
		}
		taken++;
		evil += READ_ONCE(((u64 *)__va(ret.value))[FLIP_SLOT]) != f->good;
		unsound += !!call(NACC_SBI_TABLE_CHECK, ret.value, 0, 0).error;
		call(NACC_SBI_TABLE_RELEASE, ret.value, 0, 0);
		if (space.nr == SPACE_MAX / 2) {
			call(NACC_SBI_FENCE, 0, 0, 0);
			space_reclaim(&space, 1);
			space_arm(&space, 1);
		}
	}
	WRITE_ONCE(f->stop, 1);
	seq_buf_printf(out, "left=%d flips=%u taken=%u refused=%u other=%u evil=%u unsound=%u\n",
		       become(&f->left), f->flips, taken, refused, other, evil, unsound);
}

/** attack_flip() - ROUNDS: TABLE_ADOPT of a page that another hart changes meanwhile */
int attack_flip(const u64 *arg, struct seq_buf *out)
{
	static struct flipper f;
	phys_addr_t source = attack_page_alloc(), data = attack_page_alloc();
	int cpu, err;

	if (!source || !data || arg[0] > ROUNDS_MAX)
		return -ENOMEM;
	memset(&f, 0, sizeof(f));
	f.slot = &attack_page(source)[FLIP_SLOT];
	f.good = entry_of(data, USER_LEAF);
	f.evil = entry_of(call(NACC_SBI_GET_INFO, NACC_INFO_FRAME_BASE, 0, 0).value, USER_LEAF);
	err = space_create(&space);
	if (err)
		return err;
	preempt_disable();
	cpu = other_cpu();
	err = cpu < 0 ? -ENODEV : smp_call_function_single(cpu, flip_here, &f, 0);
	if (!err)
		flip_steps(&f, source, arg[0], out);
	space_end(&space);
	preempt_enable();
	return err;
}

/* --- the same call on all harts -------------------------------------------------------- */

#define EACH		12	/* 4 harts and the root fit into SPACE_MAX */

struct adopters {
	phys_addr_t source[4];
	phys_addr_t twin[4][EACH];
	atomic_t gate;
	atomic_t failed;
	atomic_t differ;
};

static void adopt_here(void *arg)
{
	struct adopters *a = arg;
	unsigned int cpu = smp_processor_id(), i, n;

	if (cpu >= 4)
		return;
	attack_meet(&a->gate);
	for (n = 0; n < EACH; n++) {
		u64 *source = __va(a->source[cpu]);
		struct sbiret ret;

		for (i = 0; i < 512; i++)
			source[i] = entry_of(a->source[cpu], USER_LEAF) | (u64)(n & 3) << 8;
		ret = call(NACC_SBI_TABLE_ADOPT, space.frame[0], 0, a->source[cpu]);
		if (ret.error) {
			atomic_inc(&a->failed);
			continue;
		}
		a->twin[cpu][n] = ret.value;
		if (memcmp(__va(ret.value), source, PAGE_SIZE))
			atomic_inc(&a->differ);
	}
}

/** attack_adopters() - each hart adopts pages of its own into one address space */
int attack_adopters(const u64 *arg, struct seq_buf *out)
{
	static struct adopters a;
	unsigned int cpu, n;
	int err;

	memset(&a, 0, sizeof(a));
	for (cpu = 0; cpu < 4; cpu++) {
		a.source[cpu] = attack_page_alloc();
		if (!a.source[cpu])
			return -ENOMEM;
	}
	err = space_create(&space);
	if (err)
		return err;
	cpus_read_lock();
	atomic_set(&a.gate, num_online_cpus());
	on_each_cpu(adopt_here, &a, 1);
	for (cpu = 0; cpu < 4; cpu++)
		for (n = 0; n < EACH; n++)
			if (a.twin[cpu][n])
				space.frame[space.nr++] = a.twin[cpu][n];
	seq_buf_printf(out, "cpus=%u twins=%u failed=%d differ=%d each=%d met=%d\n",
		       num_online_cpus(), space.nr - 1, atomic_read(&a.failed),
		       atomic_read(&a.differ), EACH, !atomic_read(&a.gate));
	cpus_read_unlock();
	space_end(&space);
	return 0;
}
