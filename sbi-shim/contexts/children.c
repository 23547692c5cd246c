// SPDX-License-Identifier: BSD-2-Clause
/* What a child begins with: by the call that its parent is in, as that was made. */
#include "mem.h"
#include "rules.h"

/* clone(2): flags and arguments, in the order that riscv has */
#define CLONE_VM	0x100ULL
#define CLONE_SETTLS	0x80000ULL

/* struct clone_args: offsets */
#define ARGS_FLAGS	0
#define ARGS_STACK	40
#define ARGS_SIZE	48
#define ARGS_TLS	56

int nacc_clones(const struct nacc_sbi_context *context)
{
	return nacc_cause_of(context) == NACC_CAUSE_ECALL &&
	       (context->x[NACC_REG_A7] == NACC_NR_CLONE ||
		context->x[NACC_REG_A7] == NACC_NR_CLONE3);
}

/* One of clone3(2), whatever size it says they have: shorter ones the kernel does not take */
static int read_arg(const struct nacc_core *core, nacc_u64 satp,
		    const struct nacc_sbi_context *context, nacc_u32 offset, nacc_u64 *to)
{
	nacc_u64 missing;

	return nacc_bytes_read(core, satp, context->x[NACC_REG_A0] + offset, 8, to, &missing);
}

void nacc_clone3_note(const struct nacc_core *core, nacc_u64 satp,
		      struct nacc_sbi_context *context)
{
	nacc_u64 flags, stack, size, tls;

	context->flags &= ~(NACC_CONTEXT_CLONE | NACC_CONTEXT_SHARES);
	if (!read_arg(core, satp, context, ARGS_FLAGS, &flags) ||
	    !read_arg(core, satp, context, ARGS_STACK, &stack) ||
	    !read_arg(core, satp, context, ARGS_SIZE, &size) ||
	    !read_arg(core, satp, context, ARGS_TLS, &tls))
		return;
	store64(&context->child_sp, stack ? stack + size : context->x[NACC_REG_SP]);
	store64(&context->child_tp, flags & CLONE_SETTLS ? tls : context->x[NACC_REG_TP]);
	context->flags |= NACC_CONTEXT_CLONE | (flags & CLONE_VM ? NACC_CONTEXT_SHARES : 0);
}

int nacc_child_known(const struct nacc_core *core, nacc_u64 satp,
		     struct nacc_sbi_context *parent)
{
	if (parent->x[NACC_REG_A7] != NACC_NR_CLONE3)
		return 1;
	if (!(parent->flags & NACC_CONTEXT_CLONE))
		nacc_clone3_note(core, satp, parent);
	return parent->flags & NACC_CONTEXT_CLONE;
}

int nacc_child_is_told(const struct nacc_sbi_context *child)
{
	nacc_u32 state = child ? load32(&child->state) : NACC_CONTEXT_FREE;

	return state == NACC_CONTEXT_ADOPT || state == NACC_CONTEXT_CHILD;
}

static int shares(const struct nacc_sbi_context *parent)
{
	if (parent->x[NACC_REG_A7] == NACC_NR_CLONE3)
		return !!(parent->flags & NACC_CONTEXT_SHARES);
	return !!(parent->x[NACC_REG_A0] & CLONE_VM);
}

int nacc_child_fits(const struct nacc_core *core, const struct nacc_request *rq,
		    const struct nacc_frame *own, const struct nacc_sbi_context *parent,
		    const struct nacc_sbi_context *child)
{
	if (shares(parent))
		return rq->frame == own;
	return !load32(&nacc_threads_of(core, rq->frame)->entered) ||
	       (child && load32(&child->state) == NACC_CONTEXT_ADOPT);
}

void nacc_child_begin(struct nacc_sbi_context *child, const struct nacc_sbi_context *parent)
{
	nacc_u64 flags = load64(&parent->x[NACC_REG_A0]), sp = load64(&parent->x[NACC_REG_A1]);

	copy64(child->x, parent->x, 32);
	copy64(child->f, parent->f, 33);
	child->flags |= parent->flags & NACC_CONTEXT_FLOAT;
	child->x[NACC_REG_PC] += NACC_ECALL_LENGTH;
	child->x[NACC_REG_A0] = 0;
	if (parent->x[NACC_REG_A7] == NACC_NR_CLONE3) {
		child->x[NACC_REG_SP] = parent->child_sp;
		child->x[NACC_REG_TP] = parent->child_tp;
		return;
	}
	if (sp)
		child->x[NACC_REG_SP] = sp;
	if (flags & CLONE_SETTLS)
		child->x[NACC_REG_TP] = parent->x[NACC_REG_A3];
}
