// SPDX-License-Identifier: BSD-2-Clause
/* Proofs of pages for programs: who may write them, and that nothing else comes to stand there. */
#include "world.h"

/* Of a page and of a record: the other names it, too. */
int page_pair_ok(nacc_u32 i, nacc_u8 type)
{
	nacc_u32 other = frames[i].parent;

	return other == NACC_FRAME_NONE || other == NACC_FRAME_GONE ||
	       (other < FRAMES && frames[other].type == type && frames[other].owner == other &&
		frames[other].parent == i);
}

/* The page of a root: by where its gate points */
nacc_u32 page_of(nacc_u32 root)
{
	for (nacc_u32 i = 0; i < FRAMES; i++)
		if (frames[root].gate == (const nacc_u16 *)&frames[i].live)
			return frames[i].type == NACC_FRAME_PAGE ? i : FRAMES;
	return NACC_FRAME_NONE;
}

/* Of a root with a page: by the way to its place there is the page, or nothing. */
int place_ok(nacc_u32 root)
{
	nacc_u32 at = root;

	if (frames[root].type != NACC_FRAME_ROOT || page_of(root) == NACC_FRAME_NONE)
		return 1;
	for (nacc_u32 i = 0; i < 4; i++) {
		nacc_u64 pte = memory[at * NACC_SBI_ENTRIES];
		int c = frame_number(pte_pa(pte));

		if (!pte)
			return 1;
		if (!pte_is_link(pte) || c < 0)
			return 0;
		at = (nacc_u32)c;
		if (!frames[at].level)
			return frames[at].flags & NACC_FRAME_FLAG_PAGE;
	}
	return 0;
}

/* Is this the entry of a table or root by which its page is reached? */
static int on_way(nacc_u32 f, nacc_u32 s)
{
	nacc_u32 at = frames[f].owner;

	if (s || page_of(at) == NACC_FRAME_NONE)
		return 0;
	for (nacc_u32 i = 0; i < 3 && at != f; i++) {
		int c = frame_number(pte_pa(memory[at * NACC_SBI_ENTRIES]));

		if (!pte_is_link(memory[at * NACC_SBI_ENTRIES]) || c < 0 || !frames[at].level)
			return 0;
		at = (nacc_u32)c;
	}
	return at == f;
}

static int is_empty(nacc_u32 f)
{
	for (nacc_u32 s = 0; s < NACC_SBI_ENTRIES; s++)
		if (memory[f * NACC_SBI_ENTRIES + s])
			return 0;
	return 1;
}

/*
 * The rule itself, of any entry of a table of an address space that lives: what it lets
 * stand keeps place_ok(). Levels above the roots that the proofs of stores have are here, too.
 */
void proof_page_rule(void)
{
	nacc_u32 f = any32(), s = any32();
	nacc_u64 val = any64(), old;
	struct nacc_plan plan;
	int c;

	uses_secrets = 1;
	any_world();
	assume(f < FRAMES && s < NACC_SBI_ENTRIES);
	assume(frames[f].type == NACC_FRAME_TABLE ||
	       (frames[f].type == NACC_FRAME_ROOT && s < NACC_USER_ENTRIES));
	assume(!frames[frames[f].owner].flags);
	old = memory[f * NACC_SBI_ENTRIES + s];
	if (nacc_plan_entry(&core, &frames[f], s, old, val, &plan))
		return;
	reached("an entry that is let be");
	if (frames[f].flags & NACC_FRAME_FLAG_PAGE)
		claim(!val || val == old, "of the page's table nothing but zero comes");
	if (!frames[f].level || val == old || !on_way(f, s))
		return;
	reached("an entry on the way");
	claim(!val || pte_is_link(val), "no leaf comes to stand on the way");
	claim(!val || frames[f].level > 1, "nor another table in the place of the page's");
	c = frame_number(pte_pa(val));
	claim(!val || (!old && (c < 0 || is_empty((nacc_u32)c))), "nor one that holds anything");
	c = frame_number(pte_pa(old));
	claim(val || !pte_is_link(old) || !memory[(nacc_u32)c * NACC_SBI_ENTRIES],
	      "what leads there goes only when nothing leads there any more");
	if (val || !pte_is_link(old) || !(frames[c].flags & NACC_FRAME_FLAG_PAGE))
		return;
	reached("an entry that has linked the table of a page");
	for (nacc_u32 i = 1; i <= NACC_SECRET_PAGES; i++)
		claim(!memory[(nacc_u32)c * NACC_SBI_ENTRIES + i],
		      "a table with a secret page stays where it is");
}

void proof_page_open(void)
{
	struct nacc_ret ret;
	int i;

	knows_kinds = 1;
	ret = prove_call(NACC_SBI_PAGE_OPEN, any64());
	i = frame_number(ret.value);

	if (ret.error)
		return;
	claim(i >= 0 && old_frames[i].type == NACC_FRAME_ARMED, "of a frame that was armed");
	claim(frames[i].type == NACC_FRAME_PAGE && frames[i].owner == (nacc_u32)i, "its own");
	claim(page_content_of(i)->domain == NACC_PAGE_SAYS(the_call.arg[0]) &&
	      page_content_of(i)->magic == NACC_PAGE_MAGIC, "with this tag");
}

void proof_page_close(void)
{
	nacc_u32 before;
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	counts_page_0 = 1;
	ret = prove_call(NACC_SBI_PAGE_CLOSE, FRAME_BASE);
	before = page_content_of(0)->address_spaces;
	if (ret.error)
		return;
	claim(old_frames[0].type == NACC_FRAME_PAGE && !before, "a page that nobody has");
	claim(frames[0].type == NACC_FRAME_RELEASED, "is released");
}

#if FRAMES > 3

#define FRAME(f)	(FRAME_BASE + (f) * PAGE_SIZE)
#define ARMED		{ NACC_FRAME_ARMED, 0, NACC_FRAME_NONE }
#define LINKED		{ NACC_FRAME_TABLE, 0, 0, 1, 0 }
/* The root, in Sv39 the table of level 1 to the page; frame 2 is what it is, then the page. */
#define ROOT_0		{ NACC_FRAME_ROOT, 2, 0 }
#define ABOVE		{ NACC_FRAME_TABLE, 1, 0, 0, 0 }
#define PAGE_3		{ NACC_FRAME_PAGE, NACC_LEVEL_PAGE, 3 }
#define CONTEXTS	{ NACC_FRAME_CONTEXT, NACC_LEVEL_CONTEXT, 0 }
#define RECORD_5	{ NACC_FRAME_CONTEXT, NACC_LEVEL_CONTEXT, 5 }

static void prove_as_page(const struct place *where)
{
	nacc_u32 i = any32();
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	places = where;
	argument_1 = FRAME(3);
	ret = prove_on_frame_0(NACC_SBI_AS_PAGE);
	assume(i < FRAMES * NACC_SBI_ENTRIES);
	if (ret.error)
		return;
	claim(page_of(0) == 3, "it has that page");
	claim(ret.value == FRAME(2) && frames[2].type == NACC_FRAME_TABLE &&
	      frames[2].flags == NACC_FRAME_FLAG_PAGE && !frames[2].level && !frames[2].owner,
	      "in a table of its own");
	claim(old_frames[0].gate != &nacc_closed ||
	      page_content_of(3)->domain == NACC_PAGE_SAYS(frames[0].tag), "one of its tag");
	claim(raced || ((memory[2 * NACC_SBI_ENTRIES] & ~PTE_RSW) ==
			(FRAME(3) >> 2 | PTE_V | PTE_R | PTE_U | AD)), "by its entry");
	claim(raced || memory[i] == old_memory[i] ||
	      (!old_memory[i] && (i == 2 * NACC_SBI_ENTRIES ||
				  (i == NACC_SBI_ENTRIES && pte_is_link(memory[i]) &&
				   pte_pa(memory[i]) == FRAME(2)))),
	      "and nothing else but its link has changed, from zero");
}

#endif

#if FRAMES == 4

/* It gets a table, or has one that is linked. */
void proof_as_page(void)
{
	static const struct place where[] = { ROOT_0, ABOVE, ARMED, PAGE_3 };

	prove_as_page(where);
}

void proof_as_page_again(void)
{
	static const struct place where[] = { ROOT_0, ABOVE, LINKED, PAGE_3 };

	prove_as_page(where);
}

#endif

#if FRAMES == 6

/* Of a root with a gate */
void proof_as_page_gated(void)
{
	static const struct place where[] = {
		ROOT_0, ABOVE, ARMED, PAGE_3, CONTEXTS, RECORD_5,
	};

	prove_as_page(where);
}

#endif

#if FRAMES == 3

/* No frame is left for its table: whatever is asked for nothing comes of it. */
void proof_as_page_none(void)
{
	struct nacc_call call = { .fid = NACC_SBI_AS_PAGE, .satp = any64(), .arg = { FRAME_BASE } };
	struct nacc_ret ret;

	uses_contents = 1;
	knows_kinds = 1;
	any_world();
	call.arg[1] = any64();
	call.arg[2] = any64();
	ret = nacc_ecall(&core, &call);
	reached("the call returns");
	claim(ret.error, "refused");
	claim_unchanged();
	claim_invariant();
	claim(!held, "no lock is held");
}

#endif
