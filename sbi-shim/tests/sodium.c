// SPDX-License-Identifier: BSD-2-Clause
/* What libsodium's files want of the rest of it, to verify what the firmware signs. */
#include <stdlib.h>
#include <string.h>

#include <randombytes.h>
#include <utils.h>

int sodium_memcmp(const void *const a, const void *const b, size_t len)
{
	return memcmp(a, b, len) ? -1 : 0;
}

int sodium_is_zero(const unsigned char *at, const size_t len)
{
	unsigned char all = 0;

	for (size_t i = 0; i < len; i++)
		all |= at[i];
	return !all;
}

/* Nothing here is random. */
void randombytes_buf(void *const at, const size_t len)
{
	(void)at;
	(void)len;
	abort();
}
