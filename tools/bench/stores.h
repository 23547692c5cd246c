/* SPDX-License-Identifier: GPL-2.0 */
/* What stores.S and payload.ld define. */
#ifndef STORES_H
#define STORES_H

#include "nacc_sbi.h"

typedef uint64_t u64;

/**
 * struct context - registers around a store
 * @in: before it
 * @out: behind it
 * @keep: of the caller
 * @faults: stores refused so far
 * @scratch: the trap vector's
 */
struct context {
	u64 in[32];
	u64 out[32];
	u64 keep[32];
	u64 faults;
	u64 scratch[2];
};

/**
 * struct stub - a store
 * @run: perform it
 * @name: instruction
 * @rs2: register of the operand
 * @rd: register of the result, or 0
 * @at: register of the address ...
 * @imm: ... and what is added to it
 */
struct stub {
	void (*run)(struct context *context);
	const char *name;
	u64 rs2;
	u64 rd;
	u64 at;
	u64 imm;
};

extern const char image_start[], image_end[], writers_start[], writers_end[];
extern const struct stub stubs_start[], stubs_end[];
void trap_vector(void);
void s_mode(void);

typedef u64 timed(u64 *entry, u64 value);
timed time_nothing, time_nops, time_set, time_sd, time_sd_leaf, time_sd_zero, time_sd_high,
	time_sd_freed, time_sd_across, time_sd_across_t, time_c_sd, time_swap, time_swap_leaf,
	time_swap_across_t, time_swap_x0, time_and, time_and_x0, time_and_across_t, time_or;

#endif /* STORES_H */
