// SPDX-License-Identifier: GPL-2.0
/*
 * nacc quota
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "conf.h"
#include "dev.h"
#include "out.h"

static void print_quota(const struct args *args, const struct nacc_quota *q)
{
	struct json_object *obj;

	if (!args->json) {
		printf("domain %u: %" PRIu64 " frames used, quota ", q->domain,
		       (uint64_t)q->used);
		if (q->frames)
			printf("%" PRIu64, (uint64_t)q->frames);
		else
			printf("none");
		printf(", %" PRIu64 " kept for it\n", (uint64_t)q->share);
		return;
	}
	obj = out_object();
	out_add_u64(obj, "domain", q->domain);
	out_add_u64(obj, "used", q->used);
	if (q->frames)
		out_add_u64(obj, "quota", q->frames);
	else
		out_add_str(obj, "quota", NULL);
	out_add_u64(obj, "share", q->share);
	out_json(stdout, obj);
}

static int run_quota(const struct args *args)
{
	struct nacc_quota quota = { .size = sizeof(quota) };
	uint64_t frames;
	int ret, fd;

	ret = target_domain(args->argv[0], &quota.domain);
	if (!ret)
		ret = quota_parse(args->argv[1], &frames);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	quota.frames = frames;
	ret = quota_call(fd, &quota);
	close(fd);
	if (!ret)
		print_quota(args, &quota);
	return ret;
}

const struct cmd cmd_quota = {
	.name = "quota",
	.usage = "ID|NAME [FRAMES|SIZE|none] [--json]",
	.brief = "show or limit how much of the pool a domain uses",
	.help =
	"Show how many frames of the pool the page tables of a domain use, or limit\n"
	"them. Each frame holds one page table of 4 KiB.\n"
	"\n"
	"  ID, NAME  of the domain, as 'nacc ps' shows them\n"
	"  FRAMES    most frames that it may use\n"
	"  SIZE      the same as memory: a number with K, M or G behind it\n"
	"  none      no limit but that others get their share\n"
	"  --json    print an object\n"
	"\n"
	"A process of the domain that needs more gets ENOMEM, or is killed where a\n"
	"page fault cannot be told that; other domains do not notice. What it has\n"
	"already stays. Without a limit a domain may use what others leave: half of\n"
	"the pool is shared evenly and kept for each.\n"
	"\n"
	"Example:\n"
	"  # nacc quota 3 8M\n"
	"  domain 3: 412 frames used, quota 2048, 1344 kept for it\n",
	.opts = OPT_JSON,
	.min = 1,
	.max = 2,
	.run = run_quota,
};
