// SPDX-License-Identifier: GPL-2.0
/* The audit log: refused stores, kept by the shim, told in the kernel's terms. */
#include <linux/gfp.h>
#include <linux/kallsyms.h>
#include <linux/mutex.h>

#define CREATE_TRACE_POINTS
#include "nacc.h"
#include "trace.h"

static unsigned long audit_read(u64 seq, struct nacc_sbi_audit *page)
{
	unsigned long n;

	if (nacc_sbi_call(NACC_SBI_AUDIT, seq, __pa(page), 0, &n))
		return 0;
	return n;
}

/* Refusals may go on while the log is read: this is where to stop. */
static u64 audit_end(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_pool_stats(stats);
	return stats[NACC_STAT_AUDIT_NEXT];
}

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

static void print_record(struct seq_file *m, const struct nacc_sbi_audit *a)
{
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
	struct nacc_sbi_audit *page = (void *)get_zeroed_page(GFP_KERNEL);
	unsigned long i, n;
	u64 seq = 0, end;

	if (!page)
		return -ENOMEM;
	end = audit_end();
	seq_puts(m, "seq time hart reason pc symbol addr old new root domain insn outcome\n");
	while (seq < end && (n = audit_read(seq, page))) {
		for (i = 0; i < n; i++)
			print_record(m, &page[i]);
		seq = page[n - 1].seq + 1;
	}
	free_page((unsigned long)page);
	return 0;
}

/**
 * nacc_audit_trace() - trace each refusal since the last call and act on it
 *
 * Context: may sleep; the keeper only.
 */
void nacc_audit_trace(void)
{
	static u64 next;
	struct nacc_sbi_audit *page;
	unsigned long i, n;
	u64 end;

	page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!page)
		return;
	end = audit_end();
	while (next < end && (n = audit_read(next, page))) {
		for (i = 0; i < n; i++) {
			trace_nacc_refuse(page[i].seq, page[i].pc,
					  page[i].addr, page[i].old,
					  page[i].val,
					  nacc_reason_name(page[i].reason));
			nacc_policy_refused(&page[i]);
		}
		next = page[n - 1].seq + 1;
	}
	free_page((unsigned long)page);
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
