// SPDX-License-Identifier: BSD-2-Clause
/* Proofs of the calls: any arguments, from any state that meets the invariant. */
#include "lock.h"
#include "world.h"

/* How a frame may change its type (I2, I8). */
static void claim_life(nacc_u64 fid)
{
	nacc_u32 f = any32(), s = any32();

	assume(f < FRAMES && s < NACC_SBI_ENTRIES);
	if (frames[f].type == old_frames[f].type)
		return;
	switch (old_frames[f].type) {
	case NACC_FRAME_FREE:
		claim(frames[f].type == NACC_FRAME_ARMED, "I2: free becomes armed");
		break;
	case NACC_FRAME_ARMED:
		claim(frames[f].type != NACC_FRAME_RELEASED, "I2: armed is not released");
		break;
	case NACC_FRAME_RELEASED:
		claim(frames[f].type == NACC_FRAME_FREE, "I2: released becomes free");
		claim(old_frames[f].epoch <= core.fenced, "I8: only behind a fence");
		claim(!(old_frames[f].flags & NACC_FRAME_FLAG_UNDRAINED), "I8: drained");
		claim(!memory[f * NACC_SBI_ENTRIES + s], "I8: zeroed");
		for (s = 0; s < NACC_SBI_ENTRIES; s++) {
			claim(old_frames[f].level != NACC_LEVEL_CONTEXT ||
			      !((nacc_u64 *)content_of(f))[s], "I8: contexts, too");
			claim(old_frames[f].level != NACC_LEVEL_PAGE ||
			      !((nacc_u64 *)page_content_of(f))[s], "I8: pages, too");
		}
		break;
	default:
		claim(frames[f].type == NACC_FRAME_RELEASED, "I8: a table is released first");
		claim(old_frames[f].parent == NACC_FRAME_NONE || fid == NACC_SBI_AS_RETIRE ||
		      old_frames[f].type == NACC_FRAME_CONTEXT ||
		      old_frames[f].type == NACC_FRAME_PAGE, "I8: not while it is linked");
		claim(frames[f].epoch == core.epoch, "I8: needs a fence");
	}
}

void claim_unchanged(void)
{
	nacc_u32 i = any32();

	assume(i < FRAMES * NACC_SBI_ENTRIES);
	claim(memory[i] == old_memory[i] || raced, "an error has no effect on memory");
	i /= NACC_SBI_ENTRIES;
	claim(frames[i].type == old_frames[i].type &&
	      frames[i].parent == old_frames[i].parent &&
	      frames[i].flags == old_frames[i].flags, "nor on a frame");
}

/* A writable entry that a call made must be what the kernel's root has (I5). */
static void claim_kernel_half(void)
{
	nacc_u32 f = any32(), s = any32();

	assume(f < FRAMES && s >= NACC_USER_ENTRIES && s < NACC_SBI_ENTRIES);
	s += f * NACC_SBI_ENTRIES;
	claim(frames[f].type != NACC_FRAME_ROOT || memory[s] == old_memory[s] ||
	      memory[s] == kernel[s % NACC_SBI_ENTRIES], "I5: the kernel half");
}

/* TABLE_LINK: an empty table of the next level stands where nothing stood, and no other. */
static void claim_linked(nacc_u64 slot, nacc_u64 table)
{
	int t = frame_number(table);
	nacc_u32 s = any32();

	assume(s < NACC_SBI_ENTRIES);
	claim(t >= 0 && old_frames[t].type == NACC_FRAME_ARMED, "a frame that was armed");
	claim(slot < (old_frames[0].type == NACC_FRAME_ROOT ? NACC_USER_ENTRIES :
		      NACC_SBI_ENTRIES), "an entry for users");
	claim(!old_memory[slot], "where nothing stood");
	claim(pte_is_link(memory[slot]) && pte_pa(memory[slot]) == table, "the link");
	claim(s == slot || memory[s] == old_memory[s], "no other entry");
	claim(frames[t].owner == old_frames[0].owner &&
	      frames[t].level + 1 == old_frames[0].level && !frames[t].parent &&
	      frames[t].slot == slot, "I3: of the same address space, one level below");
	claim(!memory[t * NACC_SBI_ENTRIES + s], "empty");
}

/* UNLINK: only links go, and only of tables that hold nothing. */
static void claim_unlinked(void)
{
	nacc_u32 s = any32(), e = any32();
	int c;

	assume(s < NACC_SBI_ENTRIES && e < NACC_SBI_ENTRIES && memory[s] != old_memory[s]);
	c = frame_number(pte_pa(old_memory[s]));
	claim(!memory[s] && pte_is_link(old_memory[s]) && c >= 0, "a link goes");
	claim(!memory[c * NACC_SBI_ENTRIES + e], "to a table that is empty");
	claim(frames[c].type == NACC_FRAME_TABLE && frames[c].parent == NACC_FRAME_NONE,
	      "which is unlinked");
}

/* What a call on frame 0 has done it has done in a state in which the ABI allows it. */
void claim_state(nacc_u64 fid)
{
	nacc_u32 owner = old_frames[0].owner;
	nacc_u16 state;

	claim(owner < FRAMES, "of an address space");
	state = old_frames[owner].flags &
		(NACC_FRAME_FLAG_BUILDING | NACC_FRAME_FLAG_RETIRING);
	switch (fid) {
	case NACC_SBI_TABLE_ADOPT:
	case NACC_SBI_AS_FILL:
		claim(state == NACC_FRAME_FLAG_BUILDING, "while it is built");
		break;
	case NACC_SBI_TABLE_CHECK:
	case NACC_SBI_AS_GATE:
	case NACC_SBI_CONTEXT:
	case NACC_SBI_HANDLER:
		claim(state != NACC_FRAME_FLAG_RETIRING, "not while it ends");
		break;
	case NACC_SBI_AS_RETIRE:
		break;
	default:
		claim(!state, "while it lives");
	}
}

/* Number of the argument that is one certain buffer, from 1; 0: none is */
static int fixed;
/* May the call change most of memory? Is it one on frame 0? */
static int much, on_frame_0;
struct nacc_call the_call;
nacc_u64 argument_1;

struct nacc_ret prove_call(nacc_u64 fid, nacc_u64 frame)
{
	struct nacc_call call = { .fid = fid, .satp = any64() };
	struct nacc_ret ret;
	nacc_u64 last_tag;

	any_world();
	last_tag = core.last_tag;
	call.arg[0] = frame;
	for (int i = 1; i < 6; i++)
		call.arg[i] = any64();
	if (fixed)
		call.arg[fixed - 1] = SOURCE;
	if (argument_1)
		call.arg[1] = argument_1;
	the_call = call;
	ret = nacc_ecall(&core, &call);
	claim(!held, "no lock is held");
	claim(core.setup->image_pa == IMAGE && core.locked, "locked is locked");
	if (ret.error)
		claim_unchanged();
	else
		reached("the call is done");
	if (fid == NACC_SBI_AS_CREATE && !ret.error) {
		claim(frames[frame_number(ret.value)].tag == frame, "the root has its tag");
		claim(core.last_tag >= frame && core.last_tag >= last_tag,
		      "the highest tag is known");
		claim(!(call.arg[1] & ~NACC_SBI_AS_LIVE) &&
		      frames[frame_number(ret.value)].flags ==
		      (call.arg[1] ? 0 : NACC_FRAME_FLAG_BUILDING), "live if asked for");
	}
	if (on_frame_0 && !ret.error)
		claim_state(fid);
	if (fid == NACC_SBI_TABLE_LINK && !ret.error)
		claim_linked(call.arg[1], ret.value);
	if (fid == NACC_SBI_UNLINK && !ret.error)
		claim_unlinked();
	claim_life(fid);
	claim_kernel_half();
	if (much)
		claim_invariant_anywhere();
	else
		claim_invariant();
	return ret;
}

/* The glue's function, and two that there are not */
void proof_unknown(void)
{
	static const nacc_u64 fids[] = { NACC_SBI_FENCE, NACC_SBI_FID_MAX, ~0ULL };
	struct nacc_call call = { .fid = 0 };
	struct nacc_ret ret;

	any_world();
	for (int i = 0; i < 3; i++) {
		call.fid = fids[i];
		ret = nacc_ecall(&core, &call);
		claim(ret.error == NACC_SBI_ERR_NOT_SUPPORTED, "refused");
	}
	reached("a refusal");
	claim_unchanged();
	claim_invariant();
}

/* Any address, any number */
#define CALL(name, fid) void proof_##name(void) { prove_call(fid, any64()); }

CALL(info, NACC_SBI_GET_INFO)
CALL(arm, NACC_SBI_ARM)
CALL(disarm, NACC_SBI_DISARM)
CALL(create, NACC_SBI_AS_CREATE)
CALL(release, NACC_SBI_TABLE_RELEASE)
CALL(lock, NACC_SBI_LOCK)

/*
 * As much room as the ABI says, and not a word more. The buffer has one address,
 * as what comes of any other is known from calls that read one: see resolve().
 */
#define CALL_WRITES(name, fid, page, bytes) \
void proof_##name(void) \
{ \
	page_words = (bytes) / 8; \
	fixed = page; \
	prove_call(fid, any64()); \
}

CALL_WRITES(unlinked, NACC_SBI_UNLINKED, 1, (NACC_SBI_UNLINKED_MAX + 2) / 2 * 8)
CALL_WRITES(drain, NACC_SBI_DRAIN, 1, NACC_SBI_DRAIN_MAX * sizeof(struct nacc_sbi_adoption))
CALL_WRITES(frames, NACC_SBI_FRAMES, 3, NACC_SBI_FRAMES_MAX * sizeof(struct nacc_sbi_frame))
CALL_WRITES(audit, NACC_SBI_AUDIT, 2, NACC_SBI_AUDIT_MAX * sizeof(struct nacc_sbi_audit))
CALL_WRITES(learn, NACC_SBI_LEARN, 1, NACC_SBI_LEARN_MAX * sizeof(struct nacc_sbi_unknown))
CALL_WRITES(stats, NACC_SBI_STATS, 1, (NACC_STAT_MAX + NACC_REASON_MAX) * 8)

/* Frames are alike: frame 0, whatever it is, keeps the formula small. */
struct nacc_ret prove_on_frame_0(nacc_u64 fid)
{
	on_frame_0 = 1;
	return prove_call(fid, FRAME_BASE);
}

#define CALL_0(name, fid) void proof_##name(void) { prove_on_frame_0(fid); }

CALL_0(check, NACC_SBI_TABLE_CHECK)
CALL_0(merge, NACC_SBI_MERGE_AD)
CALL_0(fill, NACC_SBI_AS_FILL)
CALL_0(new_table, NACC_SBI_TABLE_NEW)
CALL_0(link, NACC_SBI_TABLE_LINK)

/* Room for as many as it has entries, and for their number */
void proof_unlink(void)
{
	page_words = (NACC_SBI_ENTRIES + 2) / 2;
	fixed = 3;
	prove_on_frame_0(NACC_SBI_UNLINK);
}

void proof_adopt(void)
{
	much = 1;
	prove_on_frame_0(NACC_SBI_TABLE_ADOPT);
}

/* From the first frame on, any number */
void proof_reclaim(void)
{
	uses_contents = 1;
	prove_call(NACC_SBI_RECLAIM, 0);
}

/* Frame 0 as well, and room for their number and a list of so many */
void proof_retire(void)
{
	page_words = (NACC_SBI_RETIRE_BATCH + 2) / 2;
	uses_contents = 1;
	prove_on_frame_0(NACC_SBI_AS_RETIRE);
}

/*
 * Is this one of the parts of what was there before: a page of it in its place, nothing
 * of a page, or the page of zeros, which is in the kernel image?
 */
static int part_ok(nacc_u64 pte, nacc_u32 slot, nacc_u32 level, nacc_u64 whole)
{
	nacc_u64 pa = pte_pa(pte);

	if (!(pte & (PTE_V | PTE_RWX | PTE_G)))
		return !pte || whole;
	return ((whole & PTE_RWX) &&
		pa - pte_pa(whole) == (nacc_u64)slot << (PAGE_SHIFT + 9 * level)) ||
	       (!level && !(pte & PTE_W) && pa >= core.setup->image_pa &&
		pa < core.setup->image_pa + core.setup->image_size);
}

/* What contracts.c says of an adoption that a store asks for */
void proof_adopt_flat(void)
{
	nacc_u32 level = any32(), f = any32(), head;
	struct nacc_frame *twin = 0;
	nacc_u64 whole = any64();

	any_world();
	assume(frames[0].type == NACC_FRAME_ROOT && level < core.top_level);
	head = core.piles[0].armed;
	if (nacc_table_adopt(&core, 0, level, nacc_phys(SOURCE), &whole, &twin)) {
		reached("an adoption refused");
		claim_unchanged();
		claim_invariant_anywhere();
		return;
	}
	reached("an adoption");
	claim(head != NACC_FRAME_NONE && twin == &frames[head], "the first armed frame");
	claim(twin->type == NACC_FRAME_TABLE && twin->level == level && !twin->owner &&
	      twin->parent == NACC_FRAME_NONE && !twin->flags, "becomes an unlinked table");
	assume(f < FRAMES * NACC_SBI_ENTRIES);
	if (f / NACC_SBI_ENTRIES == head) {
		claim(!(memory[f] & PTE_V) || (memory[f] & PTE_RWX), "of leaves");
		claim(part_ok(memory[f], f % NACC_SBI_ENTRIES, level, whole), "of what was there");
	} else {
		claim(memory[f] == old_memory[f], "and no other is touched");
	}
	f /= NACC_SBI_ENTRIES;
	claim(f == head || (frames[f].type == old_frames[f].type &&
			    frames[f].parent == old_frames[f].parent &&
			    frames[f].slot == old_frames[f].slot &&
			    frames[f].level == old_frames[f].level &&
			    frames[f].flags == old_frames[f].flags), "nor its record");
	claim_invariant_anywhere();
}

/* A fence covers what was released before it began, not what came later. */
void proof_fence(void)
{
	nacc_u32 f = any32();
	nacc_u64 epoch;

	any_world();
	assume(f < FRAMES && frames[f].type == NACC_FRAME_RELEASED && core.epoch + 1);
	epoch = nacc_fence_begin(&core);
	claim(frames[f].epoch <= epoch, "what was released is covered");
	claim_invariant();
	claim(epoch < core.epoch, "what is released from now on is not");
	nacc_fence_end(&core, epoch);
	reached("a fence");
	claim(core.fenced >= epoch && core.epoch > core.fenced, "what is released now is not");
	claim_invariant();
}

/* A and D for a walker that may not, from frame 0 on, root or not. */
void proof_set_ad(void)
{
	nacc_u64 satp = any64() << SATP_MODE_SHIFT | FRAME_BASE >> PAGE_SHIFT;
	nacc_u32 i = any32();

	any_world();
	if (nacc_set_ad(&core, satp, any64(), any() & 1, any() & 1) == NACC_AD_SET)
		reached("a bit set");
	assume(i < FRAMES * NACC_SBI_ENTRIES);
	claim(raced || (memory[i] & ~AD) == (old_memory[i] & ~AD), "only A and D");
	claim(raced || (memory[i] & old_memory[i]) == old_memory[i], "I7: none lost");
	claim(raced || memory[i] == old_memory[i] || pte_is_leaf(memory[i]), "of leaves");
	claim_invariant();
}
