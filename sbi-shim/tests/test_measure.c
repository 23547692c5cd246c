// SPDX-License-Identifier: BSD-2-Clause
/* What evidence is made of: the encoder, lengths of kernels, the form of a set-up, surveys. */
#include "cbor.h"
#include "frame.h"
#include "gated.h"
#include "machine.h"
#include "measure.h"
#include "survey.h"

/* --- CBOR ------------------------------------------------------------------------- */

static nacc_u8 buf[64];

static struct nacc_cbor fresh(nacc_u64 size)
{
	memset(buf, 0xee, sizeof(buf));
	return (struct nacc_cbor){ .buf = buf, .size = size };
}

static void assert_wrote(const struct nacc_cbor *c, const char *text, size_t len)
{
	assert_true(nacc_cbor_ok(c));
	assert_int_equal(c->len, len);
	assert_memory_equal(buf, text, len);
	assert_int_equal(buf[len], 0xee);
}

/* RFC 8949, appendix A, and each border between two widths */
static void cbor_integers(void **state)
{
	static const struct {
		nacc_u64 value;
		const char *text;
		size_t len;
	} all[] = {
		{ 0, "\x00", 1 }, { 23, "\x17", 1 }, { 24, "\x18\x18", 2 },
		{ 255, "\x18\xff", 2 }, { 256, "\x19\x01\x00", 3 },
		{ 65535, "\x19\xff\xff", 3 }, { 65536, "\x1a\x00\x01\x00\x00", 5 },
		{ 0xffffffff, "\x1a\xff\xff\xff\xff", 5 },
		{ 0x100000000, "\x1b\x00\x00\x00\x01\x00\x00\x00\x00", 9 },
		{ ~0UL, "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
	};
	struct nacc_cbor c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		c = fresh(sizeof(buf));
		nacc_cbor_uint(&c, all[i].value);
		assert_int_equal(c.len, all[i].len);
		assert_memory_equal(buf, all[i].text, all[i].len);
		/* Too small by each number of bytes: nothing is written, now or later. */
		for (size_t size = 0; size < all[i].len; size++) {
			c = fresh(size);
			nacc_cbor_uint(&c, all[i].value);
			assert_false(nacc_cbor_ok(&c));
			nacc_cbor_array(&c, 0);
			assert_false(nacc_cbor_ok(&c));
			assert_int_equal(buf[0], 0xee);
		}
	}
	c = fresh(sizeof(buf));
	nacc_cbor_int(&c, -1);
	nacc_cbor_int(&c, 7);
	nacc_cbor_int(&c, -24);
	nacc_cbor_int(&c, -25);
	nacc_cbor_int(&c, -70000);
	nacc_cbor_int(&c, (long)(1UL << 63));
	assert_wrote(&c, "\x20\x07\x37\x38\x18\x3a\x00\x01\x11\x6f"
		     "\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", 19);
}

static void cbor_others(void **state)
{
	struct nacc_cbor c = fresh(sizeof(buf));

	(void)state;
	nacc_cbor_tag(&c, 61);
	nacc_cbor_array(&c, 3);
	nacc_cbor_map(&c, 1);
	nacc_cbor_text(&c, "");
	nacc_cbor_text(&c, "IETF");
	nacc_cbor_bytes(&c, (const nacc_u8 *)"\1\2\3\4", 4);
	nacc_cbor_bytes(&c, 0, 0);
	assert_wrote(&c, "\xd8\x3d\x83\xa1\x60\x64IETF\x44\1\2\3\4\x40", 16);
	/* The head has room, the string has none. */
	c = fresh(4);
	nacc_cbor_text(&c, "IETF");
	assert_false(nacc_cbor_ok(&c));
	c = fresh(5);
	nacc_cbor_text(&c, "IETF");
	assert_wrote(&c, "\x64IETF", 5);
}

/* --- kernels ------------------------------------------------------------------------ */

#define PE	0x40
#define OPTIONAL	16
#define SECTIONS	(PE + 24 + OPTIONAL)
#define IMAGE	(SECTIONS + 17 * 40)

static nacc_u8 image[IMAGE];

static void put32(size_t at, nacc_u32 value)
{
	memcpy(image + at, &value, 4);
}

static void an_image(nacc_u8 sections)
{
	memset(image, 0, sizeof(image));
	put32(0x38, 0x05435352);
	put32(0x3c, PE);
	put32(PE, 0x4550);
	image[PE + 6] = sections;
	image[PE + 20] = OPTIONAL;
}

static void a_section(size_t nr, nacc_u32 at, nacc_u32 size)
{
	put32(SECTIONS + 40 * nr + 16, size);
	put32(SECTIONS + 40 * nr + 20, at);
}

static void kernels(void **state)
{
	(void)state;
	an_image(2);
	a_section(0, 0x1000, 0x3000);
	a_section(1, 0x4000, 0x800);
	assert_int_equal(nacc_image_size(image, 1 << 20), 0x4800);
	assert_int_equal(nacc_image_size(image, 0x4800), 0x4800);
	assert_int_equal(nacc_image_size(image, 0x47ff), 0);
	/* In whatever order */
	a_section(0, 0x4000, 0x900);
	a_section(1, 0x1000, 0x3000);
	assert_int_equal(nacc_image_size(image, 1 << 20), 0x4900);
	a_section(1, 0xffffffff, 0xffffffff);
	assert_int_equal(nacc_image_size(image, ~0UL), 0x1fffffffeUL);
	assert_int_equal(nacc_image_size(image, 1 << 20), 0);
	an_image(0);
	assert_int_equal(nacc_image_size(image, 1 << 20), 0);
}

static void no_kernels(void **state)
{
	(void)state;
	an_image(1);
	a_section(0, 0, SECTIONS + 40);
	/* No byte behind the last that may be looked at is looked at. */
	for (size_t max = 0; max < SECTIONS + 40; max++) {
		nacc_u8 *exact = malloc(max ? max : 1);

		memcpy(exact, image, max);
		assert_int_equal(nacc_image_size(exact, max), 0);
		free(exact);
	}
	assert_int_equal(nacc_image_size(image, SECTIONS + 40), SECTIONS + 40);
	image[0x38] = 'r';
	assert_int_equal(nacc_image_size(image, 1 << 20), 0);
	an_image(1);
	image[PE] = 'p';
	assert_int_equal(nacc_image_size(image, 1 << 20), 0);
	an_image(1);
	put32(0x3c, 0xfffffff0);
	assert_int_equal(nacc_image_size(image, 1 << 20), 0);
	an_image(17);
	for (int i = 0; i < 17; i++)
		a_section(i, 0, 0x100);
	assert_int_equal(nacc_image_size(image, 1 << 20), 0);
	image[PE + 6] = 16;
	assert_int_equal(nacc_image_size(image, 1 << 20), 0x100);
}

/* --- set-ups -------------------------------------------------------------------------- */

static void hash_setup(const struct nacc_sbi_setup *setup, nacc_u8 *digest, int *calls)
{
	struct nacc_setup_hash h = { .next = 0 };

	for (*calls = 1; !nacc_setup_hash_some(&h, setup); ++*calls)
		;
	nacc_hash_end(&h.hash, digest);
}

/* Moved by so much, physically and virtually */
static struct nacc_sbi_setup *a_setup(nacc_u32 writers, nacc_u64 pa, nacc_u64 va)
{
	struct nacc_sbi_setup *s = calloc(1, sizeof(*s) + (writers + 3) * sizeof(s->ranges[0]));

	s->version = NACC_SBI_ABI_VERSION;
	s->flags = 2;
	s->image_pa = 0x80200000 + pa;
	s->image_va = 0xffffffff80000000 + va;
	s->kernel_root = s->image_pa + 0x1000;
	s->linear_base = 0xff60000000000000 + va;
	s->image_size = 0x200000;
	s->nr_writers = writers;
	s->nr_user_visible = 1;
	s->nr_freed = 1;
	s->nr_sites = 1;
	for (nacc_u32 i = 0; i < writers; i++) {
		s->ranges[i].start = s->image_va + 16 * i;
		s->ranges[i].end = s->ranges[i].start + 8;
	}
	s->ranges[writers].start = s->image_pa + 0x1000;
	s->ranges[writers].end = s->image_pa + 0x2000;
	s->ranges[writers + 1].start = s->image_pa + 0x3000;
	s->ranges[writers + 1].end = s->image_pa + 0x5000;
	s->ranges[writers + 2].start = s->image_va + 0x40;
	s->ranges[writers + 2].end = 10;
	return s;
}

static void setups(void **state)
{
	static const nacc_u32 sizes[] = { 1, 253, 254, 700 };
	nacc_u8 a[64], b[64];
	int calls;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct nacc_sbi_setup *s = a_setup(sizes[i], 0, 0);
		struct nacc_sbi_setup *moved = a_setup(sizes[i], 0x40000000, 0x1600000);

		hash_setup(s, a, &calls);
		assert_int_equal(calls, (sizes[i] + 3 + NACC_SETUP_SLICE - 1) / NACC_SETUP_SLICE);
		hash_setup(moved, b, &calls);
		assert_memory_equal(a, b, sizeof(a));
		/* Whatever else is another makes it another. */
		for (nacc_u32 r = 0; r < sizes[i] + 3; r += sizes[i] > 9 ? 50 : 1) {
			moved->ranges[r].start ^= 1UL << r % 12;
			hash_setup(moved, b, &calls);
			assert_memory_not_equal(a, b, sizeof(a));
			moved->ranges[r].start ^= 1UL << r % 12;
			moved->ranges[r].end ^= 2;
			hash_setup(moved, b, &calls);
			assert_memory_not_equal(a, b, sizeof(a));
			moved->ranges[r].end ^= 2;
		}
		moved->flags = 1;
		hash_setup(moved, b, &calls);
		assert_memory_not_equal(a, b, sizeof(a));
		moved->flags = 2;
		moved->kernel_root += PAGE;
		hash_setup(moved, b, &calls);
		assert_memory_not_equal(a, b, sizeof(a));
		free(s);
		free(moved);
	}
}

/* --- surveys ---------------------------------------------------------------------------- */

static struct nacc_survey survey_of(nacc_u64 tag, int *calls)
{
	struct nacc_survey survey = { .tag = tag };

	for (*calls = 1; !nacc_survey_some(&m.core, &survey); ++*calls)
		;
	return survey;
}

static void surveys(void **state)
{
	struct nacc_survey s = survey_of(TAG, &(int){ 0 });
	nacc_u64 root, before = s.tables;

	(void)state;
	assert_int_equal(s.live, 1);
	assert_int_equal(s.bound, 1);
	assert_int_equal(s.gate, record);
	assert_ptr_equal(nacc_survey_gate(&m.core, &s), gate());
	root = more_root(TAG);
	must(call(NACC_SBI_TABLE_LINK, root, 3, 0));
	must(call(NACC_SBI_AS_CREATE, TAG, 0, 0));
	more_root(TAG + 1);
	s = survey_of(TAG, &(int){ 0 });
	assert_int_equal(s.live, 2);
	assert_int_equal(s.bound, 1);
	assert_int_equal(s.building, 1);
	assert_int_equal(s.retiring, 0);
	assert_int_equal(s.tables, before + 1);
	frame_set_flags(frame_of(root), NACC_FRAME_FLAG_RETIRING, 0);
	s = survey_of(TAG, &(int){ 0 });
	assert_int_equal(s.live, 1);
	assert_int_equal(s.retiring, 1);
	s = survey_of(TAG + 1, &(int){ 0 });
	assert_int_equal(s.live, 1);
	assert_int_equal(s.gate, 0);
	assert_null(nacc_survey_gate(&m.core, &s));
	s = survey_of(TAG + 2, &(int){ 0 });
	assert_int_equal(s.live + s.building + s.retiring + s.tables, 0);
}

/* A record that is another's by now, or none */
static void lost_gates(void **state)
{
	struct nacc_survey s = survey_of(TAG, &(int){ 0 });

	(void)state;
	s.tag++;
	assert_null(nacc_survey_gate(&m.core, &s));
	s.tag--;
	s.gate = gated;
	assert_null(nacc_survey_gate(&m.core, &s));
	/* Contexts of an address space are no record. */
	s.gate = frame_address(frame_of(gated)->list.prev);
	assert_null(nacc_survey_gate(&m.core, &s));
	s.gate = ~0UL;
	assert_null(nacc_survey_gate(&m.core, &s));
	s.gate = record + 8;
	assert_ptr_equal(nacc_survey_gate(&m.core, &s), gate());
}

static void assert_digest(const struct nacc_survey *s, const nacc_u64 *words, size_t nr)
{
	nacc_u8 bytes[8 * 16], digest[64];

	for (size_t i = 0; i < 8 * nr; i++)
		bytes[i] = words[i / 8] >> 8 * (i % 8);
	crypto_hash_sha512(digest, bytes, 8 * nr);
	assert_memory_equal(s->digest, digest, sizeof(digest));
}

static void seals_hashed(void **state)
{
	nacc_u64 second = more_gated(OTHER_MM), table = new_table(gated, 0);
	nacc_u64 low = gated < second ? gated : second, other = new_table(second, 0);
	nacc_u64 of_gated[] = { 1, 16 * PAGE, 18 * PAGE };
	nacc_u64 both[] = {
		1, 16 * PAGE, 18 * PAGE, 2, 19 * PAGE, 20 * PAGE, 16 * PAGE, 17 * PAGE,
	};
	nacc_u64 turned[] = {
		2, 19 * PAGE, 20 * PAGE, 16 * PAGE, 17 * PAGE, 1, 16 * PAGE, 18 * PAGE,
	};
	const struct nacc_frame *holder;
	struct nacc_sbi_seals *seals;
	struct nacc_survey s;

	(void)state;
	for (nacc_u64 i = 16; i < 20; i++) {
		assert_int_equal(sd(table + 8 * i, PTE(DATA_PAGE + i * PAGE, USER_RX)), 0);
		assert_int_equal(sd(other + 8 * i, PTE(DATA_PAGE + i * PAGE, USER_RX)), 0);
	}
	must(call(NACC_SBI_SEAL, gated, 16 * PAGE, 18 * PAGE));
	s = survey_of(TAG, &(int){ 0 });
	assert_digest(&s, of_gated, ARRAY_SIZE(of_gated));
	/* Another's are none of its. */
	assert_int_equal(survey_of(TAG + 1, &(int){ 0 }).sealed, 0);
	must(call(NACC_SBI_SEAL, second, 19 * PAGE, 20 * PAGE));
	must(call(NACC_SBI_SEAL, second, 16 * PAGE, 17 * PAGE));
	s = survey_of(TAG, &(int){ 0 });
	assert_digest(&s, low == gated ? both : turned, ARRAY_SIZE(both));
	/* There is room for them, and none is there yet. */
	holder = &m.core.frames[frame_at(&m.core, gated)->parent];
	seals = (void *)page_at(frame_pa(&m.core, holder));
	seals->nr = 0;
	assert_int_equal(survey_of(TAG, &(int){ 0 }).sealed, 2);
}

/* A call ends with the address space that makes it as many ranges as one may hash. */
static void many_seals(void **state)
{
	enum { ROOTS = 4 };
	const nacc_u32 frames = 2 * ROOTS, old_nr = m.core.nr_frames;
	struct nacc_frame *old = m.core.frames;
	struct nacc_survey s;
	int calls;

	(void)state;
	m.core.frames = aligned_alloc(NACC_LINE, frames * sizeof(*old));
	m.core.nr_frames = frames;
	memset(m.core.frames, 0, frames * sizeof(*old));
	for (nacc_u32 i = 0; i < ROOTS; i++) {
		struct nacc_frame *root = &m.core.frames[i], *place = root + ROOTS;
		struct nacc_sbi_seals *seals = (void *)page_at(frame_pa(&m.core, place));

		*root = (struct nacc_frame){ .type = NACC_FRAME_ROOT, .tag = 3, .parent = i + ROOTS,
					     .list = { NACC_FRAME_NONE, NACC_FRAME_NONE } };
		place->type = NACC_FRAME_CONTEXT;
		seals->root = frame_pa(&m.core, root);
		seals->nr = NACC_SBI_SEALS_MAX;
	}
	s = survey_of(3, &calls);
	assert_int_equal(s.sealed, ROOTS * NACC_SBI_SEALS_MAX);
	assert_int_equal(calls, ROOTS + 1);
	s = (struct nacc_survey){ .tag = 3 };
	assert_int_equal(nacc_survey_some(&m.core, &s), 0);
	assert_int_equal(s.next, 1);
	for (nacc_u32 i = 0; i < frames; i++)
		memset(page_at(frame_pa(&m.core, &m.core.frames[i])), 0, PAGE);
	free(m.core.frames);
	m.core.frames = old;
	m.core.nr_frames = old_nr;
}

static void seals_counted(void **state)
{
	nacc_u64 table = new_table(gated, 0);
	struct nacc_frame *root = frame_of(gated);
	struct nacc_sbi_seals *seals;
	nacc_u32 place;

	(void)state;
	for (nacc_u64 i = 16; i < 20; i++)
		assert_int_equal(sd(table + 8 * i, PTE(DATA_PAGE + i * PAGE, USER_RX)), 0);
	must(call(NACC_SBI_SEAL, gated, 16 * PAGE, 18 * PAGE));
	must(call(NACC_SBI_SEAL, gated, 19 * PAGE, 20 * PAGE));
	assert_int_equal(survey_of(TAG, &(int){ 0 }).sealed, 2);
	assert_int_equal(survey_of(TAG, &(int){ 0 }).sealed_bytes, 3 * PAGE);
	/* What is no such frame any more has no say. */
	place = root->parent;
	seals = (void *)page_at(frame_address(place));
	seals->root ^= PAGE;
	assert_int_equal(survey_of(TAG, &(int){ 0 }).sealed, 0);
	seals->root ^= PAGE;
	seals->nr = NACC_SBI_SEALS_MAX + 1;
	assert_int_equal(survey_of(TAG, &(int){ 0 }).sealed, 0);
	seals->nr = 2;
	root->parent = frame_number(table);
	assert_int_equal(survey_of(TAG, &(int){ 0 }).sealed, 0);
	root->parent = place;
	assert_int_equal(survey_of(TAG, &(int){ 0 }).sealed, 2);
}

/* Of a pool of any size some at a time */
static void long_surveys(void **state)
{
	static const nacc_u32 sizes[] = {
		1, NACC_SURVEY_SLICE, NACC_SURVEY_SLICE + 1, 3 * NACC_SURVEY_SLICE,
	};
	struct nacc_frame *frames, *old = m.core.frames;
	nacc_u32 old_nr = m.core.nr_frames;
	int calls;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		frames = aligned_alloc(NACC_LINE, sizes[i] * sizeof(*frames));
		memset(frames, 0, sizes[i] * sizeof(*frames));
		frames[0].type = frames[sizes[i] - 1].type = NACC_FRAME_ROOT;
		frames[0].tag = frames[sizes[i] - 1].tag = 3;
		m.core.frames = frames;
		m.core.nr_frames = sizes[i];
		assert_int_equal(survey_of(3, &calls).live, 1 + (sizes[i] > 1));
		assert_int_equal(calls, (sizes[i] + NACC_SURVEY_SLICE - 1) / NACC_SURVEY_SLICE);
		free(frames);
	}
	m.core.frames = old;
	m.core.nr_frames = old_nr;
}

#define GATED(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	cmocka_unit_test(cbor_integers),
	cmocka_unit_test(cbor_others),
	cmocka_unit_test(kernels),
	cmocka_unit_test(no_kernels),
	cmocka_unit_test(setups),
	GATED(surveys),
	GATED(lost_gates),
	GATED(seals_counted),
	GATED(seals_hashed),
	GATED(many_seals),
	GATED(long_surveys),
};

const struct suite measure_suite = {
	"measure", tests, ARRAY_SIZE(tests)
};
