// SPDX-License-Identifier: BSD-2-Clause
/* Which root a hart may load (I14): bindings, the guard, and each write of satp. */
#include "machine.h"
#include "roots.h"

#define SITE_PC		0xffffffff80012340UL
#define MM		0xff60000004711000UL
#define OTHER_MM	0xff60000004712000UL
#define ASID		(7UL << 44)
#define UPCALL		0xffffffff01234568UL

static nacc_u64 root, ordinary;
static struct nacc_load l;

static nacc_u64 satp(nacc_u64 pa)
{
	return (nacc_u64)m.mode << 60 | ASID | pa >> 12;
}

static nacc_u64 root_in(nacc_u64 value)
{
	return (value & 0xfffffffffffUL) << 12;
}

static int setup_guarded(void **state)
{
	(void)state;
	machine_ready(SV39, 1 << 20);
	ordinary = page_alloc();
	root = must(call(NACC_SBI_AS_CREATE, 7, NACC_SBI_AS_LIVE, 0));
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, UPCALL, 0), NACC_REASON_NONE);
	l = (struct nacc_load){
		.pc = SITE_PC, .mm = MM, .now = satp(KERNEL_ROOT), .time = 4711,
		.task = 0xff60000012345678, .insn = 0x180c9073, .hart = 1,
	};
	return 0;
}

static struct nacc_ret bind(nacc_u64 pa, nacc_u64 mm, nacc_u64 how)
{
	return call(NACC_SBI_AS_BIND, pa, mm, how);
}

/* What a hart gets that wants this root; what it asks for is kept besides. */
static nacc_u64 load(nacc_u64 pa, unsigned int reason)
{
	nacc_u64 before = m.core.reasons[reason], at = m.core.audit_next, got;

	l.want = satp(pa);
	assert_int_equal(nacc_load_root(&m.core, &l, &got), reason);
	assert_int_equal(got & ~0xfffffffffffUL, l.want & ~0xfffffffffffUL);
	assert_int_equal(m.core.reasons[reason], before + (reason != 0));
	assert_int_equal(m.core.audit_next, at + (reason != 0));
	if (!reason)
		return root_in(got);
	assert_int_equal(m.core.audit[at % NACC_AUDIT_RECORDS].reason, reason);
	assert_int_equal(m.core.audit[at % NACC_AUDIT_RECORDS].owner_pa, pa);
	assert_int_equal(m.core.audit[at % NACC_AUDIT_RECORDS].addr, l.mm);
	return root_in(got);
}

static const struct nacc_sbi_audit *last(void)
{
	return &m.core.audit[(m.core.audit_next - 1) % NACC_AUDIT_RECORDS];
}

static void bound_runs_on_its_own(void **state)
{
	(void)state;
	must(bind(root, MM, NACC_BOUND));
	assert_int_equal(load(root, 0), root);
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FORGED), root);
	assert_int_equal(last()->tag, 7);
	assert_int_equal(last()->root, root);
	assert_int_equal(last()->flags, NACC_AUDIT_ROOT | NACC_AUDIT_SKIPPED);
	assert_int_equal(last()->task, l.task);
	assert_int_equal(load(KERNEL_ROOT, NACC_REASON_ROOT_FORGED), root);
	assert_int_equal(load(m.core.layout.region_base, NACC_REASON_ROOT_FORGED), root);
	assert_int_equal(load(must(call(NACC_SBI_AS_CREATE, 8, 0, 0)), NACC_REASON_ROOT_FORGED),
			 root);
}

static void others_run_on_theirs(void **state)
{
	nacc_u64 table = new_table(root, 0), bare = must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
	const nacc_u64 foreign[] = {
		root, table, bare, m.core.layout.region_base, m.core.frame_base - PAGE,
		frame_address(m.core.nr_frames), frame_address(m.core.nr_frames - 1),
		m.core.layout.region_base + m.core.layout.region_size - PAGE,
	};

	(void)state;
	must(bind(root, MM, NACC_BOUND));
	l.mm = OTHER_MM;
	assert_int_equal(load(ordinary, 0), ordinary);
	assert_int_equal(load(KERNEL_ROOT, 0), KERNEL_ROOT);
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		assert_int_equal(load(foreign[i], NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	/* The record names whose it is; nobody of theirs is to be ended. */
	load(table, NACC_REASON_ROOT_FOREIGN);
	assert_int_equal(last()->tag, 7);
	assert_int_equal(last()->root, root);
	assert_int_equal(last()->flags, NACC_AUDIT_ROOT);
	load(m.core.layout.region_base, NACC_REASON_ROOT_FOREIGN);
	assert_int_equal(last()->root, 0);
}

static void the_system(void **state)
{
	nacc_u64 efi = page_alloc();

	(void)state;
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, UPCALL, efi), 0);
	must(bind(root, MM, NACC_BOUND));
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON | NACC_GUARD_SYSTEM, UPCALL, efi), 0);
	assert_int_equal(call(NACC_SBI_GET_INFO, NACC_INFO_GUARD, 0, 0).value, 7);
	assert_int_equal(load(root, 0), root);
	l.mm = OTHER_MM;
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	assert_int_equal(load(efi, 0), efi);
	assert_int_equal(load(KERNEL_ROOT, 0), KERNEL_ROOT);
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, UPCALL, efi), 0);
	assert_int_equal(load(ordinary, 0), ordinary);
	assert_int_equal(call(NACC_SBI_GET_INFO, NACC_INFO_GUARD, 0, 0).value, 5);
}

/* Nor is one that is leaving let go, nor comes one back that a hart had before. */
static void the_system_is_left_by_nobody(void **state)
{
	(void)state;
	must(bind(root, MM, NACC_BOUND_LEAVING));
	assert_int_equal(load(ordinary, 0), ordinary);
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON | NACC_GUARD_SYSTEM, UPCALL, 0), 0);
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FORGED), root);
	assert_int_equal(load(root, 0), root);
	l.mm = 0;
	l.now = satp(KERNEL_ROOT);
	l.before = satp(ordinary);
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	/* On its way back from a suspend it has a root of the image; it had the kernel's. */
	l.now = satp(IMAGE_BASE + 0x5000);
	l.before = satp(KERNEL_ROOT);
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	l.now = satp(KERNEL_ROOT);
	l.before = satp(root);
	assert_int_equal(load(root, 0), root);
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, UPCALL, 0), 0);
	l.before = satp(ordinary);
	assert_int_equal(load(ordinary, 0), ordinary);
}

/* What a hart has when it becomes guarded */
static void what_a_hart_may_keep(void **state)
{
	nacc_u64 efi = page_alloc(), table = new_table(root, 1);
	const nacc_u64 kept[] = { root, KERNEL_ROOT, efi }, lost[] = { ordinary, table };

	(void)state;
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON, UPCALL, efi), 0);
	must(bind(root, MM, NACC_BOUND));
	assert_int_equal(nacc_fit_root(&m.core, satp(ordinary)), satp(ordinary));
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_ON | NACC_GUARD_SYSTEM, UPCALL, efi), 0);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		assert_int_equal(nacc_fit_root(&m.core, satp(kept[i])), satp(kept[i]));
	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		assert_int_equal(nacc_fit_root(&m.core, satp(lost[i])), satp(KERNEL_ROOT));
	/* There may be RAM at address 0, and a root in it. */
	assert_int_equal(nacc_fit_root(&m.core, satp(0)), satp(KERNEL_ROOT));
	/* Translation is off: it has none. */
	assert_int_equal(nacc_fit_root(&m.core, 0), 0);
	assert_int_equal(nacc_fit_root(&m.core, ordinary >> 12), ordinary >> 12);
}

static void joining_and_leaving(void **state)
{
	(void)state;
	must(bind(root, MM, NACC_BOUND_JOINING));
	/* It was read before the mm had the root. */
	assert_int_equal(load(ordinary, 0), root);
	assert_int_equal(load(root, 0), root);
	must(bind(root, MM, NACC_BOUND));
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FORGED), root);
	must(bind(root, MM, NACC_BOUND_LEAVING));
	assert_int_equal(load(ordinary, 0), ordinary);
	assert_int_equal(load(root, 0), root);
	assert_int_equal(load(m.core.layout.region_base, NACC_REASON_ROOT_FORGED), root);
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	assert_int_equal(load(ordinary, 0), ordinary);
	assert_int_equal(load(root, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
}

static void no_retirement_in_use(void **state)
{
	(void)state;
	must(bind(root, MM, NACC_BOUND));
	m.loaded = root;
	assert_call(call(NACC_SBI_AS_RETIRE, root, 0, 0), NACC_SBI_ERR_DENIED,
		    NACC_REASON_ROOT_IN_USE);
	assert_int_equal(frame_of(root)->type, NACC_FRAME_ROOT);
	assert_int_equal(frame_of(root)->flags, 0);
	assert_int_equal(load(root, 0), root);
	m.loaded = 0;
	assert_int_equal(must(call(NACC_SBI_AS_RETIRE, root, 0, 0)), NACC_SBI_RETIRE_DONE);
	assert_int_equal(call(NACC_SBI_GET_INFO, NACC_INFO_GUARD, 0, 0).value, NACC_GUARD_ON);
	/* The mm may get another. */
	root = must(call(NACC_SBI_AS_CREATE, 8, 0, 0));
	must(bind(root, MM, NACC_BOUND));
	assert_int_equal(load(root, 0), root);
}

static void who_may_be_bound(void **state)
{
	nacc_u64 second = must(call(NACC_SBI_AS_CREATE, 8, 0, 0));

	(void)state;
	for (nacc_u64 how = 0; how < 64; how++)
		if (how < NACC_BOUND || how > NACC_BOUND_LEAVING)
			assert_call(bind(root, MM, how), NACC_SBI_ERR_INVALID_PARAM,
				    NACC_REASON_BAD_COUNT);
	assert_call(bind(root, MM, ~0UL), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_call(bind(root, MM, 1UL << 32 | 1), NACC_SBI_ERR_INVALID_PARAM,
		    NACC_REASON_BAD_COUNT);
	assert_call(bind(root, 0, NACC_BOUND), NACC_SBI_ERR_INVALID_PARAM,
		    NACC_REASON_BAD_COUNT);
	assert_call(bind(ordinary, MM, NACC_BOUND), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	assert_call(bind(new_table(root, 1), MM, NACC_BOUND), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	must(bind(root, MM, NACC_BOUND));
	must(bind(root, MM, NACC_BOUND));
	assert_call(bind(root, OTHER_MM, NACC_BOUND), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_AS_STATE);
	assert_call(bind(second, MM, NACC_BOUND), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_AS_STATE);
	assert_int_equal(frame_of(second)->slot, NACC_BOUND_NOT);
	must(bind(second, OTHER_MM, NACC_BOUND));
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	assert_call(bind(root, MM, NACC_BOUND), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
}

/* Joining, then bound, then leaving; no way back, and none but the first may be left out. */
static void no_way_back(void **state)
{
	const nacc_u64 ways[] = { NACC_BOUND, NACC_BOUND_JOINING, NACC_BOUND_LEAVING };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		for (size_t j = 0; j < ARRAY_SIZE(ways); j++) {
			nacc_u64 from = ways[i], to = ways[j];
			int may = from == to || from == NACC_BOUND_JOINING ||
				  to == NACC_BOUND_LEAVING;
			struct nacc_ret ret;

			must(bind(root, MM, from));
			ret = bind(root, MM, to);
			assert_int_equal(ret.error, may ? 0 : NACC_SBI_ERR_INVALID_STATE);
			assert_int_equal(frame_of(root)->slot, may ? to : from);
			if (!may)
				assert_int_equal(ret.value, NACC_REASON_AS_STATE);
			must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
			root = must(call(NACC_SBI_AS_CREATE, 7, NACC_SBI_AS_LIVE, 0));
		}
}

/* Who walks the list while a root leaves it finds one that is not bound any more. */
static void on_its_way_out(void **state)
{
	(void)state;
	must(bind(root, MM, NACC_BOUND));
	frame_of(root)->slot = NACC_BOUND_NOT;
	assert_null(nacc_root_of(&m.core, MM));
	assert_null(nacc_bound_at(&m.core, root));
	assert_int_equal(load(root, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	assert_int_equal(load(ordinary, 0), ordinary);
	frame_of(root)->slot = NACC_BOUND;
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FORGED), root);
}

static void guard_and_bound(void **state)
{
	(void)state;
	must(bind(root, MM, NACC_BOUND));
	assert_int_equal(nacc_guard(&m.core, 0, UPCALL, 0), NACC_REASON_AS_STATE);
	assert_int_equal(m.core.guard & NACC_GUARD_FLAGS, NACC_GUARD_ON);
	/* Where they end who name another's, and which root is everybody's, stays. */
	assert_int_equal(nacc_guard(&m.core, 1, UPCALL, ordinary), NACC_REASON_LOCKED);
	assert_int_equal(nacc_guard(&m.core, 1, UPCALL + 4, 0), NACC_REASON_LOCKED);
	assert_int_equal(nacc_guard(&m.core, 1, 0, 0), NACC_REASON_LOCKED);
	assert_int_equal(m.core.upcall, UPCALL);
	assert_int_equal(m.core.other_root, 0);
	assert_int_equal(nacc_guard(&m.core, 1, UPCALL, 0), NACC_REASON_NONE);
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	assert_int_equal(nacc_guard(&m.core, 0, UPCALL, 0), NACC_REASON_NONE);
	assert_int_equal(m.core.guard, 0);
	for (nacc_u64 bit = 2; bit < 64; bit++)
		assert_int_equal(nacc_guard(&m.core, 1 | 1UL << bit, UPCALL, 0),
				 NACC_REASON_BAD_COUNT);
	assert_int_equal(nacc_guard(&m.core, NACC_GUARD_SYSTEM, UPCALL, 0), NACC_REASON_BAD_COUNT);
	assert_int_equal(nacc_guard(&m.core, 1, UPCALL, ordinary + 8), NACC_REASON_BAD_ADDRESS);
	assert_int_equal(nacc_guard(&m.core, 1, UPCALL, POOL_BASE), NACC_REASON_BAD_ADDRESS);
	assert_int_equal(nacc_guard(&m.core, 1, UPCALL, FW_BASE), NACC_REASON_BAD_ADDRESS);
	assert_int_equal(m.core.guard, 0);
	root = must(call(NACC_SBI_AS_CREATE, 8, 0, 0));
	assert_call(bind(root, MM, NACC_BOUND), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_AS_STATE);
	/* An unbound root goes as ever, loaded or not: FENCE says so. */
	m.loaded = root;
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
}

/* Some have one hash: each is found, whichever of them goes. */
static void chains(void **state)
{
	nacc_u64 roots[NACC_CHAIN_MAX + 1], mm = MM;
	int nr = 0;

	(void)state;
	for (nacc_u64 i = 0; nr <= NACC_CHAIN_MAX; i++) {
		mm = MM + (i << 6);
		if ((nacc_u32)(mm >> 6) * NACC_HASH >> m.core.hash_shift !=
		    (nacc_u32)(MM >> 6) * NACC_HASH >> m.core.hash_shift)
			continue;
		roots[nr] = must(call(NACC_SBI_AS_CREATE, mm, NACC_SBI_AS_LIVE, 0));
		if (nr++ == NACC_CHAIN_MAX)
			break;
		must(bind(roots[nr - 1], mm, NACC_BOUND));
	}
	assert_call(bind(roots[NACC_CHAIN_MAX], mm, NACC_BOUND), NACC_SBI_ERR_INVALID_STATE,
		    NACC_REASON_EXHAUSTED);
	for (int i = 0; i < NACC_CHAIN_MAX; i++) {
		for (int j = 0; j < NACC_CHAIN_MAX; j++) {
			int gone = (j & 1 && j / 2 < (i + 1) / 2) ||
				   (!(j & 1) && j / 2 < i / 2);

			l.mm = frame_of(roots[j])->tag;
			if (gone)
				continue;
			assert_int_equal(load(roots[j], 0), roots[j]);
			assert_int_equal(load(ordinary, NACC_REASON_ROOT_FORGED), roots[j]);
		}
		/* Odd ones and even ones in turn */
		must(call(NACC_SBI_AS_RETIRE, roots[i & 1 ? i / 2 * 2 : i / 2 * 2 + 1], 0, 0));
	}
	assert_int_equal(m.core.guard, NACC_GUARD_ON);
}

static void without_an_mm(void **state)
{
	nacc_u64 trampoline = IMAGE_BASE + 0x5000, got;

	(void)state;
	must(bind(root, MM, NACC_BOUND));
	l.mm = 0;
	assert_int_equal(load(KERNEL_ROOT, 0), KERNEL_ROOT);
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	assert_int_equal(load(root, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	assert_int_equal(load(trampoline, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	/* With another ASID what it has already */
	l.now = satp(ordinary) ^ ASID;
	assert_int_equal(load(ordinary, 0), ordinary);
	l.want = satp(root);
	assert_int_equal(nacc_load_root(&m.core, &l, &got), NACC_REASON_ROOT_FOREIGN);
	assert_int_equal(got, l.now);
	l.now = satp(root);
	assert_int_equal(load(root, 0), root);
	/* A hart that has just been started */
	l.now = 0;
	l.before = satp(root);
	assert_int_equal(load(trampoline, 0), trampoline);
	/* One that has a root at address 0 has translation on already. */
	l.now = satp(0);
	assert_int_equal(load(trampoline, NACC_REASON_ROOT_FOREIGN), root_in(l.before));
	l.now = 0;
	assert_int_equal(load(FREED_BASE, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	assert_int_equal(load(ordinary, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	assert_int_equal(load(root, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	l.now = satp(KERNEL_ROOT);
	assert_int_equal(load(root, 0), root);
	/* Forged on its way back: it has what it had, not the root in between. */
	l.want = satp(ordinary);
	assert_int_equal(nacc_load_root(&m.core, &l, &got), NACC_REASON_ROOT_FOREIGN);
	assert_int_equal(got, l.before);
	l.before = satp(ordinary);
	l.want = satp(root);
	assert_int_equal(nacc_load_root(&m.core, &l, &got), NACC_REASON_ROOT_FOREIGN);
	assert_int_equal(got, l.before);
	l.before = satp(new_table(root, 0));
	assert_int_equal(nacc_load_root(&m.core, &l, &got), NACC_REASON_ROOT_FOREIGN);
	assert_int_equal(got, l.now);
	l.before = satp(ordinary);
	assert_int_equal(load(ordinary, 0), ordinary);
	l.before = satp(root);
	must(call(NACC_SBI_AS_RETIRE, root, 0, 0));
	assert_int_equal(load(root, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	l.before = satp(m.core.layout.region_base);
	assert_int_equal(load(m.core.layout.region_base, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	l.before = 0;
	assert_int_equal(load(root, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	/* Nor is no root the other one. */
	assert_int_equal(load(0, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
	root = must(call(NACC_SBI_AS_CREATE, 8, 0, 0));
	l.before = satp(root);
	assert_int_equal(load(root, NACC_REASON_ROOT_FOREIGN), KERNEL_ROOT);
}

static void modes(void **state)
{
	nacc_u64 got;

	(void)state;
	must(bind(root, MM, NACC_BOUND));
	/* In a switch the mode is a word in the kernel's data: bare is none of them. */
	for (nacc_u64 mode = 0; mode < 16; mode++) {
		enum nacc_reason wanted = mode == m.mode ? NACC_REASON_NONE :
							   NACC_REASON_ROOT_FORGED;
		nacc_u64 before = m.core.reasons[NACC_REASON_ROOT_FORGED];

		l.want = mode << 60 | ASID | root >> 12;
		assert_int_equal(nacc_load_root(&m.core, &l, &got), wanted);
		assert_int_equal(got, satp(root));
		assert_int_equal(m.core.reasons[NACC_REASON_ROOT_FORGED] - before, !!wanted);
		if (wanted)
			assert_int_equal(last()->val, l.want);
		l.mm = OTHER_MM;
		l.want = mode << 60 | ASID | ordinary >> 12;
		assert_int_equal(nacc_load_root(&m.core, &l, &got), wanted);
		assert_int_equal(got, satp(ordinary));
		l.want = mode << 60 | ASID | root >> 12;
		assert_int_equal(nacc_load_root(&m.core, &l, &got), NACC_REASON_ROOT_FOREIGN);
		assert_int_equal(got, satp(KERNEL_ROOT));
		l.mm = MM;
	}
	/* The end of a kernel, and what no hart takes */
	l.mm = 0;
	for (nacc_u64 mode = 0; mode < 16; mode++) {
		if (mode == m.mode)
			continue;
		l.want = mode << 60 | root >> 12;
		assert_int_equal(nacc_load_root(&m.core, &l, &got), NACC_REASON_NONE);
		assert_int_equal(got, mode ? l.now : 0);
	}
	l.want = 0xfff;
	nacc_load_root(&m.core, &l, &got);
	assert_int_equal(got, 0);
	l.now = 0x5;
	assert_int_equal(load(KERNEL_ROOT, 0), KERNEL_ROOT);
}

/* Whatever the registers are, no hart gets what it should not. */
static void anything(void **state)
{
	nacc_u64 seed = 88172645463325252UL, got, pas[8];

	(void)state;
	must(bind(root, MM, NACC_BOUND));
	pas[0] = root; pas[1] = ordinary; pas[2] = KERNEL_ROOT;
	pas[3] = must(call(NACC_SBI_AS_CREATE, 9, 0, 0));
	pas[4] = new_table(root, 0); pas[5] = IMAGE_BASE; pas[6] = DATA_PAGE; pas[7] = 0;
	for (int i = 0; i < 20000; i++) {
		nacc_u64 r = rnd(&seed);

		l.mm = r & 1 ? MM : r & 2 ? OTHER_MM : rnd(&seed);
		l.want = (r >> 8 & 3 ? (nacc_u64)SV39 : r >> 10 & 15) << 60 | pas[r >> 4 & 7] >> 12;
		l.now = (nacc_u64)SV39 << 60 | pas[r >> 16 & 1 ? 2 : 1] >> 12;
		l.before = 0;
		nacc_load_root(&m.core, &l, &got);
		assert_true(!got || got >> 60 == SV39);
		if (got == l.now || !got)
			continue;
		if (l.mm == MM)
			assert_int_equal(root_in(got), root);
		else
			assert_false(root_in(got) - POOL_BASE < m.layout.region_size);
	}
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup_guarded, teardown)

static const struct CMUnitTest tests[] = {
	T(bound_runs_on_its_own), T(others_run_on_theirs), T(the_system),
	T(the_system_is_left_by_nobody), T(what_a_hart_may_keep), T(joining_and_leaving),
	T(no_retirement_in_use), T(who_may_be_bound), T(no_way_back), T(on_its_way_out),
	T(guard_and_bound), T(chains), T(without_an_mm), T(modes), T(anything),
};

const struct suite roots_suite = { "roots", tests, ARRAY_SIZE(tests) };
