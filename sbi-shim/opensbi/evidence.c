// SPDX-License-Identifier: BSD-2-Clause
/*
 * Evidence: what is measured before S-mode runs, and the key that reports are signed with.
 *
 * There is no root of trust on the machines that the shim starts on: nothing has measured
 * the shim, and nobody has given it a secret. So the key is one for development: its seed
 * is the hash of a sentence, here, and whoever reads it can sign as well as this can.
 * Another board has its own seed to put in its place, from the stage before.
 */
#include <libfdt.h>
#include <sbi/riscv_asm.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_string.h>
#include <sbi/sbi_timer.h>
#include "evidence.h"
#include "fdt.h"
#include "glue.h"
#include "report.h"

#define DEVELOPMENT_SEED	"NACC development key: anybody can sign with it"

/* In M-only memory, both */
static struct nacc_evidence evidence;
static struct nacc_reporter reporter;

static void measure(enum nacc_measured what, const void *bytes, u64 len)
{
	struct nacc_hash hash;

	nacc_hash_begin(&hash);
	nacc_hash_add(&hash, bytes, len);
	nacc_hash_end(&hash, evidence.digest[what]);
	evidence.measured |= 1U << what;
}

static void make_key(void)
{
	u8 seed[NACC_REPORT_HASH_SIZE];
	struct nacc_hash hash;

	nacc_hash_begin(&hash);
	nacc_hash_add(&hash, DEVELOPMENT_SEED, sizeof(DEVELOPMENT_SEED) - 1);
	nacc_hash_end(&hash, seed);
	nacc_key_make(&evidence.key, seed);
	sbi_memset(seed, 0, sizeof(seed));
	evidence.vouched = NACC_EVIDENCE_DEVELOPMENT;
}

/* To the end of the bank of RAM that it begins in, or to the region, as far as that. */
static u64 room_for_kernel(const void *fdt, u64 start)
{
	struct nacc_span ram[NACC_MAX_RAM];
	u32 i, count = nacc_fdt_ram(fdt, ram, NACC_MAX_RAM);
	u64 region = nacc_state.layout.region_base;

	for (i = 0; i < count; i++) {
		if (start < ram[i].start || start >= ram[i].end)
			continue;
		return region > start && region < ram[i].end ? region - start :
							       ram[i].end - start;
	}
	return 0;
}

static void measure_kernel(const void *fdt)
{
	u64 start = sbi_scratch_thishart_ptr()->next_addr;
	u64 size = nacc_image_size((const u8 *)start, room_for_kernel(fdt, start));

	if (size)
		measure(NACC_MEASURED_KERNEL, (const void *)start, size);
}

static void measure_cmdline(const void *fdt)
{
	int len;
	const char *args = nacc_fdt_chosen(fdt, "bootargs", &len);

	measure(NACC_MEASURED_CMDLINE, args, args && len > 0 ? sbi_strnlen(args, len) : 0);
}

/* Of what differs from boot to boot: the device tree's seed, if it has one, and the time. */
static void seed_boot(const void *fdt)
{
	int len;
	const void *seed = nacc_fdt_chosen(fdt, "rng-seed", &len);
	u64 when[2] = { sbi_timer_value(), csr_read(CSR_MCYCLE) };
	u8 digest[NACC_REPORT_HASH_SIZE];
	struct nacc_hash hash;

	nacc_hash_begin(&hash);
	nacc_hash_add(&hash, evidence.key.secret, sizeof(evidence.key.secret));
	if (seed && len > 0)
		nacc_hash_add(&hash, seed, len);
	nacc_hash_add(&hash, when, sizeof(when));
	nacc_hash_end(&hash, digest);
	sbi_memcpy(evidence.bootseed, digest, sizeof(evidence.bootseed));
}

/**
 * nacc_evidence_init() - measure what there is before S-mode runs
 * @fdt: the device tree
 *
 * Boot hart, once; the core knows the region.
 */
void nacc_evidence_init(const void *fdt)
{
	make_key();
	measure(NACC_MEASURED_FIRMWARE, _fw_start, _fw_rw_start - _fw_start);
	measure_kernel(fdt);
	measure_cmdline(fdt);
	seed_boot(fdt);
}

/**
 * nacc_evidence_key() - NACC_INFO_EVIDENCE
 */
unsigned long nacc_evidence_key(void)
{
	return evidence.vouched;
}

/**
 * nacc_evidence_call() - REPORT_BEGIN or REPORT
 * @core: the core
 * @call: the call
 *
 * Return: the answer.
 */
struct nacc_ret nacc_evidence_call(struct nacc_core *core, const struct nacc_call *call)
{
	const struct sbi_timer_device *timer = sbi_timer_get_device();
	struct nacc_moment now = { .ticks = sbi_timer_value() };

	if (timer && timer->timer_freq)
		now.seconds = now.ticks / timer->timer_freq;
	return nacc_report_call(core, &evidence, &reporter, call, &now);
}
