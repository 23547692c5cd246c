/* SPDX-License-Identifier: GPL-2.0 */
/* What registers.c and registers.S share. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

/* vlenb is 128 at most here, else v0..v31 are left out. */
#define VECTOR	128

/**
 * struct file - all registers of a thread; registers.S knows this
 * @x: x0..x31
 * @f: f0..f31
 * @fcsr: CSR
 * @vcsr: CSR; with V, as the rest
 * @vl: CSR
 * @vtype: CSR
 * @vstart: CSR
 * @v: v0..v31, as much of it as they have
 */
struct file {
	uint64_t x[32];
	uint64_t f[32];
	uint64_t fcsr;
	uint64_t vcsr;
	uint64_t vl;
	uint64_t vtype;
	uint64_t vstart;
	uint8_t v[32 * VECTOR];
};

extern struct file given, found;
extern uint64_t own_sp;
extern int has_v;
extern volatile int entered;

void hold_call(void);
void hold_fault(void);

#endif /* REGISTERS_H */
