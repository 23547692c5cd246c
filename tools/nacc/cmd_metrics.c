// SPDX-License-Identifier: GPL-2.0
/*
 * nacc metrics
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cmd.h"
#include "metrics.h"
#include "setup.h"

/* A request for these few lines is not longer. */
#define REQUEST_MAX	8192

/* Seconds to wait for the request, and for the answer to be taken */
#define PATIENCE	5

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

/*
 * Who asks and does not go on, or does not read, is not waited for: the next one is another
 * process's, but there are not many of these.
 */
static void limit(unsigned int seconds)
{
	sigset_t set;

	signal(SIGALRM, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(seconds);
}

/* The first line of a request; all of it is read, so that the answer is not cut off. */
static bool read_request(char text[REQUEST_MAX + 1])
{
	size_t len = 0;
	ssize_t n;

	while (len < REQUEST_MAX && (n = read(STDIN_FILENO, text + len, REQUEST_MAX - len)) > 0) {
		len += (size_t)n;
		if (memchr(text, '\0', len))
			return false;
		text[len] = '\0';
		if (!strstr(text, "\n\r\n") && !strstr(text, "\n\n"))
			continue;
		text[strcspn(text, "\r\n")] = '\0';
		return true;
	}
	return false;
}

/**
 * struct request - the first line of one
 * @method: what is to be done
 * @path: with what
 * @version: of HTTP
 */
struct request {
	char *method;
	char *path;
	char *version;
};

/*
 * "METHOD PATH HTTP/1.x", by one blank each; what is behind '?' asks for nothing here. For
 * PATH the whole address may stand, as to a proxy (RFC 9112, 3.2.2).
 */
static bool parse_request(char *line, struct request *r)
{
	r->method = strsep(&line, " ");
	r->path = strsep(&line, " ");
	r->version = line;
	if (line && !strncasecmp(r->path, "http://", 7))
		r->path += 7 + strcspn(r->path + 7, "/");
	if (!line || !*r->method || *r->path != '/' || strncmp(line, "HTTP/1.", 7) ||
	    line[7] < '0' || line[7] > '9' || line[8])
		return false;
	r->path[strcspn(r->path, "?")] = '\0';
	return true;
}

static void answer(const char *status, const char *type, size_t len)
{
	printf("HTTP/1.1 %s\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %zu\r\n"
	       "Connection: close\r\n\r\n", status, type, len);
}

static int refuse(const char *status)
{
	answer(status, "text/plain", 0);
	return EXIT_OK;
}

static int serve(void)
{
	char line[REQUEST_MAX + 1], *text;
	struct request r;
	size_t len;
	int ret;

	limit(PATIENCE);
	if (!read_request(line) || !parse_request(line, &r))
		return refuse("400 Bad Request");
	if (strcmp(r.method, "GET") && strcmp(r.method, "HEAD"))
		return refuse("405 Method Not Allowed\r\nAllow: GET, HEAD");
	if (strcmp(r.path, "/metrics") && strcmp(r.path, "/"))
		return refuse("404 Not Found");
	/* What takes long here is not the client's fault. */
	alarm(0);
	ret = collect(METRICS_OPEN, &text, &len);
	limit(PATIENCE);
	if (ret) {
		refuse("500 Internal Server Error");
	} else {
		answer("200 OK", "application/openmetrics-text; version=1.0.0", len);
		if (!strcmp(r.method, "GET"))
			fwrite(text, 1, len, stdout);
	}
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
	"                   curl --unix-socket /run/nacc/metrics.sock http://nacc/metrics);\n"
	"                   who asks or reads for longer than five seconds is\n"
	"                   not waited for: SIGALRM ends it\n"
	"\n"
	"Example:\n"
	"  # nacc metrics | grep '^nacc_refusals_total.*[1-9]$'\n"
	"  nacc_refusals_total{reason=\"provenance\"} 2\n",
	.opts = OPT_METRICS,
	.run = run_metrics,
};
