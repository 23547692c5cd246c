// SPDX-License-Identifier: GPL-2.0
/*
 * What a task allocates and nobody frees: exact, by the kernel's own tracepoints,
 * whatever else the machine does meanwhile.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/tracepoint.h>

#include "env.h"

#define TAKEN_MAX	1024
#define CALLERS		8

/* What was allocated and is not free again: a page or an object of kmalloc(). */
struct taken {
	const void *what;
	unsigned long caller[CALLERS];
};

static DEFINE_RAW_SPINLOCK(taken_lock);
static struct taken taken[TAKEN_MAX];	/* under taken_lock */
static unsigned int nr_taken;		/* under taken_lock */
static unsigned int nr_lost;		/* under taken_lock: no room for them */
static struct task_struct *who;

static bool is_page(const void *what)
{
	return (unsigned long)what >= VMEMMAP_START &&
	       (unsigned long)what < VMEMMAP_END;
}

/*
 * The slab allocator takes pages, and what belongs to them, for a cache: they are the
 * cache's, and go when it likes, also long after all of the task's objects. Nor can
 * one see later what they were: that they are a slab's is forgotten before they are
 * free. One of these is never inlined, and no frame is guessed: the kernels of the
 * tests have frame pointers.
 */
static bool for_a_cache(const struct taken *t)
{
	static const char * const names[] = {
		"allocate_slab", "new_slab", "___slab_alloc",
	};
	unsigned int c, i;

	for (c = 0; c < CALLERS && t->caller[c]; c++) {
		char name[32];

		/* With what the compiler has added: ".constprop.0". */
		snprintf(name, sizeof(name), "%ps", (void *)t->caller[c]);
		for (i = 0; i < ARRAY_SIZE(names); i++) {
			size_t len = strlen(names[i]);

			if (!strncmp(name, names[i], len) &&
			    (!name[len] || name[len] == '.'))
				return true;
		}
	}
	return false;
}

static void take(const void *what)
{
	struct taken new = { .what = what };
	unsigned long flags;

	if (!what || current != READ_ONCE(who) || !in_task())
		return;
	stack_trace_save(new.caller, CALLERS, 2);
	if (for_a_cache(&new))
		return;
	raw_spin_lock_irqsave(&taken_lock, flags);
	if (nr_taken < TAKEN_MAX)
		taken[nr_taken++] = new;
	else
		nr_lost++;
	raw_spin_unlock_irqrestore(&taken_lock, flags);
}

static void give_back(const void *what)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&taken_lock, flags);
	for (i = 0; i < nr_taken; i++) {
		if (taken[i].what == what) {
			taken[i] = taken[--nr_taken];
			break;
		}
	}
	raw_spin_unlock_irqrestore(&taken_lock, flags);
}

static void page_alloc(void *data, struct page *page, unsigned int order,
		       gfp_t gfp, int migratetype)
{
	unsigned int i;

	/* What a debugging kernel keeps stacks in is larger than all of ours. */
	for (i = 0; order <= 1 && i < 1U << order; i++)
		take(page ? page + i : NULL);
}

static void page_free(void *data, struct page *page, unsigned int order)
{
	unsigned int i;

	/* Whoever is still a page table has a lock, and is counted as one. */
	if (PageTable(page))
		return;
	/* Those of one allocation may be freed one by one, after split_page(). */
	for (i = 0; i < 1U << order; i++)
		give_back(page + i);
}

static void object_alloc(void *data, unsigned long site, const void *object,
			 size_t bytes_req, size_t bytes, gfp_t gfp, int node)
{
	take(object);
}

static void object_free(void *data, unsigned long site, const void *object)
{
	give_back(object);
}

static struct event {
	const char *name;
	void *fn;
	struct tracepoint *tp;
} events[] = {
	{ "mm_page_alloc", page_alloc },
	{ "mm_page_free", page_free },
	{ "kmalloc", object_alloc },
	{ "kfree", object_free },
};

static void find_event(struct tracepoint *tp, void *arg)
{
	struct event *event = arg;

	if (!strcmp(tp->name, event->name))
		event->tp = tp;
}

static void unwatch(unsigned int n)
{
	while (n--)
		tracepoint_probe_unregister(events[n].tp, events[n].fn, NULL);
	tracepoint_synchronize_unregister();
}

/**
 * test_balance_begin() - from now on note what the current task allocates
 *
 * Return: 0 or an error.
 */
int test_balance_begin(void)
{
	unsigned int i;
	int ret;

	nr_taken = 0;
	nr_lost = 0;
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		for_each_kernel_tracepoint(find_event, &events[i]);
		ret = events[i].tp ? tracepoint_probe_register(events[i].tp,
							       events[i].fn,
							       NULL) : -ENOENT;
		if (ret) {
			unwatch(i);
			return ret;
		}
	}
	/* Not before: the registration allocates as well. */
	WRITE_ONCE(who, current);
	return 0;
}

/**
 * test_balance_stop() - from now on only note what is given back
 */
void test_balance_stop(void)
{
	WRITE_ONCE(who, NULL);
}

/**
 * test_balance_pages() - pages that have not been given back until now
 *
 * But for those that objects are made of, and for blocks of four and more. A page-table
 * page that is freed as such, without its destructor, counts as not given back.
 */
unsigned int test_balance_pages(void)
{
	unsigned int i, pages = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&taken_lock, flags);
	for (i = 0; i < nr_taken; i++)
		pages += is_page(taken[i].what);
	raw_spin_unlock_irqrestore(&taken_lock, flags);
	return pages + nr_lost;
}

/**
 * test_balance_has() - is this page among them?
 * @page: the page
 */
bool test_balance_has(const struct page *page)
{
	bool found = false;
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&taken_lock, flags);
	for (i = 0; i < nr_taken; i++)
		found |= taken[i].what == page;
	raw_spin_unlock_irqrestore(&taken_lock, flags);
	return found;
}

typedef void (*drain_fn)(void);

/**
 * test_balance_drain() - what is about to be given back is, or will not be
 *
 * The tables that a mark leaves behind go when a grace period has. And a CPU that has
 * had an mm may still hold some of its pages, for its LRU list.
 */
void test_balance_drain(void)
{
	drain_fn drain = (void *)nacc_ksym.lookup("lru_add_drain_all");

	nacc_kick();
	nacc_keeper_wait();
	if (!WARN_ON(!drain))
		drain();
}

/**
 * test_balance_end() - what has not been given back since test_balance_begin()
 *
 * An object that is freed by kfree_rcu() counts as not given back.
 *
 * Return: pages, see test_balance_pages(), and objects.
 */
unsigned int test_balance_end(void)
{
	unsigned int i, left;

	test_balance_stop();
	unwatch(ARRAY_SIZE(events));
	left = test_balance_pages();
	for (i = 0; i < nr_taken; i++)
		left += !is_page(taken[i].what);
	return left;
}

/**
 * test_balance_tell() - say what test_balance_end() has found, and who allocated it
 */
void test_balance_tell(void)
{
	unsigned int i, c;

	for (i = 0; i < nr_taken; i++) {
		const struct taken *t = &taken[i];

		pr_info("%s is not given back, allocated by\n",
			is_page(t->what) ? "a page" : "an object");
		for (c = 0; c < CALLERS && t->caller[c]; c++)
			pr_info("  %pS\n", (void *)t->caller[c]);
	}
}
