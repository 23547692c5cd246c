// SPDX-License-Identifier: GPL-2.0
/*
 * The page by which a program sees how it is protected: [nacc] in /proc/PID/maps.
 *
 * What is in it, and that nothing else can stand in its place, is the firmware's
 * (sbi-shim/include/nacc_sbi_page.h); whether there is a page at all is up to the kernel. All
 * address spaces with a tag have the same one. It is opened, and mapped, when somebody looks
 * at it first: who does not pays for a VMA.
 *
 * The VMA spans all that the page's table maps, so that nobody else is ever in that table, and
 * is sealed (mseal(2)): munmap, mremap and mprotect of it are -EPERM. A child has it, and
 * nothing in it: its entry would be a copy that the firmware does not let be. A new program
 * gets one of its own, behind all that its file maps. Where that has taken the place there is
 * none, and libnacc says so.
 *
 * Behind the page are the program's secret pages (nacc_sbi_secret.h). It has them of the
 * firmware: the module hears of them only when they go.
 *
 * Without arch_setup_additional_pages() to hook new programs have none.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "domain/internal.h"

static bool page = true;
module_param(page, bool, 0444);
MODULE_PARM_DESC(page, "programs of marked processes see how they are protected: [nacc] in their maps (default: yes)");

/* Without it a program could move what must not be moved. */
#ifdef VM_SEALED
#define CAN_SEAL	true
#else
#define CAN_SEAL	false
#define VM_SEALED	0
#endif

/* No core dump has it, no mlock and no get_user_pages(). */
#define PAGE_FLAGS	(VM_READ | VM_MAYREAD | VM_IO | VM_PFNMAP | VM_DONTDUMP | \
			 VM_WIPEONFORK | VM_DONTEXPAND | VM_SEALED)
/* And what it has when it was one. */
#define LEFT_FLAGS	(VM_READ | VM_MAYREAD)

/**
 * struct nacc_page - a page of the firmware's
 * @node: in the list of these, under nacc_domain_lock
 * @tag: of the address spaces that can have it
 * @pa: its physical address: a frame of the pool
 */
struct nacc_page {
	struct list_head node;
	u64 tag;
	phys_addr_t pa;
};

static LIST_HEAD(pages);		/* under nacc_domain_lock */

/* Under nacc_domain_lock. */
static struct nacc_page *find_page(u64 tag)
{
	struct nacc_page *p;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(p, &pages, node)
		if (p->tag == tag)
			return p;
	return NULL;
}

/* There is room for one frame. Return: 0, and @pa; -ENOMEM; an error of the shim. */
static int open_page(u64 tag, phys_addr_t *pa)
{
	struct nacc_page *p, *new = kzalloc(sizeof(*new), GFP_KERNEL);
	unsigned long value;
	int ret = 0;

	if (!new)
		return -ENOMEM;
	mutex_lock(&nacc_domain_lock);
	p = find_page(tag);
	if (!p)
		ret = nacc_sbi_call(NACC_SBI_PAGE_OPEN, tag, 0, 0, &value);
	if (!p && !ret) {
		p = new;
		new = NULL;
		p->tag = tag;
		p->pa = value;
		list_add_tail(&p->node, &pages);
	}
	if (p)
		*pa = p->pa;
	mutex_unlock(&nacc_domain_lock);
	kfree(new);
	return ret;
}

/* Whose it is; the mmap lock keeps it so. */
static bool find_mm(const struct mm_struct *mm, phys_addr_t *root, u64 *tag)
{
	const struct nacc_mm *entry;

	preempt_disable();
	entry = nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd)));
	if (entry) {
		*root = entry->root;
		*tag = entry->tag;
	}
	preempt_enable();
	return entry;
}

static int show_page(struct mm_struct *mm, pmd_t *pmd, phys_addr_t root, u64 tag)
{
	phys_addr_t pa;
	int ret;

	/* Its table, and the page itself */
	if (!nacc_share_take(mm, 2, NACC_ROOM_WAIT))
		return -ENOMEM;
	ret = open_page(tag, &pa);
	if (!ret)
		ret = nacc_page_put(mm, pmd, root, pa);
	nacc_share_give(mm, 2);
	return ret;
}

/* A fault with the mmap lock held: the kernel asks for it where there is no map_pages. */
static vm_fault_t page_fault(struct vm_fault *vmf)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	phys_addr_t root;
	u64 tag;

	if (vmf->address - NACC_PAGE_VA >= PAGE_SIZE || !find_mm(mm, &root, &tag) ||
	    show_page(mm, vmf->pmd, root, tag))
		return VM_FAULT_SIGBUS;
	local_flush_tlb_page(vmf->address);
	return VM_FAULT_NOPAGE;
}

/* A child's: what its parent has done to the flags does not come with it. */
static void page_open(struct vm_area_struct *vma)
{
	__module_get(THIS_MODULE);
	vm_flags_set(vma, VM_WIPEONFORK);
}

static void page_close(struct vm_area_struct *vma)
{
	module_put(THIS_MODULE);
}

static const char *page_name(struct vm_area_struct *vma)
{
	return "[nacc]";
}

static int page_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	return -EINVAL;
}

static const struct vm_operations_struct page_ops = {
	.open = page_open,
	.close = page_close,
	.fault = page_fault,
	.name = page_name,
	.may_split = page_may_split,
};

static const struct vm_special_mapping page_mapping = { .name = "[nacc]" };

static struct vm_area_struct *find_own(struct mm_struct *mm)
{
	struct vm_area_struct *vma = vma_lookup(mm, NACC_PAGE_VA);

	return vma && vma->vm_ops == &page_ops ? vma : NULL;
}

/* What is left of one: see page_ends(). */
static struct vm_area_struct *find_left(struct mm_struct *mm)
{
	struct vm_area_struct *vma = vma_lookup(mm, NACC_PAGE_VA);
	const unsigned long rights = VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYREAD |
				     VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE;

	return vma && vma->vm_start == NACC_PAGE_VA &&
	       vma->vm_end == NACC_PAGE_VA + NACC_PAGE_SPAN && vma_is_anonymous(vma) &&
	       (vma->vm_flags & rights) == LEFT_FLAGS ? vma : NULL;
}

static bool fits(struct mm_struct *mm)
{
	return NACC_PAGE_VA + NACC_PAGE_SPAN <= mm->task_size &&
	       !find_vma_intersection(mm, NACC_PAGE_VA, NACC_PAGE_VA + NACC_PAGE_SPAN);
}

/**
 * nacc_page_install() - a marked address space has a place for its page from now on
 * @mm: the mm, its mmap lock held for writing
 *
 * If there is none to be had it goes on without.
 *
 * Context: may sleep.
 */
void nacc_page_install(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	/* Where one was that has ended there is none any more: only its own process can unmap. */
	if (!nacc_page_offered() || !fits(mm) || !try_module_get(THIS_MODULE))
		return;
	vma = nacc_ksym.install_special_mapping(mm, NACC_PAGE_VA, NACC_PAGE_SPAN,
						PAGE_FLAGS, &page_mapping);
	if (IS_ERR(vma))
		module_put(THIS_MODULE);
	else
		vma->vm_ops = &page_ops;
}

/**
 * nacc_page_begin() - the same for who may not be marked any more
 * @mm: the mm, in use
 *
 * Context: may sleep; no lock of any mm is held.
 */
void nacc_page_begin(struct mm_struct *mm)
{
	if (!nacc_page_offered() || mmap_write_lock_killable(mm))
		return;
	if (nacc_mm_marked(mm))
		nacc_page_install(mm);
	mmap_write_unlock(mm);
}

/*
 * What was found once is looked at again without asking anybody: it has to stay readable. So
 * where the page was there are zeros, of ordinary memory that nobody can write.
 */
static void page_ends(struct vm_area_struct *vma)
{
	nacc_zap(vma, NACC_PAGE_VA, PAGE_SIZE * (1 + NACC_SECRET_PAGES));
	vm_flags_mod(vma, 0, PAGE_FLAGS & ~LEFT_FLAGS);
	vma->vm_ops = NULL;
	vma->vm_private_data = NULL;
	vma->vm_pgoff = NACC_PAGE_VA >> PAGE_SHIFT;
	module_put(THIS_MODULE);
}

static void page_stays(struct vm_area_struct *vma)
{
	__module_get(THIS_MODULE);
	vm_flags_mod(vma, PAGE_FLAGS, 0);
	vma->vm_ops = &page_ops;
}

/**
 * nacc_page_leave() - an address space is marked no more, or is after all
 * @mm: the mm, its mmap lock held for writing
 * @leaves: false: it is, and nobody has used it since this was called with true
 *
 * Context: may sleep. The domain has a reference to this module.
 */
void nacc_page_leave(struct mm_struct *mm, bool leaves)
{
	struct vm_area_struct *vma = leaves ? find_own(mm) : find_left(mm);

	if (vma && leaves)
		page_ends(vma);
	else if (vma)
		page_stays(vma);
}

/**
 * nacc_page_offered() - do marked processes have pages?
 *
 * Context: any, probes included.
 */
notrace bool nacc_page_offered(void)
{
	return page && CAN_SEAL && nacc_ksym.install_special_mapping &&
	       nacc_can_zap();
}

NOKPROBE_SYMBOL(nacc_page_offered);

/* Under nacc_domain_lock. */
static bool is_wanted(u64 tag)
{
	const struct nacc_domain *d;
	const struct nacc_mm *entry;

	list_for_each_entry(d, &nacc_domains, node)
		if (nacc_domain_tag(d) == tag || d->id == tag)
			return true;
	list_for_each_entry(entry, &nacc_mms, node)
		if (entry->tag == tag)
			return true;
	return false;
}

/**
 * nacc_page_keep() - close the pages that nobody can have any more
 *
 * Context: may sleep; the keeper.
 * Return: whether there is one that cannot be closed yet.
 */
bool nacc_page_keep(void)
{
	struct nacc_page *p, *next;
	bool more = false;
	int ret;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry_safe(p, next, &pages, node) {
		if (is_wanted(p->tag))
			continue;
		ret = nacc_sbi_call(NACC_SBI_PAGE_CLOSE, p->pa, 0, 0, NULL);
		/* It is none any more. */
		if (ret && ret != -EFAULT) {
			more = true;
			continue;
		}
		list_del(&p->node);
		kfree(p);
	}
	mutex_unlock(&nacc_domain_lock);
	return more;
}

/**
 * nacc_page_tag() - whose page a frame is
 * @pa: physical address of a frame
 *
 * Return: their tag, if it is one, or 0.
 */
u64 nacc_page_tag(phys_addr_t pa)
{
	const struct nacc_page *p;
	u64 tag = 0;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(p, &pages, node)
		if (p->pa == pa)
			tag = p->tag;
	mutex_unlock(&nacc_domain_lock);
	return tag;
}

/**
 * nacc_page_seq() - print its lines of /proc/nacc/status
 * @m: where to
 */
void nacc_page_seq(struct seq_file *m)
{
	unsigned long used;

	if (!page)
		seq_puts(m, "page: off (page=0)\n");
	else if (!nacc_page_offered())
		seq_puts(m, "page: none (this kernel cannot seal a mapping)\n");
	else
		seq_printf(m, "page: offered at %#lx\n", NACC_PAGE_VA);
	if (!nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_SECRETS, 1, 0, &used))
		seq_printf(m, "secret_pages: %lu of %lu address spaces\n", used,
			   nacc_sbi_info(NACC_INFO_SECRETS));
}

#ifdef NACC_KUNIT
#include "page_test.c"
#endif
