// SPDX-License-Identifier: BSD-2-Clause
/*
 * What does this hart's page-table walker do with A and D bits in read-only
 * memory? Tried, not inferred: the specification leaves it to the hart, and QEMU
 * alone has three answers (F8).
 *
 * Two pages of the firmware stand in for the pool and for memory: under two
 * entries of the PMP, for the moment, S-mode may read the one and read and write
 * the other. With MPRV a load and a store go through a table in the first one.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_trap.h>
#include <sbi/sbi_unpriv.h>
#include "glue.h"
#include "walker.h"

#define PAGE		4096UL
#define PAGE_BITS	12
#define GIGA_BITS	30
#define SV39_SLOTS	256	/* of its lower half; a leaf there maps 1 GiB */

#define PTE_VRW		0x7UL
#define PTE_A		(1UL << 6)
#define PTE_D		(1UL << 7)
#define PPN_SHIFT	10
#define MPV		(1UL << 39)

/* Harts may come here at the same time: each has a slot of its own. */
static u64 table[PAGE / sizeof(u64)] __attribute__((aligned(PAGE)));
static u64 target[PAGE / sizeof(u64)] __attribute__((aligned(PAGE)));

/**
 * struct saved - what a hart is given back
 * @satp: where S-mode has its tables
 * @mstatus: privilege of accesses with MPRV
 * @cfg: pmpcfg0
 * @addr: pmpaddr0, pmpaddr1
 */
struct saved {
	unsigned long satp;
	unsigned long mstatus;
	unsigned long cfg;
	unsigned long addr[2];
};

static void save(struct saved *saved)
{
	saved->satp = csr_read(CSR_SATP);
	saved->mstatus = csr_read(CSR_MSTATUS);
	saved->cfg = csr_read(CSR_PMPCFG0);
	saved->addr[0] = csr_read(CSR_PMPADDR0);
	saved->addr[1] = csr_read(CSR_PMPADDR1);
}

static void restore(const struct saved *saved)
{
	csr_write(CSR_SATP, saved->satp);
	csr_write(CSR_MSTATUS, saved->mstatus);
	csr_write(CSR_PMPCFG0, saved->cfg);
	csr_write(CSR_PMPADDR0, saved->addr[0]);
	csr_write(CSR_PMPADDR1, saved->addr[1]);
	nacc_sfence();
}

/* Return: false if the hart does not take what is needed. */
static bool prepare(const struct saved *saved)
{
	u64 satp = (u64)SATP_MODE_SV39 << 60 | (unsigned long)table >> PAGE_BITS;

	pmp_set(0, PMP_R, (unsigned long)table, PAGE_BITS);
	pmp_set(1, PMP_R | PMP_W, (unsigned long)target, PAGE_BITS);
	csr_write(CSR_MSTATUS, (saved->mstatus & ~(MSTATUS_MPP | MPV)) |
			       (unsigned long)PRV_S << MSTATUS_MPP_SHIFT);
	csr_write(CSR_SATP, satp);
	return csr_read(CSR_SATP) == satp;
}

/**
 * struct trial - one access through one entry
 * @slot: of the table
 * @bits: A and D as the entry has them
 * @store: it is a store
 * @came: out: bits that the entry has got
 * @cause: out: of the trap, 0 without
 */
struct trial {
	u32 slot;
	u64 bits;
	bool store;
	u64 came;
	unsigned long cause;
};

static void try(struct trial *trial)
{
	u64 page = (unsigned long)target;
	u64 offset = page & ((1UL << GIGA_BITS) - 1);
	u64 entry = (page - offset) >> PAGE_BITS << PPN_SHIFT | PTE_VRW | trial->bits;
	u64 *va = (u64 *)((u64)trial->slot << GIGA_BITS | offset);
	struct sbi_trap_info trap = { 0 };

	__atomic_store_n(&table[trial->slot], entry, __ATOMIC_SEQ_CST);
	nacc_sfence();
	if (trial->store)
		sbi_store_u64(va, trial->slot, &trap);
	else
		sbi_load_u64(va, &trap);
	trial->came = __atomic_load_n(&table[trial->slot], __ATOMIC_SEQ_CST) ^ entry;
	trial->cause = trap.cause;
}

static enum nacc_walker judge(const struct trial *trial, u64 missing)
{
	if (trial->came == missing && !trial->cause)
		return NACC_WALKER_SETS;
	if (trial->came)
		return NACC_WALKER_UNKNOWN;
	if (trial->cause == CAUSE_LOAD_PAGE_FAULT || trial->cause == CAUSE_STORE_PAGE_FAULT)
		return NACC_WALKER_FAULTS;
	if (trial->cause == CAUSE_LOAD_ACCESS || trial->cause == CAUSE_STORE_ACCESS)
		return NACC_WALKER_DENIED;
	return NACC_WALKER_UNKNOWN;
}

static enum nacc_walker probe(u32 slot)
{
	/* A control: with both bits there it must work, or the rest says nothing. */
	struct trial both = { .slot = slot, .bits = PTE_A | PTE_D, .store = true };
	struct trial load = { .slot = slot };
	struct trial store = { .slot = slot, .bits = PTE_A, .store = true };
	enum nacc_walker walker;

	try(&both);
	try(&load);
	try(&store);
	walker = judge(&load, PTE_A);
	if (both.came || both.cause || walker != judge(&store, PTE_D))
		return NACC_WALKER_UNKNOWN;
	return walker;
}

/**
 * nacc_walker_probe() - try the current hart's walker
 * @hart: its index
 *
 * For a hart on its way to S-mode, ADUE set as it shall be, before OpenSBI
 * programs the PMP. All registers are as before afterwards.
 *
 * Return: what the walker does. Privileged specification, "Supervisor Memory-
 * Management", 4.3.1: A and D bits; "Physical Memory Protection": MPRV.
 */
enum nacc_walker nacc_walker_probe(u32 hart)
{
	enum nacc_walker walker = NACC_WALKER_UNKNOWN;
	struct saved saved;

	if (hart >= SV39_SLOTS)
		return walker;
	save(&saved);
	if (prepare(&saved))
		walker = probe(hart);
	restore(&saved);
	return walker;
}
