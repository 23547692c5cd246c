// SPDX-License-Identifier: BSD-2-Clause
/* What an entry may hold: each refusal next to its legal twin (I4, I5). */
#include "machine.h"
#include "tables.h"

#define MIB		0x100000UL
#define BIT(n)		(1UL << (n))

static void reserved_bits(void **state)
{
	nacc_u64 ok = PTE(DATA_PAGE, USER_RW);

	(void)state;
	/* Defect (h): a high bit skips no check. */
	for (int b = 54; b < 64; b++) {
		refuse_sd(table, ok | BIT(b), NACC_REASON_RESERVED_BITS);
		refuse_sd(table, PTE(FW_BASE, USER_RW) | BIT(b),
			  NACC_REASON_RESERVED_BITS);
		refuse_sd(mid, LINK(page_alloc()) | BIT(b),
			  NACC_REASON_RESERVED_BITS);
	}
	refuse_sd(table, ok | G, NACC_REASON_RESERVED_BITS);
	accept_sd(table, ok);
	/* W without R, with and without X; X alone is legal. */
	refuse_sd(table, PTE(DATA_PAGE, V | W | U), NACC_REASON_RESERVED_BITS);
	refuse_sd(table, PTE(DATA_PAGE, V | W | X | U), NACC_REASON_RESERVED_BITS);
	accept_sd(table, PTE(DATA_PAGE, V | X | U));
	/* Software bits are the kernel's, in leaves and in links. */
	accept_sd(table, ok | BIT(8) | BIT(9));
	accept_sd(mid, entry(mid, 0) | BIT(8) | BIT(9));
	/* Bits of a link. */
	refuse_sd(mid + 8, LINK(page_alloc()) | A, NACC_REASON_RESERVED_BITS);
	refuse_sd(mid + 8, LINK(page_alloc()) | D, NACC_REASON_RESERVED_BITS);
	refuse_sd(mid + 8, LINK(page_alloc()) | U, NACC_REASON_RESERVED_BITS);
	refuse_sd(mid + 8, LINK(page_alloc()) | G, NACC_REASON_RESERVED_BITS);
	assert_int_equal(sd(mid + 8, LINK(page_alloc())), 0);
}

static void not_user(void **state)
{
	(void)state;
	refuse_sd(table, PTE(DATA_PAGE, V | R | W | A | D), NACC_REASON_NOT_USER);
	accept_sd(table, PTE(DATA_PAGE, V | R | W | U | A | D));
}

static void not_present(void **state)
{
	nacc_u64 vals[] = {
		2, 0x5a5a5a5a5a5a5a5a & ~1UL, ~1UL, PTE(FW_BASE, R | W | U),
		PTE(m.core.frame_base, U | A), G,
	};

	(void)state;
	/* Swap entries, migration entries, PROT_NONE: any value without V. */
	for (size_t i = 0; i < ARRAY_SIZE(vals); i++) {
		accept_sd(table, vals[i]);
		accept_sd(mid + 8, vals[i]);
		accept_sd(root + 8, vals[i]);
		/* And with V the rules apply to it. */
		assert_int_not_equal(sd(table, vals[i] | V), 0);
		assert_int_not_equal(sd(root + 8, vals[i] | V), 0);
	}
	refuse_sd(root + 256 * 8, 2, NACC_REASON_KERNEL_HALF);
}

static void leaf_targets(void **state)
{
	nacc_u64 pool_end = POOL_BASE + m.layout.region_size;

	(void)state;
	refuse_sd(table, PTE(POOL_BASE, USER_RO), NACC_REASON_LEAF_POOL);
	refuse_sd(table, PTE(table, USER_RO), NACC_REASON_LEAF_POOL);
	refuse_sd(table, PTE(pool_end - PAGE, USER_RO), NACC_REASON_LEAF_POOL);
	accept_sd(table, PTE(POOL_BASE - PAGE, USER_RW));
	accept_sd(table, PTE(pool_end, USER_RW));
	refuse_sd(table, PTE(FW_BASE, USER_RO), NACC_REASON_LEAF_FIRMWARE);
	refuse_sd(table, PTE(FW_BASE + FW_SIZE - PAGE, USER_RO),
		  NACC_REASON_LEAF_FIRMWARE);
	accept_sd(table, PTE(FW_BASE + FW_SIZE, USER_RW));
	accept_sd(table, PTE(FW_BASE - PAGE, USER_RW));
	refuse_sd(table, PTE(IMAGE_BASE, USER_RO), NACC_REASON_LEAF_KERNEL);
	refuse_sd(table, PTE(KERNEL_ROOT, USER_RO), NACC_REASON_LEAF_KERNEL);
	refuse_sd(table, PTE(IMAGE_BASE + IMAGE_SIZE - PAGE, USER_RX),
		  NACC_REASON_LEAF_KERNEL);
	accept_sd(table, PTE(IMAGE_BASE - PAGE, USER_RW));
	accept_sd(table, PTE(IMAGE_BASE + IMAGE_SIZE, USER_RW));
	/* Devices and the top of the address space. */
	accept_sd(table, PTE(0x10000000, USER_RW));
	accept_sd(table, PTE(0xfffffffffff000UL, USER_RW));
	accept_sd(table, PTE(0, USER_RW));
	/* Defect (i): the page number has 44 bits, none is cut off. */
	accept_sd(table, PTE(FW_BASE | BIT(55), USER_RW));
}

static void user_visible(void **state)
{
	(void)state;
	accept_sd(table, PTE(VDSO_BASE, USER_RX));
	accept_sd(table, PTE(VDSO_BASE + PAGE, USER_RO));
	accept_sd(table, PTE(IMAGE_BASE + 0x20000, USER_RO));
	refuse_sd(table, PTE(VDSO_BASE, USER_RW), NACC_REASON_LEAF_KERNEL);
	refuse_sd(table, PTE(VDSO_BASE - PAGE, USER_RO), NACC_REASON_LEAF_KERNEL);
	refuse_sd(table, PTE(VDSO_BASE + VDSO_SIZE, USER_RO),
		  NACC_REASON_LEAF_KERNEL);
	/* A superpage around it is more than it. */
	refuse_sd(mid + 8, PTE(IMAGE_BASE, USER_RX), NACC_REASON_LEAF_KERNEL);
}

static void freed_ranges(void **state)
{
	nacc_u64 end = FREED_BASE + FREED_SIZE;

	(void)state;
	accept_sd(table, PTE(FREED_BASE, USER_RW));
	accept_sd(table, PTE(end - PAGE, USER_RW));
	refuse_sd(table, PTE(FREED_BASE - PAGE, USER_RO),
		  NACC_REASON_LEAF_KERNEL);
	refuse_sd(table, PTE(end, USER_RO), NACC_REASON_LEAF_KERNEL);
	refuse_sd(mid + 8, PTE(IMAGE_BASE, USER_RW), NACC_REASON_LEAF_KERNEL);
	/* Links and buffers, too. */
	memset(page_at(FREED_BASE), 0, PAGE);
	assert_int_equal(sd(mid + 8, LINK(FREED_BASE)), 0);
	refuse_sd(mid + 16, LINK(FREED_BASE - PAGE), NACC_REASON_LINK_NOT_RAM);
	refuse_sd(mid + 16, LINK(end), NACC_REASON_LINK_NOT_RAM);
	assert_true(nacc_buffer_ok(&m.core, FREED_BASE, FREED_SIZE));
	assert_false(nacc_buffer_ok(&m.core, FREED_BASE, FREED_SIZE + 1));
	assert_false(nacc_buffer_ok(&m.core, FREED_BASE - PAGE, PAGE + 1));
}

/* The image may end in a freed range: a leaf across that end is ordinary. */
static void freed_tail(void **state)
{
	struct nacc_sbi_setup *s;

	(void)state;
	machine_off();
	machine_boot(SV39, 1 << 20);
	s = setup_content();
	s->image_size = IMAGE_SIZE - MIB;
	s->ranges[5].start = IMAGE_BASE + 0x21000;
	s->ranges[5].end = IMAGE_BASE + s->image_size;
	must(do_setup());
	assert_int_equal(nacc_check_leaf(&m.core, PTE(IMAGE_BASE, USER_RW), 1),
			 NACC_REASON_LEAF_KERNEL);
	machine_off();
	machine_boot(SV39, 1 << 20);
	s = setup_content();
	s->image_pa = IMAGE_BASE - MIB;
	s->image_size = 2 * MIB;
	s->nr_user_visible = 0;
	s->nr_freed = 3;
	s->ranges[3] = s->ranges[5];
	s->ranges[4] = s->ranges[5];
	s->ranges[5].start = IMAGE_BASE;
	s->ranges[5].end = IMAGE_BASE + MIB;
	must(do_setup());
	assert_int_equal(nacc_check_leaf(&m.core, PTE(IMAGE_BASE, USER_RW), 1), 0);
	assert_int_equal(nacc_check_leaf(&m.core, PTE(IMAGE_BASE - PAGE, USER_RW),
					 0), NACC_REASON_LEAF_KERNEL);
}

/* XSA-148: superpages get every check, over their whole range. */
static void superpages(void **state)
{
	(void)state;
	refuse_sd(mid + 8, PTE(DATA_PAGE + PAGE, USER_RW), NACC_REASON_SUPERPAGE);
	refuse_sd(mid + 8, PTE(DATA_PAGE + MIB, USER_RW), NACC_REASON_SUPERPAGE);
	accept_sd(mid + 8, PTE(DATA_PAGE, USER_RW));
	refuse_sd(root + 8, PTE(DATA_PAGE, USER_RW), NACC_REASON_SUPERPAGE);
	accept_sd(root + 8, PTE(0x40000000, USER_RW));
	refuse_sd(mid + 8, PTE(DATA_PAGE, USER_RW) | BIT(61),
		  NACC_REASON_RESERVED_BITS);
	refuse_sd(mid + 8, PTE(DATA_PAGE, V | R | W), NACC_REASON_NOT_USER);
	/* Their start is harmless, their inside is not. */
	refuse_sd(mid + 8, PTE(POOL_BASE, USER_RW), NACC_REASON_LEAF_POOL);
	refuse_sd(mid + 8, PTE(FW_BASE, USER_RW), NACC_REASON_LEAF_FIRMWARE);
	refuse_sd(root + 8, PTE(RAM_BASE, USER_RW), NACC_REASON_LEAF_POOL);
	accept_sd(root + 8, PTE(RAM_BASE + 0x40000000, USER_RW));
	refuse_sd(mid + 8, PTE(IMAGE_BASE, USER_RO), NACC_REASON_LEAF_KERNEL);
}

static void superpages_of_all_levels(void **state)
{
	(void)state;
	for (nacc_u32 mode = SV39; mode <= SV57; mode++) {
		machine_off();
		machine_ready(mode, 1 << 20);
		root = new_as();
		for (unsigned int l = 0; l <= top(); l++) {
			nacc_u64 size = PAGE << (9 * l);
			nacc_u64 at = new_table(root, l) + 16;

			accept_sd(at, PTE(size * 200, USER_RW));
			if (l)
				refuse_sd(at, PTE(size * 200 + size / 2, USER_RW),
					  NACC_REASON_SUPERPAGE);
			refuse_sd(at, PTE(POOL_BASE & ~(size - 1), USER_RW),
				  NACC_REASON_LEAF_POOL);
			/* The last one below 2^56. */
			accept_sd(at, PTE((1UL << 56) - size, USER_RW));
		}
	}
}

/* XSA-182: an entry that changes flags only is judged like any other. */
static void flags_only(void **state)
{
	nacc_u64 old;

	(void)state;
	accept_sd(table, PTE(VDSO_BASE, USER_RO));
	refuse_sd(table, PTE(VDSO_BASE, USER_RW), NACC_REASON_LEAF_KERNEL);
	assert_int_equal(amo(NACC_OP_OR, table, W, &old),
			 NACC_REASON_LEAF_KERNEL);
	accept_sd(table, PTE(DATA_PAGE, USER_RO));
	assert_int_equal(amo(NACC_OP_OR, table, W | D, &old), 0);
	assert_int_equal(entry(table, 0), PTE(DATA_PAGE, USER_RW));
	assert_int_equal(amo(NACC_OP_AND, table, ~U, &old), NACC_REASON_NOT_USER);
	/* Page numbers that only an AMO can make. */
	assert_int_equal(amo(NACC_OP_ADD, table,
			     PTE(FW_BASE, 0) - PTE(DATA_PAGE, 0), &old),
			 NACC_REASON_LEAF_FIRMWARE);
	/* A link that turns into a leaf, and back. */
	assert_int_equal(amo(NACC_OP_OR, mid, R, &old), NACC_REASON_NOT_USER);
	assert_int_equal(amo(NACC_OP_OR, mid, R | U, &old),
			 NACC_REASON_SUPERPAGE);
	accept_sd(mid + 8, PTE(DATA_PAGE, V | R | U));
}

static void kernel_half(void **state)
{
	nacc_u64 *kernel = page_at(KERNEL_ROOT);

	(void)state;
	for (int s = 256; s < 512; s++) {
		refuse_sd(root + s * 8, kernel[s] ^ BIT(10),
			  NACC_REASON_KERNEL_HALF);
		refuse_sd(root + s * 8, PTE(DATA_PAGE, USER_RW),
			  NACC_REASON_KERNEL_HALF);
		accept_sd(root + s * 8, kernel[s]);
	}
	refuse_sd(root + 258 * 8, 0, NACC_REASON_KERNEL_HALF);
	/* The kernel's root now, not at set-up. */
	refuse_sd(root + 256 * 8, LINK(0x80301000), NACC_REASON_KERNEL_HALF);
	kernel[256] = LINK(0x80301000);
	accept_sd(root + 256 * 8, LINK(0x80301000));
	/* The user half ends at 255; the half is the root's alone. */
	refuse_sd(root + 255 * 8, LINK(KERNEL_ROOT), NACC_REASON_LINK_NOT_RAM);
	accept_sd(mid + 258 * 8, PTE(DATA_PAGE, USER_RW));
	accept_sd(table + 511 * 8, PTE(DATA_PAGE, USER_RW));
	assert_int_equal(frame_of(root)->live, 1);
}

static void harts_have(nacc_u32 leaves)
{
	m.layout.leaves = leaves;
	m.core.layout.leaves = leaves;
}

#define N		BIT(63)
#define PBMT(n)		((nacc_u64)(n) << 61)
#define K64		(16 * PAGE)

/* The page number of a 64 KiB leaf is that of its ninth page. */
static nacc_u64 napot(nacc_u64 pa, nacc_u64 bits)
{
	return N | PTE(pa + 8 * PAGE, bits);
}

/* Svnapot: only if there, only 64 KiB, only at level 0, and all of it is looked at. */
static void napot_leaves(void **state)
{
	nacc_u64 good = napot(DATA_PAGE, USER_RW);

	(void)state;
	refuse_sd(table, good, NACC_REASON_RESERVED_BITS);
	harts_have(NACC_LEAF_PBMT);
	refuse_sd(table, good, NACC_REASON_RESERVED_BITS);
	harts_have(NACC_LEAF_NAPOT);
	accept_sd(table, good);
	/* Sixteen of them, as hugetlb has it: each is taken alone. */
	for (unsigned int slot = 16; slot < 32; slot++)
		accept_sd(table + slot * 8, good);
	for (unsigned int low = 0; low < 16; low++)
		if (low != 8)
			refuse_sd(table, N | PTE(DATA_PAGE + low * PAGE, USER_RW),
				  NACC_REASON_RESERVED_BITS);
	refuse_sd(mid + 8, napot(DATA_PAGE, USER_RW), NACC_REASON_RESERVED_BITS);
	accept_sd(mid + 8, PTE(DATA_PAGE, USER_RW));
	/* On a link N is reserved. */
	refuse_sd(mid + 16, N | LINK(page_alloc()), NACC_REASON_RESERVED_BITS);
	/* The other rules still hold. */
	refuse_sd(table, napot(DATA_PAGE, V | R), NACC_REASON_NOT_USER);
	refuse_sd(table, napot(DATA_PAGE, V | U | W), NACC_REASON_RESERVED_BITS);
	refuse_sd(table, napot(DATA_PAGE, USER_RW | G), NACC_REASON_RESERVED_BITS);
	for (unsigned int bit = 54; bit < 61; bit++)
		refuse_sd(table, good | BIT(bit), NACC_REASON_RESERVED_BITS);
}

/* Its first or last page is forbidden; the page of its number is not. */
static void napot_ranges(void **state)
{
	nacc_u64 region_end = POOL_BASE + m.layout.region_size;

	(void)state;
	harts_have(NACC_LEAF_NAPOT);
	accept_sd(table, napot(POOL_BASE - K64, USER_RW));
	refuse_sd(table, napot(POOL_BASE, USER_RW), NACC_REASON_LEAF_POOL);
	refuse_sd(table, napot(region_end - K64, USER_RW), NACC_REASON_LEAF_POOL);
	accept_sd(table, napot(region_end, USER_RW));
	refuse_sd(table, napot(FW_BASE + FW_SIZE - K64, USER_RW), NACC_REASON_LEAF_FIRMWARE);
	accept_sd(table, napot(FW_BASE + FW_SIZE, USER_RW));
	accept_sd(table, napot(IMAGE_BASE - K64, USER_RW));
	refuse_sd(table, napot(IMAGE_BASE, USER_RO), NACC_REASON_LEAF_KERNEL);
	accept_sd(table, napot(IMAGE_BASE + IMAGE_SIZE, USER_RW));
	/* A firmware page at either end of the 64 KiB, and next to it. */
	m.core.layout.firmware[0] = (struct nacc_span){ DATA_PAGE, DATA_PAGE + PAGE };
	refuse_sd(table, napot(DATA_PAGE, USER_RW), NACC_REASON_LEAF_FIRMWARE);
	accept_sd(table, napot(DATA_PAGE + K64, USER_RW));
	m.core.layout.firmware[0].start = DATA_PAGE + K64 - PAGE;
	m.core.layout.firmware[0].end = DATA_PAGE + K64;
	refuse_sd(table, napot(DATA_PAGE, USER_RW), NACC_REASON_LEAF_FIRMWARE);
	accept_sd(table, napot(DATA_PAGE + K64, USER_RW));
	m.core.layout.firmware[0] = (struct nacc_span){ FW_BASE, FW_BASE + FW_SIZE };
	/* The vDSO is visible, what is in the same 64 KiB is not. */
	accept_sd(table, PTE(VDSO_BASE, USER_RO));
	refuse_sd(table, napot(VDSO_BASE & -K64, USER_RO), NACC_REASON_LEAF_KERNEL);
}

/* Svpbmt: only if there, only on leaves, and 3 is reserved. */
static void pbmt_leaves(void **state)
{
	nacc_u64 leaf = PTE(DATA_PAGE, USER_RW);

	(void)state;
	for (unsigned int n = 1; n <= 3; n++) {
		harts_have(0);
		refuse_sd(table, leaf | PBMT(n), NACC_REASON_RESERVED_BITS);
		harts_have(NACC_LEAF_NAPOT);
		refuse_sd(mid + 8, leaf | PBMT(n), NACC_REASON_RESERVED_BITS);
		harts_have(NACC_LEAF_PBMT);
		refuse_sd(mid + 16, LINK(page_alloc()) | PBMT(n), NACC_REASON_RESERVED_BITS);
		if (n == 3)
			continue;
		accept_sd(table, leaf | PBMT(n));
		accept_sd(mid + 8, leaf | PBMT(n));
		refuse_sd(table, PTE(FW_BASE, USER_RW) | PBMT(n), NACC_REASON_LEAF_FIRMWARE);
		accept_sd(table, 0);
		accept_sd(mid + 8, 0);
	}
	refuse_sd(table, leaf | PBMT(3), NACC_REASON_RESERVED_BITS);
	refuse_sd(mid + 8, leaf | PBMT(3), NACC_REASON_RESERVED_BITS);
	assert_int_equal(sd(mid + 16, LINK(page_alloc())), NACC_REASON_NONE);
	harts_have(NACC_LEAF_PBMT | NACC_LEAF_NAPOT);
	accept_sd(table, napot(DATA_PAGE, USER_RW) | PBMT(2));
}

static void assert_span(struct nacc_span span, nacc_u64 start, nacc_u64 end)
{
	assert_int_equal(span.start, PTE(start, 0));
	assert_int_equal(span.end, PTE(end, 0));
}

/* Plain memory ends where the region or firmware begins, whichever is first. */
static void plain_memory(void **state)
{
	nacc_u64 image_end = IMAGE_BASE + IMAGE_SIZE;
	nacc_u64 region_end = POOL_BASE + m.layout.region_size;
	struct nacc_span *fw = m.core.layout.firmware, plain[2];

	(void)state;
	nacc_find_plain(&m.core, plain);
	assert_span(plain[0], image_end, POOL_BASE);
	assert_span(plain[1], region_end, 1UL << 56);
	fw[0] = (struct nacc_span){ image_end + 8 * PAGE, image_end + 9 * PAGE };
	nacc_find_plain(&m.core, plain);
	assert_span(plain[0], image_end, fw[0].start);
	assert_span(plain[1], region_end, region_end);
	fw[0] = (struct nacc_span){ DATA_PAGE, DATA_PAGE + PAGE };
	nacc_find_plain(&m.core, plain);
	assert_span(plain[0], image_end, POOL_BASE);
	assert_span(plain[1], region_end, DATA_PAGE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(plain_memory, setup_sv39, teardown),
	TEST(reserved_bits),
	TEST(not_user),
	TEST(not_present),
	TEST(leaf_targets),
	TEST(user_visible),
	TEST(freed_ranges),
	TEST(freed_tail),
	TEST(superpages),
	TEST(superpages_of_all_levels),
	TEST(flags_only),
	TEST(kernel_half),
	TEST(napot_leaves),
	TEST(napot_ranges),
	TEST(pbmt_leaves),
};

const struct suite rules_suite = {
	"rules", tests, ARRAY_SIZE(tests)
};
