// SPDX-License-Identifier: GPL-2.0
/* Flags of a VMA for a file are a structure (7.2). */
#include <linux/mm.h>
#include <linux/shmem_fs.h>

struct file *probe(void);
struct file *probe(void)
{
	return shmem_kernel_file_setup("", 0, EMPTY_VMA_FLAGS);
}
