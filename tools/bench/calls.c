// SPDX-License-Identifier: GPL-2.0
/* How many instructions calls of the shim take. */
#include "payload.h"

/* What a call takes, the instructions of the caller's side included. */
static u64 line_call4(const char *name, u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3)
{
	u64 before, after, value;

	asm volatile("rdinstret %0" : "=r"(before));
	value = must4(fid, arg0, arg1, arg2, arg3);
	asm volatile("rdinstret %0" : "=r"(after));
	put("call:");
	put(name);
	put(":");
	put_number((after - before) * 100 / nop, 10);
	put("\n");
	return value;
}

static u64 line_call(const char *name, u64 fid, u64 arg0, u64 arg1, u64 arg2)
{
	return line_call4(name, fid, arg0, arg1, arg2, 0);
}

static void fill(u64 *page, u64 bits)
{
	for (u64 i = 0; i < 512; i++)
		page[i] = LEAF((u64)image_end + i * PAGE, bits);
}

/* By a registered writer */
static void fill_table(u64 *entry, u64 bits)
{
	for (u64 i = 0; i < 512; i++) {
		time_set(&entry[i], LEAF((u64)image_end + i * PAGE, bits));
		if (entry[i] != LEAF((u64)image_end + i * PAGE, bits))
			fail("fill", ": not performed", i);
	}
}

void print_calls(u64 table)
{
	u64 *wanted = new_page(), *expected = new_page(), *entry = (u64 *)(LINEAR + table);
	u64 rw = V | R | W | U | A | D, ro = V | R | U | A | D;

	line_call("GET_INFO", NACC_SBI_GET_INFO, NACC_INFO_NR_FRAMES, 0, 0);
	fill_table(entry, rw);
	fill(wanted, ro);
	fill(expected, rw);
	line_call("EXCHANGE, 16 entries", NACC_SBI_EXCHANGE, table, 16 << 16, (u64)wanted);
	fill_table(entry, rw);
	line_call("EXCHANGE, 512 entries", NACC_SBI_EXCHANGE, table, 512 << 16, (u64)wanted);
	fill_table(entry, rw);
	line_call("WRITE_PROTECT, 512 entries", NACC_SBI_WRITE_PROTECT, table, 512 << 16, 0);
	fill_table(entry, rw);
	line_call("PROTECT, 512 entries", NACC_SBI_PROTECT, table, 512 << 16, V | R | U | A);
	line_call("TAKE, 512 entries", NACC_SBI_TAKE, table, 512 << 16, (u64)wanted);
	line_call("TAKE, 512 empty entries", NACC_SBI_TAKE, table, 512 << 16, (u64)wanted);
}

static u64 frame_of(u64 table)
{
	return (table - must(NACC_SBI_GET_INFO, NACC_INFO_FRAME_BASE, 0, 0)) / PAGE;
}

/* An address space from birth to its end; @parent is a table of another. */
void print_life(u64 parent)
{
	u64 *page = new_page(), rw = V | R | W | U | A | D, i;
	u64 root, middle, low, used;

	must(NACC_SBI_ARM, 64, 16, 0);
	root = line_call("AS_CREATE, live", NACC_SBI_AS_CREATE, 0, NACC_SBI_AS_LIVE, 0);
	middle = line_call("TABLE_LINK, level 1", NACC_SBI_TABLE_LINK, root, 0, 0);
	low = line_call("TABLE_LINK, level 0", NACC_SBI_TABLE_LINK, middle, 0, 0);
	used = must(NACC_SBI_TABLE_LINK, middle, 1, 0);
	/* The kernel has write-protected the parent's before, and the child's are old. */
	fill_table((u64 *)(LINEAR + parent), rw & ~W);
	fill(page, rw & ~W & ~A);
	line_call4("FORK, 16 entries", NACC_SBI_FORK, used, 16 << 16, (u64)page, parent);
	line_call4("FORK, 496 entries", NACC_SBI_FORK, used, 16 | 496 << 16, (u64)page, parent);
	line_call4("FORK, 512 entries there already", NACC_SBI_FORK, used, 512 << 16, (u64)page,
		   parent);
	for (i = 0; i < 512; i++)
		page[i] = 0;
	line_call4("FORK, 512 empty entries", NACC_SBI_FORK, low, 512 << 16, (u64)page, parent);
	line_call("UNLINK, 1 of 1", NACC_SBI_UNLINK, middle, 1 << 16, (u64)page);
	line_call("UNLINK, 0 of 512", NACC_SBI_UNLINK, middle, 512 << 16, (u64)page);
	line_call("TABLE_RELEASE, an empty one", NACC_SBI_TABLE_RELEASE, low, 0, 0);
	line_call("FENCE, one hart", NACC_SBI_FENCE, 0, 0, 0);
	line_call("RECLAIM, an empty table", NACC_SBI_RECLAIM, frame_of(low), 1, 0);
	line_call("ARM, one frame", NACC_SBI_ARM, frame_of(low), 1, 0);
	line_call("AS_RETIRE, a root and 2 tables", NACC_SBI_AS_RETIRE, root, (u64)page, 0);
	must(NACC_SBI_FENCE, 0, 0, 0);
	line_call("RECLAIM, a full table", NACC_SBI_RECLAIM, frame_of(used), 1, 0);
	line_call("RECLAIM, a table with one link", NACC_SBI_RECLAIM, frame_of(middle), 1, 0);
	line_call("RECLAIM, a root", NACC_SBI_RECLAIM, frame_of(root), 1, 0);
}

/* A report: each call of it is bounded. */
void print_report(void)
{
	struct nacc_sbi_report *ask = (void *)new_page();

	ask->nonce_len = NACC_REPORT_NONCE_MIN;
	/* Of no domain that there is: each frame is looked at all the same. */
	line_call("REPORT_BEGIN", NACC_SBI_REPORT_BEGIN, ~0UL, (u64)ask, 0);
	line_call("REPORT, some frames", NACC_SBI_REPORT, (u64)ask, 0, 0);
	line_call("REPORT, the set-up", NACC_SBI_REPORT, (u64)ask, 0, 0);
	line_call("REPORT, signed", NACC_SBI_REPORT, (u64)ask, 0, 0);
}
