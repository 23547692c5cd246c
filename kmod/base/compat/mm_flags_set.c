// SPDX-License-Identifier: GPL-2.0
/* The flags of an mm are a bitmap behind functions (7.2). */
#include <linux/mm.h>

void probe(struct mm_struct *mm);
void probe(struct mm_struct *mm)
{
	mm_flags_set(MMF_UNSTABLE, mm);
}
