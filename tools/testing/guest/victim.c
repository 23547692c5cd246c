// SPDX-License-Identifier: GPL-2.0
/*
 * victim TEXT: a process with pages of its own that tells what it sees in them.
 *
 * Prints "ready pid=PID va=0xVA", then answers each line of standard input:
 *   check    "intact" or "sees TEXT" (what stands where its text was)
 *   peek     the first 16 bytes of its page, in hex
 *   write    changes its own text and says "written"; intact means the new one
 *   protect  mprotect(2)s its page back and forth and says "protected"
 *   quit     ends
 * The page is alone in a 2 MiB range, with known neighbours, so that a page
 * table that is forged for it serves nothing else. Used for the attacker, too.
 */
#include <ctype.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"

#define NEIGHBOURS	8

static char *page;
static char text[256];

static char *map_alone(void)
{
	char *area = mmap(NULL, 6 * MEGA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			  -1, 0);
	char *at;

	check(area != MAP_FAILED);
	at = (char *)(((uintptr_t)area + 4 * MEGA - 1) & ~(2 * MEGA - 1));
	check(!madvise(at, NEIGHBOURS * PAGE, MADV_NOHUGEPAGE));
	check(!mprotect(at, NEIGHBOURS * PAGE, PROT_READ | PROT_WRITE));
	return at;
}

static void answer_check(void)
{
	char seen[64];
	size_t i;

	if (strcmp(page, text)) {
		for (i = 0; i < sizeof(seen) - 1 && page[i]; i++)
			seen[i] = isprint((unsigned char)page[i]) ? page[i] : '?';
		seen[i] = 0;
		printf("sees %s\n", seen);
		return;
	}
	for (i = 1; i < NEIGHBOURS; i++) {
		if (!filled(page + i * PAGE, PAGE, i)) {
			printf("sees a changed neighbour %zu\n", i);
			return;
		}
	}
	printf("intact\n");
}

static void answer(const char *line)
{
	if (!strcmp(line, "check")) {
		answer_check();
	} else if (!strcmp(line, "peek")) {
		for (int i = 0; i < 16; i++)
			printf("%02x", (unsigned char)page[i]);
		printf("\n");
	} else if (!strcmp(line, "write")) {
		strcat(text, "!");
		memcpy(page, text, sizeof(text));
		printf("written\n");
	} else if (!strcmp(line, "protect")) {
		check(!mprotect(page, PAGE, PROT_READ));
		check(!mprotect(page, PAGE, PROT_READ | PROT_WRITE));
		printf("protected\n");
	} else {
		printf("unknown\n");
	}
}

int main(int argc, char **argv)
{
	char line[64];

	check(argc == 2 && strlen(argv[1]) < sizeof(text) - 16);
	setvbuf(stdout, NULL, _IOLBF, 0);
	page = map_alone();
	snprintf(text, sizeof(text), "%s", argv[1]);
	memcpy(page, text, sizeof(text));
	for (int i = 1; i < NEIGHBOURS; i++)
		fill(page + i * PAGE, PAGE, i);
	check(!mlock(page, NEIGHBOURS * PAGE));
	printf("ready pid=%d va=%p\n", getpid(), page);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "quit"))
			break;
		answer(line);
	}
	return 0;
}
