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
#define EAGAIN	11
#define ENOMEM	12
#define EINVAL	22
#define NO_CALL	38	/* ENOSYS */

#define NONE	NACC_FRAME_NONE

/* Bits of its entry beside Linux's: none is left to be set by a walker. */
#define BITS	(PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D)

/* In the table of the page, behind its entry */
#define SLOT	(NACC_SECRET_VA >> PAGE_SHIFT & (NACC_SBI_ENTRIES - 1))

_Static_assert(NACC_SECRET_VA > NACC_PAGE_VA && NACC_SECRET_SPAN / PAGE_SIZE == NACC_SECRET_PAGES &&
	       NACC_SECRET_VA + NACC_SECRET_SPAN <= NACC_PAGE_VA + NACC_PAGE_SPAN,
	       "in the table of the page, behind it");

static nacc_u64 pa_of(const struct nacc_core *core, nacc_u32 i)
{
	return nacc_secrets_base(&core->layout) + i * NACC_SECRET_SPAN;
}

static nacc_u32 owner_of(const struct nacc_core *core, nacc_u32 i)
{
	return __atomic_load_n(&core->secrets[i].owner, __ATOMIC_ACQUIRE);
}

/* What a root has, by number, or NONE */
static nacc_u32 find(const struct nacc_core *core, const struct nacc_frame *root)
{
	/* Nobody has any: so it is nearly always, and this is asked at each turn. */
	nacc_u32 nr = load32(&core->secrets_used) ? core->layout.nr_secrets : 0;

	for (nacc_u32 i = 0; i < nr; i++)
		if (owner_of(core, i) == frame_index(core, root))
			return i;
	return NONE;
}

int nacc_secret_has(const struct nacc_core *core, const struct nacc_frame *root)
{
	return find(core, root) != NONE;
}

/* What is nobody's, if this tag may have one more, or NONE; with secrets_lock */
static nacc_u32 find_free(const struct nacc_core *core, const struct nacc_frame *root)
{
	nacc_u32 most = core->layout.nr_secrets / NACC_SECRETS_SHARE, free = NONE, owner;

	if (!most)
		most = 1;
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
static nacc_u32 take(struct nacc_core *core, const struct nacc_frame *root)
{
	nacc_u32 i = find(core, root);

	if (i != NONE)
		return i;
	nacc_lock(core, &core->secrets_lock);
	i = find_free(core, root);
	if (i != NONE) {
		set_field(&core->secrets[i].forfeit, 0);
		set_field(&core->secrets[i].fenced, 0);
		__atomic_store_n(&core->secrets[i].owner, frame_index(core, root),
				 __ATOMIC_RELEASE);
		__atomic_fetch_add(&core->secrets_used, 1, __ATOMIC_SEQ_CST);
	}
	nacc_unlock(&core->secrets_lock);
	if (i != NONE)
		nacc_contexts_keep(core, root);
	return i;
}

/* The root that the hart has, if its gate is all that it should be, or NULL */
static struct nacc_frame *enforced(const struct nacc_core *core, nacc_u64 satp)
{
	const struct nacc_frame *root = nacc_bound_at(core, nacc_satp_root(satp));
	const struct nacc_sbi_gate *gate = root ? nacc_gate_of(core, root) : 0;

	return gate && nacc_gate_is_strict(load32(&gate->mode)) ? (struct nacc_frame *)root : 0;
}

/* An mm that has just moved to it, or is about to leave it, is not all bound. */
static int is_bound(const struct nacc_frame *root)
{
	return load32(&root->slot) == NACC_BOUND;
}

/* Of a root that the calling hart has, locked: it stays what it is. */
static long have(struct nacc_core *core, struct nacc_frame *root, nacc_u64 satp, nacc_u32 nr)
{
	struct nacc_frame *table = nacc_page_table(core, root);
	nacc_u64 *entries = table ? frame_entries(core, table) : 0, shown, leaf;
	nacc_u32 i;

	/* What Linux says of the page's entry it is to say of this one. */
	shown = table ? load64(&entries[nacc_page_slot(0)]) : 0;
	if (!shown)
		return -ENXIO;
	/* Who has not been looked at may not be what it seems: see nacc_secret_lose(). */
	if (!is_bound(root) || nacc_contexts_adopted(core, root))
		return -EAGAIN;
	i = take(core, root);
	if (i == NONE)
		return -ENOMEM;
	/* Pairs with nacc_secrets_forfeit(): one of the two sees what the other has done. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!enforced(core, satp))
		set_field(&core->secrets[i].forfeit, 1);
	if (load32(&core->secrets[i].forfeit))
		return -EPERM;
	leaf = nacc_secret_leaf(core, root, SLOT + nr) | (shown & PTE_RSW);
	if (swap64(&entries[SLOT + nr], 0, leaf))
		frame_count(table, 0, 1);
	/* Linux is emptying the table, and may be behind this entry already. */
	if (!load64(&entries[nacc_page_slot(0)])) {
		if (swap64(&entries[SLOT + nr], leaf, 0))
			frame_count(table, 1, 0);
		return -ENXIO;
	}
	return (long)(NACC_SECRET_VA + nr * PAGE_SIZE);
}

long nacc_secret_call(struct nacc_core *core, nacc_u64 satp, nacc_u64 function, nacc_u64 nr)
{
	struct nacc_frame *root = enforced(core, satp);
	long ret;

	if (function != NACC_USER_SECRET)
		return -NO_CALL;
	if (!root)
		return -EPERM;
	if (nr >= NACC_SECRET_PAGES)
		return -EINVAL;
	nacc_lock(core, &root->lock);
	ret = have(core, root, satp, (nacc_u32)nr);
	nacc_unlock(&root->lock);
	return ret;
}

int nacc_secret_is_fenced(const struct nacc_core *core, nacc_u64 satp)
{
	const struct nacc_frame *root = nacc_bound_at(core, nacc_satp_root(satp));
	nacc_u32 i = root ? find(core, root) : NONE;

	return i == NONE || __atomic_load_n(&core->secrets[i].fenced, __ATOMIC_ACQUIRE);
}

void nacc_secret_fenced(struct nacc_core *core, nacc_u64 satp)
{
	const struct nacc_frame *root = nacc_bound_at(core, nacc_satp_root(satp));
	nacc_u32 i = root ? find(core, root) : NONE;

	if (i != NONE)
		__atomic_store_n(&core->secrets[i].fenced, 1, __ATOMIC_RELEASE);
}

nacc_u64 nacc_secret_of(const struct nacc_core *core, nacc_u64 satp)
{
	const struct nacc_frame *root = nacc_bound_at(core, nacc_satp_root(satp));
	nacc_u32 i = root ? find(core, root) : NONE;

	return i == NONE ? 0 : pa_of(core, i);
}

nacc_u64 nacc_secret_opens(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va)
{
	const struct nacc_frame *root;
	nacc_u32 i;

	if (va - NACC_SECRET_VA >= NACC_SECRET_SPAN)
		return 0;
	root = enforced(core, satp);
	i = root && is_bound(root) ? find(core, root) : NONE;
	return i == NONE || load32(&core->secrets[i].forfeit) ? 0 : pa_of(core, i);
}

nacc_u64 nacc_secret_leaf(const struct nacc_core *core, const struct nacc_frame *root,
			  nacc_u32 slot)
{
	nacc_u32 i = slot - SLOT < NACC_SECRET_PAGES ? find(core, root) : NONE;

	if (i == NONE)
		return 0;
	return (pa_of(core, i) + (slot - SLOT) * PAGE_SIZE) >> PAGE_SHIFT << PTE_PPN_SHIFT | BITS;
}

void nacc_secrets_forfeit(struct nacc_core *core, const struct nacc_frame *record)
{
	nacc_u32 owner;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (nacc_u32 i = 0; i < core->layout.nr_secrets; i++) {
		owner = owner_of(core, i);
		if (owner != NONE && nacc_record_of(core, &core->frames[owner]) == record)
			set_field(&core->secrets[i].forfeit, 1);
	}
}

void nacc_secret_lose(struct nacc_core *core, const struct nacc_frame *root)
{
	nacc_u32 i = find(core, root);

	if (i != NONE)
		set_field(&core->secrets[i].forfeit, 1);
}

void nacc_secrets_wipe(const struct nacc_core *core)
{
	for (nacc_u32 i = 0; i < core->layout.nr_secrets; i++)
		zero64(nacc_phys(pa_of(core, i)), NACC_SECRET_SPAN / sizeof(nacc_u64));
}

void nacc_secrets_end(struct nacc_core *core, const struct nacc_frame *root)
{
	nacc_u32 i = find(core, root);

	if (i == NONE)
		return;
	zero64(nacc_phys(pa_of(core, i)), NACC_SECRET_SPAN / sizeof(nacc_u64));
	__atomic_fetch_sub(&core->secrets_used, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&core->secrets[i].owner, NONE, __ATOMIC_RELEASE);
}
