// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family "nacc": events, multicast to whoever has joined its group.
 *
 * A listener that does not read loses what does not fit into his socket's buffer and is
 * told so (ENOBUFS); nobody waits for him.
 */
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "user/user.h"

/* The audience is that of the kernel's log: what others do is told. */
static const struct genl_multicast_group groups[] = {
	{ .name = NACC_GENL_GROUP, .flags = GENL_MCAST_CAP_SYS_ADMIN },
};

static struct genl_family family __ro_after_init = {
	.name = NACC_GENL_NAME,
	.version = NACC_GENL_VERSION,
	.maxattr = NACC_GENL_ATTR_MAX,
	.module = THIS_MODULE,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

static int put(struct sk_buff *skb, const struct nacc_event *event)
{
	void *head = genlmsg_put(skb, 0, 0, &family, 0, NACC_GENL_EVENT);

	if (!head ||
	    nla_put_u64_64bit(skb, NACC_GENL_SEQ, event->seq, NACC_GENL_PAD) ||
	    nla_put_u64_64bit(skb, NACC_GENL_TIME, event->time, NACC_GENL_PAD) ||
	    nla_put_u32(skb, NACC_GENL_TYPE, event->type) ||
	    nla_put_u32(skb, NACC_GENL_DOMAIN, event->domain) ||
	    nla_put_u32(skb, NACC_GENL_PID, event->pid) ||
	    nla_put_u32(skb, NACC_GENL_REASON, event->reason) ||
	    nla_put_string(skb, NACC_GENL_COMM, event->comm) ||
	    nla_put_string(skb, NACC_GENL_DOMAIN_NAME, event->name))
		return -EMSGSIZE;
	genlmsg_end(skb, head);
	return 0;
}

/**
 * nacc_netlink_tell() - multicast an event
 * @event: the event
 *
 * Context: may sleep.
 */
void nacc_netlink_tell(const struct nacc_event *event)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&family, &init_net, 0))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	if (put(skb, event)) {
		nlmsg_free(skb);
		return;
	}
	/* Not GFP_KERNEL: that would give the processor away for who does not read. */
	genlmsg_multicast(&family, skb, 0, 0, GFP_NOWAIT);
}

/**
 * nacc_netlink_init() - register the family
 *
 * Return: 0 or an error.
 */
int __init nacc_netlink_init(void)
{
	return genl_register_family(&family);
}

/**
 * nacc_netlink_exit() - undo nacc_netlink_init()
 */
void nacc_netlink_exit(void)
{
	genl_unregister_family(&family);
}
