// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sequences of calls, trapped stores, walker updates and fences, against a model
 * of what should come of them. The model is written from nacc_sbi.h and
 * DESIGN.md section 5, not from the core: it keeps a copy of every frame and says
 * before each step what the answer must be. After each step memory, frame types
 * and links of the core must be the model's, and tests/checker.c must be content.
 *
 * The one thing the model does not foresee is which armed frame is taken: any.
 *
 * Here is the driver; model.h says what is where.
 */
#include "model.h"
#include "frame.h"
#include "roots.h"

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

static int page_of(const struct nacc_frame *root)
{
	const struct nacc_frame *page = nacc_frame_page(root);

	return page ? (int)(page - m.core.frames) : NO;
}

static void compare(void)
{
	const char *what;

	for (int i = 0; i < mo.nr; i++) {
		const struct mframe *f = &mo.f[i];
		const struct nacc_frame *c = &m.core.frames[i];

		same("type", c->type, f->kind);
		if (memcmp(page_at(frame_pa_of(i)), f->e, PAGE))
			bad("memory of frame", i, f->kind);
		if (!is_table(i) && f->kind != K_CONTEXT && f->kind != K_PAGE)
			continue;
		same("level", c->level, f->level);
		same("owner", c->owner, f->owner);
		if (f->kind != K_ROOT && (f->page != NO || f->paired))
			same("other", c->parent,
			     f->page != NO ? (nacc_u32)f->page : NACC_FRAME_GONE);
		else
			same("parent", c->parent, (nacc_u32)f->parent);
		if (f->kind == K_ROOT)
			same("its page", page_of(c), f->page);
		same("of a page", c->flags & NACC_FRAME_FLAG_PAGE ? 1 : 0, f->is_page);
		if (f->parent != NO && f->kind == K_TABLE)
			same("slot", c->slot, f->slot);
		if (f->kind == K_ROOT)
			same("bound", c->slot, f->bound);
	}
	compare_secrets();
	what = check_machine();
	if (what) {
		fprintf(stderr, "invariant: %s\n", what);
		abort();
	}
}

/* Some roots are guarded, bound and gated. */
static void gated(void)
{
	int root = any_of(K_ROOT), i;
	nacc_u64 record;

	same("guard", nacc_guard(&m.core, NACC_GUARD_ON, 0, 0), 0);
	mo.guard = NACC_GUARD_ON;
	record = must(call(NACC_SBI_GATE_OPEN, mo.f[root].tag, 0, 0));
	i = take(record, K_CONTEXT, 7, NO);
	gate_at(i)->tag = mo.f[root].tag;
	gate_at(i)->mode = NACC_GATE_ENFORCE;
	gate_at(i)->roots = 1;
	must(call(NACC_SBI_GATE_SET, record, NACC_GATE_ENFORCE, 0));
	must(call(NACC_SBI_AS_GATE, frame_pa_of(root), record, 0));
	i = take(frame_pa_of(m.core.frames[root].list.prev), K_CONTEXT, 7, root);
	take_vector(i, 2);
	mo.f[root].first = i;
	threads_at(root)->gate = record;
	must(call(NACC_SBI_AS_BIND, frame_pa_of(root), 0x47110000, NACC_BOUND));
	mo.f[root].bound = NACC_BOUND;
	mo.f[root].mm = 0x47110000;
}

/* A page of that address space is sealed. */
static void sealed(void)
{
	int root = any_of(K_ROOT), i;

	must(call(NACC_SBI_SEAL, frame_pa_of(root), PAGE, 2 * PAGE));
	i = take(frame_pa_of(m.core.frames[root].parent), K_CONTEXT, 7, root);
	mo.f[root].parent = i;
	seals_at(root)->root = frame_pa_of(root);
	seals_at(root)->nr = 1;
	seals_at(root)->ranges[0] = (struct nacc_sbi_range){ PAGE, 2 * PAGE };
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
	static const nacc_u32 vlenb[] = { 0, 16, 128 };
	static nacc_u8 *ram;

	if (!ram) {
		machine_boot(SV39, REGION);
		ram = m.ram;
	}
	machine_vlenb = vlenb[first / 36 % ARRAY_SIZE(vlenb)];
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
		mo.f[i].first = NO;
		mo.f[i].page = NO;
	}
	for (unsigned int i = 0; i < MACHINE_SECRETS; i++)
		mo.secret[i].owner = NO;
	user_begin();
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	if (first & 0x80)
		return;
	/* Half-way in, so that short inputs get far. */
	range_call(NACC_SBI_ARM, 0, mo.nr);
	call_create(0);
	call_create(0);
	if (first & 0x40)
		live();
	if (first & 0x20)
		gated();
	if ((first & 0x60) == 0x60)
		sealed();
	if ((first & 0x60) == 0x60 && below(2))
		paged();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	input_begin(data, size);
	boot(byte());
	for (int n = 0; input_left() && n < 200; n++) {
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
		case 5:
			step_gate();
			break;
		default:
			step_store();
		}
		compare();
	}
	return 0;
}
