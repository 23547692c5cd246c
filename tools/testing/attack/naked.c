// SPDX-License-Identifier: GPL-2.0
/*
 * Stores of the kernel's own code that nobody is prepared for to fail: refused,
 * they end the context that makes them.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "attack.h"

#define OBJECT	128

/** attack_naked_store() - a store of this module without an exception-table entry */
int attack_naked_store(void *addr, u64 value)
{
	WRITE_ONCE(*(u64 *)addr, value);
	return 0;
}

/** attack_naked_memcpy() - memcpy() to where it should not go */
int attack_naked_memcpy(void *addr, u64 value)
{
	u64 words[OBJECT / sizeof(u64)];
	size_t len = sizeof(words);

	memcpy(words, addr, len);
	words[0] = value;
	/* Of a size that the compiler does not know: a call. */
	OPTIMIZER_HIDE_VAR(len);
	memcpy(addr, words, len);
	return 0;
}

/* See struct kmem_cache of mm/slub.c: its first member is what each CPU has of it. */
struct slab_cache {
	void * __percpu *cpu;
};

/* So many words of that, and of what it names */
#define CPU_WORDS	4
#define SHEAF_WORDS	64

static void **find_word(void **words, unsigned int nr, const void *wanted)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (READ_ONCE(words[i]) == wanted)
			return words + i;
	return NULL;
}

/*
 * Where it is written that this object is the next: in struct kmem_cache_cpu or, where there
 * is none any more (7.0), in the array that struct slub_percpu_sheaves names.
 */
static void **find_next(void **cpu, const void *object)
{
	void **found = find_word(cpu, CPU_WORDS, object);
	unsigned int i;

	for (i = 0; i < CPU_WORDS && !found; i++)
		if (IS_ALIGNED((unsigned long)cpu[i], sizeof(u64)) && virt_addr_valid(cpu[i]))
			found = find_word(cpu[i], SHEAF_WORDS, object);
	return found;
}

/**
 * attack_naked_slab() - the allocator is made to hand out memory that is not its
 * @addr: what is said to be free
 * @value: 0: it clears what it hands out
 *
 * Leaves a cache behind that cannot be destroyed any more.
 */
int attack_naked_slab(void *addr, u64 value)
{
	struct kmem_cache *cache = kmem_cache_create("nacc_attack", OBJECT, OBJECT,
						     SLAB_NO_MERGE, NULL);
	void *object, **next;

	if (!cache || value)
		return -EINVAL;
	/* The free list is this CPU's. */
	if (set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id())))
		return -EINVAL;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	kmem_cache_free(cache, object);
	next = find_next(this_cpu_ptr(((struct slab_cache *)cache)->cpu), object);
	if (!next)
		return -ESRCH;
	WRITE_ONCE(*next, addr);
	object = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_ZERO);
	WRITE_ONCE(*next, NULL);
	return object == addr ? 0 : -EINVAL;
}
