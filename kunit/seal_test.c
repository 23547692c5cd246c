// SPDX-License-Identifier: GPL-2.0
/* Tests of seal.c, which includes this file. */
#include <linux/mman.h>

#include "env.h"

#define PAGES		4UL
#define SIZE		(PAGES * PAGE_SIZE)

/* A mapping of its own, with a hole on either side. */
static unsigned long map_pages(struct kunit *test, unsigned long prot)
{
	unsigned long at = vm_mmap(NULL, 0, 3 * SIZE, prot, MAP_PRIVATE | MAP_ANONYMOUS, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(at));
	KUNIT_ASSERT_EQ(test, vm_munmap(at, SIZE), 0);
	KUNIT_ASSERT_EQ(test, vm_munmap(at + 2 * SIZE, SIZE), 0);
	return at + SIZE;
}

/* It stays as long as the test has the mm. */
static struct nacc_mm *entry_of(const struct test_mm *t)
{
	struct nacc_mm *entry;

	preempt_disable();
	entry = nacc_mm_by_frame(nacc_frame_index(__pa(t->mm->pgd)));
	preempt_enable();
	return entry;
}

static unsigned long begin(struct kunit *test, struct test_mm *t)
{
	unsigned long at;

	KUNIT_ASSERT_EQ(test, test_mm_begin(t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(t, 0), 0);
	at = map_pages(test, PROT_READ);
	KUNIT_ASSERT_EQ(test, test_mark(t), 0);
	return at;
}

/* What it says of itself; a domain with a seal is not unmarked, and all comes back. */
static void seal_range(struct kunit *test)
{
	struct nacc_seal_range *ranges = kunit_kcalloc(test, NACC_SBI_SEALS_MAX, sizeof(*ranges),
						       GFP_KERNEL);
	struct test_mm t;
	unsigned long at = begin(test, &t);
	struct page *page;

	KUNIT_EXPECT_EQ(test, nacc_seals_nr(entry_of(&t)), 0);
	KUNIT_EXPECT_FALSE(test, nacc_sealed(t.mm, 0, ULONG_MAX));
	KUNIT_ASSERT_EQ(test, nacc_seal(t.mm, at, at + SIZE), 0);
	KUNIT_EXPECT_TRUE(test, nacc_sealed(t.mm, at, at + PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, nacc_sealed(t.mm, at + SIZE - PAGE_SIZE, at + SIZE));
	KUNIT_EXPECT_FALSE(test, nacc_sealed(t.mm, at - PAGE_SIZE, at));
	KUNIT_EXPECT_FALSE(test, nacc_sealed(t.mm, at + SIZE, at + 2 * SIZE));
	KUNIT_EXPECT_EQ(test, nacc_seals_get(t.mm, ranges), 1);
	KUNIT_EXPECT_EQ(test, ranges[0].start, at);
	KUNIT_EXPECT_EQ(test, ranges[0].end, at + SIZE);
	KUNIT_EXPECT_EQ(test, nacc_seals_nr(entry_of(&t)), 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&t.mm->pinned_vm), PAGES);
	/* Once more: it is that already. */
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at + SIZE), 0);
	KUNIT_EXPECT_EQ(test, nacc_seals_nr(entry_of(&t)), 1);
	KUNIT_EXPECT_NULL_MSG(test, entry_of(&t)->pins->next, "once more takes no pins");
	KUNIT_EXPECT_EQ(test, test_unmark(&t), -ETXTBSY);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	page = phys_to_page(nacc_pte_pa(*test_entry(&t, at, 0)));
	get_page(page);
	KUNIT_EXPECT_TRUE(test, folio_maybe_dma_pinned(page_folio(page)));
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	/* Who drains a CPU's list of pages may hold it still, but not by a pin. */
	KUNIT_EXPECT_FALSE(test, folio_maybe_dma_pinned(page_folio(page)));
	put_page(page);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_CONTEXT), 0);
}

/* Linux refuses what a program asks for; the firmware is not even asked. */
static void seal_asks(struct kunit *test)
{
	struct test_mm t;
	unsigned long at = begin(test, &t), beside = map_pages(test, PROT_READ);
	struct vm_area_struct *vma;

	KUNIT_ASSERT_EQ(test, nacc_seal(t.mm, at, at + SIZE), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(at, PAGE_SIZE), -EPERM);
	KUNIT_EXPECT_EQ(test, vm_munmap(at + SIZE - PAGE_SIZE, 2 * PAGE_SIZE), -EPERM);
	KUNIT_EXPECT_EQ(test, (long)vm_mmap(NULL, at, PAGE_SIZE, PROT_READ,
					    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, vm_munmap(beside, SIZE), 0);
	mmap_read_lock(t.mm);
	vma = find_vma(t.mm, at);
	KUNIT_EXPECT_EQ(test, vma->vm_flags & SEAL_FLAGS, SEAL_FLAGS);
	mmap_read_unlock(t.mm);
	/* What drops pages of a file, say, finds nothing dropped. */
	mmap_read_lock(t.mm);
	nacc_zap(vma, at, SIZE);
	mmap_read_unlock(t.mm);
	KUNIT_EXPECT_NE(test, *test_entry(&t, at, 0) & _PAGE_PRESENT, 0);
	test_mm_end(&t);
}

static void seal_nonsense(struct kunit *test)
{
	struct test_mm t;
	unsigned long at = begin(test, &t), rw = map_pages(test, PROT_READ | PROT_WRITE);
	unsigned long none = map_pages(test, PROT_NONE);

	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at + 1, at + SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at + SIZE - 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, TASK_SIZE, TASK_SIZE + PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at + (PAGES_MAX + 1) * PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at + PAGE_SIZE, at + SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at + PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at - PAGE_SIZE, at + SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at + SIZE + PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, rw, rw + SIZE), -EACCES);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, none, none + SIZE), -EACCES);
	KUNIT_EXPECT_FALSE(test, nacc_sealed(t.mm, 0, ULONG_MAX));
	KUNIT_EXPECT_EQ(test, atomic64_read(&t.mm->pinned_vm), 0);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at + SIZE), -ENOENT);
	test_mm_end(&t);
}

/* What the firmware refuses leaves nothing behind, and can be tried again. */
static void seal_fails(struct kunit *test)
{
	struct test_mm t;
	unsigned long at = begin(test, &t);

	sbi_fault_set(NACC_SBI_SEAL, 1);
	KUNIT_EXPECT_NE(test, nacc_seal(t.mm, at, at + SIZE), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_FALSE(test, nacc_sealed(t.mm, 0, ULONG_MAX));
	KUNIT_EXPECT_EQ(test, atomic64_read(&t.mm->pinned_vm), 0);
	KUNIT_EXPECT_PTR_EQ(test, entry_of(&t)->pins, NULL);
	KUNIT_EXPECT_EQ(test, nacc_seal(t.mm, at, at + SIZE), 0);
	test_mm_end(&t);
}

/* Another entry of the same mm has what the one before had. */
static void seal_handed_over(struct kunit *test)
{
	struct nacc_mm now = {};
	struct nacc_pins *pins;
	struct test_mm t;
	unsigned long at = begin(test, &t);
	struct nacc_mm *entry;
	phys_addr_t sealed;

	KUNIT_ASSERT_EQ(test, nacc_seal(t.mm, at, at + SIZE), 0);
	entry = entry_of(&t);
	sealed = entry->sealed;
	pins = entry->pins;
	KUNIT_ASSERT_NOT_NULL(test, pins);
	KUNIT_EXPECT_TRUE(test, nacc_domain_sealed(entry->domain));
	mutex_lock(&nacc_domain_lock);
	nacc_seals_hand_over(entry, &now);
	KUNIT_EXPECT_PTR_EQ(test, entry->pins, NULL);
	KUNIT_EXPECT_PTR_EQ(test, now.pins, pins);
	KUNIT_EXPECT_EQ(test, now.sealed, sealed);
	nacc_seals_hand_over(&now, entry);
	mutex_unlock(&nacc_domain_lock);
	test_mm_end(&t);
}

static struct kunit_case seal_cases[] = {
	KUNIT_CASE(seal_range),
	KUNIT_CASE(seal_asks),
	KUNIT_CASE(seal_nonsense),
	KUNIT_CASE(seal_fails),
	KUNIT_CASE(seal_handed_over),
	{}
};

static struct kunit_suite seal_suite = {
	.name = "nacc_seal",
	.init = account_init,
	.exit = account_exit,
	.test_cases = seal_cases,
};

kunit_test_suite(seal_suite);
