// SPDX-License-Identifier: BSD-2-Clause
/*
 * No SBI call is a deputy (I16): what the firmware's extensions do with memory that
 * their caller names. M-mode reaches the pool, the shim and the firmware, and the
 * handlers' own checks are none to rely on: some wrap, some look at the first byte
 * only. So each call is judged here before a handler sees it.
 *
 * What is not in the table is not offered: nobody has looked at what it does. Not in
 * it on purpose are STA and NACL, of which there is no implementation to look at, and
 * MPXY, whose handlers and drivers come back to the shared memory as they please.
 * docs/sbi-abi.md has a line for each function.
 */
#include "audit.h"
#include "deputy.h"
#include "mem.h"
#include "policy.h"
#include "pte.h"

/* SBI specification, "Legacy Extensions": the extension is the function */
#define LEGACY_LAST	0x08

/* PMU COUNTER_CONFIG_MATCHING: bits of a mask; flags; events of the firmware */
#define PMU_COUNTERS	64
#define PMU_SKIP_MATCH	(1ULL << 0)
#define PMU_TYPE(event)	((event) >> 16 & 15)
#define PMU_CODE(event)	((event) & 0xffff)
#define PMU_FIRMWARE	15
#define PMU_PLATFORM	0xffff

/**
 * enum check - what to look at before a handler may
 *
 * @NOTHING: it takes no memory, or with the rights of its caller
 * @PROBE: an extension that is not offered is not there
 * @RANGE: memory
 * @COUNTERS: numbers of counters, which handlers take for indices
 */
enum check { NOTHING, PROBE, RANGE, COUNTERS };

/**
 * struct rule - functions of one extension
 * @eid: the extension
 * @first: from this function ...
 * @last: ... to that one
 * @check: enum check
 * @then: enum nacc_deputy, if all is well
 * @error: RANGE: what the specification has for a range that is not the caller's
 * @addr: RANGE: argument that is the address; its upper half is the next one
 * @count: RANGE: argument that says how many; or ONE, of which all ones is none
 * @unit: RANGE: bytes of each
 * @max: RANGE: most of them; 0: any number
 * @write: RANGE: M-mode writes there
 */
struct rule {
	nacc_u32 eid;
	nacc_u8 first;
	nacc_u8 last;
	nacc_u8 check;
	nacc_u8 then;
	signed char error;
	nacc_u8 addr;
	nacc_u8 count;
	nacc_u16 unit;
	nacc_u16 max;
	nacc_u8 write;
};

#define ONE				0xff
#define FREE(eid, first, last)		{ eid, first, last, NOTHING, 0, 0, 0, 0, 0, 0, 0 }
#define LOOK(eid, first, last, ...)	{ eid, first, last, __VA_ARGS__, 0, 0, 0, 0, 0, 0 }
#define TAKES(eid, first, last, ...)	{ eid, first, last, RANGE, __VA_ARGS__ }
#define PARAM				NACC_SBI_ERR_INVALID_PARAM
#define ADDRESS				NACC_SBI_ERR_INVALID_ADDRESS

/* What is called often comes first; TIME, IPI and RFENCE hardly ever come by here. */
static const struct rule rules[] = {
	FREE(0x48534d, 0, 3),		/* HSM */
	/* PMU: snapshot, event information */
	FREE(0x504d55, 3, 6), FREE(0x504d55, 0, 1), LOOK(0x504d55, 2, 2, COUNTERS, 0),
	TAKES(0x504d55, 7, 7, 0, ADDRESS, 0, ONE, PAGE_SIZE, 0, 1),
	TAKES(0x504d55, 8, 8, 0, ADDRESS, 0, 2, 16, 4096, 1),
	/* DBCN: write, read */
	TAKES(0x4442434e, 0, 0, 0, PARAM, 1, 0, 1, 0, 0),
	TAKES(0x4442434e, 1, 1, 0, PARAM, 1, 0, 1, 0, 1),
	FREE(0x4442434e, 2, 2),
	/* SSE: read attributes, write attributes, of which there are ten */
	FREE(0x535345, 2, 9),
	TAKES(0x535345, 0, 0, 0, ADDRESS, 3, 2, 8, 10, 1),
	TAKES(0x535345, 1, 1, NACC_DEPUTY_ATTRIBUTES, ADDRESS, 3, 2, 8, 10, 0),
	/* DBTR: set shared memory, read, install, update */
	FREE(0x44425452, 0, 0), FREE(0x44425452, 5, 7),
	LOOK(0x44425452, 1, 4, NOTHING, NACC_DEPUTY_TRIGGERS),
	FREE(0x10, 0, 2), LOOK(0x10, 3, 3, PROBE, 0), FREE(0x10, 4, 6),	/* base */
	FREE(0x46574654, 0, 1),		/* FWFT */
	FREE(0x43505043, 0, 3),		/* CPPC */
	FREE(0x53525354, 0, 0),		/* SRST */
	FREE(0x53555350, 0, 0),		/* SUSP */
	FREE(0x54494d45, 0, 0),		/* TIME */
	FREE(0x735049, 0, 0),		/* IPI */
	FREE(0x52464e43, 0, 6),		/* RFENCE */
	FREE(NACC_SBI_EID, 0, 255),
};

/* Of the legacy extensions those that want memory read it with their caller's rights. */
static const struct rule legacy;

/* The rule of a function, or of any function. */
static const struct rule *find_rule(nacc_u64 eid, nacc_u64 fid, int any)
{
	if (eid <= LEGACY_LAST)
		return &legacy;
	for (nacc_u32 i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].eid == eid &&
		    (any || (fid >= rules[i].first && fid <= rules[i].last)))
			return &rules[i];
	return 0;
}

int nacc_deputy_offers(nacc_u64 eid)
{
	return !!find_rule(eid, 0, 1);
}

struct nacc_ret nacc_deputy_refuse(struct nacc_core *core, const struct nacc_ask *ask,
				   nacc_u64 pa, nacc_u64 count, long error)
{
	struct nacc_sbi_audit record = {
		.time = ask->time,
		.pc = ask->pc,
		.addr = pa,
		.old = ask->eid,
		.val = count,
		.reason = NACC_REASON_DEPUTY,
		.insn = (nacc_u32)ask->fid,
		.hart = ask->hart,
		.flags = NACC_AUDIT_CALL,
		.task = ask->task,
	};

	nacc_count(&core->reasons[NACC_REASON_DEPUTY]);
	nacc_audit_record(core, &record);
	return (struct nacc_ret){ .error = error };
}

/*
 * Counters are bits of a mask that begins at a base: OpenSBI adds the two before it
 * compares, and takes bit 63 of an empty mask. A counter that the firmware keeps is
 * an index less the number of those that the hart keeps, and before 1.7 the index
 * returned by a search is right for base 0 only; that of no search is not looked at,
 * nor that of a search for a platform's event that found none.
 */
static int counters_ok(const nacc_u64 *arg)
{
	nacc_u64 base = arg[0], mask = arg[1], flags = arg[2], event = arg[3];

	if (!mask || base >= PMU_COUNTERS || (mask << base) >> base != mask)
		return 0;
	return PMU_TYPE(event) != PMU_FIRMWARE ||
	       (!base && !(flags & PMU_SKIP_MATCH) && PMU_CODE(event) != PMU_PLATFORM);
}

/* Return: SBI error, or 0 */
static long check_range(const struct nacc_core *core, const struct rule *rule, nacc_u64 pa,
			nacc_u64 high, nacc_u64 count)
{
	if (rule->count == ONE && !(~pa | ~high))
		return 0;
	if (rule->max && count > rule->max)
		return NACC_SBI_ERR_INVALID_PARAM;
	/* The product does not wrap: either there is a most, or the unit is a byte. */
	return high || !nacc_deputy_ok(core, pa, count * rule->unit, rule->write) ?
		rule->error : 0;
}

enum nacc_deputy nacc_deputy(struct nacc_core *core, const struct nacc_ask *ask,
			     struct nacc_ret *ret)
{
	const struct rule *rule = find_rule(ask->eid, ask->fid, 0);
	nacc_u64 pa = 0, count = 0;
	long error = 0;

	if (!rule) {
		error = NACC_SBI_ERR_NOT_SUPPORTED;
	} else if (rule->check == PROBE && !nacc_deputy_offers(ask->arg[0])) {
		*ret = (struct nacc_ret){ .error = NACC_SBI_SUCCESS };
		return NACC_DEPUTY_ANSWER;
	} else if (rule->check == COUNTERS && !counters_ok(ask->arg)) {
		error = NACC_SBI_ERR_INVALID_PARAM;
		count = ask->arg[1];
	} else if (rule->check == RANGE) {
		pa = ask->arg[rule->addr];
		count = rule->count == ONE ? 1 : ask->arg[rule->count];
		error = check_range(core, rule, pa, ask->arg[rule->addr + 1], count);
	}
	if (!error)
		return rule->then;
	*ret = nacc_deputy_refuse(core, ask, pa, count, error);
	return NACC_DEPUTY_ANSWER;
}
