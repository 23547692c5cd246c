// SPDX-License-Identifier: BSD-2-Clause
/*
 * The gate before the SBI's extensions (I16): what S-mode calls, whosever extension
 * it is, comes by here before OpenSBI sees it.
 *
 * In the trap vector and not in the list of extensions: nothing that is registered,
 * at whatever time and by whom, is called past it, and what a handler gets are the
 * registers that were looked at.
 */
#include <sbi/riscv_asm.h>
#include <sbi/sbi_bitops.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_string.h>
#include <sbi/sbi_timer.h>
#include "dbtr.h"
#include "deputy.h"
#include "entry.h"
#include "gate.h"
#include "glue.h"
#include "handler.h"
#include "mem.h"

/* Room for the names of 64 extensions: OpenSBI does not see its end */
#define NAMES_SIZE	512

_Static_assert(NACC_EID_TIME == SBI_EXT_TIME && NACC_EID_IPI == SBI_EXT_IPI &&
	       NACC_EID_RFENCE == SBI_EXT_RFENCE && NACC_EID_OURS == NACC_SBI_EID &&
	       NACC_RFENCE_LAST == SBI_EXT_RFENCE_REMOTE_HFENCE_VVMA,
	       "entry.S lets by what it should not");

/*
 * SSE WRITE_ATTRS: OpenSBI checks the values in a first pass over memory and takes
 * them in a second. It wants memory that S-mode may read: in the region there is
 * some that S-mode cannot write.
 */
static struct nacc_ret write_attributes(const struct nacc_core *core,
					const struct nacc_ask *ask,
					const struct sbi_trap_regs *regs)
{
	struct sbi_trap_regs ours = *regs;
	struct nacc_ret ret = { .error = NACC_SBI_ERR_INVALID_ADDRESS };

	if (ask->arg[3] % sizeof(u64))
		return ret;
	nacc_handler_copy(nacc_shared_get(core), nacc_phys(ask->arg[3]), ask->arg[2]);
	ours.a3 = core->shared;
	ret = nacc_handler_call(&ours);
	nacc_shared_put();
	return ret;
}

/*
 * SSE: an event may interrupt a thread in user mode, and COMPLETE goes back there from M-mode:
 * a way past the gate of threads. So there is one of the two, whichever comes first; no event
 * is ever taken to be disabled again.
 *
 * Whether one was let by, and below that how many harts ask for one now: that another asks
 * says nothing, as it may be refused.
 */
#define LET_BY	BIT(31)
static u32 events;

static bool may_have_events(const struct nacc_core *core)
{
	/* Pairs with the call that opens a gate, which looks here when it has. */
	u32 was = __atomic_fetch_add(&events, 1, __ATOMIC_SEQ_CST);
	bool may;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	may = (was & LET_BY) || !load64(&core->stats[NACC_STAT_FRAMES_CONTEXT]);
	if (may)
		__atomic_fetch_or(&events, LET_BY, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&events, 1, __ATOMIC_SEQ_CST);
	return may;
}

/**
 * nacc_gate_has_events() - has an event of SSE been enabled, or may one be just now?
 */
bool nacc_gate_has_events(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return __atomic_load_n(&events, __ATOMIC_RELAXED);
}

/**
 * nacc_gate() - an ecall of S-mode
 * @core: the core
 * @tcntx: the trap
 *
 * Return: 1 if it has been answered, 0 if OpenSBI is to answer it; @tcntx is
 * unchanged then.
 */
int nacc_gate(struct nacc_core *core, struct sbi_trap_context *tcntx)
{
	struct sbi_trap_regs *regs = &tcntx->regs;
	const struct nacc_ask ask = {
		.eid = regs->a7,
		.fid = regs->a6,
		.arg = { regs->a0, regs->a1, regs->a2, regs->a3, regs->a4, regs->a5 },
		.pc = regs->mepc,
		.time = sbi_timer_value(),
		.task = regs->tp,	/* as riscv Linux has it in S-mode */
		.hart = current_hartid(),
	};
	struct nacc_ret ret;

	if (ask.eid == SBI_EXT_SSE && ask.fid == SBI_EXT_SSE_ENABLE && !may_have_events(core)) {
		ret = nacc_deputy_refuse(core, &ask, 0, 0, NACC_SBI_ERR_DENIED);
		regs->a0 = ret.error;
		regs->a1 = ret.value;
		regs->mepc += ECALL_LENGTH;
		return 1;
	}
	switch (nacc_deputy(core, &ask, &ret)) {
	case NACC_DEPUTY_PASS:
		return 0;
	case NACC_DEPUTY_ATTRIBUTES:
		ret = write_attributes(core, &ask, regs);
		break;
	case NACC_DEPUTY_TRIGGERS:
		ret = nacc_dbtr(core, &ask, regs);
		break;
	case NACC_DEPUTY_ANSWER:
		break;
	}
	regs->a0 = ret.error;
	regs->a1 = ret.value;
	regs->mepc += ECALL_LENGTH;
	return 1;
}

/* One of OpenSBI's own by its name, if it is there */
static const struct sbi_ecall_extension *by_name(const char *name, u64 len)
{
	u32 i;

	for (i = 0; sbi_ecall_exts[i]; i++)
		if (sbi_strlen(sbi_ecall_exts[i]->name) == len &&
		    !sbi_strncmp(sbi_ecall_exts[i]->name, name, len))
			return sbi_ecall_exts[i];
	return NULL;
}

/* There is no list to look through, but one of the names. */
static bool is_withheld(const char *name, u64 len)
{
	const struct sbi_ecall_extension *ext = by_name(name, len);

	if (ext)
		return !nacc_deputy_offers(ext->extid_start);
	return sbi_strncmp(name, "nacc", len) && sbi_strncmp(name, "none", len);
}

static u64 nth_withheld(const char *names, u64 *n)
{
	u64 len, i, name = 0;

	for (; *names; names += len + (names[len] == ',')) {
		for (len = 0; names[len] && names[len] != ','; len++)
			;
		if (!len || !is_withheld(names, len) || (*n)--)
			continue;
		for (i = 0; i < len && i < sizeof(name); i++)
			name |= (u64)(u8)names[i] << (8 * i);
		return name;
	}
	return 0;
}

/**
 * nacc_gate_withheld() - NACC_INFO_WITHHELD
 * @n: of those that the firmware has and that cannot be called: which
 *
 * Return: its name, eight characters at most, the first in the lowest byte; or 0.
 */
u64 nacc_gate_withheld(u64 n)
{
	char names[NAMES_SIZE];
	u64 name;

	sbi_ecall_get_extensions_str(names, sizeof(names), false);
	name = nth_withheld(names, &n);
	if (name)
		return name;
	sbi_ecall_get_extensions_str(names, sizeof(names), true);
	return nth_withheld(names, &n);
}
