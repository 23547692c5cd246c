// SPDX-License-Identifier: GPL-2.0
/*
 * The listing of a process's page tables: lines and JSON.
 */

#include "dump.h"
#include "out.h"

#define PAGE_KIB	4

static void print_place(FILE *out, const struct dump *d, uint64_t pa)
{
	const struct dump_frame *f = dump_find_frame(d, pa);

	if (!dump_in_pool(d, pa))
		fputs(" outside the pool", out);
	else if (!f)
		fputs(" pool frame ? domain ?", out);
	else if (!f->domain)
		fprintf(out, " pool frame %u domain -", f->frame);
	else
		fprintf(out, " pool frame %u domain %u", f->frame, f->domain);
}

static void print_rights(FILE *out, uint64_t value)
{
	static const char letters[] = "vrwxugad";
	int i;

	fputc(' ', out);
	for (i = 1; i < 8; i++)
		fputc(value & 1U << i ? letters[i] : '-', out);
}

/**
 * dump_print_root - print the line that begins a listing
 * @out: where to
 * @d: the listing
 * @root: physical address of the root table
 */
void dump_print_root(FILE *out, const struct dump *d, uint64_t root)
{
	fprintf(out, "page table %llx", (unsigned long long)root);
	print_place(out, d, root);
	fputc('\n', out);
}

/**
 * dump_print_entry - print the line of an entry
 * @out: where to
 * @d: the listing
 * @e: the entry
 */
void dump_print_entry(FILE *out, const struct dump *d,
		      const struct nacc_entry *e)
{
	__u64 pa = dump_entry_pa(e->value);
	unsigned int i;

	for (i = e->level + 1; i < d->levels; i++)
		fputs(".. ", out);
	fprintf(out, "..%u: pte %llx pa %llx [level %u]",
		dump_index(e), e->value, pa, e->level);
	if (dump_is_table(e)) {
		print_place(out, d, pa);
	} else {
		fprintf(out, " va %llx", e->va);
		if (e->flags & NACC_ENTRY_PRESENT)
			print_rights(out, e->value);
		else
			fputs(" not present", out);
	}
	fputc('\n', out);
}

/**
 * dump_print_summary - print the sums
 * @out: where to
 * @d: the listing
 */
void dump_print_summary(FILE *out, const struct dump *d)
{
	__u64 total = d->in_pool + d->outside;
	unsigned int i;

	fputs("[Summary] Page Table Pages Used:\n", out);
	for (i = d->levels; i-- > 0;)
		fprintf(out, "  Level %u (VPN[%u]) pages: %llu\n", i, i, d->tables[i]);
	fprintf(out,
		"  Total page table pages: %llu (size = %llu KiB)\n"
		"  In the pool: %llu, outside: %llu\n"
		"  Total user leaf pages: %llu\n",
		total, total * PAGE_KIB, d->in_pool, d->outside, d->user_pages);
	if (d->kernel_pages)
		fprintf(out, "  Leaf pages without U: %llu\n",
			d->kernel_pages);
	fprintf(out,
		"  Huge leaves: %llu\n"
		"  Not present (swapped, migrating, no access): %llu\n",
		d->huge, d->absent);
	if (d->gate)
		fprintf(out, "  Context pages: %u\n", d->context_pages);
	if (d->vector_pages)
		fprintf(out, "  Vector register pages: %u\n", d->vector_pages);
	if (d->page)
		fputs("  Pages for the program: 1\n", out);
	if (d->nr_seals)
		fprintf(out, "  Sealed ranges: %u (size = %llu KiB)\n", d->nr_seals,
			(unsigned long long)dump_sealed_kib(d));
	if (dump_agent_pages(d))
		fprintf(out, "  Total agent pages: %u (size = %u KiB)\n", dump_agent_pages(d),
			dump_agent_pages(d) * PAGE_KIB);
}

/**
 * dump_table_json - say where a table is
 * @obj: object to add the members in_pool, frame and domain to
 * @d: the listing
 * @pa: physical address of the table
 */
void dump_table_json(struct json_object *obj, const struct dump *d,
		     uint64_t pa)
{
	const struct dump_frame *f = dump_find_frame(d, pa);

	out_add_bool(obj, "in_pool", dump_in_pool(d, pa));
	if (f && dump_in_pool(d, pa)) {
		out_add_u64(obj, "frame", f->frame);
		if (f->domain)
			out_add_u64(obj, "domain", f->domain);
	}
}

/**
 * dump_entry_json - an entry as an object
 * @d: the listing
 * @e: the entry
 *
 * Return: the object.
 */
struct json_object *dump_entry_json(const struct dump *d,
				    const struct nacc_entry *e)
{
	struct json_object *obj = out_object();
	uint64_t pa = dump_entry_pa(e->value);
	bool present = e->flags & NACC_ENTRY_PRESENT;

	out_add_u64(obj, "level", e->level);
	out_add_u64(obj, "index", dump_index(e));
	out_add_hex(obj, "va", e->va);
	out_add_hex(obj, "pte", e->value);
	out_add_hex(obj, "table", e->table);
	out_add_str(obj, "kind", dump_is_table(e) ? "table" :
				 present ? "leaf" : "absent");
	if (present)
		out_add_hex(obj, "pa", pa);
	if (dump_is_table(e))
		dump_table_json(obj, d, pa);
	return obj;
}

/**
 * dump_summary_json - the sums as an object
 * @d: the listing
 *
 * Return: the object; "tables" is an array by level, level 0 first.
 */
struct json_object *dump_summary_json(const struct dump *d)
{
	struct json_object *obj = out_object(), *levels = out_array();
	unsigned int i;

	for (i = 0; i < d->levels; i++)
		out_append_u64(levels, d->tables[i]);
	out_add(obj, "tables", levels);
	out_add_u64(obj, "total", d->in_pool + d->outside);
	out_add_u64(obj, "in_pool", d->in_pool);
	out_add_u64(obj, "outside", d->outside);
	out_add_u64(obj, "user_leaf_pages", d->user_pages);
	out_add_u64(obj, "leaf_pages_without_u", d->kernel_pages);
	out_add_u64(obj, "huge_leaves", d->huge);
	out_add_u64(obj, "not_present", d->absent);
	out_add_u64(obj, "context_pages", d->context_pages);
	out_add_u64(obj, "vector_pages", d->vector_pages);
	out_add_u64(obj, "seal_pages", d->seal_pages);
	out_add_u64(obj, "program_pages", d->page ? 1 : 0);
	out_add_u64(obj, "agent_pages", dump_agent_pages(d));
	out_add_u64(obj, "sealed_ranges", d->nr_seals);
	out_add_u64(obj, "sealed_kib", dump_sealed_kib(d));
	return obj;
}
