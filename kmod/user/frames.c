// SPDX-License-Identifier: GPL-2.0
/* /proc/nacc/pool: the frames that are in use. */
#include <linux/vmalloc.h>

#include "user/user.h"

static void seq_index(struct seq_file *m, u32 frame)
{
	if (frame == NACC_FRAME_NONE)
		seq_puts(m, " -");
	else
		seq_printf(m, " %u", frame);
}

static u32 domain_of(unsigned int frame, const struct nacc_sbi_frame *f)
{
	if (f->owner == NACC_FRAME_NONE)
		return 0;
	/* The record of a gate is its own owner. */
	if (f->type == NACC_FRAME_CONTEXT && f->owner == frame)
		return nacc_domain_of_record(nacc_frame_pa(frame));
	if (f->type == NACC_FRAME_PAGE)
		return nacc_page_tag(nacc_frame_pa(frame));
	return nacc_domain_of_root(nacc_frame_pa(f->owner));
}

/**
 * nacc_frames_seq() - print /proc/nacc/pool
 * @m: where to
 */
int nacc_frames_seq(struct seq_file *m)
{
	static const char * const names[NACC_FRAME_TYPE_MAX] = {
		"free", "armed", "root", "table", "released", "context", "page",
	};
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	const u64 mask = nacc_physical_mask();
	unsigned int i;

	if (!all)
		return -ENOMEM;
	nacc_pool_snapshot(all);
	seq_puts(m, "frame pa type level live owner parent slot refs domain\n");
	for (i = 0; i < nacc_pool.nr; i++) {
		const struct nacc_sbi_frame *f = &all[i];

		if (f->type == NACC_FRAME_FREE || f->type == NACC_FRAME_ARMED ||
		    f->type >= NACC_FRAME_TYPE_MAX)
			continue;
		seq_printf(m, "%u %#llx %s %u %u", i, nacc_frame_pa(i) & mask,
			   names[f->type], f->level, f->live);
		seq_index(m, f->owner);
		seq_index(m, f->parent);
		seq_printf(m, " %u %d %u\n", f->slot,
			   page_count(phys_to_page(nacc_frame_pa(i))),
			   domain_of(i, f));
	}
	vfree(all);
	return 0;
}

#ifdef NACC_KUNIT
#include "frames_test.c"
#endif
