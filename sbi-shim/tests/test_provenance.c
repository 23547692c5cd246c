// SPDX-License-Identifier: BSD-2-Clause
/* Modes of I6, the lock, skipped stores and the unknown writers (ABI 1.1). */
#include <pthread.h>

#include "machine.h"
#include "state.h"

static nacc_u64 root, mid, table;

static void boot_with(nacc_u32 flags)
{
	machine_off();
	machine_boot(SV39, 1 << 20);
	m.flags = flags;
	setup_content();
	must(do_setup());
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_ARM, i, 1, 0));
	root = new_as();
	table = new_table(root, 0);
	mid = new_table(root, 1);
}

static int setup_tables(void **state)
{
	setup_sv39(state);
	boot_with(NACC_PROVENANCE_ENFORCE);
	return 0;
}

static unsigned int store_from(nacc_u64 pc, nacc_u64 pa, nacc_u64 val)
{
	struct nacc_access a = access_of(NACC_OP_STORE, pa, val);

	a.pc = pc;
	return store(&a, NULL);
}

static nacc_u64 learn(nacc_u64 buf)
{
	return must(call(NACC_SBI_LEARN, buf, 0, 0));
}

static void enforce(void **state)
{
	nacc_u64 buf = page_alloc();

	(void)state;
	assert_int_equal(store_from(OTHER_PC, table, PTE(DATA_PAGE, USER_RW)),
			 NACC_REASON_PROVENANCE);
	assert_int_equal(entry(table, 0), 0);
	assert_int_equal(store_from(WRITER_PC, table, PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(stat(NACC_STAT_UNKNOWN), 0);
	assert_int_equal(learn(buf), 0);
}

static void off(void **state)
{
	nacc_u64 buf = page_alloc(), page;

	(void)state;
	boot_with(NACC_PROVENANCE_OFF);
	assert_int_equal(store_from(OTHER_PC, table, PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(stat(NACC_STAT_UNKNOWN), 1);
	assert_int_equal(stat(NACC_STAT_AUDIT_NEXT), 0);
	buf = page_alloc();
	assert_int_equal(learn(buf), 0);
	/* Every other rule stays: values, adoption, links. */
	assert_int_equal(store_from(OTHER_PC, table, PTE(FW_BASE, USER_RW)),
			 NACC_REASON_LEAF_FIRMWARE);
	page = page_alloc();
	page_at(page)[9] = PTE(POOL_BASE, USER_RO);
	assert_int_equal(store_from(OTHER_PC, mid + 8, LINK(page)),
			 NACC_REASON_LEAF_POOL);
	assert_int_equal(store_from(OTHER_PC, mid + 8, LINK(table)),
			 NACC_REASON_DOUBLE_LINK);
	page_at(page)[9] = 0;
	assert_int_equal(store_from(OTHER_PC, mid + 8, LINK(page)), 0);
	assert_int_equal(stat(NACC_STAT_UNKNOWN), 2);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_STATE, 0, 0)) &
			 3UL << NACC_STATE_PROVENANCE_SHIFT, 0);
}

static void audit_mode(void **state)
{
	struct nacc_sbi_unknown *u;
	struct nacc_sbi_audit *rec;
	nacc_u64 buf, page;

	(void)state;
	boot_with(NACC_PROVENANCE_AUDIT);
	buf = page_alloc();
	u = (void *)page_at(buf);
	rec = (void *)u;
	page = page_alloc();
	for (int i = 0; i < 100; i++)
		assert_int_equal(store_from(OTHER_PC, table + 8,
					    PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(store_from(OTHER_PC + 4, mid + 8, LINK(page)), 0);
	assert_int_equal(stat(NACC_STAT_UNKNOWN), 101);
	/* One record for each PC, not for each store. */
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 2);
	assert_int_equal(rec[0].pc, OTHER_PC);
	assert_int_equal(rec[0].reason, NACC_REASON_PROVENANCE);
	assert_int_equal(rec[0].flags, NACC_AUDIT_PERFORMED);
	assert_int_equal(rec[0].val, PTE(DATA_PAGE, USER_RW));
	assert_int_equal(rec[0].old, 0);
	assert_int_equal(rec[1].level, 1);
	assert_int_equal(rec[1].root, root);
	assert_int_equal(stat(NACC_STAT_REFUSED), 0);
	assert_int_equal(learn(buf), 2);
	assert_int_equal(u[0].pc + u[1].pc, 2 * OTHER_PC + 4);
	assert_int_equal(u[0].count + u[1].count, 101);
	/* Adoption looks at every entry all the same; a refusal is no news. */
	page_at(page)[511] = PTE(FW_BASE, USER_RO);
	assert_int_equal(store_from(OTHER_PC + 8, mid + 16, LINK(page)),
			 NACC_REASON_LEAF_FIRMWARE);
	assert_int_equal(learn(buf), 2);
	assert_int_equal((must(call(NACC_SBI_GET_INFO, NACC_INFO_STATE, 0, 0)) >>
			  NACC_STATE_PROVENANCE_SHIFT) & 3,
			 NACC_PROVENANCE_AUDIT);
}

static void learn_overflow(void **state)
{
	nacc_u64 buf, seen = 0, other = 0, n;
	struct nacc_sbi_unknown *u;

	(void)state;
	boot_with(NACC_PROVENANCE_AUDIT);
	buf = page_alloc();
	u = (void *)page_at(buf);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 200; i++)
			assert_int_equal(store_from(OTHER_PC + 254 * i, table,
						    2), 0);
	n = learn(buf);
	assert_int_equal(n, NACC_SBI_LEARN_MAX);
	for (nacc_u64 i = 0; i < n; i++) {
		if (!u[i].pc)
			other += u[i].count;
		else
			assert_int_equal(u[i].count, 2);
		seen += !!u[i].pc;
	}
	assert_int_equal(seen, 127);
	assert_int_equal(other, 2 * (200 - 127));
	assert_int_equal(stat(NACC_STAT_UNKNOWN), 400);
	/* A record for each that got a place, and one for the rest together. */
	assert_int_equal(stat(NACC_STAT_AUDIT_NEXT), 128);
	/* PC 0 has no place of its own. */
	store_from(0, table, 0);
	assert_int_equal(learn(buf), n);
	assert_int_equal(u[0].count, other + 1);
}

static void *learner(void *arg)
{
	struct nacc_access a = access_of(NACC_OP_SWAP, table, 2);
	nacc_u64 seed = (nacc_u64)(uintptr_t)arg;

	for (int i = 0; i < 20000; i++) {
		a.pc = OTHER_PC + rnd(&seed) % 64 * 2;
		while (store(&a, NULL) == NACC_STORE_RETRY)
			;
	}
	return NULL;
}

static void learn_together(void **state)
{
	nacc_u64 buf, sum = 0, n;
	struct nacc_sbi_unknown *u;
	pthread_t t[4];

	(void)state;
	boot_with(NACC_PROVENANCE_AUDIT);
	buf = page_alloc();
	u = (void *)page_at(buf);
	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, learner, (void *)(i + 7));
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	n = learn(buf);
	assert_int_equal(n, 64);
	for (nacc_u64 i = 0; i < n; i++) {
		sum += u[i].count;
		for (nacc_u64 j = 0; j < i; j++)
			assert_int_not_equal(u[i].pc, u[j].pc);
	}
	assert_int_equal(sum, 80000);
	assert_int_equal(stat(NACC_STAT_AUDIT_NEXT), 64);
}

static void boot_unlocked(void)
{
	machine_off();
	machine_boot(SV39, 1 << 20);
	setup_content();
	must(do_setup());
}

static nacc_u64 state_bits(void)
{
	return must(call(NACC_SBI_GET_INFO, NACC_INFO_STATE, 0, 0)) & 3;
}

static void replaced_until_locked(void **state)
{
	struct nacc_sbi_setup *s;

	(void)state;
	boot_unlocked();
	assert_int_equal(state_bits(), NACC_STATE_SET_UP);
	assert_true(is_writer(WRITER_PC));
	s = setup_content();
	s->ranges[1].start += 2;
	s->flags = NACC_PROVENANCE_AUDIT;
	must(do_setup());
	assert_false(is_writer(WRITER_PC));
	/* One that is refused leaves the former one in force. */
	s->ranges[1].start += 2;
	s->nr_sites = 1;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_PARAM,
		    NACC_REASON_BAD_COUNT);
	assert_true(is_writer(WRITER_PC + 2));
	assert_int_equal(m.core.setup->flags, NACC_PROVENANCE_AUDIT);
	assert_int_equal(m.core.setup->nr_sites, 0);
	setup_content();
	m.mode = SV57;
	must(do_setup());
	assert_int_equal(m.core.top_level, 4);
	m.mode = SV39;
	must(do_setup());
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	assert_int_equal(state_bits(), NACC_STATE_SET_UP | NACC_STATE_LOCKED);
	assert_call(do_setup(), NACC_SBI_ERR_ALREADY_AVAILABLE, 0);
	s->flags = NACC_PROVENANCE_OFF;
	assert_call(do_setup(), NACC_SBI_ERR_DENIED, NACC_REASON_LOCKED);
	/* Even its form does not matter any more. */
	s->nr_sites = 1;
	assert_call(do_setup(), NACC_SBI_ERR_DENIED, NACC_REASON_LOCKED);
}

static void first_root_locks(void **state)
{
	(void)state;
	boot_unlocked();
	/* Armed or not: that it was asked for is enough. */
	assert_call(call(NACC_SBI_AS_CREATE, 0, 0, 0), NACC_SBI_ERR_NO_SHMEM,
		    NACC_REASON_EXHAUSTED);
	assert_int_equal(state_bits(), NACC_STATE_SET_UP | NACC_STATE_LOCKED);
}

/* Before the lock the trap path reads no set-up, so nothing is skipped. */
static void store_before_lock(void **state)
{
	struct nacc_access a;
	struct nacc_verdict v;

	(void)state;
	boot_unlocked();
	a = access_of(NACC_OP_STORE, frame_address(1), 0);
	assert_int_equal(nacc_store(&m.core, &a, &v), NACC_REASON_NOT_A_TABLE);
	assert_int_equal(v.skip, 0);
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	assert_int_equal(nacc_store(&m.core, &a, &v), NACC_REASON_NOT_A_TABLE);
	assert_int_equal(v.skip, 1);
}

static void lock_wants_setup(void **state)
{
	(void)state;
	machine_off();
	machine_boot(SV39, 1 << 20);
	assert_call(call(NACC_SBI_LOCK, 0, 0, 0), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_NOT_SET_UP);
	assert_int_equal(state_bits(), 0);
}

static int stop;

static void *replacing(void *arg)
{
	struct nacc_sbi_setup *s = setup_content();

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		s->ranges[1].start ^= 2;
		must(do_setup());
	}
	return NULL;
}

/* TSan looks for what the trap path reads of a set-up that is being replaced. */
static void replaced_under_traps(void **state)
{
	struct nacc_access a;
	struct nacc_verdict v;
	pthread_t thread;

	(void)state;
	boot_unlocked();
	stop = 0;
	pthread_create(&thread, NULL, replacing, NULL);
	for (int i = 0; i < 20000; i++) {
		a = access_of(NACC_OP_STORE, frame_address(i % 8), 0);
		assert_int_equal(nacc_store(&m.core, &a, &v),
				 NACC_REASON_NOT_A_TABLE);
		assert_int_equal(v.skip, 0);
		assert_int_equal(nacc_set_ad(&m.core, (nacc_u64)SV39 << 60 |
					     frame_address(1) >> 12, 0, 0, 0),
				 NACC_AD_NONE);
		must(call(NACC_SBI_GET_INFO, NACC_INFO_STATE, 0, 0));
		assert_false(nacc_root_released(&m.core, frame_address(1)));
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static struct nacc_verdict verdict_of(const struct nacc_access *a,
				      unsigned int reason)
{
	struct nacc_verdict v = { .skip = 9 };

	assert_int_equal(nacc_store(&m.core, a, &v), reason);
	return v;
}

static void skipped(void **state)
{
	struct nacc_access a = access_of(NACC_OP_OR, table + 8, W);
	nacc_u64 buf = page_alloc(), free = frame_address(0);
	struct nacc_sbi_audit *rec = (void *)page_at(buf);
	struct nacc_verdict v;

	(void)state;
	sd(table + 8, PTE(VDSO_BASE, USER_RO));
	v = verdict_of(&a, NACC_REASON_LEAF_KERNEL);
	assert_int_equal(v.skip, 1);
	assert_int_equal(v.old, PTE(VDSO_BASE, USER_RO));
	assert_int_equal(entry(table, 1), PTE(VDSO_BASE, USER_RO));
	assert_int_equal(stat(NACC_STAT_SKIPPED), 1);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 1);
	assert_int_equal(rec->flags, NACC_AUDIT_SKIPPED);
	/* Performed: nothing is skipped. */
	a.operand = 0x100;
	assert_int_equal(verdict_of(&a, 0).skip, 0);
	/* A frame that is no table any more: use after free by the kernel. */
	a.pa = free;
	assert_int_equal(verdict_of(&a, NACC_REASON_NOT_A_TABLE).skip, 1);
	a.pa = table;
	a.decoded.width = 4;
	assert_int_equal(verdict_of(&a, NACC_REASON_WIDTH).skip, 1);
	a.decoded.width = 8;
	a.pa = table + 4;
	assert_int_equal(verdict_of(&a, NACC_REASON_MISALIGNED).skip, 1);
	assert_int_equal(stat(NACC_STAT_SKIPPED), 4);
	/* Not skipped: unknown code, user mode, what is no store. */
	a.pa = table;
	a.pc = OTHER_PC;
	a.operand = 2;
	assert_int_equal(verdict_of(&a, NACC_REASON_PROVENANCE).skip, 0);
	a.operand = PTE(FW_BASE, USER_RW);
	assert_int_equal(verdict_of(&a, NACC_REASON_LEAF_FIRMWARE).skip, 0);
	a.pc = WRITER_PC;
	a.supervisor = 0;
	assert_int_equal(verdict_of(&a, NACC_REASON_PRIVILEGE).skip, 0);
	a.supervisor = 1;
	a.decode_reason = NACC_REASON_NOT_A_STORE;
	assert_int_equal(verdict_of(&a, NACC_REASON_NOT_A_STORE).skip, 0);
	assert_int_equal(stat(NACC_STAT_SKIPPED), 4);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 7, buf, 0)), 1);
	assert_int_equal(rec->flags, 0);
}

/* rd of a skipped amo.w is what amo.w would have read. */
static void skipped_narrow(void **state)
{
	struct nacc_access a = access_of(NACC_OP_OR, table + 8, W);

	(void)state;
	sd(table + 8, 0x12345678f0debc9aUL);
	a.decoded.width = 4;
	assert_int_equal(verdict_of(&a, NACC_REASON_WIDTH).old,
			 0xfffffffff0debc9aUL);
	a.pa += 4;
	assert_int_equal(verdict_of(&a, NACC_REASON_WIDTH).old, 0x12345678);
}

/* No frame left for a twin: the kernel's store is skipped, and told. */
static void skipped_exhausted(void **state)
{
	struct nacc_access a = access_of(NACC_OP_STORE, mid + 8, 0);

	(void)state;
	a.operand = LINK(page_alloc());
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_DISARM, i, 1, 0));
	assert_int_equal(verdict_of(&a, NACC_REASON_EXHAUSTED).skip, 1);
	assert_int_equal(entry(mid, 1), 0);
}

/* A store may write what the rules for leaves say, next to every border. */
static void leaves_at_borders(void **state)
{
	static const nacc_u64 pages[] = {
		0, FW_BASE, FW_BASE + FW_SIZE - PAGE, FW_BASE + FW_SIZE,
		IMAGE_BASE - PAGE, IMAGE_BASE, VDSO_BASE, FREED_BASE,
		IMAGE_BASE + IMAGE_SIZE - PAGE, IMAGE_BASE + IMAGE_SIZE,
		POOL_BASE - PAGE, POOL_BASE, POOL_BASE + (1 << 20) - PAGE,
		POOL_BASE + (1 << 20), RAM_BASE + RAM_SIZE, 1UL << 55,
		0xfffffffffff000,
	};
	nacc_u64 seed = 99, old;

	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(pages); p++) {
		for (nacc_u64 low = 0; low < 1024; low++) {
			nacc_u64 val = PTE(pages[p], low);
			unsigned int want = 0, got;
			nacc_u32 levels;

			if (!(rnd(&seed) & 7 << 20))
				val |= 1UL << (54 + (rnd(&seed) >> 8) % 10);
			if ((val & V) && (val & (R | W | X)))
				want = nacc_check_leaf(&m.core, val, 0);
			else if (val & V)
				want = val >> 54 || (val & 0xf0) ?
				       NACC_REASON_RESERVED_BITS :
				       NACC_REASON_LEVEL;
			sd(table + 16, 0);
			got = amo(NACC_OP_SWAP, table + 16, val, &old);
			levels = entry(table, 2) == val;
			assert_int_equal(got, want);
			assert_int_equal(levels, !want || !val);
		}
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown)
static const struct CMUnitTest tests[] = {
	TEST(enforce),
	TEST(off),
	TEST(audit_mode),
	TEST(learn_overflow),
	TEST(learn_together),
	TEST(replaced_until_locked),
	TEST(first_root_locks),
	TEST(store_before_lock),
	TEST(lock_wants_setup),
	TEST(replaced_under_traps),
	TEST(skipped),
	TEST(skipped_narrow),
	TEST(skipped_exhausted),
	TEST(leaves_at_borders),
};

const struct suite provenance_suite = {
	"provenance", tests, ARRAY_SIZE(tests)
};
