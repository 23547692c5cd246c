// SPDX-License-Identifier: GPL-2.0
/* Something to compile: sorts words by how often they occur. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS	64

struct word {
	struct word *next;
	unsigned int count;
	char text[24];
};

static struct word *bucket[BUCKETS];
static unsigned int nr;

static unsigned int hash(const char *text)
{
	unsigned int h = 5381;

	while (*text)
		h = h * 33 + (unsigned char)*text++;
	return h % BUCKETS;
}

static struct word *look_up(const char *text)
{
	unsigned int h = hash(text);
	struct word *w;

	for (w = bucket[h]; w; w = w->next)
		if (!strcmp(w->text, text))
			return w;
	w = calloc(1, sizeof(*w));
	if (!w)
		exit(1);
	snprintf(w->text, sizeof(w->text), "%s", text);
	w->next = bucket[h];
	bucket[h] = w;
	nr++;
	return w;
}

static int by_count(const void *a, const void *b)
{
	const struct word *x = *(const struct word *const *)a;
	const struct word *y = *(const struct word *const *)b;

	return x->count != y->count ? (int)y->count - (int)x->count : strcmp(x->text, y->text);
}

static void count_words(const char *text)
{
	char word[24];
	size_t len = 0;

	for (;; text++) {
		if (isalpha((unsigned char)*text) && len < sizeof(word) - 1) {
			word[len++] = tolower((unsigned char)*text);
			continue;
		}
		if (len) {
			word[len] = '\0';
			look_up(word)->count++;
			len = 0;
		}
		if (!*text)
			return;
	}
}

int main(void)
{
	struct word **all, *w;
	unsigned int n = 0;

	count_words("the one and the other and the third of the many");
	all = calloc(nr, sizeof(*all));
	if (!all)
		return 1;
	for (unsigned int i = 0; i < BUCKETS; i++)
		for (w = bucket[i]; w; w = w->next)
			all[n++] = w;
	qsort(all, n, sizeof(*all), by_count);
	return strcmp(all[0]->text, "the") || all[0]->count != 4;
}
