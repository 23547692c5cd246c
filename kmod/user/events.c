// SPDX-License-Identifier: GPL-2.0
/*
 * Events: read(2) and poll(2) of /dev/nacc, and what goes out by itself: generic
 * netlink and the audit log.
 *
 * Each open file has the number of the event that it reads next, and nothing else. Who
 * reads slowly, or not at all, loses events and holds up nobody.
 */
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "user/user.h"

static const char * const names[] = {
	[NACC_EVENT_MARK] = "mark",
	[NACC_EVENT_JOIN] = "join",
	[NACC_EVENT_LEAVE] = "leave",
	[NACC_EVENT_REFUSE] = "refuse",
	[NACC_EVENT_CONDEMN] = "condemn",
	[NACC_EVENT_EXHAUST] = "exhaust",
	[NACC_EVENT_KILL] = "kill",
};

static_assert(ARRAY_SIZE(names) == NACC_EVENT_MAX);

static DECLARE_WAIT_QUEUE_HEAD(readers);

/* --- what goes out by itself --------------------------------------------------- */

/* What is an attack, or may be one, is for the audit log; the rest is not. */
static bool is_grave(const struct nacc_event *event)
{
	return event->type == NACC_EVENT_REFUSE ||
	       event->type == NACC_EVENT_CONDEMN ||
	       event->type == NACC_EVENT_KILL;
}

/* What others choose, as the audit log has it: in hex if it could be taken for more. */
static void put_name(struct audit_buffer *ab, const char *key, const char *text)
{
	const char *c = text;

	while (*c > ' ' && *c < 0x7f && *c != '"')
		c++;
	if (*c)
		audit_log_format(ab, " %s=%*phN", key, (int)strlen(text), text);
	else
		audit_log_format(ab, " %s=\"%s\"", key, text);
}

/* Never waits: a log that is full is not for us to empty. */
static void record(const struct nacc_event *event)
{
	struct audit_buffer *ab;

	if (audit_enabled == AUDIT_OFF)
		return;
	ab = audit_log_start(NULL, GFP_ATOMIC, AUDIT_KERNEL_OTHER);
	if (!ab)
		return;
	audit_log_format(ab, "module=nacc op=%s seq=%llu domain=%u reason=%s pid=%d",
			 names[event->type], event->seq, event->domain,
			 event->type == NACC_EVENT_REFUSE ?
			 nacc_reason_name(event->reason) : "-", event->pid);
	put_name(ab, "comm", event->comm);
	put_name(ab, "name", event->name);
	audit_log_format(ab, " res=0");
	audit_log_end(ab);
}

static u64 told;	/* the work only */

static void tell(struct work_struct *work)
{
	struct nacc_event event;

	wake_up_interruptible_all(&readers);
	while (nacc_events_get(&told, &event)) {
		nacc_netlink_tell(&event);
		if (is_grave(&event))
			record(&event);
	}
}

static DECLARE_WORK(teller, tell);

/* Whoever has an event may hold locks. */
static void tell_soon(void)
{
	queue_work(nacc_wq, &teller);
}

/**
 * nacc_user_events_init() - tell of events from now on
 *
 * Return: 0 or an error of nacc_netlink_init().
 */
int __init nacc_user_events_init(void)
{
	int ret = nacc_netlink_init();

	if (!ret)
		nacc_events_init(tell_soon);
	return ret;
}

/**
 * nacc_user_events_exit() - tell what is left; there will be no more
 */
void nacc_user_events_exit(void)
{
	nacc_events_init(NULL);
	flush_work(&teller);
	nacc_netlink_exit();
}

/* --- who reads ---------------------------------------------------------------------- */

/**
 * struct reader - an open /dev/nacc
 * @lock: for @next
 * @next: number of the event that is read next
 */
struct reader {
	struct mutex lock;	/* one read(2) of the file at a time */
	u64 next;
};

/**
 * nacc_events_open() - begin to read with the next event
 * @file: /dev/nacc
 *
 * Return: 0 or -ENOMEM.
 */
int nacc_events_open(struct file *file)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);

	if (!r)
		return -ENOMEM;
	mutex_init(&r->lock);
	r->next = nacc_events_next();
	file->private_data = r;
	return 0;
}

/**
 * nacc_events_release() - undo nacc_events_open()
 * @file: /dev/nacc
 */
void nacc_events_release(struct file *file)
{
	kfree(file->private_data);
}

static bool has_event(const struct reader *r)
{
	return nacc_events_next() != READ_ONCE(r->next);
}

/* Return: bytes written, or -EFAULT. */
static ssize_t copy_events(struct reader *r, char __user *buf, size_t len)
{
	struct nacc_event event;
	size_t done = 0;
	u64 at = r->next;

	while (len - done >= sizeof(event) && nacc_events_get(&at, &event)) {
		if (copy_to_user(buf + done, &event, sizeof(event)))
			return done ? done : -EFAULT;
		done += sizeof(event);
		WRITE_ONCE(r->next, at);
	}
	return done;
}

/**
 * nacc_events_read() - read(2) of /dev/nacc
 * @file: /dev/nacc
 * @buf: where to
 * @len: room there
 * @pos: unused
 */
ssize_t nacc_events_read(struct file *file, char __user *buf, size_t len,
			 loff_t *pos)
{
	struct reader *r = file->private_data;
	ssize_t ret;

	/* Whoever the file was passed on to, not who opened it. */
	if (!nacc_may_look())
		return -EPERM;
	if (len < sizeof(struct nacc_event))
		return -EINVAL;
	do {
		if (!has_event(r) && file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(readers, has_event(r)) ||
		    mutex_lock_interruptible(&r->lock))
			return -ERESTARTSYS;
		ret = copy_events(r, buf, len);
		mutex_unlock(&r->lock);
	} while (!ret);
	return ret;
}

/**
 * nacc_events_poll() - poll(2) of /dev/nacc
 * @file: /dev/nacc
 * @wait: who waits
 */
__poll_t nacc_events_poll(struct file *file, struct poll_table_struct *wait)
{
	if (!nacc_may_look())
		return EPOLLERR;
	poll_wait(file, &readers, wait);
	return has_event(file->private_data) ? EPOLLIN | EPOLLRDNORM : 0;
}

#ifdef NACC_KUNIT
#include "user_events_test.c"
#endif
