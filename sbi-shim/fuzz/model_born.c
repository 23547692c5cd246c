// SPDX-License-Identifier: BSD-2-Clause
/* Calls by which tables come and go in place: TABLE_LINK, UNLINK, FORK. */
#include "model.h"

static int is_live(int i)
{
	return !mo.f[mo.f[i].owner].building && !mo.f[mo.f[i].owner].retiring;
}

static nacc_u64 user_entries(int i)
{
	return mo.f[i].kind == K_ROOT ? 256 : 512;
}

static int legal_range(nacc_u64 first, nacc_u64 nr, nacc_u64 max)
{
	return nr && first < max && nr <= max - first;
}

void call_link(void)
{
	nacc_u64 pa = address(), slot = below(16) ? slot_arg() : wild();
	int i = exact(pa, 1, 1), armed = any_of(K_ARMED) != NO, c;
	struct nacc_ret ret = call(NACC_SBI_TABLE_LINK, pa, slot, wild());

	if (i == NO) {
		expect("link", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (!is_live(i)) {
		expect("link", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (!mo.f[i].level) {
		expect("link", ret, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	} else if (slot >= user_entries(i)) {
		expect("link", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	} else if (mo.f[i].e[slot]) {
		expect("link", ret, NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	} else if (place_rule(i, slot, V)) {
		expect("link", ret, NACC_SBI_ERR_DENIED, NACC_REASON_PAGE);
	} else if (!armed) {
		expect("link", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	} else {
		same("link", ret.error, 0);
		/* Empty, as every frame that was armed. */
		c = take(ret.value, K_TABLE, mo.f[i].level - 1, mo.f[i].owner);
		mo.f[c].parent = i;
		mo.f[c].slot = slot;
		mo.f[i].e[slot] = LINK(ret.value);
	}
}

static int is_empty(int i)
{
	for (int s = 0; s < 512; s++)
		if (mo.f[i].e[s])
			return 0;
	return 1;
}

static void unlink_model(int i, nacc_u64 first, nacc_u64 nr, struct nacc_ret ret,
			 const unsigned int *list)
{
	nacc_u64 done = 0, left = 0;

	for (nacc_u64 s = first; s < first + nr; s++) {
		int c = child_at(i, s);

		if (c == NO || !is_empty(c)) {
			left += mo.f[i].e[s] != 0;
			continue;
		}
		mo.f[i].e[s] = 0;
		mo.f[c].parent = NO;
		same("unlinked", list[++done], c | (unsigned int)mo.f[c].level << 28);
	}
	expect("unlink", ret, 0, done | left << 16);
	same("unlinked", list[0], done);
}

void call_unlink(void)
{
	nacc_u64 pa = address(), page = scratch_arg(), first = slot_arg();
	nacc_u64 nr = below(16) ? 1 + byte() * 2 : wild() >> 16;
	int i = exact(pa, 1, 1);
	struct nacc_ret ret;

	if (i != NO && nr > user_entries(i) - first && first < user_entries(i) && below(16))
		nr = user_entries(i) - first;
	ret = call(NACC_SBI_UNLINK, pa, first | nr << 16, page);
	if (i == NO || !page_ok(page))
		expect("unlink", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	else if (!is_live(i))
		expect("unlink", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	else if (!mo.f[i].level)
		expect("unlink", ret, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	else if (!legal_range(first, nr, user_entries(i)))
		expect("unlink", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	else if (meets_seal(i, first, nr))
		expect("unlink", ret, NACC_SBI_ERR_DENIED, NACC_REASON_SEALED);
	else
		unlink_model(i, first, nr, ret, (void *)page_at(page));
}

/* What the kernel's fork would hand over, and what an attacker would make of it. */
static void fork_page(nacc_u64 page, int parent)
{
	nacc_u64 *e = page_at(page);

	if (parent != NO && below(8)) {
		memcpy(e, mo.f[parent].e, PAGE);
		for (int s = 0; s < 512; s++)
			if (e[s] & V)
				e[s] &= ~(W | A);
	}
	for (int n = below(4); n; n--)
		e[slot_arg()] ^= 1ULL << below(64);
	for (int n = below(3); n; n--)
		e[slot_arg()] = pte_arg();
}

/* The parent's, or less than that. */
static int is_copy(nacc_u64 parent, nacc_u64 val)
{
	nacc_u64 gained = val & ~parent, lost = parent & ~val, free = A | D | 0x300;

	if (!(parent & V))
		return parent == val;
	return !(gained & ~free) && !(lost & ~(free | W));
}

static void fork_model(int i, int parent, nacc_u64 first, nacc_u64 nr, const nacc_u64 *wish,
		       struct nacc_ret ret)
{
	nacc_u64 done = 0, left = 0;

	for (nacc_u64 s = first; s < first + nr; s++) {
		if (!wish[s])
			continue;
		/* An entry that is made is none for its neighbour: they may be one table. */
		if (mo.f[i].e[s] || !is_copy(mo.f[parent].e[s], wish[s])) {
			left++;
			continue;
		}
		mo.f[i].e[s] = wish[s];
		done++;
	}
	expect("fork", ret, 0, done | left << 16);
}

void call_fork(void)
{
	nacc_u64 pa = batch_table(), from = batch_table(), page = scratch_arg();
	nacc_u64 first = slot_arg(), nr = below(16) ? 1 + byte() * 2 : wild() >> 16;
	int i = exact(pa, 0, 1), parent = exact(from, 0, 1);
	struct nacc_ret ret;

	if (nr > 512 - first && below(16))
		nr = 512 - first;
	if (page_ok(page))
		fork_page(page, parent);
	ret = call4(NACC_SBI_FORK, pa, first | nr << 16, page, from);
	if (i == NO || !page_ok(page))
		expect("fork", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	else if (!is_live(i))
		expect("fork", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	else if (parent == NO)
		expect("fork", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	else if (mo.f[parent].level)
		expect("fork", ret, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	else if (mo.f[parent].is_page || mo.f[i].is_page)
		expect("fork", ret, NACC_SBI_ERR_DENIED, NACC_REASON_PAGE);
	else if (!is_live(parent))
		expect("fork", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	else if (mo.f[mo.f[parent].owner].tag != mo.f[mo.f[i].owner].tag)
		expect("fork", ret, NACC_SBI_ERR_DENIED, NACC_REASON_OWNER);
	else if (mo.f[i].level)
		expect("fork", ret, NACC_SBI_ERR_DENIED, NACC_REASON_LEVEL);
	else if (!legal_range(first, nr, 512))
		expect("fork", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	else if (meets_seal(i, 0, 512))
		expect("fork", ret, NACC_SBI_ERR_DENIED, NACC_REASON_SEALED);
	else
		fork_model(i, parent, first, nr, page_at(page), ret);
}
