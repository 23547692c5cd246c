// SPDX-License-Identifier: BSD-2-Clause
/* What a store may write: each refusal next to its legal twin (I4, I5, I6). */
#include "machine.h"

#define MIB		0x100000UL
#define BIT(n)		(1UL << (n))

static nacc_u64 table;		/* level 0 */
static nacc_u64 mid;		/* level 1 */
static nacc_u64 root;

static int setup_tables(void **state)
{
	setup_sv39(state);
	root = new_as();
	table = new_table(root, 0);
	mid = new_table(root, 1);
	return 0;
}

static void accept_sd(nacc_u64 pa, nacc_u64 val)
{
	assert_int_equal(sd(pa, val), 0);
	assert_int_equal(*page_at(pa), val);
	assert_machine_ok();
}

static struct nacc_access good(void)
{
	return access_of(NACC_OP_STORE, table, PTE(DATA_PAGE, USER_RW));
}

static void refuse(struct nacc_access *access, unsigned int reason)
{
	nacc_u64 before = entry(table, 0), old;

	assert_int_equal(store(access, &old), reason);
	assert_int_equal(entry(table, 0), before);
	assert_int_equal(old, before);
	*access = good();
	assert_int_equal(store(access, &old), 0);
	sd(table, 0);
}

/* Everything about the access itself, in the order of the checks. */
static void the_access(void **state)
{
	struct nacc_access a = good();
	nacc_u64 old;

	(void)state;
	a.decode_reason = NACC_REASON_NOT_A_STORE;
	refuse(&a, NACC_REASON_NOT_A_STORE);
	for (unsigned int width = 1; width <= 4; width *= 2) {
		a.decoded.width = width;
		refuse(&a, NACC_REASON_WIDTH);
	}
	for (unsigned int off = 1; off < 8; off++) {
		a.pa += off;
		refuse(&a, NACC_REASON_MISALIGNED);
	}
	a.supervisor = 0;
	refuse(&a, NACC_REASON_PRIVILEGE);
	/* Several wrongs: the first check names the reason. */
	a.supervisor = 0;
	a.pa += 1;
	a.decoded.width = 4;
	refuse(&a, NACC_REASON_WIDTH);
	a.supervisor = 0;
	a.pa += 1;
	refuse(&a, NACC_REASON_MISALIGNED);
	a.pc = OTHER_PC;
	a.operand = PTE(FW_BASE, USER_RW);
	refuse(&a, NACC_REASON_LEAF_FIRMWARE);
	/* Narrow AMOs and misaligned stores at the end of the region. */
	a.decoded.width = 4;
	a.decoded.op = NACC_OP_OR;
	refuse(&a, NACC_REASON_WIDTH);
	a.pa = POOL_BASE + m.layout.region_size - 1;
	assert_int_equal(store(&a, &old), NACC_REASON_MISALIGNED);
}

/*
 * The end of a store that begins in an ordinary page: all that the fault tells is
 * the address of the first byte in the pool, which is aligned.
 */
static void the_end_of_a_store(void **state)
{
	static const short offsets[] = { 0, 1, 8, 504, 2047, -1, -8, -2048 };
	const struct nacc_sbi_audit *record;
	struct nacc_access a;
	nacc_u64 old;

	(void)state;
	for (unsigned int op = NACC_OP_STORE; op <= NACC_OP_MAXU; op++)
		for (unsigned int i = 0; i < 8 * ARRAY_SIZE(offsets); i++) {
			a = good();
			a.decoded.op = op;
			a.decoded.imm = offsets[i / 8];
			a.base -= a.decoded.imm;
			a.base -= i % 8;
			if (i % 8)
				refuse(&a, NACC_REASON_MISALIGNED);
			else
				assert_int_equal(store(&a, &old), 0);
			assert_int_equal(sd(table, 0), 0);
		}
	a = good();
	a.base -= 4;
	assert_int_equal(store(&a, &old), NACC_REASON_MISALIGNED);
	record = &m.core.audit[(m.core.audit_next - 1) % NACC_AUDIT_RECORDS];
	assert_int_equal(record->addr, a.va);
	assert_int_equal(record->owner_pa, table);
}

/* Defect (a): the destination must be a table. */
static void the_destination(void **state)
{
	nacc_u64 val = PTE(DATA_PAGE, USER_RW), old;

	(void)state;
	accept_sd(table, val);
	refuse_sd(POOL_BASE, val, NACC_REASON_NOT_A_TABLE);
	refuse_sd(m.core.frame_base - 8, val, NACC_REASON_NOT_A_TABLE);
	refuse_sd(frame_address(0), val, NACC_REASON_NOT_A_TABLE);
	refuse_sd(POOL_BASE + m.layout.region_size - 8, val,
		  NACC_REASON_NOT_A_TABLE);
	/* Outside the region nothing is even read. */
	assert_int_equal(amo(NACC_OP_STORE, HEAP_BASE, val, &old),
			 NACC_REASON_NOT_A_TABLE);
	assert_int_equal(amo(NACC_OP_STORE, FW_BASE, val, &old),
			 NACC_REASON_NOT_A_TABLE);
	assert_int_equal(old, 0);
	assert_int_equal(amo(NACC_OP_STORE, ~7UL, val, &old),
			 NACC_REASON_NOT_A_TABLE);
}

/* Defect (j): the first and the last entry and frame are checked too. */
static void the_edges(void **state)
{
	nacc_u64 bad = PTE(FW_BASE, USER_RO), ok = PTE(DATA_PAGE, USER_RO);
	nacc_u64 first, n = 0;

	(void)state;
	refuse_sd(table, bad, NACC_REASON_LEAF_FIRMWARE);
	refuse_sd(table + 4088, bad, NACC_REASON_LEAF_FIRMWARE);
	accept_sd(table, ok);
	accept_sd(table + 4088, ok);
	/* Take all frames; the last one taken is frame 0. */
	do {
		first = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
		n++;
	} while (stat(NACC_STAT_FRAMES_ARMED));
	assert_int_equal(first, m.core.frame_base);
	must(call(NACC_SBI_AS_FILL, first, page_alloc(), 0));
	refuse_sd(first, bad, NACC_REASON_LEAF_POOL);
	accept_sd(first, PTE(0x40000000, USER_RO));
	refuse_sd(table, PTE(m.core.frame_base, USER_RO), NACC_REASON_LEAF_POOL);
	refuse_sd(table, PTE(frame_address(m.core.nr_frames - 1), USER_RO),
		  NACC_REASON_LEAF_POOL);
}

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

static void provenance(void **state)
{
	static const struct {
		nacc_u64 pc;
		int ok;
	} pcs[] = {
		{ WRITER_PC - 0x1001, 0 }, { WRITER_PC - 0x1000, 1 },
		{ WRITER_PC - 0xf01, 1 }, { WRITER_PC - 0xf00, 0 },
		{ WRITER_PC - 1, 0 }, { WRITER_PC, 1 }, { WRITER_PC + 0xff, 1 },
		{ WRITER_PC + 0x100, 1 }, { WRITER_PC + 0x101, 1 },
		{ WRITER_PC + 0x102, 0 }, { OTHER_PC, 0 }, { 0, 0 },
		{ ~0UL, 0 },
	};
	struct nacc_access a;
	nacc_u64 armed, old;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pcs); i++) {
		a = good();
		a.pc = pcs[i].pc;
		assert_int_equal(store(&a, &old), pcs[i].ok ?
				 NACC_REASON_NONE : NACC_REASON_PROVENANCE);
		assert_int_equal(entry(table, 0), pcs[i].ok ? a.operand : 0);
		sd(table, 0);
	}
	/* Before any side effect: nothing is adopted, linked or dropped. */
	armed = stat(NACC_STAT_FRAMES_ARMED);
	a = access_of(NACC_OP_STORE, mid + 8, LINK(page_alloc()));
	a.pc = OTHER_PC;
	assert_int_equal(store(&a, &old), NACC_REASON_PROVENANCE);
	a.pa = mid;
	a.operand = 0;
	assert_int_equal(store(&a, &old), NACC_REASON_PROVENANCE);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), armed);
	assert_int_equal(frame_of(table)->parent, frame_of(mid) - m.core.frames);
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

/* Exchange semantics are exact: old value out, new value in. */
static void amo_results(void **state)
{
	static const struct {
		nacc_u8 op;
		nacc_u64 old, operand, val;
	} cases[] = {
		{ NACC_OP_STORE, 2, 4, 4 },
		{ NACC_OP_SWAP, 2, 4, 4 },
		{ NACC_OP_ADD, 0x10, 0x22, 0x32 },
		{ NACC_OP_ADD, ~1UL, 4, 2 },
		{ NACC_OP_XOR, 0xf0, 0x3c, 0xcc },
		{ NACC_OP_AND, 0xf0, 0x3c, 0x30 },
		{ NACC_OP_OR, 0xf0, 0x3c, 0xfc },
		{ NACC_OP_MIN, -4UL, 6, -4UL },
		{ NACC_OP_MIN, 8, 6, 6 },
		{ NACC_OP_MAX, -4UL, 6, 6 },
		{ NACC_OP_MAX, 8, -6UL, 8 },
		{ NACC_OP_MINU, -4UL, 6, 6 },
		{ NACC_OP_MINU, 4, 6, 4 },
		{ NACC_OP_MAXU, -4UL, 6, -4UL },
		{ NACC_OP_MAXU, 4, 6, 6 },
	};
	nacc_u64 old, amos = stat(NACC_STAT_AMOS), stores;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(sd(table, cases[i].old), 0);
		assert_int_equal(amo(cases[i].op, table, cases[i].operand, &old),
				 0);
		assert_int_equal(old, cases[i].old);
		assert_int_equal(entry(table, 0), cases[i].val);
	}
	assert_int_equal(stat(NACC_STAT_AMOS), amos + 14);
	stores = stat(NACC_STAT_STORES);
	sd(table, 0);
	assert_int_equal(stat(NACC_STAT_STORES), stores + 1);
}

/* What the trap vector has performed is counted with the rest, and by itself. */
static void fast_counts(void **state)
{
	nacc_u64 stores = stat(NACC_STAT_STORES), amos = stat(NACC_STAT_AMOS);
	nacc_u64 traps = stat(NACC_STAT_TRAPS);

	(void)state;
	assert_int_equal(stat(NACC_STAT_FAST), 0);
	m.core.percpu[0].done[NACC_DONE_FAST_STORE] += 100;
	m.core.percpu[NACC_PERCPU - 1].done[NACC_DONE_FAST_AMO] += 20;
	sd(table, 0);
	assert_int_equal(stat(NACC_STAT_FAST), 120);
	assert_int_equal(stat(NACC_STAT_STORES), stores + 101);
	assert_int_equal(stat(NACC_STAT_AMOS), amos + 20);
	assert_int_equal(stat(NACC_STAT_TRAPS), traps + 121);
}

static void live_counts(void **state)
{
	nacc_u64 old;

	(void)state;
	assert_int_equal(frame_of(table)->live, 0);
	sd(table, 2);
	assert_int_equal(frame_of(table)->live, 1);
	sd(table, PTE(DATA_PAGE, USER_RW));
	assert_int_equal(frame_of(table)->live, 1);
	amo(NACC_OP_SWAP, table, 0, &old);
	assert_int_equal(frame_of(table)->live, 0);
	amo(NACC_OP_AND, table, 0, &old);
	assert_int_equal(frame_of(table)->live, 0);
	for (int s = 0; s < 512; s++)
		sd(table + s * 8, PTE(DATA_PAGE, USER_RO));
	assert_int_equal(frame_of(table)->live, 512);
}

static void audit_record(void **state)
{
	struct nacc_sbi_audit *rec = (void *)page_at(page_alloc());
	struct nacc_access a = access_of(NACC_OP_OR, table + 8, W);
	nacc_u64 old, buf = m.heap - PAGE;

	(void)state;
	sd(table + 8, PTE(VDSO_BASE, USER_RO));
	assert_int_equal(store(&a, &old), NACC_REASON_LEAF_KERNEL);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 1);
	assert_int_equal(rec->seq, 0);
	assert_int_equal(rec->time, 4711);
	assert_int_equal(rec->pc, WRITER_PC + 0x10);
	assert_int_equal(rec->addr, a.va);
	assert_int_equal(rec->old, PTE(VDSO_BASE, USER_RO));
	assert_int_equal(rec->val, PTE(VDSO_BASE, USER_RO | W));
	assert_int_equal(rec->root, root);
	assert_int_equal(rec->owner_pa, table);
	assert_int_equal(rec->reason, NACC_REASON_LEAF_KERNEL);
	assert_int_equal(rec->insn, a.insn);
	assert_int_equal(rec->hart, 1);
	assert_int_equal(rec->level, 0);
	/* One that could not be decoded. */
	a.decode_reason = NACC_REASON_NOT_A_STORE;
	store(&a, &old);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 1, buf, 0)), 1);
	assert_int_equal(rec->seq, 1);
	assert_int_equal(rec->val, 0);
}

static void audit_ring(void **state)
{
	struct nacc_sbi_audit *rec = (void *)page_at(page_alloc());
	nacc_u64 buf = m.heap - PAGE, seq = 0, n, total = 0;

	(void)state;
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 0);
	for (int i = 0; i < 700; i++)
		sd(table, PTE(FW_BASE, USER_RO));
	assert_int_equal(m.core.audit_next, 700);
	/* The ring keeps the last 256, without gaps. */
	while ((n = must(call(NACC_SBI_AUDIT, seq, buf, 0)))) {
		assert_true(n <= NACC_SBI_AUDIT_MAX);
		if (!total)
			seq = rec[0].seq;
		for (nacc_u64 i = 0; i < n; i++)
			assert_int_equal(rec[i].seq, seq++);
		total += n;
	}
	assert_int_equal(total, NACC_AUDIT_RECORDS);
	assert_int_equal(seq, 700);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 700, buf, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_AUDIT, ~0UL, buf, 0)), 0);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 699, buf, 0)), 1);
	must(call(NACC_SBI_STATS, buf, 0, 0));
	assert_int_equal(page_at(buf)[NACC_STAT_AUDIT_NEXT], 700);
	assert_int_equal(page_at(buf)[NACC_STAT_REFUSED], 700);
	assert_int_equal(page_at(buf)[NACC_STAT_MAX +
				      NACC_REASON_LEAF_FIRMWARE], 700);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_tables, teardown)
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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(plain_memory, setup_sv39, teardown),
	TEST(the_access),
	TEST(the_end_of_a_store),
	TEST(the_destination),
	TEST(the_edges),
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
	TEST(provenance),
	TEST(napot_leaves),
	TEST(napot_ranges),
	TEST(pbmt_leaves),
	TEST(amo_results),
	TEST(fast_counts),
	TEST(live_counts),
	TEST(audit_record),
	TEST(audit_ring),
};

const struct suite rules_suite = {
	"rules", tests, ARRAY_SIZE(tests)
};
