// SPDX-License-Identifier: BSD-2-Clause
/* Pages for programs: the calls about them, and what an entry may be where they stand. */
#include "model.h"

#define LEAF		(V | R | U | A | D)
#define SOFT		0x300UL
#define VA		0xffe00000UL

static int slot_of(int level)
{
	return VA >> (12 + 9 * level) & 511;
}

static const struct nacc_sbi_page *says(int i)
{
	return (void *)mo.f[i].e;
}

static struct nacc_sbi_page *page_of(int i)
{
	return (void *)mo.f[i].e;
}

/* What the page says of the gate, from all address spaces that have it */
static void settle(int page)
{
	nacc_u32 nr = 0, gated = 0, seals = 0;

	for (int i = 0; i < mo.nr; i++) {
		if (mo.f[i].kind != K_ROOT || mo.f[i].page != page)
			continue;
		nr++;
		seals += seals_at(i) ? seals_at(i)->nr : 0;
		gated += mo.f[page].page != NO && record_of(i) == mo.f[page].page;
	}
	page_of(page)->address_spaces = 2 * nr;
	page_of(page)->gated = 2 * gated;
	page_of(page)->seals = 2 * seals;
	page_of(page)->gate = mo.f[page].page != NO && nr == gated ?
			      2 * gate_at(mo.f[page].page)->mode : 0;
	page_of(page)->generation += 2;
}

/* A record and a page that have had no other are a pair when a root has both. */
static void pair(int root)
{
	int page = mo.f[root].page, record = record_of(root);

	if (page == NO || record == NO)
		return;
	if (!mo.f[page].paired && !mo.f[record].paired) {
		mo.f[page].paired = 1;
		mo.f[record].paired = 1;
		mo.f[page].page = record;
		mo.f[record].page = page;
		note_turns(record);
	}
}

void note_turns(int record)
{
	int page = mo.f[record].page;

	if (page == NO)
		return;
	page_of(page)->refused_returns = 2 * gate_at(record)->refused;
	page_of(page)->refused_calls = 2 * gate_at(record)->refused_calls;
}

void note_refused(int i)
{
	int root = is_table(i) ? mo.f[i].owner : NO;

	if (root != NO && mo.f[root].page != NO)
		page_of(mo.f[root].page)->refused += 2;
}

void page_gated(int root)
{
	pair(root);
	if (mo.f[root].page != NO)
		settle(mo.f[root].page);
}

void page_sealed(int root)
{
	if (mo.f[root].page != NO)
		settle(mo.f[root].page);
}

/* With its gate still there: whether it counts is by that. */
void page_left(int root)
{
	int page = mo.f[root].page;

	mo.f[root].page = NO;
	secrets_left(root);
	if (page != NO)
		settle(page);
}

void page_mode(int record, int closes)
{
	int page = mo.f[record].page;

	if (page == NO)
		return;
	if (closes) {
		mo.f[page].page = NO;
		mo.f[record].page = NO;
	}
	settle(page);
}

/* Does this entry lead to the place, in an address space with a page? By walking down. */
static int leads(int i, int slot)
{
	int at = mo.f[i].owner;

	if (mo.f[at].kind != K_ROOT || mo.f[at].page == NO || mo.f[at].retiring)
		return 0;
	while (at != NO && at != i)
		at = child_at(at, slot_of(mo.f[at].level));
	return at == i && slot == slot_of(mo.f[i].level);
}

static int any_entry(int i)
{
	for (int s = 0; s < 512; s++)
		if (mo.f[i].e[s])
			return 1;
	return 0;
}

/* What the page asks of this entry of a table that is there: 0 or a reason */
unsigned int place_rule(int i, int slot, nacc_u64 val)
{
	nacc_u64 old = mo.f[i].e[slot];
	int down = child_at(i, slot), c;

	if (mo.f[i].is_page)
		return val && (val != old || mo.f[mo.f[i].owner].page == NO) ?
			NACC_REASON_PAGE : 0;
	if (!mo.f[i].level || val == old || !leads(i, slot))
		return 0;
	if (!val)
		return down != NO && (mo.f[down].e[slot_of(mo.f[down].level)] ||
				      (!mo.f[down].level && any_secret(down))) ?
			NACC_REASON_PAGE : 0;
	if (old || mo.f[i].level == 1 || (val & (V | R | W | X)) != V)
		return NACC_REASON_PAGE;
	c = index_of(PTE_TO_PA(val));
	return c != NO && any_entry(c) ? NACC_REASON_PAGE : 0;
}

static void call_open(void)
{
	int armed = any_of(K_ARMED) != NO, i;
	nacc_u64 tag = below(8) ? mo.f[below(mo.nr)].tag : wild();
	struct nacc_ret ret = call(NACC_SBI_PAGE_OPEN, tag, wild(), wild());

	if (!armed) {
		expect("page", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
		return;
	}
	same("page", ret.error, 0);
	i = take(ret.value, K_PAGE, 6, NO);
	memcpy(mo.f[i].e, "naccpage", 8);
	page_of(i)->layout = 2;
	page_of(i)->abi = 2 * NACC_SBI_ABI_VERSION;
	page_of(i)->domain = 2 * tag;
}

/* A page, mostly, if there is one */
static int page_arg(nacc_u64 *pa)
{
	int i = any_of(K_PAGE);

	*pa = address();
	for (; below(4) && i != NO && i < mo.nr; i++)
		if (mo.f[i].kind == K_PAGE)
			*pa = frame_pa_of(i);
	i = *pa % PAGE ? NO : index_of(*pa);
	return i != NO && mo.f[i].kind == K_PAGE ? i : NO;
}

static void call_close(void)
{
	nacc_u64 pa;
	int i = page_arg(&pa);
	struct nacc_ret ret = call(NACC_SBI_PAGE_CLOSE, pa, 0, 0);

	if (i == NO) {
		expect("close", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (says(i)->address_spaces) {
		expect("close", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else {
		expect("close", ret, 0, 0);
		if (mo.f[i].page != NO)
			mo.f[mo.f[i].page].page = NO;
		mo.f[i].page = NO;
		release(i);
	}
}

/* The table of level 1 on the way, or NO */
static int above(int root)
{
	int at = root;

	while (at != NO && mo.f[at].level > 1)
		at = child_at(at, slot_of(mo.f[at].level));
	return at;
}

int page_table_of(int root)
{
	int up = above(root), c = up == NO ? NO : child_at(up, slot_of(1));

	return c != NO && mo.f[c].is_page ? c : NO;
}

static int table_of(int root, nacc_u64 bits, struct nacc_ret ret)
{
	int up = above(root), c = child_at(up, slot_of(1));

	if (c == NO) {
		c = take(ret.value, K_TABLE, 0, root);
		mo.f[c].parent = up;
		mo.f[c].slot = slot_of(1);
		mo.f[c].is_page = 1;
		mo.f[up].e[slot_of(1)] = LINK(ret.value);
	}
	same("its table", ret.value, frame_pa_of(c));
	if (!mo.f[c].e[0])
		mo.f[c].e[0] = PTE(frame_pa_of(mo.f[root].page), LEAF) | bits;
	return c;
}

static void call_page(void)
{
	nacc_u64 pa = address(), page, bits = below(8) ? below(4) << 8 : wild();
	int root = exact(pa, 1, 0), i = page_arg(&page), armed = any_of(K_ARMED) != NO, up, c;
	struct nacc_ret ret = call(NACC_SBI_AS_PAGE, pa, page, bits);

	if (root == NO) {
		expect("root", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (mo.f[root].retiring || mo.f[root].building) {
		expect("state", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	up = above(root);
	c = up == NO ? NO : child_at(up, slot_of(1));
	if (i == NO) {
		expect("no page", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (bits & ~SOFT) {
		expect("bits", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	} else if (up == NO || (mo.f[root].page != NO && mo.f[root].page != i)) {
		expect("way", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (mo.f[up].e[slot_of(1)] && (c == NO || !mo.f[c].is_page)) {
		expect("taken", ret, NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	} else if (c == NO && !armed) {
		expect("frame", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	} else if (mo.f[root].page == NO && says(i)->domain != 2 * mo.f[root].tag) {
		expect("tag", ret, NACC_SBI_ERR_DENIED, NACC_REASON_OWNER);
	} else {
		same("as_page", ret.error, 0);
		if (mo.f[root].page == NO) {
			mo.f[root].page = i;
			page_gated(root);
		}
		table_of(root, bits, ret);
	}
}

void step_page(void)
{
	switch (below(12)) {
	case 0:
		call_open();
		break;
	case 1:
		call_close();
		break;
	case 8:
	case 9:
	case 10:
	case 11:
		step_secret();
		break;
	default:
		call_page();
	}
}

/* Some address space has its page, from where nothing stood. */
void paged(void)
{
	int root = any_of(K_ROOT), up = root, i, c;
	nacc_u64 page = must(call(NACC_SBI_PAGE_OPEN, mo.f[root].tag, 0, 0));

	i = take(page, K_PAGE, 6, NO);
	memcpy(mo.f[i].e, "naccpage", 8);
	page_of(i)->layout = 2;
	page_of(i)->abi = 2 * NACC_SBI_ABI_VERSION;
	page_of(i)->domain = 2 * mo.f[root].tag;
	while (mo.f[up].level > 1) {
		int slot = slot_of(mo.f[up].level);

		c = child_at(up, slot);
		if (c == NO) {
			nacc_u64 pa = must(call(NACC_SBI_TABLE_LINK, frame_pa_of(up), slot, 0));

			c = take(pa, K_TABLE, mo.f[up].level - 1, root);
			mo.f[c].parent = up;
			mo.f[c].slot = slot;
			mo.f[up].e[slot] = LINK(pa);
		}
		up = c;
	}
	mo.f[root].page = i;
	table_of(root, 0, call(NACC_SBI_AS_PAGE, frame_pa_of(root), page, 0));
	page_gated(root);
}
