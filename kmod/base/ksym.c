// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel symbols that are not exported to modules.
 *
 * Each is a plain function or object of a stock kernel; what each is needed for
 * stands at struct nacc_ksym. A kernel without one of them is refused with the
 * name of what is missing.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

#include "base/base.h"

struct nacc_ksym nacc_ksym __ro_after_init;

static int __init ksym_find_lookup(void)
{
	/*
	 * A probe at the very entry is refused where ftrace owns it (riscv has
	 * no KPROBES_ON_FTRACE), so the place behind the patchable entry of
	 * four compressed or two full nops is tried as well.
	 */
	static const unsigned int offsets[] __initconst = { 0, 8 };
	unsigned int i;
	int ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		struct kprobe kp = {
			.symbol_name = "kallsyms_lookup_name",
			.offset = offsets[i],
		};

		ret = register_kprobe(&kp);
		if (ret)
			continue;
		nacc_ksym.lookup = (void *)((unsigned long)kp.addr - offsets[i]);
		unregister_kprobe(&kp);
		return 0;
	}
	return ret;
}

/**
 * nacc_ksym_init() - resolve struct nacc_ksym
 *
 * Context: module load, may sleep.
 * Return: 0, or -ENOENT after one line that names what is missing.
 */
int __init nacc_ksym_init(void)
{
	const struct {
		const char *name;
		void *slot;
	} wanted[] = {
		{ "kallsyms_lookup_size_offset", &nacc_ksym.lookup_size },
		{ "mm_take_all_locks", &nacc_ksym.mm_take_all_locks },
		{ "mm_drop_all_locks", &nacc_ksym.mm_drop_all_locks },
		{ "pidfd_get_pid", &nacc_ksym.pidfd_get_pid },
		{ "kallsyms_on_each_symbol", &nacc_ksym.on_each_symbol },
		{ "__pmd_alloc", &nacc_ksym.pmd_alloc },
		{ "init_mm", &nacc_ksym.init_mm },
		{ "vmap_page_range", &nacc_ksym.vmap_page_range },
		{ "vunmap_range", &nacc_ksym.vunmap_range },
		{ "kernel_page_present", &nacc_ksym.kernel_page_present },
		{ "tlb_remove_table", &nacc_ksym.tlb_remove_table },
#if ALLOC_SPLIT_PTLOCKS
		{ "ptlock_alloc", &nacc_ksym.ptlock_alloc },
		{ "ptlock_free", &nacc_ksym.ptlock_free },
#endif
	};
	unsigned int i;

	if (ksym_find_lookup()) {
		pr_err("cannot find kallsyms_lookup_name: the kernel needs CONFIG_KPROBES and CONFIG_KALLSYMS\n");
		return -ENOENT;
	}
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		unsigned long addr = nacc_ksym.lookup(wanted[i].name);

		if (!addr) {
			pr_err("this kernel has no %s: it is not supported\n",
			       wanted[i].name);
			return -ENOENT;
		}
		*(unsigned long *)wanted[i].slot = addr;
	}
	nacc_ksym.task_work_cancel_func =
		(void *)nacc_ksym.lookup("task_work_cancel_func");
	nacc_ksym.efi_mm = (const struct mm_struct *)nacc_ksym.lookup("efi_mm");
	nacc_ksym.switch_mm = (void *)nacc_ksym.lookup("switch_mm");
	nacc_ksym.zap_page_range_single =
		(void *)nacc_ksym.lookup("zap_page_range_single");
	nacc_ksym.zap_vma_range = (void *)nacc_ksym.lookup("zap_vma_range");
	nacc_ksym.install_special_mapping =
		(void *)nacc_ksym.lookup("_install_special_mapping");
	nacc_ksym.kexec_in_progress =
		(const bool *)nacc_ksym.lookup("kexec_in_progress");
	return 0;
}

/**
 * nacc_listed() - is a function named by a parameter of the module?
 * @list: names, by commas
 * @name: the function's
 * @len: length of its name
 */
bool nacc_listed(const char *list, const char *name, size_t len)
{
	size_t word;

	for (; *list; list += word + (list[word] == ',')) {
		word = strcspn(list, ",");
		if (word == len && !strncmp(list, name, len))
			return true;
	}
	return false;
}

/**
 * nacc_note_symbol() - which names of a list is a symbol of the kernel?
 * @names: the list
 * @found: out: set for each that it is; what was set stays
 * @nr: names in it
 * @symbol: the symbol
 * @len: its length, without a compiler's suffix
 *
 * Context: module load.
 * Return: whether it is one of them.
 */
bool __init nacc_note_symbol(const char *const *names, bool *found, unsigned int nr,
			     const char *symbol, size_t len)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (strncmp(symbol, names[i], len) || names[i][len])
			continue;
		found[i] = true;
		any = true;
	}
	return any;
}

/**
 * nacc_zap() - unmap a part of a VMA, by the kernel's own function
 * @vma: the VMA; nacc_can_zap()
 * @addr: first address
 * @size: in bytes
 *
 * Context: as that function: the mmap lock is held.
 */
void nacc_zap(struct vm_area_struct *vma, unsigned long addr, unsigned long size)
{
	if (nacc_ksym.zap_vma_range)
		nacc_ksym.zap_vma_range(vma, addr, size);
	else
		nacc_ksym.zap_page_range_single(vma, addr, size, NULL);
}
