// SPDX-License-Identifier: GPL-2.0
/* /dev/nacc: see include/uapi/linux/nacc.h. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "user/user.h"

static long ioctl_info(struct nacc_info *info)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_sbi_stats(stats);
	info->uapi_version = NACC_UAPI_VERSION;
	info->sbi_version = nacc_sbi_info(NACC_INFO_ABI_VERSION);
	info->levels = nacc_top_level() + 1;
	info->ad = nacc_sbi_info(NACC_INFO_AD);
	info->region_base = nacc_pool.region_base & nacc_physical_mask();
	info->region_size = nacc_pool.region_size;
	info->frames = nacc_pool.nr;
	info->frames_used = stats[NACC_STAT_FRAMES_ROOT] +
			    stats[NACC_STAT_FRAMES_TABLE] +
			    stats[NACC_STAT_FRAMES_CONTEXT] +
			    stats[NACC_STAT_FRAMES_PAGE] +
			    stats[NACC_STAT_FRAMES_RELEASED];
	info->domains = nacc_domain_count();
	info->harts = nacc_selftest_passed();
	info->harts_online = nacc_selftest_harts();
	info->pad = 0;
	return 0;
}

static long ioctl_lock(void)
{
	return nacc_sbi_call(NACC_SBI_LOCK, 0, 0, 0, NULL);
}

static long ioctl_unmark(struct nacc_unmark *unmark)
{
	return unmark->pad ? -EINVAL : nacc_unmark(unmark->domain);
}

/* What all structures begin with. */
struct header {
	u32 size;
	u32 flags;
};

/* One structure of any call, by value: none is larger than this. */
union argument {
	struct header header;
	struct nacc_info info;
	struct nacc_mark mark;
	struct nacc_unmark unmark;
	struct nacc_dump dump;
	struct nacc_verify verify;
	struct nacc_lock lock;
	struct nacc_forbid forbid;
	struct nacc_quota quota;
	struct nacc_protect protect;
	struct nacc_gate gate;
	struct nacc_syscalls syscalls;
	struct nacc_allow allow;
	struct nacc_contexts contexts;
	struct nacc_seal seal;
	struct nacc_report report;
	struct nacc_traced traced;
};

static size_t argument_size(unsigned int nr)
{
	switch (nr) {
	case _IOC_NR(NACC_IOC_INFO):
		return sizeof(struct nacc_info);
	case _IOC_NR(NACC_IOC_MARK):
		return sizeof(struct nacc_mark);
	case _IOC_NR(NACC_IOC_UNMARK):
		return sizeof(struct nacc_unmark);
	case _IOC_NR(NACC_IOC_DUMP):
		return sizeof(struct nacc_dump);
	case _IOC_NR(NACC_IOC_VERIFY):
		return sizeof(struct nacc_verify);
	case _IOC_NR(NACC_IOC_LOCK):
		return sizeof(struct nacc_lock);
	case _IOC_NR(NACC_IOC_FORBID):
		return sizeof(struct nacc_forbid);
	case _IOC_NR(NACC_IOC_QUOTA):
		return sizeof(struct nacc_quota);
	case _IOC_NR(NACC_IOC_PROTECT):
		return sizeof(struct nacc_protect);
	case _IOC_NR(NACC_IOC_GATE):
		return sizeof(struct nacc_gate);
	case _IOC_NR(NACC_IOC_SYSCALLS):
		return sizeof(struct nacc_syscalls);
	case _IOC_NR(NACC_IOC_ALLOW):
		return sizeof(struct nacc_allow);
	case _IOC_NR(NACC_IOC_CONTEXTS):
		return sizeof(struct nacc_contexts);
	case _IOC_NR(NACC_IOC_SEAL):
		return sizeof(struct nacc_seal);
	case _IOC_NR(NACC_IOC_REPORT):
		return sizeof(struct nacc_report);
	case _IOC_NR(NACC_IOC_TRACED):
		return sizeof(struct nacc_traced);
	default:
		return 0;
	}
}

/* About a domain of this user, or, if it is none, about any. */
static long dispatch_gate(unsigned int nr, union argument *arg, kuid_t user)
{
	switch (nr) {
	case _IOC_NR(NACC_IOC_GATE):
		return nacc_domain_gate(&arg->gate, user);
	case _IOC_NR(NACC_IOC_SYSCALLS):
		return nacc_domain_syscalls(&arg->syscalls, user);
	default:
		return nacc_domain_allow(&arg->allow, user);
	}
}

static long dispatch(unsigned int nr, union argument *arg, const struct file *file)
{
	switch (nr) {
	case _IOC_NR(NACC_IOC_INFO):
		return ioctl_info(&arg->info);
	case _IOC_NR(NACC_IOC_MARK):
		return nacc_ioctl_mark(&arg->mark);
	case _IOC_NR(NACC_IOC_UNMARK):
		return ioctl_unmark(&arg->unmark);
	case _IOC_NR(NACC_IOC_DUMP):
		return nacc_ioctl_dump(&arg->dump);
	case _IOC_NR(NACC_IOC_VERIFY):
		return nacc_ioctl_verify(&arg->verify);
	case _IOC_NR(NACC_IOC_FORBID):
		return nacc_domain_forbid(&arg->forbid);
	case _IOC_NR(NACC_IOC_QUOTA):
		return nacc_domain_quota(&arg->quota);
	case _IOC_NR(NACC_IOC_PROTECT):
		return nacc_system(&arg->protect);
	case _IOC_NR(NACC_IOC_GATE):
	case _IOC_NR(NACC_IOC_SYSCALLS):
	case _IOC_NR(NACC_IOC_ALLOW):
		return dispatch_gate(nr, arg, INVALID_UID);
	case _IOC_NR(NACC_IOC_TRACED):
		return nacc_domain_traced(&arg->traced, file);
	case _IOC_NR(NACC_IOC_CONTEXTS):
		return nacc_ioctl_contexts(&arg->contexts);
	case _IOC_NR(NACC_IOC_SEAL):
		return nacc_ioctl_seal(&arg->seal);
	case _IOC_NR(NACC_IOC_REPORT):
		return nacc_ioctl_report(&arg->report);
	default:
		return ioctl_lock();
	}
}

/* For who is not an administrator: nothing that is about others. */
static long dispatch_for_user(unsigned int nr, union argument *arg)
{
	const unsigned int frames = nacc_self_frames();
	long ret;

	switch (nr) {
	case _IOC_NR(NACC_IOC_INFO):
		ret = ioctl_info(&arg->info);
		arg->info.region_base = 0;
		return ret;
	case _IOC_NR(NACC_IOC_MARK):
		return frames ? nacc_ioctl_mark_self(&arg->mark, frames) : -EPERM;
	case _IOC_NR(NACC_IOC_GATE):
	case _IOC_NR(NACC_IOC_SYSCALLS):
	case _IOC_NR(NACC_IOC_ALLOW):
		return frames ? dispatch_gate(nr, arg, current_uid()) : -EPERM;
	default:
		return -EPERM;
	}
}

static long nacc_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	unsigned int nr = _IOC_NR(cmd);
	size_t size = argument_size(nr);
	void __user *to = (void __user *)user;
	union argument arg = { };
	u32 user_size;
	long ret, err;

	/* Whoever the file was passed on to, not who opened it. */
	if (!nacc_may_open())
		return -EPERM;
	/* The size in the command is the caller's version of the structure. */
	if (_IOC_TYPE(cmd) != NACC_IOC_MAGIC || !size ||
	    _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return -ENOTTY;
	if (get_user(user_size, (u32 __user *)to))
		return -EFAULT;
	if (user_size < size || user_size > PAGE_SIZE ||
	    user_size != _IOC_SIZE(cmd))
		return -EINVAL;
	ret = copy_struct_from_user(&arg, size, to, user_size);
	if (ret)
		return ret;
	if (arg.header.flags && nr != _IOC_NR(NACC_IOC_MARK) && nr != _IOC_NR(NACC_IOC_GATE) &&
	    nr != _IOC_NR(NACC_IOC_SEAL) && nr != _IOC_NR(NACC_IOC_TRACED))
		return -EINVAL;
	ret = capable(CAP_SYS_ADMIN) ? dispatch(nr, &arg, file) :
				       dispatch_for_user(nr, &arg);
	/* On an error some structures tell more, such as where it is marked. */
	arg.header.size = user_size;
	err = copy_to_user(to, &arg, size) ? -EFAULT : 0;
	return ret ? ret : err;
}

static int nacc_open(struct inode *inode, struct file *file)
{
	return nacc_may_open() ? nacc_events_open(file) : -EPERM;
}

static int nacc_release(struct inode *inode, struct file *file)
{
	nacc_traced_close(file);
	nacc_events_release(file);
	return 0;
}

static const struct file_operations nacc_fops = {
	.owner = THIS_MODULE,
	.open = nacc_open,
	.release = nacc_release,
	.read = nacc_events_read,
	.poll = nacc_events_poll,
	.unlocked_ioctl = nacc_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice nacc_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "nacc",
	.fops = &nacc_fops,
	.mode = 0600,
};

/**
 * nacc_chardev_init() - make /dev/nacc
 */
int __init nacc_chardev_init(void)
{
	return misc_register(&nacc_device);
}

/**
 * nacc_chardev_exit() - remove /dev/nacc
 */
void nacc_chardev_exit(void)
{
	misc_deregister(&nacc_device);
}

#ifdef NACC_KUNIT
#include "chardev_test.c"
#endif
