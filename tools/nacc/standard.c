// SPDX-License-Identifier: GPL-2.0
/*
 * Standard input, output and error, which whoever starts a program may have closed.
 */
#include <fcntl.h>
#include <unistd.h>

#include "nacc.h"

/**
 * standard_taken - let nothing that is opened later come in their place
 *
 * A message would be written to it. What stands there now can be neither read nor written,
 * as if it were closed, and is closed for what is executed.
 */
void standard_taken(void)
{
	int fd;

	do {
		fd = open("/", O_PATH | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}
