// SPDX-License-Identifier: BSD-2-Clause
/*
 * satp, and what else mstatus.TVM makes trap while roots are guarded (I14). The trap
 * vector performs fences, and writes of satp that it knows (illegal.S); here is the
 * rest, and the calls.
 *
 * Each hart says in fast.satp what it has, or is about to have, before it asks whether
 * it may: so who unbinds a root either sees that, or is seen (core/roots.c).
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_barrier.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_timer.h>
#include <sbi/sbi_unpriv.h>
#include "fence.h"
#include "generation.h"
#include "glue.h"
#include "hart.h"
#include "mem.h"
#include "roots.h"
#include "satp.h"
#include "state.h"
#include "tvm.h"

#define NOT_OURS	0
#define HANDLED		1

/* sfence.vma and sinval.vma; hfence.gvma and hinval.gvma: bit 26 tells them apart. */
#define FENCE_MASK	0xfa007fffU
#define FENCE_VMA	0x12000073U
#define FENCE_GVMA	0x62000073U
#define OPCODE_SYSTEM	0x73
#define INSN_LENGTH	4

static struct nacc_hart *this_hart(void)
{
	return nacc_hart_of(sbi_scratch_thishart_ptr());
}

/**
 * nacc_root_is_loaded() - does a hart have a root, or is it about to?
 * @root: its physical address
 *
 * A hart that has just been started is about to have what it had before.
 */
int nacc_root_is_loaded(u64 root)
{
	u32 i;

	for (i = 0; i < NACC_NR_HARTS(); i++) {
		struct sbi_scratch *scratch = sbi_hartindex_to_scratch(i);
		struct nacc_hart *hart = scratch ? nacc_hart_of(scratch) : NULL;

		if (hart && (nacc_satp_root(load64(&hart->fast.satp)) == root ||
			     nacc_satp_root(load64(&hart->before)) == root))
			return 1;
	}
	return 0;
}

/*
 * One that is forced on a hart was not announced: it may have gone meanwhile. Without an
 * mm it is one that the hart has, or had.
 */
static u64 announce_forced(const struct nacc_core *core, struct nacc_hart *hart, u64 mm, u64 satp)
{
	u64 root = nacc_satp_root(satp);

	nacc_tvm_announce(hart, satp);
	if (!nacc_in_region(core, root) ||
	    (mm ? nacc_root_of(core, mm) == nacc_bound_at(core, root) :
		  !!nacc_bound_at(core, root)))
		return satp;
	satp = (satp & ~SATP64_PPN) | core->setup->kernel_root >> PAGE_SHIFT;
	nacc_tvm_announce(hart, satp);
	return satp;
}

static enum nacc_reason load_root(struct nacc_core *core, struct nacc_hart *hart,
				  const struct nacc_load *load)
{
	const struct nacc_frame *own = load->mm ? nacc_root_of(core, load->mm) : NULL;
	enum nacc_reason reason;
	u64 satp;

	nacc_tvm_announce(hart, load->want);
	reason = nacc_load_root(core, load, &satp);
	if (satp != load->want)
		satp = announce_forced(core, hart, load->mm, satp);
	csr_write(CSR_SATP, satp);
	if (satp != load->want)
		nacc_sfence();
	/* It has it again, or it has gone another way. */
	if (load->mm || satp == load->before)
		__atomic_store_n(&hart->before, 0, __ATOMIC_RELAXED);
	if (!reason)
		return reason;
	hart->refused_root[0] = reason;
	hart->refused_root[1] = load->mm;
	hart->refused_root[2] = nacc_satp_root(load->want);
	hart->refused_root[3] = own ? core->frame_base +
				((u64)(own - core->frames) << PAGE_SHIFT) : 0;
	return reason;
}

/* As in a trap: S-mode comes back by sret, to behind the instruction. */
static void call_up(const struct nacc_core *core, struct sbi_trap_regs *regs)
{
	unsigned long status = regs->mstatus;
	u64 upcall = load64(&core->upcall);

	if (!upcall)
		return;
	csr_write(CSR_SEPC, regs->mepc);
	status = (status & ~MSTATUS_SPIE) | MSTATUS_SPP |
		 (status & MSTATUS_SIE ? MSTATUS_SPIE : 0);
	regs->mstatus = status & ~MSTATUS_SIE;
	regs->mepc = upcall;
}

/* The kernel ends, as in kexec and after a crash: what comes next knows no guard. */
static void let_go(struct nacc_hart *hart, struct sbi_trap_regs *regs)
{
	regs->mstatus &= ~MSTATUS_TVM;
	nacc_tvm_end(hart);
}

/* struct sbi_trap_regs starts with x0..x31 in order. */
static unsigned long *reg_of(struct sbi_trap_regs *regs, u32 nr)
{
	return &regs->zero + nr;
}

static void write_satp(struct nacc_core *core, struct sbi_trap_regs *regs, u32 insn, u64 val)
{
	struct nacc_hart *hart = this_hart();
	u32 site = nacc_site(core, regs->mepc);
	const struct nacc_load load = {
		.pc = regs->mepc,
		.mm = site ? *reg_of(regs, site) : 0,
		.want = val,
		.now = csr_read(CSR_SATP),
		.before = hart->before,
		.time = sbi_timer_value(),
		.task = regs->tp,	/* as riscv Linux has it in S-mode */
		.insn = insn,
		.hart = current_hartid(),
	};

	regs->mepc += INSN_LENGTH;
	if (load_root(core, hart, &load)) {
		call_up(core, regs);
		return;
	}
	/* By its mode: a root at address 0 is one of those that the kernel's data can name. */
	if (nacc_satp_is_bare(val))
		let_go(hart, regs);
	else if (site && (insn >> 12 & 7) == 1 && !(insn >> 7 & 31))
		nacc_fast_site(&hart->fast, load.pc, insn, site);
}

/*
 * hgatp reads zero. KVM finds out what there is by writing modes: they are not there.
 * A table is what a virtual machine would run on: Linux refuses those by itself while
 * roots are guarded, and who does it all the same ends there.
 */
static void write_hgatp(struct nacc_core *core, struct sbi_trap_context *tcntx, u64 val)
{
	struct sbi_trap_info trap = tcntx->trap;

	if (!(val >> HGATP64_MODE_SHIFT) || !(val & HGATP64_PPN)) {
		tcntx->regs.mepc += INSN_LENGTH;
		return;
	}
	nacc_count(&core->reasons[NACC_REASON_GUEST]);
	sbi_trap_redirect(&tcntx->regs, &trap);
}

/* csrrw, csrrs, csrrc and their immediate forms (Zicsr) */
static int access_csr(struct nacc_core *core, struct sbi_trap_context *tcntx, u32 insn)
{
	struct sbi_trap_regs *regs = &tcntx->regs;
	u32 op = insn >> 12 & 7, rs1 = insn >> 15 & 31, rd = insn >> 7 & 31;
	u64 src = op & 4 ? rs1 : *reg_of(regs, rs1), old, val;
	bool hgatp = insn >> 20 == CSR_HGATP;

	if (!(op & 3) || (!hgatp && insn >> 20 != CSR_SATP) || (hgatp && !misa_extension('H')))
		return NOT_OURS;
	old = hgatp ? 0 : csr_read(CSR_SATP);
	val = (op & 3) == 1 ? src : (op & 3) == 2 ? old | src : old & ~src;
	if (rd)
		*reg_of(regs, rd) = old;
	if ((op & 3) != 1 && !rs1)
		regs->mepc += INSN_LENGTH;
	else if (hgatp)
		write_hgatp(core, tcntx, val);
	else
		write_satp(core, regs, insn, val);
	return HANDLED;
}

static void fence(const struct sbi_trap_regs *regs, u32 rs1, u32 rs2)
{
	unsigned long va = (&regs->zero)[rs1], asid = (&regs->zero)[rs2];

	if (rs1 && rs2)
		__asm__ __volatile__("sfence.vma %0, %1" : : "r"(va), "r"(asid) : "memory");
	else if (rs1)
		__asm__ __volatile__("sfence.vma %0, zero" : : "r"(va) : "memory");
	else if (rs2)
		__asm__ __volatile__("sfence.vma zero, %0" : : "r"(asid) : "memory");
	else
		nacc_sfence();
}

/**
 * nacc_satp_trap() - an illegal instruction from U- or S-mode, not of a virtual machine
 * @core: the core
 * @tcntx: the trap
 *
 * Return: 1 if the hart goes on from @tcntx, 0 if it is OpenSBI's; @tcntx is unchanged
 * then.
 */
int nacc_satp_trap(struct nacc_core *core, struct sbi_trap_context *tcntx)
{
	struct sbi_trap_regs *regs = &tcntx->regs;
	u32 insn = tcntx->trap.tval;
	struct sbi_trap_info trap = { 0 };

	if (!(regs->mstatus & MSTATUS_TVM) || sbi_mstatus_prev_mode(regs->mstatus) != PRV_S)
		return NOT_OURS;
	if (!insn)
		insn = sbi_get_insn(regs->mepc, &trap);
	if (trap.cause || (insn & 0x7f) != OPCODE_SYSTEM)
		return NOT_OURS;
	if ((insn & FENCE_MASK) == FENCE_VMA) {
		fence(regs, insn >> 15 & 31, insn >> 20 & 31);
	} else if ((insn & FENCE_MASK) == FENCE_GVMA && misa_extension('H')) {
		/* hfence.gvma zero, zero: no machine is there whose translations it forgets */
		__asm__ __volatile__(".insn r 0x73, 0, 0x31, x0, x0, x0" : : : "memory");
	} else {
		return access_csr(core, tcntx, insn);
	}
	regs->mepc += INSN_LENGTH;
	return HANDLED;
}

/* Is this hart in reach, or about to be, and not as it is to be? */
static bool is_behind(u32 hartindex, u64 flags)
{
	struct sbi_scratch *scratch = sbi_hartindex_to_scratch(hartindex);
	const struct nacc_hart *hart = scratch ? nacc_hart_of(scratch) : NULL;

	if (!hart)
		return false;
	switch (__sbi_hsm_hart_get_state(hartindex)) {
	case SBI_HSM_STATE_START_PENDING:
		/* One that has yet to look finds what there is now; it may never come. */
		if (!__atomic_load_n(&hart->joining, __ATOMIC_RELAXED))
			return false;
		break;
	case SBI_HSM_STATE_STARTED:
	case SBI_HSM_STATE_SUSPENDED:
	case SBI_HSM_STATE_RESUME_PENDING:
		break;
	default:
		return false;
	}
	return __atomic_load_n(&hart->guard, __ATOMIC_ACQUIRE) != flags && !hart->left;
}

/* A hart that was on its way in when the others were told joins by itself, or is told. */
static void settle(struct nacc_core *core, u64 flags)
{
	bool again;
	u32 i;

	do {
		again = false;
		/* Pairs with nacc_tvm_join(). */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		nacc_fence(core);
		for (i = 0; i < NACC_NR_HARTS(); i++)
			again |= is_behind(i, flags);
	} while (again && (load64(&core->guard) & NACC_GUARD_FLAGS) == flags);
}

static u32 any_hart(bool (*is)(const struct nacc_hart *hart))
{
	u32 i, nr = 0;

	for (i = 0; i < NACC_NR_HARTS(); i++) {
		struct sbi_scratch *scratch = sbi_hartindex_to_scratch(i);

		if (scratch && nacc_hart_of(scratch)->guard)
			nr += is(nacc_hart_of(scratch));
	}
	return nr;
}

static bool runs_guest(const struct nacc_hart *hart)
{
	return hart->guest;
}

static bool cannot(const struct nacc_hart *hart)
{
	return !hart->can_guard;
}

static struct nacc_ret fail(long error, enum nacc_reason reason)
{
	return (struct nacc_ret){ .error = error, .value = reason };
}

/**
 * nacc_satp_guard() - NACC_SBI_GUARD
 * @core: the core
 * @call: the call
 */
struct nacc_ret nacc_satp_guard(struct nacc_core *core, const struct nacc_call *call)
{
	const struct nacc_call lock = { .fid = NACC_SBI_LOCK };
	u64 flags = call->arg[0], was = load64(&core->guard) & NACC_GUARD_FLAGS;
	struct nacc_ret ret = nacc_ecall(core, &lock);
	enum nacc_reason reason;

	if (ret.error)
		return ret;
	if (!was)
		nacc_tvm_begin();
	reason = nacc_guard(core, flags, call->arg[1], call->arg[2]);
	if (reason)
		return fail(reason == NACC_REASON_AS_STATE ? NACC_SBI_ERR_INVALID_STATE :
			    reason == NACC_REASON_LOCKED ? NACC_SBI_ERR_DENIED :
							   NACC_SBI_ERR_INVALID_PARAM, reason);
	settle(core, flags);
	if (!flags || was || !(any_hart(runs_guest) | any_hart(cannot)))
		return ret;
	ret = any_hart(cannot) ? fail(NACC_SBI_ERR_NOT_SUPPORTED, NACC_REASON_AS_STATE) :
				 fail(NACC_SBI_ERR_FAILED, NACC_REASON_GUEST);
	if (!nacc_guard(core, 0, 0, 0))
		settle(core, 0);
	return ret;
}

/**
 * nacc_satp_switch() - NACC_SBI_SWITCH
 * @core: the core
 * @call: the call
 */
struct nacc_ret nacc_satp_switch(struct nacc_core *core, const struct nacc_call *call)
{
	u64 satp = csr_read(CSR_SATP), mm = call->arg[0];
	const struct nacc_load load = {
		.mm = mm,
		.want = (satp & ~SATP64_PPN) | (call->arg[2] >> PAGE_SHIFT & SATP64_PPN),
		.now = satp,
		.time = sbi_timer_value(),
		.hart = current_hartid(),
	};
	struct nacc_ret ret = { .error = NACC_SBI_SUCCESS };
	const struct nacc_frame *root;

	/* Once roots are guarded the set-up is locked, and there are hashes. */
	if (!(load64(&core->guard) & NACC_GUARD_ON))
		return fail(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	root = mm ? nacc_root_of(core, mm) : NULL;
	if (!mm || (root && load32(&root->slot) == NACC_BOUND))
		return fail(NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	if (!nacc_satp_is_bare(satp) && nacc_satp_root(satp) == call->arg[1]) {
		load_root(core, this_hart(), &load);
		ret.value = 1;
	}
	nacc_sfence();
	return ret;
}

/**
 * nacc_satp_refused() - NACC_INFO_REFUSED
 * @what: which of it
 */
u64 nacc_satp_refused(u64 what)
{
	const struct nacc_hart *hart = this_hart();

	return what < array_size(hart->refused_root) ? hart->refused_root[what] : 0;
}

/**
 * nacc_satp_of() - NACC_INFO_SATP
 * @hartindex: of which hart
 */
struct nacc_ret nacc_satp_of(u64 hartindex)
{
	struct sbi_scratch *scratch;

	if (hartindex >= NACC_NR_HARTS())
		return ret_fail(NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	scratch = sbi_hartindex_to_scratch((u32)hartindex);
	return ret_ok(scratch && nacc_hart_of(scratch)->guard ?
		      load64(&nacc_hart_of(scratch)->fast.satp) : 0);
}
