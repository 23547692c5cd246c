// SPDX-License-Identifier: BSD-2-Clause
/*
 * Proofs of seals: of an entry that translates some of a sealed range, or leads there,
 * nothing may change but A and D. That steps ask is in asks.c.
 */
#include "seals.h"
#include "world.h"

/* Its mm does not go to other tables: nothing but AS_RETIRE unbinds what has seals. */
void proof_sealed_bind(void)
{
	struct nacc_call call = {
		.fid = NACC_SBI_AS_BIND, .arg = { FRAME_BASE, any64(), any64() },
	};

	uses_seals = 1;
	any_roots();
	assume(frames[0].type == NACC_FRAME_ROOT && frames[0].parent != NACC_FRAME_NONE &&
	       frames[0].slot && frames[0].slot != NACC_BOUND_LEAVING && !frames[0].flags);
	old_frames[0] = frames[0];
	nacc_ecall(&core, &call);
	reached("the call returns");
	claim(frames[0].slot && frames[0].slot != NACC_BOUND_LEAVING &&
	      frames[0].mm == old_frames[0].mm, "I17: it stays bound to its root");
}

#if SEALED_RANGES > 1

static struct nacc_sbi_seals list;

/* They are compared, and nothing else: so of nine of them it is their order that matters. */
static nacc_u64 any_place(void)
{
	return any64() & 63;
}

/* Which of the ranges has that address? As many as there are: none. */
static nacc_u32 number_of(const struct nacc_sbi_seals *seals, nacc_u64 va)
{
	nacc_u32 i = 0;

	while (i < seals->nr && (va < seals->ranges[i].start || va >= seals->ranges[i].end))
		i++;
	return i;
}

/* All are ranges, and no two overlap or adjoin. */
static int list_ok(void)
{
	int ok = list.nr <= SEALED_RANGES;

	for (nacc_u32 i = 0; i < SEALED_RANGES; i++) {
		const struct nacc_sbi_range *range = &list.ranges[i];

		ok &= i >= list.nr || range->start < range->end;
		for (nacc_u32 k = 0; k < i; k++)
			ok &= i >= list.nr || range->start > list.ranges[k].end ||
			      range->end < list.ranges[k].start;
	}
	return ok;
}

/* One range more: those that meet are one; nobody who looks from behind misses any meanwhile. */
void proof_sealed_list(void)
{
	nacc_u64 va = any_place(), start = any_place(), end = any_place();
	nacc_u32 was, is, nr;
	int done;

	list.nr = any32();
	for (nacc_u32 i = 0; i < SEALED_RANGES; i++)
		list.ranges[i] = (struct nacc_sbi_range){ any_place(), any_place() };
	assume(list_ok() && start < end);
	was = number_of(&list, va);
	nr = list.nr;
	claim(nacc_seals_have(&list, va, va + 1) == (was < list.nr),
	      "I17: what is sealed is found");
	done = nacc_seals_add(&list, start, end);
	is = number_of(&list, va);
	if (!done) {
		reached("there is no room");
		claim(is == was && list.nr == nr, "what is refused changes nothing");
		return;
	}
	if (list.nr < nr)
		reached("several become one");
	claim(list_ok(), "those that meet are one");
	claim((is < list.nr) == (was < nr || (va >= start && va < end)),
	      "I17: what was sealed is, and what is to be, and nothing else");
	claim(was == nr || is <= was, "I17: it is where it was, or at a lower number");
}

#endif

#if FRAMES > 3

/* Frame 0 is a table of level 0, frame 1 that above it, frame 2 the root; 3 has the seals. */
enum { TABLE_0, ABOVE, ROOT_2, SEALS };

static nacc_u64 span(nacc_u32 level)
{
	return 1ULL << (PAGE_SHIFT + 9 * level);
}

static void any_sealed(void)
{
	struct nacc_sbi_range *range = &content_of(SEALS)->seals.ranges[0];

	any_layout();
	core.top_level = 2;
	uses_contents = 1;
	for (nacc_u32 i = 0; i < FRAMES; i++) {
		frames[i].type = i == ROOT_2 ? NACC_FRAME_ROOT : i == SEALS ? NACC_FRAME_CONTEXT :
									      NACC_FRAME_TABLE;
		frames[i].level = i == SEALS ? NACC_LEVEL_CONTEXT : i;
		frames[i].owner = ROOT_2;
		frames[i].parent = i == ROOT_2 ? SEALS : i == SEALS ? NACC_FRAME_NONE : i + 1;
		frames[i].slot = any32();
		frames[i].flags = i == ROOT_2 ? 0 : NACC_FRAME_FLAG_SEALED;
		assume(frames[i].slot < NACC_SBI_ENTRIES);
	}
	assume(frames[ABOVE].slot < NACC_USER_ENTRIES);
	content_of(SEALS)->seals.nr = 1;
	range->start = any64();
	range->end = any64();
	/* As range_ok() has it, or several of them that adjoin */
	assume(range->start < range->end && !((range->start | range->end) % PAGE_SIZE) &&
	       range->end <= 1ULL << 38);
}

static int is_sealed(nacc_u32 f, nacc_u32 slot)
{
	const struct nacc_sbi_range *range = &content_of(SEALS)->seals.ranges[0];
	nacc_u64 va = slot * span(f);

	va += f == TABLE_0 ? frames[TABLE_0].slot * span(1) : 0;
	va += f != ROOT_2 ? frames[ABOVE].slot * span(2) : 0;
	return va < range->end && range->start < va + span(f);
}

/* By numbers: an index would make the formula one of all frames. */
static inline void prove_meets(nacc_u32 f)
{
	nacc_u32 slot = any32(), first = any32(), nr = any32(), other = any32();
	nacc_u64 old = any64(), val = any64();

	any_sealed();
	assume(slot < (f == ROOT_2 ? NACC_USER_ENTRIES : NACC_SBI_ENTRIES));
	if (nacc_seals_meet(&core, &frames[f], slot, 1))
		reached("it meets");
	claim(nacc_seals_meet(&core, &frames[f], slot, 1) == is_sealed(f, slot),
	      "I17: an entry meets what is sealed if it translates some of it");
	assume(first <= slot && nr && nr <= NACC_SBI_ENTRIES - first && slot - first < nr);
	claim(!is_sealed(f, slot) || nacc_seals_meet(&core, &frames[f], first, nr),
	      "I17: some entries do if one does");
	claim(!is_sealed(f, slot) || !((old ^ val) & ~AD) ||
	      nacc_seal_forbids(&core, &frames[f], slot, old, val),
	      "I17: it becomes nothing else");
	/* A leaf with N stands for all of such a small table. */
	assume(other < NACC_SBI_ENTRIES);
	claim(f == ROOT_2 || !is_sealed(f, slot) || !pte_is_leaf(val) || !(val & PTE_N) ||
	      !((old ^ val) & ~AD) || nacc_seal_forbids(&core, &frames[f], other, old, val),
	      "I17: nor does one beside it cover it");
	claim(is_sealed(f, slot) || (val & PTE_N) ||
	      !nacc_seal_forbids(&core, &frames[f], slot, old, val), "what is beside it changes");
}

void proof_sealed_meets(void)
{
	prove_meets(TABLE_0);
}

void proof_sealed_meets_above(void)
{
	prove_meets(ABOVE);
}

void proof_sealed_meets_root(void)
{
	prove_meets(ROOT_2);
}

#endif
