// SPDX-License-Identifier: GPL-2.0
/* The flags of an mm are a bitmap behind functions (6.18). */
#include <linux/mm.h>

void probe(struct mm_struct *mm);
void probe(struct mm_struct *mm)
{
	mm_flags_set(MMF_UNSTABLE, mm);
}
