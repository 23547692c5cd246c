// SPDX-License-Identifier: BSD-2-Clause
/*
 * Frames come and go meanwhile: what is read of one may be of two of its lives, which
 * makes a number wrong by one, and nothing else.
 */
#include "contexts.h"
#include "frame.h"
#include "seals.h"
#include "survey.h"

/* How many, then each: so what is hashed can be told apart in one way only. */
static void hash_seals(struct nacc_survey *survey, const struct nacc_sbi_seals *seals, nacc_u32 nr)
{
	nacc_u64 start, end;

	if (!nr)
		return;
	if (!survey->sealed)
		nacc_hash_begin(&survey->hash);
	nacc_hash_number(&survey->hash, nr);
	for (nacc_u32 i = 0; i < nr; i++) {
		start = load64(&seals->ranges[i].start);
		end = load64(&seals->ranges[i].end);
		/* One that is just being put there (seals.c) has no end. */
		end = end < start ? start : end;
		nacc_hash_number(&survey->hash, start);
		nacc_hash_number(&survey->hash, end);
		survey->sealed_bytes += end - start;
	}
	survey->sealed += nr;
}

/* Which frame has the seals of a root it knows; that it is that still, is looked at. */
static void count_seals(const struct nacc_core *core, const struct nacc_frame *root,
			struct nacc_survey *survey)
{
	nacc_u32 i = load32(&root->parent), nr;
	const struct nacc_sbi_seals *seals;

	if (i >= core->nr_frames || frame_type(&core->frames[i]) != NACC_FRAME_CONTEXT)
		return;
	seals = nacc_seals_at(core, i);
	nr = load32(&seals->nr);
	if (load64(&seals->root) != frame_pa(core, root) || nr > NACC_SBI_SEALS_MAX)
		return;
	hash_seals(survey, seals, nr);
}

static void count_root(const struct nacc_core *core, const struct nacc_frame *root,
		       struct nacc_survey *survey)
{
	nacc_u16 flags = frame_flags(root);
	const struct nacc_sbi_threads *threads;

	survey->tables += load32(&root->tables);
	if (flags & NACC_FRAME_FLAG_RETIRING) {
		survey->retiring++;
		return;
	}
	if (flags & NACC_FRAME_FLAG_BUILDING) {
		survey->building++;
		return;
	}
	survey->live++;
	survey->bound += load32(&root->slot) != NACC_BOUND_NOT;
	count_seals(core, root, survey);
	threads = nacc_threads_of(core, root);
	if (threads)
		survey->gate = load64(&threads->gate);
}

int nacc_survey_some(const struct nacc_core *core, struct nacc_survey *survey)
{
	nacc_u64 end = core->nr_frames, hashed = survey->sealed + NACC_SURVEY_RANGES;

	if (end - survey->next > NACC_SURVEY_SLICE)
		end = survey->next + NACC_SURVEY_SLICE;
	for (; survey->next < end && survey->sealed < hashed; survey->next++) {
		const struct nacc_frame *frame = &core->frames[survey->next];

		if (frame_type(frame) == NACC_FRAME_ROOT && load64(&frame->tag) == survey->tag)
			count_root(core, frame, survey);
	}
	if (survey->next < core->nr_frames)
		return 0;
	if (survey->sealed)
		nacc_hash_end(&survey->hash, survey->digest);
	return 1;
}

const struct nacc_sbi_gate *nacc_survey_gate(const struct nacc_core *core,
					     const struct nacc_survey *survey)
{
	const struct nacc_frame *frame = frame_at(core, survey->gate);
	const struct nacc_sbi_gate *gate;

	if (!frame || frame_type(frame) != NACC_FRAME_CONTEXT ||
	    load32(&frame->owner) != frame_index(core, frame))
		return 0;
	gate = nacc_phys(frame_pa(core, frame));
	return load64(&gate->tag) == survey->tag ? gate : 0;
}
