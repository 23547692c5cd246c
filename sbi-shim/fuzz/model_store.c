// SPDX-License-Identifier: BSD-2-Clause
/* Entries that change without a call: trapped stores, and the walker. */
#include "model.h"

static int races;

static void flip_a(unsigned long *entry)
{
	int i = index_of((nacc_u64)((nacc_u8 *)entry - m.ram) + RAM_BASE);

	if (!races || !(*entry & V) || !(*entry & (R | W | X)) || i == NO)
		return;
	/* There it is set, and nobody clears it. */
	if (mo.f[i].is_page)
		return;
	races--;
	*entry ^= A;
	mo.f[i].e[((uintptr_t)entry & 0xfff) / 8] ^= A;
}

/** struct counts - what a refusal may count as */
struct counts {
	nacc_u64 refused, skipped, selftests, retried, next;
	nacc_u64 reasons[NACC_REASON_MAX];
};

static struct counts counts_now(void)
{
	struct counts now = {
		.refused = stat(NACC_STAT_REFUSED),
		.skipped = stat(NACC_STAT_SKIPPED),
		.selftests = stat(NACC_STAT_SELFTESTS),
		.retried = stat(NACC_STAT_RETRIED),
		.next = stat(NACC_STAT_AUDIT_NEXT),
	};

	memcpy(now.reasons, m.core.reasons, sizeof(now.reasons));
	return now;
}

/* A refusal is one record, or a self-test, or the same as just now. */
static void check_counts(const struct nacc_access *a, int i, int mine, unsigned int reason,
			 const struct nacc_verdict *v, const struct counts *was)
{
	struct counts is = counts_now();
	int self = !a->again && a->supervisor && a->pc == OTHER_PC &&
		   a->pa - (m.core.frame_base - PAGE) < PAGE;
	int counted = !a->again && !self;
	const struct nacc_sbi_audit *rec = &m.core.audit[was->next % NACC_AUDIT_RECORDS];

	same("refused", is.refused, was->refused + counted);
	same("its reason", is.reasons[reason], was->reasons[reason] + counted);
	same("self-tests", is.selftests, was->selftests + self);
	same("retried", is.retried, was->retried + (a->again != 0));
	same("records", is.next, was->next + counted);
	same("skip", v->skip, counted && mine);
	same("skipped", is.skipped, was->skipped + (counted && mine));
	if (!counted)
		return;
	note_refused(i);
	same("seq", rec->seq, was->next);
	same("task", rec->task, a->task);
	same("tag", rec->tag, is_table(i) ? mo.f[mo.f[i].owner].tag : 0);
	same("root", rec->root, is_table(i) ? frame_pa_of(mo.f[i].owner) : 0);
}

void step_store(void)
{
	struct nacc_access a = access_of(below(10), address(), pte_arg());
	struct nacc_verdict v = { .skip = 9 };
	unsigned int quirk = byte(), want, got;
	struct outcome o = { .child = NO, .dropped = NO };
	nacc_u64 unknown = stat(NACC_STAT_UNKNOWN);
	struct counts was;
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
	a.again = quirk == 237;
	a.task = quirk * 0x1001001001001001UL;
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
	was = counts_now();
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
	if (got)
		check_counts(&a, i, mine, got, &v, &was);
	else
		same("skip", v.skip, 0);
	same("unknown", stat(NACC_STAT_UNKNOWN),
	     unknown + (!got && a.pc == OTHER_PC));
}

/* The walker, in hardware and in the shim ----------------------------------- */

void step_walker(void)
{
	int i = below(mo.nr), s = slot_arg();
	nacc_u64 *e = page_at(frame_pa_of(i)) + s, bits = A | (byte() & 1 ? D : 0);

	if (!is_table(i) || kernel_half(i, s) || !(*e & V) || !(*e & (R | W | X)))
		return;
	*e |= bits;
	mo.f[i].e[s] |= bits;
}

void step_set_ad(void)
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
