/* SPDX-License-Identifier: GPL-2.0 */
/* A program in the kernel's place, and in user mode threads of it behind a gate. */
#ifndef BARE_H
#define BARE_H

/* struct thread */
#define THREAD_STATUS	256
#define THREAD_CAUSE	264
#define THREAD_VALUE	272
#define THREAD_BEGIN	280
#define THREAD_END	288
#define THREAD_SP	296

/* Of the hypervisor extension, for assemblers without it */
#define HSTATUS		0x600
#define HIE		0x604
#define HVIP		0x645
#define HSTATUS_SPV	0x80

#ifndef __ASSEMBLER__
#include "payload.h"

typedef uint32_t u32;

#define PA(va)		((u64)(va) - LINEAR)
#define VA(pa)		((void *)((u64)(pa) + LINEAR))

/* Registers by number; the place of x0 is that of pc. */
enum {
	REG_PC, REG_SP = 2, REG_T0 = 5, REG_S1 = 9, REG_A0 = 10, REG_A1 = 11, REG_A7 = 17,
	REG_S3 = 19
};

/* sstatus */
#define STATUS_SIE	0x2UL
#define STATUS_SPIE	0x20UL
#define STATUS_SPP	0x100UL
#define STATUS_VS	0x600UL
#define STATUS_FS	0x6000UL
#define STATUS_SPELP	0x800000UL	/* Zicfilp */
#define STATUS_SDT	0x1000000UL	/* Ssdbltrp */
#define STATUS_UXL	(3UL << 32)
#define STATUS_UXL_OF(bits) ((bits) / 32UL << 32)
#define STATUS_FIRST(of) ((of) / 3)	/* initial; twice that: clean */

/* scause */
#define BY_SOFTWARE	(1UL << 63 | 1)
#define ILLEGAL		2
#define BREAKPOINT	3
#define USER_CALL	8
#define FETCH_FAULT	12
#define LOAD_FAULT	13
#define STORE_FAULT	15

#define ECALL		0x00000073U
#define EBREAK		0x00100073U
#define NOP		0x00000013U
#define NO_INSN		0xffffffffU
#define C_ADDIW_S1_1	0x00012485U	/* and c.nop; of 32 bits it is c.jal */
/* System calls: two that are on every list, one that has a child */
#define NR_RESTART	128
#define NR_SIGRETURN	139
#define NR_CLONE	220
#define CLONE_VM	0x100

/* n of twelve bits */
#define LI(rd, n)	(0x13U | (u32)(rd) << 7 | (u32)(n) << 20)

/* Whom the vector leaves to the firmware's C code takes more than this there and back. */
#define SHORT		400

/**
 * struct thread - what user mode goes on with, and comes with; its address is its name
 * @x: registers
 * @status: sstatus at the return; then at the trap
 * @cause: scause
 * @value: stval
 * @begin: instret before the registers are loaded
 * @end: instret at the beginning of the trap's vector
 * @sp: of the program in the kernel's place
 */
struct thread {
	u64 x[32];
	u64 status;
	u64 cause;
	u64 value;
	u64 begin;
	u64 end;
	u64 sp;
};

/* What traps of the program's own leave: it goes on behind them. */
struct own {
	u64 nr;
	u64 cause;
	u64 keep;
};

extern struct own own;

/* start.S */
void go(struct thread *thread);
u64 back_to_self(u64 status, u64 *registers);
void fences(u64 *registers);
extern char other_start[];
void load_satp(u64 satp, u64 mm, u64 *registers);
extern char load_satp_site[];
void vector(void);
void store_entry(u64 *entry, u64 value);
extern char store_entry_end[];
void float_fill(u64 value);
void vector_fill(u64 value);

/* world.c; of the text the first half is one's, the second two's, its end differ.c's. */
#define USER_TEXT	0x10000UL
#define TEXT_PAGES	64UL
#define MM		0x7fff0000UL
#define OTHER_MM	(MM + 64)
extern u64 root, other_root, record, has_h, has_v, satp_mode, failed, asserted;
extern u64 has_pads, has_sdt;
extern struct thread one, two;
void make_world(void);
void is(const char *what, u64 got, u64 want);
void make_thread(struct thread *thread, u64 of, u64 pc);
void mode(u64 mode);
void place(u64 pc, u32 insn);

/* turns.c: expect(), call(): one turn, everything of it being as it has to be. */
struct turn {
	const char *what;
	u64 cause;
	u64 value;
	int is_short;
	u64 status;	/* of sstatus, beside what there always is */
};

extern u64 tells_pc;	/* stval of a breakpoint is its address */
void begin(const char *part);
void expect(struct thread *thread, const struct turn *turn);
void call(struct thread *thread, const char *what, int is_short);
u64 took(const struct thread *thread);
u64 by_vector(const struct thread *thread, u64 most);
u64 vector_is_left(void);
void calibrate(struct thread *thread);

/* cases.c, units.c, virtual.c, pads.c, differ.c */
void cases(void);
void units(void);
void virtuals(void);
void look_for_pads(void);
void pads(void);
void differ(void);

#endif /* !__ASSEMBLER__ */
#endif /* BARE_H */
