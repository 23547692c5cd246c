// SPDX-License-Identifier: GPL-2.0
/*
 * How much of the pool, as people write it.
 */
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "dev.h"

/* A number of frames, or the memory that they are, with K, M or G behind it. */
static bool parse_frames(const char *text, uint64_t *frames)
{
	static const char units[] = "KMG";
	size_t len = strlen(text);
	const char *unit = len > 1 ? strchr(units, text[len - 1]) : NULL;
	char digits[32];
	uint64_t bytes;

	if (!unit)
		return number_parse(text, frames) && *frames &&
		       *frames != NACC_QUOTA_ASK;
	if (len >= sizeof(digits))
		return false;
	memcpy(digits, text, len - 1);
	digits[len - 1] = '\0';
	if (!number_parse(digits, &bytes) ||
	    __builtin_mul_overflow(bytes, UINT64_C(1024) << 10 * (unit - units),
				   &bytes))
		return false;
	*frames = bytes / FRAME_SIZE;
	return *frames;
}

/**
 * quota_parse - read how much of the pool may be used
 * @text: a number of frames, a size, "none", or NULL
 * @frames: result: 0 for none, NACC_QUOTA_ASK for NULL
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int quota_parse(const char *text, uint64_t *frames)
{
	*frames = text ? 0 : NACC_QUOTA_ASK;
	if (!text || !strcmp(text, "none") || parse_frames(text, frames))
		return EXIT_OK;
	return nacc_fail(EXIT_USAGE,
			 "'%s' is no quota: give a number of frames, a size as 4M, or none",
			 text);
}

/**
 * quota_call - ask for a quota, or set it
 * @fd: the device
 * @quota: what to ask; result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int quota_call(int fd, struct nacc_quota *quota)
{
	int err = dev_call(fd, NACC_IOC_QUOTA, quota);

	return err ? dev_explain(NACC_IOC_QUOTA, err, quota->domain, 0) : EXIT_OK;
}
