// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* libnacc against pages of the test's own making. */
#include <assert.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nacc.h>
#include <nacc_sbi.h>

#include "test.h"

#undef NDEBUG

const void *libnacc_page;
unsigned int libnacc_asked;
static int stop;
static long answer;
static unsigned long called;

static struct nacc_sbi_page *map(void)
{
	struct nacc_sbi_page *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert(p != MAP_FAILED);
	libnacc_page = p;
	return p;
}

static void fill(struct nacc_sbi_page *p)
{
	*p = (struct nacc_sbi_page){
		.magic = NACC_PAGE_MAGIC, .layout = 2, .abi = 2 * 0x20003, .domain = 2 * 7,
		.generation = 2 * 4, .gate = 2 * (2 | 1 << 3), .address_spaces = 2 * 3,
		.gated = 2 * 3, .seals = 2 * 5, .refused = 2 * 11, .refused_returns = 2 * 12,
		.refused_calls = 2 * 13,
	};
}

static void nothing_there(struct nacc_sbi_page *p)
{
	struct nacc_self self;
	unsigned int asked = libnacc_asked;

	munmap(p, 4096);
	errno = 4711;
	assert(nacc_info(&self, sizeof(self)) == -ENODEV);
	assert(!nacc_protected());
	assert(errno == 4711);
	/* It may come, so it is asked for each time. */
	assert(libnacc_asked == asked + 2);
	libnacc_page = mmap(p, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	assert(libnacc_page == p);
	assert(nacc_info(&self, sizeof(self)) == -ENODEV);
	munmap(p, 4096);
	/* Where no address can be */
	libnacc_page = (void *)0xffffffe000000000UL;
	assert(!nacc_protected());
	libnacc_page = NULL;
	assert(!nacc_protected());
}

static void what_it_says(struct nacc_sbi_page *p)
{
	struct { struct nacc_self self; char more[16]; } later;
	struct nacc_self self;
	unsigned int asked = libnacc_asked;

	assert(nacc_info(&self, sizeof(self)) == -ENODEV);
	p->magic = 1;
	assert(nacc_info(&self, sizeof(self)) == -EPROTO);
	fill(p);
	p->layout = 0;
	assert(nacc_info(&self, sizeof(self)) == -EPROTO && !nacc_protected());
	fill(p);
	assert(nacc_protected());
	assert(!nacc_info(&self, sizeof(self)));
	assert(self.layout == 1 && self.abi == 0x20003 && self.domain == 7 &&
	       self.generation == 4 && self.gate == NACC_SELF_GATE_ENFORCE &&
	       self.gate_flags == NACC_SELF_LIST && self.address_spaces == 3 &&
	       self.gated == 3 && self.seals == 5 && !self.pad && self.refused == 11 &&
	       self.refused_returns == 12 && self.refused_calls == 13);
	assert(nacc_info(NULL, sizeof(self)) == -EINVAL);
	assert(nacc_info(&self, sizeof(self) - 1) == -EINVAL);
	memset(&later, 0xff, sizeof(later));
	assert(!nacc_info(&later.self, sizeof(later)));
	for (size_t i = 0; i < sizeof(later.more); i++)
		assert(!later.more[i]);
	/* Fields are only ever added. */
	p->layout = 4;
	assert(!nacc_info(&self, sizeof(self)) && self.layout == 2);
	/* Once it was found nobody is asked. */
	assert(libnacc_asked == asked + 1);
	/* Zeros, when it is protected no more. */
	memset(p, 0, sizeof(*p));
	assert(nacc_info(&self, sizeof(self)) == -ENODEV && !nacc_protected());
	assert(libnacc_asked == asked + 1);
}

static void names(void)
{
	assert(!strcmp(nacc_gate_name(0), "off"));
	assert(!strcmp(nacc_gate_name(1), "audit"));
	assert(!strcmp(nacc_gate_name(2), "enforce"));
	assert(!strcmp(nacc_gate_name(3), "unknown"));
	assert(!strcmp(nacc_gate_name(~0U), "unknown"));
}

/* A child looks for itself: it need not have it. */
static void fork_without(struct nacc_sbi_page *p)
{
	int status;
	pid_t child;

	fill(p);
	assert(nacc_protected());
	madvise(p, 4096, MADV_DONTFORK);
	child = fork();
	assert(child >= 0);
	if (!child)
		_exit(nacc_protected() ? 1 : 42);
	assert(waitpid(child, &status, 0) == child);
	assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	assert(nacc_protected());
}

/* In strict mode whoever makes a system call is killed, but for read, write, exit, sigreturn. */
static int status_of_strict(int has_looked)
{
	struct nacc_self self;
	int status, ok;
	pid_t child = fork();

	assert(child >= 0);
	if (!child) {
		if (has_looked)
			nacc_protected();
		assert(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
		ok = nacc_protected() && !nacc_info(&self, sizeof(self)) && self.domain == 7 &&
		     !strcmp(nacc_gate_name(self.gate), "enforce");
		syscall(SYS_exit, ok ? 42 : 1);
	}
	assert(waitpid(child, &status, 0) == child);
	return status;
}

/* The kernel is asked whether there is a page, and nothing else, then or later. */
static void without_the_kernel(struct nacc_sbi_page *p)
{
	int status;

	fill(p);
	madvise(p, 4096, MADV_DOFORK);
	status = status_of_strict(1);
	assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	status = status_of_strict(0);
	assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void *changes(void *arg)
{
	struct nacc_sbi_page *p = arg;

	/* As the firmware does it: what it says, then that it has changed. */
	for (uint32_t i = 1; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
		__atomic_store_n(&p->address_spaces, i, __ATOMIC_RELEASE);
		__atomic_store_n(&p->gated, i, __ATOMIC_RELEASE);
		__atomic_fetch_add(&p->generation, 2, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* It ends, whatever happens to the page meanwhile. */
static void while_it_changes(struct nacc_sbi_page *p)
{
	struct nacc_self self;
	pthread_t thread;
	int ret;

	fill(p);
	assert(!pthread_create(&thread, NULL, changes, p));
	for (int i = 0; i < 20000; i++) {
		ret = nacc_info(&self, sizeof(self));
		assert(!ret || ret == -EAGAIN);
		assert(nacc_protected());
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	assert(!nacc_info(&self, sizeof(self)) && self.gated == self.address_spaces);
}

long libnacc_call(unsigned long nr)
{
	called += 1 + nr;
	return answer;
}

/* The firmware is asked when the page says that it will hear of it. */
static void secrets(struct nacc_sbi_page *p)
{
	void *page = NULL, *at;

	fill(p);
	p->abi = 2 * 0x20004;
	p->gate = 2 * 2;
	answer = NACC_SECRET_VA + 4096;
	assert(!nacc_secret(1, &page) && page == (void *)answer && called == 2);
	/* A kernel's answer, not the firmware's */
	at = page;
	assert(nacc_secret(2, &page) == -EPROTO && page == at);
	answer = 0;
	assert(nacc_secret(0, &page) == -EPROTO && page == at);
	answer = NACC_SECRET_VA + NACC_SECRETS * 4096L;
	assert(nacc_secret(NACC_SECRETS, &page) == -EPROTO && page == at);
	/* No error, and none when it is made an int */
	for (int bit = 12; bit < 64; bit++) {
		answer = (long)-(1UL << bit);
		assert(nacc_secret(0, &page) == -EPROTO && page == at);
		answer = (long)(1UL << bit | 5);
		assert(nacc_secret(0, &page) == -EPROTO && page == at);
	}
	for (int error = 1; error <= 4095; error++) {
		answer = -error;
		assert(nacc_secret(0, &page) == (error == ENXIO ? -ENODEV :
						 error == 38 ? -EOPNOTSUPP : -error));
	}
	assert(page == at && nacc_secret(0, NULL) == -EINVAL);
	called = 0;
	answer = NACC_SECRET_VA;
	for (unsigned int gate = 0; gate < 16; gate++) {
		p->gate = 2 * gate;
		assert(nacc_secret(0, &page) == ((gate & 7) == 2 ? 0 : -EPERM));
	}
	assert(called == 2);
	p->gate = 2 * 2;
	p->abi = 2 * 0x20003;
	assert(nacc_secret(0, &page) == -EOPNOTSUPP);
	memset(p, 0, sizeof(*p));
	assert(nacc_secret(0, &page) == -ENODEV && called == 2);
}

int main(void)
{
	struct nacc_sbi_page *p;

	nothing_there(map());
	p = map();
	what_it_says(p);
	names();
	fork_without(p);
	without_the_kernel(p);
	while_it_changes(p);
	secrets(p);
	puts("libnacc: ok");
	return 0;
}
