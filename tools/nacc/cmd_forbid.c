// SPDX-License-Identifier: GPL-2.0
/*
 * nacc forbid
 */
#include <unistd.h>

#include "cmd.h"
#include "dev.h"

static int parse_address(const char *text, const char *option, uint64_t *val)
{
	if (!text || number_parse(text, val))
		return EXIT_OK;
	return nacc_fail(EXIT_USAGE,
			 "'%s' is not an address: give %s a number, as 0x1000",
			 text, option);
}

static int run_forbid(const struct args *args)
{
	uint64_t start = 0, end = UINT64_MAX;
	uint32_t domain, forbid = 0;
	int ret, fd, i;

	ret = target_domain(args->argv[0], &domain);
	for (i = 1; !ret && i < args->argc; i++)
		ret = forbid_parse(args->argv[i], &forbid);
	if (!ret)
		ret = parse_address(args->start, "--start", &start);
	if (!ret)
		ret = parse_address(args->end, "--end", &end);
	if (!ret && start >= end)
		ret = nacc_fail(EXIT_USAGE,
				"the range is empty: --end is behind the last address");
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = forbid_call(fd, domain, forbid, start, end);
	close(fd);
	return ret;
}

const struct cmd cmd_forbid = {
	.name = "forbid",
	.usage = "ID|NAME [--start ADDRESS] [--end ADDRESS] force-write|pin...",
	.brief = "forbid others to write to or pin a domain's memory",
	.help =
	"Forbid the kernel to do something to the memory of a domain on behalf of\n"
	"others, or of itself. A rule is for all processes of the domain, those to\n"
	"come included, and cannot be taken back. Prints nothing when it is done.\n"
	"\n"
	"  ID, NAME         of the domain, as 'nacc ps' shows them\n"
	"  force-write      writes to what the process cannot write itself: debuggers\n"
	"                   (breakpoints in code), /proc/PID/mem. They fail with EIO.\n"
	"                   What the process can write may still be written.\n"
	"  pin              pins without an end: buffers registered with io_uring, RDMA,\n"
	"                   VFIO. Direct I/O is no such pin, what is pinned stays.\n"
	"  --start ADDRESS  first address; else 0\n"
	"  --end ADDRESS    address behind the last; else there is no end\n"
	"\n"
	"This is a policy of the kernel's: whoever controls the kernel is not bound by\n"
	"it. 'nacc stat ID' lists the rules. 'nacc run' and 'nacc mark' take --forbid.\n"
	"\n"
	"Example:\n"
	"  # nacc forbid 3 force-write pin\n"
	"  # nacc forbid 4 --start 0x10000 --end 0x20000 force-write\n",
	.opts = OPT_RANGE,
	.min = 2,
	.max = -1,
	.run = run_forbid,
};
