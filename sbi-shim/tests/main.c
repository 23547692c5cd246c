// SPDX-License-Identifier: BSD-2-Clause
/* Runs every suite, or those named on the command line. */
#include "machine.h"

static const struct suite *const suites[] = {
	&decode_suite, &setup_suite, &frame_suite, &access_suite, &rules_suite,
	&audit_suite, &link_suite, &call_suite, &build_suite, &batch_suite, &fork_suite,
	&born_suite, &provenance_suite, &race_suite, &locks_suite,
	&deputy_suite, &asks_suite, &roots_suite, &turn_suite, &handlers_suite, &noted_suite,
	&loads_suite,
	&contexts_suite, &children_suite, &births_suite, &signal_suite, &gate_suite, &float_suite,
	&vector_suite,
	&seals_suite, &ranges_suite, &measure_suite, &report_suite, &page_suite, &place_suite,
	&secret_suite, &secret_place_suite,
	&adbits_suite, &walk_suite, &fuzz_suite, &smp_suite,
};

static int wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(name, argv[i]))
			return 1;
	return argc < 2;
}

int main(int argc, char **argv)
{
	size_t total = 0;
	int failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(suites); i++) {
		const struct suite *s = suites[i];

		if (!wanted(s->name, argc, argv))
			continue;
		total += s->nr;
		failed += _cmocka_run_group_tests(s->name, s->tests, s->nr,
						  NULL, NULL);
	}
	printf("%zu passed, %d failed\n", total - failed, failed);
	return failed || !total;
}
