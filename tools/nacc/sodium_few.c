// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that libsodium's verifier wants of the rest of libsodium. Nothing here
 * is secret.
 */
#include <stddef.h>
#include <string.h>

#include <utils.h>

/**
 * sodium_memzero - zero some memory
 * @at: where
 * @len: bytes of it
 */
void sodium_memzero(void *const at, const size_t len)
{
	memset(at, 0, len);
}

/**
 * sodium_memcmp - are two pieces of memory the same?
 * @a: one
 * @b: the other
 * @len: bytes of each
 *
 * Return: 0 if they are, or -1.
 */
int sodium_memcmp(const void *const a, const void *const b, size_t len)
{
	return memcmp(a, b, len) ? -1 : 0;
}

/**
 * sodium_is_zero - is some memory zero?
 * @at: where
 * @len: bytes of it
 *
 * Return: 1 if it is, or 0.
 */
int sodium_is_zero(const unsigned char *at, const size_t len)
{
	unsigned char all = 0;
	size_t i;

	for (i = 0; i < len; i++)
		all |= at[i];
	return !all;
}
