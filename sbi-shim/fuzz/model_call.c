// SPDX-License-Identifier: BSD-2-Clause
/* Calls, each with hostile arguments, but those on many entries. */
#include "lock.h"
#include "model.h"

void range_call(int fid, nacc_u64 first, nacc_u64 count)
{
	struct nacc_ret ret = call(fid, first, count, 0);
	nacc_u64 max = fid == NACC_SBI_RECLAIM ? 64 : 512, done = 0;

	if (!count || count > max) {
		expect("count", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return;
	}
	if (first >= (nacc_u64)mo.nr || count > mo.nr - first) {
		expect("range", ret, NACC_SBI_ERR_BAD_RANGE,
		       NACC_REASON_BAD_COUNT);
		return;
	}
	for (nacc_u64 i = first; i < first + count; i++) {
		struct mframe *f = &mo.f[i];

		if (fid == NACC_SBI_ARM && f->kind == K_FREE) {
			f->kind = K_ARMED;
		} else if (fid == NACC_SBI_DISARM && f->kind == K_ARMED) {
			f->kind = K_FREE;
		} else if (fid == NACC_SBI_RECLAIM && f->kind == K_RELEASED &&
			   f->epoch <= mo.fenced && !f->undrained) {
			memset(f, 0, sizeof(*f));
			f->owner = NO;
			f->parent = NO;
			f->first = NO;
		} else {
			continue;
		}
		done++;
	}
	expect("done", ret, 0, done);
}

void call_create(nacc_u64 flags)
{
	int armed = any_of(K_ARMED) != NO, i;
	/* Any number, now and then, mostly not the highest so far */
	nacc_u64 nth = below(4) ? mo.tags : ++mo.tags, tag = nth * 0x9e3779b97f4a7c15UL >> nth % 64;
	struct nacc_ret ret = call(NACC_SBI_AS_CREATE, tag, flags, 0);

	if (flags & ~NACC_SBI_AS_LIVE) {
		expect("create", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
		return;
	}
	if (!armed) {
		expect("create", ret, NACC_SBI_ERR_NO_SHMEM,
		       NACC_REASON_EXHAUSTED);
		return;
	}
	same("create", ret.error, 0);
	i = take(ret.value, K_ROOT, mo.top, NO);
	mo.f[i].building = !flags;
	mo.f[i].tag = tag;
	if (tag > mo.last_tag)
		mo.last_tag = tag;
	same("last tag", must(call(NACC_SBI_GET_INFO, NACC_INFO_LAST_TAG, 0, 0)), mo.last_tag);
	for (int s = 256; s < 512; s++)
		mo.f[i].e[s] = entry(KERNEL_ROOT, s);
}

static void call_adopt(void)
{
	nacc_u64 pa = address(), level = below(6), page = scratch_arg();
	int root = exact(pa, 1, 0), armed = any_of(K_ARMED) != NO, i;
	unsigned int why;
	struct nacc_ret ret;

	if (level == 5)
		level = wild();
	why = page_ok(page) && level < (nacc_u64)mo.top && root != NO ?
	      copy_rule(page, 512, level, root, NULL) : 0;
	ret = call(NACC_SBI_TABLE_ADOPT, pa, level, page);
	if (root == NO || !page_ok(page)) {
		expect("adopt", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (!mo.f[root].building) {
		expect("adopt", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (level >= (nacc_u64)mo.top) {
		expect("adopt", ret, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	} else if (!armed) {
		expect("adopt", ret, NACC_SBI_ERR_NO_SHMEM,
		       NACC_REASON_EXHAUSTED);
	} else if (why) {
		expect("adopt", ret, NACC_SBI_ERR_DENIED, why);
	} else {
		same("adopt", ret.error, 0);
		i = take(ret.value, K_TABLE, level, root);
		copy_in(i, page, 512);
	}
}

static void call_new(void)
{
	nacc_u64 pa = address();
	int root = exact(pa, 1, 0), armed = any_of(K_ARMED) != NO;
	struct nacc_ret ret = call(NACC_SBI_TABLE_NEW, pa, wild(), wild());

	if (root == NO) {
		expect("new", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (mo.f[root].building || mo.f[root].retiring) {
		expect("new", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (!armed) {
		expect("new", ret, NACC_SBI_ERR_NO_SHMEM, NACC_REASON_EXHAUSTED);
	} else {
		same("new", ret.error, 0);
		/* Empty, as every frame that was armed. */
		take(ret.value, K_TABLE, 0, root);
	}
}

static void call_fill(void)
{
	nacc_u64 pa = address(), page = scratch_arg();
	int root = exact(pa, 1, 0);
	unsigned int why = page_ok(page) && root != NO ?
			   copy_rule(page, 256, mo.top, root, NULL) : 0;
	struct nacc_ret ret = call(NACC_SBI_AS_FILL, pa, page, 0);

	if (root == NO || !page_ok(page)) {
		expect("fill", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (!mo.f[root].building) {
		expect("fill", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else if (why) {
		expect("fill", ret, NACC_SBI_ERR_DENIED, why);
	} else {
		expect("fill", ret, 0, 0);
		copy_in(root, page, 256);
		mo.f[root].building = 0;
	}
}

static void call_merge(void)
{
	nacc_u64 pa = address(), page = scratch_arg(), changed = 0;
	int i = exact(pa, 1, 1);
	struct nacc_ret ret = call(NACC_SBI_MERGE_AD, pa, page, 0);
	const nacc_u64 *src;

	if (i == NO || !page_ok(page)) {
		expect("merge", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (mo.f[mo.f[i].owner].building || mo.f[mo.f[i].owner].retiring) {
		expect("merge", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
		return;
	}
	src = page_at(page);
	for (int s = 0; s < (mo.f[i].kind == K_ROOT ? 256 : 512); s++) {
		nacc_u64 *e = &mo.f[i].e[s], ad = src[s] & (A | D) & ~*e;

		if (!(*e & V) || !(*e & (R | W | X)) || !ad ||
		    (*e | A | D) != (src[s] | A | D))
			continue;
		*e |= ad;
		changed++;
	}
	expect("merge", ret, 0, changed);
}

static void call_retire(void)
{
	nacc_u64 pa = address(), list = below(4) ? 0 : wild() | 1;
	int root = exact(pa, 1, 0);
	struct nacc_ret ret = call(NACC_SBI_AS_RETIRE, pa, list, 0);

	if (root == NO) {
		expect("retire", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (list) {
		expect("retire", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	if (mo.f[root].bound && m.loaded == pa) {
		expect("retire", ret, NACC_SBI_ERR_DENIED, NACC_REASON_ROOT_IN_USE);
		return;
	}
	release_root(root);
	mo.f[root].parent = NO;
	if (!mo.f[root].retiring) {
		orphan(root);
		memset(mo.f[root].e, 0, 256 * 8);
		mo.f[root].retiring = 1;
		mo.f[root].building = 0;
	}
	page_left(root);
	leave_gate(root);
	for (int i = 0; i < mo.nr; i++)
		if (mo.f[i].kind == K_TABLE && mo.f[i].owner == root)
			release(i);
	release(root);
	same("retire", ret.error, 0);
	same("retire", ret.value, NACC_SBI_RETIRE_DONE);
}

static void call_release(void)
{
	nacc_u64 pa = address();
	nacc_u64 set = below(4) ? below(16) : wild();
	int first = exact(pa, 0, 1);
	struct nacc_ret ret = call(NACC_SBI_TABLE_RELEASE, pa, set, 0);
	enum nacc_reason why = NACC_REASON_NONE;

	if (first == NO) {
		expect("release", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	set |= 1;
	/* What is wrong first is the reason. */
	for (int n = 0; !why && n < 64; n++)
		if (set >> n & 1)
			why = first + n >= mo.nr ? NACC_REASON_BAD_COUNT :
			      mo.f[first + n].kind != K_TABLE ? NACC_REASON_BAD_ADDRESS :
			      mo.f[first + n].parent != NO ? NACC_REASON_LINKED : why;
	expect("release", ret, !why ? 0 :
	       why == NACC_REASON_LINKED ? NACC_SBI_ERR_INVALID_STATE :
	       why == NACC_REASON_BAD_COUNT ? NACC_SBI_ERR_INVALID_PARAM :
	       NACC_SBI_ERR_INVALID_ADDRESS, why);
	for (int n = 0; !why && n < 64; n++)
		if (set >> n & 1) {
			orphan(first + n);
			release(first + n);
		}
}

static void call_drain(void)
{
	nacc_u64 page = scratch_arg();
	struct nacc_ret ret = call(NACC_SBI_DRAIN, page, 0, 0);
	const struct nacc_sbi_adoption *rec;

	if (!page_ok(page)) {
		expect("drain", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	expect("drain", ret, 0, mo.queued);
	rec = (void *)page_at(page);
	/* In any order */
	for (int n = 0; n < mo.queued; n++) {
		int i = index_of(rec[n].twin);
		struct mframe *f = &mo.f[i == NO ? 0 : i];

		if (i == NO || !f->undrained || rec[n].twin % PAGE)
			bad("twin", rec[n].twin, n);
		same("original", rec[n].original, f->original);
		same("root", rec[n].root, frame_pa_of(f->owner));
		f->undrained = 0;
		f->original = 0;
	}
	mo.queued = 0;
}

static void call_check(void)
{
	nacc_u64 pa = address(), live = 0;
	int i = exact(pa, 1, 1);
	struct nacc_ret ret = call(NACC_SBI_TABLE_CHECK, pa, 0, 0);

	if (i == NO) {
		expect("check", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	} else if (mo.f[mo.f[i].owner].retiring) {
		expect("check", ret, NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	} else {
		for (int s = 0; s < (mo.f[i].kind == K_ROOT ? 256 : 512); s++)
			live += mo.f[i].e[s] != 0;
		expect("check", ret, 0, live);
	}
}

static void call_unlinked(void)
{
	nacc_u64 page = scratch_arg();
	struct nacc_ret ret = call(NACC_SBI_UNLINKED, page, 0, 0);
	int all = 0, seen[FRAMES_MAX] = { 0 };
	const unsigned int *list;

	if (!page_ok(page)) {
		expect("unlinked", ret, NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		return;
	}
	for (int i = 0; i < mo.nr; i++)
		all += mo.f[i].kind == K_TABLE && mo.f[i].parent == NO;
	expect("unlinked", ret, 0, all);
	list = (void *)page_at(page);
	same("unlinked", list[0], all);
	for (int n = 1; n <= all; n++) {
		unsigned int i = list[n] & 0xfffffff;

		if (i >= (unsigned int)mo.nr || seen[i]++ || mo.f[i].kind != K_TABLE ||
		    mo.f[i].parent != NO || list[n] >> 28 != (unsigned int)mo.f[i].level)
			bad("listed as unlinked", list[n], n);
	}
}

/* Locked since the first step: whatever is in it, nothing changes. */
static void call_setup(void)
{
	nacc_u64 pa = below(2) ? m.setup_pa : address();
	nacc_u64 len = below(2) ? m.setup_len : wild();
	struct nacc_ret ret = call(NACC_SBI_SETUP, pa, len, 0);

	if (!ret.error)
		bad("set-up taken after the lock", pa, len);
}

/* Calls that only tell; what they tell has its own tests. */
static void call_other(void)
{
	static const int fids[] = {
		NACC_SBI_GET_INFO, NACC_SBI_FRAMES, NACC_SBI_STATS,
		NACC_SBI_AUDIT, NACC_SBI_LEARN, NACC_SBI_LOCK, NACC_SBI_FENCE,
		NACC_SBI_FID_MAX,
	};
	nacc_u64 args[3];

	for (int i = 0; i < 3; i++)
		args[i] = below(3) ? scratch_arg() : below(2) ? below(40) : wild();
	call(fids[below(ARRAY_SIZE(fids))], args[0], args[1], args[2]);
}

static void step_fence(void)
{
	nacc_u64 epoch = nacc_fence_begin(&m.core);

	same("epoch", epoch, mo.epoch++);
	/* One that a hart did not answer covers nothing. */
	if (below(4)) {
		nacc_fence_end(&m.core, epoch);
		if (epoch > mo.fenced)
			mo.fenced = epoch;
	}
}

void step_call(void)
{
	unsigned int k = byte();
	int first;

	if (k >= 192) {
		switch (k % 8) {
		case 0:
			call_unlinked();
			break;
		case 1:
			call_new();
			break;
		case 2:
			call_link();
			break;
		case 3:
			call_unlink();
			break;
		case 4:
			call_fork();
			break;
		case 5:
			if (!below(3)) {
				step_page();
				break;
			}
			step_roots();
			break;
		case 6:
			step_gate();
			break;
		default:
			call_batch();
		}
		return;
	}
	switch (k % 16) {
	case 0:
	case 1:
		first = below(mo.nr + 1);
		range_call(NACC_SBI_ARM, first, below(64) ? 1 + below(mo.nr) : wild());
		break;
	case 2:
		range_call(NACC_SBI_DISARM, below(mo.nr + 1), 1 + below(3));
		break;
	case 3:
		first = below(mo.nr + 1);
		range_call(NACC_SBI_RECLAIM, first,
			   below(64) ? 1 + below(mo.nr) : wild());
		break;
	case 4:
		call_create(below(8) ? below(2) : wild());
		break;
	case 5:
		call_adopt();
		break;
	case 6:
	case 7:
		call_fill();
		break;
	case 8:
		call_merge();
		break;
	case 9:
		call_retire();
		break;
	case 10:
		call_release();
		break;
	case 11:
		call_drain();
		break;
	case 12:
		call_check();
		break;
	case 13:
		call_setup();
		break;
	case 14:
		step_fence();
		break;
	default:
		if (k < 160)
			call_other();
		else
			call_seal();
	}
}
