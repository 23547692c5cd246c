/* SPDX-License-Identifier: BSD-2-Clause */
/* A gated domain: a bound root with a record, and threads that come and go. */
#ifndef GATED_H
#define GATED_H

#include "contexts.h"
#include "machine.h"
#include "turn.h"

#define TAG		7
#define MM		0xff60000004711000UL
#define OTHER_MM	0xff60000004712000UL
#define TASK		0xff60000012345680UL
#define OTHER_TASK	0xff60000012346680UL
#define CHILD		0xff60000012347680UL
#define ECALL		NACC_CAUSE_ECALL
#define PAGE_FAULT	13
#define SIGRETURN	(USER_BASE + 0x100)	/* code of the vDSO for ra */
#define HANDLER		(USER_BASE + 0x800)
#define STACK		(USER_BASE + 2 * PAGE)	/* room above and below */
#define DENIED		NACC_SBI_ERR_DENIED
#define BAD_STATE	NACC_SBI_ERR_INVALID_STATE
#define BAD_PARAM	NACC_SBI_ERR_INVALID_PARAM
#define BAD_ADDRESS	NACC_SBI_ERR_INVALID_ADDRESS
#define NO_SHMEM	NACC_SBI_ERR_NO_SHMEM

extern nacc_u64 gated, record;
/* The hart: what it has, and what the kernel wants to return with */
extern struct nacc_turn t;

/* cmocka fixture, with teardown(): @gated bound to MM, its gate enforced, no thread yet */
int setup_gated(void **state);

/* Another root of that tag, live and not bound; the same, bound, with the record */
nacc_u64 more_root(nacc_u64 tag);
nacc_u64 more_gated(nacc_u64 mm);
nacc_u64 satp_of(nacc_u64 root);
/* A call by a hart that has this root in satp */
struct nacc_ret call_on(nacc_u64 root, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2,
			nacc_u64 a3);
struct nacc_ret context_call(nacc_u64 root, nacc_u64 task, nacc_u64 what, nacc_u64 parent);
struct nacc_sbi_context *context(nacc_u64 root, nacc_u64 task);
struct nacc_sbi_threads *threads(nacc_u64 root);
struct nacc_sbi_gate *gate(void);
void set_mode(nacc_u64 mode);

/* The registers that a program of the tests has */
void registers(void);
/* The thread of @t goes to user mode as it is, and it comes back. */
enum nacc_turned go(void);
int come(nacc_u64 cause);
/* It gets a context as who was there before the gate. */
void adopt(nacc_u64 root, nacc_u64 task);
/* A thread of @gated that has come into the kernel by this trap; @t is as it came. */
void in_kernel(nacc_u64 task, nacc_u64 cause);
/* Likewise, by this system call */
void in_call(nacc_u64 task, nacc_u64 nr);
/* It goes, as it is and unnoticed; or it is refused: this register, this instead. */
void assert_goes(void);
void assert_refused_at(unsigned int reg, nacc_u64 want);
/* It is refused as none of this root's, or there already; that is on record. */
void assert_no_thread(nacc_u64 root);
/* It cannot be judged before this is mapped, and nothing has come of it. */
void assert_missing(nacc_u64 va);
/* The kernel sends the thread of @t, as that is now, to a handler: setup_rt_frame(). */
void signalled(nacc_u64 sig, nacc_u64 handler);
/* The registers in the frame of a signal whose handler begins with this sp */
nacc_u64 *saved(nacc_u64 sp);
/* Of @root, told by its kernel; of the gated one */
void tell_handler(nacc_u64 root, nacc_u64 sig, nacc_u64 handler);
void add_handler(nacc_u64 sig, nacc_u64 handler);
const struct nacc_sbi_audit *last_record(void);

#endif /* GATED_H */
