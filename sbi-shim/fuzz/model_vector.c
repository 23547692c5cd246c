// SPDX-License-Identifier: BSD-2-Clause
/* Vector registers of threads: the frames they are in, and what a signal's frame has of them. */
#include "model.h"

#define PLACES		4U	/* contexts in a frame */
#define PARTS		8

/* Frames that contexts from place @first on take, with that which they are in */
int context_frames(int first)
{
	return 1 + ((PLACES - first) * 32 * m.layout.vlenb + PAGE - 1) / PAGE;
}

int armed_frames(void)
{
	int nr = 0;

	for (int i = 0; i < mo.nr; i++)
		nr += mo.f[i].kind == K_ARMED;
	return nr;
}

/* Frame @i is one of contexts now: the core has taken others with it, and says in it which. */
void take_vector(int i, int first)
{
	struct nacc_sbi_context *c = (void *)mo.f[i].e;
	int nr = 0;

	for (int v = 0; v < mo.nr; v++) {
		if (mo.f[v].kind != K_ARMED || m.core.frames[v].type != NACC_FRAME_CONTEXT)
			continue;
		take(frame_pa_of(v), K_CONTEXT, 7, mo.f[i].owner);
		mo.f[v].parent = i;
		nr++;
	}
	same("frames of vector registers", nr, context_frames(first) - 1);
	/* tests/check_vector.c is content with where they are, or not. */
	for (unsigned int n = first; n < PLACES; n++) {
		c[n].vlenb = in_core(&c[n])->vlenb;
		c[n].vector = in_core(&c[n])->vector;
		same("bytes of a vector register", c[n].vlenb, m.layout.vlenb);
	}
}

/* What belongs to the thread goes, what belongs to the place stays. */
void forget(struct nacc_sbi_context *c)
{
	memset(c, 0, offsetof(struct nacc_sbi_context, vlenb));
}

/* Where a signal's frame has the state of vector registers, or 0 */
static nacc_u64 state_at(nacc_u64 sp)
{
	nacc_u64 at = (sp + 1080) & ~7UL;

	for (int i = 0; i < PARTS && is_user(at, 8) && *user_at(at); i++) {
		if ((*user_at(at) & 0xffffffff) == V_MAGIC)
			return is_user(at + 8, 48) ? at + 8 : 0;
		at += *user_at(at) >> 32 & ~7UL;
	}
	return 0;
}

/* Of a strict gate; a call leaves nothing, but rt_sigreturn(2) what its frame has. */
void note_vector(struct nacc_sbi_context *c, int sigreturn)
{
	nacc_u64 state = sigreturn && c->vlenb ? state_at(c->x[2]) : 0, data, bytes;
	char *to;

	c->flags &= ~NACC_CONTEXT_VECTOR;
	if (!state)
		return;
	data = *user_at(state + 40);
	if (data % 8)
		return;
	bytes = 32 * c->vlenb;
	to = (char *)mo.f[index_of(c->vector & ~(PAGE - 1))].e + c->vector % PAGE;
	/* Half of it may be there, and is nothing. */
	memcpy(to, page_at(c->vector & ~(PAGE - 1)) + c->vector % PAGE / 8, bytes);
	if (!is_user(data, bytes))
		return;
	memcpy(to, user_at(data), bytes);
	memcpy(&c->vstart, user_at(state), 32);
	c->flags |= NACC_CONTEXT_VECTOR;
}
