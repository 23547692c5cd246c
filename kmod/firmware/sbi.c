// SPDX-License-Identifier: GPL-2.0
/* The shim's calls, and nothing else: every ecall of the module is made here. */
#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <asm/sbi.h>

#include "firmware/firmware.h"
#include "test.h"

static const char * const reason_names[] = { NACC_REASON_NAMES };
static const char * const stat_names[] = { NACC_STAT_NAMES };

static_assert(ARRAY_SIZE(reason_names) == NACC_REASON_MAX);
static_assert(ARRAY_SIZE(stat_names) == NACC_STAT_MAX);

/**
 * nacc_reason_name() - user-facing name of a refusal reason
 * @reason: enum nacc_reason; any value
 */
const char *nacc_reason_name(unsigned int reason)
{
	return reason < NACC_REASON_MAX ? reason_names[reason] : "unknown";
}

/**
 * nacc_stat_name() - user-facing name of a counter of the shim
 * @stat: enum nacc_stat; any value
 */
const char *nacc_stat_name(unsigned int stat)
{
	return stat < NACC_STAT_MAX ? stat_names[stat] : "unknown";
}

/* SBI specification, "Standard SBI Errors"; asm/sbi.h stops at -8 or -9. */
static int notrace sbi_errno(long error)
{
	switch (error) {
	case 0:
		return 0;
	case -2:	/* SBI_ERR_NOT_SUPPORTED */
		return -EOPNOTSUPP;
	case -3:	/* SBI_ERR_INVALID_PARAM */
		return -EINVAL;
	case -4:	/* SBI_ERR_DENIED */
		return -EPERM;
	case -5:	/* SBI_ERR_INVALID_ADDRESS */
		return -EFAULT;
	case -6:	/* SBI_ERR_ALREADY_AVAILABLE */
		return -EEXIST;
	case -9:	/* SBI_ERR_NO_SHMEM */
		return -ENOMEM;
	case -10:	/* SBI_ERR_INVALID_STATE */
		return -EBUSY;
	case -11:	/* SBI_ERR_BAD_RANGE */
		return -ERANGE;
	default:
		return -EIO;
	}
}

NOKPROBE_SYMBOL(sbi_errno);

static int notrace call(unsigned int fid, unsigned long a0, unsigned long a1,
			unsigned long a2, unsigned long a3,
			unsigned long *value)
{
	struct sbiret ret;

	if (nacc_test_sbi(fid, value))
		return -EIO;
	ret = sbi_ecall(NACC_SBI_EID, fid, a0, a1, a2, a3, 0, 0);
	if (value)
		*value = ret.value;
	return sbi_errno(ret.error);
}

NOKPROBE_SYMBOL(call);

/**
 * nacc_sbi_call() - one call of the NACC extension
 * @fid: enum nacc_sbi_fid
 * @a0: first argument
 * @a1: second argument
 * @a2: third argument
 * @value: result; on error the enum nacc_reason; may be NULL
 *
 * Context: any, probes included; takes no lock. NACC_SBI_FENCE waits for all harts.
 * Return: 0 or the errno that stands for the SBI error.
 */
int notrace nacc_sbi_call(unsigned int fid, unsigned long a0, unsigned long a1,
			  unsigned long a2, unsigned long *value)
{
	return call(fid, a0, a1, a2, 0, value);
}

NOKPROBE_SYMBOL(nacc_sbi_call);

/**
 * nacc_sbi_fork() - NACC_SBI_FORK, which has one argument more
 * @child: table of level 0
 * @range: first entry | number of entries << 16
 * @page: the new entries
 * @parent: the table of the parent
 * @value: as for nacc_sbi_call()
 *
 * Context: any; takes no lock.
 * Return: as nacc_sbi_call().
 */
int nacc_sbi_fork(phys_addr_t child, unsigned long range, phys_addr_t page,
		  phys_addr_t parent, unsigned long *value)
{
	return call(NACC_SBI_FORK, child, range, page, parent, value);
}

/**
 * nacc_sbi_context() - NACC_SBI_CONTEXT, which has one argument more
 * @root: physical address of a gated root
 * @task: the task; only its address matters
 * @what: enum nacc_context_call
 * @maker: of a child the task that makes it; likewise
 *
 * Context: any, probes included; takes no lock.
 * Return: as nacc_sbi_call().
 */
int notrace nacc_sbi_context(phys_addr_t root, const struct task_struct *task,
			     unsigned int what, const struct task_struct *maker)
{
	return call(NACC_SBI_CONTEXT, root, (unsigned long)task, what,
		    (unsigned long)maker, NULL);
}

NOKPROBE_SYMBOL(nacc_sbi_context);

/**
 * nacc_sbi_info() - one item of NACC_SBI_GET_INFO
 * @item: enum nacc_sbi_info
 *
 * Context: any, probes included.
 * Return: the item, or 0 if the shim does not know it.
 */
unsigned long notrace nacc_sbi_info(unsigned int item)
{
	unsigned long value;

	if (nacc_sbi_call(NACC_SBI_GET_INFO, item, 0, 0, &value))
		return 0;
	return value;
}

NOKPROBE_SYMBOL(nacc_sbi_info);

/**
 * nacc_sbi_probe() - is there a shim that this module can work with?
 *
 * Return: 0, or -ENODEV after one sentence.
 */
int nacc_sbi_probe(void)
{
	unsigned long version;

	if (!sbi_probe_extension(NACC_SBI_EID)) {
		pr_err("the firmware has no NACC shim: boot with the OpenSBI that NACC builds\n");
		return -ENODEV;
	}
	version = nacc_sbi_info(NACC_INFO_ABI_VERSION);
	/* SETUP takes no other either, and has no word for it. */
	if (version != NACC_SBI_ABI_VERSION) {
		pr_err("the shim speaks ABI %lu.%lu, this module %u.%u: use a firmware and a module of one release\n",
		       version >> 16, version & 0xffff,
		       NACC_SBI_ABI_VERSION >> 16,
		       NACC_SBI_ABI_VERSION & 0xffff);
		return -ENODEV;
	}
	return 0;
}
