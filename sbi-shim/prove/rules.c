// SPDX-License-Identifier: BSD-2-Clause
/* Proofs of the rules that look at values alone, for any machine and set-up. */
#include "world.h"

/* Any layout that nacc_core_init() takes, any ranges that SETUP takes. */
void any_machine(void)
{
	struct nacc_layout *l = &core.layout;
	struct nacc_sbi_setup *s;
	nacc_u64 end;

	any_layout();
	any_setup();
	s = core.setup;
	l->region_base = any64();
	l->region_size = any64();
	l->nr_ram = any() & 1 ? 1 : 2;
	l->nr_firmware = any() & 1 ? 1 : 2;
	for (int i = 0; i < 2; i++) {
		l->ram[i].start = any64();
		l->ram[i].end = any64();
		l->firmware[i].start = any64();
		l->firmware[i].end = any64();
	}
	assume(nacc_layout_ok(l));
	s->image_pa = any64();
	s->image_size = any64();
	assume(!__builtin_add_overflow(s->image_pa, s->image_size, &end) && s->image_size);
	s->nr_writers = any32();
	s->nr_user_visible = any32();
	s->nr_freed = any32();
	assume(s->nr_writers <= RANGES && s->nr_user_visible <= RANGES && s->nr_freed <= RANGES);
	assume(s->nr_writers + s->nr_user_visible + s->nr_freed <= RANGES);
	for (int i = 0; i < RANGES; i++) {
		s->ranges[i].start = any64();
		s->ranges[i].end = any64();
	}
}

/* One byte in a run of the set-up's ranges? */
static int in_ranges(nacc_u64 x, nacc_u32 first, nacc_u32 nr)
{
	for (nacc_u32 i = 0; i < RANGES; i++)
		if (i >= first && i < first + nr && x >= core.setup->ranges[i].start &&
		    x < core.setup->ranges[i].end)
			return 1;
	return 0;
}

/* May S-mode have this byte? The rule said for one byte, not for a range. */
int byte_ok(nacc_u64 x, int writable)
{
	const struct nacc_sbi_setup *s = core.setup;
	const struct nacc_layout *l = &core.layout;

	if (x >= l->region_base && x - l->region_base < l->region_size)
		return 0;
	for (nacc_u32 i = 0; i < 2; i++)
		if (i < l->nr_firmware && x >= l->firmware[i].start && x < l->firmware[i].end)
			return 0;
	if (!core.set_up || x < s->image_pa || x - s->image_pa >= s->image_size)
		return 1;
	return in_ranges(x, s->nr_writers + s->nr_user_visible, s->nr_freed) ||
	       (!writable && in_ranges(x, s->nr_writers, s->nr_user_visible));
}

void proof_decode(void)
{
	struct nacc_insn out;
	nacc_u32 insn = any32();
	enum nacc_reason reason = nacc_decode(insn, &out);

	claim(out.length == ((insn & 3) == 3 ? 4 : 2), "length");
	claim(out.rs2 < 32 && out.rd < 32, "registers");
	claim(out.op <= NACC_OP_MAXU, "operation");
	reached("a decoded instruction");
	if (reason == NACC_REASON_NONE)
		claim(out.width == 1 || out.width == 2 || out.width == 4 || out.width == 8,
		      "width");
	else
		claim(!out.width && !out.rd, "nothing to perform");
}

/* I4, for every byte of the page, superpage or 64 KiB that an entry with N is. */
void proof_leaf(void)
{
	nacc_u64 pte = any64(), offset = any64(), size, pa;
	nacc_u32 level = any32(), has;

	any_layout();
	any_setup();
	has = core.layout.leaves;
	assume(level <= 4 && pte_is_leaf(pte));
	if (nacc_check_leaf(&core, pte, level))
		return;
	reached("a legal leaf");
	pa = (pte >> 10 & 0xfffffffffffULL) << 12;
	size = 4096ULL << (9 * level);
	if (pte >> 63) {
		reached("a legal 64 KiB");
		claim((has & NACC_LEAF_NAPOT) && !level && (pte >> 10 & 15) == 8,
		      "64 KiB, where there is such a thing");
		size = 65536;
		pa &= ~65535ULL;
	}
	claim(!(pte >> 54 & 0x7f) && !(pte & PTE_G), "no reserved bits");
	claim(!(pte >> 61 & 3) || ((has & NACC_LEAF_PBMT) && (pte >> 61 & 3) != 3),
	      "a memory type, where there is such a thing");
	claim(pte & PTE_U, "for the user");
	claim((pte & PTE_R) || !(pte & PTE_W), "not writable alone");
	claim(!(pa & (size - 1)), "aligned to its size");
	assume(offset < size);
	claim(byte_ok(pa + offset, !!(pte & PTE_W)), "I4: what a leaf may name");
}

/* What leaf_ok() relies on: A, D and RSW do not matter to what is legal, nor does giving up W. */
void proof_leaf_ad(void)
{
	nacc_u64 pte = any64();

	any_layout();
	any_setup();
	assume(pte_is_leaf(pte));
	for (nacc_u32 level = 0; level <= 4; level++) {
		claim(!nacc_check_leaf(&core, pte, level) ==
		      !nacc_check_leaf(&core, pte | AD | PTE_RSW, level),
		      "A, D and RSW do not matter");
		claim(!(pte & PTE_R) || nacc_check_leaf(&core, pte, level) ||
		      !nacc_check_leaf(&core, pte & ~PTE_W, level), "W is not needed");
	}
	reached("a leaf");
}

/*
 * What is_plain_leaf() takes, in copies and in EXCHANGE, is legal: leaf_ok()
 * relies on it, and so does the core.
 */
void proof_plain(void)
{
	struct nacc_span spans[2];
	nacc_u64 pte = any64();

	any_machine();
	core.set_up = 1;
	/* SETUP's checks of the image */
	assume(!(core.setup->image_size % PAGE_SIZE) &&
	       nacc_ram_ok(&core, core.setup->image_pa, core.setup->image_size));
	nacc_find_plain(&core, spans);
	if (!is_plain_leaf(spans, pte))
		return;
	reached("a plain leaf");
	claim(pte_is_leaf(pte), "what is plain is a leaf");
	claim(!nacc_check_leaf(&core, pte, 0), "what is plain is legal");
}

/* I9 */
void proof_buffer(void)
{
	nacc_u64 pa = any64(), len = any64(), x = any64(), end;
	int in_ram = 0;

	any_machine();
	core.set_up = any() & 1;
	if (!nacc_buffer_ok(&core, pa, len))
		return;
	reached("a legal buffer");
	claim(len && pa % 4096 == 0, "I9: a range, aligned");
	claim(!__builtin_add_overflow(pa, len, &end), "I9: that does not wrap");
	assume(x >= pa && x - pa < len);
	for (nacc_u32 i = 0; i < 2; i++)
		in_ram |= i < core.layout.nr_ram && x >= core.layout.ram[i].start &&
			  x < core.layout.ram[i].end;
	claim(in_ram, "I9: RAM");
	claim(byte_ok(x, 1), "I9: not region, firmware or image");
}

/* I3 as a rule: what may be written into an entry, and what follows of it. */
void proof_plan(void)
{
	nacc_u32 i = any32(), slot = any32();
	nacc_u64 old, val = any64();
	struct nacc_plan plan;
	const struct nacc_frame *f;

	any_world();
	assume(i < FRAMES && slot < NACC_SBI_ENTRIES);
	f = &frames[i];
	old = any() & 1 ? memory[i * NACC_SBI_ENTRIES + slot] : any64();
	assume(f->type == NACC_FRAME_TABLE || f->type == NACC_FRAME_ROOT);
	if (nacc_plan_entry(&core, f, slot, old, val, &plan))
		return;
	if (plan.child) {
		reached("a new link");
		claim(plan.child->type == NACC_FRAME_TABLE, "I3: a table");
		claim(plan.child->owner == f->owner, "I3: same owner");
		claim(plan.child->level + 1 == f->level, "I3: next level");
		claim(plan.child->parent == NACC_FRAME_NONE, "I3: not linked");
		claim(pte_is_link(val), "I3: by a link");
	}
	if (plan.dropped)
		claim(plan.dropped->parent == i && plan.dropped->slot == slot,
		      "I3: what is dropped was linked here");
	if (pte_is_link(val) && !(f->type == NACC_FRAME_ROOT && slot >= NACC_USER_ENTRIES))
		claim(plan.child || plan.adopt || nacc_entry_child(&core, f, slot, old),
		      "I3: a known table");
}
