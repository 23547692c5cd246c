// SPDX-License-Identifier: BSD-2-Clause
/* FORK: entries that the parent's protected table vouches for, and no others. */
#include "machine.h"
#include "race.h"

#define RANGE(first, nr)	((first) | (nacc_u64)(nr) << 16)
#define VALUE(done, left)	((done) | (nacc_u64)(left) << 16)
#define SOFT			0x300UL		/* RSW */
#define NOT_PRESENT		0xabcd00UL

static nacc_u64 mother, parent, table, buffer;

static int setup_tables(void **state)
{
	setup_sv39(state);
	mother = new_as();
	parent = new_table(mother, 0);
	table = new_table(new_as(), 0);
	buffer = page_alloc();
	return 0;
}

static nacc_u64 *wish(void)
{
	return page_at(buffer);
}

static void put(nacc_u64 at, unsigned int slot, nacc_u64 val)
{
	assert_int_equal(sd(at + slot * 8, val), NACC_REASON_NONE);
}

static struct nacc_ret fork_range(nacc_u64 first, nacc_u64 nr)
{
	return call4(NACC_SBI_FORK, table, RANGE(first, nr), buffer, parent);
}

static void children_of_entries(void **state)
{
	const nacc_u64 rw = PTE(DATA_PAGE, USER_RW), ro = PTE(DATA_PAGE, USER_RO);

	(void)state;
	put(parent, 1, rw);
	wish()[1] = rw & ~W;		/* as fork does it */
	put(parent, 2, ro);
	wish()[2] = (ro & ~A) | SOFT;
	put(parent, 3, rw & ~(A | D));
	wish()[3] = rw;
	put(parent, 4, NOT_PRESENT);
	wish()[4] = NOT_PRESENT;
	put(parent, 5, rw);		/* no wish */
	put(table, 6, NOT_PRESENT);
	put(parent, 6, ro);
	wish()[6] = ro;
	put(table, 7, ro);
	wish()[7] = rw;
	wish()[8] = ro;			/* out of the range */
	assert_int_equal(must(fork_range(0, 8)), VALUE(4, 2));
	assert_int_equal(entry(table, 1), rw & ~W);
	assert_int_equal(entry(table, 2), (ro & ~A) | SOFT);
	assert_int_equal(entry(table, 3), rw);
	assert_int_equal(entry(table, 4), NOT_PRESENT);
	assert_int_equal(entry(table, 5), 0);
	assert_int_equal(entry(table, 6), NOT_PRESENT);
	assert_int_equal(entry(table, 7), ro);
	assert_int_equal(entry(table, 8), 0);
	assert_int_equal(frame_of(table)->live, 6);
	assert_int_equal(stat(NACC_STAT_BATCHED), 4);
	/* The parent's table is only read. */
	assert_int_equal(entry(parent, 1), rw);
	assert_int_equal(frame_of(parent)->live, 6);
	assert_machine_ok();
}

static void left_one(nacc_u64 theirs, nacc_u64 val)
{
	put(parent, 9, theirs);
	wish()[8] = NOT_PRESENT;
	wish()[9] = val;
	wish()[10] = NOT_PRESENT;
	assert_int_equal(must(fork_range(8, 3)), VALUE(2, 1));
	assert_int_equal(entry(table, 8), NOT_PRESENT);
	assert_int_equal(entry(table, 9), 0);
	assert_int_equal(entry(table, 10), NOT_PRESENT);
	put(table, 8, 0);
	put(table, 10, 0);
}

/* Whoever writes the buffer, and whenever: it cannot name a page. */
static void forged_entries(void **state)
{
	const nacc_u64 rw = PTE(DATA_PAGE, USER_RW), ro = PTE(DATA_PAGE, USER_RO);
	const nacc_u64 other = PTE(DATA_PAGE + PAGE, USER_RW), none = rw & ~(V | R | W | U);

	(void)state;
	put(parent, 8, NOT_PRESENT);
	put(parent, 10, NOT_PRESENT);
	left_one(rw, other);
	left_one(0, other);
	left_one(NOT_PRESENT, other);
	left_one(rw, PTE(FW_BASE, USER_RW));
	left_one(rw, LINK(parent));
	left_one(ro, ro | W);
	for (int bit = 0; bit < 64; bit++) {
		nacc_u64 val = rw ^ 1UL << bit;

		/* W goes, and A, D and RSW do not matter. */
		if (val == (rw & ~W) || (val ^ rw) & (A | D | SOFT))
			continue;
		left_one(rw, val);
	}
	/* What is not valid names something, too: a page out of reach, a place in swap. */
	left_one(rw, NOT_PRESENT);
	left_one(0, NOT_PRESENT);
	left_one(0, none);
	for (int bit = 0; bit < 64; bit++) {
		left_one(none, none ^ 1UL << bit);
		left_one(NOT_PRESENT, NOT_PRESENT ^ 1UL << bit);
	}
	/* Nor does a neighbour vouch for anything. */
	put(parent, 8, other);
	wish()[8] = 0;
	wish()[9] = other;
	assert_int_equal(must(fork_range(8, 2)), VALUE(0, 1));
	assert_int_equal(frame_of(table)->live, 0);
	assert_int_equal(stat(NACC_STAT_REFUSED), 0);
	assert_machine_ok();
	/* The kernel's own store of it is judged by what it is. */
	put(table, 9, other);
	refuse_sd(table + 8 * 8, PTE(FW_BASE, USER_RW), NACC_REASON_LEAF_FIRMWARE);
}

static void hostile_arguments(void **state)
{
	nacc_u64 upper = new_table(mother, 1), building = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
	nacc_u64 low = must(call(NACC_SBI_TABLE_ADOPT, building, 0, page_alloc()));
	const struct {
		nacc_u64 child, range, page, from;
		long error;
		unsigned int reason;
	} calls[] = {
		{ table, RANGE(0, 513), buffer, parent, NACC_SBI_ERR_INVALID_PARAM,
		  NACC_REASON_BAD_COUNT },
		{ table, RANGE(512, 1), buffer, parent, NACC_SBI_ERR_INVALID_PARAM,
		  NACC_REASON_BAD_COUNT },
		{ table, RANGE(0, 0), buffer, parent, NACC_SBI_ERR_INVALID_PARAM,
		  NACC_REASON_BAD_COUNT },
		{ table, RANGE(0, 1), POOL_BASE, parent, NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
		{ table, RANGE(0, 1), buffer + 8, parent, NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
		{ mother, RANGE(0, 1), buffer, parent, NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
		{ upper, RANGE(0, 1), buffer, parent, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL },
		{ low, RANGE(0, 1), buffer, parent, NACC_SBI_ERR_INVALID_STATE,
		  NACC_REASON_AS_STATE },
		{ table, RANGE(0, 1), buffer, low, NACC_SBI_ERR_INVALID_STATE,
		  NACC_REASON_AS_STATE },
		{ table, RANGE(0, 1), buffer, upper, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL },
		{ table, RANGE(0, 1), buffer, mother, NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
		{ table, RANGE(0, 1), buffer, frame_address(0), NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
		{ table, RANGE(0, 1), buffer, parent + 8, NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
		{ table, RANGE(0, 1), buffer, buffer, NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
		{ table, RANGE(0, 1), buffer, ~0UL, NACC_SBI_ERR_INVALID_ADDRESS,
		  NACC_REASON_BAD_ADDRESS },
	};

	(void)state;
	put(parent, 0, PTE(DATA_PAGE, USER_RW));
	wish()[0] = PTE(DATA_PAGE, USER_RW);
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		assert_call(call4(NACC_SBI_FORK, calls[i].child, calls[i].range, calls[i].page,
				  calls[i].from), calls[i].error, calls[i].reason);
		assert_int_equal(entry(table, 0), 0);
	}
	assert_int_equal(must(fork_range(0, 1)), VALUE(1, 0));
}

static nacc_u64 table_of(nacc_u64 tag)
{
	return new_table(must(call(NACC_SBI_AS_CREATE, tag, NACC_SBI_AS_LIVE, 0)), 0);
}

/* What one container may map is no warrant for another. */
static void other_container(void **state)
{
	const nacc_u64 rw = PTE(DATA_PAGE, USER_RW), child = table_of(1UL << 63 | 5);
	const nacc_u64 tags[] = { 0, 5, 1UL << 63, 1UL << 63 | 4, 1UL << 31 | 5, ~0UL };

	(void)state;
	wish()[3] = rw;
	for (unsigned int i = 0; i < ARRAY_SIZE(tags); i++) {
		nacc_u64 from = table_of(tags[i]);

		put(from, 3, rw);
		assert_call(call4(NACC_SBI_FORK, child, RANGE(0, 512), buffer, from),
			    NACC_SBI_ERR_DENIED, NACC_REASON_OWNER);
		assert_call(call4(NACC_SBI_FORK, from, RANGE(0, 512), buffer, child),
			    NACC_SBI_ERR_DENIED, NACC_REASON_OWNER);
		assert_int_equal(entry(child, 3), 0);
		assert_int_equal(entry(from, 3), rw);
	}
	parent = table_of(1UL << 63 | 5);
	put(parent, 3, rw);
	assert_int_equal(must(call4(NACC_SBI_FORK, child, RANGE(0, 512), buffer, parent)),
			 VALUE(1, 0));
	assert_int_equal(entry(child, 3), rw);
	assert_machine_ok();
}

/* A parent that exits takes no more forks, and what it vouched for is still legal. */
static void parent_retires(void **state)
{
	(void)state;
	put(parent, 0, PTE(DATA_PAGE, USER_RW));
	wish()[0] = PTE(DATA_PAGE, USER_RO);
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, mother, 0, 0)), NACC_SBI_RETIRE_DONE);
	assert_call(fork_range(0, 1), NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	assert_int_equal(entry(table, 0), 0);
}

static void other_store(unsigned long *at)
{
	race = NULL;
	*at = NOT_PRESENT;
	frame_of(table)->live++;
}

static void lost_race(void **state)
{
	(void)state;
	put(parent, 0, PTE(DATA_PAGE, USER_RO));
	wish()[0] = PTE(DATA_PAGE, USER_RO);
	race = other_store;
	assert_int_equal(must(fork_range(0, 1)), VALUE(0, 1));
	assert_int_equal(entry(table, 0), NOT_PRESENT);
	assert_null(race);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown)
static const struct CMUnitTest tests[] = {
	TEST(children_of_entries),
	TEST(forged_entries),
	TEST(hostile_arguments),
	TEST(other_container),
	TEST(parent_retires),
	TEST(lost_race),
};

const struct suite fork_suite = { "fork", tests, ARRAY_SIZE(tests) };
