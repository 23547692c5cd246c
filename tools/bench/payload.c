// SPDX-License-Identifier: GPL-2.0
/*
 * A program in the place of a kernel that uses the shim and nothing else. It
 * prints (1) what a long mixed sequence of stores leaves behind, to be compared
 * with what another build of the firmware leaves, and (2) the M-mode
 * instructions of one validated store, the first time and from then on, and of
 * calls (calls.c).
 *
 * It runs in S-mode, Sv39, one hart, and ends with a reset call.
 */
#include "payload.h"

#define STORES		60000
#define TABLES		5
#define WRITERS		64	/* as many as on Linux, about */
#define FREED		(32 * PAGE)	/* at the end of the image, unused */
#define NAPOT		(1UL << 63)
#define PBMT_NC		(1UL << 61)

static u64 kernel_root[512] __attribute__((aligned(PAGE)));
static u64 kernel_middle[512] __attribute__((aligned(PAGE)));
static u64 kernel_leaves[512] __attribute__((aligned(PAGE)));
static u64 *before_frame, *behind_frame;
static struct context context;
static u64 seed = 88172645463325252UL;

static u64 rnd(u64 n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % n;
}

static void mix(u64 *hash, u64 value)
{
	*hash = (*hash ^ value) * 0x100000001b3UL;
	*hash ^= *hash >> 29;
}

static void paging_on(void)
{
	kernel_root[2] = LEAF(0x80000000UL, V | R | W | X | A | D);
	kernel_root[(LINEAR + 0x80000000UL) >> 30 & 511] = kernel_root[2];
	__asm__ volatile("csrw satp, %0\n\tsfence.vma"
			 : : "r"(8UL << 60 | (u64)kernel_root >> 12) : "memory");
}

static void set_up(void)
{
	struct nacc_sbi_setup *setup = (void *)new_page();
	u64 i;

	setup->version = NACC_SBI_ABI_VERSION;
	setup->flags = NACC_PROVENANCE_ENFORCE;
	setup->kernel_root = (u64)kernel_root;
	setup->linear_base = LINEAR;
	setup->image_va = (u64)image_start;
	setup->image_pa = (u64)image_start;
	setup->image_size = image_end - image_start;
	setup->nr_writers = WRITERS;
	setup->nr_user_visible = 1;
	setup->nr_freed = 1;
	setup->nr_sites = 1;
	for (i = 0; i < WRITERS; i++) {
		setup->ranges[i].start = i < WRITERS / 2 ? 2 * i : (u64)writers_end + 2 * i;
		setup->ranges[i].end = setup->ranges[i].start + 1;
	}
	setup->ranges[WRITERS / 2].start = (u64)writers_start;
	setup->ranges[WRITERS / 2].end = (u64)writers_end;
	setup->ranges[WRITERS].start = (u64)kernel_root;
	setup->ranges[WRITERS].end = (u64)kernel_root + PAGE;
	setup->ranges[WRITERS + 1].start = (u64)image_end - FREED;
	setup->ranges[WRITERS + 1].end = (u64)image_end;
	setup->ranges[WRITERS + 2].start = (u64)load_root_site;
	setup->ranges[WRITERS + 2].end = 11;	/* a1 */
	must(NACC_SBI_SETUP, (u64)setup, sizeof(*setup) + (i + 3) * sizeof(setup->ranges[0]), 0);
	must(NACC_SBI_ARM, 0, 64, 0);
}

static void split_linear(u64 at)
{
	u64 i;

	for (i = 0; i < 512; i++) {
		kernel_leaves[i] = LEAF((at & -(PAGE << 9)) + i * PAGE, V | R | W | A | D);
		kernel_middle[i] = LEAF(0x80000000UL + (i << 21), V | R | W | A | D);
	}
	kernel_middle[at >> 21 & 511] = LEAF((u64)kernel_leaves, V);
	kernel_root[(LINEAR + 0x80000000UL) >> 30 & 511] = LEAF((u64)kernel_middle, V);
}

/* Frames to which stores may go come between two pages that anybody may write. */
static void surround(u64 first, u64 last)
{
	before_frame = new_page();
	behind_frame = new_page();
	split_linear(first);
	kernel_leaves[(first - PAGE) >> 12 & 511] = LEAF((u64)before_frame, V | R | W | A | D);
	kernel_leaves[(last + PAGE) >> 12 & 511] = LEAF((u64)behind_frame, V | R | W | A | D);
	__asm__ volatile("sfence.vma" : : : "memory");
}

/* Two tables of a live address space, its level 1, one half built, one released. */
static void make_tables(u64 *tables)
{
	u64 root = must(NACC_SBI_AS_CREATE, 0, 0, 0), building, dead, hidden;
	u64 *page = new_page(), *source = new_page();

	tables[0] = must(NACC_SBI_TABLE_ADOPT, root, 0, (u64)source);
	tables[1] = must(NACC_SBI_TABLE_ADOPT, root, 0, (u64)source);
	hidden = must(NACC_SBI_TABLE_ADOPT, root, 0, (u64)source);
	if (tables[0] != tables[1] + PAGE || hidden != tables[1] - PAGE || root != tables[0] + PAGE)
		fail("frames", " are not in a row", hidden);
	surround(tables[1], tables[0]);
	page[0] = LEAF(tables[0], V);
	page[1] = LEAF(tables[1], V);
	tables[2] = must(NACC_SBI_TABLE_ADOPT, root, 1, (u64)page);
	page[0] = LEAF(tables[2], V);
	page[1] = 0;
	must(NACC_SBI_AS_FILL, root, (u64)page, 0);

	building = must(NACC_SBI_AS_CREATE, 0, 0, 0);
	tables[3] = must(NACC_SBI_TABLE_ADOPT, building, 0, (u64)source);

	dead = must(NACC_SBI_AS_CREATE, 0, 0, 0);
	tables[4] = must(NACC_SBI_TABLE_ADOPT, dead, 0, (u64)source);
	page[0] = 0;
	must(NACC_SBI_AS_FILL, dead, (u64)page, 0);
	must(NACC_SBI_AS_RETIRE, dead, 0, 0);
}

/* Values of every kind, good ones more often. */
static u64 a_value(u64 region)
{
	u64 plain = LEAF((u64)image_end + rnd(1000) * PAGE, V | R | U);

	switch (rnd(24)) {
	case 0: return 0;
	case 1: return rnd(1UL << 50) << 1;
	case 2: return ~0UL;
	case 3: return ~W;
	case 4: return ~(A | D);
	case 5: return A | D;
	case 6: return plain | G;
	case 7: return plain & ~U;
	case 8: return plain ^ R ^ X;
	case 9: return plain ^ R ^ W;
	case 10: return plain | 1UL << (54 + rnd(10));
	case 11: return LEAF(region + rnd(64) * PAGE, V | R | W | U);
	case 12: return LEAF(0x80000000UL + rnd(64) * PAGE, V | R | U);
	case 13: return LEAF((u64)image_start + rnd(512) * PAGE, V | R | U);
	case 14: return LEAF((u64)kernel_root, V | R | U);
	case 17: return NAPOT | LEAF((plain >> 10 << 12 & -16 * PAGE) + 8 * PAGE, V | R | W | U);
	case 20: return LEAF((u64)image_end - rnd(48) * PAGE, V | R | W | U);
	case 19: return LEAF(0x90000000UL, V | R | W | U);
	case 18: return NAPOT | LEAF(region + rnd(64) * PAGE, V | R | W | U);
	case 15: return LEAF(0x10000000UL, V | R | W | U);
	case 16: return LEAF((u64)image_end, V);
	default: return plain | (seed & (W | X | A | D | 0x300UL));
	}
}

/*
 * The address of a store: mostly one of few entries, so that many are met again,
 * but sometimes misaligned, and of these most into the page behind: of the two
 * tables that lie in a row that is an ordinary page, then a table, then a table,
 * then an ordinary page.
 */
static u64 an_address(const u64 *tables)
{
	u64 table = rnd(8);

	if (!rnd(16))
		return LINEAR + tables[1] + PAGE * rnd(3) - 8 + rnd(9);
	return LINEAR + tables[table < TABLES ? table : table & 1] + rnd(32) * 8 +
	       (rnd(64) ? 0 : rnd(8));
}

static void set_registers(const struct stub *stub, u64 va, u64 region)
{
	for (u64 i = 0; i < 32; i++)
		context.in[i] = i ? 0x0101010101010101UL * i ^ seed : 0;
	if (stub->rs2)
		context.in[stub->rs2] = a_value(region);
	context.in[stub->at] = va - stub->imm;
}

static void check_registers(const struct stub *stub, u64 *hash)
{
	for (u64 i = 1; i < 32; i++) {
		mix(hash, context.out[i]);
		if (i != stub->rd && context.out[i] != context.in[i])
			fail(stub->name, " changes register", i);
	}
}

/* What is misaligned and touches a frame must be refused as a whole. */
static void one_store(const u64 *tables, u64 region, u64 *hash)
{
	static const struct stub *stub = stubs_start;
	u64 va, *here, old[2];

	/* Mostly the same store again, which may be performed in another way. */
	if (!rnd(4))
		stub = &stubs_start[rnd(stubs_end - stubs_start)];
	va = an_address(tables);
	here = (u64 *)(va & -8UL);
	old[0] = here[0];
	old[1] = here[1];
	set_registers(stub, va, region);
	stub->run(&context);
	check_registers(stub, hash);
	mix(hash, context.faults);
	if (va % 8 && (here[0] != old[0] || here[1] != old[1]))
		fail(stub->name, ", misaligned, was performed at", va);
}

static void mixed_stores(const u64 *tables, u64 region)
{
	u64 *page = new_page(), hash = 1, i, n;

	__asm__ volatile("csrw stvec, %0" : : "r"(trap_vector) : "memory");
	for (i = 0; i < STORES; i++) {
		one_store(tables, region, &hash);
		if (i % 10000 == 9999)
			say("registers", hash, 16);
	}
	say("faults", context.faults, 10);
	for (hash = 1, i = 0; i < TABLES * 512; i++)
		mix(&hash, ((u64 *)tables[i / 512])[i % 512]);
	say("tables", hash, 16);
	for (hash = 1, i = 0; i < 512; i++)
		mix(&hash, before_frame[i] ^ behind_frame[i]);
	say("pages around them", hash, 16);
	n = must(NACC_SBI_FRAMES, 0, 16, (u64)page);
	for (i = 0; i < n; i++)
		say("live", ((struct nacc_sbi_frame *)page)[i].live, 10);
	n = must(NACC_SBI_STATS, (u64)page, 0, 0);
	for (i = 0; i < n; i++) {
		put_number(i, 10);
		say(i == NACC_STAT_FAST ? " vector" : " counter", page[i], 10);
	}
}

/* 1 if it may stand in a table. */
static u64 takes(u64 *entry, u64 value)
{
	time_set(entry, 0);
	time_set(entry, value);
	return *entry == value;
}

/* Formats that depend on the harts, and NAPOT leaves that reach into the pool. */
static void print_leaves(u64 *entry, u64 region)
{
	u64 page = (u64)image_end + 0x100000, below = region - 16 * PAGE;

	say("leaf: NAPOT", takes(entry, NAPOT | LEAF(page + 8 * PAGE, V | R | U)), 10);
	say("leaf: NAPOT below the pool", takes(entry, NAPOT | LEAF(below + 8 * PAGE, V | R | U)),
	    10);
	say("leaf: NAPOT of the pool", takes(entry, NAPOT | LEAF(region + 8 * PAGE, V | R | U)),
	    10);
	say("leaf: NAPOT of another size", takes(entry, NAPOT | LEAF(page + 4 * PAGE, V | R | U)),
	    10);
	say("leaf: PBMT", takes(entry, PBMT_NC | LEAF(page, V | R | U)), 10);
	say("leaf: PBMT reserved", takes(entry, 3 * PBMT_NC | LEAF(page, V | R | U)), 10);
}

static u64 nothing;
u64 nop;

static void line(const char *name, timed *store, u64 *entry, u64 before, u64 value)
{
	u64 took[3], i;

	for (i = 0; i < 3; i++) {
		time_set(entry, before);
		took[i] = (store(entry, value) - nothing) * 100 / nop;
	}
	put("count:");
	put(name);
	put(":");
	put_number(took[0], 10);
	put(":");
	put_number(took[2], 10);
	put("\n");
}

static void print_counts(u64 *entry, u64 region_end)
{
	u64 leaf = LEAF((u64)image_end, V | R | W | U | A | D);
	u64 high = LEAF(region_end, V | R | W | U | A | D);

	nothing = time_nothing(entry, 0);
	nop = time_nops(entry, 0) - nothing;
	if (!nop)
		fail("count", ": instret does not move", nothing);
	line("sd, 0 to leaf", time_sd, entry, 0, leaf);
	line("sd, leaf to leaf", time_sd_leaf, entry, leaf, leaf & ~W);
	line("sd, leaf to 0", time_sd_zero, entry, leaf, 0);
	line("sd, 0 to leaf above the pool", time_sd_high, entry, 0, high);
	line("sd, 0 to leaf given back", time_sd_freed, entry, 0,
	     LEAF((u64)image_end - FREED, V | R | W | U | A | D));
	line("sd across 8 bytes, 0 to leaf", time_sd_across, entry, 0, leaf);
	line("sd across 8 bytes, t1 to t0", time_sd_across_t, entry, 0, leaf);
	line("c.sd, 0 to leaf", time_c_sd, entry, 0, leaf);
	line("amoswap.d, leaf to 0", time_swap, entry, leaf, 0);
	line("amoswap.d, leaf to leaf", time_swap_leaf, entry, leaf, leaf & ~D);
	line("amoswap.d across 8 bytes, t1", time_swap_across_t, entry, 0, leaf);
	line("amoswap.d x0, leaf to 0", time_swap_x0, entry, leaf, 0);
	line("amoand.d, leaf to leaf", time_and, entry, leaf, ~A);
	line("amoand.d x0, leaf to leaf", time_and_x0, entry, leaf, ~W);
	line("amoand.d across 8 bytes, t1", time_and_across_t, entry, leaf, ~A);
	line("amoor.d, leaf to leaf", time_or, entry, leaf & ~D, D);
}

void s_mode(void)
{
	u64 tables[TABLES], region, size;

	free_page = (u64)image_end + 0x1000000;
	paging_on();
	region = must(NACC_SBI_GET_INFO, NACC_INFO_REGION_BASE, 0, 0);
	size = must(NACC_SBI_GET_INFO, NACC_INFO_REGION_SIZE, 0, 0);
	set_up();
	make_tables(tables);
	mixed_stores(tables, region);
	print_leaves((u64 *)(LINEAR + tables[0]), region);
	print_counts((u64 *)(LINEAR + tables[0]), region + size);
	print_calls(tables[0]);
	print_life(tables[0]);
	print_report();
	print_traps();
	put("payload: done\n");
	end();
}
