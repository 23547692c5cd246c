/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What commands share with each other.
 */
#ifndef NACC_CMD_H
#define NACC_CMD_H

#include <json-c/json.h>

#include "nacc.h"
#include "procfile.h"

int name_check(const char *name);
bool switched_off(void);
bool signed_only(void);
int tree_mark(int fd, int pid, uint32_t domain);
struct json_object *read_json(const char *path);
void container_describe(struct json_object *domain);
bool container_of_pid(int pid, struct json_object *obj);
int unprotected_containers(struct json_object *list);
struct json_object *domain_object(const struct table *domains, size_t row,
				  const struct table *mms);
int stat_domain(const struct args *args, uint32_t domain);
void print_refused(struct json_object *refused);
int audit_learn(const struct args *args);
int stat_hooks(const struct args *args);
int forbid_parse(const char *text, uint32_t *forbid);
int forbid_call(int fd, uint32_t domain, uint32_t forbid, uint64_t start,
		uint64_t end);

#endif /* NACC_CMD_H */
