// SPDX-License-Identifier: GPL-2.0
/*
 * nacc doctor: the known ways around protected page tables.
 */
#include <string.h>

#include <nacc_sbi.h>

#include "doctor.h"
#include "nacc.h"
#include "out.h"

#define CLOSED		"closed"
#define OPEN		"open"
#define NOT_HERE	"n/a"

#define NO_SELFTEST \
	"the self-test has not seen every hart refuse a store to the pool"

/*
 * Closed by the shim's rules, or open whatever the machine; the rules hold only
 * where every hart traps.
 */
struct fixed {
	const char *name;
	bool closed;
	const char *why;
};

static const struct fixed rules[] = {
	{ "a table linked twice, elsewhere or at a wrong level", true,
	  "a page has one type, level, owner and parent; one from outside is copied and checked" },
	{ "early reuse of a freed table", true,
	  "a page is zeroed and reused only after a fence on every hart" },
	{ "mapping page tables, firmware or kernel image into a process", true,
	  "entries that name them are refused, huge pages over their whole range" },
	{ "bad arguments to the firmware", true,
	  "addresses and counts are range-checked, buffers are read once" },
	{ "the firmware's other SBI calls as a way into its memory", true,
	  "what a call names is checked over its whole range, unknown calls are refused" },
};

static const struct fixed limits[] = {
	{ "a thread that the scheduler takes to be switched to already, or of another mm", false,
	  "it goes on where the hart is, unless its domain has a gate ('nacc gate ID enforce')" },
	{ "registers of a marked thread, saved in the kernel", false,
	  "it goes on where they say, unless its domain has a gate ('nacc gate ID enforce')" },
	{ "kernel code execution", false,
	  "code of the attacker's can make the firmware's calls, and use the sites of roots" },
	{ "hooks and tracepoints taken away by a write to kernel data", false,
	  "new children and programs would run unprotected; tables in the pool stay protected" },
	{ "DMA into the pool", false,
	  "PMP does not bind devices and NACC uses no IOPMP: trust the devices, or use an IOMMU" },
	{ "the kernel's own half and its page tables", false,
	  "only user translations of marked processes are protected" },
	{ "reading or changing data in kernel memory", false,
	  "secrecy of data from the kernel is never claimed" },
};

static void add(struct doctor *d, const char *name, const char *state,
		const char *why)
{
	struct json_object *obj = out_object();

	out_add_str(obj, "state", state);
	out_add_str(obj, "name", name);
	out_add_str(obj, "why", why);
	out_append(d->bypasses, obj);
}

static void add_fixed(struct doctor *d, const struct fixed *f, size_t count)
{
	for (; count--; f++)
		if (f->closed && !d->selftest)
			add(d, f->name, OPEN, NO_SELFTEST);
		else
			add(d, f->name, f->closed ? CLOSED : OPEN, f->why);
}

static void add_open_writers(struct doctor *d, const char *name)
{
	static const char any[] =
		"stores trap and their values are checked, but any kernel code may make them";
	char why[128];

	if (d->writers) {
		snprintf(why, sizeof(why), "%s: provenance is '%.16s'", any,
			 d->provenance);
		add(d, name, OPEN, why);
	} else {
		add(d, name, OPEN, any);
	}
}

static void add_writes(struct doctor *d)
{
	static const char stray[] = "stray kernel writes to page tables";

	add(d, "stores past PMP on some hart", d->selftest ? CLOSED : OPEN,
	    d->selftest ? "every hart refused a store to the pool (self-test)" :
			  NO_SELFTEST);
	if (!d->selftest)
		add(d, stray, OPEN, NO_SELFTEST);
	else if (!d->writers || !d->enforced)
		add_open_writers(d, stray);
	else
		add(d, stray, CLOSED,
		    "stores trap, only known writers may make them, and each value is checked");
}

static void add_walker(struct doctor *d)
{
	add(d, "A and D bits written by the walker",
	    d->selftest ? CLOSED : OPEN,
	    !d->selftest ? NO_SELFTEST :
	    d->info.ad == NACC_AD_FAULT ?
	    "menvcfg.ADUE is held at zero: Linux sets them by checked stores" :
	    "the walker can set these bits only, and the shim's updates lose none");
}

static void add_inval(struct doctor *d)
{
	static const char name[] = "entries thrown out of the cache (cbo.inval)";
	const char *inval = table_lookup(&d->status, "inval");

	if (inval && !strcmp(inval, "flushes"))
		add(d, name, CLOSED,
		    "menvcfg.CBIE makes it write back what the cache holds");
	else if (inval && !strcmp(inval, "none"))
		add(d, name, NOT_HERE, "the harts do not have it for the kernel");
	else if (inval && !strcmp(inval, "discards"))
		add(d, name, OPEN,
		    "menvcfg.CBIE cannot make it write back what the cache holds");
	else
		add(d, name, OPEN, "the module does not say what it does here");
}

static void add_setup(struct doctor *d)
{
	add(d, "setting the shim up again",
	    d->selftest && d->locked ? CLOSED : OPEN,
	    !d->selftest ? NO_SELFTEST :
	    d->locked ? "the set-up is locked until reset" :
	    "the set-up is not locked yet: the first mark or 'nacc lock' locks it");
}

static void add_birth(struct doctor *d)
{
	static const char name[] = "tables of a child or a new program before it runs";
	const char *birth = table_lookup(&d->status, "birth");

	if (birth && !strcmp(birth, "pool"))
		add(d, name, CLOSED,
		    "they are in the pool from the beginning (a hook where fork and exec make them)");
	else if (birth && !strcmp(birth, "parent"))
		add(d, name, OPEN,
		    "they are built in ordinary memory and moved before it is woken or takes over: where they are made cannot be hooked");
	else
		add(d, name, OPEN,
		    "they are built in ordinary memory and moved on its way to user mode, which user space can hold up: neither where they are made nor what follows can be hooked");
}

/* Whoever chooses roots says so, and why if it is not the firmware. */
static bool roots_guarded(const struct doctor *d)
{
	const char *roots = table_lookup(&d->status, "roots");

	return d->selftest && roots && !strncmp(roots, "firmware", strlen("firmware"));
}

static void add_roots(struct doctor *d)
{
	static const char name[] = "a forged root in mm->pgd or satp";
	const char *roots = table_lookup(&d->status, "roots");
	char why[160];

	if (roots_guarded(d)) {
		add(d, name, CLOSED,
		    "mstatus.TVM: a marked process runs on the root bound to it, others on none of the pool when a hart switches to them; who names one is killed");
		return;
	}
	snprintf(why, sizeof(why), "which root a hart uses is chosen by the %.100s",
		 roots ? roots : "kernel");
	add(d, name, OPEN, d->selftest ? why : NO_SELFTEST);
}

static void add_alias(struct doctor *d)
{
	static const char name[] = "an ordinary table that names a protected one";

	if (d->system && roots_guarded(d))
		add(d, name, CLOSED,
		    "no process has ordinary tables, and no hart uses any (system profile)");
	else
		add(d, name, OPEN,
		    "nothing traps: its owner reaches the victim's pages; closed by 'nacc protect --system'");
}

static void add_hypervisor(struct doctor *d)
{
	static const char name[] = "hypervisor extension (hgatp)";

	if (d->hyp == HYP_NO)
		add(d, name, NOT_HERE, "the harts do not have it");
	else if (roots_guarded(d))
		add(d, name, CLOSED,
		    "hgatp cannot be set while something is marked: no virtual machine runs then");
	else if (d->hyp == HYP_YES)
		add(d, name, OPEN,
		    "the harts have it and the shim does not check hgatp");
	else
		add(d, name, OPEN,
		    "/proc/cpuinfo does not say whether the harts have it");
}

/**
 * doctor_bypasses - say of each known bypass whether it is closed here
 * @d: doctor_check() has filled it in; result in @d->bypasses
 */
void doctor_bypasses(struct doctor *d)
{
	add_writes(d);
	add_walker(d);
	add_inval(d);
	add_fixed(d, rules, ARRAY_SIZE(rules));
	add_setup(d);
	add_birth(d);
	add_roots(d);
	add_alias(d);
	add_fixed(d, limits, ARRAY_SIZE(limits));
	add_hypervisor(d);
}
