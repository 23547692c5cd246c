// SPDX-License-Identifier: GPL-2.0
/* Harts with landing pads (Zicfilp), and on which a double trap is one (Ssdbltrp). */
#include "bare.h"

/* SBI: Firmware Features, its function SET, and one of them */
#define EID_FWFT	0x46574654UL
#define DOUBLE_TRAP	3UL

/* senvcfg: landing pads of user mode */
#define SENVCFG_LPE	4UL

#define REG_T1		6
#define JUMP_T1		0x00030067U	/* jr t1 */
#define NOWHERE		8UL		/* In the first page, of which there is none */

u64 has_pads, has_sdt;

static u64 fwft_set(u64 feature, u64 value)
{
	register u64 a0 __asm__("a0") = feature;
	register u64 a1 __asm__("a1") = value;
	register u64 a2 __asm__("a2") = 0;
	register u64 a6 __asm__("a6") = 0;
	register u64 a7 __asm__("a7") = EID_FWFT;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return a0;
}

static u64 ask_senvcfg(void)
{
	u64 value = 0;

	__asm__ volatile("csrs 0x10a, %1\n\tcsrr %0, 0x10a"
			 : "+r"(value) : "r"(SENVCFG_LPE) : "memory");
	return value;
}

/* From here on they are in force. S-mode itself has no pads. */
void look_for_pads(void)
{
	has_pads = !!(ask_senvcfg() & SENVCFG_LPE);
	has_sdt = !fwft_set(DOUBLE_TRAP, 1);
}

/* A jump to where nothing is: that a pad is awaited there is not lost, as often as it faults. */
static void nowhere(void)
{
	struct turn turn = { "to no page", FETCH_FAULT, NOWHERE, 0, STATUS_SPELP };

	begin("a pad is awaited");
	place(one.x[REG_PC], LI(REG_T1, NOWHERE));
	place(one.x[REG_PC] + 4, JUMP_T1);
	go(&one);
	is("cause", one.cause, FETCH_FAULT);
	is("pc", one.x[REG_PC], NOWHERE);
	is("t1", one.x[REG_T1], NOWHERE);
	is("sstatus", one.status & STATUS_SPELP, STATUS_SPELP);
	for (int i = 0; i < 4; i++) {
		one.status = STATUS_SPIE | STATUS_SPELP;
		expect(&one, &turn);
	}
	/* The kernel says that none is: that is its word. */
	turn.status = 0;
	one.status = STATUS_SPIE;
	expect(&one, &turn);
}

/* sret to S-mode itself, under TSR: both are gone behind it, as by the hart. */
static void to_self(void)
{
	static u64 registers[32];
	u64 of = (has_pads ? STATUS_SPELP : 0) | (has_sdt ? STATUS_SDT : 0), i;

	begin("a return to S-mode");
	for (i = 1; i < 32; i++)
		registers[i] = 0x0b0b0b0b0b0b0b0bUL * i;
	is("sstatus", back_to_self(STATUS_SPP | STATUS_SPIE | of, registers) &
	   (STATUS_SIE | STATUS_SPIE | STATUS_SPP | of), STATUS_SIE | STATUS_SPIE);
	__asm__ volatile("csrc sstatus, %0" : : "r"(STATUS_SIE));
	for (i = 1; i < 32; i++)
		is("register", registers[i], 0x0b0b0b0b0b0b0b0bUL * i);
}

void pads(void)
{
	if (!vector_is_left())
		return;
	to_self();
	call(&one, "behind it", -1);
	if (has_pads)
		nowhere();
}
