/* SPDX-License-Identifier: GPL-2.0 */
/* Where the tests in kunit/ reach into the module; nothing without them. */
#ifndef NACC_TEST_H
#define NACC_TEST_H

#ifdef NACC_KUNIT
int nacc_test_init(void);
bool nacc_test_sbi(unsigned int fid, unsigned long *value);
void nacc_test_switch(void);
void nacc_test_reclaimed(void);
#else
static inline int nacc_test_init(void)
{
	return 0;
}

static inline bool nacc_test_sbi(unsigned int fid, unsigned long *value)
{
	return false;
}

static inline void nacc_test_switch(void)
{
}

static inline void nacc_test_reclaimed(void)
{
}
#endif

#endif /* NACC_TEST_H */
