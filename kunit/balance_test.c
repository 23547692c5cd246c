// SPDX-License-Identifier: GPL-2.0
/* Tests of balance.c: what nobody gives back is seen, and nothing else. */
#include <linux/slab.h>

#include "env.h"

/* So many that their caches need new pages, in both kernels of the tests. */
#define OBJECTS		128
#define OBJECT_SIZE	64

/* What the module may forget to give back, one of each kind. */
struct forgotten {
	struct page *page;
	struct page *two;	/* order 1 */
	struct page *split;	/* order 1, then two of order 0 */
	struct page *table;
	void *object[OBJECTS];
};

#define PAGES		6

static void forget(struct kunit *test, struct forgotten *f)
{
	unsigned int i;

	f->page = alloc_page(GFP_KERNEL);
	f->two = alloc_pages(GFP_KERNEL, 1);
	f->split = alloc_pages(GFP_KERNEL, 1);
	f->table = nacc_table_alloc(0, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->page);
	KUNIT_ASSERT_NOT_NULL(test, f->two);
	KUNIT_ASSERT_NOT_NULL(test, f->split);
	KUNIT_ASSERT_NOT_NULL(test, f->table);
	split_page(f->split, 1);
	for (i = 0; i < OBJECTS; i++) {
		f->object[i] = kmalloc(OBJECT_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, f->object[i]);
	}
}

static void remember(const struct forgotten *f)
{
	unsigned int i;

	__free_page(f->page);
	__free_pages(f->two, 1);
	__free_page(f->split);
	__free_page(f->split + 1);
	nacc_table_free(f->table, 0);
	for (i = 0; i < OBJECTS; i++)
		kfree(f->object[i]);
}

/* All of it is counted, each page and each object once, until it is given back. */
static void balance_forgotten(struct kunit *test)
{
	struct forgotten *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	forget(test, f);
	test_balance_stop();
	KUNIT_EXPECT_EQ(test, test_balance_pages(), PAGES);
	KUNIT_EXPECT_TRUE(test, test_balance_has(f->page));
	KUNIT_EXPECT_TRUE(test, test_balance_has(f->two));
	KUNIT_EXPECT_TRUE(test, test_balance_has(f->two + 1));
	KUNIT_EXPECT_TRUE(test, test_balance_has(f->split + 1));
	KUNIT_EXPECT_TRUE(test, test_balance_has(f->table));
	KUNIT_EXPECT_EQ(test, test_balance_end(), PAGES + OBJECTS);
	remember(f);

	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	forget(test, f);
	remember(f);
	KUNIT_EXPECT_EQ(test, test_balance_end(), 0);
}

/*
 * The pages of a cache are none of the task's: while they have its objects in them, and
 * when nothing tells any more that they had. Freed where no free is seen, since when
 * that happens is the cache's affair.
 */
static void balance_cache(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("nacc-balance", OBJECT_SIZE, 0,
						     SLAB_NO_MERGE, NULL);
	void **object = kunit_kcalloc(test, OBJECTS, sizeof(*object), GFP_KERNEL);
	unsigned int i, noted = 0;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	for (i = 0; i < OBJECTS; i++)
		object[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	test_balance_stop();
	for (i = 0; i < OBJECTS; i++) {
		KUNIT_ASSERT_NOT_NULL(test, object[i]);
		noted += test_balance_has(virt_to_page(object[i]));
	}
	KUNIT_EXPECT_EQ(test, noted, 0);
	KUNIT_EXPECT_EQ(test, test_balance_pages(), 0);
	/* In newer kernels a cache may take an array for itself, and keep it. */
	KUNIT_EXPECT_LE(test, test_balance_end(), 1);
	/* Larger blocks are not looked at, whoever takes them. */
	KUNIT_EXPECT_LE(test, folio_order(virt_to_folio(object[0])), 1);
	for (i = 0; i < OBJECTS; i++)
		kmem_cache_free(cache, object[i]);
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_EQ(test, test_balance_pages(), 0);
}

static struct kunit_case balance_cases[] = {
	KUNIT_CASE(balance_forgotten),
	KUNIT_CASE(balance_cache),
	{}
};

static struct kunit_suite balance_suite = {
	.name = "nacc_balance",
	.init = account_init,
	.exit = account_exit,
	.test_cases = balance_cases,
};

kunit_test_suite(balance_suite);
