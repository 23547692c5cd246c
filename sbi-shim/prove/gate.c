// SPDX-License-Identifier: BSD-2-Clause
/* I16: what an SBI call, of whatever extension, can make M-mode touch. */
#include "deputy.h"
#include "world.h"

#define wide	unsigned __int128

/* Any machine, not set up: that is what byte_ok() goes by. */
static void any_moment(void)
{
	any_machine();
	core.set_up = 0;
	core.locked = 0;
}

/* Is this byte code of a registered writer, or of a page that users see? */
static int relied_on(nacc_u64 x)
{
	const struct nacc_sbi_setup *s = core.setup;
	nacc_u64 va = x - s->image_pa + s->image_va;
	int is = 0;

	if (x < s->image_pa || x - s->image_pa >= s->image_size)
		return 0;
	for (nacc_u32 i = 0; i < RANGES; i++) {
		nacc_u64 at = i < s->nr_writers ? va : x;

		is |= i < s->nr_writers + s->nr_user_visible && at >= s->ranges[i].start &&
		      at < s->ranges[i].end;
	}
	return is;
}

/* What must be true of any byte that M-mode touches for its caller. */
static void claim_byte(nacc_u64 x)
{
	int in_ram = 0;

	for (nacc_u32 i = 0; i < 2; i++)
		in_ram |= i < core.layout.nr_ram && x >= core.layout.ram[i].start &&
			  x < core.layout.ram[i].end;
	claim(in_ram, "I16: RAM");
	claim(byte_ok(x, 1), "I16: not the region, not the firmware");
}

void proof_named(void)
{
	nacc_u64 pa = any64(), len = any64(), x = any64(), end;

	any_moment();
	if (!nacc_deputy_ok(&core, pa, len, any() & 1) || !len)
		return;
	reached("memory that may be named");
	claim(!__builtin_add_overflow(pa, len, &end), "I16: a range that does not wrap");
	assume(x >= pa && x - pa < len);
	claim_byte(x);
}

/* For any ranges, and any place at which the kernel runs. */
void proof_relied(void)
{
	nacc_u64 pa = any64(), len = any64(), x = any64(), end;
	int write = any() & 1, ok;

	any_layout();
	any_setup();
	core.locked = any() & 1;
	core.setup->image_va = any64();
	assume(!__builtin_add_overflow(core.setup->image_va, core.setup->image_size, &end));
	ok = nacc_deputy_ok(&core, pa, len, write);
	assume(x >= pa && x - pa < len);
	if (ok && write && core.locked) {
		reached("memory that may be written");
		claim(!relied_on(x), "I16: nothing that rules are made of");
	} else if (ok) {
		reached("memory that may be read, or is not known");
		claim(write || nacc_deputy_ok(&core, pa, len, 0), "reading asks for no more");
	}
}

/*
 * Extensions and the last function of each, as the specification has them; what a
 * function takes, apart from the core's own table.
 */
static int is_known(nacc_u64 eid, nacc_u64 fid)
{
	switch (eid) {
	case 0x10: case 0x52464e43:
		return fid <= 6;
	case 0x54494d45: case 0x735049: case 0x53525354: case 0x53555350:
		return !fid;
	case 0x48534d: case 0x43505043:
		return fid <= 3;
	case 0x46574654:
		return fid <= 1;
	case 0x504d55:
		return fid <= 8;
	case 0x4442434e:
		return fid <= 2;
	case 0x535345:
		return fid <= 9;
	case 0x44425452:
		return fid <= 7;
	case 0x084e4143:
		return fid <= 255;
	}
	return eid <= 8;
}

/* Return: bytes at *pa, with *high above, that the call has M-mode touch; 0: none */
static wide takes(const struct nacc_ask *ask, nacc_u64 *pa, nacc_u64 *high)
{
	const nacc_u64 *arg = ask->arg;
	nacc_u64 eid = ask->eid, fid = ask->fid;

	*pa = eid == 0x4442434e ? arg[1] : eid == 0x535345 ? arg[3] : arg[0];
	*high = eid == 0x4442434e ? arg[2] : eid == 0x535345 ? arg[4] : arg[1];
	if (eid == 0x4442434e && fid <= 1)
		return arg[0];
	if (eid == 0x504d55 && fid == 7)
		return *pa == ~0ULL && *high == ~0ULL ? 0 : 4096;
	if (eid == 0x504d55 && fid == 8)
		return (wide)arg[2] * 16;
	if (eid == 0x535345 && fid <= 1)
		return (wide)arg[2] * 8;
	return 0;
}

void proof_deputy(void)
{
	nacc_u64 refused, pa, high, x = any64();
	struct nacc_ask ask;
	struct nacc_ret ret;
	enum nacc_deputy is;
	wide len;

	any_moment();
	ask.eid = any64();
	ask.fid = any64();
	for (int i = 0; i < 6; i++)
		ask.arg[i] = any64();
	refused = core.reasons[NACC_REASON_DEPUTY];
	is = nacc_deputy(&core, &ask, &ret);
	if (is == NACC_DEPUTY_ANSWER) {
		reached("a call that is answered");
		claim(ret.error <= 0 && !ret.value, "I16: an answer that tells nothing");
		claim(!ret.error == (core.reasons[NACC_REASON_DEPUTY] == refused),
		      "I16: what is refused is counted");
		claim(ret.error || (ask.eid == 0x10 && ask.fid == 3), "I16: or is a probe");
		return;
	}
	claim(core.reasons[NACC_REASON_DEPUTY] == refused, "what is let by is not counted");
	claim(is_known(ask.eid, ask.fid), "I16: nothing that nobody has looked at");
	claim((is == NACC_DEPUTY_TRIGGERS) == (ask.eid == 0x44425452 && ask.fid - 1 < 4),
	      "I16: triggers are for others to look at");
	claim((is == NACC_DEPUTY_ATTRIBUTES) == (ask.eid == 0x535345 && ask.fid == 1),
	      "I16: what reads twice gets a copy");
	len = takes(&ask, &pa, &high);
	if (!len)
		return;
	reached("a call that takes memory");
	claim(!high && pa + len - 1 == (nacc_u64)(pa + len - 1), "I16: a range that does not wrap");
	assume(x >= pa && x - pa < len);
	claim_byte(x);
}
