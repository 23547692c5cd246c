/* SPDX-License-Identifier: BSD-2-Clause */
/* A gated program with its page, and secret pages behind that. */
#ifndef SECRETS_H
#define SECRETS_H

#include "gated.h"
#include "secret.h"

#define VA		0xffe01000UL
#define SECRET		(V | R | W | U | A | D)
#define SPECIAL		0x100UL		/* Linux: _PAGE_SPECIAL */
#define RANGE(first, nr) ((first) | (nacc_u64)(nr) << 16)

#define EPERM		(-1L)
#define ENXIO		(-6L)
#define EAGAIN		(-11L)
#define ENOMEM		(-12L)
#define EINVAL		(-22L)
#define NO_CALL		(-38L)

/* The page of TAG, and the table that @gated has for it */
extern nacc_u64 program_page, program_table;

/* A machine on which so many can have some; @gated has no page yet. */
void begin_secrets(nacc_u32 secrets);
/* cmocka fixture, with teardown(): 16 can, and @gated has its page */
int setup_secret(void **state);
/* It has its page; the table of that. */
nacc_u64 give(nacc_u64 root);
/* Its program asks for a secret page. */
long have(nacc_u64 root, nacc_u64 nr);
nacc_u64 opens(nacc_u64 root, nacc_u64 va);
/* What is in one that it has */
nacc_u64 *secret_of(nacc_u64 root, unsigned int nr);
/* GET_INFO, SECRETS */
nacc_u64 secrets_info(nacc_u64 nr);

#endif /* SECRETS_H */
