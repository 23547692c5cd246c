/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The journal of systemd.
 */
#ifndef NACC_JOURNAL_H
#define NACC_JOURNAL_H

#include <json-c/json.h>

int journal_open(int *fd);
int journal_event(int fd, struct json_object *event);

#endif /* NACC_JOURNAL_H */
