// SPDX-License-Identifier: GPL-2.0
/*
 * nacc metrics
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "metrics.h"
#include "setup.h"

/* A request for these few lines is not longer. */
#define REQUEST_MAX	8192

static int collect(enum metrics_form form, char **text, size_t *len)
{
	FILE *out = nacc_stream(text, len);
	int ret = metrics_write(out, form);

	fclose(out);
	return ret;
}

static int write_file(const char *path)
{
	char *text;
	size_t len;
	int ret;

	ret = collect(METRICS_TEXT, &text, &len);
	if (!ret && !setup_replace(path, text))
		ret = nacc_fail(errno == EACCES ? EXIT_PERM : EXIT_SYS,
				"%s cannot be written: %s: it is as it was", path,
				strerror(errno));
	free(text);
	return ret;
}

/* The first line of a request; all of it is read, so that the answer is not cut off. */
static bool read_request(char *line, size_t size)
{
	char text[REQUEST_MAX + 1];
	size_t len = 0;
	ssize_t n;

	while (len < REQUEST_MAX && (n = read(STDIN_FILENO, text + len, REQUEST_MAX - len)) > 0) {
		len += (size_t)n;
		text[len] = '\0';
		if (!strstr(text, "\r\n\r\n") && !strstr(text, "\n\n"))
			continue;
		text[strcspn(text, "\r\n")] = '\0';
		snprintf(line, size, "%.*s", (int)size - 1, text);
		return true;
	}
	return false;
}

static int answer(const char *status, const char *type, const char *body, size_t len)
{
	printf("HTTP/1.1 %s\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %zu\r\n"
	       "Connection: close\r\n\r\n", status, type, len);
	fwrite(body, 1, len, stdout);
	return EXIT_OK;
}

static int refuse(const char *status)
{
	return answer(status, "text/plain", "", 0);
}

static int serve(void)
{
	char line[128], *text;
	size_t len;
	int ret;

	if (!read_request(line, sizeof(line)))
		return refuse("400 Bad Request");
	if (strncmp(line, "GET ", 4))
		return refuse("405 Method Not Allowed");
	if (strncmp(line + 4, "/metrics ", 9) && strncmp(line + 4, "/ ", 2))
		return refuse("404 Not Found");
	ret = collect(METRICS_OPEN, &text, &len);
	if (ret)
		refuse("500 Internal Server Error");
	else
		answer("200 OK", "application/openmetrics-text; version=1.0.0", text, len);
	free(text);
	return ret;
}

static int run_metrics(const struct args *args)
{
	char *text;
	size_t len;
	int ret;

	if (args->http && args->textfile)
		return nacc_fail(EXIT_USAGE, "metrics: give either --textfile or --http");
	if (args->http)
		return serve();
	if (args->textfile)
		return write_file(args->textfile);
	ret = collect(METRICS_OPEN, &text, &len);
	if (!ret)
		fwrite(text, 1, len, stdout);
	free(text);
	return ret;
}

const struct cmd cmd_metrics = {
	.name = "metrics",
	.usage = "[--textfile PATH|--http]",
	.brief = "counters and states for monitoring systems (OpenMetrics)",
	.help =
	"Print what 'nacc stat', 'nacc ps' and 'nacc doctor' know as OpenMetrics 1.0. Names\n"
	"and labels are stable; docs/metrics.md lists them. Without the module it is\n"
	"'nacc_up 0', and no error.\n"
	"\n"
	"  --textfile PATH  replace PATH by it, at once, in the older text format, for\n"
	"                   node_exporter's textfile collector (nacc-metrics.timer)\n"
	"  --http           answer one HTTP request on standard input (nacc-metrics.socket:\n"
	"                   curl --unix-socket /run/nacc/metrics.sock http://nacc/metrics)\n"
	"\n"
	"Example:\n"
	"  # nacc metrics | grep '^nacc_refusals_total.*[1-9]$'\n"
	"  nacc_refusals_total{reason=\"provenance\"} 2\n",
	.opts = OPT_METRICS,
	.run = run_metrics,
};
