/* SPDX-License-Identifier: GPL-2.0 */
/* What the files that deal with domains share; nobody else looks inside. */
#ifndef NACC_DOMAIN_H
#define NACC_DOMAIN_H

#include "nacc.h"

extern struct mutex nacc_domain_lock;
extern struct list_head nacc_domains;	/* under nacc_domain_lock */
extern struct list_head nacc_mms;	/* under nacc_domain_lock */

struct nacc_domain *nacc_domain_create(const char *name);
struct nacc_domain *nacc_domain_find(u32 id);
void nacc_domain_close(void);
bool nacc_domain_closed(void);
struct nacc_mm *nacc_mm_find(phys_addr_t root);
void nacc_mm_publish(phys_addr_t root, void *arg);
void nacc_mm_forget(struct nacc_mm *entry);

#endif /* NACC_DOMAIN_H */
