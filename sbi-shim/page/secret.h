/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret pages (nacc_sbi_secret.h): whose they are, and that nobody else's tables name them.
 *
 * Whose one is says struct nacc_core.secrets. It becomes a root's under secrets_lock, with
 * that root locked, and is nobody's again when that root ends: whoever makes it so has the
 * root locked, too, and no hart has the root. So of a root that is locked, or that this hart
 * has in satp, what it has only becomes more.
 *
 * That no other entry names one: all rules of leaves refuse the region. That no translation
 * outlives its entry: the glue forgets all of a hart's whenever it opens and closes them.
 *
 * secrets_lock is taken under the lock of a root, and none under it.
 */
#ifndef NACC_SECRET_H
#define NACC_SECRET_H

#include "nacc_core.h"

/**
 * nacc_secret_call() - an ecall of a gated thread in user mode, for the shim
 * @core: the core, locked
 * @satp: what the hart has
 * @function: a6; hostile
 * @nr: a0; hostile
 *
 * Return: what a0 becomes (nacc_sbi_secret.h).
 */
long nacc_secret_call(struct nacc_core *core, nacc_u64 satp, nacc_u64 function, nacc_u64 nr);

/**
 * nacc_secret_opens() - are secret pages to be opened for this access?
 * @core: the core, locked
 * @satp: what the hart has
 * @va: the address that a thread in user mode has not got at
 *
 * Return: 1 if there is one of its own, and its gate is enforced; or 0.
 */
int nacc_secret_opens(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va);

/**
 * nacc_secret_leaf() - the entry of a secret page, but for Linux's bits
 * @core: the core
 * @root: whose
 * @slot: entry of the table of the page
 *
 * Return: it, or 0 if it has none there.
 */
nacc_u64 nacc_secret_leaf(const struct nacc_core *core, const struct nacc_frame *root,
			  nacc_u32 slot);

/**
 * nacc_secrets_end() - an address space ends: what it has is emptied, and nobody's
 * @core: the core
 * @root: its root, locked; no hart has it
 */
void nacc_secrets_end(struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_secrets_used() - how many are somebody's
 * @core: the core
 */
nacc_u32 nacc_secrets_used(const struct nacc_core *core);

#endif /* NACC_SECRET_H */
