// SPDX-License-Identifier: GPL-2.0
/* asuser UID COMMAND...: run it as somebody who is not root. */
#define _GNU_SOURCE
#include <grp.h>
#include <unistd.h>

#include "common.h"

int main(int argc, char **argv)
{
	uid_t uid;

	check(argc > 2);
	uid = atoi(argv[1]);
	check(uid && !setgroups(0, NULL) && !setresgid(uid, uid, uid) && !setresuid(uid, uid, uid));
	execvp(argv[2], argv + 2);
	die("%s: %s", argv[2], strerror(errno));
}
