// SPDX-License-Identifier: GPL-2.0
/* The lock of a VMA is a count of its readers (7.2), and who waits for it can be killed. */
#include <linux/mm.h>

int probe(struct vm_area_struct *vma);
int probe(struct vm_area_struct *vma)
{
	return refcount_read(&vma->vm_refcnt) == VM_REFCNT_EXCLUDE_READERS_FLAG ?
	       vma_start_write_killable(vma) : 0;
}
