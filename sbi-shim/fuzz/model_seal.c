// SPDX-License-Identifier: BSD-2-Clause
/* Seals: which entries do not change any more, and the call that makes it so. */
#include "model.h"

static nacc_u64 size_of(int level)
{
	return PAGE << 9 * level;
}

struct nacc_sbi_seals *seals_at(int root)
{
	return mo.f[root].parent == NO ? NULL : (void *)mo.f[mo.f[root].parent].e;
}

/* The first address that a linked table or root translates; false if it is not linked */
static int base_of(int i, nacc_u64 *base)
{
	*base = 0;
	for (; mo.f[i].kind == K_TABLE; i = mo.f[i].parent) {
		if (mo.f[i].parent == NO)
			return 0;
		*base += mo.f[i].slot * size_of(mo.f[i].level + 1);
	}
	return 1;
}

int meets_seal(int i, nacc_u64 first, nacc_u64 nr)
{
	const struct nacc_sbi_seals *seals = seals_at(mo.f[i].owner);
	nacc_u64 size = size_of(mo.f[i].level), base, va;

	if (!seals || !base_of(i, &base))
		return 0;
	/* Entry by entry, seal by seal. */
	for (va = base + first * size; nr--; va += size)
		for (unsigned int n = 0; n < seals->nr; n++)
			if (va < seals->ranges[n].end && va + size > seals->ranges[n].start)
				return 1;
	return 0;
}

/* May it not become @val? One of 64 KiB stands for its neighbours, too. */
int seal_rule(int i, int slot, nacc_u64 val)
{
	if ((mo.f[i].e[slot] | A | D) == (val | A | D) || kernel_half(i, slot))
		return 0;
	if ((val >> 63) && (val & V) && (val & (R | W | X)))
		return meets_seal(i, slot / 16 * 16, 16);
	return meets_seal(i, slot, 1);
}

/* An address that some table translates, or any. */
static nacc_u64 some_address(void)
{
	int i = below(mo.nr);
	nacc_u64 base;

	if (!below(8) || !is_table(i) || !base_of(i, &base))
		return below(4) ? (nacc_u64)below(8) * PAGE : wild();
	return base + slot_arg() * size_of(mo.f[i].level) + below(4) * PAGE;
}

/* Where the walk for an address ends. */
static int last_table(int root, nacc_u64 va)
{
	int i, c = root;

	do {
		i = c;
		c = child_at(i, va / size_of(mo.f[i].level) % 512);
	} while (c != NO);
	return i;
}

static int pages_ok(int i, nacc_u64 start, nacc_u64 end)
{
	unsigned int first = start / size_of(mo.f[i].level) % 512;
	unsigned int last = (end - 1) / size_of(mo.f[i].level) % 512;

	for (unsigned int s = 0; s < 512; s++) {
		nacc_u64 pte = mo.f[i].e[s];
		int leaf = (pte & V) && (pte & (R | W | X));

		if (s >= first && s <= last && (!leaf || (pte & W)))
			return 0;
		if (leaf && pte >> 63 && s / 16 >= first / 16 && s / 16 <= last / 16)
			return 0;
	}
	return 1;
}

/* Those that it meets become one with it, in the first place of them; false: no room */
static int add_range(struct nacc_sbi_seals *seals, nacc_u64 start, nacc_u64 end)
{
	struct nacc_sbi_range all = { start, end }, *ranges = seals->ranges;
	char met[NACC_SBI_SEALS_MAX] = { 0 };
	unsigned int n, first = NACC_SBI_SEALS_MAX;

	for (n = seals->nr; n--;) {
		met[n] = ranges[n].end >= start && ranges[n].start <= end;
		if (!met[n])
			continue;
		all.start = ranges[n].start < all.start ? ranges[n].start : all.start;
		all.end = ranges[n].end > all.end ? ranges[n].end : all.end;
		first = n;
	}
	if (first == NACC_SBI_SEALS_MAX && seals->nr == NACC_SBI_SEALS_MAX)
		return 0;
	if (first == NACC_SBI_SEALS_MAX)
		first = seals->nr++;
	ranges[first] = all;
	/* Where one is missing the last comes to stand: from behind, hole by hole. */
	for (n = seals->nr - 1; n > first; n--)
		if (met[n])
			ranges[n] = ranges[--seals->nr];
	return 1;
}

static void seal_model(int root, nacc_u64 start, nacc_u64 end, struct nacc_ret ret)
{
	int i = last_table(root, start), armed = any_of(K_ARMED) != NO;
	unsigned int before = seals_at(root) ? seals_at(root)->nr : 0;

	if (!pages_ok(i, start, end)) {
		expect("seal", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (!seals_at(root) && armed) {
		i = take(frame_pa_of(m.core.frames[root].parent), K_CONTEXT, 7, root);
		mo.f[root].parent = i;
		seals_at(root)->root = frame_pa_of(root);
	}
	if (!seals_at(root) || !add_range(seals_at(root), start, end))
		expect("seal", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	else
		expect("seal", ret, 0, 0);
	if (seals_at(root) && seals_at(root)->nr != before)
		page_sealed(root);
}

void call_seal(void)
{
	nacc_u64 pa = address(), start = some_address(), end = start + (1 + below(3)) * PAGE;
	nacc_u64 half = size_of(mo.top) * 256;
	int root = exact(pa, 1, 0);
	struct nacc_ret ret;

	if (!below(16))
		end = wild();
	ret = call(NACC_SBI_SEAL, pa, start, end);
	if (root == NO)
		expect("seal", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	else if (mo.f[root].building || mo.f[root].retiring)
		expect("seal", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	else if (start % PAGE || end % PAGE || end <= start || end > half ||
		 start >> 21 != (end - 1) >> 21)
		expect("seal", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	else if (mo.f[root].bound != NACC_BOUND && mo.f[root].bound != NACC_BOUND_JOINING)
		expect("seal", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	else
		seal_model(root, start, end, ret);
}
