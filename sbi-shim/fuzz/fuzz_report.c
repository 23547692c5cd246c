// SPDX-License-Identifier: BSD-2-Clause
/*
 * REPORT_BEGIN and REPORT against a model of when they are answered and how, with frames,
 * counters, set-up and S-mode's pages as they come; and each report against the verifier of
 * the command: what the firmware signs is always a report, of that nonce.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "report.h"
#include "turn.h"
/* That of the command, by another name than ours */
#include "../../tools/nacc/report.h"

#define PAGE		4096UL
#define RAM		0x80000000UL
#define PAGES		8UL		/* S-mode's, then as many frames, then the firmware */
#define POOL		(RAM + PAGES * PAGE)
#define FW		(POOL + PAGES * PAGE)
#define RAM_END		(FW + PAGES * PAGE)
#define RANGES		300

static _Alignas(4096) unsigned char ram[3 * PAGES * PAGE];
static _Alignas(8) unsigned char
	setup[sizeof(struct nacc_sbi_setup) + RANGES * sizeof(struct nacc_sbi_range)];
static struct nacc_core core;
static struct nacc_frame frames[PAGES];
static struct nacc_evidence evidence;
static struct nacc_reporter reporter;

/* What the model remembers: of the report that was begun, if one was */
static int begun;
static unsigned int steps;
static struct nacc_sbi_report asked;

nacc_u64 nacc_this_hart(void)
{
	return 0;
}

void *nacc_phys(nacc_u64 pa)
{
	if (pa < RAM || pa >= FW) {
		fprintf(stderr, "report touched %#llx\n", (unsigned long long)pa);
		abort();
	}
	return ram + (pa - RAM);
}

/* Of what the files that are linked with this want, and no report does */
int nacc_root_is_loaded(nacc_u64 root)
{
	(void)root;
	abort();
}

int nacc_user_read(const struct nacc_core *from, nacc_u64 satp, nacc_u64 va, nacc_u64 *to,
		   nacc_u32 words)
{
	(void)from;
	(void)satp;
	(void)va;
	(void)to;
	(void)words;
	abort();
}

static void bad(const char *what)
{
	fprintf(stderr, "model: %s\n", what);
	abort();
}

static void a_machine(struct input *in)
{
	static const nacc_u8 seed[NACC_SEED_SIZE] = "fuzz";
	struct nacc_sbi_setup *s = (void *)setup;

	memset(&core, 0, sizeof(core));
	memset(&reporter, 0, sizeof(reporter));
	memset(ram, 0, sizeof(ram));
	begun = 0;
	core.layout.ram[0] = (struct nacc_span){ RAM, RAM_END };
	core.layout.nr_ram = 1;
	core.layout.firmware[0] = (struct nacc_span){ FW, RAM_END };
	core.layout.nr_firmware = 1;
	core.layout.region_base = POOL;
	core.layout.region_size = PAGES * PAGE;
	core.frame_base = POOL;
	core.frames = frames;
	core.nr_frames = PAGES;
	core.setup = s;
	memset(setup, (int)take(in, 1), sizeof(setup));
	s->image_pa = RAM;
	s->image_size = PAGE;
	s->nr_writers = take(in, 2) % (RANGES - 2);
	s->nr_user_visible = 1;
	s->nr_freed = 1;
	s->nr_sites = 0;
	if (!evidence.vouched) {
		nacc_key_make(&evidence.key, seed);
		evidence.vouched = NACC_EVIDENCE_DEVELOPMENT;
	}
	evidence.measured = take(in, 1) & ((1U << NACC_MEASURED_SETUP) - 1);
}

/* What others do: S-mode to its pages, harts to frames and counters */
static void something_else(struct input *in)
{
	nacc_u64 which = take(in, 1), at = take(in, 2), value = take(in, 8);
	struct nacc_frame *frame = &frames[at % PAGES];

	switch (which % 6) {
	case 0:
		memcpy(ram + at % (PAGES * PAGE / 8) * 8, &value, 8);
		break;
	case 1:
		frame->type = value & 7;
		frame->tag = value >> 8 & 3;
		frame->flags = value >> 16;
		frame->slot = value >> 24 & 3;
		frame->tables = value >> 32;
		frame->owner = value >> 40 & 7;
		frame->parent = value >> 44 & 15;
		frame->list.prev = value >> 48 & 15 ? value >> 48 & 7 : NACC_FRAME_NONE;
		break;
	case 2:
		core.reasons[at % NACC_REASON_MAX] = value;
		break;
	case 3:
		core.set_up = value & 1;
		core.locked = core.set_up && value & 2;
		break;
	case 4:
		/* A record, or what begins with the address of one */
		memcpy(ram + (POOL - RAM) + at % PAGES * PAGE, &value, 8);
		if (value & 4)
			*(nacc_u64 *)(ram + (POOL - RAM) + at % PAGES * PAGE) =
				POOL + value % PAGES * PAGE;
		break;
	case 5:
		core.guard = value;
		break;
	}
}

static nacc_u64 an_address(struct input *in)
{
	nacc_u64 how = take(in, 1);

	if (how < 200)
		return RAM + how % (3 * PAGES + 2) * PAGE;
	return how < 220 ? take(in, 8) : RAM + take(in, 2);
}

static int address_ok(nacc_u64 pa)
{
	return !(pa % PAGE) && pa >= RAM && pa < POOL && !(core.set_up && pa == RAM);
}

static struct nacc_ret call(nacc_u64 fid, nacc_u64 a0, nacc_u64 a1)
{
	const struct nacc_call c = { .fid = fid, .arg = { a0, a1 } };
	const struct nacc_moment now = { .ticks = a0, .seconds = a1 };

	return nacc_report_call(&core, &evidence, &reporter, &c, &now);
}

static void begin(struct input *in)
{
	nacc_u64 tag = take(in, 1) & 3, pa = an_address(in);
	int ok = address_ok(pa), lengths = 0;
	struct nacc_sbi_report want = { 0 };
	struct nacc_ret ret;

	if (ok) {
		memcpy(&want, nacc_phys(pa), sizeof(want));
		lengths = want.nonce_len >= 8 && want.nonce_len <= 64 && want.told_len <= 1024;
	}
	ret = call(NACC_SBI_REPORT_BEGIN, tag, pa);
	if (ret.error != (!ok ? NACC_SBI_ERR_INVALID_ADDRESS :
			  !lengths ? NACC_SBI_ERR_INVALID_PARAM : 0))
		bad("begun, or not, though it should be otherwise");
	if (!ok)
		return;
	begun = lengths;
	steps = 0;
	asked = want;
}

static void verify(nacc_u64 pa, nacc_u64 len)
{
	nacc_u8 *exact = malloc(len);
	struct bytes file = { exact, len }, nonce = { asked.nonce, asked.nonce_len };
	struct report report;

	if (len > PAGE || !exact)
		bad("longer than a page");
	memcpy(exact, nacc_phys(pa), len);
	if (report_verify(file, evidence.key.public, &nonce, 0, &report) != REPORT_OK)
		bad("it is no report");
	if (report.unknown || report.told.len != asked.told_len ||
	    (report.told.len && memcmp(report.told.at, asked.told, report.told.len)))
		bad("it was told something else");
	free(exact);
}

static void step(struct input *in)
{
	nacc_u64 pa = an_address(in);
	int ok = address_ok(pa);
	struct nacc_ret ret = call(NACC_SBI_REPORT, pa, 0);

	if (ret.error != (!ok ? NACC_SBI_ERR_INVALID_ADDRESS :
			  !begun ? NACC_SBI_ERR_INVALID_STATE : 0))
		bad("REPORT was answered otherwise than it should be");
	if (ret.error)
		return;
	if (++steps > 5)
		bad("there is no end of it");
	if (!ret.value)
		return;
	verify(pa, ret.value);
	begun = 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct input in = { data, size };

	a_machine(&in);
	while (in.size) {
		nacc_u64 what = take(&in, 1);

		if (what < 60)
			begin(&in);
		else if (what < 150)
			step(&in);
		else
			something_else(&in);
	}
	memset(frames, 0, sizeof(frames));
	return 0;
}
