// SPDX-License-Identifier: BSD-2-Clause
/* The gate: its records and contexts, and the calls about them. Turns: model_turn.c. */
#include "model.h"

/* The model's memory of frames holds the same structures. */
struct nacc_sbi_gate *gate_at(int i)
{
	return (void *)mo.f[i].e;
}

struct nacc_sbi_threads *threads_at(int root)
{
	return mo.f[root].first == NO ? NULL : (void *)mo.f[mo.f[root].first].e;
}

static int is_record(int i)
{
	return i != NO && mo.f[i].kind == K_CONTEXT && mo.f[i].owner == i;
}

/* The record of a root, or NO */
int record_of(int root)
{
	return threads_at(root) ? index_of(threads_at(root)->gate) : NO;
}

int gate_is_on(int root)
{
	return record_of(root) != NO && (gate_at(record_of(root))->mode & 3);
}

/* Is this hart's root one whose threads are gated? */
int gated_hart(int own)
{
	return mo.f[own].kind == K_ROOT && mo.f[own].bound && gate_is_on(own);
}

/* The first place, in the order of the chain, that is of @task, or is none's */
struct nacc_sbi_context *place_of(int root, nacc_u64 task, int is_free)
{
	int skip = 2;

	for (int i = mo.f[root].first; i != NO; i = mo.f[i].next, skip = 0) {
		struct nacc_sbi_context *c = (void *)mo.f[i].e;

		for (int n = skip; n < 4; n++)
			if (is_free ? !c[n].state : c[n].state && c[n].task == task)
				return &c[n];
	}
	return NULL;
}

/* Where the core has what the model has there */
struct nacc_sbi_context *in_core(const struct nacc_sbi_context *c)
{
	nacc_u64 offset = (const char *)c - (const char *)mo.f;
	int i = (int)(offset / sizeof(mo.f[0]));

	return (void *)((char *)page_at(frame_pa_of(i)) +
			((const char *)c - (const char *)mo.f[i].e));
}

/* A frame of contexts that the core has taken, whichever it is */
static int find_taken(int root, int first)
{
	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == K_ARMED && m.core.frames[i].type == NACC_FRAME_CONTEXT &&
		    m.core.frames[i].parent == NACC_FRAME_NONE) {
			take(frame_pa_of(i), K_CONTEXT, 7, root);
			take_vector(i, first);
			return i;
		}
	bad("no frame was taken", root, 0);
	return NO;
}

/* A context for a task; NULL: there is no room. After the call, as that says which frame. */
struct nacc_sbi_context *add_context(int root, nacc_u64 task, int armed)
{
	struct nacc_sbi_context *c = place_of(root, task, 0);
	int i, first = mo.f[root].first;

	if (!c)
		c = place_of(root, 0, 1);
	if (!c && !armed)
		return NULL;
	if (!c) {
		i = find_taken(root, 0);
		mo.f[i].next = mo.f[first].next;
		mo.f[first].next = i;
		c = (void *)mo.f[i].e;
	}
	forget(c);
	c->task = task;
	c->root = frame_pa_of(root) | keeps(root);
	c->gate = threads_at(root)->gate;
	threads_at(root)->entered = 1;
	return c;
}

/* Few, so that they meet */
nacc_u64 task_arg(void)
{
	unsigned int k = byte();

	return k < 250 ? 0xff60000000010000UL + k % 6 * 64 : wild();
}

/* A frame: mostly a root that is gated, if there is one */
int gated_arg(void)
{
	int at = below(mo.nr);

	if (!below(8))
		return at;
	for (int i = 0; i < mo.nr; i++)
		if (gated_hart((at + i) % mo.nr))
			return (at + i) % mo.nr;
	return at;
}

static nacc_u64 root_address(void)
{
	return below(4) ? frame_pa_of(gated_arg()) : address();
}

struct nacc_ret call_from(int own, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2,
			  nacc_u64 a3)
{
	struct nacc_call c = {
		.fid = fid,
		.arg = { a0, a1, a2, a3 },
		.satp = (nacc_u64)m.mode << 60 | frame_pa_of(own) >> 12,
	};

	return nacc_ecall(&m.core, &c);
}

static void call_open(void)
{
	int armed = any_of(K_ARMED) != NO, i;
	nacc_u64 tag = below(4) ? mo.f[below(mo.nr)].tag : wild();
	struct nacc_ret ret = call(NACC_SBI_GATE_OPEN, tag, wild(), wild());

	if (!(mo.guard & 1)) {
		expect("open", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (!armed) {
		expect("open", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	} else {
		same("open", ret.error, 0);
		i = take(ret.value, K_CONTEXT, 7, NO);
		gate_at(i)->tag = tag;
	}
}

/* The record with just this address, or NO; half of the time there is one. */
static int record_arg(nacc_u64 *pa)
{
	int i = any_of(K_CONTEXT);

	*pa = address();
	for (; below(2) && i != NO && i < mo.nr; i++)
		if (is_record(i))
			*pa = frame_pa_of(i);
	i = *pa % PAGE ? NO : index_of(*pa);
	return is_record(i) ? i : NO;
}

/* Contexts of a root that retires are none of these calls' either. */
static int bad_record(int i, struct nacc_ret ret)
{
	if (i != NO)
		return 0;
	if (ret.error != NACC_SBI_ERR_INVALID_STATE || ret.value != NACC_REASON_AS_STATE)
		expect("record", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	return 1;
}

static void call_set(void)
{
	nacc_u64 pa, mode = below(8) ? below(16) : wild();
	int i = record_arg(&pa);
	struct nacc_ret ret = call(NACC_SBI_GATE_SET, pa, mode, 0);

	if (bad_record(i, ret))
		return;
	if (mode > 15 || (mode & 3) == 3) {
		expect("set", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return;
	}
	expect("set", ret, 0, 0);
	gate_at(i)->mode = mode;
	if ((mode & 7) != NACC_GATE_ENFORCE)
		secrets_mode(i);
	page_mode(i, 0);
}

static void call_allow(void)
{
	nacc_u64 pa, word = below(8) ? below(9) : wild(), set = wild();
	int i = record_arg(&pa);
	struct nacc_ret ret = call(NACC_SBI_GATE_ALLOW, pa, word, set);

	if (bad_record(i, ret))
		return;
	if (word > 7) {
		expect("allow", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return;
	}
	expect("allow", ret, 0, 0);
	gate_at(i)->allowed[word] = set;
}

static void call_close(void)
{
	nacc_u64 pa;
	int i = record_arg(&pa);
	struct nacc_ret ret = call(NACC_SBI_GATE_CLOSE, pa, 0, 0);

	if (bad_record(i, ret))
		return;
	if (gate_at(i)->roots) {
		expect("close", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	expect("close", ret, 0, 0);
	page_mode(i, 1);
	gate_at(i)->roots = ~0U;
	release(i);
}

/* Is it refused for what the root is? */
static int bad_root(int root, struct nacc_ret ret)
{
	if (root == NO)
		expect("root", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	else if (mo.f[root].retiring)
		expect("root", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	return root == NO || mo.f[root].retiring;
}

static void call_gate(void)
{
	nacc_u64 pa = address(), rec;
	int root = exact(pa, 1, 0), i = record_arg(&rec);
	int armed = armed_frames() >= context_frames(2);
	struct nacc_ret ret = call(NACC_SBI_AS_GATE, pa, rec, 0);

	if (bad_root(root, ret))
		return;
	if (i == NO) {
		expect("gate", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (gate_at(i)->tag != mo.f[root].tag) {
		expect("gate", ret, NACC_SBI_ERR_DENIED, NACC_REASON_OWNER);
	} else if (record_of(root) != NO) {
		expect("gate", ret, record_of(root) == i ? 0 : NACC_SBI_ERR_INVALID_STATE,
		       record_of(root) == i ? 0 : NACC_REASON_AS_STATE);
	} else if (!armed) {
		expect("gate", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	} else {
		expect("gate", ret, 0, 0);
		gate_at(i)->roots++;
		mo.f[root].first = find_taken(root, 2);
		threads_at(root)->gate = rec;
		page_gated(root);
	}
}

/* clone(2) as riscv Linux does it: the child's registers by the caller's arguments */
static void begin(struct nacc_sbi_context *child, const struct nacc_sbi_context *parent)
{
	memcpy(child->x, parent->x, sizeof(child->x));
	memcpy(child->f, parent->f, sizeof(child->f));
	child->fcsr = parent->fcsr;
	child->flags |= parent->flags & NACC_CONTEXT_FLOAT;
	child->x[0] += 4;
	child->x[10] = 0;
	if (parent->x[17] == 435) {
		child->x[2] = parent->child_sp;
		child->x[4] = parent->child_tp;
	}
	if (parent->x[17] == 220 && parent->x[11])
		child->x[2] = parent->x[11];
	if (parent->x[17] == 220 && parent->x[10] & 0x80000)
		child->x[4] = parent->x[13];
	child->state = NACC_CONTEXT_CHILD;
}

/* It is told of already, and nothing comes of it. */
#define TOLD	(-1)

static int waits(const struct nacc_sbi_context *c)
{
	return c && (c->state == NACC_CONTEXT_ADOPT || c->state == NACC_CONTEXT_CHILD);
}

/* @c: what the child has there already. Return: a reason, or TOLD */
static int may_have_child(int own, int root, struct nacc_sbi_context *p,
			  const struct nacc_sbi_context *c)
{
	if (!p || p->state == NACC_CONTEXT_USER)
		return NACC_REASON_THREAD;
	if (p->state != NACC_CONTEXT_ADOPT &&
	    (p->state != NACC_CONTEXT_KERNEL || (p->cause & ~NACC_CONTEXT_BORE) != 8 ||
	     (p->x[17] != 220 && p->x[17] != 435)))
		return NACC_REASON_THREAD;
	if (record_of(own) != record_of(root))
		return NACC_REASON_OWNER;
	if (p->cause & NACC_CONTEXT_BORE && waits(c))
		return TOLD;
	if (p->state == NACC_CONTEXT_ADOPT)
		return 0;
	/* Of clone3(2) it must be known what it begins with. */
	if (p->x[17] == 435 && !(p->flags & NACC_CONTEXT_CLONE))
		note_clone(p);
	if ((gate_at(record_of(own))->mode & 7) != NACC_GATE_ENFORCE)
		return 0;
	if (p->x[17] == 435 && !(p->flags & NACC_CONTEXT_CLONE))
		return NACC_REASON_BAD_ADDRESS;
	if (p->cause & NACC_CONTEXT_BORE)
		return NACC_REASON_THREAD;
	if (p->x[17] == 435 ? p->flags & NACC_CONTEXT_SHARES : p->x[10] & 0x100)
		return root == own ? 0 : NACC_REASON_THREAD;
	return !threads_at(root)->entered || (c && c->state == NACC_CONTEXT_ADOPT) ? 0 :
	       NACC_REASON_THREAD;
}

static void inherit(int own, int root, struct nacc_sbi_context *c,
		    const struct nacc_sbi_context *parent)
{
	inherit_handlers(own, root);
	c->rseq_sig = parent->rseq_sig;
	c->flags |= parent->flags & NACC_CONTEXT_RSEQ;
}

/* Who comes in from elsewhere: not while somebody is, nor by who is gated. */
static int may_adopt(int own, int root)
{
	if (!gate_is_on(root) || mo.f[root].bound != 1)
		return 1;
	return !gated_hart(own) && !threads_at(root)->entered;
}

static void call_context(void)
{
	nacc_u64 pa = root_address(), task = below(16) ? task_arg() : 0, other = task_arg();
	nacc_u64 what = below(16) ? below(3) : wild();
	int root = exact(pa, 1, 0), own = gated_arg();
	int armed = armed_frames() >= context_frames(0);
	struct nacc_ret ret = call_from(own, NACC_SBI_CONTEXT, pa, task, what, other);
	struct nacc_sbi_context *c, *parent = NULL;
	int is_new, why = 0, adopts;

	if (bad_root(root, ret))
		return;
	if (!task || what > 2) {
		expect("context", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return;
	}
	if (!threads_at(root)) {
		expect("context", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	c = place_of(root, task, 0);
	if (what == NACC_CONTEXT_OF_CHILD && gated_hart(own)) {
		parent = place_of(own, other, 0);
		/* While its maker is looked at who is that is in user mode. */
		why = may_have_child(own, root, parent, c == parent ? NULL : c);
	}
	adopts = what == NACC_CONTEXT_OF_OTHER ||
		 (what == NACC_CONTEXT_OF_CHILD && !gated_hart(own));
	/* Who has a context keeps it, as long as the gate is on. */
	if ((c && gate_is_on(root) && adopts) || why == TOLD) {
		expect("there", ret, 0, 0);
		return;
	}
	if (adopts && !may_adopt(own, root))
		why = NACC_REASON_THREAD;
	/* Nor is somebody his own child. */
	if (!why && c && (c->state == NACC_CONTEXT_USER || c == parent))
		why = NACC_REASON_THREAD;
	if (why) {
		expect("context", ret, why == NACC_REASON_BAD_ADDRESS ?
		       NACC_SBI_ERR_INVALID_ADDRESS : NACC_SBI_ERR_DENIED, why);
		return;
	}
	if (what == NACC_CONTEXT_END) {
		expect("end", ret, 0, 0);
		if (c)
			c->state = NACC_CONTEXT_FREE;
		return;
	}
	is_new = !threads_at(root)->entered;
	c = add_context(root, task, armed);
	if (!c) {
		expect("context", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
		return;
	}
	expect("context", ret, 0, 0);
	c->state = NACC_CONTEXT_ADOPT;
	if (adopts) {
		c->rseq_sig = 0xf1401073;
		c->flags = NACC_CONTEXT_RSEQ;
		/* The first on a root that is in use already, or one that is just coming in */
		if (!gate_is_on(root) || !mo.f[root].bound ||
		    mo.f[root].bound == NACC_BOUND_JOINING)
			c->flags |= NACC_CONTEXT_JOINED;
		else
			memset(threads_at(root)->handlers, 0, sizeof(threads_at(root)->handlers));
	}
	if (parent && is_new)
		inherit(own, root, c, parent);
	if (parent && parent->state == NACC_CONTEXT_KERNEL &&
	    (parent->x[17] == 220 || parent->flags & NACC_CONTEXT_CLONE))
		begin(c, parent);
	if (parent && parent->state == NACC_CONTEXT_KERNEL)
		parent->cause |= NACC_CONTEXT_BORE;
}

static int may_tell(int root)
{
	return (gate_at(record_of(root))->mode & 3) != NACC_GATE_ENFORCE ||
	       !mo.f[root].bound || mo.f[root].bound == NACC_BOUND_JOINING;
}

static void call_handler(void)
{
	nacc_u64 pa = root_address(), sig = below(16) ? below(66) : wild(), handler = handler_arg();
	int root = exact(pa, 1, 0), own = gated_arg();
	struct nacc_ret ret = call_from(own, NACC_SBI_HANDLER, pa, sig, handler, 0);

	if (bad_root(root, ret))
		return;
	if (sig < 1 || sig > 64) {
		expect("handler", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	} else if (!threads_at(root)) {
		expect("handler", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (!may_tell(root)) {
		expect("handler", ret, NACC_SBI_ERR_DENIED, NACC_REASON_THREAD);
	} else {
		expect("handler", ret, 0, 0);
		note_handler(root, sig, handler);
	}
}

/* A root goes, and its contexts with it. */
void leave_gate(int root)
{
	if (record_of(root) != NO)
		gate_at(record_of(root))->roots--;
	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == K_CONTEXT && mo.f[i].owner == root)
			release(i);
	mo.f[root].first = NO;
}

void step_gate(void)
{
	switch (below(16)) {
	case 0:
		call_open();
		break;
	case 1:
		call_set();
		break;
	case 2:
		call_allow();
		break;
	case 3:
		call_close();
		break;
	case 4:
	case 5:
		call_gate();
		break;
	case 6:
	case 7:
	case 8:
		call_context();
		break;
	case 9:
		call_handler();
		break;
	case 10:
		step_signal();
		break;
	case 11:
	case 12:
		step_come();
		break;
	default:
		step_go();
	}
}
