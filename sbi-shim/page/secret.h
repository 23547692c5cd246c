/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret pages (nacc_sbi_secret.h): whose they are, and that nobody else's tables name them.
 *
 * Whose they are says struct nacc_core.secrets: all that an address space can have is one
 * piece, so that one PMP entry can open it and nothing else. A piece becomes a root's under
 * secrets_lock, with that root locked, and is nobody's again when that root ends: whoever makes
 * it so has the root locked, too, and no hart has the root. So of a root that is locked, or
 * that this hart has in satp, and has announced, what it has only becomes more.
 *
 * In the user half of protected tables no other entry names one: all rules of leaves refuse
 * the region. What the kernel's half, or an ordinary table, names is open to nobody but the
 * owner's own program.
 *
 * Threads of a root that has some do not go by the trap vector (NACC_CONTEXT_KEEPS).
 *
 * secrets_lock is taken under the lock of a root, and none under it.
 */
#ifndef NACC_SECRET_H
#define NACC_SECRET_H

#include "nacc_core.h"

/**
 * nacc_secret_call() - an ecall of a gated thread in user mode, for the shim
 * @core: the core, locked
 * @satp: what the hart has, and has announced
 * @function: a6; hostile
 * @nr: a0; hostile
 *
 * Return: what a0 becomes (nacc_sbi_secret.h).
 */
long nacc_secret_call(struct nacc_core *core, nacc_u64 satp, nacc_u64 function, nacc_u64 nr);

/**
 * nacc_secret_is_fenced() - has each hart forgotten what was at the place of secret pages?
 * @core: the core
 * @satp: what the hart has, and has announced
 *
 * Since the address space came to have some. A thread that was in user mode just then could
 * still use what the kernel had its hart remember there, and write to that.
 *
 * Return: 1, also if it has none; or 0: before a program is told where they are, all harts are
 * to be fenced.
 */
int nacc_secret_is_fenced(const struct nacc_core *core, nacc_u64 satp);

/**
 * nacc_secret_fenced() - they have
 * @core: the core
 * @satp: what the hart has had in satp, and announced, since before that fence
 */
void nacc_secret_fenced(struct nacc_core *core, nacc_u64 satp);

/**
 * nacc_secret_opens() - are secret pages to be opened for this access?
 * @core: the core, locked
 * @satp: what the hart has, and has announced
 * @va: the address that a thread in user mode has not got at
 *
 * Return: physical address of what is to be opened, or 0: none of its own is there, or it is
 * not to be opened.
 */
nacc_u64 nacc_secret_opens(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va);

/**
 * nacc_secret_has() - has an address space secret pages?
 * @core: the core
 * @root: its root
 *
 * Return: 1, also if they are not opened any more; or 0.
 */
int nacc_secret_has(const struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_secret_of() - where the secret pages of an address space are
 * @core: the core
 * @satp: what a hart has
 *
 * Return: physical address of the first, or 0 if it has none, or is not bound.
 */
nacc_u64 nacc_secret_of(const struct nacc_core *core, nacc_u64 satp);

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
 * nacc_secrets_forfeit() - a gate is less than enforced: what is behind it stays closed
 * @core: the core
 * @record: its record, the mode of which says so
 */
void nacc_secrets_forfeit(struct nacc_core *core, const struct nacc_frame *record);

/**
 * nacc_secret_lose() - a thread goes on that nobody has looked at
 * @core: the core
 * @root: its root: what that has stays closed
 */
void nacc_secret_lose(struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_secrets_end() - an address space ends: what it has is emptied, and nobody's
 * @core: the core
 * @root: its root, locked; no hart has it
 */
void nacc_secrets_end(struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_secrets_wipe() - the machine is about to be reset: all of them are emptied
 * @core: the core
 */
void nacc_secrets_wipe(const struct nacc_core *core);

#endif /* NACC_SECRET_H */
