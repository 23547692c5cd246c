// SPDX-License-Identifier: BSD-2-Clause
/*
 * nacc_deputy() against a model of what calls of other extensions may name: which are
 * let by, which are refused, and with what error, on machines of all kinds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deputy.h"
#include "input.h"

#define wide		unsigned __int128
#define PAGE		4096UL
#define SPANS		3
#define RANGES		4
#define IMAGE_VA	0xffffffff80000000UL

static struct nacc_core core;
static _Alignas(8) unsigned char
	setup[sizeof(struct nacc_sbi_setup) + RANGES * sizeof(struct nacc_sbi_range)];

/* Where something begins or ends: what addresses are made of */
static nacc_u64 edges[2 + 4 * SPANS + 2 * RANGES + 4];
static size_t nr_edges;

nacc_u64 nacc_this_hart(void)
{
	return 0;
}

void *nacc_phys(nacc_u64 pa)
{
	fprintf(stderr, "deputy touched %#llx\n", (unsigned long long)pa);
	abort();
}

static void edge(nacc_u64 at)
{
	edges[nr_edges++] = at;
}

static struct nacc_span a_span(struct input *in, nacc_u64 most)
{
	nacc_u64 start = take(in, 2) << 20, len = (take(in, 1) % most + 1) * PAGE;
	struct nacc_span span = { start, start + len };

	edge(span.start);
	edge(span.end);
	return span;
}

static void a_machine(struct input *in)
{
	struct nacc_layout *l = &core.layout;
	struct nacc_sbi_setup *s = (void *)setup;

	memset(&core, 0, sizeof(core));
	nr_edges = 0;
	l->region_size = PAGE << take(in, 1) % 16;
	l->region_base = (take(in, 2) << 20) & -l->region_size;
	edge(l->region_base);
	edge(l->region_base + l->region_size);
	for (l->nr_ram = 0; l->nr_ram < SPANS; l->nr_ram++)
		l->ram[l->nr_ram] = a_span(in, 1 << 16);
	/* One that the others are in, mostly */
	if (take(in, 1) % 4)
		l->ram[0] = (struct nacc_span){ 0, 1UL << 37 };
	for (l->nr_firmware = 0; l->nr_firmware < SPANS; l->nr_firmware++)
		l->firmware[l->nr_firmware] = a_span(in, 64);
	s->image_pa = take(in, 2) << 20;
	s->image_size = (take(in, 1) + 1) * PAGE;
	s->image_va = IMAGE_VA;
	s->nr_writers = take(in, 1) % (RANGES + 1);
	s->nr_user_visible = RANGES - s->nr_writers;
	edge(s->image_pa);
	edge(s->image_pa + s->image_size);
	for (nacc_u32 i = 0; i < RANGES; i++) {
		nacc_u64 start = take(in, 2) % s->image_size, len = take(in, 1) + 1;

		edge(s->image_pa + start);
		start += i < s->nr_writers ? s->image_va : s->image_pa;
		s->ranges[i] = (struct nacc_sbi_range){ start, start + len };
	}
	core.setup = s;
	core.locked = take(in, 1) & 1;
}

/* A number as the enemy has them: near an edge, near a power of two, any. */
static nacc_u64 a_number(struct input *in)
{
	nacc_u64 how = take(in, 1), near = 0;

	switch (how & 7) {
	case 0: case 1: case 2:
		near = edges[take(in, 1) % nr_edges];
		break;
	case 3:
		near = 1UL << take(in, 1) % 64;
		break;
	case 4:
		near = 0 - edges[take(in, 1) % nr_edges];
		break;
	case 5:
		return take(in, 8);
	case 6:
		return take(in, 1);
	}
	return near + (how & 8 ? take(in, 2) : 0) - (how & 16 ? take(in, 2) : 0);
}

/* --- the model ----------------------------------------------------------------------- */

struct function {
	nacc_u64 eid, first, last;
	int addr;			/* 0: takes no memory; else the argument, from 1 */
	int count;			/* 0: one */
	nacc_u64 unit, max;
	int write, error;
};

static const struct function functions[] = {
	{ 0x00, 0, ~0UL, 0, 0, 0, 0, 0, 0 }, { 0x01, 0, ~0UL, 0, 0, 0, 0, 0, 0 },
	{ 0x02, 0, ~0UL, 0, 0, 0, 0, 0, 0 }, { 0x03, 0, ~0UL, 0, 0, 0, 0, 0, 0 },
	{ 0x04, 0, ~0UL, 0, 0, 0, 0, 0, 0 }, { 0x05, 0, ~0UL, 0, 0, 0, 0, 0, 0 },
	{ 0x06, 0, ~0UL, 0, 0, 0, 0, 0, 0 }, { 0x07, 0, ~0UL, 0, 0, 0, 0, 0, 0 },
	{ 0x08, 0, ~0UL, 0, 0, 0, 0, 0, 0 },
	{ 0x10, 0, 6, 0, 0, 0, 0, 0, 0 },
	{ 0x54494d45, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ 0x735049, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ 0x52464e43, 0, 6, 0, 0, 0, 0, 0, 0 },
	{ 0x48534d, 0, 3, 0, 0, 0, 0, 0, 0 },
	{ 0x53525354, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ 0x53555350, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ 0x43505043, 0, 3, 0, 0, 0, 0, 0, 0 },
	{ 0x46574654, 0, 1, 0, 0, 0, 0, 0, 0 },
	{ 0x504d55, 0, 6, 0, 0, 0, 0, 0, 0 },
	{ 0x504d55, 7, 7, 1, 0, 4096, ~0UL, 1, -5 },
	{ 0x504d55, 8, 8, 1, 3, 16, 4096, 1, -5 },
	{ 0x4442434e, 0, 0, 2, 1, 1, ~0UL, 0, -3 },
	{ 0x4442434e, 1, 1, 2, 1, 1, ~0UL, 1, -3 },
	{ 0x4442434e, 2, 2, 0, 0, 0, 0, 0, 0 },
	{ 0x535345, 0, 0, 4, 3, 8, 10, 1, -5 },
	{ 0x535345, 1, 1, 4, 3, 8, 10, 0, -5 },
	{ 0x535345, 2, 9, 0, 0, 0, 0, 0, 0 },
	{ 0x44425452, 0, 7, 0, 0, 0, 0, 0, 0 },
	{ 0x084e4143, 0, 255, 0, 0, 0, 0, 0, 0 },
};

#define NR_FUNCTIONS	(sizeof(functions) / sizeof(functions[0]))

static const struct function *find(nacc_u64 eid, nacc_u64 fid)
{
	for (size_t i = 0; i < NR_FUNCTIONS; i++)
		if (functions[i].eid == eid && fid >= functions[i].first &&
		    fid <= functions[i].last)
			return &functions[i];
	return NULL;
}

static int offered(nacc_u64 eid)
{
	for (size_t i = 0; i < NR_FUNCTIONS; i++)
		if (functions[i].eid == eid)
			return 1;
	return 0;
}

static int meet(wide a, wide a_end, wide b, wide b_end)
{
	return a < b_end && b < a_end;
}

static int may_name(wide start, wide end, int write)
{
	const struct nacc_layout *l = &core.layout;
	const struct nacc_sbi_setup *s = core.setup;
	int in_ram = 0;

	if (start == end)
		return 1;
	for (nacc_u32 i = 0; i < l->nr_ram; i++)
		in_ram |= start >= l->ram[i].start && end <= l->ram[i].end;
	if (!in_ram || meet(start, end, l->region_base, (wide)l->region_base + l->region_size))
		return 0;
	for (nacc_u32 i = 0; i < l->nr_firmware; i++)
		if (meet(start, end, l->firmware[i].start, l->firmware[i].end))
			return 0;
	for (nacc_u32 i = 0; write && core.locked && i < RANGES; i++) {
		wide from = s->ranges[i].start, to = s->ranges[i].end;
		wide image_end = (wide)s->image_pa + s->image_size;

		if (i < s->nr_writers) {
			from += (wide)s->image_pa - s->image_va;
			to += (wide)s->image_pa - s->image_va;
		}
		if (meet(start, end, from, to < image_end ? to : image_end))
			return 0;
	}
	return 1;
}

static int counters_fine(const nacc_u64 *arg)
{
	int firmware = (arg[3] >> 16 & 15) == 15;

	if (!arg[1] || arg[0] > 63)
		return 0;
	for (int bit = 0; bit < 64; bit++)
		if (arg[1] >> bit & 1 && arg[0] + bit > 63)
			return 0;
	return !firmware || (!arg[0] && !(arg[2] & 1) && (arg[3] & 0xffff) != 0xffff);
}

/* Return: the error; 0: let by; 1: answered with success and 0 */
static long model(const struct nacc_ask *ask)
{
	const struct function *f = find(ask->eid, ask->fid);
	nacc_u64 pa, high, count;

	if (!f)
		return -2;
	if (f->eid == 0x10 && ask->fid == 3)
		return !offered(ask->arg[0]);
	if (f->eid == 0x504d55 && ask->fid == 2)
		return counters_fine(ask->arg) ? 0 : -3;
	if (!f->addr)
		return 0;
	pa = ask->arg[f->addr - 1];
	high = ask->arg[f->addr];
	count = f->count ? ask->arg[f->count - 1] : 1;
	if (f->eid == 0x504d55 && ask->fid == 7 && pa == ~0UL && high == ~0UL)
		return 0;
	if (count > f->max)
		return -3;
	return high || !may_name(pa, (wide)pa + (wide)count * f->unit, f->write) ? f->error : 0;
}

static void expect(int ok, const char *what, const struct nacc_ask *ask)
{
	if (ok)
		return;
	fprintf(stderr, "model: %s: %#llx %#llx (%#llx %#llx %#llx %#llx %#llx)\n", what,
		(unsigned long long)ask->eid, (unsigned long long)ask->fid,
		(unsigned long long)ask->arg[0], (unsigned long long)ask->arg[1],
		(unsigned long long)ask->arg[2], (unsigned long long)ask->arg[3],
		(unsigned long long)ask->arg[4]);
	abort();
}

static void one_call(struct input *in)
{
	const struct function *f = &functions[take(in, 1) % NR_FUNCTIONS];
	nacc_u64 before = core.reasons[NACC_REASON_DEPUTY], next = core.audit_next;
	struct nacc_ask ask = { .eid = f->eid, .fid = f->first + take(in, 1) % 4 };
	struct nacc_ret ret = { 7, 7 };
	int is, how = take(in, 1);
	long wanted;

	if (how & 1 && !(how & 0xe))
		ask.eid = a_number(in);
	for (int i = 0; i < 6; i++)
		ask.arg[i] = a_number(in);
	/* Mostly no upper half */
	if (f->addr && how & 0xf0)
		ask.arg[f->addr] = 0;
	wanted = model(&ask);
	is = nacc_deputy(&core, &ask, &ret);
	expect((is == NACC_DEPUTY_ANSWER) == !!wanted, "let by or not", &ask);
	expect(core.reasons[NACC_REASON_DEPUTY] == before + (wanted < 0), "count", &ask);
	expect(core.audit_next == next + (wanted < 0), "audit", &ask);
	if (wanted)
		expect(ret.error == (wanted < 0 ? wanted : 0) && !ret.value, "answer", &ask);
	else
		expect(ret.error == 7 && ret.value == 7, "no answer", &ask);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct input in = { data, size };

	a_machine(&in);
	for (int i = 0; i < 64 && in.size; i++)
		one_call(&in);
	return 0;
}
