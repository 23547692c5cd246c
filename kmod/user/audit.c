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

static void print_word(struct seq_file *m, const char *text)
{
	seq_putc(m, ' ');
	if (text[0])
		seq_escape(m, text, " \t\n\\");
	else
		seq_putc(m, '-');
}

static void print_who(struct seq_file *m, const struct nacc_who *who)
{
	if (who->pid)
		seq_printf(m, " %d", who->pid);
	else
		seq_puts(m, " -");
	print_word(m, who->comm);
}

/**
 * struct print - a listing of records
 * @m: where to
 * @mask: what may be shown of physical addresses, and of what holds them
 * @text: where the kernel's own code begins
 * @etext: where it ends
 */
struct print {
	struct seq_file *m;
	u64 mask;
	unsigned long text;
	unsigned long etext;
};

static const char *outcome_of(const struct nacc_sbi_audit *a)
{
	if (a->flags & NACC_AUDIT_PERFORMED)
		return "performed";
	if (a->flags & NACC_AUDIT_TURN)
		return a->reason == NACC_REASON_CONTEXT ? "restored" :
		       a->reason == NACC_REASON_SYSCALL ? "denied" : "trapped";
	return a->flags & NACC_AUDIT_CALL ? "denied" :
	       a->flags & NACC_AUDIT_ROOT ? "killed" :
	       a->flags & NACC_AUDIT_SKIPPED ? "skipped" : "faulted";
}

static void print_record(const struct nacc_sbi_audit *a,
			 const struct nacc_refusal *refusal, void *arg)
{
	static const struct nacc_refusal unknown;
	const struct print *p = arg;
	struct seq_file *m = p->m;

	seq_printf(m, "%llu %llu %u %s %#llx", a->seq, a->time, a->hart,
		   nacc_reason_name(a->reason), a->pc);
	/* Where a module was then, another may be now. */
	if (refusal || (a->pc >= p->text && a->pc < p->etext))
		print_symbol(m, a->pc);
	else
		seq_puts(m, " -");
	seq_printf(m, " %#llx %#llx %#llx %#llx %llu %#x %s", a->addr & p->mask,
		   a->old & p->mask, a->val & p->mask, a->root & p->mask,
		   refusal ? refusal->domain : a->tag, a->insn,
		   outcome_of(a));
	if (refusal)
		seq_printf(m, " this %llu.%06llu", refusal->when / NSEC_PER_SEC,
			   refusal->when % NSEC_PER_SEC / NSEC_PER_USEC);
	else
		seq_puts(m, " earlier -");
	refusal = refusal ?: &unknown;
	print_who(m, &refusal->writer);
	print_who(m, &refusal->owner);
	print_word(m, refusal->name);
	seq_putc(m, '\n');
}

/**
 * nacc_audit_seq() - print /proc/nacc/audit
 * @m: where to
 */
int nacc_audit_seq(struct seq_file *m)
{
	struct print print = {
		.m = m,
		.mask = nacc_physical_mask(),
		.text = nacc_ksym.lookup("_stext"),
		.etext = nacc_ksym.lookup("_etext"),
	};
	int ret = nacc_refusals_poll();

	if (ret)
		return ret;
	seq_puts(m, "seq time hart reason pc symbol addr old new root domain insn outcome load when pid comm owner owner_comm name\n");
	return nacc_refusals_each(print_record, &print);
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
