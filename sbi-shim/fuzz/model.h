/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model that the core is compared with: its state, what must come of a step,
 * and the steps.
 */
#ifndef MODEL_H
#define MODEL_H

#include "machine.h"

#define FRAMES_MAX	64
#define NO		(-1)
#define SCRATCH		8	/* pages of S-mode that calls and links name */
#define REGION		(1UL << 18)
#define V_MAGIC		0x53465457UL	/* asm/sigcontext.h: RISCV_V_MAGIC */

enum kind { K_FREE, K_ARMED, K_ROOT, K_TABLE, K_RELEASED, K_CONTEXT, K_PAGE };

/** struct mframe - a frame as it must be, its content in @e */
struct mframe {
	enum kind kind;
	int owner, level, parent, slot;
	int building, retiring, undrained;
	unsigned int bound;	/* of a root: enum nacc_bound */
	nacc_u64 mm;
	int first, next;	/* of a root: first frame of contexts; of that, what follows */
	int page, paired, is_page; /* of a root: its page; of a page, a record: the other */
	nacc_u64 original, epoch, tag;
	nacc_u64 e[512];
};

/** struct msecret - secret pages: whose, or NO, whether for good; and what is written to each */
struct msecret {
	int owner, forfeit;
	nacc_u64 word[4];
};

/** struct model - what the core's state must be */
struct model {
	struct mframe f[FRAMES_MAX];
	int nr, top, flags;
	unsigned int leaves;
	nacc_u64 epoch, fenced, tags, last_tag, guard, other, upcall;
	int queued;
	struct msecret secret[MACHINE_SECRETS];
};

extern struct model mo;

/** struct outcome - what must come of writing an entry */
struct outcome {
	unsigned int reason;
	int child;	/* linked */
	int dropped;	/* unlinked */
	int adopt;
};

/* model.c: what must hold. It says so, and changes only @mo. */
void bad(const char *what, nacc_u64 a, nacc_u64 b);
void same(const char *what, nacc_u64 is, nacc_u64 wanted);
void expect(const char *what, struct nacc_ret ret, long error, unsigned int reason);
nacc_u64 frame_pa_of(int i);
int index_of(nacc_u64 pa);
/* The root or table (of those asked for) with just this address, or NO */
int exact(nacc_u64 pa, int roots, int tables);
int page_ok(nacc_u64 pa);
int is_table(int i);
int kernel_half(int i, int slot);
int child_at(int i, int slot);
int any_of(enum kind kind);
struct outcome rule(int i, int level, int owner, int slot, int root_half,
		    int linked, nacc_u64 val);
unsigned int copy_rule(nacc_u64 source, int nr, int level, int owner, const nacc_u64 *whole);
unsigned int access_rule(const struct nacc_access *a, int i);
struct outcome store_rule(const struct nacc_access *a, int i, int slot, nacc_u64 val);
nacc_u64 result_of(unsigned int op, nacc_u64 old, nacc_u64 x);
void copy_in(int i, nacc_u64 source, int nr);
int take(nacc_u64 pa, enum kind kind, int level, int owner);
void release(int i);
void orphan(int i);
void commit(const struct outcome *o, int i, int slot, nacc_u64 val);

/* model_page.c: pages for programs */
unsigned int place_rule(int i, int slot, nacc_u64 val);
void note_turns(int record);
void note_refused(int i);
void page_gated(int root);
void page_left(int root);
void page_sealed(int root);
void page_mode(int record, int closes);
void step_page(void);
void paged(void);

/* model_secret.c: secret pages, in the table of such a page */
int page_table_of(int root);
int any_secret(int table);
void compare_secrets(void);
void secrets_left(int root);
void secrets_mode(int record);
void secrets_lost(int root);
nacc_u64 keeps(int root);
void step_secret(void);

/* model_input.c: bytes of the fuzzer, turned into arguments */
extern nacc_u64 scratch_pa[SCRATCH];
void input_begin(const unsigned char *data, size_t size);
size_t input_left(void);
unsigned int byte(void);
unsigned int below(unsigned int n);
nacc_u64 wild(void);
nacc_u64 address(void);
nacc_u64 scratch_arg(void);
nacc_u64 slot_arg(void);
nacc_u64 pte_arg(void);

/* model_store.c: entries change without a call */
void step_store(void);
void step_walker(void);
void step_set_ad(void);

/* model_call.c, model_batch.c, model_born.c: calls */
void range_call(int fid, nacc_u64 first, nacc_u64 count);
void call_create(nacc_u64 flags);
nacc_u64 batch_table(void);
void call_batch(void);
void call_link(void);
void call_unlink(void);
void call_fork(void);
void step_call(void);

/* model_seal.c: what does not change any more. Of a root @parent is the frame of its seals. */
struct nacc_sbi_seals *seals_at(int root);
int meets_seal(int i, nacc_u64 first, nacc_u64 nr);
int seal_rule(int i, int slot, nacc_u64 val);
void call_seal(void);

/* model_roots.c: roots that are bound, and loaded */
void step_roots(void);
void release_root(int i);

/* model_gate.c, model_turn.c: the gate */
struct nacc_sbi_gate *gate_at(int i);
struct nacc_sbi_threads *threads_at(int root);
struct nacc_sbi_context *in_core(const struct nacc_sbi_context *c);
struct nacc_sbi_context *place_of(int root, nacc_u64 task, int is_free);
struct nacc_sbi_context *add_context(int root, nacc_u64 task, int armed);
struct nacc_ret call_from(int own, nacc_u64 fid, nacc_u64 a0, nacc_u64 a1, nacc_u64 a2,
			  nacc_u64 a3);
int record_of(int root);
int gate_is_on(int root);
int gated_hart(int own);
nacc_u64 task_arg(void);
int gated_arg(void);
void leave_gate(int root);
void step_gate(void);
void user_begin(void);
nacc_u64 handler_arg(void);
int read_saved(nacc_u64 sp, nacc_u64 *to);
nacc_u64 register_arg(int reg);
void change_some(nacc_u64 *x);
struct nacc_sbi_context *nth_user(unsigned int nth);
void go_out(int root, nacc_u64 task, nacc_u64 *x);
void come_in(struct nacc_sbi_context *c, nacc_u64 cause, const nacc_u64 *x);
void note_clone(struct nacc_sbi_context *c);
void step_go(void);
void step_come(void);

/* model_load.c: a program's memory, and misaligned loads */
int is_user(nacc_u64 va, nacc_u64 size);
int read_user(nacc_u64 va, nacc_u64 bytes, nacc_u64 *to);
int performs(const struct nacc_sbi_context *c, int state, nacc_u64 *x);
void load_float(struct nacc_sbi_context *c, nacc_u64 goes_on);

/* model_signal.c: signals, and their handlers */
int is_handler(int root, nacc_u64 sig, nacc_u64 handler);
void note_handler(int root, nacc_u64 sig, nacc_u64 handler);
void note_first(int root, const nacc_u64 *x);
void inherit_handlers(int own, int root);
void make_signal(int root, nacc_u64 *x);
void step_signal(void);

/* model_vector.c: vector registers of threads. Of such a frame @parent is that of contexts. */
int context_frames(int first);
int armed_frames(void);
void take_vector(int i, int first);
void forget(struct nacc_sbi_context *c);
void note_vector(struct nacc_sbi_context *c, int sigreturn);

#endif /* MODEL_H */
