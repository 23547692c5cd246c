/* SPDX-License-Identifier: GPL-2.0 */
/* What vectors.c and vectors.S share. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>

/**
 * struct vectors - all vector registers; vectors.S knows this
 * @vcsr: CSR
 * @vl: CSR
 * @vtype: CSR
 * @pad: zero
 * @v: v0..v31
 */
struct vectors {
	uint64_t vcsr, vl, vtype, pad;
	uint8_t v[4096];
};

void hold_vectors(const struct vectors *from, struct vectors *to, long turns, const char *pages);
void spoil_vectors(void);

#endif /* VECTORS_H */
