// SPDX-License-Identifier: BSD-2-Clause
/*
 * FENCE: every hart of the domain executes SFENCE.VMA and leaves its trap
 * handler once; the caller waits for all of them and then knows which roots they
 * were on.
 *
 * There is one number, counted up by each caller. A hart that takes the IPI
 * notes the number it has seen before its SFENCE.VMA, so one flush may serve
 * several callers and callers need not exclude each other.
 *
 * No deadlock: a waiting hart takes the IPIs that are pending for it, of any
 * kind. So a hart that waits for this one, in another FENCE or in OpenSBI's
 * remote TLB flush (which serves its own queue only), comes to an end, returns
 * to S-mode and takes our IPI. A hart that is halted while it waits leaves for
 * good, with nothing held.
 *
 * A hart outside S-mode's reach (stopped, stopping, not yet started) has no need
 * to answer: OpenSBI resets satp and executes SFENCE.VMA on the way back in. A
 * hart may stop with our IPI pending, which OpenSBI then drops; waiters see that
 * it has stopped, and should it be back before they look, it joins the number of
 * the day in nacc_fence_join().
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_barrier.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hartmask.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_timer.h>
#include <sbi/sbi_trap.h>
#include "fence.h"
#include "gated.h"
#include "glue.h"
#include "hart.h"
#include "lock.h"
#include "roots.h"
#include "state.h"
#include "tvm.h"

/* How long nacc_fence_try() waits: a part of a second; where there is no clock: rounds */
#define TRY_HZ		100
#define TRY_ROUNDS	4000000U

static unsigned long fence_number;
static u32 fence_event;

static void note(struct sbi_scratch *scratch)
{
	struct nacc_hart *hart = nacc_hart_of(scratch);
	unsigned long number;

	/* Pairs with the one in update(): IPI seen, so the number is too. */
	smp_mb();
	number = __atomic_load_n(&fence_number, __ATOMIC_ACQUIRE);
	nacc_sfence();
	/* Whose context that was may be gone, and the frame be something else. */
	nacc_gated_forget(hart);
	hart->root = nacc_satp_root(csr_read(CSR_SATP));
	__atomic_store_n(&hart->fence_done, number, __ATOMIC_RELEASE);
}

/* In a trap of OpenSBI's, from an interrupt or from FENCE. */
static void acknowledge(struct sbi_scratch *scratch)
{
	nacc_tvm_update(scratch, sbi_trap_get_context(scratch));
	note(scratch);
}

static int update(struct sbi_scratch *scratch,
		  struct sbi_scratch *remote_scratch,
		  u32 remote_hartindex, void *data)
{
	sbi_hartmask_set_hartindex(remote_hartindex, data);
	if (scratch == remote_scratch && !nacc_hart_of(scratch)->resuming) {
		acknowledge(scratch);
		return SBI_IPI_UPDATE_BREAK;
	}
	/* The number is out before the IPI is. */
	smp_mb();
	return SBI_IPI_UPDATE_SUCCESS;
}

static const struct sbi_ipi_event_ops fence_ops = {
	.name = "IPI_NACC_FENCE",
	.update = update,
	.process = acknowledge,
};

/**
 * nacc_fence_init() - register the IPI event, once, on the boot hart
 *
 * Return: 0 or an error.
 */
int nacc_fence_init(void)
{
	int event = sbi_ipi_event_create(&fence_ops);

	if (event < 0)
		return event;
	fence_event = event;
	return 0;
}

/**
 * nacc_fence_resume() - let this hart answer as soon as it is back in S-mode
 *
 * After the only hook that a resume has OpenSBI still initialises mstatus.
 */
void nacc_fence_resume(void)
{
	struct sbi_hartmask targets = { 0 };

	if (sbi_ipi_send_many(1, current_hartid(), fence_event, &targets))
		sbi_hart_hang();
}

/**
 * nacc_fence_join() - a hart on its way in counts as fenced
 * @scratch: scratch space of the current hart; its satp is zero
 */
void nacc_fence_join(struct sbi_scratch *scratch)
{
	note(scratch);
}

static bool has_done(u32 hartindex, unsigned long number)
{
	struct sbi_scratch *scratch = sbi_hartindex_to_scratch(hartindex);
	struct nacc_hart *hart = nacc_hart_of(scratch);

	return __atomic_load_n(&hart->fence_done, __ATOMIC_ACQUIRE) >= number;
}

static bool in_reach(u32 hartindex)
{
	switch (__sbi_hsm_hart_get_state(hartindex)) {
	case SBI_HSM_STATE_STARTED:
	case SBI_HSM_STATE_SUSPENDED:
	case SBI_HSM_STATE_RESUME_PENDING:
		return true;
	default:
		return false;
	}
}

static bool is_due(u32 hartindex, unsigned long number)
{
	return !has_done(hartindex, number) && in_reach(hartindex);
}

/* While one waits: MSWI and PLICSW raise MSIP, IMSIC raises MEIP */
static void serve(void)
{
	if (csr_read(CSR_MIP) & (MIP_MSIP | MIP_MEIP))
		sbi_ipi_process();
	cpu_relax();
}

static void wait_for(u32 hartindex, unsigned long number)
{
	while (is_due(hartindex, number))
		serve();
}

/* Is a hart that has answered @number on a root that was released? */
static bool root_in_use(struct nacc_core *core, u32 hartindex,
			unsigned long number)
{
	struct sbi_scratch *scratch = sbi_hartindex_to_scratch(hartindex);
	unsigned long root;

	if (!has_done(hartindex, number))
		return false;
	root = __atomic_load_n(&nacc_hart_of(scratch)->root, __ATOMIC_RELAXED);
	return root && nacc_root_released(core, root);
}

/* Of all harts; @number: out: what each of @targets is to answer */
static int ask(struct sbi_hartmask *targets, unsigned long *number)
{
	*number = __atomic_add_fetch(&fence_number, 1, __ATOMIC_SEQ_CST);
	return sbi_ipi_send_many(0, -1UL, fence_event, targets);
}

/**
 * nacc_fence() - NACC_SBI_FENCE
 * @core: the core
 */
struct nacc_ret nacc_fence(struct nacc_core *core)
{
	struct nacc_ret ret = { .error = NACC_SBI_ERR_FAILED };
	struct sbi_hartmask targets = { 0 };
	unsigned long number;
	u64 epoch;
	u32 i;

	if (!nacc_is_set_up(core)) {
		ret.error = NACC_SBI_ERR_INVALID_STATE;
		ret.value = NACC_REASON_NOT_SET_UP;
		return ret;
	}

	epoch = nacc_fence_begin(core);
	if (ask(&targets, &number))
		return ret;

	sbi_hartmask_for_each_hartindex(i, &targets)
		wait_for(i, number);

	sbi_hartmask_for_each_hartindex(i, &targets) {
		if (root_in_use(core, i, number)) {
			ret.value = NACC_REASON_ROOT_IN_USE;
			return ret;
		}
	}

	nacc_fence_end(core, epoch);
	ret.error = NACC_SBI_SUCCESS;
	return ret;
}

/**
 * nacc_fence_harts() - every hart in reach forgets all translations
 * @tcntx: the trap that this hart is in, if it is not in sbi_trap_handler()
 *
 * No epoch ends: nothing was released. With no lock held; see above why that comes to an end.
 *
 * Return: true; false: they could not be asked.
 */
bool nacc_fence_harts(struct sbi_trap_context *tcntx)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	struct sbi_hartmask targets = { 0 };
	unsigned long number;
	int rc;
	u32 i;

	/* What is to be changed of this hart meanwhile is changed there: acknowledge(). */
	tcntx->prev_context = sbi_trap_get_context(scratch);
	sbi_trap_set_context(scratch, tcntx);
	rc = ask(&targets, &number);
	sbi_hartmask_for_each_hartindex(i, &targets)
		wait_for(i, number);
	sbi_trap_set_context(scratch, tcntx->prev_context);
	return !rc;
}

/**
 * nacc_fence_try() - likewise, but a hart that does not answer soon is left alone
 *
 * In a call of S-mode's. Who has answered has been in M-mode since, and what it had open for
 * user mode it has closed.
 */
void nacc_fence_try(void)
{
	const struct sbi_timer_device *timer = sbi_timer_get_device();
	u64 most = timer ? timer->timer_freq / TRY_HZ : 0, since = sbi_timer_value();
	struct sbi_hartmask targets = { 0 };
	unsigned long number;
	u32 rounds = 0, i;

	/* Those that it has reached are in @targets all the same. */
	ask(&targets, &number);
	sbi_hartmask_for_each_hartindex(i, &targets)
		while (is_due(i, number) && sbi_timer_value() - since <= most &&
		       rounds++ < TRY_ROUNDS)
			serve();
}
