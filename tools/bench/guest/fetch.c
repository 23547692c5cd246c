// SPDX-License-Identifier: GPL-2.0
/* A web client that is as small as can be. */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

static int fetch_once(const struct sockaddr_in *server)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	static char answer[16384];
	ssize_t n, got = 0;
	int s = socket(AF_INET, SOCK_STREAM, 0);

	check(s >= 0);
	if (connect(s, (const struct sockaddr *)server, sizeof(*server)) ||
	    write(s, request, sizeof(request) - 1) != sizeof(request) - 1) {
		close(s);
		return 0;
	}
	while ((n = read(s, answer + got, sizeof(answer) - got)) > 0)
		got += n;
	close(s);
	return got > 12 && !memcmp(answer + 8, " 200", 4);
}

int fetch(int port, long times)
{
	struct sockaddr_in server = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	for (long i = 0; i < times; i++)
		if (!fetch_once(&server))
			return 1;
	return 0;
}
