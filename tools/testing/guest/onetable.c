// SPDX-License-Identifier: GPL-2.0
/*
 * onetable TEXT: memory that is all of one page table, each page in use but one: the hole.
 *
 * Prints "ready pid=PID va=0xVA hole=0xVA", then answers each line of standard input:
 *   check    "intact" or "sees TEXT" (what stands in the first page that has changed)
 *   hole     "empty" or "sees TEXT"; empty again afterwards
 *   protect  mprotect(2)s all of it back and forth and says "protected"
 *   part     the same with the first half of the pages, which has the hole
 *   drop     lets go of the second half and fills it again: "dropped"
 *   rx, rwx  new pages become executable and are counted: "clean=N of=N", those that
 *            are known to be in no instruction cache any more
 *   quit     ends
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"

#define PAGES		512
#define HOLE		100
#define LEN		(PAGES * PAGE)
#define RW		(PROT_READ | PROT_WRITE)
#define KPF_ARCH	38

static char *area;
static const char *text;

static char *page_at(int i)
{
	return area + i * PAGE;
}

static void fill_from(int i)
{
	for (; i < PAGES; i++)
		if (i != HOLE)
			snprintf(page_at(i), PAGE, "%s, page %d", text, i);
}

static void say_seen(const char *page)
{
	char seen[64];
	size_t i;

	for (i = 0; i < sizeof(seen) - 1 && page[i]; i++)
		seen[i] = isprint((unsigned char)page[i]) ? page[i] : '?';
	seen[i] = 0;
	printf("sees %s\n", seen);
}

static void answer_check(void)
{
	char wanted[256];

	for (int i = 0; i < PAGES; i++) {
		snprintf(wanted, sizeof(wanted), "%s, page %d", text, i);
		if (i != HOLE && strcmp(page_at(i), wanted)) {
			say_seen(page_at(i));
			return;
		}
	}
	printf("intact\n");
}

static void answer_hole(void)
{
	char *hole = page_at(HOLE);

	if (all_zero(hole, PAGE))
		printf("empty\n");
	else
		say_seen(hole);
	check(!madvise(hole, PAGE, MADV_DONTNEED));
}

static void protect(size_t len, int rights)
{
	check(!mprotect(area, len, rights));
}

/* Of the pages that are there: PG_arch_1, which is riscv's PG_dcache_clean. */
static int clean_pages(void)
{
	int map = open("/proc/self/pagemap", O_RDONLY), flags = open("/proc/kpageflags", O_RDONLY);
	uint64_t entry, flag;
	int clean = 0;

	check(map >= 0 && flags >= 0);
	for (int i = 0; i < PAGES; i++) {
		check(pread(map, &entry, 8, ((uintptr_t)page_at(i) / PAGE) * 8) == 8);
		if (!(entry >> 63))
			continue;
		check(pread(flags, &flag, 8, (entry & ((1UL << 55) - 1)) * 8) == 8);
		clean += flag >> KPF_ARCH & 1;
	}
	check(!close(map) && !close(flags));
	return clean;
}

static void answer_exec(int rights)
{
	check(!madvise(area, LEN, MADV_DONTNEED));
	fill_from(0);
	check(clean_pages() == 0);
	protect(LEN, rights);
	printf("clean=%d of=%d\n", clean_pages(), PAGES - 1);
	protect(LEN, RW);
}

static void answer(const char *line)
{
	if (!strcmp(line, "check")) {
		answer_check();
	} else if (!strcmp(line, "hole")) {
		answer_hole();
	} else if (!strcmp(line, "protect")) {
		protect(LEN, PROT_READ);
		protect(LEN, RW);
		printf("protected\n");
	} else if (!strcmp(line, "part")) {
		protect(LEN / 2, PROT_READ);
		protect(LEN / 2, RW);
		printf("protected\n");
	} else if (!strcmp(line, "drop")) {
		check(!madvise(area + LEN / 2, LEN / 2, MADV_DONTNEED));
		check(all_zero(area + LEN / 2, LEN / 2));
		fill_from(PAGES / 2);
		printf("dropped\n");
	} else if (!strcmp(line, "rx")) {
		answer_exec(PROT_READ | PROT_EXEC);
	} else if (!strcmp(line, "rwx")) {
		answer_exec(RW | PROT_EXEC);
	} else {
		printf("unknown\n");
	}
}

int main(int argc, char **argv)
{
	char line[64], *at;

	check(argc == 2 && strlen(argv[1]) < 64);
	text = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	at = mmap(NULL, 3 * LEN, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	check(at != MAP_FAILED && !madvise(at, 3 * LEN, MADV_NOHUGEPAGE));
	area = (char *)(((uintptr_t)at + 2 * LEN - 1) & ~(LEN - 1));
	fill_from(0);
	printf("ready pid=%d va=%p hole=%p\n", getpid(), area, page_at(HOLE));
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "quit"))
			break;
		answer(line);
	}
	return 0;
}
