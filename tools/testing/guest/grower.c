// SPDX-License-Identifier: GPL-2.0
/*
 * grower TEXT: a process that takes a new page table whenever it is told to.
 *
 * Prints "ready pid=PID va=0xVA", then answers each line of standard input:
 *   grow N   touches N more pages, each alone in a 2 MiB range: "grown TOTAL"
 *   check    "intact", or "sees TEXT" for what stands where its own was
 *   move     mremaps the range of its last page, and the table that maps it:
 *            "moved from=0xVA to=0xVA"
 *   fresh    where the next page will be: "va=0xVA"
 *   quit     ends
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"

#define RANGE	(2 * MEGA)
#define MOST	4096L

static char *area, *place[MOST + 1];
static const char *text;
static long grown;

static void grow(long n)
{
	for (; n > 0 && grown < MOST; n--, grown++) {
		char *at = place[grown] = area + grown * RANGE;

		fill(at, PAGE, grown + 1);
		strcpy(at, text);
	}
	printf("grown %ld\n", grown);
}

/* Both ends are aligned, so Linux moves the table and not its entries. */
static void move(void)
{
	char *from = place[grown - 1], *to;

	to = mmap(NULL, 2 * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	check(to != MAP_FAILED);
	to = (char *)(((uintptr_t)to + RANGE - 1) & ~(RANGE - 1));
	check(mremap(from, RANGE, RANGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	place[grown - 1] = to;
	printf("moved from=%p to=%p\n", from, to);
}

static int intact(long i)
{
	static char own[PAGE];

	fill(own, PAGE, i + 1);
	strcpy(own, text);
	return !memcmp(own, place[i], PAGE);
}

static void answer_check(void)
{
	for (long i = 0; i < grown; i++) {
		char seen[64];
		size_t n;

		if (intact(i))
			continue;
		for (n = 0; n < sizeof(seen) - 1 && place[i][n]; n++) {
			unsigned char c = place[i][n];

			seen[n] = isprint(c) ? c : '?';
		}
		seen[n] = 0;
		printf("sees %s\n", seen);
		return;
	}
	printf("intact\n");
}

int main(int argc, char **argv)
{
	char line[64];

	check(argc == 2 && strlen(argv[1]) < 64);
	text = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	area = mmap(NULL, (MOST + 1) * RANGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	check(area != MAP_FAILED);
	area = (char *)(((uintptr_t)area + RANGE - 1) & ~(RANGE - 1));
	check(!madvise(area, MOST * RANGE, MADV_NOHUGEPAGE));
	place[0] = area;
	fill(area, PAGE, ++grown);
	strcpy(area, text);
	printf("ready pid=%d va=%p\n", getpid(), area);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "quit"))
			break;
		if (!strncmp(line, "grow ", 5))
			grow(strtol(line + 5, NULL, 0));
		else if (!strcmp(line, "move"))
			move();
		else if (!strcmp(line, "check"))
			answer_check();
		else if (!strcmp(line, "fresh"))
			printf("va=%p\n", area + grown * RANGE);
		else
			printf("unknown\n");
	}
	return 0;
}
