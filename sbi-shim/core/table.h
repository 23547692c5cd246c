/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables as wholes and the links between them.
 */
#ifndef NACC_TABLE_H
#define NACC_TABLE_H

#include "request.h"

/**
 * struct nacc_plan - what a new entry would do to the links
 * @child: table that it would link, or NULL
 * @dropped: table that it would unlink, or NULL
 * @adopt: 1 if the entry names a page outside the pool that needs a twin
 */
struct nacc_plan {
	struct nacc_frame *child;
	struct nacc_frame *dropped;
	int adopt;
};

/**
 * nacc_entry_child() - the table that an entry links
 * @core: the core
 * @frame: the frame that holds the entry
 * @slot: which entry
 * @pte: its value
 *
 * Return: the table, or NULL if the entry links none: it is a leaf or not
 * present, or retirement has already taken the table away.
 */
struct nacc_frame *nacc_entry_child(const struct nacc_core *core,
				    const struct nacc_frame *frame,
				    nacc_u32 slot, nacc_u64 pte);

/**
 * nacc_plan_entry() - may this value stand in this entry, and what follows?
 * @core: the core, set up
 * @frame: table or root, its level and owner filled in
 * @slot: which entry
 * @old: what it holds
 * @val: what it would hold
 * @plan: out: what happens to links; meaningless if refused
 *
 * Nothing is changed. Without the lock it may be called for level 0 only, where
 * no link can be.
 *
 * Return: NACC_REASON_NONE or the rule that @val breaks.
 */
enum nacc_reason nacc_plan_entry(const struct nacc_core *core,
				 const struct nacc_frame *frame, nacc_u32 slot,
				 nacc_u64 old, nacc_u64 val,
				 struct nacc_plan *plan);

/**
 * nacc_table_adopt() - make an armed frame the twin of an ordinary page
 * @core: the core, set up
 * @owner: root that will own it
 * @level: its level
 * @source: the page; readable
 * @whole: the entry that shall link it: it may name the pages that this entry names,
 *	or is split into, and no others, nor may it link anything; or NULL, for an
 *	address space that is being built: it may name any page that the rules allow,
 *	and link unlinked tables of @owner, which become linked
 * @twin: out: an unlinked table
 *
 * The frame is a table only once all is validated: until then a store to it is
 * refused, so that on failure nothing can be in flight and it may stay armed.
 *
 * Return: NACC_REASON_NONE, or why nothing has changed.
 */
enum nacc_reason nacc_table_adopt(struct nacc_core *core, nacc_u32 owner,
				  nacc_u32 level, const nacc_u64 *source,
				  const nacc_u64 *whole, struct nacc_frame **twin);

/**
 * nacc_root_create() - make an armed frame a root
 * @core: the core, locked
 * @tag: for the records about it
 * @live: 1 if stores to it may follow, 0 if it is being built
 *
 * Return: the root, its user half empty, or NULL if no frame is armed.
 */
struct nacc_frame *nacc_root_create(struct nacc_core *core, nacc_u64 tag, int live);

/**
 * nacc_root_fill() - fill the user half of a root and make it live
 * @core: the core, set up
 * @root: a root that is being built
 * @source: page to fill it from; nacc_buffer_ok()
 *
 * Return: NACC_REASON_NONE, or why nothing has changed.
 */
enum nacc_reason nacc_root_fill(struct nacc_core *core, struct nacc_frame *root,
				const nacc_u64 *source);

/**
 * nacc_table_orphan() - unlink the tables that a frame's entries link
 * @core: the core
 * @frame: the frame; its entries stay as they are
 * @nr: look at the first so many entries, a multiple of four
 */
void nacc_table_orphan(struct nacc_core *core, struct nacc_frame *frame,
		       nacc_u32 nr);

/* NACC_SBI_MERGE_AD */
struct nacc_ret nacc_merge_ad(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_table_check() - validate every entry of a frame again
 * @core: the core, set up
 * @frame: table or root
 * @live: out: live entries of the user part
 *
 * Return: NACC_REASON_NONE or the first rule found broken.
 */
enum nacc_reason nacc_table_check(const struct nacc_core *core,
				  const struct nacc_frame *frame,
				  nacc_u32 *live);

#endif /* NACC_TABLE_H */
