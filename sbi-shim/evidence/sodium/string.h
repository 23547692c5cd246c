/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libsodium's files want of a C library, in a firmware that has none: this and the
 * headers beside it stand in for the system's. stddef.h and stdint.h are the
 * compiler's own.
 */
#ifndef NACC_SODIUM_STRING_H
#define NACC_SODIUM_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int value, size_t len);

#endif /* NACC_SODIUM_STRING_H */
