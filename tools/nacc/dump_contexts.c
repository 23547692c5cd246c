// SPDX-License-Identifier: GPL-2.0
/*
 * The part of a listing that is no page table: what the firmware has of a process's threads,
 * and what it shows the process of that.
 */
#include <errno.h>
#include <stdlib.h>

#include <nacc_sbi.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "dump.h"
#include "out.h"

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

/**
 * dump_read_contexts - ask for the contexts of a process
 * @d: the listing; the caller frees @d->contexts
 * @fd: the device
 * @pid: the process
 * @pidfd: it
 *
 * An older module has none.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dump_read_contexts(struct dump *d, int fd, int pid, int pidfd)
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
 * dump_print_contexts - print them, by page; nothing of a process that has neither
 * @out: where to
 * @d: the listing
 */
void dump_print_contexts(FILE *out, const struct dump *d)
{
	const struct nacc_context *c;
	uint64_t frame = 0;

	if (!d->gate && !d->page)
		return;
	fprintf(out, "[Agent region] domain %u", d->domain);
	if (d->gate)
		fprintf(out, " record %llx", (unsigned long long)d->gate);
	fputc('\n', out);
	if (d->page)
		fprintf(out, "  page for the program %llx va %llx\n", (unsigned long long)d->page,
			(unsigned long long)d->page_va);
	for (c = d->contexts; c < d->contexts + d->nr_contexts; c++) {
		if (c->frame != frame)
			fprintf(out, "  context page %llx\n", (unsigned long long)c->frame);
		frame = c->frame;
		fprintf(out, "    thread %d: %s pc %llx cause %llx hart %u\n", c->pid,
			state_name(c->state), (unsigned long long)c->pc,
			(unsigned long long)c->cause, c->hart);
	}
}

/**
 * dump_contexts_json - the same as an object
 * @d: the listing
 *
 * Return: the object, or NULL: the process has no gate and no page.
 */
struct json_object *dump_contexts_json(const struct dump *d)
{
	struct json_object *obj, *list, *one;
	const struct nacc_context *c;

	if (!d->gate && !d->page)
		return NULL;
	obj = out_object();
	list = out_array();
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
	out_add_u64(obj, "domain", d->domain);
	if (d->gate)
		out_add_hex(obj, "record", d->gate);
	else
		out_add(obj, "record", NULL);
	if (d->page)
		out_add_hex(obj, "page", d->page);
	else
		out_add(obj, "page", NULL);
	out_add(obj, "contexts", list);
	return obj;
}
