// SPDX-License-Identifier: GPL-2.0
/* A program that makes no system call itself: what onelib.c links is its library. */

/* Beside the text, so that there is something else to be sealed */
const char constants[4096] __attribute__((used)) = "constants";

void _start(void (*library)(void))
{
	library();
	for (;;)
		;
}
