// SPDX-License-Identifier: BSD-2-Clause
/*
 * Proofs that steps ask whether what they change is sealed (I17). What has to be answered
 * is in sealed.c: here a contract gives it, of entry 1 of frame 0 that it is sealed, of any
 * other whatever it likes. So that entry stays, but for A and D, and its table stays what
 * and where it is. Nothing else is claimed: that is in stores.c, calls.c and batches.c.
 *
 * As the entry above it is sealed, too, and so on up to the root, this holds of all that a
 * seal covers.
 */
#include "world.h"

/*
 * Frame 0 is a table or a root, and its entry 1 what SEAL takes: a leaf without W, or above
 * level 0 what leads there. It is in the tree of a root that lives.
 */
static void any_sealed_world(void)
{
	const struct nacc_frame *f = &frames[0];

	sealed_entry = 1;
	any_world();
	assume(f->type == NACC_FRAME_ROOT ||
	       (f->type == NACC_FRAME_TABLE && (f->flags & NACC_FRAME_FLAG_SEALED)));
	assume(!frames[f->owner].flags);
	assume(f->type == NACC_FRAME_ROOT ||
	       (f->parent < FRAMES && (frames[f->parent].type == NACC_FRAME_ROOT ||
				       frames[f->parent].parent != NACC_FRAME_NONE)));
	assume(f->level ? pte_is_link(memory[1]) :
	       pte_is_leaf(memory[1]) && !(memory[1] & (PTE_W | PTE_N)));
}

static void claim_sealed(void)
{
	const struct nacc_frame *f = &frames[0], *old = &old_frames[0];

	reached("the step has been tried");
	claim(!((memory[1] ^ old_memory[1]) & ~AD), "I17: what is sealed stays but for A and D");
	claim(f->type == old->type && f->owner == old->owner && f->level == old->level,
	      "I17: its table stays what it is");
	claim(f->type == NACC_FRAME_ROOT || (f->parent == old->parent && f->slot == old->slot),
	      "I17: its table stays where it is");
	claim((f->flags & NACC_FRAME_FLAG_SEALED) || f->type == NACC_FRAME_ROOT,
	      "I17: whoever asks sees it");
}

static void prove_store_asks(void)
{
	struct nacc_access a = {
		.pc = any64(),
		.va = any64(),
		.pa = FRAME_BASE + 8,
		.operand = any64(),
		.task = any64(),
		.insn = any32(),
		.hart = any32(),
		.supervisor = any() & 1,
	};
	struct nacc_verdict verdict;

	a.decode_reason = any() & 1;
	a.decoded.op = any();
	assume(a.decoded.op <= NACC_OP_MAXU);
	a.decoded.width = any();
	nacc_store(&core, &a, &verdict);
	claim_sealed();
}

/* What is assumed is said once more by assigning it: see stores.c. */
void proof_sealed_store(void)
{
	any_sealed_world();
	assume(!frames[0].level);
	frames[0].level = 0;
	prove_store_asks();
}

void proof_sealed_store_above(void)
{
	any_sealed_world();
	assume(frames[0].level);
	prove_store_asks();
}

/* Entries that the call is on, and number of the argument that is its buffer; 0: any */
static nacc_u64 batch;
static int buffer;
/* Is it on frame 1, and that not the root of what is sealed? */
static int is_of_another;

/* Argument 1, if it is a number, and the root that the hart has */
static nacc_u64 named, loaded;

static struct nacc_ret call_sealed(nacc_u64 fid, nacc_u64 frame)
{
	struct nacc_call call = { .fid = fid, .satp = any64(), .arg = { frame } };

	any_sealed_world();
	assume(!is_of_another || frames[0].owner != 1);
	for (int i = 1; i < 6; i++)
		call.arg[i] = any64();
	if (batch)
		call.arg[1] = batch;
	if (buffer)
		call.arg[buffer - 1] = SOURCE;
	if (named)
		call.arg[1] = named;
	if (loaded)
		call.satp = 8ULL << SATP_MODE_SHIFT | loaded >> PAGE_SHIFT;
	return nacc_ecall(&core, &call);
}

static void prove_call_asks(nacc_u64 fid, nacc_u64 frame)
{
	call_sealed(fid, frame);
	claim_sealed();
}

/* Another frame than that which the table is */
#define FRAME_1		(FRAME_BASE + PAGE_SIZE)

/*
 * Calls on the table. A batch is of two entries, see batches.c: of the first two, so that the
 * sealed one is not what it begins at, and a root has them, too.
 */
#define BATCH		(2 << 16)
#define ASKS_0(name, fid) void proof_sealed_##name(void) { prove_call_asks(fid, FRAME_BASE); }
#define ASKS_BATCH(name, fid) \
void proof_sealed_##name(void) \
{ \
	batch = BATCH; \
	prove_call_asks(fid, FRAME_BASE); \
}

/* On any frame, or none */
#define ASKS(name, fid) void proof_sealed_##name(void) { prove_call_asks(fid, any64()); }

ASKS_BATCH(take, NACC_SBI_TAKE)
ASKS_BATCH(write_protect, NACC_SBI_WRITE_PROTECT)
ASKS_BATCH(protect, NACC_SBI_PROTECT)
ASKS_BATCH(fork, NACC_SBI_FORK)
ASKS_0(link, NACC_SBI_TABLE_LINK)
ASKS_0(merge, NACC_SBI_MERGE_AD)
ASKS_0(fill, NACC_SBI_AS_FILL)
ASKS_0(new_table, NACC_SBI_TABLE_NEW)
ASKS(arm, NACC_SBI_ARM)
ASKS(disarm, NACC_SBI_DISARM)
ASKS(create, NACC_SBI_AS_CREATE)
ASKS(release, NACC_SBI_TABLE_RELEASE)

void proof_sealed_exchange(void)
{
	page_words = 2 * NACC_SBI_ENTRIES;
	pages = 2;
	batch = BATCH;
	buffer = 3;
	prove_call_asks(NACC_SBI_EXCHANGE, FRAME_BASE);
}

/* Room for as many as it has entries, and for their number */
void proof_sealed_unlink(void)
{
	page_words = (NACC_SBI_ENTRIES + 2) / 2;
	batch = BATCH;
	buffer = 3;
	prove_call_asks(NACC_SBI_UNLINK, FRAME_BASE);
}

/* What empties frames of all kinds */
void proof_sealed_reclaim(void)
{
	uses_contents = 1;
	prove_call_asks(NACC_SBI_RECLAIM, 0);
}

/* What else keeps something in frames */
#define ASKS_ALL(name, fid, frame) \
void proof_sealed_##name(void) \
{ \
	uses_contents = 1; \
	knows_kinds = 1; \
	prove_call_asks(fid, frame); \
}

ASKS_ALL(bound, NACC_SBI_AS_BIND, any64())
ASKS_ALL(drain, NACC_SBI_DRAIN, any64())
ASKS_ALL(page_open, NACC_SBI_PAGE_OPEN, any64())
ASKS_ALL(page_close, NACC_SBI_PAGE_CLOSE, any64())
ASKS_ALL(gate_open, NACC_SBI_GATE_OPEN, any64())
ASKS_ALL(gate_set, NACC_SBI_GATE_SET, any64())
ASKS_ALL(gate_allow, NACC_SBI_GATE_ALLOW, any64())
ASKS_ALL(gate_close, NACC_SBI_GATE_CLOSE, FRAME_1)
ASKS_ALL(handler, NACC_SBI_HANDLER, any64())

/* An address space ends whatever is sealed of it; another one stays. */
void proof_sealed_retire(void)
{
	uses_contents = 1;
	knows_kinds = 1;
	is_of_another = 1;
	page_words = (NACC_SBI_RETIRE_BATCH + 2) / 2;
	prove_call_asks(NACC_SBI_AS_RETIRE, FRAME_1);
}

/* A and D for a walker that may not, from the root in frame 1 on, if it is one */
void proof_sealed_set_ad(void)
{
	nacc_u64 satp = any64() << SATP_MODE_SHIFT | FRAME_1 >> PAGE_SHIFT;

	any_sealed_world();
	nacc_set_ad(&core, satp, any64(), any() & 1, any() & 1);
	claim_sealed();
}

/*
 * Calls that take a frame, and want others of certain kinds besides: in worlds of which it is
 * known what each frame is (places.c). The sealed entry is one of a table of level 0, or of one
 * above.
 */
#if FRAMES > 4

#define FRAME(f)	(FRAME_BASE + (f) * PAGE_SIZE)
#define ROOT_1		{ NACC_FRAME_ROOT, 2, 1 }
#define TABLE_OF(level, parent, slot) { NACC_FRAME_TABLE, level, 1, parent, slot }
#define ARMED		{ NACC_FRAME_ARMED, 0, NACC_FRAME_NONE }
/* Or contexts, if another frame is the owner */
#define RECORD(owner)	{ NACC_FRAME_CONTEXT, NACC_LEVEL_CONTEXT, owner }

static void prove_placed_asks(const struct place *where, nacc_u64 fid, nacc_u64 frame)
{
	places = where;
	uses_contents = 1;
	knows_kinds = 1;
	if (!call_sealed(fid, frame).error)
		reached("the call is done");
	claim_sealed();
}

#endif

#if FRAMES == 5

/* For another root, which is built */
void proof_sealed_adopt(void)
{
	static const struct place where[] = {
		TABLE_OF(0, 2, 0), ROOT_1, TABLE_OF(1, 1, 0), { NACC_FRAME_ROOT, 2, 3 }, ARMED,
	};

	prove_placed_asks(where, NACC_SBI_TABLE_ADOPT, FRAME(3));
}

/* One more range of its root: the first that is noted there */
void proof_sealed_seal(void)
{
	static const struct place where[] = {
		TABLE_OF(0, 2, 0), ROOT_1, TABLE_OF(1, 1, 0), ARMED, TABLE_OF(0, 2, 1),
	};

	prove_placed_asks(where, NACC_SBI_SEAL, FRAME(1));
}

/* The table of the page comes to stand in the table above, and beside the sealed entry. */
void proof_sealed_as_page(void)
{
	static const struct place where[] = {
		TABLE_OF(0, 2, 1), ROOT_1, TABLE_OF(1, 1, 0), ARMED,
		{ NACC_FRAME_PAGE, NACC_LEVEL_PAGE, 4 },
	};

	named = FRAME(4);
	prove_placed_asks(where, NACC_SBI_AS_PAGE, FRAME(1));
}

void proof_sealed_as_page_above(void)
{
	static const struct place where[] = {
		TABLE_OF(1, 1, 0), ROOT_1, TABLE_OF(0, 0, 1), ARMED,
		{ NACC_FRAME_PAGE, NACC_LEVEL_PAGE, 4 },
	};

	named = FRAME(4);
	prove_placed_asks(where, NACC_SBI_AS_PAGE, FRAME(1));
}

void proof_sealed_as_gate(void)
{
	static const struct place where[] = {
		TABLE_OF(0, 3, 0), ROOT_1, RECORD(2), TABLE_OF(1, 1, 0), ARMED,
	};

	named = FRAME(2);
	prove_placed_asks(where, NACC_SBI_AS_GATE, FRAME(1));
}

#endif

#if FRAMES == 6

/* With a frame of contexts that may be full; who calls is on none of the pool's roots. */
void proof_sealed_context(void)
{
	static const struct place where[] = {
		TABLE_OF(0, 3, 0), ROOT_1, RECORD(2), TABLE_OF(1, 1, 0), RECORD(1), ARMED,
	};

	loaded = KERNEL_ROOT;
	prove_placed_asks(where, NACC_SBI_CONTEXT, FRAME(1));
}

#endif
