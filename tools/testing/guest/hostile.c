// SPDX-License-Identifier: GPL-2.0
/*
 * hostile ROOT TABLE IMAGE: every call of the NACC extension with arguments
 * that it must refuse, sent by nacc_attack.ko. ROOT and TABLE are the physical
 * addresses of a root and a linked table of a marked process, IMAGE that of the
 * kernel image. Each call must come back with an error; that nothing changed is
 * for the caller to see.
 */
#include <fcntl.h>
#include <nacc_sbi.h>
#include <unistd.h>

#include "common.h"

#define ANY_ERROR	1
#define V		1UL
#define USER_LEAF	0xdfUL /* V R W X U A D, without G */
#define PTE(pa, bits)	((uint64_t)(pa) >> 12 << 10 | (bits))

static const char *const dir = "/sys/kernel/debug/nacc-attack/";
static const char *const reasons[] = { NACC_REASON_NAMES };
static int cmd, calls, failures;
static uint64_t frame_base, nr_frames, region, page, other, live_root, live_table, image;

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

static long call(uint64_t fid, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t *value)
{
	char line[200], report[200];
	long error;

	snprintf(line, sizeof(line), "ecall %#lx %#lx %#lx %#lx 0 0 0", fid, a0, a1, a2);
	command(line, report, sizeof(report));
	check(sscanf(report, "error=%ld value=%lx", &error, value) == 2);
	calls++;
	return error;
}

/* refuse(): the call must fail, with this error and reason where given. */
static void refuse(const char *what, int error, int reason, uint64_t fid, uint64_t a0,
		   uint64_t a1, uint64_t a2)
{
	uint64_t value;
	long got = call(fid, a0, a1, a2, &value);

	if (got < 0 && (error == ANY_ERROR || got == error) &&
	    (reason < 0 || value == (uint64_t)reason))
		return;
	failures++;
	printf("CHECK FAILED: %s: fid %lu (%#lx, %#lx, %#lx): expected error %d %s, seen %ld %s\n",
	       what, fid, a0, a1, a2, error, reason < 0 ? "" : reasons[reason], got,
	       value < NACC_REASON_MAX ? reasons[value] : "");
}

static uint64_t must(const char *what, uint64_t fid, uint64_t a0, uint64_t a1, uint64_t a2)
{
	uint64_t value;
	long error = call(fid, a0, a1, a2, &value);

	if (error)
		die("%s: fid %lu (%#lx, %#lx, %#lx) gave %ld %s", what, fid, a0, a1, a2, error,
		    value < NACC_REASON_MAX ? reasons[value] : "");
	return value;
}

/* Addresses that are neither a frame nor a buffer, whatever is asked. */
static uint64_t bad[24];
static size_t nr_bad;

/* Numbers that are no frame's. */
static uint64_t bad_frame[8];
static const size_t nr_bad_frame = 8;

static void collect_bad(void)
{
	const uint64_t frames[] = {
		nr_frames + 1, nr_frames * 2, frame_base, 1UL << 31, 1UL << 32, 1UL << 52,
		1UL << 63, ~0UL,
	};
	const uint64_t list[] = {
		0, 1, 8, 0xfff, 0x1000, 0x10000000 /* uart */, 0x0c000000 /* plic */,
		0x80000000 /* firmware */, 0x80001000, image, image + PAGE, region, region + PAGE,
		frame_base + 8, frame_base - 8, frame_base + nr_frames * PAGE - 1,
		page + 1, page + 8, 1UL << 55, 1UL << 56, 1UL << 63, ~0UL, ~0UL - 4095, ~0UL - 7,
	};

	for (nr_bad = 0; nr_bad < ARRAY_SIZE(list); nr_bad++)
		bad[nr_bad] = list[nr_bad];
	memcpy(bad_frame, frames, sizeof(frames));
}

static void bad_frames(void)
{
	static const int fids[] = { NACC_SBI_ARM, NACC_SBI_DISARM, NACC_SBI_RECLAIM };

	for (size_t i = 0; i < nr_bad_frame; i++) {
		for (int f = 0; f < 3; f++)
			refuse("frame", ANY_ERROR, -1, fids[f], bad_frame[i], 1, 0);
		refuse("frame", ANY_ERROR, -1, NACC_SBI_FRAMES, bad_frame[i], 1, page);
	}
	for (int f = 0; f < 3; f++) {
		refuse("one behind the last", ANY_ERROR, -1, fids[f], nr_frames, 1, 0);
		refuse("over the end", ANY_ERROR, -1, fids[f], nr_frames - 1, 2, 0);
		refuse("sum overflows", ANY_ERROR, -1, fids[f], ~0UL, 2, 0);
	}
}

static void bad_addresses(void)
{
	for (size_t i = 0; i < nr_bad; i++) {
		refuse("set-up address", ANY_ERROR, -1, NACC_SBI_SETUP, bad[i], 128, 0);
		refuse("adopt root", ANY_ERROR, -1, NACC_SBI_TABLE_ADOPT, bad[i], 0, page);
		refuse("fill root", ANY_ERROR, -1, NACC_SBI_AS_FILL, bad[i], page, 0);
		refuse("merge table", ANY_ERROR, -1, NACC_SBI_MERGE_AD, bad[i], page, 0);
		refuse("merge source", ANY_ERROR, -1, NACC_SBI_MERGE_AD, live_table, bad[i], 0);
		refuse("retire", ANY_ERROR, -1, NACC_SBI_AS_RETIRE, bad[i], 0, 0);
		refuse("release", ANY_ERROR, -1, NACC_SBI_TABLE_RELEASE, bad[i], 0, 0);
		refuse("drain", ANY_ERROR, -1, NACC_SBI_DRAIN, bad[i], 0, 0);
		refuse("frames buffer", ANY_ERROR, -1, NACC_SBI_FRAMES, 0, 1, bad[i]);
		refuse("stats", ANY_ERROR, -1, NACC_SBI_STATS, bad[i], 0, 0);
		refuse("learn", ANY_ERROR, -1, NACC_SBI_LEARN, bad[i], 0, 0);
		refuse("audit", ANY_ERROR, -1, NACC_SBI_AUDIT, 0, bad[i], 0);
		refuse("check", ANY_ERROR, -1, NACC_SBI_TABLE_CHECK, bad[i], 0, 0);
		refuse("link", ANY_ERROR, -1, NACC_SBI_TABLE_LINK, bad[i], 0, 0);
		refuse("unlink", ANY_ERROR, -1, NACC_SBI_UNLINK, bad[i], 1UL << 16, page);
		refuse("unlink buffer", ANY_ERROR, -1, NACC_SBI_UNLINK, live_root, 1UL << 16,
		       bad[i]);
		refuse("bind", ANY_ERROR, -1, NACC_SBI_AS_BIND, bad[i], 0x4711, NACC_BOUND);
		refuse("fork table", ANY_ERROR, -1, NACC_SBI_FORK, bad[i], 1UL << 16, page);
		refuse("fork buffer", ANY_ERROR, -1, NACC_SBI_FORK, live_table, 1UL << 16,
		       bad[i]);
	}
	/* Frames where ordinary memory is wanted: the shim must not write its pool for us. */
	refuse("a bound root, another mm", ANY_ERROR, NACC_REASON_AS_STATE, NACC_SBI_AS_BIND,
	       live_root, 0x4711, NACC_BOUND);
	refuse("no mm", ANY_ERROR, NACC_REASON_BAD_COUNT, NACC_SBI_AS_BIND, live_root, 0,
	       NACC_BOUND_LEAVING);
	refuse("bound how", ANY_ERROR, NACC_REASON_BAD_COUNT, NACC_SBI_AS_BIND, live_root,
	       0x4711, ~0UL);
	refuse("the guard's end", ANY_ERROR, NACC_REASON_AS_STATE, NACC_SBI_GUARD, 0, 0, 0);
	refuse("the guard's flags", ANY_ERROR, NACC_REASON_BAD_COUNT, NACC_SBI_GUARD, ~0UL, 0, 0);
	refuse("a switch of nobody", ANY_ERROR, NACC_REASON_AS_STATE, NACC_SBI_SWITCH, 0,
	       live_root, live_root);
	refuse("the pool as the other root", ANY_ERROR, NACC_REASON_BAD_ADDRESS, NACC_SBI_GUARD,
	       NACC_GUARD_ON, 0, frame_base);
	refuse("the firmware as the other root", ANY_ERROR, NACC_REASON_BAD_ADDRESS,
	       NACC_SBI_GUARD, NACC_GUARD_ON, 0, 0x80000000);
	refuse("stats into the pool", ANY_ERROR, -1, NACC_SBI_STATS, frame_base, 0, 0);
	refuse("stats over a table", ANY_ERROR, -1, NACC_SBI_STATS, live_table, 0, 0);
	refuse("learn over a table", ANY_ERROR, -1, NACC_SBI_LEARN, live_table, 0, 0);
	refuse("audit over a root", ANY_ERROR, -1, NACC_SBI_AUDIT, 0, live_root, 0);
	refuse("drain over a table", ANY_ERROR, -1, NACC_SBI_DRAIN, live_table, 0, 0);
	refuse("frames over a table", ANY_ERROR, -1, NACC_SBI_FRAMES, 0, 1, live_table);
}

/* Of the gate: no record of a domain is there, and no root of ours has one. */
static void bad_gates(void)
{
	for (size_t i = 0; i < nr_bad; i++) {
		refuse("gate set", ANY_ERROR, -1, NACC_SBI_GATE_SET, bad[i], 2, 0);
		refuse("gate allow", ANY_ERROR, -1, NACC_SBI_GATE_ALLOW, bad[i], 0, ~0UL);
		refuse("gate close", ANY_ERROR, -1, NACC_SBI_GATE_CLOSE, bad[i], 0, 0);
		refuse("gated root", ANY_ERROR, -1, NACC_SBI_AS_GATE, bad[i], frame_base, 0);
		refuse("record", ANY_ERROR, -1, NACC_SBI_AS_GATE, live_root, bad[i], 0);
		refuse("context", ANY_ERROR, -1, NACC_SBI_CONTEXT, bad[i], 0x4711,
		       NACC_CONTEXT_OF_OTHER);
		refuse("handler", ANY_ERROR, -1, NACC_SBI_HANDLER, bad[i], 1, 0x4711);
	}
	refuse("a table as a record", ANY_ERROR, NACC_REASON_BAD_ADDRESS, NACC_SBI_GATE_SET,
	       live_table, 2, 0);
	refuse("a root as a record", ANY_ERROR, NACC_REASON_BAD_ADDRESS, NACC_SBI_GATE_CLOSE,
	       live_root, 0, 0);
	refuse("a root as its own record", ANY_ERROR, NACC_REASON_BAD_ADDRESS, NACC_SBI_AS_GATE,
	       live_root, live_root, 0);
	refuse("a context without a gate", ANY_ERROR, NACC_REASON_AS_STATE, NACC_SBI_CONTEXT,
	       live_root, 0x4711, NACC_CONTEXT_OF_OTHER);
	refuse("a context of nobody", ANY_ERROR, NACC_REASON_BAD_COUNT, NACC_SBI_CONTEXT,
	       live_root, 0, NACC_CONTEXT_END);
	refuse("a handler without a gate", ANY_ERROR, NACC_REASON_AS_STATE, NACC_SBI_HANDLER,
	       live_root, 1, 0x4711);
	refuse("a signal that is none", ANY_ERROR, NACC_REASON_BAD_COUNT, NACC_SBI_HANDLER,
	       live_root, 65, 0x4711);
}

static void bad_counts(void)
{
	static const uint64_t counts[] = {
		0, 513, 1024, 1UL << 20, 1UL << 32, 1UL << 52, 1UL << 63, ~0UL,
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		refuse("count", ANY_ERROR, -1, NACC_SBI_ARM, 0, counts[i], 0);
		refuse("count", ANY_ERROR, -1, NACC_SBI_DISARM, 0, counts[i], 0);
		refuse("count", ANY_ERROR, -1, NACC_SBI_RECLAIM, 0, counts[i], 0);
		refuse("count", ANY_ERROR, -1, NACC_SBI_FRAMES, 0, counts[i], page);
		refuse("length", ANY_ERROR, -1, NACC_SBI_SETUP, page,
		       counts[i] == 513 ? 65537 : counts[i] == 1024 ? 7 : counts[i], 0);
	}
}

static void bad_calls(void)
{
	static const uint64_t fids[] = {
		NACC_SBI_FID_MAX, NACC_SBI_FID_MAX + 1, 255, 0x7fffffff, 0x80000000, ~0UL,
	};
	static const uint64_t items[] = { NACC_INFO_MAX, 64, 1UL << 32, ~0UL };

	for (size_t i = 0; i < ARRAY_SIZE(fids); i++)
		refuse("unknown function", -2, -1, fids[i], page, 1, page);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		refuse("unknown item", -3, -1, NACC_SBI_GET_INFO, items[i], 0, 0);
	for (uint64_t level = 0; level < 8; level++)
		refuse("adopt into a live root", ANY_ERROR, -1, NACC_SBI_TABLE_ADOPT, live_root,
		       level, page);
	refuse("fill a live root", ANY_ERROR, -1, NACC_SBI_AS_FILL, live_root, page, 0);
	refuse("retire a table", ANY_ERROR, -1, NACC_SBI_AS_RETIRE, live_table, 0, 0);
	refuse("release a linked table", -10, NACC_REASON_LINKED, NACC_SBI_TABLE_RELEASE,
	       live_table, 0, 0);
	refuse("release whatever lies around", ANY_ERROR, -1, NACC_SBI_TABLE_RELEASE, live_table,
	       -1, 0);
	refuse("release a root", ANY_ERROR, -1, NACC_SBI_TABLE_RELEASE, live_root, 0, 0);
}

/* fill_page(): entry 5 of our page. */
static void fill_page(uint64_t pa, uint64_t entry)
{
	char line[100], report[100];

	snprintf(line, sizeof(line), "fill %#lx 5 %#lx", pa, entry);
	command(line, report, sizeof(report));
}

/* Legal twins: scenario "report". */
static void bad_reports(void)
{
	fill_page(page, 0);
	refuse("report: none was begun", -10, NACC_REASON_AS_STATE, NACC_SBI_REPORT, page, 0, 0);
	refuse("report: no nonce", -3, NACC_REASON_BAD_COUNT, NACC_SBI_REPORT_BEGIN, 0, page, 0);
	refuse("report: still none", -10, NACC_REASON_AS_STATE, NACC_SBI_REPORT, page, 0, 0);
	for (size_t i = 0; i < nr_bad; i++) {
		refuse("report: page", -5, NACC_REASON_BAD_ADDRESS, NACC_SBI_REPORT_BEGIN, 0,
		       bad[i], 0);
		refuse("report: buffer", -5, NACC_REASON_BAD_ADDRESS, NACC_SBI_REPORT, bad[i],
		       0, 0);
	}
}

/* The set-up again, with content of ours: it holds for ever. */
static void setup_again(void)
{
	char line[100], report[100];

	refuse("an empty set-up", ANY_ERROR, -1, NACC_SBI_SETUP, page, 128, 0);
	snprintf(line, sizeof(line), "fill %#lx 0 %#x", page, NACC_SBI_ABI_VERSION);
	command(line, report, sizeof(report));
	snprintf(line, sizeof(line), "fill %#lx 1 %#lx", page, page);
	command(line, report, sizeof(report));
	refuse("another set-up", ANY_ERROR, -1, NACC_SBI_SETUP, page, 72, 0);
	refuse("another set-up", ANY_ERROR, -1, NACC_SBI_SETUP, page, 4096, 0);
	snprintf(line, sizeof(line), "fill %#lx 0 0", page);
	command(line, report, sizeof(report));
	snprintf(line, sizeof(line), "fill %#lx 1 0", page);
	command(line, report, sizeof(report));
}

static uint64_t index_of(uint64_t frame)
{
	return (frame - frame_base) / PAGE;
}

/*
 * Frames that are released go back to where they were. The module's keeper, who sees them
 * released, may be faster; that all are armed in the end the scenario looks at.
 */
static void give_back(const uint64_t *frame, int nr)
{
	must("fence", NACC_SBI_FENCE, 0, 0, 0);
	for (int i = 0; i < nr; i++) {
		must("reclaim", NACC_SBI_RECLAIM, index_of(frame[i]), 1, 0);
		must("arm", NACC_SBI_ARM, index_of(frame[i]), 1, 0);
	}
}

/* An address space of our own: pages that it must not take in, beside one it may. */
static void hostile_pages(void)
{
	uint64_t root = must("create", NACC_SBI_AS_CREATE, 0, 0, 0), twin, next;
	const struct {
		const char *what;
		uint64_t level, entry;
		int reason;
	} rows[] = {
		{ "leaf in the pool", 0, PTE(frame_base, USER_LEAF), NACC_REASON_LEAF_POOL },
		{ "leaf on a live table", 0, PTE(live_table, USER_LEAF), NACC_REASON_LEAF_POOL },
		{ "leaf in the records", 0, PTE(region, USER_LEAF), NACC_REASON_LEAF_POOL },
		{ "leaf in firmware", 0, PTE(0x80000000, USER_LEAF), NACC_REASON_LEAF_FIRMWARE },
		{ "leaf in the kernel", 0, PTE(image + PAGE, USER_LEAF), NACC_REASON_LEAF_KERNEL },
		{ "read-only leaf in the kernel", 0, PTE(image + PAGE, 0x53),
		  NACC_REASON_LEAF_KERNEL },
		{ "leaf without U", 0, PTE(other, USER_LEAF & ~0x10UL), NACC_REASON_NOT_USER },
		{ "W without R", 0, PTE(other, 0x15), NACC_REASON_RESERVED_BITS },
		{ "reserved bit", 0, PTE(other, USER_LEAF) | 1UL << 54, NACC_REASON_RESERVED_BITS },
		{ "NAPOT", 0, PTE(other, USER_LEAF) | 1UL << 63, NACC_REASON_RESERVED_BITS },
		{ "PBMT", 0, PTE(other, USER_LEAF) | 1UL << 61, NACC_REASON_RESERVED_BITS },
		{ "global leaf", 0, PTE(other, USER_LEAF | 0x20), NACC_REASON_RESERVED_BITS },
		{ "link at level 0", 0, PTE(other, V), NACC_REASON_LEVEL },
		{ "misaligned superpage", 1, PTE(other | PAGE, USER_LEAF), NACC_REASON_SUPERPAGE },
		{ "superpage over the pool", 1, PTE(region & ~(2 * MEGA - 1), USER_LEAF),
		  NACC_REASON_LEAF_POOL },
		{ "link to a page outside", 1, PTE(other, V), NACC_REASON_NESTED },
		{ "link to another's table", 1, PTE(live_table, V), -1 },
		{ "link to another's root", 1, PTE(live_root, V), -1 },
		{ "link to itself", 1, PTE(root, V), -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fill_page(page, rows[i].entry);
		refuse(rows[i].what, -4, rows[i].reason, NACC_SBI_TABLE_ADOPT, root,
		       rows[i].level, page);
	}
	fill_page(page, PTE(other, USER_LEAF));
	refuse("level too high", ANY_ERROR, -1, NACC_SBI_TABLE_ADOPT, root, 5, page);
	refuse("level 2^32", ANY_ERROR, -1, NACC_SBI_TABLE_ADOPT, root, 1UL << 32, page);
	refuse("level -1", ANY_ERROR, -1, NACC_SBI_TABLE_ADOPT, root, ~0UL, page);
	for (size_t i = 0; i < nr_bad; i++)
		refuse("source", ANY_ERROR, -1, NACC_SBI_TABLE_ADOPT, root, 0, bad[i]);

	/* The legal twin of them all, then everything goes back to where it was. */
	twin = must("the legal twin", NACC_SBI_TABLE_ADOPT, root, 0, page);
	for (next = 0; next != NACC_SBI_RETIRE_DONE;)
		next = must("retire", NACC_SBI_AS_RETIRE, root, next, 0);
	refuse("retire again", ANY_ERROR, -1, NACC_SBI_AS_RETIRE, root, 0, 0);
	if (must("reclaim before the fence", NACC_SBI_RECLAIM, index_of(root), 1, 0))
		die("a released root came back before a fence (I8)");
	give_back((const uint64_t[]){ root, twin }, 2);
}

/* An address space that is live from birth: its tables come and go in place. */
static void in_place(void)
{
	static const uint64_t slots[] = { 256, 511, 512, 1UL << 32, 1UL << 61, ~0UL };
	uint64_t frame[6], value;
	int nr = 1;

	refuse("unknown flag", -3, NACC_REASON_BAD_COUNT, NACC_SBI_AS_CREATE, 0, 2, 0);
	refuse("unknown flags", -3, NACC_REASON_BAD_COUNT, NACC_SBI_AS_CREATE, 0, ~0UL, 0);
	frame[0] = must("create", NACC_SBI_AS_CREATE, 0, NACC_SBI_AS_LIVE, 0);
	refuse("fill what is live", -10, NACC_REASON_AS_STATE, NACC_SBI_AS_FILL, frame[0], page, 0);
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		refuse("link in the kernel half", -3, NACC_REASON_BAD_COUNT, NACC_SBI_TABLE_LINK,
		       frame[0], slots[i], 0);
	refuse("unlink the kernel half", -3, NACC_REASON_BAD_COUNT, NACC_SBI_UNLINK, frame[0],
	       256 | 1UL << 16, page);
	refuse("unlink beyond", -3, NACC_REASON_BAD_COUNT, NACC_SBI_UNLINK, frame[0],
	       257UL << 16, page);
	while (nr < 6 && !call(NACC_SBI_TABLE_LINK, frame[nr - 1], 3, 0, &value))
		frame[nr++] = value;
	check(nr > 2 && nr < 6);
	refuse("link at level 0", -4, NACC_REASON_LEVEL, NACC_SBI_TABLE_LINK, frame[nr - 1], 4, 0);
	refuse("unlink at level 0", -4, NACC_REASON_LEVEL, NACC_SBI_UNLINK, frame[nr - 1],
	       1UL << 16, page);
	refuse("link where one is", -6, NACC_REASON_TAKEN, NACC_SBI_TABLE_LINK, frame[0], 3, 0);
	refuse("release it", -10, NACC_REASON_LINKED, NACC_SBI_TABLE_RELEASE, frame[1], 0, 0);
	/* Entries of the parent's that are not there vouch for nothing. */
	fill_page(page, PTE(other, USER_LEAF));
	refuse("fork from no table", -5, NACC_REASON_BAD_ADDRESS, NACC_SBI_FORK, frame[nr - 1],
	       8UL << 16, page);
	/* Not empty, then empty. */
	check(must("unlink what is used", NACC_SBI_UNLINK, frame[0], 256UL << 16, page) ==
	      1UL << 16);
	check(must("unlink", NACC_SBI_UNLINK, frame[nr - 2], 256UL << 16, page) == 1);
	must("release", NACC_SBI_TABLE_RELEASE, frame[nr - 1], 0, 0);
	must("retire", NACC_SBI_AS_RETIRE, frame[0], 0, 0);
	give_back(frame, nr);
	fill_page(page, 0);
}

/* Anything with anything, where no combination is a legal change of state. */
static void sweep(void)
{
	static const uint64_t fids[] = {
		NACC_SBI_SETUP, NACC_SBI_ARM, NACC_SBI_DISARM, NACC_SBI_TABLE_ADOPT,
		NACC_SBI_AS_FILL, NACC_SBI_MERGE_AD, NACC_SBI_AS_RETIRE, NACC_SBI_TABLE_RELEASE,
		NACC_SBI_RECLAIM, NACC_SBI_DRAIN, NACC_SBI_STATS, NACC_SBI_TABLE_CHECK,
		NACC_SBI_FRAMES, NACC_SBI_AUDIT,
	};
	uint64_t state = 12345, argument[3];

	for (int n = 0; n < 2000; n++) {
		uint64_t fid = fids[next_random(&state) % ARRAY_SIZE(fids)];

		for (int i = 0; i < 3; i++)
			argument[i] = bad[next_random(&state) % nr_bad];
		if (fid == NACC_SBI_ARM || fid == NACC_SBI_DISARM || fid == NACC_SBI_RECLAIM ||
		    fid == NACC_SBI_FRAMES)
			argument[0] = bad_frame[next_random(&state) % nr_bad_frame];
		refuse("sweep", ANY_ERROR, -1, fid, argument[0], argument[1], argument[2]);
	}
}

static uint64_t new_page(void)
{
	char report[100];
	uint64_t pa;

	command("page", report, sizeof(report));
	check(sscanf(report, "page=%lx", &pa) == 1);
	return pa;
}

int main(int argc, char **argv)
{
	char path[64];

	check(argc == 4);
	live_root = strtoull(argv[1], NULL, 0);
	live_table = strtoull(argv[2], NULL, 0);
	image = strtoull(argv[3], NULL, 0);
	snprintf(path, sizeof(path), "%scmd", dir);
	cmd = open(path, O_WRONLY);
	check(cmd >= 0 && live_root && live_table && image);
	page = new_page();
	other = new_page();
	region = must("info", NACC_SBI_GET_INFO, NACC_INFO_REGION_BASE, 0, 0);
	frame_base = must("info", NACC_SBI_GET_INFO, NACC_INFO_FRAME_BASE, 0, 0);
	nr_frames = must("info", NACC_SBI_GET_INFO, NACC_INFO_NR_FRAMES, 0, 0);
	check(region && frame_base > region && nr_frames);
	collect_bad();
	bad_addresses();
	bad_frames();
	bad_counts();
	bad_gates();
	bad_calls();
	bad_reports();
	setup_again();
	hostile_pages();
	in_place();
	sweep();
	printf("hostile: %d calls, %d wrongly answered\n", calls, failures);
	return failures != 0;
}
