/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: secret pages, which a program can use and the kernel cannot read;
 * part of nacc_sbi.h, and the manual of the one call that programs make themselves. They use
 * tools/libnacc.
 *
 * Secret pages are memory between the frames and the records, at the end of the region: no
 * part of Linux's memory, and closed by PMP for S- and U-mode. Only while a thread of an
 * address space that has one is in user mode, and since it has touched one there, they are
 * open on its hart; whatever ends that closes them before S-mode runs. Of all secret pages an
 * address space can name its own only, by entries that the shim alone makes, in the table of
 * its page (nacc_sbi_page.h): at NACC_SECRET_VA there is its own secret page, or nothing.
 *
 * It is zero when it is first had, and made zero again before anybody else has it: by
 * AS_RETIRE. A child has none of its parent's, a new program none of the one before.
 *
 * The call is an ecall from user mode, which the shim sees first behind a gate, and answers:
 * the kernel does not know of it. Without a gate it is a system call that the kernel does not
 * have (-ENOSYS), so first see nacc_sbi_page.h: "gate" there must say NACC_GATE_ENFORCE.
 *
 * a7 = NACC_USER_CALL, a6 = NACC_USER_SECRET, a0 = which of its secret pages: from now on it
 *	has it. a0 becomes its address, always the same, or, as in Linux, minus an error:
 *	ENOSYS (38): another a6. EPERM (1): the mode of its gate is not ENFORCE, or a debugger
 *	has leave. EINVAL (22): it cannot have so many. ENXIO (6): the page of nacc_sbi_page.h
 *	is not there: look at it first. ENOMEM (12): no secret page is left, or all programs of
 *	its tag have as many as there may be. Other registers are as before.
 */
#ifndef NACC_SBI_SECRET_H
#define NACC_SBI_SECRET_H

/** NACC_USER_CALL - a7 of an ecall from user mode that is the shim's; no system call */
#define NACC_USER_CALL			0x084E4143

/** NACC_USER_SECRET - a6: have a secret page */
#define NACC_USER_SECRET		0

/** NACC_SECRET_VA - where the first one is: behind NACC_PAGE_VA, in the same table */
#define NACC_SECRET_VA			0xffe01000UL

/** NACC_SECRET_PAGES - as many, one behind the other, an address space can have */
#define NACC_SECRET_PAGES		4

/** NACC_SECRETS_SHARE - of all that the machine has one tag can have this part, or
 *	NACC_SECRET_PAGES if that is more
 */
#define NACC_SECRETS_SHARE		4

#endif /* NACC_SBI_SECRET_H */
