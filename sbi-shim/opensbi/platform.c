// SPDX-License-Identifier: BSD-2-Clause
/*
 * The shim's part of OpenSBI's boot, called by enter.c in this order:
 *
 * early  (cold)	choose the region, make it R-only in the root domain, and of its
 *			end, where secret pages and the records are, not even that
 * final  (cold)	PMP and domains are known: start the shim or leave it out
 * final  (all)		arm the hart
 * exit			disarm a hart that is being stopped
 * resume		arm a hart that was suspended
 * reset		leave no secret behind
 *
 * OpenSBI programs the PMP from the root domain after final_init on every boot
 * path (cold, warm, resume), followed by SFENCE.VMA; the shim sets no PMP register but
 * for a trial of the walker before that (walker.c), and one entry later (window.c).
 * Whatever is missing, the machine still boots: without the shim, and with one line
 * that says why.
 */
#include <libfdt.h>
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_csr_detect.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_math.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include "arm.h"
#include "board.h"
#include "ecall.h"
#include "evidence.h"
#include "fdt.h"
#include "fence.h"
#include "generation.h"
#include "glue.h"
#include "hart.h"
#include "place.h"
#include "platform.h"
#include "probe.h"
#include "secret.h"
#include "state.h"
#include "tvm.h"
#include "window.h"

/* The shim guards this machine; fixed before any S-mode code runs. */
static bool is_on;

static u64 region_base;
static u64 region_size;
static bool in_domain;

/* As far as it is known */
static struct nacc_layout layout;

/* Two copies of what the kernel says of itself; in M-only memory */
static u64 setups[2 * NACC_SBI_SETUP_MAX / sizeof(u64)];

static void say_off(const char *why)
{
	sbi_printf("NACC: off: %s\n", why);
}

static bool has_domain_config(const void *fdt)
{
	return fdt_node_offset_by_compatible(fdt, -1,
					     "opensbi,domain,config") >= 0;
}

static int add_for_m_mode(u64 base, u64 size)
{
	return sbi_domain_root_add_memrange(base, size, size, SBI_DOMAIN_MEMREGION_M_READABLE |
					    SBI_DOMAIN_MEMREGION_M_WRITABLE);
}

/*
 * More than one piece, and less than the records: OpenSBI makes one of neighbours of a size.
 * Without a window there are none.
 */
static void add_secrets(void)
{
	u64 size = nacc_records_size(&layout) / 2, base;

	if (size > NACC_SECRETS_MAX * NACC_SECRET_SPAN)
		size = NACC_SECRETS_MAX * NACC_SECRET_SPAN;
	layout.nr_secrets = size / NACC_SECRET_SPAN;
	base = nacc_secrets_base(&layout);
	/* First the window, which alone says nothing new. */
	if (layout.nr_secrets < 2 ||
	    sbi_domain_root_add_memrange(region_base, NACC_SECRET_SPAN, NACC_SECRET_SPAN,
					 NACC_WINDOW_CLOSED) || add_for_m_mode(base, size))
		layout.nr_secrets = 0;
}

/* The end of the region is M-mode's alone: of two entries the smaller one counts. */
static int add_region(u64 base, u64 size)
{
	u64 records = nacc_records_size(&layout);
	int rc = add_for_m_mode(base + size - records, records);

	if (!rc)
		rc = sbi_domain_root_add_memrange(base, size, size,
						  SBI_DOMAIN_MEMREGION_SHARED_SUR_MRW);
	if (!rc)
		add_secrets();
	return rc;
}

/**
 * nacc_platform_room() - take what must be taken first, where the shim may start
 * @fdt: the device tree
 */
void nacc_platform_room(const void *fdt)
{
	if (!nacc_board_lacks(fdt))
		nacc_hart_init();
}

/**
 * nacc_platform_early() - choose the region and have it made read-only
 * @fdt: the device tree
 *
 * On the boot hart, with the platform's console and devices there, before domains are.
 */
void nacc_platform_early(const void *fdt)
{
	const char *why = nacc_board_lacks(fdt);
	u64 base, size;

	if (why) {
		nacc_board_say(fdt, why);
		return;
	}
	base = nacc_place(fdt, &size);
	if (!base)
		why = "no room for the pool";
	else if (has_domain_config(fdt))
		/* their memory regions would not know the pool (I1) */
		why = "the device tree configures domains";
	else if (!nacc_probe_ram(base, base + size))
		why = "the device tree names RAM that is not there";

	if (why) {
		say_off(why);
		return;
	}

	region_base = base;
	region_size = size;
	layout.region_base = base;
	layout.region_size = size;
	in_domain = !add_region(base, size);
}

/* Of what PMP has to tell apart. Where there are secrets the records are larger than they. */
static u64 smallest(void)
{
	return layout.nr_secrets ? NACC_SECRET_SPAN : nacc_records_size(&layout);
}

/* OpenSBI drops entries that do not fit, the catch-all one first. */
static bool pmp_fits(struct sbi_scratch *scratch)
{
	u32 bits = sbi_hart_pmp_addrbits(scratch) + PMP_SHIFT;
	struct sbi_domain_memregion *reg;
	u32 count = 0;

	sbi_domain_for_each_memregion(&root, reg)
		count++;

	return count <= sbi_hart_pmp_count(scratch) &&
	       (1UL << sbi_hart_pmp_log2gran(scratch)) <= smallest() &&
	       (bits >= 64 || !((region_base + region_size - 1) >> bits));
}

static bool is_ours(const struct sbi_domain_memregion *reg)
{
	return reg->base - region_base < region_size && reg->order <= log2roundup(region_size);
}

static bool is_secrets(const struct sbi_domain_memregion *reg)
{
	return reg->base == nacc_secrets_base(&layout) ||
	       (reg->base == region_base && reg->order == NACC_WINDOW_ORDER);
}

/* The domain is final for OpenSBI's own functions, but no hart has read it into its PMP yet. */
static void drop(bool (*which)(const struct sbi_domain_memregion *reg))
{
	struct sbi_domain_memregion *reg, *to = root.regions;

	sbi_domain_for_each_memregion(&root, reg) {
		if (!which(reg))
			*to++ = *reg;
	}
	to->order = 0;
}

/* Back to plain RAM */
static void drop_region(void)
{
	drop(is_ours);
	region_size = 0;
}

/* Where PMP has no room for them there are none, and what was for them are frames. */
static bool fits(struct sbi_scratch *scratch)
{
	if (pmp_fits(scratch))
		return true;
	if (!layout.nr_secrets)
		return false;
	drop(is_secrets);
	layout.nr_secrets = 0;
	return pmp_fits(scratch);
}

/*
 * What a leaf may hold beyond the base format. If the harts differ, one that knows
 * less raises a page fault or takes the entry for one of a part of what it maps.
 */
static u32 find_leaves(const void *fdt)
{
	struct sbi_trap_info trap = { 0 };
	unsigned long menvcfg = csr_read_allowed(CSR_MENVCFG, &trap);
	u32 leaves = 0;

	if (!trap.cause && (menvcfg & ENVCFG_PBMTE))
		leaves |= NACC_LEAF_PBMT;
	if (nacc_fdt_has_isa(fdt, "svnapot"))
		leaves |= NACC_LEAF_NAPOT;
	return leaves;
}

/* A frame has to hold those of a thread. */
static u32 find_vlenb(void)
{
	u32 vlenb = nacc_probe_vlenb();

	if (vlenb <= NACC_VLENB_MAX)
		return vlenb;
	sbi_printf("NACC: vector registers of %u bytes are not kept by the gate\n", vlenb);
	return 0;
}

static int find_layout(const void *fdt)
{
	const struct sbi_domain_memregion *reg;
	struct nacc_span *span;

	layout.setups = (unsigned long)setups;
	layout.leaves = find_leaves(fdt);
	layout.vlenb = find_vlenb();
	layout.nr_ram = nacc_fdt_ram(fdt, layout.ram, NACC_MAX_RAM);

	sbi_domain_for_each_memregion(&root, reg) {
		if ((reg->flags & SBI_DOMAIN_MEMREGION_SU_ACCESS_MASK) || is_ours(reg))
			continue;
		if (layout.nr_firmware == NACC_MAX_FIRMWARE)
			return SBI_ENOSPC;
		span = &layout.firmware[layout.nr_firmware++];
		/* Whole pages: a leaf names no less. */
		span->start = reg->base & PAGE_MASK;
		span->end = (reg->base + (1UL << reg->order) + ~PAGE_MASK) & PAGE_MASK;
	}
	return 0;
}

static void print_boot_line(struct sbi_scratch *scratch)
{
	u64 kib = region_size >> 10;
	bool mib = !(kib & 1023);

	if (scratch->options & SBI_SCRATCH_NO_BOOT_PRINTS)
		return;

	sbi_printf("NACC: pool 0x%lx %lu %s, %u frames, A/D by %s, ABI %u.%u\n",
		   region_base, mib ? kib >> 10 : kib, mib ? "MiB" : "KiB",
		   nacc_state.nr_frames,
		   nacc_hart_of(scratch)->ad == NACC_AD_FAULT ? "fault" : "fixed",
		   NACC_SBI_ABI_VERSION >> 16, NACC_SBI_ABI_VERSION & 0xffff);
}

/*
 * What cannot be undone comes last: a machine that is not guarded is as without the shim.
 *
 * With Smepmp OpenSBI sets mseccfg.MML, under which M-mode cannot read S-mode memory
 * and so not a table that is to be adopted. Plain PMP holds the pool as well.
 */
static void start(struct sbi_scratch *scratch, void *fdt)
{
	const char *why = NULL;

	if (!in_domain)
		why = "no domain region left";
	else if (!sbi_hart_pmp_count(scratch))
		why = "the harts have no PMP";
	else if (!nacc_pmp_known())
		why = "the platform programs the PMP by itself";
	else if (!fits(scratch))
		why = "the PMP cannot hold the pool";
	else if (find_layout(fdt))
		why = "too many firmware regions";
	else if (nacc_core_init(&nacc_state, &layout))
		why = "the core refuses the pool";
	else if (!nacc_hart_room())
		why = "no room in the scratch space";
	else if (!nacc_hart_known(scratch))
		why = "unknown trap vector";
	else if (nacc_fence_init())
		why = "no IPI event left";
	else if (nacc_fdt_reserve(fdt, region_base, nacc_secrets_base(&layout) - region_base))
		why = "no room in the device tree";
	else if (nacc_ecall_init())
		why = "the extension ID is taken";
	else if (!nacc_plain_pmp(scratch, true) || nacc_hart_arm(scratch))
		why = "the hart cannot be armed";

	if (why) {
		drop_region();
		say_off(why);
		return;
	}

	if (nacc_hart_of(scratch)->ad == NACC_AD_FAULT)
		nacc_fdt_svade(fdt);
	nacc_evidence_init(fdt);
	is_on = true;
	print_boot_line(scratch);
}

/**
 * nacc_platform_final() - start the shim, or arm one more hart
 * @cold_boot: it is the boot hart
 * @fdt: the device tree
 *
 * On each hart at each of its starts.
 * Return: 0, or an error, with which the hart does not come up.
 */
int nacc_platform_final(bool cold_boot, void *fdt)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();

	if (!region_size)
		return 0;
	if (cold_boot) {
		start(scratch, fdt);
		return 0;
	}
	if (!is_on)
		return 0;
	nacc_plain_pmp(scratch, false);
	/* A hart that cannot be guarded is not let into S-mode (I1). */
	if (!pmp_fits(scratch))
		return SBI_ENOSPC;
	return nacc_hart_arm(scratch);
}

/**
 * nacc_platform_is_on() - does the shim guard this machine?
 */
bool nacc_platform_is_on(void)
{
	return is_on;
}

/**
 * nacc_platform_exit() - this hart is about to be stopped
 */
void nacc_platform_exit(void)
{
	if (!is_on)
		return;
	nacc_tvm_stop(sbi_scratch_thishart_ptr());
	nacc_hart_disarm(sbi_scratch_thishart_ptr());
}

/**
 * nacc_platform_resume() - this hart is back from a suspend in which it has lost its vector
 */
void nacc_platform_resume(void)
{
	if (is_on)
		nacc_hart_resume();
}

/**
 * nacc_platform_reset() - the machine is about to be reset: no secret page is left as it was
 *
 * Memory may keep what is in it, and be somebody else's then; registers in contexts are not
 * wiped, nor are caches written back. In a call of S-mode's. A hart that
 * does not answer in time may still have its own open, and write there again.
 */
void nacc_platform_reset(void)
{
	if (!is_on)
		return;
	nacc_window_stop();
	nacc_fence_try();
	nacc_secrets_wipe(&nacc_state);
}
