// SPDX-License-Identifier: BSD-2-Clause
/* nacc_set_ad(): what the walker may not write into the pool (F8). */
#include "machine.h"

static nacc_u64 root, table;
static nacc_u64 va = 0x3000;

static int setup_page(void **state)
{
	setup_sv39(state);
	root = new_as();
	table = new_table(root, 0);
	return 0;
}

static nacc_u64 satp_of(nacc_u64 pa)
{
	return (nacc_u64)m.mode << 60 | 0x1234UL << 44 | pa >> 12;
}

static int set(int is_store, int is_fetch)
{
	return nacc_set_ad(&m.core, satp_of(root), va, is_store, is_fetch) ==
	       NACC_AD_SET;
}

static int settled(int is_store, int is_fetch)
{
	return nacc_set_ad(&m.core, satp_of(root), va, is_store, is_fetch) ==
	       NACC_AD_SETTLED;
}

static void load_store_fetch(void **state)
{
	nacc_u64 bits = V | R | W | X | U;

	(void)state;
	sd(table + 24, PTE(DATA_PAGE, bits));
	assert_int_equal(set(0, 0), 1);
	assert_int_equal(entry(table, 3), PTE(DATA_PAGE, bits | A));
	assert_int_equal(set(0, 0), 0);
	assert_true(settled(0, 0));
	assert_true(settled(0, 1));
	assert_int_equal(set(0, 1), 0);
	assert_int_equal(set(1, 0), 1);
	assert_int_equal(entry(table, 3), PTE(DATA_PAGE, bits | A | D));
	assert_int_equal(set(1, 0), 0);
	assert_true(settled(1, 0));
	sd(table + 24, PTE(DATA_PAGE, V | X | U));
	assert_int_equal(set(0, 1), 1);
	assert_int_equal(stat(NACC_STAT_AD_FAULTS), 3);
}

/* A fault that A and D do not explain is the kernel's. */
static void not_permitted(void **state)
{
	(void)state;
	assert_int_equal(set(0, 0), 0);
	sd(table + 24, PTE(DATA_PAGE, V | R | U));
	assert_int_equal(set(1, 0), 0);
	assert_int_equal(set(0, 1), 0);
	assert_false(settled(1, 0));
	assert_int_equal(set(0, 0), 1);
	sd(table + 24, PTE(DATA_PAGE, V | X | U));
	assert_int_equal(set(0, 0), 0);
	sd(table + 24, PTE(DATA_PAGE, R | W | U));
	assert_int_equal(set(0, 0), 0);
	assert_int_equal(entry(table, 3), PTE(DATA_PAGE, R | W | U));
}

static void whose_tables(void **state)
{
	nacc_u64 pte = PTE(DATA_PAGE, V | R | U);

	(void)state;
	sd(table + 24, pte);
	assert_int_equal(nacc_set_ad(&m.core, satp_of(KERNEL_ROOT), va, 0, 0), 0);
	assert_int_equal(nacc_set_ad(&m.core, satp_of(table), va, 0, 0), 0);
	assert_int_equal(nacc_set_ad(&m.core, satp_of(frame_address(0)), va, 0,
				     0), 0);
	assert_int_equal(nacc_set_ad(&m.core, satp_of(root) ^ 1UL << 60, va, 0,
				     0), 0);
	assert_int_equal(nacc_set_ad(&m.core, 0, va, 0, 0), 0);
	/* Not canonical, the kernel half, and where nothing is. */
	assert_int_equal(nacc_set_ad(&m.core, satp_of(root), va | 1UL << 38, 0,
				     0), 0);
	assert_int_equal(nacc_set_ad(&m.core, satp_of(root), va | 1UL << 39, 0,
				     0), 0);
	assert_int_equal(nacc_set_ad(&m.core, satp_of(root),
				     0xffffffc000000000UL | va, 0, 0), 0);
	assert_int_equal(nacc_set_ad(&m.core, satp_of(root), 0x3fffffffffUL, 0,
				     0), 0);
	assert_int_equal(entry(table, 3), pte);
	assert_int_equal(set(0, 0), 1);
}

static void superpage_of_each_mode(void **state)
{
	(void)state;
	for (nacc_u32 mode = SV39; mode <= SV57; mode++) {
		machine_off();
		machine_ready(mode, 1 << 20);
		root = new_as();
		for (unsigned int l = 0; l <= top(); l++) {
			nacc_u64 size = PAGE << (9 * l);
			nacc_u64 at = new_table(root, l), slot = 255;

			va = slot * size + size / 2;
			assert_int_equal(sd(at + slot * 8,
					    PTE(size * 100, V | R | W | U)), 0);
			assert_int_equal(set(1, 0), 1);
			assert_int_equal(entry(at, slot),
					 PTE(size * 100, V | R | W | U | A | D));
			assert_int_equal(set(1, 0), 0);
		}
	}
	va = 0x3000;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_page, teardown)
static const struct CMUnitTest tests[] = {
	TEST(load_store_fetch),
	TEST(not_permitted),
	TEST(whose_tables),
	TEST(superpage_of_each_mode),
};

const struct suite adbits_suite = {
	"adbits", tests, ARRAY_SIZE(tests)
};
