// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sequences of calls, trapped stores, walker updates and fences, against a model
 * of what should come of them. The model is written from nacc_sbi.h and
 * DESIGN.md section 5, not from the core: it keeps a copy of every frame and says
 * before each step what the answer must be. After each step memory, frame types
 * and links of the core must be the model's, and tests/checker.c must be content.
 *
 * The one thing the model does not foresee is which armed frame is taken: any.
 */
#include "machine.h"

#define FRAMES_MAX	64
#define NO		(-1)
#define SCRATCH		8	/* pages of S-mode that calls and links name */
#define REGION		(1UL << 18)

enum kind { K_FREE, K_ARMED, K_ROOT, K_TABLE, K_RELEASED };

struct mframe {
	enum kind kind;
	int owner, level, parent, slot;
	int building, retiring, undrained;
	nacc_u64 original, epoch;
	nacc_u64 e[512];
};

static struct {
	struct mframe f[FRAMES_MAX];
	int nr, top, flags;
	unsigned int leaves;
	nacc_u64 epoch, fenced;
	int queue[FRAMES_MAX], queued;
} mo;

static const unsigned char *in;
static size_t left;
static nacc_u64 scratch_pa[SCRATCH];

static void bad(const char *what, nacc_u64 a, nacc_u64 b)
{
	fprintf(stderr, "model: %s: %#llx, %#llx\n", what,
		(unsigned long long)a, (unsigned long long)b);
	abort();
}

static void same(const char *what, nacc_u64 is, nacc_u64 wanted)
{
	if (is != wanted)
		bad(what, is, wanted);
}

/* Input ------------------------------------------------------------------- */

static unsigned int byte(void)
{
	if (!left)
		return 0;
	left--;
	return *in++;
}

static unsigned int below(unsigned int n)
{
	return byte() % n;
}

static nacc_u64 wild(void)
{
	nacc_u64 v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | byte();
	return v;
}

static nacc_u64 odd_address(void)
{
	static const nacc_u64 odd[] = {
		0, FW_BASE, FW_BASE + FW_SIZE, IMAGE_BASE, KERNEL_ROOT, VDSO_BASE,
		FREED_BASE, FREED_BASE + FREED_SIZE, IMAGE_BASE + IMAGE_SIZE - PAGE,
		POOL_BASE - PAGE, POOL_BASE, POOL_BASE + REGION,
		RAM_BASE + RAM_SIZE, -PAGE, 1UL << 55, 1UL << 63,
	};
	unsigned int i = below(ARRAY_SIZE(odd) + 1);

	return i < ARRAY_SIZE(odd) ? odd[i] : wild();
}

static nacc_u64 frame_pa_of(int i)
{
	return m.core.frame_base + (nacc_u64)i * PAGE;
}

/* An address for an argument: mostly a frame or a scratch page. */
static nacc_u64 address(void)
{
	unsigned int k = byte();

	if (k < 160)
		return frame_pa_of(k % mo.nr);
	if (k < 240)
		return scratch_pa[k % SCRATCH];
	return odd_address() + (k & 1 ? 0 : below(8));
}

static nacc_u64 scratch_arg(void)
{
	unsigned int k = byte();

	return k < 245 ? scratch_pa[k % SCRATCH] : odd_address();
}

static nacc_u64 slot_arg(void)
{
	static const int slots[] = { 0, 1, 2, 3, 255, 256, 257, 258, 511 };
	unsigned int i = below(16);

	return i < ARRAY_SIZE(slots) ? slots[i] : below(256) * 2;
}

static nacc_u64 pte_arg(void)
{
	switch (below(11)) {
	case 0:
		return 0;
	case 9:
		/* N, PBMT, and what is 64 KiB around something odd */
		return PTE(below(4) ? (odd_address() & -16 * PAGE) + 8 * PAGE : wild(),
			   V | U | (below(16) & (R | W | X | G))) | (nacc_u64)below(8) << 61;
	case 1:
	case 2:
		return PTE(DATA_PAGE + below(16) * PAGE, USER_RW);
	case 3:
		return PTE(DATA_PAGE, (nacc_u64)below(256) | (byte() & 3) << 8);
	case 4:
	case 5:
		return LINK(frame_pa_of(below(mo.nr)));
	case 6:
		return LINK(scratch_arg());
	case 7:
		return PTE(odd_address(), (nacc_u64)below(256) | V);
	case 8:
		return PTE(below(16) * 0x8000000000UL, USER_RW);
	default:
		return wild();
	}
}

/* The rules ---------------------------------------------------------------- */

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

static int page_ok(nacc_u64 pa)
{
	return !(pa % PAGE) && pa >= RAM_BASE && pa < RAM_BASE + RAM_SIZE &&
	       pa - FW_BASE >= FW_SIZE && pa - POOL_BASE >= REGION &&
	       (pa - IMAGE_BASE >= IMAGE_SIZE || pa - FREED_BASE < FREED_SIZE);
}

static int index_of(nacc_u64 pa)
{
	nacc_u64 i = (pa - m.core.frame_base) / PAGE;

	return pa >= m.core.frame_base && i < (nacc_u64)mo.nr ? (int)i : NO;
}

static int is_table(int i)
{
	return i != NO && (mo.f[i].kind == K_TABLE || mo.f[i].kind == K_ROOT);
}

static int kernel_half(int i, int slot)
{
	return mo.f[i].kind == K_ROOT && slot > 255;
}

/* The table that this entry of frame i links, by the model's own records. */
static int child_at(int i, int slot)
{
	for (int c = 0; c < mo.nr; c++)
		if (mo.f[c].kind == K_TABLE && mo.f[c].parent == i &&
		    mo.f[c].slot == slot)
			return c;
	return NO;
}

struct outcome {
	unsigned int reason;
	int child;	/* linked */
	int dropped;	/* unlinked */
	int adopt;
};

/* May frame i, of that level and owner, hold @val in @slot? */
static struct outcome rule(int i, int level, int owner, int slot, int root_half,
			   int linked, nacc_u64 val)
{
	struct outcome o = { .child = NO, .dropped = linked };
	nacc_u64 pa = PTE_TO_PA(val);

	(void)i;
	if (root_half) {
		o.dropped = NO;
		o.reason = val == entry(KERNEL_ROOT, slot) ?
			   0 : NACC_REASON_KERNEL_HALF;
		return o;
	}
	if (!(val & V))
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

static int any_of(enum kind kind)
{
	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == kind)
			return i;
	return NO;
}

/* Why a page may not become a table; links it may hold if @nested. */
static unsigned int copy_rule(nacc_u64 source, int nr, int level, int owner,
			      int nested)
{
	const nacc_u64 *e = page_at(source);
	int seen[FRAMES_MAX] = { 0 };

	for (int s = 0; s < nr; s++) {
		int link = (e[s] & V) && !(e[s] & (R | W | X));
		struct outcome o;

		if (link && level && !nested)
			return NACC_REASON_NESTED;
		o = rule(NO, level, owner, s, 0, NO, e[s]);
		if (o.reason)
			return o.reason;
		if (o.adopt)
			return NACC_REASON_NESTED;
		if (o.child != NO && seen[o.child]++)
			return NACC_REASON_DOUBLE_LINK;
	}
	return 0;
}

static void copy_in(int i, nacc_u64 source, int nr)
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
static int take(nacc_u64 pa, enum kind kind, int level, int owner)
{
	int i = index_of(pa);

	if (i == NO || pa % PAGE || mo.f[i].kind != K_ARMED)
		bad("took a frame that was not armed", pa, i);
	mo.f[i].kind = kind;
	mo.f[i].level = level;
	mo.f[i].owner = owner == NO ? i : owner;
	mo.f[i].parent = NO;
	return i;
}

static void release(int i)
{
	mo.f[i].kind = K_RELEASED;
	mo.f[i].parent = NO;
	mo.f[i].epoch = mo.epoch;
}

static void orphan(int i)
{
	for (int c = 0; c < mo.nr; c++)
		if (mo.f[c].kind == K_TABLE && mo.f[c].parent == i)
			mo.f[c].parent = NO;
}

/* Stores ------------------------------------------------------------------- */

static int races;

static void flip_a(unsigned long *entry)
{
	int i = index_of((nacc_u64)((nacc_u8 *)entry - m.ram) + RAM_BASE);

	if (!races || !(*entry & V) || !(*entry & (R | W | X)) || i == NO)
		return;
	races--;
	*entry ^= A;
	mo.f[i].e[((uintptr_t)entry & 0xfff) / 8] ^= A;
}

static nacc_u64 result_of(unsigned int op, nacc_u64 old, nacc_u64 x)
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

static unsigned int access_rule(const struct nacc_access *a, int i)
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
static struct outcome store_rule(const struct nacc_access *a, int i, int slot,
				 nacc_u64 val)
{
	int half = kernel_half(i, slot), owner = mo.f[i].owner;
	struct outcome o;

	o = rule(i, mo.f[i].level, owner, slot, half, child_at(i, slot), val);
	if (mo.f[owner].building ||
	    (mo.f[owner].retiring && (val & V) && !half))
		o.reason = NACC_REASON_AS_STATE;
	if (!o.reason && a->pc == OTHER_PC &&
	    mo.flags == NACC_PROVENANCE_ENFORCE)
		o.reason = NACC_REASON_PROVENANCE;
	if (!o.reason && o.adopt && any_of(K_ARMED) == NO)
		o.reason = NACC_REASON_EXHAUSTED;
	if (!o.reason && o.adopt)
		o.reason = copy_rule(PTE_TO_PA(val), 512, mo.f[i].level - 1,
				     owner, 0);
	return o;
}

static void commit(const struct outcome *o, int i, int slot, nacc_u64 val)
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
		mo.queue[mo.queued++] = c;
		val = (val & ~(0xfffffffffffUL << 10)) | LINK(frame_pa_of(c));
	}
	if (c != NO) {
		mo.f[c].parent = i;
		mo.f[c].slot = slot;
	}
	mo.f[i].e[slot] = val;
}

static void step_store(void)
{
	struct nacc_access a = access_of(below(10), address(), pte_arg());
	struct nacc_verdict v = { .skip = 9 };
	unsigned int quirk = byte(), want, got;
	struct outcome o = { .child = NO, .dropped = NO };
	nacc_u64 unknown = stat(NACC_STAT_UNKNOWN);
	nacc_u64 skipped = stat(NACC_STAT_SKIPPED);
	int slot = slot_arg(), i, mine;

	a.pa += slot * 8;
	if (quirk & 1 && quirk & 2)
		a.pc = OTHER_PC;
	if (quirk > 250)
		a.supervisor = 0;
	if (quirk > 240 && quirk < 246)
		a.decoded.width = 1 << (quirk & 3);
	if (quirk == 240)
		a.decode_reason = NACC_REASON_NOT_A_STORE;
	if (quirk == 239)
		a.pa += below(8);
	a.hart = below(130);
	a.decoded.imm = byte() - 128;
	a.base -= a.decoded.imm;
	if (quirk == 238)
		a.base -= 1 + below(7);
	i = index_of(a.pa);
	slot = a.pa / 8 % 512;
	mine = a.pc != OTHER_PC && a.supervisor && !a.decode_reason;

	/* A and D change under it, but an adoption that loses is its own test. */
	want = access_rule(&a, i);
	races = 0;
	if (!want) {
		o = store_rule(&a, i, slot,
			       result_of(a.decoded.op, mo.f[i].e[slot], a.operand));
		races = o.adopt ? 0 : below(7);
	}
	race = flip_a;
	got = nacc_store(&m.core, &a, &v);
	race = NULL;
	if (!want) {
		/* mo.f[i].e[slot] has had the flips that took place. */
		nacc_u64 old = mo.f[i].e[slot];

		same("old", v.old, old);
		o = store_rule(&a, i, slot,
			       result_of(a.decoded.op, old, a.operand));
		want = o.reason;
		if (!want && got == want)
			commit(&o, i, slot,
			       result_of(a.decoded.op, old, a.operand));
	}
	same("store", got, want);
	same("skip", v.skip, got && mine);
	same("skipped", stat(NACC_STAT_SKIPPED), skipped + (got && mine));
	same("unknown", stat(NACC_STAT_UNKNOWN),
	     unknown + (!got && a.pc == OTHER_PC));
}

/* Calls -------------------------------------------------------------------- */

static void expect(const char *what, struct nacc_ret ret, long error,
		   unsigned int reason)
{
	same(what, ret.error, error);
	same(what, ret.value, reason);
}

static int exact(nacc_u64 pa, int roots, int tables)
{
	int i = pa % PAGE ? NO : index_of(pa);

	if (i != NO && ((roots && mo.f[i].kind == K_ROOT) ||
			(tables && mo.f[i].kind == K_TABLE)))
		return i;
	return NO;
}

static void range_call(int fid, nacc_u64 first, nacc_u64 count)
{
	struct nacc_ret ret = call(fid, first, count, 0);
	nacc_u64 max = fid == NACC_SBI_RECLAIM ? 64 : 512, done = 0;

	if (!count || count > max) {
		expect("count", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return;
	}
	if (first >= (nacc_u64)mo.nr || count > mo.nr - first) {
		expect("range", ret, NACC_SBI_ERR_BAD_RANGE,
		       NACC_REASON_BAD_COUNT);
		return;
	}
	for (nacc_u64 i = first; i < first + count; i++) {
		struct mframe *f = &mo.f[i];

		if (fid == NACC_SBI_ARM && f->kind == K_FREE) {
			f->kind = K_ARMED;
		} else if (fid == NACC_SBI_DISARM && f->kind == K_ARMED) {
			f->kind = K_FREE;
		} else if (fid == NACC_SBI_RECLAIM && f->kind == K_RELEASED &&
			   f->epoch <= mo.fenced && !f->undrained) {
			memset(f, 0, sizeof(*f));
			f->owner = NO;
			f->parent = NO;
		} else {
			continue;
		}
		done++;
	}
	expect("done", ret, 0, done);
}

static void call_create(void)
{
	int armed = any_of(K_ARMED) != NO, i;
	struct nacc_ret ret = call(NACC_SBI_AS_CREATE, 0, 0, 0);

	if (!armed) {
		expect("create", ret, NACC_SBI_ERR_NO_SHMEM,
		       NACC_REASON_EXHAUSTED);
		return;
	}
	same("create", ret.error, 0);
	i = take(ret.value, K_ROOT, mo.top, NO);
	mo.f[i].building = 1;
	for (int s = 256; s < 512; s++)
		mo.f[i].e[s] = entry(KERNEL_ROOT, s);
}

static void call_adopt(void)
{
	nacc_u64 pa = address(), level = below(6), page = scratch_arg();
	int root = exact(pa, 1, 0), armed = any_of(K_ARMED) != NO, i;
	unsigned int why;
	struct nacc_ret ret;

	if (level == 5)
		level = wild();
	why = page_ok(page) && level < (nacc_u64)mo.top && root != NO ?
	      copy_rule(page, 512, level, root, 1) : 0;
	ret = call(NACC_SBI_TABLE_ADOPT, pa, level, page);
	if (root == NO || !page_ok(page)) {
		expect("adopt", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (!mo.f[root].building) {
		expect("adopt", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (level >= (nacc_u64)mo.top) {
		expect("adopt", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	} else if (!armed) {
		expect("adopt", ret, NACC_SBI_ERR_NO_SHMEM,
		       NACC_REASON_EXHAUSTED);
	} else if (why) {
		expect("adopt", ret, NACC_SBI_ERR_DENIED, why);
	} else {
		same("adopt", ret.error, 0);
		i = take(ret.value, K_TABLE, level, root);
		copy_in(i, page, 512);
	}
}

static void call_fill(void)
{
	nacc_u64 pa = address(), page = scratch_arg();
	int root = exact(pa, 1, 0);
	unsigned int why = page_ok(page) && root != NO ?
			   copy_rule(page, 256, mo.top, root, 1) : 0;
	struct nacc_ret ret = call(NACC_SBI_AS_FILL, pa, page, 0);

	if (root == NO || !page_ok(page)) {
		expect("fill", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (!mo.f[root].building) {
		expect("fill", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (why) {
		expect("fill", ret, NACC_SBI_ERR_DENIED, why);
	} else {
		expect("fill", ret, 0, 0);
		copy_in(root, page, 256);
		mo.f[root].building = 0;
	}
}

static void call_merge(void)
{
	nacc_u64 pa = address(), page = scratch_arg(), changed = 0;
	int i = exact(pa, 1, 1);
	struct nacc_ret ret = call(NACC_SBI_MERGE_AD, pa, page, 0);
	const nacc_u64 *src;

	if (i == NO || !page_ok(page)) {
		expect("merge", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (mo.f[mo.f[i].owner].building || mo.f[mo.f[i].owner].retiring) {
		expect("merge", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	src = page_at(page);
	for (int s = 0; s < (mo.f[i].kind == K_ROOT ? 256 : 512); s++) {
		nacc_u64 *e = &mo.f[i].e[s], ad = src[s] & (A | D) & ~*e;

		if (!(*e & V) || !(*e & (R | W | X)) || !ad ||
		    (*e | A | D) != (src[s] | A | D))
			continue;
		*e |= ad;
		changed++;
	}
	expect("merge", ret, 0, changed);
}

static void call_retire(void)
{
	nacc_u64 pa = address(), list = below(4) ? 0 : wild() | 1;
	int root = exact(pa, 1, 0);
	struct nacc_ret ret = call(NACC_SBI_AS_RETIRE, pa, list, 0);

	if (root == NO) {
		expect("retire", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (list) {
		expect("retire", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (!mo.f[root].retiring) {
		orphan(root);
		memset(mo.f[root].e, 0, 256 * 8);
		mo.f[root].retiring = 1;
		mo.f[root].building = 0;
	}
	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == K_TABLE && mo.f[i].owner == root)
			release(i);
	release(root);
	same("retire", ret.error, 0);
	same("retire", ret.value, NACC_SBI_RETIRE_DONE);
}

static void call_release(void)
{
	nacc_u64 pa = address();
	nacc_u64 set = below(4) ? below(16) : wild();
	int first = exact(pa, 0, 1);
	struct nacc_ret ret = call(NACC_SBI_TABLE_RELEASE, pa, set, 0);
	enum nacc_reason why = NACC_REASON_NONE;

	if (first == NO) {
		expect("release", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	set |= 1;
	/* What is wrong first is the reason. */
	for (int n = 0; !why && n < 64; n++)
		if (set >> n & 1)
			why = first + n >= mo.nr ? NACC_REASON_BAD_COUNT :
			      mo.f[first + n].kind != K_TABLE ? NACC_REASON_BAD_ADDRESS :
			      mo.f[first + n].parent != NO ? NACC_REASON_LINKED : why;
	expect("release", ret, !why ? 0 :
	       why == NACC_REASON_LINKED ? NACC_SBI_ERR_INVALID_STATE :
	       why == NACC_REASON_BAD_COUNT ? NACC_SBI_ERR_INVALID_PARAM :
	       NACC_SBI_ERR_INVALID_ADDRESS, why);
	for (int n = 0; !why && n < 64; n++)
		if (set >> n & 1) {
			orphan(first + n);
			release(first + n);
		}
}

static void call_drain(void)
{
	nacc_u64 page = scratch_arg();
	struct nacc_ret ret = call(NACC_SBI_DRAIN, page, 0, 0);
	const struct nacc_sbi_adoption *rec;

	if (!page_ok(page)) {
		expect("drain", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	expect("drain", ret, 0, mo.queued);
	rec = (void *)page_at(page);
	for (int n = 0; n < mo.queued; n++) {
		struct mframe *f = &mo.f[mo.queue[n]];

		same("twin", rec[n].twin, frame_pa_of(mo.queue[n]));
		same("original", rec[n].original, f->original);
		same("root", rec[n].root, frame_pa_of(f->owner));
		f->undrained = 0;
		f->original = 0;
	}
	mo.queued = 0;
}

static void call_check(void)
{
	nacc_u64 pa = address(), live = 0;
	int i = exact(pa, 1, 1);
	struct nacc_ret ret = call(NACC_SBI_TABLE_CHECK, pa, 0, 0);

	if (i == NO) {
		expect("check", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (mo.f[mo.f[i].owner].retiring) {
		expect("check", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else {
		for (int s = 0; s < (mo.f[i].kind == K_ROOT ? 256 : 512); s++)
			live += mo.f[i].e[s] != 0;
		expect("check", ret, 0, live);
	}
}

/* Calls on many entries ------------------------------------------------------ */

struct batch {
	int fid, i;
	nacc_u64 first, nr, arg;
	nacc_u64 wanted[512], expected[512];
	nacc_u64 done, left;
	unsigned int reason;
};

static int is_leaf(nacc_u64 pte)
{
	return (pte & V) && (pte & (R | W | X));
}

/* What the entry is to become; false if it stays. */
static int new_entry(const struct batch *b, int s, nacc_u64 old, nacc_u64 *val)
{
	switch (b->fid) {
	case NACC_SBI_TAKE:
		*val = 0;
		return old & V;
	case NACC_SBI_WRITE_PROTECT:
		*val = old & ~W;
		return is_leaf(old) && (old & W);
	case NACC_SBI_PROTECT:
		*val = (old & ~(V | R | W | X | U | G)) | b->arg;
		return (old & V) && !(old >> 54) && *val != old;
	default:
		*val = b->wanted[s];
		if (*val == b->expected[s])
			return 0;
		if (old == b->expected[s])
			return 1;
		*val |= old & (A | D);
		return is_leaf(old) && is_leaf(b->wanted[s]) &&
		       PTE_TO_PA(old) == PTE_TO_PA(b->wanted[s]) &&
		       (b->expected[s] | (old & (A | D))) == old;
	}
}

static int is_left(const struct batch *b, int s, nacc_u64 old)
{
	switch (b->fid) {
	case NACC_SBI_TAKE:
		return old != 0;
	case NACC_SBI_PROTECT:
		return old && old != ((old & ~(V | R | W | X | U | G)) | b->arg);
	case NACC_SBI_EXCHANGE:
		return b->wanted[s] != b->expected[s];
	default:
		return 0;
	}
}

static void batch_model(struct batch *b)
{
	for (int s = b->first; s < (int)(b->first + b->nr) && !b->reason; s++) {
		nacc_u64 old = mo.f[b->i].e[s], val;

		if (b->fid == NACC_SBI_TAKE)
			b->wanted[s] = old & V ? old : 0;
		if (!new_entry(b, s, old, &val)) {
			b->left += is_left(b, s, old);
			continue;
		}
		b->reason = rule(b->i, 0, mo.f[b->i].owner, s, 0, NO, val).reason;
		if (b->reason)
			continue;
		mo.f[b->i].e[s] = val;
		b->done++;
	}
}

static void batch_error(const struct batch *b, struct nacc_ret ret, nacc_u64 pages)
{
	const struct mframe *f = b->i == NO ? NULL : &mo.f[b->i];

	if (!f || (pages && !page_ok(b->arg)) || (pages > 1 && !page_ok(b->arg + PAGE)))
		expect("batch", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	else if (mo.f[f->owner].building || mo.f[f->owner].retiring)
		expect("batch", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	else if (b->fid == NACC_SBI_PROTECT && b->arg > 0xff)
		expect("batch", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	else if (f->level)
		expect("batch", ret, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	else
		expect("batch", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
}

static int batch_legal(const struct batch *b, nacc_u64 pages)
{
	const struct mframe *f = b->i == NO ? NULL : &mo.f[b->i];

	return f && !f->level && !mo.f[f->owner].building && !mo.f[f->owner].retiring &&
	       (!pages || page_ok(b->arg)) && (pages < 2 || page_ok(b->arg + PAGE)) &&
	       (b->fid != NACC_SBI_PROTECT || b->arg <= 0xff) && b->nr && b->first < 512 &&
	       b->nr <= 512 - b->first;
}

/* Pages for EXCHANGE: the table as it is, or almost, and some entries changed. */
static void exchange_pages(struct batch *b)
{
	nacc_u64 *wanted = page_at(b->arg), *expected = page_at(b->arg + PAGE);

	if (b->i != NO && below(8)) {
		memcpy(expected, mo.f[b->i].e, PAGE);
		memcpy(wanted, mo.f[b->i].e, PAGE);
	}
	for (int n = below(4); n; n--)
		wanted[slot_arg()] = pte_arg();
	for (int n = below(3); n; n--)
		expected[slot_arg()] ^= 1ULL << below(64);
	for (int n = below(3); n; n--) {
		nacc_u64 s = slot_arg();

		/* As a kernel would: other rights, and A or D have come since. */
		wanted[s] = expected[s] ^ (below(16) & (R | W | X));
		expected[s] &= ~(byte() & (A | D));
	}
	memcpy(b->wanted, wanted, PAGE);
	memcpy(b->expected, expected, PAGE);
}

/* Mostly a table of level 0. */
static nacc_u64 batch_table(void)
{
	int tables[FRAMES_MAX], nr = 0;

	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == K_TABLE && !mo.f[i].level)
			tables[nr++] = i;
	return nr && below(8) ? frame_pa_of(tables[below(nr)]) : address();
}

static void call_batch(void)
{
	static const int fids[] = { NACC_SBI_TAKE, NACC_SBI_WRITE_PROTECT, NACC_SBI_PROTECT,
				    NACC_SBI_EXCHANGE };
	static struct batch b;
	nacc_u64 pa = batch_table(), pages;
	struct nacc_ret ret;
	int legal;

	memset(&b, 0, sizeof(b));
	b.fid = fids[below(ARRAY_SIZE(fids))];
	pages = b.fid == NACC_SBI_EXCHANGE ? 2 : b.fid == NACC_SBI_TAKE;
	b.i = exact(pa, 0, 1);
	b.first = slot_arg();
	b.nr = below(16) ? 1 + byte() * 2 : wild() >> 16;
	if (b.nr > 512 - b.first && below(16))
		b.nr = 512 - b.first;
	b.arg = pages ? scratch_arg() : below(32) ? byte() : wild();
	if (pages > 1 && page_ok(b.arg) && page_ok(b.arg + PAGE))
		exchange_pages(&b);
	legal = batch_legal(&b, pages);
	if (legal && b.fid == NACC_SBI_TAKE)
		memcpy(b.wanted, page_at(b.arg), PAGE);
	ret = call(b.fid, pa, b.first | b.nr << 16, b.arg);
	if (!legal) {
		batch_error(&b, ret, pages);
		return;
	}
	batch_model(&b);
	if (b.reason)
		expect("batch", ret, NACC_SBI_ERR_DENIED, b.reason);
	else
		expect("batch", ret, 0, b.done | b.left << 16);
	if (b.fid == NACC_SBI_TAKE && memcmp(b.wanted, page_at(b.arg), PAGE))
		bad("what was taken", b.first, b.nr);
}

static void call_unlinked(void)
{
	nacc_u64 page = scratch_arg();
	struct nacc_ret ret = call(NACC_SBI_UNLINKED, page, 0, 0);
	int all = 0, seen[FRAMES_MAX] = { 0 };
	const unsigned int *list;

	if (!page_ok(page)) {
		expect("unlinked", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	for (int i = 0; i < mo.nr; i++)
		all += mo.f[i].kind == K_TABLE && mo.f[i].parent == NO;
	expect("unlinked", ret, 0, all);
	list = (void *)page_at(page);
	same("unlinked", list[0], all);
	for (int n = 1; n <= all; n++) {
		unsigned int i = list[n] & 0xfffffff;

		if (i >= (unsigned int)mo.nr || seen[i]++ || mo.f[i].kind != K_TABLE ||
		    mo.f[i].parent != NO || list[n] >> 28 != (unsigned int)mo.f[i].level)
			bad("listed as unlinked", list[n], n);
	}
}

/* Locked since the first step: whatever is in it, nothing changes. */
static void call_setup(void)
{
	nacc_u64 pa = below(2) ? m.setup_pa : address();
	nacc_u64 len = below(2) ? m.setup_len : wild();
	struct nacc_ret ret = call(NACC_SBI_SETUP, pa, len, 0);

	if (!ret.error)
		bad("set-up taken after the lock", pa, len);
}

/* Calls that only tell; what they tell has its own tests. */
static void call_other(void)
{
	static const int fids[] = {
		NACC_SBI_GET_INFO, NACC_SBI_FRAMES, NACC_SBI_STATS,
		NACC_SBI_AUDIT, NACC_SBI_LEARN, NACC_SBI_LOCK, NACC_SBI_FENCE,
		NACC_SBI_FID_MAX,
	};
	nacc_u64 args[3];

	for (int i = 0; i < 3; i++)
		args[i] = below(3) ? scratch_arg() : below(2) ? below(40) : wild();
	call(fids[below(ARRAY_SIZE(fids))], args[0], args[1], args[2]);
}

static void step_fence(void)
{
	nacc_u64 epoch = nacc_fence_begin(&m.core);

	same("epoch", epoch, mo.epoch++);
	/* One that a hart did not answer covers nothing. */
	if (below(4)) {
		nacc_fence_end(&m.core, epoch);
		if (epoch > mo.fenced)
			mo.fenced = epoch;
	}
}

static void step_call(void)
{
	unsigned int k = byte();
	int first;

	if (k >= 192) {
		if (k % 8)
			call_batch();
		else
			call_unlinked();
		return;
	}
	switch (k % 16) {
	case 0:
	case 1:
		first = below(mo.nr + 1);
		range_call(NACC_SBI_ARM, first, below(64) ? 1 + below(mo.nr) : wild());
		break;
	case 2:
		range_call(NACC_SBI_DISARM, below(mo.nr + 1), 1 + below(3));
		break;
	case 3:
		first = below(mo.nr + 1);
		range_call(NACC_SBI_RECLAIM, first,
			   below(64) ? 1 + below(mo.nr) : wild());
		break;
	case 4:
		call_create();
		break;
	case 5:
		call_adopt();
		break;
	case 6:
	case 7:
		call_fill();
		break;
	case 8:
		call_merge();
		break;
	case 9:
		call_retire();
		break;
	case 10:
		call_release();
		break;
	case 11:
		call_drain();
		break;
	case 12:
		call_check();
		break;
	case 13:
		call_setup();
		break;
	case 14:
		step_fence();
		break;
	default:
		call_other();
	}
}

/* The walker, in hardware and in the shim ----------------------------------- */

static void step_walker(void)
{
	int i = below(mo.nr), s = slot_arg();
	nacc_u64 *e = page_at(frame_pa_of(i)) + s, bits = A | (byte() & 1 ? D : 0);

	if (!is_table(i) || kernel_half(i, s) || !(*e & V) || !(*e & (R | W | X)))
		return;
	*e |= bits;
	mo.f[i].e[s] |= bits;
}

static void step_set_ad(void)
{
	int root = below(mo.nr), is_store = below(2), is_fetch = below(2);
	nacc_u64 va = 0, got, want = NACC_AD_NONE, bits = A, need = R;
	nacc_u64 satp = (nacc_u64)(m.mode ^ !below(16)) << 60 | frame_pa_of(root) >> 12;
	int i = root, s;

	for (int l = mo.top; l >= 0; l--)
		va = va << 9 | (slot_arg() & (l == mo.top ? 255 : 511));
	va <<= 12;
	if (!below(16))
		va |= 1UL << (12 + 9 * (mo.top + 1) - 1);
	else if (satp >> 60 == m.mode && mo.f[root].kind == K_ROOT)
		want = NACC_AD_SET;
	if (is_fetch)
		need = X;
	if (is_store) {
		need = W;
		bits |= D;
	}
	while (want == NACC_AD_SET) {
		nacc_u64 pte;

		s = va >> (12 + 9 * mo.f[i].level) & 511;
		pte = mo.f[i].e[s];
		if ((pte & V) && !(pte & (R | W | X))) {
			int c = index_of(PTE_TO_PA(pte));

			if (c == NO || mo.f[c].kind != K_TABLE ||
			    mo.f[c].level != mo.f[i].level - 1)
				want = NACC_AD_NONE;
			i = c;
			continue;
		}
		if (!(pte & V) || !(pte & need))
			want = NACC_AD_NONE;
		else if ((pte & bits) == bits)
			want = NACC_AD_SETTLED;
		else
			mo.f[i].e[s] |= bits;
		break;
	}
	got = nacc_set_ad(&m.core, satp, va, is_store, is_fetch);
	same("set_ad", got, want);
}

/* A page of S-mode changes. */
static void step_scratch(void)
{
	nacc_u64 *e = page_at(scratch_pa[below(SCRATCH)]);
	unsigned int n = below(4);

	if (!n)
		memset(e, 0, PAGE);
	while (n--)
		e[slot_arg()] = pte_arg();
}

/* -------------------------------------------------------------------------- */

static void compare(void)
{
	const char *what;

	for (int i = 0; i < mo.nr; i++) {
		const struct mframe *f = &mo.f[i];
		const struct nacc_frame *c = &m.core.frames[i];

		same("type", c->type, f->kind);
		if (memcmp(page_at(frame_pa_of(i)), f->e, PAGE))
			bad("memory of frame", i, f->kind);
		if (!is_table(i))
			continue;
		same("level", c->level, f->level);
		same("owner", c->owner, f->owner);
		same("parent", c->parent, (nacc_u32)f->parent);
		if (f->parent != NO)
			same("slot", c->slot, f->slot);
	}
	what = check_machine();
	if (what) {
		fprintf(stderr, "invariant: %s\n", what);
		abort();
	}
}

/* The kernel makes a store that is legal. */
static void set(int i, int slot, nacc_u64 val, int adopt)
{
	struct outcome o = { .child = NO, .dropped = NO, .adopt = adopt };

	same("set", sd(frame_pa_of(i) + slot * 8, val), 0);
	commit(&o, i, slot, val);
}

/* An address space that is live, with tables down to some leaves. */
static void live(void)
{
	int i = any_of(K_ROOT);

	must(call(NACC_SBI_AS_FILL, frame_pa_of(i), scratch_pa[0], 0));
	mo.f[i].building = 0;
	while (mo.f[i].level) {
		set(i, 0, LINK(scratch_pa[0]), 1);
		i = child_at(i, 0);
	}
	for (int slot = 0; slot < 4; slot++)
		set(i, slot, PTE(DATA_PAGE + slot * PAGE, USER_RW & ~(slot & 1 ? W : 0)), 0);
}

static void boot(unsigned int first)
{
	static nacc_u8 *ram;

	if (!ram) {
		machine_boot(SV39, REGION);
		ram = m.ram;
	}
	machine_reboot(ram, SV39 + first % 3, REGION);
	m.flags = first / 3 % 3;
	setup_content();
	must(do_setup());
	memset(&mo, 0, sizeof(mo));
	mo.nr = m.core.nr_frames;
	mo.top = top();
	mo.flags = m.flags;
	mo.leaves = first / 9 % 4;
	m.layout.leaves = mo.leaves;
	m.core.layout.leaves = mo.leaves;
	mo.epoch = 1;
	for (int i = 0; i < SCRATCH; i++)
		scratch_pa[i] = page_alloc();
	for (int i = 0; i < mo.nr; i++) {
		mo.f[i].owner = NO;
		mo.f[i].parent = NO;
	}
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	if (first & 0x80)
		return;
	/* Half-way in, so that short inputs get far. */
	range_call(NACC_SBI_ARM, 0, mo.nr);
	call_create();
	call_create();
	if (first & 0x40)
		live();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	in = data;
	left = size;
	boot(byte());
	for (int n = 0; left && n < 200; n++) {
		switch (below(8)) {
		case 0:
		case 1:
			step_call();
			break;
		case 2:
			step_scratch();
			break;
		case 3:
			step_walker();
			break;
		case 4:
			step_set_ad();
			break;
		default:
			step_store();
		}
		compare();
	}
	return 0;
}
