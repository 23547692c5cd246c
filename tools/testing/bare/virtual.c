// SPDX-License-Identifier: GPL-2.0
/* What a kernel can do with CSRs of the hypervisor extension. */
#include "bare.h"

#define VS_INTERRUPTS	0x444UL
#define VS_SOFTWARE	0x4UL

static void set_hie(u64 value)
{
	__asm__ volatile("csrw 0x604, %0" : : "r"(value));
}

static void set_hvip(u64 value)
{
	__asm__ volatile("csrw 0x645, %0" : : "r"(value));
}

/* No interrupt of a virtual machine's gets by the gate, and none that is enabled is lost. */
static void waiting(void)
{
	u64 only;

	begin("a virtual machine's interrupts");
	for (only = 1; only <= VS_INTERRUPTS; only <<= 1) {
		if (!(VS_INTERRUPTS & only))
			continue;
		call(&one, "none", -1);
		call(&one, "none", 1);
		set_hie(only);
		call(&one, "one is enabled", 0);
		call(&one, "it still is", 0);
		set_hvip(only);
		call(&one, "and pending", 0);
		call(&one, "it still is", 0);
		set_hvip(0);
		set_hie(0);
	}
	call(&one, "none", -1);
	call(&one, "none, again", 1);
}

/* Who has been seen before such a turn is forgotten by a fence behind it. */
static void forgotten(void)
{
	begin("who was seen");
	call(&two, "the other", -1);
	call(&two, "the other", -1);
	call(&one, "one", -1);
	call(&two, "the other is known", 1);
	call(&one, "one", 1);
	set_hie(VS_SOFTWARE);
	call(&one, "an interrupt is enabled", 0);
	set_hie(0);
	must(NACC_SBI_FENCE, 0, 0, 0);
	call(&one, "behind a fence", 0);
	call(&two, "the other, behind a fence", 0);
	call(&one, "one, again", 1);
}

void virtuals(void)
{
	if (!has_h)
		return;
	waiting();
	forgotten();
}
