/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GUP_H
#define GUP_H

#include <stddef.h>
#include <stdint.h>

/* Registered buffers of io_uring: long-term pins. */
struct ring {
	int fd;
	void *sq, *cq, *sqe;
	size_t sq_len, cq_len, sqe_len;
	char *buffer;
	uint8_t flags; /* IOSQE_*; none at first */
};

/* 0 or an errno; on an error nothing is left. */
int ring_open(struct ring *r, char *buffer, size_t len);
void ring_close(struct ring *r);
/* Result of one read or write of the registered buffer at offset 0 of a file. */
int ring_transfer(struct ring *r, int fd, int write, size_t len);

/* Everything that gets at pages without a fault, with the data checked. */
void gup_work(long rounds, const char *device);

#endif /* GUP_H */
