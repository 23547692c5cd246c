// SPDX-License-Identifier: BSD-2-Clause
/* Links between tables, and adoption (I3). */
#include "machine.h"

static nacc_u32 index_of(nacc_u64 pa)
{
	return (pa - m.core.frame_base) / PAGE;
}

static void adopt_by_store(void **state)
{
	nacc_u64 root = new_as(), page = page_alloc(), buf = page_alloc(), twin;
	struct nacc_sbi_adoption *rec = (void *)page_at(buf);

	(void)state;
	assert_int_equal(sd(root + 24, LINK(page) | 0x300), 0);
	twin = PTE_TO_PA(entry(root, 3));
	assert_int_not_equal(twin, page);
	/* All bits but the page number are what Linux wrote. */
	assert_int_equal(entry(root, 3), LINK(twin) | 0x300);
	assert_int_equal(frame_of(twin)->type, NACC_FRAME_TABLE);
	assert_int_equal(frame_of(twin)->level, 1);
	assert_int_equal(frame_of(twin)->owner, index_of(root));
	assert_int_equal(frame_of(twin)->parent, index_of(root));
	assert_int_equal(frame_of(twin)->slot, 3);
	assert_int_equal(frame_of(twin)->flags, NACC_FRAME_FLAG_UNDRAINED);
	assert_int_equal(frame_of(root)->live, 1);
	assert_int_equal(frame_of(root)->tables, 1);
	assert_int_equal(stat(NACC_STAT_ADOPTED_TRAP), 1);
	assert_int_equal(stat(NACC_STAT_LINKS), 1);
	assert_int_equal(stat(NACC_STAT_UNDRAINED), 1);
	assert_int_equal(must(call(NACC_SBI_DRAIN, buf, 0, 0)), 1);
	assert_int_equal(rec->original, page);
	assert_int_equal(rec->twin, twin);
	assert_int_equal(rec->root, root);
	assert_int_equal(rec->level, 1);
	assert_int_equal(rec->pad, 0);
	assert_int_equal(must(call(NACC_SBI_DRAIN, buf, 0, 0)), 0);
	assert_int_equal(frame_of(twin)->flags, 0);
}

/* A huge page, aligned for every level, and what Linux makes of one before a split */
#define BIG	(1UL << 40)
#define SPLIT	(PTE(BIG, USER_RW) & ~V)

static void adopt_content(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);
	nacc_u64 page = page_alloc(), twin;

	(void)state;
	for (int s = 0; s < 512; s += 2)
		page_at(page)[s] = PTE(BIG + s * PAGE, s % 4 ? USER_RO : USER_RW & ~V);
	page_at(page)[511] = 0x7000 | A;	/* a migration entry, say */
	sd(mid + 8, SPLIT);
	assert_int_equal(sd(mid + 8, LINK(page)), 0);
	twin = PTE_TO_PA(entry(mid, 1));
	assert_memory_equal(page_at(twin), page_at(page), PAGE);
	assert_int_equal(frame_of(twin)->live, 257);
	/* The original does not matter any more. */
	page_at(page)[0] = PTE(FW_BASE, USER_RW);
	assert_int_not_equal(entry(twin, 0), page_at(page)[0]);
}

/* A table that is brought along is empty, or holds what the split leaf covered. */
static void adopt_of_what_was_there(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1), page = page_alloc();
	const nacc_u64 forged[] = {
		PTE(DATA_PAGE, USER_RW), PTE(BIG, USER_RW), PTE(BIG + 8 * PAGE, USER_RW),
		PTE(BIG + 6 * PAGE, USER_RW), PTE(VDSO_BASE + VDSO_SIZE, USER_RO),
		/* Not valid, but for Linux: it would make them so. */
		PTE(DATA_PAGE, R | U | A), PTE(DATA_PAGE, G | A), PTE(DATA_PAGE, W),
	};
	nacc_u64 armed = stat(NACC_STAT_FRAMES_ARMED);
	nacc_u64 *e = page_at(page);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
		unsigned int reason = PTE_TO_PA(forged[i]) == VDSO_BASE + VDSO_SIZE ?
				      NACC_REASON_LEAF_KERNEL : NACC_REASON_BAD_ADDRESS;

		e[7] = forged[i];
		refuse_sd(mid + 8, LINK(page), reason);
		sd(mid + 8, SPLIT);
		refuse_sd(mid + 8, LINK(page), reason);
		/* The page in its place is right only while its leaf is there. */
		e[7] = PTE(BIG + 7 * PAGE, USER_RW);
		assert_int_equal(sd(mid + 8, LINK(page)), 0);
		sd(mid + 8, 0);
		refuse_sd(mid + 8, LINK(page), NACC_REASON_BAD_ADDRESS);
		must(call(NACC_SBI_DRAIN, page_alloc(), 0, 0));
	}
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), armed - ARRAY_SIZE(forged));
	/* Swap entries: where there was nothing, nothing can have been swapped out. */
	e[7] = 0x7000;
	refuse_sd(mid + 8, LINK(page), NACC_REASON_BAD_ADDRESS);
	/* Of the page of zeros Linux makes small ones when nothing is left of the entry. */
	e[7] = PTE(VDSO_BASE, USER_RO);
	assert_int_equal(sd(mid + 8, LINK(page)), 0);
	e[7] = PTE(VDSO_BASE, W);
	refuse_sd(mid + 16, LINK(page), NACC_REASON_BAD_ADDRESS);
	/* One level up the parts are larger. */
	sd(root + 8, SPLIT);
	e[7] = PTE(BIG + 7 * PAGE, USER_RW);
	refuse_sd(root + 8, LINK(page), NACC_REASON_SUPERPAGE);
	e[7] = PTE(BIG + (6UL << 21), USER_RW);
	refuse_sd(root + 8, LINK(page), NACC_REASON_BAD_ADDRESS);
	e[7] = PTE(VDSO_BASE, R | G);
	refuse_sd(root + 8, LINK(page), NACC_REASON_BAD_ADDRESS);
	e[7] = PTE(BIG + (7UL << 21), USER_RW);
	assert_int_equal(sd(root + 8, LINK(page)), 0);
	assert_machine_ok();
}

static void refuse_adopt(nacc_u64 at, int slot, nacc_u64 pte,
			 unsigned int reason)
{
	nacc_u64 page = page_alloc(), armed = stat(NACC_STAT_FRAMES_ARMED);

	sd(at, SPLIT);
	page_at(page)[0] = PTE(BIG, USER_RO);
	page_at(page)[slot] = pte;
	refuse_sd(at, LINK(page), reason);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), armed);
	page_at(page)[slot] = 0;
	assert_int_equal(sd(at, LINK(page)), 0);
	assert_int_equal(sd(at, 0), 0);
	m.heap -= PAGE;
}

static void adopt_refuses_content(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);
	nacc_u64 table = new_table(root, 0);

	(void)state;
	refuse_adopt(mid + 8, 0, PTE(FW_BASE, USER_RO),
		     NACC_REASON_LEAF_FIRMWARE);
	refuse_adopt(mid + 8, 511, PTE(FW_BASE, USER_RO),
		     NACC_REASON_LEAF_FIRMWARE);
	refuse_adopt(mid + 8, 511, PTE(IMAGE_BASE, USER_RO),
		     NACC_REASON_LEAF_KERNEL);
	refuse_adopt(mid + 8, 7, PTE(table, USER_RO), NACC_REASON_LEAF_POOL);
	refuse_adopt(mid + 8, 7, PTE(DATA_PAGE, V | R), NACC_REASON_NOT_USER);
	refuse_adopt(mid + 8, 7, PTE(DATA_PAGE, USER_RO | G),
		     NACC_REASON_RESERVED_BITS);
	refuse_adopt(mid + 8, 7, LINK(page_alloc()), NACC_REASON_LEVEL);
	refuse_adopt(root + 8, 7, PTE(DATA_PAGE + PAGE, USER_RO),
		     NACC_REASON_SUPERPAGE);
	refuse_adopt(root + 8, 7, LINK(page_alloc()), NACC_REASON_NESTED);
	/* Even one of its own tables: a store cannot vouch for a subtree. */
	assert_int_equal(sd(mid, 0), 0);
	refuse_adopt(root + 8, 7, LINK(table), NACC_REASON_NESTED);
}

static void adopt_where(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);

	(void)state;
	refuse_sd(mid + 8, LINK(FW_BASE), NACC_REASON_LINK_NOT_RAM);
	refuse_sd(mid + 8, LINK(IMAGE_BASE), NACC_REASON_LINK_NOT_RAM);
	refuse_sd(mid + 8, LINK(VDSO_BASE), NACC_REASON_LINK_NOT_RAM);
	refuse_sd(mid + 8, LINK(0), NACC_REASON_LINK_NOT_RAM);
	refuse_sd(mid + 8, LINK(RAM_BASE + RAM_SIZE), NACC_REASON_LINK_NOT_RAM);
	refuse_sd(mid + 8, LINK(0xfffffffffff000), NACC_REASON_LINK_NOT_RAM);
	memset(page_at(RAM_BASE + RAM_SIZE - PAGE), 0, PAGE);
	assert_int_equal(sd(mid + 8, LINK(RAM_BASE + RAM_SIZE - PAGE)), 0);
	/* A level-0 table links nothing. */
	refuse_sd(new_table(root, 0), LINK(page_alloc()), NACC_REASON_LEVEL);
}

static void link_types(void **state)
{
	nacc_u64 root = new_as(), other = new_as(), mid = new_table(root, 1);
	nacc_u64 table = new_table(root, 0), theirs = new_table(other, 0);
	nacc_u64 built = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));

	(void)state;
	refuse_sd(mid + 8, LINK(root), NACC_REASON_NOT_A_TABLE);
	refuse_sd(mid + 8, LINK(built), NACC_REASON_NOT_A_TABLE);
	refuse_sd(mid + 8, LINK(frame_address(0)), NACC_REASON_NOT_A_TABLE);
	refuse_sd(mid + 8, LINK(POOL_BASE), NACC_REASON_NOT_A_TABLE);
	refuse_sd(mid + 8, LINK(m.core.frame_base - PAGE),
		  NACC_REASON_NOT_A_TABLE);
	refuse_sd(mid + 8, LINK(POOL_BASE + m.layout.region_size - PAGE),
		  NACC_REASON_NOT_A_TABLE);
	must(call(NACC_SBI_DISARM, 0, 1, 0));
	refuse_sd(mid + 8, LINK(frame_address(0)), NACC_REASON_NOT_A_TABLE);

	refuse_sd(mid + 8, LINK(table), NACC_REASON_DOUBLE_LINK);
	assert_int_equal(sd(new_table(other, 1), 0), 0);
	refuse_sd(mid + 8, LINK(theirs), NACC_REASON_OWNER);
	assert_int_equal(sd(new_table(other, 1) + 8, LINK(theirs)), 0);

	assert_int_equal(sd(mid, 0), 0);
	refuse_sd(root + 8, LINK(table), NACC_REASON_LEVEL);
	refuse_sd(mid + 8, LINK(mid), NACC_REASON_LEVEL);
	assert_int_equal(sd(mid + 8, LINK(table)), 0);
	refuse_sd(mid, LINK(table), NACC_REASON_DOUBLE_LINK);
}

static void link_moves(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);
	nacc_u64 table = new_table(root, 0), pte = entry(mid, 0), old;

	(void)state;
	assert_int_equal(sd(table, PTE(DATA_PAGE, USER_RW)), 0);
	/* mremap: take it out here, put it in there. */
	assert_int_equal(amo(NACC_OP_SWAP, mid, 0, &old), 0);
	assert_int_equal(old, pte);
	assert_int_equal(frame_of(table)->parent, NACC_FRAME_NONE);
	assert_int_equal(stat(NACC_STAT_UNLINKS), 1);
	assert_machine_ok();
	assert_int_equal(sd(mid + 511 * 8, old), 0);
	assert_int_equal(frame_of(table)->slot, 511);
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(stat(NACC_STAT_ADOPTED_TRAP), 2);
	/* The same value again changes no link. */
	assert_int_equal(sd(mid + 511 * 8, old), 0);
	assert_int_equal(sd(mid + 511 * 8, old | 0x100), 0);
	assert_int_equal(frame_of(table)->slot, 511);
	assert_int_equal(stat(NACC_STAT_LINKS), 3);
	assert_int_equal(stat(NACC_STAT_UNLINKS), 1);
	assert_machine_ok();
}

static void link_replaced(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1);
	nacc_u64 table = new_table(root, 0), twin;

	(void)state;
	/* By an adoption, by a superpage, by a value that is not present. */
	assert_int_equal(sd(mid, LINK(page_alloc())), 0);
	twin = PTE_TO_PA(entry(mid, 0));
	assert_int_equal(frame_of(table)->parent, NACC_FRAME_NONE);
	assert_machine_ok();
	assert_int_equal(sd(mid, LINK(table)), 0);
	assert_int_equal(frame_of(twin)->parent, NACC_FRAME_NONE);
	assert_machine_ok();
	assert_int_equal(sd(mid, PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(frame_of(table)->parent, NACC_FRAME_NONE);
	assert_int_equal(sd(mid, LINK(table)), 0);
	assert_int_equal(sd(mid, LINK(table) & ~V), 0);
	assert_int_equal(frame_of(table)->parent, NACC_FRAME_NONE);
	assert_int_equal(stat(NACC_STAT_UNLINKED), 2);
}

static void two_address_spaces(void **state)
{
	nacc_u64 a = new_as(), b = new_as();
	nacc_u64 ta = new_table(a, 0), tb = new_table(b, 0);

	(void)state;
	assert_int_equal(sd(ta, PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(sd(tb, PTE(DATA_PAGE, USER_RW)), 0);
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, a, 0, 0)),
			 NACC_SBI_RETIRE_DONE);
	assert_int_equal(frame_of(ta)->type, NACC_FRAME_RELEASED);
	assert_int_equal(frame_of(tb)->type, NACC_FRAME_TABLE);
	refuse_sd(ta, 0, NACC_REASON_NOT_A_TABLE);
	assert_int_equal(sd(tb, 0), 0);
}

static void exhaustion(void **state)
{
	nacc_u64 root = new_as(), mid = new_table(root, 1), page = page_alloc();
	nacc_u64 last = frame_address(0);

	(void)state;
	while (stat(NACC_STAT_FRAMES_ARMED))
		must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
	refuse_sd(mid + 8, LINK(page), NACC_REASON_EXHAUSTED);
	/* Links to tables that are there already need no frame. */
	assert_int_equal(sd(mid, 0), 0);
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, last, 0, 0)),
			 NACC_SBI_RETIRE_DONE);
	fence();
	must(call(NACC_SBI_RECLAIM, 0, 1, 0));
	refuse_sd(mid + 8, LINK(page), NACC_REASON_EXHAUSTED);
	must(call(NACC_SBI_ARM, 0, 1, 0));
	assert_int_equal(sd(mid + 8, LINK(page)), 0);
	assert_int_equal(PTE_TO_PA(entry(mid, 1)), last);
}

static void building_takes_no_stores(void **state)
{
	nacc_u64 root = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
	nacc_u64 twin = must(call(NACC_SBI_TABLE_ADOPT, root, 1, page_alloc()));

	(void)state;
	refuse_sd(root, LINK(twin), NACC_REASON_AS_STATE);
	refuse_sd(twin, PTE(DATA_PAGE, USER_RW), NACC_REASON_AS_STATE);
	refuse_sd(twin, 0, NACC_REASON_AS_STATE);
	must(call(NACC_SBI_AS_FILL, root, page_alloc(), 0));
	assert_int_equal(sd(root, LINK(twin)), 0);
	assert_int_equal(sd(twin, PTE(DATA_PAGE, USER_RW)), 0);
}

static nacc_u64 *contended;
static nacc_u64 contended_page;
static int races;

/* The walker sets A or D just while the core reads the page to be adopted. */
static void walker_interferes(nacc_u64 pa)
{
	if (pa == contended_page && races) {
		races--;
		*contended ^= A;
	}
}

static void adopt_against_walker(int times, unsigned int result,
				 unsigned int released)
{
	nacc_u64 mid = new_table(new_as(), 1);
	nacc_u64 armed = stat(NACC_STAT_FRAMES_ARMED);
	nacc_u64 old;

	contended_page = page_alloc();
	contended = page_at(mid);
	sd(mid, PTE(DATA_PAGE, V | R | U));
	races = times;
	m.on_phys = walker_interferes;
	assert_int_equal(amo(NACC_OP_SWAP, mid, LINK(contended_page), &old),
			 result);
	m.on_phys = NULL;
	assert_int_equal(stat(NACC_STAT_FRAMES_RELEASED), released);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED),
			 armed - released - (result == NACC_REASON_NONE));
	if (result == NACC_REASON_NONE)
		assert_int_equal(old & A, times % 2 ? A : 0);
	assert_machine_ok();
}

static void adoption_tries_again(void **state)
{
	(void)state;
	adopt_against_walker(2, NACC_REASON_NONE, 2);
}

/* Lost for good: refused by nobody, the instruction comes again. */
static void adoption_gives_up(void **state)
{
	(void)state;
	adopt_against_walker(100, NACC_STORE_RETRY, 8);
	assert_int_equal(stat(NACC_STAT_REFUSED), 0);
	fence();
	/* The twins that nobody linked left no record behind. */
	assert_int_equal(stat(NACC_STAT_UNDRAINED), 1);
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		must(call(NACC_SBI_RECLAIM, i, 1, 0));
	assert_int_equal(stat(NACC_STAT_RECLAIMED), 8);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_sv39, teardown)
static const struct CMUnitTest tests[] = {
	TEST(adopt_by_store),
	TEST(adopt_content),
	TEST(adopt_of_what_was_there),
	TEST(adopt_refuses_content),
	TEST(adopt_where),
	TEST(link_types),
	TEST(link_moves),
	TEST(link_replaced),
	TEST(two_address_spaces),
	TEST(exhaustion),
	TEST(building_takes_no_stores),
	TEST(adoption_tries_again),
	TEST(adoption_gives_up),
};

const struct suite link_suite = {
	"link", tests, ARRAY_SIZE(tests)
};
