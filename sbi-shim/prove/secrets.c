// SPDX-License-Identifier: BSD-2-Clause
/* Proofs of secret pages: whose they become, where they stand, and what is left of them. */
#include "secret.h"
#include "world.h"

#define SECRETS		NACC_SECRETS_MAX
#define WORDS		2
#define NONE		NACC_FRAME_NONE
#define BASE		(REGION + REGION_SIZE - REGION_SIZE / 64)
#define LEAF		(PTE_V | PTE_R | PTE_W | PTE_U | AD)

int uses_secrets;
/* The first words of each piece */
static nacc_u64 words[SECRETS * WORDS], old_words[SECRETS * WORDS];
static struct nacc_secret old_secrets[SECRETS];

static nacc_u64 piece(nacc_u32 i)
{
	return BASE - (core.layout.nr_secrets - i) * NACC_SECRET_SPAN;
}

void *prove_secrets(nacc_u64 pa)
{
	nacc_u64 i = (pa - piece(0)) / NACC_SECRET_SPAN;

	claim(i < core.layout.nr_secrets && pa == piece((nacc_u32)i), "I9: secret pages, a piece");
	return &words[i * WORDS];
}

/* The entry that a root's table may have there, but for Linux's bits */
nacc_u64 secret_entry(nacc_u32 root, nacc_u32 slot)
{
	for (nacc_u32 i = 0; i < core.layout.nr_secrets; i++)
		if (core.secrets[i].owner == root && slot && slot <= NACC_SECRET_PAGES)
			return (piece(i) + (slot - 1) * PAGE_SIZE) >> 2 | LEAF;
	return 0;
}

/* Each is one's who is a root, or nobody's and empty; nobody has two. */
int secrets_ok(void)
{
	nacc_u32 used = 0;

	for (nacc_u32 i = 0; i < core.layout.nr_secrets; i++) {
		nacc_u32 owner = core.secrets[i].owner;

		if (owner == NONE && (words[i * WORDS] || words[i * WORDS + 1]))
			return 0;
		if (owner == NONE)
			continue;
		used++;
		if (owner >= FRAMES || frames[owner].type != NACC_FRAME_ROOT ||
		    (frames[owner].flags & NACC_FRAME_FLAG_RETIRING))
			return 0;
		for (nacc_u32 j = 0; j < i; j++)
			if (core.secrets[j].owner == owner)
				return 0;
	}
	return core.secrets_used == used;
}

void any_secrets(void)
{
	core.layout.nr_secrets = any32();
	assume(core.layout.nr_secrets <= SECRETS);
	core.secrets_used = any32();
	for (nacc_u32 i = 0; i < SECRETS; i++) {
		core.secrets[i].owner = any32();
		core.secrets[i].forfeit = any32();
		for (nacc_u32 w = 0; w < WORDS; w++)
			words[i * WORDS + w] = any64();
	}
	assume(secrets_ok());
	for (nacc_u32 i = 0; i < SECRETS; i++)
		old_secrets[i] = core.secrets[i];
	for (nacc_u32 w = 0; w < SECRETS * WORDS; w++)
		old_words[w] = words[w];
}

#if FRAMES > 4

static const struct nacc_sbi_gate *gate(void)
{
	return &content_of(3)->gate;
}

static int is_strict(void)
{
	return (gate()->mode & (NACC_GATE_MODE | NACC_GATE_PTRACE)) == NACC_GATE_ENFORCE;
}

static int piece_of(nacc_u32 root)
{
	for (nacc_u32 i = 0; i < core.layout.nr_secrets; i++)
		if (core.secrets[i].owner == root)
			return (int)i;
	return -1;
}

/* Of entries, of what is kept, and of whose it is nothing changes but this. */
static void claim_no_other(nacc_u32 nr)
{
	nacc_u32 i = any32(), p = any32();

	assume(i < FRAMES * NACC_SBI_ENTRIES && p < core.layout.nr_secrets);
	claim(raced || memory[i] == old_memory[i] ||
	      (i == 2 * NACC_SBI_ENTRIES + 1 + nr && !old_memory[i] &&
	       (memory[i] & ~PTE_RSW) == secret_entry(0, 1 + nr)),
	      "no entry but its own, from zero, to its own");
	claim(core.secrets[p].owner == old_secrets[p].owner ||
	      (old_secrets[p].owner == NONE && !core.secrets[p].owner), "nobody loses one");
	claim(words[p * WORDS] == old_words[p * WORDS] &&
	      words[p * WORDS + 1] == old_words[p * WORDS + 1], "what is kept is kept");
	claim(secrets_ok(), "one each");
}

/* The call of a program, on the root in frame 0 */
void proof_secret_call(void)
{
	nacc_u64 satp = 8ULL << SATP_MODE_SHIFT | FRAME_BASE >> PAGE_SHIFT;
	nacc_u64 fn = any64(), nr = any64();
	const struct nacc_sbi_context *context;
	long ret;
	int had, p;

	uses_contents = 1;
	knows_kinds = 1;
	uses_secrets = 1;
	any_program();
	had = piece_of(0);
	ret = nacc_secret_call(&core, satp, fn, nr);
	claim(!held, "no lock is held");
	claim_no_other((nacc_u32)nr);
	p = piece_of(0);
	context = (struct nacc_sbi_context *)content_of(4) + 1;
	claim(p < 0 || had >= 0 || context->root != FRAME_BASE, "its threads say so");
	claim(ret >= 0 || ret >= -38, "an error");
	if (ret < 0)
		return;
	reached("a secret page");
	claim(context->state != NACC_CONTEXT_ADOPT, "no thread is left that nobody looks at");
	claim(!fn && nr < NACC_SECRET_PAGES && ret == (long)(NACC_SECRET_VA + nr * PAGE_SIZE),
	      "the one that was asked for, where it always is");
	claim(is_strict() && frames[0].slot == NACC_BOUND, "of who is all behind a gate");
	claim(p >= 0 && !core.secrets[p].forfeit, "and always was");
	claim(memory[0] && memory[NACC_SBI_ENTRIES] && memory[2 * NACC_SBI_ENTRIES],
	      "with its page there");
	claim(raced || (memory[2 * NACC_SBI_ENTRIES + 1 + nr] & ~PTE_RSW) ==
		       secret_entry(0, 1 + (nacc_u32)nr), "and this beside it");
}

/* What is opened */
void proof_secret_opens(void)
{
	nacc_u64 satp = any64() << SATP_MODE_SHIFT | FRAME_BASE >> PAGE_SHIFT, va = any64(), pa;
	int p;

	uses_contents = 1;
	knows_kinds = 1;
	uses_secrets = 1;
	any_program();
	pa = nacc_secret_opens(&core, satp, va);
	if (!pa)
		return;
	reached("something is opened");
	p = piece_of(0);
	claim(p >= 0 && pa == piece((nacc_u32)p), "its own, and no other");
	claim(pa % NACC_SECRET_SPAN == 0, "as PMP can say it");
	claim(is_strict() && frames[0].slot == NACC_BOUND && !core.secrets[p].forfeit,
	      "of who is, and was, all behind a gate");
	claim(va >= NACC_SECRET_VA && va < NACC_SECRET_VA + NACC_SECRET_SPAN, "for what is there");
}

/* A gate becomes less; an address space ends. */
void proof_secret_forfeit(void)
{
	nacc_u32 p = any32();

	uses_contents = 1;
	knows_kinds = 1;
	uses_secrets = 1;
	any_program();
	nacc_secrets_forfeit(&core, &frames[3]);
	assume(p < core.layout.nr_secrets);
	reached("a piece");
	claim(core.secrets[p].owner == old_secrets[p].owner, "whose it is");
	claim(core.secrets[p].owner || core.secrets[p].forfeit, "it is not opened any more");
	claim(core.secrets[p].forfeit == old_secrets[p].forfeit || !core.secrets[p].owner,
	      "of who is behind that gate");
}

void proof_secret_end(void)
{
	nacc_u32 p = any32();

	uses_contents = 1;
	knows_kinds = 1;
	uses_secrets = 1;
	any_program();
	nacc_secrets_end(&core, &frames[0]);
	claim(secrets_ok() && piece_of(0) < 0, "it has none, and what is nobody's is empty");
	assume(p < core.layout.nr_secrets);
	reached("a piece");
	claim(!old_secrets[p].owner || (core.secrets[p].owner == old_secrets[p].owner &&
					words[p * WORDS] == old_words[p * WORDS]),
	      "others keep theirs");
}

#endif
