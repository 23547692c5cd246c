// SPDX-License-Identifier: GPL-2.0
/* An address space of our own in the pool, made by calls of the firmware. */
#include <linux/mm.h>
#include <asm/csr.h>
#include <asm/pgtable.h>

#include "attack.h"
#include "space.h"

/** space_call() - a call of the NACC extension */
struct sbiret space_call(unsigned long fid, unsigned long a0, unsigned long a1,
			 unsigned long a2)
{
	return sbi_ecall(NACC_SBI_EID, fid, a0, a1, a2, 0, 0, 0);
}

/** space_entry() - the entry that names a page */
u64 space_entry(phys_addr_t pa, u64 bits)
{
	return (u64)(pa >> PAGE_SHIFT) << _PAGE_PFN_SHIFT | bits;
}

static u64 frame_of(phys_addr_t pa)
{
	phys_addr_t base = space_call(NACC_SBI_GET_INFO, NACC_INFO_FRAME_BASE, 0, 0).value;

	return (pa - base) >> PAGE_SHIFT;
}

/** space_create() - a root, and nothing else */
int space_create(struct space *s)
{
	struct sbiret ret = space_call(NACC_SBI_AS_CREATE, 0, 0, 0);

	s->nr = 0;
	s->top = attack_top_level();
	if (ret.error)
		return -EBUSY;
	s->frame[s->nr++] = ret.value;
	return 0;
}

/** space_adopt() - TABLE_ADOPT of the page @source for it */
struct sbiret space_adopt(struct space *s, int level, phys_addr_t source)
{
	struct sbiret ret = space_call(NACC_SBI_TABLE_ADOPT, s->frame[0], level, source);

	if (!ret.error && s->nr < SPACE_MAX)
		s->frame[s->nr++] = ret.value;
	return ret;
}

/** space_retire() - all its frames are released */
void space_retire(struct space *s)
{
	unsigned long next = 0;

	while (next != NACC_SBI_RETIRE_DONE) {
		struct sbiret ret = space_call(NACC_SBI_AS_RETIRE, s->frame[0], next, 0);

		if (ret.error)
			return;
		next = ret.value;
	}
}

/** space_reclaim() - RECLAIM of its frames from number @from on; how many went */
unsigned int space_reclaim(struct space *s, unsigned int from)
{
	unsigned int i, n = 0;

	for (i = from; i < s->nr; i++) {
		struct sbiret ret = space_call(NACC_SBI_RECLAIM, frame_of(s->frame[i]), 1, 0);

		n += ret.error ? 0 : ret.value;
	}
	return n;
}

/** space_arm() - its frames from number @from on are armed again, and no longer its own */
void space_arm(struct space *s, unsigned int from)
{
	unsigned int i;

	for (i = from; i < s->nr; i++)
		space_call(NACC_SBI_ARM, frame_of(s->frame[i]), 1, 0);
	s->nr = from;
}

/** space_end() - everything that is left goes back to where it was */
void space_end(struct space *s)
{
	space_retire(s);
	space_call(NACC_SBI_FENCE, 0, 0, 0);
	space_reclaim(s, 0);
	space_arm(s, 0);
}

/** space_build() - SPACE_VA names the page @data */
int space_build(struct space *s, phys_addr_t data)
{
	u64 entry = space_entry(data, SPACE_LEAF);
	struct sbiret ret;
	int level;

	for (level = 0; level <= s->top; level++) {
		phys_addr_t source = attack_page_alloc();

		if (!source)
			return -ENOMEM;
		attack_page(source)[SPACE_VA >> (PAGE_SHIFT + 9 * level) & 511] = entry;
		if (level == s->top) {
			ret = space_call(NACC_SBI_AS_FILL, s->frame[0], source, 0);
			return ret.error ? -EACCES : 0;
		}
		ret = space_adopt(s, level, source);
		if (ret.error)
			return -EACCES;
		entry = space_entry(ret.value, _PAGE_PRESENT);
	}
	return 0;
}

/** space_satp() - what selects it */
unsigned long space_satp(const struct space *s)
{
	return (csr_read(CSR_SATP) >> 60 << 60) | s->frame[0] >> PAGE_SHIFT;
}

/* What other attacks borrow. */
static struct space space;

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
	*satp = space_satp(&space);
	*va = SPACE_VA;
	*slot = (u64 *)__va(space.frame[1]) + (SPACE_VA >> PAGE_SHIFT & 511);
	return 0;
}

/** attack_space_end() - it is gone, and all its frames are back */
void attack_space_end(void)
{
	space_end(&space);
}
