// SPDX-License-Identifier: BSD-2-Clause
/*
 * Locks: who waits for whom, who does not, and what a hart finds that has waited. A
 * hart that waits is a thread; what another does meanwhile is done by the test.
 */
#include <pthread.h>
#include <sched.h>

#include "frame.h"
#include "lock.h"
#include "machine.h"

static nacc_u64 root, mid, table, other;

static int setup_two(void **state)
{
	setup_sv39(state);
	root = new_as();
	mid = new_table(root, 1);
	table = new_table(root, 0);
	other = new_as();
	return 0;
}

/** struct waiter - a call that another hart makes, and its result */
struct waiter {
	pthread_t thread;
	nacc_u64 fid, a0, a1;
	struct nacc_ret ret;
};

#define WAITER	7

static nacc_u64 waits(void)
{
	return __atomic_load_n(&m.core.percpu[WAITER].waits, __ATOMIC_RELAXED);
}

static void *make_call(void *arg)
{
	struct waiter *w = arg;

	this_hart = WAITER;
	w->ret = call(w->fid, w->a0, w->a1, 0);
	return NULL;
}

static void begin(struct waiter *w, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1)
{
	*w = (struct waiter){ .fid = fid, .a0 = a0, .a1 = a1 };
	assert_int_equal(pthread_create(&w->thread, NULL, make_call, w), 0);
}

/* The same, and it waits for this lock, which is held. */
static void begin_waiting(struct waiter *w, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1)
{
	nacc_u64 before = waits();

	begin(w, fid, a0, a1);
	while (waits() == before)
		sched_yield();
}

static struct nacc_ret end(struct waiter *w)
{
	assert_int_equal(pthread_join(w->thread, NULL), 0);
	return w->ret;
}

static nacc_u32 *lock_of(nacc_u64 as)
{
	return &frame_of(as)->lock;
}

static nacc_u64 index_of(nacc_u64 pa)
{
	return (pa - m.core.frame_base) / PAGE;
}

/* Whoever holds one address space keeps nobody from another. */
static void no_lock_of_all(void **state)
{
	nacc_u64 page = page_alloc(), built, before = stat(NACC_STAT_LOCK_WAITS);
	nacc_u64 here = new_table(other, 1);
	struct waiter w;

	(void)state;
	nacc_lock(&m.core, lock_of(root));
	begin(&w, NACC_SBI_TABLE_LINK, here, 9);
	must(end(&w));
	begin(&w, NACC_SBI_AS_CREATE, 0, NACC_SBI_AS_LIVE);
	built = must(end(&w));
	begin(&w, NACC_SBI_AS_RETIRE, built, 0);
	must(end(&w));
	fence();
	begin(&w, NACC_SBI_RECLAIM, index_of(built), 1);
	assert_int_equal(must(end(&w)), 1);
	begin(&w, NACC_SBI_ARM, index_of(built), 1);
	assert_int_equal(must(end(&w)), 1);
	begin(&w, NACC_SBI_STATS, page, 0);
	must(end(&w));
	/* Nor do stores wait: above level 0 there, at level 0 anywhere. */
	assert_int_equal(sd(here + 80, LINK(page_alloc())), NACC_REASON_NONE);
	assert_int_equal(sd(table, PTE(DATA_PAGE, USER_RW)), NACC_REASON_NONE);
	assert_int_equal(must(call(NACC_SBI_WRITE_PROTECT, table, 512 << 16, 0)), 1);
	assert_int_equal(stat(NACC_STAT_LOCK_WAITS), before);
	nacc_unlock(lock_of(root));
}

/* A wait is counted once, for the hart that has waited. */
static void waits_are_counted(void **state)
{
	nacc_u64 all = stat(NACC_STAT_LOCK_WAITS), mine = waits();
	struct waiter w;

	(void)state;
	nacc_lock(&m.core, lock_of(root));
	begin_waiting(&w, NACC_SBI_TABLE_LINK, mid, 5);
	assert_int_equal(entry(mid, 5), 0);
	nacc_unlock(lock_of(root));
	assert_int_equal(entry(mid, 5), LINK(must(end(&w))));
	assert_int_equal(stat(NACC_STAT_LOCK_WAITS), all + 1);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_LOCK_WAITS, WAITER, 0)), mine + 1);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_LOCK_WAITS, WAITER + 1, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_LOCK_WAITS,
				   WAITER + NACC_PERCPU, 0)), mine + 1);
}

/* What a call names may have become another thing while it waited. */
static void released_while_waiting(void **state)
{
	nacc_u64 pa[] = { table, mid, other };
	static const nacc_u64 fids[] = { NACC_SBI_TABLE_RELEASE, NACC_SBI_TABLE_LINK,
					 NACC_SBI_AS_RETIRE };
	struct waiter w;

	(void)state;
	assert_int_equal(sd(mid, 0), NACC_REASON_NONE);
	assert_int_equal(sd(root, 0), NACC_REASON_NONE);
	for (int i = 0; i < 3; i++) {
		nacc_u32 *lock = &m.core.frames[frame_of(pa[i])->owner].lock;

		nacc_lock(&m.core, lock);
		begin_waiting(&w, fids[i], pa[i], 0);
		nacc_frame_release(&m.core, frame_of(pa[i]));
		nacc_unlock(lock);
		assert_call(end(&w), NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	}
}

/* A set of tables of two address spaces: one is linked after it was looked at. */
static void linked_while_waiting(void **state)
{
	nacc_u64 theirs = must(call(NACC_SBI_TABLE_NEW, other, 0, 0));
	nacc_u64 ours = must(call(NACC_SBI_TABLE_NEW, root, 0, 0));
	nacc_u64 *first = ours < theirs ? &ours : &theirs, *last = ours < theirs ? &theirs : &ours;
	nacc_u64 set = 1UL << (index_of(*last) - index_of(*first));
	nacc_u64 as = frame_address(frame_of(*first)->owner), at;
	nacc_u32 *lock = &m.core.frames[frame_of(*last)->owner].lock;
	struct waiter w;

	(void)state;
	assert_true(index_of(*last) - index_of(*first) < 64);
	at = new_table(as, 1) + 20 * 8;
	nacc_lock(&m.core, lock);
	begin_waiting(&w, NACC_SBI_TABLE_RELEASE, *first, set);
	assert_int_equal(sd(at, LINK(*first)), NACC_REASON_NONE);
	nacc_unlock(lock);
	assert_call(end(&w), NACC_SBI_ERR_INVALID_STATE, NACC_REASON_LINKED);
	assert_int_equal(frame_of(*first)->type, NACC_FRAME_TABLE);
	assert_int_equal(frame_of(*last)->type, NACC_FRAME_TABLE);
	/* Its legal twin */
	assert_int_equal(sd(at, 0), NACC_REASON_NONE);
	must(call(NACC_SBI_TABLE_RELEASE, *first, set, 0));
	assert_int_equal(frame_of(*first)->type, NACC_FRAME_RELEASED);
	assert_int_equal(frame_of(*last)->type, NACC_FRAME_RELEASED);
}

/* Of two harts that want a table in the same place one gets it, and both learn which. */
static void one_link_wins(void **state)
{
	struct waiter w[2];
	nacc_u64 before = waits(), tables = stat(NACC_STAT_FRAMES_TABLE);
	int won;

	(void)state;
	nacc_lock(&m.core, lock_of(root));
	for (int i = 0; i < 2; i++)
		begin(&w[i], NACC_SBI_TABLE_LINK, mid, 30);
	while (waits() != before + 2)
		sched_yield();
	nacc_unlock(lock_of(root));
	for (int i = 0; i < 2; i++)
		end(&w[i]);
	won = w[0].ret.error != 0;
	assert_int_equal(must(w[won].ret), PTE_TO_PA(entry(mid, 30)));
	assert_call(w[!won].ret, NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	assert_int_equal(stat(NACC_STAT_FRAMES_TABLE), tables + 1);
}

static void release_it(unsigned long *at)
{
	(void)at;
	race = NULL;
	assert_int_equal(frame_of(table)->live, 0);
	assert_int_equal(sd(mid, 0), NACC_REASON_NONE);
	must(call(NACC_SBI_TABLE_RELEASE, table, 0, 0));
}

/*
 * A table is released while another hart writes it: nothing was counted yet, so it
 * looked empty. By the time a fence has covered it the count is right, and what was
 * written is gone.
 */
static void released_while_written(void **state)
{
	nacc_u64 parent = new_table(other, 0), page = page_alloc();

	(void)state;
	for (int s = 0; s < 8; s++) {
		assert_int_equal(sd(parent + s * 8, PTE(DATA_PAGE, USER_RO)), NACC_REASON_NONE);
		page_at(page)[s] = PTE(DATA_PAGE, USER_RO);
	}
	race = release_it;
	assert_int_equal(must(call4(NACC_SBI_FORK, table, 8 << 16, page, parent)), 8);
	assert_null(race);
	assert_int_equal(frame_of(table)->type, NACC_FRAME_RELEASED);
	assert_int_equal(entry(table, 7), PTE(DATA_PAGE, USER_RO));
	assert_int_equal(frame_of(table)->live, 8);
	while (must(call(NACC_SBI_DRAIN, page, 0, 0)))
		;
	fence();
	assert_int_equal(must(call(NACC_SBI_RECLAIM, index_of(table), 1, 0)), 1);
	for (int s = 0; s < 512; s++)
		assert_int_equal(entry(table, s), 0);
}

static nacc_u64 taken;

/* While a frame that was taken is filled it is in no list. */
static void disarm_it(nacc_u64 pa)
{
	nacc_u64 i = index_of(pa);

	if (i >= m.core.nr_frames || frame_of(pa)->type != NACC_FRAME_ARMED)
		return;
	taken = pa;
	assert_int_equal(must(call(NACC_SBI_DISARM, i, 1, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_ARM, i, 1, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_RECLAIM, i, 1, 0)), 0);
}

static void taken_is_taken(void **state)
{
	nacc_u64 bad = page_alloc();

	(void)state;
	m.on_phys = disarm_it;
	assert_int_equal(sd(mid + 8, LINK(page_alloc())), NACC_REASON_NONE);
	m.on_phys = NULL;
	assert_int_equal(taken, PTE_TO_PA(entry(mid, 1)));
	assert_machine_ok();
	/* Nothing comes of it: it goes back to where it was. */
	taken = 0;
	page_at(bad)[3] = PTE(FW_BASE, USER_RW);
	m.on_phys = disarm_it;
	assert_int_not_equal(sd(mid + 16, LINK(bad)), NACC_REASON_NONE);
	m.on_phys = NULL;
	assert_machine_ok();
	assert_int_equal(frame_of(taken)->type, NACC_FRAME_ARMED);
	assert_int_equal(must(call(NACC_SBI_DISARM, index_of(taken), 1, 0)), 1);
}

/* Wherever the armed frames are, each hart finds them all. */
static void every_pile_is_looked_at(void **state)
{
	(void)state;
	must(call(NACC_SBI_DISARM, 0, m.core.nr_frames, 0));
	for (nacc_u32 i = 0; i < m.core.nr_frames; i += NACC_PILE_RUN) {
		if (frame_of(frame_address(i))->type != NACC_FRAME_FREE)
			continue;
		this_hart = i * 7;
		assert_int_equal(must(call(NACC_SBI_ARM, i, 1, 0)), 1);
		assert_int_equal(must(call(NACC_SBI_TABLE_NEW, root, 0, 0)), frame_address(i));
		assert_call(call(NACC_SBI_TABLE_NEW, root, 0, 0), NACC_SBI_ERR_NO_SHMEM,
			    NACC_REASON_EXHAUSTED);
	}
	this_hart = 0;
}

/* Before the set-up is locked calls wait for each other. */
static void one_at_a_time_before_the_lock(void **state)
{
	struct waiter w;

	(void)state;
	machine_off();
	machine_boot(SV39, 1 << 20);
	setup_content();
	must(do_setup());
	nacc_lock(&m.core, &m.core.lock);
	begin_waiting(&w, NACC_SBI_ARM, 0, 1);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), 0);
	nacc_unlock(&m.core.lock);
	assert_int_equal(must(end(&w)), 1);
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	nacc_lock(&m.core, &m.core.lock);
	begin(&w, NACC_SBI_ARM, 1, 1);
	assert_int_equal(must(end(&w)), 1);
	nacc_unlock(&m.core.lock);
}

static nacc_u64 overtake;

static void higher(unsigned long *at)
{
	race = NULL;
	*at = overtake;
}

/* Two harts raise what only goes up: the higher one stays. */
static void last_tag_races(void **state)
{
	(void)state;
	overtake = 50;
	race = higher;
	must(call(NACC_SBI_AS_CREATE, 40, 0, 0));
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_LAST_TAG, 0, 0)), 50);
	overtake = 55;
	race = higher;
	must(call(NACC_SBI_AS_CREATE, 60, 0, 0));
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_LAST_TAG, 0, 0)), 60);
	assert_null(race);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_two, teardown)
static const struct CMUnitTest tests[] = {
	TEST(no_lock_of_all),
	TEST(waits_are_counted),
	TEST(released_while_waiting),
	TEST(linked_while_waiting),
	TEST(one_link_wins),
	TEST(released_while_written),
	TEST(taken_is_taken),
	TEST(every_pile_is_looked_at),
	TEST(one_at_a_time_before_the_lock),
	TEST(last_tag_races),
};

const struct suite locks_suite = { "locks", tests, ARRAY_SIZE(tests) };
