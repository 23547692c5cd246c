// SPDX-License-Identifier: GPL-2.0
/*
 * The stores: one small function per instruction, each with a fixup. A store
 * that firmware refuses comes back as -EFAULT, like one to an unmapped address.
 */
#include <linux/array_size.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/asm-extable.h>
#include <asm/fpu.h>

#include "attack.h"

#define UNDO_WORDS	16
#define UNDO_MAX	64

/**
 * struct undo - what memory held around a store before it
 * @pa: first byte
 * @len: bytes
 * @old: the content
 */
struct undo {
	phys_addr_t pa;
	unsigned int len;
	u64 old[UNDO_WORDS];
};

/* Under main.c's mutex. */
static struct undo undo[UNDO_MAX];
static unsigned int nr_undo;

/* DEFINE_STORE(name, instructions): the store itself stands behind label 1. */
#define DEFINE_STORE(name, insns)						\
static int store_##name(void *addr, u64 value)					\
{										\
	register unsigned long p asm("a4") = (unsigned long)addr;		\
	register u64 v asm("a5") = value;					\
	long err = -EFAULT;							\
	u64 got = 0;								\
										\
	asm volatile(insns "\nli %[err], 0\n2:\n"				\
		     _ASM_EXTABLE(1b, 2b)					\
		     : [err] "+&r"(err), [got] "+&r"(got)			\
		     : [p] "r"(p), [v] "r"(v) : "t0", "memory");		\
	return err;								\
}

DEFINE_STORE(sd, ".option push\n.option norvc\n1: sd %[v], 0(%[p])\n.option pop")
DEFINE_STORE(sw, ".option push\n.option norvc\n1: sw %[v], 0(%[p])\n.option pop")
DEFINE_STORE(sh, "1: sh %[v], 0(%[p])")
DEFINE_STORE(sb, "1: sb %[v], 0(%[p])")
DEFINE_STORE(c_sd, "1: c.sd %[v], 0(%[p])")
DEFINE_STORE(c_sw, "1: c.sw %[v], 0(%[p])")
DEFINE_STORE(swap_d, "1: amoswap.d %[got], %[v], (%[p])")
DEFINE_STORE(swap_w, "1: amoswap.w %[got], %[v], (%[p])")
DEFINE_STORE(or_d, "1: amoor.d %[got], %[v], (%[p])")
DEFINE_STORE(xor_d, "1: amoxor.d %[got], %[v], (%[p])")
DEFINE_STORE(add_d, "1: amoadd.d %[got], %[v], (%[p])")
DEFINE_STORE(maxu_d, "1: amomaxu.d %[got], %[v], (%[p])")
/* Nobody else writes: a few tries are enough, and sc is what we want to see. */
DEFINE_STORE(sc_d, "li %[got], 8\n3: addi %[got], %[got], -1\nbltz %[got], 2f\n"
	     "lr.d t0, (%[p])\n1: sc.d t0, %[v], (%[p])\nbnez t0, 3b")

static int store_fsd(void *addr, u64 value)
{
	int err = -EFAULT;

	kernel_fpu_begin();
	asm volatile(".option push\n.option arch, +d\nfmv.d.x ft0, %[v]\n"
		     "1: fsd ft0, 0(%[p])\nli %[err], 0\n2:\n.option pop\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+&r"(err) : [p] "r"(addr), [v] "r"(value) : "memory");
	kernel_fpu_end();
	return err;
}

/*
 * A routine of the kernel itself that writes where its caller says. It copies
 * by words only what is long enough, so what stands behind is written, too.
 */
static int store_kcopy(void *addr, u64 value)
{
	u64 words[UNDO_WORDS];
	int err = copy_from_kernel_nofault(words, addr, sizeof(words));

	if (err)
		return err;
	words[0] = value;
	return __asm_copy_to_user((void __user *)addr, words, sizeof(words)) ? -EFAULT : 0;
}

/* The same by way of user memory: what read(2) and ioctl(2) would do. */
static int store_from_user(void *addr, u64 value)
{
	unsigned long below = user_stack_pointer(current_pt_regs()) - 4096;
	void __user *from = (void __user *)(below & ~63UL);
	u64 words[UNDO_WORDS];
	int err = copy_from_kernel_nofault(words, addr, sizeof(words));

	if (err)
		return err;
	words[0] = value;
	if (copy_to_user(from, words, sizeof(words)))
		return -EINVAL;
	return __copy_from_user(addr, from, sizeof(words)) ? -EFAULT : 0;
}

static int store_writer(void *addr, u64 value)
{
	return attack_deputy_init() ?: attack_deputy(addr, value);
}

/* The last number is added to the address. */
static const struct {
	const char *name;
	int (*store)(void *addr, u64 value);
	unsigned int offset;
} kinds[] = {
	{ "sd", store_sd, 0 }, { "sw", store_sw, 0 }, { "sh", store_sh, 0 },
	{ "sb", store_sb, 0 }, { "sd+4", store_sd, 4 }, { "sd+1", store_sd, 1 },
	{ "c.sd", store_c_sd, 0 }, { "c.sw", store_c_sw, 0 },
	{ "amoswap.d", store_swap_d, 0 }, { "amoswap.w", store_swap_w, 0 },
	{ "amoor.d", store_or_d, 0 }, { "amoxor.d", store_xor_d, 0 },
	{ "amoadd.d", store_add_d, 0 }, { "amomaxu.d", store_maxu_d, 0 },
	{ "sc.d", store_sc_d, 0 }, { "fsd", store_fsd, 0 }, { "kcopy", store_kcopy, 0 },
	{ "from-user", store_from_user, 0 }, { "writer", store_writer, 0 },
	{ "naked", attack_naked_store, 0 }, { "naked-memcpy", attack_naked_memcpy, 0 },
	{ "naked-slab", attack_naked_slab, 0 },
};

/** attack_store_kinds() - list the names that attack_store() takes */
void attack_store_kinds(struct seq_buf *out)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		seq_buf_printf(out, "%s\n", kinds[i].name);
}

/*
 * After a vmalloc() Linux makes the first access of each CPU that faults again, whatever it is
 * (new_vmalloc_check in entry.S): a store would be refused twice. Here nothing is ever mapped.
 */
static void take_first_fault(void)
{
	u64 word;

	copy_from_kernel_nofault(&word, (void *)-PAGE_SIZE, sizeof(word));
}

/** attack_sd() - one store, not remembered; 0, or -EFAULT if it was refused */
int attack_sd(phys_addr_t pa, u64 value)
{
	return attack_sd_at(__va(pa), value);
}

/** attack_sd_at() - the same by virtual address */
int attack_sd_at(void *addr, u64 value)
{
	take_first_fault();
	return store_sd(addr, value);
}

static int kind_of(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(name, kinds[i].name))
			return i;
	return -EINVAL;
}

/** attack_naked() - a store that nobody remembers and that may not return */
int attack_naked(const char *kind, phys_addr_t pa, u64 value)
{
	int i = kind_of(kind);

	take_first_fault();
	return i < 0 ? i : kinds[i].store(__va(pa), value);
}

/* Remember 128 bytes around pa, all in one page. */
static int remember(phys_addr_t pa)
{
	struct undo *u = &undo[nr_undo];
	phys_addr_t page = pa & PAGE_MASK;

	if (nr_undo == UNDO_MAX)
		return -ENOSPC;
	u->len = sizeof(u->old);
	u->pa = clamp(pa & ~7UL, page, page + PAGE_SIZE - u->len);
	return copy_from_kernel_nofault(u->old, __va(u->pa), u->len);
}

/**
 * attack_store() - store to physical memory through the linear map
 * @kind: the instruction, see attack_store_kinds()
 * @pa: physical address
 * @value: what to store
 * @out: report: one line of key=value
 *
 * Memory that cannot even be read is stored to as well; what it held is 0 then.
 *
 * Return: 0 also when the store was refused (the report says so), -EINVAL for
 * an unknown kind.
 */
int attack_store(const char *kind, phys_addr_t pa, u64 value, struct seq_buf *out)
{
	void *addr = __va(pa);
	u64 old = 0, now;
	int err, i = kind_of(kind);
	bool blind;

	if (i < 0)
		return i;
	blind = copy_from_kernel_nofault(&old, addr, sizeof(old));
	err = blind ? 0 : remember(pa);
	if (err)
		return err;
	take_first_fault();
	err = kinds[i].store(addr + kinds[i].offset, value);
	if (!err && !blind)
		nr_undo++;
	attack_fence();
	if (copy_from_kernel_nofault(&now, addr, sizeof(now)))
		now = 0;
	seq_buf_printf(out, "store=%s kind=%s addr=%#lx old=%#llx new=%#llx now=%#llx\n",
		       err ? "refused" : "done", kind, (unsigned long)addr + kinds[i].offset,
		       old, value, now);
	return 0;
}

/**
 * attack_restore() - take back everything that was stored, newest first
 * @out: report
 */
int attack_restore(struct seq_buf *out)
{
	unsigned int words = 0, failed = 0, i;

	while (nr_undo) {
		struct undo *u = &undo[--nr_undo];
		u64 *at = __va(u->pa);

		for (i = 0; i < u->len / sizeof(*at); i++) {
			if (READ_ONCE(at[i]) == u->old[i])
				continue;
			words++;
			failed += !!store_sd(&at[i], u->old[i]);
		}
	}
	attack_fence();
	seq_buf_printf(out, "restored=%u failed=%u\n", words, failed);
	return failed ? -EFAULT : 0;
}
