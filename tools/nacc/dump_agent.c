// SPDX-License-Identifier: GPL-2.0
/*
 * The part of a listing that is no page table: what the firmware has of a process's threads,
 * which ranges it keeps as they are, and what it shows the process of that.
 */
#include <errno.h>
#include <stdlib.h>

#include <nacc_sbi.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "dump.h"
#include "out.h"
#include "seal.h"

static const char *const states[] = {
	[NACC_CONTEXT_FREE] = "free",
	[NACC_CONTEXT_ADOPT] = "adopted",
	[NACC_CONTEXT_CHILD] = "new",
	[NACC_CONTEXT_KERNEL] = "kernel",
	[NACC_CONTEXT_USER] = "user",
};

static const char *state_name(uint32_t state)
{
	return state < ARRAY_SIZE(states) ? states[state] : "unknown";
}

static int read_contexts(struct dump *d, int fd, int pid, int pidfd)
{
	struct nacc_contexts req = { .size = sizeof(req), .pidfd = pidfd };
	uint32_t room = 64;
	int err;

	do {
		d->contexts = nacc_alloc(d->contexts, room, sizeof(*d->contexts));
		req.contexts = (uintptr_t)d->contexts;
		req.count = room;
		err = dev_call(fd, NACC_IOC_CONTEXTS, &req);
		if (err == ENOTTY)
			return EXIT_OK;
		if (err)
			return dev_explain(NACC_IOC_DUMP, err, (unsigned int)pid, 0);
		room *= 2;
	} while (req.count > room / 2 && room <= NACC_CONTEXTS_MAX);
	d->gate = req.gate;
	d->context_pages = req.frames;
	d->nr_contexts = req.count < room / 2 ? req.count : room / 2;
	return EXIT_OK;
}

/**
 * dump_read_agent - ask for the contexts and the seals of a process
 * @d: the listing; the caller frees @d->contexts
 * @fd: the device
 * @pid: the process
 * @pidfd: it
 *
 * An older module has none.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dump_read_agent(struct dump *d, int fd, int pid, int pidfd)
{
	int err, ret = read_contexts(d, fd, pid, pidfd);

	if (ret)
		return ret;
	err = seal_list(fd, pidfd, d->seals, &d->nr_seals);
	if (err && err != ENOTTY)
		return dev_explain(NACC_IOC_DUMP, err, (unsigned int)pid, 0);
	return EXIT_OK;
}

/**
 * dump_count_agent - count what NACC_IOC_CONTEXTS does not of a process's pages
 * @d: the listing
 * @root: physical address of its root table
 *
 * Of a root the parent is its list of seals. What hangs on a page with contexts has the vector
 * registers of those; the record of a gate is its own owner.
 */
void dump_count_agent(struct dump *d, uint64_t root)
{
	const struct dump_frame *own = dump_find_frame(d, root), *f;

	if (!own)
		return;
	for (f = d->frames; f < d->frames + d->nr_frames; f++) {
		if (!f->context || f->owner != own->frame)
			continue;
		if (f->frame == own->parent)
			d->seal_pages++;
		else if (f->parent != DUMP_NONE)
			d->vector_pages++;
	}
}

/**
 * dump_agent_pages - how many pages the agent region has
 * @d: the listing
 *
 * Return: that, with the record and the page for programs, which all of a domain share.
 */
uint32_t dump_agent_pages(const struct dump *d)
{
	return d->context_pages + d->vector_pages + d->seal_pages + !!d->gate + !!d->page;
}

/**
 * dump_sealed_kib - how much of it is sealed
 * @d: the listing
 *
 * Return: in KiB.
 */
uint64_t dump_sealed_kib(const struct dump *d)
{
	uint64_t bytes = 0;
	uint32_t i;

	for (i = 0; i < d->nr_seals; i++)
		bytes += d->seals[i].end - d->seals[i].start;
	return bytes / 1024;
}

static void print_seals(FILE *out, const struct dump *d)
{
	uint32_t i;

	for (i = 0; i < d->nr_seals; i++)
		fprintf(out, "  sealed %llx-%llx (%llu KiB)\n", d->seals[i].start,
			d->seals[i].end, (d->seals[i].end - d->seals[i].start) / 1024);
}

/**
 * dump_print_agent - print them, contexts by page; nothing of a process that has none of it
 * @out: where to
 * @d: the listing
 */
void dump_print_agent(FILE *out, const struct dump *d)
{
	const struct nacc_context *c;
	uint64_t frame = 0;

	if (!d->gate && !d->page && !d->nr_seals)
		return;
	fprintf(out, "[Agent region] domain %u", d->domain);
	if (d->gate)
		fprintf(out, " record %llx", (unsigned long long)d->gate);
	fputc('\n', out);
	if (d->page)
		fprintf(out, "  page for the program %llx va %llx\n", (unsigned long long)d->page,
			(unsigned long long)d->page_va);
	print_seals(out, d);
	for (c = d->contexts; c < d->contexts + d->nr_contexts; c++) {
		if (c->frame != frame)
			fprintf(out, "  context page %llx\n", (unsigned long long)c->frame);
		frame = c->frame;
		fprintf(out, "    thread %d: %s pc %llx cause %llx hart %u\n", c->pid,
			state_name(c->state), (unsigned long long)c->pc,
			(unsigned long long)c->cause, c->hart);
	}
}

static struct json_object *contexts_json(const struct dump *d)
{
	struct json_object *list = out_array(), *one;
	const struct nacc_context *c;

	for (c = d->contexts; c < d->contexts + d->nr_contexts; c++) {
		one = out_object();
		out_add_hex(one, "page", c->frame);
		out_add(one, "thread", c->pid ? json_object_new_int(c->pid) : NULL);
		out_add_str(one, "state", state_name(c->state));
		out_add_hex(one, "pc", c->pc);
		out_add_hex(one, "cause", c->cause);
		out_add_u64(one, "hart", c->hart);
		out_append(list, one);
	}
	return list;
}

static struct json_object *seals_json(const struct dump *d)
{
	struct json_object *list = out_array(), *one;
	uint32_t i;

	for (i = 0; i < d->nr_seals; i++) {
		one = out_object();
		out_add_hex(one, "start", d->seals[i].start);
		out_add_hex(one, "end", d->seals[i].end);
		out_append(list, one);
	}
	return list;
}

static void add_address(struct json_object *obj, const char *key, uint64_t address)
{
	if (address)
		out_add_hex(obj, key, address);
	else
		out_add(obj, key, NULL);
}

/**
 * dump_agent_json - the same as an object
 * @d: the listing
 *
 * Return: the object, or NULL: the process has no gate, no page and no seal.
 */
struct json_object *dump_agent_json(const struct dump *d)
{
	struct json_object *obj;

	if (!d->gate && !d->page && !d->nr_seals)
		return NULL;
	obj = out_object();
	out_add_u64(obj, "domain", d->domain);
	add_address(obj, "record", d->gate);
	add_address(obj, "page", d->page);
	out_add(obj, "contexts", contexts_json(d));
	out_add(obj, "seals", seals_json(d));
	return obj;
}
