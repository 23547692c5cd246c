// SPDX-License-Identifier: GPL-2.0
/*
 * Gates: whether and how the threads of a domain go through one, by which they come from
 * user mode and go back to it (sbi-shim/include/nacc_sbi_gate.h).
 *
 * A domain has a record at the firmware from when its gate is first opened until it ends:
 * a frame that no store changes. Address spaces that begin in it from then on have it from
 * their beginning (birth.c, join.c), those that are in it get it here, while nobody joins or
 * begins: gated in mode off, their threads with contexts, and only then the mode is set: audit
 * first, as the firmware can be told of handlers until it enforces. In mode off nothing is kept
 * of a thread, so each time that a gate is switched on all of them are gone through again.
 *
 * An address space has its record until it is retired. One that goes to another domain
 * takes it along, so a record may be in use when its domain has ended: the keeper closes it.
 */
#include <linux/sched/mm.h>
#include <linux/uidgid.h>
#include <asm/cpufeature.h>

#include "domain/internal.h"
#include "hook/hook.h"
#include "routes/routes.h"

static unsigned int passes;		/* under nacc_domain_lock */

#define KNOWN_FLAGS	(NACC_GATE_PTRACE | NACC_GATE_LIST)

/* An mm of the domain that has not been looked at, with mm_users and mm_count taken. */
static struct nacc_mm *next_mm(struct nacc_domain *domain, unsigned int pass)
{
	struct nacc_mm *entry, *found = NULL;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &domain->members, member) {
		if (entry->looked_at == pass)
			continue;
		entry->looked_at = pass;
		if (!nacc_mm_get_live(entry->mm))
			continue;
		found = entry;
		break;
	}
	mutex_unlock(&nacc_domain_lock);
	return found;
}

static int tell_other_tag(const struct nacc_mm *entry)
{
	struct nacc_who who = {};

	nacc_who_uses(entry->mm, &init_pid_ns, &who);
	pr_err_ratelimited("%s[%d] began in another domain: it cannot have a gate with the rest of domain %u\n",
			   who.comm, who.pid, entry->domain->id);
	return -EXDEV;
}

static int gate_root(struct nacc_mm *entry)
{
	const phys_addr_t record = entry->domain->gate->pa;
	int ret;

	if (entry->gate && entry->gate != record)
		return tell_other_tag(entry);
	ret = nacc_sbi_call(NACC_SBI_AS_GATE, entry->root, record, 0, NULL);
	if (ret == -EPERM)
		return tell_other_tag(entry);
	if (ret)
		return ret;
	entry->threaded = true;
	/* Pairs with gated_entry(): the firmware has it, and tasks are gone through next. */
	smp_store_release(&entry->gate, record);
	ret = nacc_threads_adopt(entry->mm, entry->root);
	return ret ?: nacc_threads_handlers(entry->mm, entry->root);
}

/* Nobody moves it to another domain meanwhile, or takes it out of this one. */
static int gate_mm(struct nacc_mm *entry)
{
	struct nacc_domain *domain = entry->domain;
	unsigned int room, tries;
	int ret = -ENOMEM;

	for (tries = 0; ret == -ENOMEM && tries < NACC_TRIES_MAX; tries++) {
		room = nacc_threads_room(entry->mm);
		if (!nacc_share_take_domain(domain, room, NACC_ROOM_WAIT))
			return -ENOMEM;
		ret = gate_root(entry);
		nacc_share_give_domain(domain, room, true);
	}
	return ret;
}

static int tell_handlers(struct nacc_mm *entry)
{
	return nacc_threads_handlers(entry->mm, entry->root);
}

/* Those that are dead have no threads. */
static int each_mm(struct nacc_domain *domain, int (*fn)(struct nacc_mm *entry))
{
	struct nacc_mm *entry;
	unsigned int pass;
	int ret = 0;

	mutex_lock(&nacc_domain_lock);
	pass = ++passes;
	mutex_unlock(&nacc_domain_lock);
	while (!ret && (entry = next_mm(domain, pass))) {
		struct mm_struct *mm = entry->mm;

		ret = fn(entry);
		mmput_async(mm);
		mmdrop(mm);
	}
	return ret;
}

static unsigned int mode_of(const struct nacc_domain *domain)
{
	const phys_addr_t record = nacc_domain_record(domain);

	return record ? READ_ONCE(nacc_record(record)->mode) : NACC_GATE_OFF;
}

static int set_mode(struct nacc_domain *domain, unsigned int mode)
{
	int ret = nacc_sbi_call(NACC_SBI_GATE_SET, domain->gate->pa, mode, 0, NULL);

	/* On other harts from then on. That frames stay in use is of no matter here. */
	if (!ret)
		nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL);
	return ret;
}

static unsigned int watching(unsigned int mode)
{
	return (mode & ~NACC_GATE_MODE) | NACC_GATE_AUDIT;
}

static int switch_on(struct nacc_domain *domain, unsigned int mode)
{
	const unsigned int before = mode_of(domain);
	int ret = nacc_gate_open(domain);

	if (!ret)
		ret = nacc_calls_keep(domain);
	if (!ret)
		ret = each_mm(domain, gate_mm);
	if (!ret)
		ret = set_mode(domain, watching(mode));
	if (ret)
		return ret;
	/* Those that were registered until the firmware saw it itself; enforced it takes none. */
	ret = each_mm(domain, tell_handlers);
	if (!ret && mode != watching(mode))
		ret = set_mode(domain, mode);
	if (ret)
		set_mode(domain, before);
	return ret;
}

static bool is_on(unsigned int mode)
{
	return (mode & NACC_GATE_MODE) != NACC_GATE_OFF;
}

/* Does what is refused now stay so? */
static bool tightens(unsigned int now, unsigned int mode)
{
	if (!is_on(now))
		return true;
	return (mode & NACC_GATE_MODE) >= (now & NACC_GATE_MODE) &&
	       (mode & NACC_GATE_LIST) >= (now & NACC_GATE_LIST) &&
	       (mode & NACC_GATE_PTRACE) <= (now & NACC_GATE_PTRACE);
}

static int change(struct nacc_domain *domain, unsigned int mode, bool keeps, kuid_t user)
{
	int ret = nacc_gate_begin(domain);

	if (ret)
		return ret;
	if (keeps)
		mode |= mode_of(domain) & KNOWN_FLAGS;
	if (uid_valid(user) && !tightens(mode_of(domain), mode))
		ret = -EPERM;
	else if (is_on(mode) && !is_on(mode_of(domain)))
		ret = switch_on(domain, mode);
	else if (domain->gate)
		ret = set_mode(domain, mode);
	nacc_gate_end(domain);
	nacc_kick();
	return ret;
}

/**
 * nacc_domain_gate() - see or change the mode of the gate of a domain
 * @gate: the caller's structure
 * @user: the user whose domain it has to be, and who cannot loosen it: what he runs must not
 *	be able to either; not valid: any
 *
 * Context: may sleep.
 * Return: as NACC_IOC_GATE.
 */
int nacc_domain_gate(struct nacc_gate *gate, kuid_t user)
{
	const bool asks = gate->mode == NACC_GATE_ASK;
	struct nacc_domain *domain;
	int ret = 0;

	if (gate->flags & ~(KNOWN_FLAGS | NACC_GATE_KEEP) || (asks && gate->flags) ||
	    (!asks && gate->mode > NACC_GATE_ENFORCE))
		return -EINVAL;
	domain = nacc_gate_domain(gate->domain, user);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	if (!asks)
		ret = change(domain, gate->mode | (gate->flags & KNOWN_FLAGS),
			     gate->flags & NACC_GATE_KEEP, user);
	gate->mode = mode_of(domain) & NACC_GATE_MODE;
	gate->flags = mode_of(domain) & KNOWN_FLAGS;
	nacc_domain_put(domain);
	return ret;
}

/**
 * nacc_domain_of_record() - ID of the domain that a record is of
 * @record: physical address of a frame
 *
 * Return: the ID or 0.
 */
u32 nacc_domain_of_record(phys_addr_t record)
{
	struct nacc_domain *d;
	u32 id = 0;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		if (d->gate && d->gate->pa == record)
			id = d->id;
	mutex_unlock(&nacc_domain_lock);
	return id;
}

/**
 * nacc_gate_of() - the record by which an mm is gated
 * @mm: the mm; it stays meanwhile
 *
 * Context: any.
 * Return: its physical address, or 0.
 */
phys_addr_t nacc_gate_of(const struct mm_struct *mm)
{
	const struct nacc_mm *entry;
	phys_addr_t record;

	preempt_disable();
	entry = nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd)));
	record = entry ? READ_ONCE(entry->gate) : 0;
	preempt_enable();
	return record;
}

/**
 * nacc_gate_text() - for /proc/nacc/domains: mode and flags
 * @domain: the domain
 *
 * Context: under nacc_domain_lock.
 */
const char *nacc_gate_text(const struct nacc_domain *domain)
{
	static const char *const names[][4] = {
		[NACC_GATE_OFF] = { "off", "off", "off", "off" },
		[NACC_GATE_AUDIT] = {
			"audit", "audit,ptrace", "audit,list", "audit,ptrace,list",
		},
		[NACC_GATE_ENFORCE] = {
			"enforce", "enforce,ptrace", "enforce,list", "enforce,ptrace,list",
		},
	};
	const unsigned int mode = mode_of(domain);

	if (!domain->gate)
		return "-";
	if ((mode & NACC_GATE_MODE) >= ARRAY_SIZE(names))
		return "unknown";
	return names[mode & NACC_GATE_MODE][(mode / NACC_GATE_PTRACE) & 3];
}

/**
 * nacc_gate_seq() - print its line of /proc/nacc/status
 * @m: where to
 */
void nacc_gate_seq(struct seq_file *m)
{
	const char *missing = nacc_threads_unhooked(false);

	if (!nacc_guard_can())
		seq_puts(m, "gate: none (the kernel chooses roots)\n");
	else if (missing)
		seq_printf(m, "gate: none (%s cannot be hooked)\n", missing);
	else
		seq_printf(m, "gate: available (%u open)\n", nacc_records());
	/* Linux uses them if the harts have them. */
	if (nacc_pool.vlenb)
		seq_printf(m, "vector: kept (%u bytes)\n", nacc_pool.vlenb);
	else if (riscv_isa_extension_available(NULL, v))
		seq_puts(m, "vector: not kept (the firmware has no room for them)\n");
	else
		seq_puts(m, "vector: none\n");
}

#ifdef NACC_KUNIT
#include "gate_test.c"
#endif
