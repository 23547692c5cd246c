/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The listing of a process's page tables: format and sums.
 */
#ifndef NACC_DUMP_H
#define NACC_DUMP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/nacc.h>

struct json_object;
struct table;

/* Page-table levels the privileged spec has: Sv57 */
#define DUMP_LEVELS	5
/* No frame of the pool */
#define DUMP_NONE	UINT32_MAX

/**
 * struct dump_frame - a frame of the pool
 * @pa: its physical address
 * @frame: its index
 * @domain: domain that owns it, or 0
 * @owner: frame of its root, or DUMP_NONE
 * @parent: frame that leads to it, or DUMP_NONE; of a root, that with its seals
 * @context: is it no table, but what the firmware has of threads?
 */
struct dump_frame {
	uint64_t pa;
	uint32_t frame;
	uint32_t domain;
	uint32_t owner;
	uint32_t parent;
	bool context;
};

/**
 * struct dump - a listing on its way
 * @levels: page-table levels of the process
 * @pool_start: first byte of the region that PMP makes read-only
 * @pool_end: first byte behind it
 * @frames: frames in use, by address
 * @nr_frames: their number
 * @tables: tables found so far, by level
 * @in_pool: of these, tables in the pool
 * @outside: of these, tables that are not
 * @user_pages: 4 KiB pages that leaves with U map
 * @kernel_pages: 4 KiB pages that leaves without U map
 * @huge: leaves above level 0
 * @absent: entries that are not present
 * @domain: the domain that the process is in, or 0
 * @page: physical address of the page by which it sees how it is protected, or 0
 * @page_va: where it sees it
 * @gate: physical address of the record of its gate, or 0
 * @context_pages: pages that hold what the firmware has of its threads
 * @vector_pages: pages with their vector registers
 * @seal_pages: pages with the list of what is sealed of it
 * @contexts: that, by page
 * @nr_contexts: their number
 * @seals: what of it is sealed
 * @nr_seals: how many ranges that is
 */
struct dump {
	unsigned int levels;
	uint64_t pool_start;
	uint64_t pool_end;
	struct dump_frame *frames;
	size_t nr_frames;
	__u64 tables[DUMP_LEVELS];
	__u64 in_pool;
	__u64 outside;
	__u64 user_pages;
	__u64 kernel_pages;
	__u64 huge;
	__u64 absent;
	uint32_t domain;
	__u64 page;
	__u64 page_va;
	__u64 gate;
	uint32_t context_pages;
	uint32_t vector_pages;
	uint32_t seal_pages;
	struct nacc_context *contexts;
	size_t nr_contexts;
	struct nacc_seal_range seals[NACC_SEAL_RANGES];
	uint32_t nr_seals;
};

void dump_read_pool(struct dump *d, const struct table *pool);
bool dump_wanted(const struct nacc_entry *e, bool leaves);
void dump_count_root(struct dump *d, uint64_t root);
void dump_count(struct dump *d, const struct nacc_entry *e);

void dump_print_root(FILE *out, const struct dump *d, uint64_t root);
void dump_print_entry(FILE *out, const struct dump *d,
		      const struct nacc_entry *e);
void dump_print_summary(FILE *out, const struct dump *d);

struct json_object *dump_entry_json(const struct dump *d,
				    const struct nacc_entry *e);
struct json_object *dump_summary_json(const struct dump *d);
void dump_table_json(struct json_object *obj, const struct dump *d,
		     uint64_t pa);

int dump_read_agent(struct dump *d, int fd, int pid, int pidfd);
void dump_print_agent(FILE *out, const struct dump *d);
struct json_object *dump_agent_json(const struct dump *d);
uint64_t dump_sealed_kib(const struct dump *d);
void dump_count_agent(struct dump *d, uint64_t root);
uint32_t dump_agent_pages(const struct dump *d);

uint64_t dump_entry_pa(uint64_t value);
const struct dump_frame *dump_find_frame(const struct dump *d, uint64_t pa);
bool dump_in_pool(const struct dump *d, uint64_t pa);
unsigned int dump_index(const struct nacc_entry *e);
bool dump_is_table(const struct nacc_entry *e);

#endif /* NACC_DUMP_H */
