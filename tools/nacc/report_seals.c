// SPDX-License-Identifier: GPL-2.0
/*
 * Which ranges a report says are sealed: it has a digest of them, which is made here of a list
 * as "nacc seal --list --json" prints it.
 */
#include <string.h>

#include <crypto_hash_sha512.h>

#include "cmd.h"
#include "report.h"

static void add_number(crypto_hash_sha512_state *hash, uint64_t number)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	crypto_hash_sha512_update(hash, bytes, sizeof(bytes));
}

static bool member(struct json_object *row, const char *key, enum json_type type,
		   struct json_object **val)
{
	return json_object_is_type(row, json_type_object) &&
	       json_object_object_get_ex(row, key, val) && json_object_is_type(*val, type);
}

static bool pid_of(struct json_object *list, size_t i, int64_t *pid)
{
	struct json_object *val;

	if (!member(json_object_array_get_idx(list, i), "pid", json_type_int, &val))
		return false;
	*pid = json_object_get_int64(val);
	return true;
}

static bool add_address(crypto_hash_sha512_state *hash, struct json_object *row, const char *key)
{
	struct json_object *val;
	uint64_t number;

	if (!member(row, key, json_type_string, &val) ||
	    !number_parse(json_object_get_string(val), &number))
		return false;
	add_number(hash, number);
	return true;
}

/* From @i on those of one process, behind their number. */
static bool add_process(crypto_hash_sha512_state *hash, struct json_object *list, size_t *i)
{
	const size_t all = json_object_array_length(list);
	size_t end = *i + 1;
	int64_t pid, other;

	if (!pid_of(list, *i, &pid))
		return false;
	while (end < all && pid_of(list, end, &other) && other == pid)
		end++;
	add_number(hash, end - *i);
	for (; *i < end; ++*i) {
		struct json_object *row = json_object_array_get_idx(list, *i);

		if (!add_address(hash, row, "start") || !add_address(hash, row, "end"))
			return false;
	}
	return true;
}

static bool digest_of(struct json_object *list, struct seals *seals)
{
	crypto_hash_sha512_state hash;
	size_t i = 0;

	if (!json_object_is_type(list, json_type_array))
		return false;
	seals->nr = json_object_array_length(list);
	crypto_hash_sha512_init(&hash);
	while (i < seals->nr)
		if (!add_process(&hash, list, &i))
			return false;
	crypto_hash_sha512_final(&hash, seals->digest);
	return true;
}

/**
 * seals_read - what ranges should be sealed
 * @path: a file with what "nacc seal --list --json" has printed
 * @seals: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int seals_read(const char *path, struct seals *seals)
{
	struct json_object *list = json_object_from_file(path);
	bool ok = digest_of(list, seals);

	json_object_put(list);
	if (!ok)
		return nacc_fail(EXIT_USAGE,
				 "%s is no list of seals: 'nacc seal --list ID --json' prints one",
				 path);
	return EXIT_OK;
}

/**
 * seals_same - are these the ranges that a report has?
 * @seals: what ranges
 * @report: the report
 *
 * Return: whether they are, and no others.
 */
bool seals_same(const struct seals *seals, const struct report *report)
{
	if (!seals->nr || !report->seals.at)
		return !seals->nr && !report->seals.at;
	return !memcmp(seals->digest, report->seals.at, sizeof(seals->digest));
}
