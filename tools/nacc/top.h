/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "nacc top": what is shown, and the terminal that it is shown on.
 */
#ifndef NACC_TOP_H
#define NACC_TOP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_object;

/**
 * struct view - how things are at a moment
 * @domains: array of objects: what is known of each domain
 * @spaces: marked address spaces
 * @frames: page-table pages of the pool
 * @unused: of these, free
 * @traps: that the firmware has taken since it started
 * @refused: that it has refused since then
 * @rate: traps a second since the view before, or -1
 * @ns: when, by the clock that only goes on
 */
struct view {
	struct json_object *domains;
	uint64_t spaces;
	uint64_t frames;
	uint64_t unused;
	uint64_t traps;
	uint64_t refused;
	int64_t rate;
	uint64_t ns;
};

/* top_view.c */
uint64_t view_clock(void);
int view_read(struct view *v, const struct view *before);
void view_free(struct view *v);
struct json_object *view_object(const struct view *v);
void view_print(FILE *out, const struct view *v, unsigned int width);

/* screen.c */
bool screen_usable(void);
void screen_begin(void);
void screen_end(void);
void screen_size(unsigned int *rows, unsigned int *columns);
void screen_draw(const char *text);
int screen_key(unsigned int ms);
bool screen_resumed(void);

#endif /* NACC_TOP_H */
