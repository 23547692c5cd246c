// SPDX-License-Identifier: GPL-2.0
/*
 * What a report says, as a JSON object, and that as text.
 */
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "nacc.h"
#include "out.h"
#include "report.h"

/* Names of the numbers of a map, by their keys; NULL: it has none */
static const char *const setup_names[] = { NULL, "state", "guard" };

static const char *const machine_names[] = {
	NULL, "abi", "pool", "frames", "reports", "ticks",
};

static const char *const domain_names[] = {
	NULL, "tag", "live", "building", "retiring", "bound", "tables", "gate", "gated",
	"refused", "refused_calls", "sealed", "sealed_bytes",
};

static const char *const told_names[] = { NULL, "release", "module", "name", "image" };

/* Bytes that somebody else has chosen: nothing of them may speak to a terminal. */
static void add_text(struct json_object *obj, const char *key, struct bytes text)
{
	char clean[128];
	size_t i;

	for (i = 0; i < text.len && i < sizeof(clean) - 1; i++)
		clean[i] = text.at[i] >= ' ' && text.at[i] < 127 ? (char)text.at[i] : '?';
	clean[i] = '\0';
	out_add_str(obj, key, clean);
}

static void add_bytes(struct json_object *obj, const char *key, struct bytes bytes)
{
	char hex[2 * 128 + 1] = "";
	size_t i;

	for (i = 0; i < bytes.len && i < 128; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes.at[i]);
	out_add_str(obj, key, hex);
}

static struct json_object *numbers(struct cbor map, const char *const *names, size_t nr_names)
{
	struct json_object *obj = out_object();
	struct cbor_item head, item;
	int64_t key;
	uint64_t nr;

	if (!cbor_expect(&map, CBOR_MAP, &head))
		return obj;
	for (nr = head.arg; nr && cbor_key(&map, &key); nr--) {
		struct cbor value = map;

		if (!cbor_skip(&map))
			break;
		if (key > 0 && (uint64_t)key < nr_names && cbor_expect(&value, CBOR_UINT, &item))
			out_add_u64(obj, names[key], item.arg);
	}
	return obj;
}

static struct json_object *refused(struct cbor machine)
{
	struct json_object *obj = out_object();
	struct cbor_item head, item;
	struct cbor map;
	int64_t key;
	uint64_t nr;

	if (!cbor_find(machine, NACC_MACHINE_REFUSED, &map) ||
	    !cbor_expect(&map, CBOR_MAP, &head))
		return obj;
	for (nr = head.arg; nr; nr--)
		if (cbor_key(&map, &key) && cbor_expect(&map, CBOR_UINT, &item))
			out_add_u64(obj, reason_name((uint32_t)key), item.arg);
	return obj;
}

/* A map as "nacc report" tells it; whoever told something else is shown as that. */
static struct json_object *told(struct bytes bytes)
{
	struct cbor c = cbor_of(bytes.at, bytes.len);
	struct json_object *obj = out_object();
	struct cbor_item head, item;
	int64_t key;
	uint64_t nr;

	if (!cbor_check(bytes.at, bytes.len) || !cbor_expect(&c, CBOR_MAP, &head)) {
		add_bytes(obj, "other", bytes);
		return obj;
	}
	for (nr = head.arg; nr; nr--) {
		if (!cbor_key(&c, &key) || !cbor_next(&c, &item))
			break;
		if (key <= 0 || key >= (int64_t)ARRAY_SIZE(told_names))
			continue;
		if (item.type == CBOR_TEXT)
			add_text(obj, told_names[key], (struct bytes){ item.bytes, item.arg });
		else if (item.type == CBOR_BYTES)
			add_bytes(obj, told_names[key], (struct bytes){ item.bytes, item.arg });
	}
	return obj;
}

static void add_component(struct json_object *list, const struct component *c,
			  const char *state)
{
	struct json_object *obj = out_object();

	add_text(obj, "name", c->name);
	out_add_str(obj, "state", state);
	add_bytes(obj, "sha512", c->digest);
	out_append(list, obj);
}

static struct json_object *components(const struct report *report,
				      const struct reference *reference)
{
	struct json_object *list = out_array();
	size_t i;

	for (i = 0; i < report->nr_measured; i++)
		add_component(list, &report->measured[i],
			      reference_state(reference, &report->measured[i]));
	for (i = 0; reference && i < reference->nr; i++)
		if (reference_missing(report, &reference->values[i]))
			add_component(list, &reference->values[i], "missing");
	return list;
}

/**
 * report_object - what a report says
 * @report: the report
 * @reference: what should be measured, or NULL
 *
 * Return: an object.
 */
struct json_object *report_object(const struct report *report,
				  const struct reference *reference)
{
	struct json_object *obj = out_object(), *domain;

	add_text(obj, "key", report->key);
	add_bytes(obj, "nonce", report->nonce);
	add_bytes(obj, "bootseed", report->bootseed);
	out_add_u64(obj, "uptime", report->uptime);
	out_add_u64(obj, "dbgstat", report->dbgstat);
	out_add(obj, "components", components(report, reference));
	out_add(obj, "setup", numbers(report->setup, setup_names, ARRAY_SIZE(setup_names)));
	out_add(obj, "machine",
		numbers(report->machine, machine_names, ARRAY_SIZE(machine_names)));
	out_add(obj, "refused", refused(report->machine));
	if (report->domain.at) {
		domain = numbers(report->domain, domain_names, ARRAY_SIZE(domain_names));
		if (report->seals.at)
			add_bytes(domain, "seals", report->seals);
		out_add(obj, "domain", domain);
	}
	if (report->told.at)
		out_add(obj, "told", told(report->told));
	out_add_u64(obj, "unknown_claims", report->unknown);
	return obj;
}

static void print_map(struct json_object *obj, const char *key, const char *title)
{
	struct json_object *map = json_object_object_get(obj, key);

	if (!map)
		return;
	printf("%s:", title);
	json_object_object_foreach(map, name, value)
		printf(" %s=%s", name, json_object_get_string(value));
	printf("%s\n", json_object_object_length(map) ? "" : " nothing");
}

/**
 * report_print - print what report_object() has returned
 * @obj: that
 */
void report_print(struct json_object *obj)
{
	struct json_object *list = json_object_object_get(obj, "components");
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		struct json_object *c = json_object_array_get_idx(list, i);

		printf("%-12s %-12s %.16s...\n",
		       json_object_get_string(json_object_object_get(c, "name")),
		       json_object_get_string(json_object_object_get(c, "state")),
		       json_object_get_string(json_object_object_get(c, "sha512")));
	}
	print_map(obj, "setup", "set-up");
	print_map(obj, "machine", "machine");
	print_map(obj, "refused", "refused on this machine");
	print_map(obj, "domain", "domain");
	print_map(obj, "told", "told by the kernel, vouched for by nobody");
}
