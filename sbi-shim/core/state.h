/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What has become of the core: asked by its files and by the firmware around it.
 */
#ifndef NACC_STATE_H
#define NACC_STATE_H

#include "mem.h"
#include "nacc_core.h"

static inline int nacc_is_set_up(const struct nacc_core *core)
{
	return __atomic_load_n(&core->set_up, __ATOMIC_ACQUIRE);
}

/* See struct nacc_core for what follows from it. */
static inline int nacc_is_locked(const struct nacc_core *core)
{
	return __atomic_load_n(&core->locked, __ATOMIC_ACQUIRE);
}

/* Does an address lie in the R-only region? */
static inline int nacc_in_region(const struct nacc_core *core, nacc_u64 pa)
{
	return pa - core->layout.region_base < core->layout.region_size;
}

/* The records' part of the region: M-mode's alone. */
static inline nacc_u64 nacc_records_size(const struct nacc_layout *layout)
{
	return layout->region_size / NACC_RECORDS_SHARE;
}

/* Where the secret pages are, or would be: above the frames, below the records */
static inline nacc_u64 nacc_secrets_base(const struct nacc_layout *layout)
{
	return layout->region_base + layout->region_size - nacc_records_size(layout) -
	       layout->nr_secrets * NACC_SECRET_SPAN;
}

static inline int nacc_is_secret(const struct nacc_core *core, nacc_u64 pa)
{
	return pa - nacc_secrets_base(&core->layout) <
	       core->layout.nr_secrets * NACC_SECRET_SPAN;
}

/* Does an address of the region lie in what S-mode may read of it? */
static inline int nacc_is_readable(const struct nacc_core *core, nacc_u64 pa)
{
	return pa >= core->layout.region_base && pa < nacc_secrets_base(&core->layout);
}

/* The page of the region that is never anything, for stores that must be refused. */
static inline nacc_u64 nacc_selftest_page(const struct nacc_core *core)
{
	return core->frame_base - NACC_SBI_PAGE_SIZE;
}

/*
 * Is this the address in satp of a root that was released? A table that was counts, too:
 * as a root it would be no better.
 */
static inline int nacc_root_released(const struct nacc_core *core, nacc_u64 pa)
{
	nacc_u64 i = (pa - core->frame_base) / NACC_SBI_PAGE_SIZE;

	return pa >= core->frame_base && i < core->nr_frames &&
	       __atomic_load_n(&core->frames[i].type, __ATOMIC_ACQUIRE) == NACC_FRAME_RELEASED;
}

#endif /* NACC_STATE_H */
