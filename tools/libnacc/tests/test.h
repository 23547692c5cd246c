/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What self.c has of the tests, when built for them. */
#ifndef LIBNACC_TEST_H
#define LIBNACC_TEST_H

/** libnacc_page - where the page is */
extern const void *libnacc_page;
/** libnacc_asked - how often the kernel was asked */
extern unsigned int libnacc_asked;
/** libnacc_call() - the firmware */
long libnacc_call(unsigned long nr);

#endif /* LIBNACC_TEST_H */
