// SPDX-License-Identifier: GPL-2.0
/* Roots that only the firmware chooses (I14): whether, and which mm has which. */
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>

#include "firmware/firmware.h"

static char *strict = "auto";
module_param(strict, charp, 0444);
MODULE_PARM_DESC(strict,
		 "only the firmware chooses the root of a marked process: auto (where kernel and harts can; default), on (or nothing is marked), off");

enum strict {
	STRICT_AUTO,
	STRICT_ON,
	STRICT_OFF,
};

static const char * const strict_names[] = {
	[STRICT_AUTO] = "auto",
	[STRICT_ON] = "on",
	[STRICT_OFF] = "off",
};

static enum strict strict_mode __ro_after_init;
static unsigned int nr_sites __ro_after_init;
/* Written with nothing marked, or the first mark under way. */
static bool guarded;
static bool unable;	/* the firmware has said that the harts cannot */

/*
 * KVM would set hgatp, which cannot be set while roots are guarded. It can be loaded
 * when nothing is marked, and of one that is there already the firmware ends who runs
 * a machine.
 */
static int on_module(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct module *module = data;

	if (state != MODULE_STATE_COMING || !nacc_guarded() ||
	    strcmp(module->name, "kvm"))
		return NOTIFY_DONE;
	pr_err("kvm cannot be loaded while something is marked: no virtual machine may run then (or load nacc with strict=off)\n");
	return notifier_from_errno(-EBUSY);
}

static struct notifier_block module_notifier = { .notifier_call = on_module };

/**
 * nacc_guard_init() - read the module parameter, watch for KVM
 *
 * Return: 0, -EINVAL after one sentence that names the legal values, or an error of the
 * registration.
 */
int __init nacc_guard_init(void)
{
	int ret = match_string(strict_names, ARRAY_SIZE(strict_names), strict);

	if (ret < 0) {
		pr_err("strict=%s is none of auto, on, off\n", strict);
		return -EINVAL;
	}
	strict_mode = ret;
	return register_module_notifier(&module_notifier);
}

/**
 * nacc_guard_exit() - nothing is guarded any more
 */
void nacc_guard_exit(void)
{
	unregister_module_notifier(&module_notifier);
}

/**
 * nacc_guard_sites() - the set-up is made: it has so many sites
 * @nr: how many
 *
 * Return: 0, or -ENOENT after one sentence if there must be some.
 */
int __init nacc_guard_sites(unsigned int nr)
{
	nr_sites = nr;
	if (!nr && strict_mode == STRICT_AUTO)
		pr_warn("where this kernel writes satp is not known: the kernel chooses roots\n");
	if (nr || strict_mode != STRICT_ON)
		return 0;
	pr_err("strict=on, but where this kernel writes satp is not known\n");
	return -ENOENT;
}

/**
 * nacc_guarded() - are roots chosen by the firmware now?
 *
 * Context: any, probes included.
 */
bool notrace nacc_guarded(void)
{
	return READ_ONCE(guarded);
}

/**
 * nacc_guard_can() - are they with the next mark, or now?
 *
 * Context: any.
 */
bool nacc_guard_can(void)
{
	return strict_mode != STRICT_OFF && nr_sites && !unable;
}

static int refused(int ret, unsigned long reason)
{
	if (reason == NACC_REASON_GUEST) {
		pr_err("a virtual machine runs: nothing can be marked before it has ended, unless strict=off\n");
		return -EBUSY;
	}
	if (ret == -EOPNOTSUPP && strict_mode == STRICT_AUTO) {
		pr_warn("the harts have no mstatus.TVM: the kernel chooses roots\n");
		unable = true;
		return 0;
	}
	pr_err("the firmware does not guard roots: %s\n", nacc_reason_name(reason));
	return ret;
}

/*
 * That of the firmware's runtime services (UEFI): no process's, and loaded by the kernel
 * where it loads those. 0: there is none. The same each time: the firmware takes no other
 * while roots are bound.
 */
static phys_addr_t other_root(void)
{
	const struct mm_struct *efi = nacc_ksym.efi_mm;

	return efi && efi->pgd ? __pa(efi->pgd) : 0;
}

/**
 * nacc_guard_on() - from now on roots can be bound
 * @upcall: where a CPU goes on whose root was refused
 *
 * Context: may sleep; waits for all harts. The module is referenced.
 * Return: 0, also if roots are not to be guarded; -EBUSY if a virtual machine runs; an
 * error of the shim.
 */
int nacc_guard_on(void (*upcall)(void))
{
	unsigned long reason;
	int ret;

	if (guarded || unable || strict_mode == STRICT_OFF || !nr_sites)
		return 0;
	ret = nacc_sbi_call(NACC_SBI_GUARD, NACC_GUARD_ON,
			    (unsigned long)upcall, other_root(), &reason);
	if (ret)
		return refused(ret, reason);
	/* As long as the firmware may let a CPU go on at @upcall, that is there. */
	__module_get(THIS_MODULE);
	WRITE_ONCE(guarded, true);
	return 0;
}

/**
 * nacc_guard_system() - from now on no root but bound ones and the kernel's, or again
 * @on: true: no other
 * @upcall: as for nacc_guard_on()
 *
 * Context: may sleep; waits for all harts. Roots are guarded.
 * Return: 0 or an error of the shim.
 */
int nacc_guard_system(bool on, void (*upcall)(void))
{
	if (!nacc_guarded())
		return 0;
	return nacc_sbi_call(NACC_SBI_GUARD,
			     NACC_GUARD_ON | (on ? NACC_GUARD_SYSTEM : 0),
			     (unsigned long)upcall, other_root(), NULL);
}

/**
 * nacc_guard_off() - nothing is marked any more
 *
 * Context: may sleep; waits for all harts. To be tried again while roots are bound.
 */
void nacc_guard_off(void)
{
	if (!guarded || nacc_sbi_call(NACC_SBI_GUARD, 0, 0, 0, NULL))
		return;
	WRITE_ONCE(guarded, false);
	module_put(THIS_MODULE);
}

/**
 * nacc_bind() - from now on an mm runs on this root
 * @root: physical address of the root
 * @mm: the mm; only its address matters
 * @how: enum nacc_bound
 *
 * Context: any; takes no lock.
 * Return: 0, also if roots are not guarded, or an error of the shim.
 */
int nacc_bind(phys_addr_t root, const struct mm_struct *mm, unsigned int how)
{
	if (!nacc_guarded())
		return 0;
	return nacc_sbi_call(NACC_SBI_AS_BIND, root, (unsigned long)mm, how, NULL);
}

/**
 * nacc_guard_seq() - print its line of /proc/nacc/status
 * @m: where to
 */
void nacc_guard_seq(struct seq_file *m)
{
	seq_printf(m, "strict: %s\n", strict_names[strict_mode]);
	seq_printf(m, "roots: %s\n",
		   strict_mode == STRICT_OFF ? "kernel (strict=off)" :
		   !nr_sites ? "kernel (where it writes satp is not known)" :
		   unable ? "kernel (the harts have no mstatus.TVM)" :
		   guarded ? "firmware" : "firmware (nothing is marked)");
}
