/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: secret pages, which a program can use and the kernel cannot read;
 * part of nacc_sbi.h, and the manual of the one call that programs make themselves. They use
 * tools/libnacc.
 *
 * An address space can have NACC_SECRET_PAGES of them, one behind the other. They are memory
 * between the frames and the records, at the end of the region: none that Linux hands out, and
 * closed by PMP for S- and U-mode. Only while a thread of that address space is in user mode,
 * and since it has touched one there, its own are open on its hart, and nobody else's; whatever
 * ends that closes them before S-mode runs. In its tables the shim alone makes entries that name
 * them, in the table of its page (nacc_sbi_page.h): at NACC_SECRET_VA there are its own secret
 * pages, or nothing, also where a hart remembers another translation: each return of its threads
 * forgets those, and before the call that has the first one returns each hart has.
 *
 * They are zero when they are first had, and made zero before anybody else has them: by
 * AS_RETIRE, and at a reset that S-mode asks for by SRST or the old call to shut down: when
 * OpenSBI has accepted it, and no hart opens any more; a call that is refused changes nothing. A
 * hart that does not answer within 10 ms may write its own again behind that. Not seen is a reset
 * by a device's register (sifive_test, syscon), by a watchdog, or by power: what memory keeps then
 * it keeps until the pool is made zero at the next boot. A child has none of its parent's, a new
 * program none of the one before. If the gate is ever less than enforced while an address
 * space has some, or a thread goes on that was there before the gate and has not been looked
 * at, they stay closed for good.
 *
 * Only naturally aligned accesses are sure to work: others, on a hart that does not do them by
 * itself, are somebody else's, for whom they are closed.
 *
 * A kernel that is somebody else's can take the program to other tables: an ordinary root, or, by
 * AS_BIND as NACC_BOUND_LEAVING, out of its own, unless it has a seal. What is in secret pages
 * stays closed then; but another page can stand at their place, what the program stores there
 * from then on is the attacker's, and the program cannot tell. And what the kernel has prepared
 * before the first one was had stays: where the program began, its text, and handlers of signals
 * that it never registered.
 *
 * What they are good for: memory that somebody reads by the kernel (a bug, /proc, a core dump, a
 * crash dump), or names in page tables. They do not keep out who has the program itself copy
 * them: its text and stack are ordinary memory, and its registers are in the kernel's memory,
 * and in contexts, at each trap.
 *
 * The call is an ecall from user mode, which the shim sees first behind a gate, and answers:
 * the kernel does not know of it. Without a gate it is a system call that the kernel does not
 * have (-ENOSYS), so first see nacc_sbi_page.h: "gate" there must say NACC_GATE_ENFORCE.
 *
 * a7 = NACC_USER_CALL, a6 = NACC_USER_SECRET, a0 = which of its secret pages: from now on
 *	its entry is there. a0 becomes its address, always the same, or, as in Linux, minus an
 *	error: ENOSYS (38): another a6, or this machine has none (SECRETS is 0), or is being reset.
 *	EPERM (1): the gate is less than enforced, or was since it has them, or lets a debugger
 *	in. EINVAL (22): it cannot have so many. ENXIO (6): the page of nacc_sbi_page.h is not
 *	there: look at it first. EAGAIN (11): a thread of it that was there before the gate has
 *	not been back in user mode, or its root is not bound as NACC_BOUND (yet). ENOMEM (12):
 *	no memory for it is left, or the address spaces of its tag have as much as they may.
 *	Other registers are as before.
 */
#ifndef NACC_SBI_SECRET_H
#define NACC_SBI_SECRET_H

/** NACC_USER_CALL - a7 of an ecall from user mode that is the shim's; no system call */
#define NACC_USER_CALL			0x084E4143

/** NACC_USER_SECRET - a6: have a secret page */
#define NACC_USER_SECRET		0

/** NACC_SECRET_VA - where the first one is: behind NACC_PAGE_VA, in the same table */
#define NACC_SECRET_VA			0xffe01000UL

/** NACC_SECRET_PAGES - as many an address space can have */
#define NACC_SECRET_PAGES		4

/** NACC_SECRET_SPAN - bytes of these, in memory, and the alignment of that */
#define NACC_SECRET_SPAN		0x4000UL

/** NACC_SECRETS_SHARE - address spaces of one tag can be this part of all that have some, but
 *	one at least
 */
#define NACC_SECRETS_SHARE		4

#endif /* NACC_SBI_SECRET_H */
