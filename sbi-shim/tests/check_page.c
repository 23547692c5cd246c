// SPDX-License-Identifier: BSD-2-Clause
/* checker.c's part about pages for programs. */
#include "machine.h"
#include "page.h"

#define NONE	NACC_FRAME_NONE

/* The page of a root: by where its gate points */
nacc_u32 check_page_of(const struct nacc_frame *root)
{
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		if ((const void *)root->gate == &m.core.frames[i].live)
			return m.core.frames[i].type == NACC_FRAME_PAGE && !root->flags ? i : NONE;
	return NONE;
}

static nacc_u64 secret_pa(nacc_u32 i)
{
	return POOL_BASE + m.layout.region_size / 64 * 63 - (m.layout.nr_secrets - i) * 4 * PAGE;
}

/* What a root's secret page in this slot is named by, but for Linux's bits; 0 for none */
static nacc_u64 secret_entry(const struct nacc_frame *root, unsigned int slot)
{
	for (nacc_u32 i = 0; i < m.layout.nr_secrets; i++)
		if (m.core.secrets[i].owner == root - m.core.frames && slot <= 4)
			return PTE(secret_pa(i) + (slot - 1) * PAGE, V | R | W | U | A | D);
	return 0;
}

/* An entry of the table of a page: where it belongs, and what it names */
int check_page_entry(const struct nacc_frame *f, unsigned int slot, nacc_u64 pte)
{
	const struct nacc_frame *root = &m.core.frames[f->owner];
	nacc_u64 va = 0;

	if (root->type != NACC_FRAME_ROOT || check_page_of(root) == NONE)
		return 0;
	if ((pte & ~0x300UL) != (slot ? secret_entry(root, slot) :
				 PTE(frame_address(check_page_of(root)), V | R | U | A | D)))
		return 0;
	for (; f != root; f = &m.core.frames[f->parent]) {
		if (f->parent >= m.core.nr_frames)
			return 0;
		va |= (nacc_u64)f->slot << (12 + 9 * (f->level + 1));
	}
	return va == 0xffe00000;
}

/* Of a root that has a page: by walking it as a hart does, there is the page or nothing. */
const char *check_place(nacc_u32 i)
{
	nacc_u64 at = frame_address(i), pte = 0;

	for (int level = (int)top(); level >= 0; level--) {
		pte = entry(at, 0xffe00000UL >> (12 + 9 * level) & 511);
		if (!pte)
			return NULL;
		if (level && (pte & 0xf) != V)
			return wrong("page of %u: level %d", i, level);
		at = PTE_TO_PA(pte);
	}
	if (at != frame_address(check_page_of(&m.core.frames[i])))
		return wrong("page of %u: other", i);
	return NULL;
}

/* Each piece is a live root's, or nobody's and empty; none has two. */
const char *check_secrets(void)
{
	static const nacc_u8 blank[4 * PAGE];
	nacc_u32 used = 0;

	for (nacc_u32 i = 0; i < m.layout.nr_secrets; i++) {
		nacc_u32 owner = m.core.secrets[i].owner;

		if (owner == NONE) {
			if (memcmp(page_at(secret_pa(i)), blank, sizeof(blank)))
				return wrong("secret pages %u: nobody's, and not empty", i);
			continue;
		}
		used++;
		if (owner >= m.core.nr_frames || m.core.frames[owner].type != NACC_FRAME_ROOT ||
		    m.core.frames[owner].flags & NACC_FRAME_FLAG_RETIRING)
			return wrong("secret pages %u: of frame %u", i, owner);
		for (nacc_u32 j = 0; j < i; j++)
			if (m.core.secrets[j].owner == owner)
				return wrong("secret pages %u: a second time", i);
	}
	if (m.core.secrets_lock || m.core.secrets_used != used)
		return wrong("secret pages: %u used, counted %u", used, m.core.secrets_used);
	return NULL;
}

/* A page and the record of a gate name each other, or did. */
int check_page_pair(nacc_u32 i, nacc_u8 type)
{
	nacc_u32 other = m.core.frames[i].parent;

	return other == NONE || other == NACC_FRAME_GONE ||
	       (other < m.core.nr_frames && m.core.frames[other].type == type &&
		m.core.frames[other].owner == other && m.core.frames[other].parent == i);
}

/* What a page says is counted anew. */
const char *check_page(nacc_u32 i)
{
	const struct nacc_sbi_page *p = (void *)page_at(frame_address(i));
	const struct nacc_frame *f = &m.core.frames[i];
	nacc_u32 nr = 0, gated = 0, mode = 0, seals = 0;

	if (f->level != NACC_LEVEL_PAGE || f->owner != i || f->live != 512 || f->flags ||
	    !check_page_pair(i, NACC_FRAME_CONTEXT))
		return wrong("frame %u: bad page", i);
	for (nacc_u32 r = 0; r < m.core.nr_frames; r++) {
		const struct nacc_frame *root = &m.core.frames[r];
		const struct nacc_sbi_threads *threads;

		if (root->type != NACC_FRAME_ROOT || check_page_of(root) != i)
			continue;
		nr++;
		if (2 * root->tag != p->domain)
			return wrong("page %u: tag of root %u", i, r);
		if (root->parent < m.core.nr_frames)
			seals += ((struct nacc_sbi_seals *)
				  (void *)page_at(frame_address(root->parent)))->nr;
		if (root->list.prev == NONE || f->parent >= m.core.nr_frames)
			continue;
		threads = (void *)page_at(frame_address(root->list.prev));
		gated += threads->gate == frame_address(f->parent);
	}
	if (f->parent < m.core.nr_frames && gated == nr)
		mode = ((struct nacc_sbi_gate *)(void *)page_at(frame_address(f->parent)))->mode;
	if (memcmp(&p->magic, "naccpage", 8))
		return wrong("page %u: magic", i);
	for (int w = 0; w < 512; w++)
		if (page_at(frame_address(i))[w] & 1)
			return wrong("page %u: word %d looks like an entry", i, w);
	if (p->address_spaces != 2 * nr || p->gated != 2 * gated || p->gate != 2 * mode ||
	    p->layout != 2 || p->abi != 2 * NACC_SBI_ABI_VERSION || p->seals != 2 * seals)
		return wrong("page %u: %u spaces, says %u", i, nr, p->address_spaces);
	return NULL;
}
