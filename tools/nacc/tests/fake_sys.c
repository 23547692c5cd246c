// SPDX-License-Identifier: GPL-2.0
/*
 * A make-believe system for tests, in place of sys.c.
 *
 * Files lie below $FAKE_ROOT. $FAKE is a list of words:
 *   info.FIELD=N, verify.FIELD=N, quota.FIELD=N, protect.FIELD=N, gate.FIELD=N,
 *   calls.FIELD=N, traced.FIELD=N, contexts.FIELD=N,
 *   seal.FIELD=N                 what a call returns
 *   err.CALL=ERRNO                 a call that fails (info, mark, unmark, dump,
 *                                  verify, lock, forbid, quota, protect, open,
 *                                  pidfd);
 *                                  err.eintr=N: the first N calls are broken off
 *   err.join=ERRNO join.times=N    the first N marks that join a domain fail
 *   mark.domain=N                  the domain that a mark returns
 *   gone=PID                       a process that is not there
 *   cpus=N, machine=NAME           what the machine is
 *   run.status=N                   what a program that is started exits with
 *   protected=1                    this process has a page of NACC's
 *   trace=1                        print calls to stderr
 * $FAKE_WRITE is put before paths that are written (nacc setup); without it none can be.
 * $FAKE_STATE is where what is to be remembered is kept.
 * $FAKE_DUMP is a file: "levels root domain", then one entry a line: "va value
 * table level flags". A call returns three entries at most.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/nacc.h>
#include <nacc_sbi.h>

#include "../sys.h"

#define FAKE_CHUNK	3

static const char *setting(const char *key)
{
	const char *list = getenv("FAKE");
	size_t len = strlen(key);

	while (list && *list) {
		if (!strncmp(list, key, len) && list[len] == '=')
			return list + len + 1;
		list += strcspn(list, " ");
		list += strspn(list, " ");
	}
	return NULL;
}

static uint64_t number(const char *group, const char *field, uint64_t def)
{
	const char *text;
	char key[64];

	snprintf(key, sizeof(key), "%s%s", group, field);
	text = setting(key);
	return text ? strtoull(text, NULL, 0) : def;
}

static void trace(const char *what, unsigned long arg)
{
	if (setting("trace"))
		fprintf(stderr, "fake: %s %lu\n", what, arg);
}

static const char *place(const char *path, char *buf)
{
	const char *root = getenv("FAKE_ROOT");

	snprintf(buf, PATH_MAX, "%s%s", root ? root : "/nonexistent", path);
	return buf;
}

int sys_open(const char *path, int flags)
{
	char buf[PATH_MAX];
	int fd;

	errno = (int)number("err.", "open", 0);
	if (errno)
		return -1;
	fd = open(place(path, buf), flags | O_CLOEXEC);
	/* Messages would go there. */
	if (fd >= 0 && fd <= STDERR_FILENO)
		abort();
	return fd;
}

DIR *sys_opendir(const char *path)
{
	char buf[PATH_MAX];

	return opendir(place(path, buf));
}

int sys_pidfd_open(int pid)
{
	trace("pidfd", (unsigned long)pid);
	errno = (int)number("err.", "pidfd", 0);
	if (number("", "gone", 0) == (uint64_t)pid)
		errno = ESRCH;
	return errno ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int sys_online_cpus(void)
{
	return (int)number("", "cpus", 2);
}

/* Nobody waits in a test; that it was done is on record. */
void sys_pause(unsigned int ms)
{
	trace("pause", ms);
}

const char *sys_machine(void)
{
	static char name[32];
	const char *text = setting("machine");

	snprintf(name, sizeof(name), "%.*s",
		 text ? (int)strcspn(text, " ") : 7, text ? text : "riscv64");
	return name;
}

int sys_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char buf[PATH_MAX];

	if (strlen(place(path, buf)) >= sizeof(addr.sun_path))
		abort();
	strcpy(addr.sun_path, buf);
	return connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -1 : fd;
}

int sys_run(char *const argv[])
{
	if (setting("trace")) {
		fputs("fake: run", stderr);
		for (; *argv; argv++)
			fprintf(stderr, " %s", *argv);
		fputc('\n', stderr);
	}
	return (int)number("run.", "status", 0);
}

/* Nothing is written to the system that tests run on. */
const char *sys_root(void)
{
	const char *root = getenv("FAKE_WRITE");

	return root && *root ? root : "/dev/null/nowhere";
}

int sys_protected(void)
{
	return (int)number("", "protected", 0);
}

const char *sys_state(char *path, size_t len)
{
	const char *state = getenv("FAKE_STATE");

	snprintf(path, len, "%s", state ? state : "");
	return state ? path : NULL;
}

static int fake_info(struct nacc_info *i)
{
	i->uapi_version = (uint32_t)number("info.", "uapi", NACC_UAPI_VERSION);
	i->sbi_version = (uint32_t)number("info.", "sbi", NACC_SBI_ABI_VERSION);
	i->levels = (uint32_t)number("info.", "levels", 3);
	i->ad = (uint32_t)number("info.", "ad", 1);
	i->region_base = number("info.", "base", 0x1bc000000);
	i->region_size = number("info.", "region", 64 << 20);
	i->frames = number("info.", "frames", 16128);
	i->frames_used = number("info.", "used", 9);
	i->domains = (uint32_t)number("info.", "domains", 2);
	i->harts = (uint32_t)number("info.", "harts", 2);
	i->harts_online = (uint32_t)number("info.", "online", 2);
	return 0;
}

static int fake_verify(struct nacc_verify *v)
{
	v->domain = (uint32_t)number("verify.", "domain", 3);
	v->tables_linux = number("verify.", "linux", 5);
	v->tables_firmware = number("verify.", "firmware", 5);
	v->unlinked = number("verify.", "unlinked", 1);
	v->leaves = number("verify.", "leaves", 2525);
	v->outside_pool = number("verify.", "outside", 0);
	v->bad_frame = number("verify.", "frame", 0);
	v->bad_entry = number("verify.", "entry", 0);
	v->bad_vma = number("verify.", "vma", 0);
	v->first_bad_va = number("verify.", "va", 0);
	v->first_bad_value = number("verify.", "value", 0);
	return 0;
}

static FILE *open_dump(struct nacc_dump *d)
{
	FILE *in = fopen(getenv("FAKE_DUMP"), "r");
	long long root;

	if (!in || fscanf(in, "%u %lli %u", &d->levels, &root, &d->domain) != 3)
		abort();
	d->root = (__u64)root;
	return in;
}

static bool read_entry(FILE *in, struct nacc_entry *e)
{
	long long va, value, table;

	if (fscanf(in, "%lli %lli %lli %u %u", &va, &value, &table, &e->level,
		   &e->flags) != 5)
		return false;
	e->va = (__u64)va;
	e->value = (__u64)value;
	e->table = (__u64)table;
	return true;
}

static int fake_dump(struct nacc_dump *d)
{
	struct nacc_entry *out = (struct nacc_entry *)(uintptr_t)d->entries;
	FILE *in = open_dump(d);
	struct nacc_entry e;
	__u64 nr = 0, next = 0;
	__u32 n = 0;

	while (!next && read_entry(in, &e)) {
		if (nr++ < d->cursor)
			continue;
		if (n == FAKE_CHUNK || n == d->count)
			next = d->cursor + n;
		else
			out[n++] = e;
	}
	fclose(in);
	d->cursor = next;
	d->count = n;
	return 0;
}

static int fake_forbid(const struct nacc_forbid *f)
{
	if (setting("trace"))
		fprintf(stderr, "fake: forbid %u %#x %#llx %#llx\n", f->domain,
			f->forbid, (unsigned long long)f->start,
			(unsigned long long)f->end);
	return 0;
}

static int fake_quota(struct nacc_quota *q)
{
	if (setting("trace"))
		fprintf(stderr, "fake: quota %u %#llx\n", q->domain,
			(unsigned long long)q->frames);
	if (q->frames == NACC_QUOTA_ASK)
		q->frames = number("quota.", "frames", 0);
	q->used = number("quota.", "used", 412);
	q->share = number("quota.", "share", 1344);
	return 0;
}

static int fake_gate(struct nacc_gate *g)
{
	if (setting("trace") && g->mode != NACC_GATE_ASK)
		fprintf(stderr, "fake: gate %u mode %u flags %#x\n", g->domain, g->mode,
			g->flags);
	if (g->mode == NACC_GATE_ASK) {
		g->mode = (uint32_t)number("gate.", "mode", 0);
		g->flags = (uint32_t)number("gate.", "flags", 0);
	}
	return 0;
}

static int fake_syscalls(struct nacc_syscalls *s)
{
	uint32_t *counts = (uint32_t *)(uintptr_t)s->counts;

	trace("syscalls", s->domain);
	s->mode = (uint32_t)number("calls.", "mode", 2);
	/* openat, read, write; and one that nobody knows yet */
	s->allowed[0] = 1ULL << 56 | 1ULL << 63;
	s->allowed[1] = 1;
	s->allowed[7] = 1ULL << 63;
	if (s->count) {
		counts[56] = (uint32_t)number("calls.", "openat", 412);
		counts[63] = 7;
		counts[64] = 3;
		counts[511] = (uint32_t)number("calls.", "unknown", 0);
	}
	s->other_calls = 1;
	s->refused = 2;
	s->refused_calls = 5;
	return 0;
}

static int fake_traced(struct nacc_traced *t)
{
	uint32_t *counts = (uint32_t *)(uintptr_t)t->counts;

	if (setting("trace"))
		fprintf(stderr, "fake: traced %u flags %u\n", t->domain, t->flags);
	counts[63] = (uint32_t)number("traced.", "read", 9);
	t->other_calls = 2;
	t->begun = number("traced.", "begun", 1000000000);
	t->now = number("traced.", "now", 3500000000);
	return 0;
}

static int fake_allow(struct nacc_allow *a)
{
	if (setting("trace"))
		fprintf(stderr, "fake: allow %u %#llx %#llx\n", a->domain,
			(unsigned long long)a->allowed[0],
			(unsigned long long)a->allowed[1]);
	return 0;
}

static int fake_contexts(struct nacc_contexts *c)
{
	struct nacc_context *out = (struct nacc_context *)(uintptr_t)c->contexts;
	const uint32_t room = c->count;
	uint32_t i;

	c->count = (uint32_t)number("contexts.", "count", 0);
	c->gate = c->count ? 0x1bfff0000 : 0;
	c->frames = c->count ? 1 + (c->count + 1) / 4 : 0;
	for (i = 0; i < c->count && i < room; i++)
		out[i] = (struct nacc_context){
			.frame = 0x1bfff1000 + (i + 2) / 4 * 4096,
			.pc = 0x10000 + i, .cause = 8, .state = 3, .hart = 1,
			.pid = i == 1 ? 0 : 1234 + (int32_t)i,
		};
	return 0;
}

static int fake_report(struct nacc_report *r)
{
	const uint8_t *told = (const uint8_t *)(uintptr_t)r->told;
	const char *text = "what the firmware has signed";
	uint32_t i;

	if (setting("trace")) {
		fprintf(stderr, "fake: report %u nonce %u:%02x%02x told ", r->domain,
			r->nonce_len, r->nonce[0], r->nonce[r->nonce_len - 1]);
		for (i = 0; i < r->told_len; i++)
			fprintf(stderr, "%02x", told[i]);
		fprintf(stderr, "\n");
	}
	if (r->report_len < strlen(text))
		abort();
	r->report_len = (uint32_t)strlen(text);
	memcpy((void *)(uintptr_t)r->report, text, strlen(text));
	return 0;
}

static int fake_seal(struct nacc_seal *s)
{
	struct nacc_seal_range *out = (struct nacc_seal_range *)(uintptr_t)s->ranges;
	const uint32_t room = s->count;
	uint32_t i;

	if (setting("trace"))
		fprintf(stderr, "fake: seal flags %u %#llx-%#llx\n", s->flags,
			(unsigned long long)s->start, (unsigned long long)s->end);
	if (!(s->flags & NACC_SEAL_LIST))
		return 0;
	s->count = (uint32_t)number("seal.", "count", 0);
	for (i = 0; i < s->count && i < room; i++)
		out[i] = (struct nacc_seal_range){ 0x400000 + i * 0x10000, 0x402000 + i * 0x10000 };
	return 0;
}

static int fake_protect(struct nacc_protect *p)
{
	trace("protect", p->what);
	p->domain = (uint32_t)number("protect.", "domain", 0);
	p->pid = (int32_t)number("protect.", "pid", 0);
	if (p->what == NACC_PROTECT_ASK)
		p->nr_except = (uint32_t)number("protect.", "excepted", 0);
	if (p->what == NACC_PROTECT_SYSTEM)
		p->domain = 1;
	return 0;
}

static int fake_mark(struct nacc_mark *m)
{
	if (setting("trace"))
		fprintf(stderr, "fake: name '%s' flags %u domain %u\n", m->name,
			m->flags, m->domain);
	m->domain = (uint32_t)number("mark.", "domain", 3);
	return 0;
}

static int fake_call(unsigned long req, void *arg, const char **name)
{
	switch (req) {
	case NACC_IOC_INFO:
		*name = "info";
		return fake_info(arg);
	case NACC_IOC_MARK:
		*name = "mark";
		return fake_mark(arg);
	case NACC_IOC_UNMARK:
		*name = "unmark";
		trace("unmark", ((struct nacc_unmark *)arg)->domain);
		return 0;
	case NACC_IOC_DUMP:
		*name = "dump";
		return fake_dump(arg);
	case NACC_IOC_VERIFY:
		*name = "verify";
		return fake_verify(arg);
	case NACC_IOC_LOCK:
		*name = "lock";
		trace("lock", ((struct nacc_lock *)arg)->size);
		return 0;
	case NACC_IOC_FORBID:
		*name = "forbid";
		return fake_forbid(arg);
	case NACC_IOC_QUOTA:
		*name = "quota";
		return fake_quota(arg);
	case NACC_IOC_PROTECT:
		*name = "protect";
		return fake_protect(arg);
	case NACC_IOC_GATE:
		*name = "gate";
		return fake_gate(arg);
	case NACC_IOC_SYSCALLS:
		*name = "syscalls";
		return fake_syscalls(arg);
	case NACC_IOC_TRACED:
		*name = ((struct nacc_traced *)arg)->flags & NACC_TRACED_BEGIN ? "begin" : "traced";
		return fake_traced(arg);
	case NACC_IOC_ALLOW:
		*name = "allow";
		return fake_allow(arg);
	case NACC_IOC_REPORT:
		*name = "report";
		return fake_report(arg);
	case NACC_IOC_CONTEXTS:
		*name = "contexts";
		return fake_contexts(arg);
	case NACC_IOC_SEAL:
		*name = "seal";
		return fake_seal(arg);
	}
	abort();
}

int sys_ioctl(int fd, unsigned long req, void *arg)
{
	static uint64_t calls, joins;
	const char *name;
	int err;

	if (fd < 0 || *(uint32_t *)arg != _IOC_SIZE(req) ||
	    (((uint32_t *)arg)[1] && req != NACC_IOC_MARK && req != NACC_IOC_GATE &&
	     req != NACC_IOC_SEAL && req != NACC_IOC_TRACED))
		abort();
	fake_call(req, arg, &name);
	err = (int)number("err.", name, 0);
	if (req == NACC_IOC_MARK && ((struct nacc_mark *)arg)->flags & NACC_MARK_JOIN &&
	    joins++ < number("join.", "times", UINT64_MAX))
		err = (int)number("err.", "join", (uint64_t)err);
	if (calls++ < number("err.", "eintr", 0))
		err = EINTR;
	errno = err;
	return err ? -1 : 0;
}
