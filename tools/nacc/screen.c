// SPDX-License-Identifier: GPL-2.0
/*
 * A terminal that shows something live: its other screen, keys one by one, and all as it was
 * whatever ends the program, but SIGKILL.
 *
 * Four sequences that each terminal of the last thirty years has are all that is wanted of it:
 * no library, and no description of terminals to be installed with it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "nacc.h"
#include "top.h"

/* The other screen, no cursor; and back */
#define BEGIN	"\033[?1049h\033[?25l"
#define END	"\033[?25h\033[?1049l"
/* To the first place; the rest of a line, of the screen, is blank */
#define HOME	"\033[H"
#define EOL	"\033[K"
#define EOS	"\033[J"

static struct termios before;
/* Signal handlers have them, too: they are lock-free. */
static atomic_int begun, resumed;

/* Whoever reads it has gone if that fails, or is slow; there is nobody to tell. */
static void put(const char *text, size_t len)
{
	ssize_t done;

	while (len) {
		done = write(STDOUT_FILENO, text, len);
		if (done < 0 && errno != EINTR)
			return;
		if (done > 0) {
			text += done;
			len -= (size_t)done;
		}
	}
}

/*
 * Who is in the background and changes the terminal is stopped, in a handler again and again.
 * One that does not control this process stops nobody.
 */
static bool is_ours(void)
{
	const pid_t front = tcgetpgrp(STDIN_FILENO);

	return front < 0 || front == getpgrp();
}

static void enter(void)
{
	struct termios raw = before;

	if (!is_ours())
		return;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	/* A signal from here on has something to undo; to undo it twice does no harm. */
	begun = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	put(BEGIN, strlen(BEGIN));
}

/**
 * screen_end - the terminal is as it was
 *
 * Context: signal handlers, too.
 */
void screen_end(void)
{
	const int err = errno;

	if (begun && is_ours()) {
		put(END, strlen(END));
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
		begun = 0;
	}
	errno = err;
}

static void on_signal(int sig);

static void catch(int sig)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_NODEFER };

	sigaction(sig, &act, NULL);
}

/* It ends, or stops, as it would without this. */
static void on_signal(int sig)
{
	const int err = errno;

	if (sig == SIGWINCH)
		return;
	screen_end();
	signal(sig, SIG_DFL);
	raise(sig);
	/* It was stopped, and goes on. */
	catch(sig);
	enter();
	resumed = 1;
	errno = err;
}

/* What somebody has chosen to ignore stays ignored. */
static void catch_all(void)
{
	static const int signals[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGUSR1,
		SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ,
		SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSYS, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH,
	};
	struct sigaction old;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler == SIG_DFL)
			catch(signals[i]);
}

/* An error is for the screen that stays. */
static void end_before(const char *text)
{
	(void)text;
	screen_end();
}

/**
 * screen_usable - is there a terminal that can do this?
 *
 * Return: whether there is.
 */
bool screen_usable(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") && isatty(STDOUT_FILENO) &&
	       isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &before);
}

/**
 * screen_begin - show something live, on a terminal that is usable, until screen_end()
 */
void screen_begin(void)
{
	atexit(screen_end);
	nacc_fail_also(end_before);
	catch_all();
	enter();
}

/**
 * screen_size - how large the terminal is
 * @rows: result
 * @columns: result
 */
void screen_size(unsigned int *rows, unsigned int *columns)
{
	struct winsize size;

	*rows = 24;
	*columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return;
	if (size.ws_row)
		*rows = size.ws_row;
	if (size.ws_col)
		*columns = size.ws_col;
}

/**
 * screen_draw - show a text, as many of its lines as there is room for
 * @text: lines that are no longer than the terminal is wide
 */
void screen_draw(const char *text)
{
	unsigned int rows, columns, row;
	size_t size, len;
	char *all = NULL;
	FILE *mem = nacc_stream(&all, &size);

	/* It has been in the background, and is not any more. */
	if (!begun)
		enter();
	screen_size(&rows, &columns);
	fputs(HOME, mem);
	for (row = 0; *text && row < rows; row++) {
		len = strcspn(text, "\n");
		fprintf(mem, "%s%.*s" EOL, row ? "\r\n" : "", (int)len, text);
		text += len + !!text[len];
	}
	fputs(EOS, mem);
	fclose(mem);
	if (begun)
		put(all, size);
	free(all);
}

/**
 * screen_key - wait for a key
 * @ms: how long
 *
 * Return: the key; 0: none, or the terminal has another size now; -1: there is no terminal
 * any more.
 */
int screen_key(unsigned int ms)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char key;
	int ret = poll(&in, 1, (int)ms);

	if (ret < 0)
		return errno == EINTR ? 0 : -1;
	if (!ret)
		return 0;
	ret = (int)read(STDIN_FILENO, &key, 1);
	if (ret < 0 && errno == EINTR)
		return 0;
	return ret == 1 ? key : -1;
}

/**
 * screen_resumed - has it been stopped, and goes on?
 *
 * Return: whether it has, once.
 */
bool screen_resumed(void)
{
	return atomic_exchange(&resumed, 0);
}
