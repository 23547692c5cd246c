// SPDX-License-Identifier: BSD-2-Clause
/* Secret pages: who may have one, where it stands, and what is left of it. */
#include "model.h"
#include "secret.h"

#define LEAF		(V | R | W | U | A | D)
#define SOFT		0x300UL
#define VA		0xffe01000UL
#define PER_ROOT	4

static nacc_u64 pa_of(unsigned int i)
{
	return POOL_BASE + REGION - REGION / 64 - (MACHINE_SECRETS - i) * PAGE;
}

int any_secret(int table)
{
	for (int i = 1; i <= PER_ROOT; i++)
		if (mo.f[table].e[i])
			return 1;
	return 0;
}

void compare_secrets(void)
{
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++) {
		const nacc_u64 *content = page_at(pa_of(i));

		same("owner of a secret page", m.core.secrets[i].owner, (nacc_u32)mo.secret[i].owner);
		same("what is in it", content[0], mo.secret[i].word);
		same("its end", content[511], mo.secret[i].word);
		if (mo.secret[i].owner != NO)
			same("its number", m.core.secrets[i].nr, mo.secret[i].nr);
	}
}

void secrets_left(int root)
{
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		if (mo.secret[i].owner == root)
			mo.secret[i] = (struct msecret){ .owner = NO };
}

static int may_have(int root)
{
	return gated_hart(root) && !mo.f[root].retiring &&
	       (gate_at(record_of(root))->mode & 7) == NACC_GATE_ENFORCE;
}

/* Which of all it has as this one; or, not being said which, one that is nobody's */
static int find(int owner, int nr)
{
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		if (mo.secret[i].owner == owner && (nr == NO || mo.secret[i].nr == nr))
			return i;
	return NO;
}

static int nr_of_tag(nacc_u64 tag)
{
	int nr = 0;

	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		nr += mo.secret[i].owner != NO && mo.f[mo.secret[i].owner].tag == tag;
	return nr;
}

/* The core has given one that was nobody's: which */
static int given(int root, int nr)
{
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		if (mo.secret[i].owner == NO && m.core.secrets[i].owner == (nacc_u32)root &&
		    m.core.secrets[i].nr == (nacc_u32)nr)
			return i;
	bad("secret page of", root, nr);
	return NO;
}

static void call_secret(void)
{
	nacc_u64 fn = below(16) ? 0 : wild(), nr = below(16) ? below(6) : wild();
	int root = gated_arg(), table, i;
	nacc_u64 satp = (nacc_u64)m.mode << 60 | frame_pa_of(root) >> 12;
	long ret = nacc_secret_call(&m.core, satp, fn, nr);

	if (fn) {
		same("function", ret, -38);
		return;
	}
	if (!may_have(root)) {
		same("mode", ret, -1);
		return;
	}
	if (nr >= PER_ROOT) {
		same("number", ret, -22);
		return;
	}
	table = page_table_of(root);
	if (table == NO || !mo.f[table].e[0]) {
		same("no page", ret, -6);
		return;
	}
	i = find(root, (int)nr);
	if (i == NO && (find(NO, NO) == NO || nr_of_tag(mo.f[root].tag) >= PER_ROOT)) {
		same("no more", ret, -12);
		return;
	}
	same("secret", ret, VA + nr * PAGE);
	if (i == NO) {
		i = given(root, (int)nr);
		mo.secret[i] = (struct msecret){ .owner = root, .nr = (int)nr };
	}
	if (!mo.f[table].e[1 + nr])
		mo.f[table].e[1 + nr] = PTE(pa_of(i), LEAF) | (mo.f[table].e[0] & SOFT);
}

static void call_opens(void)
{
	int root = gated_arg(), nr = below(6);
	nacc_u64 va = below(8) ? VA + nr * PAGE + 8 * below(512) : wild();

	same("opens", nacc_secret_opens(&m.core, (nacc_u64)m.mode << 60 | frame_pa_of(root) >> 12, va),
	     may_have(root) && va >= VA && va < VA + PER_ROOT * PAGE &&
	     find(root, (va - VA) / PAGE) != NO);
}

/* A program writes to one that is somebody's. */
static void write_one(void)
{
	unsigned int i = below(MACHINE_SECRETS);

	if (mo.secret[i].owner == NO)
		return;
	mo.secret[i].word = wild();
	page_at(pa_of(i))[0] = mo.secret[i].word;
	page_at(pa_of(i))[511] = mo.secret[i].word;
}

void step_secret(void)
{
	switch (below(4)) {
	case 0:
		call_opens();
		break;
	case 1:
		write_one();
		break;
	default:
		call_secret();
	}
}
