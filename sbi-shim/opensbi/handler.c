// SPDX-License-Identifier: BSD-2-Clause
/*
 * Calls of OpenSBI's handlers with other memory than their caller has named.
 */
#include <sbi/riscv_locks.h>
#include <sbi/sbi_ecall.h>
#include "glue.h"
#include "handler.h"

static spinlock_t shared_lock = SPIN_LOCK_INITIALIZER;

/**
 * nacc_shared_get() - memory that S-mode reads and M-mode writes, for one handler
 * @core: the core
 *
 * To hand a handler what S-mode cannot change meanwhile. Return: NACC_SHARED_SIZE
 * bytes, at physical address @core->shared, until nacc_shared_put().
 */
u64 *nacc_shared_get(const struct nacc_core *core)
{
	spin_lock(&shared_lock);
	return nacc_phys(core->shared);
}

/** nacc_shared_put() - the handler has returned */
void nacc_shared_put(void)
{
	spin_unlock(&shared_lock);
}

/**
 * nacc_handler_copy() - copy words of which one side is S-mode's: one access to each
 * @to: where to
 * @from: where from
 * @words: how many
 */
void nacc_handler_copy(u64 *to, const u64 *from, u64 words)
{
	u64 i;

	for (i = 0; i < words; i++)
		__atomic_store_n(&to[i], __atomic_load_n(&from[i], __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
}

/**
 * nacc_handler_call() - let OpenSBI's handler answer a call that is not the caller's
 * @regs: the call; registers of the caller's, some replaced
 *
 * For extensions whose handlers leave the registers alone.
 */
struct nacc_ret nacc_handler_call(const struct sbi_trap_regs *regs)
{
	struct sbi_ecall_extension *ext = sbi_ecall_find_extension(regs->a7);
	struct sbi_ecall_return out = { 0 };
	struct sbi_trap_regs copy = *regs;
	struct nacc_ret ret = { .error = NACC_SBI_ERR_NOT_SUPPORTED };

	if (!ext)
		return ret;
	ret.error = ext->handle(copy.a7, copy.a6, &copy, &out);
	ret.value = out.value;
	return ret;
}
