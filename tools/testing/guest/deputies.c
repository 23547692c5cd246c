// SPDX-License-Identifier: GPL-2.0
/*
 * deputies BUFFER TABLE FIRMWARE: every SBI function that takes memory, with memory
 * that is not its caller's, sent by nacc_attack.ko. BUFFER is a page of S-mode, TABLE
 * an entry of a marked process, FIRMWARE an address of the firmware. Each call must
 * come back with an error, be counted and be in the audit, and its nearest legal
 * relative must be answered as ever; that no memory has changed is for the caller to
 * see.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <nacc_sbi.h>
#include <unistd.h>

#include "common.h"

#define NOT_SUPPORTED	(-2)
#define INVALID_PARAM	(-3)
#define INVALID_ADDRESS	(-5)
#define BAD_RANGE	(-11)

static const char *const dir = "/sys/kernel/debug/nacc-attack/";
static int cmd, calls, failures;
static uint64_t region, region_end, frames, buffer, table, firmware;

/**
 * struct taker - a function, as nacc_attack.ko knows it
 * @name: its name there
 * @unit: bytes of what is counted, or of all if nothing is
 * @counted: it is told how many
 * @max: most of them
 * @error: for memory that is not its caller's
 * @legal: what a legal call returns
 */
struct taker {
	const char *name;
	uint64_t unit;
	int counted;
	uint64_t max;
	long error;
	long legal;
};

static const struct taker takers[] = {
	{ "console-write", 1, 1, ~0UL, INVALID_PARAM, 0 },
	{ "console-read", 1, 1, ~0UL, INVALID_PARAM, 0 },
	{ "snapshot", PAGE, 0, 1, INVALID_ADDRESS, NOT_SUPPORTED },
	{ "event-info", 16, 1, 4096, INVALID_ADDRESS, 0 },
	{ "read-attributes", 8, 1, 10, INVALID_ADDRESS, 0 },
	{ "write-attributes", 8, 1, 10, INVALID_ADDRESS, 0 },
	{ "trigger-memory", 40, 0, 1, INVALID_ADDRESS, 0 },
};

/* Not offered, whatever they are asked. */
static const char *const withheld[] = {
	"steal-time", "nested-memory", "proxy-memory", "proxy-memory-1.6", "experimental",
	"vendor", "firmware",
};

static void command(const char *line, char *report, size_t len)
{
	char path[64];
	ssize_t n;
	int fd;

	if (write(cmd, line, strlen(line)) < 0)
		die("%s: %s", line, strerror(errno));
	snprintf(path, sizeof(path), "%sresult", dir);
	fd = open(path, O_RDONLY);
	check(fd >= 0);
	n = read(fd, report, len - 1);
	check(n >= 0);
	report[n] = 0;
	close(fd);
}

/* The number behind "KEY=" in a report */
static long field(const char *report, const char *key)
{
	const char *at = strstr(report, key);

	if (!at)
		die("no %s in '%s'", key, report);
	return strtol(at + strlen(key), NULL, 0);
}

static uint64_t info(int item)
{
	char line[64], report[100];

	snprintf(line, sizeof(line), "ecall 0 %d 0 0 0 0 0", item);
	command(line, report, sizeof(report));
	check(!field(report, "error="));
	return field(report, "value=");
}

/* --- what the shim has counted and recorded ---------------------------------------- */

static uint64_t counted(void)
{
	char line[128];
	uint64_t found = ~0UL;
	FILE *f = fopen("/proc/nacc/stats", "r");

	check(f);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "refused_deputy %" SCNu64, &found);
	fclose(f);
	check(found != ~0UL);
	return found;
}

/* The last line of the audit: is it about this address, extension and function? */
static int recorded(uint64_t pa, uint64_t eid, uint64_t fid)
{
	char line[512], last[512] = "", reason[32], outcome[32];
	uint64_t addr, old, insn;
	FILE *f = fopen("/proc/nacc/audit", "r");

	check(f);
	while (fgets(line, sizeof(line), f))
		strcpy(last, line);
	fclose(f);
	return sscanf(last, "%*s %*s %*s %31s %*s %*s %" SCNx64 " %" SCNx64 " %*s %*s %*s %"
		      SCNx64 " %31s", reason, &addr, &old, &insn, outcome) == 5 &&
	       !strcmp(reason, "deputy") && !strcmp(outcome, "denied") && addr == pa &&
	       old == eid && insn == fid;
}

static void wrong(const char *what, const char *line, const char *expected, const char *report)
{
	failures++;
	printf("CHECK FAILED: %s: '%s': expected %s, seen %s\n", what, line, expected, report);
}

static void refuse(const char *what, const char *line, long error, uint64_t pa, uint64_t eid,
		   uint64_t fid)
{
	uint64_t before = counted();
	char report[200], expected[32];

	command(line, report, sizeof(report));
	calls++;
	snprintf(expected, sizeof(expected), "error %ld", error);
	if (field(report, "error=") != error)
		wrong(what, line, expected, report);
	if (counted() != before + 1)
		wrong(what, line, "one more in refused_deputy", "another number");
	if (!recorded(pa, eid, fid))
		wrong(what, line, "a line in the audit", "another");
}

static void allow(const char *what, const char *line, long error)
{
	uint64_t before = counted();
	char report[200], expected[32];

	command(line, report, sizeof(report));
	calls++;
	snprintf(expected, sizeof(expected), "error %ld", error);
	if (field(report, "error=") != error)
		wrong(what, line, expected, report);
	if (counted() != before)
		wrong(what, line, "not counted as a deputy", "counted");
}

/* --- numbers of the functions -------------------------------------------------------- */

static void numbers(const char *name, uint64_t *eid, uint64_t *fid)
{
	static char list[4096];
	char word[64], *at;

	if (!*list)
		command("takers", list, sizeof(list));
	snprintf(word, sizeof(word), "name=%s ", name);
	at = strstr(list, word);
	check(at);
	*eid = field(at, "eid=");
	*fid = field(at, "fid=");
}

static void say(char *line, size_t len, const char *name, uint64_t pa, uint64_t count,
		uint64_t high)
{
	snprintf(line, len, "take %s %#" PRIx64 " %#" PRIx64 " %#" PRIx64, name, pa, count, high);
}

static void refuse_range(const char *what, const struct taker *t, uint64_t pa, uint64_t count,
			 uint64_t high)
{
	uint64_t eid, fid;
	char line[128];

	numbers(t->name, &eid, &fid);
	say(line, sizeof(line), t->name, pa, count, high);
	refuse(what, line, t->counted && count > t->max ? INVALID_PARAM : t->error, pa, eid, fid);
}

/* --- the attacks ----------------------------------------------------------------------- */

static uint64_t how_many(const struct taker *t, uint64_t start, uint64_t end)
{
	return t->counted ? (end - start + t->unit - 1) / t->unit : 1;
}

/* Begins where it must not. Of what is too long for a function the first part, too. */
static void from(const char *what, const struct taker *t, uint64_t start, uint64_t end)
{
	uint64_t count = how_many(t, start, end);

	refuse_range(what, t, start, count, 0);
	if (t->counted && count > t->max)
		refuse_range(what, t, start, t->max, 0);
}

/* Ends where it must not. Of what is too long the last part, too. */
static void into(const char *what, const struct taker *t, uint64_t start, uint64_t end)
{
	uint64_t count = how_many(t, start, end);

	refuse_range(what, t, start, count, 0);
	if (t->counted && count > t->max)
		refuse_range(what, t, end - t->max * t->unit, t->max, 0);
}

static void ranges(const struct taker *t)
{
	into("from RAM into the records", t, region - 16, region + 16);
	into("from RAM over records and frames", t, region - 16, frames + PAGE);
	if (t->counted)
		into("from a buffer into the pool", t, buffer, frames + 16);
	from("in the records", t, region, region + 64);
	from("across two frames", t, frames + PAGE - 8, frames + PAGE + 8);
	from("an entry of a marked process", t, table, table + 8);
	from("the end of the pool", t, region_end - 8, region_end + 8);
	from("in the firmware", t, firmware, firmware + 16);
	from("from the firmware into RAM", t, firmware, firmware + 0x100000);
	from("no RAM, a device", t, 0x10000000, 0x10000008);
	from("no RAM, low", t, 0, 16);
	from("no RAM, high", t, 1UL << 55, (1UL << 55) + 16);
	from("no RAM, the last bytes", t, ~7UL, 0);
}

static void counts(const struct taker *t)
{
	static const uint64_t near[] = { 1UL << 31, 1UL << 32, 1UL << 60, 1UL << 61, 1UL << 63, 0 };

	for (size_t i = 0; t->counted && i < ARRAY_SIZE(near); i++) {
		refuse_range("a count", t, buffer, near[i] - 1, 0);
		if (!near[i])
			continue;
		refuse_range("a count", t, buffer, near[i], 0);
		/* Of bytes beyond the end of RAM, of more a product that wraps */
		refuse_range("a count", t, buffer, near[i] + 5, 0);
	}
	if (!t->counted)
		return;
	/* A sum that is zero, one that is the buffer, a product that is small. */
	refuse_range("wraps", t, table, 0 - table, 0);
	refuse_range("wraps", t, frames, 0 - frames / t->unit + 1, 0);
	refuse_range("wraps", t, buffer, 0 - buffer / t->unit + 16, 0);
	refuse_range("wraps to the firmware", t, buffer, firmware - buffer, 0);
}

static void high_halves(const struct taker *t)
{
	refuse_range("upper half", t, buffer, 1, 1);
	refuse_range("upper half", t, buffer, 1, 1UL << 32);
	refuse_range("upper half", t, buffer, 1, ~0UL);
}

static void legal(const struct taker *t)
{
	char line[128];

	say(line, sizeof(line), t->name, buffer, 1, 0);
	allow("legal", line, t->legal);
}

static void not_offered(void)
{
	uint64_t eid, fid;
	char line[128], report[100];

	for (size_t i = 0; i < ARRAY_SIZE(withheld); i++) {
		numbers(withheld[i], &eid, &fid);
		say(line, sizeof(line), withheld[i], buffer, 1, 0);
		refuse(withheld[i], line, NOT_SUPPORTED, 0, eid, fid);
		say(line, sizeof(line), withheld[i], frames, 1, 0);
		refuse(withheld[i], line, NOT_SUPPORTED, 0, eid, fid);
		/* And they are not there. */
		snprintf(line, sizeof(line), "sbi 0x10 3 %#" PRIx64 " 0 0", eid);
		command(line, report, sizeof(report));
		if (field(report, "error=") || field(report, "value="))
			wrong("a probe", line, "nothing there", report);
	}
	for (uint64_t ext = 0; ext < 4; ext++) {
		static const uint64_t eids[] = { 0x4442434e, 0x504d55, 0x535345, 0x44425452 };

		snprintf(line, sizeof(line), "sbi %#" PRIx64 " 10 %#" PRIx64 " 1 0", eids[ext],
			 buffer);
		refuse("a function that is not known", line, NOT_SUPPORTED, 0, eids[ext], 10);
		snprintf(line, sizeof(line), "sbi 0x10 3 %#" PRIx64 " 0 0", eids[ext]);
		command(line, report, sizeof(report));
		if (field(report, "error=") || field(report, "value=") != 1)
			wrong("a probe", line, "there", report);
	}
}

/* OpenSBI's, by the base extension */
static uint64_t firmware_version(void)
{
	char report[512];

	command("sbi 0x10 2 0 0 0", report, sizeof(report));
	return field(report, "value=");
}

static void debug_triggers(void)
{
	static const uint64_t many[] = { 3, 33, 1UL << 31, 1UL << 32, 1UL << 60, ~0UL - 1, ~0UL };
	uint64_t page = buffer + 2048;
	char line[128];

	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		/* READ from 0 and from 1: the sum may wrap. INSTALL. */
		snprintf(line, sizeof(line), "triggers %#" PRIx64 " 2 0 %#" PRIx64, page, many[i]);
		refuse("triggers read", line, BAD_RANGE, page, 0x44425452, 2);
		snprintf(line, sizeof(line), "triggers %#" PRIx64 " 2 1 %#" PRIx64, page, many[i]);
		refuse("triggers read", line, BAD_RANGE, page, 0x44425452, 2);
		snprintf(line, sizeof(line), "triggers %#" PRIx64 " 2 %#" PRIx64 " 1", page,
			 many[i]);
		refuse("triggers read", line, BAD_RANGE, page, 0x44425452, 2);
		snprintf(line, sizeof(line), "triggers %#" PRIx64 " 3 %#" PRIx64 " 0", page,
			 many[i]);
		refuse("triggers install", line, BAD_RANGE, page, 0x44425452, 3);
	}
	snprintf(line, sizeof(line), "triggers %#" PRIx64 " 2 0 1", page);
	allow("triggers read", line, 0);
	snprintf(line, sizeof(line), "triggers %#" PRIx64 " 4 0 0", page);
	/* From 1.7 on OpenSBI takes whole triggers there and does not look at them. */
	if (firmware_version() < 0x10007)
		allow("triggers update", line, 0);
	else
		refuse("triggers update", line, NOT_SUPPORTED, 0, 0x44425452, 4);
}

static void counters(void)
{
	static const struct {
		const char *what;
		uint64_t arg[4];
	} bad[] = {
		{ "no counter", { 0, 0, 0, 1 } },
		{ "no counter, skip", { 10, 0, 3, 1 } },
		{ "a base that wraps", { ~0UL, 1UL << 5, 3, 1 } },
		{ "a base that wraps", { ~0UL - 9, 1UL << 15 | 1, 3, 1 } },
		{ "a base beyond", { 64, 1, 0, 1 } },
		{ "a base beyond", { 1UL << 32, 1, 0, 1 } },
		{ "the firmware's, from another base", { 19, 1UL << 5, 2, 0xf0005 } },
		{ "the firmware's, skip", { 0, 1, 3, 0xf0005 } },
		{ "the platform's", { 0, ~0UL >> 20, 2, 0xfffff } },
	};
	char line[128];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(line, sizeof(line),
			 "match %#" PRIx64 " %#" PRIx64 " %#" PRIx64 " %#" PRIx64, bad[i].arg[0],
			 bad[i].arg[1], bad[i].arg[2], bad[i].arg[3]);
		refuse(bad[i].what, line, INVALID_PARAM, 0, 0x504d55, 2);
	}
	allow("cycles", "match 0 7 0 1", 0);
	allow("illegal instructions", "match 0 0x1ffffffff 0 0xf0004", 0);
	command("sbi 0x504d55 4 0 0x1ffffffff 1", line, sizeof(line)); /* stop, reset */
}

int main(int argc, char **argv)
{
	char path[64];

	check(argc == 4);
	buffer = strtoull(argv[1], NULL, 0);
	table = strtoull(argv[2], NULL, 0) & -8UL;
	firmware = strtoull(argv[3], NULL, 0);
	snprintf(path, sizeof(path), "%scmd", dir);
	cmd = open(path, O_WRONLY);
	check(cmd >= 0 && buffer && table && firmware);
	region = info(NACC_INFO_REGION_BASE);
	region_end = region + info(NACC_INFO_REGION_SIZE);
	frames = info(NACC_INFO_FRAME_BASE);
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		legal(&takers[i]);
		ranges(&takers[i]);
		counts(&takers[i]);
		high_halves(&takers[i]);
		legal(&takers[i]);
	}
	not_offered();
	debug_triggers();
	counters();
	printf("deputies: %d calls, %d failures\n", calls, failures);
	return failures != 0;
}
