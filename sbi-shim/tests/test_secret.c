// SPDX-License-Identifier: BSD-2-Clause
/* Secret pages: who has them, and that nothing of them is left. */
#include "secrets.h"

/* Of the pieces, by number: where it begins */
static nacc_u64 piece(nacc_u64 i)
{
	return frame_address(m.core.nr_frames) + i * 4 * PAGE;
}

static int setup_none(void **state)
{
	(void)state;
	begin_secrets(0);
	return 0;
}

static void had(void **state)
{
	(void)state;
	assert_int_equal(secrets_info(0), 16);
	assert_int_equal(secrets_info(1), 0);
	assert_int_equal(nacc_secret_has(&m.core, frame_of(gated)), 0);
	for (unsigned int nr = 4; nr--;) {
		assert_int_equal(have(gated, nr), VA + nr * PAGE);
		assert_int_equal(entry(program_table, 1 + nr) & 0x3ff, SECRET | SPECIAL);
		/* One behind the other, in one piece */
		assert_int_equal((secret_of(gated, nr) - page_at(piece(0))) % 2048, 512 * nr);
		assert_true(secret_of(gated, nr) < page_at(piece(16)));
		for (int i = 0; i < 512; i++)
			assert_int_equal(secret_of(gated, nr)[i], 0);
		secret_of(gated, nr)[0] = nr + 1;
		assert_int_equal(secrets_info(1), 1);
		assert_machine_ok();
	}
	assert_int_equal(secrets_info(2), 1);
	assert_int_equal(nacc_secret_has(&m.core, frame_of(gated)), 1);
	/* Once more it is the same. */
	for (unsigned int nr = 0; nr < 4; nr++) {
		assert_int_equal(have(gated, nr), VA + nr * PAGE);
		assert_int_equal(secret_of(gated, nr)[0], nr + 1);
	}
	assert_int_equal(secrets_info(1), 1);
	assert_int_equal(frame_of(program_table)->live, 5);
	assert_int_equal(must(call(NACC_SBI_TABLE_CHECK, program_table, 0, 0)), 5);
	for (int i = 5; i < 512; i++)
		assert_int_equal(entry(program_table, i), 0);
	assert_machine_ok();
}

static void bad_calls(void **state)
{
	const nacc_u64 bad[] = { 4, 5, 512, 1UL << 32, 1UL << 52, ~0UL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(have(gated, bad[i]), EINVAL);
		assert_int_equal(nacc_secret_call(&m.core, satp_of(gated), bad[i], 0), NO_CALL);
	}
	assert_int_equal(nacc_secret_call(&m.core, satp_of(gated), 1, 0), NO_CALL);
	assert_int_equal(have(KERNEL_ROOT, 0), EPERM);
	assert_int_equal(have(more_root(TAG), 0), EPERM);
	assert_int_equal(nacc_secret_call(&m.core, 0, NACC_USER_SECRET, 0), EPERM);
	assert_int_equal(secrets_info(1), 0);
	assert_machine_ok();
}

/* By the mode of the gate: who would have it. What it had in a lesser one stays closed. */
static void modes(void **state)
{
	(void)state;
	for (nacc_u32 mode = 0; mode <= NACC_GATE_FLAGS; mode++) {
		int enforced = (mode & 7) == NACC_GATE_ENFORCE;

		if ((mode & 3) == 3)
			continue;
		set_mode(mode);
		assert_int_equal(have(gated, 0), enforced ? (long)VA : EPERM);
		assert_int_equal(!opens(gated, VA), !enforced);
		if (!enforced)
			continue;
		/* From one of these to the other nothing is lost. */
		set_mode(NACC_GATE_ENFORCE);
		assert_true(opens(gated, VA));
		secret_of(gated, 0)[0] = 4711;
		must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
		gated = more_gated(OTHER_MM + mode * PAGE);
		give(gated);
	}
}

static void forfeited(void **state)
{
	const nacc_u32 lesser[] = { NACC_GATE_OFF, NACC_GATE_AUDIT,
				    NACC_GATE_ENFORCE | NACC_GATE_PTRACE };
	nacc_u64 other;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lesser); i++) {
		other = more_gated(OTHER_MM + i * PAGE);
		give(other);
		assert_int_equal(have(other, 1), VA + PAGE);
		*secret_of(other, 1) = 4711;
		set_mode(lesser[i]);
		set_mode(NACC_GATE_ENFORCE);
		assert_int_equal(opens(other, VA + PAGE), 0);
		assert_int_equal(have(other, 1), EPERM);
		assert_int_equal(have(other, 2), EPERM);
		assert_int_equal(*secret_of(other, 1), 4711);
		assert_machine_ok();
		must(call(NACC_SBI_AS_RETIRE, other, 0, 0));
		assert_int_equal(secrets_info(1), 0);
	}
	/* Who had none then can have some; another domain's gate is another's. */
	assert_int_equal(have(gated, 0), VA);
	other = must(call(NACC_SBI_GATE_OPEN, TAG + 1, 0, 0));
	must(call(NACC_SBI_GATE_SET, other, NACC_GATE_AUDIT, 0));
	assert_true(opens(gated, VA));
	assert_machine_ok();
}

/* The gate becomes less on another hart, just when a page is had. */
static void weaken(nacc_u64 pa)
{
	/* With what it is about to have */
	if (!nacc_secret_has(&m.core, frame_of(gated)) || !pa)
		return;
	m.on_phys = NULL;
	set_mode(NACC_GATE_AUDIT);
}

static void weakened_meanwhile(void **state)
{
	(void)state;
	m.on_phys = weaken;
	assert_int_equal(have(gated, 0), EPERM);
	assert_null(m.on_phys);
	set_mode(NACC_GATE_ENFORCE);
	assert_int_equal(have(gated, 0), EPERM);
	assert_int_equal(opens(gated, VA), 0);
	assert_int_equal(entry(program_table, 1), 0);
	assert_machine_ok();
}

/* It is had when the gate was less already, and whoever made it so has looked. */
static void weak_before(nacc_u64 pa)
{
	if (pa != program_table)
		return;
	m.on_phys = NULL;
	set_mode(NACC_GATE_OFF);
}

static void weakened_before(void **state)
{
	(void)state;
	m.on_phys = weak_before;
	assert_int_equal(have(gated, 0), EPERM);
	assert_null(m.on_phys);
	set_mode(NACC_GATE_ENFORCE);
	assert_int_equal(opens(gated, VA), 0);
	assert_machine_ok();
}

static void opened_for(void **state)
{
	nacc_u64 other = more_gated(OTHER_MM), joining;

	(void)state;
	give(other);
	assert_int_equal(opens(gated, VA), 0);
	have(gated, 0);
	have(other, 1);
	for (nacc_u64 va = VA - PAGE; va < VA + 6 * PAGE; va += 8) {
		int is_there = va >= VA && va < VA + 4 * PAGE;

		assert_int_equal(opens(gated, va),
				 is_there ? PTE_TO_PA(entry(program_table, 1)) : 0);
		assert_int_equal(opens(other, va),
				 is_there ? PTE_TO_PA(entry(give(other), 2)) - PAGE : 0);
	}
	for (nacc_u32 slot = 0; slot < 512; slot++)
		assert_int_equal(!nacc_secret_leaf(&m.core, frame_of(gated), slot),
				 slot < 1 || slot > 4);
	assert_int_equal(opens(gated, VA) % (4 * PAGE), 0);
	assert_int_not_equal(opens(gated, VA), opens(other, VA));
	assert_int_equal(opens(gated, 0), 0);
	assert_int_equal(opens(gated, ~0UL), 0);
	assert_int_equal(opens(gated, VA + (1UL << 44)), 0);
	assert_int_equal(opens(KERNEL_ROOT, VA), 0);
	assert_int_equal(opens(more_root(TAG), VA), 0);
	/* Who has just moved to a root, or is about to leave it, is not all of it yet. */
	joining = more_root(TAG);
	must(call(NACC_SBI_AS_GATE, joining, record, 0));
	must(call(NACC_SBI_AS_BIND, joining, OTHER_MM + PAGE, NACC_BOUND_JOINING));
	give(joining);
	assert_int_equal(have(joining, 0), EAGAIN);
	must(call(NACC_SBI_AS_BIND, joining, OTHER_MM + PAGE, NACC_BOUND));
	assert_int_equal(have(joining, 0), VA);
	must(call(NACC_SBI_AS_BIND, joining, OTHER_MM + PAGE, NACC_BOUND_LEAVING));
	assert_int_equal(opens(joining, VA), 0);
	assert_int_equal(have(joining, 0), EAGAIN);
}

/* A thread that was there before the gate comes back, and to the kernel again. */
static void back(nacc_u64 task)
{
	registers();
	t.task = task;
	assert_int_equal(go(), NACC_TURN_GO);
	assert_int_equal(come(PAGE_FAULT), 1);
}

/* Those that are there, those that come; with other roots', and free ones, nothing happens. */
static void threads_say_so(void **state)
{
	nacc_u64 other = more_gated(OTHER_MM);

	(void)state;
	adopt(gated, TASK);
	adopt(other, OTHER_TASK);
	for (int i = 0; i < 9; i++)
		adopt(gated, CHILD + i * PAGE);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	/* As long as one of them is taken as it is nothing is to be had. */
	back(TASK);
	for (int i = 1; i < 9; i++) {
		assert_int_equal(have(gated, 0), EAGAIN);
		back(CHILD + i * PAGE);
	}
	assert_int_equal(secrets_info(1), 0);
	assert_int_equal(context(gated, TASK)->root, gated);
	assert_int_equal(have(gated, 0), VA);
	assert_int_equal(context(gated, TASK)->root, gated | NACC_CONTEXT_KEEPS);
	for (int i = 1; i < 9; i++)
		assert_int_equal(context(gated, CHILD + i * PAGE)->root,
				 gated | NACC_CONTEXT_KEEPS);
	assert_int_equal(context(other, OTHER_TASK)->root, other);
	/* They come and go as ever, and their calls are looked at. */
	registers();
	t.task = TASK;
	assert_goes();
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGACTION;
	t.x[NACC_REG_A0] = 5;
	t.x[NACC_REG_A1] = STACK + 256;
	*user_at(STACK + 256) = HANDLER;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
	assert_goes();
	assert_int_equal(threads(gated)->handlers[4][0], HANDLER);
	/* So is one that is made now. */
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	t.x[NACC_REG_A0] = 0x100;
	t.x[NACC_REG_A1] = STACK;
	come(ECALL);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(gated, CHILD)->root, gated | NACC_CONTEXT_KEEPS);
	assert_machine_ok();
}

/* One that has a child made just then is not seen: it goes on, and nothing is open any more. */
static void not_looked_at(void **state)
{
	struct nacc_sbi_context *parent;

	(void)state;
	adopt(gated, CHILD);
	parent = context(gated, CHILD);
	/* As it is while another hart has claimed it */
	parent->state = NACC_CONTEXT_USER;
	assert_int_equal(have(gated, 0), VA);
	parent->state = NACC_CONTEXT_ADOPT;
	*secret_of(gated, 0) = 4711;
	assert_int_equal(have(gated, 1), EAGAIN);
	assert_true(opens(gated, VA));
	back(CHILD);
	assert_int_equal(opens(gated, VA), 0);
	assert_int_equal(have(gated, 0), EPERM);
	assert_int_equal(*secret_of(gated, 0), 4711);
	assert_machine_ok();
}

/* Before a reset */
static void wiped_all(void **state)
{
	nacc_u64 other = more_gated(OTHER_MM);

	(void)state;
	give(other);
	for (int nr = 0; nr < 4; nr++) {
		have(gated, nr);
		have(other, nr);
		memset(secret_of(gated, nr), 0x5a, PAGE);
		memset(secret_of(other, nr), 0xa5, PAGE);
	}
	nacc_secrets_wipe(&m.core);
	for (nacc_u64 pa = piece(0); pa < piece(16); pa += 8)
		assert_int_equal(*page_at(pa), 0);
	assert_int_equal(nacc_secret_of(&m.core, satp_of(gated)), opens(gated, VA));
	assert_int_equal(nacc_secret_of(&m.core, satp_of(KERNEL_ROOT)), 0);
	assert_int_equal(nacc_secret_of(&m.core, satp_of(more_root(TAG))), 0);
	assert_machine_ok();
}

/* Who is refused a store there learns nothing of what is in it. */
static void not_on_record(void **state)
{
	(void)state;
	have(gated, 0);
	*secret_of(gated, 0) = 4711;
	assert_int_equal(sd(opens(gated, VA), 1), NACC_REASON_NOT_A_TABLE);
	assert_int_equal(last_record()->reason, NACC_REASON_NOT_A_TABLE);
	assert_int_equal(last_record()->old, 0);
	assert_int_equal(*secret_of(gated, 0), 4711);
}

static void wiped(void **state)
{
	nacc_u64 other = more_gated(OTHER_MM), *was[4], *theirs;

	(void)state;
	give(other);
	have(other, 0);
	theirs = secret_of(other, 0);
	memset(theirs, 0x5a, PAGE);
	for (unsigned int nr = 0; nr < 4; nr++) {
		have(gated, nr);
		was[nr] = secret_of(gated, nr);
		memset(was[nr], 0xff, PAGE);
	}
	must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
	for (unsigned int nr = 0; nr < 4; nr++)
		for (int i = 0; i < 512; i++)
			assert_int_equal(was[nr][i], 0);
	for (int i = 0; i < 512; i++)
		assert_int_equal(theirs[i], 0x5a5a5a5a5a5a5a5aUL);
	assert_int_equal(secrets_info(1), 1);
	assert_int_equal(opens(gated, VA), 0);
	assert_int_equal(have(gated, 0), EPERM);
	assert_machine_ok();
}

/* A root that a hart has does not end, nor does anything of it. */
static void in_use(void **state)
{
	(void)state;
	have(gated, 0);
	secret_of(gated, 0)[7] = 4711;
	m.loaded = gated;
	assert_call(call(NACC_SBI_AS_RETIRE, gated, 0, 0), DENIED, NACC_REASON_ROOT_IN_USE);
	assert_int_equal(secret_of(gated, 0)[7], 4711);
	m.loaded = 0;
	must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
	assert_int_equal(secrets_info(1), 0);
}

/* As many address spaces of this tag as it takes, each with one; how many have got it */
static int many(nacc_u64 mm, int nr)
{
	int got = 0;

	for (int i = 0; i < nr; i++) {
		nacc_u64 root = more_gated(mm + i * PAGE);
		long at;

		give(root);
		at = have(root, i % 4);
		got += at > 0;
		if (at < 0)
			assert_int_equal(at, ENOMEM);
	}
	assert_machine_ok();
	return got;
}

/* A second domain, with a gate and a page of its own */
static void next_domain(nacc_u64 tag)
{
	nacc_u64 root;

	record = must(call(NACC_SBI_GATE_OPEN, tag, 0, 0));
	set_mode(NACC_GATE_ENFORCE);
	program_page = must(call(NACC_SBI_PAGE_OPEN, tag, 0, 0));
	root = more_root(tag);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	must(call(NACC_SBI_AS_BIND, root, OTHER_MM + tag * (1UL << 20), NACC_BOUND));
	give(root);
	for (int nr = 0; nr < 4; nr++)
		assert_int_equal(have(root, nr), VA + nr * PAGE);
}

static void shares(void **state)
{
	(void)state;
	assert_int_equal(many(OTHER_MM, 12), 4);
	assert_int_equal(secrets_info(1), 4);
	/* Who has none is not kept from it by who has all that he may. */
	next_domain(TAG + 1);
	assert_int_equal(secrets_info(1), 5);
	assert_int_equal(have(gated, 0), ENOMEM);
	assert_machine_ok();
}

/* Where there are few one of each domain can have some, until there are none. */
static void few(void **state)
{
	(void)state;
	begin_secrets(2);
	assert_int_equal(many(OTHER_MM, 3), 1);
	next_domain(TAG + 1);
	assert_int_equal(secrets_info(1), 2);
	record = must(call(NACC_SBI_GATE_OPEN, TAG, 0, 0));
	set_mode(NACC_GATE_ENFORCE);
	program_page = must(call(NACC_SBI_PAGE_OPEN, TAG, 0, 0));
	assert_int_equal(many(OTHER_MM + 16 * PAGE, 1), 0);
	assert_machine_ok();
}

static void none(void **state)
{
	(void)state;
	give(gated);
	assert_int_equal(have(gated, 0), ENOMEM);
	assert_int_equal(opens(gated, VA), 0);
	assert_int_equal(secrets_info(0), 0);
	assert_machine_ok();
}

/* Another hart has the last one in the moment in which this one looks for it. */
static nacc_u64 faster;

static void have_it_first(nacc_u64 pa)
{
	(void)pa;
	m.on_phys = NULL;
	assert_int_equal(have(faster, 0), VA);
}

static void last_one(void **state)
{
	nacc_u64 root;

	(void)state;
	begin_secrets(8);
	give(gated);
	assert_int_equal(have(gated, 0), VA);
	faster = more_gated(OTHER_MM);
	give(faster);
	root = more_gated(OTHER_MM + PAGE);
	give(root);
	m.on_phys = have_it_first;
	assert_int_equal(have(root, 0), ENOMEM);
	assert_null(m.on_phys);
	assert_int_equal(secrets_info(1), 2);
	assert_machine_ok();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_secret, teardown)
static const struct CMUnitTest tests[] = {
	TEST(had),
	TEST(bad_calls),
	TEST(modes),
	TEST(forfeited),
	TEST(weakened_meanwhile),
	TEST(weakened_before),
	TEST(opened_for),
	TEST(threads_say_so),
	TEST(not_looked_at),
	TEST(wiped_all),
	TEST(not_on_record),
	TEST(wiped),
	TEST(in_use),
	TEST(shares),
	cmocka_unit_test_teardown(few, teardown),
	cmocka_unit_test_setup_teardown(none, setup_none, teardown),
	cmocka_unit_test_teardown(last_one, teardown),
};

const struct suite secret_suite = {
	"secret", tests, ARRAY_SIZE(tests)
};
