// SPDX-License-Identifier: BSD-2-Clause
/*
 * Per-hart state: where it is, and what is known of all harts by it.
 */
#include "generation.h"
#include "hart.h"

static bool has_room;

_Static_assert(NACC_HART_OFFSET == SBI_SCRATCH_EXTRA_SPACE_OFFSET, "where scratch space begins");

/**
 * nacc_hart_init() - make room for it, once, on the boot hart
 *
 * Before anybody else takes a part of the scratch space. The room comes zeroed.
 */
void nacc_hart_init(void)
{
	has_room = sbi_scratch_alloc_type_offset(struct nacc_hart) == NACC_HART_OFFSET;
}

/**
 * nacc_hart_room() - is there room for it?
 */
bool nacc_hart_room(void)
{
	return has_room;
}

/**
 * nacc_hart_disarm() - the hart is on its way out of S-mode's reach
 * @scratch: its scratch space
 *
 * OpenSBI sets its own vector when the hart comes back, before it arms again.
 */
void nacc_hart_disarm(struct sbi_scratch *scratch)
{
	if (!has_room)
		return;
	__atomic_store_n(&nacc_hart_of(scratch)->armed, 0, __ATOMIC_RELEASE);
}

/**
 * nacc_hart_count() - harts whose traps pass through the shim
 */
unsigned long nacc_hart_count(void)
{
	unsigned long count = 0;
	struct nacc_hart *hart;
	u32 i;

	for (i = 0; i < NACC_NR_HARTS(); i++) {
		struct sbi_scratch *scratch = sbi_hartindex_to_scratch(i);

		if (!scratch)
			continue;
		hart = nacc_hart_of(scratch);
		count += __atomic_load_n(&hart->armed, __ATOMIC_ACQUIRE);
	}
	return count;
}

/**
 * nacc_hart_walker() - what the walkers of all armed harts do
 */
enum nacc_walker nacc_hart_walker(void)
{
	enum nacc_walker all = NACC_WALKER_UNKNOWN;
	bool any = false;
	u32 i;

	for (i = 0; i < NACC_NR_HARTS(); i++) {
		struct sbi_scratch *scratch = sbi_hartindex_to_scratch(i);
		struct nacc_hart *hart = scratch ? nacc_hart_of(scratch) : NULL;

		if (!hart || !__atomic_load_n(&hart->armed, __ATOMIC_ACQUIRE))
			continue;
		if (any && hart->walker != all)
			return NACC_WALKER_UNKNOWN;
		all = hart->walker;
		any = true;
	}
	return all;
}

/**
 * nacc_hart_inval() - the worst that cbo.inval of S-mode does on an armed hart
 */
enum nacc_inval nacc_hart_inval(void)
{
	enum nacc_inval worst = NACC_INVAL_NONE;
	u32 i;

	for (i = 0; i < NACC_NR_HARTS(); i++) {
		struct sbi_scratch *scratch = sbi_hartindex_to_scratch(i);
		struct nacc_hart *hart = scratch ? nacc_hart_of(scratch) : NULL;

		if (hart && __atomic_load_n(&hart->armed, __ATOMIC_ACQUIRE) &&
		    hart->inval > worst)
			worst = hart->inval;
	}
	return worst;
}
