// SPDX-License-Identifier: BSD-2-Clause
/* Layout at boot and NACC_SBI_SETUP. */
#include "machine.h"
#include "roots.h"

#define SITE_PC		0xffffffff80012340UL
#define SITE_REG	23

static int boot(void **state)
{
	(void)state;
	machine_boot(SV39, 1 << 20);
	setup_content();
	return 0;
}

static void init_layout(void **state)
{
	nacc_u64 end = POOL_BASE + (1 << 20);

	(void)state;
	assert_true(m.core.nr_frames > 200);
	assert_int_equal(m.core.frame_base, POOL_BASE + 2 * PAGE);
	assert_ptr_equal(m.core.setup, page_at(SETUPS));
	assert_ptr_equal(m.core.spare, page_at(SETUPS + NACC_SBI_SETUP_MAX));
	/* The frames end where that begins which S-mode may not read: secret pages, the records. */
	assert_int_equal(frame_address(m.core.nr_frames),
			 end - (1 << 20) / 64 - MACHINE_SECRETS * 4 * PAGE);
	assert_ptr_equal(m.core.frames, page_at(end - (1 << 20) / 64));
	for (nacc_u64 pa = POOL_BASE; pa < end - (1 << 20) / 64; pa += 8)
		assert_int_equal(*page_at(pa), 0);
	assert_int_equal(stat(NACC_STAT_FRAMES_FREE), m.core.nr_frames);
	assert_machine_ok();
}

static int init_with(nacc_u64 base, nacc_u64 size)
{
	static struct nacc_core core;
	struct nacc_layout layout = m.layout;

	memset(&core, 0, sizeof(core));
	layout.region_base = base;
	layout.region_size = size;
	return nacc_core_init(&core, &layout);
}

static void init_refuses(void **state)
{
	struct nacc_layout layout = m.layout;
	static struct nacc_core core;

	(void)state;
	assert_int_equal(init_with(POOL_BASE, 1 << 18), 0);
	assert_int_equal(init_with(POOL_BASE, 1 << 17), -1);
	assert_int_equal(init_with(POOL_BASE, 0), -1);
	assert_int_equal(init_with(POOL_BASE, 3 << 20), -1);
	assert_int_equal(init_with(POOL_BASE + PAGE, 1 << 20), -1);
	assert_int_equal(init_with(RAM_BASE + RAM_SIZE, 1 << 20), -1);
	assert_int_equal(init_with(FW_BASE, 1 << 20), -1);
	assert_int_equal(init_with(0, 1UL << 63), -1);
	assert_int_equal(init_with(1UL << 63, 1UL << 63), -1);
	layout.nr_ram = NACC_MAX_RAM + 1;
	assert_int_equal(nacc_core_init(&core, &layout), -1);
	layout = m.layout;
	layout.nr_firmware = NACC_MAX_FIRMWARE + 1;
	assert_int_equal(nacc_core_init(&core, &layout), -1);
	/* A fourth of the region at most, and never more than there are records for */
	layout = m.layout;
	layout.nr_secrets = 16;
	assert_int_equal(nacc_core_init(&core, &layout), 0);
	layout.nr_secrets = 17;
	assert_int_equal(nacc_core_init(&core, &layout), -1);
	layout.region_size = 8 << 20;
	layout.nr_secrets = NACC_SECRETS_MAX;
	assert_int_equal(nacc_core_init(&core, &layout), 0);
	layout.nr_secrets = NACC_SECRETS_MAX + 1;
	assert_int_equal(nacc_core_init(&core, &layout), -1);
	/* Vector registers of a size that there is, and of which a frame has those of one thread */
	layout = m.layout;
	layout.vlenb = NACC_VLENB_MAX;
	assert_int_equal(nacc_core_init(&core, &layout), 0);
	layout.vlenb = NACC_VLENB_MAX * 2;
	assert_int_equal(nacc_core_init(&core, &layout), -1);
	layout.vlenb = 24;
	assert_int_equal(nacc_core_init(&core, &layout), -1);
	/* More frames than there are numbers for. */
	layout = m.layout;
	layout.ram[0].end = 1UL << 56;
	layout.region_base = 1UL << 55;
	layout.region_size = 1UL << 55;
	assert_int_equal(nacc_core_init(&core, &layout), -1);
	/* The one that was taken lies over the machine's own. */
	machine_off();
	machine_boot(SV39, 1 << 20);
}

/* What nacc_find_plain() relies on: spans that an entry can name exactly. */
static void init_spans(void **state)
{
	static const struct {
		struct nacc_span firmware;
		nacc_u64 ram_end;
		int result;
	} cases[] = {
		{ { FW_BASE, FW_BASE + FW_SIZE }, RAM_BASE + RAM_SIZE, 0 },
		{ { FW_BASE, FW_BASE + PAGE }, RAM_BASE + RAM_SIZE, 0 },
		{ { FW_BASE + 8, FW_BASE + PAGE }, RAM_BASE + RAM_SIZE, -1 },
		{ { FW_BASE, FW_BASE + PAGE - 8 }, RAM_BASE + RAM_SIZE, -1 },
		{ { FW_BASE, FW_BASE }, RAM_BASE + RAM_SIZE, -1 },
		/* Up to the end of the address space: the sum has wrapped. */
		{ { -PAGE, 0 }, RAM_BASE + RAM_SIZE, -1 },
		{ { FW_BASE, FW_BASE + FW_SIZE }, 1UL << 56, 0 },
		{ { FW_BASE, FW_BASE + FW_SIZE }, (1UL << 56) + PAGE, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		m.layout.firmware[0] = cases[i].firmware;
		m.layout.ram[0].end = cases[i].ram_end;
		assert_int_equal(init_with(POOL_BASE, 1 << 18), cases[i].result);
	}
	machine_off();
	machine_boot(SV39, 1 << 20);
}

static void setup_good(void **state)
{
	(void)state;
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_STATE, 0, 0)), 0);
	assert_int_equal(must(do_setup()), 0);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_STATE, 0, 0)),
			 NACC_STATE_SET_UP | SV39 << NACC_STATE_MODE_SHIFT |
			 NACC_PROVENANCE_ENFORCE << NACC_STATE_PROVENANCE_SHIFT);
	assert_int_equal(m.core.top_level, 2);
}

/* Defect (g): set-up callable again. */
static void setup_once(void **state)
{
	struct nacc_sbi_setup *s = setup_content();

	(void)state;
	must(do_setup());
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	assert_call(do_setup(), NACC_SBI_ERR_ALREADY_AVAILABLE, 0);
	s->ranges[1].end += 2;
	assert_call(do_setup(), NACC_SBI_ERR_DENIED, NACC_REASON_LOCKED);
	assert_false(is_writer(WRITER_PC + 0x102));
	setup_content();
	m.setup_len -= 16;
	assert_call(do_setup(), NACC_SBI_ERR_DENIED, NACC_REASON_LOCKED);
	m.setup_len += 16;
	assert_call(do_setup(), NACC_SBI_ERR_ALREADY_AVAILABLE, 0);
	/* What the kernel does to its copy later means nothing. */
	memset(s, 0xff, PAGE);
	assert_true(is_writer(WRITER_PC));
	/* Nor does another satp mode. */
	m.mode = SV48;
	setup_content();
	assert_call(do_setup(), NACC_SBI_ERR_ALREADY_AVAILABLE, 0);
	assert_int_equal(m.core.top_level, 2);
	m.mode = SV39;
}

#define BAD(change, error, reason) do { \
	struct nacc_sbi_setup *s = setup_content(); \
	change; \
	assert_call(do_setup(), error, reason); \
	assert_int_equal(m.core.set_up, 0); \
	(void)s; \
} while (0)
#define BAD_ADDR(change) \
	BAD(change, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_ADDRESS)
#define BAD_COUNT(change) \
	BAD(change, NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT)

static void setup_refuses_then_takes(void **state)
{
	nacc_u64 pa = m.setup_pa;

	(void)state;
	BAD_COUNT(s->version++);
	BAD_COUNT(s->version--);
	BAD_COUNT(s->flags = 3);
	BAD_COUNT(s->flags |= 4);
	BAD_COUNT(s->flags |= 1U << 31);
	BAD_COUNT(s->nr_sites = 1);
	BAD_COUNT(s->nr_writers = 0);
	BAD_COUNT(s->nr_writers++);
	BAD_COUNT(s->nr_user_visible--);
	BAD_COUNT(s->nr_freed++);
	BAD_COUNT(s->nr_writers = 0xffffffff; s->nr_user_visible = 7);
	BAD_COUNT(s->nr_writers = 0; s->nr_user_visible = 6; s->nr_freed = 0);
	BAD_COUNT(m.setup_len++);
	BAD_COUNT(m.setup_len -= 8);
	BAD_COUNT(m.setup_len = 0);
	BAD_COUNT(m.setup_len = sizeof(*s));
	BAD_COUNT(m.setup_len = sizeof(*s) + 16 * 4096);
	BAD_COUNT(m.setup_len = ~0UL);
	BAD_COUNT(m.setup_len += 16);
	BAD_ADDR(s->kernel_root++);
	BAD_ADDR(s->kernel_root = 0x1000);
	BAD_ADDR(s->kernel_root = FW_BASE);
	BAD_ADDR(s->kernel_root = POOL_BASE);
	BAD_ADDR(s->kernel_root = m.core.frame_base);
	BAD_ADDR(s->kernel_root = RAM_BASE + RAM_SIZE);
	BAD_ADDR(s->image_pa += 8);
	BAD_ADDR(s->image_size = 0);
	BAD_ADDR(s->image_size -= 8);
	BAD_ADDR(s->image_size = RAM_SIZE);
	BAD_ADDR(s->image_size = -PAGE);
	BAD_ADDR(s->image_pa = FW_BASE);
	BAD_ADDR(s->image_pa = POOL_BASE - PAGE);
	BAD_ADDR(s->ranges[0].end = s->ranges[0].start);
	BAD_ADDR(s->ranges[0].end = s->ranges[0].start - 1);
	BAD_ADDR(s->ranges[1].start = s->ranges[0].end - 1);
	BAD_ADDR(s->ranges[2].start = 0; s->ranges[2].end = 8);
	BAD_ADDR(s->ranges[3].start += 8);
	BAD_ADDR(s->ranges[3].end -= 8);
	BAD_ADDR(s->ranges[4].end = s->ranges[4].start);
	BAD_ADDR(s->ranges[4].end = IMAGE_BASE + IMAGE_SIZE + PAGE);
	BAD_ADDR(s->ranges[4].start = IMAGE_BASE - PAGE);
	BAD_ADDR(s->ranges[5].start += 8);
	BAD_ADDR(s->ranges[5].start = IMAGE_BASE - PAGE);
	BAD_ADDR(s->ranges[5].end = IMAGE_BASE + IMAGE_SIZE + PAGE);
	BAD(m.setup_pa += 8, NACC_SBI_ERR_INVALID_ADDRESS,
	    NACC_REASON_BAD_ADDRESS);
	m.setup_pa = POOL_BASE;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	m.setup_pa = FW_BASE;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	m.setup_pa = RAM_BASE + RAM_SIZE - PAGE;
	m.setup_len = sizeof(struct nacc_sbi_setup) + 16 * 4000;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_ADDRESS,
		    NACC_REASON_BAD_ADDRESS);
	m.setup_pa = pa;
	setup_content();
	for (m.mode = 0; m.mode < 16; m.mode++)
		if (m.mode < SV39 || m.mode > SV57)
			assert_call(do_setup(), NACC_SBI_ERR_INVALID_STATE,
				    NACC_REASON_AS_STATE);
	m.mode = SV39;
	must(do_setup());
}

static void setup_largest(void **state)
{
	struct nacc_sbi_setup *s = setup_content();
	nacc_u32 nr = (NACC_SBI_SETUP_MAX - sizeof(*s)) / 16;

	(void)state;
	s->nr_writers = nr;
	s->nr_user_visible = 0;
	s->nr_freed = 0;
	for (nacc_u32 i = 0; i < nr; i++) {
		s->ranges[i].start = 0x1000 + 8UL * i;
		s->ranges[i].end = s->ranges[i].start + 4;
	}
	m.setup_len = sizeof(*s) + nr * 16UL;
	must(do_setup());
	for (nacc_u32 i = 0; i < nr; i++) {
		assert_false(is_writer(0x0fff + 8UL * i));
		assert_true(is_writer(0x1000 + 8UL * i));
		assert_true(is_writer(0x1003 + 8UL * i));
		assert_false(is_writer(0x1004 + 8UL * i));
	}
	assert_int_equal(m.core.frames[0].type, NACC_FRAME_FREE);
	assert_machine_ok();
}

static void nothing_before_setup(void **state)
{
	nacc_u64 buf = page_alloc();

	(void)state;
	for (nacc_u64 fid = NACC_SBI_ARM; fid < NACC_SBI_FID_MAX; fid++) {
		if (fid == NACC_SBI_FENCE || fid == NACC_SBI_GUARD ||
		    fid == NACC_SBI_SWITCH || fid == NACC_SBI_STATS ||
		    fid == NACC_SBI_AUDIT || fid == NACC_SBI_LEARN ||
		    (fid > NACC_SBI_HANDLER && fid < NACC_SBI_PAGE_OPEN))
			continue;
		assert_call(call(fid, 0, 1, buf), NACC_SBI_ERR_INVALID_STATE,
			    NACC_REASON_NOT_SET_UP);
	}
	assert_int_equal(must(call(NACC_SBI_STATS, buf, 0, 0)),
			 NACC_STAT_MAX + NACC_REASON_MAX);
	refuse_sd(m.core.frame_base, 0, NACC_REASON_NOT_SET_UP);
	assert_int_equal(must(call(NACC_SBI_AUDIT, 0, buf, 0)), 1);
	assert_int_equal(nacc_set_ad(&m.core, (nacc_u64)SV39 << 60 |
				     m.core.frame_base >> 12, 0, 0, 0), 0);
	must(do_setup());
	assert_int_equal(must(call(NACC_SBI_ARM, 0, 1, 0)), 1);
}

/* Where the kernel loads the root of an mm, and which register holds the mm there */
static void sites(void **state)
{
	struct nacc_sbi_setup *s;

	(void)state;
	machine_off();
	machine_boot(SV48, 1 << 20);
	s = setup_content();
	s->nr_sites = 2;
	s->ranges[6] = (struct nacc_sbi_range){ SITE_PC, SITE_REG };
	s->ranges[7] = (struct nacc_sbi_range){ SITE_PC + 0x100, 31 };
	m.setup_len += 32;
	must(do_setup());
	assert_int_equal(nacc_site(&m.core, SITE_PC), SITE_REG);
	assert_int_equal(nacc_site(&m.core, SITE_PC + 0x100), 31);
	assert_int_equal(nacc_site(&m.core, SITE_PC + 2), 0);
	s->ranges[7].end = 32;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_ADDRESS);
	s->ranges[7].end = 0;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_ADDRESS);
	s->ranges[7].end = 1;
	s->ranges[7].start = s->image_va + IMAGE_SIZE;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_ADDRESS);
	s->ranges[7].start = s->image_va - 2;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_ADDRESS);
	s->nr_sites = NACC_SBI_SITES_MAX + 1;
	m.setup_len = sizeof(*s) + (6 + NACC_SBI_SITES_MAX + 1) * 16;
	assert_call(do_setup(), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	assert_int_equal(nacc_site(&m.core, SITE_PC + 0x100), 31);
}

static void modes(void **state)
{
	(void)state;
	for (nacc_u32 mode = SV39; mode <= SV57; mode++) {
		machine_off();
		machine_ready(mode, 1 << 20);
		assert_int_equal(m.core.top_level, mode - 6);
		assert_int_equal(frame_of(new_as())->level, mode - 6);
		assert_machine_ok();
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, boot, teardown)
static const struct CMUnitTest tests[] = {
	TEST(init_layout),
	TEST(init_refuses),
	TEST(init_spans),
	TEST(setup_good),
	TEST(setup_once),
	TEST(setup_refuses_then_takes),
	TEST(setup_largest),
	TEST(nothing_before_setup),
	TEST(sites),
	TEST(modes),
};

const struct suite setup_suite = {
	"setup", tests, ARRAY_SIZE(tests)
};
