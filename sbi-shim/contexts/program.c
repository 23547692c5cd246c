// SPDX-License-Identifier: BSD-2-Clause
/* What lies in the memory of a program, for the rules of turn.h. */
#include "mem.h"
#include "pte.h"
#include "rules.h"

int nacc_words_read(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va, nacc_u64 *to,
		    nacc_u32 nr, nacc_u64 *missing)
{
	nacc_u32 here = (PAGE_SIZE - va % PAGE_SIZE) / 8, done = 0;
	int read = 1;

	for (here = here < nr ? here : nr; done < nr && read > 0; here = nr - done) {
		read = nacc_user_read(core, satp, va + done * 8, to + done, here);
		if (read < 0)
			*missing = va + done * 8;
		done += here;
	}
	return read > 0;
}

int nacc_bytes_read(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va, nacc_u32 bytes,
		    nacc_u64 *to, nacc_u64 *missing)
{
	nacc_u32 shift = va % 8 * 8;
	nacc_u64 words[2] = { 0 };

	if (!nacc_words_read(core, satp, va & ~7ULL, words, va % 8 + bytes > 8 ? 2 : 1, missing))
		return 0;
	*to = shift ? words[0] >> shift | words[1] << (64 - shift) : words[0];
	return 1;
}
