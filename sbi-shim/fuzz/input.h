/* SPDX-License-Identifier: BSD-2-Clause */
/* The fuzzer's input, of the harnesses that take it number by number. */
#ifndef NACC_FUZZ_INPUT_H
#define NACC_FUZZ_INPUT_H

#include <stddef.h>
#include "nacc_sbi.h"

struct input {
	const unsigned char *data;
	size_t size;
};

/* A number of so many bytes; of fewer, where it ends. */
static inline nacc_u64 take(struct input *in, size_t bytes)
{
	nacc_u64 value = 0;

	for (; bytes && in->size; bytes--, in->size--)
		value = value << 8 | *in->data++;
	return value;
}

#endif /* NACC_FUZZ_INPUT_H */
