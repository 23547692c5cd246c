// SPDX-License-Identifier: BSD-2-Clause
/*
 * NACC_SBI_SETUP: what the kernel says about itself, taken once for good.
 *
 * The content is copied into the region first and only the copy is looked at;
 * S-mode cannot change it between the check and its use, nor ever after.
 */
#include "nacc_internal.h"

#define RANGE_SIZE	sizeof(struct nacc_sbi_range)

static struct nacc_ret ret(long error, nacc_u64 value)
{
	return (struct nacc_ret){ .error = error, .value = value };
}

static int length_ok(nacc_u64 len)
{
	return len >= sizeof(struct nacc_sbi_setup) + RANGE_SIZE &&
	       len <= NACC_SBI_SETUP_MAX &&
	       (len - sizeof(struct nacc_sbi_setup)) % RANGE_SIZE == 0;
}

static int counts_ok(const struct nacc_sbi_setup *setup, nacc_u64 len)
{
	nacc_u64 nr = (nacc_u64)setup->nr_writers + setup->nr_user_visible +
		      setup->nr_freed;

	return setup->nr_writers &&
	       nr == (len - sizeof(struct nacc_sbi_setup)) / RANGE_SIZE;
}

static int writers_ok(const struct nacc_sbi_setup *setup)
{
	const struct nacc_sbi_range *range = setup->ranges;
	nacc_u64 floor = 0;

	for (nacc_u32 i = 0; i < setup->nr_writers; i++) {
		if (range[i].start < floor || range[i].end <= range[i].start)
			return 0;
		floor = range[i].end;
	}
	return 1;
}

/* User-visible and freed ranges: whole pages of the image. */
static int image_ranges_ok(const struct nacc_sbi_setup *setup)
{
	const struct nacc_sbi_range *range = &setup->ranges[setup->nr_writers];
	nacc_u64 end = setup->image_pa + setup->image_size;
	nacc_u32 nr = setup->nr_user_visible + setup->nr_freed;

	for (nacc_u32 i = 0; i < nr; i++)
		if (range[i].end <= range[i].start || range[i].end > end ||
		    range[i].start < setup->image_pa ||
		    (range[i].start | range[i].end) % PAGE_SIZE)
			return 0;
	return 1;
}

static enum nacc_reason check_setup(const struct nacc_core *core,
				    nacc_u64 len)
{
	const struct nacc_sbi_setup *setup = core->setup;

	if (setup->version != NACC_SBI_ABI_VERSION || setup->flags ||
	    setup->pad || !counts_ok(setup, len))
		return NACC_REASON_BAD_COUNT;
	if (!nacc_ram_ok(core, setup->kernel_root, PAGE_SIZE) ||
	    setup->image_size % PAGE_SIZE ||
	    !nacc_ram_ok(core, setup->image_pa, setup->image_size) ||
	    !writers_ok(setup) || !image_ranges_ok(setup))
		return NACC_REASON_BAD_ADDRESS;
	return NACC_REASON_NONE;
}

static struct nacc_ret first_setup(struct nacc_core *core, const nacc_u64 *src,
				   nacc_u64 len, nacc_u32 mode)
{
	nacc_u64 *copy = (nacc_u64 *)core->setup;
	enum nacc_reason reason;

	copy64(copy, src, len / sizeof(*copy));
	reason = check_setup(core, len);
	if (reason) {
		zero64(copy, len / sizeof(*copy));
		return ret(NACC_SBI_ERR_INVALID_PARAM, reason);
	}
	core->setup_len = len;
	core->satp_mode = mode;
	core->top_level = mode - 6;
	__atomic_store_n(&core->set_up, 1, __ATOMIC_RELEASE);
	return ret(NACC_SBI_SUCCESS, 0);
}

static struct nacc_ret repeated_setup(const struct nacc_core *core,
				      const nacc_u64 *src, nacc_u64 len)
{
	const nacc_u64 *copy = (const nacc_u64 *)core->setup;

	if (len != core->setup_len)
		return ret(NACC_SBI_ERR_DENIED, NACC_REASON_LOCKED);
	for (nacc_u64 i = 0; i < len / sizeof(*copy); i++)
		if (copy[i] != load64(&src[i]))
			return ret(NACC_SBI_ERR_DENIED, NACC_REASON_LOCKED);
	return ret(NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_NONE);
}

struct nacc_ret nacc_setup(struct nacc_core *core, const struct nacc_call *call)
{
	nacc_u64 pa = call->arg[0], len = call->arg[1];
	nacc_u64 mode = call->satp >> SATP_MODE_SHIFT;

	if (!length_ok(len))
		return ret(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	if (!nacc_buffer_ok(core, pa, len))
		return ret(NACC_SBI_ERR_INVALID_ADDRESS,
			   NACC_REASON_BAD_ADDRESS);
	if (mode < 8 || mode > 10)
		return ret(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	if (core->set_up)
		return repeated_setup(core, nacc_phys(pa), len);
	return first_setup(core, nacc_phys(pa), len, mode);
}
