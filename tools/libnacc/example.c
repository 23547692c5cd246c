// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * nacc-self: how is this process protected? An example of the use of libnacc.
 *
 *   nacc-self [--watch N]     one line; with N as many, one a second
 *
 * Exit status: 0 protected, 1 not, 2 it cannot be told.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nacc.h>

static int tell(void)
{
	struct nacc_self self;
	int ret = nacc_info(&self, sizeof(self));

	if (ret == -ENODEV) {
		puts("not protected");
		return 1;
	}
	if (ret) {
		printf("unknown: %s\n", strerror(-ret));
		return 2;
	}
	printf("protected: domain %llu, abi %u.%u, gate %s%s%s, gated %u of %u, ",
	       (unsigned long long)self.domain, self.abi >> 16, self.abi & 0xffff,
	       nacc_gate_name(self.gate), self.gate_flags & NACC_SELF_PTRACE ? ",ptrace" : "",
	       self.gate_flags & NACC_SELF_LIST ? ",list" : "", self.gated, self.address_spaces);
	printf("seals %u, refused %llu, returns %llu, calls %llu, generation %llu\n",
	       self.seals, (unsigned long long)self.refused,
	       (unsigned long long)self.refused_returns,
	       (unsigned long long)self.refused_calls, (unsigned long long)self.generation);
	return 0;
}

int main(int argc, char **argv)
{
	int n = argc == 3 && !strcmp(argv[1], "--watch") ? atoi(argv[2]) : 1, status = 2;

	if (argc != 1 && (argc != 3 || n < 1)) {
		fprintf(stderr, "usage: nacc-self [--watch N]\n");
		return 2;
	}
	while (n--) {
		status = tell();
		fflush(stdout);
		if (n)
			sleep(1);
	}
	return status;
}
