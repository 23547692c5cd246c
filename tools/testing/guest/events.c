// SPDX-License-Identifier: GPL-2.0
/*
 * events WAY [NUMBER]: who hears of events, and how.
 *
 *   netlink N	joins the multicast group, says "ready", prints N events
 *   deaf N	joins it and never reads; says "ready", waits for a line, then says how much
 *		its socket holds, and whether it was told that it has lost something
 *   poll N	waits by poll(2) of /dev/nacc, reads one by one, prints N events
 *   many N	the same, as many with one read(2) as there are
 *   calls	what a file without events, and one without room, says: errnos
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/nacc.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"

static const char * const names[] = {
	"mark", "join", "leave", "refuse", "condemn", "exhaust", "kill",
};

static void print(const struct nacc_event *e)
{
	check(e->type < ARRAY_SIZE(names) && e->time);
	printf("event=%s domain=%u pid=%d reason=%u comm=%s name=%s\n", names[e->type],
	       e->domain, e->pid, e->reason, e->comm, e->name);
	fflush(stdout);
}

/* --- generic netlink ----------------------------------------------------------------- */

static int sock;
static char buf[16384];

static struct nlattr *find(void *at, int len, int type)
{
	struct nlattr *a = at;

	for (; len >= (int)sizeof(*a) && a->nla_len >= sizeof(*a);
	     len -= NLA_ALIGN(a->nla_len), a = (void *)((char *)a + NLA_ALIGN(a->nla_len)))
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

static void *data(struct nlattr *a)
{
	check(a);
	return (char *)a + NLA_HDRLEN;
}

static int room(struct nlattr *a)
{
	return a->nla_len - NLA_HDRLEN;
}

static struct nlattr *attr(struct nlmsghdr *h, int type)
{
	char *at = (char *)NLMSG_DATA(h) + GENL_HDRLEN;

	return find(at, (char *)h + h->nlmsg_len - at, type);
}

static uint16_t ask_family(uint32_t *group)
{
	struct {
		struct nlmsghdr n;
		struct genlmsghdr g;
		struct nlattr a;
		char name[8];
	} req = {
		.n = { .nlmsg_len = sizeof(req), .nlmsg_type = GENL_ID_CTRL,
		       .nlmsg_flags = NLM_F_REQUEST },
		.g = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.a = { .nla_len = NLA_HDRLEN + sizeof(NACC_GENL_NAME),
		       .nla_type = CTRL_ATTR_FAMILY_NAME },
		.name = NACC_GENL_NAME,
	};
	struct nlmsghdr *h = (void *)buf;
	struct nlattr *groups, *one;

	check(send(sock, &req, sizeof(req), 0) == sizeof(req));
	check(recv(sock, buf, sizeof(buf), 0) > 0);
	if (h->nlmsg_type == NLMSG_ERROR)
		die("no family: %s", strerror(-((struct nlmsgerr *)NLMSG_DATA(h))->error));
	groups = attr(h, CTRL_ATTR_MCAST_GROUPS);
	one = find(data(groups), room(groups), 1);
	check(!strcmp(data(find(data(one), room(one), CTRL_ATTR_MCAST_GRP_NAME)),
		      NACC_GENL_GROUP));
	*group = *(uint32_t *)data(find(data(one), room(one), CTRL_ATTR_MCAST_GRP_ID));
	return *(uint16_t *)data(attr(h, CTRL_ATTR_FAMILY_ID));
}

static uint16_t join(void)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	uint16_t family;
	uint32_t group;

	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	check(sock >= 0 && !bind(sock, (void *)&me, sizeof(me)));
	family = ask_family(&group);
	if (setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		die("the group: %s", strerror(errno));
	printf("ready\n");
	fflush(stdout);
	return family;
}

static void way_netlink(int n)
{
	uint16_t family = join();

	while (n) {
		struct nlmsghdr *h = (void *)buf;
		int len = recv(sock, buf, sizeof(buf), 0);
		struct nacc_event e = {};

		check(len > 0);
		if (h->nlmsg_type != family)
			continue;
		e.seq = *(uint64_t *)data(attr(h, NACC_GENL_SEQ));
		e.time = *(uint64_t *)data(attr(h, NACC_GENL_TIME));
		e.type = *(uint32_t *)data(attr(h, NACC_GENL_TYPE));
		e.domain = *(uint32_t *)data(attr(h, NACC_GENL_DOMAIN));
		e.pid = *(int32_t *)data(attr(h, NACC_GENL_PID));
		e.reason = *(uint32_t *)data(attr(h, NACC_GENL_REASON));
		snprintf(e.comm, sizeof(e.comm), "%s", (char *)data(attr(h, NACC_GENL_COMM)));
		snprintf(e.name, sizeof(e.name), "%s",
			 (char *)data(attr(h, NACC_GENL_DOMAIN_NAME)));
		print(&e);
		n--;
	}
}

static void way_deaf(void)
{
	socklen_t len = sizeof(int);
	int size = 4096, lost = 0, got = 0, ret;
	char line[16];

	join();
	check(!setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	check(!getsockopt(sock, SOL_SOCKET, SO_RCVBUF, &size, &len));
	check(read(0, line, sizeof(line)) > 0);
	for (;;) {
		ret = recv(sock, buf, sizeof(buf), MSG_DONTWAIT);
		if (ret < 0 && errno == ENOBUFS) {
			lost = 1;
			continue;
		}
		if (ret <= 0)
			break;
		got += ret;
	}
	printf("bounded=%d lost=%d\n", got <= size, lost);
}

/* --- the device ---------------------------------------------------------------------- */

static int device_of(int flags)
{
	int fd = open("/dev/nacc", O_RDWR | flags);

	if (fd < 0)
		die("/dev/nacc: %s", strerror(errno));
	return fd;
}

static void way_poll(int n, unsigned int at_once)
{
	struct nacc_event e[at_once];
	struct pollfd p = { .fd = device_of(0), .events = POLLIN };

	printf("ready\n");
	fflush(stdout);
	while (n > 0) {
		int len;

		check(poll(&p, 1, -1) == 1);
		if (p.revents != POLLIN)
			die("poll: %#x", p.revents);
		len = read(p.fd, e, sizeof(e));
		check(len > 0 && !(len % sizeof(*e)));
		for (int i = 0; i < (int)(len / sizeof(*e)) && n > 0; i++, n--)
			print(&e[i]);
	}
}

static void way_calls(void)
{
	struct nacc_event e;
	struct pollfd p = { .fd = device_of(O_NONBLOCK), .events = POLLIN };
	int of_read, of_short, of_poll;

	of_read = read(p.fd, &e, sizeof(e)) < 0 ? errno : 0;
	of_short = read(p.fd, &e, sizeof(e) - 1) < 0 ? errno : 0;
	of_poll = poll(&p, 1, 0) == 1 ? p.revents : 0;
	printf("read=%d short=%d poll=%d\n", of_read, of_short, of_poll);
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";
	int n = argc > 2 ? atoi(argv[2]) : 1;

	if (!strcmp(way, "netlink"))
		way_netlink(n);
	else if (!strcmp(way, "deaf"))
		way_deaf();
	else if (!strcmp(way, "poll"))
		way_poll(n, 1);
	else if (!strcmp(way, "many"))
		way_poll(n, 16);
	else if (!strcmp(way, "calls"))
		way_calls();
	else
		die("no way '%s'", way);
	return 0;
}
