/* SPDX-License-Identifier: GPL-2.0 */
/* What the suites share. */
#ifndef NACC_KUNIT_ENV_H
#define NACC_KUNIT_ENV_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/mm_types.h>

#include "domain/internal.h"
#include "hook/internal.h"
#include "routes/internal.h"
#include "routes/pay.h"
#include "test_compat.h"
#include "user/user.h"

/* For tests that take more than a second. */
#define TEST_SLOW	{ .speed = KUNIT_SPEED_SLOW }

#define TEST_NEEDS_THP(test) do {					\
	if (!test_thp())						\
		kunit_skip(test, "huge pages are off in this boot");	\
} while (0)

/*
 * Hooks by kprobe tell their own callers by the module that these are in, so there
 * are none where all is a part of the kernel.
 */
#define TEST_NEEDS_MODULE(test) do {					\
	if (!__is_defined(MODULE))					\
		kunit_skip(test, "not a module in this boot");		\
} while (0)

/* env.c: address spaces to play with ---------------------------------------- */

/* What an area spans; the areas have PMD tables of their own. */
#define TEST_STRIDE	(8 * PMD_SIZE)
#define TEST_AREAS	4

/**
 * struct test_mm - an address space that the current thread runs on
 * @mm: the mm; the test holds mm_users
 * @area: start of TEST_AREAS mappings of TEST_STRIDE bytes each
 * @id: its domain while marked, or 0
 */
struct test_mm {
	struct mm_struct *mm;
	unsigned long area[TEST_AREAS];
	u32 id;
};

bool test_thp(void);
int test_mm_begin(struct test_mm *t);
void test_mm_end(struct test_mm *t);
void test_mm_unuse(struct test_mm *t);
void test_mm_enter(struct test_mm *t);
void test_mm_leave(struct test_mm *t);
int test_fill(struct test_mm *t, unsigned int area);
int test_fill_huge(struct test_mm *t, unsigned int area);
int test_check(struct test_mm *t, unsigned int area);
int test_check_rest(struct test_mm *t, unsigned int area);
int test_map(struct test_mm *t, unsigned int area);
int test_unmap(struct test_mm *t, unsigned int area);
int test_protect(struct test_mm *t, unsigned int area, unsigned long prot);
int test_mark(struct test_mm *t);
int test_mm_marked(struct test_mm *t, bool filled);
int test_unmark(struct test_mm *t);
void test_at_switch(void (*fn)(void *arg), void *arg);
void test_at_reclaim(void (*fn)(void *arg), void *arg);
struct page *test_copy_root(struct test_mm *t);
void test_late_satp(const struct nacc_switch *sw);
unsigned long test_satp_pfn(void);
u64 *test_entry(struct test_mm *t, unsigned long va, unsigned int level);
unsigned int test_tables_outside(struct mm_struct *mm, unsigned int *inside);
unsigned int test_tables_locked(struct test_mm *t);
bool test_domain_is_ours(const struct nacc_domain *domain);

/* account.c: what must be as it was ------------------------------------------ */

/**
 * struct account - what a test must leave as it found it
 * @tables: NR_PAGETABLE, exact
 * @leaked: pages the module has given up
 * @refused: stores that the shim has refused
 * @promised: armed frames that somebody has been promised
 * @held: frames that have other references than those that are always there
 */
struct account {
	long tables;
	long leaked;
	u64 refused;
	unsigned int promised;
	unsigned int held;
};

int test_guard_begin(void);
struct mm_struct *test_guard_mm(void);
int test_settle(void);
void test_leave_lazy(void);
int account_init(struct kunit *test);
void account_exit(struct kunit *test);

/* sbi_fault.c, alloc_fault.c: errors at a chosen place ------------------------ */

#define TEST_ANY_FID	(~0U)
#define TEST_NO_FID	(~1U)

void sbi_fault_set(unsigned int fid, unsigned int nth);
void sbi_fault_all(unsigned int fid);
void sbi_fault_then(unsigned int fid);
void sbi_before(unsigned int fid, void (*fn)(void *arg), void *arg);
bool sbi_fault_clear(void);
int alloc_fault_prepare(void);
void alloc_fault_set(unsigned int nth);
bool alloc_fault_clear(void);
void alloc_fault_load(void);

/* balance.c: what is not given back ------------------------------------------- */

int test_balance_begin(void);
void test_balance_stop(void);
unsigned int test_balance_pages(void);
bool test_balance_has(const struct page *page);
void test_balance_drain(void);
unsigned int test_balance_end(void);
void test_balance_tell(void);

/* reader.c: a reader on another CPU --------------------------------------------- */

/**
 * struct test_reader - it looks at page tables that are about to go
 * @task: the thread
 * @inside: it has begun
 * @irqs_off: see test_reader_begin()
 * @passed: who had to wait for it waits no more
 * @overtaken: that was so before it had ended
 */
struct test_reader {
	struct task_struct *task;
	struct completion inside;
	bool irqs_off;
	bool passed;
	bool overtaken;
};

int test_reader_begin(struct test_reader *r, bool irqs_off);
bool test_reader_overtaken(struct test_reader *r);

/* In the module's files, by the tests included there: exhaust.c, inherit.c, room.c  */

int test_quota(const struct test_mm *t, u64 frames, struct nacc_quota *q);
bool test_late_fork(void);
unsigned int test_records_used(void);
unsigned int test_kept(const struct mm_struct *mm);
unsigned int test_exhaust(const struct mm_struct *mm);
unsigned int test_room(void);
bool test_room_take(unsigned int nr, unsigned int kept);

/* user_test.c ----------------------------------------------------------------- */

int test_program(const char *name);

/* look_test.c, enter_test.c, event_test.c */
struct task_struct *test_first_in(const struct cgroup *cgroup);
void test_dress(struct task_struct *task, struct task_struct *parent,
		struct mm_struct *mm);
bool test_next_event(u64 *seq, enum nacc_event_type *type, u32 domain);

/* In the module's files, by the tests included there */

/**
 * struct test_hooks - what became of the calls of hooked functions
 * @hits: see struct nacc_hook_counts
 * @routed: likewise
 * @fallback: likewise
 */
struct test_hooks {
	unsigned long hits;
	unsigned long routed;
	unsigned long fallback;
};

struct test_hooks test_hooks(const char *name);
bool test_hides(const char *name);
void test_hook_mode(const char *name);
int test_mark_mm(struct mm_struct *mm, u32 *id);
void test_condemn(u64 tag);
u64 test_stat(unsigned int stat);
long test_count(enum nacc_count counter);
void test_promote_hold(void);
void test_promote_release(void);

#endif /* NACC_KUNIT_ENV_H */
