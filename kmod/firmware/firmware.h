/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the firmware's floor: the only ecalls. */
#ifndef NACC_FIRMWARE_H
#define NACC_FIRMWARE_H

#include <linux/seq_file.h>

#include "base/base.h"

/* sbi.c: the only file that issues ecalls ----------------------------------- */

int nacc_sbi_probe(void);
int nacc_sbi_call(unsigned int fid, unsigned long a0, unsigned long a1,
		  unsigned long a2, unsigned long *value);
int nacc_sbi_fork(phys_addr_t child, unsigned long range, phys_addr_t page,
		  phys_addr_t parent, unsigned long *value);
int nacc_sbi_context(phys_addr_t root, const struct task_struct *task,
		     unsigned int what, const struct task_struct *maker);
unsigned long nacc_sbi_info(unsigned int item);
const char *nacc_reason_name(unsigned int reason);
const char *nacc_stat_name(unsigned int stat);

/* stats.c: the shim's counters ----------------------------------------------- */

int nacc_sbi_stats_init(void);
void nacc_sbi_stats_exit(void);
int nacc_sbi_stats(u64 stats[NACC_STAT_MAX + NACC_REASON_MAX]);

/* report.c: what the shim signs -------------------------------------------------- */

int nacc_sbi_report(u32 domain, void *page, size_t *len);

/* setup.c ------------------------------------------------------------------- */

int nacc_setup(enum nacc_provenance provenance);
int nacc_setup_again(bool locked);
void nacc_setup_exit(void);
unsigned int nacc_setup_writers(void);

/* writers.c ----------------------------------------------------------------- */

unsigned int nacc_writers_find(struct nacc_sbi_range *range);

/* essential.c --------------------------------------------------------------- */

void nacc_essential_check(bool (*found)(const char *name), const char *release);
const char *nacc_essential_missing(void);
bool nacc_essential_known(void);

/* installers.c -------------------------------------------------------------- */

void nacc_installers_check(const struct nacc_sbi_range *range, unsigned int nr);
const char *nacc_installers_unlisted(void);

/* learned.c ----------------------------------------------------------------- */

int nacc_learned_read(void);
bool nacc_learned_is(const char *symbol, size_t len);
int nacc_learned_check(void);
bool nacc_learned_complete(void);
unsigned int nacc_learned_count(void);
void nacc_learned_forget(void);

/* sites.c ------------------------------------------------------------------- */

unsigned int nacc_sites_find(struct nacc_sbi_range *site);

/* guard.c ------------------------------------------------------------------- */

int nacc_guard_init(void);
void nacc_guard_exit(void);
int nacc_guard_sites(unsigned int nr);
bool nacc_guarded(void);
bool nacc_guard_can(void);
int nacc_guard_on(void (*upcall)(void));
int nacc_guard_system(bool on, void (*upcall)(void));
void nacc_guard_off(void);
int nacc_bind(phys_addr_t root, const struct mm_struct *mm, unsigned int how);
void nacc_guard_seq(struct seq_file *m);

/* selftest.c ---------------------------------------------------------------- */

int nacc_selftest_init(void);
void nacc_selftest_exit(void);
void nacc_selftest_pause(void);
int nacc_selftest_again(void);
unsigned int nacc_selftest_passed(void);
unsigned int nacc_selftest_harts(void);

/* audit.c ------------------------------------------------------------------- */

int nacc_audit_init(void);
u64 nacc_audit_first(void);
int nacc_audit_each(u64 *seq, void (*fn)(const struct nacc_sbi_audit *audit,
					 void *arg), void *arg);

#endif /* NACC_FIRMWARE_H */
