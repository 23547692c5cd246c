// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is left of the shim on a machine where it does not start: ../../opensbi/platform.c and
 * fdt.c, as they are in the firmware, with OpenSBI's libfdt, between parts of the shim that
 * write down what is called.
 *
 * Prints "ok - ..." and "not ok - ..." lines; each case is a process, as each is a boot.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_scratch.h>

#include "../../opensbi/arm.h"
#include "../../opensbi/board.h"
#include "../../opensbi/ecall.h"
#include "../../opensbi/evidence.h"
#include "../../opensbi/fdt.h"
#include "../../opensbi/fence.h"
#include "../../opensbi/glue.h"
#include "../../opensbi/hart.h"
#include "../../opensbi/place.h"
#include "../../opensbi/platform.h"
#include "../../opensbi/probe.h"
#include "../../opensbi/tvm.h"
#include "../../opensbi/window.h"
#include "secret.h"
#include "cases.h"

#define POOL		0x140000000UL	/* above 4 GiB */
#define POOL_SIZE	(8UL << 20)

static char tree[64 << 10], calls[256], said[256];
static union {
	struct sbi_scratch scratch;
	char room[SBI_SCRATCH_SIZE];
} hart;
static struct sbi_domain_memregion regions[16];
/** root - OpenSBI's root domain: firmware, and all the rest */
struct sbi_domain root = { .regions = regions };
/** nacc_state - the core's */
struct nacc_core nacc_state;

/* What does not work */
static bool knows_no_vector, has_no_event, has_no_core;
static unsigned int pmp_count = 16;

static void called(const char *what)
{
	strcat(calls, *calls ? " " : "");
	strcat(calls, what);
}

/* --- OpenSBI ------------------------------------------------------------------------ */

unsigned long tests_csr(int csr)
{
	return csr == CSR_MSCRATCH ? (unsigned long)&hart : 0;
}

int sbi_printf(const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	return len;
}

int sbi_snprintf(char *out, u32 size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out, size, format, args);
	va_end(args);
	return len;
}

static unsigned int nr_regions(void)
{
	unsigned int nr = 0;

	while (regions[nr].order)
		nr++;
	return nr;
}

int sbi_domain_root_add_memrange(unsigned long addr, unsigned long size, unsigned long align,
				 unsigned long flags)
{
	(void)align;
	regions[nr_regions()] = (struct sbi_domain_memregion){
		.base = addr, .order = (unsigned long)__builtin_ctzl(size), .flags = flags,
	};
	return 0;
}

unsigned int sbi_hart_pmp_count(struct sbi_scratch *scratch)
{
	(void)scratch;
	return pmp_count;
}

unsigned int sbi_hart_pmp_log2gran(struct sbi_scratch *scratch)
{
	(void)scratch;
	return 2;
}

unsigned int sbi_hart_pmp_addrbits(struct sbi_scratch *scratch)
{
	(void)scratch;
	return 54;
}

void sbi_hart_update_extension(struct sbi_scratch *scratch, enum sbi_hart_extensions ext,
			       bool enable)
{
	(void)scratch;
	if (ext == SBI_HART_EXT_SMEPMP && !enable)
		called("plain");
}

/* --- the shim ----------------------------------------------------------------------- */

const char *nacc_board_lacks(const void *fdt)
{
	(void)fdt;
	return NULL;
}

void nacc_board_say(const void *fdt, const char *why)
{
	(void)fdt;
	(void)why;
}

u64 nacc_place(const void *fdt, u64 *size)
{
	(void)fdt;
	*size = POOL_SIZE;
	return POOL;
}

bool nacc_probe_ram(u64 start, u64 end)
{
	return start == POOL && end == POOL + POOL_SIZE;
}

u32 nacc_probe_vlenb(void)
{
	return 0;
}

int nacc_core_init(struct nacc_core *core, const struct nacc_layout *layout)
{
	(void)core;
	(void)layout;
	return has_no_core;
}

void nacc_hart_init(void)
{
}

bool nacc_hart_room(void)
{
	return true;
}

bool nacc_hart_known(struct sbi_scratch *scratch)
{
	(void)scratch;
	return !knows_no_vector;
}

int nacc_hart_arm(struct sbi_scratch *scratch)
{
	(void)scratch;
	called("arm");
	return knows_no_vector;
}

/* Which leaves the vector, and what else arming has changed, as it is. */
void nacc_hart_disarm(struct sbi_scratch *scratch)
{
	(void)scratch;
}

void nacc_hart_resume(void)
{
}

int nacc_fence_init(void)
{
	return has_no_event;
}

void nacc_fence_try(void)
{
}

int nacc_ecall_init(void)
{
	called("extension");
	return 0;
}

void nacc_evidence_init(const void *fdt)
{
	(void)fdt;
}

void nacc_tvm_stop(struct sbi_scratch *scratch)
{
	(void)scratch;
}

void nacc_window_stop(void)
{
}

void nacc_secrets_wipe(const struct nacc_core *core)
{
	(void)core;
}

/* --- cases -------------------------------------------------------------------------- */

static void boot(void)
{
	hart.scratch.options = SBI_SCRATCH_NO_BOOT_PRINTS;
	regions[0] = (struct sbi_domain_memregion){ .base = 0x80000000, .order = 19 };
	regions[1] = (struct sbi_domain_memregion){
		.order = 64, .flags = SBI_DOMAIN_MEMREGION_SU_RWX,
	};
	nacc_platform_early(tree);
	nacc_platform_final(true, tree);
}

static void plant(void)
{
	fdt_create_empty_tree(tree, sizeof(tree));
	fdt_setprop_u32(tree, 0, "#address-cells", 2);
	fdt_setprop_u32(tree, 0, "#size-cells", 2);
}

/* Such a tree's own reservations are below 4 GiB. */
static void plant_narrow(void)
{
	int node;

	plant();
	node = fdt_add_subnode(tree, 0, "reserved-memory");
	fdt_setprop_u32(tree, node, "#address-cells", 1);
	fdt_setprop_u32(tree, node, "#size-cells", 1);
	fdt_setprop(tree, node, "ranges", NULL, 0);
}

/* It said so, and the machine is as it is without the shim, but for an event nobody sends. */
static bool is_off(const char *why)
{
	char line[128];
	bool off;

	snprintf(line, sizeof(line), "NACC: off: %s\n", why);
	off = !strcmp(said, line) && !*calls && nr_regions() == 2 && !nacc_platform_is_on() &&
	      fdt_node_offset_by_compatible(tree, -1, "nacc,pool") < 0;
	if (!off)
		printf("# said: %s# called: %s, %u regions\n", said, calls, nr_regions());
	return off;
}

static bool starts(void)
{
	plant();
	boot();
	return nacc_platform_is_on() && !strcmp(calls, "extension plain arm") &&
	       nr_regions() > 3 && fdt_node_offset_by_compatible(tree, -1, "nacc,pool") > 0;
}

static bool narrow(void)
{
	plant_narrow();
	boot();
	return is_off("no room in the device tree");
}

static bool few_entries(void)
{
	plant();
	pmp_count = 3;
	boot();
	return is_off("the PMP cannot hold the pool");
}

static bool no_core(void)
{
	plant();
	has_no_core = true;
	boot();
	return is_off("the core refuses the pool");
}

static bool no_vector(void)
{
	plant();
	knows_no_vector = true;
	boot();
	return is_off("unknown trap vector");
}

static bool no_event(void)
{
	plant();
	has_no_event = true;
	boot();
	return is_off("no IPI event left");
}

/* Reserved memory behind a bridge, of which OpenSBI knows the first window alone */
static bool no_address(void)
{
	const fdt64_t ranges[] = {
		cpu_to_fdt64(2 * POOL), cpu_to_fdt64(2 * POOL), cpu_to_fdt64(POOL_SIZE),
		cpu_to_fdt64(POOL), cpu_to_fdt64(POOL), cpu_to_fdt64(POOL_SIZE),
	}, reg[] = { cpu_to_fdt64(POOL), cpu_to_fdt64(POOL_SIZE) };
	int parent, node;

	plant();
	parent = fdt_add_subnode(tree, 0, "reserved-memory");
	fdt_setprop_u32(tree, parent, "#address-cells", 2);
	fdt_setprop_u32(tree, parent, "#size-cells", 2);
	node = fdt_add_subnode(tree, parent, "camera@140000000");
	fdt_setprop(tree, node, "reg", reg, sizeof(reg));
	if (nacc_fdt_conflict(tree, POOL, POOL + POOL_SIZE) != POOL ||
	    nacc_fdt_conflict(tree, 2 * POOL, 2 * POOL + POOL_SIZE) != ~0UL)
		return false;
	fdt_setprop(tree, parent, "ranges", ranges, sizeof(ranges));
	return nacc_fdt_conflict(tree, POOL, POOL + POOL_SIZE) == 0;
}

static const struct boards_case cases[] = {
	{ "a machine that is guarded", starts },
	{ "no room in the device tree for the pool's address", narrow },
	{ "too few PMP entries", few_entries },
	{ "the core refuses", no_core },
	{ "a trap vector that is not known", no_vector },
	{ "no IPI event", no_event },
	{ "reserved memory at an address that is not found out", no_address },
};

int main(void)
{
	return run_cases(cases, sizeof(cases) / sizeof(*cases));
}
