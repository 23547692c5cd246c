// SPDX-License-Identifier: BSD-2-Clause
/*
 * Proofs of seals: whatever is stored or called, what is sealed stays as it is but for A and
 * D, as long as the address space is not retired.
 *
 * Frame 0 is a table of level 0, frame 1 the one above it, frame 2 their root, and frame 3 has
 * the seals, of which there is one; all of it of the smallest mode. What it may be about of
 * this is any.
 */
#include "seals.h"
#include "world.h"

#if FRAMES > 3

static const nacc_u32 table = 0, above = 1, root = 2, seals = 3;

static nacc_u64 shift(nacc_u32 level)
{
	return 1ULL << (PAGE_SHIFT + 9 * level);
}

/* Addresses have more slots than these tables: those that are are looked at. */
static nacc_u64 va_of(nacc_u32 f, nacc_u32 slot)
{
	nacc_u64 va = slot * shift(frames[f].level);

	if (f == table)
		va += frames[table].slot * shift(1);
	if (f != root)
		va += frames[above].slot * shift(2);
	return va;
}

static int is_sealed(nacc_u32 f, nacc_u32 slot)
{
	const struct nacc_sbi_range *range = &contents[seals].seals.ranges[0];
	nacc_u64 va = va_of(f, slot);

	return va < range->end && range->start < va + shift(frames[f].level);
}

static void any_sealed(void)
{
	uses_seals = 1;
	uses_contents = 1;
	any_world();
	assume(core.top_level == 2);
	core.top_level = 2;
	assume(frames[table].type == NACC_FRAME_TABLE && !frames[table].level &&
	       frames[table].owner == root && frames[table].parent == above);
	assume(frames[above].type == NACC_FRAME_TABLE && frames[above].level == 1 &&
	       frames[above].owner == root && frames[above].parent == root);
	assume(frames[root].type == NACC_FRAME_ROOT && !frames[root].flags &&
	       frames[root].slot && frames[root].parent == seals);
	assume(frames[above].flags & frames[table].flags & NACC_FRAME_FLAG_SEALED);
	assume(frames[table].slot < NACC_SBI_ENTRIES && frames[above].slot < NACC_USER_ENTRIES);
	assume(contents[seals].seals.nr == 1);
	frames[table].level = 0;
	frames[above].level = 1;
	frames[root].level = 2;
	frames[table].owner = frames[above].owner = root;
	frames[table].parent = above;
	frames[above].parent = root;
	frames[root].parent = seals;
	contents[seals].seals.nr = 1;
	remember();
}

/* Any entry stands for all; that it was sealed is asked of the state before. */
static void claim_sealed(int was, nacc_u32 f, nacc_u32 slot)
{
	nacc_u32 i = f * NACC_SBI_ENTRIES + slot;

	if (!was || raced)
		return;
	claim(!((memory[i] ^ old_memory[i]) & ~AD), "I17: a sealed entry changes but for A and D");
	claim(frames[f].parent == old_frames[f].parent && frames[f].slot == old_frames[f].slot,
	      "I17: nor does the way to it");
	claim(frames[f].type == old_frames[f].type, "I17: nor what it is in");
}

/* Any store to one of the three tables. */
static void prove_sealed_store(nacc_u32 to)
{
	struct nacc_access a = { .pc = any64(), .va = any64(), .operand = any64(), .insn = any32(),
				 .hart = any32(), .supervisor = any() & 1 };
	nacc_u32 f = any32(), slot = any32();
	struct nacc_verdict verdict;
	int was;

	any_sealed();
	assume(f <= root && slot < (f == root ? NACC_USER_ENTRIES : NACC_SBI_ENTRIES));
	was = is_sealed(f, slot);
	a.pa = FRAME_BASE + to * PAGE_SIZE + (any32() % NACC_SBI_ENTRIES) * 8;
	a.decoded.op = any();
	assume(a.decoded.op <= NACC_OP_MAXU);
	a.decoded.width = 8;
	a.decode_reason = any() & 1;
	if (!nacc_store(&core, &a, &verdict))
		reached("a store is performed");
	claim_sealed(was, f, slot);
}

void proof_sealed_leaf(void)
{
	prove_sealed_store(table);
}

void proof_sealed_link(void)
{
	prove_sealed_store(above);
}

void proof_sealed_root(void)
{
	prove_sealed_store(root);
}

/* A call of such a function, with any arguments, on one of the three. */
static void prove_sealed_call(nacc_u64 fid, nacc_u32 to)
{
	struct nacc_call call = { .fid = fid, .satp = any64(),
				  .arg = { FRAME_BASE + to * PAGE_SIZE } };
	nacc_u32 f = any32(), slot = any32();
	struct nacc_ret ret;
	int was;

	any_sealed();
	for (int i = 1; i < 6; i++)
		call.arg[i] = any64();
	assume(f <= root && slot < (f == root ? NACC_USER_ENTRIES : NACC_SBI_ENTRIES));
	was = is_sealed(f, slot);
	ret = nacc_ecall(&core, &call);
	if (!ret.error)
		reached("the call is done");
	if (frames[root].type == NACC_FRAME_ROOT &&
	    !(frames[root].flags & NACC_FRAME_FLAG_RETIRING))
		claim_sealed(was, f, slot);
}

#define SEALED_CALL(name, fid, to) \
	void proof_sealed_##name(void) \
	{ \
		prove_sealed_call(fid, to); \
	}

SEALED_CALL(take, NACC_SBI_TAKE, table)
SEALED_CALL(write_protect, NACC_SBI_WRITE_PROTECT, table)
SEALED_CALL(protect, NACC_SBI_PROTECT, table)
SEALED_CALL(fork, NACC_SBI_FORK, table)
SEALED_CALL(unlink, NACC_SBI_UNLINK, above)
SEALED_CALL(release, NACC_SBI_TABLE_RELEASE, table)
SEALED_CALL(merge, NACC_SBI_MERGE_AD, table)

/* Its mm does not go to other tables. */
void proof_sealed_bind(void)
{
	struct nacc_call call = { .fid = NACC_SBI_AS_BIND,
				  .arg = { FRAME_BASE + root * PAGE_SIZE, any64(), any64() } };

	any_sealed();
	assume(frames[root].slot != NACC_BOUND_LEAVING);
	nacc_ecall(&core, &call);
	reached("the call returns");
	claim(frames[root].slot && frames[root].slot != NACC_BOUND_LEAVING &&
	      frames[root].mm == old_frames[root].mm, "I17: it stays bound to its root");
}

#endif
