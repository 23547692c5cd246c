// SPDX-License-Identifier: GPL-2.0
/* A generator of parameters is told its test (7.2). */
#include <kunit/test.h>

const void *probe(struct kunit *test, struct kunit_case *which);
const void *probe(struct kunit *test, struct kunit_case *which)
{
	return which->generate_params(test, NULL, NULL);
}
