// SPDX-License-Identifier: GPL-2.0
/*
 * nacc stat: the refusals, of one domain or of all
 */
#include <stdio.h>

#include "cmd.h"
#include "out.h"

/**
 * print_refused - print refusals that happened, with what they mean
 * @refused: counts by reason
 */
void print_refused(struct json_object *refused)
{
	static const char *const cols[] = { "refused", "count", "meaning",
					    NULL };
	struct json_object *lines = out_array(), *line;

	json_object_object_foreach(refused, key, val) {
		if (!json_object_get_uint64(val))
			continue;
		line = out_object();
		out_add_str(line, "refused", key);
		out_add(line, "count", json_object_get(val));
		out_add_str(line, "meaning", reason_meaning(key));
		out_append(lines, line);
	}
	if (json_object_array_length(lines)) {
		putchar('\n');
		out_columns(stdout, lines, cols);
	}
	json_object_put(lines);
}
