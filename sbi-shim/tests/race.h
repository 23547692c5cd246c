/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the load of an entry and its compare-and-swap, a test may play another
 * hart or the walker.
 */
#ifndef RACE_H
#define RACE_H

/** race - called with the entry if set; resets itself if it is to happen once */
extern void (*race)(unsigned long *entry);

#define NACC_RACE(entry) do { \
	if (race) \
		race((unsigned long *)(entry)); \
} while (0)

/** seals_race - called whenever something of the seals of a root is read or written, if set */
extern void (*seals_race)(void);

#define NACC_SEALS_RACE() do { \
	if (seals_race) \
		seals_race(); \
} while (0)

#endif /* RACE_H */
