// SPDX-License-Identifier: GPL-2.0
/* Harts with landing pads (Zicfilp), and on which a double trap is one (Ssdbltrp). */
#include "bare.h"

/* SBI: Firmware Features, and one of them; Hart State Management; IPI */
#define EID_FWFT	0x46574654UL
#define EID_HSM		0x48534dUL
#define EID_IPI		0x735049UL
#define SET		0
#define HART_START	0
#define SEND_IPI	0
#define DOUBLE_TRAP	3UL

/* senvcfg: landing pads of user mode */
#define SENVCFG_LPE	4UL

#define REG_T1		6
#define JUMP_T1		0x00030067U	/* jr t1 */
#define JUMP_HERE	0x0000006fU	/* j . */
#define NOWHERE		8UL		/* In the first page, of which there is none */

u64 has_pads, has_sdt;

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
	has_sdt = !sbi_error(EID_FWFT, SET, DOUBLE_TRAP, 1, 0, 0);
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

static u64 begun;	/* a thread is about to be in user mode */

/* Another hart, which never ends: while the thread is there its gate is switched off. */
void other_hart(void)
{
	while (!__atomic_load_n(&begun, __ATOMIC_ACQUIRE))
		;
	for (u64 i = 0; i < 100000; i++)
		__asm__ volatile("nop");
	mode(NACC_GATE_OFF);
	sbi_error(EID_IPI, SEND_IPI, 3, 0, 0, 0);
	for (;;)
		__asm__ volatile("csrc sip, %0\n\twfi" : : "r"(2UL));
}

/* It stays there, and what it comes with later is as it would be without. */
static void switched_off(void)
{
	u64 at = PA(other_start);

	begin("switched off in user mode");
	/* One of the two is this one, of which that is refused. */
	sbi_error(EID_HSM, HART_START, 0, at, 0, 0);
	sbi_error(EID_HSM, HART_START, 1, at, 0, 0);
	place(one.x[REG_PC], JUMP_HERE);
	__asm__ volatile("csrs sie, %0" : : "r"(2UL));
	__atomic_store_n(&begun, 1, __ATOMIC_RELEASE);
	go(&one);
	__asm__ volatile("csrc sie, %0\n\tcsrc sip, %0" : : "r"(2UL));
	is("cause", one.cause, BY_SOFTWARE);
	is("sstatus", one.status & (STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_SDT),
	   STATUS_SPIE | STATUS_SDT);
	one.status = STATUS_SPIE;
	mode(NACC_GATE_ENFORCE);
	call(&one, "behind it", -1);
}

void pads(void)
{
	if (!vector_is_left())
		return;
	to_self();
	call(&one, "behind it", -1);
	if (has_sdt)
		switched_off();
	if (has_pads)
		nowhere();
}
