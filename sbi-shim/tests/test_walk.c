// SPDX-License-Identifier: BSD-2-Clause
/*
 * walk.c of the OpenSBI glue, as it is, on the test machine's memory: which ends the run if
 * anything but RAM is touched, or the firmware. The machine's own nacc_user_read() stays.
 */
#include "machine.h"

#include <sbi/sbi_hart.h>

nacc_u64 walk_senvcfg;
static int walk_version = SBI_HART_PRIV_VER_1_13;

int sbi_hart_priv_version(struct sbi_scratch *scratch)
{
	(void)scratch;
	return walk_version;
}

#define nacc_user_read	walk_user_read
#include "../opensbi/walk.c"

/* Levels of the mode that a test is in */
static unsigned int levels;
static nacc_u64 table[5], satp;

#define VA		0x0000000012345678UL
#define INDEX(va, level)	((va) >> (12 + 9 * (level)) & 511)

/* Ordinary tables down to a page of data at VA; table[0] holds the leaf. */
static void build(unsigned int mode)
{
	levels = mode - SV39 + 3;
	for (unsigned int i = 0; i < levels; i++)
		table[i] = page_alloc();
	for (unsigned int i = 1; i < levels; i++)
		page_at(table[i])[INDEX(VA, i)] = LINK(table[i - 1]);
	page_at(table[0])[INDEX(VA, 0)] = PTE(DATA_PAGE, USER_RW);
	satp = (nacc_u64)mode << 60 | 7UL << 44 | table[levels - 1] >> 12;
	for (unsigned int i = 0; i < PAGE / 8; i++)
		page_at(DATA_PAGE)[i] = 0x1000 + i;
}

static int goes(nacc_u64 va, nacc_u64 *pa)
{
	*pa = 0;
	return nacc_walk(&m.core, satp, va, pa);
}

static void assert_at(nacc_u64 va, nacc_u64 want)
{
	nacc_u64 pa;

	assert_true(goes(va, &pa));
	assert_int_equal(pa, want);
}

static void assert_nowhere(nacc_u64 va)
{
	nacc_u64 pa;

	assert_false(goes(va, &pa));
}

static int reads(nacc_u64 va, nacc_u32 words)
{
	nacc_u64 to[PAGE / 8] = { 0 };
	int ret = walk_user_read(&m.core, satp, va, to, words);

	for (nacc_u32 i = 0; i < PAGE / 8; i++)
		assert_int_equal(to[i], ret == 1 && i < words ? 0x1000 + va % PAGE / 8 + i : 0);
	return ret;
}

static void walk_modes(void **state)
{
	(void)state;
	for (unsigned int mode = SV39; mode <= SV57; mode++) {
		build(mode);
		assert_at(VA, DATA_PAGE + VA % PAGE);
		assert_at(VA & ~(PAGE - 1), DATA_PAGE);
		assert_at(VA | (PAGE - 1), DATA_PAGE + PAGE - 1);
		assert_nowhere(VA + PAGE);
		assert_nowhere(VA - PAGE);
		/* Each level is looked at. */
		for (unsigned int i = 0; i < levels; i++) {
			nacc_u64 *slot = &page_at(table[i])[INDEX(VA, i)], was = *slot;

			assert_nowhere(VA ^ 1UL << (12 + 9 * i));
			*slot &= ~V;
			assert_nowhere(VA);
			*slot = was;
		}
		assert_at(VA, DATA_PAGE + VA % PAGE);
	}
	/* As many bits as a physical address has */
	page_at(table[0])[INDEX(VA, 0)] = PTE(0xfffffffffffUL << 12, USER_RW);
	assert_at(VA, 0xfffffffffffUL << 12 | VA % PAGE);
	page_at(table[0])[INDEX(VA, 0)] = PTE(DATA_PAGE, USER_RW);
	satp = 0;
	assert_at(VA, VA);
	for (nacc_u64 mode = 6; mode < SV39; mode++) {
		satp = mode << 60 | table[mode - 6] >> 12;
		assert_nowhere(VA);
	}
	for (nacc_u64 mode = 1; mode < 16; mode++) {
		satp = mode << 60 | table[levels - 1] >> 12;
		if (mode < SV39 || mode > SV57)
			assert_nowhere(VA);
	}
}

/* A leaf that is further up maps all that is below it. */
static void walk_superpages(void **state)
{
	(void)state;
	build(SV57);
	for (unsigned int i = 1; i < levels; i++) {
		nacc_u64 mask = (PAGE << 9 * i) - 1, base = mask + 1;

		page_at(table[i])[INDEX(VA, i)] = PTE(base, USER_RW);
		assert_at(VA, base | (VA & mask));
		/* What it has of the address below its size does not count. */
		page_at(table[i])[INDEX(VA, i)] = PTE(base | (mask & ~(PAGE - 1)), USER_RO);
		assert_at(VA, base | (VA & mask));
		/* Each of R, W, X makes a leaf, and nothing else does. */
		for (nacc_u64 bit = R; bit <= X; bit <<= 1) {
			page_at(table[i])[INDEX(VA, i)] = PTE(base, V | bit);
			assert_at(VA, base | (VA & mask));
		}
		page_at(table[i])[INDEX(VA, i)] = LINK(table[i - 1]) | U | G | A | D | 3UL << 8;
		assert_at(VA, i == 1 ? DATA_PAGE + VA % PAGE :
			  (PAGE << 9 * (i - 1)) | (VA & ((PAGE << 9 * (i - 1)) - 1)));
		page_at(table[i])[INDEX(VA, i)] = PTE(base, USER_RW);
	}
	/* A link where there are leaves only */
	build(SV39);
	page_at(table[0])[INDEX(VA, 0)] = LINK(DATA_PAGE);
	assert_nowhere(VA);
}

/* Of a NAPOT leaf the low bits of the number are the size's. */
static void walk_napot(void **state)
{
	const nacc_u64 base = DATA_PAGE & ~0xffffUL;

	(void)state;
	build(SV48);
	page_at(table[0])[INDEX(VA, 0)] = PTE(base | 0x8000, USER_RW) | 1UL << 63;
	assert_at(VA, base | (VA & 0xffff));
	page_at(table[0])[INDEX(VA, 0)] = PTE(base | 0x8000, USER_RW);
	assert_at(VA, base | 0x8000 | (VA & 0xfff));
	/* Further up there is none: N is no part of the address. */
	page_at(table[1])[INDEX(VA, 1)] = PTE(0x40000000UL, USER_RW) | 1UL << 63;
	assert_at(VA, 0x40000000UL | (VA & 0x1fffff));
}

/* Where a table is said to be S-mode has chosen; on_phys ends the run if it is looked at. */
static void walk_bounds(void **state)
{
	static const nacc_u64 never[] = { FW_BASE, FW_BASE + FW_SIZE - PAGE, RAM_BASE - PAGE,
					  RAM_BASE + RAM_SIZE, 0, 0xfffffffffffUL << 12 };

	(void)state;
	build(SV48);
	for (unsigned int i = 1; i < levels; i++) {
		for (size_t n = 0; n < ARRAY_SIZE(never); n++) {
			page_at(table[i])[INDEX(VA, i)] = LINK(never[n]);
			assert_nowhere(VA);
		}
		page_at(table[i])[INDEX(VA, i)] = LINK(table[i - 1]);
	}
	for (size_t n = 0; n < ARRAY_SIZE(never); n++) {
		satp = (nacc_u64)SV48 << 60 | never[n] >> 12;
		assert_nowhere(VA);
		assert_int_equal(reads(VA & ~7UL, 1), -1);
	}
}

/* Nor where S-mode may not read of the region, whatever it would find there. */
static void walk_hidden(void **state)
{
	const nacc_u64 secrets = nacc_secrets_base(&m.core.layout);
	const nacc_u64 end = POOL_BASE + m.layout.region_size;
	const nacc_u64 never[] = { secrets, end - nacc_records_size(&m.core.layout) - PAGE,
				   end - nacc_records_size(&m.core.layout), end - PAGE };
	nacc_u64 *slot, was;

	(void)state;
	build(SV39);
	for (size_t n = 0; n < ARRAY_SIZE(never); n++) {
		slot = &page_at(never[n])[INDEX(VA, 0)];
		was = *slot;
		page_at(table[1])[INDEX(VA, 1)] = LINK(never[n]);
		*slot = PTE(DATA_PAGE, USER_RW);
		assert_nowhere(VA);
		*slot = was;
	}
	/* The last frame S-mode may read, and what is behind the region is ordinary memory. */
	page_at(table[1])[INDEX(VA, 1)] = LINK(secrets - PAGE);
	page_at(secrets - PAGE)[INDEX(VA, 0)] = PTE(DATA_PAGE, USER_RW);
	assert_at(VA, DATA_PAGE + VA % PAGE);
	page_at(secrets - PAGE)[INDEX(VA, 0)] = 0;
	page_at(table[1])[INDEX(VA, 1)] = LINK(end);
	page_at(end)[INDEX(VA, 0)] = PTE(DATA_PAGE, USER_RW);
	assert_at(VA, DATA_PAGE + VA % PAGE);
	page_at(table[1])[INDEX(VA, 1)] = LINK(table[0]);
}

/* The first entry, and the last, of what is no firmware, and of each part of memory */
static void walk_edges(void **state)
{
	static const nacc_u64 edges[] = { FW_BASE + FW_SIZE, RAM_BASE + RAM_SIZE - PAGE,
					  USER_PA, USER_PA - PAGE, HEAP_END,
					  HEAP_END - 2 * PAGE };
	const nacc_u64 ends[] = { VA & ~(511 * PAGE), VA | 511 * PAGE };

	(void)state;
	build(SV39);
	m.core.layout.ram[1] = m.core.layout.ram[0];
	m.core.layout.ram[0].end = USER_PA;
	m.core.layout.ram[1].start = USER_PA;
	m.core.layout.nr_ram = 2;
	m.core.layout.firmware[1].start = HEAP_END - PAGE;
	m.core.layout.firmware[1].end = HEAP_END;
	m.core.layout.nr_firmware = 2;
	page_at(table[1])[INDEX(VA, 1)] = LINK(HEAP_END - PAGE);
	page_at(HEAP_END - PAGE)[INDEX(VA, 0)] = PTE(DATA_PAGE, USER_RW);
	assert_nowhere(VA);
	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		memset(page_at(edges[i]), 0, PAGE);
		page_at(edges[i])[0] = PTE(DATA_PAGE, USER_RW);
		page_at(edges[i])[511] = PTE(DATA_PAGE, USER_RW);
		page_at(table[1])[INDEX(VA, 1)] = LINK(edges[i]);
		for (int last = 0; last < 2; last++)
			assert_at(ends[last], DATA_PAGE + ends[last] % PAGE);
	}
}

static void read_words(void **state)
{
	const nacc_u64 page = VA & ~(PAGE - 1);

	(void)state;
	for (unsigned int mode = SV39; mode <= SV57; mode++) {
		build(mode);
		assert_int_equal(reads(page, 1), 1);
		assert_int_equal(reads(page + 24, 3), 1);
		assert_int_equal(reads(page, PAGE / 8), 1);
		assert_int_equal(reads(page + PAGE - 8, 1), 1);
		/* Neither at an odd place, nor beyond the page */
		assert_int_equal(reads(page + 4, 1), 0);
		assert_int_equal(reads(page + 1, 1), 0);
		assert_int_equal(reads(page + PAGE - 8, 2), 0);
		assert_int_equal(reads(page + 8, PAGE / 8), 0);
		/* What is not there now the kernel is asked for. */
		assert_int_equal(reads(page + PAGE, 1), -1);
		/* The kernel's half, and what the walk would take for this one */
		assert_int_equal(reads(page | 1UL << (38 + 9 * (mode - SV39)), 1), 0);
		assert_int_equal(reads(page | 1UL << 63, 1), 0);
		assert_int_equal(reads(page | ~0UL << (38 + 9 * (mode - SV39)), 1), 0);
		assert_int_equal(reads((1UL << (38 + 9 * (mode - SV39))) - 8, 1), -1);
	}
}

/* What user mode may not read, and what is no memory of the program's */
static void read_rights(void **state)
{
	static const nacc_u64 never[] = { FW_BASE, FW_BASE + FW_SIZE - PAGE, POOL_BASE,
					  POOL_BASE + (1 << 20) - PAGE, RAM_BASE - PAGE,
					  RAM_BASE + RAM_SIZE, 0xfffffffffffUL << 12 };
	const nacc_u64 page = VA & ~(PAGE - 1);
	nacc_u64 *leaf;

	(void)state;
	build(SV39);
	leaf = &page_at(table[0])[INDEX(VA, 0)];
	for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
		*leaf = PTE(never[i], USER_RO);
		assert_int_equal(reads(page, 1), 0);
	}
	*leaf = PTE(DATA_PAGE, USER_RO);
	assert_int_equal(reads(page, 1), 1);
	*leaf = PTE(DATA_PAGE, USER_RX);
	assert_int_equal(reads(page, 1), 1);
	*leaf = PTE(DATA_PAGE, USER_RW & ~U);
	assert_int_equal(reads(page, 1), 0);
	*leaf = PTE(DATA_PAGE, V | X | U | A);
	assert_int_equal(reads(page, 1), 0);
	*leaf = PTE(DATA_PAGE, USER_RO & ~V);
	assert_int_equal(reads(page, 1), -1);
	/* The page behind the region is ordinary memory. */
	*leaf = PTE(POOL_BASE + (1 << 20), USER_RO);
	for (unsigned int i = 0; i < PAGE / 8; i++)
		page_at(POOL_BASE + (1 << 20))[i] = 0x1000 + i;
	assert_int_equal(reads(page, 1), 1);
}

/* Pointer masking: what a program has in the bits that its hart ignores is not looked at. */
static void read_masked(void **state)
{
	static const int masked[] = { 0, 0, 7, 16 };
	const nacc_u64 page = VA & ~(PAGE - 1);

	(void)state;
	walk_senvcfg = ~0UL;
	/* A hart of an older specification has no such register. */
	walk_version = SBI_HART_PRIV_VER_1_11;
	build(SV39);
	assert_int_equal(reads(page, 1), 1);
	assert_int_equal(reads(page | 1UL << 63, 1), 0);
	walk_version = SBI_HART_PRIV_VER_1_12;
	for (nacc_u64 pmm = 0; pmm < 4; pmm++) {
		walk_senvcfg = (pmm << 32) | ~(3UL << 32);
		for (unsigned int mode = SV39; mode <= SV57; mode++) {
			int top = 38 + 9 * (mode - SV39);

			build(mode);
			assert_int_equal(reads(page, 1), 1);
			for (int bit = top; bit < 64; bit++)
				assert_int_equal(reads(page | 1UL << bit, 1),
						 bit >= 64 - masked[pmm]);
			/* The next one is that of all which are ignored: the kernel's half */
			assert_int_equal(reads(~0UL << (63 - masked[pmm]) | page, 1), 0);
			assert_int_equal(reads(~0UL << top | page, 1), top >= 64 - masked[pmm]);
			/* What is asked for is what the hart would not find. */
			assert_int_equal(reads(0xaUL << 60 | (page + PAGE), 1),
					 masked[pmm] ? -1 : 0);
			assert_int_equal(nacc_walk_unmasked(0xaUL << 60 | page),
					 masked[pmm] ? page : 0xaUL << 60 | page);
		}
	}
	walk_senvcfg = 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(walk_modes, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(walk_superpages, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(walk_napot, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(walk_bounds, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(walk_hidden, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(walk_edges, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(read_words, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(read_rights, setup_sv39, teardown),
	cmocka_unit_test_setup_teardown(read_masked, setup_sv39, teardown),
};

const struct suite walk_suite = { "walk", tests, ARRAY_SIZE(tests) };
