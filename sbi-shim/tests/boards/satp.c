// SPDX-License-Identifier: BSD-2-Clause
/*
 * When does a hart cease to be guarded? ../../opensbi/satp.c, as it is in the firmware, with
 * ../../roots/roots.c, on a machine that has RAM at address 0, as there are boards that do.
 *
 * Prints "ok - ..." and "not ok - ..." lines.
 */
#include <string.h>

#include <sbi/riscv_encoding.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_timer.h>
#include <sbi/sbi_unpriv.h>

#include "../../opensbi/fence.h"
#include "../../opensbi/hart.h"
#include "../../opensbi/satp.h"
#include "../../opensbi/tvm.h"
#include "audit.h"
#include "roots.h"
#include "cases.h"

#define SITE		0xffffffff80012340UL
#define MM		0xff60000004711000UL
#define KERNEL_ROOT	0x81200000UL
#define ORDINARY	0x90000000UL
#define REGION		0xc0000000UL
#define CSRW_SATP	0x18059073U	/* csrw satp, a1 */
#define MM_IN		12		/* a2 */
#define MODE_SHIFT	60

static union {
	struct sbi_scratch scratch;
	char room[SBI_SCRATCH_SIZE];
} hart;
/** last_hartindex_having_scratch, hartindex_to_scratch_table - OpenSBI's: there is one hart */
u32 last_hartindex_having_scratch;
struct sbi_scratch *hartindex_to_scratch_table[SBI_HARTMASK_MAX_BITS];

static unsigned long satp;
static bool has_ended;

unsigned long tests_csr(int csr)
{
	return csr == CSR_SATP ? satp : csr == CSR_MSCRATCH ? (unsigned long)&hart : 0;
}

void tests_csr_write(int csr, unsigned long val)
{
	if (csr == CSR_SATP)
		satp = val;
}

int misa_extension_imp(char ext)
{
	(void)ext;
	return 0;
}

unsigned long sbi_get_insn(unsigned long mepc, struct sbi_trap_info *trap)
{
	(void)mepc;
	trap->cause = CAUSE_FETCH_ACCESS;
	return 0;
}

int sbi_trap_redirect(struct sbi_trap_regs *regs, const struct sbi_trap_info *trap)
{
	(void)regs;
	(void)trap;
	return 0;
}

u64 sbi_timer_value(void)
{
	return 0;
}

void nacc_tvm_announce(struct nacc_hart *state, u64 val)
{
	state->fast.satp = val;
}

void nacc_tvm_end(struct nacc_hart *state)
{
	(void)state;
	has_ended = true;
}

int nacc_in_image(const struct nacc_core *core, nacc_u64 pa)
{
	(void)core;
	return pa == KERNEL_ROOT;
}

/* Who asks for what is refused: nobody is ended here. */
void nacc_audit_record(struct nacc_core *core, struct nacc_sbi_audit *record)
{
	(void)core;
	(void)record;
}

void nacc_page_refused(const struct nacc_core *core, const struct nacc_frame *root)
{
	(void)core;
	(void)root;
}

void nacc_fast_site(struct nacc_fast *fast, u64 pc, u32 insn, u32 mm)
{
	(void)fast;
	(void)pc;
	(void)insn;
	(void)mm;
}

static u64 of(u64 mode, u64 root)
{
	return mode << MODE_SHIFT | root >> 12;
}

/* An instruction at @pc writes this. Return: is the hart guarded as it was? */
static bool write_satp(u64 pc, u64 val)
{
	static union {
		struct nacc_sbi_setup setup;
		char room[sizeof(struct nacc_sbi_setup) + sizeof(struct nacc_sbi_range)];
	} kernel;
	static struct sbi_trap_context tcntx;
	static struct nacc_core core;
	static u32 bucket = NACC_FRAME_NONE;

	kernel.setup.kernel_root = KERNEL_ROOT;
	kernel.setup.nr_sites = 1;
	kernel.setup.ranges[0] = (struct nacc_sbi_range){ SITE, MM_IN };
	core.setup = &kernel.setup;
	core.satp_mode = SATP_MODE_SV39;
	core.guard = NACC_GUARD_ON;
	core.layout.region_base = REGION;
	core.layout.region_size = 8 << 20;
	core.frame_base = REGION;
	core.buckets = &bucket;
	core.hash_shift = 31;
	bucket = NACC_FRAME_NONE;
	satp = of(SATP_MODE_SV39, KERNEL_ROOT);
	tcntx.regs = (struct sbi_trap_regs){
		.mepc = pc, .a1 = val, .a2 = MM,
		.mstatus = MSTATUS_TVM | (unsigned long)PRV_S << MSTATUS_MPP_SHIFT,
	};
	tcntx.trap.tval = CSRW_SATP;
	return nacc_satp_trap(&core, &tcntx) && tcntx.regs.mepc == pc + 4 && !has_ended &&
	       (tcntx.regs.mstatus & MSTATUS_TVM);
}

static bool ordinary(void)
{
	return write_satp(SITE, of(SATP_MODE_SV39, ORDINARY)) &&
	       satp == of(SATP_MODE_SV39, ORDINARY);
}

/* What a kernel's data says is the root of a process, and nothing that ends a kernel */
static bool at_zero(void)
{
	return write_satp(SITE, of(SATP_MODE_SV39, 0)) && satp == of(SATP_MODE_SV39, 0);
}

static bool of_no_mode(void)
{
	return write_satp(SITE + 4, of(SATP_MODE_SV39 - 1, 0)) &&
	       satp == of(SATP_MODE_SV39, KERNEL_ROOT);
}

static bool off(void)
{
	return !write_satp(SITE + 4, 0) && has_ended && !satp;
}

static bool off_at_a_site(void)
{
	return write_satp(SITE, 0) && satp >> MODE_SHIFT == SATP_MODE_SV39;
}

static const struct boards_case cases[] = {
	{ "a switch to an ordinary root: guarded", ordinary },
	{ "a switch to one at address 0: guarded", at_zero },
	{ "a mode that is none: nothing is written, guarded", of_no_mode },
	{ "translation is turned off, as where a kernel ends: not guarded any more", off },
	{ "the same in a switch: it is not, guarded", off_at_a_site },
};

int main(void)
{
	return run_cases(cases, array_size(cases));
}
