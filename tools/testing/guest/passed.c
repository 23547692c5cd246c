// SPDX-License-Identifier: GPL-2.0
/*
 * passed UID: files of NACC that root has opened, used by root and then by somebody
 * else. Prints the errno of each use, 0 for none.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/nacc.h>

#include "common.h"

static int device, status, mark;

static void use(const char *who)
{
	struct nacc_info info = { .size = sizeof(info) };
	char buf[64];
	int of_info, of_read, of_write;

	of_info = ioctl(device, NACC_IOC_INFO, &info) ? errno : 0;
	of_read = pread(status, buf, sizeof(buf), 0) <= 0 ? errno : 0;
	/* No process has this number: root gets as far as that. */
	of_write = write(mark, "999999", 6) < 0 ? errno : 0;
	printf("%s info=%d read=%d write=%d\n", who, of_info, of_read, of_write);
}

int main(int argc, char **argv)
{
	uid_t uid = argc > 1 ? atoi(argv[1]) : 0;

	check(uid);
	device = open("/dev/nacc", O_RDWR);
	status = open("/proc/nacc/status", O_RDONLY);
	mark = open("/proc/nacc/mark", O_WRONLY);
	check(device >= 0 && status >= 0 && mark >= 0);
	use("root");
	check(!setgroups(0, NULL) && !setresgid(uid, uid, uid) && !setresuid(uid, uid, uid));
	use("user");
	return 0;
}
