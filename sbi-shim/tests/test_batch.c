// SPDX-License-Identifier: BSD-2-Clause
/* Calls that write many entries at once: TAKE, WRITE_PROTECT, EXCHANGE. */
#include "machine.h"
#include "race.h"

#define RANGE(first, nr)	((first) | (nacc_u64)(nr) << 16)
#define VALUE(done, missed)	((done) | (nacc_u64)(missed) << 16)
#define SOFT			0x100UL		/* RSW */
#define NOT_PRESENT		0xabcd04UL	/* a swap entry with bit 2 set */

static nacc_u64 root, table, buffer;

static int setup_table(void **state)
{
	setup_sv39(state);
	root = new_as();
	table = new_table(root, 0);
	buffer = page_alloc();
	/* The second page of EXCHANGE */
	assert_int_equal(page_alloc(), buffer + PAGE);
	return 0;
}

static nacc_u64 *wanted(void)
{
	return page_at(buffer);
}

static nacc_u64 *expected(void)
{
	return page_at(buffer + PAGE);
}

static void put(unsigned int slot, nacc_u64 val)
{
	assert_int_equal(sd(table + slot * 8, val), NACC_REASON_NONE);
}

static void take_what_is_present(void **state)
{
	(void)state;
	put(3, PTE(DATA_PAGE, USER_RW));
	put(4, NOT_PRESENT);
	put(6, PTE(DATA_PAGE + PAGE, USER_RO));
	put(7, PTE(DATA_PAGE, USER_RO));
	for (int i = 0; i < 512; i++)
		wanted()[i] = ~0UL;
	assert_int_equal(must(call(NACC_SBI_TAKE, table, RANGE(3, 4), buffer)), VALUE(2, 1));
	assert_int_equal(wanted()[2], ~0UL);
	assert_int_equal(wanted()[3], PTE(DATA_PAGE, USER_RW));
	assert_int_equal(wanted()[4], 0);
	assert_int_equal(wanted()[5], 0);
	assert_int_equal(wanted()[6], PTE(DATA_PAGE + PAGE, USER_RO));
	assert_int_equal(wanted()[7], ~0UL);
	assert_int_equal(entry(table, 3), 0);
	assert_int_equal(entry(table, 4), NOT_PRESENT);
	assert_int_equal(entry(table, 6), 0);
	assert_int_equal(entry(table, 7), PTE(DATA_PAGE, USER_RO));
	assert_int_equal(frame_of(table)->live, 2);
	assert_int_equal(stat(NACC_STAT_BATCHED), 2);
	assert_int_equal(must(call(NACC_SBI_TAKE, table, RANGE(0, 512), buffer)), VALUE(1, 1));
	assert_int_equal(frame_of(table)->live, 1);
	assert_machine_ok();
}

static void write_protect(void **state)
{
	(void)state;
	put(0, PTE(DATA_PAGE, USER_RW));
	put(1, PTE(DATA_PAGE, USER_RO));
	put(2, NOT_PRESENT);
	put(511, PTE(DATA_PAGE, USER_RW));
	assert_int_equal(must(call(NACC_SBI_WRITE_PROTECT, table, RANGE(0, 511), 0)), 1);
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RW & ~W));
	assert_int_equal(entry(table, 1), PTE(DATA_PAGE, USER_RO));
	assert_int_equal(entry(table, 2), NOT_PRESENT);
	assert_int_equal(entry(table, 511), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(frame_of(table)->live, 4);
}

/* Rights come and go, by whatever way they are judged; the rest is not looked at. */
static void exchange(void **state)
{
	(void)state;
	put(1, PTE(DATA_PAGE, USER_RW));
	put(2, PTE(DATA_PAGE, USER_RW));
	put(3, NOT_PRESENT);
	put(4, PTE(DATA_PAGE, USER_RO));
	put(5, PTE(VDSO_BASE, USER_RX));
	expected()[1] = PTE(DATA_PAGE, USER_RW);
	wanted()[1] = PTE(DATA_PAGE, USER_RO | SOFT);
	expected()[2] = PTE(DATA_PAGE, USER_RO);	/* not what is there */
	wanted()[2] = PTE(DATA_PAGE, USER_RX);
	expected()[3] = 0;				/* nor is this */
	wanted()[3] = PTE(DATA_PAGE, USER_RO);
	expected()[4] = PTE(DATA_PAGE, USER_RO);
	wanted()[4] = PTE(DATA_PAGE, USER_RW);
	expected()[5] = PTE(VDSO_BASE, USER_RX);
	wanted()[5] = PTE(VDSO_BASE, USER_RO);
	expected()[6] = PTE(DATA_PAGE, USER_RW);	/* no wish: not looked at */
	wanted()[6] = PTE(DATA_PAGE, USER_RW);
	assert_int_equal(must(call(NACC_SBI_EXCHANGE, table, RANGE(1, 6), buffer)), VALUE(3, 2));
	assert_int_equal(entry(table, 1), PTE(DATA_PAGE, USER_RO | SOFT));
	assert_int_equal(entry(table, 2), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(entry(table, 3), NOT_PRESENT);
	assert_int_equal(entry(table, 4), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(entry(table, 5), PTE(VDSO_BASE, USER_RO));
	assert_int_equal(entry(table, 6), 0);
	assert_int_equal(frame_of(table)->live, 5);
	assert_int_equal(stat(NACC_STAT_BATCHED), 3);
	assert_machine_ok();
}

static void ask_exchange(nacc_u64 now, nacc_u64 was, nacc_u64 wish)
{
	put(9, now);
	expected()[9] = was;
	wanted()[9] = wish;
}

static void one(nacc_u64 now, nacc_u64 was, nacc_u64 wish, nacc_u64 value, nacc_u64 then)
{
	ask_exchange(now, was, wish);
	assert_int_equal(must(call(NACC_SBI_EXCHANGE, table, RANGE(9, 1), buffer)), value);
	assert_int_equal(entry(table, 9), then);
}

static void refused_one(nacc_u64 now, nacc_u64 was, nacc_u64 wish, unsigned int reason)
{
	ask_exchange(now, was, wish);
	assert_call(call(NACC_SBI_EXCHANGE, table, RANGE(9, 1), buffer), NACC_SBI_ERR_DENIED,
		    reason);
	assert_int_equal(entry(table, 9), now);
}

/* A and D that the walker has set since stay; nothing else is forgiven. */
static void accessed_and_dirty_stay(void **state)
{
	const nacc_u64 clean = PTE(DATA_PAGE, V | R | W | U);

	(void)state;
	one(clean | A | D, clean, clean & ~W, VALUE(1, 0), (clean & ~W) | A | D);
	one(clean | A, clean | A | D, clean & ~W, VALUE(0, 1), clean | A);
	one((clean & ~W) | A, clean, clean & ~W, VALUE(0, 1), (clean & ~W) | A);
	one(NOT_PRESENT, NOT_PRESENT & ~4UL, clean, VALUE(0, 1), NOT_PRESENT);
	refused_one(clean | A, clean, clean & ~W & ~R & ~U & ~V, NACC_REASON_BAD_ADDRESS);
	refused_one(clean | A, clean, PTE(DATA_PAGE + PAGE, USER_RO), NACC_REASON_BAD_ADDRESS);
}

/* Whatever the buffer says, which S-mode may have written after the caller did. */
static void no_other_page(void **state)
{
	const nacc_u64 leaf = PTE(DATA_PAGE, USER_RW), other = PTE(DATA_PAGE + PAGE, USER_RW);

	(void)state;
	refused_one(leaf, leaf, other, NACC_REASON_BAD_ADDRESS);
	refused_one(0, 0, leaf, NACC_REASON_BAD_ADDRESS);
	refused_one(leaf, leaf, 0, NACC_REASON_BAD_ADDRESS);
	refused_one(leaf, leaf, leaf & ~V, NACC_REASON_BAD_ADDRESS);
	refused_one(leaf, leaf, NOT_PRESENT, NACC_REASON_BAD_ADDRESS);
	/* What is not valid names no page: its bits may mean something else. */
	refused_one(NOT_PRESENT, NOT_PRESENT, NOT_PRESENT | V | R | U, NACC_REASON_BAD_ADDRESS);
	refused_one(leaf & ~V, leaf & ~V, leaf, NACC_REASON_BAD_ADDRESS);
	for (int bit = 10; bit < 64; bit++)
		refused_one(leaf, leaf, leaf ^ 1UL << bit, NACC_REASON_BAD_ADDRESS);
	for (int bit = 10; bit < 64; bit++)
		one(leaf, leaf ^ 1UL << bit, leaf & ~W, VALUE(0, 1), leaf);
	assert_int_equal(stat(NACC_STAT_BATCHED), 0);
	assert_machine_ok();
}

/* Rights alone can break a rule, too. */
static void each_value_is_judged(void **state)
{
	const nacc_u64 leaf = PTE(DATA_PAGE, USER_RO), vdso = PTE(VDSO_BASE, USER_RX);

	(void)state;
	for (int i = 0; i < 3; i++) {
		put(i, leaf);
		expected()[i] = leaf;
		wanted()[i] = leaf | W;
	}
	wanted()[1] = leaf & ~U;
	assert_call(call(NACC_SBI_EXCHANGE, table, RANGE(0, 3), buffer), NACC_SBI_ERR_DENIED,
		    NACC_REASON_NOT_USER);
	assert_int_equal(entry(table, 0), leaf | W);
	assert_int_equal(entry(table, 1), leaf);
	assert_int_equal(entry(table, 2), leaf);
	refused_one(leaf, leaf, (leaf & ~R) | W, NACC_REASON_RESERVED_BITS);
	refused_one(leaf, leaf, leaf | G, NACC_REASON_RESERVED_BITS);
	refused_one(leaf, leaf, leaf & ~(R | W | X | U | A | D), NACC_REASON_LEVEL);
	refused_one(vdso, vdso, vdso | W, NACC_REASON_LEAF_KERNEL);
	assert_machine_ok();
}

/* What mprotect() does with entries that are there. */
static void protect(void **state)
{
	const nacc_u64 range = RANGE(0, 6), no_access = G;

	(void)state;
	put(0, PTE(DATA_PAGE, USER_RW));
	put(1, PTE(DATA_PAGE, USER_RO & ~A));
	put(2, NOT_PRESENT);
	put(3, PTE(VDSO_BASE, USER_RX));
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, range, V | R | U | A)), VALUE(3, 1));
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RO | D));
	assert_int_equal(entry(table, 1), PTE(DATA_PAGE, USER_RO));
	assert_int_equal(entry(table, 2), NOT_PRESENT);
	assert_int_equal(entry(table, 3), PTE(VDSO_BASE, USER_RO));
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, range, V | R | U | A)), VALUE(0, 1));
	assert_call(call(NACC_SBI_PROTECT, table, range, V | R | W | U | A), NACC_SBI_ERR_DENIED,
		    NACC_REASON_LEAF_KERNEL);
	assert_int_equal(entry(table, 3), PTE(VDSO_BASE, USER_RO));
	assert_call(call(NACC_SBI_PROTECT, table, RANGE(0, 1), V | W | U), NACC_SBI_ERR_DENIED,
		    NACC_REASON_RESERVED_BITS);
	assert_call(call(NACC_SBI_PROTECT, table, RANGE(0, 1), V | R), NACC_SBI_ERR_DENIED,
		    NACC_REASON_NOT_USER);
	assert_call(call(NACC_SBI_PROTECT, table, RANGE(0, 1), V), NACC_SBI_ERR_DENIED,
		    NACC_REASON_RESERVED_BITS);
	assert_call(call(NACC_SBI_PROTECT, table, RANGE(0, 1), 1 << 8), NACC_SBI_ERR_INVALID_PARAM,
		    NACC_REASON_BAD_COUNT);
	/* Out of reach, and not by this call back again. */
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, RANGE(0, 2), no_access)), VALUE(2, 0));
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, A | D | W | G) & ~W);
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, RANGE(0, 2), V | R | U | A)),
			 VALUE(0, 2));
	assert_int_equal(frame_of(table)->live, 4);
	assert_machine_ok();
}

/* Bits that only some platforms have are Linux's business. */
static void protect_leaves_high_bits(void **state)
{
	const nacc_u64 io = PTE(DATA_PAGE, USER_RW) | 2UL << 61;

	(void)state;
	m.layout.leaves = NACC_LEAF_PBMT;
	m.core.layout.leaves = NACC_LEAF_PBMT;
	put(0, io);
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, RANGE(0, 1), V | R | U | A)),
			 VALUE(0, 1));
	assert_int_equal(entry(table, 0), io);
}

/* Page 0 with nothing set is no entry any more. */
static void protect_to_nothing(void **state)
{
	(void)state;
	put(0, V | R | U);
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, RANGE(0, 1), 0)), VALUE(1, 0));
	assert_int_equal(entry(table, 0), 0);
	assert_int_equal(frame_of(table)->live, 0);
}

static void refuse_each(nacc_u64 a0, nacc_u64 a1, nacc_u64 a2, long error, unsigned int reason)
{
	assert_call(call(NACC_SBI_TAKE, a0, a1, a2), error, reason);
	assert_call(call(NACC_SBI_WRITE_PROTECT, a0, a1, a2), error, reason);
	assert_call(call(NACC_SBI_PROTECT, a0, a1, 0), error, reason);
	assert_call(call(NACC_SBI_EXCHANGE, a0, a1, a2), error, reason);
}

static void hostile_arguments(void **state)
{
	const nacc_u64 ranges[] = {
		RANGE(0, 0), RANGE(512, 1), RANGE(511, 2), RANGE(0, 513), RANGE(1, 512),
		RANGE(0xffff, 1), RANGE(1, 0xffff), ~0UL, 1UL << 63, RANGE(0, 1UL << 47),
	};
	nacc_u64 upper = new_table(new_as(), 1);

	(void)state;
	put(0, PTE(DATA_PAGE, USER_RW));
	for (unsigned int i = 0; i < ARRAY_SIZE(ranges); i++)
		refuse_each(table, ranges[i], buffer, NACC_SBI_ERR_INVALID_PARAM,
			    NACC_REASON_BAD_COUNT);
	refuse_each(upper, RANGE(0, 1), buffer, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	refuse_each(root, RANGE(0, 1), buffer, NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	refuse_each(table + 8, RANGE(0, 1), buffer, NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	refuse_each(DATA_PAGE, RANGE(0, 1), buffer, NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_TAKE, table, RANGE(0, 1), POOL_BASE),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_TAKE, table, RANGE(0, 1), buffer + 8),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_call(call(NACC_SBI_TAKE, table, RANGE(0, 1), IMAGE_BASE),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	/* The first page is fit, the second is not. */
	must(call(NACC_SBI_TAKE, table, RANGE(8, 1), POOL_BASE - PAGE));
	assert_call(call(NACC_SBI_EXCHANGE, table, RANGE(0, 1), POOL_BASE - PAGE),
		    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RW));
	assert_machine_ok();
}

static void only_live_address_spaces(void **state)
{
	nacc_u64 building = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
	nacc_u64 low = must(call(NACC_SBI_TABLE_ADOPT, building, 0, buffer));

	(void)state;
	refuse_each(low, RANGE(0, 1), buffer, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	must(call(NACC_SBI_AS_RETIRE, building, 0, 0));
	refuse_each(low, RANGE(0, 1), buffer, NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
}

static void set_dirty(unsigned long *entry)
{
	race = NULL;
	*entry |= D;
}

/* Who loses a race changes nothing and says so. */
static void lost_races(void **state)
{
	const nacc_u64 clean = PTE(DATA_PAGE, V | R | W | U | A);

	(void)state;
	put(0, clean);
	race = set_dirty;
	assert_int_equal(must(call(NACC_SBI_WRITE_PROTECT, table, RANGE(0, 1), 0)), VALUE(1, 0));
	assert_int_equal(entry(table, 0), (clean & ~W) | D);
	put(0, clean);
	race = set_dirty;
	assert_int_equal(must(call(NACC_SBI_PROTECT, table, RANGE(0, 1), V | R | U)), VALUE(0, 1));
	assert_int_equal(entry(table, 0), clean | D);
	put(0, clean);
	expected()[0] = clean;
	wanted()[0] = clean & ~W;
	race = set_dirty;
	assert_int_equal(must(call(NACC_SBI_EXCHANGE, table, RANGE(0, 1), buffer)), VALUE(0, 1));
	assert_int_equal(entry(table, 0), clean | D);
	assert_null(race);
}

static nacc_u64 other;

static void other_store(unsigned long *entry)
{
	race = NULL;
	*entry = other;
	if (!other)
		frame_of(table)->live--;
}

/* Who stores meanwhile loses W, too; the live count stays right. */
static void write_protect_raced(void **state)
{
	static const nacc_u64 others[] = {
		0, W, W | A, NOT_PRESENT, NOT_PRESENT & ~W, PTE(DATA_PAGE + PAGE, USER_RW),
		PTE(DATA_PAGE + PAGE, USER_RO),
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(others); i++) {
		put(0, PTE(DATA_PAGE, USER_RW));
		other = others[i];
		race = other_store;
		assert_int_equal(must(call(NACC_SBI_WRITE_PROTECT, table, RANGE(0, 1), 0)),
				 VALUE(!!(other & W), 0));
		assert_int_equal(entry(table, 0), other & ~W);
		assert_machine_ok();
		put(0, 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(take_what_is_present, setup_table, teardown),
	cmocka_unit_test_setup_teardown(write_protect, setup_table, teardown),
	cmocka_unit_test_setup_teardown(exchange, setup_table, teardown),
	cmocka_unit_test_setup_teardown(accessed_and_dirty_stay, setup_table, teardown),
	cmocka_unit_test_setup_teardown(no_other_page, setup_table, teardown),
	cmocka_unit_test_setup_teardown(protect, setup_table, teardown),
	cmocka_unit_test_setup_teardown(protect_leaves_high_bits, setup_table, teardown),
	cmocka_unit_test_setup_teardown(protect_to_nothing, setup_table, teardown),
	cmocka_unit_test_setup_teardown(each_value_is_judged, setup_table, teardown),
	cmocka_unit_test_setup_teardown(hostile_arguments, setup_table, teardown),
	cmocka_unit_test_setup_teardown(only_live_address_spaces, setup_table, teardown),
	cmocka_unit_test_setup_teardown(lost_races, setup_table, teardown),
	cmocka_unit_test_setup_teardown(write_protect_raced, setup_table, teardown),
};

const struct suite batch_suite = { "batch", tests, ARRAY_SIZE(tests) };
