// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The page, read.
 *
 * Whether anything is mapped there only the kernel knows, and to touch what is not is the end
 * of a program. /proc may not be mounted, and would have to be parsed; mincore(2) says that
 * something is there, not that it can be read. So the kernel is given the address to read a
 * set of signals from, by a call that is refused for another argument after that: EFAULT says
 * that it cannot be read, EINVAL that it can. Nothing else happens, no file is needed, and no
 * sandbox can do without that system call. It also has the page mapped, which a process has
 * from its first use on, in a place where there being no memory for it is an error and no
 * signal.
 *
 * What was there once stays readable as long as the address space does: if the process is not
 * protected any more it is zeros.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nacc.h>
#include <nacc_sbi.h>

#define TRIES		16
#define FIRST_SIZE	sizeof(struct nacc_self)	/* of version 1 */
#define NO_SUCH_HOW	(-1L)

#ifdef LIBNACC_TEST
#include "tests/test.h"
#define PLACE		libnacc_page
#define ASKED()		(libnacc_asked++)
#else
#define PLACE		((const void *)NACC_PAGE_VA)
#define ASKED()		((void)0)
#endif

static int found;	/* in this process: it can be read. Atomic */

static int is_readable(const void *at)
{
	const int before = errno;
	int readable;

	ASKED();
	syscall(SYS_rt_sigprocmask, NO_SUCH_HOW, at, NULL, 8L);
	readable = errno == EINVAL;
	errno = before;
	return readable;
}

/* A child may have been made without. */
static void forget(void)
{
	__atomic_store_n(&found, 0, __ATOMIC_RELAXED);
}

__attribute__((constructor)) static void begin(void)
{
	pthread_atfork(NULL, NULL, forget);
}

static const struct nacc_sbi_page *page(void)
{
	if (!__atomic_load_n(&found, __ATOMIC_RELAXED)) {
		if (!is_readable(PLACE))
			return NULL;
		__atomic_store_n(&found, 1, __ATOMIC_RELAXED);
	}
	return PLACE;
}

/* What a field says: see NACC_PAGE_SAYS() */
#define get(field)	(__atomic_load_n(&(field), __ATOMIC_RELAXED) / NACC_PAGE_SAYS(1))

static void read_all(const struct nacc_sbi_page *p, struct nacc_self *self)
{
	uint32_t gate = get(p->gate);

	*self = (struct nacc_self){
		.layout = get(p->layout),
		.abi = get(p->abi),
		.domain = get(p->domain),
		.gate = gate & NACC_GATE_MODE,
		.gate_flags = gate & (NACC_SELF_PTRACE | NACC_SELF_LIST),
		.address_spaces = get(p->address_spaces),
		.gated = get(p->gated),
		.seals = get(p->seals),
		.refused = get(p->refused),
		.refused_returns = get(p->refused_returns),
		.refused_calls = get(p->refused_calls),
	};
}

/* Return: 0, or as nacc_info(). */
static int check(const struct nacc_sbi_page *p)
{
	const uint64_t magic = p ? __atomic_load_n(&p->magic, __ATOMIC_RELAXED) : 0;

	if (!magic)
		return -ENODEV;
	/* Later layouts have what the first one has. */
	return magic == NACC_PAGE_MAGIC && get(p->layout) >= NACC_PAGE_LAYOUT ? 0 : -EPROTO;
}

static int read_settled(const struct nacc_sbi_page *p, struct nacc_self *self)
{
	uint64_t before, after;
	int tries = TRIES;

	do {
		before = get(p->generation);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		read_all(p, self);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = get(p->generation);
	} while (before != after && --tries);
	self->generation = after;
	return before == after ? 0 : -EAGAIN;
}

int nacc_info(struct nacc_self *self, size_t size)
{
	const struct nacc_sbi_page *p = page();
	struct nacc_self now;
	int ret = check(p);

	if (!self || size < FIRST_SIZE)
		return -EINVAL;
	if (!ret)
		ret = read_settled(p, &now);
	/* It may have ended meanwhile. */
	if (!ret)
		ret = check(p);
	if (ret)
		return ret;
	memset(self, 0, size);
	memcpy(self, &now, sizeof(now));
	return 0;
}

int nacc_protected(void)
{
	return !check(page());
}

const char *nacc_gate_name(uint32_t gate)
{
	static const char *const names[] = {
		[NACC_SELF_GATE_OFF] = "off",
		[NACC_SELF_GATE_AUDIT] = "audit",
		[NACC_SELF_GATE_ENFORCE] = "enforce",
	};

	return gate < sizeof(names) / sizeof(names[0]) ? names[gate] : "unknown";
}
