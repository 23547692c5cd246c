// SPDX-License-Identifier: BSD-2-Clause
/* Several harts at once: no bit lost (I7), no frame reused early (I8). */
#include <pthread.h>
#include <sched.h>

#include "lock.h"
#include "machine.h"

#define THREADS		4
#define SLOTS		4

static nacc_u64 table;
static int stop;

/*
 * Each change of an entry gives what it took and what it put. Over all threads
 * the sum of h(put) - h(took) must be h(end) - h(begin): a lost or invented
 * value anywhere breaks it.
 */
static nacc_u64 h(nacc_u64 x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdUL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53UL;
	return x ^ x >> 33;
}

struct worker {
	pthread_t thread;
	nacc_u64 seed;
	nacc_u64 delta[SLOTS];
	nacc_u64 done, retries, wrong;
};

static nacc_u64 put_of(nacc_u8 op, nacc_u64 old, nacc_u64 operand)
{
	switch (op) {
	case NACC_OP_OR:
		return old | operand;
	case NACC_OP_AND:
		return old & operand;
	case NACC_OP_XOR:
		return old ^ operand;
	default:
		return operand;
	}
}

static void one_store(struct worker *w)
{
	static const nacc_u8 ops[] = {
		NACC_OP_STORE, NACC_OP_SWAP, NACC_OP_OR, NACC_OP_AND, NACC_OP_XOR,
	};
	nacc_u64 slot = rnd(&w->seed) % SLOTS, old, operand, r;
	nacc_u8 op = ops[(rnd(&w->seed) >> 20) % 5];
	unsigned int result;

	r = rnd(&w->seed);
	switch (op) {
	case NACC_OP_OR:
	case NACC_OP_XOR:
		operand = 0x100UL << (r & 1);
		break;
	case NACC_OP_AND:
		operand = ~((r & 1 ? A : D) | 0x100);
		break;
	default:
		operand = r % 4 ? PTE(DATA_PAGE + (r >> 8) % 512 * PAGE,
				      V | R | W | U) : 0;
	}
	result = amo(op, table + slot * 8, operand, &old);
	if (result == NACC_STORE_RETRY) {
		w->retries++;
	} else if (result) {
		w->wrong++;
	} else {
		w->delta[slot] += h(put_of(op, old, operand)) - h(old);
		w->done++;
	}
}

static nacc_u64 walks;

/* On a busy machine the walker's thread has to be let on. */
static int walks_left(void)
{
	if (__atomic_load_n(&walks, __ATOMIC_RELAXED) >= 1000)
		return 0;
	sched_yield();
	return 1;
}

static void *hart(void *arg)
{
	struct worker *w = arg;

	/* Until the walker, too, has had its turns. */
	for (int i = 0; i < 200000 || (i < 5000000 && walks_left()); i++)
		one_store(w);
	return NULL;
}

static void *walker(void *arg)
{
	struct worker *w = arg;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		nacc_u64 slot = rnd(&w->seed) % SLOTS;
		nacc_u64 *e = page_at(table) + slot;
		nacc_u64 old = __atomic_load_n(e, __ATOMIC_RELAXED);
		nacc_u64 new = old | A | (rnd(&w->seed) & 1 << 20 ? D : 0);

		if (!(old & V) || new == old)
			continue;
		if (__atomic_compare_exchange_n(e, &old, new, 0,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED)) {
			w->delta[slot] += h(new) - h(old);
			w->done++;
			__atomic_fetch_add(&walks, 1, __ATOMIC_RELAXED);
		}
	}
	return NULL;
}

static void *resolver(void *arg)
{
	struct worker *w = arg;
	nacc_u64 satp = (nacc_u64)m.mode << 60 |
			frame_address(frame_of(table)->owner) >> 12;

	/* Its changes are not told one by one: only sums of A and D check it. */
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		nacc_u64 r = rnd(&w->seed);

		if (nacc_set_ad(&m.core, satp, r % SLOTS * PAGE, r >> 20 & 1,
				0) != NACC_AD_SET)
			continue;
		w->done++;
		__atomic_fetch_add(&walks, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void storm(int with_resolver)
{
	struct worker w[THREADS + 1];
	nacc_u64 total = 0, tried = 0, live = 0;
	nacc_u64 traps = stat(NACC_STAT_TRAPS);
	nacc_u64 performed = stat(NACC_STAT_STORES) + stat(NACC_STAT_AMOS);

	memset(w, 0, sizeof(w));
	stop = 0;
	walks = 0;
	for (int i = 0; i <= THREADS; i++) {
		w[i].seed = 77 + i;
		pthread_create(&w[i].thread, NULL, i < THREADS ? hart :
			       with_resolver ? resolver : walker, &w[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(w[i].thread, NULL);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(w[THREADS].thread, NULL);

	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(w[i].wrong, 0);
		total += w[i].done;
		tried += w[i].done + w[i].retries;
	}
	for (int s = 0; s < SLOTS; s++) {
		nacc_u64 sum = h(0);

		for (int i = 0; i <= THREADS; i++)
			sum += w[i].delta[s];
		if (!with_resolver)
			assert_int_equal(sum, h(entry(table, s)));
		live += entry(table, s) != 0;
	}
	assert_int_equal(frame_of(table)->live, live);
	assert_int_equal(stat(NACC_STAT_TRAPS) - traps, tried);
	assert_int_equal(stat(NACC_STAT_STORES) + stat(NACC_STAT_AMOS) -
			 performed, total);
	assert_true(w[THREADS].done >= 1000);
	assert_machine_ok();
	print_message("             %lu stores, %lu retries, walker changed %lu\n",
		      total, tried - total, w[THREADS].done);
}

static void no_bit_lost(void **state)
{
	(void)state;
	table = new_table(new_as(), 0);
	storm(0);
}

static void set_ad_meanwhile(void **state)
{
	(void)state;
	table = new_table(new_as(), 0);
	storm(1);
}

/* A superpage entry: stored under the lock, still against the walker. */
static void no_bit_lost_level_1(void **state)
{
	struct worker w[2] = { { .seed = 5 }, { .seed = 6 } };
	nacc_u64 old;

	(void)state;
	table = new_table(new_as(), 1);
	stop = 0;
	walks = 0;
	pthread_create(&w[1].thread, NULL, walker, &w[1]);
	for (int i = 0; i < 200000 || (i < 5000000 && walks_left()); i++) {
		nacc_u64 slot = rnd(&w[0].seed) % SLOTS;
		nacc_u64 val = PTE(DATA_PAGE, V | R | W | U);

		if (i % 1024 == 0)
			sched_yield();
		assert_int_equal(amo(NACC_OP_SWAP, table + slot * 8, val, &old),
				 0);
		w[0].delta[slot] += h(val) - h(old);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(w[1].thread, NULL);
	assert_true(w[1].done >= 1000);
	for (int s = 0; s < SLOTS; s++)
		assert_int_equal(h(0) + w[0].delta[s] + w[1].delta[s],
				 h(entry(table, s)));
}

/* Harts in and out of the handler, as the fence of the glue sees them. */
static nacc_u64 in_handler[THREADS];

static void enter(int hart)
{
	__atomic_fetch_add(&in_handler[hart], 1, __ATOMIC_SEQ_CST);
}

static void leave(int hart)
{
	__atomic_fetch_add(&in_handler[hart], 1, __ATOMIC_SEQ_CST);
}

/* Each other hart is out now, or has left what it was in. */
static void fence_harts(int self)
{
	nacc_u64 epoch = nacc_fence_begin(&m.core);

	for (int i = 0; i < THREADS; i++) {
		nacc_u64 seen = __atomic_load_n(&in_handler[i], __ATOMIC_SEQ_CST);

		if (i == self || !(seen & 1))
			continue;
		while (__atomic_load_n(&in_handler[i], __ATOMIC_SEQ_CST) == seen)
			sched_yield();
	}
	nacc_fence_end(&m.core, epoch);
}

struct mixer {
	pthread_t thread;
	nacc_u64 seed;
	int hart;
	nacc_u64 page, root, wrong;
};

static nacc_u64 hcall4(struct mixer *x, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1,
		       nacc_u64 a2, nacc_u64 a3)
{
	struct nacc_ret ret;

	enter(x->hart);
	ret = call4(fid, a0, a1, a2, a3);
	leave(x->hart);
	return ret.error ? 0 : ret.value;
}

static nacc_u64 hcall(struct mixer *x, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1,
		      nacc_u64 a2)
{
	return hcall4(x, fid, a0, a1, a2, 0);
}

static void hstore(struct mixer *x, nacc_u64 pa, nacc_u64 val)
{
	nacc_u64 old;

	enter(x->hart);
	amo(NACC_OP_SWAP, pa, val, &old);
	leave(x->hart);
}

/* A life: build, use, drop, retire, recycle; and poke at everyone else's. */
static void *mix(void *arg)
{
	struct mixer *x = arg;
	nacc_u32 nr = m.core.nr_frames;

	this_hart = x->hart;

	for (int i = 0; i < 30000; i++) {
		nacc_u64 r = rnd(&x->seed), any = frame_address((r >> 8) % nr);
		nacc_u64 slot = (r >> 40) % 4 * 8;

		switch (r % 20) {
		case 0:
			if (!x->root)
				x->root = hcall(x, NACC_SBI_AS_CREATE, 0, r >> 50 & 1, 0);
			/* It may be live already. */
			hcall(x, NACC_SBI_AS_FILL, x->root, x->page, 0);
			break;
		case 16:
			hcall(x, NACC_SBI_TABLE_LINK, any, slot / 8, 0);
			break;
		case 17:
			hcall(x, NACC_SBI_UNLINK, any, 4 << 16, x->page + PAGE);
			break;
		case 18:
			/* The source is the target of no other call. */
			hcall4(x, NACC_SBI_FORK, any, 4 << 16, x->page + 2 * PAGE,
			       frame_address((r >> 20) % nr));
			break;
		case 19:
			hcall(x, NACC_SBI_FRAMES, 0, 8, x->page + PAGE);
			hcall(x, NACC_SBI_UNLINKED, x->page + PAGE, 0, 0);
			break;
		case 1:
			if (r >> 60 == 0 && x->root &&
			    hcall(x, NACC_SBI_AS_RETIRE, x->root, 0, 0) ==
			    NACC_SBI_RETIRE_DONE)
				x->root = 0;
			break;
		case 2:
			/* Its last use in this handler ends before the fence. */
			fence_harts(x->hart);
			break;
		case 3:
			hcall(x, NACC_SBI_RECLAIM, (r >> 8) % (nr - 8), 8, 0);
			hcall(x, NACC_SBI_ARM, (r >> 8) % (nr - 8), 8, 0);
			break;
		case 4:
			hcall(x, NACC_SBI_DRAIN, x->page + PAGE, 0, 0);
			break;
		case 5:
			hcall(x, NACC_SBI_TABLE_RELEASE, any, 0, 0);
			break;
		case 6:
			hcall(x, NACC_SBI_TABLE_CHECK, any, 0, 0);
			break;
		case 7:
		case 8:
			hstore(x, any + slot, LINK(x->page));
			break;
		case 9:
			hstore(x, any + slot, 0);
			break;
		case 10:
			hstore(x, any + slot,
			       LINK(frame_address((r >> 20) % nr)));
			break;
		default:
			hstore(x, any + slot, PTE(DATA_PAGE, USER_RW));
		}
	}
	return NULL;
}

static void everything_at_once(void **state)
{
	struct mixer x[THREADS];

	(void)state;
	machine_off();
	machine_ready(SV39, 1 << 18);
	memset(x, 0, sizeof(x));
	memset(in_handler, 0, sizeof(in_handler));
	for (int i = 0; i < THREADS; i++) {
		x[i].seed = 99 + i;
		x[i].hart = i;
		x[i].page = page_alloc();
		page_alloc();
		page_alloc();
		for (int s = 0; s < 4; s++)
			page_at(x[i].page + 2 * PAGE)[s] = PTE(DATA_PAGE, USER_RW);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_create(&x[i].thread, NULL, mix, &x[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(x[i].thread, NULL);
	print_message("             %lu stores, %lu links, %lu adopted, %lu reclaimed, %lu waits\n",
		      stat(NACC_STAT_STORES) + stat(NACC_STAT_AMOS),
		      stat(NACC_STAT_LINKS), stat(NACC_STAT_ADOPTED_TRAP),
		      stat(NACC_STAT_RECLAIMED), stat(NACC_STAT_LOCK_WAITS));
	assert_true(stat(NACC_STAT_RECLAIMED) > 0);
	assert_true(stat(NACC_STAT_ADOPTED_TRAP) > 0);
	assert_machine_ok();
}

static void *racing_setup(void *arg)
{
	*(long *)arg = do_setup().error;
	return NULL;
}

static void one_setup_wins(void **state)
{
	pthread_t t[THREADS];
	long error[THREADS];
	int won = 0;

	(void)state;
	machine_off();
	machine_boot(SV39, 1 << 18);
	setup_content();
	for (int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, racing_setup, &error[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		won += error[i] == 0;
		assert_true(!error[i]);
	}
	assert_int_equal(won, THREADS);
}

/* Defect (d): a source that changes while it is read. */
static void *scribble(void *arg)
{
	nacc_u64 *e = page_at(*(nacc_u64 *)arg);

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		__atomic_store_n(&e[7], PTE(FW_BASE, USER_RW), __ATOMIC_RELAXED);
		__atomic_store_n(&e[7], PTE(DATA_PAGE, USER_RW),
				 __ATOMIC_RELAXED);
	}
	return NULL;
}

/* What was taken is looked at, and makes room for the next. */
static void look_and_recycle(nacc_u64 at, nacc_u64 buf)
{
	nacc_u64 twin = PTE_TO_PA(*page_at(at));
	nacc_u64 index = (twin - m.core.frame_base) / PAGE;

	assert_int_equal(entry(twin, 7), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(sd(at, 0), 0);
	must(call(NACC_SBI_TABLE_RELEASE, twin, 0, 0));
	must(call(NACC_SBI_DRAIN, buf, 0, 0));
	fence();
	assert_int_equal(must(call(NACC_SBI_RECLAIM, index, 1, 0)), 1);
	assert_int_equal(must(call(NACC_SBI_ARM, index, 1, 0)), 1);
}

static void source_changes_under_adoption(void **state)
{
	nacc_u64 mid = new_table(new_as(), 1), page = page_alloc();
	nacc_u64 buf = page_alloc(), taken = 0, refused = 0;
	pthread_t thread;

	(void)state;
	stop = 0;
	pthread_create(&thread, NULL, scribble, &page);
	while (!__atomic_load_n(page_at(page) + 7, __ATOMIC_RELAXED))
		sched_yield();
	for (int i = 0; i < 5000000 && (taken < 100 || refused < 100); i++) {
		unsigned int result;

		/* What it is split into has the page that it may name as its entry 7. */
		sd(mid + 8, PTE(DATA_PAGE - 7 * PAGE, USER_RW) & ~V);
		result = sd(mid + 8, LINK(page));
		refused += result == NACC_REASON_LEAF_FIRMWARE;
		if (result != NACC_REASON_NONE)
			continue;
		taken++;
		look_and_recycle(mid + 8, buf);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	assert_true(taken && refused);
	assert_machine_ok();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_sv39, teardown)
static const struct CMUnitTest tests[] = {
	TEST(no_bit_lost),
	TEST(set_ad_meanwhile),
	TEST(no_bit_lost_level_1),
	TEST(everything_at_once),
	TEST(one_setup_wins),
	TEST(source_changes_under_adoption),
};

const struct suite smp_suite = {
	"smp", tests, ARRAY_SIZE(tests)
};
