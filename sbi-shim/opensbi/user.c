// SPDX-License-Identifier: BSD-2-Clause
/*
 * The gate: threads of gated address spaces come from user mode, and go back to it.
 *
 * While satp names a gated root mstatus.TSR makes sret trap, so nobody gets to user mode
 * on it but by nacc_user_go(). While a thread of it is there nothing is delegated, so
 * that whatever ends that comes to nacc_user_come() first; S-mode gets the same as with
 * delegation then, and everything is delegated again as long as it runs.
 *
 * hart->fast.user says whether the hart is in user mode, and whose context that is. M-mode
 * itself may return there more than once (an interrupt of its own): then nobody else has
 * seen the registers, and nothing is compared.
 *
 * Secret pages (nacc_sbi_secret.h) are opened when a thread comes for want of one, and are
 * closed by the next time it comes. Where they are open the vector leaves all of it to
 * nacc_user_come(), as nothing seems delegated to it.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_timer.h>
#include "fence.h"
#include "gated.h"
#include "generation.h"
#include "glue.h"
#include "hart.h"
#include "mem.h"
#include "roots.h"
#include "secret.h"
#include "turn.h"
#include "units.h"
#include "user.h"
#include "walk.h"
#include "window.h"

#define CAUSE_INTERRUPT	(1UL << 63)
#define STVEC_MODE	3UL
#define MINUS_EAGAIN	-11L
#define MINUS_ENOSYS	-38L

#define SAME(type, member, offset) \
	_Static_assert(__builtin_offsetof(struct type, member) == (offset), #member)

/* What turned.S compares with */
#define EQUAL(number, its) _Static_assert((its) == (number), #its)

SAME(nacc_sbi_context, x, 0);
SAME(nacc_sbi_context, f, NACC_CONTEXT_F);
SAME(nacc_sbi_context, fcsr, NACC_CONTEXT_FCSR);
SAME(nacc_sbi_context, task, NACC_CONTEXT_TASK);
SAME(nacc_sbi_context, root, NACC_CONTEXT_ROOT);
SAME(nacc_sbi_context, gate, NACC_CONTEXT_GATE);
SAME(nacc_sbi_context, cause, NACC_CONTEXT_CAUSE);
SAME(nacc_sbi_context, state, NACC_CONTEXT_STATE);
SAME(nacc_sbi_context, flags, NACC_CONTEXT_FLAGS);
SAME(nacc_sbi_context, vstart, NACC_CONTEXT_VSTART);
SAME(nacc_sbi_context, vl, NACC_CONTEXT_VL);
SAME(nacc_sbi_context, vtype, NACC_CONTEXT_VTYPE);
SAME(nacc_sbi_context, vcsr, NACC_CONTEXT_VCSR);
SAME(nacc_sbi_context, vlenb, NACC_CONTEXT_VLENB);
SAME(nacc_sbi_context, vector, NACC_CONTEXT_V);
SAME(nacc_sbi_gate, mode, NACC_GATE_MODE_OFFSET);
SAME(nacc_sbi_gate, allowed, NACC_GATE_LIST_OFFSET);
SAME(nacc_sbi_gate, calls, NACC_GATE_CALLS_OFFSET);
EQUAL(NACC_FAST_IN_KERNEL, NACC_CONTEXT_KERNEL);
EQUAL(NACC_FAST_IN_USER, NACC_CONTEXT_USER);
EQUAL(NACC_FAST_LIST, NACC_GATE_LIST);
EQUAL(NACC_FAST_FLOAT, NACC_CONTEXT_FLOAT);
EQUAL(NACC_FAST_FLOAT_USED, NACC_CONTEXT_FLOAT_USED);
EQUAL(NACC_FAST_VECTOR, NACC_CONTEXT_VECTOR);
EQUAL(NACC_FAST_FLOAT_BITS, (NACC_GATE_MODE | NACC_GATE_PTRACE));
EQUAL(NACC_FAST_FLOAT_MODE, NACC_GATE_ENFORCE);
EQUAL(NACC_FAST_SIGACTION, NACC_NR_RT_SIGACTION);
EQUAL(NACC_FAST_SIGRETURN, NACC_NR_RT_SIGRETURN);
EQUAL(NACC_FAST_RSEQ, NACC_NR_RSEQ);
EQUAL(NACC_FAST_CLONE3, NACC_NR_CLONE3);
EQUAL(NACC_FAST_CALLS, NACC_GATE_CALLS);
_Static_assert(!(u32)NACC_CONTEXT_BORE, "the vector looks at the lower half of a cause");

static struct nacc_hart *this_hart(void)
{
	return nacc_hart_of(sbi_scratch_thishart_ptr());
}

/* struct sbi_trap_regs starts with x0..x31 in order. */
static void fill(struct nacc_turn *turn, const struct sbi_trap_regs *regs, u64 pc)
{
	const unsigned long *x = &regs->zero;
	u32 i;

	turn->satp = csr_read(CSR_SATP);
	turn->task = csr_read(CSR_SSCRATCH);
	turn->time = sbi_timer_value();
	turn->hart = current_hartid();
	turn->x[NACC_REG_PC] = pc;
	for (i = 1; i < 32; i++)
		turn->x[i] = x[i];
}

/* What the vector does not look at it leaves to this file. */
static bool vector_judges(const struct nacc_hart *hart)
{
	return !hart->pads && !hart->is_open && !hart->waits;
}

/*
 * Where it keeps secrets no other translation than that of its tables is left, whatever the
 * kernel has had this hart remember there: of any ASID, also of all (G), and of any level.
 */
static void forget_others(struct nacc_sbi_context *context)
{
	if (!nacc_gated_secrets(&nacc_state))
		return;
	/* One that was made just when its root came to have some does not say so yet. */
	if (context)
		store64(&context->root, context->root | NACC_CONTEXT_KEEPS);
	nacc_sfence();
}

/* From now on nothing gets to S-mode but by way of here. @pa: secret pages to be opened, or 0 */
static void leave(struct nacc_hart *hart, struct nacc_sbi_context *context, u64 pa)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	u64 own;
	bool judges;

	hart->pads = sbi_hart_has_extension(scratch, SBI_HART_EXT_ZICFILP) ||
		     sbi_hart_has_extension(scratch, SBI_HART_EXT_SSDBLTRP);
	hart->medeleg = csr_swap(CSR_MEDELEG, 0);
	hart->mideleg = csr_swap(CSR_MIDELEG, 0);
	/* With H some is delegated for good, a virtual machine's: it waits. */
	own = csr_read(CSR_MIDELEG);
	hart->waits = own ? csr_read_clear(CSR_MIE, own) & own : 0;
	if (pa)
		nacc_window_open(hart, pa);
	else
		forget_others(context);
	judges = vector_judges(hart);
	hart->fast.user = context;
	hart->fast.medeleg = judges ? hart->medeleg : 0;
	hart->fast.mideleg = judges ? hart->mideleg : 0;
	nacc_gated_know(hart, hart->pads || hart->waits ? NULL : context);
}

static void arrive(struct nacc_hart *hart)
{
	hart->fast.user = NULL;
	if (vector_judges(hart)) {
		hart->medeleg = hart->fast.medeleg;
		hart->mideleg = hart->fast.mideleg;
	}
	nacc_window_close(&nacc_state, hart);
	csr_write(CSR_MEDELEG, hart->medeleg);
	csr_write(CSR_MIDELEG, hart->mideleg);
	if (hart->waits)
		csr_set(CSR_MIE, hart->waits);
	hart->waits = 0;
}

static bool is_delegated(const struct nacc_hart *hart, u64 cause)
{
	u64 nr = cause & ~CAUSE_INTERRUPT;
	u64 set = cause & CAUSE_INTERRUPT ? hart->mideleg : hart->medeleg;

	return nr < 64 && set >> nr & 1;
}

/* Where S-mode has another trap of its own kept from a trap's handler (Ssdbltrp), as it wants */
static u64 keeps_double_traps(void)
{
	if (!sbi_hart_has_extension(sbi_scratch_thishart_ptr(), SBI_HART_EXT_SSDBLTRP))
		return 0;
	return csr_read(CSR_MENVCFG) & ENVCFG_DTE ? MSTATUS_SDT : 0;
}

/* As the hart does what is delegated (privileged spec, "Supervisor Trap Vector Base") */
static void delegate(struct sbi_trap_regs *regs, const struct sbi_trap_info *trap)
{
	u64 vector = csr_read(CSR_STVEC);

	sbi_trap_redirect(regs, trap);
	regs->mepc = vector & ~STVEC_MODE;
	if ((trap->cause & CAUSE_INTERRUPT) && (vector & STVEC_MODE))
		regs->mepc += 4 * (trap->cause & ~CAUSE_INTERRUPT);
}

/* What it has in satp is what it has said: whose root ends asks for that (nacc_unbind()). */
static bool is_announced(const struct nacc_hart *hart)
{
	return load64(&hart->fast.satp) == csr_read(CSR_SATP);
}

/*
 * What is to be opened for an access that did not get at a secret page of its own, or 0. Once
 * more it is only tried if they were closed, or it is another one: else the fault is about
 * something else.
 */
static u64 opens(const struct nacc_core *core, struct nacc_hart *hart, bool was_open,
		 const struct sbi_trap_info *trap, u64 pc)
{
	bool again = was_open && hart->tried_pc == pc && hart->tried_va == trap->tval;
	u64 pa;

	if (trap->cause != CAUSE_LOAD_ACCESS && trap->cause != CAUSE_STORE_ACCESS &&
	    trap->cause != CAUSE_LOAD_PAGE_FAULT && trap->cause != CAUSE_STORE_PAGE_FAULT)
		return 0;
	pa = again ? 0 : nacc_secret_opens(core, csr_read(CSR_SATP), trap->tval);
	if (!pa || !is_announced(hart) || !nacc_window_found(core, hart))
		return 0;
	hart->tried_pc = pc;
	hart->tried_va = trap->tval;
	return pa;
}

/*
 * Before any of its threads knows of its first secret page, all are behind a fence; one that
 * was in user mode has come here by that, and from now on each return of it has one.
 */
static bool fence_threads(struct nacc_core *core, struct sbi_trap_context *tcntx)
{
	u64 satp = csr_read(CSR_SATP);

	if (nacc_secret_is_fenced(core, satp))
		return true;
	if (!nacc_fence_harts(tcntx))
		return false;
	nacc_secret_fenced(core, satp);
	return true;
}

static void answer(struct nacc_core *core, struct nacc_hart *hart, struct sbi_trap_context *tcntx)
{
	bool can = is_announced(hart) && nacc_window_found(core, hart);
	struct sbi_trap_regs *regs = &tcntx->regs;

	regs->a0 = can ? nacc_secret_call(core, csr_read(CSR_SATP), regs->a6, regs->a0) :
			 MINUS_ENOSYS;
	if ((long)regs->a0 > 0 && !fence_threads(core, tcntx))
		regs->a0 = MINUS_EAGAIN;
	regs->mepc += NACC_ECALL_LENGTH;
	/* The hart may have kept that nothing was there. */
	nacc_sfence();
}

/* What the program wants of the firmware; @pa: out: what is to be opened for it */
static bool is_done(struct nacc_core *core, struct nacc_hart *hart, bool was_open,
		    const struct sbi_trap_info *trap, struct sbi_trap_context *tcntx, u64 *pa)
{
	struct sbi_trap_regs *regs = &tcntx->regs;

	if (trap->cause == CAUSE_USER_ECALL && regs->a7 == NACC_USER_CALL) {
		answer(core, hart, tcntx);
		return true;
	}
	*pa = opens(core, hart, was_open, trap, regs->mepc);
	return *pa;
}

/**
 * nacc_user_come() - a trap of a gated thread in user mode
 * @core: the core
 * @tcntx: the trap; out: where the hart goes on
 * @rest: what else the shim does about traps
 */
void nacc_user_come(struct nacc_core *core, struct sbi_trap_context *tcntx, nacc_user_rest rest)
{
	struct nacc_hart *hart = this_hart();
	struct nacc_sbi_context *context = hart->fast.user;
	const struct sbi_trap_info trap = tcntx->trap;
	struct sbi_trap_regs *regs = &tcntx->regs;
	bool was_open = hart->is_open;
	struct nacc_turn turn;
	u64 pa = 0;

	/*
	 * S-mode's, by what cannot be kept from it: how the thread came there nobody has seen,
	 * and its context may hold what is not its own. It has none any more.
	 */
	if (sbi_mstatus_prev_mode(regs->mstatus) != PRV_U) {
		nacc_units_give_back(hart, regs);
		arrive(hart);
		nacc_context_set_state(context, NACC_CONTEXT_FREE);
		if (!rest(tcntx))
			sbi_trap_handler(tcntx);
		return;
	}
	if (nacc_units_wanted(hart, context, &trap, regs))
		return;
	fill(&turn, regs, regs->mepc);
	turn.context = context;
	arrive(hart);
	if (is_done(core, hart, was_open, &trap, tcntx, &pa)) {
		/* The kernel does not hear of it. */
	} else if (!nacc_turn_in(core, &turn, trap.cause)) {
		regs->a0 = MINUS_ENOSYS;
		regs->mepc += NACC_ECALL_LENGTH;
	} else if (is_delegated(hart, trap.cause)) {
		delegate(regs, &trap);
	} else if (!rest(tcntx)) {
		sbi_trap_handler(tcntx);
	}
	/* Nobody but M-mode has had it; its gate may be off since. */
	if (sbi_mstatus_prev_mode(regs->mstatus) == PRV_U && nacc_gated(core)) {
		leave(hart, context, pa);
		return;
	}
	nacc_units_keep(hart, context, regs);
	/*
	 * Whoever has sent it to S-mode: OpenSBI's sbi_trap_redirect() does not say so. Of who goes
	 * on in user mode, whose gate is off since, it would clear SIE for good.
	 */
	if (sbi_mstatus_prev_mode(regs->mstatus) != PRV_U)
		regs->mstatus |= keeps_double_traps();
	nacc_units_give_back(hart, regs);
	nacc_context_set_state(context, NACC_CONTEXT_KERNEL);
}

/* sret (privileged spec, "Supervisor Status Register"); true if to user mode */
static bool sret(struct sbi_trap_regs *regs)
{
	unsigned long status = regs->mstatus;
	bool to_user = !(status & MSTATUS_SPP);

	regs->mepc = csr_read(CSR_SEPC);
	status &= ~(MSTATUS_MPP | MSTATUS_SPP | MSTATUS_SIE | MSTATUS_MPELP | MSTATUS_SPELP |
		    MSTATUS_SDT);
	if (!to_user)
		status |= (unsigned long)PRV_S << MSTATUS_MPP_SHIFT;
	if (status & MSTATUS_SPIE)
		status |= MSTATUS_SIE;
	if (regs->mstatus & MSTATUS_SPELP)
		status |= MSTATUS_MPELP;
	regs->mstatus = status | MSTATUS_SPIE;
	return to_user;
}

/* To its kernel it looks as if the thread had done that. */
static void fault(struct sbi_trap_regs *regs, u64 cause, u64 va)
{
	const struct sbi_trap_info trap = { .cause = cause, .tval = va };

	delegate(regs, &trap);
	regs->mstatus |= keeps_double_traps();
}

/*
 * To a virtual machine? There is none while roots are guarded; and what sret does is done here
 * without it, so that the kernel would go on where its machine should.
 */
static bool is_virtual(void)
{
	return misa_extension('H') && (csr_read(CSR_HSTATUS) & HSTATUS_SPV);
}

/**
 * nacc_user_go() - sret on a gated root
 * @core: the core
 * @regs: the registers at sret; out: where the hart goes on
 */
void nacc_user_go(struct nacc_core *core, struct sbi_trap_regs *regs)
{
	unsigned long *x = &regs->zero;
	enum nacc_turned turned;
	struct nacc_turn turn;
	u32 i;

	if (is_virtual()) {
		nacc_count(&core->reasons[NACC_REASON_GUEST]);
		fault(regs, CAUSE_ILLEGAL_INSTRUCTION, 0);
		return;
	}
	if (!sret(regs))
		return;
	fill(&turn, regs, regs->mepc);
	turn.is_odd = (regs->mstatus & NACC_USER_LAYOUT) != NACC_USER_LAYOUT_IS;
	turned = nacc_turn_out(core, &turn);
	if (turned == NACC_TURN_RESTORED) {
		regs->mstatus = (regs->mstatus & ~NACC_USER_LAYOUT) | NACC_USER_LAYOUT_IS;
		regs->mepc = turn.x[NACC_REG_PC];
		for (i = 1; i < 32; i++)
			x[i] = turn.x[i];
	}
	switch (turned) {
	case NACC_TURN_FREE:
		forget_others(NULL);
		nacc_gated_update(core, regs);
		break;
	case NACC_TURN_REFUSED:
		fault(regs, CAUSE_ILLEGAL_INSTRUCTION, 0);
		break;
	case NACC_TURN_MISSING:
		/* The kernel sees to it that it is there, and tries again; or that is its end. */
		fault(regs, CAUSE_LOAD_PAGE_FAULT, nacc_walk_unmasked(turn.missing));
		break;
	case NACC_TURN_RESTORED:
	case NACC_TURN_GO:
		nacc_units_hide(this_hart(), turn.context, regs);
		leave(this_hart(), turn.context, 0);
		break;
	}
}
