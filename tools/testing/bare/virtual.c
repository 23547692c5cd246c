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

static u64 hstatus(void)
{
	u64 value;

	__asm__ volatile("csrr %0, 0x600" : "=r"(value));
	return value;
}

static void set_spv(void)
{
	__asm__ volatile("csrs 0x600, %0" : : "r"(HSTATUS_SPV));
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

/* sret to a virtual machine: an illegal instruction of the kernel's, whoever it is to be. */
static void to_user(void)
{
	struct thread was;
	u64 i;

	call(&one, "before it", -1);
	set_spv();
	was = one;
	place(one.x[REG_PC], ECALL);
	go(&one);
	is("to user mode, cause", one.cause, ILLEGAL);
	is("to user mode, from S-mode", one.status & STATUS_SPP, STATUS_SPP);
	is("to user mode, of the program's text",
	   one.x[REG_PC] - (u64)image_start < (u64)(image_end - image_start), 1);
	for (i = 1; i < 32; i++)
		is("to user mode, register", one.x[i], was.x[i]);
	is("SPV behind it", hstatus() & HSTATUS_SPV, 0);
	one = was;
	call(&one, "behind it", -1);
	call(&one, "behind that", 1);
}

static void to_self(void)
{
	static u64 registers[32];
	u64 nr = own.nr, i;

	for (i = 1; i < 32; i++)
		registers[i] = 0x0909090909090909UL * i;
	set_spv();
	back_to_self(STATUS_SPP, registers);
	is("to S-mode, traps", own.nr, nr + 1);
	is("to S-mode, cause", own.cause, ILLEGAL);
	for (i = 1; i < 32; i++)
		is("to S-mode, register", registers[i], 0x0909090909090909UL * i);
	__asm__ volatile("csrc 0x600, %0" : : "r"(HSTATUS_SPV));
	call(&one, "behind all", -1);
	call(&one, "behind all, again", 1);
}

static u64 refused(void)
{
	u64 *page = new_page();

	must(NACC_SBI_STATS, PA(page), 0, 0);
	return page[NACC_STAT_MAX + NACC_REASON_GUEST];
}

static void returns(void)
{
	u64 before = refused();

	begin("sret with SPV");
	to_user();
	to_user();
	to_self();
	is("counted", refused(), before + 3);
}

void virtuals(void)
{
	if (!has_h)
		return;
	waiting();
	forgotten();
	returns();
}
