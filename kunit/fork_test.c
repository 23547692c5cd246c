// SPDX-License-Identifier: GPL-2.0
/* Tests of fork_child.c, which includes this file for its static functions. */
#include <linux/random.h>
#include <linux/rmap.h>
#include <asm/tlbflush.h>

#include "env.h"

/**
 * struct pair - two marked address spaces with the same mapping, as fork makes them
 * @parent: has memory in area 0
 * @child: has none
 */
struct pair {
	struct test_mm parent;
	struct test_mm child;
};

/* In its parent's container, as a child is. */
static int begin_child(struct pair *both)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(both->parent.mm);
	int ret;

	if (!domain)
		return -ESRCH;
	ret = test_mm_begin(&both->child);
	if (!ret) {
		ret = nacc_join(domain, both->child.mm);
		both->child.id = domain->id;
		test_mm_unuse(&both->child);
	}
	nacc_domain_put(domain);
	return ret;
}

static void end_mm(struct test_mm *t)
{
	if (t->mm)
		mmput(t->mm);
	t->mm = NULL;
}

static bool begin_pair(struct kunit *test, struct pair *both)
{
	int ret = test_mm_marked(&both->parent, true);

	ret = ret ?: begin_child(both);
	KUNIT_EXPECT_EQ(test, ret, 0);
	return !ret;
}

/* Each in a container of its own. */
static bool begin_strangers(struct kunit *test, struct pair *both)
{
	int ret = test_mm_marked(&both->parent, true);

	ret = ret ?: test_mm_marked(&both->child, false);
	KUNIT_EXPECT_EQ(test, ret, 0);
	return !ret;
}

static void end_pair(struct pair *both)
{
	end_mm(&both->child);
	end_mm(&both->parent);
}

typedef int (*anon_vma_fork_fn)(struct vm_area_struct *vma,
				struct vm_area_struct *pvma);
typedef void (*flush_fn)(struct mm_struct *mm);

/* As dup_mmap() does for one VMA that is there already. */
static int fork_area(struct pair *both, unsigned int area)
{
	anon_vma_fork_fn anon_vma_fork = (void *)nacc_ksym.lookup("anon_vma_fork");
	nacc_fork_fn copy = (void *)nacc_ksym.lookup("copy_page_range");
	flush_fn flush = (void *)nacc_ksym.lookup("flush_tlb_mm");
	struct mm_struct *parent = both->parent.mm, *child = both->child.mm;
	struct vm_area_struct *dst, *src;
	int ret;

	mmap_write_lock(parent);
	mmap_write_lock_nested(child, SINGLE_DEPTH_NESTING);
	src = find_vma(parent, both->parent.area[area]);
	dst = find_vma(child, both->child.area[area]);
	vma_start_write(src);
	vma_start_write(dst);
	ret = anon_vma_fork(dst, src);
	if (!ret)
		ret = copy(dst, src);
	flush(parent);
	mmap_write_unlock(child);
	mmap_write_unlock(parent);
	return ret;
}

static long anon_of(const struct test_mm *t)
{
	return percpu_counter_sum(&t->mm->rss_stat[MM_ANONPAGES]);
}

/* Both have the data, neither sees what the other writes from now on. */
static void check_pair(struct kunit *test, struct pair *both)
{
	unsigned long at = both->parent.area[0], value = 0;

	KUNIT_EXPECT_EQ(test, anon_of(&both->child), anon_of(&both->parent));
	test_mm_enter(&both->child);
	KUNIT_EXPECT_EQ(test, test_check(&both->child, 0), 0);
	KUNIT_EXPECT_EQ(test, put_user(1UL, (unsigned long __user *)at), 0);
	KUNIT_EXPECT_EQ(test, test_check_rest(&both->child, 0), 0);
	test_mm_leave(&both->child);
	test_mm_enter(&both->parent);
	KUNIT_EXPECT_EQ(test, test_check(&both->parent, 0), 0);
	KUNIT_EXPECT_EQ(test, put_user(2UL, (unsigned long __user *)at), 0);
	test_mm_leave(&both->parent);
	test_mm_enter(&both->child);
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)at), 0);
	KUNIT_EXPECT_EQ(test, value, 1);
	test_mm_leave(&both->child);
	KUNIT_EXPECT_EQ(test, test_tables_outside(both->child.mm, NULL), 0);
}

/* All of it by calls. */
static void fork_by_calls(struct kunit *test)
{
	struct test_hooks fork = test_hooks("fork");
	struct pair both = {};

	if (begin_pair(test, &both)) {
		KUNIT_EXPECT_EQ(test, fork_area(&both, 0), 0);
		KUNIT_EXPECT_EQ(test, test_hooks("fork").routed, fork.routed + 1);
		KUNIT_EXPECT_EQ(test, test_hooks("fork").fallback, fork.fallback);
		check_pair(test, &both);
	}
	end_pair(&both);
}

/* Of another container nothing is taken by a call: the kernel makes each store itself. */
static void fork_strangers(struct kunit *test)
{
	struct test_hooks fork = test_hooks("fork");
	struct pair both = {};

	if (begin_strangers(test, &both)) {
		KUNIT_EXPECT_EQ(test, fork_area(&both, 0), 0);
		KUNIT_EXPECT_GT(test, test_hooks("fork").fallback, fork.fallback);
		check_pair(test, &both);
	}
	end_pair(&both);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static bool begin_huge(struct kunit *test, struct pair *both)
{
	int ret = test_mm_begin(&both->parent);

	ret = ret ?: test_mark(&both->parent);
	ret = ret ?: test_fill_huge(&both->parent, 0);
	test_mm_unuse(&both->parent);
	ret = ret ?: begin_child(both);
	KUNIT_EXPECT_EQ(test, ret, 0);
	return !ret;
}

/* For each huge page a table is kept: the child has room for them, or there is no child. */
static void fork_huge(struct kunit *test)
{
	const unsigned int huge = TEST_STRIDE / PMD_SIZE, above = nacc_top_level() - 1;
	const unsigned int promised = nacc_room_promised();
	struct pair both = {};
	unsigned int used, few;
	struct nacc_quota q;

	TEST_NEEDS_THP(test);
	for (few = 0; few < 2; few++) {
		if (!begin_huge(test, &both))
			break;
		KUNIT_EXPECT_EQ(test, test_quota(&both.child, NACC_QUOTA_ASK, &q), 0);
		used = q.used;
		/* And a table of each level above. */
		KUNIT_EXPECT_EQ(test, test_quota(&both.child, used + above + huge - few, &q), 0);
		KUNIT_EXPECT_EQ(test, fork_area(&both, 0), few ? -ENOMEM : 0);
		KUNIT_EXPECT_EQ(test, test_quota(&both.child, NACC_QUOTA_ASK, &q), 0);
		KUNIT_EXPECT_EQ(test, q.used, used + above + huge - few);
		/* Before it ends, which gives back what is left. */
		KUNIT_EXPECT_EQ(test, nacc_room_promised(), promised);
		KUNIT_EXPECT_EQ(test, test_tables_outside(both.child.mm, NULL), 0);
		KUNIT_EXPECT_EQ(test, test_quota(&both.child, 0, &q), 0);
		if (!few)
			check_pair(test, &both);
		end_pair(&both);
	}
	end_pair(&both);
}
#endif

/* Each call fails once: its table is done again, in place, and nobody notices. */
static void fork_call_fails(struct kunit *test)
{
	static const unsigned int fids[] = { NACC_SBI_FORK, NACC_SBI_WRITE_PROTECT };
	unsigned int i, nth, hits = 0;

	for (i = 0; i < ARRAY_SIZE(fids); i++) {
		bool hit = true;

		for (nth = 1; hit; nth++) {
			struct test_hooks fork = test_hooks("fork");
			struct pair both = {};

			if (!begin_pair(test, &both)) {
				end_pair(&both);
				return;
			}
			sbi_fault_set(fids[i], nth);
			KUNIT_EXPECT_EQ(test, fork_area(&both, 0), 0);
			hit = sbi_fault_clear();
			hits += hit;
			if (hit && fids[i] == NACC_SBI_FORK)
				KUNIT_EXPECT_EQ(test,
						test_hooks("fork").fallback,
						fork.fallback + 2);
			check_pair(test, &both);
			end_pair(&both);
		}
	}
	KUNIT_EXPECT_EQ(test, hits, 2 * TEST_STRIDE / PMD_SIZE);
}

/* Nobody has a shadow to spare. */
static void fork_no_shadow(struct kunit *test)
{
	unsigned int nr = 2 * num_possible_cpus(), i;
	struct test_hooks fork = test_hooks("fork");
	struct nacc_shadow **taken;
	struct pair both = {};

	taken = kunit_kcalloc(test, nr + 1, sizeof(*taken), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, taken);
	if (begin_pair(test, &both)) {
		for (i = 0; (taken[i] = nacc_shadow_get()); )
			i++;
		KUNIT_EXPECT_EQ(test, i, nr);
		KUNIT_EXPECT_EQ(test, fork_area(&both, 0), 0);
		while (i--)
			nacc_shadow_put(taken[i]);
		KUNIT_EXPECT_EQ(test, test_hooks("fork").fallback,
				fork.fallback + 1);
		check_pair(test, &both);
	}
	end_pair(&both);
}

/* A child that is not marked: as ever, but for the parent's side. */
static void fork_unmarked_child(struct kunit *test)
{
	struct test_hooks fork = test_hooks("fork");
	struct pair both = {};

	if (begin_strangers(test, &both)) {
		KUNIT_EXPECT_EQ(test, test_unmark(&both.child), 0);
		KUNIT_EXPECT_EQ(test, fork_area(&both, 0), 0);
		KUNIT_EXPECT_EQ(test, test_hooks("fork").routed, fork.routed + 1);
		KUNIT_EXPECT_EQ(test, test_hooks("fork").fallback, fork.fallback);
		KUNIT_EXPECT_EQ(test, anon_of(&both.child),
				anon_of(&both.parent));
		KUNIT_EXPECT_EQ(test, test_mark(&both.child), 0);
		check_pair(test, &both);
	}
	end_pair(&both);
}

/* What its CPUs have not summed up yet, and what they have: none is lost. */
static void fork_settles(struct kunit *test)
{
	s32 batch = percpu_counter_batch;
	struct pair both = {};

	if (begin_pair(test, &both)) {
		test_mm_enter(&both.parent);
		KUNIT_EXPECT_EQ(test, test_fill(&both.parent, 1), 0);
		test_mm_leave(&both.parent);
		/* Each addition goes to the copy's own sum. */
		percpu_counter_batch = 1;
		KUNIT_EXPECT_EQ(test, fork_area(&both, 0), 0);
		KUNIT_EXPECT_EQ(test, fork_area(&both, 1), 0);
		percpu_counter_batch = batch;
		check_pair(test, &both);
	}
	end_pair(&both);
}

/* A table of all kinds of entries: each that is not valid is found, and no other. */
static void fork_scan(struct kunit *test)
{
	u64 *entries = kunit_kcalloc(test, PTRS_PER_PTE, sizeof(*entries),
				     GFP_KERNEL);
	unsigned int round, i;

	KUNIT_ASSERT_NOT_NULL(test, entries);
	for (round = 0; round < 200; round++) {
		unsigned int first = get_random_u32_below(PTRS_PER_PTE);
		unsigned int end = first + 1 +
				   get_random_u32_below(PTRS_PER_PTE - first);
		unsigned int rare = 1 + get_random_u32_below(200), slot = first;

		for (i = 0; i < PTRS_PER_PTE; i++)
			entries[i] = get_random_u32_below(rare) ?
				     get_random_u64() | _PAGE_PRESENT :
				     get_random_u64() & ~(u64)_PAGE_PRESENT;
		for (i = first; i < end; i++) {
			if (entries[i] & _PAGE_PRESENT)
				continue;
			slot = next_not_valid(entries, slot, end);
			KUNIT_EXPECT_EQ(test, slot, i);
			slot++;
		}
		KUNIT_EXPECT_EQ(test, next_not_valid(entries, slot, end), end);
	}
}

/* What may stay in a shadow for a while, and what may not. */
static void fork_kinds(struct kunit *test)
{
	struct mm_struct *child = kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);
	struct list_head others;
	u64 page = pte_val(pfn_pte(77, PAGE_READ));
	u64 hidden = pte_val(pfn_pte(77, PAGE_NONE));
	u64 swap, move, marker;

	KUNIT_ASSERT_NOT_NULL(test, child);
	swap = pte_val(swp_entry_to_pte(swp_entry(0, 77)));
	move = pte_val(swp_entry_to_pte(make_readable_migration_entry(77)));
	marker = pte_val(make_pte_marker(PTE_MARKER_POISONED));
	INIT_LIST_HEAD(&child->mmlist);
	KUNIT_EXPECT_TRUE(test, only_in_place(child, swap));
	INIT_LIST_HEAD(&others);
	list_add(&child->mmlist, &others);
	KUNIT_EXPECT_FALSE(test, only_in_place(child, swap));
	KUNIT_EXPECT_TRUE(test, only_in_place(child, move));
	KUNIT_EXPECT_FALSE(test, only_in_place(child, marker));
	KUNIT_EXPECT_FALSE(test, only_in_place(child, 0));
	KUNIT_EXPECT_FALSE(test, only_in_place(child, page));
	KUNIT_EXPECT_FALSE(test, only_in_place(child, hidden));
	KUNIT_EXPECT_TRUE(test, is_migration(move));
	KUNIT_EXPECT_FALSE(test, is_migration(swap));
	KUNIT_EXPECT_FALSE(test, is_migration(marker));
}

/* What the child has is not done again; what it has not stays. */
static void fork_forgets(struct kunit *test)
{
	struct nacc_shadow *s = nacc_shadow_get();
	struct nacc_shadow_table *t;
	u64 *frame;

	KUNIT_ASSERT_NOT_NULL(test, s);
	frame = kunit_kcalloc(test, PTRS_PER_PTE, sizeof(*frame), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, frame);
	t = &s->table[0];
	t->first = 10;
	t->nr = 3;
	t->entries[10] = 0x123;
	frame[10] = 0x123;
	t->entries[11] = 0x456;
	t->entries[12] = 0x789;
	frame[12] = 0x788;
	frame[13] = 0x111;
	t->entries[13] = 0x111;
	forget_written(t, frame);
	KUNIT_EXPECT_EQ(test, t->entries[10], 0);
	KUNIT_EXPECT_EQ(test, t->entries[11], 0x456);
	KUNIT_EXPECT_EQ(test, t->entries[12], 0x789);
	KUNIT_EXPECT_EQ(test, t->entries[13], 0x111);
	memset64(&t->entries[10], 0, 4);
	nacc_shadow_put(s);
}

/* All slots of the shadows, whatever is in them: what an attacker could reach. */
static void fill_shadows(u64 leaf, u64 link)
{
	struct nacc_shadow *taken[16];
	unsigned int nr, i;

	for (nr = 0; nr < ARRAY_SIZE(taken); nr++) {
		struct nacc_shadow *s = nacc_shadow_get();

		taken[nr] = s;
		if (!s)
			break;
		for (i = 0; i < NACC_SHADOW_TABLES; i++)
			memset64(s->table[i].entries, leaf, PTRS_PER_PTE);
		for (i = 1; i <= nacc_top_level(); i++)
			memset64(s->dir[i], link, PTRS_PER_PTE);
		memset(s->src, leaf ? 0xff : 0, sizeof(*s->src));
	}
	while (nr--)
		nacc_shadow_put(taken[nr]);
}

/* Stores into what rests: another's page is not mapped, not let go, not counted. */
static void fork_stray(struct kunit *test)
{
	struct test_hooks fork = test_hooks("fork");
	struct page *page = alloc_page(GFP_KERNEL);
	struct pair both = {};

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_LE(test, 2 * num_possible_cpus(), 16);
	if (begin_pair(test, &both)) {
		fill_shadows(nacc_pte_relink(_PAGE_PRESENT | _PAGE_READ |
					     _PAGE_WRITE | _PAGE_USER |
					     _PAGE_ACCESSED | _PAGE_DIRTY,
					     page_to_phys(page)),
			     nacc_pte_relink(_PAGE_TABLE, page_to_phys(page)));
		KUNIT_EXPECT_EQ(test, fork_area(&both, 0), 0);
		KUNIT_EXPECT_EQ(test, test_hooks("fork").fallback, fork.fallback);
		check_pair(test, &both);
	}
	end_pair(&both);
	fill_shadows(0, 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&page->_mapcount), -1);
	__free_page(page);
}

static struct kunit_case fork_cases[] = {
	KUNIT_CASE(fork_by_calls),
	KUNIT_CASE(fork_strangers),
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	KUNIT_CASE_SLOW(fork_huge),
#endif
	KUNIT_CASE_SLOW(fork_call_fails),
	KUNIT_CASE(fork_no_shadow),
	KUNIT_CASE(fork_unmarked_child),
	KUNIT_CASE(fork_settles),
	KUNIT_CASE(fork_scan),
	KUNIT_CASE(fork_kinds),
	KUNIT_CASE(fork_forgets),
	KUNIT_CASE(fork_stray),
	{}
};

static struct kunit_suite fork_suite = {
	.name = "nacc_fork",
	.init = account_init,
	.exit = account_exit,
	.test_cases = fork_cases,
};

kunit_test_suite(fork_suite);
