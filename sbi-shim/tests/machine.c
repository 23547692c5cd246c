// SPDX-License-Identifier: BSD-2-Clause
/* The machine of the tests; see machine.h. */
#include "lock.h"
#include "machine.h"
#include "policy.h"
#include "turn.h"

nacc_u32 machine_secrets = MACHINE_SECRETS;
nacc_u32 machine_vlenb;
struct machine m;
_Thread_local nacc_u32 this_hart;

nacc_u64 nacc_this_hart(void)
{
	return this_hart;
}

int nacc_root_is_loaded(nacc_u64 root)
{
	return root == m.loaded;
}

nacc_u64 *user_at(nacc_u64 va)
{
	return (void *)(m.ram + (USER_PA - RAM_BASE) + (va - USER_BASE));
}

int nacc_user_read(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va, nacc_u64 *to,
		   nacc_u32 words)
{
	if (core != &m.core || satp >> 60 != m.mode || va % 8 || va % PAGE + words * 8 > PAGE)
		abort();
	if (m.on_user)
		m.on_user(va);
	for (nacc_u32 i = 0; i < words; i++, va += 8) {
		if (va - USER_BASE >= USER_PAGES * PAGE)
			return 0;
		if (m.holes >> (va - USER_BASE) / PAGE & 1)
			return -1;
		to[i] = *user_at(va);
	}
	return 1;
}

/*
 * The core may touch nothing but RAM that is not the firmware: anything else is
 * a pointer of S-mode that it forgot to check (I9), and ends the test run.
 */
void *nacc_phys(nacc_u64 pa)
{
	if (pa < RAM_BASE || pa >= RAM_BASE + RAM_SIZE ||
	    (pa >= FW_BASE && pa < FW_BASE + FW_SIZE)) {
		fprintf(stderr, "core touched %#llx\n", (unsigned long long)pa);
		abort();
	}
	if (m.on_phys)
		m.on_phys(pa);
	return m.ram + (pa - RAM_BASE);
}

nacc_u64 *page_at(nacc_u64 pa)
{
	return nacc_phys(pa);
}

nacc_u64 page_alloc(void)
{
	nacc_u64 pa = m.heap;

	if (pa + PAGE > HEAP_END)
		abort();
	m.heap += PAGE;
	memset(page_at(pa), 0, PAGE);
	return pa;
}

void machine_boot(nacc_u32 mode, nacc_u64 region_size)
{
	nacc_u8 *ram = aligned_alloc(PAGE, RAM_SIZE);

	/* Dirt, so that a page the core forgets to zero is seen. */
	memset(ram, 0xa5, RAM_SIZE);
	machine_reboot(ram, mode, region_size);
}

void machine_reboot(nacc_u8 *ram, nacc_u32 mode, nacc_u64 region_size)
{
	nacc_u64 *root;

	memset(&m, 0, sizeof(m));
	m.mode = mode;
	m.flags = NACC_PROVENANCE_ENFORCE;
	m.heap = HEAP_BASE;
	m.ram = ram;
	m.layout.region_base = POOL_BASE;
	m.layout.region_size = region_size;
	m.layout.ram[0].start = RAM_BASE;
	m.layout.ram[0].end = RAM_BASE + RAM_SIZE;
	m.layout.nr_ram = 1;
	m.layout.firmware[0].start = FW_BASE;
	m.layout.firmware[0].end = FW_BASE + FW_SIZE;
	m.layout.nr_firmware = 1;
	/* The core may reach this, and no page that S-mode names lies there. */
	m.layout.setups = SETUPS;
	m.layout.nr_secrets = machine_secrets;
	m.layout.vlenb = machine_vlenb;
	root = page_at(KERNEL_ROOT);
	for (int i = 0; i < 512; i++)
		root[i] = i < 256 ? 0 : i % 3 ? 0 : LINK(0x80300000UL + i * PAGE);
	assert_int_equal(nacc_core_init(&m.core, &m.layout), 0);
}

void machine_off(void)
{
	free(m.ram);
	m.ram = NULL;
}

struct nacc_sbi_setup *setup_content(void)
{
	struct nacc_sbi_setup *s;

	if (!m.setup_pa)
		m.setup_pa = page_alloc();
	s = (void *)page_at(m.setup_pa);
	s->version = NACC_SBI_ABI_VERSION;
	s->flags = m.flags;
	s->kernel_root = KERNEL_ROOT;
	s->linear_base = 0xffffffd000000000UL;
	s->image_va = 0xffffffff80000000UL;
	s->image_pa = IMAGE_BASE;
	s->image_size = IMAGE_SIZE;
	s->nr_writers = 3;
	s->nr_user_visible = 2;
	s->nr_freed = 1;
	s->nr_sites = 0;
	s->ranges[0] = (struct nacc_sbi_range){ WRITER_PC - 0x1000, WRITER_PC - 0xf00 };
	s->ranges[1] = (struct nacc_sbi_range){ WRITER_PC, WRITER_PC + 0x100 };
	s->ranges[2] = (struct nacc_sbi_range){ WRITER_PC + 0x100, WRITER_PC + 0x102 };
	s->ranges[3] = (struct nacc_sbi_range){ VDSO_BASE, VDSO_BASE + VDSO_SIZE };
	s->ranges[4] = (struct nacc_sbi_range){ IMAGE_BASE + 0x20000, IMAGE_BASE + 0x21000 };
	s->ranges[5] = (struct nacc_sbi_range){ FREED_BASE, FREED_BASE + FREED_SIZE };
	m.setup_len = sizeof(*s) + 6 * sizeof(s->ranges[0]);
	return s;
}

struct nacc_ret do_setup(void)
{
	return call(NACC_SBI_SETUP, m.setup_pa, m.setup_len, 0);
}

void machine_ready(nacc_u32 mode, nacc_u64 region_size)
{
	machine_boot(mode, region_size);
	setup_content();
	must(do_setup());
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		assert_int_equal(must(call(NACC_SBI_ARM, i, 1, 0)), 1);
}

int setup_sv39(void **state)
{
	(void)state;
	machine_ready(SV39, 1 << 20);
	return 0;
}

int teardown(void **state)
{
	const char *what = check_machine();

	(void)state;
	if (what)
		fprintf(stderr, "after the test: %s\n", what);
	machine_off();
	return what ? -1 : 0;
}

struct nacc_ret call(nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2)
{
	return call4(fid, a0, a1, a2, ~0UL);
}

struct nacc_ret call4(nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2, nacc_u64 a3)
{
	struct nacc_call c = {
		.fid = fid,
		.arg = { a0, a1, a2, a3 },
		.satp = (nacc_u64)m.mode << 60 | KERNEL_ROOT >> 12,
	};

	return nacc_ecall(&m.core, &c);
}

nacc_u64 must(struct nacc_ret ret)
{
	if (ret.error)
		fail_msg("error %ld, reason %llu", ret.error,
			 (unsigned long long)ret.value);
	return ret.value;
}

void assert_call(struct nacc_ret ret, long error, unsigned int reason)
{
	assert_int_equal(ret.error, error);
	assert_int_equal(ret.value, reason);
}

void fence(void)
{
	nacc_fence_end(&m.core, nacc_fence_begin(&m.core));
}

struct nacc_access access_of(nacc_u8 op, nacc_u64 pa, nacc_u64 operand)
{
	return (struct nacc_access){
		.pc = WRITER_PC + 0x10,
		.va = pa + 0xffffffd000000000UL,
		.base = pa + 0xffffffd000000000UL,
		.pa = pa,
		.operand = operand,
		.time = 4711,
		.task = 0xff60000012345678,
		.insn = 0xe11c,
		.hart = 1,
		.supervisor = 1,
		.decoded = { .op = op, .width = 8, .length = 4 },
	};
}

unsigned int amo(nacc_u8 op, nacc_u64 pa, nacc_u64 operand, nacc_u64 *old)
{
	struct nacc_access access = access_of(op, pa, operand);

	return store(&access, old);
}

unsigned int store(const struct nacc_access *access, nacc_u64 *old)
{
	struct nacc_verdict verdict = { .old = ~0UL, .skip = 2 };
	unsigned int result = nacc_store(&m.core, access, &verdict);

	/* Skipped or not, the glue is told either way. */
	if (verdict.skip > 1)
		abort();
	if (old)
		*old = verdict.old;
	return result;
}

int is_writer(nacc_u64 pc)
{
	int found = 0;

	/* Where the search starts makes no difference. */
	for (nacc_u32 hint = 0; hint < m.core.setup->nr_writers; hint++) {
		nacc_u32 where = hint;
		int result = nacc_is_writer(&m.core, pc, &where);

		if (hint && result != found)
			abort();
		if (where >= m.core.setup->nr_writers || (!result && where != hint))
			abort();
		found = result;
	}
	return found;
}

unsigned int sd(nacc_u64 pa, nacc_u64 val)
{
	nacc_u64 old;

	return amo(NACC_OP_STORE, pa, val, &old);
}

void refuse_sd(nacc_u64 pa, nacc_u64 val, unsigned int reason)
{
	nacc_u64 before = *page_at(pa), refused = stat(NACC_STAT_REFUSED);
	nacc_u64 count = m.core.reasons[reason];
	struct nacc_sbi_audit *last;

	assert_int_equal(sd(pa, val), reason);
	assert_int_equal(*page_at(pa), before);
	assert_int_equal(stat(NACC_STAT_REFUSED), refused + 1);
	assert_int_equal(m.core.reasons[reason], count + 1);
	last = &m.core.audit[(m.core.audit_next - 1) % NACC_AUDIT_RECORDS];
	assert_int_equal(last->reason, reason);
	assert_int_equal(last->val, val);
	assert_int_equal(last->old, before);
	assert_machine_ok();
}

struct nacc_frame *frame_of(nacc_u64 pa)
{
	return &m.core.frames[(pa - m.core.frame_base) / PAGE];
}

nacc_u32 frame_number(nacc_u64 pa)
{
	return (pa - m.core.frame_base) / PAGE;
}

nacc_u64 frame_address(nacc_u32 index)
{
	return m.core.frame_base + index * PAGE;
}

nacc_u64 entry(nacc_u64 table, unsigned int slot)
{
	return page_at(table)[slot];
}

nacc_u64 stat(unsigned int which)
{
	return nacc_stat(&m.core, which);
}

unsigned int top(void)
{
	return m.mode - 6;
}

nacc_u64 create(void)
{
	return must(call(NACC_SBI_AS_CREATE, 0, 0, 0));
}

nacc_u64 new_as(void)
{
	nacc_u64 root = create();

	must(call(NACC_SBI_AS_FILL, root, page_alloc(), 0));
	return root;
}

nacc_u64 new_table(nacc_u64 root, unsigned int level)
{
	nacc_u64 table = root;

	for (unsigned int l = top(); l > level; l--) {
		nacc_u64 pte = entry(table, 0);

		if (!(pte & V)) {
			assert_int_equal(sd(table, LINK(page_alloc())), 0);
			pte = entry(table, 0);
		}
		table = PTE_TO_PA(pte);
	}
	return table;
}

nacc_u64 rnd(nacc_u64 *seed)
{
	/* xorshift64* */
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545f4914f6cdd1dUL;
}
