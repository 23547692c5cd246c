// SPDX-License-Identifier: BSD-2-Clause
/* Roots: AS_BIND, the guard, and writes of satp (I14). */
#include "model.h"
#include "roots.h"

/* A few mms, so that they meet: two have the same hash. */
static nacc_u64 mm_arg(void)
{
	static const nacc_u64 mms[] = {
		0, 0xff60000004711000, 0xff60000004712040, 0x47110000, 0x147110000000,
		0x1000000047110000,
	};

	return below(16) ? mms[below(ARRAY_SIZE(mms))] : wild();
}

static int bound_to(nacc_u64 mm)
{
	for (int i = 0; mm && i < mo.nr; i++)
		if (mo.f[i].kind == K_ROOT && mo.f[i].bound && mo.f[i].mm == mm)
			return i;
	return NO;
}

static int count_bound(void)
{
	int nr = 0;

	for (int i = 0; i < mo.nr; i++)
		nr += mo.f[i].kind == K_ROOT && mo.f[i].bound;
	return nr;
}

static void call_bind(void)
{
	nacc_u64 pa = address(), mm = mm_arg(), how = below(8) ? 1 + below(3) : wild();
	int i = exact(pa, 1, 0), own = below(mo.nr);
	struct nacc_ret ret = call_from(own, NACC_SBI_AS_BIND, pa, mm, how, 0);
	struct mframe *f = i == NO ? NULL : &mo.f[i];

	if (!f) {
		expect("bind", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (f->retiring) {
		expect("bind", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	if (!mm || how < 1 || how > 3) {
		expect("bind", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return;
	}
	/* Who is gated binds none that is not. */
	if (!f->bound && gated_hart(own) && f->first == NO) {
		expect("bind", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	/* 1 bound, 2 joining, 3 leaving: 2 to 1 to 3, or 2 to 3 */
	if (f->bound ? f->mm != mm || !(how == 3 || f->bound == 2 || how == f->bound) :
		       !(mo.guard & 1) || bound_to(mm) != NO) {
		expect("bind", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	if (how == 3 && f->parent != NO) {
		expect("bind", ret, NACC_SBI_ERR_DENIED, NACC_REASON_SEALED);
		return;
	}
	expect("bind", ret, 0, 0);
	f->bound = how;
	f->mm = mm;
}

static void step_guard(void)
{
	nacc_u64 flags = below(4) ? 1 + 2 * below(2) : below(8) ? 0 : wild();
	nacc_u64 other = below(2) ? mo.other : below(2) ? 0 : below(2) ? scratch_arg() : address();
	nacc_u64 upcall = below(4) ? mo.upcall : wild();
	enum nacc_reason reason = nacc_guard(&m.core, flags, upcall, other);
	enum nacc_reason wanted = NACC_REASON_NONE;

	if (flags > 3 || flags == 2)
		wanted = NACC_REASON_BAD_COUNT;
	else if (other && !page_ok(other) && other - IMAGE_BASE >= IMAGE_SIZE)
		wanted = NACC_REASON_BAD_ADDRESS;
	else if (other % PAGE)
		wanted = NACC_REASON_BAD_ADDRESS;
	else if (!flags && count_bound())
		wanted = NACC_REASON_AS_STATE;
	else if (count_bound() && (other != mo.other || upcall != mo.upcall))
		wanted = NACC_REASON_LOCKED;
	same("guard", reason, wanted);
	if (wanted)
		return;
	mo.guard = flags;
	mo.other = other;
	mo.upcall = upcall;
}

static nacc_u64 root_arg(void)
{
	switch (below(4)) {
	case 0:
		return KERNEL_ROOT;
	case 1:
		return below(8) ? scratch_arg() & ~(PAGE - 1) & 0xffffffffffffffUL : 0;
	case 2:
		return address() & ~(PAGE - 1) & 0xffffffffffffffUL;
	default:
		return frame_pa_of(below(mo.nr));
	}
}

static int in_region(nacc_u64 pa)
{
	return pa - POOL_BASE < REGION;
}

static int in_image(nacc_u64 pa)
{
	return pa - IMAGE_BASE < IMAGE_SIZE && pa - FREED_BASE >= FREED_SIZE;
}

static nacc_u64 satp_of(nacc_u64 pa)
{
	return (nacc_u64)m.mode << 60 | pa >> 12;
}

static nacc_u64 pa_of(nacc_u64 satp)
{
	return satp >> 60 ? (satp & 0xfffffffffffUL) << 12 : 0;
}

/* May it have this root, nobody's mm? */
static int kept(const struct nacc_load *l, nacc_u64 root)
{
	int i = index_of(root);

	if (!pa_of(l->now))
		return in_image(root);
	if (root == pa_of(l->now))
		return 1;
	return root && root == pa_of(l->before) &&
	       (i == NO ? !in_region(root) : mo.f[i].kind == K_ROOT && mo.f[i].bound);
}

static void step_load(void)
{
	nacc_u64 root = root_arg(), got, want;
	struct nacc_load l = {
		.mm = mm_arg(),
		.want = satp_of(root),
		.now = below(4) ? satp_of(root_arg()) : 0,
		.before = below(2) ? satp_of(root_arg()) : 0,
	};
	enum nacc_reason wanted = NACC_REASON_NONE, reason;
	int own;

	if (!mo.guard)
		return;
	own = bound_to(l.mm);
	if (!below(4))
		l.want ^= (nacc_u64)below(16) << 60;
	reason = nacc_load_root(&m.core, &l, &got);
	want = satp_of(root);
	if (!l.mm && l.want != want) {
		same("refused mode", reason, NACC_REASON_NONE);
		same("loaded mode", got, l.want >> 60 ? l.now : 0);
		return;
	}
	if (own != NO && !(mo.f[own].bound == 3 && !in_region(root))) {
		want = satp_of(frame_pa_of(own));
		if (want != satp_of(root) && mo.f[own].bound != 2)
			wanted = NACC_REASON_ROOT_FORGED;
	} else if (own == NO && root != KERNEL_ROOT && (!mo.other || root != mo.other) &&
		   !(l.mm ? !in_region(root) && mo.guard == 1 : kept(&l, root))) {
		wanted = NACC_REASON_ROOT_FOREIGN;
		want = l.mm || !pa_of(l.now) ? satp_of(KERNEL_ROOT) :
		       pa_of(l.before) && kept(&l, pa_of(l.before)) ? l.before : l.now;
	}
	if (l.want >> 60 != (nacc_u64)m.mode && !wanted)
		wanted = NACC_REASON_ROOT_FORGED;
	same("refused root", reason, wanted);
	if (wanted)
		note_refused(own != NO ? own : index_of(root));
	same("loaded root", got, want);
}

void release_root(int i)
{
	mo.f[i].bound = 0;
	mo.f[i].mm = 0;
}

void step_roots(void)
{
	switch (below(8)) {
	case 0:
		step_guard();
		break;
	case 1:
		m.loaded = below(2) ? frame_pa_of(below(mo.nr)) : 0;
		break;
	case 2:
	case 3:
	case 4:
		call_bind();
		break;
	default:
		step_load();
	}
}
