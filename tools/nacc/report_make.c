// SPDX-License-Identifier: GPL-2.0
/*
 * Having the firmware sign a report, and what it is told beside.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cbor.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "out.h"
#include "procfile.h"
#include "report_file.h"
#include "sys.h"

#define BUILD_ID	"/sys/module/nacc/notes/.note.gnu.build-id"

/* An ELF note: three numbers of four bytes, then "GNU" and a zero */
#define NOTE_HEAD	16
#define BUILD_ID_MAX	64

/* Build ID of the loaded module. Return: its length, or 0: not known. */
static size_t build_id(uint8_t id[BUILD_ID_MAX])
{
	uint8_t note[NOTE_HEAD + BUILD_ID_MAX];
	int fd = sys_open(BUILD_ID, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return 0;
	len = read(fd, note, sizeof(note));
	close(fd);
	if (len <= NOTE_HEAD || memcmp(note + 12, "GNU", 4))
		return 0;
	memcpy(id, note + NOTE_HEAD, (size_t)len - NOTE_HEAD);
	return (size_t)len - NOTE_HEAD;
}

/*
 * Name of a domain, if it has one, or NULL; free() it. Whoever made the domain chose it, and a
 * text in a report has to be UTF-8: what is none is escaped as in a column.
 */
static char *name_of(uint32_t domain)
{
	struct table domains;
	const char *text;
	char *name = NULL;
	size_t i;

	if (!procfile_load_if_there("domains", &domains))
		for (i = 0; i < domains.nrows && !name; i++) {
			text = table_cell(&domains, i, "name");
			if (!table_is(&domains, i, "id", domain) || !strcmp(text, "-"))
				continue;
			name = utf8_valid(text) ? strdup(text) : out_escape(text, true);
		}
	table_free(&domains);
	return name;
}

/* The map of enum nacc_claim_told. Return: its length, or 0: it has no room. */
static size_t tell(const struct args *args, uint32_t domain, uint8_t told[NACC_TOLD_MAX])
{
	struct nacc_cbor c = { .buf = told, .size = NACC_TOLD_MAX };
	uint8_t id[BUILD_ID_MAX];
	size_t id_len = build_id(id);
	char *name = domain ? name_of(domain) : NULL;
	struct utsname uts;

	uname(&uts);
	nacc_cbor_map(&c, 1 + !!id_len + !!name + !!args->image);
	nacc_cbor_uint(&c, NACC_TOLD_RELEASE);
	nacc_cbor_text(&c, uts.release);
	if (id_len) {
		nacc_cbor_uint(&c, NACC_TOLD_MODULE);
		nacc_cbor_bytes(&c, id, id_len);
	}
	if (name) {
		nacc_cbor_uint(&c, NACC_TOLD_NAME);
		nacc_cbor_text(&c, name);
	}
	if (args->image) {
		nacc_cbor_uint(&c, NACC_TOLD_IMAGE);
		nacc_cbor_text(&c, args->image);
	}
	free(name);
	return nacc_cbor_ok(&c) ? c.len : 0;
}

static int write_report(const struct args *args, const uint8_t *report, size_t len)
{
	FILE *out = args->out ? fopen(args->out, "wb") : stdout;
	bool bad;

	if (!out)
		return nacc_fail(EXIT_SYS, "%s cannot be written: %s", args->out,
				 strerror(errno));
	bad = fwrite(report, 1, len, out) != len;
	if (out != stdout)
		bad = fclose(out) || bad;
	return bad ? nacc_fail(EXIT_SYS, "the report could not be written: is the disk full?") :
		     EXIT_OK;
}

static int check_args(const struct args *args)
{
	if (args->argc == args->machine)
		return nacc_fail(EXIT_USAGE,
				 "report: give a domain or --machine, and not both");
	if (!args->nonce)
		return nacc_fail(EXIT_USAGE,
				 "report: --nonce is missing: bytes in hex, of the verifier's choice");
	if (args->key || args->reference || args->seals || args->json)
		return nacc_fail(EXIT_USAGE,
				 "report: --key, --reference, --seals and --json go with --verify");
	if (args->image && !utf8_valid(args->image))
		return nacc_fail(EXIT_USAGE,
				 "report: --image is no UTF-8: give the image's digest");
	if (!args->out && isatty(STDOUT_FILENO))
		return nacc_fail(EXIT_USAGE,
				 "report: it is not for a terminal: give --out FILE");
	return EXIT_OK;
}

/**
 * report_make - nacc report ID|--machine
 * @args: the command line
 *
 * Return: the exit status.
 */
int report_make(const struct args *args)
{
	uint8_t told[NACC_TOLD_MAX], report[NACC_REPORT_MAX];
	struct nacc_report ask = {
		.size = sizeof(ask), .told = (uintptr_t)told,
		.report = (uintptr_t)report, .report_len = sizeof(report),
	};
	int ret = check_args(args), fd, err;
	struct bytes nonce;

	if (!ret)
		ret = report_hex("--nonce", args->nonce, ask.nonce, NACC_REPORT_NONCE_MIN,
				 NACC_REPORT_NONCE_MAX, &nonce);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ask.nonce_len = (uint32_t)nonce.len;
	if (!args->machine)
		ret = target_any(fd, args->argv[0], &ask.domain);
	if (!ret) {
		ask.told_len = (uint32_t)tell(args, ask.domain, told);
		if (!ask.told_len)
			ret = nacc_fail(EXIT_USAGE, "report: --image is too long");
	}
	if (!ret) {
		err = dev_call(fd, NACC_IOC_REPORT, &ask);
		ret = err ? dev_explain(NACC_IOC_REPORT, err, ask.domain, 0) :
			    write_report(args, report, ask.report_len);
	}
	close(fd);
	return ret;
}
