// SPDX-License-Identifier: BSD-2-Clause
/* Proofs of the trap path: a store keeps the invariant, and who may make one. */
#include "world.h"

/* Another hart, too, asks whether that is sealed. */
static int is_sealed_entry(const nacc_u64 *entry)
{
	return sealed_entry && entry == &memory[1];
}

/*
 * Another hart, or the walker, between the load and the swap of an entry: the
 * walker sets A and D; a store to a table of level 0 takes no lock.
 */
void prove_race(nacc_u64 *entry)
{
	nacc_u64 val = any64();
	nacc_u32 f;

	if (calm || !__CPROVER_same_object(entry, memory) || !(any() & 1))
		return;
	f = (entry - memory) / NACC_SBI_ENTRIES;
	raced = 1;
	if (pte_is_leaf(*entry) && (is_sealed_entry(entry) || (any() & 1))) {
		*entry |= val & AD;
	} else if (!is_sealed_entry(entry) && frames[f].type == NACC_FRAME_TABLE &&
		   !frames[f].level) {
		assume(!(val & PTE_V) || (pte_is_leaf(val) && leaf_ok(val, 0)));
		assume(!val || !(frames[f].flags & NACC_FRAME_FLAG_PAGE));
		frames[f].live += (val != 0) - (*entry != 0);
		*entry = val;
	}
}

static int is_writer(nacc_u64 pc)
{
	const struct nacc_sbi_range *r = core.setup->ranges;

	return (pc >= r[0].start && pc < r[0].end) ||
	       (pc >= r[1].start && pc < r[1].end);
}

static void claim_refused(const struct nacc_access *a, const struct nacc_verdict *v)
{
	nacc_u32 i = any32();

	assume(i < FRAMES * NACC_SBI_ENTRIES);
	claim(raced || memory[i] == old_memory[i], "I10: a refused store has no effect");
	i /= NACC_SBI_ENTRIES;
	claim(raced || (frames[i].type == old_frames[i].type &&
			frames[i].parent == old_frames[i].parent),
	      "I10: nor on a frame");
	claim(!v->skip || (is_writer(a->pc) && a->supervisor && !a->decode_reason),
	      "who is skipped");
}

/* A table that is dropped, and is not, could never be released. */
static void claim_unlinked(const struct nacc_frame *f, nacc_u64 old, nacc_u64 now)
{
	int c = frame_number(pte_pa(old));

	if (!f->level || !pte_is_link(old) || c < 0 ||
	    (old_frames[f->owner].flags & NACC_FRAME_FLAG_RETIRING))
		return;
	claim(frames[c].parent == NACC_FRAME_NONE ||
	      (pte_is_link(now) && pte_pa(now) == pte_pa(old)), "I3: what is dropped is unlinked");
}

static void claim_performed(const struct nacc_access *a, const struct nacc_verdict *v,
			    nacc_u32 slot)
{
	const struct nacc_frame *f = &old_frames[0];

	claim(!v->skip, "performed, not skipped");
	claim(f->type == NACC_FRAME_TABLE || f->type == NACC_FRAME_ROOT,
	      "I2: only tables are written");
	claim(!a->decode_reason && a->decoded.width == 8 && a->supervisor, "what is performed");
	claim(is_writer(a->pc) || core.setup->flags != NACC_PROVENANCE_ENFORCE,
	      "I6: provenance");
	claim(!(old_frames[f->owner].flags & NACC_FRAME_FLAG_BUILDING), "not while it is built");
	claim(raced || v->old == old_memory[slot], "I7: old is what was replaced");
	claim(f->type != NACC_FRAME_ROOT || slot < NACC_USER_ENTRIES ||
	      memory[slot] == kernel[slot], "I5: the kernel half is the kernel's");
	if (f->type != NACC_FRAME_ROOT || slot < NACC_USER_ENTRIES)
		claim_unlinked(f, v->old, memory[slot]);
}

/*
 * Frames are alike and so are entries of a kind, so the store goes to frame 0:
 * an address that is a number keeps the formula small. What a repeated store leaves on
 * record does not depend on the level, and where that is 0 it makes too large a formula.
 */
static void prove_store(nacc_u32 slot, int repeats)
{
	struct nacc_access a = {
		.pc = any64(),
		.va = any64(),
		.pa = FRAME_BASE + slot * 8,
		.operand = any64(),
		.task = any64(),
		.insn = any32(),
		.hart = any32(),
		.supervisor = any() & 1,
		.again = repeats ? any() & 1 : 0,
	};
	nacc_u64 records = core.audit_next;
	struct nacc_verdict verdict;
	unsigned int result;

	a.decode_reason = any() & 1;
	a.decoded.op = any();
	assume(a.decoded.op <= NACC_OP_MAXU);
	a.decoded.width = any();
	result = nacc_store(&core, &a, &verdict);
	if (result) {
		reached("a store refused");
		claim_refused(&a, &verdict);
		claim(!repeats || core.audit_next == records +
		      (!a.again && result != NACC_STORE_RETRY), "I10: one refusal is one record");
	} else {
		reached("a store performed");
		claim_performed(&a, &verdict, slot);
	}
	if (raced)
		reached("a race");
	claim_invariant_anywhere();
}

/*
 * Level 0. Also what is no table. What is assumed is said once more by assigning it:
 * a number, unlike an assumption, keeps what it rules out from being looked at.
 */
void proof_store_leaf(void)
{
	any_world();
	assume(!frames[0].level);
	frames[0].level = 0;
	prove_store(1, 0);
}

/* Above: links, adoption; the user half of a root is no different. */
void proof_store_link(void)
{
	any_world();
	assume(frames[0].level);
	prove_store(1, 1);
}

/* The kernel half of a root */
void proof_store_kernel(void)
{
	any_world();
	assume(frames[0].type == NACC_FRAME_ROOT);
	frames[0].type = NACC_FRAME_ROOT;
	prove_store(NACC_USER_ENTRIES, 1);
}
