/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call: how ecall.c hands it on, what performs it gets, and its result.
 */
#ifndef NACC_REQUEST_H
#define NACC_REQUEST_H

#include "nacc_core.h"

/**
 * struct nacc_request - a call whose arguments have been looked at
 * @fid: which function
 * @arg: a0..a5, all hostile
 * @satp: satp of the calling hart
 * @frame: frame that it names, of a type and in a state that fit the function
 * @page: buffer that it names; nacc_buffer_ok()
 */
struct nacc_request {
	nacc_u64 fid;
	const nacc_u64 *arg;
	nacc_u64 satp;
	struct nacc_frame *frame;
	void *page;
};

/* Sets of frame types, and of address-space states by the flags of the root */
#define ROOT		(1U << NACC_FRAME_ROOT)
#define TABLE		(1U << NACC_FRAME_TABLE)
#define LIVE		(1U << 0)
#define BUILDING	(1U << NACC_FRAME_FLAG_BUILDING)
#define RETIRING	(1U << NACC_FRAME_FLAG_RETIRING)
#define ANY		(LIVE | BUILDING | RETIRING)

/**
 * struct nacc_handler - one function of the extension
 * @call: runs with the address space locked of the frame that it names; or
 * @step: runs with the pile locked for each of the frames that the first two
 *	arguments name; the call returns the sum of what it returns
 * @max: how many frames @step may be asked for
 * @early: allowed before set-up
 * @types: frame types that argument 0 must name one of; 0: names no frame
 * @states: states that its address space may be in
 * @page: number of the argument that names a buffer, from 1; 0: none
 * @pages: how many pages the buffer has, if not one
 * @unlocked: @call runs without the lock: it changes entries of level 0 only, or
 *	takes locks itself
 */
struct nacc_handler {
	struct nacc_ret (*call)(struct nacc_core *core, const struct nacc_request *rq);
	int (*step)(struct nacc_core *core, struct nacc_frame *frame);
	nacc_u16 max;
	nacc_u8 early;
	nacc_u8 types;
	nacc_u8 states;
	nacc_u8 page;
	nacc_u8 pages;
	nacc_u8 unlocked;
};

/**
 * struct nacc_range - entries of a table that a call is about
 * @first: first of them
 * @end: behind the last of them
 */
struct nacc_range {
	nacc_u32 first;
	nacc_u32 end;
};

/* Of an argument: first entry | number of them << 16. They are some, of the first @nr. */
static inline int range_of(nacc_u64 arg, nacc_u32 nr, struct nacc_range *range)
{
	nacc_u64 first = arg & 0xffff, count = arg >> 16;

	if (first >= nr || !count || count > nr - first)
		return 0;
	*range = (struct nacc_range){ (nacc_u32)first, (nacc_u32)(first + count) };
	return 1;
}

static inline struct nacc_ret ret_ok(nacc_u64 value)
{
	return (struct nacc_ret){ .error = NACC_SBI_SUCCESS, .value = value };
}

static inline struct nacc_ret ret_fail(long error, enum nacc_reason reason)
{
	return (struct nacc_ret){ .error = error, .value = reason };
}

/**
 * nacc_refused() - the result of a call that is refused
 * @reason: why
 *
 * Return: that, with the error that goes with it: NACC_SBI_ERR_DENIED if no other does.
 */
struct nacc_ret nacc_refused(enum nacc_reason reason);

#endif /* NACC_REQUEST_H */
