// SPDX-License-Identifier: BSD-2-Clause
/*
 * DBTR, the debug triggers (SBI specification, "Debug Triggers Extension"): its
 * functions that have to do with shared memory.
 *
 * OpenSBI is told of that memory once, looks at its first byte, and then goes as far
 * as later calls have it go; numbers are added before they are compared. It reads a
 * trigger once to check and once more to install it, and one that fires in M-mode can
 * make M-mode miss an instruction. So it never hears of the caller's memory: it gets
 * a place of ours for each call, to and from which is copied what the call is about.
 */
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_dbtr.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include "dbtr.h"
#include "generation.h"
#include "glue.h"
#include "handler.h"
#include "hart.h"

#define WORDS(type)	(sizeof(type) / sizeof(u64))
#define NO_MEMORY	(~0UL)

_Static_assert(RV_MAX_TRIGGERS * sizeof(NACC_TRIGGER) <= NACC_SHARED_SIZE,
	       "all triggers fit in the shared memory");

static struct nacc_ret answer(long error)
{
	return (struct nacc_ret){ .error = error };
}

/* SETUP_SHMEM, of which OpenSBI hears nothing */
static struct nacc_ret setup_memory(struct nacc_core *core, const struct nacc_ask *ask, u64 size)
{
	struct nacc_hart *hart = nacc_hart_of(sbi_scratch_thishart_ptr());
	u64 pa = ask->arg[0], high = ask->arg[1];

	if (pa == NO_MEMORY && high == NO_MEMORY) {
		hart->has_triggers = 0;
		return answer(NACC_SBI_SUCCESS);
	}
	if (hart->has_triggers)
		return answer(NACC_SBI_ERR_ALREADY_AVAILABLE);
	if (pa & SBI_DBTR_SHMEM_ALIGN_MASK)
		return answer(NACC_SBI_ERR_INVALID_PARAM);
	if (high || !nacc_deputy_ok(core, pa, size, 1))
		return nacc_deputy_refuse(core, ask, pa, size, NACC_SBI_ERR_INVALID_ADDRESS);
	hart->triggers = pa;
	hart->has_triggers = 1;
	return answer(NACC_SBI_SUCCESS);
}

/* What READ and INSTALL leave in memory: the trigger, or its number */
static void copy_out(const struct nacc_ask *ask, NACC_TRIGGER *to, const NACC_TRIGGER *from,
		     u64 count)
{
	u64 i;

	for (i = 0; i < count; i++) {
		if (ask->fid == SBI_EXT_DBTR_TRIGGER_READ)
			nacc_handler_copy((u64 *)&to[i].data, (const u64 *)&from[i].data,
					  WORDS(from->data));
		else
			nacc_handler_copy((u64 *)&to[i].id, (const u64 *)&from[i].id,
					  WORDS(from->id));
	}
}

static struct nacc_ret call_by_copy(const struct nacc_core *core, const struct nacc_ask *ask,
				    const struct sbi_trap_regs *regs, u64 pa, u64 count)
{
	u64 *shared = nacc_shared_get(core);
	NACC_TRIGGER *theirs = nacc_phys(pa);
	struct nacc_ret ret;

	if (ask->fid != SBI_EXT_DBTR_TRIGGER_READ)
		nacc_handler_copy(shared, (const u64 *)theirs, count * WORDS(NACC_TRIGGER));
	sbi_dbtr_setup_shmem(NULL, PRV_S, core->shared, 0);
	ret = nacc_handler_call(regs);
	sbi_dbtr_setup_shmem(NULL, PRV_S, SBI_DBTR_SHMEM_INVALID_ADDR,
			     SBI_DBTR_SHMEM_INVALID_ADDR);
	if (!ret.error && ask->fid != SBI_EXT_DBTR_TRIGGER_UPDATE)
		copy_out(ask, theirs, (const NACC_TRIGGER *)shared, count);
	nacc_shared_put();
	return ret;
}

/**
 * nacc_dbtr() - a DBTR function that has to do with shared memory
 * @core: the core
 * @ask: the call
 * @regs: its registers
 *
 * Return: the answer.
 */
struct nacc_ret nacc_dbtr(struct nacc_core *core, const struct nacc_ask *ask,
			  const struct sbi_trap_regs *regs)
{
	const struct nacc_hart *hart = nacc_hart_of(sbi_scratch_thishart_ptr());
	u64 total = sbi_dbtr_get_total_triggers(), first = 0, count = ask->arg[0];

	if (!total || !sbi_ecall_find_extension(SBI_EXT_DBTR))
		return answer(NACC_SBI_ERR_NOT_SUPPORTED);
	if (ask->fid == SBI_EXT_DBTR_SETUP_SHMEM)
		return setup_memory(core, ask, total * sizeof(NACC_TRIGGER));
	if (ask->fid == SBI_EXT_DBTR_TRIGGER_UPDATE && !NACC_UPDATE_IS_CHECKED)
		return nacc_deputy_refuse(core, ask, 0, count, NACC_SBI_ERR_NOT_SUPPORTED);
	if (!hart->has_triggers)
		return answer(NACC_SBI_ERR_NO_SHMEM);
	if (ask->fid == SBI_EXT_DBTR_TRIGGER_READ) {
		first = ask->arg[0];
		count = ask->arg[1];
	} else if (ask->fid == SBI_EXT_DBTR_TRIGGER_UPDATE) {
		/* The triggers of a mask: as many as there are at most */
		count = total;
	}
	if (first > total || count > total - first)
		return nacc_deputy_refuse(core, ask, hart->triggers, count,
					  NACC_SBI_ERR_BAD_RANGE);
	/* Again: code of registered writers may have come to lie there since. */
	if (!nacc_deputy_ok(core, hart->triggers, count * sizeof(NACC_TRIGGER), 1))
		return nacc_deputy_refuse(core, ask, hart->triggers, count,
					  NACC_SBI_ERR_INVALID_ADDRESS);
	return call_by_copy(core, ask, regs, hart->triggers, count);
}
