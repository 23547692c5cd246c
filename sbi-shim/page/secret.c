// SPDX-License-Identifier: BSD-2-Clause
/* Secret pages: whose they are; see secret.h. */
#include "contexts.h"
#include "frame.h"
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "roots.h"
#include "secret.h"
#include "state.h"

/* As Linux has them (include/uapi/asm-generic/errno-base.h, errno.h) */
#define EPERM	1
#define ENXIO	6
#define ENOMEM	12
#define EINVAL	22
#define ENOSYS	38

#define NONE	NACC_FRAME_NONE

/* Bits of its entry beside Linux's: none is left to be set by a walker. */
#define BITS	(PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D)

/* In the table of the page, behind its entry */
#define SLOT	(NACC_SECRET_VA >> PAGE_SHIFT & (NACC_SBI_ENTRIES - 1))

_Static_assert(NACC_SECRET_VA - NACC_PAGE_VA + NACC_SECRET_PAGES * PAGE_SIZE <= NACC_PAGE_SPAN &&
	       NACC_SECRET_VA > NACC_PAGE_VA, "in the table of the page, behind it");

static nacc_u64 pa_of(const struct nacc_core *core, nacc_u32 i)
{
	return nacc_secrets_base(&core->layout) + i * PAGE_SIZE;
}

static nacc_u32 owner_of(const struct nacc_core *core, nacc_u32 i)
{
	return __atomic_load_n(&core->secrets[i].owner, __ATOMIC_ACQUIRE);
}

/* Number of the @nr-th page of a root, or NONE */
static nacc_u32 find(const struct nacc_core *core, const struct nacc_frame *root, nacc_u64 nr)
{
	for (nacc_u32 i = 0; i < core->layout.nr_secrets; i++)
		if (owner_of(core, i) == frame_index(core, root) &&
		    load32(&core->secrets[i].nr) == nr)
			return i;
	return NONE;
}

/* A page that is nobody's, if this tag may have one more, or NONE; with secrets_lock */
static nacc_u32 find_free(const struct nacc_core *core, const struct nacc_frame *root)
{
	nacc_u32 most = core->layout.nr_secrets / NACC_SECRETS_SHARE, free = NONE, owner;

	if (most < NACC_SECRET_PAGES)
		most = NACC_SECRET_PAGES;
	for (nacc_u32 i = 0; i < core->layout.nr_secrets; i++) {
		owner = owner_of(core, i);
		if (owner == NONE)
			free = i;
		else if (load64(&core->frames[owner].tag) == load64(&root->tag))
			most--;
		if (!most)
			return NONE;
	}
	return free;
}

/* It is zero, as all are that are nobody's. */
static nacc_u32 take(struct nacc_core *core, const struct nacc_frame *root, nacc_u32 nr)
{
	nacc_u32 i = find(core, root, nr);

	if (i != NONE)
		return i;
	nacc_lock(core, &core->secrets_lock);
	i = find_free(core, root);
	if (i != NONE) {
		set_field(&core->secrets[i].nr, nr);
		__atomic_store_n(&core->secrets[i].owner, frame_index(core, root),
				 __ATOMIC_RELEASE);
	}
	nacc_unlock(&core->secrets_lock);
	return i;
}

/* Of a root that the calling hart has, locked: it stays what it is. */
static long have(struct nacc_core *core, struct nacc_frame *root, nacc_u32 nr)
{
	struct nacc_frame *table = nacc_page_table(core, root);
	nacc_u64 *entries = table ? frame_entries(core, table) : 0, shown;
	nacc_u32 slot = SLOT + nr;

	/* What Linux says of the page's entry it is to say of this one. */
	shown = table ? load64(&entries[nacc_page_slot(0)]) : 0;
	if (!shown)
		return -ENXIO;
	if (take(core, root, nr) == NONE)
		return -ENOMEM;
	if (swap64(&entries[slot], 0, nacc_secret_leaf(core, root, slot) | (shown & PTE_RSW)))
		frame_count(table, 0, 1);
	return (long)(NACC_SECRET_VA + nr * PAGE_SIZE);
}

/* The root that the hart has, if its gate is enforced, or NULL */
static struct nacc_frame *enforced(const struct nacc_core *core, nacc_u64 satp)
{
	const struct nacc_frame *root = nacc_bound_at(core, nacc_satp_root(satp));
	const struct nacc_sbi_gate *gate = root ? nacc_gate_of(core, root) : 0;

	return gate && (load32(&gate->mode) & (NACC_GATE_MODE | NACC_GATE_PTRACE)) ==
		NACC_GATE_ENFORCE ? (struct nacc_frame *)root : 0;
}

long nacc_secret_call(struct nacc_core *core, nacc_u64 satp, nacc_u64 function, nacc_u64 nr)
{
	struct nacc_frame *root = enforced(core, satp);
	long ret;

	if (function != NACC_USER_SECRET)
		return -ENOSYS;
	if (!root)
		return -EPERM;
	if (nr >= NACC_SECRET_PAGES)
		return -EINVAL;
	nacc_lock(core, &root->lock);
	ret = have(core, root, (nacc_u32)nr);
	nacc_unlock(&root->lock);
	return ret;
}

int nacc_secret_opens(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va)
{
	const struct nacc_frame *root = enforced(core, satp);

	return root && va >= NACC_SECRET_VA &&
	       find(core, root, (va - NACC_SECRET_VA) >> PAGE_SHIFT) != NONE;
}

nacc_u64 nacc_secret_leaf(const struct nacc_core *core, const struct nacc_frame *root,
			  nacc_u32 slot)
{
	nacc_u32 i = slot < SLOT ? NONE : find(core, root, slot - SLOT);

	return i == NONE ? 0 : pa_of(core, i) >> PAGE_SHIFT << PTE_PPN_SHIFT | BITS;
}

void nacc_secrets_end(struct nacc_core *core, const struct nacc_frame *root)
{
	for (nacc_u32 i = 0; i < core->layout.nr_secrets; i++) {
		if (owner_of(core, i) != frame_index(core, root))
			continue;
		zero64(nacc_phys(pa_of(core, i)), NACC_SBI_ENTRIES);
		__atomic_store_n(&core->secrets[i].owner, NONE, __ATOMIC_RELEASE);
	}
}

nacc_u32 nacc_secrets_used(const struct nacc_core *core)
{
	nacc_u32 used = 0;

	for (nacc_u32 i = 0; i < core->layout.nr_secrets; i++)
		used += owner_of(core, i) != NONE;
	return used;
}
