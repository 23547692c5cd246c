// SPDX-License-Identifier: GPL-2.0
/*
 * nacc dump
 */
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "dump.h"
#include "out.h"

/* Entries that one call asks for */
#define CHUNK		8192

/**
 * struct listing - a dump of one process
 * @args: the command line
 * @fd: the device
 * @pid: the process
 * @d: formats and sums
 * @req: the call, made again and again
 * @entries: room for what it returns
 * @printed: entries printed so far
 */
struct listing {
	const struct args *args;
	int fd;
	int pid;
	struct dump d;
	struct nacc_dump req;
	struct nacc_entry *entries;
	uint64_t printed;
};

static void print_chunk(struct listing *l)
{
	const struct nacc_entry *e;
	uint32_t i;

	for (i = 0; i < l->req.count; i++) {
		e = &l->entries[i];
		dump_count(&l->d, e);
		if (!dump_wanted(e, l->args->leaves))
			continue;
		if (l->args->json) {
			fputs(l->printed ? ",\n" : "\n", stdout);
			out_json_line(stdout, dump_entry_json(&l->d, e));
		} else {
			dump_print_entry(stdout, &l->d, e);
		}
		l->printed++;
	}
}

static int next_chunk(struct listing *l)
{
	uint64_t before = l->req.cursor;
	int err;

	l->req.count = CHUNK;
	err = dev_call(l->fd, NACC_IOC_DUMP, &l->req);
	if (err)
		return dev_explain(NACC_IOC_DUMP, err, (unsigned int)l->pid, 0);
	if (l->req.count > CHUNK || !l->req.levels ||
	    l->req.levels > DUMP_LEVELS ||
	    (l->req.cursor && l->req.cursor == before))
		return nacc_fail(EXIT_ABSENT,
				 "the loaded module answers nonsense: load the nacc.ko of this release");
	return EXIT_OK;
}

static void print_begin(struct listing *l)
{
	struct json_object *obj;

	l->d.levels = l->req.levels;
	l->d.domain = l->req.domain;
	dump_count_root(&l->d, l->req.root);
	dump_count_agent(&l->d, l->req.root);
	if (!l->args->json) {
		dump_print_root(stdout, &l->d, l->req.root);
		return;
	}
	obj = out_object();
	out_add_u64(obj, "pid", (uint64_t)l->pid);
	out_add_u64(obj, "domain", l->req.domain);
	out_add_u64(obj, "levels", l->req.levels);
	printf("{\n\"process\": ");
	out_json_line(stdout, obj);
	obj = out_object();
	out_add_hex(obj, "pa", l->req.root);
	dump_table_json(obj, &l->d, l->req.root);
	printf(",\n\"root\": ");
	out_json_line(stdout, obj);
	printf(",\n\"entries\": [");
}

static void print_end(struct listing *l)
{
	if (!l->args->json) {
		dump_print_agent(stdout, &l->d);
		dump_print_summary(stdout, &l->d);
		return;
	}
	printf("\n],\n\"agent\": ");
	out_json_line(stdout, dump_agent_json(&l->d));
	printf(",\n\"summary\": ");
	out_json_line(stdout, dump_summary_json(&l->d));
	printf("\n}\n");
}

static int print_listing(struct listing *l)
{
	int ret = next_chunk(l);

	if (ret)
		return ret;
	print_begin(l);
	for (;;) {
		print_chunk(l);
		if (!l->req.cursor)
			break;
		ret = next_chunk(l);
		if (ret)
			return ret;
	}
	print_end(l);
	return EXIT_OK;
}

static int read_pool(struct listing *l)
{
	struct nacc_info info;
	struct table pool;
	int ret;

	ret = dev_info(l->fd, &info);
	if (ret)
		return ret;
	l->d.pool_start = info.region_base;
	l->d.pool_end = info.region_base + info.region_size;
	ret = procfile_load("pool", &pool);
	if (!ret)
		dump_read_pool(&l->d, &pool);
	table_free(&pool);
	return ret;
}

static int run_dump(const struct args *args)
{
	struct listing l = { .args = args, .req.size = sizeof(l.req) };
	int ret;

	ret = target_process(args->argv[0], &l.pid);
	if (!ret)
		ret = dev_open(&l.fd);
	if (ret)
		return ret;
	ret = dev_pidfd(l.pid, &l.req.pidfd);
	if (ret)
		goto out;
	l.entries = nacc_alloc(NULL, CHUNK, sizeof(*l.entries));
	l.req.entries = (uintptr_t)l.entries;
	ret = read_pool(&l);
	if (!ret)
		ret = dump_read_agent(&l.d, l.fd, l.pid, l.req.pidfd);
	if (!ret)
		ret = print_listing(&l);
	close(l.req.pidfd);
	free(l.entries);
	free(l.d.frames);
	free(l.d.contexts);
out:
	close(l.fd);
	return ret;
}

const struct cmd cmd_dump = {
	.name = "dump",
	.usage = "PID|NAME [--leaves] [--json]",
	.brief = "list the page tables of a process",
	.help =
	"List the page tables of a process, marked or not, and sum them up. Each line\n"
	"is an entry that names a table: its index, its value, the table's physical\n"
	"address, the level of the entry, and whether the table is in the pool and\n"
	"whose it is. One '..' more is one level further down. The agent region follows,\n"
	"if there is one: what the firmware has of its threads, the ranges that are sealed,\n"
	"the page by which it sees how it is protected, if it has looked at it. A process\n"
	"that runs may change between the first line and the last.\n"
	"\n"
	"  PID       process ID\n"
	"  NAME      of a domain with one process\n"
	"  --leaves  list the entries that map memory, and those not present, too\n"
	"  --json    print an object\n"
	"\n"
	"Example:\n"
	"  # nacc dump 1234\n"
	"  page table 1bfff9000 pool frame 7 domain 3\n"
	"  ..255: pte 6ffff001 pa 1bfffc000 [level 2] pool frame 4 domain 3\n"
	"  .. ..421: pte 6fffec01 pa 1bfffb000 [level 1] pool frame 5 domain 3\n"
	"  [Summary] Page Table Pages Used:\n"
	"    Level 2 (VPN[2]) pages: 1\n"
	"    ...\n",
	.opts = OPT_JSON | OPT_LEAVES,
	.min = 1,
	.max = 1,
	.run = run_dump,
};
