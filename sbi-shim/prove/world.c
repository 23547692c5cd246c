// SPDX-License-Identifier: BSD-2-Clause
/* See world.h. */
#include "world.h"

struct nacc_core core;
struct nacc_frame frames[FRAMES], old_frames[FRAMES];
nacc_u64 memory[FRAMES * NACC_SBI_ENTRIES], old_memory[FRAMES * NACC_SBI_ENTRIES];
nacc_u64 kernel[SOURCE_WORDS];
static union content content_0, content_1, content_2;
#if FRAMES < 5
static union content content_3, content_4, content_5;
#else
/* Of any_domain(): by their own types each register is a variable, and no bytes of a union. */
static struct first {
	struct nacc_sbi_threads threads;
	char pad[sizeof(struct nacc_sbi_context) - sizeof(struct nacc_sbi_threads)];
	struct nacc_sbi_context context;
} content_3, content_4;
static union content content_5;
#endif
static union content old_content_0, old_content_1, old_content_2, old_content_3, old_content_4,
	old_content_5;
static struct nacc_sbi_page page_0, page_1, page_2, page_3, page_4, page_5;
int raced, calm, uses_contents, uses_seals, sealed_entry, counts_page_0, knows_kinds;
nacc_u32 held;
nacc_u32 page_words = NACC_SBI_ENTRIES, pages = 1;
nacc_u64 source[SOURCE_WORDS];
static struct nacc_sbi_setup setups[2];
static nacc_u32 buckets[2];
static nacc_u64 stats[NACC_STAT_MAX], reasons[NACC_REASON_MAX];
static struct nacc_sbi_unknown unknown[NACC_SBI_LEARN_MAX];
static struct nacc_sbi_audit audit[NACC_AUDIT_RECORDS], calls[NACC_AUDIT_CALLS];

nacc_u64 any64(void)
{
	return nondet_u64();
}

nacc_u32 any32(void)
{
	return nondet_u32();
}

int any(void)
{
	return nondet_int();
}

nacc_u64 nacc_this_hart(void)
{
	return 0;
}

/* Of another hart: any at any time */
int nacc_root_is_loaded(nacc_u64 root)
{
	(void)root;
	return any();
}

/* A program's memory: anything, each time, or none */
int nacc_user_read(const struct nacc_core *c, nacc_u64 satp, nacc_u64 va, nacc_u64 *to,
		   nacc_u32 words)
{
	int is = any();

	(void)c;
	(void)satp;
	claim(!(va % 8) && va % PAGE_SIZE + 8 * words <= PAGE_SIZE, "words of a page");
	for (nacc_u32 i = 0; i < words; i++)
		to[i] = any64();
	return is < 0 ? -1 : is > 0;
}

/* Those that there are, and no other */
#define BY_NUMBER(number, of) ({ \
	nacc_u32 nr = (number); \
\
	nr == 0 ? (void *)&of##_0 : nr == 1 ? (void *)&of##_1 : \
	FRAMES == 3 || nr == 2 ? (void *)&of##_2 : \
	FRAMES == 4 || nr == 3 ? (void *)&of##_3 : \
	FRAMES == 5 || nr == 4 ? (void *)&of##_4 : (void *)&of##_5; \
})

union content *content_of(nacc_u32 f)
{
	return BY_NUMBER(f, content);
}

union content *old_content_of(nacc_u32 f)
{
	return BY_NUMBER(f, old_content);
}

struct nacc_sbi_page *page_content_of(nacc_u32 f)
{
	return BY_NUMBER(f, page);
}

int frame_number(nacc_u64 pa)
{
	nacc_u64 i = (pa - FRAME_BASE) / PAGE_SIZE;

	return i < FRAMES ? (int)i : -1;
}

static void claim_buffer(nacc_u64 pa)
{
	const struct nacc_sbi_range *freed = &setups[0].ranges[3];

	claim(pa >= RAM + FIRMWARE_SIZE && pa <= RAM_END - PAGE_SIZE && pa % PAGE_SIZE == 0,
	      "I9: a page of RAM, not of the firmware");
	claim(pa + PAGE_SIZE <= REGION || pa >= REGION + REGION_SIZE, "I9: not of the region");
	claim(!core.set_up || pa + PAGE_SIZE <= IMAGE || pa >= IMAGE + IMAGE_SIZE ||
	      (pa >= freed->start && pa + PAGE_SIZE <= freed->end),
	      "I9: not of the kernel image");
}

/*
 * Physical memory. Whatever the core asks for must be a frame or RAM that S-mode
 * may hand over: this is the part of I9 that says that no pointer is followed
 * that was not checked. Buffers of S-mode are one buffer, which is then all of
 * them, and which ends where the array does.
 */
void *nacc_phys(nacc_u64 pa)
{
	int i = frame_number(pa);

	if (i >= 0 && frames[i].level == NACC_LEVEL_CONTEXT) {
		claim(!(pa % PAGE_SIZE) && uses_contents, "I9: a frame of contexts");
		return content_of((nacc_u32)i);
	}
	if (i >= 0 && frames[i].level == NACC_LEVEL_PAGE) {
		claim(!(pa % PAGE_SIZE), "I9: a frame with a page");
		return page_content_of((nacc_u32)i);
	}
	if (i >= 0) {
		claim(pa % PAGE_SIZE < 8 * NACC_SBI_ENTRIES, "I9: inside a frame");
		return &memory[i * NACC_SBI_ENTRIES + pa % PAGE_SIZE / 8];
	}
	claim_buffer(pa);
	if (pages == 2)
		claim_buffer(pa + PAGE_SIZE);
	return pa == KERNEL_ROOT ? kernel : &source[SOURCE_WORDS - page_words];
}

/* The same, for a frame or buffer as a whole, and it is claimed what is there. */
void *prove_phys(nacc_u64 pa, enum prove_kind kind)
{
	int i = frame_number(pa);

	if (!knows_kinds)
		return nacc_phys(pa);
	claim(!(pa % PAGE_SIZE), "I9: as a whole");
	switch (kind) {
	case PROVE_CONTENT:
		claim(i >= 0 && frames[i].level == NACC_LEVEL_CONTEXT && uses_contents,
		      "I9: a frame of contexts");
		return content_of((nacc_u32)i);
	case PROVE_PAGE:
		claim(i >= 0 && frames[i].level == NACC_LEVEL_PAGE, "I9: a frame with a page");
		return page_content_of((nacc_u32)i);
	case PROVE_ENTRIES:
		claim(i >= 0 && frames[i].level <= core.top_level, "I9: a frame with entries");
		return &memory[i * NACC_SBI_ENTRIES];
	default:
		claim(i < 0, "I9: no frame");
		return nacc_phys(pa);
	}
}

/* What a refused store was to replace: of a frame that is no table, any word */
void *prove_word(nacc_u64 pa)
{
	static nacc_u64 word;
	int i = frame_number(pa);

	/* Not by what the core itself asks: no store of a proof goes elsewhere. */
	claim(pa % sizeof(word) == 0 && i >= 0, "I9: a word of a frame");
	if (frames[i].level <= core.top_level)
		return nacc_phys(pa);
	word = any64();
	return &word;
}

/* One span of RAM, region and firmware inside. */
void any_layout(void)
{
	core.layout.region_base = REGION;
	core.layout.region_size = REGION_SIZE;
	core.layout.ram[0].start = RAM;
	core.layout.ram[0].end = RAM_END;
	core.layout.nr_ram = 1;
	core.layout.firmware[0].start = RAM;
	core.layout.firmware[0].end = RAM + FIRMWARE_SIZE;
	core.layout.nr_firmware = 1;
	/* No vector registers: of frames that hold them this says nothing. */
	core.layout.vlenb = 0;
	core.layout.leaves = any32() & (NACC_LEAF_NAPOT | NACC_LEAF_PBMT);
	core.frame_base = FRAME_BASE;
	core.nr_frames = FRAMES;
	core.frames = frames;
	core.buckets = buckets;
	core.hash_shift = 31;
	core.stats = stats;
	core.reasons = reasons;
	core.unknown = unknown;
	core.audit = audit;
	core.calls = calls;
	core.audit_next = any64();
	core.audit_stores = any64();
	core.audit_calls = any64();
	core.setup = &setups[0];
	core.spare = &setups[1];
	for (int i = 0; i < SOURCE_WORDS; i++)
		kernel[i] = any64();
	for (int i = 0; i < NACC_AUDIT_RECORDS; i++) {
		audit[i].seq = any64();
		calls[i].seq = any64();
	}
	for (int i = 0; i < NACC_SBI_LEARN_MAX; i++) {
		unknown[i].pc = any64();
		unknown[i].count = any64();
	}
}

/* Two writers, one user-visible range, one freed: wherever they are. */
void any_setup(void)
{
	struct nacc_sbi_setup *s = &setups[0];
	struct nacc_sbi_range *r = setups[0].ranges;

	s->flags = any32();
	assume(s->flags <= NACC_PROVENANCE_ENFORCE);
	s->kernel_root = KERNEL_ROOT;
	s->image_pa = IMAGE;
	s->image_size = IMAGE_SIZE;
	s->nr_writers = 2;
	s->nr_user_visible = 1;
	s->nr_freed = 1;
	for (int i = 0; i < RANGES; i++) {
		r[i].start = any64();
		r[i].end = any64();
		assume(r[i].start < r[i].end);
	}
	assume(r[0].end <= r[1].start);
	for (int i = 2; i < RANGES; i++) {
		assume(r[i].start >= s->image_pa);
		assume(r[i].end <= s->image_pa + s->image_size);
		assume((r[i].start | r[i].end) % PAGE_SIZE == 0);
	}
	core.set_up = 1;
	core.locked = 1;
	core.satp_mode = any32();
	assume(core.satp_mode >= 8 && core.satp_mode <= 10);
	core.top_level = core.satp_mode - 6;
}

static void any_gate(struct nacc_frame *f)
{
	f->gate = &nacc_closed;
	if (f->type == NACC_FRAME_TABLE && !f->level && f->owner < FRAMES &&
	    !(f->flags & (NACC_FRAME_FLAG_PAGE | NACC_FRAME_FLAG_SEALED)))
		f->gate = &frames[f->owner].flags;
}

static void any_frame(struct nacc_frame *f)
{
	f->type = any32();
	f->level = any32();
	f->flags = any32();
	f->live = any32();
	f->owner = any32();
	f->parent = any32();
	f->slot = any32();
	f->list.next = any32();
	f->list.prev = any32();
	f->next_undrained = any32();
	f->tables = any32();
	f->lock = 0;
	f->epoch = any64();
	f->original = any64();
	assume(f->type < NACC_FRAME_TYPE_MAX);
	any_gate(f);
}

/* A root may have a page. */
static void any_page(struct nacc_frame *f)
{
	nacc_u32 page = any32();

	if (f->type == NACC_FRAME_ROOT && page < FRAMES && frames[page].type == NACC_FRAME_PAGE)
		f->gate = (const nacc_u16 *)&frames[page].live;
}

/* Every state of the frames that meets the invariant. */
void any_world(void)
{
	any_layout();
	any_setup();
	for (int i = 0; i < FRAMES * NACC_SBI_ENTRIES; i++)
		memory[i] = any64();
	for (int i = 0; i < FRAMES; i++)
		any_frame(&frames[i]);
	for (int i = 0; i < FRAMES; i++)
		any_page(&frames[i]);
	for (nacc_u32 i = 0; i < FRAMES; i++) {
		if (uses_contents)
			__CPROVER_havoc_object(content_of(i));
		__CPROVER_havoc_object(page_content_of(i));
	}
	for (int i = 0; counts_page_0 && i < FRAMES; i++)
		assume(frames[i].type != NACC_FRAME_ROOT || page_of(i) != 0 ||
		       page_content_of(0)->address_spaces);
	core.piles[0].armed = any32();
	core.piles[0].unlinked = any32();
	core.piles[0].undrained = any32();
	core.buckets[0] = any32();
	core.buckets[1] = any32();
	core.guard = any64();
	core.last_tag = any64();
	core.epoch = any64();
	core.fenced = any64();
	for (int i = 0; i < NACC_PERCPU; i++) {
		core.percpu[i].writer = any32();
		assume(core.percpu[i].writer < 2);
	}
	if (uses_secrets)
		any_secrets();
	if (places)
		place_frames();
	for (int i = 0; places && i < FRAMES; i++)
		any_gate(&frames[i]);
	for (int i = 0; places && i < FRAMES; i++)
		any_page(&frames[i]);
	assume_invariant();
	remember();
}

#if FRAMES > 4

/* A root, or a frame of contexts: of nobody's list, without a page or seals */
static void place(nacc_u32 f, nacc_u8 type, nacc_u32 owner, nacc_u32 first)
{
	nacc_u8 level = type == NACC_FRAME_ROOT ? core.top_level : NACC_LEVEL_CONTEXT;
	nacc_u16 flags = type == NACC_FRAME_ROOT && any() ? NACC_FRAME_FLAG_BUILDING : 0;

	any_frame(&frames[f]);
	frames[f].type = type;
	frames[f].level = level;
	frames[f].flags = flags;
	frames[f].owner = owner;
	frames[f].parent = NACC_FRAME_NONE;
	frames[f].list.next = first;
	frames[f].list.prev = first;
	frames[f].tables = first != NACC_FRAME_NONE;
	frames[f].gate = &nacc_closed;
	if (type != NACC_FRAME_ROOT)
		frames[f].slot = NACC_FRAME_NONE;
}

/*
 * Two roots of one domain, in frames 0 and 1, its record in 2, the contexts of the roots in 4
 * and 3: one each, that is any. What frames are is numbers, and so are pointers to contexts,
 * which else are to any byte of all of them. Of the invariant no more is assumed than what it
 * says of contexts: what is in tables is anything.
 */
void any_domain(void)
{
	any_layout();
	any_setup();
	for (int i = 0; i < FRAMES * NACC_SBI_ENTRIES; i++)
		memory[i] = any64();
	place(0, NACC_FRAME_ROOT, 0, 4);
	place(1, NACC_FRAME_ROOT, 1, 3);
	place(2, NACC_FRAME_CONTEXT, 2, NACC_FRAME_NONE);
	place(3, NACC_FRAME_CONTEXT, 1, NACC_FRAME_NONE);
	place(4, NACC_FRAME_CONTEXT, 0, NACC_FRAME_NONE);
	for (nacc_u32 i = 0; i < FRAMES; i++)
		__CPROVER_havoc_object(content_of(i));
	content_3.threads.gate = FRAME_BASE + 2 * PAGE_SIZE;
	content_4.threads.gate = FRAME_BASE + 2 * PAGE_SIZE;
	core.piles[0].armed = NACC_FRAME_NONE;
	core.piles[0].unlinked = NACC_FRAME_NONE;
	core.piles[0].undrained = NACC_FRAME_NONE;
	core.buckets[0] = any32();
	core.buckets[1] = any32();
	core.guard = any64();
	core.last_tag = any64();
	core.epoch = any64();
	core.fenced = any64();
	for (nacc_u32 i = 0; i < FRAMES; i++)
		assume(gated_ok(i));
	remember();
}

static void place_table(nacc_u32 f, nacc_u8 level, nacc_u32 parent)
{
	any_frame(&frames[f]);
	frames[f].type = NACC_FRAME_TABLE;
	frames[f].level = level;
	frames[f].flags = level ? 0 : NACC_FRAME_FLAG_PAGE;
	frames[f].owner = 0;
	frames[f].parent = parent;
	frames[f].slot = 0;
	frames[f].gate = &nacc_closed;
	assume(!memory[parent * NACC_SBI_ENTRIES] ||
	       memory[parent * NACC_SBI_ENTRIES] == ((FRAME_BASE + f * PAGE_SIZE) >> 2 | PTE_V));
}

/*
 * A program: its root in frame 0, in Sv39, the tables to its page in 1 and 2, the record of
 * its gate in 3, a thread's context in 4. What frames are is numbers, as in any_domain().
 */
void any_program(void)
{
	any_layout();
	any_setup();
	core.satp_mode = 8;
	core.top_level = 2;
	for (int i = 0; i < FRAMES * NACC_SBI_ENTRIES; i++)
		memory[i] = any64();
	place(0, NACC_FRAME_ROOT, 0, 4);
	place_table(1, 1, 0);
	place_table(2, 0, 1);
	place(3, NACC_FRAME_CONTEXT, 3, NACC_FRAME_NONE);
	place(4, NACC_FRAME_CONTEXT, 0, NACC_FRAME_NONE);
	for (nacc_u32 i = 0; i < FRAMES; i++)
		__CPROVER_havoc_object(content_of(i));
	content_4.threads.gate = FRAME_BASE + 3 * PAGE_SIZE;
	any_secrets();
	for (nacc_u32 s = 1; s < NACC_SBI_ENTRIES; s++)
		assume(!memory[2 * NACC_SBI_ENTRIES + s] ||
		       (secret_entry(0, s) &&
			(memory[2 * NACC_SBI_ENTRIES + s] & ~PTE_RSW) == secret_entry(0, s)));
	remember();
}

#endif

/* Of the frames only what bindings are: the rest, and memory, is not looked at. */
void any_roots(void)
{
	any_layout();
	any_setup();
	for (int i = 0; i < FRAMES; i++) {
		any_frame(&frames[i]);
		assume(frames[i].type != NACC_FRAME_ROOT || frames[i].owner == (nacc_u32)i);
		assume(frames[i].type != NACC_FRAME_TABLE || frames[i].owner < FRAMES);
		old_frames[i] = frames[i];
	}
	core.buckets[0] = any32();
	core.buckets[1] = any32();
	core.guard = any64();
	/* Gated, or not */
	uses_contents = 1;
	for (nacc_u32 i = 0; i < FRAMES; i++)
		__CPROVER_havoc_object(content_of(i));
	for (int i = 0; i < FRAMES; i++) {
		nacc_u32 first = frames[i].list.prev;

		assume((frames[i].type == NACC_FRAME_CONTEXT) ==
		       (frames[i].level == NACC_LEVEL_CONTEXT));
		assume((frames[i].type == NACC_FRAME_PAGE) == (frames[i].level == NACC_LEVEL_PAGE));
		assume(frames[i].type != NACC_FRAME_ROOT || first == NACC_FRAME_NONE ||
		       (first < FRAMES && frames[first].type == NACC_FRAME_CONTEXT &&
			record_at(content_of(first)->threads.gate) >= 0));
	}
	assume_core_roots();
}

void remember(void)
{
	for (int i = 0; i < FRAMES; i++) {
		old_frames[i] = frames[i];
		if (uses_contents)
			*old_content_of((nacc_u32)i) = *content_of((nacc_u32)i);
	}
	for (int i = 0; i < FRAMES * NACC_SBI_ENTRIES; i++)
		old_memory[i] = memory[i];
}
