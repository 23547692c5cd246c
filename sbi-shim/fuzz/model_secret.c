// SPDX-License-Identifier: BSD-2-Clause
/* Secret pages: who may have one, where it stands, and what is left of it. */
#include "model.h"
#include "secret.h"

#define LEAF		(V | R | W | U | A | D)
#define SOFT		0x300UL
#define VA		0xffe01000UL
#define PER_ROOT	4

static nacc_u64 pa_of(unsigned int i, unsigned int nr)
{
	return POOL_BASE + REGION - REGION / 64 - ((MACHINE_SECRETS - i) * PER_ROOT - nr) * PAGE;
}

int any_secret(int table)
{
	for (int i = 1; i <= PER_ROOT; i++)
		if (mo.f[table].e[i])
			return 1;
	return 0;
}

static int find(int owner)
{
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		if (mo.secret[i].owner == owner)
			return i;
	return NO;
}

nacc_u64 keeps(int root)
{
	return find(root) != NO;
}

void compare_secrets(void)
{
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++) {
		const struct msecret *s = &mo.secret[i];

		same("owner of secrets", m.core.secrets[i].owner, (nacc_u32)s->owner);
		if (s->owner != NO)
			same("forfeit", m.core.secrets[i].forfeit, s->forfeit);
		for (unsigned int nr = 0; nr < PER_ROOT; nr++) {
			same("what is kept", page_at(pa_of(i, nr))[0], s->word[nr]);
			same("its end", page_at(pa_of(i, nr))[511], s->word[nr]);
		}
	}
}

void secrets_left(int root)
{
	int i = find(root);

	if (i != NO)
		mo.secret[i] = (struct msecret){ .owner = NO };
}

/* Its gate is less than enforced now. */
void secrets_mode(int record)
{
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		if (mo.secret[i].owner != NO && record_of(mo.secret[i].owner) == record)
			mo.secret[i].forfeit = 1;
}

static int may_have(int root)
{
	return gated_hart(root) && !mo.f[root].retiring &&
	       (gate_at(record_of(root))->mode & 7) == NACC_GATE_ENFORCE;
}

static int nr_of_tag(nacc_u64 tag)
{
	int nr = 0;

	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		nr += mo.secret[i].owner != NO && mo.f[mo.secret[i].owner].tag == tag;
	return nr;
}

/* The core has given what was nobody's: which; its threads say so from now on. */
static int given(int root)
{
	int i = 0, skip = 2;

	while (i < (int)MACHINE_SECRETS &&
	       (mo.secret[i].owner != NO || m.core.secrets[i].owner != (nacc_u32)root))
		i++;
	same("secrets of a root", i < (int)MACHINE_SECRETS, 1);
	mo.secret[i].owner = root;
	for (int at = mo.f[root].first; at != NO; at = mo.f[at].next, skip = 0) {
		struct nacc_sbi_context *c = (void *)mo.f[at].e;

		for (int n = skip; n < 4; n++)
			if (c[n].root == frame_pa_of(root))
				c[n].root |= 1;
	}
	return i;
}

/* Is there a thread whose next return is taken as it is? */
static int any_adopted(int root)
{
	int skip = 2;

	for (int at = mo.f[root].first; at != NO; at = mo.f[at].next, skip = 0) {
		const struct nacc_sbi_context *c = (void *)mo.f[at].e;

		for (int n = skip; n < 4; n++)
			if (c[n].state == NACC_CONTEXT_ADOPT)
				return 1;
	}
	return 0;
}

/* One has come back. */
void secrets_lost(int root)
{
	int i = find(root);

	if (i != NO)
		mo.secret[i].forfeit = 1;
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
	if (mo.f[root].bound != NACC_BOUND || any_adopted(root)) {
		same("not looked at", ret, -11);
		return;
	}
	i = find(root);
	if (i == NO && (find(NO) == NO || nr_of_tag(mo.f[root].tag))) {
		same("no more", ret, -12);
		return;
	}
	if (i == NO)
		i = given(root);
	if (mo.secret[i].forfeit) {
		same("forfeit", ret, -1);
		return;
	}
	same("secret", ret, VA + nr * PAGE);
	if (!mo.f[table].e[1 + nr])
		mo.f[table].e[1 + nr] = PTE(pa_of(i, nr), LEAF) | (mo.f[table].e[0] & SOFT);
}

static void call_opens(void)
{
	int root = gated_arg(), i = find(root);
	nacc_u64 va = below(8) ? VA + below(6) * PAGE + 8 * below(512) : wild();
	nacc_u64 satp = (nacc_u64)m.mode << 60 | frame_pa_of(root) >> 12;

	same("opens", nacc_secret_opens(&m.core, satp, va),
	     may_have(root) && mo.f[root].bound == NACC_BOUND && va >= VA &&
	     va < VA + PER_ROOT * PAGE && i != NO && !mo.secret[i].forfeit ? pa_of(i, 0) : 0);
}

/* A program writes to what is somebody's. */
static void write_one(void)
{
	unsigned int i = below(MACHINE_SECRETS), nr = below(PER_ROOT);

	if (mo.secret[i].owner == NO)
		return;
	mo.secret[i].word[nr] = wild();
	page_at(pa_of(i, nr))[0] = mo.secret[i].word[nr];
	page_at(pa_of(i, nr))[511] = mo.secret[i].word[nr];
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
