// SPDX-License-Identifier: GPL-2.0
/* An address space behind a gate, with two threads. */
#include "bare.h"

#define ORDER		21	/* of what an entry of level 1 shows; +9 for each level */
#define TAG		7

u64 root, other_root, record, has_h, has_v, failed, asserted, satp_mode = MODE;
struct thread one, two;
struct own own;

/* From the root down: of the kernel's half one GiB is shown, where it is and in the linear map */
static u64 kernel_tables[3][512] __attribute__((aligned(PAGE)));
static u32 *text;
u64 kernel_satp;	/* for other harts */

/* Called before translation is on: returns what satp gets. */
u64 first_tables(void)
{
	u64 levels = MODE - 8, i;	/* above the one that shows GiBs */

	for (i = 0; i < levels; i++)
		kernel_tables[i][511] = LEAF((u64)kernel_tables[i + 1], V);
	kernel_tables[levels][(LINEAR + 0x80000000UL) >> 30 & 511] =
		LEAF(0x80000000UL, V | R | W | X | A | D);
	kernel_satp = (u64)MODE << 60 | (u64)kernel_tables >> 12;
	return kernel_satp;
}

void is(const char *what, u64 got, u64 want)
{
	asserted++;
	if (got == want)
		return;
	failed++;
	put("FAIL ");
	put(what);
	put(": ");
	put_number(got, 16);
	say(" instead of", want, 16);
}

static void set_up(void)
{
	struct nacc_sbi_setup *setup = (void *)new_page();

	setup->version = NACC_SBI_ABI_VERSION;
	setup->flags = NACC_PROVENANCE_ENFORCE;
	setup->kernel_root = PA(kernel_tables);
	setup->linear_base = LINEAR;
	setup->image_va = (u64)image_start;
	setup->image_pa = PA(image_start);
	setup->image_size = image_end - image_start;
	setup->nr_writers = 1;
	setup->nr_sites = 1;
	setup->ranges[0].start = (u64)store_entry;
	setup->ranges[0].end = (u64)store_entry_end;
	setup->ranges[1].start = (u64)load_satp_site;
	setup->ranges[1].end = 11;	/* a1 */
	must(NACC_SBI_SETUP, PA(setup), sizeof(*setup) + 2 * sizeof(setup->ranges[0]), 0);
	must(NACC_SBI_ARM, 0, 256, 0);
}

static void make_text(void)
{
	text = (u32 *)new_page();
	for (u64 i = 1; i < TEXT_PAGES; i++)
		new_page();
}

/* All that it has, the text, is behind the first entry of each table. */
static u64 make_root(void)
{
	u64 *leaves = new_page(), *above = new_page(), i, level, table, root;

	for (i = 0; i < TEXT_PAGES; i++)
		leaves[(USER_TEXT >> 12) + i] =
			LEAF(PA(text) + i * PAGE, V | R | X | U | A | D);
	root = must(NACC_SBI_AS_CREATE, TAG, 0, 0);
	table = must(NACC_SBI_TABLE_ADOPT, root, 0, PA(leaves));
	for (level = 1; level < MODE - 6; level++) {
		above[0] = LEAF(table, V);
		table = must(NACC_SBI_TABLE_ADOPT, root, level, PA(above));
	}
	above[0] = LEAF(table, V);
	must(NACC_SBI_AS_FILL, root, PA(above), 0);
	must(NACC_SBI_AS_GATE, root, record, 0);
	return root;
}

/* Its first return is taken as it is. */
void make_thread(struct thread *thread, u64 of, u64 pc)
{
	u64 i;

	for (i = 1; i < 32; i++)
		thread->x[i] = 0x0101010101010101UL * i ^ pc;
	thread->x[REG_PC] = pc;
	thread->x[REG_A7] = 172;
	thread->status = STATUS_SPIE;
	must4(NACC_SBI_CONTEXT, of, (u64)thread, NACC_CONTEXT_OF_OTHER, 0);
}

static u64 exists(u64 (*ask)(void))
{
	u64 nr = own.nr;

	ask();
	return own.nr == nr;
}

static u64 ask_hstatus(void)
{
	u64 value = 0;

	__asm__ volatile("csrr %0, 0x600" : "+r"(value) : : "memory");
	return value;
}

static u64 ask_vlenb(void)
{
	u64 value = 0;

	__asm__ volatile("csrs sstatus, %1\n\tcsrr %0, 0xc22\n\tcsrc sstatus, %1"
			 : "+r"(value) : "r"(STATUS_VS) : "memory");
	return value;
}

static void look_around(void)
{
	has_h = exists(ask_hstatus);
	has_v = exists(ask_vlenb);
}

void mode(u64 mode)
{
	must(NACC_SBI_GATE_SET, record, mode, 0);
	must(NACC_SBI_FENCE, 0, 0, 0);
}

void place(u64 pc, u32 insn)
{
	if (pc - USER_TEXT >= TEXT_PAGES * PAGE)
		fail("text", " is full at", pc);
	text[(pc - USER_TEXT) / 4] = insn;
	__asm__ volatile("fence.i" : : : "memory");
}

static void count_nops(void)
{
	u64 before, after;

	__asm__ volatile("rdinstret %0\n\t.rept 100\n\tnop\n\t.endr\n\trdinstret %1"
			 : "=r"(before), "=r"(after));
	nop = after - before;
}

u64 nop;

void make_world(void)
{
	static u64 registers[32];

	free_page = (u64)image_end + 0x1000000;
	count_nops();
	look_around();
	set_up();
	must(NACC_SBI_GUARD, NACC_GUARD_ON, 0, 0);
	record = must(NACC_SBI_GATE_OPEN, TAG, 0, 0);
	make_text();
	root = make_root();
	other_root = make_root();
	make_thread(&one, root, USER_TEXT);
	make_thread(&two, root, USER_TEXT + TEXT_PAGES / 2 * PAGE);
	must(NACC_SBI_AS_BIND, root, MM, NACC_BOUND);
	must(NACC_SBI_AS_BIND, other_root, OTHER_MM, NACC_BOUND);
	load_satp(satp_mode << 60 | root >> 12, MM, registers);
}
