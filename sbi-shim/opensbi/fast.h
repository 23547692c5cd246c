/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stores that the trap vector performs itself: what it knows about them.
 *
 * A hart remembers the last stores that the core has performed for it, by the
 * address of their instruction. When one of these traps again, what depends on
 * the instruction alone is known already: that a registered writer does it, how
 * it is decoded, and where in firmware the code for its registers is.
 *
 * Plain stores want code for each pair of registers, since where they begin must
 * be made sure of, too. AMOs do not: a misaligned one is done by no hart in parts
 * that lie in different pages.
 */
#ifndef NACC_FAST_H
#define NACC_FAST_H

/* Stores remembered, chosen by bits 1..6 of the address */
#define NACC_FAST_STORES	64
#define NACC_FAST_PC_MASK	((NACC_FAST_STORES - 1) << 1)
#define NACC_FAST_PC_SHIFT	5

/*
 * Contexts of threads that were in user mode on a hart, chosen by bits 6..11 of the task:
 * struct nacc_hart.seen
 */
#define NACC_FAST_SEEN		64
#define NACC_FAST_SEEN_OFFSET	432
#define NACC_FAST_SEEN_SHIFT	3
#define NACC_FAST_SEEN_MASK	(NACC_FAST_SEEN * 8 - 8)

/* struct nacc_fast_store: offsets */
#define NACC_STORE_PC		0
#define NACC_STORE_TEXT_PA	8
#define NACC_STORE_TEXT		16
#define NACC_STORE_RUN		24
#define NACC_STORE_NEXT		32
#define NACC_STORE_END		40
#define NACC_STORE_BASE		40
#define NACC_STORE_TEXT2	48
#define NACC_STORE_RUN2		56
#define NACC_STORE_SIZE		64

/* struct nacc_fast: offsets */
#define NACC_FAST_SLOW		0
#define NACC_FAST_FRAMES_VA	8
#define NACC_FAST_FRAMES_SIZE	16
#define NACC_FAST_FRAMES_PA	24
#define NACC_FAST_STATUS_MASK	32
#define NACC_FAST_STATUS	40
#define NACC_FAST_LAST		48
#define NACC_FAST_LIVES		56
#define NACC_FAST_PLAIN_LO	64
#define NACC_FAST_PLAIN_HI	72
#define NACC_FAST_HIGH_LO	80
#define NACC_FAST_HIGH_HI	88
#define NACC_FAST_FREED_LO	96
#define NACC_FAST_FREED_HI	104
#define NACC_FAST_NR_STORES	112
#define NACC_FAST_NR_AMOS	120
#define NACC_FAST_PASS		128
#define NACC_FAST_SATP		136
#define NACC_FAST_SITE_INSN	144
#define NACC_FAST_SITE_PC	152
#define NACC_FAST_SITE_VALUE	160
#define NACC_FAST_SITE_MM	168
#define NACC_FAST_MODE		176
#define NACC_FAST_REGION	184
#define NACC_FAST_REGION_SIZE	192
#define NACC_FAST_BUCKETS	200
#define NACC_FAST_HASH_SHIFT	208
#define NACC_FAST_FRAMES	216
#define NACC_FAST_ORDINARY	224
#define NACC_FAST_USER		232
#define NACC_FAST_MEDELEG	240
#define NACC_FAST_MIDELEG	248
#define NACC_FAST_HIDDEN	256
#define NACC_FAST_VLENB		264
#define NACC_FAST_KNOWN		272
#define NACC_FAST_GO_MASK	280
#define NACC_FAST_GO_STATUS	288
#define NACC_FAST_SRET		296
#define NACC_FAST_COME_MASK	304

/* mstatus.SPELP (Zicfilp) and SDT (Ssdbltrp): with one of them sret is for C, to S-mode too. */
#define NACC_FAST_SRET_OF_C	0x1800000

/*
 * Of struct nacc_hart in the scratch space: the first that is dealt out there. Constant,
 * so that the trap vector needs no register for it.
 */
#define NACC_HART_OFFSET	120

/* struct nacc_frame: offsets from one member to another */
#define NACC_FRAME_SHIFT	6
#define NACC_FRAME_LIVE_TO_GATE	52
#define NACC_FRAME_TYPE		0
#define NACC_FRAME_SLOT		16
#define NACC_FRAME_CONTEXTS	24
#define NACC_FRAME_NEXT_BOUND	28
#define NACC_FRAME_MM		40

/* struct nacc_sbi_context and struct nacc_sbi_gate: offsets */
#define NACC_CONTEXT_F		256
#define NACC_CONTEXT_FCSR	512
#define NACC_CONTEXT_TASK	520
#define NACC_CONTEXT_ROOT	528
#define NACC_CONTEXT_GATE	536
#define NACC_CONTEXT_CAUSE	544
#define NACC_CONTEXT_STATE	552
#define NACC_CONTEXT_FLAGS	560
#define NACC_CONTEXT_VSTART	568
#define NACC_CONTEXT_VL		576
#define NACC_CONTEXT_VTYPE	584
#define NACC_CONTEXT_VCSR	592
#define NACC_CONTEXT_VLENB	1008
#define NACC_CONTEXT_V		1016
#define NACC_GATE_MODE_OFFSET	8
#define NACC_GATE_LIST_OFFSET	40
#define NACC_GATE_CALLS_OFFSET	128

/* nacc_core.h, nacc_sbi.h, nacc_sbi_gate.h and turn.h have these for C. */
#define NACC_FAST_IN_KERNEL	3
#define NACC_FAST_IN_USER	4
#define NACC_FAST_LIST		8
#define NACC_FAST_FLOAT		8
#define NACC_FAST_FLOAT_USED	16
#define NACC_FAST_VECTOR	32
#define NACC_FAST_FLOAT_BITS	7
#define NACC_FAST_FLOAT_MODE	2
#define NACC_FAST_SIGACTION	134
#define NACC_FAST_SIGRETURN	139
#define NACC_FAST_RSEQ		293
#define NACC_FAST_CLONE3	435
#define NACC_FAST_CALLS		512
#define NACC_FAST_TYPE_ROOT	2
#define NACC_FAST_BOUND		1
#define NACC_FAST_HASH		0x9e3779b1

/* Bytes of one row of code in rows.S, and how many there are for one base */
#define NACC_FAST_ROW		16
#define NACC_FAST_STORE_ROW	32
#define NACC_FAST_STORE_ROWS	33

#ifndef __ASSEMBLER__

#include <sbi/sbi_types.h>
#include "nacc_core.h"

/**
 * struct nacc_fast_store - a store that was performed before
 * @pc: its address; odd if there is none
 * @text_pa: where its first byte is in physical memory, rounded down to 8
 * @text: what the eight bytes there were
 * @run: code that performs it
 * @next: address of the instruction behind it
 * @end: of an AMO: code that writes its rd and counts it
 * @base: of a store: what its rs1 holds, less the physical address it stores to
 * @text2: what the next eight bytes were, if it lies across
 * @run2: code that performs it, if it lies across: @run looks at @text2 then
 */
struct nacc_fast_store {
	u64 pc;
	u64 text_pa;
	u64 text;
	unsigned long run;
	u64 next;
	union {
		unsigned long end;
		u64 base;
	};
	u64 text2;
	unsigned long run2;
} __attribute__((aligned(NACC_STORE_SIZE)));

/**
 * struct nacc_fast - what the trap vector needs to perform a store
 * @slow: where it goes on when it cannot
 * @frames_va: virtual address of frame 0 in the kernel's linear map
 * @frames_size: bytes of all frames; 0 while the set-up is not locked, and without
 *	@last, so that no store gets by
 * @frames_pa: what to add to an offset into the frames
 * @status_mask: bits of mstatus to look at
 * @status: their values
 * @last: stores performed before, or NULL: there is no room for them
 * @lives: what to add to a physical address, shifted, to get at the live count
 *	of its frame
 * @plain_lo: leaf entries with nothing forbidden near: from here ...
 * @plain_hi: ... to before here
 * @high_lo: the same, behind the region: from here ...
 * @high_hi: ... to before here
 * @freed_lo: the same, in the kernel image: from here ...
 * @freed_hi: ... to before here
 * @nr_stores: this hart's counter of stores
 * @nr_amos: this hart's counter of AMOs
 * @pass: where a trap goes on that is OpenSBI's
 * @satp: what satp holds, or is about to; other harts read it
 * @site_insn: the site that has written satp last: its instruction; 0 while roots are
 *	not guarded, so that no write gets by
 * @site_pc: its address
 * @site_value: code that fetches what it writes
 * @site_mm: code that fetches the mm
 * @mode: satp mode
 * @region: physical address of the region
 * @region_size: its size
 * @buckets: nacc_core.buckets
 * @hash_shift: nacc_core.hash_shift
 * @frames: the frames' records
 * @ordinary: mms that are not bound may name ordinary roots
 * @user: the hart is in user mode on a gated root: the thread's context; or NULL
 * @medeleg: what is delegated while it is not
 * @mideleg: likewise
 * @hidden: while it is: mstatus.FS and VS as the kernel has them, and user mode has not, or
 *	not as they are: units.c
 * @vlenb: bytes of this hart's vector registers; 0: it has none, whatever mstatus.VS is
 * @known: the context of the last thread that was there, or one that is nobody's. A fence
 *	forgets it
 * @go_mask: bits of mstatus to look at when a thread goes there
 * @go_status: their values at sret: of S-mode, to user mode, from where interrupts are off to
 *	where they are on; that of 64 bits, and little-endian
 * @sret: that instruction
 * @come_mask: bits of mstatus to look at when a thread comes
 *
 * Written by the hart itself only.
 */
struct nacc_fast {
	unsigned long slow;
	u64 frames_va;
	u64 frames_size;
	u64 frames_pa;
	u64 status_mask;
	u64 status;
	struct nacc_fast_store *last;
	u64 lives;
	u64 plain_lo;
	u64 plain_hi;
	u64 high_lo;
	u64 high_hi;
	u64 freed_lo;
	u64 freed_hi;
	u64 *nr_stores;
	u64 *nr_amos;
	unsigned long pass;
	u64 satp;
	u64 site_insn;
	u64 site_pc;
	unsigned long site_value;
	unsigned long site_mm;
	u64 mode;
	u64 region;
	u64 region_size;
	u32 *buckets;
	u64 hash_shift;
	struct nacc_frame *frames;
	u64 ordinary;
	struct nacc_sbi_context *user;
	u64 medeleg;
	u64 mideleg;
	u64 hidden;
	u64 vlenb;
	struct nacc_sbi_context *known;
	u64 go_mask;
	u64 go_status;
	u64 sret;
	u64 come_mask;
};

/* fast.c */
void nacc_fast_init(struct nacc_fast *fast);
void nacc_fast_guard(const struct nacc_core *core, struct nacc_fast *fast);
void nacc_fast_site(struct nacc_fast *fast, u64 pc, u32 insn, u32 mm);
void nacc_fast_learn(const struct nacc_core *core, const struct nacc_access *access);

/* entry.S and rows.S: addresses only */
void nacc_fast_across(void);
void nacc_fast_swapped(void);
void nacc_rows_store(void);
void nacc_rows_swap(void);
void nacc_rows_and(void);
void nacc_rows_or(void);
void nacc_rows_rd(void);
void nacc_rows_get(void);

#endif /* __ASSEMBLER__ */
#endif /* NACC_FAST_H */
