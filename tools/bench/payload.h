/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the program in the kernel's place share. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "stores.h"

#define LINEAR		0xffffffd000000000UL
#define PAGE		4096UL

#define V		0x01UL
#define R		0x02UL
#define W		0x04UL
#define X		0x08UL
#define U		0x10UL
#define G		0x20UL
#define A		0x40UL
#define D		0x80UL
#define LEAF(pa, bits)	((pa) >> 12 << 10 | (bits))

/* sbi.c: say(), put(), put_number(): print; fail(): the last word, and a reset. */
void put(const char *text);
void put_number(u64 n, u64 base);
void say(const char *what, u64 value, u64 base);
void end(void);
void fail(const char *who, const char *what, u64 value);

/* sbi_error(): the error of a call, of any extension. */
long sbi_error(u64 ext, u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3);

/* must(), must4(): a call of the shim, which may not fail; its value. */
u64 must(u64 fid, u64 arg0, u64 arg1, u64 arg2);
u64 must4(u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3);

/* new_page(): a page of zeros that nobody has; the first is at free_page. */
extern u64 free_page;
u64 *new_page(void);

/* What a hundred instructions take, in units of instret. */
extern u64 nop;

/* calls.c: what calls take. */
void print_calls(u64 table);
void print_life(u64 parent);
void print_report(void);

/* traps.c: what satp and fences take while roots are guarded. */
extern char load_root_site[];
void print_traps(void);
u64 load_root(u64 satp, u64 mm);

#endif /* PAYLOAD_H */
