// SPDX-License-Identifier: GPL-2.0
/*
 * nacc unmark
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"

/* What is let go in the cgroup of another domain becomes a part of that, which comes later. */
#define PASSES	16

/* Two reasons for one error: who may not unmark may not ask about the profile either. */
static int explain(int fd, int err, uint32_t domain)
{
	struct nacc_protect ask = { .size = sizeof(ask), .what = NACC_PROTECT_ASK };

	if (err == EPERM && dev_call(fd, NACC_IOC_PROTECT, &ask) == EPERM)
		return dev_explain(NACC_IOC_PROTECT, EPERM, 0, 0);
	return dev_explain(NACC_IOC_UNMARK, err, domain, 0);
}

static int unmark(int fd, uint32_t domain)
{
	struct nacc_unmark call = { .size = sizeof(call), .domain = domain };

	return dev_call(fd, NACC_IOC_UNMARK, &call);
}

/* One has ended of itself: that is what was wanted. Return: how many were unmarked. */
static int unmark_listed(int fd, const struct table *domains, int *ret, bool last)
{
	uint32_t id;
	size_t i;
	int nr = 0, err;

	for (i = 0; i < domains->nrows; i++) {
		/* The others are on their way already. */
		if (!table_u32(domains, i, "id", &id) ||
		    strcmp(table_cell(domains, i, "state"), "live"))
			continue;
		err = unmark(fd, id);
		nr += !err || err == ENOENT;
		if (err && err != ENOENT && last)
			*ret = explain(fd, err, id);
	}
	return nr;
}

/* Until there is none, or none that could be: why that is, is said then. */
static int unmark_all(int fd)
{
	struct table domains;
	int ret, pass, nr = 1;

	for (pass = 0; nr; pass++) {
		ret = procfile_load("domains", &domains);
		nr = ret ? 0 : unmark_listed(fd, &domains, &ret, false);
		if (!ret && (!nr || pass == PASSES)) {
			unmark_listed(fd, &domains, &ret, true);
			nr = 0;
		}
		table_free(&domains);
	}
	return ret;
}

/* All of them are known before the first is unmarked. */
static int unmark_named(int fd, const struct args *args)
{
	uint32_t *ids = nacc_alloc(NULL, (size_t)args->argc, sizeof(*ids));
	int i, err, ret = EXIT_OK;

	for (i = 0; !ret && i < args->argc; i++)
		ret = target_domain(args->argv[i], &ids[i]);
	for (i = 0; !ret && i < args->argc; i++) {
		err = unmark(fd, ids[i]);
		ret = err ? explain(fd, err, ids[i]) : EXIT_OK;
	}
	free(ids);
	return ret;
}

static int run_unmark(const struct args *args)
{
	int ret, fd;

	if (args->all == !!args->argc)
		return nacc_fail(EXIT_USAGE,
				 args->all ? "unmark: give either domains or --all" :
					     "unmark: something is missing: give the ID or name of a domain, or --all");
	ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = args->all ? unmark_all(fd) : unmark_named(fd, args);
	close(fd);
	return ret;
}

const struct cmd cmd_unmark = {
	.name = "unmark",
	.usage = "ID|NAME... | --all",
	.brief = "end the protection of a domain",
	.help =
	"End the protection of a domain. Its processes go on, on ordinary page\n"
	"tables. Prints nothing when it is done.\n"
	"\n"
	"  ID, NAME  of domains, as 'nacc ps' shows them\n"
	"  --all     all domains that are live. One that cannot be unmarked keeps none of\n"
	"            the others: why it cannot is said at the end\n"
	"\n"
	"Example:\n"
	"  # nacc unmark web\n",
	.opts = OPT_ALL,
	.max = -1,
	.run = run_unmark,
};
