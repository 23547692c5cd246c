/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is to be hashed, of things that come in more forms than one.
 */
#ifndef NACC_MEASURE_H
#define NACC_MEASURE_H

#include "crypto.h"
#include "nacc_core.h"

/* Ranges of a set-up that are hashed at a time */
#define NACC_SETUP_SLICE	256

/**
 * nacc_image_size() - how long the file of a kernel is that was loaded
 * @image: its first byte in memory: a RISC-V Image that is PE/COFF as well
 * @max: bytes that may be looked at
 *
 * What the header of Image has is the size in memory, with what is zeroed at the start.
 * The sections' raw data is what there is in the file. Return: bytes, or 0: it is no such
 * image, or longer than @max.
 */
nacc_u64 nacc_image_size(const nacc_u8 *image, nacc_u64 max);

/**
 * struct nacc_setup_hash - the hash of a set-up under way
 * @hash: the hash
 * @next: range that comes next
 * @begun: what comes before the ranges has been hashed
 */
struct nacc_setup_hash {
	struct nacc_hash hash;
	nacc_u32 next;
	nacc_u32 begun;
};

/**
 * nacc_setup_hash_some() - hash a part of a set-up that is locked
 * @h: how far it has come; zeroed at first
 * @setup: the set-up
 *
 * Numbers of eight bytes, the lowest first: version, flags, kernel root, size of the image,
 * the four counts, and the ranges. Physical addresses less that of the image, and virtual
 * ones likewise: the same kernel gives the same hash wherever it has been put.
 *
 * Return: 1 if that was all of it.
 */
int nacc_setup_hash_some(struct nacc_setup_hash *h, const struct nacc_sbi_setup *setup);

#endif /* NACC_MEASURE_H */
