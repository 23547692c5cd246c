// SPDX-License-Identifier: GPL-2.0
/*
 * A dynamic linker that is its program's C library, too, as musl's is: all system calls are
 * made here, those of the linker and, later, those of the program (oneprog.c).
 *
 * "oneprog": begins at once. "oneprog late": a line of standard input is waited for by the
 * linker. "onelib", by itself: a static program for any address.
 */
#include <asm/unistd.h>
#include <linux/auxvec.h>

static long ask(long nr, long a, long b, long c)
{
	register long a0 asm("a0") = a;
	register long a1 asm("a1") = b;
	register long a2 asm("a2") = c;
	register long a7 asm("a7") = nr;

	asm volatile("ecall" : "+r" (a0) : "r" (a1), "r" (a2), "r" (a7) : "memory");
	return a0;
}

static void line(void)
{
	char c;

	while (ask(__NR_read, 0, (long)&c, 1) == 1 && c != '\n')
		;
}

/* What the program has of its library */
static void serve(void)
{
	ask(__NR_write, 1, (long)"ready\n", 6);
	line();
	ask(__NR_exit_group, 7, 0, 0);
}

/* As the kernel leaves the stack: argc, argv, 0, envp, 0, auxv */
__attribute__((used)) void link_and_go(unsigned long *sp)
{
	unsigned long *at = sp + 1 + *sp + 1;
	void (*program)(void (*library)(void)) = 0;
	unsigned long linker = 0;

	while (*at++)
		;
	for (; *at; at += 2)
		if (*at == AT_ENTRY)
			program = (void (*)(void (*)(void)))at[1];
		else if (*at == AT_BASE)
			linker = at[1];
	ask(__NR_getpid, 0, 0, 0);
	if (*sp > 1)
		line();
	if (linker)
		program(serve);
	serve();
}

asm(".globl _start;"
	"_start:;"
	"mv a0, sp;"
	"andi sp, sp, -16;"
	"tail link_and_go;");
