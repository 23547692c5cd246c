// SPDX-License-Identifier: BSD-2-Clause
/*
 * NACC_SBI_SETUP: what the kernel says about itself.
 *
 * The content is copied into memory of M-mode's first and only the copy is looked at;
 * S-mode cannot change it between the check and its use, nor ever after.
 */
#include "mem.h"
#include "policy.h"
#include "pte.h"
#include "request.h"
#include "setup.h"
#include "state.h"

static int counts_ok(const struct nacc_sbi_setup *setup, nacc_u64 len)
{
	nacc_u64 nr = (nacc_u64)setup->nr_writers + setup->nr_user_visible + setup->nr_freed +
		      setup->nr_sites;

	return setup->nr_writers && setup->nr_sites <= NACC_SBI_SITES_MAX &&
	       nr == (len - sizeof(*setup)) / sizeof(setup->ranges[0]);
}

/* Writers are sorted; user-visible and freed ranges are whole pages of the image. */
static int ranges_ok(const struct nacc_sbi_setup *setup)
{
	nacc_u32 nr = setup->nr_writers + setup->nr_user_visible + setup->nr_freed;
	nacc_u64 floor = 0, ceiling = ~0ULL, align = 1;

	for (nacc_u32 i = 0; i < nr; i++) {
		const struct nacc_sbi_range *range = &setup->ranges[i];

		if (i >= setup->nr_writers) {
			floor = setup->image_pa;
			ceiling = setup->image_pa + setup->image_size;
			align = PAGE_SIZE;
		}
		if (range->start < floor || range->end <= range->start ||
		    range->end > ceiling || (range->start | range->end) % align)
			return 0;
		floor = range->end;
	}
	for (nacc_u32 i = nr; i < nr + setup->nr_sites; i++)
		if (setup->ranges[i].start - setup->image_va >= setup->image_size ||
		    setup->ranges[i].end - 1 >= 31)
			return 0;
	return 1;
}

static enum nacc_reason check_setup(const struct nacc_core *core,
				    const struct nacc_sbi_setup *setup, nacc_u64 len)
{
	if (setup->version != NACC_SBI_ABI_VERSION ||
	    setup->flags > NACC_PROVENANCE_ENFORCE || !counts_ok(setup, len))
		return NACC_REASON_BAD_COUNT;
	if (!nacc_ram_ok(core, setup->kernel_root, PAGE_SIZE) || setup->image_size % PAGE_SIZE ||
	    !nacc_ram_ok(core, setup->image_pa, setup->image_size) || !ranges_ok(setup))
		return NACC_REASON_BAD_ADDRESS;
	return NACC_REASON_NONE;
}

/* The two copies change places, so one that is refused has done no harm. */
static struct nacc_ret take(struct nacc_core *core, const nacc_u64 *src, nacc_u64 len,
			    nacc_u32 mode)
{
	struct nacc_sbi_setup *copy = core->spare;
	enum nacc_reason reason;

	copy64((nacc_u64 *)copy, src, len / sizeof(*src));
	reason = check_setup(core, copy, len);
	if (reason)
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, reason);
	core->spare = core->setup;
	core->setup = copy;
	core->setup_len = len;
	core->satp_mode = mode;
	core->top_level = mode - 6;
	__atomic_store_n(&core->set_up, 1, __ATOMIC_RELEASE);
	return ret_ok(0);
}

static struct nacc_ret compare(const struct nacc_core *core, const nacc_u64 *src, nacc_u64 len)
{
	const nacc_u64 *copy = (const nacc_u64 *)core->setup;
	int same = len == core->setup_len;

	for (nacc_u64 i = 0; same && i < len / sizeof(*copy); i++)
		same = copy[i] == load64(&src[i]);
	return same ? ret_fail(NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_NONE) :
		      ret_fail(NACC_SBI_ERR_DENIED, NACC_REASON_LOCKED);
}

struct nacc_ret nacc_setup(struct nacc_core *core, const struct nacc_request *rq)
{
	nacc_u64 pa = rq->arg[0], len = rq->arg[1];
	nacc_u64 mode = rq->satp >> SATP_MODE_SHIFT;

	if (len <= sizeof(struct nacc_sbi_setup) || len > NACC_SBI_SETUP_MAX ||
	    (len - sizeof(struct nacc_sbi_setup)) % sizeof(struct nacc_sbi_range))
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	if (!nacc_buffer_ok(core, pa, len))
		return ret_fail(NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	if (mode < 8 || mode > 10)
		return ret_fail(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	return nacc_is_locked(core) ? compare(core, nacc_phys(pa), len) :
				      take(core, nacc_phys(pa), len, mode);
}
