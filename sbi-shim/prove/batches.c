// SPDX-License-Identifier: BSD-2-Clause
/* Proofs of the calls on many entries of a table: any arguments, from any state, as in calls.c. */
#include "world.h"

/* The third and the fourth argument of such a call; the latter is for FORK */
static nacc_u64 asked, parent;

/* Is the parent's table of another address space than the child's? */
static int between;

/* Frame 0 is a table of frame 1's, and frame 2, the parent's, one of frame 3's. */
static void assume_two(void)
{
	assume(frames[0].type == NACC_FRAME_TABLE && frames[0].owner == 1);
	assume(frames[2].type == NACC_FRAME_TABLE && frames[2].owner == 3);
	assume(parent == FRAME_BASE + 2 * PAGE_SIZE);
}

/*
 * Calls that write many entries of a level-0 table. What is done before an entry is
 * refused stays done, so unlike prove_call() this asks of an error only that it
 * breaks nothing.
 */
static struct nacc_ret call_batch(nacc_u64 fid, nacc_u64 entries)
{
	struct nacc_call call = { .fid = fid, .satp = any64(), .arg = { FRAME_BASE, entries } };
	struct nacc_ret ret;

	any_world();
	for (int i = 2; i < 6; i++)
		call.arg[i] = any64();
	asked = call.arg[2];
	parent = call.arg[3];
	if (between)
		assume_two();
	ret = nacc_ecall(&core, &call);
	claim(!held, "no lock is held");
	if (ret.error)
		return ret;
	reached("the call is done");
	claim_state(fid);
	claim(frames[0].type == NACC_FRAME_TABLE && !frames[0].level, "only tables of level 0");
	claim((ret.value & 0xffff) <= entries >> 16, "no more done than asked for");
	return ret;
}

static void claim_no_other(nacc_u64 first, nacc_u64 count)
{
	nacc_u32 i = any32();

	assume(i < FRAMES * NACC_SBI_ENTRIES);
	assume(i < first || i - first >= count || i >= NACC_SBI_ENTRIES);
	claim(memory[i] == old_memory[i], "no other entry");
}

/* PROTECT of an entry that nobody else writes; refused or not, as it may be a later one. */
static void claim_protected(nacc_u32 i, long error)
{
	nacc_u64 was = old_memory[i], is = memory[i];
	nacc_u64 val = (was & ~(PTE_V | PTE_RWX | PTE_U | PTE_G)) | asked;

	claim(is == was || is == val, "permissions as asked for, and nothing else");
	claim(!(was & AD & ~is), "I7: neither A nor D is lost");
	claim(is == was || !((is ^ was) & (PTE_PPN | PTE_HIGH)), "the same page");
	claim(is == was || ((was & PTE_V) && !(was & PTE_HIGH)), "of what is present and plain");
	claim(!(is & PTE_V) || is == was || leaf_ok(is, 0), "I4: W and the rest where legal");
	claim(error || is == val || !(was & PTE_V) || (was & PTE_HIGH), "each of these");
}

/*
 * FORK of an entry that nobody else writes: if it changes, it was zero, and the parent's
 * in the same place is the warrant, whatever the caller's page says when it is read.
 */
static void claim_forked(nacc_u32 i)
{
	nacc_u64 was = old_memory[i], is = memory[i];
	nacc_u64 of, free = AD | PTE_RSW;
	int p = frame_number(parent);

	if (is == was)
		return;
	claim(p >= 0 && old_frames[p].type == NACC_FRAME_TABLE && !old_frames[p].level &&
	      !old_frames[old_frames[p].owner].flags, "by a live table of level 0");
	claim(old_frames[old_frames[p].owner].tag == old_frames[old_frames[0].owner].tag,
	      "of an address space of the same tag");
	of = old_memory[p * NACC_SBI_ENTRIES + i];
	claim(!was, "where nothing stood");
	claim(of & PTE_V ? !((is ^ of) & ~(free | PTE_W)) && (of & PTE_W || !(is & PTE_W)) :
	      is == of, "what the parent has in the same place, or less");
}

/*
 * Entries of a table are alike: two in the middle, or one, where two rules for each make too
 * large a formula. Which there may be: batch_range.
 */
#define FIRST	1

static void prove_batch(nacc_u64 fid, nacc_u32 count)
{
	struct nacc_ret ret = call_batch(fid, FIRST | count << 16);
	nacc_u32 i = any32();
	nacc_u64 was, is;

	claim_no_other(FIRST, count);
	claim_invariant();
	assume(i < FRAMES);
	claim(frames[i].type == old_frames[i].type &&
	      frames[i].parent == old_frames[i].parent &&
	      frames[i].flags == old_frames[i].flags, "no frame changes");
	assume(i >= FIRST && i < FIRST + count && !raced);
	if (fid == NACC_SBI_PROTECT)
		claim_protected(i, ret.error);
	if (fid == NACC_SBI_FORK) {
		claim_forked(i);
		return;
	}
	was = old_memory[i];
	is = memory[i];
	/* Whatever the caller's pages say, each time that they are read. */
	claim(!is || !((is ^ was) & (PTE_PPN | PTE_HIGH)), "no call changes a page number");
	if (fid == NACC_SBI_EXCHANGE)
		claim(is == was || (pte_is_leaf(is) && pte_is_leaf(was)), "a leaf for a leaf");
	assume(!ret.error);
	if (fid == NACC_SBI_TAKE)
		claim(is == (was & PTE_V ? 0 : was), "what is present is taken");
	if (fid == NACC_SBI_WRITE_PROTECT)
		claim(is == (was & PTE_V ? was & ~PTE_W : was), "only W goes");
}

/* No numbers of entries take a call out of its table, nor out of its buffer. */
void proof_batch_range(void)
{
	nacc_u64 entries = any64();

	/* What others do meanwhile takes nobody out of a table, and makes too large a formula. */
	calm = 1;
	call_batch(NACC_SBI_WRITE_PROTECT, entries);
	claim_no_other(entries & 0xffff, entries >> 16);
}

void proof_take(void)
{
	prove_batch(NACC_SBI_TAKE, 2);
}

void proof_write_protect(void)
{
	prove_batch(NACC_SBI_WRITE_PROTECT, 2);
}

void proof_protect(void)
{
	prove_batch(NACC_SBI_PROTECT, 1);
}

void proof_exchange(void)
{
	page_words = 2 * NACC_SBI_ENTRIES;
	pages = 2;
	prove_batch(NACC_SBI_EXCHANGE, 1);
}

/* Any parent's table, the child's own as well */
void proof_fork(void)
{
	prove_batch(NACC_SBI_FORK, 2);
}

/* Another address space's: of which state and tag it may be */
void proof_fork_other(void)
{
#if FRAMES > 3
	between = 1;
	prove_batch(NACC_SBI_FORK, 2);
#endif
}
