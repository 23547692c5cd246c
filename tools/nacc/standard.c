// SPDX-License-Identifier: GPL-2.0
/*
 * Standard input, output and error, which whoever starts a program may have closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
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

/* Why the output could not be written, the first time */
static int out_error;

/* Where nobody waits for room, who writes does. */
static bool again(void)
{
	struct pollfd room = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return errno == EINTR || (errno == EAGAIN && poll(&room, 1, -1) > 0);
}

static ssize_t write_out(void *cookie, const char *buf, size_t size)
{
	size_t done = 0;
	ssize_t n;

	(void)cookie;
	while (done < size) {
		n = write(STDOUT_FILENO, buf + done, size - done);
		if (n >= 0) {
			done += (size_t)n;
		} else if (!again()) {
			out_error = out_error ?: errno;
			break;
		}
	}
	return (ssize_t)done;
}

/**
 * standard_kept - from here on it is known why the output cannot be written
 *
 * Of a stream that has failed nobody can ask for the reason later.
 */
void standard_kept(void)
{
	FILE *out = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = write_out });

	if (!out)
		return;
	if (isatty(STDOUT_FILENO))
		setvbuf(out, NULL, _IOLBF, 0);
	stdout = out;
}

/**
 * standard_failed - whether some of the output could not be written
 * @err: result: errno of the first that could not, or 0
 */
bool standard_failed(int *err)
{
	const bool failed = fflush(stdout) || ferror(stdout);

	*err = out_error;
	return failed || out_error;
}
