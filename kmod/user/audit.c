// SPDX-License-Identifier: GPL-2.0
/* The shim's logs, told in the kernel's terms. */
#include <linux/gfp.h>
#include <linux/kallsyms.h>

#include "user/user.h"

static void print_symbol(struct seq_file *m, u64 pc)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol(symbol, pc);
	/* An address that no text contains comes back as a number. */
	if (symbol[0] == '0')
		strscpy(symbol, "-");
	strreplace(symbol, ' ', ',');
	seq_printf(m, " %s", symbol);
}

static void print_record(const struct nacc_sbi_audit *a, void *arg)
{
	struct seq_file *m = arg;

	seq_printf(m, "%llu %llu %u %s %#llx", a->seq, a->time, a->hart,
		   nacc_reason_name(a->reason), a->pc);
	print_symbol(m, a->pc);
	seq_printf(m, " %#llx %#llx %#llx %#llx %u %#x %s\n", a->addr, a->old,
		   a->val, a->root, nacc_domain_of_root(a->root), a->insn,
		   a->flags & NACC_AUDIT_PERFORMED ? "performed" :
		   a->flags & NACC_AUDIT_SKIPPED ? "skipped" : "faulted");
}

/**
 * nacc_audit_seq() - print /proc/nacc/audit
 * @m: where to
 */
int nacc_audit_seq(struct seq_file *m)
{
	u64 seq = 0;

	seq_puts(m, "seq time hart reason pc symbol addr old new root domain insn outcome\n");
	return nacc_audit_each(&seq, print_record, m);
}

/**
 * nacc_learn_seq() - print /proc/nacc/learn: writers outside the ranges
 * @m: where to
 */
int nacc_learn_seq(struct seq_file *m)
{
	struct nacc_sbi_unknown *page = (void *)get_zeroed_page(GFP_KERNEL);
	unsigned long i, n;
	int ret;

	if (!page)
		return -ENOMEM;
	seq_puts(m, "pc count symbol\n");
	ret = nacc_sbi_call(NACC_SBI_LEARN, __pa(page), 0, 0, &n);
	for (i = 0; !ret && i < n; i++) {
		seq_printf(m, "%#llx %llu", page[i].pc, page[i].count);
		print_symbol(m, page[i].pc);
		seq_putc(m, '\n');
	}
	free_page((unsigned long)page);
	return ret;
}
