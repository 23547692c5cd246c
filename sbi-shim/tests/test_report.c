// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reports: who gets one, what is in it, that it is signed. With NACC_REPORT_OUT the one that
 * has all that there can be goes to that file, for verifiers that share nothing with this.
 */
#include <crypto_sign_ed25519.h>

#include "gated.h"
#include "machine.h"
#include "report.h"
#include "state.h"

#define SEED	"NACC development key: anybody can sign with it"

static struct nacc_evidence evidence;
static struct nacc_reporter reporter;
static const struct nacc_moment now = { .ticks = 123456789, .seconds = 12 };
static nacc_u64 page;

static void a_key(void)
{
	nacc_u8 seed[64];
	struct nacc_hash hash;

	memset(&evidence, 0, sizeof(evidence));
	memset(&reporter, 0, sizeof(reporter));
	nacc_hash_begin(&hash);
	nacc_hash_add(&hash, SEED, sizeof(SEED) - 1);
	nacc_hash_end(&hash, seed);
	nacc_key_make(&evidence.key, seed);
	evidence.vouched = NACC_EVIDENCE_DEVELOPMENT;
	memset(evidence.bootseed, 0x5a, sizeof(evidence.bootseed));
	for (int i = 0; i < NACC_MEASURED_SETUP; i++)
		memset(evidence.digest[i], 0x10 + i, 64);
	evidence.measured = (1U << NACC_MEASURED_SETUP) - 1;
	page = page_alloc();
}

static struct nacc_sbi_report *ask(nacc_u32 nonce, nacc_u32 told)
{
	struct nacc_sbi_report *r = (void *)page_at(page);

	memset(r, 0, sizeof(*r));
	r->nonce_len = nonce;
	r->told_len = told;
	for (nacc_u32 i = 0; i < NACC_REPORT_NONCE_MAX; i++)
		r->nonce[i] = (nacc_u8)(0xa0 + i);
	memset(r->told, 'T', sizeof(r->told));
	return r;
}

static struct nacc_ret report_call(nacc_u64 fid, nacc_u64 a0, nacc_u64 a1)
{
	const struct nacc_call c = { .fid = fid, .arg = { a0, a1 } };

	return nacc_report_call(&m.core, &evidence, &reporter, &c, &now);
}

static struct nacc_ret begin(nacc_u64 tag)
{
	return report_call(NACC_SBI_REPORT_BEGIN, tag, page);
}

static struct nacc_ret step(void)
{
	return report_call(NACC_SBI_REPORT, page, 0);
}

/* Return: its length; it is in the page. */
static nacc_u64 whole(nacc_u64 tag, int *calls)
{
	nacc_u64 len = 0;

	must(begin(tag));
	/* What S-mode writes there now is read by nobody. */
	memset(page_at(page), 0xff, PAGE);
	for (*calls = 0; !len; ++*calls)
		len = must(step());
	return len;
}

static int has(const void *what, size_t len, nacc_u64 in)
{
	const nacc_u8 *p = (void *)page_at(page);

	for (nacc_u64 i = 0; i + len <= in; i++)
		if (!memcmp(p + i, what, len))
			return 1;
	return 0;
}

/* By what Sig_structure must be: what is in front of the signature, with other heads */
static void assert_signed(nacc_u64 len)
{
	static const nacc_u8 front[] = { 0xd8, 0x3d, 0xd2, 0x84, 0x4d, 0xa2, 1, 0x27, 4, 0x48 };
	const nacc_u8 *p = (void *)page_at(page);
	nacc_u8 text[2 * PAGE] = "\x84\x6aSignature1";
	nacc_u64 at = 12;

	assert_memory_equal(p, front, sizeof(front));
	assert_memory_equal(p + 10, evidence.key.kid, 8);
	memcpy(text + at, p + 4, 14);
	at += 14;
	text[at++] = 0x40;
	assert_int_equal(p[18], 0xa0);
	memcpy(text + at, p + 19, len - 19 - 66);
	at += len - 19 - 66;
	assert_int_equal(p[len - 66], 0x58);
	assert_int_equal(p[len - 65], 64);
	assert_int_equal(crypto_sign_ed25519_verify_detached(p + len - 64, text, at,
							     evidence.key.public), 0);
	text[at - 1] ^= 1;
	assert_int_not_equal(crypto_sign_ed25519_verify_detached(p + len - 64, text, at,
								 evidence.key.public), 0);
	/* Nothing of the last report, or of the stack, is behind it. */
	for (nacc_u64 i = len; i < PAGE; i++)
		if (p[i] == 0xff)
			fail_msg("byte %llu is not written", (unsigned long long)i);
}

static void machines(void **state)
{
	nacc_u64 len, without;
	int calls;

	(void)state;
	a_key();
	ask(8, 0);
	without = whole(0, &calls);
	assert_int_equal(calls, 2);
	assert_signed(without);
	assert_true(has("\x48\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7", 9, without));
	assert_true(has("kdevelopment", 12, without));
	assert_true(has(NACC_COMPONENT_KERNEL, 6, without));
	assert_true(has(NACC_COMPONENT_SETUP, 6, without));
	assert_false(has("TT", 2, without));
	evidence.measured &= ~(1U << NACC_MEASURED_KERNEL);
	ask(64, 5);
	len = whole(0, &calls);
	assert_signed(len);
	assert_int_equal(reporter.subject.number, 2);
	assert_false(has(NACC_COMPONENT_KERNEL, 6, len));
	assert_true(has("\x45TTTTT", 6, len));
	assert_false(has("TTTTTT", 6, len));
}

/* The set-up is measured once it cannot change, and once. */
static void setups(void **state)
{
	const nacc_u32 bit = 1U << NACC_MEASURED_SETUP;
	nacc_u8 digest[64];
	int calls;

	(void)state;
	a_key();
	machine_off();
	machine_boot(SV39, 1 << 20);
	page = page_alloc();
	ask(8, 0);
	whole(0, &calls);
	assert_false(evidence.measured & bit);
	setup_content();
	must(do_setup());
	ask(8, 0);
	whole(0, &calls);
	assert_false(evidence.measured & bit);
	/* Nor is it by who says so without having one. */
	m.core.set_up = 0;
	m.core.locked = 1;
	ask(8, 0);
	assert_false(has(NACC_COMPONENT_SETUP, 6, whole(0, &calls)));
	assert_false(evidence.measured & bit);
	m.core.set_up = 1;
	ask(8, 0);
	assert_true(has(NACC_COMPONENT_SETUP, 6, whole(0, &calls)));
	assert_true(evidence.measured & bit);
	memcpy(digest, evidence.digest[NACC_MEASURED_SETUP], 64);
	m.core.setup->flags ^= 3;
	ask(8, 0);
	whole(0, &calls);
	assert_memory_equal(digest, evidence.digest[NACC_MEASURED_SETUP], 64);
}

/* A long one takes more calls, and another report in between does not mix with it. */
static void long_setups(void **state)
{
	nacc_u8 digest[64];
	struct nacc_sbi_setup *s;
	int calls;

	(void)state;
	a_key();
	machine_off();
	machine_boot(SV39, 1 << 20);
	page = page_alloc();
	m.heap += 4 * PAGE;
	m.setup_pa = m.heap;
	m.heap += 4 * PAGE;
	s = setup_content();
	s->nr_writers = 600;
	s->nr_user_visible = 0;
	s->nr_freed = 0;
	for (nacc_u32 i = 0; i < 600; i++)
		s->ranges[i] = (struct nacc_sbi_range){ 0x1000 + 8 * i, 0x1004 + 8 * i };
	m.setup_len = sizeof(*s) + 600 * sizeof(s->ranges[0]);
	must(call(NACC_SBI_SETUP, m.setup_pa, m.setup_len, 0));
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	ask(8, 0);
	whole(0, &calls);
	assert_int_equal(calls, 4);
	memcpy(digest, evidence.digest[NACC_MEASURED_SETUP], 64);
	evidence.measured = 0;
	ask(8, 0);
	must(begin(0));
	assert_int_equal(must(step()), 0);
	ask(8, 0);
	whole(0, &calls);
	assert_int_equal(calls, 4);
	assert_memory_equal(digest, evidence.digest[NACC_MEASURED_SETUP], 64);
}

static void domains(void **state)
{
	int calls;
	nacc_u64 len;

	(void)state;
	a_key();
	ask(16, 0);
	len = whole(TAG, &calls);
	assert_int_equal(calls, 3);
	assert_signed(len);
	/* {1: tag, 2: 1 live, 3: 0, 4: 0, 5: 1 bound, 6: .. and 7: enforce */
	assert_true(has("\x3a\x00\x01\x11\x72\xac\x01\x07\x02\x01\x03\x00\x04\x00\x05\x01\x06",
			17, len));
	assert_true(has("\x07\x02\x08\x01\x09\x00\x0a\x00\x0b\x00\x0c\x00", 12, len));
	gate()->refused = 3;
	ask(16, 0);
	assert_true(has("\x07\x02\x08\x01\x09\x03\x0a\x00", 8, whole(TAG, &calls)));
	/* Of none there is nothing, which is a report as well. */
	ask(16, 0);
	assert_true(has("\x3a\x00\x01\x11\x72\xa8\x01\x18\x4d\x02\x00", 11, whole(77, &calls)));
}

/* The pool is looked through some frames at a time. */
static void long_surveys(void **state)
{
	const nacc_u32 nr = 2 * NACC_SURVEY_SLICE + 1, old_nr = m.core.nr_frames;
	struct nacc_frame *frames = aligned_alloc(NACC_LINE, nr * sizeof(*frames));
	struct nacc_frame *old = m.core.frames;
	int calls;

	(void)state;
	a_key();
	memset(frames, 0, nr * sizeof(*frames));
	frames[nr - 1].type = NACC_FRAME_ROOT;
	frames[nr - 1].tag = 3;
	m.core.frames = frames;
	m.core.nr_frames = nr;
	ask(16, 0);
	assert_true(has("\x72\xa8\x01\x03\x02\x01", 6, whole(3, &calls)));
	assert_int_equal(calls, 5);
	m.core.frames = old;
	m.core.nr_frames = old_nr;
	free(frames);
}

/* As long as it can be: it has room. */
static void longest(void **state)
{
	const char *path = getenv("NACC_REPORT_OUT");
	const nacc_u32 mode = gate()->mode;
	nacc_u64 table = new_table(gated, 0), len;
	int calls;
	FILE *out;

	(void)state;
	a_key();
	for (int i = 0; i < NACC_REASON_MAX; i++)
		m.core.reasons[i] = ~0UL - i;
	gate()->refused = ~0UL;
	gate()->refused_calls = ~0UL;
	gate()->mode = ~0U;
	/* As test_evidence.py has it as well */
	assert_int_equal(sd(table + 8 * 16, PTE(DATA_PAGE, USER_RX)), 0);
	assert_int_equal(sd(table + 8 * 18, PTE(DATA_PAGE, USER_RX)), 0);
	must(call(NACC_SBI_SEAL, gated, 16 * PAGE, 17 * PAGE));
	must(call(NACC_SBI_SEAL, gated, 18 * PAGE, 19 * PAGE));
	must(call(NACC_SBI_LOCK, 0, 0, 0));
	ask(NACC_REPORT_NONCE_MAX, NACC_REPORT_TOLD_MAX);
	len = whole(TAG, &calls);
	gate()->mode = mode;
	assert_true(len < PAGE - 256);
	assert_signed(len);
	if (!path)
		return;
	out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(page_at(page), 1, len, out), len);
	fclose(out);
}

static void refused(void **state)
{
	const nacc_u64 bad[] = {
		0, 8, page + 8, FW_BASE, IMAGE_BASE, POOL_BASE, RAM_BASE + RAM_SIZE, ~0UL,
		~0UL - PAGE + 1,
	};
	nacc_u64 counted;

	(void)state;
	a_key();
	assert_call(step(), NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	ask(8, 0);
	must(begin(0));
	counted = m.core.reasons[NACC_REASON_BAD_ADDRESS];
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_call(report_call(NACC_SBI_REPORT_BEGIN, 0, bad[i]),
			    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
		assert_call(report_call(NACC_SBI_REPORT, bad[i], 0),
			    NACC_SBI_ERR_INVALID_ADDRESS, NACC_REASON_BAD_ADDRESS);
	}
	assert_int_equal(m.core.reasons[NACC_REASON_BAD_ADDRESS], counted + 2 * ARRAY_SIZE(bad));
	/* They have not disturbed the one that was begun. */
	assert_int_equal(must(step()), 0);
	assert_true(must(step()) > 100);
	assert_call(step(), NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
	ask(7, 0);
	assert_call(begin(0), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	ask(65, 0);
	assert_call(begin(0), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	ask(~0U, 0);
	assert_call(begin(0), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	ask(8, NACC_REPORT_TOLD_MAX + 1);
	assert_call(begin(0), NACC_SBI_ERR_INVALID_PARAM, NACC_REASON_BAD_COUNT);
	/* What was begun before is over with that. */
	assert_call(step(), NACC_SBI_ERR_INVALID_STATE, NACC_REASON_AS_STATE);
}

static void one_at_a_time(void **state)
{
	nacc_u64 counted[NACC_REASON_MAX];

	(void)state;
	a_key();
	ask(8, 0);
	must(begin(0));
	memcpy(counted, m.core.reasons, sizeof(counted));
	reporter.busy = 1;
	assert_call(begin(0), NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	assert_call(step(), NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	assert_memory_equal(counted, m.core.reasons, sizeof(counted));
	reporter.busy = 0;
	must(step());
	assert_int_equal(reporter.busy, 0);
	evidence.vouched = NACC_EVIDENCE_NONE;
	assert_call(begin(0), NACC_SBI_ERR_NOT_SUPPORTED, 0);
	assert_call(step(), NACC_SBI_ERR_NOT_SUPPORTED, 0);
}

/* RFC 8032, 7.1, test 2: that the crypto is what it says */
static void signatures(void **state)
{
	static const char seed[] =
		"\x4c\xcd\x08\x9b\x28\xff\x96\xda\x9d\xb6\xc3\x46\xec\x11\x4e\x0f"
		"\x5b\x8a\x31\x9f\x35\xab\xa6\x24\xda\x8c\xf6\xed\x4f\xb8\xa6\xfb";
	static const char public[] =
		"\x3d\x40\x17\xc3\xe8\x43\x89\x5a\x92\xb7\x0a\xa7\x4d\x1b\x7e\xbc"
		"\x9c\x98\x2c\xcf\x2e\xc4\x96\x8c\xc0\xcd\x55\xf1\x2a\xf4\x66\x0c";
	static const char signature[] =
		"\x92\xa0\x09\xa9\xf0\xd4\xca\xb8\x72\x0e\x82\x0b\x5f\x64\x25\x40"
		"\xa2\xb2\x7b\x54\x16\x50\x3f\x8f\xb3\x76\x22\x23\xeb\xdb\x69\xda"
		"\x08\x5a\xc1\xe4\x3e\x15\x99\x6e\x45\x8f\x36\x13\xd0\xf1\x1d\x8c"
		"\x38\x7b\x2e\xae\xb4\x30\x2a\xee\xb0\x0d\x29\x16\x12\xbb\x0c\x00";
	struct nacc_key key;
	nacc_u8 out[64];

	(void)state;
	nacc_key_make(&key, (const nacc_u8 *)seed);
	assert_memory_equal(key.public, public, 32);
	nacc_key_sign(&key, (const nacc_u8 *)"\x72", 1, out);
	assert_memory_equal(out, signature, 64);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(machines),
	TEST(setups),
	TEST(long_setups),
	TEST(domains),
	TEST(long_surveys),
	TEST(longest),
	TEST(refused),
	TEST(one_at_a_time),
	cmocka_unit_test(signatures),
};

const struct suite report_suite = {
	"report", tests, ARRAY_SIZE(tests)
};
