// SPDX-License-Identifier: GPL-2.0
/* Just enough of io_uring for one transfer at a time of a registered buffer. */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common.h"
#include "gup.h"

static void *map_ring(int fd, size_t len, off_t what)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, what);

	check(at != MAP_FAILED);
	return at;
}

static struct io_uring_params params;

int ring_open(struct ring *r, char *buffer, size_t len)
{
	struct iovec one = { buffer, len };

	memset(&params, 0, sizeof(params));
	r->buffer = buffer;
	r->flags = 0;
	r->fd = syscall(SYS_io_uring_setup, 4, &params);
	check(r->fd >= 0);
	if (syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_BUFFERS, &one, 1)) {
		int error = errno;

		close(r->fd);
		return error;
	}
	r->sq_len = params.sq_off.array + params.sq_entries * sizeof(uint32_t);
	r->cq_len = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	r->sqe_len = params.sq_entries * sizeof(struct io_uring_sqe);
	r->sq = map_ring(r->fd, r->sq_len, IORING_OFF_SQ_RING);
	r->cq = map_ring(r->fd, r->cq_len, IORING_OFF_CQ_RING);
	r->sqe = map_ring(r->fd, r->sqe_len, IORING_OFF_SQES);
	return 0;
}

void ring_close(struct ring *r)
{
	check(!munmap(r->sq, r->sq_len) && !munmap(r->cq, r->cq_len) &&
	      !munmap(r->sqe, r->sqe_len) && !close(r->fd));
}

static uint32_t *word(void *ring, uint32_t offset)
{
	return (uint32_t *)((char *)ring + offset);
}

int ring_transfer(struct ring *r, int fd, int write, size_t len)
{
	struct io_uring_sqe *sqe = r->sqe;
	uint32_t *tail = word(r->sq, params.sq_off.tail), *head = word(r->cq, params.cq_off.head);
	uint32_t slot = *tail & *word(r->sq, params.sq_off.ring_mask);
	struct io_uring_cqe *cqe;
	int ret;

	memset(&sqe[slot], 0, sizeof(*sqe));
	sqe[slot].opcode = write ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED;
	sqe[slot].flags = r->flags;
	sqe[slot].fd = fd;
	sqe[slot].addr = (uintptr_t)r->buffer;
	sqe[slot].len = len;
	word(r->sq, params.sq_off.array)[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	do {
		ret = syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	} while (ret < 0 && errno == EINTR);
	check(ret == 1);
	/* The task work of a mark may end the wait early. */
	while (__atomic_load_n(word(r->cq, params.cq_off.tail), __ATOMIC_ACQUIRE) == *head)
		syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	cqe = (struct io_uring_cqe *)((char *)r->cq + params.cq_off.cqes) +
	      (*head & *word(r->cq, params.cq_off.ring_mask));
	ret = cqe->res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return ret;
}
