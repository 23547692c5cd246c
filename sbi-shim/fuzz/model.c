// SPDX-License-Identifier: BSD-2-Clause
/*
 * What must come of a step, written from nacc_sbi.h and DESIGN.md section 5, not
 * from the core.
 */
#include "model.h"

struct model mo;

void bad(const char *what, nacc_u64 a, nacc_u64 b)
{
	fprintf(stderr, "model: %s: %#llx, %#llx\n", what,
		(unsigned long long)a, (unsigned long long)b);
	abort();
}

void same(const char *what, nacc_u64 is, nacc_u64 wanted)
{
	if (is != wanted)
		bad(what, is, wanted);
}

void expect(const char *what, struct nacc_ret ret, long error, unsigned int reason)
{
	same(what, ret.error, error);
	same(what, ret.value, reason);
}

nacc_u64 frame_pa_of(int i)
{
	return m.core.frame_base + (nacc_u64)i * PAGE;
}

static int touches(nacc_u64 a, nacc_u64 size, nacc_u64 b, nacc_u64 bsize)
{
	/* No sums: distances. */
	return a >= b ? a - b < bsize : b - a < size;
}

static unsigned int leaf_rule(nacc_u64 pte, int level)
{
	nacc_u64 pa = PTE_TO_PA(pte), size = PAGE, at;

	for (int i = 0; i < level; i++)
		size *= 512;
	/* N: 16 pages, named by the ninth of them. PBMT: one of its bits. */
	if (pte >> 63) {
		if (!(mo.leaves & NACC_LEAF_NAPOT) || level || (pa >> 12 & 0xf) != 0x8)
			return NACC_REASON_RESERVED_BITS;
		size = 16 * PAGE;
		pa -= 8 * PAGE;
	}
	if (pte >> 61 & 3 && (!(mo.leaves & NACC_LEAF_PBMT) || (pte >> 61 & 3) == 3))
		return NACC_REASON_RESERVED_BITS;
	if ((pte >> 54 & 0x7f) || (pte & G) || ((pte & W) && !(pte & R)))
		return NACC_REASON_RESERVED_BITS;
	if (!(pte & U))
		return NACC_REASON_NOT_USER;
	if (pa % size)
		return NACC_REASON_SUPERPAGE;
	if (touches(pa, size, POOL_BASE, REGION))
		return NACC_REASON_LEAF_POOL;
	if (touches(pa, size, FW_BASE, FW_SIZE))
		return NACC_REASON_LEAF_FIRMWARE;
	for (at = IMAGE_BASE; at < IMAGE_BASE + IMAGE_SIZE; at += PAGE) {
		if (!touches(pa, size, at, PAGE) || (at - FREED_BASE < FREED_SIZE))
			continue;
		if (size > PAGE || (pte & W) ||
		    (at - VDSO_BASE >= VDSO_SIZE && at != IMAGE_BASE + 0x20000))
			return NACC_REASON_LEAF_KERNEL;
	}
	return 0;
}

int page_ok(nacc_u64 pa)
{
	return !(pa % PAGE) && pa >= RAM_BASE && pa < RAM_BASE + RAM_SIZE &&
	       pa - FW_BASE >= FW_SIZE && pa - POOL_BASE >= REGION &&
	       (pa - IMAGE_BASE >= IMAGE_SIZE || pa - FREED_BASE < FREED_SIZE);
}

int index_of(nacc_u64 pa)
{
	nacc_u64 i = (pa - m.core.frame_base) / PAGE;

	return pa >= m.core.frame_base && i < (nacc_u64)mo.nr ? (int)i : NO;
}

int is_table(int i)
{
	return i != NO && (mo.f[i].kind == K_TABLE || mo.f[i].kind == K_ROOT);
}

int kernel_half(int i, int slot)
{
	return mo.f[i].kind == K_ROOT && slot > 255;
}

/* The table that this entry of frame i links, by the model's own records. */
int child_at(int i, int slot)
{
	for (int c = 0; c < mo.nr; c++)
		if (mo.f[c].kind == K_TABLE && mo.f[c].parent == i &&
		    mo.f[c].slot == slot)
			return c;
	return NO;
}

/* May frame i, of that level and owner, hold @val in @slot? */
struct outcome rule(int i, int level, int owner, int slot, int root_half,
		    int linked, nacc_u64 val)
{
	struct outcome o = { .child = NO, .dropped = linked };
	nacc_u64 pa = PTE_TO_PA(val);

	if (root_half) {
		o.dropped = NO;
		o.reason = val == entry(KERNEL_ROOT, slot) ?
			   0 : NACC_REASON_KERNEL_HALF;
		return o;
	}
	o.reason = i == NO ? 0 : place_rule(i, slot, val);
	if (o.reason || !(val & V) || (i != NO && mo.f[i].is_page))
		return o;
	if (val & (R | W | X)) {
		o.reason = leaf_rule(val, level);
		return o;
	}
	if (val >> 54 || (val & (U | G | A | D))) {
		o.reason = NACC_REASON_RESERVED_BITS;
	} else if (!level) {
		o.reason = NACC_REASON_LEVEL;
	} else if (linked != NO && frame_pa_of(linked) == pa) {
		o.dropped = NO;
	} else if (pa - POOL_BASE >= REGION) {
		o.adopt = 1;
		o.reason = page_ok(pa) ? 0 : NACC_REASON_LINK_NOT_RAM;
	} else {
		o.child = index_of(pa);
		if (o.child == NO || mo.f[o.child].kind != K_TABLE)
			o.reason = NACC_REASON_NOT_A_TABLE;
		else if (mo.f[o.child].owner != owner)
			o.reason = NACC_REASON_OWNER;
		else if (mo.f[o.child].level != level - 1)
			o.reason = NACC_REASON_LEVEL;
		else if (mo.f[o.child].parent != NO)
			o.reason = NACC_REASON_DOUBLE_LINK;
	}
	return o;
}

int any_of(enum kind kind)
{
	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == kind)
			return i;
	return NO;
}

/* Did the entry @whole map, or name, what this one does, number @slot of its parts? */
static int part_of(nacc_u64 whole, nacc_u64 pte, int level, int slot)
{
	nacc_u64 pa = PTE_TO_PA(pte);

	if (!pte || (whole && !(pte & (V | R | W | X | G))))
		return 1;
	if ((whole & (R | W | X)) &&
	    pa - PTE_TO_PA(whole) == (nacc_u64)slot * (PAGE << (9 * level)))
		return 1;
	return !level && (pte & R) && !(pte & W) && pa >= VDSO_BASE && pa < VDSO_BASE + VDSO_SIZE;
}

/* Why a page may not become a table; links it may hold if there is no @whole. */
unsigned int copy_rule(nacc_u64 source, int nr, int level, int owner, const nacc_u64 *whole)
{
	const nacc_u64 *e = page_at(source);
	int seen[FRAMES_MAX] = { 0 };

	for (int s = 0; s < nr; s++) {
		int link = (e[s] & V) && !(e[s] & (R | W | X));
		struct outcome o;

		if (link && level && whole)
			return NACC_REASON_NESTED;
		o = rule(NO, level, owner, s, 0, NO, e[s]);
		if (o.reason)
			return o.reason;
		if (o.adopt)
			return NACC_REASON_NESTED;
		if (o.child != NO && seen[o.child]++)
			return NACC_REASON_DOUBLE_LINK;
		if (whole && !part_of(*whole, e[s], level, s))
			return NACC_REASON_BAD_ADDRESS;
	}
	return 0;
}

void copy_in(int i, nacc_u64 source, int nr)
{
	const nacc_u64 *e = page_at(source);

	for (int s = 0; s < nr; s++) {
		int c = index_of(PTE_TO_PA(e[s]));

		mo.f[i].e[s] = e[s];
		if ((e[s] & V) && !(e[s] & (R | W | X))) {
			mo.f[c].parent = i;
			mo.f[c].slot = s;
		}
	}
}

/* The core has taken this frame: it must have been armed. */
int take(nacc_u64 pa, enum kind kind, int level, int owner)
{
	int i = index_of(pa);

	if (i == NO || pa % PAGE || mo.f[i].kind != K_ARMED)
		bad("took a frame that was not armed", pa, i);
	mo.f[i].kind = kind;
	mo.f[i].level = level;
	mo.f[i].owner = owner == NO ? i : owner;
	mo.f[i].parent = NO;
	mo.f[i].first = NO;
	mo.f[i].next = NO;
	mo.f[i].page = NO;
	mo.f[i].paired = 0;
	mo.f[i].is_page = 0;
	return i;
}

void release(int i)
{
	mo.f[i].kind = K_RELEASED;
	mo.f[i].parent = NO;
	mo.f[i].epoch = mo.epoch;
}

void orphan(int i)
{
	for (int c = 0; c < mo.nr; c++)
		if (mo.f[c].kind == K_TABLE && mo.f[c].parent == i)
			mo.f[c].parent = NO;
}

int exact(nacc_u64 pa, int roots, int tables)
{
	int i = pa % PAGE ? NO : index_of(pa);

	if (i != NO && ((roots && mo.f[i].kind == K_ROOT) ||
			(tables && mo.f[i].kind == K_TABLE)))
		return i;
	return NO;
}

nacc_u64 result_of(unsigned int op, nacc_u64 old, nacc_u64 x)
{
	switch (op) {
	case NACC_OP_ADD:
		return old + x;
	case NACC_OP_XOR:
		return old ^ x;
	case NACC_OP_AND:
		return old & x;
	case NACC_OP_OR:
		return old | x;
	case NACC_OP_MIN:
		return (long)old < (long)x ? old : x;
	case NACC_OP_MAX:
		return (long)old > (long)x ? old : x;
	case NACC_OP_MINU:
		return old < x ? old : x;
	case NACC_OP_MAXU:
		return old > x ? old : x;
	default:
		return x;
	}
}

unsigned int access_rule(const struct nacc_access *a, int i)
{
	if (a->decode_reason)
		return NACC_REASON_NOT_A_STORE;
	if (a->decoded.width != 8)
		return NACC_REASON_WIDTH;
	/* The fault may name the second part of a store only. */
	if (a->pa % 8 || a->va - a->base != (nacc_u64)(long)a->decoded.imm)
		return NACC_REASON_MISALIGNED;
	if (!a->supervisor)
		return NACC_REASON_PRIVILEGE;
	return is_table(i) ? 0 : NACC_REASON_NOT_A_TABLE;
}

/* What must come of the store if nobody interferes any more. */
struct outcome store_rule(const struct nacc_access *a, int i, int slot, nacc_u64 val)
{
	int half = kernel_half(i, slot), owner = mo.f[i].owner;
	struct outcome o;

	o = rule(i, mo.f[i].level, owner, slot, half, child_at(i, slot), val);
	if (mo.f[owner].building ||
	    (mo.f[owner].retiring && (val & V) && !half))
		o.reason = NACC_REASON_AS_STATE;
	else if (seal_rule(i, slot, val))
		o.reason = NACC_REASON_SEALED;
	if (!o.reason && a->pc == OTHER_PC &&
	    mo.flags == NACC_PROVENANCE_ENFORCE)
		o.reason = NACC_REASON_PROVENANCE;
	if (!o.reason && o.adopt && any_of(K_ARMED) == NO)
		o.reason = NACC_REASON_EXHAUSTED;
	if (!o.reason && o.adopt)
		o.reason = copy_rule(PTE_TO_PA(val), 512, mo.f[i].level - 1,
				     owner, &mo.f[i].e[slot]);
	return o;
}

void commit(const struct outcome *o, int i, int slot, nacc_u64 val)
{
	int c = o->child;

	if (o->dropped != NO)
		mo.f[o->dropped].parent = NO;
	if (o->adopt) {
		nacc_u64 now = entry(frame_pa_of(i), slot);

		c = take(PTE_TO_PA(now), K_TABLE, mo.f[i].level - 1,
			 mo.f[i].owner);
		copy_in(c, PTE_TO_PA(val), 512);
		mo.f[c].undrained = 1;
		mo.f[c].original = PTE_TO_PA(val);
		mo.queued++;
		val = (val & ~(0xfffffffffffUL << 10)) | LINK(frame_pa_of(c));
	}
	if (c != NO) {
		mo.f[c].parent = i;
		mo.f[c].slot = slot;
	}
	mo.f[i].e[slot] = val;
}
