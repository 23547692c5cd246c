// SPDX-License-Identifier: BSD-2-Clause
/*
 * libsodium by the names that the rest knows.
 */
#include <crypto_hash_sha512.h>
#include <crypto_sign_ed25519.h>
#include "crypto.h"

void sodium_memzero(void * const at, const size_t len);

/*
 * libsodium's way to forget a secret, whatever the compiler thinks of stores that nobody
 * reads. All else that it wants of others OpenSBI has, under the names of the C library.
 */
void sodium_memzero(void * const at, const size_t len)
{
	volatile nacc_u8 *byte = at;

	for (size_t i = 0; i < len; i++)
		byte[i] = 0;
}

_Static_assert(crypto_hash_sha512_BYTES == NACC_REPORT_HASH_SIZE &&
	       crypto_sign_ed25519_SEEDBYTES == NACC_SEED_SIZE &&
	       crypto_sign_ed25519_PUBLICKEYBYTES == NACC_PUBLIC_SIZE &&
	       crypto_sign_ed25519_SECRETKEYBYTES == NACC_SECRET_SIZE &&
	       crypto_sign_ed25519_BYTES == NACC_SIGNATURE_SIZE, "not what it was written for");

void nacc_hash_begin(struct nacc_hash *hash)
{
	crypto_hash_sha512_init(&hash->state);
}

void nacc_hash_add(struct nacc_hash *hash, const void *bytes, nacc_u64 len)
{
	crypto_hash_sha512_update(&hash->state, bytes, len);
}

void nacc_hash_number(struct nacc_hash *hash, nacc_u64 value)
{
	nacc_u8 bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (nacc_u8)(value >> 8 * i);
	nacc_hash_add(hash, bytes, sizeof(bytes));
}

void nacc_hash_end(struct nacc_hash *hash, nacc_u8 digest[NACC_REPORT_HASH_SIZE])
{
	crypto_hash_sha512_final(&hash->state, digest);
}

void nacc_key_make(struct nacc_key *key, const nacc_u8 seed[NACC_SEED_SIZE])
{
	nacc_u8 digest[NACC_REPORT_HASH_SIZE];
	struct nacc_hash hash;

	crypto_sign_ed25519_seed_keypair(key->public, key->secret, seed);
	nacc_hash_begin(&hash);
	nacc_hash_add(&hash, key->public, NACC_PUBLIC_SIZE);
	nacc_hash_end(&hash, digest);
	for (int i = 0; i < NACC_KID_SIZE; i++)
		key->kid[i] = digest[i];
}

void nacc_key_sign(const struct nacc_key *key, const nacc_u8 *message, nacc_u64 len,
		   nacc_u8 signature[NACC_SIGNATURE_SIZE])
{
	crypto_sign_ed25519_detached(signature, 0, message, len, key->secret);
}
