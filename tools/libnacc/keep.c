// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * nacc-keep: a program that keeps a key where the kernel cannot read it. An example of
 * nacc_secret().
 *
 *   nacc-keep [--plain]     the first line of its input is the key: 32 hexadecimal digits.
 *                           To each further line it says whether that is the key: "yes" or "no".
 *                           With --plain the key is in ordinary memory.
 *
 * Exit status: 0; 1 if there is no secret page to be had, or not any more; 2 if what it is given
 * is no key.
 *
 * The kernel has seen the digits, as they came by read(2). What it cannot find any more is what
 * the program has made of them: neither by reading memory, nor in a core dump. For that the
 * program has to leave no copy in other memory, and no more of it in registers at a time than
 * it can do with: they are in the kernel's memory whenever it is interrupted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nacc.h>

#define KEY_SIZE	16
#define LINE_SIZE	64
#define THERE		1	/* behind the key: what is there no more is zero */

static char line[LINE_SIZE];
static char input[BUFSIZ];	/* what stdio reads to, so that it can be made zero */

static void forget(void)
{
	explicit_bzero(line, sizeof(line));
	explicit_bzero(input, sizeof(input));
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The next line, if it is a key: -1 at the end, 0 if it is none */
static int read_key(void)
{
	if (!fgets(line, sizeof(line), stdin))
		return -1;
	line[strcspn(line, "\n")] = 0;
	if (strlen(line) != 2 * KEY_SIZE)
		return 0;
	for (int i = 0; i < 2 * KEY_SIZE; i++)
		if (digit(line[i]) < 0)
			return 0;
	return 1;
}

static unsigned char byte_of(int i)
{
	return digit(line[2 * i]) << 4 | digit(line[2 * i + 1]);
}

/* How long it takes says nothing of where they differ. */
static int is_key(const volatile unsigned char *key)
{
	unsigned char differs = 0;

	for (int i = 0; i < KEY_SIZE; i++)
		differs |= key[i] ^ byte_of(i);
	return !differs;
}

int main(int argc, char **argv)
{
	int plain = argc == 2 && !strcmp(argv[1], "--plain"), ret = 0, is;
	volatile unsigned char *key;
	void *page = NULL;

	if (argc != 1 && !plain) {
		fprintf(stderr, "usage: nacc-keep [--plain]\n");
		return 2;
	}
	setvbuf(stdin, input, _IOFBF, sizeof(input));
	if (plain)
		page = calloc(1, KEY_SIZE + 1);
	else
		ret = nacc_secret(0, &page);
	if (ret || !page) {
		fprintf(stderr, "nacc-keep: no secret page: %s\n", strerror(-ret));
		return 1;
	}
	key = page;
	if (read_key() != 1) {
		forget();
		fprintf(stderr, "nacc-keep: that is no key: 32 hexadecimal digits\n");
		return 2;
	}
	for (int i = 0; i < KEY_SIZE; i++)
		key[i] = byte_of(i);
	key[KEY_SIZE] = THERE;
	forget();
	printf("ready\n");
	fflush(stdout);
	while ((is = read_key()) >= 0) {
		is = is && is_key(key);
		forget();
		if (key[KEY_SIZE] != THERE) {
			fprintf(stderr, "nacc-keep: the key is gone\n");
			return 1;
		}
		printf("%s\n", is ? "yes" : "no");
		fflush(stdout);
	}
	forget();
	for (int i = 0; i <= KEY_SIZE; i++)
		key[i] = 0;
	return 0;
}
