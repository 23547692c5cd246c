// SPDX-License-Identifier: GPL-2.0
/*
 * badioctl [MARKED-PID]: every call of /dev/nacc with arguments it must refuse,
 * each with the errno that linux/nacc.h promises. A table of single faults, so
 * each row beside its neighbours also shows that the right part was looked at.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/nacc.h>
#include <nacc_sbi.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

static int device, failures, cases;

static void expect(const char *what, unsigned long call, void *arg, int wanted)
{
	int got = ioctl(device, call, arg) < 0 ? errno : 0;

	cases++;
	if (got == wanted)
		return;
	failures++;
	printf("CHECK FAILED: %s: expected %s, seen %s\n", what,
	       wanted ? strerrorname_np(wanted) : "success",
	       got ? strerrorname_np(got) : "success");
}

/* The number of a call with a structure of another size. */
static unsigned long sized(unsigned long call, size_t size)
{
	return _IOC(_IOC_DIR(call), _IOC_TYPE(call), _IOC_NR(call), size);
}

/* A structure of this size, as a caller built against another header has it. */
static void with_size(const char *name, const char *text, unsigned long call, const void *good,
		      size_t said, size_t in_call, char tail, int wanted)
{
	static char big[16384];
	char what[80];

	memset(big, 0, sizeof(big));
	memcpy(big, good, _IOC_SIZE(call));
	*(uint32_t *)big = said;
	big[_IOC_SIZE(call) + 3] = tail;
	snprintf(what, sizeof(what), "%s: %s", name, text);
	expect(what, sized(call, in_call), big, wanted);
}

/* The parts that all calls share: size, flags, pointer. */
static void common_faults(const char *name, unsigned long call, const void *good)
{
	size_t size = _IOC_SIZE(call);
	char *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	uint32_t head[128];
	char what[80];

	check(edge != MAP_FAILED && !munmap(edge + PAGE, PAGE));
	with_size(name, "size 0", call, good, 0, size, 0, EINVAL);
	with_size(name, "size 4", call, good, 4, size, 0, EINVAL);
	with_size(name, "size one less", call, good, size - 1, size, 0, EINVAL);
	with_size(name, "size one more", call, good, size + 1, size, 0, EINVAL);
	with_size(name, "size 4 GiB", call, good, UINT32_MAX, size, 0, EINVAL);
	with_size(name, "smaller than version 1", call, good, size - 4, size - 4, 0, EINVAL);
	with_size(name, "no structure", call, good, 0, 0, 0, EINVAL);
	with_size(name, "larger than a page", call, good, 8192, 8192, 0, EINVAL);
	with_size(name, "largest", call, good, 16383, 16383, 0, EINVAL);
	with_size(name, "larger, not zero behind", call, good, size + 8, size + 8, 1, E2BIG);
	/* The first that is not known, and the last. */
	const int first = call == NACC_IOC_MARK ? 2 : call == NACC_IOC_TRACED ? 3 : 0;

	for (int bit = first; bit < 32; bit = bit == 31 ? 32 : 31) {
		memcpy(head, good, size);
		head[1] = 1U << bit;
		snprintf(what, sizeof(what), "%s: unknown flag %d", name, bit);
		expect(what, call, head, EINVAL);
	}
	memcpy(head, good, size);
	snprintf(what, sizeof(what), "%s: one direction", name);
	expect(what, _IOC(_IOC_READ, NACC_IOC_MAGIC, _IOC_NR(call), size), head, ENOTTY);
	snprintf(what, sizeof(what), "%s: null pointer", name);
	expect(what, call, NULL, EFAULT);
	snprintf(what, sizeof(what), "%s: kernel pointer", name);
	expect(what, call, (void *)0xffffffff80000000UL, EFAULT);
	snprintf(what, sizeof(what), "%s: ends behind mapped memory", name);
	memcpy(edge + PAGE - 8, good, 8);
	expect(what, call, edge + PAGE - 8, EFAULT);
	munmap(edge, PAGE);
}

/* What is to be marked is a cgroup, or joins a domain. */
static void mark_faults(void)
{
	struct nacc_mark mark = { .size = sizeof(mark), .flags = NACC_MARK_CGROUP, .fd = -1 };

	expect("MARK: cgroup: no file", NACC_IOC_MARK, &mark, EBADF);
	mark.fd = open("/tmp", O_RDONLY | O_DIRECTORY);
	expect("MARK: cgroup: another directory", NACC_IOC_MARK, &mark, EBADF);
	mark.fd = open("/sys/fs/cgroup/cgroup.procs", O_RDONLY);
	expect("MARK: cgroup: a file of one", NACC_IOC_MARK, &mark, EBADF);
	mark.fd = syscall(SYS_pidfd_open, getpid(), 0);
	expect("MARK: cgroup: a pidfd", NACC_IOC_MARK, &mark, EBADF);
	mark.fd = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY);
	check(mark.fd >= 0);
	expect("MARK: cgroup: the root", NACC_IOC_MARK, &mark, EINVAL);
	mark.flags |= NACC_MARK_JOIN;
	expect("MARK: cgroup that joins", NACC_IOC_MARK, &mark, EINVAL);
	mark.flags = NACC_MARK_JOIN;
	expect("MARK: a cgroup that is no pidfd", NACC_IOC_MARK, &mark, EBADF);
	mark.fd = syscall(SYS_pidfd_open, getpid(), 0);
	expect("MARK: join: domain 0", NACC_IOC_MARK, &mark, ENOENT);
	mark.domain = UINT32_MAX;
	expect("MARK: join: no such domain", NACC_IOC_MARK, &mark, ENOENT);
}

static int pidfd_of(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

/* A pidfd whose process has gone. */
static int dead_pidfd(void)
{
	pid_t child = fork();
	int fd;

	if (!child) {
		pause();
		_exit(0);
	}
	fd = pidfd_of(child);
	check(fd >= 0 && !kill(child, SIGKILL) && waitpid(child, NULL, 0) == child);
	return fd;
}

static void pidfd_faults(const char *name, unsigned long call, void *arg, __s32 *pidfd)
{
	int dead = dead_pidfd(), file = open("/dev/null", O_RDWR), kthread = pidfd_of(2);
	pid_t child = fork();
	int zombie;

	if (!child)
		_exit(0);
	zombie = pidfd_of(child);
	check(!waitid(P_PID, child, NULL, WEXITED | WNOWAIT));
	const struct {
		const char *text;
		int fd, wanted;
	} rows[] = {
		{ "no file", -1, EBADF }, { "closed file", 999, EBADF },
		{ "a file that is no pidfd", file, EBADF }, { "itself", device, EBADF },
		{ "exited process", dead, ESRCH }, { "zombie", zombie, ESRCH },
		{ "kernel thread", kthread, EINVAL },
	};

	check(file >= 0 && kthread >= 0 && zombie >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char what[64];

		snprintf(what, sizeof(what), "%s: pidfd: %s", name, rows[i].text);
		*pidfd = rows[i].fd;
		expect(what, call, arg, rows[i].wanted);
	}
	check(waitpid(child, NULL, 0) == child);
	close(zombie);
	close(dead);
	close(file);
	close(kthread);
}

static void dump_faults(void)
{
	static struct nacc_entry room[4];
	struct nacc_dump dump = { .size = sizeof(dump), .pidfd = pidfd_of(getpid()), .count = 4,
				  .entries = (uintptr_t)room };

	common_faults("DUMP", NACC_IOC_DUMP, &dump);
	pidfd_faults("DUMP", NACC_IOC_DUMP, &dump, &dump.pidfd);
	dump.pidfd = pidfd_of(getpid());
	dump.count = 0;
	expect("DUMP: no room", NACC_IOC_DUMP, &dump, EINVAL);
	dump.count = NACC_DUMP_MAX + 1;
	expect("DUMP: too much room", NACC_IOC_DUMP, &dump, EINVAL);
	dump.count = UINT32_MAX;
	expect("DUMP: 2^32-1 entries", NACC_IOC_DUMP, &dump, EINVAL);
	dump.count = 4;
	dump.entries = 8;
	expect("DUMP: entries at an unmapped address", NACC_IOC_DUMP, &dump, EFAULT);
	dump.entries = 0xffffffff80000000UL;
	expect("DUMP: entries in the kernel", NACC_IOC_DUMP, &dump, EFAULT);
	dump.entries = (uintptr_t)room;
	expect("DUMP: the legal twin", NACC_IOC_DUMP, &dump, 0);
	check(dump.count == 4 && dump.root && dump.levels >= 3);
}

static void domain_faults(const char *name, unsigned long call, void *arg, __u32 *domain)
{
	char what[80];

	*domain = UINT32_MAX;
	snprintf(what, sizeof(what), "%s: no such domain", name);
	expect(what, call, arg, ENOENT);
	*domain = 0;
	snprintf(what, sizeof(what), "%s: domain 0", name);
	expect(what, call, arg, ENOENT);
}

static void forbid_faults(uint32_t domain)
{
	struct nacc_forbid good = { .size = sizeof(good), .domain = domain, .end = 4096,
				    .forbid = NACC_FORBID_PIN }, f = good;

	common_faults("FORBID", NACC_IOC_FORBID, &good);
	domain_faults("FORBID", NACC_IOC_FORBID, &f, &f.domain);
	if (!domain)
		return;
	f = good;
	f.forbid = 0;
	expect("FORBID: nothing", NACC_IOC_FORBID, &f, EINVAL);
	f.forbid = NACC_FORBID_PIN | 4;
	expect("FORBID: something unknown", NACC_IOC_FORBID, &f, EINVAL);
	f.forbid = 1U << 31;
	expect("FORBID: bit 31", NACC_IOC_FORBID, &f, EINVAL);
	f = good;
	f.start = 4096;
	expect("FORBID: empty range", NACC_IOC_FORBID, &f, EINVAL);
	f.start = 4097;
	expect("FORBID: a range that ends before it starts", NACC_IOC_FORBID, &f, EINVAL);
	expect("FORBID: the legal twin", NACC_IOC_FORBID, &good, 0);
}

static void quota_faults(uint32_t domain)
{
	struct nacc_quota good = { .size = sizeof(good), .domain = domain,
				   .frames = NACC_QUOTA_ASK }, q = good;

	common_faults("QUOTA", NACC_IOC_QUOTA, &good);
	domain_faults("QUOTA", NACC_IOC_QUOTA, &q, &q.domain);
	if (!domain)
		return;
	q = good;
	q.pad = 1;
	expect("QUOTA: something where nothing is", NACC_IOC_QUOTA, &q, EINVAL);
	q = good;
	q.frames = NACC_QUOTA_ASK - 1;
	expect("QUOTA: 2^64-2 frames", NACC_IOC_QUOTA, &q, EINVAL);
	q.frames = 1ULL << 32;
	expect("QUOTA: 2^32 frames", NACC_IOC_QUOTA, &q, EINVAL);
	expect("QUOTA: the legal twin", NACC_IOC_QUOTA, &good, 0);
	check(good.used && good.share && !good.frames);
}

static void gate_faults(uint32_t domain)
{
	struct nacc_gate good = { .size = sizeof(good), .domain = domain,
				  .mode = NACC_GATE_ASK }, g = good;
	struct nacc_allow allow = { .size = sizeof(allow), .domain = domain };
	struct nacc_syscalls calls = { .size = sizeof(calls), .domain = domain };
	struct nacc_traced traced = { .size = sizeof(traced), .domain = domain };

	common_faults("GATE", NACC_IOC_GATE, &good);
	common_faults("ALLOW", NACC_IOC_ALLOW, &allow);
	common_faults("SYSCALLS", NACC_IOC_SYSCALLS, &calls);
	common_faults("TRACED", NACC_IOC_TRACED, &traced);
	domain_faults("TRACED", NACC_IOC_TRACED, &traced, &traced.domain);
	domain_faults("GATE", NACC_IOC_GATE, &g, &g.domain);
	domain_faults("ALLOW", NACC_IOC_ALLOW, &allow, &allow.domain);
	domain_faults("SYSCALLS", NACC_IOC_SYSCALLS, &calls, &calls.domain);
	if (!domain)
		return;
	g = good;
	g.mode = NACC_GATE_ENFORCE + 1;
	expect("GATE: no mode", NACC_IOC_GATE, &g, EINVAL);
	g.mode = NACC_GATE_ASK;
	g.flags = NACC_GATE_LIST;
	expect("GATE: flags, but no mode", NACC_IOC_GATE, &g, EINVAL);
	g.flags = NACC_GATE_KEEP;
	expect("GATE: something to keep, but no mode", NACC_IOC_GATE, &g, EINVAL);
	g.mode = NACC_GATE_OFF;
	g.flags = NACC_GATE_KEEP >> 1;
	expect("GATE: a flag that is none", NACC_IOC_GATE, &g, EINVAL);
	calls.domain = domain;
	expect("SYSCALLS: its gate was never on", NACC_IOC_SYSCALLS, &calls, ENODATA);
	traced.domain = domain;
	expect("TRACED: nothing is counted", NACC_IOC_TRACED, &traced, ENODATA);
	traced.flags = NACC_TRACED_BEGIN | NACC_TRACED_END;
	expect("TRACED: begin and end", NACC_IOC_TRACED, &traced, EINVAL);
	traced.flags = NACC_TRACED_HOLD;
	expect("TRACED: held, but not begun", NACC_IOC_TRACED, &traced, EINVAL);
	traced.flags = NACC_TRACED_HOLD << 1;
	expect("TRACED: a flag that is none", NACC_IOC_TRACED, &traced, EINVAL);
	traced.flags = NACC_TRACED_BEGIN;
	traced.count = NACC_CALLS + 1;
	expect("TRACED: too much room", NACC_IOC_TRACED, &traced, EINVAL);
	traced.count = NACC_CALLS;
	traced.counts = 0xffffffff80000000UL;
	expect("TRACED: counts in the kernel", NACC_IOC_TRACED, &traced, EFAULT);
	traced.count = 0;
	traced.flags = 0;
	expect("TRACED: so nothing has begun", NACC_IOC_TRACED, &traced, ENODATA);
	traced.flags = NACC_TRACED_BEGIN;
	expect("TRACED: begun", NACC_IOC_TRACED, &traced, 0);
	traced.flags = NACC_TRACED_END;
	expect("TRACED: the legal twin", NACC_IOC_TRACED, &traced, 0);
	expect("TRACED: ended", NACC_IOC_TRACED, &traced, ENODATA);
	expect("GATE: the legal twin", NACC_IOC_GATE, &good, 0);
	check(good.mode == NACC_GATE_OFF && !good.flags);
}

static void protect_faults(void)
{
	struct nacc_protect good = { .size = sizeof(good), .what = NACC_PROTECT_ASK }, p = good;

	common_faults("PROTECT", NACC_IOC_PROTECT, &good);
	p.what = NACC_PROTECT_OFF + 1;
	expect("PROTECT: what it does not know", NACC_IOC_PROTECT, &p, EINVAL);
	p.what = NACC_PROTECT_SYSTEM;
	p.nr_except = NACC_EXCEPT_MAX + 1;
	expect("PROTECT: too many programs", NACC_IOC_PROTECT, &p, EINVAL);
	p.nr_except = UINT32_MAX;
	expect("PROTECT: 2^32-1 programs", NACC_IOC_PROTECT, &p, EINVAL);
	p.nr_except = 1;
	p.except[0] = -1;
	expect("PROTECT: no descriptor", NACC_IOC_PROTECT, &p, EBADF);
	p.except[0] = device;
	expect("PROTECT: no program", NACC_IOC_PROTECT, &p, EBADF);
	p.what = NACC_PROTECT_OFF;
	expect("PROTECT: programs that are excepted from nothing", NACC_IOC_PROTECT, &p, EINVAL);
	expect("PROTECT: the legal twin", NACC_IOC_PROTECT, &good, 0);
	check(!good.domain && !good.nr_except);
}

/* What is in a report, and its legal uses: scenario "report". */
static void report_faults(uint32_t domain)
{
	static char told[NACC_TOLD_MAX], room[NACC_REPORT_MAX];
	const struct nacc_report good = {
		.size = sizeof(good), .domain = domain, .nonce_len = 8,
		.told = (uintptr_t)told, .report = (uintptr_t)room, .report_len = sizeof(room),
	};
	struct nacc_report r = good;

	common_faults("REPORT", NACC_IOC_REPORT, &r);
	r = good;
	r.domain = UINT32_MAX;
	expect("REPORT: no such domain", NACC_IOC_REPORT, &r, ENOENT);
	r = good;
	r.nonce_len = 7;
	expect("REPORT: short nonce", NACC_IOC_REPORT, &r, EINVAL);
	r.nonce_len = UINT32_MAX;
	expect("REPORT: long nonce", NACC_IOC_REPORT, &r, EINVAL);
	r = good;
	r.told_len = NACC_TOLD_MAX + 1;
	expect("REPORT: told too much", NACC_IOC_REPORT, &r, EINVAL);
	r.told_len = 8;
	r.told = 8;
	expect("REPORT: told from nowhere", NACC_IOC_REPORT, &r, EFAULT);
	r = good;
	r.report = UINT64_MAX;
	expect("REPORT: to nowhere", NACC_IOC_REPORT, &r, EFAULT);
	r = good;
	r.report_len = 1;
	expect("REPORT: no room", NACC_IOC_REPORT, &r, ENOSPC);
	check(r.report_len > 1 && r.report_len < sizeof(room));
	r = good;
	expect("REPORT: the legal twin", NACC_IOC_REPORT, &r, 0);
}

int main(int argc, char **argv)
{
	struct nacc_info info = { .size = sizeof(info) };
	struct nacc_mark mark = { .size = sizeof(mark), .pidfd = -1 };
	struct nacc_unmark unmark = { .size = sizeof(unmark), .domain = UINT32_MAX };
	struct nacc_verify verify = { .size = sizeof(verify), .pidfd = pidfd_of(getpid()) };
	struct nacc_lock lock = { .size = sizeof(lock), .flags = 1 };
	char big[512] = { 0 };

	device = open("/dev/nacc", O_RDWR | O_CLOEXEC);
	check(device >= 0);
	common_faults("INFO", NACC_IOC_INFO, &info);
	common_faults("MARK", NACC_IOC_MARK, &mark);
	mark_faults();
	common_faults("UNMARK", NACC_IOC_UNMARK, &unmark);
	common_faults("VERIFY", NACC_IOC_VERIFY, &verify);
	dump_faults();
	pidfd_faults("MARK", NACC_IOC_MARK, &mark, &mark.pidfd);
	pidfd_faults("VERIFY", NACC_IOC_VERIFY, &verify, &verify.pidfd);

	verify.pidfd = pidfd_of(getpid());
	expect("VERIFY: not marked", NACC_IOC_VERIFY, &verify, ENOENT);
	domain_faults("UNMARK", NACC_IOC_UNMARK, &unmark, &unmark.domain);
	mark.pidfd = pidfd_of(getpid());
	memset(mark.name, 'x', sizeof(mark.name));
	expect("MARK: name without end", NACC_IOC_MARK, &mark, EINVAL);
	if (argc > 1) {
		memset(mark.name, 0, sizeof(mark.name));
		mark.pidfd = pidfd_of(atoi(argv[1]));
		mark.domain = 0;
		expect("MARK: marked already", NACC_IOC_MARK, &mark, EEXIST);
		check(mark.domain != 0);
		verify.pidfd = mark.pidfd;
		expect("VERIFY: the legal twin", NACC_IOC_VERIFY, &verify, 0);
	}
	expect("LOCK: unknown flag", NACC_IOC_LOCK, &lock, EINVAL);
	lock.flags = 0;
	with_size("LOCK", "size 4", NACC_IOC_LOCK, &lock, 4, sizeof(lock), 0, EINVAL);
	expect("LOCK: the legal twin", NACC_IOC_LOCK, &lock, 0);
	forbid_faults(argc > 1 ? mark.domain : 0);
	quota_faults(argc > 1 ? mark.domain : 0);
	gate_faults(argc > 1 ? mark.domain : 0);
	report_faults(argc > 1 ? mark.domain : 0);
	protect_faults();
	for (unsigned int nr = _IOC_NR(NACC_IOC_TRACED) + 1; nr < 256; nr += 25)
		expect("unknown call", _IOWR(NACC_IOC_MAGIC, nr, struct nacc_info), big, ENOTTY);
	expect("wrong magic", _IOWR('N', 0, struct nacc_info), &info, ENOTTY);
	expect("TCGETS", 0x5401, big, ENOTTY);
	/* Legal twins: as it is, and larger with zeros behind. */
	expect("INFO: the legal twin", NACC_IOC_INFO, &info, 0);
	with_size("INFO", "larger, zeros behind", NACC_IOC_INFO, &info, sizeof(info) + 64,
		  sizeof(info) + 64, 0, 0);
	check(info.uapi_version >> 16 == NACC_UAPI_VERSION >> 16 && info.frames);
	printf("badioctl: %d cases, %d failed\n", cases, failures);
	return failures != 0;
}
