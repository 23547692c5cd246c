// SPDX-License-Identifier: GPL-2.0
/* Tests of frames.c, which includes this file: what it prints is what is there. */
#include "env.h"

/**
 * struct shown - a line of /proc/nacc/pool
 * @frame: number of the frame
 * @pa: its physical address
 * @type: its type
 * @level: its level
 * @live: entries in use
 * @owner: frame of the root
 * @parent: frame of the table that names it
 * @slot: of @parent
 * @refs: references to its page
 * @domain: ID of the domain
 */
struct shown {
	unsigned int frame;
	u64 pa;
	char type[16];
	unsigned int level;
	unsigned int live;
	unsigned int owner;
	unsigned int parent;
	unsigned int slot;
	int refs;
	unsigned int domain;
};

/* A root has no parent. */
static bool parse(const char *line, struct shown *s)
{
	if (sscanf(line, "%u %llx %15s %u %u %u %u %u %d %u", &s->frame, &s->pa,
		   s->type, &s->level, &s->live, &s->owner, &s->parent,
		   &s->slot, &s->refs, &s->domain) == 10)
		return true;
	s->parent = NACC_FRAME_NONE;
	return sscanf(line, "%u %llx %15s %u %u %u - %u %d %u", &s->frame,
		      &s->pa, s->type, &s->level, &s->live, &s->owner, &s->slot,
		      &s->refs, &s->domain) == 9;
}

static unsigned int entries_in_use(const struct shown *s)
{
	const u64 *table = __va(s->pa);
	unsigned int i, n = 0;

	for (i = 0; i < nacc_entries(s->level); i++)
		n += !!table[i];
	return n;
}

/* What it says of a frame of @t, against the tables themselves. */
static void check_line(struct kunit *test, struct test_mm *t,
		       const struct shown *s)
{
	const unsigned int root = nacc_frame_index(__pa(t->mm->pgd));
	const u64 *parent;

	KUNIT_EXPECT_EQ(test, s->pa, (u64)nacc_frame_pa(s->frame));
	KUNIT_EXPECT_EQ(test, s->owner, root);
	KUNIT_EXPECT_EQ(test, s->domain, t->id);
	KUNIT_EXPECT_EQ(test, s->live, entries_in_use(s));
	KUNIT_EXPECT_EQ(test, s->refs, NACC_PAGE_OURS + 1);
	if (s->frame == root) {
		KUNIT_EXPECT_STREQ(test, s->type, "root");
		KUNIT_EXPECT_EQ(test, s->level, nacc_top_level());
		KUNIT_EXPECT_EQ(test, s->parent, NACC_FRAME_NONE);
		return;
	}
	KUNIT_EXPECT_STREQ(test, s->type, "table");
	KUNIT_ASSERT_LT(test, s->parent, nacc_pool.nr);
	KUNIT_ASSERT_LT(test, s->slot, PTRS_PER_PTE);
	parent = __va(nacc_frame_pa(s->parent));
	KUNIT_EXPECT_TRUE(test, nacc_pte_link(parent[s->slot]));
	KUNIT_EXPECT_EQ(test, (u64)nacc_pte_pa(parent[s->slot]), s->pa);
}

/* What is taken from now on is of the pool's other end. */
static void leave_upper_half(struct kunit *test)
{
	unsigned long done;
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, nacc_pool_arm_for(nacc_pool.nr / 4 * 3));
	for (i = 0; i < nacc_pool.nr / 2; i += NACC_SBI_ARM_MAX)
		KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_DISARM, i, NACC_SBI_ARM_MAX, 0,
						    &done), 0);
}

static void frames_print(struct kunit *test)
{
	struct seq_file m = { .size = 16 * PAGE_SIZE };
	unsigned int lines = 0, levels = 0, last = 0, inside;
	char *line, *next;
	struct test_mm t;
	struct shown s;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	leave_upper_half(test);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	test_tables_outside(t.mm, &inside);
	KUNIT_EXPECT_EQ(test, nacc_frames_seq(&m), 0);
	next = m.buf;
	line = strsep(&next, "\n");
	KUNIT_EXPECT_STREQ(test, line,
			   "frame pa type level live owner parent slot refs domain");
	while ((line = strsep(&next, "\n")) && *line) {
		KUNIT_ASSERT_TRUE_MSG(test, parse(line, &s), "%s", line);
		check_line(test, &t, &s);
		levels |= BIT(s.level);
		last = s.frame;
		lines++;
	}
	KUNIT_EXPECT_EQ(test, lines, inside);
	KUNIT_EXPECT_EQ(test, levels, BIT(nacc_top_level() + 1) - 1);
	KUNIT_EXPECT_GT(test, last, nacc_pool.nr / 2);
	test_mm_end(&t);
}

static struct kunit_case frames_cases[] = {
	KUNIT_CASE(frames_print),
	{}
};

static struct kunit_suite frames_suite = {
	.name = "nacc_frames",
	.init = account_init,
	.exit = account_exit,
	.test_cases = frames_cases,
};

kunit_test_suite(frames_suite);
