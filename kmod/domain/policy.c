// SPDX-License-Identifier: GPL-2.0
/*
 * Policy: which stores the shim shall perform (I6), and what follows a refusal
 * (I10). Both are chosen at load and cannot be changed while it lasts.
 */
#include <linux/module.h>
#include <linux/panic.h>

#include "domain/internal.h"

static char *provenance = "enforce";
module_param(provenance, charp, 0444);
MODULE_PARM_DESC(provenance,
		 "stores from code that is no known page-table writer: off (perform), audit (perform and record), enforce (refuse; default)");

static char *refusal = "fault";
module_param(refusal, charp, 0444);
MODULE_PARM_DESC(refusal,
		 "after a refused store: fault (the offender only; default), kill (the container, too), panic");

static const char * const provenance_names[] = {
	[NACC_PROVENANCE_OFF] = "off",
	[NACC_PROVENANCE_AUDIT] = "audit",
	[NACC_PROVENANCE_ENFORCE] = "enforce",
};

enum refusal_policy {
	REFUSAL_FAULT,
	REFUSAL_KILL,
	REFUSAL_PANIC,
};

static const char * const refusal_names[] = {
	[REFUSAL_FAULT] = "fault",
	[REFUSAL_KILL] = "kill",
	[REFUSAL_PANIC] = "panic",
};

static enum nacc_provenance provenance_mode __ro_after_init;
static enum refusal_policy refusal_policy __ro_after_init;

/**
 * nacc_policy_init() - read the module parameters
 *
 * Return: 0, or -EINVAL after one sentence that names the legal values.
 */
int __init nacc_policy_init(void)
{
	int ret;

	ret = match_string(provenance_names, ARRAY_SIZE(provenance_names),
			   provenance);
	if (ret < 0) {
		pr_err("provenance=%s is none of off, audit, enforce\n",
		       provenance);
		return -EINVAL;
	}
	provenance_mode = ret;
	ret = match_string(refusal_names, ARRAY_SIZE(refusal_names), refusal);
	if (ret < 0) {
		pr_err("refusal=%s is none of fault, kill, panic\n", refusal);
		return -EINVAL;
	}
	refusal_policy = ret;
	return 0;
}

/**
 * nacc_policy_provenance() - mode chosen at load, for the set-up
 */
enum nacc_provenance nacc_policy_provenance(void)
{
	return provenance_mode;
}

/**
 * nacc_policy_seq() - print the policy's lines of /proc/nacc/status
 * @m: where to
 *
 * The mode is the one in force in the shim: a set-up that was locked by an
 * earlier load of the module stays.
 */
void nacc_policy_seq(struct seq_file *m)
{
	unsigned long state = nacc_sbi_info(NACC_INFO_STATE);
	unsigned int mode = state >> NACC_STATE_PROVENANCE_SHIFT &
			    NACC_SETUP_PROVENANCE_MASK;

	seq_printf(m, "provenance: %s\n",
		   mode < ARRAY_SIZE(provenance_names) ?
		   provenance_names[mode] : "unknown");
	seq_printf(m, "refusal: %s\n", refusal_names[refusal_policy]);
	seq_printf(m, "locked: %s\n",
		   state & NACC_STATE_LOCKED ? "yes" : "no");
}

/**
 * nacc_policy_refused() - a store was refused: do what the policy says
 * @audit: the record, of this load of the module
 *
 * A store that was skipped came from the kernel's own code, which was given no
 * fault because it may hold page-table locks. The tables it works on are not
 * what it believes them to be, so their container ends whatever the policy.
 *
 * Context: may sleep.
 */
void nacc_policy_refused(const struct nacc_sbi_audit *audit)
{
	if (audit->flags & NACC_AUDIT_PERFORMED)
		return;
	/* It was no store: the firmware has mended it, or stopped who it was about. */
	if (audit->flags & NACC_AUDIT_TURN)
		return;
	/* Whose root was named has done nothing: who named it is killed already. */
	if (audit->reason == NACC_REASON_ROOT_FOREIGN)
		return;
	if (refusal_policy == REFUSAL_PANIC && audit->root)
		panic("nacc: refused store of %pS to %#llx: %s",
		      (void *)(unsigned long)audit->pc, audit->addr,
		      nacc_reason_name(audit->reason));
	if (refusal_policy == REFUSAL_KILL ||
	    audit->flags & NACC_AUDIT_SKIPPED)
		nacc_condemn(audit);
}
