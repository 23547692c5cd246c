/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-512 and Ed25519. Not ours: libsodium's reference implementation, out of Debian's
 * source package, of which neither the memory allocator nor the system is wanted.
 */
#ifndef NACC_CRYPTO_H
#define NACC_CRYPTO_H

#include <crypto_hash_sha512.h>
#include "nacc_sbi.h"

#define NACC_SEED_SIZE		32
#define NACC_PUBLIC_SIZE	32
#define NACC_SECRET_SIZE	64
#define NACC_SIGNATURE_SIZE	64
/* Of a public key: what it is called in a report */
#define NACC_KID_SIZE		8

/**
 * struct nacc_hash - a hash under way
 * @state: libsodium's
 */
struct nacc_hash {
	crypto_hash_sha512_state state;
};

/**
 * nacc_hash_begin() - begin to hash
 * @hash: the hash
 */
void nacc_hash_begin(struct nacc_hash *hash);

/**
 * nacc_hash_add() - hash some more
 * @hash: the hash
 * @bytes: what
 * @len: how much of it
 */
void nacc_hash_add(struct nacc_hash *hash, const void *bytes, nacc_u64 len);

/**
 * nacc_hash_number() - hash a number, as eight bytes of which the lowest comes first
 * @hash: the hash
 * @value: the number
 */
void nacc_hash_number(struct nacc_hash *hash, nacc_u64 value);

/**
 * nacc_hash_end() - the hash of all that was added
 * @hash: the hash, over with this
 * @digest: out
 */
void nacc_hash_end(struct nacc_hash *hash, nacc_u8 digest[NACC_REPORT_HASH_SIZE]);

/**
 * struct nacc_key - a key that signs
 * @secret: its seed and its public half
 * @public: its public half
 * @kid: what it is called
 */
struct nacc_key {
	nacc_u8 secret[NACC_SECRET_SIZE];
	nacc_u8 public[NACC_PUBLIC_SIZE];
	nacc_u8 kid[NACC_KID_SIZE];
};

/**
 * nacc_key_make() - a key from its seed
 * @key: out
 * @seed: the seed
 */
void nacc_key_make(struct nacc_key *key, const nacc_u8 seed[NACC_SEED_SIZE]);

/**
 * nacc_key_sign() - sign with Ed25519 (RFC 8032), in time that does not depend on the key
 * @key: the key
 * @message: what
 * @len: bytes of it
 * @signature: out
 */
void nacc_key_sign(const struct nacc_key *key, const nacc_u8 *message, nacc_u64 len,
		   nacc_u8 signature[NACC_SIGNATURE_SIZE]);

#endif /* NACC_CRYPTO_H */
