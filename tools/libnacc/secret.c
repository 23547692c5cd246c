// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Secret pages, asked for: of the firmware, by an ecall that it sees before the kernel does.
 *
 * It does so behind a gate only. Without one the kernel gets it as a system call that it does
 * not have, and a sandbox may end a program for that: so the page is asked first.
 */
#include <errno.h>

#include <nacc.h>
#include <nacc_sbi.h>

/* Version of the firmware's interface that they came with */
#define SECRET_ABI	0x00020004

/* As Linux has it (include/linux/err.h) */
#define MAX_ERROR	4095

/* What the firmware says that cannot open any, and a kernel that has no such call: ENOSYS */
#define NO_CALL		38

#ifdef LIBNACC_TEST
#include "tests/test.h"
#define call_firmware	libnacc_call
#elif defined(__riscv) && __riscv_xlen == 64
static long call_firmware(unsigned long nr)
{
	register unsigned long a0 asm("a0") = nr;
	register unsigned long a6 asm("a6") = NACC_USER_SECRET;
	register unsigned long a7 asm("a7") = NACC_USER_CALL;

	asm volatile("ecall" : "+r"(a0) : "r"(a6), "r"(a7) : "memory");
	return (long)a0;
}
#else
static long call_firmware(unsigned long nr)
{
	(void)nr;
	return -NO_CALL;
}
#endif

int nacc_secret(unsigned int nr, void **page)
{
	struct nacc_self self;
	int ret = nacc_info(&self, sizeof(self));
	long at;

	if (!page)
		return -EINVAL;
	if (ret)
		return ret;
	if (self.abi < SECRET_ABI)
		return -EOPNOTSUPP;
	if (self.gate != NACC_SELF_GATE_ENFORCE || self.gate_flags & NACC_SELF_PTRACE)
		return -EPERM;
	at = call_firmware(nr);
	if (at < 0 && at >= -MAX_ERROR)
		return at == -ENXIO ? -ENODEV : at == -NO_CALL ? -EOPNOTSUPP : (int)at;
	/* Of a kernel that answers in the firmware's place another address is taken for nothing. */
	if (nr >= NACC_SECRET_PAGES || at != (long)(NACC_SECRET_VA + nr * 4096UL))
		return -EPROTO;
	*page = (void *)at;
	return 0;
}
