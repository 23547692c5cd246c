// SPDX-License-Identifier: GPL-2.0
/*
 * Seals: ranges of a marked address space whose translation the firmware keeps as it is
 * (sbi-shim/include/nacc_sbi_seal.h), and Linux has no reason to change.
 *
 * The pages of a sealed range are pinned for long, and so anonymous: a pin of a private
 * mapping of a file makes a copy. Such pages are neither reclaimed, nor migrated, nor
 * shared by a child, which gets copies, nor touched by a file that is cut short. What a
 * program may ask for is refused by flags of the VMA: VM_SEALED (munmap, mprotect, mremap),
 * VM_LOCKED (madvise), VM_DONTEXPAND (KSM, huge pages, munlock). They make for clean
 * errors; what holds is at the firmware. See kmod/routes/seal.c for the rest.
 *
 * At exit the entries stay as they are until the whole address space is retired, and the
 * pages with them: so nobody else has a page that a root still names.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "domain/internal.h"
#include "tables/shadow.h"

#ifndef VM_SEALED
#define VM_SEALED	0
#endif

/* Pages of one call: 1 GiB */
#define PAGES_MAX	(1UL << 18)
#define TRIES		4

#define SEAL_FLAGS	(VM_SEALED | VM_LOCKED | VM_DONTEXPAND)
#define NO_SEAL		(VM_SHARED | VM_MAYSHARE | VM_IO | VM_PFNMAP | VM_MIXEDMAP | VM_HUGETLB | \
			 VM_MERGEABLE | VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR)

/* What the firmware has; S-mode cannot write it. */
static const struct nacc_sbi_seals *seals_of(const struct nacc_mm *entry)
{
	const phys_addr_t pa = entry ? READ_ONCE(entry->sealed) : 0;

	return nacc_in_pool(pa) ? __va(pa) : NULL;
}

/* Ranges become one, and others take their places: from the last to the first none is missed. */
static __always_inline bool in_ranges(const struct nacc_sbi_seals *seals, unsigned long start,
				      unsigned long end)
{
	/* As many as there are, and what they are. */
	u32 i = min_t(u32, smp_load_acquire(&seals->nr), NACC_SBI_SEALS_MAX);

	while (i--) {
		if (start < READ_ONCE(seals->ranges[i].end) &&
		    READ_ONCE(seals->ranges[i].start) < end)
			return true;
		/* What stands here now has been put in its place before. */
		smp_rmb();
	}
	return false;
}

/* Is all of it sealed? What is sealed is of one range then. With the mmap lock held */
static bool all_sealed(const struct mm_struct *mm, unsigned long start, unsigned long end)
{
	const struct nacc_sbi_seals *seals;
	bool all = false;
	u32 i;

	preempt_disable();
	seals = seals_of(nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd))));
	for (i = seals ? min_t(u32, READ_ONCE(seals->nr), NACC_SBI_SEALS_MAX) : 0; i--;)
		all |= READ_ONCE(seals->ranges[i].start) <= start &&
		       end <= READ_ONCE(seals->ranges[i].end);
	preempt_enable();
	return all;
}

/**
 * nacc_sealed() - is anything sealed in a range of an mm?
 * @mm: the mm; it stays meanwhile
 * @start: first address of the range
 * @end: address behind its last
 *
 * Context: any, probes included.
 */
notrace bool nacc_sealed(const struct mm_struct *mm, unsigned long start, unsigned long end)
{
	const phys_addr_t root = __pa(READ_ONCE(mm->pgd));
	const struct nacc_mm *entry;
	bool found = false;
	phys_addr_t pa;

	if (!nacc_in_pool(root))
		return false;
	preempt_disable_notrace();
	entry = nacc_mm_by_frame(nacc_frame_index(root));
	pa = entry && entry->mm == mm ? READ_ONCE(entry->sealed) : 0;
	if (nacc_in_pool(pa))
		found = in_ranges(__va(pa), start, end);
	preempt_enable_notrace();
	return found;
}

NOKPROBE_SYMBOL(nacc_sealed);

/* Whole mappings of a kind that nobody else changes. */
static int check_vmas(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	VMA_ITERATOR(vmi, mm, start);
	struct vm_area_struct *vma;
	unsigned long at = start;

	for_each_vma_range(vmi, vma, end) {
		if (vma->vm_start > at)
			return -ENOMEM;
		if (vma->vm_start < at || vma->vm_end > end)
			return -EINVAL;
		if (vma->vm_flags & VM_WRITE || !(vma->vm_flags & VM_READ))
			return -EACCES;
		if (vma->vm_flags & NO_SEAL)
			return -EOPNOTSUPP;
		at = vma->vm_end;
	}
	return at == end ? 0 : -ENOMEM;
}

/* The mmap lock is held for reading, and may be let go. */
static int pin(struct mm_struct *mm, unsigned long start, unsigned long nr,
	       struct nacc_pins *pins, int *locked)
{
	while (pins->nr < nr) {
		long n;

		if (!*locked) {
			if (mmap_read_lock_killable(mm))
				return -EINTR;
			*locked = 1;
		}
		n = pin_user_pages_remote(mm, start + (pins->nr << PAGE_SHIFT), nr - pins->nr,
					  FOLL_LONGTERM, pins->page + pins->nr, locked);
		if (n <= 0)
			return n ?: -EAGAIN;
		pins->nr += n;
		cond_resched();
	}
	return 0;
}

/* Does the entry name the page that is pinned? With the mmap lock held for writing */
static int is_pinned(struct mm_struct *mm, unsigned long addr, const struct page *page)
{
	pmd_t *pmd = nacc_shadow_pmd(mm, addr);
	const u64 *entries;
	int ret = -EAGAIN;
	u64 pte;

	rcu_read_lock();
	entries = nacc_shadow_frame(pmd);
	pte = entries ? READ_ONCE(entries[addr >> PAGE_SHIFT & (PTRS_PER_PTE - 1)]) : 0;
	if (!entries && pmd && pmd_val(*pmd))
		ret = -EOPNOTSUPP;
	else if (pte & _PAGE_PRESENT && nacc_pte_pa(pte) == page_to_phys(page) && PageAnon(page))
		ret = 0;
	rcu_read_unlock();
	return ret;
}

static int check_pages(struct mm_struct *mm, unsigned long start, const struct nacc_pins *pins)
{
	unsigned long i;
	int ret = 0;

	for (i = 0; !ret && i < pins->nr; i++)
		ret = is_pinned(mm, start + (i << PAGE_SHIFT), pins->page[i]);
	return ret;
}

static void set_flags(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	VMA_ITERATOR(vmi, mm, start);
	struct vm_area_struct *vma;

	for_each_vma_range(vmi, vma, end)
		vm_flags_set(vma, SEAL_FLAGS);
}

/* Where the firmware keeps what is sealed of a root: its record says. Zero: nothing is. */
static phys_addr_t find_seals(phys_addr_t root, struct nacc_sbi_frame *frame)
{
	if (nacc_sbi_call(NACC_SBI_FRAMES, nacc_frame_index(root), 1, __pa(frame), NULL) ||
	    frame->parent >= nacc_pool.nr)
		return 0;
	return nacc_frame_pa(frame->parent);
}

/* Return: 0; or an error, and some of it may be sealed. */
static int tell_firmware(phys_addr_t root, unsigned long start, unsigned long end)
{
	unsigned long next, reason;
	int ret = 0;

	for (; !ret && start < end; start = next) {
		next = min(end, (start | (NACC_SBI_SEAL_SPAN - 1)) + 1);
		ret = nacc_sbi_call(NACC_SBI_SEAL, root, start, next, &reason);
	}
	if (ret)
		pr_err_ratelimited("the firmware does not seal %#lx: error %d, %s\n", start, ret,
				   nacc_reason_name(reason));
	/* Stores that were judged before are performed by then, whatever of it there is. */
	nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL);
	return ret == -ENOMEM ? -ENOSPC : ret == -EFAULT ? -EAGAIN : ret == -EBUSY ? -ENOENT : ret;
}

/* The mm may have become that of another entry. Return: whether the pins are known there. */
static bool commit(struct mm_struct *mm, phys_addr_t seals, struct nacc_pins *pins)
{
	struct nacc_mm *entry;

	mutex_lock(&nacc_domain_lock);
	entry = nacc_mm_find(__pa(READ_ONCE(mm->pgd)));
	if (entry && entry->mm == mm) {
		pins->next = entry->pins;
		entry->pins = pins;
		/* Pairs with what reads it without a lock: what is there is complete. */
		smp_store_release(&entry->sealed, seals);
	} else {
		entry = NULL;
	}
	mutex_unlock(&nacc_domain_lock);
	return entry;
}

/* With the mmap lock held for writing. Pages that are sealed stay, whatever is returned. */
static int seal_pinned(struct mm_struct *mm, unsigned long start, unsigned long end,
		       struct nacc_pins **pins, struct nacc_sbi_frame *frame)
{
	const phys_addr_t root = __pa(READ_ONCE(mm->pgd));
	phys_addr_t seals;
	int ret = check_vmas(mm, start, end);

	if (!ret)
		ret = check_pages(mm, start, *pins);
	if (ret)
		return ret;
	ret = tell_firmware(root, start, end);
	seals = find_seals(root, frame);
	if (!seals || !in_ranges(__va(seals), start, end))
		return ret ?: -EIO;
	set_flags(mm, start, end);
	atomic64_add((*pins)->nr, &mm->pinned_vm);
	if (commit(mm, seals, *pins))
		*pins = NULL;
	return ret;
}

static int try_seal(struct mm_struct *mm, unsigned long start, unsigned long end,
		    struct nacc_pins **pins, struct nacc_sbi_frame *frame)
{
	int locked = 1, ret;
	bool sealed;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	ret = check_vmas(mm, start, end);
	/* Once more is no error, and takes no more pins. */
	sealed = !ret && all_sealed(mm, start, end);
	if (!ret && !sealed)
		ret = pin(mm, start, (end - start) >> PAGE_SHIFT, *pins, &locked);
	if (locked)
		mmap_read_unlock(mm);
	if (ret || sealed)
		return ret;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = seal_pinned(mm, start, end, pins, frame);
	mmap_write_unlock(mm);
	return ret;
}

/* Its domain is not unmarked meanwhile. */
static int seal_mm(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	const unsigned long nr = (end - start) >> PAGE_SHIFT;
	struct nacc_sbi_frame *frame = (void *)get_zeroed_page(GFP_KERNEL);
	int ret = frame ? -EAGAIN : -ENOMEM, tries;

	for (tries = 0; ret == -EAGAIN && tries < TRIES; tries++) {
		struct nacc_pins *pins = kvzalloc(struct_size(pins, page, nr), GFP_KERNEL_ACCOUNT);

		ret = pins ? try_seal(mm, start, end, &pins, frame) : -ENOMEM;
		if (pins)
			nacc_unpin(pins);
	}
	free_page((unsigned long)frame);
	return ret;
}

static int check_able(void)
{
	if (!nacc_guarded())
		return -EOPNOTSUPP;
	/* For debuggers and uprobes, and what moves pages */
	nacc_hook_if_used(NACC_DEMAND_RULES);
	return nacc_seals_hooked() ? 0 : -EOPNOTSUPP;
}

/* One frame, for what is sealed; most of the time it is there already. */
static int seal_in(struct nacc_domain *domain, struct mm_struct *mm, unsigned long start,
		   unsigned long end)
{
	int ret = nacc_promotion_begin(domain);

	if (ret)
		return ret == -ECANCELED ? -ENOENT : ret;
	ret = check_able();
	if (!ret && !nacc_share_take_domain(domain, 1, NACC_ROOM_WAIT)) {
		ret = -ENOMEM;
	} else if (!ret) {
		ret = seal_mm(mm, start, end);
		nacc_share_give_domain(domain, 1, true);
	}
	nacc_promotion_end(domain);
	return ret;
}

/**
 * nacc_seal() - seal a range of a marked mm
 * @mm: the mm; the caller holds mm_users
 * @start: first address
 * @end: address behind the last
 *
 * Context: may sleep; no lock of any mm is held.
 * Return: as NACC_IOC_SEAL.
 */
int nacc_seal(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct nacc_domain *domain;
	int ret;

	if ((start | end) & ~PAGE_MASK || start >= end || end > TASK_SIZE ||
	    (end - start) >> PAGE_SHIFT > PAGES_MAX)
		return -EINVAL;
	domain = nacc_domain_get_by_mm(mm);
	if (!domain)
		return -ENOENT;
	ret = seal_in(domain, mm, start, end);
	nacc_domain_put(domain);
	return ret;
}

/**
 * nacc_seals_get() - what is sealed of an mm
 * @mm: the mm; the caller holds mm_users
 * @ranges: where to, room for NACC_SBI_SEALS_MAX
 *
 * Context: any; the mmap lock is held, or what is just being sealed may be there by half.
 * Return: how many there are.
 */
u32 nacc_seals_get(const struct mm_struct *mm, struct nacc_seal_range *ranges)
{
	const struct nacc_sbi_seals *seals;
	u32 i, nr = 0;

	preempt_disable();
	seals = seals_of(nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd))));
	if (seals)
		nr = min_t(u32, READ_ONCE(seals->nr), NACC_SBI_SEALS_MAX);
	for (i = 0; i < nr; i++) {
		ranges[i].start = READ_ONCE(seals->ranges[i].start);
		ranges[i].end = READ_ONCE(seals->ranges[i].end);
	}
	preempt_enable();
	return nr;
}

/**
 * nacc_seals_nr() - how many ranges of it are sealed
 * @entry: a marked mm that stays
 */
unsigned int nacc_seals_nr(const struct nacc_mm *entry)
{
	const struct nacc_sbi_seals *seals = seals_of(entry);

	return seals ? READ_ONCE(seals->nr) : 0;
}

/*
 * The next mappings in a row, of a range, that one call can have. What was not to be copied
 * (MADV_DONTFORK) is not there. Nobody else has the mm.
 */
static bool next_piece(struct mm_struct *mm, unsigned long *at, unsigned long end,
		       unsigned long *to)
{
	VMA_ITERATOR(vmi, mm, *at);
	struct vm_area_struct *vma;

	*to = 0;
	mmap_read_lock(mm);
	for_each_vma_range(vmi, vma, end) {
		if (!*to)
			*at = vma->vm_start;
		else if (vma->vm_start > *to ||
			 (vma->vm_end - *at) >> PAGE_SHIFT > PAGES_MAX)
			break;
		*to = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return *to;
}

static int seal_pieces(struct mm_struct *mm, const struct nacc_seal_range *range)
{
	unsigned long at = range->start, to;
	int ret = 0;

	for (; !ret && next_piece(mm, &at, range->end, &to); at = to)
		ret = nacc_seal(mm, at, to);
	return ret;
}

/**
 * nacc_seal_child() - a child that has not run gets the seals of its maker, the current task
 * @child: the child
 *
 * Context: may sleep; no lock of any mm is held.
 * Return: 0, also if there are none, or the address space is the same; else it must not run.
 */
int nacc_seal_child(struct task_struct *child)
{
	struct mm_struct *mm = child->mm;
	struct nacc_seal_range *ranges;
	int ret = 0;
	u32 i, nr;

	if (!mm || mm == current->mm || !nacc_sealed(current->mm, 0, ULONG_MAX))
		return 0;
	ranges = kvcalloc(NACC_SBI_SEALS_MAX, sizeof(*ranges), GFP_KERNEL);
	if (!ranges)
		return -ENOMEM;
	/* While another thread seals, a range may be of the old and of the new. */
	mmap_read_lock(current->mm);
	nr = nacc_seals_get(current->mm, ranges);
	mmap_read_unlock(current->mm);
	for (i = 0; !ret && i < nr; i++)
		ret = seal_pieces(mm, &ranges[i]);
	kvfree(ranges);
	return ret;
}

/**
 * nacc_domain_sealed() - is anything sealed in a domain?
 * @domain: the domain
 *
 * Context: may sleep.
 */
bool nacc_domain_sealed(const struct nacc_domain *domain)
{
	struct nacc_mm *entry;
	bool sealed = false;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &domain->members, member)
		sealed |= !!entry->sealed;
	mutex_unlock(&nacc_domain_lock);
	return sealed;
}

/**
 * nacc_seals_hand_over() - an mm has another entry from now on
 * @old: that which it had
 * @now: that which it has
 *
 * Context: under nacc_domain_lock.
 */
void nacc_seals_hand_over(struct nacc_mm *old, struct nacc_mm *now)
{
	lockdep_assert_held(&nacc_domain_lock);
	now->pins = old->pins;
	old->pins = NULL;
	/* Pairs as in commit(). */
	smp_store_release(&now->sealed, old->sealed);
}

#ifdef NACC_KUNIT
#include "seal_test.c"
#endif
