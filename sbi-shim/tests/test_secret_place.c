// SPDX-License-Identifier: BSD-2-Clause
/* Where secret pages stand: there, or nothing does, whoever writes what. */
#include "race.h"
#include "secrets.h"

/* Where the page of the program is not there is no place for them. */
static void without_page(void **state)
{
	nacc_u64 other = more_gated(OTHER_MM), taken;

	(void)state;
	assert_int_equal(have(other, 0), ENXIO);
	must(call(NACC_SBI_TABLE_LINK, other, 3, 0));
	assert_int_equal(have(other, 0), ENXIO);
	/* Something else stands there: another table, or a leaf. */
	taken = must(call(NACC_SBI_TABLE_LINK, PTE_TO_PA(entry(other, 3)), 511, 0));
	assert_int_equal(have(other, 0), ENXIO);
	assert_int_equal(sd(taken, PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(have(other, 0), ENXIO);
	assert_int_equal(secrets_info(1), 0);
	/* The page's entry is gone, and its table not. */
	assert_int_equal(sd(program_table, 0), 0);
	assert_int_equal(have(gated, 0), ENXIO);
	give(gated);
	assert_int_equal(have(gated, 0), VA);
	assert_machine_ok();
}

/* Whatever is written: zero, and what is there, are let be. */
static void entries(void **state)
{
	nacc_u64 there, other = more_gated(OTHER_MM), second = give(other);

	(void)state;
	have(gated, 0);
	have(gated, 1);
	have(other, 0);
	there = entry(program_table, 1);
	for (int bit = 0; bit < 64; bit++)
		refuse_sd(program_table + 8, there ^ 1UL << bit, NACC_REASON_PAGE);
	refuse_sd(program_table + 8, entry(program_table, 2), NACC_REASON_PAGE);
	refuse_sd(program_table + 8, entry(second, 1), NACC_REASON_PAGE);
	refuse_sd(program_table + 8, entry(program_table, 0), NACC_REASON_PAGE);
	refuse_sd(program_table + 8, PTE(DATA_PAGE, USER_RW), NACC_REASON_PAGE);
	refuse_sd(program_table + 24, there, NACC_REASON_PAGE);
	refuse_sd(program_table + 8 * 300, there, NACC_REASON_PAGE);
	refuse_sd(program_table, there, NACC_REASON_PAGE);
	assert_int_equal(sd(program_table + 8, there), 0);
	assert_int_equal(entry(program_table, 1), there);
	assert_machine_ok();
	/* Other tables do not get it, whoever's they are. */
	refuse_sd(new_table(gated, 0), there, NACC_REASON_LEAF_POOL);
	refuse_sd(new_table(other, 0) + 8, there, NACC_REASON_LEAF_POOL);
	/* Zero may stand there, and what was there comes again. */
	secret_of(gated, 0)[511] = 4711;
	assert_int_equal(sd(program_table + 8, 0), 0);
	refuse_sd(program_table + 8, there, NACC_REASON_PAGE);
	assert_int_equal(have(gated, 0), VA);
	assert_int_equal(entry(program_table, 1), there);
	assert_int_equal(secret_of(gated, 0)[511], 4711);
	assert_machine_ok();
}

static void calls(void **state)
{
	nacc_u64 buffer = page_alloc(), more = page_alloc(), there;

	(void)state;
	have(gated, 0);
	there = entry(program_table, 1);
	/* A word of ordinary memory that is like it */
	page_at(buffer)[1] = there & ~W;
	page_at(more)[1] = there;
	assert_call(call(NACC_SBI_PROTECT, program_table, RANGE(1, 1), R | V | U), DENIED,
		    NACC_REASON_PAGE);
	assert_call(call(NACC_SBI_EXCHANGE, program_table, RANGE(1, 1), buffer), DENIED,
		    NACC_REASON_PAGE);
	assert_call(call(NACC_SBI_WRITE_PROTECT, program_table, RANGE(1, 1), 0), DENIED,
		    NACC_REASON_PAGE);
	assert_int_equal(entry(program_table, 1), there);
	/* As what it is written back */
	must(call(NACC_SBI_PROTECT, program_table, RANGE(1, 1), there & 0xff));
	must(call(NACC_SBI_TAKE, program_table, RANGE(1, 1), buffer));
	assert_int_equal(entry(program_table, 1), 0);
	assert_int_equal(page_at(buffer)[1], there);
	page_at(buffer)[0] = 0;
	page_at(buffer)[1] = there;
	must(call(NACC_SBI_EXCHANGE, program_table, RANGE(1, 1), buffer));
	assert_int_equal(entry(program_table, 1), 0);
	assert_machine_ok();
}

/* Linux empties the table, from its beginning on, while the program has a page there. */
static void empty(unsigned long *at)
{
	assert_ptr_equal(at, page_at(program_table) + 1);
	race = NULL;
	for (int i = 0; i < 8; i++)
		assert_int_equal(sd(program_table + 8 * i, 0), 0);
}

/* Likewise, with the entry there already */
static void empty_later(unsigned long *at)
{
	race = empty;
	for (int i = 0; i < 8; i++)
		page_at(program_table)[i] = 0;
	frame_of(program_table)->live = 0;
	(void)at;
}

/* Once before it stands there, once when it does and is about to be taken back */
static void emptied_meanwhile(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		race = i ? empty_later : empty;
		assert_int_equal(have(gated, 0), ENXIO);
		assert_null(race);
		for (int slot = 0; slot < 8; slot++)
			assert_int_equal(entry(program_table, slot), 0);
		assert_int_equal(frame_of(program_table)->live, 0);
		assert_machine_ok();
		give(gated);
	}
	assert_int_equal(have(gated, 0), VA);
	assert_machine_ok();
}

/* A table in which one stands does not leave its place, to come to stand at another. */
static void stays_linked(void **state)
{
	nacc_u64 above = PTE_TO_PA(entry(gated, 3)), link = entry(above, 511);

	(void)state;
	have(gated, 3);
	assert_int_equal(sd(program_table, 0), 0);
	refuse_sd(above + 8 * 511, 0, NACC_REASON_PAGE);
	refuse_sd(gated + 8 * 3, 0, NACC_REASON_PAGE);
	call(NACC_SBI_UNLINK, above, RANGE(511, 1), page_alloc());
	assert_int_equal(entry(above, 511), link);
	refuse_sd(above, link, NACC_REASON_DOUBLE_LINK);
	assert_int_equal(sd(program_table + 8 * 4, 0), 0);
	assert_int_equal(sd(above + 8 * 511, 0), 0);
	must(call(NACC_SBI_TABLE_RELEASE, program_table, 0, 0));
	assert_machine_ok();
	/* It has it still, for when its page comes again. */
	assert_int_equal(secrets_info(1), 1);
	give(gated);
	assert_int_equal(have(gated, 3), VA + 3 * PAGE);
	assert_int_equal(secrets_info(1), 1);
	assert_machine_ok();
}

static int is_fenced(nacc_u64 root)
{
	return nacc_secret_is_fenced(&m.core, satp_of(root));
}

/* Whoever comes to have some has all harts forget what was there, and not more than once. */
static void fenced(void **state)
{
	nacc_u64 other = more_gated(OTHER_MM), third;

	(void)state;
	give(other);
	/* Nothing was had: nothing is to be forgotten. */
	assert_int_equal(is_fenced(gated), 1);
	nacc_secret_fenced(&m.core, satp_of(gated));
	assert_int_equal(is_fenced(0), 1);
	nacc_secret_fenced(&m.core, satp_of(0));
	assert_int_equal(have(gated, 0), VA);
	assert_int_equal(is_fenced(gated), 0);
	assert_int_equal(is_fenced(other), 1);
	/* Who has another one before that was done does it, too. */
	assert_int_equal(have(gated, 1), VA + PAGE);
	assert_int_equal(is_fenced(gated), 0);
	assert_int_equal(have(other, 0), VA);
	nacc_secret_fenced(&m.core, satp_of(gated));
	assert_int_equal(is_fenced(gated), 1);
	assert_int_equal(is_fenced(other), 0);
	assert_int_equal(have(gated, 2), VA + 2 * PAGE);
	assert_int_equal(is_fenced(gated), 1);
	/* What it had another one has, which was fenced for nobody. */
	must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
	third = more_gated(OTHER_MM + PAGE);
	give(third);
	assert_int_equal(have(third, 0), VA);
	assert_int_equal(is_fenced(third), 0);
	assert_machine_ok();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_secret, teardown)
static const struct CMUnitTest tests[] = {
	TEST(without_page),
	TEST(entries),
	TEST(calls),
	TEST(emptied_meanwhile),
	TEST(stays_linked),
	TEST(fenced),
};

const struct suite secret_place_suite = {
	"secret_place", tests, ARRAY_SIZE(tests)
};
