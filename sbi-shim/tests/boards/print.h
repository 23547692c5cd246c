/* SPDX-License-Identifier: BSD-2-Clause */
/* What the firmware says goes to standard output; for a program of one file. */
#ifndef PRINT_H
#define PRINT_H

#include <stdarg.h>
#include <stdio.h>

int sbi_printf(const char *format, ...);

int sbi_printf(const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vprintf(format, args);
	va_end(args);
	return len;
}

#endif /* PRINT_H */
