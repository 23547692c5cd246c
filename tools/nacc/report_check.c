// SPDX-License-Identifier: GPL-2.0
/*
 * nacc report --verify
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "out.h"
#include "report.h"

#define REFERENCE_MAX	(1 << 20)

static const char *const sentences[] = {
	[REPORT_FORM] = "this is no report of this profile, or a part of one",
	[REPORT_SIGNATURE] = "it is not signed by this key: it, or the key, is another",
	[REPORT_NONCE] = "its nonce is another: it is an old report, or not an answer to you",
	[REPORT_REFERENCE] = "what is measured is not what the reference has: see above",
	[REPORT_SEALS] = "other ranges are sealed than the list has: see --seals",
};

static int read_key(const char *path, uint8_t key[REPORT_KEY_SIZE])
{
	struct bytes file, bytes;
	char text[2 * REPORT_KEY_SIZE + 2] = "";
	int ret = report_read(path, sizeof(text) - 1, &file);

	if (ret)
		return ret;
	if (file.len < sizeof(text))
		memcpy(text, file.at, file.len);
	free((void *)(uintptr_t)file.at);
	text[strcspn(text, "\n")] = '\0';
	return report_hex(path, text, key, REPORT_KEY_SIZE, REPORT_KEY_SIZE, &bytes);
}

static int read_reference(const char *path, struct bytes *file, struct reference *reference)
{
	int ret = report_read(path, REFERENCE_MAX, file);

	if (!ret && !reference_parse(*file, reference))
		ret = nacc_fail(EXIT_USAGE,
				"%s is no CoRIM with SHA-512 reference values: 'make corim' makes one",
				path);
	return ret;
}

/* Every time, whatever else there is to say */
static void warn(const struct args *args, const uint8_t *key)
{
	if (report_key_known(key))
		nacc_fail(0, "warning: this is the development key: %s",
			  "anybody can sign with it, so the report proves nothing about a machine");
	if (!args->nonce)
		nacc_fail(0, "warning: no nonce to compare with: it may be an old report");
	if (!args->reference)
		nacc_fail(0, "warning: no reference values: whatever is measured is taken");
}

static int tell(const struct args *args, const uint8_t *key, enum report_why why,
		const struct report *report, const struct reference *reference)
{
	bool readable = why != REPORT_FORM && why != REPORT_SIGNATURE;
	struct json_object *obj = readable ? report_object(report, reference) : out_object();

	out_add_str(obj, "verdict", report_why(why));
	out_add_bool(obj, "development", report_key_known(key));
	if (args->json)
		out_json(stdout, obj);
	else if (readable)
		report_print(obj);
	if (!args->json)
		json_object_put(obj);
	warn(args, key);
	if (why != REPORT_OK)
		return nacc_fail(EXIT_CHECK, "%s: %s", args->verify, sentences[why]);
	if (!args->json)
		printf("nacc report: ok: signed by this key%s%s%s\n",
		       args->nonce ? ", fresh" : "", args->reference ? ", as the reference" : "",
		       args->seals ? ", sealed as the list has it" : "");
	return EXIT_OK;
}

static int check_args(const struct args *args)
{
	if (args->argc || args->machine || args->out || args->image)
		return nacc_fail(EXIT_USAGE,
				 "report: --verify goes with --key, --nonce, --reference, --seals and --json");
	if (!args->key)
		return nacc_fail(EXIT_USAGE,
				 "report: --key is missing: a file with the public key, in hex");
	return EXIT_OK;
}

/**
 * report_check - nacc report --verify
 * @args: the command line
 *
 * Return: the exit status.
 */
int report_check(const struct args *args)
{
	uint8_t key[REPORT_KEY_SIZE], nonce_bytes[NACC_REPORT_NONCE_MAX];
	struct bytes nonce = { 0 }, file = { 0 }, corim = { 0 };
	struct reference reference;
	struct report report;
	enum report_why why;
	struct seals seals;
	int ret = check_args(args);

	if (!ret)
		ret = read_key(args->key, key);
	if (!ret && args->nonce)
		ret = report_hex("--nonce", args->nonce, nonce_bytes, NACC_REPORT_NONCE_MIN,
				 NACC_REPORT_NONCE_MAX, &nonce);
	if (!ret && args->reference)
		ret = read_reference(args->reference, &corim, &reference);
	if (!ret && args->seals)
		ret = seals_read(args->seals, &seals);
	if (!ret)
		ret = report_read(args->verify, NACC_SBI_PAGE_SIZE, &file);
	if (!ret) {
		why = report_verify(file, key, args->nonce ? &nonce : NULL,
				    args->reference ? &reference : NULL, &report);
		if (why == REPORT_OK && args->seals && !seals_same(&seals, &report))
			why = REPORT_SEALS;
		ret = tell(args, key, why, &report, args->reference ? &reference : NULL);
	}
	free((void *)(uintptr_t)file.at);
	free((void *)(uintptr_t)corim.at);
	return ret;
}
