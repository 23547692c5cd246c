// SPDX-License-Identifier: BSD-2-Clause
/* Calls on many entries. */
#include "model.h"

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
		return (b->expected[s] | (old & (A | D))) == old;
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

/* The same page and the same kind of memory, in two entries that are valid. */
static int same_page(nacc_u64 old, nacc_u64 val)
{
	return (old & V) && (val & V) && old >> 10 == val >> 10;
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
		if (b->fid == NACC_SBI_EXCHANGE && !same_page(old, val))
			b->reason = NACC_REASON_BAD_ADDRESS;
		else
			b->reason = rule(b->i, 0, mo.f[b->i].owner, s, 0, NO, val).reason;
		if (b->reason)
			continue;
		mo.f[b->i].e[s] = val;
		b->done++;
	}
}

/* What stands there does not lose W. */
static int is_of_page(const struct batch *b)
{
	return b->fid == NACC_SBI_WRITE_PROTECT && mo.f[b->i].is_page;
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
	else if (is_of_page(b))
		expect("batch", ret, NACC_SBI_ERR_DENIED, NACC_REASON_PAGE);
	else if (f->level)
		expect("batch", ret, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	else
		expect("batch", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
}

static int batch_legal(const struct batch *b, nacc_u64 pages)
{
	const struct mframe *f = b->i == NO ? NULL : &mo.f[b->i];

	return f && !f->level && !is_of_page(b) &&
	       !mo.f[f->owner].building && !mo.f[f->owner].retiring &&
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
		nacc_u64 s = slot_arg(), what = below(16);

		/* As a kernel would: other rights, and A or D have come since. */
		wanted[s] = expected[s] ^ (what & (R | W | X));
		/* As an attacker would: another page. */
		if (what == 1)
			wanted[s] ^= 1UL << (10 + slot_arg() % 54);
		expected[s] &= ~(byte() & (A | D));
	}
	memcpy(b->wanted, wanted, PAGE);
	memcpy(b->expected, expected, PAGE);
}

/* Mostly a table of level 0. */
nacc_u64 batch_table(void)
{
	int tables[FRAMES_MAX], nr = 0;

	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == K_TABLE && !mo.f[i].level)
			tables[nr++] = i;
	return nr && below(8) ? frame_pa_of(tables[below(nr)]) : address();
}

void call_batch(void)
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
	if (meets_seal(b.i, b.first, b.nr))
		b.reason = NACC_REASON_SEALED;
	batch_model(&b);
	if (b.reason)
		expect("batch", ret, NACC_SBI_ERR_DENIED, b.reason);
	else
		expect("batch", ret, 0, b.done | b.left << 16);
	if (b.fid == NACC_SBI_TAKE && !b.reason && memcmp(b.wanted, page_at(b.arg), PAGE))
		bad("what was taken", b.first, b.nr);
}
