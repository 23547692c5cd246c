/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of other extensions, for the tests: functions that take memory, and a
 * machine with all kinds of memory.
 */
#ifndef ASKS_H
#define ASKS_H

#include "deputy.h"
#include "machine.h"

#define FW2_BASE	0x80500000UL		/* firmware in the middle of RAM */
#define FW2_SIZE	0x00010000UL
#define BANK2		0x90000000UL		/* another bank, apart */
#define BANK2_SIZE	0x00010000UL
#define POOL_SIZE	(1UL << 20)
#define WRITER_PA	(IMAGE_BASE + 0x2000)	/* of WRITER_PC */

#define INVALID_PARAM	(-3)
#define INVALID_ADDRESS	(-5)
#define NOT_SUPPORTED	(-2)

#define BASE		0x10
#define PMU		0x504d55
#define DBCN		0x4442434e
#define SSE		0x535345
#define DBTR		0x44425452
#define MPXY		0x4d505859
#define STA		0x535441
#define NACL		0x4e41434c

/**
 * struct taker - a function that takes memory, as the specification has it
 * @addr: argument that is the address
 * @count: argument that is the count, or -1
 * @unit: bytes of each
 * @max: most of them
 * @write: M-mode writes
 * @error: for a range that is not the caller's
 * @then: enum nacc_deputy of a good call
 */
struct taker {
	const char *name;
	nacc_u64 eid;
	nacc_u64 fid;
	int addr;
	int count;
	nacc_u64 unit;
	nacc_u64 max;
	int write;
	long error;
	int then;
};

#define NR_TAKERS	6

extern const struct taker takers[NR_TAKERS];

/* A call, and one of such a function with this memory. */
struct nacc_ask ask_of(nacc_u64 eid, nacc_u64 fid);
struct nacc_ask ask_range(const struct taker *t, nacc_u64 pa, nacc_u64 count);

/* What becomes of it: it must be let by, or be refused with this error. */
enum nacc_deputy judge(const struct nacc_ask *ask, struct nacc_ret *ret);
void assert_passes(const char *what, const struct nacc_ask *ask, int then);
void assert_refused(const char *what, const struct nacc_ask *ask, long error);

/* Firmware in the middle, a second bank; not set up, or locked. */
int setup_banks(void **state);
int setup_locked(void **state);
#define BOOTED(f) cmocka_unit_test_setup_teardown(f, setup_banks, teardown)
#define LOCKED(f) { #f " locked", f, setup_locked, teardown, NULL }

#endif /* ASKS_H */
