/* SPDX-License-Identifier: BSD-2-Clause */
/* For libsodium; see string.h. */
#ifndef NACC_SODIUM_STDLIB_H
#define NACC_SODIUM_STDLIB_H

#include <stddef.h>

/* Called nowhere in what is linked: there is no such function here. */
void abort(void) __attribute__((noreturn));

#endif /* NACC_SODIUM_STDLIB_H */
