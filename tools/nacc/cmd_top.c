// SPDX-License-Identifier: GPL-2.0
/*
 * nacc top
 */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "out.h"
#include "sys.h"
#include "top.h"

#define DELAY_DEFAULT	2
#define DELAY_MAX	3600

static int parse_delay(const struct args *args, unsigned int *ms)
{
	uint64_t seconds = DELAY_DEFAULT;

	if (args->delay && (!number_parse(args->delay, &seconds) || !seconds ||
			    seconds > DELAY_MAX))
		return nacc_fail(EXIT_USAGE,
				 "'%s' is no delay: give a number of seconds, 1 to %d",
				 args->delay, DELAY_MAX);
	*ms = (unsigned int)seconds * 1000;
	return EXIT_OK;
}

static void draw(const struct view *v)
{
	unsigned int rows, columns;
	char *text = NULL;
	size_t size;
	FILE *mem = nacc_stream(&text, &size);

	screen_size(&rows, &columns);
	view_print(mem, v, columns);
	fclose(mem);
	screen_draw(text);
	free(text);
}

/* Until it is due, whatever is typed, or how large the terminal becomes. Return: go on? */
static bool wait_for_next(const struct view *v, unsigned int ms)
{
	const uint64_t end = v->ns + (uint64_t)ms * 1000000;
	unsigned int rows, columns, old_rows, old_columns;
	uint64_t now;
	int key;

	screen_size(&old_rows, &old_columns);
	while ((now = view_clock()) < end) {
		key = screen_key((unsigned int)((end - now) / 1000000) + 1);
		if (key < 0 || key == 'q' || key == 'Q')
			return false;
		if (key == ' ')
			return true;
		screen_size(&rows, &columns);
		/* Also after it was stopped: another program had the screen. */
		if (screen_resumed() || rows != old_rows || columns != old_columns)
			draw(v);
		old_rows = rows;
		old_columns = columns;
	}
	return true;
}

static int live(unsigned int ms)
{
	struct view v, before = { 0 };
	int ret = view_read(&v, NULL);

	if (ret)
		return ret;
	screen_begin();
	for (;;) {
		draw(&v);
		if (!wait_for_next(&v, ms))
			break;
		before = v;
		ret = view_read(&v, &before);
		view_free(&before);
		if (ret)
			break;
	}
	screen_end();
	view_free(&v);
	return ret;
}

static void print(const struct args *args, const struct view *v, bool first)
{
	if (args->json) {
		out_json_line(stdout, view_object(v));
		putchar('\n');
		return;
	}
	if (!first)
		putchar('\n');
	view_print(stdout, v, 0);
}

/* One view after the other, for a program, or for a terminal that knows lines only */
static int batch(const struct args *args, unsigned int ms)
{
	struct view v, before = { 0 };
	int ret = view_read(&v, NULL);
	bool first = true;

	while (!ret) {
		print(args, &v, first);
		first = false;
		if (fflush(stdout) || args->once)
			break;
		sys_pause(ms);
		before = v;
		ret = view_read(&v, &before);
		view_free(&before);
	}
	view_free(&v);
	return ret;
}

static int run_top(const struct args *args)
{
	unsigned int ms = 0;
	int ret = parse_delay(args, &ms);

	if (ret)
		return ret;
	return args->once || args->json || !screen_usable() ? batch(args, ms) : live(ms);
}

const struct cmd cmd_top = {
	.name = "top",
	.usage = "[--delay SECONDS] [--once] [--json]",
	.brief = "show domains, tables, traps and refusals, live",
	.help =
	"Show each domain with its page tables, gate, seals and what was refused of it (as\n"
	"far as the audit ring has that), and of the machine the frames of the pool that are\n"
	"free, traps a second, and what was refused since the firmware started. 'q' quits, the\n"
	"space bar looks at once. A narrow terminal has fewer columns.\n"
	"\n"
	"  --delay SECONDS  between two looks; 2 without\n"
	"  --once           look once, and print that\n"
	"  --json           print an object for each look, one a line\n"
	"\n"
	"Where standard output is no terminal, or TERM is 'dumb', each look is printed below\n"
	"the one before, until it is ended.\n"
	"\n"
	"Example:\n"
	"  # nacc top --once\n"
	"  domains: 1, address spaces: 2, frames: 16038 of 16128 free, traps/s: -, refused: 0\n"
	"\n"
	"  DOMAIN  NAME  STATE  MMS  TABLES  GATE     SEALS  REFUSED\n"
	"  3       web   live   2    79      enforce  0      0\n",
	.opts = OPT_JSON | OPT_TOP,
	.run = run_top,
};
