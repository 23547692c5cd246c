// SPDX-License-Identifier: GPL-2.0
/* An error of the shim at a chosen call. */
#include <linux/atomic.h>
#include <linux/module.h>

#include "env.h"
#include "test.h"

static unsigned int only;
static unsigned int then;	/* kind of call, or TEST_NO_FID */
static bool all, met;		/* no such call succeeds; one was made */
static atomic_t left;
static void (*before)(void *arg);
static void *before_arg;

/* For the load: the nth call of any kind. Shows how many are left to go. */
static int load_set(const char *val, const struct kernel_param *kp)
{
	unsigned int nth;
	int ret = kstrtouint(val, 0, &nth);

	if (!ret)
		sbi_fault_set(TEST_ANY_FID, nth);
	return ret;
}

static int load_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&left));
}

static const struct kernel_param_ops load_ops = {
	.set = load_set,
	.get = load_get,
};

module_param_cb(fail_sbi, &load_ops, NULL, 0444);
MODULE_PARM_DESC(fail_sbi, "which call of the shim fails, from 1 (tests)");

/**
 * sbi_fault_set() - let one call fail
 * @fid: calls that count, or TEST_ANY_FID
 * @nth: which of them, from 1
 */
void sbi_fault_set(unsigned int fid, unsigned int nth)
{
	then = TEST_NO_FID;
	all = false;
	only = fid;
	atomic_set(&left, nth);
}

/**
 * sbi_fault_all() - let each call fail, until sbi_fault_clear()
 * @fid: calls of this kind
 */
void sbi_fault_all(unsigned int fid)
{
	sbi_fault_set(fid, 1);
	met = false;
	all = true;
}

/**
 * sbi_fault_then() - when the chosen call has failed, let one more
 * @fid: the next of this kind
 *
 * After sbi_fault_set(). sbi_fault_clear() tells whether both were reached.
 */
void sbi_fault_then(unsigned int fid)
{
	then = fid;
}

/**
 * sbi_before() - somebody else is faster than the next call
 * @fid: the call that counts; it is made afterwards
 * @fn: called once, right before it, in its context; may make calls itself
 * @arg: for @fn
 *
 * Ends with sbi_fault_clear().
 */
void sbi_before(unsigned int fid, void (*fn)(void *arg), void *arg)
{
	before_arg = arg;
	before = fn;
	sbi_fault_set(fid, 1);
}

/**
 * sbi_fault_clear() - let no call fail any more
 *
 * Return: whether the chosen one was reached.
 */
bool sbi_fault_clear(void)
{
	bool reached = !atomic_xchg(&left, 0);

	reached |= all && READ_ONCE(met);
	before = NULL;
	then = TEST_NO_FID;
	all = false;
	return reached;
}

/**
 * nacc_test_sbi() - shall this call fail?
 * @fid: enum nacc_sbi_fid
 * @value: its result, as of nacc_sbi_call()
 *
 * Context: any.
 */
bool nacc_test_sbi(unsigned int fid, unsigned long *value)
{
	if (!atomic_read(&left) || (only != TEST_ANY_FID && only != fid))
		return false;
	if (all)
		WRITE_ONCE(met, true);
	else if (atomic_dec_if_positive(&left))
		return false;
	if (before) {
		before(before_arg);
		return false;
	}
	if (then != TEST_NO_FID) {
		only = then;
		then = TEST_NO_FID;
		atomic_set(&left, 1);
	}
	if (value)
		*value = NACC_REASON_NONE;
	return true;
}
