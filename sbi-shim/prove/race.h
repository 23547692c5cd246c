/* SPDX-License-Identifier: BSD-2-Clause */
/* The walker of the proofs: see stores.c. */
#ifndef RACE_H
#define RACE_H

#define NACC_RACE(entry)	prove_race(entry)

void prove_race(unsigned long *entry);

#endif /* RACE_H */
