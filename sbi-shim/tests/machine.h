/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for the core to run on: physical memory, a kernel, and short names
 * for what the tests do to it.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "nacc_core.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define PAGE		4096UL
#define RAM_BASE	0x80000000UL
#define RAM_SIZE	0x02000000UL		/* 32 MiB */
#define FW_BASE		0x80000000UL
#define FW_SIZE		0x00080000UL
#define IMAGE_BASE	0x80200000UL
#define IMAGE_SIZE	0x00200000UL
#define KERNEL_ROOT	(IMAGE_BASE + 0x1000)
#define VDSO_BASE	(IMAGE_BASE + 0x10000)
#define VDSO_SIZE	0x2000UL
#define FREED_BASE	(IMAGE_BASE + 0x40000)
#define FREED_SIZE	0x4000UL
#define POOL_BASE	0x81000000UL		/* region, up to 8 MiB of it */
#define HEAP_BASE	0x80400000UL		/* ordinary pages */
#define HEAP_END	0x80f00000UL
#define SETUPS		0x80f80000UL		/* stands for memory of M-mode's */
#define DATA_PAGE	0x81800000UL		/* what leaves name */
#define USER_BASE	0x3fff0000UL		/* virtual: memory of a program */
#define USER_PAGES	8
#define USER_PA		0x81900000UL		/* where that is */

#define WRITER_PC	0xffffffff80002000UL	/* in a writer range */
#define OTHER_PC	0xffffffff80009000UL	/* in none */

#define V		0x001UL
#define R		0x002UL
#define W		0x004UL
#define X		0x008UL
#define U		0x010UL
#define G		0x020UL
#define A		0x040UL
#define D		0x080UL
#define USER_RW		(V | R | W | U | A | D)
#define USER_RO		(V | R | U | A)
#define USER_RX		(V | R | X | U | A)
#define PTE(pa, bits)	(((nacc_u64)(pa) >> 12 << 10) | (bits))
#define LINK(pa)	PTE(pa, V)
#define PTE_TO_PA(pte)	(((nacc_u64)(pte) >> 10 & 0xfffffffffffUL) << 12)

#define SV39		8
#define SV48		9
#define SV57		10

/** struct machine - one machine; tests have one at a time */
struct machine {
	struct nacc_core core;
	struct nacc_layout layout;
	nacc_u8 *ram;
	nacc_u64 heap;
	nacc_u64 setup_pa;
	nacc_u64 setup_len;
	nacc_u32 mode;
	nacc_u32 flags;			/* of the set-up */
	nacc_u64 loaded;		/* root that a hart has */
	nacc_u32 holes;			/* pages of the program that are not mapped, as a set */
	void (*on_phys)(nacc_u64 pa);	/* called at each nacc_phys() */
	void (*on_user)(nacc_u64 va);	/* called at each nacc_user_read() */
};

extern struct machine m;
/* So many can have secret pages on the next one: MACHINE_SECRETS, but for who wants others */
#define MACHINE_SECRETS	2U
extern nacc_u32 machine_secrets;
/* Bytes of a vector register on the next one: mostly there are none */
extern nacc_u32 machine_vlenb;
/* The hart that this thread is */
extern _Thread_local nacc_u32 this_hart;

/* A machine after boot; region_size a power of two up to 8 MiB. */
void machine_boot(nacc_u32 mode, nacc_u64 region_size);
/* The same in memory that is there already, dirty as it is. */
void machine_reboot(nacc_u8 *ram, nacc_u32 mode, nacc_u64 region_size);
/* The same, set up, with every frame armed. */
void machine_ready(nacc_u32 mode, nacc_u64 region_size);
void machine_off(void);
/* cmocka fixtures: machine_ready() in Sv39 with 1 MiB; machine_off() */
int setup_sv39(void **state);
int teardown(void **state);

/* Where the test machine has a program's memory */
nacc_u64 *user_at(nacc_u64 va);
nacc_u64 page_alloc(void);
nacc_u64 *page_at(nacc_u64 pa);
struct nacc_sbi_setup *setup_content(void);
struct nacc_ret do_setup(void);

struct nacc_ret call(nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2);
struct nacc_ret call4(nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2, nacc_u64 a3);
nacc_u64 must(struct nacc_ret ret);
void assert_call(struct nacc_ret ret, long error, unsigned int reason);
void fence(void);

/* A store by S-mode code of a writer range. */
struct nacc_access access_of(nacc_u8 op, nacc_u64 pa, nacc_u64 operand);
unsigned int amo(nacc_u8 op, nacc_u64 pa, nacc_u64 operand, nacc_u64 *old);
unsigned int sd(nacc_u64 pa, nacc_u64 val);
/* The store of an access; @old may be NULL. */
unsigned int store(const struct nacc_access *access, nacc_u64 *old);
int is_writer(nacc_u64 pc);
/* The same, and it must be refused: memory unchanged, counted, audited. */
void refuse_sd(nacc_u64 pa, nacc_u64 val, unsigned int reason);

struct nacc_frame *frame_of(nacc_u64 pa);
nacc_u32 frame_number(nacc_u64 pa);
nacc_u64 frame_address(nacc_u32 index);
nacc_u64 entry(nacc_u64 table, unsigned int slot);
nacc_u64 stat(unsigned int which);
unsigned int top(void);

/* An address space that is being built. */
nacc_u64 create(void);
/* A live address space with an empty user half. */
nacc_u64 new_as(void);
/* A table, linked from the root down to @level at slot 0 of each. */
nacc_u64 new_table(nacc_u64 root, unsigned int level);

/* Independent invariant checker: NULL, or what is wrong. */
const char *check_machine(void);
/* What is wrong, in words; until the next that is */
__attribute__((format(printf, 1, 2)))
const char *wrong(const char *format, ...);
/* Of the seals of one root: each page is there, read-only, all on the way to it flagged. */
const char *check_seals(nacc_u32 root);
/* Of the vector registers of the contexts in a frame, from the first; and of such a frame */
const char *check_vector(nacc_u32 at, nacc_u32 first);
int check_vector_frame(nacc_u32 i);
/* Its part about pages: the page of a root; its entry; the way to it; a page and its record */
nacc_u32 check_page_of(const struct nacc_frame *root);
int check_page_entry(const struct nacc_frame *f, unsigned int slot, nacc_u64 pte);
const char *check_place(nacc_u32 root);
const char *check_secrets(void);
int check_page_pair(nacc_u32 i, nacc_u8 type);
const char *check_page(nacc_u32 i);
#define assert_machine_ok() do { \
	const char *what = check_machine(); \
	if (what) \
		fail_msg("invariant: %s", what); \
} while (0)

nacc_u64 rnd(nacc_u64 *seed);

/* One list of tests per file. */
struct suite {
	const char *name;
	const struct CMUnitTest *tests;
	size_t nr;
};

extern const struct suite decode_suite, setup_suite, frame_suite, access_suite,
	rules_suite, audit_suite, link_suite, call_suite, build_suite, adbits_suite,
	fuzz_suite, smp_suite, provenance_suite, race_suite, batch_suite, fork_suite, born_suite,
	deputy_suite, asks_suite, locks_suite, roots_suite, turn_suite, handlers_suite, noted_suite,
	loads_suite, contexts_suite, children_suite, births_suite, signal_suite, gate_suite,
	float_suite, vector_suite,
	seals_suite, ranges_suite, measure_suite, report_suite, walk_suite,
	page_suite, place_suite, secret_suite, secret_place_suite;

#endif /* MACHINE_H */
