/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Put into the core's mem.h for the proofs. One hart runs at a time
 * there (see prove_race()), so an atomic access is an access; said like this CBMC
 * sees the field that it goes to instead of bytes of an array. The second time
 * comes after what this hides.
 */
#ifndef PLAIN_H
#define PLAIN_H
extern nacc_u64 source[];
nacc_u64 any64(void);

/* A page of S-mode says something else whenever it is read (I9: once). */
static inline nacc_u64 prove_load(const nacc_u64 *p)
{
	return __CPROVER_same_object(p, source) ? any64() : *p;
}

#define __atomic_load_n(p, order)	((void)(order), *(p))
#define __atomic_store_n(p, val, order)	((void)(order), (void)(*(p) = (val)))
#define __atomic_fetch_add(p, val, order) ({ \
	__typeof__(val) by = (val); \
\
	(void)(order); \
	(*(p) += by) - by; \
})
#define __atomic_fetch_and(p, val, order) ({ \
	nacc_u64 *at = (p), was = *at; \
\
	(void)(order); \
	*at = was & (val); \
	was; \
})
#define __atomic_exchange_n(p, val, order) ({ \
	__typeof__(p) at = (p); \
	__typeof__(*at) was; \
\
	(void)(order); \
	NACC_RACE((nacc_u64 *)at); \
	was = *at; \
	*at = (val); \
	was; \
})

/* What nacc_phys() is asked for, by who asks: small_core() in run puts this in its place. */
enum prove_kind { PROVE_CONTENT, PROVE_PAGE, PROVE_ENTRIES, PROVE_BUFFER };

void *prove_phys(nacc_u64 pa, enum prove_kind kind);
/* Of secret pages the first words stand for all: secrets.c */
void *prove_secrets(nacc_u64 pa);

/* A word of what S-mode can read, whatever is there */
void *prove_word(nacc_u64 pa);

#define prove_content(pa)		prove_phys(pa, PROVE_CONTENT)
#define prove_page(pa)			prove_phys(pa, PROVE_PAGE)
#define prove_entries(pa)		prove_phys(pa, PROVE_ENTRIES)
#define prove_buffer(pa)		prove_phys(pa, PROVE_BUFFER)

#define load64(p)			prove_load(p)
#define load32(p)			(*(const nacc_u32 *)(p))
#define store64(p, val)			((void)(*(nacc_u64 *)(p) = (val)))
#else
#define nacc_count(counter)		((void)++*(counter))
#endif
