// SPDX-License-Identifier: GPL-2.0
/* Calls of the firmware, and what is printed by way of them. */
#include "payload.h"

u64 free_page;

struct answer {
	long error;
	u64 value;
};

static struct answer sbi4(u64 ext, u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3)
{
	register u64 a0 __asm__("a0") = arg0;
	register u64 a1 __asm__("a1") = arg1;
	register u64 a2 __asm__("a2") = arg2;
	register u64 a3 __asm__("a3") = arg3;
	register u64 a6 __asm__("a6") = fid;
	register u64 a7 __asm__("a7") = ext;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
	return (struct answer){ a0, a1 };
}

static struct answer sbi(u64 ext, u64 fid, u64 arg0, u64 arg1, u64 arg2)
{
	return sbi4(ext, fid, arg0, arg1, arg2, 0);
}

void put(const char *text)
{
	for (; *text; text++)
		sbi(1, 0, *text, 0, 0);
}

void put_number(u64 n, u64 base)
{
	char digits[24], *at = digits + 23;

	*at = 0;
	do {
		at--;
		*at = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	put(base == 16 ? "0x" : "");
	put(at);
}

void say(const char *what, u64 value, u64 base)
{
	put(what);
	put(" ");
	put_number(value, base);
	put("\n");
}

void end(void)
{
	sbi(0x53525354, 0, 0, 0, 0);
	for (;;)
		;
}

void fail(const char *who, const char *what, u64 value)
{
	put("payload: FAILED: ");
	put(who);
	say(what, value, 16);
	end();
}

long sbi_error(u64 ext, u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3)
{
	return sbi4(ext, fid, arg0, arg1, arg2, arg3).error;
}

u64 must4(u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3)
{
	struct answer answer = sbi4(NACC_SBI_EID, fid, arg0, arg1, arg2, arg3);

	if (answer.error) {
		say("reason", answer.value, 10);
		fail("call", "", fid);
	}
	return answer.value;
}

u64 must(u64 fid, u64 arg0, u64 arg1, u64 arg2)
{
	return must4(fid, arg0, arg1, arg2, 0);
}

u64 *new_page(void)
{
	u64 *page = (u64 *)free_page;

	free_page += PAGE;
	for (int i = 0; i < 512; i++)
		page[i] = 0;
	return page;
}
